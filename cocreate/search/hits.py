"""What is shown of an idea that was found: its title and a passage, and whose words these are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row, func, select

from cocreate import text
from cocreate.accounts.models import Member
from cocreate.backlog.models import Answer
from cocreate.discussion.models import Comment
from cocreate.discussion.queries import shown
from cocreate.extensions import db
from cocreate.ideas.models import DECIDED, Area, Idea
from cocreate.ideas.queries import listed_among, shows_count
from cocreate.search import engines
from cocreate.search.asked import Asked
from cocreate.search.engines import Unusable
from cocreate.search.passages import mark, missing, passage, places
from cocreate.votes.queries import voted

# Signs of the team's latest answer.
ANSWER_LENGTH = 140
# Comments are looked for together for ideas that lack the same words. There may be a few such
# groups; what is left over is looked for as one.
_GROUPS = 3


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
    # How the team's latest answer begins; None: there is none yet.
    answer: str | None
    count: int | None
    voted: bool
    is_open: bool


def hits(actor: Member | None, rows: Sequence[Any], asked: Asked) -> list[Hit]:
    """`rows` (as listing.card_rows) with what answers the question in each, in their order.

    Up to four statements and a few looks into the engine, however many rows.
    """
    texts = _texts([row.id for row in rows])
    # Gone between two statements: then it is not shown either.
    rows = [row for row in rows if row.id in texts]
    comments = _comments(texts, asked)
    answers = _answers([row.id for row in rows if texts[row.id].answered_at])
    mine = voted(actor, (row.id for row in rows))
    wanted = places(asked)
    made = []
    for row in rows:
        own = texts[row.id]
        comment = comments.get(row.id)
        sources = [comment.body] if comment else [own.need, own.proposal]
        counts = shows_count(row, actor, voted=row.id in mine)
        made.append(
            Hit(
                idea=row,
                area=own.Area,
                language=own.language,
                title=mark(row.title, wanted, own.language),
                passage=passage(sources, wanted, own.language),
                comment_id=comment.id if comment else None,
                answer=answers.get(row.id, "") if own.answered_at else None,
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
        select(Idea.id, Idea.title, Idea.need, Idea.proposal, Idea.language, Idea.answered_at, Area)
        .outerjoin(Area, Area.id == Idea.area_id)
        .where(listed_among(ids))
    )
    return {row.id: row for row in rows}


def _answers(ids: Sequence[int]) -> dict[int, str]:
    """How the latest answer with words begins."""
    if not ids:
        return {}
    latest = (
        select(func.max(Answer.id))
        .where(Answer.idea_id.in_(ids), Answer.body != "")
        .group_by(Answer.idea_id)
    )
    rows = db.session.execute(select(Answer.idea_id, Answer.body).where(Answer.id.in_(latest)))
    return {row.idea_id: text.excerpt(row.body, ANSWER_LENGTH) for row in rows}


def _comments(texts: Mapping[int, Any], asked: Asked) -> dict[int, Any]:
    """For ideas whose own texts leave words out: the comment that has the most of these."""
    best: dict[int, int] = {}
    try:
        for keys, ids in _groups(texts, asked):
            best |= engines.here().comments(ids, sorted(keys))
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


def _groups(texts: Mapping[int, Any], asked: Asked) -> list[tuple[frozenset[str], list[int]]]:
    """(keys to look for, ids of ideas): the ideas that lack the same words, most ideas first."""
    lacking: dict[frozenset[str], list[int]] = {}
    for idea_id, own in texts.items():
        if left := missing([own.title, own.need, own.proposal], asked, own.language):
            lacking.setdefault(frozenset(left), []).append(idea_id)
    groups = sorted(lacking.items(), key=lambda one: -len(one[1]))
    rest = groups[_GROUPS:]
    if rest:
        keys = frozenset().union(*(keys for keys, _ in rest))
        groups[_GROUPS:] = [(keys, [idea_id for _, ids in rest for idea_id in ids])]
    return groups
