"""Watches and saved searches (who wants to hear) and notices (what they are told)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base, word

QUESTION_LENGTH = 200


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


class SavedSearch(Base):
    """A question that a member asked once and wants to hear of: which new ideas answer it.

    It keeps what ideas are about, and not how far they got: that is the same for all new ones.
    One that was ended stays for a while, so that the end can be taken back.
    """

    __tablename__ = "saved_searches"
    __table_args__ = (
        UniqueConstraint("member_id", "key"),
        Index("ix_saved_searches_ended", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    # The same for the same question under the same filters, however it was typed.
    key: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(String(QUESTION_LENGTH))
    # The filters by their names in an address: area, tag, language.
    narrowed: Mapped[dict[str, Any]]
    # The language that the member read in when they asked.
    language: Mapped[str] = mapped_column(String(5))
    by_mail: Mapped[bool] = mapped_column(default=True)
    saved_at: Mapped[datetime]
    # When the member last looked at what there is; whatever was found since is new.
    looked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # The event of its newest notice, which gathers what is found until it is read or mailed.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))


class FoundIdea(Base):
    """A new idea answered a saved search. There is one row, so it is told once."""

    __tablename__ = "found_ideas"
    __table_args__ = (
        Index("ix_found_ideas_event", "event_id", "idea_id"),
        Index("ix_found_ideas_found", "found_at"),
    )

    search_id: Mapped[int] = mapped_column(ForeignKey("saved_searches.id"), primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    # The "search.found" event whose notice tells of it.
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    found_at: Mapped[datetime]
