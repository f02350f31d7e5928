"""Joining, and what others see of a member."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
