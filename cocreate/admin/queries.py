"""What needs an admin's attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select

from cocreate import clock, deliveries
from cocreate.backlog import queries as backlog
from cocreate.events import Delivery, Event
from cocreate.extensions import db
from cocreate.moderation import queries as moderation
from cocreate.paging import PAGE_SIZE, Page, beyond, page_of, read_cursor
from cocreate.search import engines

# A worker that runs leaves nothing due for so long.
LATE = timedelta(minutes=2)
# Counted so far and no further: "1000+" says as much.
MOST_COUNTED = 1000


class IndexState(StrEnum):
    """Whether words can be searched for."""

    USABLE = "usable"
    GROWING = "growing"
    MISSING = "missing"


@dataclass(frozen=True)
class Owed:
    """Deliveries by how they stand; MOST_COUNTED stands for that or more.

    `waiting` are not done yet, `late` those among them that a running worker
    would have done; `oldest` is when the one that is due the longest became so.
    """

    failed: int
    waiting: int
    late: int
    oldest: datetime | None


@dataclass(frozen=True)
class Overview:
    """The numbers of the admin's first page.

    `found_until`: what happened since then cannot be found yet; None: everything can.
    """

    owed: Owed
    held: int
    held_since: datetime | None
    unanswered: int
    overdue: int
    index: IndexState
    found_until: datetime | None


def overview() -> Overview:
    """How the portal stands, in a handful of statements."""
    held, held_since = moderation.waiting()
    unanswered, overdue = backlog.counts()
    return Overview(
        owed(),
        held,
        held_since,
        unanswered,
        overdue,
        index_state(),
        deliveries.behind_since("search"),
    )


def owed() -> Owed:
    """Deliveries that are not done, and since when."""
    now = clock.now()

    def counted(condition: ColumnElement[bool]) -> Any:
        some = select(literal(1)).where(condition).limit(MOST_COUNTED).subquery()
        return select(func.count()).select_from(some).scalar_subquery()

    failed, waiting, late = db.session.execute(
        select(
            counted(Delivery.failed_at.is_not(None)),
            counted(Delivery.due_at.is_not(None)),
            counted(Delivery.due_at < now - LATE),
        )
    ).one()
    oldest = db.session.scalar(select(func.min(Delivery.due_at)).where(Delivery.due_at <= now))
    return Owed(failed, waiting, late, oldest)


def index_state() -> IndexState:
    """How the search index stands."""
    engine = engines.here()
    if engine.is_usable():
        return IndexState.USABLE
    return IndexState.GROWING if engine.is_growing() else IndexState.MISSING


def failed(cursor: str | None = None) -> Page[Any]:
    """Failed deliveries, the newest first: id, consumer, tries, error, failed_at, kind, idea_id."""
    order = (Delivery.failed_at, Delivery.id)
    rows: Sequence[Any] = db.session.execute(
        select(
            Delivery.id,
            Delivery.consumer,
            Delivery.tries,
            Delivery.error,
            Delivery.failed_at,
            Event.kind,
            Event.idea_id,
        )
        .join(Event, Event.id == Delivery.event_id)
        .where(
            Delivery.failed_at.is_not(None),
            *beyond(order, read_cursor(cursor, datetime, int)),
        )
        .order_by(*(one.desc() for one in order))
        .limit(PAGE_SIZE + 1)
    ).all()
    return page_of(rows, PAGE_SIZE, lambda row: (row.failed_at, row.id))
