"""The index agrees with the database, however often the workers that write it are killed."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from cocreate import config, create_app, worker
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.ideas.models import Visibility
from cocreate.moderation import actions as moderation
from cocreate.search import actions, engines, queries

Make = Callable[..., Any]

ROOT = Path(__file__).parent.parent
# Of each of two workers that share the data folder.
KILLS = 10
IDEAS = 40
CHANGES = 50
# How long the changes take altogether; about as long as the workers are killed.
SECONDS = 4.0
LONGEST_LIFE = 0.7


def only_search() -> None:
    """Leave the worker nothing but the index, and not the comparison that mends it."""
    worker.CONSUMERS = {"search": worker.CONSUMERS["search"]}
    worker.CHORES = {"index": worker.CHORES["index"]}


def owed() -> int:
    """How many deliveries to the index are not done."""
    undone = select(func.count()).where(Delivery.consumer == "search", Delivery.done_at.is_(None))
    return db.session.scalar(undone) or 0


def live_and_die(app: Flask, life: float) -> None:
    """One worker, a fork with everything at hand, so that it is at work when it is killed."""
    child = os.fork()
    if child == 0:
        worker.run(app, threading.Event())
        os._exit(0)
    time.sleep(life)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def main() -> None:
    """Live and be killed, again and again; then live on until nothing is owed."""
    only_search()
    app = create_app(config.read())
    chance = random.Random(int(sys.argv[1]))
    for _ in range(KILLS):
        live_and_die(app, chance.uniform(0.05, LONGEST_LIFE))
    # The last life is for whatever comes until the test has no more changes.
    sys.stdin.read()
    with app.app_context():
        while owed():
            db.session.rollback()
            worker.run_once(app)
            time.sleep(0.05)


def killed_worker(app: Flask, seed: int) -> "subprocess.Popen[str]":
    """A worker that is killed again and again, and lives on after the last time."""
    settings: config.Settings = app.config["SETTINGS"]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.test_index_kills", str(seed)],
        env={
            **os.environ,
            "COCREATE_DATABASE_URL": settings.database_url,
            "COCREATE_DATA_DIR": str(settings.data),
            "COCREATE_BASE_URL": settings.base_url,
            "COCREATE_LEASE": "1",
            "COCREATE_WORKER_PAUSE": "0.02",
            "COCREATE_LOG_LEVEL": "ERROR",
        },
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_index_agrees_after_workers_were_killed(
    app: Flask, make_idea: Make, make_member: Make, make_comment: Make
) -> None:
    moderator = make_member(role="moderator")
    authors = [make_member() for _ in range(6)]
    made = [
        make_idea(authors[number % 6], title=f"Paper {number}", visibility=Visibility.HELD)
        for number in range(IDEAS)
    ]
    workers = [killed_worker(app, seed) for seed in (11, 12)]
    chance = random.Random(13)

    approved: set[int] = set()
    held = list(made)
    try:
        for number in range(CHANGES):
            if held and chance.random() < 0.7:
                idea = held.pop(chance.randrange(len(held)))
                moderation.approve(moderator, idea)
                approved.add(idea.id)
            else:
                make_comment(made[chance.randrange(IDEAS)], moderator, body=f"Glass {number}.")
            db.session.commit()
            # Whoever asks meanwhile is answered, and sees nothing that is held.
            for hit in queries.find(None, "paper").page.rows:
                assert hit.idea.id in approved
            db.session.rollback()
            time.sleep(chance.uniform(0, 2 * SECONDS / CHANGES))
    finally:
        errors = [one.communicate(timeout=100)[1] for one in workers]
    assert [one.returncode for one in workers] == [0, 0], errors

    assert owed() == 0
    assert actions.check() == []
    assert engines.here().count() == len(approved) > IDEAS / 2


if __name__ == "__main__":
    main()
