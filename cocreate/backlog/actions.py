"""Answering ideas, moving them on, and saying who looks after them."""

from typing import Any

from sqlalchemy import func, update

from cocreate import clock, events, permits, text
from cocreate.accounts.models import Member
from cocreate.backlog.models import Answer
from cocreate.database import changed
from cocreate.errors import Closed, Invalid
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Idea, Stage
from cocreate.pictures.actions import MOST_ANSWER, Wish
from cocreate.pictures.actions import put as put_pictures
from cocreate.pictures.queries import Place

ANSWER_LENGTH = 10_000
# A "no" is owed a reason in the team's own words; fewer signs than this are none.
SHORTEST_REASON = 20
# Where an answer may move an idea. Joining two ideas is another verb.
STAGES = tuple(stage for stage in Stage if stage != Stage.MERGED)


class Moved(Closed):
    """Somebody else moved the idea since the form was opened."""


def answer(
    actor: Member,
    idea: Idea,
    *,
    body: str,
    stage: Stage,
    seen: Stage | None = None,
    pictures: Wish | None = None,
) -> Answer:
    """Reply to an idea for everyone to read; with another stage than its own it moves there.

    `seen` is the stage that the form showed. A move may go without words, but not
    to declined. The idea is answered from its first answer on.

    Raises NotAllowed, Closed for an idea that was joined with another, Moved if it
    is not at `seen` any more, and Invalid("body" | "stage").
    """
    permits.require(actor, "idea.answer", idea)
    if idea.stage == Stage.MERGED:
        raise Closed(_("This idea was joined with another. Answer that one."))
    if seen is not None and seen != idea.stage:
        raise _moved()
    body = text.clean(body)
    _require_words(body, idea.stage, stage)
    now = clock.now()
    change = {"stage": stage, "stage_at": now, "is_score_due": True} if stage != idea.stage else {}
    # The database compares: of two who decide at the same moment, one is told so.
    won = changed(
        db.session.execute(
            update(Idea)
            .where(Idea.id == idea.id, Idea.stage == idea.stage)
            .values(
                version=Idea.version + 1,
                answered_at=func.coalesce(Idea.answered_at, now),
                **change,
            )
            .execution_options(synchronize_session=False)
        )
    )
    if not won:
        raise _moved()
    written = Answer(
        idea_id=idea.id,
        author_id=actor.id,
        body=body,
        from_stage=idea.stage,
        to_stage=stage,
        created_at=now,
    )
    db.session.add(written)
    db.session.flush()
    place = Place(idea.id, answer_id=written.id)
    put_pictures(actor, pictures, place, most=MOST_ANSWER)
    db.session.refresh(idea, ["stage", "stage_at", "answered_at", "version", "is_score_due"])
    data: dict[str, Any] = {"from": written.from_stage.value, "to": stage.value}
    events.record("idea.answered", actor, idea, answer=written.id, **data)
    return written


def own(actor: Member, idea: Idea, owner: Member | None) -> None:
    """Say who of the product team looks after the idea; None: nobody does.

    Twice changes nothing. Raises NotAllowed, and Invalid("owner") for someone who
    is not of the team.
    """
    permits.require(actor, "idea.answer", idea)
    if owner is not None and not permits.may(owner, "idea.answer"):
        raise Invalid("owner", _("Only someone of the product team can look after an idea."))
    if idea.owner_id == (owner.id if owner else None):
        return
    idea.owner_id = owner.id if owner else None
    events.record("idea.owned", actor, idea, member=owner)


def _require_words(body: str, now: Stage, to: Stage) -> None:
    if to not in STAGES:
        raise Invalid("stage", _("Choose one from the list."))
    if len(body) > ANSWER_LENGTH:
        raise Invalid(
            "body", _("Shorten this to %(most)s characters or fewer.", most=ANSWER_LENGTH)
        )
    if to == Stage.DECLINED and now != to and len(body) < SHORTEST_REASON:
        raise Invalid(
            "body", _("Say in your own words why not; whoever proposed it will read this.")
        )
    if to == now and not body:
        raise Invalid("body", _("Write an answer, or move the idea to another stage."))


def _moved() -> Moved:
    return Moved(
        _("Somebody of the team moved this idea in the meantime. Your words are still here.")
    )
