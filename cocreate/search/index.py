"""Whoosh's side: an index in the data folder suggests ideas for words.

Only the worker and `cocreate reindex` write, one process at a time. Whoosh does
not wait for the disk, so a power failure may leave a broken index behind; the
worker then makes a new one, and until then questions raise Unusable.
"""

import logging
import shutil
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from cocreate.search import documents, schema, segments
from cocreate.search.asked import Asked, Only, Part
from cocreate.search.building import Bar, Building
from cocreate.search.folder import Busy, Folder, waited_for
from cocreate.search.matching import Matching
from cocreate.search.postings import PLACE_BITS, View
from cocreate.search.readers import Readers, Unusable
from cocreate.search.schema import Load
from cocreate.search.writing import Writing

__all__ = ["Busy", "Index", "Unusable"]

log = logging.getLogger("cocreate.search")

# Keys that may stand for the beginning of one; more would be a guess anyway.
BEGINNINGS = 30
# Seconds that a command waits for the worker between two pieces.
PATIENCE = 60.0


class Index:
    """The engine over Whoosh's files in one data folder, as one process sees it."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path, schema.FORM, schema.version())
        self.writing = Writing(self.folder)
        self._readers = Readers(self.folder)
        # What this process is in the middle of: a chore does it piece by piece.
        self._building: Building | None = None

    # --- questions ----------------------------------------------------------------------------

    def search(
        self, asked: Asked, *, every: bool, only: Only, limit: int
    ) -> list[tuple[int, float]]:
        """See engines.Engine."""
        with self._reading() as view:
            return Matching(view).ranked(asked, every=every, only=only, limit=limit)

    def matching(self, asked: Asked, *, only: Only, most: int) -> list[int]:
        """See engines.Engine."""
        with self._reading() as view:
            return Matching(view).newest(asked, only=only, most=most)

    def beginning(self, asked: Asked, starts: Sequence[str], limit: int) -> list[int]:
        """See engines.Engine. Of many keys that begin so, BEGINNINGS are looked at."""
        with self._reading() as view:
            begun = {key for start in starts for key in view.beginning(start, BEGINNINGS)}
            if not begun:
                return []
            last = Part("", tuple((key,) for key in sorted(begun)))
            whole = Asked((*asked.parts, last), asked.without)
            found = Matching(view).ranked(whole, every=True, only=Only(), limit=limit)
        return [idea_id for idea_id, _score in found]

    def comments(self, idea_ids: Sequence[int], keys: Sequence[str]) -> dict[int, int]:
        """See engines.Engine."""
        with self._reading() as view:
            numbers = view.numbers(idea_ids)
            starts = {one: view.stored(one)["comments"] for one in numbers.tolist()}
            among = np.zeros(view.size, dtype=bool)
            among[numbers] = True
            has: dict[int, dict[int, set[str]]] = {number: {} for number in starts}
            for key in dict.fromkeys(keys):
                for found in view.places(key, among).tolist():
                    number, place = found >> PLACE_BITS, found & ((1 << PLACE_BITS) - 1)
                    if begun := bisect_right(starts[number], place, key=lambda one: one[0]):
                        comment = starts[number][begun - 1][1]
                        has[number].setdefault(comment, set()).add(key)
            return {
                int(view.ids[number]): max(found, key=lambda one: (len(found[one]), -one))
                for number, found in has.items()
                if found
            }

    def frequencies(self, keys: Sequence[str]) -> dict[str, int]:
        """See engines.Engine."""
        with self._reading() as view:
            counted = {key: view.frequency(key) for key in keys}
        return {key: count for key, count in counted.items() if count}

    def digests(self, after: int, last: int) -> dict[int, str]:
        """See engines.Engine."""
        self.look_again()
        with self._reading() as view:
            numbers = np.flatnonzero(view.alive & (view.ids > after) & (view.ids <= last))
            return {int(view.ids[one]): view.stored(one)["digest"] for one in numbers.tolist()}

    def count(self) -> int:
        """See engines.Engine."""
        with self._reading() as view:
            return view.count

    def is_made(self) -> bool:
        """See engines.Engine. A broken file is met by whoever writes, and by `is_usable`."""
        return self.folder.usable() is not None

    def is_usable(self) -> bool:
        """See engines.Engine. By a look at the disk."""
        name = self.folder.usable()
        if name is None:
            return False
        try:
            view = View(segments.opened(self.folder.path / name).reader())
            try:
                view.check()
            finally:
                view.close()
        except Exception:
            # A broken file may break Whoosh anywhere.
            log.warning("the search index cannot be opened", exc_info=True)
            return False
        return True

    def is_growing(self) -> bool:
        """See engines.Engine."""
        return self.folder.name("growing") is not None

    def look_again(self) -> None:
        """Let the next question see what has just been written."""
        self._readers.close()

    @contextmanager
    def _reading(self) -> Iterator[View]:
        try:
            with self._readers.view() as view:
                yield view
        except Unusable:
            raise
        except Exception as error:
            log.warning("the search index cannot be read", exc_info=True)
            self.folder.suspect()
            raise Unusable from error

    # --- keeping ------------------------------------------------------------------------------

    def put(self, ids: Sequence[int], load: Load) -> None:
        """See engines.Engine. Raises Busy."""
        # The database is read while nobody else writes the index, or an older state of an
        # idea might come last; and nobody waits for its one write lock meanwhile.
        with documents.reading():
            self.writing.put(ids, lambda: load(ids))
        self.look_again()

    def tend(self) -> bool:
        """See engines.Engine."""
        try:
            with waited_for():
                if self._building is None:
                    if self._is_well():
                        self._clear()
                        return self.writing.tidy()
                    self._building = Building(self.writing)
                    log.info("the search index is made anew")
                return self._go_on(self._building)
        except Busy:
            return False

    def _is_well(self) -> bool:
        name = self.folder.usable()
        return name is not None and not self.folder.is_outdated(name) and self.is_usable()

    def _clear(self) -> None:
        """Remove what a process that died left of a new index; it would be written for ever."""
        if (self.folder.path / "growing").exists():
            with self.folder.alone("build", 0), self.writing.alone():
                self.folder.appoint("growing", None)
                self.folder.tidy()

    def _go_on(self, building: Building) -> bool:
        try:
            if not building.is_whole:
                building.grow()
            if building.is_whole:
                building.take_over()
                self._building = None
                self.look_again()
            return not building.is_whole
        except Busy:
            # Someone else writes just now; this piece comes again.
            raise
        except BaseException:
            self._leave()
            raise

    def reindex(self, bar: Bar) -> None:
        """See engines.Engine."""
        building = Building(self.writing, PATIENCE)
        try:
            pieces = range(building.pieces)
            bar(pieces, len(pieces), "search index", lambda _piece: building.grow())
            building.take_over()
        finally:
            building.leave()
        self.look_again()

    def forget(self) -> None:
        """See engines.Engine."""
        self._leave()
        self._readers.close()
        shutil.rmtree(self.folder.path, ignore_errors=True)

    def _leave(self) -> None:
        if self._building is not None:
            self._building.leave()
            self._building = None
