"""A worker that is killed again and again: `python -m tests.killed_worker KILLS SEED`.

Everything is imported once, then each worker is a fork of this process, so that
a kill costs milliseconds and fifty of them fit into a test. Settings come from
the environment. After the last kill one more worker runs until nothing is owed.
"""

import os
import random
import signal
import sys
import threading
import time

from sqlalchemy import select

from cocreate import config, create_app, events, worker
from cocreate.extensions import db

# Seconds a worker lives at most before it is killed.
LONGEST_LIFE = 0.5


def live_and_die(life: float) -> None:
    child = os.fork()
    if child == 0:
        worker.run(create_app(config.read()), threading.Event())
        os._exit(0)
    time.sleep(life)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def finish() -> None:
    """Work until nothing is owed, leases of the dead included."""
    app = create_app(config.read())
    while True:
        worker.run_until_idle(app)
        with app.app_context():
            owed = db.session.scalar(
                select(events.Delivery.id).where(events.Delivery.due_at.is_not(None)).limit(1)
            )
            db.session.remove()
        if owed is None:
            return
        time.sleep(0.1)


def main() -> None:
    kills, seed = int(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(seed)
    for _ in range(kills):
        live_and_die(chance.uniform(0.02, LONGEST_LIFE))
    finish()


if __name__ == "__main__":
    main()
