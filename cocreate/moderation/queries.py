"""Questions of moderation: what waits, what was decided, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select, union_all

from cocreate import clock, paging
from cocreate.accounts.models import Member
from cocreate.discussion.models import Comment
from cocreate.discussion.queries import Said
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.moderation.cases import Case, Thing, cases
from cocreate.moderation.models import UNDO, Decision, Reason, Ruling
from cocreate.paging import Page

QUEUE_SIZE = 10
LOG_SIZE = 50
# More rulings about one idea than this say nothing new.
MOST_RULINGS = 20
# Further back nobody looks for a slip.
MOST_FRESH = 3
REASONS_SPAN = timedelta(days=30)


@dataclass(frozen=True)
class Ruled:
    """A ruling; its `words` are for the author and moderators alone."""

    id: int
    at: datetime
    decision: Decision
    reason: Reason | None
    words: str
    moderator_id: int
    moderator: str
    undone_at: datetime | None
    # Whether its moderator can still undo it.
    is_fresh: bool


@dataclass(frozen=True)
class Logged:
    """A line of the public log. Title and address only where everyone may read the thing now."""

    id: int
    at: datetime
    decision: Decision
    reason: Reason | None
    what: str
    moderator: str
    undone_at: datetime | None
    idea_id: int | None = None
    comment_id: int | None = None
    title: str = ""
    language: str = ""


def waiting() -> tuple[int, datetime | None]:
    """How much waits for a moderator, and since when the oldest of it does."""
    ideas, comments = _held_ideas(), _held_comments()
    both = union_all(
        select(Idea.created_at).where(*ideas),
        select(Comment.created_at).join(Idea, Idea.id == Comment.idea_id).where(*comments),
    ).subquery()
    number, oldest = db.session.execute(
        select(func.count(), func.min(both.c.created_at, type_=both.c.created_at.type))
    ).one()
    return number, oldest


def queue(cursor: str | None = None) -> Page[Case]:
    """What waits for a moderator, the oldest first; eight statements, however much it is.

    Held comments of an idea that is hidden or withdrawn wait for nothing.
    """
    place = paging.read_cursor(cursor, datetime, str, int)
    lists = []
    for model, what, held in (
        (Idea, "idea", _held_ideas()),
        (Comment, "comment", _held_comments()),
    ):
        word = literal(what).label("what")
        rows = select(model.created_at, word, model.id).where(
            *held, *paging.beyond((model.created_at, word, model.id), place, descending=False)
        )
        if model is Comment:
            rows = rows.join(Idea, Idea.id == Comment.idea_id)
        # Each side needs no more rows than the page does.
        first = rows.order_by(model.created_at, model.id).limit(QUEUE_SIZE + 1).subquery()
        lists.append(select(first))
    both = union_all(*lists).subquery()
    found = db.session.execute(
        select(both).order_by(both.c.created_at, both.c.what, both.c.id).limit(QUEUE_SIZE + 1)
    ).all()
    page = paging.page_of(found, QUEUE_SIZE, lambda row: (row.created_at, row.what, row.id))
    return Page(cases([(row.what, row.id) for row in page.rows]), page.next)


def case_of(thing: Thing) -> Case:
    """One idea or comment as it stands before a moderator."""
    return cases([("idea" if isinstance(thing, Idea) else "comment", thing.id)])[0]


def last_ruling(thing: Thing) -> Ruling | None:
    """The newest ruling about it that was not taken back."""
    return db.session.scalar(
        select(Ruling)
        .where(about(thing), Ruling.undone_at.is_(None))
        .order_by(Ruling.id.desc())
        .limit(1)
    )


def about(thing: Thing) -> ColumnElement[bool]:
    """That a ruling is about this idea itself, or about this comment."""
    if isinstance(thing, Comment):
        return Ruling.comment_id == thing.id
    return and_(Ruling.idea_id == thing.id, Ruling.comment_id.is_(None))


def rulings_of(thing: Thing) -> list[Ruled]:
    """The rulings about an idea itself, or about a comment; newest first, a bounded number."""
    rows = db.session.execute(
        select(Ruling, Member.name)
        .join(Member, Member.id == Ruling.moderator_id)
        .where(about(thing))
        .order_by(Ruling.id.desc())
        .limit(MOST_RULINGS)
    )
    return [
        Ruled(
            id=one.id,
            at=one.created_at,
            decision=one.decision,
            reason=one.reason,
            words=one.words,
            moderator_id=one.moderator_id,
            moderator=name,
            undone_at=one.undone_at,
            is_fresh=one.is_fresh,
        )
        for one, name in rows
    ]


def fresh_rulings(moderator: Member) -> list[tuple[Ruling, str]]:
    """What the moderator decided a moment ago and can undo, each with the idea's title."""
    rows = db.session.execute(
        select(Ruling, Idea.title)
        .join(Idea, Idea.id == Ruling.idea_id)
        .where(
            Ruling.created_at > clock.now() - UNDO,
            Ruling.moderator_id == moderator.id,
            Ruling.undone_at.is_(None),
        )
        .order_by(Ruling.id.desc())
        .limit(MOST_FRESH)
    )
    return [(ruling, title) for ruling, title in rows]


