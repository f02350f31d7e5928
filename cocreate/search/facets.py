"""How many ideas each choice of a filter would leave."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, select

from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas.filters import Since
from cocreate.ideas.models import Idea, IdeaTag, Stage, Tag
from cocreate.ideas.queries import listed_among
from cocreate.search.engines import Unusable
from cocreate.search.narrowing import by_filters, published
from cocreate.search.queries import MOST, Sought, in_titles, matching

# The most frequent tags; anyone may type another one.
TAGS = 8


@dataclass
class Facets:
    """Public ideas that the words find, counted by what they could be narrowed to.

    Each number takes all filters that are chosen but the one it belongs to, so it is what
    choosing it would leave. `total` takes them all. `is_more`: more than MOST ideas have the
    words, and the newest MOST were counted; `at_least`: that is so for the total too.
    """

    total: int = 0
    is_more: bool = False
    areas: Counter[int] = field(default_factory=Counter)
    stages: Counter[Stage] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    since: Counter[Since] = field(default_factory=Counter)
    tags: list[tuple[str, int]] = field(default_factory=list)
    answered: int = 0
    mine: int = 0

    @property
    def at_least(self) -> bool:
        return self.total >= MOST


def count(sought: Sought, actor: Member | None) -> Facets:
    """The numbers beside the filters of a search: three statements and a look into the engine."""
    facets = Facets()
    if sought.is_nothing or sought.said.is_empty:
        return facets
    ids = _ids(sought)
    facets.is_more = len(ids) > MOST
    ids = ids[:MOST]
    for row in _groups(ids, sought, actor):
        _add(facets, row, sought)
    facets.tags = _tags(ids, sought, actor)
    if facets.is_more and sought.chosen:
        # Of more ideas than are counted, the filters may leave few: those can be told exactly.
        facets.total = _total(_ids(sought, narrowed=True), sought)
    return facets


def _ids(sought: Sought, *, narrowed: bool = False) -> list[int]:
    narrow = sought.narrow if narrowed else sought.said
    try:
        return matching(sought, MOST + 1, narrow)
    except Unusable:
        return in_titles(sought, MOST + 1, narrow)


def _groups(ids: Sequence[int], sought: Sought, actor: Member | None) -> Sequence[Any]:
    """The ideas by all that they can be narrowed by, and how many of each kind there are."""
    inside = (
        select(
            Idea.area_id,
            Idea.stage,
            Idea.language,
            case(*((published() >= _first(one), one.value) for one in Since), else_="").label(
                "since"
            ),
            _flag("is_answered", Idea.answered_at.is_not(None)),
            _flag("is_mine", Idea.author_id == actor.id if actor else false()),
            _flag("is_tagged", _tagged(sought) if sought.filters.tag else false()),
        )
        .where(listed_among(ids, *sought.said.conditions))
        .subquery()
    )
    return db.session.execute(
        select(*inside.c, func.count().label("number")).group_by(*inside.c)
    ).all()


def _add(facets: Facets, row: Any, sought: Sought) -> None:
    filters = sought.filters
    reach = _reach(row.since)
    refused = {
        name
        for name, is_refused in (
            ("area", filters.area and row.area_id != filters.area.id),
            ("stage", filters.stage and row.stage != filters.stage),
            ("language", filters.language and row.language != filters.language),
            ("since", filters.since and filters.since not in reach),
            ("answered", filters.answered and not row.is_answered),
            ("mine", filters.is_mine and not row.is_mine),
            ("tag", filters.tag and not row.is_tagged),
        )
        if is_refused
    }
    number = int(row.number)

    def counts(name: str) -> bool:
        return refused <= {name}

    facets.total += number if not refused else 0
    if counts("area") and row.area_id:
        facets.areas[row.area_id] += number
    if counts("stage"):
        facets.stages[row.stage] += number
    if counts("language"):
        facets.languages[row.language] += number
    if counts("since"):
        for one in reach:
            facets.since[one] += number
    if counts("answered") and row.is_answered:
        facets.answered += number
    if counts("mine") and row.is_mine:
        facets.mine += number


def _reach(since: str) -> list[Since]:
    """What an idea of this last week, month or year is within: a week is within a month."""
    every = list(Since)
    return every[every.index(Since(since)) :] if since else []


def _tags(ids: Sequence[int], sought: Sought, actor: Member | None) -> list[tuple[str, int]]:
    """The tags that the most of the ideas carry, with how many do; those with the most first."""
    others = by_filters(sought.filters.but(tag=""), actor)
    number = func.count()
    rows = db.session.execute(
        select(Tag.name, number)
        .join(IdeaTag, IdeaTag.tag_id == Tag.id)
        .join(Idea, Idea.id == IdeaTag.idea_id)
        .where(listed_among(ids, *sought.said.conditions, *others.conditions))
        .group_by(Tag.id, Tag.name)
        .order_by(number.desc(), Tag.name)
        .limit(TAGS)
    )
    return [(name, int(many)) for name, many in rows]


def _total(ids: Sequence[int], sought: Sought) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Idea)
            .where(listed_among(ids, *sought.narrow.conditions))
        )
        or 0
    )


def _tagged(sought: Sought) -> ColumnElement[bool]:
    carried = select(IdeaTag.idea_id).join(Tag, Tag.id == IdeaTag.tag_id)
    return Idea.id.in_(carried.where(Tag.name == sought.filters.tag))


def _flag(name: str, condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0).label(name)


def _first(since: Since) -> datetime:
    return datetime.combine(since.day, time.min, UTC)
