"""Questions about imports: runs, authors who can be claimed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from cocreate import permits, text
from cocreate.accounts.models import EMAIL_LENGTH, Member, email_key, name_key
from cocreate.discussion.models import Comment
from cocreate.errors import NotThere
from cocreate.exchange.models import ImportRun, Origin
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.paging import PAGE_SIZE, Page, beyond, page_of, read_cursor

# Placeholders shown to whoever can claim them; people seldom have more names than this.
CLAIMS_SHOWN = 50

_SOURCE = (
    select(func.min(Origin.source))
    .where(Origin.member_id == Member.id, Origin.kind == "member")
    .correlate(Member)
    .scalar_subquery()
)
_IDEAS = select(func.count()).where(Idea.author_id == Member.id).correlate(Member).scalar_subquery()
_COMMENTS = (
    select(func.count()).where(Comment.author_id == Member.id).correlate(Member).scalar_subquery()
)
_PLACEHOLDER: list[Any] = [
    Member.id,
    Member.name,
    _SOURCE.label("source"),
    _IDEAS.label("ideas"),
    _COMMENTS.label("comments"),
]

_ADDRESS: list[Any] = [Member.claim_key]


def runs(cursor: str | None) -> Page[ImportRun]:
    """Imports that admins began, newest first."""
    rows = db.session.scalars(
        select(ImportRun)
        .where(*beyond([ImportRun.id], read_cursor(cursor, int)))
        .order_by(ImportRun.id.desc())
        .limit(PAGE_SIZE + 1)
    ).all()
    return page_of(rows, PAGE_SIZE, lambda one: (one.id,))


def run_of(run_id: int) -> ImportRun:
    """One of them. Raises NotThere."""
    found = db.session.get(ImportRun, run_id)
    if found is None:
        raise NotThere()
    return found


def is_claimable(member: Member | None, placeholder: Member) -> bool:
    """Whether the member has confirmed the address that the placeholder's words came with."""
    return (
        member is not None
        and permits.may(member, "exchange.claim")
        and placeholder.is_placeholder
        and placeholder.claim_key is not None
        and placeholder.claim_key == member.email_key
    )


def has_claims(member: Member | None) -> bool:
    """Whether there is anything that the member can claim."""
    if member is None or not permits.may(member, "exchange.claim"):
        return False
    mine = select(Member.id).where(Member.claim_key == member.email_key, Member.is_placeholder)
    return db.session.scalar(mine.limit(1)) is not None


def claims(member: Member) -> list[Row[Any]]:
    """What the member can claim: at most CLAIMS_SHOWN rows.

    They have id, name, source, ideas and comments.
    """
    if not permits.may(member, "exchange.claim"):
        return []
    return list(
        db.session.execute(
            select(*_PLACEHOLDER)
            .where(Member.claim_key == member.email_key, Member.is_placeholder)
            .order_by(Member.id)
            .limit(CLAIMS_SHOWN)
        )
    )


def placeholder(member_id: int) -> Member:
    """A member who may be a placeholder, or have been one. Raises NotThere for no such member."""
    found = db.session.get(Member, member_id)
    if found is None:
        raise NotThere()
    return found


def authors(cursor: str | None, words: str = "") -> Page[Row[Any]]:
    """Placeholders for the admin, newest first: those with `words` in their name or address.

    Rows of id, name, source, ideas, comments and claim_key.
    """
    words = text.one_line(words)[:EMAIL_LENGTH]
    chosen: list[ColumnElement[bool]] = [Member.is_placeholder.is_(True)]
    if words:
        chosen.append(
            Member.name_key.contains(name_key(words), autoescape=True)
            | (Member.claim_key == email_key(words))
        )
    rows: Sequence[Row[Any]] = db.session.execute(
        select(*_PLACEHOLDER, *_ADDRESS)
        .where(*chosen, *beyond([Member.id], read_cursor(cursor, int)))
        .order_by(Member.id.desc())
        .limit(PAGE_SIZE + 1)
    ).all()
    return page_of(rows, PAGE_SIZE, lambda row: (row.id,))
