"""Saying what happened, with a button beside it that takes it back.

The button is a form of its own, so it works wherever the words are shown.
"""

from flask import flash


def offer(words: str, path: str, **values: str) -> None:
    """Let the next page say `words` and offer to send `values` to `path`, which undoes it."""
    flash({"words": words, "undo": path, "values": values}, "good")  # type: ignore[arg-type]
