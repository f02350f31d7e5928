"""Questions about members and their sessions."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from cocreate import clock, text
from cocreate.accounts.models import (
    EMAIL_LENGTH,
    NAME_LENGTH,
    Member,
    MemberSession,
    Role,
    email_key,
    name_key,
)
from cocreate.events import Event
from cocreate.extensions import db
from cocreate.paging import Page, beyond, page_of, read_cursor

# People on one page of the admin's list.
PEOPLE_SIZE = 50
# Places one member is signed in at; the list shows the newest of them.
SESSIONS_SHOWN = 100


def token_hash(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_of(token: str) -> tuple[Member, MemberSession] | None:
    """Who holds `token`, and the session; None if it ended or the account did."""
    row = db.session.execute(
        select(Member, MemberSession)
        .join(MemberSession, MemberSession.member_id == Member.id)
        .where(
            MemberSession.token_hash == token_hash(token),
            MemberSession.expires_at > clock.now(),
            Member.closed_at.is_(None),
        )
    ).first()
    return (row[0], row[1]) if row else None


def sessions(member: Member) -> list[MemberSession]:
    """Where the member is signed in now, last seen first; at most SESSIONS_SHOWN."""
    return list(
        db.session.scalars(
            select(MemberSession)
            .where(MemberSession.member_id == member.id, MemberSession.expires_at > clock.now())
            .order_by(MemberSession.seen_at.desc(), MemberSession.id.desc())
            .limit(SESSIONS_SHOWN)
        )
    )


def by_name(name: str) -> Member | None:
    """The member whom people know by this name, however its letters are written."""
    key = name_key(text.one_line(name[: NAME_LENGTH * 4]))
    return db.session.scalar(select(Member).where(Member.name_key == key))


def by_email(email: str) -> Member | None:
    """The member with this address, confirmed or not."""
    return db.session.scalar(select(Member).where(Member.email_key == _key(email)))


def holders(name: str, email: str) -> tuple[Member | None, Member | None]:
    """(who has the name, who has the address), in one statement whoever it finds."""
    names, emails = name_key(name), email_key(email)
    found = db.session.scalars(
        select(Member).where(or_(Member.name_key == names, Member.email_key == emails))
    ).all()
    return (
        next((one for one in found if one.name_key == names), None),
        next((one for one in found if one.email_key == emails), None),
    )


@dataclass(frozen=True)
class Proof:
    """What a password is weighed against; without a hash, nobody can sign in by it."""

    member_id: int
    password_hash: str | None


def proof_of(email: str) -> Proof:
    """What proves someone to be the member with this address.

    The same whether there is none, or one who must not sign in: an unconfirmed
    address may be anybody's, and whoever signed in by it would know it to be free.
    """
    row = db.session.execute(
        select(Member.id, Member.password_hash).where(
            Member.email_key == _key(email),
            Member.email_confirmed_at.is_not(None),
            Member.closed_at.is_(None),
            Member.is_placeholder.is_(False),
        )
    ).first()
    return Proof(row.id, row.password_hash) if row else Proof(0, None)


def member_names(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these members, by their ids."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    rows = db.session.execute(select(Member.id, Member.name).where(Member.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def asked_lately(member_id: int, kind: str) -> int:
    """How many events of `kind` concern this account within the last hour."""
    recent = select(func.count()).where(
        Event.actor_id == member_id,
        Event.kind == kind,
        Event.created_at > clock.now() - timedelta(hours=1),
    )
    return db.session.scalar(recent) or 0


def is_pending() -> ColumnElement[bool]:
    """Accounts whose address nobody has confirmed yet, as a condition."""
    return and_(
        Member.email_confirmed_at.is_(None),
        Member.closed_at.is_(None),
        Member.is_placeholder.is_(False),
    )


def admin_ids() -> list[int]:
    """Every admin's id. Locked until the transaction ends, so that two cannot leave at once."""
    return list(
        db.session.scalars(
            select(Member.id)
            .where(Member.role == Role.ADMIN, Member.closed_at.is_(None))
            .order_by(Member.id)
            .with_for_update()
        )
    )


def people(cursor: str | None = None, *, words: str = "", role: Role | None = None) -> Page[Member]:
    """Members for the admin, newest first: those with `words` in their name or address."""
    words = text.one_line(words)[:EMAIL_LENGTH]
    # A known address that joined again leaves a row without an address, for its name alone.
    chosen = [or_(Member.email_key.is_not(None), ~is_pending())]
    if words:
        chosen.append(
            or_(
                Member.name_key.contains(name_key(words), autoescape=True),
                Member.email_key.contains(email_key(words), autoescape=True),
            )
        )
    if role is not None:
        chosen.append(Member.role == role)
    rows = db.session.scalars(
        select(Member)
        .where(*chosen, *beyond([Member.id], read_cursor(cursor, int)))
        .order_by(Member.id.desc())
        .limit(PEOPLE_SIZE + 1)
    ).all()
    return page_of(rows, PEOPLE_SIZE, lambda one: (one.id,))


def _key(email: str) -> str:
    return email_key(text.one_line(email[: EMAIL_LENGTH * 2]))
