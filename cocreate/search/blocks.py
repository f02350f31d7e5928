"""How postings stand in Whoosh's files: as bytes of arrays, and not as lists of numbers.

Whoosh asks a codec how it writes and reads; this one differs from Whoosh's own in
nothing but the form of three lists in each block: numbers, weights, and values.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocreate.search.mended import codec

# Ideas whose postings stand together: reading one is about as dear as reading all of them.
SIZE = 1024

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


class Blocks(codec.W3Codec):  # type: ignore[misc]
    """Whoosh's codec, with lists as bytes."""

    def __init__(self) -> None:
        super().__init__(blocklimit=SIZE)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        return _Writer(
            dbfile, self._blocklimit, byteids, self._compression, inlinelimit=self._inlinelimit
        )

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        offset, length = terminfo.extent()
        return _Matcher(dbfile, offset, length, format_, term=term, scorer=scorer)


class _Writer(codec.W3PostingsWriter):  # type: ignore[misc]
    def _mini_ids(self) -> bytes:
        # Steps are small numbers, and those are packed best.
        return np.diff(np.array(self._ids, dtype="<u4"), prepend=np.uint32(0)).tobytes()

    def _mini_weights(self) -> bytes:
        return np.array(self._weights, dtype="<f4").tobytes()

    def _mini_values(self) -> tuple[bytes, bytes] | None:
        if not any(self._values):
            return None
        lengths = np.array([len(value) for value in self._values], dtype="<u2")
        return lengths.tobytes(), b"".join(self._values)


class _Matcher(codec.W3LeafMatcher):  # type: ignore[misc]
    """Posting by posting, for when Whoosh merges files."""

    def _read_ids(self) -> None:
        if self._data is None:
            self._read_data()
        self._ids = numbers(self._data[0]).tolist()

    def _read_weights(self) -> None:
        if self._data is None:
            self._read_data()
        self._weights = weights(self._data[1]).tolist()

    def _read_values(self) -> None:
        if self._data is None:
            self._read_data()
        if self._data[2] is None:
            self._values = [b""] * self._blocklength
            return
        lengths, joined = self._data[2]
        ends = np.cumsum(np.frombuffer(lengths, dtype="<u2"), dtype=np.int64).tolist()
        self._values = [joined[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def numbers(packed: bytes) -> Whole:
    """The numbers of the ideas in a block."""
    return np.cumsum(np.frombuffer(packed, dtype="<u4"), dtype=np.int64)


def weights(packed: bytes) -> Real:
    """What the key weighs in each."""
    return np.frombuffer(packed, dtype="<f4").astype(np.float64)


def places(packed: tuple[bytes, bytes]) -> tuple[Whole, Whole]:
    """How many places each idea of a block has, and all of them, one idea behind another."""
    counts = np.frombuffer(packed[0], dtype="<u2").astype(np.int64) // 2
    return counts, np.frombuffer(packed[1], dtype="<u2").astype(np.int64)
