"""What happened, and who has yet to hear of it.

`record` writes, in the caller's transaction, one Event (kept for ever) and one
Delivery for each consumer that listens to that kind. How deliveries are made is
told in deliveries.py.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    String,
    Text,
    insert,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cocreate import clock
from cocreate.database import Base
from cocreate.dialects import insert_or_ignore
from cocreate.extensions import db

# Which consumers hear which event. Recording a kind that is not here raises.
KINDS: dict[str, tuple[str, ...]] = {
    # the portal itself
    "site.changed": (),
    "area.changed": (),
    # What the staff made of what people look for: synonyms, redirects, popular searches.
    "search.changed": (),
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
    "idea.submitted": ("notices", "search", "searches"),
    "idea.edited": ("search",),
    "idea.withdrawn": ("search",),
    # The staff gave it a tag, for a search that should find it.
    "idea.tagged": ("search",),
    # moderation: who may see it
    "idea.approved": ("notices", "search", "searches"),
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
    # pictures: that one came in, for the limits; what it belongs to has events of its own
    "picture.sent": (),
    # backlog: the team's axis
    "idea.answered": ("notices", "search"),
    "idea.owned": (),
    # notices
    "digest.due": (),
    "search.saved": (),
    # New ideas for somebody's saved search; its notice gathers them until it is read.
    "search.found": (),
    # exchange
    "import.asked": ("exchange",),
    "idea.imported": ("search",),
    "idea.claimed": ("search",),
}


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


def record_each(
    kind: str, values: Sequence[tuple[int, dict[str, Any]]]
) -> list[tuple[int, dict[str, Any]]]:
    """Write down that `kind` happened to each of these members: (member's id, data).

    Returns (the event's id, its data), in no promised order: a database that is asked
    for many at once may answer as it likes.
    """
    if not values:
        return []
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {"kind": kind, "created_at": now, "member_id": member_id, "data": data}
        for member_id, data in values
    ]
    made = db.session.execute(insert(Event).returning(Event.id, Event.data), rows).all()
    _owe([(one.id, consumer, 0) for one in made for consumer in KINDS[kind]], now)
    return [(one.id, one.data) for one in made]


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
