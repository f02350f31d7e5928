"""Writing what a process counted, a few seconds after it began: by a thread of its own.

A page that is looked at writes nothing and waits for nobody. A process that is killed
loses what it counted in the last seconds; one that ends writes it first.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.util import Finalize
from threading import Lock, Timer
from typing import Any, Protocol

from cocreate.database import writing
from cocreate.extensions import db


class Application(Protocol):
    """What can open a context with the database in it: the Flask application."""

    testing: bool

    def app_context(self) -> AbstractContextManager[Any]: ...


class Later:
    """Calls `write` with the application `pause` seconds after it was wanted, and at the end."""

    def __init__(self, pause: float, write: Callable[[Application], None]) -> None:
        self._pause = pause
        self._write = write
        self._lock = Lock()
        self._timer: Timer | None = None
        self._at_the_end: Finalize | None = None

    def soon(self, app: Application) -> None:
        """Write within `pause` seconds; tests write when they choose to."""
        with self._lock:
            if self._timer is not None or app.testing:
                return
            self._timer = Timer(self._pause, self._now, [app])
            self._timer.daemon = True
            self._timer.start()
            if self._at_the_end is None:
                # Web processes are children, whose end does not run what atexit knows.
                self._at_the_end = Finalize(None, self._write, [app], exitpriority=0)

    def _now(self, app: Application) -> None:
        with self._lock:
            self._timer = None
        self._write(app)


@contextmanager
def committed(app: Application) -> Iterator[None]:
    """A short writing transaction outside any request, committed at the end of the block."""
    with app.app_context(), writing():
        try:
            yield
            db.session.commit()
        finally:
            db.session.remove()
