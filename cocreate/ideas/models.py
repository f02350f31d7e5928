"""Ideas, their areas, tags and earlier wordings."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy import text as sqltext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cocreate import clock, text
from cocreate.accounts.models import Member
from cocreate.database import Base, word

TITLE_LENGTH = 140
NEED_LENGTH = 20_000
PROPOSAL_LENGTH = 100_000
FORM_KEY_LENGTH = 32
TAG_LENGTH = 40
MOST_TAGS = 8


def tag_name(typed: str) -> str:
    """How a tag is called: what was typed, in small letters and without its sign."""
    return text.one_line(typed).lstrip("#").strip().lower()


class Visibility(StrEnum):
    """Who may see it: the author's and moderation's axis."""

    DRAFT = "draft"
    HELD = "held"
    PUBLIC = "public"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """How far the organisation got with it: the team's axis."""

    NEW = "new"
    CONSIDERING = "considering"
    PLANNED = "planned"
    BUILDING = "building"
    SHIPPED = "shipped"
    DECLINED = "declined"
    PARKED = "parked"
    MERGED = "merged"


# Ideas at these stages are part of the record: no votes, no more edits.
DECIDED = frozenset({Stage.SHIPPED, Stage.DECLINED, Stage.MERGED})


class Area(Base):
    """A part of the offer (an app, the shops, delivery) with the department that owns it."""

    __tablename__ = "areas"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    # By language: {"cs": ..., "en": ...}; departments and descriptions likewise.
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    departments: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # One sentence of what belongs here.
    descriptions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    position: Mapped[int] = mapped_column(default=0)
    # A closed area keeps its ideas and takes no new ones.
    closed_at: Mapped[datetime | None]

    def name_in(self, language: str) -> str:
        """Its name in `language`, or in whichever language it has one."""
        return self.names.get(language) or next(iter(self.names.values()), self.key)

    def description_in(self, language: str) -> str:
        """What belongs here, in `language` or in whichever there is; "" if nobody said."""
        return self.descriptions.get(language) or next(iter(self.descriptions.values()), "")


class Tag(Base):
    """A word that ideas share."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(TAG_LENGTH), unique=True)


class IdeaTag(Base):
    """That an idea carries a tag."""

    __tablename__ = "idea_tags"
    __table_args__ = (Index("ix_idea_tags_tag", "tag_id", "idea_id"),)

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), primary_key=True)


def _list_indexes() -> list[Index]:
    """An index for each order of the list, alone and within an area or a stage."""
    orders = ("fair_score", "published_at", "vote_count", "talked_at")
    return [
        *(Index(f"ix_ideas_{one}", "visibility", one, "id") for one in orders),
        *(Index(f"ix_ideas_area_{one}", "area_id", "visibility", one, "id") for one in orders),
        *(
            Index(f"ix_ideas_stage_{one}", "stage", "visibility", one, "id")
            for one in (*orders, "stage_at")
        ),
    ]


class Idea(Base):
    """What was missing or hurt (the need), and what to do about it (the proposal).

    A draft is an idea that only its author sees; all its texts may be empty.
    """

    __tablename__ = "ideas"
    __table_args__ = (
        *_list_indexes(),
        Index("ix_ideas_author", "author_id", "visibility", "id"),
        Index("ix_ideas_held", "visibility", "created_at", "id"),
        # How long people wait for an answer, and when they got one, from the index alone.
        Index("ix_ideas_answered", "visibility", "answered_at", "published_at", "stage"),
        Index("ux_ideas_form_key", "author_id", "form_key", unique=True),
        Index(
            "ix_ideas_score_due",
            "id",
            sqlite_where=sqltext("is_score_due"),
            postgresql_where=sqltext("is_score_due"),
        ),
        Index(
            "ix_ideas_discarded",
            "discarded_at",
            sqlite_where=sqltext("discarded_at IS NOT NULL"),
            postgresql_where=sqltext("discarded_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    # Comes with the form it was written in: the same form sent again is the same idea.
    form_key: Mapped[str | None] = mapped_column(String(FORM_KEY_LENGTH))
    language: Mapped[str] = mapped_column(String(5))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    need: Mapped[str] = mapped_column(Text, default="")
    proposal: Mapped[str] = mapped_column(Text, default="")
    # The first words of need and proposal: what a card shows, so that lists read no texts.
    excerpt: Mapped[str] = mapped_column(String(300), default="")
    visibility: Mapped[Visibility] = mapped_column(word(Visibility))
    stage: Mapped[Stage] = mapped_column(word(Stage), default=Stage.NEW)
    # Goes up with anything that a card shows to everyone; kept pieces carry it.
    version: Mapped[int] = mapped_column(default=1)
    # The wording's number: 1 as submitted, one more with each edit; 0 while a draft.
    wording: Mapped[int] = mapped_column(default=0)

    vote_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    views: Mapped[int] = mapped_column(default=0)
    # Support that came with an import as bare numbers; never mixed with votes.
    imported_support: Mapped[int | None]
    imported_against: Mapped[int | None]
    # See ideas/ranking.py. Whatever changes votes, views or the stage makes it due.
    fair_score: Mapped[float] = mapped_column(default=0.0)
    is_score_due: Mapped[bool] = mapped_column(default=True)

    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    talked_at: Mapped[datetime | None]
    stage_at: Mapped[datetime]
    # Of a draft that its author threw away: gone for good once it cannot be brought back.
    discarded_at: Mapped[datetime | None]
    # The day by which the team answers, and when it first did.
    answer_by: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    # The person of the product team who looks after it.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))

    author: Mapped[Member] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    area: Mapped[Area | None] = relationship(lazy="raise_on_sql")

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC

    @property
    def is_decided(self) -> bool:
        return self.stage in DECIDED

    @property
    def is_late(self) -> bool:
        """Whether the day by which an answer was promised has passed without one."""
        return (
            self.answered_at is None
            and self.answer_by is not None
            and self.answer_by < clock.now()
            and not self.is_decided
        )

    @property
    def slug(self) -> str:
        return text.slug(self.title)


class Wording(Base):
    """How an idea read from one edit to the next; the newest is what it reads now."""

    __tablename__ = "wordings"

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    editor_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    need: Mapped[str] = mapped_column(Text)
    proposal: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
