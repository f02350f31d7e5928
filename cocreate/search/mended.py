"""Whoosh, with two things mended. Whoever needs Whoosh imports it from here.

Whoosh 2.7.4 is finished rather than maintained. Its old regular expressions warn when
they are first compiled. And it maps its files into memory, of which it then makes a
copy each time it opens one: dear, and deadly where a file is cut short meanwhile, for
whoever looks behind the end of a mapped file is killed. Here a file stays on the disk,
and what is asked for is read from where it stands.
"""

import array
import io
import os
import sys
import warnings
from typing import Any, BinaryIO

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import columns, fields, formats, reading, writing

    # It is named nowhere else, but Whoosh imports it late, when nobody silences it any more.
    from whoosh import searching as _searching  # noqa: F401
    from whoosh.codec import whoosh3 as codec
    from whoosh.filedb import filestore, structfile

__all__ = ["Storage", "codec", "columns", "fields", "formats", "reading", "writing"]

# Bytes that are read ahead where a file is read from its beginning on.
_AHEAD = 4096


class _Raw(io.RawIOBase):
    """A part of an open file as a file of its own, with its own place in it."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self._file = file
        self._start = start
        self._length = length
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self.read_at(self._at, len(buffer))
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def read_at(self, position: int, length: int) -> bytes:
        length = max(0, min(length, self._length - position))
        return os.pread(self._file.fileno(), length, self._start + position)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = max(0, start + offset)
        return self._at


class Piece(structfile.StructFile):  # type: ignore[misc]
    """A file of an index, or one inside it; several threads may `get` from it at once."""

    def __init__(self, file: BinaryIO, start: int, length: int, name: str, is_whole: bool) -> None:
        self._source = file
        self._start = start
        self._length = length
        self._is_whole = is_whole
        self._raw = _Raw(file, start, length)
        super().__init__(io.BufferedReader(self._raw, _AHEAD), name)
        # What is real is read past us.
        self.is_real = False
        # Opening a file of words reads 260 times a few bytes; Whoosh's own way round is long.
        self.read = self.file.read

    def get(self, position: int, length: int) -> bytes:
        found = self._raw.read_at(position, length)
        if len(found) < length:
            raise EOFError(f"{self._name} is shorter than it should be")
        return found

    def get_array(self, position: int, typecode: str, length: int) -> "array.array[Any]":
        # Whoosh goes to the place and then reads; another thread may go elsewhere in between.
        found = array.array(typecode)
        found.frombytes(self.get(position, length * found.itemsize))
        if sys.byteorder == "little":
            found.byteswap()
        return found

    def subset(self, position: int, length: int, name: str | None = None) -> "Piece":
        return Piece(self._source, self._start + position, length, name or self._name, False)

    def close(self) -> None:
        super().close()
        if self._is_whole:
            self._source.close()


class Storage(filestore.FileStorage):  # type: ignore[misc]
    """A folder of files that are read where they stand."""

    def __init__(self, path: str) -> None:
        super().__init__(path, supports_mmap=False)

    def open_file(self, name: str, **_more: Any) -> Piece:
        # Whoever opens it closes it.
        file = open(self._fpath(name), "rb", buffering=0)  # noqa: SIM115
        return Piece(file, 0, os.fstat(file.fileno()).st_size, name, True)
