"""Keeping the index: made anew when it is missing or broken, written by one at a time, agreeing."""

import errno
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from cocreate import clock, worker
from cocreate.errors import Closed
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.search import (
    actions,
    building,
    documents,
    engines,
    folder,
    index,
    queries,
    readers,
    schema,
    writing,
)
from cocreate.search.asked import Asked, Only, Part

Make = Callable[..., Any]

# PostgreSQL keeps its index in its tables.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def titles(question: str) -> list[str]:
    """The titles that are found, and that the index found them."""
    db.session.rollback()
    found = queries.find(None, queries.read(question))
    assert found.how != queries.How.TITLES
    return [hit.idea.title for hit in found.page.rows]


def how(question: str) -> queries.How:
    db.session.rollback()
    return queries.find(None, queries.read(question)).how


def here() -> index.Index:
    """The engine that these tests are about."""
    engine = engines.here()
    assert isinstance(engine, index.Index)
    return engine


def words(*terms: str) -> Asked:
    """A question for keys as they stand in the index."""
    return Asked(tuple(Part(term, ((term,),)) for term in terms))


def folder_of(role: str = "current") -> Path:
    folder = here().folder
    name = folder.name(role)
    assert name
    return folder.path / name


def chores(app: Flask) -> None:
    """Everything that is done at a time, until it is done."""
    db.session.commit()
    last: dict[str, Any] = {}
    for _ in range(50):
        worker.run_chores(app, last)
        if last.keys() >= worker.CHORES.keys():
            return
    raise AssertionError(f"only {last.keys()} came to an end")


