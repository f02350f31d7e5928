"""What is shown of an idea that was found: its title and a passage, and whose words these are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row, select

from cocreate.accounts.models import Member
from cocreate.discussion.models import Comment
from cocreate.discussion.queries import shown
from cocreate.extensions import db
from cocreate.ideas.models import DECIDED, Area, Idea
from cocreate.ideas.queries import listed, shows_count
from cocreate.search import engines
from cocreate.search.index import Unusable
from cocreate.search.passages import mark, missing, passage
from cocreate.votes.queries import voted


@dataclass(frozen=True)
class Hit:
    """An idea that was found, and where. `count` is None where the viewer must not see it."""

    idea: Row[Any]
    area: Area | None
    language: str
    title: Markup
    passage: Markup
    # The comment that the passage is from; None: it is the idea's own.
    comment_id: int | None
    count: int | None
    voted: bool
    is_open: bool


def hits(actor: Member | None, rows: Sequence[Any], terms: Collection[str]) -> list[Hit]:
    """`rows` (as listing.card_rows) with what answers `terms` in each, in their order.

    Up to three statements, however many rows.
    """
    texts = _texts([row.id for row in rows])
    # Gone between two statements: then it is not shown either.
    rows = [row for row in rows if row.id in texts]
    comments = _comments(texts, terms)
    mine = voted(actor, (row.id for row in rows))
    made = []
    for row in rows:
        own = texts[row.id]
        comment = comments.get(row.id)
        counts = shows_count(row, actor, voted=row.id in mine)
        made.append(
            Hit(
                idea=row,
                area=own.Area,
                language=own.language,
                title=mark(row.title, terms),
                passage=passage([comment.body] if comment else [own.need, own.proposal], terms),
                comment_id=comment.id if comment else None,
                count=row.vote_count if counts else None,
                voted=row.id in mine,
                is_open=row.stage not in DECIDED,
            )
        )
    return made


def _texts(ids: Sequence[int]) -> dict[int, Any]:
    if not ids:
        return {}
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.need, Idea.proposal, Idea.language, Area)
        .outerjoin(Area, Area.id == Idea.area_id)
        .where(Idea.id.in_(ids), listed())
    )
    return {row.id: row for row in rows}


def _comments(texts: Mapping[int, Any], terms: Collection[str]) -> dict[int, Any]:
    """For ideas whose own texts leave terms out: the comment that has the most of these."""
    wanted: dict[frozenset[str], list[int]] = {}
    for idea_id, own in texts.items():
        if left := missing([own.title, own.need, own.proposal], terms):
            wanted.setdefault(frozenset(left), []).append(idea_id)
    best: dict[int, int] = {}
    try:
        for words, ids in wanted.items():
            best |= engines.here().comments(ids, sorted(words))
    except Unusable:
        return {}
    if not best:
        return {}
    rows = db.session.execute(
        select(Comment.id, Comment.idea_id, Comment.body).where(
            Comment.id.in_(best.values()), Comment.idea_id.in_(best), shown(None)
        )
    )
    return {row.idea_id: row for row in rows}
