"""What members do with ideas."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, insert, select

from cocreate import clock, events, limits, permits, site, text
from cocreate.accounts.models import Member
from cocreate.errors import Invalid
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import (
    MOST_TAGS,
    NEED_LENGTH,
    PROPOSAL_LENGTH,
    TAG_LENGTH,
    TITLE_LENGTH,
    Area,
    Idea,
    IdeaTag,
    Stage,
    Tag,
    Visibility,
    Wording,
)


def submit(
    actor: Member,
    *,
    title: str,
    need: str,
    proposal: str,
    area: Area,
    tags: Iterable[str] = (),
    language: str,
) -> Idea:
    """Propose an idea. A new member's is held until a moderator has read it.

    Raises NotAllowed for who has no confirmed address, TooOften, and Invalid
    for a text that is missing or too long.
    """
    permits.require(actor, "idea.submit")
    limits.check(actor, "idea.submitted")
    now = clock.now()
    idea = Idea(
        author_id=actor.id,
        language=language,
        visibility=Visibility.DRAFT,
        stage=Stage.NEW,
        created_at=now,
        stage_at=now,
    )
    _set_texts(idea, title, need, proposal)
    idea.area_id = area.id
    db.session.add(idea)
    db.session.flush()
    set_tags(idea, tags)
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
        idea.fair_score = 2.0
    _keep_wording(actor, idea)
    events.record("idea.submitted", actor, idea, held=is_held)


def _set_texts(idea: Idea, title: str, need: str, proposal: str) -> None:
    idea.title = text.one_line(title)
    idea.need = text.clean(need)
    idea.proposal = text.clean(proposal)
    for field, value, most in (
        ("title", idea.title, TITLE_LENGTH),
        ("need", idea.need, NEED_LENGTH),
        ("proposal", idea.proposal, PROPOSAL_LENGTH),
    ):
        if not value:
            raise Invalid(field, _("Write at least a few words here."))
        if len(value) > most:
            raise Invalid(field, _("Shorten this to %(most)s characters or fewer.", most=most))
    idea.excerpt = text.excerpt(f"{idea.need}\n\n{idea.proposal}", 220)


def _keep_wording(editor: Member, idea: Idea) -> None:
    idea.wording = (idea.wording or 0) + 1
    db.session.flush()
    db.session.add(
        Wording(
            idea_id=idea.id,
            number=idea.wording,
            editor_id=editor.id,
            title=idea.title,
            need=idea.need,
            proposal=idea.proposal,
            created_at=clock.now(),
        )
    )


def set_tags(idea: Idea, names: Iterable[str]) -> None:
    """Let the idea carry exactly these tags. Raises Invalid("tags") for too many or too long."""
    wanted = list(dict.fromkeys(filter(None, (text.one_line(name).casefold() for name in names))))
    if len(wanted) > MOST_TAGS:
        raise Invalid("tags", _("Keep at most %(most)s tags.", most=MOST_TAGS))
    if any(len(name) > TAG_LENGTH for name in wanted):
        raise Invalid("tags", _("Keep each tag within %(most)s characters.", most=TAG_LENGTH))
    events.insert_or_ignore(Tag, [{"name": name} for name in wanted])
    db.session.execute(delete(IdeaTag).where(IdeaTag.idea_id == idea.id))
    if wanted:
        rows = select(Tag.id).where(Tag.name.in_(wanted))
        db.session.execute(
            insert(IdeaTag),
            [{"idea_id": idea.id, "tag_id": tag_id} for tag_id in db.session.scalars(rows)],
        )
