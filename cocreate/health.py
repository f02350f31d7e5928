"""Whether the process lives, and whether it can serve.

Made for programs that ask often: an answer is kept for a second, tells nothing
about anyone, and says no more of a failure than which part it was.
"""

import logging
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app, jsonify
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, insert, select, text

from cocreate import clock, deliveries, web
from cocreate.database import BUSY_TIMEOUT_MS, writing
from cocreate.events import KINDS, Delivery
from cocreate.extensions import db
from cocreate.search import engines
from cocreate.site import SiteSetting

bp = Blueprint("health", __name__)

log = logging.getLogger("cocreate.health")

# Milliseconds that the database gets to take a write.
PATIENCE_MS = 2_000
# Seconds that work may be overdue. A large import keeps the worker busy for minutes.
MOST_LAG = 15 * 60
# Seconds for which an answer is given again.
KEPT = 1.0

_NO_STORE = {"Cache-Control": "no-store"}
_CONSUMERS = sorted({name for names in KINDS.values() for name in names})


class Unready(Exception):
    """A part works, but not as it should; its words are shown to whoever asks."""


@dataclass
class _Answers:
    """The newest answer of one application, and who is finding the next one."""

    at: float = 0.0
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@bp.record
def _keep_answers(state: BlueprintSetupState) -> None:
    cast("Flask", state.app).extensions["health"] = _Answers()


@bp.get("/livez")
def livez() -> ResponseReturnValue:
    """The process answers; nothing else is looked at."""
    return jsonify(alive=True), 200, _NO_STORE


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether each part that pages need works: 200 and 503, with the parts."""
    checks = _checks()
    is_ready = all(check["ok"] for check in checks.values())
    return jsonify(ready=is_ready, checks=checks), 200 if is_ready else 503, _NO_STORE


def _checks() -> dict[str, dict[str, Any]]:
    answers: _Answers = current_app.extensions["health"]
    # One looks, the others take what is known: a flood waits for nothing that is slow.
    if answers.lock.acquire(blocking=not answers.checks):
        try:
            if time.monotonic() - answers.at >= KEPT or not answers.checks:
                answers.checks = {name: _tried(check) for name, check in _CHECKS.items()}
                answers.at = time.monotonic()
        finally:
            answers.lock.release()
    return answers.checks


def _tried(check: Callable[[], str]) -> dict[str, Any]:
    began = time.monotonic()
    try:
        said, is_ok = check(), True
    except Unready as unready:
        said, is_ok = str(unready), False
    except Exception:
        log.exception("a health check failed")
        said, is_ok = "failed", False
    return {"ok": is_ok, "says": said, "ms": round((time.monotonic() - began) * 1000, 1)}


def _database() -> str:
    """A row goes in and is taken back before anyone sees it."""
    with writing(), db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        try:
            if is_sqlite:
                _wait_at_most(connection, PATIENCE_MS)
            else:
                connection.execute(text(f"SET LOCAL statement_timeout = {PATIENCE_MS:d}"))
            connection.execute(insert(SiteSetting).values(name=secrets.token_hex(16), value=0))
        finally:
            connection.rollback()
            if is_sqlite:
                _wait_at_most(connection, BUSY_TIMEOUT_MS)
    return "takes writes"


def _wait_at_most(connection: Connection, milliseconds: int) -> None:
    # Past SQLAlchemy, which would begin a transaction first and wait for it as long as ever.
    driver = cast("Any", connection.connection.driver_connection)
    driver.execute(f"PRAGMA busy_timeout={milliseconds:d}")


@cache
def _heads(directory: str) -> frozenset[str]:
    return frozenset(ScriptDirectory(directory).get_heads())


def _migrations() -> str:
    with db.engine.connect() as connection:
        found = set(connection.scalars(text("SELECT version_num FROM alembic_version")))
    if found != _heads(current_app.extensions["migrate"].directory):
        raise Unready("the tables are not those of this release: run cocreate migrate")
    return "up to date"


def _index() -> str:
    if not engines.here().is_usable():
        raise Unready("the search index is missing or being made anew")
    since = deliveries.behind_since("search")
    lag = round((clock.now() - since).total_seconds()) if since else 0
    return f"opens, {lag} seconds behind"


def _worker() -> str:
    now = clock.now()
    oldest = [
        select(Delivery.due_at)
        .where(Delivery.consumer == name, Delivery.due_at <= now)
        .order_by(Delivery.due_at)
        .limit(1)
        .scalar_subquery()
        for name in _CONSUMERS
    ]
    with db.engine.connect() as connection:
        due = [moment for moment in connection.execute(select(*oldest)).one() if moment]
    lag = round((now - min(due)).total_seconds()) if due else 0
    if lag > MOST_LAG:
        raise Unready(f"work is overdue by {lag} seconds")
    return f"{lag} seconds behind"


def _disk() -> str:
    folder: Path = web.settings().data
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".health-") as file:
        file.write(b"\0" * 4096)
        file.flush()
    return "takes files"


_CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "index": _index,
    "worker": _worker,
    "disk": _disk,
}
