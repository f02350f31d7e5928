"""What members do with ideas."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import case, select, update

from cocreate import clock, events, limits, permits, site, text
from cocreate.accounts.models import Member
from cocreate.errors import Closed
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas import drafts, queries, ranking, texts
from cocreate.ideas.models import Area, Idea, Stage, Visibility
from cocreate.ideas.tags import merged, set_tags
from cocreate.pictures.actions import MOST_IDEA, Wish
from cocreate.pictures.actions import put as put_pictures
from cocreate.pictures.queries import Place

__all__ = ["edit", "see", "set_tags", "submit", "withdraw"]

REASON_LENGTH = 500


def submit(
    actor: Member,
    *,
    title: str,
    need: str,
    proposal: str,
    area: Area | None,
    tags: Iterable[str] = (),
    language: str,
    key: str | None = None,
    seen: int | None = None,
    pictures: Wish | None = None,
) -> Idea:
    """Propose an idea. A new member's is held until a moderator has read it.

    `key` is the form's; what was saved as a draft of it becomes the idea, unless
    that was saved since version `seen`. The author's own support is a verb of
    votes: whoever calls this for a person calls `votes.support_own` too.

    Raises NotAllowed for who has no confirmed address, TooOften, Invalid for a
    text that is missing or too long, Overtaken and AlreadySent (see drafts).
    """
    permits.require(actor, "idea.submit")
    written = texts.read(
        title=title, need=need, proposal=proposal, area=area, tags=tags, language=language
    )
    idea = drafts.of_form(actor, drafts.usable_key(key))
    drafts.require_unsent(idea, written)
    drafts.require_newest(idea, seen, written)
    texts.require_whole(written)
    limits.check(actor, "idea.submitted")
    texts.put(idea, written)
    put_pictures(actor, pictures, Place(idea.id), most=MOST_IDEA)
    _enter(actor, idea)
    return idea


def _enter(actor: Member, idea: Idea) -> None:
    """Let a finished draft in, or hold it where the author is new."""
    now = clock.now()
    portal = site.load()
    is_held = not actor.is_staff and actor.approved_count < portal.hold_first
    idea.visibility = Visibility.HELD if is_held else Visibility.PUBLIC
    idea.created_at = idea.stage_at = now
    idea.answer_by = now + timedelta(days=portal.answer_days)
    if not is_held:
        idea.published_at = idea.talked_at = now
    idea.fair_score = ranking.score(0, 0, now, Stage.NEW, now)
    texts.keep_wording(actor.id, idea, now)
    events.record("idea.submitted", actor, idea, held=is_held)


def edit(
    actor: Member,
    idea: Idea,
    *,
    seen: int,
    title: str,
    need: str,
    proposal: str,
    area: Area | None,
    tags: Iterable[str],
    language: str,
    tags_seen: Iterable[str] | None = None,
    pictures: Wish | None = None,
) -> bool:
    """Change one's own idea; whether anything changed. Earlier wordings stay on record.

    Other pictures are another wording too: a moderator lets in what they saw.

    `seen` is the number of the wording that the form began with: what was saved
    since is not overwritten. `tags_seen` are the tags it began with: one that staff
    added since stays.

    Raises NotAllowed for anyone but the author, Closed once the idea is decided,
    hidden or withdrawn, Overtaken, TooOften and Invalid.
    """
    permits.require(actor, "idea.edit", idea)
    _hold_still(idea)
    require_editable(idea)
    if tags_seen is not None:
        tags = merged(queries.tags_of(idea.id), tags_seen, tags)
    written = texts.read(
        title=title,
        need=need,
        proposal=proposal,
        area=area,
        tags=tags,
        language=language,
        keeps=idea,
    )
    has_others = put_pictures(actor, pictures, Place(idea.id), most=MOST_IDEA)
    if texts.same(idea, written) and not has_others:
        return False
    if seen != idea.wording:
        raise drafts.Overtaken(idea.id)
    texts.require_whole(written)
    limits.check(actor, "idea.edited")
    if idea.wording == 0:
        # It came with an import; how it read then is its first wording.
        texts.keep_wording(idea.author_id, idea, idea.created_at)
    texts.put(idea, written)
    texts.keep_wording(actor.id, idea, clock.now())
    events.record("idea.edited", actor, idea, wording=idea.wording)
    return True


def require_editable(idea: Idea) -> None:
    """Raises Closed where an idea's state lets nobody change or withdraw it."""
    if idea.is_decided:
        raise Closed(_("This idea has been decided and is part of the record."))
    if idea.visibility == Visibility.HIDDEN:
        raise Closed(_("A moderator has hidden this idea, so it stays as it is."))
    if idea.visibility == Visibility.WITHDRAWN:
        raise Closed(_("This idea was withdrawn, so it stays as it is."))
    if idea.visibility == Visibility.DRAFT:
        raise Closed(_("This is a draft. You find it where new ideas are written."))


def withdraw(actor: Member, idea: Idea, reason: str = "") -> None:
    """Take back one's own idea. Votes and comments stay, out of sight with it.

    Withdrawing twice changes nothing. Raises NotAllowed for anyone but the
    author, and Closed once the idea has been decided or hidden.
    """
    permits.require(actor, "idea.withdraw", idea)
    _hold_still(idea)
    if idea.visibility == Visibility.WITHDRAWN:
        return
    require_editable(idea)
    idea.visibility = Visibility.WITHDRAWN
    idea.version += 1
    events.record("idea.withdrawn", actor, idea, reason=text.clean(reason)[:REASON_LENGTH])


def see(counts: Mapping[int, int]) -> None:
    """Add so many views to each of the ideas, by their ids; one that is gone is passed over."""
    # Locked in one order, so that two writers wait and never lock each other out.
    known = list(
        db.session.scalars(
            select(Idea.id).where(Idea.id.in_(counts)).order_by(Idea.id).with_for_update()
        )
    )
    if known:
        more = {idea_id: counts[idea_id] for idea_id in known}
        db.session.execute(
            update(Idea)
            .where(Idea.id.in_(known))
            .values(views=Idea.views + case(more, value=Idea.id), is_score_due=True)
            .execution_options(synchronize_session=False)
        )


def _hold_still(idea: Idea) -> None:
    """Read the idea as it is now, and let nobody change it until this transaction ends."""
    columns = [column.key for column in Idea.__mapper__.column_attrs]
    db.session.refresh(idea, columns, with_for_update=True)
