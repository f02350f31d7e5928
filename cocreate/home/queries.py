"""What the front page, the roadmap and the list of what was delivered read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import aliased

from cocreate.accounts.models import Member
from cocreate.backlog.models import Answer
from cocreate.extensions import db
from cocreate.ideas.models import Area, Idea, Stage
from cocreate.ideas.queries import listed
from cocreate.kept import Kept
from cocreate.paging import Page, beyond, page_of, read_cursor

# The whole table is read for the numbers, so once a minute and not for each reader.
_numbers: "Kept[Numbers]" = Kept(1, seconds=60)

DELIVERED_A_PAGE = 15


@dataclass(frozen=True)
class Numbers:
    """What came of it so far, over all public ideas.

    `due` are those whose answer was promised by a day that has come, or that have one
    already; `in_time` those of them that were answered by that day.
    """

    ideas: int
    delivered: int
    answered: int
    due: int
    in_time: int
    people: int  # whose idea was answered


def numbers(now: datetime) -> Numbers:
    """The numbers of the front page, at most a minute old."""
    kept = _numbers.get("numbers")
    if kept is not None:
        return kept
    promised = Idea.answer_by.is_not(None)
    is_due = promised & (Idea.answered_at.is_not(None) | (Idea.answer_by <= now))
    in_time = promised & (Idea.answered_at <= Idea.answer_by)
    row = db.session.execute(
        select(
            func.count(),
            func.count(case((Idea.stage == Stage.SHIPPED, 1))),
            func.count(Idea.answered_at),
            func.count(case((is_due, 1))),
            func.count(case((in_time, 1))),
            func.count(case((Idea.answered_at.is_not(None), Idea.author_id)).distinct()),
        ).where(listed())
    ).one()
    return _numbers.keep("numbers", Numbers(*row))


def lately(stage: Stage, place: str | None = None, *, size: int) -> Page[Row[Any]]:
    """The public ideas of a stage, those that came to it last first, with the latest answer.

    Rows have id, title, language, stage, stage_at, vote_count, area_key, area_names, author,
    body (of the newest answer that has words; None without one), answered_by and said_at.
    """
    order = (Idea.stage_at, Idea.id)
    rows = db.session.execute(
        _WITH_ANSWER.where(listed(), Idea.stage == stage)
        .where(*beyond(order, read_cursor(place, datetime, int)))
        .order_by(Idea.stage_at.desc(), Idea.id.desc())
        .limit(size + 1)
    ).all()
    return page_of(rows, size, lambda row: (row.stage_at, row.id))


def _with_answer() -> Select[Any]:
    other, team = aliased(Answer), aliased(Member)
    newest = (
        select(func.max(other.id))
        .where(other.idea_id == Idea.id, other.body != "")
        .scalar_subquery()
    )
    columns: list[Any] = [
        Idea.id,
        Idea.title,
        Idea.language,
        Idea.stage,
        Idea.stage_at,
        Idea.vote_count,
        Area.key.label("area_key"),
        Area.names.label("area_names"),
        Member.name.label("author"),
        Answer.body,
        Answer.created_at.label("said_at"),
        team.name.label("answered_by"),
    ]
    return (
        select(*columns)
        .join(Member, Member.id == Idea.author_id)
        .outerjoin(Area, Area.id == Idea.area_id)
        .outerjoin(Answer, Answer.id == newest)
        .outerjoin(team, team.id == Answer.author_id)
    )


# Made once: putting it together takes as long as asking it.
_WITH_ANSWER = _with_answer()
