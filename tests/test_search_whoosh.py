"""Whoosh's files, read as arrays: what is found is what looking at each text finds."""

import os
import random
import resource
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cocreate.search import analysis, folder, index, mended, merging, scoring, segments, writing
from cocreate.search.asked import Asked, Only, Part
from cocreate.search.postings import View
from cocreate.search.schema import Document


def index_of(path: Path, known: Mapping[int, Document]) -> index.Index:
    """An index with these documents that answers."""
    one = index.Index(path)
    name = one.writing.create()
    one.folder.appoint("current", name)
    one.writing.write(name, list(known), known)
    one.look_again()
    return one


def words(*typed: str) -> Asked:
    """A question for words, each as it counts in any language."""
    return Asked(tuple(Part(one, tuple((key,) for key in analysis.keys(one))) for one in typed))


@pytest.mark.parametrize("every", [True, False])
def test_the_index_finds_what_looking_at_each_text_finds(tmp_path: Path, every: bool) -> None:
    chance = random.Random(3)
    vocabulary = [f"w{number}x" for number in range(40)]

    def some(most: int) -> str:
        return " ".join(chance.choices(vocabulary, weights=range(1, 41), k=chance.randint(0, most)))

    one = index_of(tmp_path, {})
    name = one.folder.name("current")
    assert name
    known: dict[int, Document] = {}
    for batch in range(12):
        changed = {
            number: Document(
                number, some(4), some(20), some(20), chance.choice(("cs", "en")), "new",
                chance.randint(1, 2), (), ((number, some(30)),),
            )
            for number in chance.sample(range(1, 400), 60)
        }  # fmt: skip
        gone = chance.sample(sorted(known), 20) if batch else []
        known = {n: d for n, d in {**known, **changed}.items() if n not in gone}
        one.writing.write(name, sorted({*changed, *gone}), known)
    one.look_again()

    for _ in range(60):
        typed = chance.sample(vocabulary, chance.randint(1, 3))
        only = Only(("language:cs", "area:2")) if chance.random() < 0.5 else Only()
        expected = set()
        for document in known.values():
            texts = (
                f"{document.title} {document.need} {document.proposal} {document.comments[0][1]}"
            )
            has = [word in texts.split() for word in typed]
            fits = not only or (document.language, document.area_id) == ("cs", 2)
            if fits and (all(has) if every else any(has)):
                expected.add(document.id)
        hits = one.search(words(*typed), every=every, only=only, limit=1000)
        assert {number for number, _ in hits} == expected
        assert hits == sorted(hits, key=lambda hit: (-hit[1], -hit[0]))
        # Fewer are the first of them all.
        assert one.search(words(*typed), every=every, only=only, limit=5) == hits[:5]
        if every:
            newest = one.matching(words(*typed), only=only, most=7)
            assert newest == sorted(expected, reverse=True)[:7]


def test_words_that_nearly_all_ideas_have_are_left_out_where_one_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "POSTINGS", 10)
    known = {
        number: Document(number, f"kaolin{' granit' * (number % 7 == 0)}", "", "", "cs", "", 1)
        for number in range(1, 50)
    }
    one = index_of(tmp_path, known)

    def found(*typed: str) -> list[int]:
        hits = one.search(words(*typed), every=False, only=Only(), limit=100)
        return sorted(number for number, _ in hits)

    assert found("kaolin", "granit", "nikde") == [7, 14, 21, 28, 35, 42, 49]
    assert found("kaolin") == sorted(known)
    assert found("nikde") == found() == []


# --- Whoosh, mended -----------------------------------------------------------------------------


def test_a_piece_reads_like_a_file_from_its_own_part_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").write_bytes(b"--one\ntwo\nthree--")
    whole = mended.Storage(str(tmp_path)).open_file("letters")
    piece = whole.subset(2, 13)

    assert piece.read(2) == b"on"
    assert piece.readline() == b"e\n"
    assert piece.tell() == 4
    assert piece.get(8, 5) == b"three"
    assert piece.tell() == 4
    assert piece.readline() == b"two\n"
    assert piece.seek(-3, 2) == 10
    assert piece.read() == b"ree"
    assert piece.read(5) == b""
    assert piece.subset(4, 3).read() == b"two"
    with pytest.raises(EOFError):
        piece.get(8, 6)
    whole.close()
    with pytest.raises(ValueError, match="closed"):
        piece.get(0, 1)


def many_postings() -> dict[int, Document]:
    """Documents that share many words: long lists of postings."""
    chance = random.Random(5)
    vocabulary = [f"a{number}" for number in range(300)]
    return {
        number: Document(number, "", " ".join(chance.choices(vocabulary, k=300)), "", "cs", "", 1)
        for number in range(1, 500)
    }


def peak_of(path: Path) -> int:
    """The most memory that opening the index and counting its ideas takes, in bytes."""
    tracemalloc.start()
    try:
        index_ = segments.opened(path)
        reader = index_.reader()
        assert reader.doc_count() == 499
        reader.close()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_threads_that_meet_a_file_for_the_first_time_read_it_each_for_itself(
    tmp_path: Path,
) -> None:
    """Lists of numbers are read without going to a place that another thread may leave again."""
    known = {n: Document(n, f"Paper {n}", "word " * n, "", "en", "new", 1) for n in range(1, 80)}
    one = index_of(tmp_path, known)
    path = one.folder.path / str(one.folder.name("current"))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(100):
                view = View(segments.opened(path).reader())
                start = threading.Barrier(8)

                def read(number: int, view: View = view, start: threading.Barrier = start) -> str:
                    start.wait()
                    return str(view.stored(number)["digest"])

                found = list(pool.map(read, range(8)))
                view.close()
                assert found == [known[number].digest for number in range(1, 9)]
    finally:
        sys.setswitchinterval(before)


