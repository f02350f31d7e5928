"""What is before a moderator: an idea or a comment, whole, with what is known of its author."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from cocreate.accounts.models import Member
from cocreate.discussion.models import Comment, CommentKind
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.moderation.models import Ruling
from cocreate.pictures.models import Picture
from cocreate.pictures.queries import of_cases

Thing = Idea | Comment


@dataclass(frozen=True)
class Case:
    """An idea or a comment before a moderator, whole, with what is known of its author."""

    # "idea" or "comment".
    what: str
    id: int
    idea_id: int
    title: str
    # The idea's; of a comment nothing nearer is known.
    language: str
    visibility: Visibility
    wording: int
    created_at: datetime
    author_id: int
    author: str
    joined_at: datetime
    let_in: int
    # An idea's two texts, or a comment's one.
    need: str = ""
    proposal: str = ""
    body: str = ""
    kind: CommentKind | None = None
    # What a reply answers, and who said it.
    reply_to: str = ""
    reply_to_author: str = ""
    # How many ideas the author proposed, and how much of what they wrote was hidden.
    proposed: int = 0
    hidden: int = 0
    # The newest ruling about it, 0 if there is none.
    ruling: int = 0
    pictures: Sequence[Picture] = ()


def cases(things: Sequence[tuple[str, int]]) -> list[Case]:
    """The cases of these (what, id), in their order; seven statements, however many there are."""
    ideas = {one.id: one for one in _ideas(_ids(things, "idea"))}
    comments = {one.id: one for one in _comments(_ids(things, "comment"))}
    return _with_history([(ideas if what == "idea" else comments)[id_] for what, id_ in things])


def _ids(things: Iterable[tuple[str, int]], what: str) -> list[int]:
    return [id_ for its, id_ in things if its == what]


def _ideas(ids: Sequence[int]) -> list[Case]:
    rows = db.session.execute(
        select(
            Idea.id,
            Idea.id.label("idea_id"),
            Idea.title,
            Idea.language,
            Idea.visibility,
            Idea.wording,
            Idea.created_at,
            Idea.author_id,
            Member.name.label("author"),
            Member.created_at.label("joined_at"),
            Member.approved_count.label("let_in"),
            Idea.need,
            Idea.proposal,
        )
        .join(Member, Member.id == Idea.author_id)
        .where(Idea.id.in_(ids))
    )
    return [Case("idea", **row) for row in rows.mappings()]


def _comments(ids: Sequence[int]) -> list[Case]:
    parent, parent_author = aliased(Comment), aliased(Member)
    rows = db.session.execute(
        select(
            Comment.id,
            Comment.idea_id,
            Idea.title,
            Idea.language,
            Comment.visibility,
            Comment.wording,
            Comment.created_at,
            Comment.author_id,
            Member.name.label("author"),
            Member.created_at.label("joined_at"),
            Member.approved_count.label("let_in"),
            Comment.body,
            Comment.kind,
            func.coalesce(parent.body, "").label("reply_to"),
            func.coalesce(parent_author.name, "").label("reply_to_author"),
        )
        .join(Member, Member.id == Comment.author_id)
        .join(Idea, Idea.id == Comment.idea_id)
        .outerjoin(
            # What its author took back is nobody's to read, a moderator's neither.
            parent,
            and_(parent.id == Comment.parent_id, parent.visibility != Visibility.WITHDRAWN),
        )
        .outerjoin(parent_author, parent_author.id == parent.author_id)
        .where(Comment.id.in_(ids))
    )
    return [Case("comment", **row) for row in rows.mappings()]


def _with_history(cases: Sequence[Case]) -> list[Case]:
    authors = {one.author_id for one in cases}
    hidden = (Visibility.HIDDEN,)
    proposed = _count_by_author(Idea, authors, tuple(set(Visibility) - {Visibility.DRAFT}))
    ideas = _count_by_author(Idea, authors, hidden)
    comments = _count_by_author(Comment, authors, hidden)
    things = [(one.what, one.id) for one in cases]
    rulings = _newest_rulings(things)
    shown = of_cases(_ids(things, "idea"), _ids(things, "comment"))
    return [
        replace(
            one,
            proposed=proposed.get(one.author_id, 0),
            hidden=ideas.get(one.author_id, 0) + comments.get(one.author_id, 0),
            ruling=rulings.get((one.what, one.id), 0),
            pictures=shown.get((one.what, one.id), ()),
        )
        for one in cases
    ]


def _count_by_author(
    model: type[Thing], authors: Iterable[int], visibilities: Sequence[Visibility]
) -> dict[int, int]:
    rows = db.session.execute(
        select(model.author_id, func.count())
        .where(model.author_id.in_(list(authors)), model.visibility.in_(visibilities))
        .group_by(model.author_id)
    )
    return dict(rows.all())


def _newest_rulings(things: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The id of the newest ruling, taken back or not, about each case that has one."""
    found: dict[tuple[str, int], int] = {}
    for what, column, ids, only in (
        ("idea", Ruling.idea_id, _ids(things, "idea"), [Ruling.comment_id.is_(None)]),
        ("comment", Ruling.comment_id, _ids(things, "comment"), []),
    ):
        if ids:
            rows = db.session.execute(
                select(column, func.max(Ruling.id)).where(column.in_(ids), *only).group_by(column)
            )
            found.update({(what, one or 0): newest for one, newest in rows})
    return found
