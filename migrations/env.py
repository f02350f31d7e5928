"""How Alembic reaches the portal's database; run by `cocreate migrate`."""

from alembic import context
from flask import current_app
from sqlalchemy import Enum

from cocreate.database import Instant

db = current_app.extensions["migrate"].db


def plainly(kind, thing, _context):
    """Write columns as the database knows them: a migration outlives the code's own types."""
    if kind != "type":
        return False
    if isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    return f"sa.String({thing.length})" if isinstance(thing, Enum) else False


def run() -> None:
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # A table is changed by copying it; keys pointing at it would object meanwhile.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            compare_type=True,
            render_item=plainly,
            render_as_batch=is_sqlite,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
