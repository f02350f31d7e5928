"""Finding ideas. The index suggests, the database decides: only public ideas are shown."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from cocreate import text
from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas.filters import Filters
from cocreate.ideas.listing import card_rows
from cocreate.ideas.models import DECIDED, Idea, IdeaTag, Tag
from cocreate.ideas.queries import listed
from cocreate.paging import PAGE_SIZE, Page, cursor, read_cursor
from cocreate.search import analysis, engines, questions
from cocreate.search.asked import Asked, Only
from cocreate.search.hits import Hit, hits
from cocreate.search.index import Unusable

# Longer questions are cut; nobody types that much.
LONGEST = 200
# Nobody reads further: so many of the best are put in order, and no more.
CANDIDATES = 1000
# Similar ideas to a title; more of them would only be skipped.
SIMILAR = 5
# What has been decided has to be this much closer: its support is part of the record.
_DECIDED_WEIGHT = 0.6


class How(StrEnum):
    """How the ideas were found."""

    # Each has every word of the question.
    EVERY = "every"
    # No idea has them all; each has at least one.
    SOME = "some"
    # The index is being made: words of titles, by the database.
    TITLES = "titles"


@dataclass(frozen=True)
class Found:
    """One page of answers to a question. `is_cut`: there are more, but nobody reads so far."""

    page: Page[Hit]
    how: How = How.EVERY
    is_cut: bool = False


def read_question(value: str) -> str:
    """What was typed, on one line and no longer than LONGEST."""
    return text.one_line(value[: LONGEST * 4])[:LONGEST]


def find(
    actor: Member | None,
    question: str,
    filters: Filters = Filters(),  # noqa: B008 - it is frozen
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Found:
    """The public ideas for a question, best first; none for one without words.

    The order of `filters` does not matter here. `after` is a place in the order
    of scores. These change with every idea that comes, so the next page begins
    behind the idea that was shown last, wherever that stands by then.
    """
    asked = questions.read(question).asked
    if not asked:
        return Found(Page([]))
    place = read_cursor(after, str, float, int)
    if place and place[0] == How.TITLES:
        return _by_titles(actor, question, filters, place, size)
    ways = [How(place[0])] if place and place[0] in set(How) else [How.EVERY, How.SOME]
    only = _only(filters)
    found = Found(Page([]))
    try:
        for how in ways if only is not None else ():
            found = _by_index(actor, asked, how, filters, only or Only(), place, size)
            if found.page.rows or len(asked.parts) == 1:
                break
    except Unusable:
        return _by_titles(actor, question, filters, None, size)
    return found


def newest(question: str, filters: Filters, size: int) -> Sequence[Row[Any]]:
    """The newest public ideas with every word of the question, as card_rows.

    Who waits for news of a question wants what came last, not what fits best: a poor
    match of today would never get past the good ones of last year.
    """
    asked = questions.read(question).asked
    only = _only(filters)
    if not asked or only is None:
        return []
    try:
        ranked = engines.here().search(asked, every=True, only=only, limit=CANDIDATES)
        conditions: list[ColumnElement[bool]] = [Idea.id.in_([idea_id for idea_id, _ in ranked])]
    except Unusable:
        conditions = _in_titles(question, filters)
    moment = func.coalesce(Idea.published_at, Idea.created_at)
    return db.session.execute(
        _chosen([*conditions, *_conditions(filters)])
        .order_by(moment.desc(), Idea.id.desc())
        .limit(size)
    ).all()


def similar(title: str, limit: int = SIMILAR) -> Sequence[Row[Any]]:
    """Up to `limit` public ideas that are most like one with this title, as card_rows.

    Those that can still be supported are preferred to what has been decided.
    """
    asked = questions.read(read_question(title)).asked
    if not asked:
        return []
    try:
        ranked = engines.here().search(asked, every=False, only=Only(), limit=limit * 4)
    except Unusable:
        return []
    rows = _rows([idea_id for idea_id, _ in ranked], [])
    weighed = [
        (score * (_DECIDED_WEIGHT if rows[idea_id].stage in DECIDED else 1), rows[idea_id])
        for idea_id, score in ranked
        if idea_id in rows
    ]
    weighed.sort(key=lambda one: -one[0])
    return [row for _, row in weighed[:limit]]


def beginning(question: str, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` public ideas for words of which the last is still being typed, best first.

    Rows as card_rows. None while there is no index.
    """
    words = [question[one.start : one.end] for one in analysis.tokens(question)]
    if not words:
        return []
    *whole, last = words[: analysis.MOST_WORDS]
    asked = questions.read(" ".join(whole)).asked
    starts = {analysis.fold(last), *analysis.keys(last)} - {""}
    try:
        ids = engines.here().beginning(asked, sorted(starts), limit * 2)
    except Unusable:
        return []
    rows = _rows(ids, [])
    return [rows[idea_id] for idea_id in ids if idea_id in rows][:limit]


