"""Settings, areas, members, deliveries."""

from flask import Blueprint

bp = Blueprint("admin", __name__)
