"""Writing, editing and removing comments, and counting the public ones."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, func, or_, select, update

from cocreate import clock, events, limits, permits, site, text
from cocreate.accounts.models import Member
from cocreate.database import changed
from cocreate.discussion import queries
from cocreate.discussion.models import (
    BODY_LENGTH,
    REASON_LENGTH,
    Comment,
    CommentKind,
    CommentWording,
)
from cocreate.errors import Closed, Invalid, NotThere
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Idea, Visibility
from cocreate.pictures.actions import MOST_COMMENT, Wish
from cocreate.pictures.actions import put as put_pictures
from cocreate.pictures.queries import Place

# The same words so soon after one another are a second click, not a second thought.
SAME_WORDS = timedelta(minutes=2)


def write(
    actor: Member,
    idea: Idea,
    *,
    body: str,
    kind: CommentKind = CommentKind.ADDITION,
    parent: Comment | None = None,
    pictures: Wish | None = None,
) -> Comment:
    """Say something about an idea, or in reply to a comment of it.

    A reply to a reply goes to the comment above it. A new member's comment is
    held until a moderator has read it. The same words sent again within
    SAME_WORDS are answered with the comment that they became. Raises NotAllowed,
    TooOften, Invalid, NotThere for a `parent` that is not part of this
    discussion and Closed for one that is not public.
    """
    permits.require(actor, "idea.comment", idea)
    body = _said(body, kind)
    if parent is not None:
        _require_answerable(actor, idea, parent)
    # Two clicks at once: the second waits here, and then finds what the first one wrote.
    db.session.execute(
        select(Member.id).where(Member.id == actor.id).with_for_update(key_share=True)
    )
    if twin := _just_said(actor, idea, body):
        return twin
    limits.check(actor, "comment.written")
    is_held = queries.is_new(actor)
    comment = Comment(
        idea_id=idea.id,
        parent_id=(parent.parent_id or parent.id) if parent else None,
        author_id=actor.id,
        kind=kind,
        body=body,
        visibility=Visibility.HELD if is_held else Visibility.PUBLIC,
        created_at=clock.now(),
    )
    db.session.add(comment)
    db.session.flush()
    put_pictures(actor, pictures, Place(idea.id, comment.id), most=MOST_COMMENT)
    if not is_held:
        show(comment)
    events.record("comment.written", actor, idea, comment=comment, held=is_held)
    return comment


def edit(
    actor: Member, comment: Comment, *, body: str, wording: int, pictures: Wish | None = None
) -> None:
    """Put one's own comment differently; how it read before stays in its history.

    `wording` is the number of the wording that the author had before them. The
    same words and pictures change nothing. Raises NotAllowed, TooOften, Closed once the time
    for it is over, and Invalid, also where it was edited meanwhile elsewhere.
    """
    permits.require(actor, "comment.edit", comment)
    hold_still(comment)
    require_editable(actor, comment)
    body = _said(body, comment.kind)
    place = Place(comment.idea_id, comment.id)
    if not put_pictures(actor, pictures, place, most=MOST_COMMENT) and body == comment.body:
        return
    if wording != comment.wording:
        raise Invalid(
            "body",
            _("This was edited meanwhile in another window. Compare the two, then save again."),
        )
    limits.check(actor, "comment.edited")
    reword(comment, body, clock.now())
    events.record("comment.edited", actor, _idea(comment), comment=comment)


def reword(comment: Comment, body: str, at: datetime) -> None:
    """Give the comment other words at the moment `at`, and keep those it had."""
    before = CommentWording(
        comment_id=comment.id,
        number=comment.wording,
        body=comment.body,
        created_at=comment.edited_at or comment.created_at,
    )
    db.session.add(before)
    comment.body = body
    comment.wording += 1
    comment.edited_at = at


def require_editable(actor: Member, comment: Comment) -> None:
    """Raises Closed, with the reason, for what cannot be edited any more."""
    if comment.visibility not in (Visibility.PUBLIC, Visibility.HELD):
        raise Closed(_("This comment is not part of the discussion any more."))
    minutes = site.load().comment_edit_minutes
    if not queries.is_young(comment):
        raise Closed(
            _(
                "A comment can be edited for %(minutes)s minutes after it was written.",
                minutes=minutes,
            )
        )
    # Else a moderator would let in one text, and everyone would read another.
    if comment.is_public and queries.is_new(actor):
        raise Closed(
            _(
                "A moderator let this comment in as it stands. Once a few of your contributions"
                " have been let in, you can edit your comments freely."
            )
        )


def remove(actor: Member, comment: Comment) -> None:
    """Take one's own comment out of the discussion; nobody can read it any more.

    Removing twice changes nothing. Raises NotAllowed, and Closed for what a
    moderator has hidden.
    """
    permits.require(actor, "comment.remove", comment)
    hold_still(comment)
    if comment.visibility == Visibility.WITHDRAWN:
        return
    require_removable(comment)
    was_public = comment.is_public
    comment.visibility = Visibility.WITHDRAWN
    db.session.flush()
    if was_public:
        unshow(comment)
    events.record("comment.removed", actor, _idea(comment), comment=comment)


def require_removable(comment: Comment) -> None:
    """Raises Closed for what a moderator has hidden."""
    if comment.visibility == Visibility.HIDDEN:
        raise Closed(_("A moderator has hidden this comment; that stays on record."))


def hold_still(comment: Comment) -> None:
    """Read the comment as it is now, and let nobody change it until this transaction ends."""
    columns = [column.key for column in Comment.__mapper__.column_attrs]
    db.session.refresh(comment, columns, with_for_update={"key_share": True})


def show(comment: Comment) -> None:
    """Count a comment that has become public."""
    at = comment.created_at
    _count(comment.idea_id, 1, case((Idea.talked_at > at, Idea.talked_at), else_=at))


def unshow(comment: Comment) -> None:
    """Count a comment no more that was public until now."""
    # Whoever comments meanwhile waits, so that the last word is seen whose it is.
    db.session.execute(
        select(Idea.id).where(Idea.id == comment.idea_id).with_for_update(key_share=True)
    )
    _count(comment.idea_id, -1, last_word())


def _count(idea_id: int, difference: int, talked_at: ColumnElement[Any]) -> None:
    # The database adds: two who read the same number would write the same number.
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea_id)
        .values(
            comment_count=Idea.comment_count + difference,
            talked_at=talked_at,
            version=Idea.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


def recount(idea_ids: Iterable[int] | None = None) -> int:
    """Make the ideas' counts and times of the last comment agree with their comments.

    Only those with `idea_ids` if given. Returns how many ideas did not agree.
    """
    number = (
        select(func.count())
        .where(Comment.idea_id == Idea.id, Comment.visibility == Visibility.PUBLIC)
        .scalar_subquery()
    )
    last = last_word()
    wrong = or_(Idea.comment_count != number, Idea.talked_at.is_distinct_from(last))
    if idea_ids is not None:
        wrong = wrong & Idea.id.in_(list(idea_ids))
    result = db.session.execute(
        update(Idea)
        .where(wrong)
        .values(comment_count=number, talked_at=last, version=Idea.version + 1)
        .execution_options(synchronize_session=False)
    )
    return changed(result)


def last_word() -> ColumnElement[Any]:
    """When an idea was last talked about: its last public comment, or its own publication."""
    last: ScalarSelect[Any] = (
        select(func.max(Comment.created_at))
        .where(Comment.idea_id == Idea.id, Comment.visibility == Visibility.PUBLIC)
        .correlate(Idea)
        .scalar_subquery()
    )
    return case(
        (Idea.published_at.is_(None), last),
        (last > Idea.published_at, last),
        else_=Idea.published_at,
    )


def _idea(comment: Comment) -> Idea:
    return db.session.get_one(Idea, comment.idea_id)


def _said(body: str, kind: CommentKind) -> str:
    body = text.clean(body)
    if not body:
        raise Invalid("body", _("Write at least a few words here."))
    if len(body) > BODY_LENGTH:
        raise Invalid("body", _("Shorten this to %(most)s characters or fewer.", most=BODY_LENGTH))
    if kind == CommentKind.OBJECTION and len(body) < REASON_LENGTH:
        raise Invalid(
            "body",
            _("Say why you object, in at least %(least)s characters.", least=REASON_LENGTH),
        )
    return body


def _require_answerable(actor: Member, idea: Idea, parent: Comment) -> None:
    if parent.idea_id != idea.id or not permits.may(actor, "comment.see", parent):
        raise NotThere()
    if not parent.is_public:
        raise Closed(_("What you reply to is not public, so it takes no replies."))


def _just_said(actor: Member, idea: Idea, body: str) -> Comment | None:
    now = clock.now()
    return db.session.scalar(
        select(Comment)
        .where(
            Comment.author_id == actor.id,
            Comment.idea_id == idea.id,
            Comment.body == body,
            Comment.visibility.in_((Visibility.PUBLIC, Visibility.HELD)),
            # Not after now either: the demo and imports write at times of their own.
            Comment.created_at > now - SAME_WORDS,
            Comment.created_at <= now,
        )
        .order_by(Comment.id.desc())
        .limit(1)
    )
