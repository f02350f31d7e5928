"""Imports and exports for admins."""

from flask import Blueprint

bp = Blueprint("exchange", __name__)
