"""How often the page of an idea was opened: its views.

Counted in this process and written by a thread of its own a few seconds later, all
ideas in one statement. So a page that is looked at writes nothing and waits for
nobody, and a database that refuses the numbers gets them again the next time. A
process that is killed loses what it counted in the last PAUSE seconds; one that
ends writes it first.
"""

import logging
from collections import Counter
from contextlib import AbstractContextManager
from multiprocessing.util import Finalize
from threading import Lock, Timer
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from cocreate import kept
from cocreate.database import writing
from cocreate.extensions import db
from cocreate.ideas import actions

log = logging.getLogger("cocreate.openings")

# Seconds from the first view that is not written yet until all of them are.
PAUSE = 4.0
# Different ideas in one statement; what a database could not take is kept up to here.
_MOST = 1_000


class Application(Protocol):
    """What can open a context with the database in it: the Flask application."""

    testing: bool

    def app_context(self) -> AbstractContextManager[Any]: ...


_counts: Counter[int] = Counter()
_lock = Lock()
_timer: Timer | None = None
_at_the_end: Finalize | None = None
kept.when_forgetting(_counts.clear)


def count(app: Application, idea_id: int) -> None:
    """One more person opened the page of `idea_id`."""
    global _timer, _at_the_end
    with _lock:
        if len(_counts) < _MOST or idea_id in _counts:
            _counts[idea_id] += 1
        if _timer is not None or app.testing:
            return
        _timer = Timer(PAUSE, _write_later, [app])
        _timer.daemon = True
        _timer.start()
        if _at_the_end is None:
            # Web processes are children, whose end does not run what atexit knows.
            _at_the_end = Finalize(None, write, [app], exitpriority=0)


def write(app: Application) -> None:
    """Write what was counted so far; what cannot be written stays counted."""
    with _lock:
        taken = dict(_counts)
        _counts.clear()
    if not taken:
        return
    try:
        with app.app_context(), writing():
            try:
                actions.see(taken)
                db.session.commit()
            finally:
                db.session.remove()
    except SQLAlchemyError:
        log.warning("views wait for the database", exc_info=True)
        with _lock:
            _counts.update(taken)


def _write_later(app: Application) -> None:
    global _timer
    with _lock:
        _timer = None
    write(app)
