"""Supporting an idea, and taking the support back."""

from sqlalchemy import ColumnElement, delete, func, literal, select, true, update
from sqlalchemy.orm.attributes import set_committed_value

from cocreate import clock, events, limits, permits
from cocreate.accounts.models import Member
from cocreate.database import changed
from cocreate.dialects import insertion
from cocreate.errors import Closed
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Idea
from cocreate.votes import queries
from cocreate.votes.models import Vote


def cast(actor: Member, idea: Idea) -> bool:
    """Support an idea; whether this is a new vote. A second click changes nothing.

    Raises NotAllowed, TooOften, and Closed unless the idea is public and undecided.
    """
    _require_open(actor, idea)
    if not _insert(actor, idea, limits.allows(actor, "vote.cast")):
        if not queries.voted(actor, [idea.id]):
            limits.check(actor, "vote.cast")
        return False
    _count(idea, 1)
    events.record("vote.cast", actor, idea)
    return True


def take_back(actor: Member, idea: Idea) -> bool:
    """No longer support an idea; whether there was a vote to take back.

    Raises NotAllowed, and Closed unless the idea is public and undecided.
    """
    _require_open(actor, idea)
    mine = delete(Vote).where(Vote.member_id == actor.id, Vote.idea_id == idea.id)
    if not changed(db.session.execute(mine)):
        return False
    _count(idea, -1)
    events.record("vote.taken_back", actor, idea)
    return True


def support_own(author: Member, idea: Idea) -> None:
    """Count the author among the supporters of an idea just proposed, held or public.

    It comes with proposing, so it is no event of its own.
    """
    if _insert(author, idea, true()):
        _count(idea, 1)


def recount(batch: int = 1000) -> int:
    """Make every idea's counter agree with its votes; how many did not.

    Looks at `batch` ids at a time, and changes and locks only what is off.
    """
    rows = select(func.count()).where(Vote.idea_id == Idea.id).scalar_subquery()
    highest = db.session.scalar(select(func.max(Idea.id))) or 0
    total = 0
    for start in range(0, highest + 1, batch):
        in_batch = Idea.id.between(start, start + batch - 1)
        off = list(db.session.scalars(select(Idea.id).where(in_batch, Idea.vote_count != rows)))
        if not off:
            continue
        # Counted again once nobody can vote meanwhile.
        db.session.scalars(
            select(Idea.id).where(Idea.id.in_(off)).order_by(Idea.id).with_for_update()
        ).all()
        mended = (
            update(Idea)
            .where(Idea.id.in_(off), Idea.vote_count != rows)
            .values(vote_count=rows, version=Idea.version + 1, is_score_due=True)
            .execution_options(synchronize_session=False)
        )
        total += changed(db.session.execute(mended))
    return total


def _require_open(actor: Member, idea: Idea) -> None:
    permits.require(actor, "idea.see", idea)
    permits.require(actor, "idea.vote")
    if not idea.is_public:
        raise Closed(_("This idea is not public, so it cannot be supported now."))
    if idea.is_decided:
        raise Closed(_("This idea has been decided, so its support is part of the record."))


def _insert(member: Member, idea: Idea, condition: ColumnElement[bool]) -> bool:
    """Add the vote where `condition` holds and there is none yet; whether it was added.

    One statement asks and adds, so that a vote is few trips to the database.
    """
    vote = select(
        literal(member.id), literal(idea.id), literal(clock.now(), Vote.__table__.c.created_at.type)
    ).where(condition)
    columns = ["member_id", "idea_id", "created_at"]
    added = insertion(Vote).from_select(columns, vote).on_conflict_do_nothing()
    return db.session.scalar(added.returning(Vote.idea_id)) is not None


def _count(idea: Idea, difference: int) -> None:
    # The database adds: two who read the same number would write the same number.
    counted = (
        update(Idea)
        .where(Idea.id == idea.id)
        .values(vote_count=Idea.vote_count + difference, is_score_due=True)
        .returning(Idea.vote_count)
        .execution_options(synchronize_session=False)
    )
    set_committed_value(idea, "vote_count", db.session.scalar(counted))
