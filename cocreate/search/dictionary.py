"""A file of words that is made once and mapped by every process."""

import fcntl
import logging
import os
import secrets
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import marisa_trie

log = logging.getLogger("cocreate.search")

_ROOT = Path(__file__).parent.parent.parent


def mapped(name: str, maker: str) -> marisa_trie.BytesTrie:
    """The file `name`, mapped; made first by the module `maker` where it is missing.

    `python -m maker PATH` writes it, in a process of its own: what the making takes of
    memory goes with it. Others that need the file wait. It stands beside the installed
    libraries, or in the person's own cache where these cannot be written; where that is
    not possible either, each process has its own. Raises what a failing maker leads to.
    """
    for folder in _folders():
        path = folder / name
        try:
            if not path.exists() and not _made(path, maker):
                continue
            if _is_trusted(path.parent) and _is_trusted(path):
                return _opened(path)
        except OSError:
            continue
        except RuntimeError:
            # A disk that was full, or a power cut in spite of all care: made anew once.
            log.warning("%s is broken and is made anew", path, exc_info=True)
            with suppress(OSError):
                path.unlink(missing_ok=True)
                if _made(path, maker):
                    return _opened(path)
    with tempfile.TemporaryDirectory(prefix="cocreate-") as own:
        path = Path(own) / name
        _make(path, maker)
        # It stays mapped without its name.
        return _opened(path)


def _folders() -> Iterator[Path]:
    yield Path(sys.prefix) / "share" / "cocreate"
    cache = os.path.expanduser(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    # Who runs without a home has no cache either.
    if os.path.isabs(cache):
        yield Path(cache) / "cocreate"


def _made(path: Path, maker: str) -> bool:
    """Make the file, or wait while another process does; False where we may not write."""
    try:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not _is_trusted(path.parent):
            return False
        with open(path.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _make(path, maker)
    except OSError as error:
        log.info("%s cannot be kept: %s", path, error)
        return False
    return True


def _make(path: Path, maker: str) -> None:
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    try:
        command = [sys.executable, "-m", maker, str(unfinished)]
        subprocess.run(command, cwd=_ROOT, check=True, timeout=300)  # noqa: S603 - it is ours
        with open(unfinished, "rb") as file:
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _is_trusted(path: Path) -> bool:
    """Whether nobody else can have prepared what stands there.

    It belongs to us, to root or to whom the installed libraries belong, and nobody
    else may write it.
    """
    found = path.stat()
    trusted = {0, os.geteuid(), os.stat(sys.prefix).st_uid}
    return found.st_uid in trusted and not found.st_mode & stat.S_IWOTH


def _opened(path: Path) -> marisa_trie.BytesTrie:
    trie = marisa_trie.BytesTrie()
    trie.mmap(str(path))
    return trie
