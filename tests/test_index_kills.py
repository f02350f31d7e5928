"""The index agrees with the database, however often the workers that write it are killed."""

import fcntl
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from select import select as select_files
from typing import IO, Any

from flask import Flask
from sqlalchemy import func, select

from cocreate import config, create_app, worker
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.ideas.models import Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason
from cocreate.search import actions, engines, queries

Make = Callable[..., Any]

ROOT = Path(__file__).parent.parent
# Of each of two workers that share the data folder, by the database: in PostgreSQL the index
# is rows like any other.
KILLS = {"sqlite": 150, "postgresql": 25}
IDEAS = 60
# Seconds that a worker lives. Changes come so fast that it always has some at hand.
SHORTEST_LIFE, LONGEST_LIFE = 0.03, 0.2
PAUSE = 0.02


def only_search() -> None:
    """Leave the worker nothing but the index, and not the comparison that mends it."""
    worker.CONSUMERS = {"search": worker.CONSUMERS["search"]}
    worker.CHORES = {"index": worker.CHORES["index"]}


def owed() -> int:
    """How many deliveries to the index are not done."""
    undone = select(func.count()).where(Delivery.consumer == "search", Delivery.done_at.is_(None))
    return db.session.scalar(undone) or 0


def is_writing(app: Flask) -> bool:
    """Whether some worker writes files of the index at this moment."""
    path = app.config["SETTINGS"].data / "index" / "write.lock"
    if not path.exists():
        return False
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def live_and_die(app: Flask, life: float) -> bool:
    """One worker, a fork with everything at hand, so that it is at work when it is killed.

    Returns whether the index was being written then.
    """
    child = os.fork()
    if child == 0:
        worker.run(app, threading.Event())
        os._exit(0)
    time.sleep(life)
    was_writing = is_writing(app)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return was_writing


def main() -> None:
    """Live and be killed, again and again; then live on until nothing is owed."""
    only_search()
    app = create_app(config.read())
    kills, seed = int(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(seed)
    lives = [chance.uniform(SHORTEST_LIFE, LONGEST_LIFE) for _ in range(kills)]
    print(sum(live_and_die(app, life) for life in lives), flush=True)
    # The last life is for whatever comes until the test has no more changes.
    sys.stdin.read()
    with app.app_context():
        while owed():
            db.session.rollback()
            worker.run_once(app)
            time.sleep(PAUSE)


def killed_worker(app: Flask, kills: int, seed: int) -> "subprocess.Popen[str]":
    """A worker that is killed again and again, and lives on after the last time."""
    settings: config.Settings = app.config["SETTINGS"]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.test_index_kills", str(kills), str(seed)],
        env={
            **os.environ,
            "COCREATE_DATABASE_URL": settings.database_url,
            "COCREATE_DATA_DIR": str(settings.data),
            "COCREATE_BASE_URL": settings.base_url,
            "COCREATE_LEASE": "1",
            "COCREATE_WORKER_PAUSE": str(PAUSE),
            "COCREATE_LOG_LEVEL": "ERROR",
        },
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_index_agrees_after_workers_were_killed(
    app: Flask, make_idea: Make, make_member: Make
) -> None:
    moderator = make_member(role="moderator")
    authors = [make_member() for _ in range(6)]
    made = [
        make_idea(authors[number % 6], title=f"Paper {number}", visibility=Visibility.HELD)
        for number in range(IDEAS)
    ]
    kills = KILLS[db.engine.dialect.name]
    workers = [killed_worker(app, kills, seed) for seed in (11, 12)]
    chance = random.Random(13)

    public: set[int] = set()
    changes = 0
    told = [one.stdout for one in workers if one.stdout]
    try:
        # Until both have said how their killing went.
        while len(select_ready(told)) < len(told):
            idea = chance.choice(made)
            if idea.id not in public:
                moderation.approve(moderator, idea)
                public.add(idea.id)
            else:
                moderation.hide(moderator, idea, Reason.UNCLEAR, "For a while.")
                public.discard(idea.id)
            db.session.commit()
            changes += 1
            # Whoever asks meanwhile is answered, and sees nothing that is not public.
            found = queries.find(None, queries.read("paper"), size=IDEAS).page.rows
            assert {hit.idea.id for hit in found} <= public
            db.session.rollback()
            time.sleep(chance.uniform(0, 2 * PAUSE))
    finally:
        answers = [one.communicate(timeout=100) for one in workers]
    assert [one.returncode for one in workers] == [0, 0], answers

    assert owed() == 0
    assert changes > kills
    assert actions.check() == []
    assert engines.here().is_usable()
    assert engines.here().count() == len(public)
    if db.engine.dialect.name == "sqlite":
        # Many of them died while they wrote.
        assert sum(int(said) for said, _ in answers) > kills / 10


def select_ready(files: list[IO[str]]) -> list[IO[str]]:
    """Those of the files that have something to read."""
    return select_files(files, [], [], 0)[0]


if __name__ == "__main__":
    main()