def _by_index(
    actor: Member | None,
    asked: Asked,
    how: How,
    filters: Filters,
    only: Only,
    place: Sequence[Any] | None,
    size: int,
) -> Found:
    ranked = engines.here().search(
        asked, every=how == How.EVERY, only=only, limit=CANDIDATES
    )
    conditions = _conditions(filters)
    at = _behind(ranked, place) if place else 0
    found: list[tuple[Row[Any], float]] = []
    # What the index still has though it is gone leaves a gap, which the next ones fill.
    while len(found) <= size and at < len(ranked):
        some = ranked[at : at + size * 2]
        rows = _rows([idea_id for idea_id, _ in some], conditions)
        found += [(rows[idea_id], score) for idea_id, score in some if idea_id in rows]
        at += len(some)
    more = len(found) > size
    found = found[:size]
    after = cursor(how.value, found[-1][1], found[-1][0].id) if more else None
    page = Page(hits(actor, [row for row, _ in found], asked.keys), after)
    return Found(page, how, not more and len(ranked) == CANDIDATES)


def _behind(ranked: Sequence[tuple[int, float]], place: Sequence[Any]) -> int:
    """Where to go on in `ranked` after the idea at `place`: behind it, or where it would be."""
    _, score, last = place
    for number, (idea_id, _) in enumerate(ranked):
        if idea_id == last:
            return number + 1
    return bisect_left(ranked, (-score, -last), key=lambda hit: (-hit[1], -hit[0]))


def _by_titles(
    actor: Member | None,
    question: str,
    filters: Filters,
    place: Sequence[Any] | None,
    size: int,
) -> Found:
    """By the words in titles, newest first: all that can be done while there is no index."""
    conditions = _in_titles(question, filters)
    if place:
        conditions.append(Idea.id < place[2])
    rows = db.session.execute(
        _chosen([*conditions, *_conditions(filters)]).order_by(Idea.id.desc()).limit(size + 1)
    ).all()
    more = cursor(How.TITLES.value, 0.0, rows[size - 1].id) if len(rows) > size else None
    keys = questions.read(question).asked.keys
    return Found(Page(hits(actor, rows[:size], keys), more), How.TITLES)


def _in_titles(question: str, filters: Filters) -> list[ColumnElement[bool]]:
    words = [question[one.start : one.end] for one in analysis.tokens(question)]
    conditions = [
        Idea.title.icontains(word, autoescape=True) for word in words[: analysis.MOST_WORDS]
    ]
    if filters.tag:
        conditions.append(Idea.id.in_(_tagged(filters.tag)))
    return conditions


def _chosen(conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return card_rows().where(listed(), *conditions)


def _rows(ids: Sequence[int], conditions: Sequence[ColumnElement[bool]]) -> dict[int, Row[Any]]:
    """Those of `ids` that may be shown, by id."""
    if not ids:
        return {}
    rows = db.session.execute(_chosen([Idea.id.in_(ids), *conditions]))
    return {row.id: row for row in rows}


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters once more: the index may not have heard yet of a new stage."""
    conditions: list[ColumnElement[bool]] = []
    if filters.area:
        conditions.append(Idea.area_id == filters.area.id)
    if filters.stage:
        conditions.append(Idea.stage == filters.stage)
    if filters.language:
        conditions.append(Idea.language == filters.language)
    return conditions


def _tagged(name: str) -> Select[Any]:
    return select(IdeaTag.idea_id).join(Tag, Tag.id == IdeaTag.tag_id).where(Tag.name == name)


def _only(filters: Filters) -> Only | None:
    """The filters in the index's words; None where no idea can pass them."""
    terms = [f"language:{filters.language}"] if filters.language else []
    if filters.area:
        terms.append(f"area:{filters.area.id}")
    if filters.stage:
        terms.append(f"stage:{filters.stage.value}")
    if filters.tag:
        tag_id = db.session.scalar(select(Tag.id).where(Tag.name == filters.tag))
        if tag_id is None:
            return None
        terms.append(f"tag:{tag_id}")
    return Only(tuple(terms))
