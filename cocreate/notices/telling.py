"""Telling members of the new ideas that were found for their saved searches.

A search has one unread notice at a time. What is found joins it while it is unread and no
mail has told it; then a new one begins, and the old one counts as read, since
both lead to the same place. Everything happens in one transaction, and an idea that a
search has told of once has its row for good: told twice, this does nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from cocreate import clock, events
from cocreate.accounts.models import MailChoice, Member
from cocreate.dialects import insert_or_ignore
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import listed_among
from cocreate.notices.models import FoundIdea, Notice, SavedSearch


@dataclass(frozen=True)
class Find:
    """A new idea that answers a saved search."""

    search_id: int
    idea_id: int


# Searches that are told of by one set of statements.
AT_ONCE = 500


def tell(found: Iterable[Find]) -> int:
    """Write what was found, and the notices of it; how many ideas were new to their search.

    What has been told, what is not public any more, a member's own ideas, searches that were
    ended and members who may not be told are left out.
    """
    ideas: dict[int, list[int]] = {}
    for one in sorted(set(found), key=lambda one: (one.search_id, one.idea_id)):
        ideas.setdefault(one.search_id, []).append(one.idea_id)
    ids = list(ideas)
    return sum(
        _tell({one: ideas[one] for one in ids[start : start + AT_ONCE]})
        for start in range(0, len(ids), AT_ONCE)
    )


def _tell(ideas: dict[int, list[int]]) -> int:
    """The same for some searches: which ideas were found for each."""
    authors = _authors({idea_id for found in ideas.values() for idea_id in found})
    searches = _searches(ideas)
    known = _known(ideas)
    new = {
        search_id: [
            one
            for one in ideas[search_id]
            if one not in known[search_id] and authors.get(one, member.id) != member.id
        ]
        for search_id, (_, member) in searches.items()
    }
    told = [search for search, _ in searches.values() if new[search.id]]
    is_for_mail = {search.id: _by_mail(search, member) for search, member in searches.values()}
    gathering = _gathering(told)
    _begin([search for search in told if search.event_id not in gathering], is_for_mail)
    _join([search for search in told if search.event_id in gathering], is_for_mail)
    db.session.flush()
    rows = [
        {
            "search_id": search.id,
            "idea_id": idea_id,
            "event_id": search.event_id,
            "found_at": clock.now(),
        }
        for search in told
        for idea_id in new[search.id]
    ]
    return insert_or_ignore(FoundIdea, rows)


def _authors(idea_ids: set[int]) -> dict[int, int]:
    """The authors of those of the ideas that are public now."""
    rows = db.session.execute(select(Idea.id, Idea.author_id).where(listed_among(idea_ids)))
    return {row.id: row.author_id for row in rows}


def _known(ideas: dict[int, list[int]]) -> dict[int, set[int]]:
    """The ideas of which each search has told already."""
    known: dict[int, set[int]] = {one: set() for one in ideas}
    rows = db.session.execute(
        select(FoundIdea.search_id, FoundIdea.idea_id).where(
            FoundIdea.search_id.in_(ideas),
            FoundIdea.idea_id.in_({one for found in ideas.values() for one in found}),
        )
    )
    for search_id, idea_id in rows:
        known[search_id].add(idea_id)
    return known


def _searches(ids: Iterable[int]) -> dict[int, tuple[SavedSearch, Member]]:
    """Those of the searches that may be told of now, with their owners.

    They are held until the end of the transaction, always in the same order: two workers
    that have something for the same search come one after the other.
    """
    rows = db.session.execute(
        select(SavedSearch, Member)
        .join(Member, Member.id == SavedSearch.member_id)
        .where(
            SavedSearch.id.in_(ids),
            SavedSearch.ended_at.is_(None),
            Member.closed_at.is_(None),
            Member.is_placeholder.is_(False),
            Member.email_confirmed_at.is_not(None),
        )
        .order_by(SavedSearch.id)
        .with_for_update(of=SavedSearch)
        .execution_options(populate_existing=True)
    )
    return {search.id: (search, member) for search, member in rows}


def _by_mail(search: SavedSearch, member: Member) -> bool:
    # Also for who hears of other things at once: a mail for each new idea would be too many.
    return search.by_mail and member.mail_choice != MailChoice.NEVER


def _gathering(searches: Sequence[SavedSearch]) -> set[int]:
    """The events whose notices are unread and in no mail yet.

    They are held too, so that a digest that is made at this moment tells either
    all of what joins or nothing of it.
    """
    event_ids = [one.event_id for one in searches if one.event_id is not None]
    return set(
        db.session.scalars(
            select(Notice.event_id)
            .where(
                Notice.event_id.in_(event_ids),
                Notice.read_at.is_(None),
                Notice.digest_id.is_(None),
            )
            .order_by(Notice.id)
            .with_for_update()
        )
    )


def _begin(searches: Sequence[SavedSearch], is_for_mail: dict[int, bool]) -> None:
    """A new notice for each of these searches, in the place of their last one."""
    _update_notices([one.event_id for one in searches], read_at=clock.now())
    made = events.record_each(
        "search.found", [(one.member_id, {"search": one.id}) for one in searches]
    )
    event_ids = {data["search"]: event_id for event_id, data in made}
    rows = []
    for search in searches:
        search.event_id = event_ids[search.id]
        rows.append(
            {
                "event_id": search.event_id,
                "member_id": search.member_id,
                "kind": "search.found",
                "created_at": clock.now(),
                "is_for_digest": is_for_mail[search.id],
            }
        )
    insert_or_ignore(Notice, rows)


def _join(searches: Sequence[SavedSearch], is_for_mail: dict[int, bool]) -> None:
    """The notices of these searches tell of more; whether by mail is as it is wished now."""
    for wanted in (True, False):
        _update_notices(
            [one.event_id for one in searches if is_for_mail[one.id] == wanted],
            is_for_digest=wanted,
        )


def _update_notices(event_ids: Sequence[int | None], **values: Any) -> None:
    known = [one for one in event_ids if one is not None]
    if known:
        db.session.execute(
            update(Notice)
            .where(Notice.event_id.in_(known), Notice.read_at.is_(None))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
