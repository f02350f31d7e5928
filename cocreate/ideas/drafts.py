"""Drafts: ideas that only their author sees, found again on any device."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select

from cocreate import clock, permits
from cocreate.accounts.models import Member
from cocreate.database import MAX_ID
from cocreate.dialects import insert_or_ignore
from cocreate.errors import Closed, Invalid, NotThere
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas import texts
from cocreate.ideas.models import FORM_KEY_LENGTH, Idea, IdeaTag, Stage, Visibility
from cocreate.pictures.actions import MOST_IDEA, Wish
from cocreate.pictures.actions import put as put_pictures
from cocreate.pictures.queries import Place

# More than anybody means to come back to; a script would fill the table.
MOST_DRAFTS = 50
# A slip shows at once, or when one looks for the draft later that day.
KEPT_FOR = timedelta(days=1)
# Discarded drafts that one call forgets; the next call goes on.
_AT_ONCE = 500
_KEY = re.compile(rf"[A-Za-z0-9_-]{{8,{FORM_KEY_LENGTH}}}")


class AlreadySent(Closed):
    """The form was sent before; `idea_id` is what became of it.

    `is_same` says whether it came with the same words: then there is nothing to do.
    """

    def __init__(self, idea_id: int, is_same: bool) -> None:
        super().__init__(_("You have sent this already."))
        self.idea_id = idea_id
        self.is_same = is_same


class Overtaken(Closed):
    """What the form began with was changed meanwhile, elsewhere; `idea_id` has the newer words."""

    def __init__(self, idea_id: int) -> None:
        super().__init__(_("This was changed meanwhile in another window or on another device."))
        self.idea_id = idea_id


def new_key() -> str:
    """A key for a new form: whatever is sent with it is one and the same idea."""
    return secrets.token_urlsafe(16)


def usable_key(key: str | None) -> str:
    """`key` if it could be one of ours, else a new one."""
    return key if key and _KEY.fullmatch(key) else new_key()


@dataclass(frozen=True)
class Kept:
    """A draft in the list of its author's: enough to find it again by."""

    id: int
    key: str | None
    title: str
    excerpt: str
    language: str
    saved_at: datetime


def drafts_of(member: Member) -> Sequence[Kept]:
    """The member's drafts, the last saved first; at most MOST_DRAFTS."""
    rows = db.session.execute(
        select(Idea.id, Idea.form_key, Idea.title, Idea.excerpt, Idea.language, Idea.stage_at)
        .where(*_of(member))
        .order_by(Idea.stage_at.desc(), Idea.id.desc())
        .limit(MOST_DRAFTS)
    )
    return [Kept(*row) for row in rows]


def begun(actor: Member, idea_id: int) -> Idea:
    """The actor's draft, or the idea it has become. Raises NotThere when it is none of theirs."""
    mine = select(Idea).where(
        Idea.id == idea_id, Idea.author_id == actor.id, Idea.discarded_at.is_(None)
    )
    idea = db.session.scalar(mine) if 0 < idea_id <= MAX_ID else None
    if idea is None:
        raise NotThere(_("This draft was discarded."))
    return idea


