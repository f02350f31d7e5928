"""Whoosh, with two things mended. Whoever needs Whoosh imports it from here.

Whoosh 2.7.4 is finished rather than maintained. Its old regular expressions warn
when they are first compiled, and it copies a whole file of postings into memory
each time it opens one, though the file is mapped already.
"""

import io
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    # The last four are named nowhere else, but Whoosh imports them late, when nobody
    # silences them any more.
    from whoosh import analysis, fields, query, scoring
    from whoosh import collectors as _collectors  # noqa: F401
    from whoosh import searching as _searching  # noqa: F401
    from whoosh import writing as _writing  # noqa: F401
    from whoosh.codec import whoosh3 as _whoosh3  # noqa: F401
    from whoosh.filedb import filestore, structfile

__all__ = ["Window", "analysis", "fields", "filestore", "query", "scoring"]


class Window:
    """A file over a part of memory that copies only the bytes that are read."""

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory
        self._at = 0

    def read(self, size: int | None = -1) -> bytes:
        end = len(self._memory) if size is None or size < 0 else self._at + size
        found = bytes(self._memory[self._at : end])
        self._at += len(found)
        return found

    def readline(self) -> bytes:
        line = bytearray()
        while one := self.read(1):
            line += one
            if one == b"\n":
                break
        return bytes(line)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._memory)}[whence]
        # A slice that begins below nothing would count from the end.
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        self._memory = memoryview(b"")


def _open(
    self: structfile.BufferFile, buf: memoryview, name: str = "", onclose: None = None
) -> None:
    self._buf = buf
    self._name = name
    self.file = Window(memoryview(buf))
    self.onclose = onclose
    self.is_real = False
    self.is_closed = False


def _part(self: structfile.BufferFile, position: int, length: int, name: str = "") -> object:
    return structfile.BufferFile(self._buf[position : position + length], name=name or self._name)


structfile.BufferFile.__init__ = _open
structfile.BufferFile.subset = _part
