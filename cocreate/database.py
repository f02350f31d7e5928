"""The two databases, SQLite and PostgreSQL, made to behave alike.

SQLite runs with a write-ahead log and full syncing, and a transaction that
will write begins as BEGIN IMMEDIATE: a plain BEGIN reads first, asks for the
write lock later, and is refused when somebody else wrote in between.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    JSON,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Result,
    TypeDecorator,
    event,
)
from sqlalchemy.orm import DeclarativeBase, registry

# Milliseconds that a writer waits for the others before it gives up politely.
BUSY_TIMEOUT_MS = 10_000
# Ids come from addresses; beyond this SQLite cannot take them as a parameter.
MAX_ID = 2**31 - 1

_only_reads: ContextVar[bool] = ContextVar("only_reads", default=False)


class Instant(TypeDecorator[datetime]):
    """A moment in time: aware and in UTC on our side, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(kind: type[StrEnum]) -> Enum:
    """The column type of a StrEnum: its value, as text that any tool can read."""
    return Enum(
        kind, native_enum=False, length=20, values_callable=lambda one: [item.value for item in one]
    )


_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table's class is built on."""

    registry = registry(
        metadata=MetaData(naming_convention=_NAMES),
        type_annotation_map={datetime: Instant, dict[str, Any]: JSON},
    )


def changed(result: Result[Any]) -> int:
    """How many rows an UPDATE, DELETE or INSERT touched."""
    return cast("CursorResult[Any]", result).rowcount


def begin_as(*, reader: bool) -> None:
    """Say how the transactions of this thread (or task) begin from now on.

    A door calls it once per piece of work. Only pages that are merely looked
    at are readers; everything else is taken for a writer.
    """
    _only_reads.set(reader)


@contextmanager
def writing() -> Iterator[None]:
    """Let the transaction that begins in this block be a writing one."""
    token = _only_reads.set(False)
    try:
        yield
    finally:
        _only_reads.reset(token)


def engine_options(url: str) -> dict[str, Any]:
    """Pool and timeouts for `url`; every wait has an end, and no error quotes what was sent."""
    if url.startswith("sqlite"):
        return {
            "connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000},
            "pool_timeout": 10,
            "hide_parameters": True,
        }
    return {
        "hide_parameters": True,
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": 10,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "connect_args": {
            "connect_timeout": 5,
            "application_name": "cocreate",
            "tcp_user_timeout": 20_000,
            "options": "-c statement_timeout=20000 -c lock_timeout=10000"
            " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
        },
    }


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver would begin transactions by itself, and as readers.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        # NORMAL forgets acknowledged commits when the power goes.
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _only_reads.get() else "BEGIN IMMEDIATE")
