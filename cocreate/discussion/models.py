"""Comments and their earlier wordings."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cocreate.accounts.models import Member
from cocreate.database import Base, word
from cocreate.ideas.models import Visibility

BODY_LENGTH = 20_000
# Fewer characters say "no" but hardly why.
REASON_LENGTH = 40


class CommentKind(StrEnum):
    """What a comment does for the idea. An objection gives its reason."""

    ADDITION = "addition"
    QUESTION = "question"
    EXPERIENCE = "experience"
    OBJECTION = "objection"


class Comment(Base):
    """What someone says about an idea, or in reply to such a comment; one level deep.

    Removed by its author it is withdrawn: its place stays, its words do not show.
    """

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_idea", "idea_id", "parent_id", "created_at", "id"),
        Index("ix_comments_author", "author_id", "visibility", "id"),
        Index("ix_comments_held", "visibility", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[CommentKind] = mapped_column(word(CommentKind))
    body: Mapped[str] = mapped_column(Text)
    visibility: Mapped[Visibility] = mapped_column(word(Visibility))
    # 1 as written, one more with each edit.
    wording: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]

    author: Mapped[Member] = relationship(lazy="raise_on_sql")

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC


class CommentWording(Base):
    """How a comment read before an edit."""

    __tablename__ = "comment_wordings"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    # When this wording was written.
    created_at: Mapped[datetime]
