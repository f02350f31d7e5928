"""How often the page of an idea was opened: its views.

Counted in this process and written by a thread of its own a few seconds later, all
ideas in one statement. So a page that is looked at writes nothing and waits for
nobody, and a database that refuses the numbers gets them again the next time. A
process that is killed loses what it counted in the last PAUSE seconds; one that
ends writes it first.
"""

import logging
from collections import Counter
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from cocreate import kept
from cocreate.ideas import actions
from cocreate.later import Application, Later, committed

log = logging.getLogger("cocreate.openings")

# Seconds from the first view that is not written yet until all of them are.
PAUSE = 4.0
# Different ideas in one statement; what a database could not take is kept up to here.
_MOST = 1_000


_counts: Counter[int] = Counter()
_lock = Lock()
kept.when_forgetting(_counts.clear)


def count(app: Application, idea_id: int) -> None:
    """One more person opened the page of `idea_id`."""
    with _lock:
        if len(_counts) < _MOST or idea_id in _counts:
            _counts[idea_id] += 1
    _writing.soon(app)


def write(app: Application) -> None:
    """Write what was counted so far; what cannot be written stays counted."""
    with _lock:
        taken = dict(_counts)
        _counts.clear()
    if not taken:
        return
    try:
        with committed(app):
            actions.see(taken)
    except SQLAlchemyError:
        log.warning("views wait for the database", exc_info=True)
        with _lock:
            _counts.update(taken)


_writing = Later(PAUSE, write)
