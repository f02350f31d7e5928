"""Which saved searches a new idea answers: each idea is held against them, once, when it comes.

Asking the engine for each search whether there is something new would cost as much on a
day without ideas. Here the work follows the ideas: a search is read as on its page and
kept in memory, an idea becomes its keys and their places as in the index, and what is left
is to look words up. So a search finds here what its page shows, whichever engine answers
that, also while there is no index.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from cocreate import clock
from cocreate.deliveries import Claimed
from cocreate.extensions import db
from cocreate.ideas import filters as ideas_filters
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import listed_among
from cocreate.kept import Kept
from cocreate.notices import telling
from cocreate.notices.models import SavedSearch
from cocreate.notices.telling import Find
from cocreate.search import documents, queries
from cocreate.search.asked import Alternative, Asked, Part
from cocreate.search.documents import reading

# An idea that became public longer ago is no news to anybody: it was hidden and is back.
NEWS = timedelta(days=30)
# Searches that are read at once.
PIECE = 1000

Places = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Wanted:
    """What a saved search looks for: the words, and what an idea must have besides."""

    asked: Asked
    only: frozenset[str]


@dataclass(frozen=True)
class NewIdea:
    """A public idea as searches meet it: its keys with their places, and what it has besides."""

    id: int
    author_id: int
    published_at: datetime
    keys: Places
    only: frozenset[str]


# Reading a question takes longer than to hold it against an idea. A synonym that the staff
# adds counts here within this time; on the page it counts at once.
_wanted: Kept[Wanted] = Kept(20_000, seconds=3600)


def hear(claimed: Sequence[Claimed]) -> None:
    """Tell the members whose saved searches these new ideas answer; told twice, nobody again."""
    ids = {one.event.idea_id for one in claimed if one.event.idea_id is not None}
    # Nobody waits for the one write lock of SQLite while words are compared.
    with reading():
        found = list(finds(new_ideas(ids)))
    telling.tell(found)


def new_ideas(ids: Iterable[int]) -> list[NewIdea]:
    """Those of the ideas that everyone may see now, and that became public of late."""
    rows = db.session.execute(
        select(Idea.id, Idea.author_id, Idea.published_at).where(
            listed_among(ids, Idea.published_at > clock.now() - NEWS)
        )
    ).all()
    known = documents.load([row.id for row in rows])
    return [
        NewIdea(
            row.id,
            row.author_id,
            row.published_at,
            known[row.id].places().keys,
            frozenset(known[row.id].only),
        )
        for row in rows
        if row.id in known
    ]


def finds(ideas: Sequence[NewIdea]) -> Iterator[Find]:
    """Which of `ideas` answer which searches, of those that were saved before they came."""
    for row in _searches() if ideas else ():
        wanted: Wanted | None = None
        for idea in ideas:
            if row.member_id == idea.author_id or row.saved_at >= idea.published_at:
                continue
            wanted = wanted or read(row.question, row.narrowed)
            if wanted is None:
                break
            if wanted.only <= idea.only and answers(wanted.asked, idea.keys):
                yield Find(row.id, idea.id)


def read(question: str, narrowed: Mapping[str, str]) -> Wanted | None:
    """What a search looks for; None for one that no idea can answer."""
    name = json.dumps([question, narrowed], sort_keys=True)
    if kept := _wanted.get(name):
        return kept
    sought = queries.read(question, ideas_filters.read(narrowed))
    narrow = sought.narrow
    # A tag that nobody has used yet may come with the next idea; so this is not kept.
    if sought.is_nothing or narrow.is_empty:
        return None
    return _wanted.keep(name, Wanted(sought.asked, frozenset(narrow.only.terms)))


def answers(asked: Asked, keys: Places) -> bool:
    """Whether an idea with these keys has all the parts and nothing that is excluded."""
    return all(_has(part, keys) for part in asked.parts) and not any(
        _has(part, keys) for part in asked.without
    )


def _has(part: Part, keys: Places) -> bool:
    return any(_stands(alternative, keys) for alternative in part.any_of)


def _stands(words: Alternative, keys: Places) -> bool:
    """Whether the words stand there, one behind another."""
    if not words or any(word not in keys for word in words):
        return False
    if len(words) == 1:
        return True
    places = [set(keys[word]) for word in words]
    return any(
        all(start + distance in some for distance, some in enumerate(places)) for start in places[0]
    )


def _searches() -> Iterator[Any]:
    """Every search that is on, by its id."""
    last = 0
    while True:
        rows = db.session.execute(
            select(
                SavedSearch.id,
                SavedSearch.member_id,
                SavedSearch.question,
                SavedSearch.narrowed,
                SavedSearch.saved_at,
            )
            .where(SavedSearch.id > last, SavedSearch.ended_at.is_(None))
            .order_by(SavedSearch.id)
            .limit(PIECE)
        ).all()
        yield from rows
        if len(rows) < PIECE:
            return
        last = rows[-1].id
