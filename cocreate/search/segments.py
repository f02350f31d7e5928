"""How Whoosh's files keep an idea."""

import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cocreate.search.mended import Storage, columns, fields, formats
from cocreate.search.schema import Document


class Keys(fields.FieldType):  # type: ignore[misc]
    """Keys as they come from our own analysis, each with its weight, once an idea."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(
        self, value: Mapping[str, float], **_more: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for key, weight in value.items():
            yield key.encode(), 1, weight, b""


class Placed(fields.FieldType):  # type: ignore[misc]
    """Keys with their places, as numbers of two bytes."""

    def __init__(self) -> None:
        # Only in name: what this format says is that places differ in length.
        super().__init__(formats.Positions(), None)

    def index(
        self, value: Mapping[str, Sequence[int]], **_more: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for key, places in value.items():
            yield key.encode(), 1, 1.0, array.array("H", places).tobytes()


# Scoring reads nothing but weights; places are read for phrases and to find a comment.
SCHEMA = fields.Schema(
    number=fields.COLUMN(columns.NumericColumn("I")),
    day=fields.COLUMN(columns.NumericColumn("I")),
    length=fields.COLUMN(columns.NumericColumn("f")),
    terms=Keys(),
    places=Placed(),
    only=Keys(),
    digest=fields.STORED(),
    comments=fields.STORED(),
)
# How the numbers of each column are read back.
COLUMNS = {"number": ">u4", "day": ">u4", "length": ">f4"}


def fields_of(document: Document) -> dict[str, Any]:
    """The document as SCHEMA takes it."""
    places = document.places()
    return {
        "number": document.id,
        "day": document.published.toordinal(),
        "length": places.length,
        "terms": places.weights,
        "places": places.keys,
        "only": dict.fromkeys(document.only, 1.0),
        "digest": document.digest,
        "comments": places.comments,
    }


def create(path: Path) -> None:
    """Make an empty index in the folder `path`."""
    Storage(str(path)).create_index(SCHEMA)


def opened(path: Path) -> Any:
    """Whoosh's index in `path`. Raises whatever a missing or broken file leads to."""
    return Storage(str(path)).open_index(schema=SCHEMA)


def files(index: Any) -> list[Any]:
    """The files of an opened index; each knows how many ideas are in it."""
    return list(index._segments())
