"""Which ideas PostgreSQL is to bring for a question, and how well each of them fits."""

import math
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
# Ids are reckoned before they are ordered or compared, or all ideas might be walked through from
# the last.
_NEWEST = "idea_id + 0 DESC"
# The index does not tell whether words stand side by side, so ideas that have them all are looked
# into: so many of the newest, which takes a fifth of a second.
LOOKED_INTO = 15_000
# Four lists, of which each is looked at only as long as those before it do not suffice: the new
# ones whose title begins so, the others, the new ones whose text begins so, the others.
_LAST = "(SELECT max(idea_id) FROM search_documents) - :new"
_LISTS = " UNION ALL ".join(
    f"(SELECT idea_id, {place} AS place FROM search_documents"  # noqa: S608
    f" WHERE vector @@ CAST(:{where} AS tsquery) AND idea_id {sign} {_LAST}"
    f" ORDER BY {_NEWEST} LIMIT :most)"
    for place, (where, sign) in enumerate(
        [("title", ">"), ("title", "<="), ("text", ">"), ("text", "<=")]
    )
)
BEGINNING = f"SELECT idea_id, place FROM ({_LISTS}) AS lists LIMIT :most"  # noqa: S608

# What a part adds to the guess how well an idea fits, in units of its rarity: about the score
# of a word that stands once in a text, and what a title adds to it.
_SAYS = 1.8
_ENTITLED = 1.1


# Only names and numbers of our own stand in a statement; what was asked for are its values.
Statement = tuple[TextClause, dict[str, Any]]
# The condition for some ideas, with its values.
Condition = tuple[str, dict[str, Any]]
# Each of some lists of ideas: which they are, and what being in it is worth.
Lists = list[tuple[Condition, float]]


@dataclass(frozen=True)
class Sizes:
    """How many ideas there are, what all words of one weigh on average, the last id."""

    ideas: int
    average: float
    last: int

    def above(self, share: float) -> int:
        """The id above which about this share of all ideas is."""
        return int(self.last * (1 - min(share, 1.0)))


_SIZES = text(
    """
    SELECT reltuples, (SELECT max(idea_id) FROM search_documents) AS last,
        CASE WHEN reltuples <= :counted THEN (SELECT count(*) FROM search_documents) END AS ideas,
        CASE WHEN reltuples <= :counted THEN (SELECT avg(length) FROM search_documents) END
            AS average
    FROM pg_class WHERE oid = CAST('search_documents' AS regclass)
    """
)
_SAMPLED = text("SELECT avg(length) FROM search_documents TABLESAMPLE SYSTEM (:percent)")


def sizes(connection: Connection) -> Sizes:
    """The sizes as they are; of very many ideas about."""
    row = connection.execute(_SIZES, {"counted": COUNTED}).one()
    if row.ideas is not None:
        return Sizes(row.ideas, row.average or 0.0, row.last or 0)
    percent = min(100.0, 100 * _SAMPLE / row.reltuples)
    average = connection.scalar(_SAMPLED, {"percent": percent})
    return Sizes(int(row.reltuples), average or 0.0, row.last or 0)


def expected(parts: Sequence[Part], having: Mapping[str, int], ideas: int) -> float:
    """About how many ideas have every part, if words came together by chance alone."""

    def share(keys: Sequence[str]) -> float:
        return math.prod(min(1.0, having.get(key, 0) / (ideas or 1)) for key in keys)

    shares = (sum(map(share, part.any_of)) for part in parts)
    return ideas * math.prod(min(1.0, one) for one in shares)


def newest(condition: Condition, since: date | None, most: int, above: int) -> Statement:
    """For the ids of the newest that match, of those above the id `above`."""
    match, values = condition
    return text(
        f"SELECT idea_id FROM search_documents WHERE {match} AND idea_id + 0 > :above"  # noqa: S608
        f" ORDER BY {_NEWEST} LIMIT :most"
    ), values | {"since": since or date.min, "most": most, "above": above}


def fits(
    parts: Sequence[Part],
    without: Sequence[Part],
    only: Only,
    besides: Sequence[str] = (),
    name: str = "",
) -> Condition:
    """That an idea has every part and nothing that is excluded; the values are called by `name`."""
    query = vectors.every([*map(vectors.part_query, parts), *besides], without, only)
    match, values = _matches(query, name)
    if not vectors.has_phrase(parts):
        return match, values
    apart = vectors.every([*map(vectors.apart_query, parts), *besides], only=only)
    found, its = _matches(apart, f"{name}apart")
    # By the function's name, or the index might be asked for the phrase after all.
    return (
        f"idea_id = ANY(ARRAY(SELECT idea_id FROM search_documents WHERE {found}"  # noqa: S608
        f" ORDER BY {_NEWEST} LIMIT {LOOKED_INTO}))"
        f" AND ts_match_vq(vector, CAST(:query{name} AS tsquery))"
    ), values | its


def _matches(query: str, name: str) -> Condition:
    match = f"vector @@ CAST(:query{name} AS tsquery) AND published >= :since"
    return match, {f"query{name}": query}


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

    def in_titles(self, most: int) -> Statement:
        """For those that match and have a word of the question in the title."""
        titles = " | ".join(vectors.title_query(part) for part in self.parts)
        return self._best(self._whole(f"({titles})"), most)

    def anywhere(self, most: int) -> Statement:
        """For all that match: the `most` that seem to fit best."""
        return self._best(self._whole() if self.every else self._each(), most)

    def _whole(self, *besides: str) -> Lists:
        """All that have every part, and for each part those with it in the title."""
        lists: Lists = [(fits(self.parts, self.without, self.only, besides, "0"), 0.0)]
        if vectors.has_phrase(self.parts):
            # Few have a phrase, and looking for its words in titles takes as long again.
            return lists
        for number, part in enumerate(self.parts, 1):
            title = (*besides, vectors.title_query(part))
            condition = fits(self.parts, self.without, self.only, title, str(number))
            lists.append((condition, self._worth(part)))
        return lists

    def _each(self) -> Lists:
        """For each part all that have it, and those with it in the title."""
        lists: Lists = []
        for number, part in enumerate(self.parts):
            for name, besides, worth in (
                (f"{number}", (), _SAYS),
                (f"{number}title", (vectors.title_query(part),), _ENTITLED),
            ):
                condition = fits([part], self.without, self.only, besides, name)
                lists.append((condition, worth * self._worth(part)))
        return lists

    def _best(self, lists: Lists, most: int) -> Statement:
        """The order is what the lists that an idea is in are worth; no idea is looked into."""
        values: dict[str, Any] = {
            "since": self.only.since or date.min,
            "keys": list(self.worths),
            "most": most,
        }
        selects = []
        for number, ((condition, its), worth) in enumerate(lists):
            values |= its | {f"worth{number}": worth}
            selects.append(
                f"SELECT idea_id, CAST(:worth{number} AS float8) AS worth"  # noqa: S608
                f" FROM search_documents WHERE {condition}"
            )
        every = " UNION ALL ".join(selects)
        return text(
            f"SELECT idea_id, length, starts, {SAID} AS said FROM search_documents"  # noqa: S608
            f" WHERE idea_id = ANY(ARRAY(SELECT idea_id FROM ({every}) AS lists GROUP BY idea_id"
            " ORDER BY sum(worth) DESC, idea_id DESC LIMIT :most))"
        ), values

    def _worth(self, part: Part) -> float:
        return max((self.worths[key] for key in part.keys), default=0.0)


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
