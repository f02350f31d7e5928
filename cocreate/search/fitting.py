"""Which ideas PostgreSQL is to bring for a question, and how well each of them fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, TextClause, text

from cocreate.search import scoring, vectors
from cocreate.search.asked import Only, Part

# Beyond so many ideas, what is said of all of them is estimated from some.
COUNTED = 50_000
_SAMPLE = 5_000

# The keys of :keys out of a vector: all that is left of it when all others go.
SAID = (
    "CAST(ts_delete(vector, tsvector_to_array(ts_delete(vector, CAST(:keys AS text[])))) AS text)"
)
_MATCH = "vector @@ CAST(:query AS tsquery) AND published >= :since"
# Ids are reckoned before they are ordered, or all ideas might be walked through from the last.
_NEWEST = "idea_id + 0 DESC"
IDS = f"SELECT idea_id FROM search_documents WHERE {_MATCH} ORDER BY {_NEWEST} LIMIT :most"  # noqa: S608

# What a part adds to the guess how well an idea fits, in units of its rarity: about the score
# of a word that stands once in a text, and what a title adds to it.
_SAYS = 1.8
_ENTITLED = 1.1


@dataclass(frozen=True)
class Sizes:
    """How many ideas there are, and what all words of one weigh on average."""

    ideas: int
    average: float


def sizes(connection: Connection) -> Sizes:
    """The sizes as they are; of very many ideas about."""
    guess = connection.scalar(
        text("SELECT reltuples FROM pg_class WHERE oid = CAST('search_documents' AS regclass)")
    )
    ideas = int(guess or 0)
    if ideas <= COUNTED:
        row = connection.execute(
            text("SELECT count(*) AS ideas, avg(length) AS average FROM search_documents")
        ).one()
        return Sizes(row.ideas, row.average or 0.0)
    average = connection.scalar(
        text("SELECT avg(length) FROM search_documents TABLESAMPLE SYSTEM (:percent)"),
        {"percent": min(100.0, 100 * _SAMPLE / ideas)},
    )
    return Sizes(ideas, average or 0.0)


@dataclass(frozen=True)
class Wanted:
    """A question: its parts, what is excluded, what it is narrowed to, what each key is worth.

    `every`: an idea has all parts and not just one of them.
    """

    parts: Sequence[Part]
    without: Sequence[Part]
    only: Only
    worths: Mapping[str, float]
    every: bool

    def expected(self, having: Mapping[str, int], ideas: int) -> float:
        """About how many ideas match, if words came together by chance alone."""
        matching = float(ideas)
        for part in self.parts:
            keys = dict.fromkeys(part.keys)
            matching *= min(1.0, sum(having.get(key, 0) for key in keys) / (ideas or 1))
        return matching

    def in_titles(self, most: int) -> tuple[TextClause, dict[str, Any]]:
        """The statement for those with a word of the question in the title."""
        titles = " | ".join(vectors.title_query(part) for part in self.parts)
        return self._statement([*self._said(), f"({titles})"], most)

    def anywhere(self, most: int) -> tuple[TextClause, dict[str, Any]]:
        """The statement for all that match: the `most` that seem to fit best."""
        return self._statement(self._said(), most)

    def _said(self) -> list[str]:
        if self.every:
            return [vectors.part_query(part) for part in self.parts]
        return [vectors.some(self.parts)]

    def _statement(self, said: Sequence[str], most: int) -> tuple[TextClause, dict[str, Any]]:
        values: dict[str, Any] = {
            "query": vectors.every(said, self.without, self.only),
            "since": self.only.since or date.min,
            "keys": list(self.worths),
            "most": most,
        }
        fits = []
        for number, part in enumerate(self.parts):
            worth = max((self.worths[key] for key in part.keys), default=0.0)
            tests = [(f"title{number}", vectors.title_query(part), worth * _ENTITLED)]
            if not self.every:
                tests.append((f"part{number}", vectors.part_query(part), worth * _SAYS))
            for name, query, value in tests:
                values |= {name: query, f"{name}_worth": value}
                fits.append(
                    f"CASE WHEN vector @@ CAST(:{name} AS tsquery)"
                    f" THEN CAST(:{name}_worth AS float8) ELSE 0 END"
                )
        best = f"{' + '.join(fits)} DESC, {_NEWEST}"
        # Only numbers of our own stand in the statement; what was asked for are its values.
        return text(
            f"SELECT idea_id, length, starts, {SAID} AS said FROM ("  # noqa: S608
            f"SELECT idea_id, length, starts, vector FROM search_documents WHERE {_MATCH}"
            f" ORDER BY {best} LIMIT :most) AS best"
        ), values


def ranked(
    rows: Sequence[Any], worths: Mapping[str, float], average: float
) -> list[tuple[int, float]]:
    """Ids and scores of the rows of a statement, best first; of two alike the newer."""
    if not rows:
        return []
    ids = np.array([row.idea_id for row in rows], dtype=np.int64)
    lengths = np.array([row.length for row in rows], dtype=np.float64)
    weighed = [vectors.weights(row.said, row.starts) for row in rows]
    scores = np.zeros(len(rows))
    for key, worth in worths.items():
        weights = np.array([one.get(key, 0.0) for one in weighed])
        scores += scoring.score(weights, lengths, average, worth)
    order = np.lexsort((-ids, -scores))
    return [(int(ids[one]), float(scores[one])) for one in order]
