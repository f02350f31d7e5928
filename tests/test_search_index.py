"""Keeping the index: made anew when it is missing or broken, written by one at a time, agreeing."""

import os
import random
import shutil
import subprocess
import sys
import threading
import tracemalloc
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
    analysis,
    building,
    documents,
    folder,
    index,
    mended,
    queries,
    readers,
    schema,
)
from cocreate.search.mended import Window

Make = Callable[..., Any]


def titles(question: str) -> list[str]:
    """The titles that are found, and that the index found them."""
    db.session.rollback()
    found = queries.find(None, question)
    assert found.how != queries.How.TITLES
    return [hit.idea.title for hit in found.page.rows]


def how(question: str) -> queries.How:
    db.session.rollback()
    return queries.find(None, question).how


def folder_of(role: str = "current") -> Path:
    here = index.here().folder
    name = here.name(role)
    assert name
    return here.path / name


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
    path = index.here().folder.path
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
        found = queries.find(None, "paper", after=after)
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
    shutil.rmtree(index.here().folder.path)


def remove_pointer() -> None:
    (index.here().folder.path / "current").unlink()


def point_nowhere() -> None:
    (index.here().folder.path / "current").write_text("../../etc")


def be_of_another_version() -> None:
    old = folder_of()
    other = old.with_name(f"0.0-{old.name.rpartition('-')[2]}")
    old.rename(other)
    (other.parent / "current").write_text(other.name)


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
        be_of_another_version,
    ],
)
@pytest.mark.parametrize("is_open", [True, False])
def test_a_broken_index_is_made_anew(
    app: Flask, make_idea: Make, work: Make, break_it: Callable[[], None], is_open: bool
) -> None:
    for number in range(3):
        make_idea(title=f"Paper {number}", need="We miss porcelain.")
        work()
    break_it()
    if not is_open:
        index.here().look_again()

    db.session.rollback()
    assert len(queries.find(None, "paper").page.rows) == 3
    chores(app)

    index.here().look_again()
    assert len(titles("porcelain")) == 3
    assert actions.check() == []
    assert [path for path in index.here().folder.path.iterdir() if path.is_dir()] == [folder_of()]


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
    index.here().look_again()

    db.session.rollback()
    assert queries.find(None, "paper").how == queries.How.TITLES
    # A new index is trusted; one that has stood for a while is made anew.
    os.utime(old.parent / "current", (1, 1))
    index.here().look_again()
    assert how("paper") == queries.How.TITLES
    chores(app)

    index.here().look_again()
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
    here = index.here()
    here.folder.appoint("growing", here.create())

    assert actions.tend() is False

    assert here.folder.name("growing") is None
    assert [path for path in here.folder.path.iterdir() if path.is_dir()] == [folder_of()]


# --- written by one at a time -------------------------------------------------------------------


