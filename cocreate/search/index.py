"""The index: it suggests ideas for words. What is shown is for the database to decide.

Only the worker and `cocreate reindex` write, one process at a time. Whoosh does
not wait for the disk, so a power failure may leave a broken index behind; the
worker then makes a new one, and until then questions raise Unusable.
"""

import errno
import logging
import shutil
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from cocreate.extensions import db
from cocreate.search import schema
from cocreate.search.folder import Busy, Folder
from cocreate.search.mended import query
from cocreate.search.readers import Readers, Unusable
from cocreate.search.schema import Document

__all__ = ["Busy", "Index", "Unusable", "here", "keep_at"]

log = logging.getLogger("cocreate.search")

# Seconds to wait for another process that writes.
PATIENCE = 2.0
# Ideas that are scored for a question of which one word is enough, counted once per word.
POSTINGS = 10_000
# Terms that may stand for the beginning of one; more would be a guess anyway.
BEGINNINGS = 30
# Megabytes that one batch may take before it is sorted on the disk.
_MEMORY = 64

# Errors of the machine, not of the index: making it anew would fail in the same way.
_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE}


class _AnyOf(query.Or):  # type: ignore[misc]
    """At least one of several. Left to choose, Whoosh fills long arrays for a few short lists."""

    matcher_type = query.Or.DEFAULT_MATCHER


