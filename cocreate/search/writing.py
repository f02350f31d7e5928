"""What changes the index's files, for one process at a time."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from cocreate.search import merging, segments
from cocreate.search.folder import Folder, is_passing, waited_for
from cocreate.search.postings import View
from cocreate.search.schema import Document

log = logging.getLogger("cocreate.search")

# Seconds to wait for another process that writes.
PATIENCE = 2.0
# Seconds without a change after which files are made fewer.
QUIET = 30
# Megabytes that one batch may take before it is sorted on the disk.
_MEMORY = 64

Merge = Callable[[merging.Writer, list[Any]], list[Any]]


class Writing:
    """Writes the indexes of one folder."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    def alone(self, patience: float | None = None) -> AbstractContextManager[None]:
        """A block in which no other process writes. Raises Busy after `patience` seconds."""
        return self.folder.alone("write", PATIENCE if patience is None else patience)

    def put(self, ids: Sequence[int], load: Callable[[], Mapping[int, Document]]) -> None:
        """Make the index agree about `ids` with what `load` gives once nobody else writes.

        What is not loaded goes. Both the index in use and one that is being made are
        written. Raises Busy, also where the machine refuses: that passes, or an admin helps.
        """
        with waited_for(), self.alone():
            documents = load()
            for role in ("current", "growing"):
                if name := self.folder.name(role):
                    self._write_or_give_up(role, name, ids, documents)

    def _write_or_give_up(
        self, role: str, name: str, ids: Sequence[int], documents: Mapping[int, Document]
    ) -> None:
        try:
            self.write(name, ids, documents, merging.along)
        except Exception as error:
            if is_passing(error):
                raise
            log.warning("the search index cannot be written and is made anew", exc_info=True)
            self.folder.appoint(role, None)

    def write(
        self,
        name: str,
        ids: Sequence[int],
        documents: Mapping[int, Document],
        merge: Merge | None = None,
    ) -> None:
        """Bring `ids` in the index `name` to `documents`, in one commit.

        Whoever calls is alone. What is there already is not written again. `merge` says
        which files are made one, else Whoosh does.
        """
        index = self._opened(name)
        view = View(index.reader())
        try:
            stale, fresh = _changes(view, ids, documents)
        finally:
            view.close()
        if not stale and not fresh:
            return
        with self._changing(index, merge) as writer:
            for number in stale:
                writer.delete_document(number)
            for document in fresh:
                writer.add_document(**segments.fields_of(document))

    def tidy(self) -> bool:
        """Make fewer files of many, when nothing has been written for QUIET seconds.

        Returns whether there is more to make. Raises Busy.
        """
        name = self.folder.name("current")
        if name is None or self.folder.name("growing") is not None:
            return False
        newest = max(
            (one.stat().st_mtime for one in (self.folder.path / name).glob("*.toc")), default=0
        )
        if time.time() - newest < QUIET or not merging.can_be_fewer(
            segments.files(self._opened(name))
        ):
            return False
        with self.alone(0), self._changing(self._opened(name), merging.meanwhile):
            pass
        return self._can_be_fewer(name)

    def _can_be_fewer(self, name: str) -> bool:
        return merging.can_be_fewer(segments.files(self._opened(name)))

    def _opened(self, name: str) -> Any:
        return segments.opened(self.folder.path / name)

    @contextmanager
    def _changing(self, index: Any, merge: Merge | None) -> Iterator[Any]:
        writer = merging.Writer(index, _MEMORY)
        try:
            yield writer
            writer.commit(mergetype=merge)
        except BaseException:
            # Whoosh keeps its lock when a commit fails, and with it every later one out.
            with suppress(Exception):
                writer.cancel()
            with suppress(Exception):
                writer.writelock.release()
            raise

    def create(self) -> str:
        """A new, empty index without a role; its name."""
        name = self.folder.new()
        segments.create(self.folder.path / name)
        return name


def _changes(
    view: View, ids: Sequence[int], documents: Mapping[int, Document]
) -> tuple[list[int], list[Document]]:
    """The numbers that go, and the documents that come."""
    known: dict[int, list[int]] = {}
    for number in view.numbers(ids).tolist():
        known.setdefault(int(view.ids[number]), []).append(number)
    stale: list[int] = []
    fresh: list[Document] = []
    for idea_id in dict.fromkeys(ids):
        numbers = known.get(idea_id, [])
        document = documents.get(idea_id)
        digests = [view.stored(number)["digest"] for number in numbers]
        if digests != ([document.digest] if document else []):
            stale += numbers
            fresh += [document] if document else []
    return stale, fresh
