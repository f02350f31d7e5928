"""Servers that are measured: started on a free port, ended afterwards."""

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

from cocreate import config
from cocreate.demo import loader
from tests import databases

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: list[str], port: int, environ: dict[str, str]) -> Iterator[str]:
    """The address of a server started by `command`, ended afterwards."""
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(900):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError("the server did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def running(command: list[str], environ: dict[str, str]) -> Iterator[None]:
    """A block during which `command` runs."""
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def postgresql(address: str = "") -> Iterator[str]:
    """The address of an empty, migrated PostgreSQL database: a new one, unless it is given."""
    if address:
        yield address
        return
    keeper = databases.keep()
    try:
        yield databases.database_url("postgresql", secrets.token_hex(4), lambda _url: None, "bare")
    finally:
        databases.dismiss(keeper)


@dataclass(frozen=True)
class Demo:
    """The demo portal while it runs; `cookies` are those of each role's demo sign-in."""

    address: str
    cookies: dict[str, str]

    def read(self, path: str) -> str:
        """The page at `path`, as a visitor gets it."""
        with urllib.request.urlopen(self.address + path, timeout=30) as page:
            return str(page.read().decode())

    def first_idea(self, path: str = "/ideas") -> str:
        """The address of the first idea of the list at `path`."""
        return str(re.findall(r'<h2><a href="(/ideas/\d+-[^"]+)"', self.read(path))[0])


@contextmanager
def demo() -> Iterator[Demo]:
    """The demo portal as a newcomer starts it, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environ = {
            "COCREATE_DATA_DIR": folder,
            "COCREATE_PORT": str(port),
            "COCREATE_BASE_URL": f"http://127.0.0.1:{port}",
            "COCREATE_SECRET_KEY": secrets.token_urlsafe(48),
            "COCREATE_LIMITS": "no",
            "COCREATE_LOG_LEVEL": "WARNING",
        }
        with served([sys.executable, "-m", "cocreate", "serve"], port, environ) as address:
            people = loader.sign_ins(config.read(environ))
            yield Demo(address, {role: _signed_in(address, *who) for role, *who in people})


def _signed_in(address: str, email: str, password: str) -> str:
    """The session of someone who has just signed in, as the value of a Cookie header."""
    kept = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(kept))
    page = browser.open(f"{address}/sign-in", timeout=30).read().decode()
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    form = {**dict(hidden), "email": email, "password": password}
    browser.open(f"{address}/sign-in", urllib.parse.urlencode(form).encode(), timeout=30).read()
    return "; ".join(f"{one.name}={one.value}" for one in kept)
