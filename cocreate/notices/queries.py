"""Questions about notices and watches."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from cocreate import permits
from cocreate.accounts.models import Member
from cocreate.backlog.models import Answer
from cocreate.discussion.models import Comment
from cocreate.errors import NotThere
from cocreate.events import Event
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.ideas.queries import visible
from cocreate.moderation.models import Ruling
from cocreate.notices.finds import finds_of
from cocreate.notices.models import Notice, Watch
from cocreate.notices.words import Finds, News
from cocreate.paging import Page, beyond, page_of, read_cursor
from cocreate.votes.models import Vote

PAGE_SIZE = 30
# The number beside the bell says "99+" beyond; counting further would be for nothing.
MOST_COUNTED = 100


def unread_count(member: Member) -> int:
    """How many notices the member has not read yet; MOST_COUNTED stands for that or more."""
    unread = (
        select(literal(1))
        .where(Notice.member_id == member.id, Notice.read_at.is_(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(unread)) or 0


def newest(member: Member) -> int:
    """The id of the member's newest notice; 0 for none."""
    return db.session.scalar(select(func.max(Notice.id)).where(Notice.member_id == member.id)) or 0


def notices_of(member: Member, cursor: str | None = None, *, unread: bool = False) -> Page[News]:
    """The member's notices, newest first; only the unread ones if asked for."""
    after = beyond([Notice.id], read_cursor(cursor, int))
    only = Notice.read_at.is_(None) if unread else true()
    return page_of(_news(member, *after, only, limit=PAGE_SIZE + 1), PAGE_SIZE, lambda n: (n.id,))


def notices_in(digest_id: int, member: Member, limit: int) -> list[News]:
    """What the digest tells the member, newest first, without what they may not see any more."""
    news = _news(member, Notice.digest_id == digest_id, limit=limit)
    return [one for one in news if one.title is not None]


def notice_of(member: Member, notice_id: int) -> Notice:
    """One of the member's own notices. Raises NotThere for anyone else's."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.member_id != member.id:
        raise NotThere()
    return notice


def news_of(event_id: int, member: Member) -> News | None:
    """What the member is told of one event; None without a notice of it."""
    return next(iter(_news(member, Notice.event_id == event_id, limit=1)), None)


def is_watching(member: Member, idea: Idea) -> bool:
    """Whether the member hears what becomes of the idea.

    Who takes part does, even before the worker has written that down, unless
    they said that they do not want to.
    """
    stopped = db.session.execute(
        select(Watch.stopped_at.is_not(None)).where(
            Watch.member_id == member.id, Watch.idea_id == idea.id
        )
    ).scalar_one_or_none()
    if stopped is not None:
        return not stopped
    supports = exists().where(Vote.member_id == member.id, Vote.idea_id == idea.id)
    return idea.author_id == member.id or bool(db.session.scalar(select(supports)))


def comment_visible(member: Member) -> ColumnElement[bool]:
    """Which comments of a visible idea the member sees: the twin of permits "comment.see"."""
    seen = or_(Comment.visibility == Visibility.PUBLIC, Comment.author_id == member.id)
    return true() if permits.moderator(member, None) else seen


def _news(member: Member, *conditions: ColumnElement[bool], limit: int) -> list[News]:
    """The member's notices under `conditions`, newest first, in six statements at most."""
    actor, writer = aliased(Member), aliased(Member)
    rows = db.session.execute(
        select(
            Notice.id,
            Notice.event_id,
            Notice.kind,
            Notice.created_at,
            Notice.read_at,
            Notice.comment_id.label("about_comment"),
            Event.data,
            actor.name.label("actor"),
            Idea.id.label("idea_id"),
            Idea.title,
            Idea.visibility.label("idea_visibility"),
            Comment.visibility.label("comment_visibility"),
            Comment.id.label("comment_id"),
            Comment.body,
            Comment.author_id.label("writer_id"),
            writer.name.label("writer"),
        )
        .select_from(Notice)
        .join(Event, Event.id == Notice.event_id)
        .outerjoin(actor, actor.id == Event.actor_id)
        .outerjoin(Idea, and_(Idea.id == Notice.idea_id, visible(member)))
        .outerjoin(
            Comment,
            and_(
                Comment.id == Notice.comment_id,
                Comment.idea_id == Idea.id,
                comment_visible(member),
                Comment.visibility != Visibility.WITHDRAWN,
            ),
        )
        .outerjoin(writer, writer.id == Comment.author_id)
        .where(Notice.member_id == member.id, *conditions)
        .order_by(Notice.id.desc())
        .limit(limit)
    ).all()
    answers = _answers([row.data["answer"] for row in rows if row.data.get("answer")])
    hidden = [row.data for row in rows if row.kind in ("idea.hidden", "comment.hidden")]
    rulings = _rulings([data["ruling"] for data in hidden if data.get("ruling")])
    searches = {row.event_id: row.data["search"] for row in rows if row.data.get("search")}
    finds = finds_of(member, searches)
    return [_as_news(row, member, answers, rulings, finds.get(row.event_id)) for row in rows]


def _as_news(
    row: Any,
    member: Member,
    answers: dict[int, Answer],
    rulings: dict[int, Ruling],
    finds: Finds | None,
) -> News:
    answer = answers.get(row.data.get("answer", 0))
    ruling = rulings.get(row.data.get("ruling", 0))
    is_gone = row.about_comment is not None and row.comment_id is None
    # What a moderator says of a comment goes before the comment's own words.
    bodies = (ruling and ruling.words, row.body, answer and answer.body)
    title = None if is_gone else row.title
    if finds is not None:
        title = None if finds.number == 0 else finds.words
    return News(
        id=row.id,
        kind=row.kind,
        at=row.created_at,
        is_read=row.read_at is not None,
        idea_id=row.idea_id,
        title=title,
        name=row.writer or row.actor or "",
        is_mine=row.writer_id == member.id,
        is_waiting=(row.comment_visibility if row.about_comment else row.idea_visibility)
        == Visibility.HELD,
        comment_id=row.comment_id,
        body=next(filter(None, bodies), ""),
        from_stage=answer.from_stage if answer else None,
        to_stage=answer.to_stage if answer else None,
        reason=ruling.reason if ruling else None,
        finds=finds,
    )


def _answers(ids: Sequence[int]) -> dict[int, Answer]:
    if not ids:
        return {}
    return {one.id: one for one in db.session.scalars(select(Answer).where(Answer.id.in_(ids)))}


def _rulings(ids: Sequence[int]) -> dict[int, Ruling]:
    if not ids:
        return {}
    return {one.id: one for one in db.session.scalars(select(Ruling).where(Ruling.id.in_(ids)))}
