"""Closing the loop: telling people what became of it."""