def test_opening_the_index_copies_no_postings(tmp_path: Path) -> None:
    one = index_of(tmp_path, many_postings())
    name = one.folder.name("current")
    assert name
    size = sum(path.stat().st_size for path in (tmp_path / name).glob("*.seg"))

    assert size > 300_000
    assert peak_of(tmp_path / name) < size / 4


def test_a_question_reads_its_own_postings_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = index_of(tmp_path, many_postings())
    size = sum(path.stat().st_size for path in tmp_path.rglob("*.seg"))
    read = 0
    pread = os.pread

    def counted(file: int, length: int, offset: int) -> bytes:
        nonlocal read
        found = pread(file, length, offset)
        read += len(found)
        return found

    monkeypatch.setattr(os, "pread", counted)
    assert one.search(words("a7"), every=True, only=Only(), limit=1)

    assert 0 < read < size / 10


def test_a_file_that_is_cut_short_while_it_is_open_raises_and_kills_nobody(tmp_path: Path) -> None:
    one = index_of(tmp_path, many_postings())
    assert one.count() == 499
    for path in tmp_path.rglob("*.seg"):
        os.truncate(path, 100)

    with pytest.raises(index.Unusable):
        one.search(words("a7"), every=True, only=Only(), limit=1)
    assert not one.is_usable()


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
    one = folder.Folder(tmp_path, 1, "1")
    with one.alone("write", 0), pytest.raises(folder.Busy), one.alone("write", 0.2):
        pass
    with one.alone("write", 0):
        pass


def test_a_full_disk_is_waited_for_and_breaks_nothing(tmp_path: Path) -> None:
    known = {number: Document(number, "kolo", "", "", "cs", "", 1) for number in range(1, 200)}
    one = index_of(tmp_path, known)
    changed = {number: Document(number, f"vlak{number}", "", "", "cs", "", 1) for number in known}
    unlimited, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    for size in (0, 100, 1_000, 5_000, 20_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
        try:
            with pytest.raises(index.Busy):
                one.writing.put(list(known), lambda: changed)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, most))
        one.look_again()
        assert one.matching(words("kolo"), only=Only(), most=500) == sorted(known, reverse=True)

    one.writing.put(list(known), lambda: changed)
    one.look_again()
    assert one.matching(words("kolo"), only=Only(), most=500) == []
    assert one.matching(words("vlak7"), only=Only(), most=500) == [7]
    # What the failed attempts began to write is gone.
    assert len(list(tmp_path.glob("*/*"))) <= 4


# --- files become one ---------------------------------------------------------------------------


def files(one: index.Index) -> list[int]:
    """How many ideas each file of the index has, those that are gone included."""
    name = one.folder.name("current")
    assert name
    found = segments.files(segments.opened(one.folder.path / name))
    return sorted((int(each.doc_count_all()) for each in found), reverse=True)


def bring(one: index.Index, *documents: Document) -> None:
    one.writing.put([each.id for each in documents], lambda: {each.id: each for each in documents})


def kolo(number: int, more: str = "") -> Document:
    text = f"kolo číslo{number} {more}"
    return Document(number, text, "jede po silnici", "", "cs", "new", 1, (), ((number, "Kam?"),))


def test_a_change_takes_along_what_is_small_and_leaves_what_is_large(tmp_path: Path) -> None:
    one = index_of(tmp_path, {number: kolo(number) for number in range(1, 301)})
    for number in range(301, 341):
        bring(one, kolo(number))
    one.look_again()

    assert files(one)[0] == 300
    assert len(files(one)) <= 7
    assert one.count() == 340
    assert len(one.matching(words("kolo"), only=Only(), most=999)) == 340
    phrase = Asked((Part("", (tuple(analysis.terms("jede po silnici", "cs")),)),))
    assert len(one.matching(phrase, only=Only(("area:1",)), most=999)) == 340
    assert one.comments([7, 333], [analysis.key("kam", "cs")]) == {7: 7, 333: 333}


def test_while_it_is_quiet_files_become_fewer_and_what_is_gone_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "ALONG", 0)
    one = index_of(tmp_path, {number: kolo(number) for number in range(1, 31)})
    for number in range(1, 11):
        bring(one, kolo(number, "znovu"))
    assert len(files(one)) == 11
    assert one.writing.tidy() is False
    assert len(files(one)) == 11

    monkeypatch.setattr(writing, "QUIET", 0)
    assert one.writing.tidy() is False
    one.look_again()

    assert files(one) == [30]
    assert one.matching(words("znovu"), only=Only(), most=99) == list(range(10, 0, -1))
    assert one.matching(words("kolo"), only=Only(), most=99) == list(range(30, 0, -1))


def test_files_never_become_very_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "ALONG", 0)
    monkeypatch.setattr(merging, "MEANWHILE", 2)
    monkeypatch.setattr(merging, "MOST_FILES", 8)
    one = index_of(tmp_path, {})
    for number in range(1, 41):
        bring(one, kolo(number))
        assert len(files(one)) <= 8
    one.look_again()

    assert one.matching(words("kolo"), only=Only(), most=99) == list(range(40, 0, -1))


def test_files_of_what_is_gone_go_along_with_changes(tmp_path: Path) -> None:
    one = index_of(tmp_path, {number: kolo(number) for number in range(1, 201)})
    one.writing.put(list(range(1, 196)), dict)
    for number in range(201, 201 + merging.WAITING - 1):
        bring(one, kolo(number))
    assert max(files(one)) == 200

    for number in range(301, 303):
        bring(one, kolo(number))

    assert max(files(one)) < 20
    one.look_again()
    assert len(one.matching(words("kolo"), only=Only(), most=500)) == 5 + merging.WAITING + 1
