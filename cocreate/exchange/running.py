"""An import from its start to its end, as the command and the worker both run it.

Unlike verbs it commits: after each batch, because an import is far more than
one transaction should hold, and because what was done must stay done.
"""

import csv
import fcntl
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cocreate.errors import Closed
from cocreate.exchange import own
from cocreate.exchange.actions import Progress, Rejection, Source, bring_in
from cocreate.exchange.cells import formula_safe
from cocreate.exchange.records import LONGEST_CELL
from cocreate.exchange.rows import CommentRow
from cocreate.exchange.source import own_source
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _

REFUSED_COLUMNS = ("file", "row", "line", "reason", "content")


class Taken(Closed):
    """Another import is at work in this data folder."""

    title = _("Another import is running")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else imports meanwhile: two at once would write the same rows. Raises Taken."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "import.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Taken(
                _("Another import is running. Wait for it to end, then try again.")
            ) from error
        yield


def run(
    files: Sequence[Source],
    *,
    folder: Path,
    refused: Path,
    source: str,
    language: str,
    is_dry: bool,
    after_batch: Callable[[Progress], Any],
) -> Progress:
    """Bring in the files and commit after each batch; how it ended.

    `folder` is the data folder. Rows that are not taken are written to `refused`, a
    CSV file that is made for the first of them. `after_batch` is called in the
    transaction of each batch. Raises Taken, and Unreadable; what was written before
    stays, and the next run goes on from there.
    """
    progress = Progress()
    with alone(folder), _Refusals(refused) as refusals:
        known_as = own_source()
        # Nothing is held while a batch is read, which takes longer than writing it.
        db.session.rollback()
        try:
            for progress in bring_in(
                files, source=source, language=language, own_source=known_as, is_dry=is_dry
            ):
                refusals.write(progress.rejections)
                after_batch(progress)
                db.session.commit()
        finally:
            db.session.rollback()
    return progress


class _Refusals:
    """Writes down rows that were not taken; without any there is no file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None

    def __enter__(self) -> "_Refusals":
        self._path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file:
            self._file.close()

    def write(self, rejections: Sequence[Rejection]) -> None:
        if rejections and not self._file:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(REFUSED_COLUMNS)
        if rejections:
            csv.writer(self._file).writerows(map(_cells, rejections))
            self._file.flush()


def _cells(one: Rejection) -> list[str]:
    raw = own.record(one.raw) if isinstance(one.raw, CommentRow) else one.raw
    # As long as a cell may be that is read again; what was refused for its size is cut.
    content = json.dumps(raw, ensure_ascii=False, default=str)[: LONGEST_CELL - 1]
    line = "" if one.number.line is None else str(one.number.line)
    # What other programs could not read of a text they should still show.
    cells = (one.file, str(one.number.record), line, str(one.reason), content)
    return [formula_safe(cell).encode("utf-8", "replace").decode() for cell in cells]


def refused_rows(path: Path, most: int) -> list[dict[str, str]]:
    """The first `most` rows of such a file, by the names of REFUSED_COLUMNS."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row, _place in zip(csv.DictReader(file), range(most), strict=False)]