class Index:
    """The index in one data folder, as one process sees it."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path, schema.VERSION)
        self._readers = Readers(self.folder)

    # --- questions ----------------------------------------------------------------------------

    def search(
        self, terms: Sequence[str], *, every: bool, only: Mapping[str, str], limit: int
    ) -> list[tuple[int, float]]:
        """The ideas for `terms`, best first: (id, score), at most `limit`.

        With `every` an idea has all the terms, each in whichever place; without, at
        least one, and terms that very many ideas have are left out. `only` narrows
        by area, stage, language and tag (ids and values as text). Raises Unusable.
        """
        narrow = query.And([query.Term(field, value) for field, value in only.items()])
        with self._reading() as searcher:
            asked = [
                query.Term("terms", term)
                for term in (terms if every else _rare(searcher.reader(), terms))
            ]
            found = searcher.search(
                query.And(asked) if every else _AnyOf(asked),
                limit=limit,
                filter=narrow if only else None,
            )
            ids = searcher.reader().column_reader("id") if found.top_n else {}
            hits = [(int(ids[number]), float(score)) for score, number in found.top_n]
        return sorted(hits, key=lambda hit: (-hit[1], -hit[0]))

    def beginning(self, terms: Sequence[str], last: Collection[str], limit: int) -> list[int]:
        """Ideas with all of `terms` and a term that begins like one of `last`, best first.

        For words that are still being typed. At most `limit`; of many terms that
        begin so, BEGINNINGS are looked at. Raises Unusable.
        """
        with self._reading() as searcher:
            reader = searcher.reader()
            begun = {
                term.decode()
                for start in last
                for term in islice(reader.expand_prefix("terms", start), BEGINNINGS)
            }
            if not begun:
                return []
            asked = [query.Term("terms", term) for term in terms]
            one = _AnyOf([query.Term("terms", term) for term in sorted(begun)])
            found = searcher.search(query.And([*asked, one]), limit=limit)
            ids = reader.column_reader("id") if found.top_n else {}
            return [int(ids[number]) for _, number in found.top_n]

    def comments(self, idea_ids: Sequence[int], terms: Sequence[str]) -> dict[int, int]:
        """Of each idea, the comment that has the most of `terms`; ideas without one are left out.

        Raises Unusable.
        """
        with self._reading() as searcher:
            reader = searcher.reader()
            ideas = {number: one for one in idea_ids for number in _numbers(searcher, one)}
            starts = {number: reader.stored_fields(number)["starts"] for number in ideas}
            has: dict[int, dict[int, set[str]]] = {number: {} for number in ideas}
            for term in terms:
                for number, places in _places(reader, term, sorted(ideas)):
                    for place in places:
                        begun = bisect_right(starts[number], (place, float("inf")))
                        comment = starts[number][begun - 1][1]
                        has[number].setdefault(comment, set()).add(term)
        return {
            ideas[number]: max(found, key=lambda one: (len(found[one]), -one))
            for number, found in has.items()
            if found
        }

    def digests(self, after: int, last: int) -> dict[int, str]:
        """What the index holds now of the ideas above `after` and up to `last`: id and digest.

        Raises Unusable.
        """
        self.look_again()
        between = query.TermRange("id", schema.key(after), schema.key(last), startexcl=True)
        with self._reading() as searcher:
            stored = [searcher.stored_fields(number) for number in searcher.docs_for_query(between)]
        return {int(one["id"]): one["digest"] for one in stored}

    def count(self) -> int:
        """How many ideas can be found. Raises Unusable."""
        with self._reading() as searcher:
            return int(searcher.doc_count())

    def is_usable(self) -> bool:
        """Whether an index is there and opens, by a look at the disk."""
        name = self.folder.usable()
        if name is None:
            return False
        try:
            with schema.opened(self.folder.path / name).searcher() as searcher:
                for leaf, _ in searcher.reader().leaf_readers():
                    if leaf.doc_count_all():
                        leaf.stored_fields(leaf.doc_count_all() - 1)
        except Exception:
            # A broken file may break Whoosh anywhere.
            log.warning("the search index cannot be opened", exc_info=True)
            return False
        return True

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        try:
            with self._readers.one() as searcher:
                yield searcher
        except Unusable:
            raise
        except Exception as error:
            log.warning("the search index cannot be read", exc_info=True)
            self.folder.suspect()
            raise Unusable from error

    # --- writing ------------------------------------------------------------------------------

    def put(
        self, ids: Sequence[int], load: Callable[[Sequence[int]], Mapping[int, Document]]
    ) -> None:
        """Make the index agree about `ids` with what `load` gives once nobody else writes.

        What is not loaded goes. Both the index in use and one that is being made
        are written. Raises Busy.
        """
        with self.alone():
            documents = load(ids)
            for role in ("current", "growing"):
                if name := self.folder.name(role):
                    self._write_or_give_up(role, name, ids, documents)
        self.look_again()

    def alone(self, patience: float = PATIENCE) -> AbstractContextManager[None]:
        """A block in which no other process writes the index. Raises Busy."""
        return self.folder.alone("write", patience)

    def look_again(self) -> None:
        """Let the next question see what has just been written."""
        self._readers.close()

    def _write_or_give_up(
        self, role: str, name: str, ids: Sequence[int], documents: Mapping[int, Document]
    ) -> None:
        try:
            self.write(name, ids, documents)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _MACHINE:
                raise
            log.warning("the search index cannot be written and is made anew", exc_info=True)
            self.folder.appoint(role, None)

    def write(self, name: str, ids: Sequence[int], documents: Mapping[int, Document]) -> None:
        """Bring `ids` in the index `name` to `documents`, in one commit.

        Whoever calls is alone. What is there already is not written again.
        """
        index = schema.opened(self.folder.path / name)
        stale: list[int] = []
        fresh: list[Document] = []
        with index.searcher() as searcher:
            for idea_id in ids:
                numbers = _numbers(searcher, idea_id)
                document = documents.get(idea_id)
                known = [searcher.stored_fields(number)["digest"] for number in numbers]
                if known == ([document.digest] if document else []):
                    continue
                stale += numbers
                fresh += [document] if document else []
        if not stale and not fresh:
            return
        writer = index.writer(limitmb=_MEMORY)
        try:
            for number in stale:
                writer.delete_document(number)
            for document in fresh:
                writer.add_document(**schema.fields_of(document))
            writer.commit()
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
        schema.create(self.folder.path / name)
        return name

    def forget(self) -> None:
        """Remove the index and whatever is open of it."""
        self._readers.close()
        shutil.rmtree(self.folder.path, ignore_errors=True)


def _numbers(searcher: Any, idea_id: int) -> list[int]:
    """Where the index keeps the idea; empty if it does not."""
    return list(searcher.document_numbers(id=schema.key(idea_id)))


def _rare(reader: Any, terms: Sequence[str]) -> list[str]:
    """The terms that the fewest ideas have: as many as POSTINGS allow, and one in any case."""
    chosen: list[str] = []
    left = POSTINGS
    for count, term in sorted((reader.doc_frequency("terms", term), term) for term in terms):
        left -= count
        if left < 0 and chosen:
            break
        chosen += [term] if count else []
    return chosen


def _places(reader: Any, term: str, numbers: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Where the term stands in the comments of each of these documents, given in order."""
    if ("comments", term) not in reader:
        return
    matcher = reader.postings("comments", term)
    for number in numbers:
        if matcher.is_active():
            matcher.skip_to(number)
        if matcher.is_active() and matcher.id() == number:
            yield number, matcher.value_as("positions")


_indexes: WeakKeyDictionary[Engine, Index] = WeakKeyDictionary()


def keep_at(path: Path) -> None:
    """Let the application whose context this is keep its index in the folder `path`."""
    _indexes[db.engine] = Index(path)


def here() -> Index:
    """The index of the application whose context this is."""
    return _indexes[db.engine]
