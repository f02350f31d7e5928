"""What can be told of a file before it is imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from cocreate import clock
from cocreate.errors import Words
from cocreate.exchange.mapping import FIELDS, kind_of, suggest_mapping
from cocreate.exchange.readers import Table
from cocreate.exchange.rows import Accepted, Refused, Unreadable
from cocreate.exchange.shapes import Shape, read_items, recognise

# Rows shown as they are read.
SHOWN = 5


@dataclass(frozen=True)
class Look:
    """A file: its columns and first rows, or why it cannot be read."""

    name: str
    size: int = 0
    problem: Words = ""
    shape: Shape | None = None
    columns: Sequence[str] = ()
    # Of a file of no known shape: "ideas" or "comments", and which column holds what.
    kind: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Accepted | Refused] = ()

    @property
    def fields(self) -> Sequence[str]:
        """What a column can hold, where somebody has to say which."""
        return FIELDS[self.kind] if self.kind else ()


def look(
    name: str, path: Path, *, kind: str = "", mapping: Mapping[str, str] | None = None
) -> Look:
    """What the file holds. `kind` and `mapping` are what somebody chose, where they did."""
    try:
        with Table(path) as table:
            shape = recognise(table.columns)
            if shape is None:
                mapping = mapping or suggest_mapping(table.columns, kind)
                kind = kind or kind_of(mapping)
            rows, problem = _rows(table, {} if shape else mapping or {})
            return Look(
                name,
                table.size,
                problem,
                shape,
                table.columns,
                "" if shape else kind,
                {} if shape else mapping or {},
                rows,
            )
    except Unreadable as error:
        return Look(name, problem=error.words)


def _rows(table: Table, mapping: Mapping[str, str]) -> tuple[Sequence[Accepted | Refused], Words]:
    """(the first rows, why there are none)."""
    try:
        return list(islice(read_items(table, now=clock.now(), columns=mapping), SHOWN)), ""
    except Unreadable as error:
        return (), error.words
