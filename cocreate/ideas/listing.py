"""Lists of ideas: what everyone may see, read by index and page by page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    exists,
    func,
    not_,
    or_,
    select,
    type_coerce,
)

from cocreate import permits, site
from cocreate.accounts.models import Member
from cocreate.dialects import is_sqlite
from cocreate.extensions import db
from cocreate.ideas.filters import Filters, Sort
from cocreate.ideas.models import DECIDED, Idea, IdeaTag, Stage, Tag
from cocreate.ideas.queries import listed
from cocreate.paging import PAGE_SIZE, Page, beyond, page_of, read_cursor

# Fewer ideas than this under a tag are looked up and put in order; more are met soon
# enough while walking the whole list in its order.
_RARE = 500

_ORDER: dict[Sort, tuple[Any, type]] = {
    Sort.FAIR: (Idea.fair_score, float),
    Sort.TOP: (Idea.vote_count, int),
    Sort.NEW: (Idea.published_at, datetime),
    Sort.TALKED: (Idea.talked_at, datetime),
}


# What a card needs to be found in memory, and the numbers that change often: rows have id,
# title, language, version, stage, area_id, author, comment_count, vote_count, views and the
# columns that lists are ordered by. Put together once, for that takes as long as asking it.
_CARD_COLUMNS: list[Any] = [
    Idea.id,
    Idea.title,
    Idea.language,
    Idea.version,
    Idea.stage,
    Idea.area_id,
    Member.name.label("author"),
    Idea.comment_count,
    Idea.vote_count,
    Idea.views,
    Idea.fair_score,
    Idea.published_at,
    Idea.talked_at,
]
_CARD_ROWS = select(*_CARD_COLUMNS).join(Member, Member.id == Idea.author_id)


def card_rows() -> Select[Any]:
    """A select of the rows that `cards.cards` takes; the caller adds its conditions."""
    return _CARD_ROWS


def ideas(
    filters: Filters,
    place: str | None = None,
    *,
    actor: Member | None = None,
    size: int = PAGE_SIZE,
) -> Page[Row[Any]]:
    """One page of the public ideas that `filters` leave, as `card_rows`.

    `actor` matters for the order by support alone: those who see every count get
    every idea in its place.
    """
    chosen = card_rows().where(listed(), *_conditions(filters))
    return ordered(chosen, filters.sort, place, actor=actor, size=size)


def ordered(
    chosen: Select[Any], sort: Sort, place: str | None, *, actor: Member | None, size: int
) -> Page[Row[Any]]:
    """One page of `chosen` (card_rows that may be shown) in the order of `sort`."""
    hides = site.load().hides_counts and not permits.may(actor, "idea.count")
    if sort == Sort.TOP and hides:
        return _top(chosen, place, size)
    column, kind = _ORDER[sort]
    return _walk(chosen, column, read_cursor(place, kind, int), size)


def _walk(chosen: Select[Any], column: Any, values: list[Any] | None, size: int) -> Page[Row[Any]]:
    rows = _rows(chosen, column, values, size + 1)
    return page_of(rows, size, lambda row: (getattr(row, column.key), row.id))


def _rows(
    chosen: Select[Any], column: Any, values: list[Any] | None, limit: int
) -> Sequence[Row[Any]]:
    return db.session.execute(
        chosen.where(*beyond((column, Idea.id), values))
        .order_by(column.desc(), Idea.id.desc())
        .limit(limit)
    ).all()


def _top(chosen: Select[Any], place: str | None, size: int) -> Page[Row[Any]]:
    """By support, without telling a count that its reader may not see yet.

    First the ideas with many votes whose count shows to everyone, most supported first;
    then all others, newest first. A cursor of an instant belongs to the second part.
    """
    newest = read_cursor(place, datetime, int)
    rows: list[Row[Any]] = []
    if newest is None:
        most = read_cursor(place, int, int)
        rows += _rows(chosen.where(_settled()), Idea.vote_count, most, size + 1)
    settled = len(rows)
    if settled <= size:
        rest = chosen.where(not_(_settled()))
        rows += _rows(rest, Idea.published_at, newest, size + 1 - settled)
    if settled >= size:
        return page_of(rows, size, lambda row: (row.vote_count, row.id))
    return page_of(rows, size, lambda row: (row.published_at, row.id))


def _settled() -> ColumnElement[bool]:
    """That an idea has many votes, and `queries.shows_count` says how many to everyone.

    The few votes of a decided idea show too, but to put those in order every page would
    have to walk past all ideas with few votes.
    """
    portal = site.load()
    return and_(
        Idea.vote_count >= portal.settled_votes,
        or_(Idea.views >= portal.settled_views, Idea.stage.in_(DECIDED)),
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    area, stage = filters.area, filters.stage
    by_area: Any = Idea.area_id
    by_stage: ColumnElement[Any] = type_coerce(Idea.stage, String)
    # Of an area and a stage the stage leaves fewer, unless ideas are new in it. PostgreSQL
    # knows that from its numbers; SQLite guesses, and nothing added to a column keeps it
    # from that column's index.
    if area and stage and is_sqlite():
        if stage == Stage.NEW:
            by_stage = by_stage.concat("")
        else:
            by_area = by_area + 0
    if area:
        conditions.append(by_area == area.id)
    if stage:
        conditions.append(by_stage == stage.value)
    if filters.language:
        conditions.append(Idea.language == filters.language)
    if filters.tag:
        conditions.append(_tagged(filters.tag))
    return conditions


def _tagged(name: str) -> ColumnElement[bool]:
    """That an idea carries the tag: looked up under a rare tag, looked for under a common one."""
    tag_id = db.session.scalar(select(Tag.id).where(Tag.name == name)) or 0
    carried = select(IdeaTag.idea_id).where(IdeaTag.tag_id == tag_id)
    some = carried.limit(_RARE).subquery()
    if (db.session.scalar(select(func.count()).select_from(some)) or 0) < _RARE:
        return Idea.id.in_(carried)
    return exists().where(IdeaTag.idea_id == Idea.id, IdeaTag.tag_id == tag_id)
