"""Supporting an idea, and taking the support back."""

from sqlalchemy import delete, update

from cocreate import clock, events, limits, permits
from cocreate.accounts.models import Member
from cocreate.database import changed
from cocreate.errors import Closed
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Idea
from cocreate.votes.models import Vote


def cast(actor: Member, idea: Idea) -> bool:
    """Support an idea; whether this is a new vote. A second click changes nothing.

    Raises NotAllowed, TooOften, and Closed once the idea has been decided.
    """
    permits.require(actor, "idea.vote", idea)
    _require_open(idea)
    limits.check(actor, "vote.cast")
    row = {"member_id": actor.id, "idea_id": idea.id, "created_at": clock.now()}
    if not events.insert_or_ignore(Vote, [row]):
        return False
    _count(idea, 1)
    events.record("vote.cast", actor, idea)
    return True


def take_back(actor: Member, idea: Idea) -> bool:
    """No longer support an idea; whether there was a vote to take back."""
    permits.require(actor, "idea.vote", idea)
    _require_open(idea)
    mine = delete(Vote).where(Vote.member_id == actor.id, Vote.idea_id == idea.id)
    if not changed(db.session.execute(mine)):
        return False
    _count(idea, -1)
    events.record("vote.taken_back", actor, idea)
    return True


def _require_open(idea: Idea) -> None:
    if idea.is_decided:
        raise Closed(_("This idea has been decided, so its support is part of the record."))


def _count(idea: Idea, difference: int) -> None:
    # The database adds: two who read the same number would write the same number.
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea.id)
        .values(vote_count=Idea.vote_count + difference, is_score_due=True)
        .execution_options(synchronize_session=False)
    )
