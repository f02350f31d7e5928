"""The databases that the other tests run on are what they claim to be, and start empty."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import IntegrityError

from tests import databases

ROOT = Path(__file__).parent.parent
SCHEMA = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32))",
    "INSERT INTO alembic_version VALUES ('1')",
    "CREATE TABLE members (id {serial}, name VARCHAR(20))",
    "CREATE TABLE ideas (id {serial}, author INTEGER NOT NULL REFERENCES members (id))",
)
ROWS = ("INSERT INTO members (name) VALUES ('Ája')", "INSERT INTO ideas (author) VALUES (1)")


def migrate(url):
    """Two tables that refer to one another stand for the portal's."""
    engine = create_engine(driver(url))
    serial = {
        "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "postgresql": "SERIAL PRIMARY KEY",
    }[engine.dialect.name]
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement.format(serial=serial)))
    engine.dispose()


def driver(url):
    return url.replace("postgresql:", "postgresql+psycopg:")


@pytest.fixture(params=databases.KINDS)
def engine(request, worker_id):
    """An engine on an empty database of this worker's, made from a template of its own."""
    url = databases.database_url(request.param, worker_id, migrate, template="two_tables")
    engine = create_engine(driver(url))
    if request.param == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    databases.empty(engine)
    yield engine
    engine.dispose()


def everything(engine):
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))]
            for name in inspect(engine).get_table_names()
        }


def fill(engine):
    with engine.begin() as connection:
        for statement in ROWS:
            connection.execute(text(statement))


def test_they_are_what_they_are_called(engine):
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            version, lowered = connection.execute(
                text("SELECT current_setting('server_version_num')::int, lower('ŽLUŤOUČKÝ KŮŇ')")
            ).one()
        assert version >= 140000
        assert lowered == "žluťoučký kůň"
    else:
        with engine.connect() as connection:
            version = connection.scalar(text("SELECT sqlite_version()"))
        assert tuple(map(int, version.split("."))) >= (3, 35)  # the first with RETURNING


def test_they_begin_migrated_and_empty(engine):
    assert everything(engine) == {"alembic_version": [("1",)], "members": [], "ideas": []}


def test_emptying_leaves_nothing_and_counts_from_one_again(engine):
    fill(engine)
    assert everything(engine)["ideas"] == [(1, 1)]

    databases.empty(engine)

    assert everything(engine) == {"alembic_version": [("1",)], "members": [], "ideas": []}
    fill(engine)
    assert everything(engine)["members"] == [(1, "Ája")]


def test_a_large_table_is_emptied_too(engine):
    fill(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                " INSERT INTO members SELECT i, 'someone' FROM n"
            )
        )

    databases.empty(engine)

    assert everything(engine) == {"alembic_version": [("1",)], "members": [], "ideas": []}


def test_emptying_leaves_foreign_keys_watched(engine):
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("INSERT INTO ideas (author) VALUES (99)"))


def test_one_server_after_another():
    """A benchmark measures one size of the portal after the other, each on a server of its own."""
    measure = (
        "import psycopg\n"
        "from benchmarks.servers import postgresql\n"
        "for _ in range(2):\n"
        "    with postgresql() as url, psycopg.connect(url) as connection:\n"
        "        print(connection.execute('SELECT 41 + 1').fetchone()[0])\n"
    )
    environ = {key: value for key, value in os.environ.items() if key != databases.FOLDER}

    done = subprocess.run(
        [sys.executable, "-c", measure], cwd=ROOT, env=environ, capture_output=True, text=True
    )

    assert (done.stdout.split(), done.stderr) == (["42", "42"], "")
