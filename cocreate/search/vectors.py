"""Ideas and questions in the words of PostgreSQL's text search: a tsvector and a tsquery.

Both travel as values of a statement, never as a part of it. Beside each key of a title
stands another lexeme, "title:" and the key, which says without a look at the idea that
it is there; what lists are narrowed by stands there too, as asked.Only says it. Neither
has a place.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from cocreate.search.asked import Alternative, Only, Part
from cocreate.search.schema import MOST_PLACES, WEIGHTS, Document, Places

_LETTERS = {"title": "A", "need": "B", "proposal": "C", "tags": "D", "comments": "D"}
_WEIGHTS = {
    "A": WEIGHTS["title"],
    "B": WEIGHTS["need"],
    "C": WEIGHTS["proposal"],
}
# A tsvector holds a megabyte. What would not fit are the words of comments, which come last.
_MOST_BYTES = 900_000

# What stands before a key of the title.
TITLE = "title:"
# No idea has it, since keys are never empty.
NOTHING = "'nothing:'"

_LEXEME = re.compile(r"'((?:[^'\\]|''|\\.)*)'(?::([0-9A-D,]+))?", re.DOTALL)
_ESCAPED = re.compile(r"''|\\(.)", re.DOTALL)


def lexeme(word: str) -> str:
    """`word` as both kinds of text take it, whatever signs it has."""
    plain = word.replace("\0", "").encode(errors="replace").decode() or " "
    return "'" + plain.replace("\\", "\\\\").replace("'", "''") + "'"


def vector(document: Document, places: Places) -> str:
    """What can be found of an idea, as a tsvector."""
    begins = [start for start, _ in places.fields]
    letters = [_LETTERS[name] for _, name in places.fields]
    said = [lexeme(word) for word in document.only]
    left = _MOST_BYTES
    for key, its in places.keys.items():
        marks = [f"{place}{letters[bisect_right(begins, place) - 1]}" for place in its]
        name = lexeme(key)
        left -= len(name.encode()) + 2 * len(marks) + 8
        if left < 0:
            break
        said.append(f"{name}:{','.join(marks)}")
        if marks[0].endswith("A"):
            said.append(lexeme(TITLE + key))
    return " ".join(said)


def weights(found: str, starts: Sequence[Sequence[int]]) -> dict[str, float]:
    """What each key weighs in an idea, of those that stand in `found`, a piece of its tsvector.

    `starts`: where its comments begin, as schema.Places has them.
    """
    said = starts[0][0] if starts else MOST_PLACES + 1
    weighed: dict[str, float] = {}
    for key, places in _read(found):
        total = 0.0
        for mark in places:
            # The letter D goes without saying.
            letter = mark[-1]
            if letter in _WEIGHTS:
                total += _WEIGHTS[letter]
            else:
                total += WEIGHTS["tags" if int(mark) < said else "comments"]
        weighed[key] = total
    return weighed


def comment_of(found: str, starts: Sequence[tuple[int, int]]) -> int | None:
    """The comment that has the most of the keys in `found`; see `weights`."""
    has: dict[int, set[str]] = {}
    for key, places in _read(found):
        for mark in places:
            if mark.isdigit():
                begun = bisect_right(starts, int(mark), key=lambda one: one[0])
                if begun:
                    has.setdefault(starts[begun - 1][1], set()).add(key)
    return max(has, key=lambda one: (len(has[one]), -one)) if has else None


def _read(found: str) -> Iterator[tuple[str, list[str]]]:
    """The keys in the text of a tsvector, and their places with their letters: "7A"."""
    for key, places in _LEXEME.findall(found):
        plain = key
        if "'" in key or "\\" in key:
            plain = _ESCAPED.sub(lambda sign: sign[1] or "'", key)
        yield plain, places.split(",") if places else []


def part_query(part: Part) -> str:
    """That an idea has one of the alternatives."""
    alternatives = [_alternative(one) for one in part.any_of if one]
    return f"({' | '.join(alternatives)})" if alternatives else NOTHING


def apart_query(part: Part) -> str:
    """That an idea has all keys of one of the alternatives, wherever they stand."""
    alternatives = [f"({' & '.join(map(lexeme, one))})" for one in part.any_of if one]
    return f"({' | '.join(alternatives)})" if alternatives else NOTHING


def has_phrase(parts: Iterable[Part]) -> bool:
    """Whether words have to stand side by side for one of the parts."""
    return any(len(one) > 1 for part in parts for one in part.any_of)


def title_query(part: Part) -> str:
    """That the title has one of the part's keys."""
    keys = list(dict.fromkeys(part.keys))
    return f"({' | '.join(lexeme(TITLE + key) for key in keys)})" if keys else NOTHING


def start_query(starts: Iterable[str], prefix: str = "") -> str:
    """That an idea has a key that begins like one of `starts`, which are not empty."""
    return f"({' | '.join(f'{lexeme(prefix + start)}:*' for start in starts)})"


def every(queries: Iterable[str], without: Sequence[Part] = (), only: Only | None = None) -> str:
    """All of `queries`, none of what is excluded, within `only`'s words; "" for no condition."""
    said = [*queries]
    said += [lexeme(term) for term in (only.terms if only else ())]
    said += [f"!{part_query(part)}" for part in without if any(part.any_of)]
    return " & ".join(said)


def some(parts: Iterable[Part]) -> str:
    """At least one of the parts, of which there has to be one."""
    return f"({' | '.join(part_query(part) for part in parts)})"


def _alternative(keys: Alternative) -> str:
    said = " <-> ".join(map(lexeme, keys))
    return f"({said})" if len(keys) > 1 else said
