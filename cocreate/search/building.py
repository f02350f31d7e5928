"""A new index, made beside the one that answers until it takes its place."""

from contextlib import ExitStack

from cocreate.search import documents
from cocreate.search.index import PATIENCE, Index, Unusable

# So many ids are looked at in one piece; others write between two pieces.
PIECE = 500


class Building:
    """An index that grows piece by piece, from the lowest id to the highest.

    Meanwhile the worker writes what changes into it too. It goes with its
    process: the next one begins again.
    """

    def __init__(self, index: Index, patience: float = PATIENCE) -> None:
        """Begin. Raises Busy when another process is at it, or writes longer than `patience`."""
        self._index = index
        self._patience = patience
        with ExitStack() as held:
            held.enter_context(index.folder.alone("build", 0))
            with index.alone(patience):
                self.name = index.create()
                index.folder.appoint("growing", self.name)
                index.folder.tidy()
            # Whatever gets a higher id from now on is written by the worker.
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
        with self._index.alone(self._patience):
            if self._index.folder.name("growing") != self.name:
                raise Unusable("the index that was being made is gone")
            ids = documents.public_between(self.at, self.at + PIECE)
            self._index.write(self.name, ids, documents.load(ids))
        self.at += PIECE

    def take_over(self) -> None:
        """Let the new index answer from now on, and remove the old one. Raises Busy."""
        folder = self._index.folder
        with self._index.alone(self._patience):
            folder.appoint("current", self.name)
            folder.appoint("growing", None)
            folder.appoint("spoiled", None)
            folder.tidy()
        self._index.look_again()
        self.leave()

    def leave(self) -> None:
        """Let another process begin."""
        self._held.close()
