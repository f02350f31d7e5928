"""Bringing in what was read from elsewhere: once, however often it is run.

What a row became is kept as its Origin, in the transaction that wrote it. So a
run that was cut off anywhere and begins again finds what it did, and goes on.
Every batch ends at a point where the door commits.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from cocreate import clock
from cocreate.errors import Words
from cocreate.exchange.comments import Comments
from cocreate.exchange.ideas import Ideas
from cocreate.exchange.readers import Table
from cocreate.exchange.rows import Accepted, CommentRow, IdeaRow, Refused, RowNumber
from cocreate.exchange.shapes import read_items

# Rows written in one transaction: long enough to be quick, short enough to lose little.
BATCH = 250


@dataclass(frozen=True)
class Rejection:
    """A row that was not brought in."""

    file: str
    number: RowNumber
    reason: Words
    raw: object


@dataclass
class Progress:
    """How far an import got. `done` and `size` are bytes, each file counted twice."""

    size: int = 0
    done: int = 0
    # "idea added", "idea updated", "idea unchanged", "comment added", ..., "refused".
    counts: Counter[str] = field(default_factory=Counter)
    # The rows refused since the last step; the door writes them down.
    rejections: list[Rejection] = field(default_factory=list)


def bring_in(
    files: Sequence[tuple[str, Path]],
    *,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    language: str,
    own_source: str,
    is_dry: bool = False,
) -> Iterator[Progress]:
    """Bring in the files, given as (the name people know it by, where it lies).

    First every idea, then every comment, so that the files may come in any
    order. Yields after each batch: the door then writes down the rejections and
    commits. `language` is for ideas that do not say theirs; rows from
    `own_source` are this portal's own and change nothing. A dry run counts and
    writes nothing. Raises Unreadable for a file that is none.
    """
    progress = Progress(size=2 * sum(path.stat().st_size for _name, path in files))
    ideas = Ideas(language=language, own_source=own_source, is_dry=is_dry)
    comments = Comments(ideas, own_source=own_source, is_dry=is_dry)
    before = 0
    for round_ in (ideas, comments):
        for name, path in files:
            with Table(path) as table:
                items = read_items(table, now=clock.now(), source=source, columns=columns)
                while batch := list(islice(items, BATCH)):
                    mine = _ideas(batch) if round_ is ideas else _comments(batch)
                    refused = [one for one in mine if isinstance(one, Refused)]
                    refused += round_.write(
                        [one for one in mine if isinstance(one, Accepted)], progress.counts
                    )
                    _reject(progress, name, refused)
                    progress.done = before + table.position
                    yield progress
                    progress.rejections = []
            before += path.stat().st_size
    for name, _path in files[-1:]:
        _reject(progress, name, comments.write_waiting(progress.counts))
    progress.done = progress.size
    yield progress


def _reject(progress: Progress, name: str, refused: Sequence[Refused]) -> None:
    progress.counts["refused"] += len(refused)
    progress.rejections += [Rejection(name, one.number, one.reason, one.raw) for one in refused]


def _ideas(batch: Sequence[Accepted | Refused]) -> list[Accepted | Refused]:
    """What the first round is about: ideas, and all that reading refused."""
    return [one for one in batch if isinstance(one, Refused) or isinstance(one.row, IdeaRow)]


def _comments(batch: Sequence[Accepted | Refused]) -> list[Accepted | Refused]:
    """What the second round is about: comments, those inside of ideas too."""
    found: list[Accepted | Refused] = []
    for one in batch:
        if isinstance(one, Refused):
            continue
        if isinstance(one.row, CommentRow):
            found.append(one)
        else:
            found += [Accepted(one.number, row, row) for row in one.row.comments]
    return found
