"""Exports as bytes, and as files that replace older ones only once they are whole."""

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from cocreate.exchange import own
from cocreate.exchange.cells import MARK
from cocreate.exchange.outgoing import Page

FORMATS = {"jsonl": "application/x-ndjson", "csv": "text/csv"}


class Written(NamedTuple):
    """A file that was written; `digest` is its SHA-256 in hexadecimal."""

    path: Path
    digest: str


def heading(format: str) -> bytes:
    """What a file begins with."""
    return _csv([own.COLUMNS], MARK) if format == "csv" else b""


def lines(format: str, page: Page) -> bytes:
    """The rows of a page."""
    if format == "csv":
        return _csv(map(own.cells, page))
    text = "".join(json.dumps(own.record(row), ensure_ascii=False) + "\n" for row in page)
    # Some programs take this one for the end of a line.
    return text.replace("\x85", "\\u0085").encode()


def _csv(rows: Iterable[Iterable[str]], mark: str = "") -> bytes:
    text = io.StringIO(newline="")
    text.write(mark)
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def write(folder: Path, pages: Iterator[Page], after_page: Callable[[Page], None]) -> list[Written]:
    """Write everything to export.jsonl and export.csv in `folder`, which is made if need be.

    A file of that name stays as it is until the new one is whole. `after_page` is
    called with each page written. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = {format: folder / f".export.{format}.{os.getpid()}" for format in FORMATS}
    sums = {format: hashlib.sha256() for format in FORMATS}
    try:
        with ExitStack() as stack:
            # There may be addresses inside: they are for whoever runs the command.
            files = {
                format: stack.enter_context(open(path, "wb", opener=_for_owner))
                for format, path in unfinished.items()
            }
            for format, file in files.items():
                _put(file, sums[format], heading(format))
            for page in pages:
                for format, file in files.items():
                    _put(file, sums[format], lines(format, page))
                after_page(page)
            for file in files.values():
                file.flush()
                os.fsync(file.fileno())
        for format, path in unfinished.items():
            os.replace(path, folder / f"export.{format}")
    finally:
        for path in unfinished.values():
            path.unlink(missing_ok=True)
    return [Written(folder / f"export.{one}", sums[one].hexdigest()) for one in FORMATS]


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _put(file: io.BufferedWriter, digest: "hashlib._Hash", data: bytes) -> None:
    file.write(data)
    digest.update(data)
