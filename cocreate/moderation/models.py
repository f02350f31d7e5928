"""Rulings: what moderators decided, and why."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cocreate import clock
from cocreate.database import Base, word
from cocreate.ideas.models import Visibility

# A slip shows at once; later it is a new decision, which takes words of its own.
UNDO = timedelta(minutes=10)


class Decision(StrEnum):
    """Whether everyone may see it."""

    APPROVE = "approve"
    HIDE = "hide"


class Reason(StrEnum):
    """Why something was hidden; each quotes a house rule to the author."""

    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    ABUSIVE = "abusive"
    PRIVATE_DATA = "private_data"
    DUPLICATE = "duplicate"
    UNCLEAR = "unclear"


class Ruling(Base):
    """A moderator's decision about an idea, or about a comment of it, with its reason."""

    __tablename__ = "rulings"
    __table_args__ = (
        Index("ix_rulings_idea", "idea_id", "id"),
        Index("ix_rulings_comment", "comment_id", "id"),
        Index("ix_rulings_created", "created_at", "reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    # Empty where the ruling is about the idea itself.
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    decision: Mapped[Decision] = mapped_column(word(Decision))
    reason: Mapped[Reason | None] = mapped_column(word(Reason))
    # For the author; the public log shows the reason, never these words.
    words: Mapped[str] = mapped_column(Text, default="")
    # What it was when this was decided; where an undo takes it back to.
    from_visibility: Mapped[Visibility] = mapped_column(word(Visibility), default=Visibility.HELD)
    created_at: Mapped[datetime]
    # When the moderator took the decision back, having slipped.
    undone_at: Mapped[datetime | None]

    @property
    def is_fresh(self) -> bool:
        """Whether its moderator can still undo it."""
        return self.undone_at is None and clock.now() < self.created_at + UNDO
