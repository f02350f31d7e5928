"""Bringing in what was read from elsewhere: once, however often it is run.

What a row became is kept as its Origin, in the transaction that wrote it. So a
run that was cut off anywhere and begins again finds what it did, and goes on.
Every batch ends at a point where the door commits.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from cocreate import clock
from cocreate.errors import Words
from cocreate.exchange.comments import Brought, Comments
from cocreate.exchange.ideas import Ideas
from cocreate.exchange.readers import Table
from cocreate.exchange.rows import Accepted, CommentRow, IdeaRow, Refused, RowNumber, Unreadable
from cocreate.exchange.shapes import read_items
from cocreate.i18n import lazy_gettext as _

# Rows written in one transaction: long enough to be quick, short enough to lose little.
BATCH = 250


@dataclass(frozen=True)
class Source:
    """A file to bring in."""

    # As people know it.
    name: str
    path: Path
    # {field: column} where it is of no known shape.
    columns: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Rejection:
    """A row that was not brought in."""

    file: str
    number: RowNumber
    reason: Words
    raw: object


@dataclass
class Progress:
    """How far an import got. `done` and `size` are in bytes of the files, each counted twice."""

    size: int = 0
    done: int = 0
    # "idea added", "idea updated", "idea unchanged", "comment added", ..., "refused", and
    # "noted": rows of which something had to be let go.
    counts: Counter[str] = field(default_factory=Counter)
    # The rows refused since the last step; the door writes them down.
    rejections: list[Rejection] = field(default_factory=list)


def bring_in(
    files: Sequence[Source], *, source: str = "", language: str, own_source: str, is_dry: bool
) -> Iterator[Progress]:
    """Bring in the files: first every idea, then every comment, so that they may come in any order.

    Yields after each batch: the door then writes down the rejections and commits.
    `source` names where the rows come from if they do not say it; `language` is for
    ideas that do not say theirs; rows from `own_source` are this portal's own and
    change nothing. A dry run counts and writes nothing. Raises Unreadable before
    anything is written for a file that is none, and later where one breaks off.
    """
    with ExitStack() as stack:
        opened = [(one, _open(one, source, stack)) for one in files]
        whole = sum(table.size for _one, (table, _items) in opened)
        progress = Progress(size=2 * whole)
        ideas = Ideas(language=language, own_source=own_source, is_dry=is_dry)
        comments = Comments(ideas, own_source=own_source, is_dry=is_dry)
        before = 0
        for one, (table, items) in opened:
            while batch := _next(one, items):
                refused = [item for item in batch if isinstance(item, Refused)]
                accepted = [item for item in batch if isinstance(item, Accepted)]
                progress.counts["noted"] += sum(bool(item.warnings) for item in accepted)
                mine = [item for item in accepted if isinstance(item.row, IdeaRow)]
                refused += ideas.write(mine, progress.counts)
                refused += filter(None, map(comments.put, _comments(one.name, accepted)))
                progress.done = before + table.position
                yield _step(progress, [(one.name, item) for item in refused])
            before += table.size
        for share, rejected in comments.write(BATCH, progress.counts):
            progress.done = whole + round(whole * share)
            yield _step(progress, rejected)
        progress.done = progress.size
        yield _step(progress, [])


def _open(one: Source, source: str, stack: ExitStack) -> tuple[Table, Iterator[Accepted | Refused]]:
    try:
        table = stack.enter_context(Table(one.path))
        return table, read_items(table, now=clock.now(), source=source, columns=one.columns)
    except Unreadable as error:
        raise _of(one, error) from error


def _next(one: Source, items: Iterator[Accepted | Refused]) -> list[Accepted | Refused]:
    try:
        return list(islice(items, BATCH))
    except Unreadable as error:
        raise _of(one, error) from error


def _of(one: Source, error: Unreadable) -> Unreadable:
    return Unreadable(_("%(file)s: %(why)s", file=one.name, why=error.words))


def _comments(file: str, accepted: Sequence[Accepted]) -> Iterator[Brought]:
    """The comments of a batch, those inside of ideas too."""
    for one in accepted:
        if isinstance(one.row, CommentRow):
            yield Brought(file, one.number, one.row, one.raw)
        else:
            for row in one.row.comments:
                yield Brought(file, one.number, row, None)


def _step(progress: Progress, rejected: Sequence[tuple[str, Refused]]) -> Progress:
    progress.counts["refused"] += len(rejected)
    progress.rejections = [
        Rejection(file, one.number, one.reason, one.raw) for file, one in rejected
    ]
    return progress
