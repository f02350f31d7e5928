"""What a list of ideas is narrowed to and ordered by, as it stands in its address.

Addresses are shared, cut and typed: a value that makes no sense is left out and
the reader is told, never refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from cocreate import text
from cocreate.i18n import LANGUAGES
from cocreate.ideas import queries
from cocreate.ideas.models import TAG_LENGTH, Area, Stage

# Longer than any value of ours; what lies beyond is not looked at.
_LONGEST = 80


class Sort(StrEnum):
    """The orders a list can be read in."""

    FAIR = "fair"
    TOP = "top"
    NEW = "new"
    TALKED = "talked"


@dataclass(frozen=True)
class Filters:
    """One way to look at the ideas. `unknown` are the values that were left out."""

    sort: Sort = Sort.FAIR
    area: Area | None = None
    tag: str = ""
    stage: Stage | None = None
    language: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out of the list."""
        return bool(self.area or self.tag or self.stage or self.language)

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


def read(query: Mapping[str, str]) -> Filters:
    """The filters that an address holds, whatever is in it."""
    unknown: list[str] = []

    def given(name: str) -> str:
        return text.one_line(query.get(name, "")[:_LONGEST])

    def known(name: str, kind: type[StrEnum]) -> Any:
        value = given(name)
        if not value:
            return None
        try:
            return kind(value)
        except ValueError:
            unknown.append(value)
            return None

    sort = known("sort", Sort) or Sort.FAIR
    stage = known("stage", Stage)
    language = given("language")
    if language and language not in LANGUAGES:
        unknown.append(language)
        language = ""
    area = None
    if key := given("area"):
        area = queries.area_by_key(key)
        if area is None:
            unknown.append(key)
    # A tag that nobody uses is a list with nothing in it, not a mistake.
    tag = given("tag").casefold()[:TAG_LENGTH]
    return Filters(sort, area, tag, stage, language, tuple(unknown))
