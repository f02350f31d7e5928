"""Rows put aside in a file, so that memory holds one of them at a time."""

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")


class Spool(Generic[Item]):
    """Takes any number of items, and then gives them back in their order."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def put(self, item: Item) -> None:
        pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[tuple[Item, float]]:
        """Each item, with the share of all that has been given back with it, up to 1."""
        size = self._file.tell()
        self._file.seek(0)
        while (place := self._file.tell()) < size:
            # Nobody but this process has ever had the file.
            item: Item = pickle.load(self._file)  # noqa: S301
            yield item, self._file.tell() / size
        assert place == size
