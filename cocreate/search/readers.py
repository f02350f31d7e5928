"""The state of the index that answers, opened once for all threads of a process."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cocreate.search import segments
from cocreate.search.folder import Folder
from cocreate.search.postings import View

log = logging.getLogger("cocreate.search")

# Seconds for which a process goes on answering from what it opened.
FRESH = 0.25
# Seconds for which what could not be opened is not tried again: a try takes two, with Whoosh's own
# waiting, and everybody waits. The worker looks by itself, and makes another one.
REFUSED = 10.0
# Seconds before each further try to open what a writer may be replacing at this very moment.
_PAUSES = (0.005, 0.02, 0.05)


class Unusable(Exception):
    """There is no index that could be read; the worker is making one."""


class _Opened:
    """A view, and how many threads read it just now."""

    def __init__(self, seen: tuple[str, int], view: View) -> None:
        self.seen = seen
        self.view = view
        self.users = 0


class Readers:
    """What one process reads. It sees a change at most FRESH seconds after its commit."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._newest: _Opened | None = None
        # What could not be opened, and when.
        self._refused: tuple[tuple[str, int] | None, float] = (None, 0.0)
        self._looked_at = 0.0

    @contextmanager
    def view(self) -> Iterator[View]:
        """The newest state of the index, for this block. Raises Unusable."""
        opened = self._take()
        try:
            yield opened.view
        except BaseException:
            # What could not be read once is not read again.
            with self._lock:
                if self._newest is opened:
                    self._newest = None
            raise
        finally:
            with self._lock:
                opened.users -= 1
                self._drop(opened)

    def _take(self) -> _Opened:
        with self._lock:
            if time.monotonic() - self._looked_at >= FRESH or self._newest is None:
                newest = self._look()
                old = self._newest
                if old is None or old.seen != newest:
                    self._newest = self._open(newest)
                    if old is not None:
                        self._drop(old)
                self._looked_at = time.monotonic()
            assert self._newest is not None
            self._newest.users += 1
            return self._newest

    def _drop(self, opened: _Opened) -> None:
        """Close what nobody reads and nobody will."""
        if opened.users == 0 and opened is not self._newest:
            # A file that is gone or broken may refuse even that.
            with suppress(Exception):
                opened.view.close()

    def _look(self) -> tuple[str, int] | None:
        name = self._folder.usable()
        return (name, _generation(self._folder.path / name)) if name else None

    def _open(self, seen: tuple[str, int] | None) -> _Opened:
        refused, at = self._refused
        if seen is None or (seen == refused and time.monotonic() - at < REFUSED):
            raise Unusable
        for pause in (*_PAUSES, None):
            try:
                return _Opened(seen, View(segments.opened(self._folder.path / seen[0]).reader()))
            except Exception as error:
                if pause is None:
                    log.warning("the search index cannot be opened", exc_info=True)
                    self._refused = (seen, time.monotonic())
                    raise Unusable from error
                # A commit may have replaced the files, or another index this one, just now.
                time.sleep(pause)
                seen = self._look() or seen
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Close what is open, and look at the disk again at the next question."""
        with self._lock:
            opened, self._newest = self._newest, None
            self._refused = (None, 0.0)
            if opened is not None:
                self._drop(opened)


def _generation(path: Path) -> int:
    """The number of the last commit, from the name of the file that lists the others."""
    numbers = [one.stem.rpartition("_")[2] for one in path.glob("*.toc")]
    return max((int(number) for number in numbers if number.isdigit()), default=-1)