def of_form(actor: Member, key: str) -> Idea:
    """The idea that the form with this key is about; an empty draft where it is the first time.

    Whoever else sends the same form waits until this transaction is over. A new
    draft has version 0.
    """
    mine = (
        select(Idea)
        .where(Idea.author_id == actor.id, Idea.form_key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    idea = db.session.scalar(mine)
    if idea is not None:
        # Whoever goes on writing in another window wants it back.
        idea.discarded_at = None
        return idea
    now = clock.now()
    empty = {
        "author_id": actor.id,
        "form_key": key,
        "language": actor.language,
        "visibility": Visibility.DRAFT,
        "stage": Stage.NEW,
        "version": 0,
        "created_at": now,
        "stage_at": now,
    }
    # Another tab may be first: then this one goes on with what that one made.
    insert_or_ignore(Idea, [empty])
    return db.session.scalars(mine).one()


def id_of_form(actor: Member, key: str | None) -> int | None:
    """The id of what the form with this key is about already; None the first time."""
    return db.session.scalar(
        select(Idea.id).where(Idea.author_id == actor.id, Idea.form_key == usable_key(key))
    )


def require_unsent(idea: Idea, written: texts.Written) -> None:
    """Raises AlreadySent unless it is a draft still."""
    if idea.visibility != Visibility.DRAFT:
        raise AlreadySent(idea.id, texts.same_words(idea, written))


def require_newest(idea: Idea, seen: int | None, written: texts.Written) -> None:
    """Raises Overtaken when the draft was saved since version `seen`, with other words."""
    if seen is None or idea.version in (0, seen) or texts.same(idea, written):
        return
    raise Overtaken(idea.id)


def save(
    actor: Member,
    written: texts.Written,
    *,
    key: str,
    seen: int | None = None,
    pictures: Wish | None = None,
) -> Idea:
    """Keep what was written so far; nobody else sees it and no event tells of it.

    `seen` is the version that the form began with, 0 for a new one: nothing newer
    is overwritten. Raises NotAllowed, Overtaken, AlreadySent, and Closed for the
    draft that would be one too many.
    """
    permits.require(actor, "idea.submit")
    idea = of_form(actor, key)
    require_unsent(idea, written)
    require_newest(idea, seen, written)
    if idea.version == 0:
        if not (written.title or written.need or written.proposal):
            raise Invalid("title", _("Write something first, then there is something to keep."))
        _require_room(actor)
    has_others = put_pictures(actor, pictures, Place(idea.id), most=MOST_IDEA, is_whole=False)
    if idea.version and texts.same(idea, written) and not has_others:
        return idea
    texts.put(idea, written)
    # A draft has no stage yet, so this is when it was last saved.
    idea.stage_at = clock.now()
    db.session.flush()
    return idea


def _of(member: Member) -> tuple[ColumnElement[bool], ...]:
    """That an idea is a draft of the member's which they have not thrown away."""
    return (
        Idea.author_id == member.id,
        Idea.visibility == Visibility.DRAFT,
        Idea.discarded_at.is_(None),
    )


def _require_room(actor: Member) -> None:
    if (db.session.scalar(select(func.count()).where(*_of(actor))) or 0) > MOST_DRAFTS:
        raise Closed(
            _(
                "You keep %(most)s drafts already. Send or discard one of them first.",
                most=MOST_DRAFTS,
            )
        )


def discard(actor: Member, idea: Idea) -> None:
    """Throw a draft of one's own away; for KEPT_FOR it can be brought back.

    Raises NotThere for anything else.
    """
    if idea.author_id != actor.id or idea.visibility != Visibility.DRAFT:
        raise NotThere()
    idea.discarded_at = clock.now()
    db.session.flush()


def restore(actor: Member, idea_id: int) -> Idea:
    """Bring back a draft of one's own that was thrown away; one that was not stays as it is.

    Raises NotThere for what is gone or nobody's draft, and Closed where there are
    too many already.
    """
    mine = select(Idea).where(
        Idea.id == idea_id, Idea.author_id == actor.id, Idea.visibility == Visibility.DRAFT
    )
    idea = db.session.scalar(mine) if 0 < idea_id <= MAX_ID else None
    if idea is None:
        raise NotThere(_("This draft was discarded."))
    if idea.discarded_at is not None:
        idea.discarded_at = None
        db.session.flush()
        _require_room(actor)
    return idea


def forget_discarded() -> bool:
    """Delete for good what was thrown away longer than KEPT_FOR ago; whether there is more."""
    old = list(
        db.session.scalars(
            select(Idea.id)
            .where(Idea.discarded_at < clock.now() - KEPT_FOR, Idea.visibility == Visibility.DRAFT)
            .limit(_AT_ONCE)
        )
    )
    if old:
        _delete(old)
    return len(old) == _AT_ONCE


def _delete(ids: Sequence[int]) -> None:
    db.session.execute(delete(IdeaTag).where(IdeaTag.idea_id.in_(ids)))
    db.session.execute(delete(Idea).where(Idea.id.in_(ids)))


def discard_all(member: Member) -> None:
    """Throw all of the member's drafts away: they close their account."""
    drafts = select(Idea.id).where(Idea.author_id == member.id, Idea.visibility == Visibility.DRAFT)
    _delete(list(db.session.scalars(drafts)))
