"""Which of Whoosh's files are written anew as one, so that they do not become too many."""

from collections.abc import Mapping
from typing import Any

from cocreate.search import blocks
from cocreate.search.blocks import Blocks
from cocreate.search.mended import reading, writing

# Ideas of small files that go along with a change: a quarter of a second's worth. What is gone
# from a file is only passed over, in a tenth of the time, and takes no place afterwards.
ALONG = 40
# Ideas that are written anew at once while nothing else is to be done: about two seconds' worth.
MEANWHILE = 500
# Files of which the smallest go along with a change however large they are.
MOST_FILES = 60
# So few files are left alone; while changes come in, so many: a change that takes others along
# is found later, and so are all that wait for it.
FEW = 4
WAITING = 12


class Writer(writing.SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, which takes over postings list by list and not one by one."""

    def __init__(self, index: Any, megabytes: int) -> None:
        super().__init__(index, limitmb=megabytes, codec=Blocks())

    def add_postings_to_pool(
        self, reader: Any, startdoc: int, docmap: Mapping[int, int] | None
    ) -> None:
        add = self.pool.add
        file = reader._terms._postfile
        for (field, key), info in reader._terms.items():
            start, (length,) = info.extent()
            for block in blocks.of(file.get(start, length)):
                packed, weights, values = block.read()
                numbers = blocks.numbers(packed).tolist()
                for number, weight, value in zip(
                    numbers,
                    blocks.weights(weights).tolist(),
                    blocks.values(values, len(numbers)),
                    strict=True,
                ):
                    if docmap is None:
                        add((field, key, startdoc + number, weight, value))
                    elif number in docmap:
                        add((field, key, docmap[number], weight, value))

    def take(self, segments: list[Any], chosen: list[Any]) -> list[Any]:
        """Write the `chosen` segments anew with what is new; those that stay as they are."""
        for segment in chosen:
            reader = reading.SegmentReader(self.storage, self.schema, segment)
            self.add_reader(reader)
            reader.close()
        return [one for one in segments if one not in chosen]


def along(writer: Writer, segments: list[Any]) -> list[Any]:
    """With a change: small files, so that nobody waits long for what was just written."""
    chosen = _smallest(segments, ALONG)
    if len(segments) >= MOST_FILES:
        chosen = max(chosen, sorted(segments, key=_size)[:FEW], key=len)
    elif len(chosen) <= WAITING:
        chosen = []
    return writer.take(segments, chosen)


def meanwhile(writer: Writer, segments: list[Any]) -> list[Any]:
    """While nothing else is to be done: as many files as a second allows."""
    return writer.take(segments, _smallest(segments, MEANWHILE))


def can_be_fewer(segments: list[Any]) -> bool:
    """Whether `meanwhile` would leave fewer files."""
    return len(_smallest(segments, MEANWHILE)) > FEW


def _smallest(segments: list[Any], ideas: int) -> list[Any]:
    """The smallest files that have so many ideas together, the smallest first."""
    chosen = []
    for one in sorted(segments, key=_size):
        ideas -= _size(one)
        if ideas < 0:
            break
        chosen.append(one)
    return chosen


def _size(segment: Any) -> int:
    return int(segment.doc_count()) + int(segment.deleted_count()) // 10
