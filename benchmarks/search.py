"""`make bench-search`: what searching costs on both engines, and how soon a change is found.

    python -m benchmarks.search [--ideas 10000 100000] [--engines whoosh postgres]

Ideas are made up (128 words each, as common as words are). Up to 100,000 of them the portal
makes its index from the ideas' rows, as `cocreate reindex` does; beyond that, on PostgreSQL
alone, the documents are written straight into its table. Milliseconds of CPU are those of the
web process and of the database process that serves it; of both, the 50th and 95th percentile.
Ends with 1 where a promise is broken, and says by how much.
"""

import argparse
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from flask_migrate import upgrade

from benchmarks import made_ideas, search_ask, search_build, search_found
from benchmarks.search_ask import Question, Report
from benchmarks.servers import postgresql
from cocreate import config, create_app
from cocreate.extensions import db
from cocreate.search import analysis
from cocreate.search.asked import Asked, Only, Part

SEED = 4_134
# Beyond so many ideas they are written straight into PostgreSQL's table.
MOST_ROWS = 100_000


@dataclass
class Figures:
    """What was measured on one engine with so many ideas."""

    engine: str
    ideas: int
    build: float = 0.0
    size: int = 0
    report: Report | None = None
    # Seconds from commit to found.
    found: list[float] = field(default_factory=list)


def promises(figures: Figures) -> Iterator[tuple[str, float, float]]:
    """What is promised of it: the name, the most it may be, and what it is."""
    report = figures.report
    assert report is not None
    cpu = {kind: percentile(took.cpu, 95) for kind, took in report.took.items()}
    if figures.engine == "whoosh" and figures.ideas == 100_000:
        yield "and of two, p95 CPU ms", 25, cpu["and of two"]
        yield "and of three, p95 CPU ms", 25, cpu["and of three"]
        yield "filtered, p95 CPU ms", 75, cpu["filtered"]
        yield "similar, p95 CPU ms", 100, cpu["similar"]
        yield "memory added, MB", 200, report.memory
    if figures.engine == "postgres" and figures.ideas == 1_000_000:
        yield "filtered, p95 CPU ms", 60, cpu["filtered"]
        for kind, its in cpu.items():
            yield f"{kind}, p95 CPU ms", 500, its
    if figures.found:
        yield "commit to found, p95 s", 1, percentile(figures.found, 95)
        yield "commit to found, p99 s", 5, percentile(figures.found, 99)


def percentile(values: Sequence[float], which: float) -> float:
    return float(np.percentile(values, which))


def questions(ideas: int, each: int) -> list[Question]:
    """`each` questions of every kind, in the words of ideas that are there."""
    chance = random.Random(SEED)
    kinds: dict[str, Callable[[made_ideas.Made, list[str]], Question]] = {
        "and of two": lambda _, words: _plain("and of two", words[:2]),
        "and of three": lambda _, words: _plain("and of three", words[:3]),
        "or of three": lambda _, words: _plain("or of three", words[:3]),
        "phrase": lambda idea, _: _phrase(idea, chance),
        "filtered": _filtered,
        "excluded": lambda _, words: _excluded(words),
        "numbers": lambda _, words: _plain("numbers", words[:1]),
        "as you type": _typed,
        "similar": _similar,
        "similar, candidates": lambda _, words: _plain("similar, candidates", words[:10]),
    }
    asked = []
    for make in kinds.values():
        for _ in range(each):
            idea = made_ideas.made(chance.randint(1, ideas))
            telling = [one for one in idea.words if not made_ideas.is_common(one, idea.language)]
            chance.shuffle(telling)
            asked.append(make(idea, telling))
    return asked


def _part(word: str) -> Part:
    return Part(word, tuple((key,) for key in analysis.keys(word)))


def _plain(kind: str, words: Sequence[str], only: Only = Only()) -> Question:  # noqa: B008
    return Question(kind, Asked(tuple(map(_part, words))), only)


def _phrase(idea: made_ideas.Made, chance: random.Random) -> Question:
    first = chance.randrange(made_ideas.TITLE, len(idea.words) - 1)
    # A text's words count as its language has them.
    keys = tuple(analysis.key(word, idea.language) for word in idea.words[first : first + 2])
    return Question("phrase", Asked((Part(" ".join(keys), (keys,)),)))


def _filtered(idea: made_ideas.Made, words: Sequence[str]) -> Question:
    terms = (f"area:{idea.area_id}", f"stage:{idea.stage.value}", f"language:{idea.language}")
    return _plain("filtered", words[:2], Only(terms))


