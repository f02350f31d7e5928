"""The form in which both engines keep an idea: its keys at their places, and what they weigh."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from cocreate.search import analysis

# How much a word weighs where it stands. The weights of all its places are added up and
# count together, as in BM25F (Robertson, Zaragoza, Taylor 2004): a word that stands
# everywhere does not count five times.
WEIGHTS = {"title": 8.0, "need": 3.0, "proposal": 2.0, "tags": 1.5, "comments": 1.0}

# PostgreSQL keeps no more of either; the same for both engines, so that they find the same.
MOST_PLACES = 16_000
MOST_OF_A_KEY = 250

# Changing what is kept makes an older index useless: say so by another number here.
FORM = 5


def version() -> str:
    """A short word for what an idea's keys depend on; an index of another one is outdated."""
    return hashlib.blake2b(repr(analysis.VERSION).encode(), digest_size=5).hexdigest()


@dataclass(frozen=True)
class Places:
    """Where each key of an idea stands, counted in words from 1.

    No phrase runs from one field, tag or comment into the next, for a place is left
    free between them. `fields` and `comments` say what begins where, in the order of
    the places: (place, name of the field), (place, id of the comment).
    """

    keys: Mapping[str, Sequence[int]]
    fields: Sequence[tuple[int, str]]
    comments: Sequence[tuple[int, int]]
    # What each key weighs in the idea, over all its places.
    weights: Mapping[str, float]

    @property
    def length(self) -> float:
        """What all keys weigh together."""
        return sum(self.weights.values(), 0.0)


@dataclass
class _Laying:
    """Places while they are given out, piece of text by piece of text."""

    language: str
    keys: dict[str, list[int]] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    last: int = 0

    def lay(self, text: str, weight: float) -> int | None:
        """The place of the first word of `text`; None: it has no words, or no place is left."""
        start = self.last + 2 if self.last else 1
        place = start - 1
        for token in analysis.tokens(text, self.language):
            if place >= MOST_PLACES:
                break
            place += 1
            places = self.keys.setdefault(token.term, [])
            if len(places) < MOST_OF_A_KEY:
                places.append(place)
                self.weights[token.term] = self.weights.get(token.term, 0.0) + weight
        if place < start:
            return None
        self.last = place
        return start


@dataclass(frozen=True)
class Document:
    """The public words of a public idea, and what lists are narrowed by."""

    id: int
    title: str
    need: str
    proposal: str
    language: str
    stage: str
    area_id: int | None
    # (id, name) and (id, body), in the order of their ids.
    tags: tuple[tuple[int, str], ...] = ()
    comments: tuple[tuple[int, str], ...] = ()
    author_id: int = 0
    answered: bool = False
    # The day on which it became public, in UTC.
    published: date = date.min

    @cached_property
    def digest(self) -> str:
        """A short word that differs when anything that can be found differs."""
        everything = repr((analysis.VERSION, FORM, self)).encode(errors="replace")
        return hashlib.blake2b(everything, digest_size=12).hexdigest()

    @property
    def only(self) -> tuple[str, ...]:
        """What lists are narrowed by, as words of their own; see asked.Only."""
        return tuple(self._only())

    def _only(self) -> Iterator[str]:
        yield f"language:{self.language}"
        yield f"stage:{self.stage}"
        yield f"author:{self.author_id}"
        if self.area_id is not None:
            yield f"area:{self.area_id}"
        if self.answered:
            yield "answered:1"
        for tag_id, _ in self.tags:
            yield f"tag:{tag_id}"

    def places(self) -> Places:
        """Every key of the idea at its places; at most MOST_PLACES, and MOST_OF_A_KEY of one.

        The newest comment stands first: of very many words, the newest are found.
        """
        laying = _Laying(self.language)
        fields = [
            (start, name)
            for name in ("title", "need", "proposal")
            if (start := laying.lay(getattr(self, name), WEIGHTS[name]))
        ]
        tags = [laying.lay(name, WEIGHTS["tags"]) for _, name in self.tags]
        comments = [
            (start, comment_id)
            for comment_id, body in reversed(self.comments)
            if (start := laying.lay(body, WEIGHTS["comments"]))
        ]
        fields += [(start, "tags") for start in tags if start][:1]
        fields += [(start, "comments") for start, _ in comments[:1]]
        return Places(laying.keys, fields, comments, laying.weights)


# What the database has of some ideas, by id; those that nobody may find are left out.
Load = Callable[[Sequence[int]], Mapping[int, Document]]
