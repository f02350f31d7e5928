"""What a process keeps in memory so that it need not be read or made again.

Everything kept is bounded, the same for every reader, and found by a key that
changes with what it shows; the time it is kept for is only the last resort.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import TTLCache

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """At most `most` values, those not asked for the longest going first.

    None of them is older than `seconds`. Safe to use from many threads.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._values: TTLCache[Hashable, Value] = TTLCache(most, seconds)
        self._lock = Lock()
        when_forgetting(self.forget)

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            return self._values.get(key)

    def keep(self, key: Hashable, value: Value) -> Value:
        with self._lock:
            self._values[key] = value
        return value

    def forget(self) -> None:
        with self._lock:
            self._values.clear()


_forgets: list[Callable[[], None]] = []


def when_forgetting(do: Callable[[], None]) -> None:
    """Have `do` called whenever this process is to forget what it keeps."""
    _forgets.append(do)


def forget() -> None:
    """Forget everything: the next reader finds what the database says."""
    for do in _forgets:
        do()
