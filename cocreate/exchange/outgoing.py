"""What is public here, as the rows of an export.

Ideas in the order in which they came here, then comments likewise: a portal
that brings them in and exports them again writes the same file.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.orm import aliased

from cocreate.accounts.models import Member
from cocreate.dialects import mostly
from cocreate.discussion.models import Comment
from cocreate.exchange import authors
from cocreate.exchange.authors import NOBODY
from cocreate.exchange.models import Origin
from cocreate.exchange.rows import CommentRow, IdeaRow, fingerprint
from cocreate.extensions import db
from cocreate.ideas.models import Area, Idea, IdeaTag, Tag, Visibility
from cocreate.ideas.queries import listed

# Rows read at once.
PAGE = 500

Page = Sequence[IdeaRow | CommentRow]

_AUTHOR: list[Any] = [
    Member.id.label("member_id"),
    Member.name,
    Member.is_placeholder,
    Member.claim_key,
    Member.email_key,
    Member.email_confirmed_at,
    Member.closed_at,
]

_IDEA: list[Any] = [
    Idea.id,
    Idea.title,
    Idea.need,
    Idea.proposal,
    Idea.language,
    Idea.stage,
    Idea.created_at,
    Idea.published_at,
    Idea.vote_count,
    Idea.imported_support,
    Idea.imported_against,
    Origin.source,
    Origin.external_id,
    Area,
]
# What a comment replies to, and where that and the idea come from.
_above, _above_origin, _idea_origin = aliased(Comment), aliased(Origin), aliased(Origin)
_COMMENT: list[Any] = [
    Comment.id,
    Comment.body,
    Comment.kind,
    Comment.created_at,
    Comment.idea_id,
    _above.id.label("above_id"),
    Origin.source,
    Origin.external_id,
    _idea_origin.source.label("idea_source"),
    _idea_origin.external_id.label("idea_external_id"),
    _above_origin.source.label("above_source"),
    _above_origin.external_id.label("above_external_id"),
]


def count() -> int:
    """How many rows an export has now."""
    ideas = db.session.scalar(select(func.count()).select_from(Idea).where(listed())) or 0
    comments = (
        db.session.scalar(
            select(func.count())
            .select_from(Comment)
            .join(Idea, Idea.id == Comment.idea_id)
            .where(listed(), _is_public(Comment))
        )
        or 0
    )
    return ideas + comments


def pages(own_source: str, *, language: str, with_addresses: bool = False) -> Iterator[Page]:
    """Everything public, PAGE rows at a time.

    Nothing of the database is held between two pages: the door may end its
    transaction there. Areas are called what they are in `language`.
    """
    for read in (_ideas, _comments):
        after = 0
        while found := read(after):
            after = found[-1].id
            people = _People(found, own_source, with_addresses)
            if read is _ideas:
                tags = _tags([row.id for row in found])
                yield [_idea(row, people, tags.get(row.id, ()), language) for row in found]
            else:
                yield [_comment(row, people) for row in found]


class _People:
    """The authors of a page of rows, as an export names them."""

    def __init__(self, rows: Sequence[Row[Any]], own_source: str, with_addresses: bool) -> None:
        self.own_source = own_source
        self._with_addresses = with_addresses
        self._known = authors.identities(row.member_id for row in rows if row.is_placeholder)

    def of(self, row: Row[Any]) -> dict[str, str | None]:
        """The author's values in an export."""
        source, known_as = self._identity(row)
        return {
            # Who left, and whom nobody named, is nobody by any name.
            "author": "" if known_as == NOBODY else row.name,
            "author_id": f"{source} {known_as}",
            "author_email": self._address(row) if self._with_addresses else None,
        }

    def _identity(self, row: Row[Any]) -> authors.Author:
        if row.closed_at is not None:
            return self.own_source, NOBODY
        here = (self.own_source, fingerprint(self.own_source, "member", row.member_id)[:40])
        return self._known.get(row.member_id, here)

    def _address(self, row: Row[Any]) -> str | None:
        if row.is_placeholder:
            return row.claim_key  # type: ignore[no-any-return]
        return row.email_key if row.email_confirmed_at else None


def _is_public(comment: Any) -> ColumnElement[bool]:
    return comment.visibility == Visibility.PUBLIC  # type: ignore[no-any-return]


def _ideas(after: int) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(*_IDEA, *_AUTHOR)
        .join(Member, Member.id == Idea.author_id)
        .outerjoin(Area, Area.id == Idea.area_id)
        .outerjoin(Origin, and_(Origin.idea_id == Idea.id, Origin.kind == "idea"))
        .where(mostly(listed()), Idea.id > after)
        .order_by(Idea.id)
        .limit(PAGE)
    ).all()


def _comments(after: int) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(*_COMMENT, *_AUTHOR)
        .join(Idea, Idea.id == Comment.idea_id)
        .join(Member, Member.id == Comment.author_id)
        # What is not public any more is not there to be replied to.
        .outerjoin(_above, and_(_above.id == Comment.parent_id, _is_public(_above)))
        .outerjoin(Origin, and_(Origin.comment_id == Comment.id, Origin.kind == "comment"))
        .outerjoin(_idea_origin, and_(_idea_origin.idea_id == Idea.id, _idea_origin.kind == "idea"))
        .outerjoin(
            _above_origin,
            and_(_above_origin.comment_id == _above.id, _above_origin.kind == "comment"),
        )
        .where(mostly(listed()), mostly(_is_public(Comment)), Comment.id > after)
        .order_by(Comment.id)
        .limit(PAGE)
    ).all()


def _tags(ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    rows = db.session.execute(
        select(IdeaTag.idea_id, Tag.name)
        .join(Tag, Tag.id == IdeaTag.tag_id)
        .where(IdeaTag.idea_id.in_(ids))
    )
    found: dict[int, list[str]] = {}
    for idea_id, name in rows:
        found.setdefault(idea_id, []).append(name)
    return {idea_id: sorted(some) for idea_id, some in found.items()}


def _idea(row: Row[Any], people: _People, tags: Sequence[str], language: str) -> IdeaRow:
    has_none = row.imported_support is None and not row.vote_count
    return IdeaRow(
        source=row.source or people.own_source,
        external_id=row.external_id or str(row.id),
        title=row.title,
        need=row.need,
        proposal=row.proposal,
        area=row.Area.name_in(language) if row.Area else "",
        tags=tuple(tags),
        language=row.language,
        created_at=row.published_at or row.created_at,
        stage=row.stage,
        support=None if has_none else (row.imported_support or 0) + row.vote_count,
        against=row.imported_against,
        **people.of(row),  # type: ignore[arg-type]
    )


def _comment(row: Row[Any], people: _People) -> CommentRow:
    own = people.own_source
    source = row.source or own
    idea_source = row.idea_source or own
    above_source = row.above_source or own
    above = row.above_external_id or str(row.above_id)
    return CommentRow(
        source=source,
        external_id=row.external_id or str(row.id),
        idea_source=None if idea_source == source else idea_source,
        idea_external_id=row.idea_external_id or str(row.idea_id),
        parent_source=None if not row.above_id or above_source == source else above_source,
        parent_external_id=above if row.above_id else None,
        kind=row.kind,
        body=row.body,
        created_at=row.created_at,
        **people.of(row),  # type: ignore[arg-type]
    )
