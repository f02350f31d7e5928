"""Cards: how lists show an idea.

A card is two pieces. What is the same for everyone is made once and kept by
the idea, its version, the language and the zone; what differs per viewer (the vote box,
and whether its number shows) is put beside it each time.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy import func, select

from cocreate import web
from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas import queries
from cocreate.ideas.models import DECIDED, Area, Idea, IdeaTag, Tag
from cocreate.kept import Kept
from cocreate.votes import queries as votes

# About 2 kB each. Names of areas are not in the key: an admin's new one shows in ten minutes.
_pieces: Kept[Markup] = Kept(10_000, seconds=600)


@dataclass(frozen=True)
class Card:
    """One idea in a list; `count` is None where it must not be shown to this viewer."""

    id: int
    title: str
    language: str
    piece: Markup
    count: int | None
    voted: bool
    is_open: bool


def cards(rows: Sequence[Any], actor: Member | None, *, level: int = 2) -> list[Card]:
    """The cards of `rows` (as `listing.card_rows` reads them), in their order.

    `level` is that of the titles' headings. Takes one statement for the viewer's
    own votes and one for whatever is not kept yet.
    """
    pieces = _pieces_of(rows, level)
    voted = votes.voted(actor, (row.id for row in rows))
    made = []
    for row in rows:
        is_shown = queries.shows_count(row, actor, voted=row.id in voted)
        made.append(
            Card(
                row.id,
                row.title,
                row.language,
                pieces[row.id],
                row.vote_count if is_shown else None,
                row.id in voted,
                row.stage not in DECIDED,
            )
        )
    return made


def _pieces_of(rows: Sequence[Any], level: int) -> dict[int, Markup]:
    language, zone = web.language(), web.timezone()
    keys = {row.id: _key(row, language, zone, level) for row in rows}
    pieces = {idea_id: _pieces.get(key) for idea_id, key in keys.items()}
    missing = {row.id: row for row in rows if pieces[row.id] is None}
    # Without what every page is given: most of that is about the viewer.
    template = current_app.jinja_env.get_template("ideas/_card.html")
    for more in _texts(missing):
        row = missing[more.id]
        html = template.render(
            lang=language,
            idea=row,
            text=more,
            tags=sorted(more.tags.split("\n")) if more.tags else [],
            day=web.day(more.published_at or more.created_at),
            level=level,
        )
        pieces[row.id] = _pieces.keep(keys[row.id], Markup(html))  # noqa: S704 - a template's
    # An idea that went away between the two statements has no texts; its card stays empty.
    return {idea_id: piece or Markup("") for idea_id, piece in pieces.items()}


def _key(row: Any, language: str, zone: str, level: int) -> Hashable:
    """All that a piece shows and that can change; the version stands for the texts."""
    return (row.id, row.version, row.comment_count, row.stage, row.author, language, zone, level)


def _texts(ids: Iterable[int]) -> Sequence[Any]:
    ids = list(ids)
    if not ids:
        return ()
    tags = (
        select(func.aggregate_strings(Tag.name, "\n"))
        .join(IdeaTag, IdeaTag.tag_id == Tag.id)
        .where(IdeaTag.idea_id == Idea.id)
        .scalar_subquery()
    )
    return db.session.execute(
        select(
            Idea.id,
            Idea.excerpt,
            Idea.language,
            Idea.published_at,
            Idea.created_at,
            Idea.answered_at,
            tags.label("tags"),
            Area.key.label("area_key"),
            Area.names.label("area_names"),
        )
        .outerjoin(Area, Area.id == Idea.area_id)
        .where(Idea.id.in_(ids))
    ).all()
