"""Open readers of the index, kept for the next question."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cocreate.search import schema
from cocreate.search.folder import Folder

# Seconds for which a process goes on answering from what it opened.
FRESH = 0.25
# One reader serves one thread at a time: Whoosh's have a place in the file where they read.
MOST = 16
# Seconds before each further try to open what a writer may be replacing at this very moment.
_PAUSES = (0.005, 0.02, 0.05)


class Unusable(Exception):
    """There is no index that could be read; the worker is making one."""


class Readers:
    """The readers of one process. They see a change at most FRESH seconds after its commit."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._idle: list[tuple[tuple[str, int], Any]] = []
        # The name and the generation of the newest index, when last looked at.
        self._newest: tuple[str, int] | None = None
        self._looked_at = 0.0

    @contextmanager
    def one(self) -> Iterator[Any]:
        """A searcher of Whoosh's, for this block alone. Raises Unusable."""
        seen, searcher = self._take()
        try:
            yield searcher
        except BaseException:
            searcher.close()
            raise
        with self._lock:
            if seen == self._newest and len(self._idle) < MOST:
                self._idle.append((seen, searcher))
                return
        searcher.close()

    def _take(self) -> tuple[tuple[str, int], Any]:
        with self._lock:
            newest = self._look()
            while self._idle:
                seen, searcher = self._idle.pop()
                if seen == newest:
                    return seen, searcher
                searcher.close()
        if newest is None:
            raise Unusable
        name = newest[0]
        for pause in (*_PAUSES, None):
            try:
                opened = schema.opened(self._folder.path / name)
                return newest, opened.searcher(weighting=schema.WEIGHTING)
            except Exception as error:
                if pause is None:
                    raise Unusable from error
                # A commit may have replaced the files, or another index this one, just now.
                time.sleep(pause)
                name = self._folder.usable() or name
        raise AssertionError("the last try returns or raises")

    def _look(self) -> tuple[str, int] | None:
        if time.monotonic() - self._looked_at >= FRESH:
            name = self._folder.usable()
            self._newest = (name, _generation(self._folder.path / name)) if name else None
            self._looked_at = time.monotonic()
        return self._newest

    def close(self) -> None:
        """Close what is open, and look at the disk again at the next question."""
        with self._lock:
            while self._idle:
                self._idle.pop()[1].close()
            self._newest, self._looked_at = None, 0.0


def _generation(path: Path) -> int:
    """The number of the last commit, from the name of the file that lists the others."""
    numbers = [one.stem.rpartition("_")[2] for one in path.glob("*.toc")]
    return max((int(number) for number in numbers if number.isdigit()), default=-1)
