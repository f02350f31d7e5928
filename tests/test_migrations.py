"""The tables go forwards and back, with data in them, and are what the models say."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, func, inspect, select

from cocreate import config, create_app
from cocreate.demo import loader
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from tests import databases


@pytest.fixture(params=databases.KINDS)
def scratch(request, tmp_path, worker_id) -> Iterator[Flask]:
    """The portal over a database without tables, of each kind."""
    url = databases.database_url(
        request.param, f"{worker_id}_{request.node.originalname}", lambda _url: None, "bare"
    )
    app = create_app(
        config.read(
            {
                "COCREATE_DATABASE_URL": url,
                "COCREATE_DATA_DIR": str(tmp_path),
                "COCREATE_LOG_LEVEL": "ERROR",
            }
        )
    )
    with app.app_context():
        yield app
        db.session.remove()
        leave_nothing()
        db.engine.dispose()


def leave_nothing() -> None:
    metadata = MetaData()
    metadata.reflect(db.engine)
    metadata.drop_all(db.engine)


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in an order of its own."""
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_tables_are_what_the_models_say(scratch: Flask) -> None:
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, db.metadata)

    assert not differences


@pytest.mark.timeout(180)
def test_forwards_and_back_with_a_year_of_data(scratch: Flask) -> None:
    upgrade()
    loader.load(scratch, lambda items, _length, _label, each: [each(item) for item in items])
    before = contents()
    assert len(before["ideas"]) > 60
    script = ScriptDirectory(f"{scratch.root_path}/../migrations")
    db.session.remove()

    # Each step back and forwards again, from the newest; the last one leaves nothing.
    for revision in script.walk_revisions():
        downgrade(revision=revision.down_revision or "base")
    assert tables() == set()

    upgrade()
    assert tables() == set(db.metadata.tables)
    assert db.session.scalar(select(func.count()).select_from(Idea)) == 0
    loader.load(scratch, lambda items, _length, _label, each: [each(item) for item in items])
    assert {name: len(rows) for name, rows in contents().items()} == {
        name: len(rows) for name, rows in before.items()
    }
