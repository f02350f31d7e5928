"""Being signed in: a row for each place, known by a token that only its cookie holds."""

import secrets
import sqlite3
from datetime import timedelta

from sqlalchemy import delete, update

from cocreate import clock, text
from cocreate.accounts import queries
from cocreate.accounts.models import Member, MemberSession
from cocreate.database import BUSY_TIMEOUT_MS, changed
from cocreate.extensions import db

SIGNED_IN = timedelta(hours=12)
REMEMBERED = timedelta(days=90)
# How old "last seen" may get before it is written anew.
SEEN_EVERY = timedelta(minutes=10)
# Milliseconds that a page waits to write it.
PATIENCE_MS = 100


def start_session(member: Member, browser: str, *, remember: bool = False) -> str:
    """Sign the member in at one more place; the token that proves it.

    Lasts 12 hours, or 90 days with `remember`. What has run out is swept away.
    """
    now = clock.now()
    db.session.execute(
        delete(MemberSession).where(
            MemberSession.member_id == member.id, MemberSession.expires_at <= now
        )
    )
    token = secrets.token_urlsafe(32)
    db.session.add(
        MemberSession(
            member_id=member.id,
            token_hash=queries.token_hash(token),
            browser=text.one_line(browser)[:200],
            created_at=now,
            seen_at=now,
            expires_at=now + (REMEMBERED if remember else SIGNED_IN),
        )
    )
    db.session.flush()
    return token


def end_session(member: Member, session_id: int) -> None:
    """Sign the member out at one place. One that is no session of theirs changes nothing."""
    db.session.execute(
        delete(MemberSession).where(
            MemberSession.id == session_id, MemberSession.member_id == member.id
        )
    )


def end_all_sessions(member: Member, but: int | None = None) -> int:
    """Sign the member out everywhere, `but` at the session with that id; how many ended."""
    where = [MemberSession.member_id == member.id]
    if but is not None:
        where.append(MemberSession.id != but)
    return changed(db.session.execute(delete(MemberSession).where(*where)))


def mark_seen(session_id: int) -> None:
    """Write down that the session is in use, in a short transaction of its own.

    Raises OperationalError rather than let a page wait long for it: SQLite has
    one writer at a time, and an import may be that for a while.
    """
    seen = update(MemberSession).where(MemberSession.id == session_id)
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
            connection.execute(seen.values(seen_at=clock.now()))
            connection.commit()
            return
        driver.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        try:
            connection.execute(seen.values(seen_at=clock.now()))
            connection.commit()
        finally:
            driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
