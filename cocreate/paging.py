"""Lists are read page by page from where the last one ended, never by counting rows."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, literal, tuple_

from cocreate.database import MAX_ID

Row = TypeVar("Row")

PAGE_SIZE = 25


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursor of those that follow (None: these were the last)."""

    rows: Sequence[Row]
    next: str | None = None


def cursor(*values: Any) -> str:
    """The place after a row with these values in the list's order, as a word for an address."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read_cursor(text: str | None, *kinds: type) -> list[Any] | None:
    """The values in a cursor, if they are of these `kinds`; None: begin at the start.

    Addresses are shared, cut and typed; one that makes no sense shows the first page.
    """
    if not text or len(text) > 400:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(kinds):
            return None
        return [_typed(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError):
        return None


def _typed(value: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("an instant needs a zone")
        # The earliest and latest instants have no equal in UTC; that must show here.
        return moment.astimezone(UTC)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind or (isinstance(value, int) and abs(value) > MAX_ID):
        raise ValueError(f"not a {kind.__name__}")
    return value


def beyond(
    columns: Sequence[Any], values: Sequence[Any] | None, *, descending: bool = True
) -> list[ColumnElement[bool]]:
    """The condition that keeps only what follows `values` in the order of `columns`."""
    if values is None:
        return []
    place = tuple_(*(literal(v, c.type) for v, c in zip(values, columns, strict=True)))
    return [tuple_(*columns) < place if descending else tuple_(*columns) > place]


def page_of(rows: Sequence[Row], size: int, place: Any) -> Page[Row]:
    """A page from up to `size + 1` rows; `place(row)` gives the values of the cursor."""
    if len(rows) <= size:
        return Page(rows)
    shown = rows[:size]
    return Page(shown, cursor(*place(shown[-1])))
