"""Suggestions for words that are still being typed: ideas, then tags and areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from cocreate.extensions import db
from cocreate.ideas.models import Area, Idea, IdeaTag, Tag, tag_name
from cocreate.ideas.queries import areas, listed
from cocreate.search import analysis, queries
from cocreate.search.folding import fold
from cocreate.search.narrowing import MOST_ALIKE, bare

MOST = 8
# Of these, areas and tags; ideas take what they leave.
MOST_AREAS = 1
MOST_TAGS = 2
# One letter begins too much to be of use.
_SHORTEST = 2


@dataclass(frozen=True)
class Suggested:
    """What may be meant: rows as card_rows, names of tags, areas; MOST together."""

    ideas: Sequence[Row[Any]]
    tags: Sequence[str]
    areas: Sequence[Area]


def suggestions(question: str, language: str) -> Suggested:
    """What the words lead to, for everyone alike; four statements.

    Nothing for less than two letters.
    """
    start = analysis.fold(question)
    if len(start) < _SHORTEST:
        return Suggested([], [], [])
    places = [one for one in areas() if one.closed_at is None and _fits(one, language, start)]
    tags = _tags(question)
    found = queries.beginning(question, MOST - len(places[:MOST_AREAS]) - len(tags))
    return Suggested(found, tags, places[:MOST_AREAS])


def _fits(area: Area, language: str, start: str) -> bool:
    words = area.name_in(language).split()
    return any(
        analysis.fold(" ".join(words[number:])).startswith(start) for number in range(len(words))
    )


def _tags(question: str) -> list[str]:
    """Tags of public ideas that begin so, with or without accents, best those that do as typed.

    A draft's tags are nobody else's business.
    """
    start = tag_name(question)
    if not start:
        return []
    as_typed = Tag.name.startswith(start, autoescape=True).desc()
    rows = db.session.execute(
        select(Tag.id, Tag.name)
        .where(Tag.name.like(f"{bare(start)}%", escape="\\"))
        .order_by(as_typed, Tag.name)
        .limit(MOST_ALIKE)
    )
    ids = [row.id for row in rows if fold(row.name).startswith(fold(start))]
    carried = (
        select(Idea.id).join(IdeaTag, IdeaTag.idea_id == Idea.id).where(IdeaTag.tag_id == Tag.id)
    )
    names = (
        select(Tag.name)
        .where(Tag.id.in_(ids), carried.where(listed()).exists())
        .order_by(as_typed, Tag.name)
        .limit(MOST_TAGS)
    )
    return list(db.session.scalars(names)) if ids else []
