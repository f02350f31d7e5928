"""Which ideas answer a question, and how well, by arrays over all ideas of a View."""

from collections.abc import Sequence

import numpy as np

from cocreate.search import scoring
from cocreate.search.asked import Alternative, Asked, Only, Part
from cocreate.search.blocks import Real, Whole
from cocreate.search.postings import PLACE_BITS, Mask, View


class Matching:
    """One question put to one state of the index; what it reads it reads once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._having: dict[str, tuple[Whole, Real]] = {}

    def ranked(
        self, asked: Asked, *, every: bool, only: Only, limit: int
    ) -> list[tuple[int, float]]:
        """The best ideas: (id, score). See engines.Engine.search."""
        parts = asked.parts if every else scoring.rare(asked.parts, self._view.frequency)
        matched = self._matched(parts, asked.without, every=every, only=only)
        numbers = np.flatnonzero(matched)
        scores = self._scores(parts)[numbers]
        if len(numbers) > limit:
            least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            best = scores >= least
            numbers, scores = numbers[best], scores[best]
        ids = self._view.ids[numbers]
        order = np.lexsort((-ids, -scores))[:limit]
        return [(int(ids[one]), float(scores[one])) for one in order]

    def newest(self, asked: Asked, *, only: Only, most: int) -> list[int]:
        """The ids of all that match, the newest first. See engines.Engine.matching."""
        matched = self._matched(asked.parts, asked.without, every=True, only=only)
        ids: list[int] = np.sort(self._view.ids[matched])[::-1][:most].tolist()
        return ids

    def _matched(
        self, parts: Sequence[Part], without: Sequence[Part], *, every: bool, only: Only
    ) -> Mask:
        view = self._view
        matched = view.alive.copy()
        for term in only.terms:
            matched &= view.narrowed(term)
        if only.since is not None:
            matched &= view.days >= only.since.toordinal()
        if every:
            for part in parts:
                matched &= self._has(part, matched)
        else:
            some = np.zeros(view.size, dtype=bool)
            for part in parts:
                some |= self._has(part, matched)
            matched &= some
        for part in without:
            matched &= ~self._has(part, matched)
        return matched

    def _has(self, part: Part, among: Mask) -> Mask:
        """Which ideas have the part; those that are not `among` these do not matter."""
        has = np.zeros(self._view.size, dtype=bool)
        for alternative in part.any_of:
            if len(alternative) == 1:
                has[self._numbers(alternative[0])] = True
            elif alternative:
                has[self._phrase(alternative, among)] = True
        return has

    def _numbers(self, key: str) -> Whole:
        return self._read(key)[0]

    def _read(self, key: str) -> tuple[Whole, Real]:
        if key not in self._having:
            self._having[key] = self._view.having(key)
        return self._having[key]

    def _phrase(self, phrase: Alternative, among: Mask) -> Whole:
        """The ideas in which these keys stand one behind another."""
        for key in dict.fromkeys(phrase):
            has = np.zeros(self._view.size, dtype=bool)
            has[self._numbers(key)] = True
            among = among & has
        if not among.any():
            return np.empty(0, dtype=np.int64)
        places = {key: self._view.places(key, among) for key in dict.fromkeys(phrase)}
        starts = places[phrase[0]]
        for distance, key in enumerate(phrase):
            starts = np.intersect1d(starts, places[key] - distance, assume_unique=True)
        return np.unique(starts >> PLACE_BITS)

    def _scores(self, parts: Sequence[Part]) -> Real:
        """What all keys of the parts add up to in each idea, each key counted once."""
        view = self._view
        scores = np.zeros(view.size)
        for key in dict.fromkeys(key for part in parts for key in part.keys):
            numbers, weights = self._read(key)
            worth = scoring.rarity(len(numbers), view.count)
            scores[numbers] += scoring.score(weights, view.lengths[numbers], view.average, worth)
        return scores
