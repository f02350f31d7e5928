"""What one member proposed, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, func, select

from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Stage
from cocreate.ideas.queries import listed, visible
from cocreate.paging import PAGE_SIZE, Page, beyond, page_of, read_cursor

_SHOWN: list[Any] = [
    Idea.id,
    Idea.title,
    Idea.language,
    Idea.excerpt,
    Idea.stage,
    Idea.visibility,
    Idea.created_at,
    Idea.comment_count,
]


@dataclass(frozen=True)
class Outcome:
    """How many of a member's public ideas there are, and how far they got."""

    proposed: int
    answered: int
    planned: int
    shipped: int


def outcome(member: Member) -> Outcome:
    """What came of the member's public ideas; planned counts those being built."""

    def number(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = db.session.execute(
        select(
            func.count(),
            number(Idea.answered_at.is_not(None)),
            number(Idea.stage.in_((Stage.PLANNED, Stage.BUILDING))),
            number(Idea.stage == Stage.SHIPPED),
        ).where(Idea.author_id == member.id, listed())
    ).one()
    return Outcome(*row)


def ideas(member: Member, actor: Member | None, cursor: str | None = None) -> Page[Row[Any]]:
    """The member's ideas that `actor` may see, newest first.

    Rows have id, title, language, excerpt, stage, visibility, created_at and comment_count.
    """
    rows: Sequence[Row[Any]] = db.session.execute(
        select(*_SHOWN)
        .where(
            Idea.author_id == member.id,
            visible(actor),
            *beyond([Idea.id], read_cursor(cursor, int)),
        )
        .order_by(Idea.id.desc())
        .limit(PAGE_SIZE + 1)
    ).all()
    return page_of(rows, PAGE_SIZE, lambda row: (row.id,))
