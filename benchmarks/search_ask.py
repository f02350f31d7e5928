"""Asking as a web process asks: a process of its own, so that its memory can be read."""

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cocreate import config, create_app
from cocreate.extensions import db
from cocreate.search import engines, queries, similar
from cocreate.search.asked import Asked, Only

# As many as a page of results puts in order, and as a choice's numbers are counted from.
BEST, COUNTED, TYPED = queries.CANDIDATES, queries.MOST, 8


@dataclass(frozen=True)
class Question:
    """What is asked, of which kind it is, and the text behind it."""

    kind: str
    asked: Asked
    only: Only = field(default_factory=Only)
    starts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass
class Took:
    """Milliseconds of each question of one kind, and how many ideas each found."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    found: list[int] = field(default_factory=list)


@dataclass
class Report:
    """What came of asking: by kind; megabytes that a process takes more once it has searched."""

    took: dict[str, Took]
    memory: float


def ask(environ: dict[str, str], questions: Sequence[Question]) -> Report:
    """Ask everything in a process of its own, which has asked a few before."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_asked, args=(environ, questions, there))
    process.start()
    there.close()
    report: Report = here.recv()
    process.join()
    return report


def _asked(environ: dict[str, str], questions: Sequence[Question], answer: Any) -> None:
    app = create_app(config.read(environ))
    with app.app_context():
        db.session.connection()
        before = _resident()
        # The first of each kind open what there is to open.
        for kind in dict.fromkeys(one.kind for one in questions):
            for one in [one for one in questions if one.kind == kind][:5]:
                _answered(one)
        took: dict[str, Took] = {}
        cpu = _clock()
        for one in questions:
            begun, wall = cpu(), time.perf_counter()
            found = _answered(one)
            its = took.setdefault(one.kind, Took())
            its.wall.append((time.perf_counter() - wall) * 1e3)
            its.cpu.append((cpu() - begun) * 1e3)
            its.found.append(found)
        answer.send(Report(took, (_resident() - before) / 1e6))


def _answered(one: Question) -> int:
    """Ask; how many ideas were found."""
    engine = engines.here()
    every = Only()
    asking: dict[str, Callable[[], Sequence[object]]] = {
        "or of three": lambda: engine.search(one.asked, every=False, only=every, limit=BEST),
        "numbers": lambda: engine.matching(one.asked, only=one.only, most=COUNTED),
        "as you type": lambda: engine.beginning(one.asked, one.starts, TYPED),
        "similar": lambda: similar.similar(None, *one.texts),
        "similar, candidates": lambda: engine.search(
            one.asked, every=False, only=every, limit=similar.CANDIDATES
        ),
    }
    ordinary = lambda: engine.search(one.asked, every=True, only=one.only, limit=BEST)  # noqa: E731
    return len(asking.get(one.kind, ordinary)())


def _clock() -> Callable[[], float]:
    """Seconds of CPU time of this process, and of PostgreSQL's that serves it on this machine."""
    if db.engine.dialect.name != "postgresql":
        return time.process_time
    driver: Any = db.session.connection().connection.driver_connection
    schedule = Path(f"/proc/{driver.info.backend_pid}/schedstat")
    return lambda: time.process_time() + int(schedule.read_text().split()[0]) / 1e9


def _resident() -> int:
    """Bytes of memory that this process holds just now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
