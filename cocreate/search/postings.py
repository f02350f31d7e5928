"""One state of the index, read as arrays: which ideas have a key, how much, and where.

Whoosh goes from posting to posting; a hundred times slower than numpy does whole
lists. So its files are read here, and its searching is not used.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocreate.search import blocks, segments
from cocreate.search.blocks import Real, Whole
from cocreate.search.mended import reading

Mask = NDArray[np.bool_]

# A place is kept behind the number of its idea, in the lowest bits: schema.MOST_PLACES fit in.
PLACE_BITS = 14
# Narrowings whose ideas are remembered while this state of the index is in use.
_MOST_KEPT = 64


class View:
    """One state of the index. Ideas have numbers from 0 to `size` in it; some may be gone.

    Several threads may read it at once.
    """

    def __init__(self, reader: Any) -> None:
        self.reader = reader
        self.size = int(reader.doc_count_all())
        self._leaves = [(leaf, base) for leaf, base in reader.leaf_readers() if self.size]
        self._kept: dict[str, Mask] = {}

    @cached_property
    def ids(self) -> Whole:
        """The id of each idea by its number."""
        return self._column("number").astype(np.int64)

    @cached_property
    def days(self) -> Whole:
        """The day on which each was published, as date.toordinal counts."""
        return self._column("day").astype(np.int64)

    @cached_property
    def lengths(self) -> Real:
        """What all keys of each idea weigh together."""
        return self._column("length").astype(np.float64)

    @cached_property
    def alive(self) -> Mask:
        """Which numbers still stand for an idea."""
        alive = np.ones(self.size, dtype=bool)
        for leaf, base in self._leaves:
            if gone := list(leaf._perdoc.deleted_docs()):
                alive[base + np.array(gone)] = False
        return alive

    @cached_property
    def count(self) -> int:
        """How many ideas there are."""
        return int(self.alive.sum())

    @cached_property
    def average(self) -> float:
        """The mean of the lengths."""
        return float(self.lengths[self.alive].mean()) if self.count else 0.0

    def _column(self, name: str) -> NDArray[Any]:
        kind = np.dtype(segments.COLUMNS[name])
        column = np.zeros(self.size, dtype=kind)
        for leaf, base in self._leaves:
            if leaf._perdoc.has_column(name):
                file, start, length = leaf._perdoc._get_column_file(name)
                values = np.frombuffer(file.get(start, length), dtype=kind)
                column[base : base + len(values)] = values
                file.close()
        return column

    def frequency(self, key: str) -> int:
        """In how many ideas the key stands, counting some that are gone."""
        return sum(int(leaf.doc_frequency("terms", key)) for leaf, _ in self._leaves)

    def having(self, key: str) -> tuple[Whole, Real]:
        """The numbers of the ideas that have the key, in order, and what it weighs in each."""
        numbers: list[Whole] = []
        weights: list[Real] = []
        for base, block in self._blocks("terms", key):
            found, some, _ = block.read()
            numbers.append(blocks.numbers(found) + base)
            weights.append(blocks.weights(some))
        if not numbers:
            return np.empty(0, dtype=np.int64), np.empty(0)
        every = np.concatenate(numbers)
        there = self.alive[every]
        return every[there], np.concatenate(weights)[there]

    def narrowed(self, term: str) -> Mask:
        """Which ideas have this word of asked.Only."""
        if (mask := self._kept.get(term)) is None:
            mask = np.zeros(self.size, dtype=bool)
            for base, block in self._blocks("only", term):
                mask[blocks.numbers(block.read()[0]) + base] = True
            if len(self._kept) < _MOST_KEPT:
                self._kept[term] = mask
        return mask

    def places(self, key: str, among: Mask) -> Whole:
        """Where the key stands in the ideas `among` all: number << PLACE_BITS | place, in order."""
        found: list[Whole] = []
        for base, block in self._blocks("places", key):
            if not among[base + block.first : base + block.last + 1].any():
                continue
            packed, _, values = block.read()
            numbers = blocks.numbers(packed) + base
            counts, places = blocks.places(values)
            numbers = np.repeat(numbers, counts)
            wanted = among[numbers]
            found.append(numbers[wanted] << PLACE_BITS | places[wanted])
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

    def beginning(self, start: str, most: int) -> list[str]:
        """The first keys that begin like this, in the order of their letters, at most `most`."""
        if not self.size:
            return []
        return [key.decode() for key in islice(self.reader.expand_prefix("terms", start), most)]

    def stored(self, number: int) -> dict[str, Any]:
        """What is kept of an idea as it is: "digest" and "comments" (see schema.Places)."""
        return dict(self.reader.stored_fields(number))

    def numbers(self, ids: Any) -> Whole:
        """Where the ideas with these ids stand, in order; those that are not there, nowhere."""
        return np.flatnonzero(np.isin(self.ids, list(ids)) & self.alive)

    def check(self) -> None:
        """Read a little of everything. Raises whatever a broken file leads to."""
        if self.count:
            _ = self.days, self.average
        for leaf, _base in self._leaves:
            leaf.stored_fields(leaf.doc_count_all() - 1)

    def close(self) -> None:
        """Give back the files."""
        self.reader.close()

    def _blocks(self, field: str, key: str) -> Iterator[tuple[int, blocks.Block]]:
        """All postings of a key, each block with the first number of its segment."""
        name = key.encode()
        for leaf, base in self._leaves:
            terms = leaf._terms
            try:
                # Whoosh unpacks the length and leaves it in its tuple.
                start, (length,) = terms.term_info(field, name).extent()
            except reading.TermNotFound:
                continue
            data = terms._postfile.get(start, length)
            for block in blocks.of(data):
                yield base, block
