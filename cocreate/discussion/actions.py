"""Writing, editing and removing comments."""

from sqlalchemy import update

from cocreate import clock, events, limits, permits, site, text
from cocreate.accounts.models import Member
from cocreate.discussion.models import BODY_LENGTH, Comment, CommentKind
from cocreate.errors import Invalid, NotThere
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Idea, Visibility


def write(
    actor: Member,
    idea: Idea,
    *,
    body: str,
    kind: CommentKind = CommentKind.ADDITION,
    parent: Comment | None = None,
) -> Comment:
    """Say something about an idea, or in reply to a comment of it.

    A reply to a reply goes to the comment above it. A new member's comment is
    held until a moderator has read it. Raises NotAllowed, TooOften and Invalid.
    """
    permits.require(actor, "idea.comment", idea)
    limits.check(actor, "comment.written")
    if parent is not None and (
        parent.idea_id != idea.id or not permits.may(actor, "comment.see", parent)
    ):
        raise NotThere()
    body = text.clean(body)
    if not body:
        raise Invalid("body", _("Write at least a few words here."))
    if len(body) > BODY_LENGTH:
        raise Invalid("body", _("Shorten this to %(most)s characters or fewer.", most=BODY_LENGTH))
    is_held = not actor.is_staff and actor.approved_count < site.load().hold_first
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
    if not is_held:
        show(comment)
    events.record("comment.written", actor, idea, comment=comment, held=is_held)
    return comment


def show(comment: Comment) -> None:
    """Count a comment that has become public."""
    db.session.execute(
        update(Idea)
        .where(Idea.id == comment.idea_id)
        .values(
            comment_count=Idea.comment_count + 1, talked_at=clock.now(), version=Idea.version + 1
        )
        .execution_options(synchronize_session=False)
    )
