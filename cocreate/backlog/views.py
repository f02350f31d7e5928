"""The product team's inbox, board and answers."""

from flask import Blueprint

bp = Blueprint("backlog", __name__)
