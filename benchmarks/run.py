"""`make bench`: requests per second of three pages, as ratios to a bare Flask "hello".

Everything is measured in one run, on one machine, behind the same server with
the same threads, so that the ratios hold where the figures do not.

    python -m benchmarks.run [--ideas 1000 100000] [--seconds 5]
"""

import argparse
import secrets
import sys
import tempfile
import time

from flask_migrate import upgrade
from sqlalchemy import select

from benchmarks import load, portal
from benchmarks.servers import free_port, served
from cocreate import config, create_app, text
from cocreate.extensions import db
from cocreate.ideas.models import Idea

THREADS = 4
CLIENTS = 4
VOTERS = 200


def show(name: str, result: load.Result, hello: load.Result) -> None:
    ratio = result.per_second / hello.per_second
    print(
        f"  {name:<28}{result.per_second:9.0f}/s  ratio {ratio:6.3f}"
        f"   median {result.median_ms:7.2f} ms   p95 {result.p95_ms:7.2f} ms"
        + (f"   FAILED {result.failed}" if result.failed else "")
    )


def measure_hello(seconds: float) -> load.Result:
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)),
        *("--blocking-threads", str(THREADS), "--no-log", "benchmarks.hello:app"),
    ]
    with served(command, port, {}) as address:
        load.run(address, lambda _: load.get("/"), seconds=1, clients=CLIENTS)
        return load.run(address, lambda _: load.get("/"), seconds=seconds, clients=CLIENTS)


def measure(ideas: int, seconds: float, hello: load.Result, database_url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environ = {
            "COCREATE_ENV": "production",
            "COCREATE_SECRET_KEY": secrets.token_urlsafe(48),
            "COCREATE_BASE_URL": "http://localhost",
            "COCREATE_DATA_DIR": folder,
            "COCREATE_DATABASE_URL": database_url,
            "COCREATE_PORT": str(port),
            "COCREATE_THREADS": str(THREADS),
            "COCREATE_LIMITS": "no",
            "COCREATE_LOG_LEVEL": "WARNING",
            "COCREATE_LANGUAGE": "en",
        }
        app = create_app(config.read(environ))
        with app.app_context():
            upgrade()
        begun = time.perf_counter()
        portal.fill(app, ideas)
        signed = portal.voters(app, VOTERS)
        with app.app_context():
            addresses = _addresses(ideas)
            db.session.remove()
            db.engine.dispose()
        print(f"\n{ideas:,} ideas (filled in {time.perf_counter() - begun:.0f} s)")
        command = [sys.executable, "-m", "cocreate", "serve", "--no-worker"]

        def vote(number: int) -> load.Request:
            cookie, token = signed[number % VOTERS]
            return load.post(f"/ideas/{1 + number % ideas}/vote", cookie, token)

        member = f"Cookie: {signed[0][0]}\r\n\r\n".encode()
        pages = {
            "list, visitor": lambda _: load.get("/ideas"),
            "list, member": lambda _: load.get("/ideas")[:-2] + member,
            "list by area, newest": lambda n: load.get(f"/ideas?sort=new&area=area{1 + n % 8}"),
            "idea page, visitor": lambda n: load.get(addresses[n % len(addresses)]),
            "vote": vote,
        }
        with served(command, port, environ) as address:
            for name, request in pages.items():
                load.run(address, request, seconds=1, clients=CLIENTS)
                show(name, load.run(address, request, seconds=seconds, clients=CLIENTS), hello)


def _addresses(ideas: int) -> list[str]:
    """The addresses of up to 1,000 ideas, spread over all of them."""
    rows = db.session.execute(
        select(Idea.id, Idea.title).where(Idea.id.in_(range(1, ideas + 1, max(1, ideas // 1000))))
    )
    return [f"/ideas/{row.id}-{text.slug(row.title)}" for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ideas", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--database-url", default="", help="an empty PostgreSQL database")
    options = parser.parse_args()
    hello = measure_hello(options.seconds)
    print(f'bare Flask "hello": {hello.per_second:.0f}/s, {THREADS} threads, {CLIENTS} clients')
    for ideas in options.ideas:
        measure(ideas, options.seconds, hello, options.database_url)


if __name__ == "__main__":
    main()
