"""Keeping the index: making it anew, comparing it with the database, mending it.

Whoever calls has nothing unfinished in the session: what changes the index reads
and writes in transactions of its own.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from cocreate.database import MAX_ID
from cocreate.errors import Closed
from cocreate.i18n import lazy_gettext as _
from cocreate.search import documents, engines
from cocreate.search.engines import Bar, Busy, Engine
from cocreate.search.engines import Unusable as Unusable

log = logging.getLogger("cocreate.search")

# So many ids are compared at once. Whoever has just changed something waits that long.
PIECE = 100

# How far this process has compared: a chore does it piece by piece.
_compared: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()


@dataclass(frozen=True)
class Difference:
    """An idea about which the index and the database do not agree.

    `indexed` and `public` are the digests of what each of them has; None: nothing.
    """

    id: int
    indexed: str | None
    public: str | None

    @property
    def says(self) -> str:
        """The difference in words, for whoever looks after the portal."""
        if self.indexed is None:
            return "can be seen, but not found"
        if self.public is None:
            return "is in the index, but must not be found"
        return "is found as it was"


def agree(ids: Sequence[int]) -> None:
    """Make the index agree with the database about these ideas. Raises Busy."""
    engines.here().put(ids, documents.load)


def tend() -> bool:
    """Where there is no index that answers as it should, make the next piece of a new one.

    Returns whether there is more to do.
    """
    return engines.here().tend()


def reindex(bar: Bar) -> int:
    """Make a new index while the old one answers, then let it take over.

    `bar` does each of some items while it shows how far it got. Returns how many
    ideas can be found. Raises Closed while another process is at it.
    """
    engine = engines.here()
    with _waiting_in_vain():
        engine.reindex(bar)
    return engine.count()


def check() -> list[Difference]:
    """Where the index and the database differ: nowhere, if all is well. Raises Unusable."""
    if not engines.here().is_usable():
        raise Unusable
    return [one for after in _pieces() for one in _differences(after)]


def mend(found: Sequence[Difference]) -> None:
    """Bring the ideas of these differences up to date. Raises Closed while another one writes."""
    ids = [one.id for one in found]
    with _waiting_in_vain():
        for start in range(0, len(ids), PIECE):
            agree(ids[start : start + PIECE])


def compare() -> bool:
    """Mend what differs in the next piece of the index; whether there are more pieces."""
    engine = engines.here()
    if engine.is_growing():
        # What is made anew agrees once it is whole.
        return False
    after = _compared.get(engine, 0)
    with documents.reading():
        last = documents.last_id()
    try:
        found = _differences(after)
    except Unusable:
        return False
    if found:
        log.warning("the search index differed", extra={"ideas": [one.id for one in found]})
        try:
            agree([one.id for one in found])
        except Busy:
            return True
    more = after + PIECE < last
    _compared[engine] = after + PIECE if more else 0
    return more


def forget() -> None:
    """Remove the index and what this process was doing with it."""
    engine = engines.here()
    _compared.pop(engine, None)
    engine.forget()


@contextmanager
def _waiting_in_vain() -> Iterator[None]:
    try:
        yield
    except Busy as busy:
        raise Closed(
            _("Another process is writing the search index. Try again in a moment.")
        ) from busy


def _pieces() -> Iterator[int]:
    with documents.reading():
        last = documents.last_id()
    yield from range(0, max(last, 1), PIECE)


def _differences(after: int) -> list[Difference]:
    """Differences among the PIECE ideas above `after`, and beyond the last idea if it is there."""
    found = _looked_at(after)
    # What was written between a look at the one and a look at the other is no difference.
    return [one for one in _looked_at(after) if one in found] if found else []


def _looked_at(after: int) -> list[Difference]:
    with documents.reading():
        is_last = after + PIECE >= documents.last_id()
        # Beyond the last idea of the database the index must not have any.
        last = MAX_ID if is_last else after + PIECE
        public = documents.load(documents.public_between(after, last))
        indexed = engines.here().digests(after, last)
    pairs = {
        one: (indexed.get(one), public[one].digest if one in public else None)
        for one in sorted(public.keys() | indexed.keys())
    }
    return [Difference(one, *pair) for one, pair in pairs.items() if pair[0] != pair[1]]
