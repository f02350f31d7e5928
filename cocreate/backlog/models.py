"""Answers: what the product team says, and the decisions among them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cocreate.accounts.models import Member
from cocreate.database import Base, word
from cocreate.ideas.models import Stage


class Answer(Base):
    """The team's public reply to an idea, by a named person.

    One that moves the stage is a decision. A move may go without words, except
    to declined.
    """

    __tablename__ = "answers"
    __table_args__ = (Index("ix_answers_idea", "idea_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    body: Mapped[str] = mapped_column(Text, default="")
    from_stage: Mapped[Stage] = mapped_column(word(Stage))
    to_stage: Mapped[Stage] = mapped_column(word(Stage))
    created_at: Mapped[datetime]

    author: Mapped[Member] = relationship(lazy="raise_on_sql")

    @property
    def is_decision(self) -> bool:
        return self.from_stage != self.to_stage
