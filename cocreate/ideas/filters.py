"""What a list of ideas is narrowed to and ordered by, as it stands in its address.

Addresses are shared, cut and typed: a value that makes no sense is left out and
the reader is told, never refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from cocreate import clock, text
from cocreate.i18n import LANGUAGES
from cocreate.ideas import queries
from cocreate.ideas.models import TAG_LENGTH, Area, Stage, tag_name

Value = TypeVar("Value", bound=StrEnum)

# Longer than any value of ours; what lies beyond is not looked at.
_LONGEST = 80


class Sort(StrEnum):
    """The orders a list can be read in. FAIR is where each begins: search, with what fits best."""

    FAIR = "fair"
    TOP = "top"
    NEW = "new"
    TALKED = "talked"


class Since(StrEnum):
    """How far back ideas may have become public."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    @property
    def day(self) -> date:
        """The first day of it, as days are counted in UTC."""
        return clock.now().date() - _BACK[self]


_BACK = {
    Since.WEEK: timedelta(days=7),
    Since.MONTH: timedelta(days=30),
    Since.YEAR: timedelta(days=365),
}


# What ideas are narrowed by, as it is shown.
_NARROWING = ("area", "stage", "tag", "language", "since", "answered", "is_mine")


@dataclass(frozen=True)
class Filters:
    """One way to look at the ideas. `unknown` are the values that were left out.

    `since`, `answered` (by the team) and `is_mine` (the viewer proposed it) are for search alone.
    """

    sort: Sort = Sort.FAIR
    area: Area | None = None
    tag: str = ""
    stage: Stage | None = None
    language: str = ""
    since: Since | None = None
    answered: bool = False
    is_mine: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out of the list."""
        return bool(self.values().keys() - {"sort"})

    def values(self) -> dict[str, str]:
        """What stands in the address; the default order does not."""
        return {
            name: value
            for name, value in (
                ("sort", "" if self.sort == Sort.FAIR else self.sort.value),
                ("area", self.area.key if self.area else ""),
                ("tag", self.tag),
                ("stage", self.stage.value if self.stage else ""),
                ("language", self.language),
                ("since", self.since.value if self.since else ""),
                ("answered", "1" if self.answered else ""),
                ("mine", "1" if self.is_mine else ""),
            )
            if value
        }

    def address(self, path: str = "/ideas", **more: str | None) -> str:
        """`path` with these filters, and whatever else is given in the query."""
        query = urlencode({**self.values(), **{name: one for name, one in more.items() if one}})
        return f"{path}?{query}" if query else path

    def but(self, **changes: Any) -> "Filters":
        """The same filters with `changes`."""
        return replace(self, **changes)

    @property
    def one_less(self) -> "dict[str, Filters]":
        """The filters that are left without one of them, by the name of that one."""
        chosen = [name for name in _NARROWING if getattr(self, name)]
        return {one: self.but(unknown=(), **{one: getattr(Filters, one)}) for one in chosen}

    @property
    def of_everyone(self) -> "Filters":
        """The same for any reader: without what is about the viewer."""
        return self.but(is_mine=False)


def read(query: Mapping[str, str]) -> Filters:
    """The list's filters that an address holds, whatever is in it."""
    unknown: list[str] = []
    sort = _known(query, "sort", Sort, unknown) or Sort.FAIR
    stage = _known(query, "stage", Stage, unknown)
    language = _given(query, "language")
    if language and language not in LANGUAGES:
        unknown.append(language)
        language = ""
    area = None
    if key := _given(query, "area"):
        area = queries.area_by_key(key)
        if area is None:
            unknown.append(key)
    # A tag that nobody uses is a list with nothing in it, not a mistake.
    tag = tag_name(_given(query, "tag"))[:TAG_LENGTH]
    return Filters(sort, area, tag, stage, language, unknown=tuple(unknown))


def read_search(query: Mapping[str, str]) -> Filters:
    """The filters of a search that an address holds, whatever is in it."""
    filters = read(query)
    unknown = [*filters.unknown]
    return filters.but(
        # Being talked about is no order of what is found.
        sort=Sort.FAIR if filters.sort == Sort.TALKED else filters.sort,
        since=_known(query, "since", Since, unknown),
        answered=_given(query, "answered") == "1",
        is_mine=_given(query, "mine") == "1",
        unknown=tuple(unknown),
    )


def _given(query: Mapping[str, str], name: str) -> str:
    return text.one_line(query.get(name, "")[:_LONGEST])


def _known(
    query: Mapping[str, str], name: str, kind: type[Value], unknown: list[str]
) -> Value | None:
    """What is given as `name`, if it is one of `kind`; otherwise it is added to `unknown`."""
    value = _given(query, name)
    if value in set(kind):
        return kind(value)
    unknown += [value] if value else []
    return None
