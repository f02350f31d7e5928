"""Signing in and out, and a forgotten password."""

from flask import Blueprint

bp = Blueprint("sign_in", __name__)
