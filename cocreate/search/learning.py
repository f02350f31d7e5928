"""What was learned from the public ideas: what there is to learn from, and what came of it.

The lessons themselves are in `training`, which the worker alone needs.
"""

import hashlib
import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from cocreate import kept
from cocreate.extensions import db
from cocreate.search import analysis
from cocreate.search.models import SearchModel

log = logging.getLogger("cocreate.search")

Opened = TypeVar("Opened")

# The forms in which the models are kept; another number makes older ones unreadable.
FORMAT = 2
# Seconds for which a process goes on with what it holds before it looks for something newer.
FRESH = 60.0


@dataclass
class Counts:
    """What the public ideas say, counted; no text of any of them."""

    ideas: int = 0
    # In how many ideas each key stands.
    keys: Counter[str] = field(default_factory=Counter)
    # By language, then by folded word: in how many ideas it stands, and in how many of these
    # each form of it as written (in small letters, with its accents). What fewer than two
    # ideas say is left out: it may be shown to anyone.
    words: dict[str, dict[str, tuple[int, Counter[str]]]] = field(default_factory=dict)
    # Some of the ideas, as (hashes of their keys, how often each stands there).
    sample: list[tuple[Any, Any]] = field(default_factory=list)


class Model:
    """One thing that was learned, as this process holds it."""

    def __init__(self, kind: str, version: str, body: bytes) -> None:
        self.kind = kind
        self.version = version
        self._body = body
        self._opened: Any = None
        self._lock = threading.Lock()

    def opened(self, read: Callable[[bytes], Opened]) -> Opened | None:
        """The body as `read` understands it: read once, and then only that is held.

        A kind has one reader. None for a body that it cannot read, whatever it raises.
        """
        with self._lock:
            if self._body:
                try:
                    self._opened = read(self._body)
                except Exception:
                    # A broken body may break anything, and everybody can do without a model.
                    log.warning("a model cannot be read", exc_info=True, extra={"model": self.kind})
                self._body = b""
        made: Opened | None = self._opened
        return made


@dataclass
class _Held:
    looked_at: float
    model: Model | None


_held: WeakKeyDictionary[Engine, dict[str, _Held]] = WeakKeyDictionary()
_lock = threading.Lock()


def code() -> str:
    """Which code can read a model: the same analysis, the same form."""
    said = repr((FORMAT, analysis.VERSION)).encode()
    return hashlib.blake2b(said, digest_size=6).hexdigest()


def version(ideas: int) -> str:
    """A version of its own for what this code learns now from so many ideas."""
    return f"{code()}.{ideas}.{secrets.token_hex(4)}"


def ideas_of(version: str) -> int:
    """From how many ideas a model of this version was learned; 0 if it is of other code."""
    made_by, _, rest = version.partition(".")
    ideas, _, _ = rest.partition(".")
    return int(ideas) if made_by == code() and ideas.isdecimal() else 0


def learned(kind: str) -> Model | None:
    """The newest model of this kind; None while there is none that this code can read.

    It stays in memory. One statement at most every FRESH seconds asks for a newer one.
    """
    with _lock:
        kinds = _held.setdefault(db.engine, {})
        held = kinds.get(kind)
        if held and time.monotonic() - held.looked_at < FRESH:
            return held.model
        # Whoever comes meanwhile goes on with what there is.
        kinds[kind] = _Held(time.monotonic(), held.model if held else None)
    try:
        model = _newest(kind, held.model if held else None)
    except BaseException:
        with _lock:
            kinds.pop(kind, None)
        raise
    with _lock:
        kinds[kind] = _Held(time.monotonic(), model)
    return model


def _newest(kind: str, known: Model | None) -> Model | None:
    here = SearchModel.kind == kind
    newest = db.session.scalar(select(SearchModel.version).where(here))
    if newest is None or not ideas_of(newest):
        return None
    if known and known.version == newest:
        return known
    columns = (SearchModel.kind, SearchModel.version, SearchModel.body)
    row = db.session.execute(select(*columns).where(here)).first()
    # Replaced between the two statements it may be of other code by now.
    return Model(*row) if row and ideas_of(row.version) else None


def forget() -> None:
    """Let the next question look for what is there now."""
    with _lock:
        _held.clear()


kept.when_forgetting(forget)
