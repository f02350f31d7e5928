"""What people look for, as the staff reads it, and what of that everyone may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, literal, select, tuple_

from cocreate.extensions import db
from cocreate.ideas.filters import Filters
from cocreate.ideas.models import Area, Idea, Tag
from cocreate.ideas.queries import listed
from cocreate.paging import PAGE_SIZE, Page, beyond, page_of, read_cursor
from cocreate.search import counting
from cocreate.search.asking import fold_words
from cocreate.search.wanted import AskedQuestion, AskedWeek, Redirect, Synonym

# Searches that are shown to everyone.
MOST_POPULAR = 6


class Kind(StrEnum):
    """Which searches the staff looks at."""

    # At least once there was nothing to show.
    IN_VAIN = "nothing"
    # Something was found each time, and nobody opened any of it.
    UNOPENED = "unopened"
    # The staff did something about it, or put it aside.
    SETTLED = "settled"


@dataclass(frozen=True)
class Place:
    """Where a redirect leads: to one of the three. `idea` has an id and a title."""

    idea: Any = None
    tag: str = ""
    area: Area | None = None

    @property
    def address(self) -> str:
        """Where it is; "" for what is gone by now."""
        if self.idea:
            return f"/ideas/{self.idea.id}-{self.idea.slug}"
        if self.tag or self.area:
            return Filters(tag=self.tag, area=self.area).address()
        return ""


def _summed(weeks: int) -> Select[*tuple[Any, ...]]:
    """Questions with their numbers in the last `weeks`: asked, in_vain, clicked."""
    since = counting.this_week() - timedelta(weeks=weeks - 1)
    return (
        select(
            AskedQuestion.id,
            AskedQuestion.words,
            func.sum(AskedWeek.asked).label("asked"),
            func.sum(AskedWeek.in_vain).label("in_vain"),
            func.sum(AskedWeek.clicked).label("clicked"),
        )
        .join(AskedWeek, AskedWeek.question_id == AskedQuestion.id)
        .where(AskedWeek.week >= since)
        .group_by(AskedQuestion.id, AskedQuestion.words)
    )


def searches(kind: Kind, weeks: int, after: str | None = None) -> Page[Row[Any]]:
    """Searches of a kind, asked most first: id, words, asked, in_vain, clicked.

    What is settled is of that kind alone. A search that leads straight to a place shows no
    results to open, so that nobody opened one says nothing about it.
    """
    asked, in_vain = func.sum(AskedWeek.asked), func.sum(AskedWeek.in_vain)
    conditions = {
        Kind.IN_VAIN: [in_vain > 0],
        Kind.UNOPENED: [in_vain == 0, func.sum(AskedWeek.clicked) == 0],
        Kind.SETTLED: [],
    }[kind]
    settled_at = AskedQuestion.settled_at
    of_kind = [settled_at.is_not(None) if kind == Kind.SETTLED else settled_at.is_(None)]
    if kind == Kind.UNOPENED:
        of_kind.append(AskedQuestion.key.not_in(select(Redirect.key)))
    if place := read_cursor(after, int, int):
        conditions.append(
            tuple_(asked, AskedQuestion.id) < tuple_(literal(place[0]), literal(place[1]))
        )
    rows = db.session.execute(
        _summed(weeks)
        .where(*of_kind)
        .having(*conditions)
        .order_by(asked.desc(), AskedQuestion.id.desc())
        .limit(PAGE_SIZE + 1)
    ).all()
    return page_of(rows, PAGE_SIZE, lambda row: (row.asked, row.id))


def numbers(question: AskedQuestion) -> Row[Any] | None:
    """asked, in_vain and clicked of one question in all weeks that are kept; None: none are."""
    return db.session.execute(
        _summed(counting.WEEKS).where(AskedQuestion.id == question.id)
    ).one_or_none()


def screened(after: str | None = None) -> Page[AskedQuestion]:
    """What five different people asked: first what nobody of the staff has looked at."""
    order = (case((AskedQuestion.screened_at.is_(None), 1), else_=0), AskedQuestion.id)
    place = read_cursor(after, int, int)
    rows = db.session.scalars(
        select(AskedQuestion)
        .where(AskedQuestion.is_popular, *beyond(order, place))
        .order_by(*(one.desc() for one in order))
        .limit(PAGE_SIZE + 1)
    ).all()
    return page_of(rows, PAGE_SIZE, lambda one: (int(one.screened_at is None), one.id))


def popular() -> Sequence[str]:
    """Up to MOST_POPULAR searches that many people make and the staff lets be shown."""
    return list(
        db.session.scalars(
            select(AskedQuestion.shown_as)
            .join(AskedWeek, AskedWeek.question_id == AskedQuestion.id)
            .where(AskedQuestion.is_popular, AskedQuestion.shown_as != "")
            .group_by(AskedQuestion.id, AskedQuestion.shown_as)
            .order_by(func.sum(AskedWeek.asked).desc(), AskedQuestion.id)
            .limit(MOST_POPULAR)
        )
    )


def synonyms(after: str | None = None) -> Page[Synonym]:
    """Every synonym, the newest first."""
    place = read_cursor(after, int)
    rows = db.session.scalars(
        select(Synonym)
        .where(*beyond([Synonym.id], place))
        .order_by(Synonym.id.desc())
        .limit(PAGE_SIZE + 1)
    ).all()
    return page_of(rows, PAGE_SIZE, lambda one: (one.id,))


def redirects(after: str | None = None) -> Page[tuple[Redirect, Place]]:
    """Every redirect with where it leads, the newest first; nowhere for what is gone by now."""
    place = read_cursor(after, int)
    rows = db.session.execute(
        _with_places()
        .where(*beyond([Redirect.id], place))
        .order_by(Redirect.id.desc())
        .limit(PAGE_SIZE + 1)
    ).all()
    found = [(row.Redirect, Place(row.Idea, row.name or "", row.Area)) for row in rows]
    return page_of(found, PAGE_SIZE, lambda one: (one[0].id,))


def redirect_of(question: str) -> Place | None:
    """Where a question leads straight to; None where it leads to what is found for it."""
    key = fold_words(question)
    row = db.session.execute(_with_places().where(Redirect.key == key)).one_or_none()
    found = Place(row.Idea, row.name or "", row.Area) if row else Place()
    return found if found != Place() else None


def _with_places() -> Select[*tuple[Any, ...]]:
    return (
        select(Redirect, Idea, Tag.name, Area)
        .outerjoin(Idea, and_(Idea.id == Redirect.idea_id, listed()))
        .outerjoin(Tag, Tag.id == Redirect.tag_id)
        .outerjoin(Area, Area.id == Redirect.area_id)
    )
