"""Supporting an idea."""

from flask import Blueprint

bp = Blueprint("votes", __name__)
