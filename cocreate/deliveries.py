"""Telling consumers what they have yet to hear.

The worker claims what is due by moving its due time past a lease, so that
whatever a killed worker held comes due again by itself. Everything is told at
least once, in no promised order; consumers are written to be told twice.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select, union_all, update

from cocreate import clock
from cocreate.database import begin_as, changed
from cocreate.dialects import is_sqlite
from cocreate.events import Delivery, Event
from cocreate.extensions import db

# A delivery that failed this often is kept for the admin to look at.
MAX_TRIES = 8
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)
SHORT_WHILE = timedelta(seconds=1)
# Deliveries among which the oldest is looked for; those that are due first are the oldest ones.
_MOST_LOOKED_AT = 1000

# What an error quotes, up to the end where the quote is not closed; and addresses.
_QUOTED = re.compile(r"""(?<!\w)(['"]).*\1|(?<!\w)['"].*$""")
_ADDRESS = re.compile(r"\S+@\S+")


@dataclass(frozen=True)
class Claimed:
    """One delivery in the hands of a worker, with the event it is about."""

    id: int
    event: Event
    member_id: int
    tries: int


class GivenUp(Exception):
    """A consumer's word that no further try will help; the delivery fails at once."""


class NotNow(Exception):
    """A consumer's word that what it needs is taken; the batch comes again, no try is lost."""


Consumer = Callable[[Sequence[Claimed]], None]


def waiting(consumers: Iterable[str]) -> list[str]:
    """Those of `consumers` for whom something is due now."""
    due = [
        select(literal(name)).where(
            select(Delivery.id)
            .where(Delivery.consumer == name, Delivery.due_at <= clock.now())
            .exists()
        )
        for name in consumers
    ]
    return list(db.session.scalars(union_all(*due))) if due else []


def behind_since(consumer: str) -> datetime | None:
    """When the oldest event happened that `consumer` has yet to hear; None: it heard all.

    What failed for good was not heard either.
    """
    undone = [
        select(
            select(Delivery.event_id)
            .where(Delivery.consumer == consumer, moment.is_not(None))
            .order_by(moment, Delivery.id)
            .limit(_MOST_LOOKED_AT)
            .subquery()
        )
        for moment in (Delivery.due_at, Delivery.failed_at)
    ]
    each = union_all(*undone).subquery()
    oldest = select(func.min(each.c.event_id)).scalar_subquery()
    return db.session.scalar(select(Event.created_at).where(Event.id == oldest))


def claim(consumer: str, limit: int, lease: int) -> list[int]:
    """Take up to `limit` due deliveries of `consumer` for `lease` seconds.

    Returns their ids, oldest first. Commits, so that no other worker takes them.
    """
    now = clock.now()
    due = (
        select(Delivery.id)
        .where(Delivery.consumer == consumer, Delivery.due_at <= now)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
    )
    if not is_sqlite():
        due = due.with_for_update(skip_locked=True)
    ids = list(db.session.scalars(due))
    if ids:
        db.session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids))
            .values(due_at=now + timedelta(seconds=lease))
        )
    db.session.commit()
    return ids


def deliver_due(
    consumers: dict[str, tuple[Consumer, int]],
    lease: int,
    failed: Callable[[str, int, Exception], None],
) -> int:
    """Deliver one batch of whatever is due for each of `consumers`.

    `consumers` maps a name to the function and its batch size. A batch that
    raises is undone and told again one by one, so that one poisoned event does
    not hold up the others; what raises alone is put off with a growing pause.
    `failed(consumer, delivery id, error)` hears of each. Returns how many
    deliveries were done. Commits after each batch.
    """
    done = 0
    # Looking is free for everyone; claiming takes the one write lock that SQLite has.
    begin_as(reader=True)
    names = waiting(consumers)
    db.session.rollback()
    begin_as(reader=False)
    for name in names:
        consumer, size = consumers[name]
        ids = claim(name, size, lease)
        if not ids:
            continue
        try:
            done += _tell(consumer, ids)
        except NotNow:
            db.session.rollback()
            _leave_for_later(ids)
        except Exception as batch_error:  # noqa: BLE001 - kept with the delivery
            db.session.rollback()
            if len(ids) == 1:
                _put_off(ids[0], batch_error)
                failed(name, ids[0], batch_error)
                continue
            for one in ids:
                try:
                    done += _tell(consumer, [one])
                except NotNow:
                    db.session.rollback()
                    _leave_for_later([one])
                except Exception as error:  # noqa: BLE001 - kept with the delivery
                    db.session.rollback()
                    _put_off(one, error)
                    failed(name, one, error)
    return done


def _tell(consumer: Consumer, ids: list[int]) -> int:
    """Let `consumer` hear these deliveries and mark them done in the same transaction.

    A consumer that talks to the outside commits before it does, so that nobody
    waits for the database meanwhile; what it told is then marked afterwards.
    """
    rows = db.session.execute(
        select(Delivery.id, Delivery.member_id, Delivery.tries, Event)
        .join(Event, Event.id == Delivery.event_id)
        .where(Delivery.id.in_(ids), Delivery.done_at.is_(None))
        .order_by(Delivery.event_id, Delivery.id)
    ).all()
    claimed = [Claimed(row.id, row.Event, row.member_id, row.tries) for row in rows]
    if claimed:
        consumer(claimed)
    db.session.execute(
        update(Delivery)
        .where(Delivery.id.in_([one.id for one in claimed]))
        .values(done_at=clock.now(), due_at=None, error="")
    )
    db.session.commit()
    return len(claimed)


def pause_after(tries: int) -> timedelta:
    """How long to wait before the next try: doubling, bounded, spread by up to a quarter."""
    pause = min(FIRST_PAUSE * float(2 ** (max(tries, 1) - 1)), LONGEST_PAUSE)
    return pause * (1 + random.random() / 4)  # noqa: S311


def _leave_for_later(delivery_ids: Sequence[int]) -> None:
    """Give a batch back as it was, due again after a short while."""
    db.session.execute(
        update(Delivery)
        .where(Delivery.id.in_(delivery_ids), Delivery.done_at.is_(None))
        .values(due_at=clock.now() + SHORT_WHILE)
    )
    db.session.commit()


def _put_off(delivery_id: int, error: Exception) -> None:
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None or delivery.done_at is not None:
        return
    # Only errors count: a worker that was killed says nothing about what it had in hand.
    delivery.tries += 1
    delivery.error = plainly(error)
    if delivery.tries >= MAX_TRIES or isinstance(error, GivenUp):
        delivery.failed_at, delivery.due_at = clock.now(), None
    else:
        delivery.due_at = clock.now() + pause_after(delivery.tries)
    db.session.commit()


def plainly(error: Exception) -> str:
    """What went wrong, for an admin to read: without addresses and without people's words.

    Errors quote what they stumbled over, and that may be a draft or a held idea.
    """
    words = str(error).strip().split("\n", 1)[0]
    words = _ADDRESS.sub("…@…", _QUOTED.sub("…", words))
    return f"{type(error).__name__}: {words}"[:300].rstrip(": ")


def send_again(delivery_ids: Iterable[int] | None = None) -> int:
    """Make these failed deliveries (None: all) due once more, with all their tries.

    Returns how many they were.
    """
    failed = update(Delivery).where(Delivery.failed_at.is_not(None))
    if delivery_ids is not None:
        failed = failed.where(Delivery.id.in_(list(delivery_ids)))
    return changed(db.session.execute(failed.values(failed_at=None, due_at=clock.now(), tries=0)))
