"""Files of CSV, JSON Lines or JSON as rows, one at a time.

Memory holds one row, whatever the size of the file; only a JSON array is read
whole, because nothing shorter of it is JSON.
"""

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

from cocreate.exchange.encodings import encoding_of
from cocreate.exchange.records import Lines, records
from cocreate.exchange.rows import Refused, Row, RowNumber, Unreadable
from cocreate.i18n import lazy_gettext as _

_SAMPLE = 1 << 16
# A JSON array takes several times its size in memory.
_LARGEST_ARRAY = 256 * 1024 * 1024
_PEEKED_ROWS = 50
_DELIMITERS = ",;\t|"

# Control characters inside strings are let through: cleaning takes them out later.
_decode = json.JSONDecoder(strict=False).decode


class Table:
    """A file opened as rows: `columns` by name, and `rows()`, which may be asked for again.

    `columns` of JSON are the keys of its first fifty rows. `size` and
    `position` are in bytes, for showing progress. Closes what it opened itself.
    """

    def __init__(self, source: Path | str | BinaryIO) -> None:
        self._is_mine = True
        self._file = self._opened(source)
        try:
            self.size = self._file.seek(0, io.SEEK_END)
            self.encoding = encoding_of(self._file)
            with self._text("\n") as text:
                sample = text.read(_SAMPLE)
            self._newline = _line_end(sample)
            self.format: Literal["csv", "jsonl", "json"] = _format(sample)
            self.delimiter = ""
            self._header_line = 0
            self.columns: list[str] = []
            if self.format == "csv":
                self._read_header(sample)
            else:
                with closing(self.rows()) as rows:
                    peeked = [r for r in islice(rows, _PEEKED_ROWS) if isinstance(r, Row)]
                self.columns = list(dict.fromkeys(key for row in peeked for key in row.cells))
            if not self.columns:
                raise Unreadable(
                    _(
                        "No rows were found in this file. Bring a CSV file with column names in "
                        "its first line, or JSON Lines with one object on each line."
                    )
                )
        except BaseException:
            self.close()
            raise

    def _opened(self, source: Path | str | BinaryIO) -> BinaryIO:
        if isinstance(source, Path | str):
            try:
                return open(source, "rb")
            except OSError as error:
                raise Unreadable(
                    _("The file could not be opened: %(why)s.", why=error.strerror or "")
                ) from error
        if source.seekable():
            self._is_mine = False
            return source
        kept = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        shutil.copyfileobj(source, kept)
        return kept

    def close(self) -> None:
        """Close the file, unless it was given open."""
        if self._is_mine:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._file.tell()

    def rows(self) -> Generator[Row | Refused, None, None]:
        """Every row from the first on, those that cannot be read as Refused.

        One reading at a time. Raises Unreadable where the rest makes no sense.
        """
        if self.format == "csv":
            return self._csv_rows()
        return self._line_rows() if self.format == "jsonl" else self._array_rows()

    @contextmanager
    def _text(self, newline: Literal["\n", "\r"]) -> Iterator[io.TextIOWrapper]:
        """The file from its start as text; a byte that is wrong becomes U+FFFD."""
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, self.encoding, errors="replace", newline=newline)
        try:
            yield text
        finally:
            if not self._file.closed:
                text.detach()

    def _read_header(self, sample: str) -> None:
        self.delimiter, names = _delimiter(sample)
        with self._text(self._newline) as text:
            for line, header, _why in records(Lines(text), self.delimiter):
                if names and line == 1:
                    continue  # the line in which Excel names the delimiter
                if header and any(map(str.strip, header)):
                    self._header_line = line
                    self.columns = _named(header)
                    return

    def _csv_rows(self) -> Generator[Row | Refused, None, None]:
        width = len(self.columns)
        record = 0
        with self._text(self._newline) as text:
            for line, cells, why in records(Lines(text), self.delimiter):
                # Spreadsheets leave rows of empty cells behind; they say nothing.
                if line <= self._header_line or (not why and not any(map(str.strip, cells))):
                    continue
                record += 1
                number = RowNumber(record, line)
                if why:
                    yield Refused(number, why, cells)
                elif len(cells) == width or (len(cells) > width and not any(cells[width:])):
                    yield Row(number, dict(zip(self.columns, cells, strict=False)))
                else:
                    reason = _(
                        "Cells in this row: %(cells)s. Columns in the heading: %(columns)s.",
                        cells=len(cells),
                        columns=width,
                    )
                    yield Refused(number, reason, cells)

    def _line_rows(self) -> Generator[Row | Refused, None, None]:
        record = 0
        with self._text(self._newline) as text:
            lines = Lines(text)
            for line in lines:
                said = line.strip("\ufeff \t\r\n")
                if not said:
                    continue
                record += 1
                number = RowNumber(record, lines.number)
                if lines.was_cut:
                    yield Refused(number, _("The line is too long."), said[:1000])
                    continue
                try:
                    value = _decode(said)
                except (ValueError, RecursionError):
                    yield Refused(number, _("The line is not valid JSON."), said)
                    continue
                yield _object(number, value)

    def _array_rows(self) -> Generator[Row | Refused, None, None]:
        if self.size > _LARGEST_ARRAY:
            raise Unreadable(
                _(
                    "This JSON file is too large to be read in one piece. "
                    "Bring it as JSON Lines, with one object on each line."
                )
            )
        with self._text("\n") as text:
            try:
                value = _decode(text.read().strip("\ufeff \t\r\n"))
            except (ValueError, RecursionError) as error:
                raise Unreadable(
                    _(
                        "This file starts like JSON but is not valid. "
                        "It may have been cut off; export it again."
                    )
                ) from error
        for place, item in enumerate(_items(value), start=1):
            yield _object(RowNumber(place, None), item)


