"""Whether the process lives and can serve."""

from flask import Blueprint

bp = Blueprint("health", __name__)
