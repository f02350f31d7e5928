"""What the feeds and the map for search engines tell: public things alone, alike for everyone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import and_, func, select

from cocreate import text
from cocreate.accounts.models import Member
from cocreate.backlog.models import Answer
from cocreate.dialects import mostly
from cocreate.discussion.models import Comment
from cocreate.extensions import db
from cocreate.home import queries as home
from cocreate.i18n import gettext
from cocreate.ideas import listing
from cocreate.ideas.filters import Filters, Sort
from cocreate.ideas.models import Idea, Stage, Visibility, Wording
from cocreate.ideas.queries import listed
from cocreate.labels import label
from cocreate.search import queries as search

ENTRIES = 25
# Addresses in one part of the map; the protocol allows ten times as many.
MAP_SIZE = 5_000


@dataclass(frozen=True)
class Entry:
    """One entry of a feed. `place` is an address from the portal's root; so is `id`, for ever."""

    id: str
    place: str
    title: str
    html: Markup
    author: str
    language: str
    published: datetime
    updated: datetime
    # (the value, its name) of the stage, where the entry is the idea itself.
    stage: tuple[str, str] | None = None


def ideas(filters: Filters) -> list[Entry]:
    """The public ideas that `filters` leave, newest first unless another order is asked for."""
    if filters.sort == Sort.FAIR:
        # What is worth a look changes by the minute; a reader of feeds waits for the new.
        filters = filters.but(sort=Sort.NEW)
    return _ideas(listing.ideas(filters, size=ENTRIES).rows)


def found(question: str, filters: Filters) -> list[Entry]:
    """The newest public ideas that have every word of `question` and that `filters` leave."""
    return _ideas(search.newest(search.read(question, filters.of_everyone), ENTRIES))


def _ideas(rows: Sequence[Any]) -> list[Entry]:
    edited = (
        select(func.max(Wording.created_at)).where(Wording.idea_id == Idea.id).scalar_subquery()
    )
    texts = {
        row.id: row
        for row in db.session.execute(
            select(
                Idea.id,
                Idea.need,
                Idea.proposal,
                Idea.language,
                Idea.created_at,
                Idea.stage_at,
                edited.label("edited_at"),
            ).where(Idea.id.in_([row.id for row in rows]))
        )
    }
    return [_idea(row, texts[row.id]) for row in rows if row.id in texts]


def _idea(row: Any, texts: Any) -> Entry:
    published = row.published_at or texts.created_at
    html = Markup("<h3>{}</h3>{}<h3>{}</h3>{}").format(
        gettext("What is missing or hurts"),
        text.markdown(texts.need),
        gettext("What to do about it"),
        text.markdown(texts.proposal),
    )
    return Entry(
        id=f"/ideas/{row.id}",
        place=_place(row),
        title=row.title,
        html=html,
        author=row.author,
        language=texts.language,
        published=published,
        updated=max(published, texts.stage_at, texts.edited_at or published),
        stage=(row.stage.value, str(label(row.stage))),
    )


def delivered() -> list[Entry]:
    """What was delivered, newest first, each with the team's newest words about it."""
    return [
        Entry(
            id=f"/ideas/{row.id}#delivered",
            place=_place(row),
            title=row.title,
            html=text.markdown(row.body or ""),
            author=row.answered_by or row.author,
            language=row.language,
            published=row.stage_at,
            updated=max(row.stage_at, row.said_at or row.stage_at),
        )
        for row in home.lately(Stage.SHIPPED, size=ENTRIES).rows
    ]


def talk(idea: Idea) -> list[Entry]:
    """The team's answers to a public idea and what is said about it publicly, newest first."""
    answers = db.session.execute(
        select(Answer, Member.name)
        .join(Member, Member.id == Answer.author_id)
        .where(Answer.idea_id == idea.id)
        .order_by(Answer.id.desc())
        .limit(ENTRIES)
    )
    comments = db.session.execute(
        select(Comment, Member.name)
        .join(Member, Member.id == Comment.author_id)
        .where(Comment.idea_id == idea.id, Comment.visibility == Visibility.PUBLIC)
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(ENTRIES)
    )
    entries = [
        *(_answer(idea, answer, name) for answer, name in answers),
        *(_comment(idea, comment, name) for comment, name in comments),
    ]
    return sorted(entries, key=lambda entry: (entry.published, entry.id), reverse=True)


def _answer(idea: Idea, answer: Answer, name: str) -> Entry:
    stage = gettext("Now: %(stage)s", stage=label(answer.to_stage))
    title = gettext("The team decided") if answer.is_decision else gettext("The team answers")
    moved = Markup("<p>{}</p>").format(stage) if answer.is_decision else Markup("")
    return Entry(
        id=f"/ideas/{idea.id}#answer-{answer.id}",
        place=f"{_place(idea)}#answer-{answer.id}",
        title=f"{title}: {idea.title}",
        html=moved + text.markdown(answer.body),
        author=name,
        language=idea.language,
        published=answer.created_at,
        updated=answer.created_at,
    )


def _comment(idea: Idea, comment: Comment, name: str) -> Entry:
    return Entry(
        id=f"/ideas/{idea.id}/comments/{comment.id}",
        place=f"/ideas/{idea.id}/comments/{comment.id}",
        title=f"{label(comment.kind)}: {idea.title}",
        html=text.markdown(comment.body),
        author=name,
        language=idea.language,
        published=comment.created_at,
        updated=comment.edited_at or comment.created_at,
    )


def _place(idea: Any) -> str:
    return f"/ideas/{idea.id}-{text.slug(idea.title)}"


def map_parts() -> int:
    """How many parts the map of ideas has; each holds the ideas of MAP_SIZE ids in a row."""
    newest = select(Idea.id).where(mostly(listed())).order_by(Idea.id.desc()).limit(1)
    return -(-(db.session.scalar(newest) or 0) // MAP_SIZE)


def map_part(number: int) -> Sequence[tuple[str, datetime]]:
    """(place, when it last changed) of the public ideas in part `number`, from 1; by their ids.

    A change is a comment, an answer, a move to another stage or a new wording.
    """
    first = (number - 1) * MAP_SIZE
    moments = (
        Idea.created_at,
        Idea.published_at,
        Idea.stage_at,
        Idea.talked_at,
        Wording.created_at,
        select(func.max(Answer.created_at)).where(Answer.idea_id == Idea.id).scalar_subquery(),
    )
    rows = db.session.execute(
        select(Idea.id, Idea.title, *moments)
        .outerjoin(Wording, and_(Wording.idea_id == Idea.id, Wording.number == Idea.wording))
        .where(Idea.id > first, Idea.id <= first + MAP_SIZE, mostly(listed()))
        .order_by(Idea.id)
    )
    return [(_place(row), max(at for at in row[2:] if at)) for row in rows]
