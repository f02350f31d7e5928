"""What is looked for, as an index keeps it: which keys must meet, and what it is narrowed to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

# Keys that stand one behind another; a single word has one.
Alternative = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One word or quoted phrase of a question, as typed. One of `any_of` has to stand in an idea.

    The alternatives are what the word counts as in each language, and its synonyms.
    """

    typed: str
    any_of: tuple[Alternative, ...]

    @property
    def keys(self) -> Iterator[str]:
        """Every key of every alternative."""
        return (key for alternative in self.any_of for key in alternative)


@dataclass(frozen=True)
class Asked:
    """A question: an idea has all of `parts`, each in whichever place, and none of `without`."""

    parts: tuple[Part, ...] = ()
    without: tuple[Part, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that answers the question, each once: what is marked in a text."""
        return tuple(dict.fromkeys(key for part in self.parts for key in part.keys))


@dataclass(frozen=True)
class Only:
    """What the ideas are narrowed to, as the index keeps it.

    `terms`: words such as "area:5", "stage:new", "language:cs", "tag:12", "author:7" and
    "answered:1", all of which an idea has; `since`: it was published on that day or later.
    """

    terms: tuple[str, ...] = ()
    since: date | None = None

    def __bool__(self) -> bool:
        return bool(self.terms or self.since)
