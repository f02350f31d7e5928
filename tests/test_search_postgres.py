"""PostgreSQL's engine: any signs, an end to every wait, and making anew while it answers."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.search import (
    actions,
    analysis,
    documents,
    engines,
    fitting,
    postgres,
    tables,
    vectors,
)
from cocreate.search.asked import Asked, Only, Part
from cocreate.search.folder import Busy
from cocreate.search.postgres import Postgres
from cocreate.search.readers import Unusable
from cocreate.search.schema import MOST_PLACES, Document

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True, scope="session")

Make = Callable[..., Any]


@pytest.fixture
def engine(app: Flask) -> Postgres:
    """The engine of an empty portal, ready to answer."""
    here = engines.here()
    assert isinstance(here, Postgres)
    assert not here.tend()
    return here


def asked(*words: str) -> Asked:
    return Asked(tuple(Part(word, tuple((key,) for key in analysis.keys(word))) for word in words))


def found(engine: Postgres, *words: str) -> list[int]:
    return [one for one, _ in engine.search(asked(*words), every=True, only=Only(), limit=50)]


def fill(engine: Postgres, *said: Document) -> None:
    ideas = {one.id: one for one in said}

    def load(ids: Sequence[int]) -> Mapping[int, Document]:
        return {one: ideas[one] for one in ids if one in ideas}

    engine.put(list(ideas), load)


def said(number: int, title: str, need: str = "", **values: Any) -> Document:
    filled = {"proposal": "", "language": "en", "stage": "new", "area_id": None, **values}
    return Document(number, title, need, published=date(2026, 1, 1), **filled)


def test_words_of_any_signs_are_kept_as_they_are(engine: Postgres) -> None:
    chance = random.Random(90_210)
    signs = "'\\\":&|!()<>*,;%$A1ř漢🙂 \t\n-"
    words = sorted({"".join(chance.choices(signs, k=chance.randint(1, 9))) for _ in range(400)})
    kept = " ".join(f"{vectors.lexeme(word)}:{place}A" for place, word in enumerate(words, 1))

    (stored,) = db.session.execute(
        text("SELECT CAST(CAST(:kept AS tsvector) AS text)"), {"kept": kept}
    ).one()
    assert vectors.weights(stored, []) == dict.fromkeys(words, 8.0)

    for word in words:
        values = {
            "one": f"{vectors.lexeme(word)}:1",
            "query": vectors.part_query(Part("", ((word,),))),
        }
        matches = text("SELECT CAST(:one AS tsvector) @@ CAST(:query AS tsquery)")
        assert db.session.scalar(matches, values), word
    for word in ("\0", "\ud800", ""):
        values = {"one": vectors.lexeme(word), "query": vectors.start_query([word])}
        assert db.session.scalar(matches, values)


def test_more_words_than_the_database_holds_leave_out_the_last(engine: Postgres) -> None:
    chance = random.Random(7)
    letters = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
    words = {"".join(chance.choices(letters, k=40)) for _ in range(MOST_PLACES)}
    fill(engine, said(1, "Bicycle racks", comments=((5, " ".join(words)),)))

    assert found(engine, "bicycle") == [1]


def test_a_question_that_takes_too_long_is_answered_by_the_titles(
    engine: Postgres,
    monkeypatch: pytest.MonkeyPatch,
    browser: Make,
    make_idea: Make,
    work: Make,
) -> None:
    make_idea(title="Paper bags")
    work()
    slow = f"{postgres._TERMS}; SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(5)"
    monkeypatch.setattr(postgres, "_TERMS", slow)

    with pytest.raises(Unusable):
        engine.matching(asked("paper"), only=Only(), most=10)
    # What the caller does besides goes on.
    assert db.session.scalar(text("SELECT count(*) FROM ideas")) == 1
    page = browser().get("/search?q=paper")
    assert page.status_code == 200
    assert "Paper bags" in page.text


def test_what_a_question_sets_ends_with_it(engine: Postgres) -> None:
    fill(engine, said(1, "Paper bags"))
    names = ("enable_seqscan", "statement_timeout", "work_mem", "jit")
    before = [db.session.scalar(text(f"SHOW {name}")) for name in names]

    assert found(engine, "paper") == [1]

    assert [db.session.scalar(text(f"SHOW {name}")) for name in names] == before


def test_what_was_never_made_is_said_to_be_missing(app: Flask, make_idea: Make) -> None:
    idea = make_idea(title="Paper bags")
    here = engines.here()
    assert not here.is_usable()
    with pytest.raises(Unusable):
        here.matching(asked("paper"), only=Only(), most=10)

    assert not here.tend()

    assert here.is_usable()
    assert here.matching(asked("paper"), only=Only(), most=10) == [idea.id]


def test_rows_of_another_analysis_answer_until_they_are_made_anew(
    engine: Postgres, monkeypatch: pytest.MonkeyPatch, make_idea: Make, work: Make
) -> None:
    ideas = [make_idea(title=f"Paper bags {number}").id for number in range(5)]
    work()
    before = engine.digests(0, 100)
    monkeypatch.setattr(analysis, "VERSION", "another")
    monkeypatch.setattr(tables, "PIECE", 2)
    assert engine.is_growing()
    assert engine.is_usable()

    pieces = 0
    while engine.tend():
        pieces += 1
        assert sorted(found(engine, "paper")) == ideas
        digests = engine.digests(0, 100)
        anew = [one for one in ideas if digests[one] != before[one]]
        assert anew == ideas[: 2 * pieces]

    assert pieces == 2
    assert not engine.is_growing()
    assert not set(engine.digests(0, 100).values()) & set(before.values())
    assert actions.check() == []


def test_of_very_many_that_have_the_words_the_newest_are_looked_into_for_a_phrase(
    engine: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(
        engine,
        said(1, "paper bag"),
        said(2, "paper bag and tram"),
        said(3, "bag of paper"),
        said(4, "paper bag"),
        said(5, "a bag, a paper"),
        said(6, "bag"),
    )
    phrase, bag = Part("paper bag", (("paper", "bag"),)), Part("bag", (("bag",),))
    asked = Asked((phrase,))

    def every(question: Asked) -> tuple[list[int], list[int]]:
        ranked = engine.search(question, every=True, only=Only(), limit=9)
        return engine.matching(question, only=Only(), most=9), sorted(one for one, _ in ranked)

    assert every(asked) == ([4, 2, 1], [1, 2, 4])
    some = engine.search(Asked((phrase, bag)), every=False, only=Only(), limit=9)
    assert sorted(one for one, _ in some) == [1, 2, 3, 4, 5, 6]
    monkeypatch.setattr(fitting, "LOOKED_INTO", 3)
    assert every(asked) == ([4], [4])
    # What is excluded and what a single word finds is not looked into.
    assert every(Asked((bag,), (phrase,))) == ([6, 5, 3], [3, 5, 6])


def test_making_anew_brings_back_what_is_lost_and_removes_what_is_not_public(
    engine: Postgres, make_idea: Make, work: Make
) -> None:
    kept, hidden = make_idea(title="Paper bags"), make_idea(title="Paper cups")
    work()
    db.session.execute(text("UPDATE search_documents SET vector = '', digest = ''"))
    db.session.get_one(Idea, hidden.id).visibility = Visibility.HIDDEN
    db.session.commit()
    fill(engine, said(4_000, "Paper that never was"))

    actions.reindex(lambda items, _length, _what, each: [each(item) for item in items] and None)

    assert found(engine, "paper") == [kept.id]
    assert engine.count() == 1


def test_another_process_that_writes_is_not_waited_for_long(
    engine: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "PATIENCE", 1)
    with db.engine.begin() as other:
        other.execute(text(f"SELECT pg_advisory_xact_lock({tables._LOCK})"))
        with pytest.raises(Busy):
            engine.put([1], lambda _ids: {})

    fill(engine, said(1, "Paper bags"))
    assert found(engine, "paper") == [1]


def test_what_is_there_already_is_not_written_again(engine: Postgres) -> None:
    one = said(1, "Paper bags")
    fill(engine, one)
    written = text("SELECT CAST(xmin AS text) FROM search_documents")
    before = db.session.scalar(written)

    fill(engine, one)
    assert db.session.scalar(written) == before

    fill(engine, said(1, "Paper cups"))
    assert db.session.scalar(written) != before
    assert found(engine, "cups") == [1]
    assert found(engine, "bags") == []


def test_of_too_many_those_with_the_word_in_the_title_come_first(
    engine: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "MANY", 3)
    monkeypatch.setattr(postgres, "READ", 2)
    entitled = [2, 9]
    fill(
        engine,
        *(
            said(number, "Paper" if number in entitled else "Cups", "Paper and cups")
            for number in range(1, 12)
        ),
    )

    best = engine.search(asked("paper"), every=True, only=Only(), limit=2)
    assert sorted(idea_id for idea_id, _ in best) == entitled
    everything = engine.search(asked("paper"), every=True, only=Only(), limit=20)
    assert sorted(idea_id for idea_id, _ in everything) == list(range(1, 12))
    # Guessed to be many, but few: none is lost.
    monkeypatch.setattr(fitting, "expected", lambda *_: 1e9)
    assert len(engine.search(asked("paper"), every=True, only=Only(), limit=20)) == 11


def test_a_phrase_is_expected_less_often_than_its_words(engine: Postgres) -> None:
    having = {"paper": 500, "bag": 100}
    phrase = Part("paper bag", (("paper", "bag"),))
    either = Part("paper", (("paper",), ("bag",)))
    assert fitting.expected([phrase], having, 1_000) == pytest.approx(50)
    assert fitting.expected([either], having, 1_000) == pytest.approx(600)
    assert fitting.expected([either, phrase], having, 1_000) == pytest.approx(30)
    assert fitting.expected([either], having, 0) == 0


def test_the_newest_are_looked_for_among_the_newest_first(
    engine: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, *(said(number, "Paper" if number < 50 else "Cups") for number in range(1, 101)))
    monkeypatch.setattr(postgres, "MANY", 3)
    monkeypatch.setattr(postgres, "NEW", 10)

    for most in (1, 5, 60):
        newest = list(range(49, 0, -1))[:most]
        assert engine.matching(asked("paper"), only=Only(), most=most) == newest
        assert engine.beginning(Asked(), ["pap"], most) == newest
    assert engine.matching(Asked(), only=Only(), most=3) == [100, 99, 98]
    assert engine.matching(asked("nobody"), only=Only(), most=3) == []


def test_sizes_of_very_many_are_about_right(
    engine: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, *(said(number, "Paper bags and cups") for number in range(1, 301)))
    with db.engine.connect() as connection:
        exact = fitting.sizes(connection)
        connection.execute(text("ANALYZE search_documents"))
        connection.commit()
        monkeypatch.setattr(fitting, "COUNTED", 100)
        assert fitting.sizes(connection) == exact


def test_words_that_very_many_have_are_counted_no_further(
    engine: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, *(said(number, "Paper" if number < 9 else "Cups") for number in range(1, 11)))
    assert engine.frequencies(["paper", "cup", "nobody"]) == {"paper": 8, "cup": 2}
    monkeypatch.setattr(postgres.scoring, "POSTINGS", 4)
    engine.forget()
    assert not engine.tend()
    fill(engine, *(said(number, "Paper") for number in range(1, 11)))
    assert engine.frequencies(["paper"]) == {"paper": 5}


def test_a_hidden_idea_goes(engine: Postgres, make_idea: Make, work: Make) -> None:
    idea = make_idea(title="Paper bags")
    work()
    db.session.get_one(Idea, idea.id).visibility = Visibility.HIDDEN
    db.session.commit()

    engine.put([idea.id], documents.load)

    assert engine.count() == 0
