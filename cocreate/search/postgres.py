"""PostgreSQL's side: its own text search suggests ideas for words.

The ideas' keys stand as tsvectors in a table beside the ideas, whose index says which
of them match. The score is that of `scoring`, made here from the places of what was
asked for, because PostgreSQL's own knows nothing of how rare a word is.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from cocreate.extensions import db
from cocreate.kept import Kept
from cocreate.search import fitting, scoring, tables, vectors
from cocreate.search import frequencies as learned
from cocreate.search.asked import Asked, Only, Part
from cocreate.search.building import Bar
from cocreate.search.folder import Busy
from cocreate.search.models import SearchDocument
from cocreate.search.readers import Unusable
from cocreate.search.schema import Load

log = logging.getLogger("cocreate.search")

# Ideas beyond which those with one of the words in the title are looked at first.
MANY = 5_000
# So many, at least, are read for their score: what fits best is only guessed before.
READ = 300
# Ideas, counted from the last, among which a beginning is looked for first.
NEW = 50_000
# Words are not spread evenly: so many times more ideas are looked through than should do.
_SPARE = 2.0
# Seconds for which numbers about all ideas hold.
FRESH = 60.0

# A question never waits longer than that for the database, and goes by the index alone:
# reading through the table would take all vectors apart.
_TERMS = (
    "SAVEPOINT asking; SET LOCAL statement_timeout = '2s'; SET LOCAL enable_seqscan = off;"
    " SET LOCAL work_mem = '32MB'; SET LOCAL jit = off;"
    " SET LOCAL max_parallel_workers_per_gather = 0"
)
_AS_BEFORE = "ROLLBACK TO SAVEPOINT asking; RELEASE SAVEPOINT asking"

_BEGINNING = text(fitting.BEGINNING)
_COMMENTS = text(
    f"SELECT idea_id, starts, {fitting.SAID} AS said FROM search_documents"  # noqa: S608
    " WHERE idea_id = ANY(CAST(:ids AS int[]))"
)
_FREQUENCIES = text(
    """
    SELECT key, (
        SELECT count(*) FROM (
            SELECT FROM search_documents WHERE vector @@ CAST(query AS tsquery) LIMIT :most
        ) AS those
    ) AS ideas
    FROM unnest(CAST(:keys AS text[]), CAST(:queries AS text[])) AS asked (key, query)
    """
)


class Postgres:
    """The engine in the database of one application; see engines.Engine."""

    def __init__(self) -> None:
        self._sizes: Kept[fitting.Sizes] = Kept(1, FRESH)
        self._counted: Kept[int] = Kept(20_000, FRESH)
        self._answers = False

    # --- questions ----------------------------------------------------------------------------

    def search(
        self, asked: Asked, *, every: bool, only: Only, limit: int
    ) -> list[tuple[int, float]]:
        """See engines.Engine."""
        with self._asking() as connection:
            having = self._having(connection, asked.keys)
            sizes = self._all(connection)
            parts: Sequence[Part] = asked.parts
            if not every:
                parts = scoring.rare(parts, lambda key: having.get(key, 0))
            if not parts:
                return []
            keys = tuple(dict.fromkeys(key for part in parts for key in part.keys))
            worths = {key: scoring.rarity(having.get(key, 0), sizes.ideas) for key in keys}
            wanted = fitting.Wanted(parts, asked.without, only, worths, every=every)
            rows = self._best(connection, wanted, having, sizes, max(limit, READ))
        return fitting.ranked(rows, worths, sizes.average)[:limit]

    def _best(
        self,
        connection: Connection,
        wanted: fitting.Wanted,
        having: dict[str, int],
        sizes: fitting.Sizes,
        most: int,
    ) -> Sequence[Any]:
        """The ideas that seem to fit best, for their score; all of them if they are few."""
        # A phrase is not looked for twice: its ideas are looked into.
        is_quick = wanted.every and not vectors.has_phrase(wanted.parts)
        if is_quick and fitting.expected(wanted.parts, having, sizes.ideas) > MANY:
            rows = connection.execute(*wanted.in_titles(most)).all()
            if len(rows) >= most:
                return rows
        return connection.execute(*wanted.anywhere(most)).all()

    def matching(self, asked: Asked, *, only: Only, most: int) -> list[int]:
        """See engines.Engine."""
        with self._asking() as connection:
            above = 0
            sizes = self._all(connection)
            if sizes.ideas > MANY and not vectors.has_phrase(asked.parts):
                having = self._having(connection, asked.keys)
                # Of what very many have the newest are enough, with some to spare.
                matching = fitting.expected(asked.parts, having, sizes.ideas)
                above = sizes.above(_SPARE * most / matching if matching else 1.0)
            return self._newest(connection, asked, only, most, above)

    def beginning(self, asked: Asked, starts: Sequence[str], limit: int) -> list[int]:
        """See engines.Engine. What begins so in the title comes first, then the newest."""
        begun = [start for start in dict.fromkeys(starts) if start]
        if not begun:
            return []
        said = [vectors.part_query(part) for part in asked.parts]
        title = vectors.start_query(begun, vectors.TITLE)
        values = {
            "title": vectors.every([*said, title], asked.without),
            "text": vectors.every([*said, vectors.start_query(begun), f"!{title}"], asked.without),
            "new": NEW,
            "most": limit,
        }
        with self._asking() as connection:
            rows = connection.execute(_BEGINNING, values).all()
        return [row.idea_id for row in sorted(rows, key=lambda row: (row.place, -row.idea_id))]

    def comments(self, idea_ids: Sequence[int], keys: Sequence[str]) -> dict[int, int]:
        """See engines.Engine."""
        with self._asking() as connection:
            rows = connection.execute(_COMMENTS, {"ids": list(idea_ids), "keys": list(keys)}).all()
        found = {row.idea_id: vectors.comment_of(row.said, row.starts) for row in rows}
        return {idea_id: comment for idea_id, comment in found.items() if comment is not None}

    def frequencies(self, keys: Sequence[str]) -> dict[str, int]:
        """See engines.Engine. No more than a bounded number of ideas is counted."""
        with self._asking() as connection:
            return self._having(connection, keys)

    def _having(self, connection: Connection, keys: Sequence[str]) -> dict[str, int]:
        """In how many ideas each key stands: as was learned, else as is counted now."""
        known = learned.known()
        # Of very many ideas only every so many-th was read.
        times = max(1, self._all(connection).ideas // known.ideas) if known and known.ideas else 1
        having = {key: known.of(key) * times if known else 0 for key in keys}
        new = [key for key, count in having.items() if not count]
        having |= {key: self._counted.get(key) or 0 for key in new}
        # What nobody had a minute ago somebody may have now.
        if new := [key for key in new if not having[key]]:
            queries = [vectors.lexeme(key) for key in new]
            values = {"keys": new, "queries": queries, "most": scoring.POSTINGS + 1}
            for row in connection.execute(_FREQUENCIES, values):
                having[row.key] = self._counted.keep(row.key, row.ideas)
        return {key: count for key, count in having.items() if count}

    def _all(self, connection: Connection) -> fitting.Sizes:
        return self._sizes.get("") or self._sizes.keep("", fitting.sizes(connection))

    def _newest(
        self, connection: Connection, asked: Asked, only: Only, most: int, above: int
    ) -> list[int]:
        """The newest that match; ideas up to the id `above` only if the others do not suffice."""
        if not (asked.parts or asked.without or only.terms):
            columns = select(SearchDocument.idea_id).order_by(SearchDocument.idea_id.desc())
            if only.since:
                columns = columns.where(SearchDocument.published >= only.since)
            return list(connection.scalars(columns.limit(most)))
        match = fitting.fits(asked.parts, asked.without, only)
        ids = list(connection.scalars(*fitting.newest(match, only.since, most, above)))
        if above and len(ids) < most:
            ids = list(connection.scalars(*fitting.newest(match, only.since, most, 0)))
        return ids

    @contextmanager
    def _asking(self) -> Iterator[Connection]:
        """A block of questions that end in time; what they set ends with it. Raises Unusable."""
        # Once they have been made they answer, whatever is made anew.
        self._answers = self._answers or self.is_usable()
        if not self._answers:
            raise Unusable("the search documents are being made")
        connection = db.session.connection()
        try:
            connection.exec_driver_sql(_TERMS)
            yield connection
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            log.warning("a question was not answered", exc_info=True)
            raise Unusable from error
        finally:
            if not connection.invalidated:
                connection.exec_driver_sql(_AS_BEFORE)

    # --- keeping ------------------------------------------------------------------------------

    def count(self) -> int:
        """See engines.Engine."""
        return db.session.scalar(select(func.count()).select_from(SearchDocument)) or 0

    def is_made(self) -> bool:
        """See engines.Engine."""
        return self.is_usable()

    def is_usable(self) -> bool:
        """See engines.Engine."""
        return tables.state().answers

    def is_growing(self) -> bool:
        """See engines.Engine."""
        return tables.state().at is not None

    def digests(self, after: int, last: int) -> dict[int, str]:
        """See engines.Engine."""
        return tables.digests(after, last)

    def put(self, ids: Sequence[int], load: Load) -> None:
        """See engines.Engine."""
        tables.put(ids, load)
        self._look_again()

    def tend(self) -> bool:
        """See engines.Engine."""
        try:
            more = tables.tend()
        except Busy:
            return False
        self._answers = self._answers or not more
        self._look_again()
        return more

    def reindex(self, bar: Bar) -> None:
        """See engines.Engine."""
        tables.reindex(bar)
        self._look_again()

    def forget(self) -> None:
        """See engines.Engine."""
        tables.forget()
        self._answers = False
        self._look_again()

    def _look_again(self) -> None:
        self._sizes.forget()
        self._counted.forget()
