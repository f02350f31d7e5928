"""Votes: one member's support of one idea."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base


class Vote(Base):
    """One member's support of one idea. The pair is the key: there is no second vote."""

    __tablename__ = "votes"
    __table_args__ = (Index("ix_votes_idea", "idea_id", "member_id"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    created_at: Mapped[datetime]
