"""A plain HTTP client that asks as fast as it is answered, over kept connections."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

Request = bytes


@dataclass(frozen=True)
class Result:
    """What a run of requests gave: how many a second, the milliseconds each took, the failures."""

    per_second: float
    median_ms: float
    p95_ms: float
    failed: int


def get(path: str) -> Request:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n".encode()


def post(path: str, cookie: str, token: str) -> Request:
    """A form as a signed-in member's script sends it."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        f"X-CSRFToken: {token}\r\nAccept: application/json\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def run(address: str, request: Callable[[int], Request], *, seconds: float, clients: int) -> Result:
    """Send request(0), request(1), ... over `clients` connections for `seconds`."""
    numbers = count()
    times: list[float] = []
    failed = [0]
    deadline = time.perf_counter() + seconds
    url = urlsplit(address)

    def client() -> None:
        mine: list[float] = []
        with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < deadline:
                begun = time.perf_counter()
                connection.sendall(request(next(numbers)))
                if not _read(connection).startswith((b"HTTP/1.1 2", b"HTTP/1.1 3")):
                    failed[0] += 1
                mine.append(time.perf_counter() - begun)
        times.extend(mine)

    begun = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    times.sort()
    return Result(
        len(times) / elapsed,
        times[len(times) // 2] * 1000,
        times[int(len(times) * 0.95)] * 1000,
        failed[0],
    )


def _read(connection: socket.socket) -> bytes:
    """One answer's head, after its body has been read too."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("the server hung up")
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    lower = head.lower()
    if b"content-length:" in lower:
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += connection.recv(65536)
    elif b"transfer-encoding: chunked" in lower:
        while not body.endswith(b"0\r\n\r\n"):
            body += connection.recv(65536)
    return head
