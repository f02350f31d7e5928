"""Questions about comments. Whatever is shown of them anywhere goes through `shown`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from cocreate import clock, paging, permits, site
from cocreate.accounts.models import Member, Role
from cocreate.discussion.models import Comment, CommentKind, CommentWording
from cocreate.errors import NotThere
from cocreate.events import Event
from cocreate.extensions import db
from cocreate.ideas import queries as ideas
from cocreate.ideas.models import Idea, Visibility
from cocreate.paging import Page

# Comments a page, and replies that are shown with each of them.
SIZE = 20
REPLIES = 50
WORDINGS = 10


@dataclass(frozen=True)
class Said:
    """A comment as a reader sees it. Where only its place is left, `body` is empty."""

    id: int
    idea_id: int
    parent_id: int | None
    author_id: int
    author: str
    is_official: bool
    kind: CommentKind
    visibility: Visibility
    body: str
    wording: int
    created_at: datetime
    edited_at: datetime | None
    replies: list["Said"] = field(default_factory=list)
    # The cursor of the replies that follow the shown ones; None: these are all.
    more_replies: str | None = None
    # Whether the reader is its author, and may still put it differently.
    is_editable: bool = False

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC


@dataclass(frozen=True)
class Place:
    """Where a comment is to be read: cursors of the page, None for the first one.

    `replies` is set where it stands among the replies that have a page of their own.
    """

    top_id: int
    comments: str | None = None
    replies: str | None = None


def is_new(member: Member) -> bool:
    """Whether what the member writes is read by a moderator before everyone sees it."""
    return not member.is_staff and member.approved_count < site.load().hold_first


def is_young(comment: Any) -> bool:
    """Whether the time during which its author can edit it is not over."""
    minutes = site.load().comment_edit_minutes
    return clock.now() < cast("datetime", comment.created_at) + timedelta(minutes=minutes)


def shown(actor: Member | None, comment: Any = Comment) -> ColumnElement[bool]:
    """Who is shown which comments, as a condition.

    Tighter than permits "comment.see" in one thing: what its author removed is
    shown to nobody. `comment` may be an alias of Comment.
    """
    seen = comment.visibility == Visibility.PUBLIC
    if actor is None:
        return and_(seen)
    kept = comment.visibility.in_((Visibility.PUBLIC, Visibility.HELD, Visibility.HIDDEN))
    if permits.may(actor, "idea.moderate"):
        return and_(kept)
    return or_(seen, and_(kept, comment.author_id == actor.id))


def placed(actor: Member | None) -> ColumnElement[bool]:
    """Which comments have a place in the thread: shown ones, and gone ones with shown replies."""
    reply = aliased(Comment)
    has_replies = select(reply.id).where(
        # The idea leads the index, so it is named although the parent alone would do.
        reply.idea_id == Comment.idea_id,
        reply.parent_id == Comment.id,
        shown(actor, reply),
    )
    gone = Comment.visibility.in_((Visibility.HIDDEN, Visibility.WITHDRAWN))
    return or_(shown(actor), and_(gone, has_replies.exists()))


def visible_comment(comment_id: int, actor: Member | None) -> tuple[Comment, Idea]:
    """The comment with its author, and its idea with author and area.

    Raises NotThere unless `actor` may read both.
    """
    comment = db.session.scalar(
        select(Comment)
        .where(Comment.id == comment_id, shown(actor))
        .options(joinedload(Comment.author))
    )
    if comment is None or not permits.may(actor, "comment.see", comment):
        raise NotThere()
    return comment, ideas.visible_idea(comment.idea_id, actor)


def thread(idea: Idea, actor: Member | None, cursor: str | None = None) -> Page[Said]:
    """What is said about an idea: comments, the oldest first, each with its first replies.

    Two statements, however many there are. Whoever asks has made sure that
    `actor` may see the idea.
    """
    tops = db.session.execute(
        _columns()
        .where(
            *_tops(idea.id, actor),
            *paging.beyond(_ORDER, _read(cursor), descending=False),
        )
        .order_by(*_ORDER)
        .limit(SIZE + 1)
    ).all()
    page = paging.page_of(tops, SIZE, _place)
    replies = _first_replies(idea.id, [row.id for row in page.rows], actor)
    return Page([_said(row, actor, replies.get(row.id, [])) for row in page.rows], page.next)


def replies_of(comment: Said, actor: Member | None, cursor: str | None) -> Page[Said]:
    """Replies to a comment, the oldest first, REPLIES a page."""
    rows = db.session.execute(
        _columns()
        .where(
            Comment.idea_id == comment.idea_id,
            Comment.parent_id == comment.id,
            shown(actor),
            *paging.beyond(_ORDER, _read(cursor), descending=False),
        )
        .order_by(*_ORDER)
        .limit(REPLIES + 1)
    ).all()
    page = paging.page_of(rows, REPLIES, _place)
    return Page([_said(row, actor) for row in page.rows], page.next)


def said(idea: Idea, comment_id: int, actor: Member | None) -> Said:
    """One comment of the idea, as it stands in the thread. Raises NotThere without a place."""
    row = db.session.execute(
        _columns().where(Comment.idea_id == idea.id, Comment.id == comment_id, placed(actor))
    ).first()
    if row is None:
        raise NotThere()
    return _said(row, actor)


def place_of(comment: Said, actor: Member | None) -> Place:
    """The page on which a reader finds the comment."""
    if comment.parent_id is None:
        return Place(comment.id, _page_start(comment, SIZE, _tops(comment.idea_id, actor)))
    top = db.session.execute(_columns().where(Comment.id == comment.parent_id)).one()
    siblings = [
        Comment.idea_id == comment.idea_id,
        Comment.parent_id == comment.parent_id,
        shown(actor),
    ]
    if replies := _page_start(comment, REPLIES, siblings):
        return Place(top.id, replies=replies)
    return Place(top.id, _page_start(top, SIZE, _tops(comment.idea_id, actor)))


def removed_by(actor: Member, comment_id: int) -> Idea | None:
    """The idea from whose discussion `actor` removed this comment of their own; else None."""
    return db.session.scalar(
        select(Idea)
        .join(Comment, Comment.idea_id == Idea.id)
        .where(
            Comment.id == comment_id,
            Comment.author_id == actor.id,
            Comment.visibility == Visibility.WITHDRAWN,
            ideas.visible(actor),
        )
    )


def wordings_of(
    comment: Comment, actor: Member | None, before: int | None = None
) -> Page[tuple[int, datetime, str]]:
    """How a comment read over time, newest first: (number, when it was written, text).

    Its author and the moderators see every wording; everyone else those since it
    was let in: what was mended while it waited was never public. The newest is what
    it reads now. A page ends with the wording that the next one begins with, so that
    each can be compared with the one before it; `before` (from Page.next) is that
    wording's number.
    """
    if before is None or not 0 < before < comment.wording:
        before = comment.wording
    rows = [
        (row.number, row.created_at, row.body)
        for row in db.session.execute(
            select(CommentWording.number, CommentWording.created_at, CommentWording.body)
            .where(
                CommentWording.comment_id == comment.id,
                CommentWording.number <= before,
                CommentWording.number >= _first_seen(comment, actor),
            )
            .order_by(CommentWording.number.desc())
            .limit(WORDINGS + 1)
        )
    ]
    if before == comment.wording:
        now = (comment.wording, comment.edited_at or comment.created_at, comment.body)
        rows = [now, *rows][: WORDINGS + 1]
    return Page(rows, str(rows[-1][0]) if len(rows) > WORDINGS else None)


def _first_seen(comment: Comment, actor: Member | None) -> int:
    """The number of the first wording that `actor` may read."""
    if permits.author(actor, comment) or permits.may(actor, "idea.moderate"):
        return 1
    let_in_at = db.session.scalar(
        select(func.max(Event.created_at)).where(
            Event.idea_id == comment.idea_id,
            Event.comment_id == comment.id,
            Event.kind == "comment.approved",
        )
    )
    if let_in_at is None:
        return 1
    if (comment.edited_at or comment.created_at) <= let_in_at:
        return comment.wording
    as_let_in = select(func.max(CommentWording.number)).where(
        CommentWording.comment_id == comment.id, CommentWording.created_at <= let_in_at
    )
    return db.session.scalar(as_let_in) or 1


_ORDER = (Comment.created_at, Comment.id)


def _read(cursor: str | None) -> list[Any] | None:
    return paging.read_cursor(cursor, datetime, int)


def _place(row: Any) -> tuple[datetime, int]:
    return row.created_at, row.id


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        Comment.id,
        Comment.idea_id,
        Comment.parent_id,
        Comment.author_id,
        Comment.kind,
        Comment.visibility,
        Comment.body,
        Comment.wording,
        Comment.created_at,
        Comment.edited_at,
        Member.name.label("author"),
        Member.role,
    ).join(Member, Member.id == Comment.author_id)


def _tops(idea_id: int, actor: Member | None) -> list[ColumnElement[bool]]:
    return [Comment.idea_id == idea_id, Comment.parent_id.is_(None), placed(actor)]


def _first_replies(
    idea_id: int, parents: Sequence[int], actor: Member | None
) -> dict[int, list[Row[Any]]]:
    """Up to one more reply than is shown, for each of these comments."""
    if not parents:
        return {}
    number = func.row_number().over(partition_by=Comment.parent_id, order_by=_ORDER)
    numbered = (
        select(Comment.id, number.label("number"))
        .where(Comment.idea_id == idea_id, Comment.parent_id.in_(parents), shown(actor))
        .subquery()
    )
    rows = db.session.execute(
        _columns()
        .join(numbered, numbered.c.id == Comment.id)
        .where(numbered.c.number <= REPLIES + 1)
        .order_by(*_ORDER)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.parent_id, []).append(row)
    return found


def _page_start(row: Any, size: int, among: Sequence[ColumnElement[bool]]) -> str | None:
    """The cursor of the page on which `row` stands; None on the first."""
    earlier = paging.beyond(_ORDER, (row.created_at, row.id), descending=True)
    number = db.session.scalar(select(func.count()).select_from(Comment).where(*among, *earlier))
    first = (number or 0) // size * size
    if not first:
        return None
    before = db.session.execute(
        select(*_ORDER).where(*among).order_by(*_ORDER).offset(first - 1).limit(1)
    ).one()
    return paging.cursor(before.created_at, before.id)


def _said(row: Any, actor: Member | None, replies: Sequence[Any] = ()) -> Said:
    """The row as `actor` may read it."""
    reads = row.visibility == Visibility.PUBLIC or (
        row.visibility in (Visibility.HELD, Visibility.HIDDEN)
        and actor is not None
        and (actor.id == row.author_id or permits.may(actor, "idea.moderate"))
    )
    page = paging.page_of(replies, REPLIES, _place)
    return Said(
        id=row.id,
        idea_id=row.idea_id,
        parent_id=row.parent_id,
        author_id=row.author_id if reads else 0,
        author=row.author if reads else "",
        is_official=row.role != Role.MEMBER,
        kind=row.kind,
        visibility=row.visibility,
        body=row.body if reads else "",
        wording=row.wording,
        created_at=row.created_at,
        edited_at=row.edited_at,
        replies=[_said(reply, actor) for reply in page.rows],
        more_replies=page.next,
        is_editable=_is_editable(row, actor),
    )


def _is_editable(row: Any, actor: Member | None) -> bool:
    if actor is None or not permits.may(actor, "comment.edit", row) or not is_young(row):
        return False
    held = bool(row.visibility == Visibility.HELD)
    return held or (row.visibility == Visibility.PUBLIC and not is_new(actor))
