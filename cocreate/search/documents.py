"""What of an idea can be found: read from the database as it is now."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC

from sqlalchemy import func, select

from cocreate.database import Instant, begin_as
from cocreate.dialects import mostly
from cocreate.discussion.models import Comment
from cocreate.extensions import db
from cocreate.ideas.models import Idea, IdeaTag, Tag, Visibility
from cocreate.ideas.queries import listed, listed_among
from cocreate.search.schema import Document

# Of an idea that is talked about more than anyone reads, the newest comments are found.
COMMENTS_FOUND = 1000


@contextmanager
def reading() -> Iterator[None]:
    """Read what is committed by now, in a transaction that waits for nobody.

    Whoever calls has nothing unfinished in the session: it is rolled back.
    """
    db.session.rollback()
    begin_as(reader=True)
    try:
        yield
    finally:
        db.session.rollback()
        begin_as(reader=False)


def load(ids: Sequence[int]) -> dict[int, Document]:
    """Those of `ids` that can be found, by id. Three statements, however many there are."""
    ideas = db.session.execute(
        select(
            Idea.id,
            Idea.title,
            Idea.need,
            Idea.proposal,
            Idea.language,
            Idea.stage,
            Idea.area_id,
            Idea.author_id,
            Idea.answered_at,
            func.coalesce(Idea.published_at, Idea.created_at, type_=Instant).label("published_at"),
        ).where(listed_among(ids))
    ).all()
    found = [idea.id for idea in ideas]
    tags = _tags(found)
    comments = _comments(found)
    return {
        idea.id: Document(
            idea.id,
            idea.title,
            idea.need,
            idea.proposal,
            idea.language,
            idea.stage.value,
            idea.area_id,
            tuple(tags.get(idea.id, ())),
            tuple(comments.get(idea.id, ())),
            author_id=idea.author_id,
            answered=idea.answered_at is not None,
            published=idea.published_at.astimezone(UTC).date(),
        )
        for idea in ideas
    }


def public_between(after: int, last: int) -> list[int]:
    """The ids of the ideas that can be found, above `after` and up to `last`."""
    return list(
        db.session.scalars(
            select(Idea.id)
            .where(Idea.id > after, Idea.id <= last, mostly(listed()))
            .order_by(Idea.id)
        )
    )


def last_id() -> int:
    """The highest id of all ideas; 0 while there are none."""
    return db.session.scalar(select(func.max(Idea.id))) or 0


def _tags(ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    rows = db.session.execute(
        select(IdeaTag.idea_id, Tag.id, Tag.name)
        .join(Tag, Tag.id == IdeaTag.tag_id)
        .where(IdeaTag.idea_id.in_(ids))
        .order_by(IdeaTag.idea_id, Tag.id)
    )
    for idea_id, tag_id, name in rows:
        found.setdefault(idea_id, []).append((tag_id, name))
    return found


def _comments(ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    number = func.row_number().over(partition_by=Comment.idea_id, order_by=Comment.id.desc())
    newest = (
        select(Comment.idea_id, Comment.id, Comment.body, number.label("number"))
        .where(Comment.idea_id.in_(ids), mostly(Comment.visibility == Visibility.PUBLIC))
        .subquery()
    )
    found: dict[int, list[tuple[int, str]]] = {}
    rows = db.session.execute(
        select(newest.c.idea_id, newest.c.id, newest.c.body)
        .where(newest.c.number <= COMMENTS_FOUND)
        .order_by(newest.c.idea_id, newest.c.id)
    )
    for idea_id, comment_id, body in rows:
        found.setdefault(idea_id, []).append((comment_id, body))
    return found
