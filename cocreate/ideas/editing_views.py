"""Proposing, editing, withdrawing."""

from flask import Blueprint

bp = Blueprint("editing", __name__)
