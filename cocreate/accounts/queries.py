"""Questions about members and their sessions."""

import hashlib

from sqlalchemy import select

from cocreate import clock
from cocreate.accounts.models import Member, MemberSession
from cocreate.extensions import db


def token_hash(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_of(token: str) -> tuple[Member, MemberSession] | None:
    """Who holds `token`, and the session; None if it was ended, is too old or the account closed."""
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
