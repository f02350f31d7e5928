"""The table in which PostgreSQL keeps what can be found, and how it comes to agree.

Every change is a transaction of its own, and one process at a time makes one, so that
no older state of an idea comes last. A write may be repeated: what is there already is
not written again.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from cocreate import clock
from cocreate.database import MAX_ID
from cocreate.extensions import db
from cocreate.search import documents, schema, vectors
from cocreate.search.building import PIECE, Bar
from cocreate.search.folder import Busy
from cocreate.search.models import SearchDocument, SearchModel
from cocreate.search.schema import Document, Load

log = logging.getLogger("cocreate.search")

# Seconds to wait for another process that writes, and that a command waits between two pieces.
PATIENCE, LONG_PATIENCE = 2, 60
# The row that says how far the table as a whole has come.
KIND = "documents"
# Any number that nothing else in the database takes for its lock.
_LOCK = 5_311_080_220
_LOCK_NOT_AVAILABLE = "55P03"

# Arrays, so that a batch is one statement, and the same one for any number of ideas.
_WRITE = text(
    """
    INSERT INTO search_documents (idea_id, digest, published, length, starts, vector)
    SELECT idea_id, digest, published, length, CAST(starts AS json), CAST(vector AS tsvector)
    FROM unnest(
        CAST(:idea_id AS int[]), CAST(:digest AS text[]), CAST(:published AS date[]),
        CAST(:length AS float8[]), CAST(:starts AS text[]), CAST(:vector AS text[])
    ) AS fresh (idea_id, digest, published, length, starts, vector)
    ON CONFLICT (idea_id) DO UPDATE SET
        digest = excluded.digest, published = excluded.published, length = excluded.length,
        starts = excluded.starts, vector = excluded.vector
    """
)


@dataclass(frozen=True)
class State:
    """How the table stands as a whole.

    `answers`: it has once held every idea. `at`: it is brought to today's form, and has
    come as far as this id; None: it is whole.
    """

    answers: bool = False
    at: int | None = 0


def today() -> str:
    """The form of what is written now."""
    return f"{schema.FORM}.{schema.version()}"


def state() -> State:
    """How the table stands; one statement."""
    row = db.session.execute(
        select(SearchModel.version, SearchModel.body).where(SearchModel.kind == KIND)
    ).first()
    if row is None:
        return State()
    kept = State(**json.loads(row.body))
    return kept if row.version == today() else State(kept.answers)


def put(ids: Sequence[int], load: Load) -> None:
    """Make the table agree about `ids` with what `load` gives. Raises Busy."""
    with _alone():
        _write(ids, load)


def tend() -> bool:
    """Bring the next piece to today's form; whether there is more. Raises Busy."""
    if state().at is None:
        return False
    with _alone():
        # Another process may have done some meanwhile.
        now = state()
        if now.at is None:
            return False
        if not now.at:
            log.info("the search index is made anew")
        at = _piece(now.at, is_anew=False)
        _keep(State(now.answers or at is None, at))
    return at is not None


def reindex(bar: Bar) -> None:
    """Write every idea again. Raises Busy."""
    last = documents.last_id()
    starts = range(0, max(last, 1), PIECE)

    def do(start: int) -> None:
        with _alone(LONG_PATIENCE):
            at = _piece(start, is_anew=True)
            if at is None:
                _keep(State(True, None))

    bar(starts, len(starts), "search index", do)


def forget() -> None:
    """Remove every row and what is known of the whole."""
    with _alone():
        db.session.execute(delete(SearchDocument))
        db.session.execute(delete(SearchModel).where(SearchModel.kind == KIND))


def digests(after: int, last: int) -> dict[int, str]:
    """See engines.Engine."""
    columns = (SearchDocument.idea_id, SearchDocument.digest)
    between = (SearchDocument.idea_id > after, SearchDocument.idea_id <= last)
    return {row.idea_id: row.digest for row in db.session.execute(select(*columns).where(*between))}


def _piece(after: int, *, is_anew: bool) -> int | None:
    """Write the ideas from one piece on; where the next begins, None after the last.

    Beyond the last idea of the database the table must not have any.
    """
    is_last = after + PIECE >= documents.last_id()
    last = MAX_ID if is_last else after + PIECE
    ids = {*digests(after, last), *documents.public_between(after, last)}
    _write(sorted(ids), documents.load, is_anew=is_anew)
    return None if is_last else last


def _write(ids: Sequence[int], load: Load, *, is_anew: bool = False) -> None:
    found = load(ids)
    columns = (SearchDocument.idea_id, SearchDocument.digest)
    rows = db.session.execute(select(*columns).where(SearchDocument.idea_id.in_(ids)))
    held = {row.idea_id: row.digest for row in rows}
    gone = [idea_id for idea_id in held if idea_id not in found]
    if gone:
        db.session.execute(delete(SearchDocument).where(SearchDocument.idea_id.in_(gone)))
    fresh = [one for one in found.values() if is_anew or held.get(one.id) != one.digest]
    if fresh:
        db.session.execute(_WRITE, columns_of(fresh))


def columns_of(fresh: Sequence[Document]) -> dict[str, list[object]]:
    """The rows of these ideas, column by column."""
    rows = [(one, one.places()) for one in fresh]
    return {
        "idea_id": [one.id for one, _ in rows],
        "digest": [one.digest for one, _ in rows],
        "published": [one.published for one, _ in rows],
        "length": [places.length for _, places in rows],
        "starts": [json.dumps(places.comments) for _, places in rows],
        "vector": [vectors.vector(one, places) for one, places in rows],
    }


def _keep(state: State) -> None:
    made: dict[str, str | bytes | datetime] = {
        "version": today(),
        "made_at": clock.now(),
        "body": json.dumps(asdict(state)).encode(),
    }
    db.session.execute(
        insert(SearchModel)
        .values(kind=KIND, **made)
        .on_conflict_do_update(index_elements=["kind"], set_=made)
    )


@contextmanager
def _alone(patience: int = PATIENCE) -> Iterator[None]:
    """A transaction in which no other process writes the table; committed at the end.

    Raises Busy after `patience` seconds.
    """
    db.session.rollback()
    try:
        db.session.execute(text(f"SET LOCAL lock_timeout = '{patience}s'"))
        db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield
        db.session.commit()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == _LOCK_NOT_AVAILABLE:
            raise Busy("another process writes what can be found") from error
        raise
    finally:
        db.session.rollback()
