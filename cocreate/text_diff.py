"""What changed between two wordings, by words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

Piece = tuple[Literal["same", "out", "in"], str]

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_WORDS = re.compile(r"\s*\S+|\s+")

# Comparing costs up to (equal pairs) x (shorter side). This much takes well under a second;
# beyond it a passage is shown as replaced whole, which is true as well, if less kind to the eye.
_MOST_WORK = 10_000_000


def words_diff(old: str, new: str) -> list[Piece]:
    """How `old` became `new`: what stayed, what went out and what came in, in reading order.

    The pieces that are not "in" make up `old`, those that are not "out" make up
    `new`, to the letter. Lines are compared first and words within the lines
    that changed. The time is bounded for texts of any length and likeness.
    """
    pieces: list[Piece] = []
    for lines_out, lines_in in _changes(_LINES.findall(old), _LINES.findall(new)):
        was, now = "".join(lines_out), "".join(lines_in)
        if was == now:
            _add(pieces, "same", was)
            continue
        for words_out, words_in in _changes(_WORDS.findall(was), _WORDS.findall(now)):
            if words_out == words_in:
                _add(pieces, "same", "".join(words_out))
            else:
                _add(pieces, "out", "".join(words_out))
                _add(pieces, "in", "".join(words_in))
    return pieces


def _add(pieces: list[Piece], what: Literal["same", "out", "in"], words: str) -> None:
    if not words:
        return
    if pieces and pieces[-1][0] == what:
        pieces[-1] = (what, pieces[-1][1] + words)
    else:
        pieces.append((what, words))


def _changes(old: list[str], new: list[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Pairs of passages that follow one another: equal ones, and what replaced what."""
    start = 0
    shorter = min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    yield old[:start], new[:start]
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    if _work(old_middle, new_middle) > _MOST_WORK:
        yield old_middle, new_middle
    else:
        matcher = SequenceMatcher(None, old_middle, new_middle, autojunk=False)
        for _what, i1, i2, j1, j2 in matcher.get_opcodes():
            yield old_middle[i1:i2], new_middle[j1:j2]
    yield old[len(old) - end :], new[len(new) - end :]


def _work(old: Sequence[str], new: Sequence[str]) -> int:
    counts, others = Counter(old), Counter(new)
    pairs = sum(count * others[part] for part, count in counts.items())
    return pairs * min(len(old), len(new))
