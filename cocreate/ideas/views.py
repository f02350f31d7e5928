"""The list and the idea's page."""

from flask import Blueprint

bp = Blueprint("ideas", __name__)
