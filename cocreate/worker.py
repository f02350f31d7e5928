"""The background half: who hears which event, and what happens at a time.

A pass opens its own application context and session; one shared between passes
would go on showing the rows of the first.
"""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from cocreate import clock, deliveries, kept
from cocreate.accounts.leaving import forget_unconfirmed
from cocreate.config import Settings
from cocreate.database import begin_as
from cocreate.exchange import consumer as exchange
from cocreate.extensions import db
from cocreate.ideas import ranking
from cocreate.ideas.drafts import forget_discarded
from cocreate.notices import consumer as notices
from cocreate.notices import mail
from cocreate.notices.actions import make_digests
from cocreate.notices.searches import forget_old as forget_old_searches
from cocreate.pictures.actions import forget_pending
from cocreate.search import actions as searching
from cocreate.search import consumer as search
from cocreate.search import counting, saved, training

log = logging.getLogger("cocreate.worker")

# Each consumer with the number of deliveries it takes at once.
CONSUMERS: dict[str, tuple[deliveries.Consumer, int]] = {
    "notices": (notices.hear, 20),
    "mail": (mail.hear, 10),
    "search": (search.hear, 50),
    "searches": (saved.hear, 20),
    "exchange": (exchange.hear, 1),
}

# What is done at a time, and how long to leave between two runs. Each chore does a
# bounded piece of work, says whether there is more, and may run in any number of workers.
Chore = Callable[[], bool]
CHORES: dict[str, tuple[Chore, timedelta]] = {
    "scores": (ranking.rescore, timedelta(minutes=1)),
    "unconfirmed": (forget_unconfirmed, timedelta(hours=1)),
    "pictures": (forget_pending, timedelta(hours=1)),
    "digests": (make_digests, timedelta(minutes=1)),
    "discarded": (forget_discarded, timedelta(hours=1)),
    "searches": (forget_old_searches, timedelta(hours=1)),
    "asked": (counting.forget_old, timedelta(hours=1)),
    # A first index, or one in place of a broken one; then whether it agrees with the ideas.
    "index": (searching.tend, timedelta(seconds=5)),
    "comparison": (searching.compare, timedelta(days=1)),
    # Looks whether it is time to; it is at night.
    "learning": (training.learn, timedelta(minutes=10)),
}


def run_once(app: Flask) -> int:
    """Deliver one batch of everything that is due. Returns how many deliveries were made."""
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        try:
            return deliveries.deliver_due(CONSUMERS, settings.lease, _failed)
        finally:
            db.session.remove()


def run_until_idle(app: Flask) -> int:
    """Deliver until nothing is due. Returns how many deliveries were made."""
    total = 0
    while done := run_once(app):
        total += done
    return total


def run_chores(app: Flask, last: dict[str, datetime]) -> None:
    """Run the chores whose time has come since they ran `last`; a broken one stops no other."""
    for name, (chore, pause) in CHORES.items():
        if clock.now() - last.get(name, datetime.min.replace(tzinfo=clock.now().tzinfo)) < pause:
            continue
        with app.app_context():
            begin_as(reader=False)
            try:
                more = chore()
                db.session.commit()
                if not more:
                    last[name] = clock.now()
            except Exception:
                db.session.rollback()
                last[name] = clock.now()
                log.exception("a chore failed", extra={"chore": name})
            finally:
                db.session.remove()


def _failed(consumer: str, delivery_id: int, error: Exception) -> None:
    log.warning(
        "a delivery failed",
        exc_info=error,
        extra={"consumer": consumer, "delivery": delivery_id},
    )


def run(app: Flask, stop: threading.Event) -> None:
    """Work until `stop` is set. A database that does not answer is waited for."""
    settings: Settings = app.config["SETTINGS"]
    last: dict[str, datetime] = {}
    while not stop.is_set():
        try:
            done = run_once(app)
            run_chores(app, last)
        except Exception:
            log.exception("a pass failed")
            stop.wait(2)
            continue
        if not done:
            stop.wait(settings.worker_pause)


def main(app: Flask, alive: Callable[[], bool]) -> None:
    """`cocreate work`: until told to end, or until `alive` says that the parent is gone."""
    stop = threading.Event()

    def end(_signal: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)

    def watch() -> None:
        while not stop.wait(1):
            if not alive():
                stop.set()

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
    run(app, stop)


def forget(app: Flask) -> None:
    """Drop what this process keeps in memory about the portal; tests begin empty."""
    kept.forget()
    searching.forget()
    training.forget()
