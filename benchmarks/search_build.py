"""Making what is searched: the portal's way from the ideas' rows, or straight into PostgreSQL."""

import json
import multiprocessing
import time
from collections import Counter
from pathlib import Path

import psycopg
from sqlalchemy import delete, insert

from benchmarks import made_ideas
from cocreate import clock
from cocreate.extensions import db
from cocreate.search import documents, engines, frequencies, learning, tables, vectors
from cocreate.search.learning import Counts
from cocreate.search.models import SearchModel

# Ideas that one process makes at a time.
CHUNK = 5_000
_COLUMNS = ("idea_id", "digest", "published", "length", "starts", "vector")


def from_rows(ideas: int) -> float:
    """Seconds in which the engine reads the rows of `ideas` and makes its index of them."""
    begun = time.perf_counter()
    engines.here().reindex(lambda items, _length, _label, each: [each(item) for item in items])
    took = time.perf_counter() - begun
    counts: Counter[str] = Counter()
    for after in range(0, ideas, CHUNK):
        ids = range(after + 1, min(after + CHUNK, ideas) + 1)
        for document in documents.load(ids).values():
            counts.update(document.places().keys.keys())
        db.session.rollback()
    _learn(ideas, counts)
    return took


def straight(ideas: int, processes: int = 2) -> float:
    """Seconds in which `ideas` are written into PostgreSQL's table, without rows of their own."""
    begun = time.perf_counter()
    url = db.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    counts: Counter[str] = Counter()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP INDEX ix_search_documents_vector")
        chunks = [(url, ideas, after) for after in range(0, ideas, CHUNK)]
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            for number, said in enumerate(pool.imap_unordered(_copy, chunks), 1):
                counts.update(said)
                if not number % 20:
                    print(f"  {number * CHUNK:,} ideas, {time.perf_counter() - begun:.0f} s")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute(
            "CREATE INDEX ix_search_documents_vector ON search_documents"
            " USING gin (vector) WITH (fastupdate = off)"
        )
    whole = tables.State(answers=True, at=None)
    _store(tables.KIND, tables.today(), json.dumps(vars(whole)).encode())
    _learn(ideas, counts)
    return time.perf_counter() - begun


def settle() -> None:
    """What a portal that has run for a day has done: dead rows gone, sizes known."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def size(folder: Path) -> int:
    """Bytes that the index takes: the folder `folder`, or the table with its index."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            total = "SELECT pg_total_relation_size('search_documents')"
            return int(connection.exec_driver_sql(total).scalar_one())
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _copy(chunk: tuple[str, int, int]) -> Counter[str]:
    """Write one chunk: in how many of its ideas each key stands."""
    url, ideas, after = chunk
    counts: Counter[str] = Counter()
    numbers = range(after + 1, min(after + CHUNK, ideas) + 1)
    some = [made_ideas.made(number) for number in numbers]
    rows = [(idea.document(ideas), made_ideas.places(idea)) for idea in some]
    # What is made in a shorter way is the same.
    document, places = rows[0]
    assert (places, places.length) == (document.places(), document.places().length)
    for _, places in rows:
        counts.update(places.keys.keys())
    with psycopg.connect(url) as connection:
        names = ", ".join(_COLUMNS)
        into = f"COPY search_documents ({names}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for one, its in rows:
                vector = vectors.vector(one, its)
                copy.write_row((one.id, one.digest, one.published, its.length, "[]", vector))
    return counts


def _learn(ideas: int, counts: Counter[str]) -> None:
    learned = frequencies.train(Counts(ideas=ideas, keys=counts))
    assert learned is not None
    _store(frequencies.KIND, learning.version(ideas), learned)
    learning.forget()


def _store(kind: str, version: str, body: bytes) -> None:
    db.session.execute(delete(SearchModel).where(SearchModel.kind == kind))
    row = {"kind": kind, "version": version, "made_at": clock.now(), "body": body}
    db.session.execute(insert(SearchModel).values(row))
    db.session.commit()