def reasons(thread: Iterable[Said]) -> dict[int, Reason]:
    """Why the hidden ones among these comments and their replies were hidden, by their ids."""
    hidden = [
        one.id
        for top in thread
        for one in (top, *top.replies)
        if one.visibility == Visibility.HIDDEN
    ]
    if not hidden:
        return {}
    rows = db.session.execute(
        select(Ruling.comment_id, Ruling.reason)
        .where(
            Ruling.comment_id.in_(hidden),
            Ruling.decision == Decision.HIDE,
            Ruling.undone_at.is_(None),
        )
        .order_by(Ruling.id)
    )
    # The newest comes last and stays.
    return {comment: reason for comment, reason in rows if comment and reason}


def log(cursor: str | None = None) -> Page[Logged]:
    """The public log: every ruling, the newest first, without any word that is not public."""
    rows = db.session.execute(
        select(
            Ruling.id,
            Ruling.created_at,
            Ruling.decision,
            Ruling.reason,
            Ruling.idea_id,
            Ruling.comment_id,
            Ruling.undone_at,
            Member.name.label("moderator"),
            Idea.title,
            Idea.language,
            Idea.visibility,
            Comment.visibility.label("comment_visibility"),
        )
        .join(Member, Member.id == Ruling.moderator_id)
        .join(Idea, Idea.id == Ruling.idea_id)
        .outerjoin(Comment, Comment.id == Ruling.comment_id)
        .where(*paging.beyond((Ruling.id,), paging.read_cursor(cursor, int)))
        .order_by(Ruling.id.desc())
        .limit(LOG_SIZE + 1)
    ).all()
    page = paging.page_of(rows, LOG_SIZE, lambda row: (row.id,))
    return Page([_logged(row) for row in page.rows], page.next)


def _logged(row: Any) -> Logged:
    is_public = row.visibility == Visibility.PUBLIC
    return Logged(
        id=row.id,
        at=row.created_at,
        decision=row.decision,
        reason=row.reason,
        what="comment" if row.comment_id else "idea",
        moderator=row.moderator,
        undone_at=row.undone_at,
        idea_id=row.idea_id if is_public else None,
        comment_id=(
            row.comment_id if is_public and row.comment_visibility == Visibility.PUBLIC else None
        ),
        title=row.title if is_public else "",
        language=row.language if is_public else "",
    )


def hidden_lately() -> list[tuple[Reason, int]]:
    """Each reason with how often something was hidden for it within REASONS_SPAN."""
    rows = db.session.execute(
        select(Ruling.reason, func.count())
        .where(
            Ruling.created_at > clock.now() - REASONS_SPAN,
            Ruling.decision == Decision.HIDE,
            Ruling.undone_at.is_(None),
        )
        .group_by(Ruling.reason)
    )
    counts = dict(rows.all())
    return [(reason, counts.get(reason, 0)) for reason in Reason]


def _held_ideas() -> list[ColumnElement[bool]]:
    return [Idea.visibility == Visibility.HELD]


def _held_comments() -> list[ColumnElement[bool]]:
    return [
        Comment.visibility == Visibility.HELD,
        Idea.visibility.in_((Visibility.PUBLIC, Visibility.HELD)),
    ]