@contextmanager
def lock_held(what: str) -> Iterator[None]:
    """Another process that holds one of the index's locks."""
    path = here().folder.path
    path.mkdir(exist_ok=True)
    code = (
        "import fcntl, sys; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, fcntl.LOCK_EX);"
        " print(flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(path / f"{what}.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdin
    assert other.stdout
    other.stdout.readline()
    try:
        yield
    finally:
        other.communicate()


def no_bar(items: Any, length: int, label: str, each: Callable[[Any], None]) -> None:
    for item in items:
        each(item)


# --- made anew ----------------------------------------------------------------------------------


def test_without_an_index_titles_are_looked_through_until_the_worker_has_made_one(
    app: Flask, browser: Make, make_idea: Make
) -> None:
    make_idea(title="Paper bags", need="We miss porcelain.")
    make_idea(title="100% PAPER", need="Nothing.")
    make_idea(title="Paper, held", visibility=Visibility.HELD)

    page = browser().get("/search?q=paper")
    assert "Search is being rebuilt" in page.text
    assert "100% <mark>PAPER</mark>" in page.text
    assert "held" not in page.text
    assert "Nothing was found" in browser().get("/search?q=porcelain").text

    chores(app)
    assert titles("porcelain") == ["Paper bags"]
    assert "being rebuilt" not in browser().get("/search?q=paper").text


def test_titles_are_read_page_by_page(browser: Make, make_idea: Make, make_member: Make) -> None:
    authors = [make_member() for _ in range(4)]
    for number in range(60):
        make_idea(authors[number % 4], title=f"Paper {number}")

    seen: list[str] = []
    after = None
    while True:
        found = queries.find(None, queries.read("paper"), after)
        seen += [hit.idea.title for hit in found.page.rows]
        after = found.page.next
        if after is None:
            break

    assert seen == [f"Paper {number}" for number in reversed(range(60))]


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def break_segments() -> None:
    for path in folder_of().glob("*.seg"):
        cut_in_half(path)


def break_list_of_segments() -> None:
    for path in folder_of().glob("*.toc"):
        cut_in_half(path)


def empty_all_files() -> None:
    for path in folder_of().iterdir():
        if path.is_file():
            path.write_bytes(b"")


def write_noise() -> None:
    chance = random.Random(1)
    for path in folder_of().glob("*.seg"):
        path.write_bytes(chance.randbytes(path.stat().st_size))


def remove_segments() -> None:
    for path in folder_of().glob("*.seg"):
        path.unlink()


def remove_everything() -> None:
    shutil.rmtree(here().folder.path)


def remove_pointer() -> None:
    (here().folder.path / "current").unlink()


def point_nowhere() -> None:
    (here().folder.path / "current").write_text("../../etc")


def be_of(form: int, version: str) -> None:
    old = folder_of()
    other = old.with_name(f"{form}.{version}-{old.name.rpartition('-')[2]}")
    old.rename(other)
    (other.parent / "current").write_text(other.name)


def be_of_another_form() -> None:
    be_of(schema.FORM - 1, schema.version())


def be_of_another_analysis() -> None:
    be_of(schema.FORM, "0a0b")


@pytest.mark.parametrize(
    "break_it",
    [
        break_segments,
        break_list_of_segments,
        empty_all_files,
        write_noise,
        remove_segments,
        remove_everything,
        remove_pointer,
        point_nowhere,
        be_of_another_form,
        be_of_another_analysis,
    ],
)
@pytest.mark.parametrize("is_open", [True, False])
def test_a_broken_index_is_made_anew(
    app: Flask,
    browser: Make,
    make_idea: Make,
    work: Make,
    break_it: Callable[[], None],
    is_open: bool,
) -> None:
    for number in range(3):
        make_idea(title=f"Paper {number}", need="We miss porcelain.")
        work()
    break_it()
    if not is_open:
        here().look_again()

    db.session.rollback()
    assert len(queries.find(None, queries.read("paper")).page.rows) == 3
    assert browser().get("/search?q=paper").status_code == 200
    chores(app)

    here().look_again()
    assert len(titles("porcelain")) == 3
    assert actions.check() == []
    assert [path for path in here().folder.path.iterdir() if path.is_dir()] == [folder_of()]


def test_an_index_of_another_analysis_answers_until_it_is_made_anew(
    app: Flask, make_idea: Make, work: Make
) -> None:
    make_idea(title="Paper bags", need="We miss porcelain.")
    work()
    be_of_another_analysis()
    here().look_again()
    old = folder_of()

    assert titles("porcelain") == ["Paper bags"]
    # What changes meanwhile is found too.
    make_idea(title="Porcelain cups")
    db.session.commit()
    assert set(titles("porcelain")) == {"Paper bags"}
    chores(app)
    work()

    assert not old.exists()
    assert not here().folder.is_outdated(folder_of().name)
    assert set(titles("porcelain")) == {"Porcelain cups", "Paper bags"}
    assert actions.check() == []


def test_what_could_not_be_opened_is_not_tried_again_by_everybody(
    app: Flask, make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_idea(title="Paper")
    work()
    next(folder_of().glob("*.seg")).unlink()
    here().look_again()
    monkeypatch.setattr(readers, "_PAUSES", ())
    tried = []
    opened = readers.segments.opened
    monkeypatch.setattr(readers.segments, "opened", lambda path: tried.append(path) or opened(path))

    for _ in range(3):
        assert how("paper") == queries.How.TITLES
    assert len(tried) == 1
    monkeypatch.undo()
    chores(app)

    assert titles("paper") == ["Paper"]


def test_after_an_upgrade_the_old_index_is_not_written_anew_beside_the_new_one(
    app: Flask, make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make_idea(title=f"Paper {number}")
    work()
    monkeypatch.setattr(building, "PIECE", 1)
    monkeypatch.setattr(actions, "PIECE", 1)
    be_of_another_analysis()
    here().look_again()
    put = []
    monkeypatch.setattr(here(), "put", lambda ids, _load: put.append(ids))

    assert actions.tend() is True
    assert here().is_growing()
    assert actions.compare() is False
    monkeypatch.undo()
    chores(app)

    assert put == []
    assert len(titles("paper")) == 3


def test_noise_inside_a_file_that_opens_is_noticed_by_who_asks(
    app: Flask, make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_idea(title="Paper bags " * 5)
    work()
    old = folder_of()
    path = next(old.glob("*.seg"))
    content = bytearray(path.read_bytes())
    content[: len(content) // 2] = content[:16] + os.urandom(len(content) // 2 - 16)
    path.write_bytes(content)
    here().look_again()

    db.session.rollback()
    assert how("paper") == queries.How.TITLES
    # A new index is trusted; one that has stood for a while is made anew.
    os.utime(old.parent / "current", (1, 1))
    here().look_again()
    assert how("paper") == queries.How.TITLES
    chores(app)

    here().look_again()
    assert titles("paper") == ["Paper bags " * 4 + "Paper bags"]


def test_the_old_index_answers_while_a_new_one_is_made(
    app: Flask, make_idea: Make, make_member: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_idea(title=f"Paper {number}") for number in range(7)]
    work()
    monkeypatch.setattr(building, "PIECE", 2)
    seen = []

    def bar(items: Any, length: int, label: str, each: Callable[[Any], None]) -> None:
        assert length == 4
        for item in items:
            each(item)
            seen.append(sorted(titles("paper")))
            if item == 1:
                # One that was read already changes, one goes, one comes.
                made[0].title = "Paper changed"
                made[1].visibility = Visibility.HIDDEN
                late = make_idea(title="Paper, late")
                actions.agree([made[0].id, made[1].id, late.id])

    count = actions.reindex(bar)

    assert count == 7
    assert seen[0] == seen[1] == [f"Paper {number}" for number in range(7)]
    assert len(seen[2]) == len(seen[3]) == 7
    assert "Paper, late" in seen[3]
    assert actions.check() == []
    assert len(titles("paper")) == 7


def test_what_is_hidden_while_a_new_index_is_made_does_not_come_back_with_it(
    app: Flask, make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_idea(title=f"Paper {number}") for number in range(6)]
    work()
    monkeypatch.setattr(building, "PIECE", 2)
    last = made[5].id

    def hide() -> None:
        with app.app_context():
            db.session.get_one(Idea, last).visibility = Visibility.HIDDEN
            db.session.commit()
            actions.agree([last])

    def bar(items: Any, _length: int, _label: str, each: Callable[[Any], None]) -> None:
        for item in items:
            if item == 1:
                worker_there = threading.Thread(target=hide)
                worker_there.start()
                worker_there.join()
            each(item)

    assert actions.reindex(bar) == 5
    assert actions.check() == []
    assert "Paper 5" not in titles("paper")


def test_a_new_index_is_made_by_one_process_at_a_time(app: Flask, make_idea: Make) -> None:
    make_idea(title="Paper")
    db.session.commit()

    with lock_held("build"):
        assert actions.tend() is False
        assert how("paper") == queries.How.TITLES
        with pytest.raises(Closed):
            actions.reindex(no_bar)

    assert actions.reindex(no_bar) == 1
    assert titles("paper") == ["Paper"]


def test_what_a_dead_process_left_of_a_new_index_goes(
    app: Flask, make_idea: Make, work: Make
) -> None:
    make_idea(title="Paper")
    work()
    engine = here()
    engine.folder.appoint("growing", engine.writing.create())

    assert actions.tend() is False

    assert engine.folder.name("growing") is None
    assert [path for path in engine.folder.path.iterdir() if path.is_dir()] == [folder_of()]


# --- written by one at a time -------------------------------------------------------------------


def test_a_worker_that_has_to_wait_burns_no_tries(
    app: Flask, make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_idea(title="Paper")
    work()
    make_idea(title="Paper, late")
    db.session.commit()
    monkeypatch.setattr(writing, "PATIENCE", 0.1)

    with lock_held("write"):
        work()
        owed = db.session.scalars(
            select(Delivery).where(Delivery.consumer == "search", Delivery.due_at.is_not(None))
        ).all()
        assert len(owed) == 1
        assert owed[0].tries == 0
        assert owed[0].due_at < clock.now() + timedelta(seconds=2)
    db.session.execute(
        update(Delivery).where(Delivery.due_at.is_not(None)).values(due_at=clock.now())
    )
    work()

    assert titles("late") == ["Paper, late"]


def test_what_the_machine_refuses_burns_no_tries(
    app: Flask, make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_values: Any, **_more: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    make_idea(title="Paper")
    # Nothing can be made, not even the first index ...
    with monkeypatch.context() as machine:
        machine.setattr(folder.Folder, "appoint", full)
        work()
        assert here().is_usable() is False
    # ... and then not even the lock can be opened.
    chores(app)
    make_idea(title="Paper, late")
    with monkeypatch.context() as machine:
        machine.setattr(folder.Folder, "alone", full)
        work()

    owed = db.session.scalars(
        select(Delivery).where(Delivery.consumer == "search", Delivery.due_at.is_not(None))
    ).all()
    assert [one.tries for one in owed] == [0]
    db.session.execute(
        update(Delivery).where(Delivery.due_at.is_not(None)).values(due_at=clock.now())
    )
    work()
    assert sorted(titles("paper")) == ["Paper", "Paper, late"]


def test_being_told_twice_writes_once(app: Flask, make_idea: Make, work: Make) -> None:
    idea = make_idea(title="Paper")
    work()
    before = sorted(path.name for path in folder_of().iterdir())

    actions.agree([idea.id, idea.id + 1])

    assert sorted(path.name for path in folder_of().iterdir()) == before


def test_many_threads_search_while_the_index_changes(
    app: Flask, make_idea: Make, make_member: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "FRESH", 0.0)
    authors = [make_member() for _ in range(4)]
    for number in range(60):
        make_idea(authors[number % 4], title=f"Paper {number}", need="Paper " * (number + 1))
    work()
    engine = here()
    ids = sorted(db.session.scalars(select(Idea.id)))
    loaded = documents.load(ids)
    failures: list[object] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                hits = engine.search(words("paper"), every=True, only=Only(), limit=1000)
                if sorted(one for one, _ in hits) != ids:
                    failures.append(len(hits))
                engine.comments(ids[:5], ["paper"])
            except index.Unusable as error:
                failures.append(repr(error.__cause__))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for number in range(12):
        some = ids[number : number + 20]
        changed = {
            one: schema.Document(one, f"Paper again {number}", "", "", "en", "new", None)
            for one in some
        }
        engine.put(some, lambda _, changed=changed: changed)
    engine.put(ids, lambda _: loaded)
    stop.set()
    for thread in threads:
        thread.join()

    assert not failures
    assert actions.check() == []


# --- agreeing -----------------------------------------------------------------------------------


def test_what_drifted_is_found_and_mended(
    app: Flask, make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "PIECE", 2)
    made = [make_idea(title=f"Paper {number}") for number in range(5)]
    work()
    assert actions.check() == []
    # Changes that nobody told the worker of, and an idea that a restored database has not.
    made[0].title = "Paper changed"
    made[2].visibility = Visibility.HIDDEN
    db.session.commit()
    engine = here()
    ghost = schema.Document(4_000, "Ghost", "", "", "en", "new", None)
    engine.put([made[4].id, 4_000], lambda _: {4_000: ghost})
    assert [one.id for one in actions.check()] == [made[0].id, made[2].id, made[4].id, 4_000]

    chores(app)

    assert actions.check() == []
    assert sorted(titles("paper")) == ["Paper 1", "Paper 3", "Paper 4", "Paper changed"]


def test_comparing_without_an_index_says_so(app: Flask, make_idea: Make) -> None:
    make_idea()
    with pytest.raises(index.Unusable):
        actions.check()


def test_an_idea_with_very_many_comments_is_found_by_the_newest(
    app: Flask, make_idea: Make, make_comment: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "COMMENTS_FOUND", 2)
    idea = make_idea(title="Tram")
    for body in ("first", "second", "third"):
        make_comment(idea, body=f"The {body} word.")
    work()

    assert titles("third") == titles("second") == ["Tram"]
    assert titles("first") == []
