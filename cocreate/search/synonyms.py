"""Other words for what was typed, as the staff said, in the memory of each process.

A question's words are looked up in all their forms, so a synonym of "aplikace" is one of
"aplikacím" too. Nothing of it stands in the index: what is added works with the next
question, in every process within FRESH seconds. Synonyms of synonyms are not looked for.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select

from cocreate import kept
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.search import analysis
from cocreate.search.wanted import Synonym

# Seconds for which a process goes on with what it holds before it looks for changes.
FRESH = 1.0
# Of all words together; a team that needs more has a thesaurus, and no time for its portal.
MOST = 500

# The keys of some words in a language.
Keys = tuple[str, ...]
Table = dict[tuple[str, Keys], list[str]]


@dataclass
class _Held:
    looked_at: float
    stamp: Any
    table: Table


_held: WeakKeyDictionary[Engine, _Held] = WeakKeyDictionary()
_lock = threading.Lock()


def of(words: str) -> Sequence[str]:
    """What to look for as well as these words, as the staff wrote them."""
    table = _table()
    if not table:
        return ()
    found: dict[str, None] = {}
    for language in LANGUAGES:
        if keys := tuple(analysis.terms(words, language)):
            found.update(dict.fromkeys(table.get((language, keys), ())))
    return tuple(found)


def _table() -> Table:
    with _lock:
        held = _held.get(db.engine)
        if held and time.monotonic() - held.looked_at < FRESH:
            return held.table
        if held:
            # Whoever comes meanwhile goes on with what there is.
            held.looked_at = time.monotonic()
    # A row is never changed, so a newer one or another number of them is all that can be.
    stamp = db.session.execute(
        select(func.count(), func.max(Synonym.added_at), func.sum(Synonym.id))
    ).one()
    if not held or tuple(stamp) != held.stamp:
        held = _Held(time.monotonic(), tuple(stamp), _made())
        with _lock:
            _held[db.engine] = held
    return held.table


def _made() -> Table:
    rows = db.session.execute(
        select(Synonym.language, Synonym.words, Synonym.means, Synonym.is_both_ways)
        .order_by(Synonym.id)
        .limit(MOST)
    )
    table: defaultdict[tuple[str, Keys], dict[str, None]] = defaultdict(dict)
    for row in rows:
        ways = [(row.words, row.means)]
        if row.is_both_ways:
            ways.append((row.means, row.words))
        for words, means in ways:
            for language in LANGUAGES:
                keys = tuple(analysis.terms(words, language))
                if keys and row.language in ("", language):
                    table[language, keys][means] = None
    return {place: list(means) for place, means in table.items()}


def forget() -> None:
    """Let the next question look for what is there now."""
    with _lock:
        _held.clear()


kept.when_forgetting(forget)