def test_a_worker_that_has_to_wait_burns_no_tries(
    app: Flask, make_idea: Make, work: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_idea(title="Paper")
    work()
    make_idea(title="Paper, late")
    db.session.commit()
    monkeypatch.setattr(index, "PATIENCE", 0.1)
    monkeypatch.setattr(index.Index.alone, "__defaults__", (0.1,))

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
    here = index.here()
    ids = sorted(db.session.scalars(select(Idea.id)))
    loaded = documents.load(ids)
    failures: list[object] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                hits = here.search(["papr"], every=True, only={}, limit=1000)
                if sorted(one for one, _ in hits) != ids:
                    failures.append(len(hits))
                here.comments(ids[:5], ["papr"])
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
        here.put(some, lambda _, changed=changed: changed)
    here.put(ids, lambda _: loaded)
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
    here = index.here()
    ghost = schema.Document(4_000, "Ghost", "", "", "en", "new", None)
    here.put([made[4].id, 4_000], lambda _: {4_000: ghost})
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


@pytest.mark.parametrize("every", [True, False])
def test_the_index_finds_what_looking_at_each_text_finds(tmp_path: Path, every: bool) -> None:
    chance = random.Random(3)
    words = [f"w{number}x" for number in range(40)]

    def some(most: int) -> str:
        return " ".join(chance.choices(words, weights=range(1, 41), k=chance.randint(0, most)))

    one = index.Index(tmp_path)
    name = one.create()
    one.folder.appoint("current", name)
    known: dict[int, schema.Document] = {}
    for batch in range(12):
        changed = {
            number: schema.Document(
                number, some(4), some(20), some(20), chance.choice(("cs", "en")), "new",
                chance.randint(1, 2), (), ((number, some(30)),),
            )
            for number in chance.sample(range(1, 400), 60)
        }  # fmt: skip
        gone = chance.sample(sorted(known), 20) if batch else []
        known = {n: d for n, d in {**known, **changed}.items() if n not in gone}
        one.write(name, sorted({*changed, *gone}), known)
    one.look_again()

    for _ in range(60):
        terms = chance.sample(words, chance.randint(1, 3))
        only = {"language": "cs", "area": "2"} if chance.random() < 0.5 else {}
        expected = set()
        for document in known.values():
            texts = (
                f"{document.title} {document.need} {document.proposal} {document.comments[0][1]}"
            )
            has = [term in texts.split() for term in terms]
            fits = not only or (document.language, document.area_id) == ("cs", 2)
            if fits and (all(has) if every else any(has)):
                expected.add(document.id)
        hits = one.search(terms, every=every, only=only, limit=1000)
        assert {number for number, _ in hits} == expected
        # Fewer are the first of them all, whatever Whoosh leaves out on the way.
        few = one.search(terms, every=every, only=only, limit=5)
        assert [score for _, score in few] == pytest.approx([score for _, score in hits[:5]])


def test_words_that_nearly_all_ideas_have_are_left_out_where_one_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "POSTINGS", 10)
    one = index.Index(tmp_path)
    name = one.create()
    one.folder.appoint("current", name)
    known = {
        number: schema.Document(number, f"common{' rare' * (number % 7 == 0)}", "", "", "", "", 1)
        for number in range(1, 50)
    }
    one.write(name, list(known), known)

    def found(question: str) -> list[int]:
        hits = one.search(analysis.asked(question), every=False, only={}, limit=100)
        return sorted(number for number, _ in hits)

    assert found("common rare nowhere") == [7, 14, 21, 28, 35, 42, 49]
    assert found("common") == sorted(known)
    assert found("nowhere") == found("") == []


# --- Whoosh, mended -----------------------------------------------------------------------------


def test_a_window_reads_like_a_file_and_copies_only_what_is_read() -> None:
    memory = bytearray(b"one\ntwo\nthree")
    window = Window(memoryview(memory))

    assert window.read(2) == b"on"
    assert window.readline() == b"e\n"
    assert window.tell() == 4
    memory[4:7] = b"TWO"
    assert window.readline() == b"TWO\n"
    assert window.seek(-3, 2) == 10
    assert window.read() == b"ree"
    assert window.read(5) == b""
    assert window.seek(-99, 1) == 0
    assert window.read(3) == b"one"
    assert window.seek(99) == 99
    assert window.read() == b""


def test_opening_the_index_does_not_read_its_postings(tmp_path: Path) -> None:
    one = index.Index(tmp_path)
    name = one.create()
    one.folder.appoint("current", name)
    chance = random.Random(5)
    # Many words that all have: long lists of postings.
    words = [f"a{number}" for number in range(300)]
    known = {
        number: schema.Document(number, "", " ".join(chance.choices(words, k=300)), "", "", "", 1)
        for number in range(1, 500)
    }
    one.write(name, list(known), known)
    size = sum(path.stat().st_size for path in (tmp_path / name).glob("*.seg"))

    tracemalloc.start()
    try:
        with schema.opened(tmp_path / name).searcher() as searcher:
            assert searcher.doc_count() == 499
            peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert size > 300_000
    assert peak < size / 4


def test_nothing_warns_when_whoosh_is_first_compiled(tmp_path: Path) -> None:
    code = (
        "import importlib.util as i, sys; s = i.spec_from_file_location('mended', sys.argv[1]);"
        " s.loader.exec_module(i.module_from_spec(s)); assert 'whoosh.codec.whoosh3' in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, "-W", "always", "-c", code, mended.__file__],
        env={**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "whoosh" not in run.stderr


def test_a_lock_that_stays_taken_is_said_to_be_busy(tmp_path: Path) -> None:
    one = folder.Folder(tmp_path, "1")
    with one.alone("write", 0), pytest.raises(folder.Busy), one.alone("write", 0.2):
        pass
    with one.alone("write", 0):
        pass
