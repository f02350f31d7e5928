"""The front page, the roadmap and what was delivered."""

from flask import Blueprint

bp = Blueprint("home", __name__)
