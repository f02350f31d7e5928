"""What waits for an answer, how far everything got, and what has been answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    case,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload

from cocreate import clock
from cocreate.accounts.models import Member, Role
from cocreate.backlog.models import Answer
from cocreate.extensions import db
from cocreate.ideas.models import DECIDED, Area, Idea, Stage, Visibility
from cocreate.ideas.queries import listed
from cocreate.paging import PAGE_SIZE, Page, beyond, page_of, read_cursor

LANE_SIZE = 15
MOST_ANSWERS = 200
MOST_TEAM = 200
# Counted so far and no further: "1000+" says as much.
MOST_COUNTED = 1000
# Lanes of the board, in the order of an idea's way.
LANES = (
    Stage.NEW,
    Stage.CONSIDERING,
    Stage.PLANNED,
    Stage.BUILDING,
    Stage.SHIPPED,
    Stage.PARKED,
    Stage.DECLINED,
)
# What came with an import was promised to nobody: it waits behind everything with a date.
_NO_DATE = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Inbox:
    """Which of the waiting ideas to look at. `owner`: a member's id, 0 for nobody's."""

    area: Area | None = None
    stage: Stage | None = None
    owner: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as conditions on Idea."""
        found: list[ColumnElement[bool]] = []
        if self.area is not None:
            found.append(Idea.area_id == self.area.id)
        if self.stage is not None:
            found.append(Idea.stage == self.stage)
        if self.owner is not None:
            found.append(Idea.owner_id == self.owner if self.owner else Idea.owner_id.is_(None))
        return found


@dataclass(frozen=True)
class Lane:
    """One column of the board: its newest ideas; `next` leads on to the others."""

    stage: Stage
    rows: Sequence[Row[Any]]
    next: str | None


def answers_of(idea: Idea) -> list[Answer]:
    """The team's answers with their authors, oldest first; the newest MOST_ANSWERS of them."""
    newest = db.session.scalars(
        select(Answer)
        .where(Answer.idea_id == idea.id)
        .options(joinedload(Answer.author))
        .order_by(Answer.id.desc())
        .limit(MOST_ANSWERS)
    ).all()
    return list(reversed(newest))


def team() -> list[tuple[int, str]]:
    """(id, name) of those who can look after an idea, by name."""
    rows = db.session.execute(
        select(Member.id, Member.name)
        .where(Member.role.in_((Role.PRODUCT, Role.ADMIN)), Member.closed_at.is_(None))
        .order_by(Member.name_key)
        .limit(MOST_TEAM)
    )
    return [(row.id, row.name) for row in rows]


def inbox(filters: Inbox, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Row[Any]]:
    """Ideas that nobody has answered, those of newcomers first, then by the day promised.

    Rows have id, title, stage, author, owner, owner_id, area_names, vote_count,
    comment_count, published_at, answer_by and is_first (the author's first public idea).
    """
    some = _ranked(filters).subquery()
    order = (some.c.rank, some.c.due, some.c.id)
    chosen = (
        select(some)
        .where(*beyond(order, read_cursor(cursor, int, datetime, int), descending=False))
        .order_by(*order)
        .limit(size + 1)
    )
    return page_of(_rows(chosen), size, lambda row: (row.rank, row.due, row.id))


def whole_inbox(filters: Inbox) -> Sequence[Row[Any]]:
    """All rows of `inbox`."""
    return _rows(_ranked(filters))


def counts() -> tuple[int, int]:
    """How many ideas wait for an answer, and for how many the day has passed.

    MOST_COUNTED stands for that or more.
    """
    late = Idea.answer_by < clock.now()

    def counted(*conditions: ColumnElement[bool]) -> Any:
        some = select(literal(1)).where(*unanswered(), *conditions).limit(MOST_COUNTED).subquery()
        return select(func.count()).select_from(some).scalar_subquery()

    row = db.session.execute(select(counted(), counted(late))).one()
    return row[0], row[1]


