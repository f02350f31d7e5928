"""The two engines that find candidates: Whoosh beside SQLite, PostgreSQL's own in PostgreSQL.

They give the same ideas for the same question; what may be shown of them, and in
which order, is decided behind them, by the database and by `ranking`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Engine as Database

from cocreate.extensions import db
from cocreate.search.asked import Asked, Only
from cocreate.search.building import Bar
from cocreate.search.folder import Busy
from cocreate.search.index import Index
from cocreate.search.postgres import Postgres
from cocreate.search.readers import Unusable
from cocreate.search.schema import Load

__all__ = ["Bar", "Busy", "Engine", "Load", "Unusable", "here", "keep_at"]


class Engine(Protocol):
    """What an engine can be asked and told. Everything that is asked may raise Unusable.

    Whoever tells it something has nothing unfinished in the session: an engine reads
    and writes in transactions of its own.
    """

    def search(
        self, asked: Asked, *, every: bool, only: Only, limit: int
    ) -> list[tuple[int, float]]:
        """The ideas for a question, best first: (id, score), at most `limit`.

        With `every` an idea has all the parts; without, at least one, and parts that
        very many ideas have are left out. One that has what is excluded never comes.
        Of two that score the same, the newer comes first.
        """

    def matching(self, asked: Asked, *, only: Only, most: int) -> list[int]:
        """The ids of all ideas that have every part, the newest first, at most `most`."""

    def beginning(self, asked: Asked, starts: Sequence[str], limit: int) -> list[int]:
        """Ideas with all the parts and a key that begins like one of `starts`, best first."""

    def comments(self, idea_ids: Sequence[int], keys: Sequence[str]) -> dict[int, int]:
        """Of each idea, the comment with the most of `keys`; ideas without one are left out."""

    def frequencies(self, keys: Sequence[str]) -> dict[str, int]:
        """In how many ideas each key stands, about; those in none are left out.

        What was hidden a while ago may still be counted.
        """

    def count(self) -> int:
        """How many ideas can be found."""

    def is_made(self) -> bool:
        """Whether there is anything to answer from, as far as a glance tells."""

    def is_usable(self) -> bool:
        """Whether questions are answered from it."""

    def is_growing(self) -> bool:
        """Whether everything is being made anew."""

    def digests(self, after: int, last: int) -> dict[int, str]:
        """Id and digest of what is held now of the ideas above `after` and up to `last`."""

    def put(self, ids: Sequence[int], load: Load) -> None:
        """Make the index agree about `ids` with what `load` gives; what it does not, goes.

        Raises Busy where that has to wait.
        """

    def tend(self) -> bool:
        """Make the next piece of what is missing as a whole; whether there is more to make.

        Does nothing while another process is at it, or the machine takes nothing.
        """

    def reindex(self, bar: Bar) -> None:
        """Make everything anew while the old answers. Raises Busy."""

    def forget(self) -> None:
        """Remove everything that is held, and what this process was doing with it."""


_engines: WeakKeyDictionary[Database, Engine] = WeakKeyDictionary()


def keep_at(path: Path) -> None:
    """Let the application whose context this is search where its data is.

    With PostgreSQL that is in the database, else in the folder `path`.
    """
    is_postgres = db.engine.dialect.name == "postgresql"
    _engines[db.engine] = Postgres() if is_postgres else Index(path)


def here() -> Engine:
    """The engine of the application whose context this is."""
    return _engines[db.engine]
