"""Members: finding them, giving them roles."""

from flask import Blueprint

bp = Blueprint("members_admin", __name__)
