"""What opening Whoosh's index costs, as Whoosh does it and as it is mended here.

    python -m benchmarks.whoosh_open [--ideas 10000] [--at FOLDER]

Whoosh maps a file and then copies its postings into memory whenever it opens it; mended
(cocreate/search/mended.py), it reads what it is asked for from where that stands. Each
way runs in a process of its own. Times are milliseconds of CPU, the median of several;
memory is what one open index adds to the process, in megabytes.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

import click

from cocreate.search import index, merging, segments
from cocreate.search.mended import filestore
from cocreate.search.postings import View
from cocreate.search.schema import Document

WORDS = 30_000
# Words of an idea with its comments.
LENGTH = 128
TIMES = 7

WAYS: dict[str, Callable[[Path], Any]] = {
    "as Whoosh does it": lambda path: filestore.FileStorage(str(path)).open_index(
        schema=segments.SCHEMA
    ),
    "mended": segments.opened,
}


def build(path: Path, ideas: int) -> None:
    """An index in the folder `path` whose words are as common as words are."""
    chance = random.Random(1)
    words = [f"slovo{number}" for number in range(WORDS)]
    weights = list(accumulate(1 / (rank + 1) for rank in range(WORDS)))

    def some(most: int) -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=most))

    one = index.Index(path)
    name = one.writing.create()
    one.folder.appoint("current", name)
    for start in range(1, ideas + 1, 500):
        made = {
            number: Document(number, some(8), some(LENGTH - 8), "", "cs", "new", 1)
            for number in range(start, min(start + 500, ideas + 1))
        }
        one.writing.write(name, list(made), made)


def megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def milliseconds(deed: Callable[[], Any]) -> float:
    """The median of CPU times of a deed."""
    taken = []
    for _ in range(TIMES):
        began = time.process_time()
        deed()
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken)


def measure(way: str, path: Path) -> dict[str, float]:
    """Open, ask, write one idea and open again: what each costs this way."""
    opened = WAYS[way]
    # Once for what is loaded with the first index of a process.
    opened(path).reader().close()
    before = megabytes()
    reader = opened(path).reader()
    added = megabytes() - before
    reader.close()

    def look() -> None:
        opened(path).reader().close()

    def commit() -> None:
        writer = merging.Writer(opened(path), 64)
        document = Document(2**31 - 2, "nová", str(time.monotonic()), "", "cs", "new", 1)
        writer.add_document(**segments.fields_of(document))
        writer.commit()

    figures = {"open": milliseconds(look), "memory": added, "commit": milliseconds(commit)}
    reader = opened(path).reader()
    figures["refresh"] = milliseconds(look)
    if way == "mended":
        view = View(reader)
        figures["first question"] = milliseconds(lambda: (view.having("slovo1"), view.average))
    reader.close()
    return figures


@click.command()
@click.option("--ideas", default=10_000, help="How many ideas to make.")
@click.option("--at", type=click.Path(path_type=Path), help="An index folder to use or to make.")
@click.option("--way", type=click.Choice(list(WAYS)), hidden=True)
def main(ideas: int, at: Path | None, way: str | None) -> None:
    """Print what opening, refreshing and keeping an index open costs, both ways."""
    if way:
        assert at
        click.echo(json.dumps(measure(way, at)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = at or Path(folder) / "index"
        if not path.exists():
            build(path, ideas)
        one = index.Index(path)
        name = one.folder.name("current")
        assert name
        files = list((path / name).glob("*.seg"))
        size = sum(file.stat().st_size for file in files) / 1e6
        click.echo(f"{one.count()} ideas, {len(files)} files of {size:.0f} MB together")
        for each in WAYS:
            run = [
                sys.executable,
                "-m",
                "benchmarks.whoosh_open",
                "--at",
                path / name,
                "--way",
                each,
            ]
            said = subprocess.run(
                [*run, "--at", path / name, "--way", each],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            figures = ", ".join(f"{what} {cost:.1f}" for what, cost in json.loads(said).items())
            click.echo(f"{each:>18}: {figures}")


if __name__ == "__main__":
    main()
