"""Whether the process says truly how it is: each part is really broken once."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text, update

from cocreate import clock, config, create_app, events, health
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.search import actions
from tests import databases
from tests.conftest import migrate
from tests.databases import statements

Make = Callable[..., Any]


@pytest.fixture(params=databases.KINDS)
def scratch(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application with a database and a data folder of its own, to break."""
    number = f"health{abs(hash(request.node.nodeid))}"
    url = databases.database_url(request.param, number, migrate)
    settings = {
        "COCREATE_DATABASE_URL": url,
        "COCREATE_DATA_DIR": str(tmp_path / "data"),
        "COCREATE_LOG_LEVEL": "ERROR",
    }
    app = create_app(config.read(settings))
    with app.app_context():
        actions.tend()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def ready(app: Flask) -> tuple[int, dict[str, Any]]:
    """The status and the checks, found anew."""
    app.extensions["health"].at = -1e9
    answer = app.test_client().get("/readyz")
    assert answer.json
    assert answer.json["ready"] == (answer.status_code == 200)
    return answer.status_code, answer.json["checks"]


def failing(app: Flask) -> list[str]:
    status, checks = ready(app)
    broken = [name for name, check in checks.items() if not check["ok"]]
    assert status == (503 if broken else 200)
    return broken


def run(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def test_all_is_well(scratch: Flask) -> None:
    status, checks = ready(scratch)

    assert status == 200
    assert set(checks) == {"database", "migrations", "index", "worker", "disk"}
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM site_settings")) == 0
    assert not list(Path(scratch.config["SETTINGS"].data).glob(".health-*"))


def test_a_database_that_takes_no_writes(scratch: Flask) -> None:
    run("DROP TABLE site_settings")
    assert failing(scratch) == ["database"]


def test_a_database_that_someone_else_keeps_locked(
    scratch: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE_MS", 200)
    with db.engine.connect() as other:
        if other.dialect.name == "postgresql":
            other.execute(text("LOCK TABLE site_settings IN ACCESS EXCLUSIVE MODE"))
        else:
            other.execute(text("DELETE FROM site_settings"))
        assert failing(scratch) == ["database"]
        other.rollback()
    assert failing(scratch) == []
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.scalar(text("PRAGMA busy_timeout")) == 10_000


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    settings = {
        "COCREATE_DATABASE_URL": f"postgresql://nobody:hush-hush@/none?host={tmp_path}",
        "COCREATE_DATA_DIR": str(tmp_path / "data"),
        "COCREATE_LOG_LEVEL": "ERROR",
    }
    app = create_app(config.read(settings))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json
    checks = answer.json["checks"]
    assert [name for name, one in checks.items() if one["ok"]] == ["disk"]
    assert checks["database"]["says"] == "failed"
    for secret in ("hush", "nobody", str(tmp_path), app.config["SECRET_KEY"]):
        assert secret not in answer.text
    assert app.test_client().get("/livez").status_code == 200
    # The page that says so leads back to the very same address.
    page = app.test_client().get("/members/100%25?after=%C5%BE&x=1")
    assert page.status_code == 503
    assert 'href="/members/100%25?after=%C5%BE&amp;x=1"' in page.text
    # An address that never was, too: its page asks for the portal's name.
    page = app.test_client().get("/no/such/place")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert 'href="/no/such/place"' in page.text


@pytest.mark.parametrize(
    "statement",
    ["UPDATE alembic_version SET version_num = '0000'", "DELETE FROM alembic_version"],
)
def test_tables_of_another_release(scratch: Flask, statement: str) -> None:
    run(statement)
    assert failing(scratch) == ["migrations"]


def test_no_table_of_migrations(scratch: Flask) -> None:
    run("DROP TABLE alembic_version")
    assert failing(scratch) == ["migrations"]


def test_an_index_that_is_missing_or_broken(scratch: Flask) -> None:
    if db.engine.dialect.name == "postgresql":
        run("DELETE FROM search_models")
        assert failing(scratch) == ["index"]
    else:
        folder = scratch.config["SETTINGS"].data / "index"
        for path in folder.glob("*/*.toc"):
            path.write_bytes(b"")
        assert failing(scratch) == ["index"]
        shutil.rmtree(folder)
        assert failing(scratch) == ["index"]

    actions.tend()
    assert failing(scratch) == []


def test_work_that_is_long_overdue(scratch: Flask) -> None:
    events.record("idea.imported", None)
    db.session.commit()
    assert failing(scratch) == []

    late = clock.now() - timedelta(seconds=health.MOST_LAG + 60)
    db.session.execute(update(Delivery).values(due_at=late))
    db.session.commit()
    assert failing(scratch) == ["worker"]
    assert "overdue by 96" in ready(scratch)[1]["worker"]["says"]

    # What is put off for later, or has failed for good, is not late.
    db.session.execute(update(Delivery).values(due_at=None, failed_at=late))
    db.session.commit()
    assert failing(scratch) == []


def test_no_table_of_deliveries(scratch: Flask) -> None:
    run("DROP TABLE deliveries")
    # How far searching is behind cannot be told either.
    assert failing(scratch) == ["index", "worker"]


def test_a_data_folder_that_takes_no_files(scratch: Flask, tmp_path: Path) -> None:
    data = scratch.config["SETTINGS"].data
    data.rename(tmp_path / "elsewhere")
    # PostgreSQL keeps what can be found beside the ideas.
    index = {"index"} if db.engine.dialect.name == "sqlite" else set()
    assert set(failing(scratch)) == {"disk"} | index


def test_answers_are_kept_for_a_second(scratch: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT", 0.5)
    ready(scratch)
    began = time.monotonic()
    run("DROP TABLE site_settings")

    answers = [scratch.test_client().get("/readyz").status_code for _ in range(20)]

    if time.monotonic() - began < 0.5:
        assert answers == [200] * 20
    time.sleep(0.6)
    assert scratch.test_client().get("/readyz").status_code == 503


def test_a_flood_does_not_wait_for_what_is_slow(
    scratch: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(scratch)
    going, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        going.set()
        assert go_on.wait(20)
        return "slow"

    monkeypatch.setitem(health._CHECKS, "disk", slow)
    scratch.extensions["health"].at = -1e9
    first = threading.Thread(target=lambda: scratch.test_client().get("/readyz"))
    first.start()
    assert going.wait(20)

    answers = [scratch.test_client().get("/readyz").json for _ in range(10)]

    go_on.set()
    first.join()
    assert all(one and one["checks"]["disk"]["says"] == "takes files" for one in answers)


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_answers_are_for_nobody_in_particular(browser: Make, make_member: Make, path: str) -> None:
    for member in (None, make_member(role="admin")):
        answer = browser(member).get(path)
        assert answer.mimetype == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_living_needs_no_database(app: Flask, browser: Make) -> None:
    visitor = browser()
    db.session.commit()
    with statements() as asked:
        answer = visitor.get("/livez")

    assert answer.json == {"alive": True}
    assert asked == []
