"""Where the index stands on the disk, and who may change it.

index/current     the name of the folder that answers
index/growing     the name of the one that is being made beside it
index/spoiled     the name of one that could not be read
index/<name>/     an index; its name begins with its form and the version of its analysis
"""

import errno
import fcntl
import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger("cocreate.search")

# Seconds after which a broken index may be made anew once more.
TRUSTED = 600
# Seconds between two looks whether a lock is free.
_PAUSE = 0.02

# Errors of the machine, not of the index: making it anew would fail in the same way.
_MACHINE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.EMFILE,
    errno.ENFILE,
}


_ROLES = {"current", "growing", "spoiled"}


class Busy(Exception):
    """Another process is writing; come again in a moment."""


def is_passing(error: Exception) -> bool:
    """Whether the machine refuses this just now; that passes, or an admin helps."""
    return isinstance(error, OSError) and error.errno in _MACHINE


@contextmanager
def waited_for() -> Iterator[None]:
    """Raises Busy for what the machine refuses in this block, so that it is tried again."""
    try:
        yield
    except OSError as error:
        if not is_passing(error):
            raise
        log.warning("the search index cannot be written now: %s", error.strerror)
        raise Busy(f"the machine refuses to write: {error.strerror}") from error


class Folder:
    """The index's folder: which of the indexes in it answers, and the locks around it."""

    def __init__(self, path: Path, form: int, version: str) -> None:
        self.path = path
        self.form = form
        self.version = version

    def name(self, role: str) -> str | None:
        """The index in this role ("current", "growing", "spoiled"); None: there is none."""
        try:
            name = (self.path / role).read_text(errors="replace").strip()
        except OSError:
            return None
        # One of another form cannot be read at all.
        is_ours = name.startswith(f"{self.form}.") and "/" not in name and "\0" not in name
        return name if is_ours and (self.path / name).is_dir() else None

    def usable(self) -> str | None:
        """The index that answers, unless it was found to be broken.

        One of another analysis does so too until it is made anew: words whose keys are
        the same are found, and that is better than nothing.
        """
        name = self.name("current")
        return None if name is None or name == self.name("spoiled") else name

    def is_outdated(self, name: str) -> bool:
        """Whether words were made keys of in another way than today."""
        return not name.startswith(f"{self.form}.{self.version}-")

    def suspect(self) -> None:
        """Say that the index in use could not be read, so that the worker makes a new one.

        A new one is trusted for a while: what breaks it again is not the disk but
        a question, and nobody shall keep the worker busy by asking.
        """
        with suppress(OSError):
            if time.time() - (self.path / "current").stat().st_mtime > TRUSTED:
                self.appoint("spoiled", self.name("current"))

    def new(self) -> str:
        """Make the folder of a new index; its name."""
        name = f"{self.form}.{self.version}-{secrets.token_hex(4)}"
        (self.path / name).mkdir(parents=True)
        return name

    def appoint(self, role: str, name: str | None) -> None:
        """Let the index `name` (None: no index) have the role, from one instant to the next."""
        if name is None:
            (self.path / role).unlink(missing_ok=True)
            return
        made = self.path / f"{role}.{secrets.token_hex(4)}"
        with made.open("w") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        made.replace(self.path / role)

    def tidy(self) -> None:
        """Remove every index that has no role. Whoever reads one still has it open.

        Whoever calls is the only one that writes.
        """
        kept = {self.name("current"), self.name("growing")}
        for path in self.path.iterdir():
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
            elif path.name.partition(".")[0] in _ROLES and path.suffix:
                # A process that was killed while it appointed one left this behind.
                path.unlink(missing_ok=True)

    @contextmanager
    def alone(self, what: str, patience: float) -> Iterator[None]:
        """Be the only one on this machine who does `what`.

        Raises Busy when it is not free within `patience` seconds. The lock goes
        with the process, however that ends.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        give_up_at = time.monotonic() + patience
        with (self.path / f"{what}.lock").open("w") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= give_up_at:
                        raise Busy(f"another process does this: {what}") from None
                    time.sleep(_PAUSE)
            yield
