"""Questions about votes."""

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import select

from cocreate import permits, site
from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.votes.models import Vote


class Counted(Protocol):
    """Anything with an idea's counters: the idea itself, or a row of a list."""

    @property
    def vote_count(self) -> int: ...

    @property
    def views(self) -> int: ...


def voted(member: Member | None, idea_ids: Iterable[int]) -> set[int]:
    """Those of `idea_ids` that the member supports; none for a visitor."""
    ids = list(idea_ids)
    if member is None or not ids:
        return set()
    mine = select(Vote.idea_id).where(Vote.member_id == member.id, Vote.idea_id.in_(ids))
    return set(db.session.scalars(mine))


def shows_count(viewer: Member | None, idea: Counted, has_voted: bool) -> bool:
    """Whether the viewer is shown how many support it.

    A number seen first sways the vote, so it waits for one's own, or until it has
    settled. The team always sees it.
    """
    portal = site.load()
    return (
        not portal.hides_counts
        or has_voted
        or (idea.vote_count >= portal.settled_votes and idea.views >= portal.settled_views)
        or permits.may(viewer, "idea.count")
    )
