"""Keeping the index: making it anew, comparing it with the database, mending it.

The database is read in transactions of their own, so that nobody waits for its
one write lock while files are written. Whoever calls has nothing unfinished in
the session: it is rolled back.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from cocreate.database import MAX_ID, begin_as
from cocreate.errors import Closed
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.search import documents
from cocreate.search.building import PIECE, Building
from cocreate.search.index import Busy, Index, Unusable, here

log = logging.getLogger("cocreate.search")

Bar = Callable[[Iterable[Any], int, str, Callable[[Any], None]], None]

# Seconds that a command waits for the worker between two pieces.
PATIENCE = 60

# What this process is in the middle of: a chore does it piece by piece.
_building: WeakKeyDictionary[Index, Building] = WeakKeyDictionary()
_compared: WeakKeyDictionary[Index, int] = WeakKeyDictionary()


@dataclass(frozen=True)
class Difference:
    """An idea about which the index and the database do not agree.

    `indexed` and `public` are the digests of what each of them has; None: nothing.
    """

    id: int
    indexed: str | None
    public: str | None


@contextmanager
def reading() -> Iterator[None]:
    """Read what is committed by now, in a transaction that waits for nobody."""
    db.session.rollback()
    begin_as(reader=True)
    try:
        yield
    finally:
        db.session.rollback()
        begin_as(reader=False)


def agree(ids: Sequence[int]) -> None:
    """Make the index agree with the database about these ideas. Raises Busy."""
    with reading():
        here().put(ids, documents.load)


def tend() -> bool:
    """Where there is no index that opens, make the next piece of a new one.

    Returns whether there is more to do. Does nothing while another process is at it.
    """
    index = here()
    try:
        with reading():
            building = _building.get(index)
            if building is None:
                if index.is_usable():
                    _clear(index)
                    return False
                building = _building[index] = Building(index)
                log.info("the search index is made anew")
            return _go_on(index, building)
    except Busy:
        return False


def _clear(index: Index) -> None:
    """Remove what a process that died left of a new index; it would be written for ever."""
    if index.folder.name("growing"):
        with index.folder.alone("build", 0), index.alone():
            index.folder.appoint("growing", None)
            index.folder.tidy()


def _go_on(index: Index, building: Building) -> bool:
    try:
        if not building.is_whole:
            building.grow()
        if building.is_whole:
            building.take_over()
            del _building[index]
        return not building.is_whole
    except Busy:
        # Someone else writes just now; this piece comes again.
        raise
    except Exception:
        building.leave()
        del _building[index]
        raise


def reindex(bar: Bar) -> int:
    """Make a new index while the old one answers, then let it take over.

    `bar` does each of some items while it shows how far it got. Returns how many
    ideas can be found. Raises Closed when another process is making one.
    """
    index = here()
    with reading():
        try:
            building = Building(index, PATIENCE)
        except Busy as busy:
            raise Closed(_("The search index is being made anew already.")) from busy
        try:
            pieces = range(building.pieces)
            bar(pieces, len(pieces), "search index", lambda piece: building.grow())
            building.take_over()
        finally:
            building.leave()
    return index.count()


def check() -> list[Difference]:
    """Where the index and the database differ: nowhere, if all is well. Raises Unusable."""
    with reading():
        return [one for after in _pieces() for one in _differences(here(), after)]


def compare() -> bool:
    """Mend what differs in the next piece of the index; whether there are more pieces."""
    index = here()
    after = _compared.get(index, 0)
    try:
        with reading():
            last = documents.last_id()
            found = _differences(index, after, is_last=after + PIECE >= last)
    except Unusable:
        return False
    if found:
        log.warning("the search index differed", extra={"ideas": [one.id for one in found]})
        agree([one.id for one in found])
    more = after + PIECE < last
    _compared[index] = after + PIECE if more else 0
    return more


def forget() -> None:
    """Remove the index and what this process was doing with it."""
    index = here()
    _compared.pop(index, None)
    if building := _building.pop(index, None):
        building.leave()
    index.forget()


def _pieces() -> Iterator[int]:
    yield from range(0, max(documents.last_id(), 1), PIECE)


def _differences(index: Index, after: int, *, is_last: bool | None = None) -> list[Difference]:
    """Differences among the ideas above `after`: of one piece, or of all that follow."""
    if is_last is None:
        is_last = after + PIECE >= documents.last_id()
    # Beyond the last idea of the database the index must not have any.
    last = MAX_ID if is_last else after + PIECE
    with index.alone():
        public = documents.load(documents.public_between(after, last))
        indexed = index.digests(after, last)
    pairs = {
        one: (indexed.get(one), public[one].digest if one in public else None)
        for one in sorted(public.keys() | indexed.keys())
    }
    return [Difference(one, *pair) for one, pair in pairs.items() if pair[0] != pair[1]]
