"""Cells that a spreadsheet would run as formulas, made safe and read back."""

import re

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
