"""What happened, and who has yet to hear of it.

`record` writes, in the caller's transaction, one Event (kept for ever) and one
Delivery for each consumer that listens to that kind. The worker claims what is
due by moving its due time past a lease, so that whatever a killed worker held
comes due again by itself. Everything is told at least once, in no promised
order; consumers are written to be told twice.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    String,
    Text,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from cocreate import clock
from cocreate.database import Base, begin_as, changed
from cocreate.extensions import db

# Which consumers hear which event. Recording a kind that is not here raises.
KINDS: dict[str, tuple[str, ...]] = {
    # the portal itself
    "site.changed": (),
    "area.changed": (),
    # accounts
    "member.joined": ("mail",),
    "member.confirmation_asked": ("mail",),
    "member.confirmed": (),
    "member.reset_asked": ("mail",),
    # To the address the account may move away from, before the link to the new one.
    "member.address_leaving": ("mail",),
    "member.address_asked": ("mail",),
    "member.address_changed": ("mail",),
    "member.password_changed": ("mail",),
    "member.address_known": ("mail",),
    "member.role_changed": (),
    "member.renamed": (),
    "member.closed": (),
    # ideas: the author's axis
    "idea.submitted": ("notices", "search"),
    "idea.edited": ("search",),
    "idea.withdrawn": ("search",),
    # moderation: who may see it
    "idea.approved": ("notices", "search"),
    "idea.hidden": ("notices", "search"),
    "comment.approved": ("notices", "search"),
    "comment.hidden": ("notices", "search"),
    # A moderator took a slip back; whoever heard of it finds things as they are.
    "idea.ruling_undone": ("search",),
    "comment.ruling_undone": ("search",),
    # votes
    "vote.cast": ("notices",),
    "vote.taken_back": (),
    # discussion
    "comment.written": ("notices", "search"),
    "comment.edited": ("search",),
    "comment.removed": ("search",),
    # backlog: the team's axis
    "idea.answered": ("notices", "search"),
    "idea.owned": (),
    # notices
    "digest.due": (),
    # exchange
    "import.asked": ("exchange",),
    "idea.imported": ("search",),
    "idea.claimed": ("search",),
}

# A delivery that failed this often is kept for the admin to look at.
MAX_TRIES = 8
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)
SHORT_WHILE = timedelta(seconds=1)

# What an error quotes, up to the end where the quote is not closed; and addresses.
_QUOTED = re.compile(r"""(?<!\w)(['"]).*\1|(?<!\w)['"].*$""")
_ADDRESS = re.compile(r"\S+@\S+")


class Event(Base):
    """Something that happened, in the words of KINDS. Never changed, never deleted."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_idea", "idea_id", "id"),
        Index("ix_events_actor", "actor_id", "kind", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class Delivery(Base):
    """One consumer's duty to hear one event, or to tell one member of it.

    `due_at` is empty once it is done, or once it has failed for good.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ux_deliveries", "event_id", "consumer", "member_id", unique=True),
        Index(
            "ix_deliveries_due",
            "consumer",
            "due_at",
            "id",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_deliveries_failed",
            "failed_at",
            sqlite_where=text("failed_at IS NOT NULL"),
            postgresql_where=text("failed_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    consumer: Mapped[str] = mapped_column(String(20))
    # Whom to tell, where the duty is towards one member; 0 where it is not.
    member_id: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")


class HasId(Protocol):
    """Anything with a row of its own."""

    @property
    def id(self) -> Any: ...


def record(
    kind: str,
    actor: HasId | None,
    idea: HasId | None = None,
    *,
    comment: HasId | None = None,
    member: HasId | None = None,
    **data: Any,
) -> int:
    """Write down that `kind` happened, and owe it to whoever listens.

    `data` is kept as JSON: short words and numbers, never a secret. Returns the
    event's id. Raises KeyError for a kind that is not in KINDS.
    """
    consumers = KINDS[kind]
    now = clock.now()
    db.session.flush()
    event_id: int = db.session.execute(
        insert(Event)
        .values(
            kind=kind,
            created_at=now,
            actor_id=actor and actor.id,
            member_id=member and member.id,
            idea_id=idea and idea.id,
            comment_id=comment and comment.id,
            data=data,
        )
        .returning(Event.id)
    ).scalar_one()
    _owe([(event_id, consumer, 0) for consumer in consumers], now)
    return event_id


def record_many(kind: str, idea_ids: Sequence[int], actor: HasId | None = None) -> None:
    """Write down that `kind` happened to each of these ideas."""
    if not idea_ids:
        return
    now = clock.now()
    actor_id = actor and actor.id
    values: list[dict[str, Any]] = [
        {"kind": kind, "created_at": now, "actor_id": actor_id, "idea_id": one, "data": {}}
        for one in idea_ids
    ]
    event_ids = db.session.scalars(insert(Event).returning(Event.id), values)
    _owe([(one, consumer, 0) for one in event_ids for consumer in KINDS[kind]], now)


def owe(event_id: int, consumer: str, member_ids: Iterable[int]) -> None:
    """Owe one more delivery of an event to each of `member_ids` through `consumer`.

    Owing the same twice changes nothing.
    """
    _owe([(event_id, consumer, member_id) for member_id in member_ids], clock.now())


def _owe(rows: list[tuple[int, str, int]], due_at: datetime) -> None:
    if not rows:
        return
    values = [
        {"event_id": event, "consumer": consumer, "member_id": member, "due_at": due_at, "tries": 0}
        for event, consumer, member in rows
    ]
    insert_or_ignore(Delivery, values)


def insert_or_ignore(model: type[Any], rows: Sequence[dict[str, Any]]) -> int:
    """Insert those of `rows` that no unique key refuses; how many went in."""
    if not rows:
        return 0
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    done = 0
    # SQLite takes a bounded number of parameters in one statement.
    for start in range(0, len(rows), 500):
        values = list(rows[start : start + 500])
        insertion = sqlite.insert(model) if is_sqlite else postgresql.insert(model)
        # Some databases count inserted rows only when asked to.
        result = db.session.execute(
            insertion.values(values).on_conflict_do_nothing(),
            execution_options={"preserve_rowcount": True},
        )
        done += changed(result)
    return done


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
    if db.session.get_bind().dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    ids = list(db.session.scalars(due))
    if ids:
        db.session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids))
            .values(due_at=now + timedelta(seconds=lease), tries=Delivery.tries + 1)
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
        .values(due_at=clock.now() + SHORT_WHILE, tries=Delivery.tries - 1)
    )
    db.session.commit()


def _put_off(delivery_id: int, error: Exception) -> None:
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None or delivery.done_at is not None:
        return
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
