"""Looking after the index: whether it agrees with the database, and how far it is behind."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update

from cocreate import cli, clock, deliveries
from cocreate.events import Delivery, Event
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.search import actions, engines, schema

Make = Callable[..., Any]


@pytest.fixture
def command(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """command("search", "check"): the command line over the test's database and index."""
    settings = app.config["SETTINGS"]
    monkeypatch.setenv("COCREATE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("COCREATE_DATA_DIR", str(settings.data))
    monkeypatch.setenv("COCREATE_LANGUAGE", "en")
    monkeypatch.setenv("COCREATE_LOG_LEVEL", "ERROR")

    def run(*words: str) -> Any:
        db.session.commit()
        return CliRunner().invoke(cli.main, words)

    return run


def drift(make_idea: Make, work: Make) -> list[Idea]:
    """Ideas of which the index does not know how they are by now."""
    made = [make_idea(title=f"Paper {number}") for number in range(5)]
    work()
    made[0].title = "Paper changed"
    made[2].visibility = Visibility.HIDDEN
    db.session.commit()
    ghost = schema.Document(4_000, "Ghost", "", "", "en", "new", None)
    engines.here().put([made[4].id, 4_000], lambda _: {4_000: ghost})
    return made


def test_the_command_says_what_differs_and_mends_it(
    command: Callable[..., Any], make_idea: Make, work: Make
) -> None:
    made = drift(make_idea, work)

    told = command("search", "check")

    assert told.exit_code == 1
    assert f"idea {made[0].id}: is found as it was" in told.output
    assert f"idea {made[2].id}: is in the index, but must not be found" in told.output
    assert f"idea {made[4].id}: can be seen, but not found" in told.output
    assert "idea 4000: is in the index, but must not be found" in told.output
    assert "agree" not in told.output
    mended = command("search", "check", "--mend")
    assert mended.exit_code == 0
    assert "ideas mended" in mended.output
    assert command("search", "check").output == "index and database agree\n"
    db.session.rollback()
    assert actions.check() == []


def test_the_command_says_that_the_worker_is_behind(
    command: Callable[..., Any], make_idea: Make, work: Make
) -> None:
    make_idea()
    work()
    idea = make_idea()

    told = command("search", "check")

    assert told.exit_code == 1
    assert f"idea {idea.id}: can be seen, but not found" in told.output
    assert "the worker has yet to hear of" in told.output


def test_the_command_names_no_endless_list(
    command: Callable[..., Any], make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "MOST_SHOWN", 2)
    drift(make_idea, work)

    told = command("search", "check")

    assert len(re.findall(r"^idea \d+: ", told.output, re.M)) == 2
    assert re.search(r"^… and [12] more$", told.output, re.M)


def test_without_an_index_the_command_says_so(
    command: Callable[..., Any], make_idea: Make, work: Make
) -> None:
    make_idea()
    work()
    engines.here().forget()

    told = command("search", "check")

    assert told.exit_code == 1
    assert "there is no search index" in told.output
    assert "1 ideas can be found" in command("reindex").output
    assert command("search", "check").output == "index and database agree\n"


def test_while_another_process_writes_commands_say_so_and_the_worker_comes_again(
    command: Callable[..., Any], make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    drift(make_idea, work)

    def busy(*_values: Any) -> None:
        raise engines.Busy("another process does this: write")

    with monkeypatch.context() as elsewhere:
        for kind in (type(engines.here()),):
            elsewhere.setattr(kind, "put", busy)
            elsewhere.setattr(kind, "reindex", busy)
        for words in (("search", "check", "--mend"), ("reindex",)):
            told = command(*words)
            assert told.exit_code == 1
            assert "Another process is writing the search index" in told.output
        assert actions.compare() is True
    while actions.compare():
        pass

    assert actions.check() == []


def test_who_has_to_wait_alone_loses_no_try(app: Flask, make_idea: Make, work: Make) -> None:
    """A batch in which one is broken is told one by one."""
    for _ in range(3):
        make_idea()

    def hear(claimed: Any) -> None:
        if len(claimed) > 1:
            raise ValueError("one of these is broken")
        raise deliveries.NotNow

    deliveries.deliver_due({"search": (hear, 50)}, 60, lambda *_: None)

    told = db.session.execute(
        select(Delivery.tries, Delivery.error).where(Delivery.consumer == "search")
    )
    assert {tuple(row) for row in told} == {(0, "")}


def test_how_far_a_consumer_is_behind(make_idea: Make, work: Make) -> None:
    assert deliveries.behind_since("search") is None
    make_idea()
    make_idea()
    happened = clock.now() - timedelta(hours=5)
    first = db.session.scalars(db.select(Event).order_by(Event.id)).first()
    assert first
    first.created_at = happened
    # One that was tried in vain is due later, and no younger for that.
    db.session.execute(
        update(Delivery)
        .where(Delivery.event_id == first.id)
        .values(due_at=clock.now() + timedelta(hours=1), tries=3)
    )
    db.session.commit()

    assert deliveries.behind_since("search") == happened
    # What failed for good was not heard either.
    here = (Delivery.event_id == first.id, Delivery.consumer == "search")
    db.session.execute(update(Delivery).where(*here).values(due_at=None, failed_at=clock.now()))
    db.session.commit()
    work()
    assert deliveries.behind_since("search") == happened
    assert deliveries.send_again() == 1
    work()
    assert deliveries.behind_since("search") is None


def test_admins_and_programs_are_told_how_far_searching_is_behind(
    app: Flask, browser: Make, make_member: Make, make_idea: Make, work: Make
) -> None:
    make_idea()
    work()
    admin = browser(make_member(role="admin"))

    def said() -> str:
        app.extensions["health"].at = -1e9
        return str(admin.get("/readyz").json["checks"]["index"]["says"])

    assert "Oldest change that is not found yet" not in admin.get("/admin").text
    assert said().endswith(", 0 seconds behind")
    make_idea()
    db.session.execute(update(Event).values(created_at=clock.now() - timedelta(seconds=70)))

    assert re.search(r"\D7\d seconds behind$", said())
    page = admin.get("/admin").text
    assert re.search(r"Oldest change that is not found yet.{0,200}1 minute ago", page, re.S) or (
        re.search(r"1 minute ago.{0,200}Oldest change that is not found yet", page, re.S)
    )
