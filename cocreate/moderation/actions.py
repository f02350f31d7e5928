"""What moderators decide: letting in, hiding, and taking a slip back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from cocreate import clock, events, permits, site, text
from cocreate.accounts.models import Member
from cocreate.discussion import actions as discussion
from cocreate.discussion.models import Comment
from cocreate.errors import Closed, Invalid, NotAllowed
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas import ranking
from cocreate.ideas.models import Idea, Visibility
from cocreate.moderation import queries
from cocreate.moderation.cases import Thing
from cocreate.moderation.models import Decision, Reason, Ruling

FEWEST_WORDS = 10
MOST_WORDS = 4000


class Overtaken(Closed):
    """Something happened to it since the moderator read it."""


def approve(
    actor: Member,
    thing: Thing,
    words: str = "",
    *,
    ruling: int | None = None,
    wording: int | None = None,
) -> Ruling:
    """Let everyone see an idea or a comment that was held or hidden.

    `ruling` is the newest ruling the moderator knew of (0: none) and `wording`
    the text they read; where either is not the newest any more, this raises
    Overtaken. The first approval counts towards the author's being trusted, and an
    idea that comes in for the first time gets its first showing and the day by
    which it is answered. Raises NotAllowed, and Closed for what is public or
    was taken back.
    """
    _take_up(actor, thing, ruling, wording)
    if thing.visibility == Visibility.PUBLIC:
        raise _decided(thing)
    words = _words(words, 0)
    is_first = not _was_public(thing)
    made = _rule(actor, thing, Decision.APPROVE, None, words)
    if is_first:
        _trust(thing.author_id, 1)
    thing.visibility = Visibility.PUBLIC
    if isinstance(thing, Idea):
        _publish(thing, made.created_at)
    else:
        db.session.flush()
        discussion.show(thing)
    _tell("approved", actor, thing, ruling=made.id, first=is_first)
    return made


def hide(
    actor: Member,
    thing: Thing,
    reason: Reason,
    words: str,
    *,
    ruling: int | None = None,
    wording: int | None = None,
) -> Ruling:
    """Let nobody but its author and the staff see an idea or a comment any more.

    `words` tell the author why; the public log shows the reason alone. `ruling`
    and `wording` as for `approve`. Raises NotAllowed, Overtaken, Closed for what
    is hidden or was taken back, and Invalid("words") for too few or too many.
    """
    _take_up(actor, thing, ruling, wording)
    if thing.visibility == Visibility.HIDDEN:
        raise _decided(thing)
    words = _words(words, FEWEST_WORDS)
    was_public = thing.is_public
    made = _rule(actor, thing, Decision.HIDE, reason, words)
    thing.visibility = Visibility.HIDDEN
    if isinstance(thing, Idea):
        thing.version += 1
    db.session.flush()
    if isinstance(thing, Comment) and was_public:
        discussion.unshow(thing)
    _tell("hidden", actor, thing, ruling=made.id, reason=reason.value)
    return made


def undo(actor: Member, ruling: Ruling) -> None:
    """Take back one's own decision of a moment ago, as if the hand had not slipped.

    What was let in waits again, or is hidden again; what was hidden while it waited
    waits again. What was public and hidden is let in anew, so that an author who has
    heard of the one hears of the other. Raises NotAllowed for somebody else's,
    and Closed once it is not fresh any more or something else happened to it.
    """
    thing = thing_of(ruling)
    permits.require(actor, _permit(thing), thing)
    if ruling.moderator_id != actor.id:
        raise NotAllowed(_("Only who decided can undo it; but you can decide anew."))
    _hold_still(thing)
    db.session.refresh(ruling, with_for_update={"key_share": True})
    newest = queries.last_ruling(thing)
    ruled = Visibility.PUBLIC if ruling.decision == Decision.APPROVE else Visibility.HIDDEN
    if newest is None or newest.id != ruling.id or thing.visibility != ruled:
        raise Closed(_("Something else has happened to it since, so this cannot be undone."))
    if not ruling.is_fresh:
        raise Closed(_("It is too long ago to be undone; but you can decide anew."))
    if ruling.decision == Decision.HIDE and ruling.from_visibility == Visibility.PUBLIC:
        approve(actor, thing)
        return
    ruling.undone_at = clock.now()
    thing.visibility = ruling.from_visibility
    db.session.flush()
    if ruling.decision == Decision.APPROVE:
        if not _was_public(thing):
            _trust(thing.author_id, -1)
        if isinstance(thing, Comment):
            discussion.unshow(thing)
        else:
            _unpublish(thing, ruling)
    _tell("ruling_undone", actor, thing, ruling=ruling.id)


def thing_of(ruling: Ruling) -> Thing:
    """The idea or comment that a ruling is about."""
    if ruling.comment_id is not None:
        return db.session.get_one(Comment, ruling.comment_id)
    return db.session.get_one(Idea, ruling.idea_id)


def _permit(thing: Thing) -> str:
    return "comment.moderate" if isinstance(thing, Comment) else "idea.moderate"


def _take_up(actor: Member, thing: Thing, ruling: int | None, wording: int | None) -> None:
    """Make sure that `actor` may decide, now, about what they read."""
    permits.require(actor, _permit(thing), thing)
    # A second moderator waits here until the first one's decision stands.
    _hold_still(thing)
    if thing.visibility == Visibility.WITHDRAWN:
        raise Overtaken(_("Its author has taken it back, so there is nothing to decide."))
    if ruling is not None and ruling != _newest_id(thing):
        raise _overtaken(thing)
    if wording is not None and wording != thing.wording:
        raise Overtaken(_("Its author has changed it since you read it. Read it again first."))


def _hold_still(thing: Thing) -> None:
    columns = [column.key for column in thing.__mapper__.column_attrs]
    db.session.refresh(thing, columns, with_for_update={"key_share": True})


def _newest_id(thing: Thing) -> int:
    newest = select(func.max(Ruling.id)).where(queries.about(thing))
    return db.session.scalar(newest) or 0


def _overtaken(thing: Thing) -> Overtaken:
    if thing.visibility == Visibility.HELD:
        return Overtaken(_("A decision about it was undone since you read it. It waits again."))
    return _decided(thing)


def _decided(thing: Thing) -> Overtaken:
    ruling = queries.last_ruling(thing)
    if ruling is None:
        return Overtaken(_("It has been decided already."))
    moderator = db.session.get_one(Member, ruling.moderator_id)
    if ruling.decision == Decision.APPROVE:
        return Overtaken(_("%(name)s has let it in already.", name=moderator.name))
    return Overtaken(_("%(name)s has hidden it already.", name=moderator.name))


def _words(words: str, fewest: int) -> str:
    words = text.clean(words)
    if len(words) < fewest:
        raise Invalid(
            "words", _("Tell the author why, in at least %(least)s characters.", least=fewest)
        )
    if len(words) > MOST_WORDS:
        raise Invalid("words", _("Shorten this to %(most)s characters or fewer.", most=MOST_WORDS))
    return words


def _rule(
    actor: Member, thing: Thing, decision: Decision, reason: Reason | None, words: str
) -> Ruling:
    is_comment = isinstance(thing, Comment)
    ruling = Ruling(
        idea_id=thing.idea_id if isinstance(thing, Comment) else thing.id,
        comment_id=thing.id if is_comment else None,
        moderator_id=actor.id,
        decision=decision,
        reason=reason,
        words=words,
        from_visibility=thing.visibility,
        created_at=clock.now(),
    )
    db.session.add(ruling)
    db.session.flush()
    return ruling


def _was_public(thing: Thing) -> bool:
    """Whether an earlier ruling let it in, or found it public; what was undone says nothing."""
    public = select(Ruling.id).where(
        queries.about(thing),
        Ruling.undone_at.is_(None),
        or_(
            Ruling.decision == Decision.APPROVE,
            Ruling.from_visibility == Visibility.PUBLIC,
        ),
    )
    return db.session.scalar(public.limit(1)) is not None


def _trust(member_id: int, difference: int) -> None:
    # The database adds: two moderators may let in two things of one author at once.
    db.session.execute(
        update(Member)
        .where(Member.id == member_id)
        .values(approved_count=Member.approved_count + difference)
        .execution_options(synchronize_session=False)
    )


def _publish(idea: Idea, now: datetime) -> None:
    if idea.published_at is None:
        idea.published_at = now
        idea.fair_score = ranking.score(idea.vote_count, idea.views, now, idea.stage, now)
        idea.answer_by = now + timedelta(days=site.load().answer_days)
    idea.version += 1
    _settle(idea)


def _unpublish(idea: Idea, ruling: Ruling) -> None:
    if idea.published_at == ruling.created_at:
        idea.published_at = None
    idea.version += 1
    _settle(idea)


def _settle(idea: Idea) -> None:
    """Let the idea's places in the lists follow from when it was published."""
    idea.is_score_due = True
    db.session.flush()
    idea.talked_at = discussion.last_word()
    db.session.flush()


def _tell(what: str, actor: Member, thing: Thing, **data: Any) -> None:
    if isinstance(thing, Comment):
        idea = db.session.get_one(Idea, thing.idea_id)
        events.record(f"comment.{what}", actor, idea, comment=thing, **data)
    else:
        events.record(f"idea.{what}", actor, thing, **data)
