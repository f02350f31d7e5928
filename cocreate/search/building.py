"""A new index, made beside the one that answers until it takes its place."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from cocreate.search import documents
from cocreate.search.readers import Unusable
from cocreate.search.writing import Writing

# So many ids are looked at in one piece; others write between two pieces.
PIECE = 500

# Does each of some items while it shows how far it got: items, how many, what, the deed.
Bar = Callable[[Iterable[Any], int, str, Callable[[Any], None]], None]


class Building:
    """An index that grows piece by piece, from the lowest id to the highest.

    Meanwhile the worker writes what changes into it too. It goes with its
    process: the next one begins again.
    """

    def __init__(self, writing: Writing, patience: float | None = None) -> None:
        """Begin. Raises Busy when another process is at it, or writes longer than `patience`."""
        self._writing = writing
        self._folder = writing.folder
        self._patience = patience
        with ExitStack() as held:
            held.enter_context(self._folder.alone("build", 0))
            with writing.alone(patience):
                # What is left of another attempt goes first, for it may have filled the disk.
                self._folder.appoint("growing", None)
                self._folder.tidy()
                self.name = writing.create()
                self._folder.appoint("growing", self.name)
            # Whatever gets a higher id from now on is written by the worker.
            with documents.reading():
                self.last = documents.last_id()
            self.at = 0
            self._held = held.pop_all()

    @property
    def pieces(self) -> int:
        """How many pieces there are in all."""
        return -(-self.last // PIECE)

    @property
    def is_whole(self) -> bool:
        return self.at >= self.last

    def grow(self) -> None:
        """Write the next piece. Raises Busy and Unusable."""
        # Read while nobody else writes, and each piece for itself: what the worker took out
        # of the index meanwhile would come back from an older state of the database.
        with self._writing.alone(self._patience), documents.reading():
            if self._folder.name("growing") != self.name:
                raise Unusable("the index that was being made is gone")
            ids = documents.public_between(self.at, self.at + PIECE)
            self._writing.write(self.name, ids, documents.load(ids))
        self.at += PIECE

    def take_over(self) -> None:
        """Let the new index answer from now on, and remove the old one. Raises Busy."""
        with self._writing.alone(self._patience):
            self._folder.appoint("current", self.name)
            self._folder.appoint("growing", None)
            self._folder.appoint("spoiled", None)
            self._folder.tidy()
        self.leave()

    def leave(self) -> None:
        """Let another process begin."""
        self._held.close()
