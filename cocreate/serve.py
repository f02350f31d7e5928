"""The web server and the worker beside it: one group of processes, ended together."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from cocreate import create_app
from cocreate.config import Settings

log = logging.getLogger("cocreate.serve")

# Seconds that a request or a delivery under way gets to end by itself.
PATIENCE = 15
# A worker that ends by itself is started again after so many seconds.
RESTART_PAUSE = 2
# Milliseconds within which a request's head has to be there.
SLOWEST_HEAD = 15_000


def run(settings: Settings, *, with_worker: bool, announce: Callable[[], None]) -> None:
    """Serve until told to end; `announce` is called once the portal can be reached.

    Raises OSError when the address is taken.
    """
    _require_free(settings)
    ending = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(ending,), name="worker-keeper")
    server = MPServer(
        "cocreate",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.processes,
        blocking_threads=settings.threads,
        # More connections than this wait in the kernel's queue rather than in ours.
        backpressure=settings.threads * 4,
        http1_settings=HTTP1Settings(header_read_timeout=SLOWEST_HEAD),
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
    )

    @server.on_startup
    def begin() -> None:
        if with_worker:
            keeper.start()
        announce()

    try:
        server.serve(target_loader=load)
    finally:
        ending.set()
        if keeper.ident is not None:
            keeper.join()


def load(_target: str) -> Any:
    """The application, made in the main thread of each web process."""
    # Control-C reaches the whole group and the parent passes it on as SIGTERM; a process that
    # hears both at once was seen to hang.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        # The parent was killed and could not tell anyone.
        os._exit(3)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
    return create_app()


def _require_free(settings: Settings) -> None:
    """The server would share a taken port with whoever holds it, and nobody would notice."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((settings.host, settings.port))


def _keep_worker(ending: threading.Event) -> None:
    """Keep one `cocreate work` running until the server ends."""
    while not ending.is_set():
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "cocreate", "work", "--parent", str(os.getpid())]
        )
        while process.poll() is None and not ending.wait(0.2):
            pass
        if ending.is_set():
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            return
        log.error("the worker ended and is started again", extra={"code": process.returncode})
        ending.wait(RESTART_PAUSE)
