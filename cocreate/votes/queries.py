"""Questions about votes."""

from collections.abc import Iterable

from sqlalchemy import select

from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.votes.models import Vote


def voted(member: Member | None, idea_ids: Iterable[int]) -> set[int]:
    """Those of `idea_ids` that the member supports; none for a visitor."""
    ids = list(idea_ids)
    if member is None or not ids:
        return set()
    mine = select(Vote.idea_id).where(Vote.member_id == member.id, Vote.idea_id.in_(ids))
    return set(db.session.scalars(mine))
