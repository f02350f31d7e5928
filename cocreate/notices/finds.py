"""What notices of saved searches tell, as their owner may know it today."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, func, select

from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import listed
from cocreate.notices.models import FoundIdea, SavedSearch
from cocreate.notices.searches import address, words_of
from cocreate.notices.words import Finds

# Ideas of which a notice or a mail says the title.
MOST_TITLES = 5


def finds_of(member: Member, searches: Mapping[int, int]) -> dict[int, Finds]:
    """What was found, by the event that tells of it; `searches` gives the search of each event.

    Events whose search has ended or is not the member's are left out. Four statements
    at most, however many there are.
    """
    if not searches:
        return {}
    kept = {
        one.id: one
        for one in db.session.scalars(
            select(SavedSearch).where(
                SavedSearch.id.in_(set(searches.values())),
                SavedSearch.member_id == member.id,
                SavedSearch.ended_at.is_(None),
            )
        )
    }
    event_ids = [event_id for event_id, search_id in searches.items() if search_id in kept]
    if not event_ids:
        return {}
    called = words_of(kept.values())
    numbers = _numbers(event_ids)
    titles = _titles(event_ids)
    return {
        event_id: Finds(
            search_id=search.id,
            words=called[search.id],
            address=address(search),
            by_mail=search.by_mail,
            number=numbers.get(event_id),
            ideas=tuple(titles.get(event_id, ())),
        )
        for event_id in event_ids
        for search in (kept[searches[event_id]],)
    }


def _numbers(event_ids: list[int]) -> dict[int, int]:
    """How many of the ideas everyone may see; events whose finds are forgotten are left out."""
    public = func.sum(case((listed(), 1), else_=0))
    rows = db.session.execute(
        select(FoundIdea.event_id, public.label("number"))
        .join(Idea, Idea.id == FoundIdea.idea_id)
        .where(FoundIdea.event_id.in_(event_ids))
        .group_by(FoundIdea.event_id)
    )
    return {row.event_id: row.number for row in rows}


def _titles(event_ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    """(id, title) of the newest ideas of each event, up to MOST_TITLES of them."""
    number = func.row_number().over(
        partition_by=FoundIdea.event_id, order_by=FoundIdea.idea_id.desc()
    )
    newest: Any = (
        select(FoundIdea.event_id, Idea.id, Idea.title, number.label("number"))
        .join(Idea, Idea.id == FoundIdea.idea_id)
        .where(FoundIdea.event_id.in_(event_ids), listed())
        .subquery()
    )
    rows = db.session.execute(
        select(newest.c.event_id, newest.c.id, newest.c.title)
        .where(newest.c.number <= MOST_TITLES)
        .order_by(newest.c.event_id, newest.c.id.desc())
    )
    titles: dict[int, list[tuple[int, str]]] = {}
    for event_id, idea_id, title in rows:
        titles.setdefault(event_id, []).append((idea_id, title))
    return titles
