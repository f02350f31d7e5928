"""How postings stand in Whoosh's files: as bytes of arrays, and not as lists of numbers.

Whoosh asks a codec how it writes; this one differs from Whoosh's own in the form of
three lists in each block: numbers, weights, and values. They are read by us alone.
"""

import io
import pickle
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocreate.search.mended import codec

# Ideas whose postings stand together: reading one is about as dear as reading all of them.
SIZE = 1024
# Postings that are not packed.
_FEW = 16

_INT = struct.Struct("!i")

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


class Blocks(codec.W3Codec):  # type: ignore[misc]
    """Whoosh's codec, with lists as bytes."""

    # Whoosh looks on the disk for the length of a field with every single posting; ours stand
    # in a column of their own.
    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=SIZE)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        return _Writer(
            dbfile,
            self._blocklimit,
            byteids,
            compression=self._compression,
            inlinelimit=self._inlinelimit,
        )

    def per_document_reader(self, storage: Any, segment: Any) -> Any:
        return _PerDocument(storage, segment)


class _PerDocument(codec.W3PerDocReader):  # type: ignore[misc]
    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        # See length_stats.
        return default


class _Writer(codec.W3PostingsWriter):  # type: ignore[misc]
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._packing = int(more["compression"])

    def _write_block(self, last: bool = False) -> None:
        # Most words stand in a few ideas only; packing so little takes long and saves nothing.
        self._compression = self._packing if len(self._ids) > _FEW else 0
        super()._write_block(last)

    def _mini_ids(self) -> bytes:
        # Steps are small numbers, and those are packed best.
        steps = np.array(self._ids, dtype="<u4")
        steps[1:] -= steps[:-1].copy()
        return steps.tobytes()

    def _mini_weights(self) -> bytes:
        return np.array(self._weights, dtype="<f4").tobytes()

    def _mini_values(self) -> tuple[bytes, bytes] | None:
        if not any(self._values):
            return None
        lengths = np.array([len(value) for value in self._values], dtype="<u2")
        return lengths.tobytes(), b"".join(self._values)


def numbers(packed: bytes) -> Whole:
    """The numbers of the ideas in a block."""
    return np.cumsum(np.frombuffer(packed, dtype="<u4"), dtype=np.int64)


def weights(packed: bytes) -> Real:
    """What the key weighs in each."""
    return np.frombuffer(packed, dtype="<f4").astype(np.float64)


def values(packed: tuple[bytes, bytes] | None, count: int) -> list[bytes]:
    """What stands with each idea of a block, as it was given."""
    if packed is None:
        return [b""] * count
    ends = np.cumsum(np.frombuffer(packed[0], dtype="<u2"), dtype=np.int64).tolist()
    return [packed[1][start:end] for start, end in zip([0, *ends], ends, strict=False)]


def places(packed: tuple[bytes, bytes]) -> tuple[Whole, Whole]:
    """How many places each idea of a block has, and all of them, one idea behind another."""
    counts = np.frombuffer(packed[0], dtype="<u2").astype(np.int64) // 2
    return counts, np.frombuffer(packed[1], dtype="<u2").astype(np.int64)


@dataclass(frozen=True)
class Block:
    """Some postings of a key that stand together in the file: numbers up to `last`."""

    first: int
    last: int
    packed: bytes
    compression: int

    def read(self) -> tuple[bytes, bytes, Any]:
        """Numbers in their segment, weights and places, as they are read below."""
        data = zlib.decompress(self.packed) if self.compression else self.packed
        # Whoosh keeps its lists in a pickle. It comes from our own data folder.
        lists: tuple[bytes, bytes, Any] = pickle.loads(data)  # noqa: S301
        return lists


def of(data: bytes) -> Iterator[Block]:
    """The blocks of one posting list."""
    if data[:4] != codec.WHOOSH3_HEADER_MAGIC:
        raise ValueError("no postings stand where they should")
    file = io.BytesIO(data)
    at, first, is_last = 4, 0, False
    while not is_last:
        (length,) = _INT.unpack_from(data, at)
        is_last = length < 0
        file.seek(at + 4)
        info = pickle.load(file)  # noqa: S301 - see Block.read
        end = at + 4 + abs(length)
        yield Block(first, info[1], data[file.tell() : end], info[3])
        at, first = end, info[1] + 1
