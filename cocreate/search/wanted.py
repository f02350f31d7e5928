"""What people looked for, and what the staff made of it, as the database keeps it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base


class Synonym(Base):
    """Words that find what other words say as well, as the staff made them.

    `language` says whose forms of the words count; "" is every one. The keys are the
    words folded, so that nothing stands twice. A row is added and removed, never changed.
    """

    __tablename__ = "search_synonyms"
    __table_args__ = (UniqueConstraint("language", "words_key", "means_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(5))
    words: Mapped[str] = mapped_column(String(80))
    means: Mapped[str] = mapped_column(String(80))
    words_key: Mapped[str] = mapped_column(String(80))
    means_key: Mapped[str] = mapped_column(String(80))
    # Whether `means` finds what `words` say, too.
    is_both_ways: Mapped[bool]
    added_at: Mapped[datetime]


class Redirect(Base):
    """A question that leads straight to one idea, tag or area: one of the three is set."""

    __tablename__ = "search_redirects"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    words: Mapped[str] = mapped_column(String(80))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    added_at: Mapped[datetime]


class AskedQuestion(Base):
    """What somebody looked for, in small letters; nothing of who it was.

    `marks` are at most four bytes, one for each different person who asked in this week,
    and none once there were five: see docs/decisions/012-counting-searches.md.
    """

    __tablename__ = "search_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    words: Mapped[str] = mapped_column(String(80))
    marks: Mapped[bytes] = mapped_column(LargeBinary(4))
    # Five different people asked it within one week.
    is_popular: Mapped[bool]
    # How the staff lets it be shown to everyone; "" is not at all.
    shown_as: Mapped[str] = mapped_column(String(80))
    # The staff looked at it as a popular one, and decided.
    screened_at: Mapped[datetime | None]
    # The staff did something about it, or put it aside.
    settled_at: Mapped[datetime | None]


class AskedWeek(Base):
    """How often a question was asked in one week, found nothing, and led to a result."""

    __tablename__ = "search_weeks"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("search_questions.id", ondelete="CASCADE"), primary_key=True
    )
    # Its Monday.
    week: Mapped[date] = mapped_column(primary_key=True, index=True)
    asked: Mapped[int]
    in_vain: Mapped[int]
    clicked: Mapped[int]


class WeekKey(Base):
    """What the marks of one week are made with, and then thrown away. There is one row."""

    __tablename__ = "search_keys"

    week: Mapped[date] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary(16))
