"""What SQLite and PostgreSQL are asked in words of their own."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, any_, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from cocreate.database import changed
from cocreate.extensions import db

# SQLite takes a bounded number of parameters in one statement.
_ROWS = 500


def is_sqlite() -> bool:
    """Whether the portal's database is SQLite; else it is PostgreSQL."""
    return db.session.get_bind().dialect.name == "sqlite"


def among(column: Any, values: Iterable[int]) -> ColumnElement[bool]:
    """That a column's number is one of these, however many: they travel as one value."""
    if is_sqlite():
        given = func.json_each(json.dumps(list(values))).table_valued("value")
        is_given: ColumnElement[bool] = column.in_(select(given.c.value))
    else:
        is_given = column == any_(literal(list(values), postgresql.ARRAY(BigInteger)))
    return is_given


def mostly(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition, said to be true of most rows, so that no index is walked for it.

    SQLite takes what an index leads to for rare: it would walk through all public ideas
    to find fifty whose ids it has, or for each piece of a walk by ids.
    """
    return func.likely(condition) if is_sqlite() else condition


def insertion(model: type[Any]) -> Any:
    """An INSERT that can say what happens where a key is taken (`on_conflict_do_...`)."""
    return sqlite.insert(model) if is_sqlite() else postgresql.insert(model)


def insert_or_ignore(model: type[Any], rows: Sequence[dict[str, Any]]) -> int:
    """Insert those of `rows` that no unique key refuses; how many went in."""
    done = 0
    for start in range(0, len(rows), _ROWS):
        values = list(rows[start : start + _ROWS])
        # Some databases count inserted rows only when asked to.
        result = db.session.execute(
            insertion(model).values(values).on_conflict_do_nothing(),
            execution_options={"preserve_rowcount": True},
        )
        done += changed(result)
    return done


def insert_selected(model: type[Any], columns: Sequence[str], rows: Select[Any]) -> None:
    """Insert what `rows` select into `columns`, but for what a unique key refuses."""
    db.session.execute(insertion(model).from_select(columns, rows).on_conflict_do_nothing())