def _excluded(words: Sequence[str]) -> Question:
    return Question("excluded", Asked((_part(words[0]), _part(words[1])), (_part(words[2]),)))


def _typed(_idea: made_ideas.Made, words: Sequence[str]) -> Question:
    asked = Asked((_part(words[0]),))
    return Question("as you type", asked, starts=(analysis.fold(words[1])[:3],))


def _similar(idea: made_ideas.Made, _words: Sequence[str]) -> Question:
    return Question("similar", Asked(), texts=(idea.title, idea.need, idea.proposal))


@contextmanager
def _database(engine: str, given: str) -> Iterator[str]:
    if engine == "whoosh":
        yield ""
        return
    with postgresql(given) as url:
        yield url


def measure(engine: str, ideas: int, options: argparse.Namespace) -> Figures:
    """Make the ideas, search them, change them."""
    figures = Figures(engine, ideas)
    with tempfile.TemporaryDirectory() as folder, _database(engine, options.database_url) as url:
        environ = {
            "COCREATE_DATA_DIR": folder,
            "COCREATE_DATABASE_URL": url,
            "COCREATE_SECRET_KEY": secrets.token_urlsafe(48),
            "COCREATE_LOG_LEVEL": "ERROR",
            "COCREATE_LANGUAGE": "en",
        }
        app = create_app(config.read(environ))
        with app.app_context():
            upgrade()
            if ideas > MOST_ROWS:
                figures.build = search_build.straight(ideas)
            else:
                begun = time.perf_counter()
                made_ideas.fill(ideas)
                print(f"  filled in {time.perf_counter() - begun:.0f} s", flush=True)
                figures.build = search_build.from_rows(ideas)
            search_build.settle()
            figures.size = search_build.size(Path(folder) / "index")
            db.session.remove()
            print(f"  built in {figures.build:.0f} s", flush=True)
            figures.report = search_ask.ask(environ, questions(ideas, options.questions))
            if ideas <= MOST_ROWS and options.seconds:
                figures.found = search_found.found_after(environ, ideas, options.seconds)
            db.session.remove()
            db.engine.dispose()
    return figures


def show(figures: Figures) -> int:
    """Print the figures; how many promises are broken."""
    report = figures.report
    assert report is not None
    print(
        f"\n{figures.engine}, {figures.ideas:,} ideas: index {figures.size / 1e6:,.0f} MB,"
        f" built in {figures.build:,.0f} s ({figures.ideas / figures.build:,.0f} a second),"
        f" memory added to a web process {report.memory:.0f} MB"
    )
    print(f"  {'':<22}{'CPU ms p50':>11}{'p95':>9}{'wall p50':>11}{'p95':>9}{'found p50':>11}")
    for kind, took in report.took.items():
        print(
            f"  {kind:<22}{percentile(took.cpu, 50):11.1f}{percentile(took.cpu, 95):9.1f}"
            f"{percentile(took.wall, 50):11.1f}{percentile(took.wall, 95):9.1f}"
            f"{percentile(took.found, 50):11,.0f}"
        )
    if figures.found:
        several = ", ".join(f"p{one} {percentile(figures.found, one):.2f}" for one in (50, 95, 99))
        print(f"  from commit to found, s: {several} ({len(figures.found)} changes)")
    broken = 0
    for name, most, measured in promises(figures):
        if measured > most:
            broken += 1
            print(
                f"  BROKEN: {name} is {measured:.1f}, at most {most} promised"
                f" ({measured / most:.2f} times)"
            )
    return broken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ideas", type=int, nargs="+", default=[10_000, 100_000])
    engines = ["whoosh", "postgres"]
    parser.add_argument("--engines", nargs="+", choices=engines, default=engines)
    parser.add_argument("--questions", type=int, default=200, help="of each kind")
    parser.add_argument("--seconds", type=float, default=30, help="of changes; 0: none")
    parser.add_argument("--database-url", default="", help="an empty PostgreSQL database")
    options = parser.parse_args()
    broken = 0
    for ideas in options.ideas:
        for engine in options.engines:
            if engine == "whoosh" and ideas > MOST_ROWS:
                print(f"\nwhoosh is not meant for {ideas:,} ideas")
                continue
            print(f"\n{engine}, {ideas:,} ideas", flush=True)
            broken += show(measure(engine, ideas, options))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
