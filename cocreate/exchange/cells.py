"""Cells of CSV files: what a spreadsheet would run as a formula is made safe and read back."""

import csv
import io
import re
from collections.abc import Iterable

# Spreadsheets take a file for UTF-8 by this mark at its start, and for anything without it.
MARK = "\ufeff"
# What spreadsheets take for the start of a formula. Apostrophes in front count as well, so that
# a cell which already looks escaped gets one more, and reading takes exactly that one off again.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")


def formula_safe(cell: str) -> str:
    """`cell` as it may stand in a CSV file: with an apostrophe before what would be run."""
    return "'" + cell if _FORMULA.match(cell) else cell


def formula_plain(cell: str) -> str:
    """What `formula_safe` was given: `formula_plain(formula_safe(x)) == x` for every text."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def csv_line(cells: Iterable[object]) -> str:
    """One row of a CSV file with its line end, safe against formulas."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([formula_safe(str(cell)) for cell in cells])
    return buffer.getvalue()