def board() -> list[Lane]:
    """Every stage with the ideas that came to it last, in one statement.

    Rows have id, title, stage, stage_at, author, owner, area_names, vote_count.
    """
    newest = [select(_newest(stage, LANE_SIZE + 1).subquery()) for stage in LANES]
    rows = _cards(union_all(*newest))
    lanes = []
    for stage in LANES:
        found = [row for row in rows if row.stage == stage]
        page = page_of(found, LANE_SIZE, lambda row: (row.stage_at, row.id))
        lanes.append(Lane(stage, page.rows, page.next))
    return lanes


def lane(stage: Stage, cursor: str | None) -> Lane:
    """One column of the board alone, page by page."""
    after = beyond((Idea.stage_at, Idea.id), read_cursor(cursor, datetime, int))
    rows = _cards(_newest(stage, PAGE_SIZE + 1).where(*after))
    page = page_of(rows, PAGE_SIZE, lambda row: (row.stage_at, row.id))
    return Lane(stage, page.rows, page.next)


def _newest(stage: Stage, limit: int) -> Select[Any]:
    """The ids of the ideas that came to the stage last; read from an index alone."""
    return (
        select(Idea.id)
        .where(listed(), Idea.stage == stage)
        .order_by(Idea.stage_at.desc(), Idea.id.desc())
        .limit(limit)
    )


def _cards(ids: Select[Any] | CompoundSelect[Any]) -> Sequence[Row[Any]]:
    author, owner = aliased(Member), aliased(Member)
    columns: list[Any] = [
        Idea.id,
        Idea.title,
        Idea.language,
        Idea.stage,
        Idea.stage_at,
        Idea.vote_count,
        author.name.label("author"),
        owner.name.label("owner"),
        Area.names.label("area_names"),
    ]
    return db.session.execute(
        select(*columns)
        .join(author, author.id == Idea.author_id)
        .outerjoin(owner, owner.id == Idea.owner_id)
        .outerjoin(Area, Area.id == Idea.area_id)
        .where(Idea.id.in_(ids))
        .order_by(Idea.stage_at.desc(), Idea.id.desc())
    ).all()


def unanswered() -> list[ColumnElement[bool]]:
    """What makes an idea wait, as conditions."""
    return [listed(), Idea.answered_at.is_(None), Idea.stage.not_in(DECIDED)]


def _ranked(filters: Inbox) -> Select[Any]:
    """Waiting ideas with no more than their order: what is shown of them is read afterwards."""
    columns: list[Any] = [Idea.id, _rank().label("rank"), _due().label("due")]
    return select(*columns).where(*unanswered(), *filters.conditions())


def _rows(chosen: Select[Any]) -> Sequence[Row[Any]]:
    some = chosen.subquery()
    author, owner = aliased(Member), aliased(Member)
    columns: list[Any] = [
        Idea.id,
        Idea.title,
        Idea.language,
        Idea.stage,
        author.name.label("author"),
        owner.name.label("owner"),
        Idea.owner_id,
        Area.names.label("area_names"),
        Idea.vote_count,
        Idea.comment_count,
        Idea.published_at,
        Idea.answer_by,
        some.c.rank,
        some.c.due,
        (some.c.rank == 0).label("is_first"),
    ]
    return db.session.execute(
        select(*columns)
        .join(some, some.c.id == Idea.id)
        .join(author, author.id == Idea.author_id)
        .outerjoin(owner, owner.id == Idea.owner_id)
        .outerjoin(Area, Area.id == Idea.area_id)
        .order_by(some.c.rank, some.c.due, Idea.id)
    ).all()


def _rank() -> ColumnElement[int]:
    """0 for the first public idea of someone who came by themselves, 1 for all others.

    Whoever is answered the first time comes back (Piezunka & Dahlander); imported
    authors never came.
    """
    earlier = aliased(Idea)
    has_earlier = exists().where(
        earlier.author_id == Idea.author_id,
        earlier.visibility == Visibility.PUBLIC,
        earlier.id < Idea.id,
    )
    return case((Idea.answer_by.is_(None) | has_earlier, 1), else_=0)


def _due() -> ColumnElement[datetime]:
    return func.coalesce(Idea.answer_by, literal(_NO_DATE, Idea.answer_by.type))
