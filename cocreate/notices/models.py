"""Watches (who wants to hear) and notices (what they are told)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base, word


class Because(StrEnum):
    """Why someone watches an idea."""

    PROPOSED = "proposed"
    SUPPORTED = "supported"
    COMMENTED = "commented"
    ASKED = "asked"


class Watch(Base):
    """A member wants to hear what becomes of an idea.

    Who stopped watching keeps the row with `stopped_at`: voting or commenting
    later does not start it again against their will.
    """

    __tablename__ = "watches"
    __table_args__ = (Index("ix_watches_idea", "idea_id", "member_id"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    because: Mapped[Because] = mapped_column(word(Because))
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class Notice(Base):
    """One member is told of one event, once."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("event_id", "member_id"),
        Index("ix_notices_member", "member_id", "id"),
        Index(
            "ix_notices_unread",
            "member_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notices_undigested",
            "member_id",
            "id",
            sqlite_where=text("is_for_digest"),
            postgresql_where=text("is_for_digest"),
        ),
        Index("ix_notices_digest", "digest_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str] = mapped_column(String(40))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    # Waits for the member's next daily mail.
    is_for_digest: Mapped[bool] = mapped_column(default=False)
    # The "digest.due" event whose mail tells it.
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