def _object(number: RowNumber, value: object) -> Row | Refused:
    """A row, if the JSON value is an object."""
    if isinstance(value, dict):
        return Row(number, value)
    return Refused(number, _("The row is not a JSON object with named values."), value)


def _items(value: object) -> list[object]:
    """The rows of a JSON document: its array, the one list of objects in it, or itself."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        # An idea with its comments is one row; {"ideas": [...]} is only a wrapping.
        if len(lists) == 1 and all(isinstance(v, list | dict) for v in value.values()):
            return lists[0]
    return [value]


def _line_end(sample: str) -> Literal["\n", "\r"]:
    """How the lines of the file end: what ends the first one, outside quotation marks."""
    is_quoted = False
    for at, sign in enumerate(sample):
        if sign == '"':
            is_quoted = not is_quoted
        elif sign == "\n" and not is_quoted:
            return "\n"
        elif sign == "\r" and not is_quoted:
            return "\n" if "\n" in sample[at + 1 : at + 3] else "\r"
    return "\n"


def _format(sample: str) -> Literal["csv", "jsonl", "json"]:
    """What the file looks like from its beginning."""
    start = sample.lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        # An object spread over several lines is a document, not JSON Lines.
        return "json" if start.splitlines()[0].strip() == "{" else "jsonl"
    return "json" if start.startswith("[") else "csv"


def _delimiter(sample: str) -> tuple[str, bool]:
    """What stands between cells, and whether the first line is there to say so."""
    first = sample.lstrip("\ufeff").split("\n", 1)[0].strip().strip('"').lower()
    if len(first) == 5 and first.startswith("sep=") and first[4] in _DELIMITERS:
        return first[4], True
    if sample.lower().startswith("sep=\t"):
        return "\t", True
    best = (0.0, 0, ",")
    ends_alike = sample.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line + "\n" for line in ends_alike.split("\n")]
    for delimiter in _DELIMITERS:
        try:
            found = list(islice(csv.reader(lines, delimiter=delimiter), _PEEKED_ROWS))
        except csv.Error:
            continue
        widths = [len(cells) for cells in found if any(cells)]
        if len(widths) > 1 and len(sample) == _SAMPLE:
            widths.pop()  # the sample may end inside it
        if not widths or widths[0] < 2:
            continue
        alike = widths.count(widths[0]) / len(widths)
        best = max(best, (alike, widths[0], delimiter), key=lambda one: one[:2])
    return best[2], False


def _named(header: list[str]) -> list[str]:
    """Column names, each once: empty ones get their place, repeated ones a number."""
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(header, start=1):
        base = " ".join(cell.replace("\0", "").replace("\ufeff", "").split()) or f"column {place}"
        name, times = base, 1
        while name in taken:
            times += 1
            name = f"{base} ({times})"
        taken.add(name)
        names.append(name)
    return names
