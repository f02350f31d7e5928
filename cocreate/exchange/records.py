"""Records of CSV, found again after a quotation mark that was never closed."""

import csv
from collections.abc import Iterator
from typing import TextIO

from cocreate.errors import Words
from cocreate.exchange.rows import Unreadable
from cocreate.i18n import lazy_gettext as _

# The longest cell and line, in characters: far above what the portal takes, and small enough
# that a file without line ends does not fill the memory.
LONGEST_CELL = 4_000_000
LONGEST_LINE = 8_000_000
LONGEST_RECORD = 16_000_000
# Each goes back to the line after its start; more than this is no accident but another format.
_MOST_UNCLOSED = 20
_PIECE = 1 << 16

csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))


class Lines:
    """The lines of a text with their numbers; what follows the longest line is skipped.

    Stray carriage returns inside a line become vertical tabs, which CSV takes for
    ordinary characters and cleaning for line ends.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: list[str] = []
        self.number = 0
        # The lines of the record being read.
        self.record: list[str] = []
        self._size = 0
        self.was_cut = False
        self.is_at_end = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read()
        if not line:
            self.is_at_end = True
            raise StopIteration
        self.number += 1
        self.record.append(line)
        self._size += len(line)
        if self._size > LONGEST_RECORD:
            raise csv.Error
        return line

    def start_record(self) -> None:
        """Forget the lines of the record before."""
        self.record.clear()
        self._size = 0
        self.was_cut = self.is_at_end = False

    def back_to_second(self) -> None:
        """Read the record's lines after its first once more."""
        self.number -= len(self.record) - 1
        self._again += reversed(self.record[1:])

    def _read(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
            self.was_cut = True
            while (rest := self._text.readline(_PIECE)) and rest[-1] not in "\r\n":
                pass
        bare = line.rstrip("\r\n")
        return bare.replace("\r", "\v") + "\n" if line else ""


def records(lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str], Words]]:
    """Every record: (the line it starts on, its cells, why it cannot be read or "").

    A quotation mark that is opened and never closed would swallow all that
    follows; its line is refused and reading goes on with the next one. Raises
    Unreadable where that happens again and again.
    """
    reader = csv.reader(lines, delimiter=delimiter)
    unclosed = 0
    while True:
        lines.start_record()
        start = lines.number + 1
        why: Words = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            why = _("A cell is too long, or its quotation marks do not match.")
        if lines.was_cut:
            why = _("The line is too long.")
        elif not why and lines.is_at_end and _is_open(lines.record, delimiter):
            why = _("A quotation mark is opened here and never closed.")
        if why:
            cells = [lines.record[0].rstrip("\n")[:1000]]
            unclosed += len(lines.record) > 1
            if unclosed > _MOST_UNCLOSED:
                raise Unreadable(
                    _(
                        "The quotation marks in this file do not match, so its rows cannot be told "
                        "apart. Export it again as CSV with cells in double quotation marks."
                    )
                )
            lines.back_to_second()
        yield start, cells, why


def _is_open(record: list[str], delimiter: str) -> bool:
    """Whether the record ends inside quotation marks: it swallows a line put after it."""
    try:
        return len(list(csv.reader([*record, "next"], delimiter=delimiter))) == 1
    except csv.Error:
        return True
