"""Which kind of file this is, and its rows in the one normal form."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from cocreate.exchange import ideascale, mapping, opengov, own
from cocreate.exchange.cells import formula_plain
from cocreate.exchange.fields import Unfit
from cocreate.exchange.mapping import suggest_mapping
from cocreate.exchange.names import key
from cocreate.exchange.readers import Table
from cocreate.exchange.reading import SOURCE_LENGTH, Reading
from cocreate.exchange.rows import Accepted, CommentRow, IdeaRow, Refused, Row, Unreadable
from cocreate.i18n import lazy_gettext as _

__all__ = [
    "Accepted",
    "CommentRow",
    "IdeaRow",
    "Refused",
    "Shape",
    "Unreadable",
    "read_items",
    "recognise",
    "suggest_mapping",
]


class Shape(StrEnum):
    """The kinds of files that are known by their columns."""

    OWN = "own"
    OPEN_GOVERNMENT = "opengov"
    IDEASCALE_IDEAS = "ideascale-ideas"
    IDEASCALE_COMMENTS = "ideascale-comments"


# Under which name rows are kept, so that another reading finds them again.
SOURCES = {
    Shape.OWN: "cocreate",
    Shape.OPEN_GOVERNMENT: "opengov",
    Shape.IDEASCALE_IDEAS: "ideascale",
    Shape.IDEASCALE_COMMENTS: "ideascale",
}
_OWN_MARKS = frozenset(key(column) for column in own.COLUMNS)
# So many of a shape's own columns must be there; others may be missing.
_ENOUGH = 3


def recognise(columns: Sequence[str]) -> Shape | None:
    """The shape of a file with these columns, in any order and spelling; None for another."""
    names = {key(column) for column in columns}
    has_title = "title" in names or "idea title" in names
    if "type" in names and names & {"title", "body"} and len(names & _OWN_MARKS) >= _ENOUGH:
        return Shape.OWN
    if "title" in names and len(names & opengov.MARKS) >= _ENOUGH:
        return Shape.OPEN_GOVERNMENT
    if has_title and len(names & ideascale.IDEA_MARKS) >= _ENOUGH:
        return Shape.IDEASCALE_IDEAS
    if not has_title and names & {"comment", "comment text"} and names & ideascale.COMMENT_MARKS:
        return Shape.IDEASCALE_COMMENTS
    return None


def read_items(
    table: Table,
    *,
    now: datetime,
    source: str = "",
    columns: Mapping[str, str] | None = None,
) -> Iterator[Accepted | Refused]:
    """Every row of the file in the file's order, in the normal form or refused with a reason.

    `columns` is the person's {field: column}; without it the file must be of a
    known shape. `source` names where the rows come from, at most 60 characters;
    two files whose rows belong together need the same. `now` is the instant after
    which no date is believed. Raises Unreadable at once if the file is of no
    known shape or `columns` does not fit it, and later if the rest of the file
    makes no sense.
    """
    if columns:
        fitting = mapping.checked(columns, table.columns)
        return _mapped(table, fitting, Reading(source[:SOURCE_LENGTH] or "file", now))
    shape = recognise(table.columns)
    if shape is None:
        raise Unreadable(
            _(
                "This is no export we know. Say which column holds the title. "
                "The file has: %(columns)s.",
                columns=", ".join(table.columns)[:500],
            )
        )
    return _known(table, shape, Reading(source[:SOURCE_LENGTH] or SOURCES[shape], now))


def _mapped(
    table: Table, columns: Mapping[str, str], reading: Reading
) -> Iterator[Accepted | Refused]:
    read = mapping.comment if "body" in columns else mapping.idea
    for row in table.rows():
        if isinstance(row, Refused):
            yield row
            continue
        try:
            yield read(row, columns, reading)
        except Unfit as unfit:
            yield Refused(row.number, unfit.reason, row.cells)


def _known(table: Table, shape: Shape, reading: Reading) -> Iterator[Accepted | Refused]:
    has_formulas = shape is Shape.OWN and table.format == "csv"
    for row in table.rows():
        if isinstance(row, Refused):
            yield row
            continue
        try:
            yield from _read(_plain(row) if has_formulas else row, shape, reading)
        except Unfit as unfit:
            yield Refused(row.number, unfit.reason, row.cells)


def _read(row: Row, shape: Shape, reading: Reading) -> Iterator[Accepted | Refused]:
    """What one row of a known shape gives. Raises Unfit."""
    match shape:
        case Shape.OWN:
            yield own.either(row, reading)
        case Shape.OPEN_GOVERNMENT:
            yield from opengov.idea(row, reading)
        case Shape.IDEASCALE_IDEAS:
            yield ideascale.idea(row, reading)
        case Shape.IDEASCALE_COMMENTS:
            yield ideascale.comment(row, reading)


def _plain(row: Row) -> Row:
    """The row without what export put before its formulas."""
    cells = {
        column: formula_plain(value) if isinstance(value, str) else value
        for column, value in row.cells.items()
    }
    return Row(row.number, cells)
