"""The moderators' queue, and the public log."""

from flask import Blueprint

bp = Blueprint("moderation", __name__)
