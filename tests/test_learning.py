"""What is learned from the public ideas, and what never is."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from cocreate import clock, kept, worker
from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.search import directions, frequencies, learning, meaning, training
from cocreate.search.analysis import key
from cocreate.search.learning import Counts
from cocreate.search.models import SearchModel
from tests.conftest import Browser

Make = Callable[..., Any]


def learn() -> None:
    """One learning from its beginning to its end, in the pieces in which the worker does it."""
    for _ in range(2_000):
        db.session.commit()
        more = training.learn()
        db.session.commit()
        if not more:
            return
    raise AssertionError("it never ends")


def shown() -> dict[str, Counter[str]]:
    """Every word that may be shown to anybody, with its forms."""
    walk = training.begun()
    while training.walk_on(walk):
        pass
    db.session.rollback()
    words = walk.learned().words
    return {word: forms for its in words.values() for word, (_, forms) in its.items()}


def many(ideas: int, say: Callable[[int], str], **values: Any) -> None:
    """So many public ideas, written straight into the table."""
    author = db.session.scalar(select(Member.id).order_by(Member.id))
    now = clock.now()
    rows = [
        {
            "author_id": author,
            "language": "en",
            "title": say(number)[:140],
            "need": say(number),
            "proposal": "",
            "visibility": Visibility.PUBLIC,
            "stage": Stage.NEW,
            "created_at": now,
            "published_at": now,
            "stage_at": now,
            **values,
        }
        for number in range(ideas)
    ]
    db.session.execute(insert(Idea), rows)
    db.session.commit()


# --- what is learned ------------------------------------------------------------------------------


def test_a_word_tells_the_more_the_fewer_ideas_have_it(app: Flask, make_idea: Make) -> None:
    for title in ("Bicycle racks", "Bicycle lanes", "Bicycle bells", "Paper bags"):
        make_idea(title=title, need="Needed.", proposal="Do it.")

    learn()

    known = frequencies.known()
    assert known is not None
    assert known.ideas == 4
    assert [known.of(key) for key in ("bicycl", "paper", "xylophon")] == [3, 1, 0]
    assert known.rarity("xylophon") == known.rarity("paper") > known.rarity("bicycl") > 0
    assert known.rarity("bicycl", "paper") < known.rarity("bicycl")


def test_only_what_everyone_may_read_is_learned(
    app: Flask, make_idea: Make, make_comment: Make
) -> None:
    for number, visibility in enumerate(Visibility):
        for _ in range(3):
            idea = make_idea(title=f"Word{visibility.value}", visibility=visibility)
        make_comment(
            make_idea(title=f"Plain {number}"),
            body=f"Said{visibility.value}",
            visibility=visibility,
        )

    learn()

    known = frequencies.known()
    assert known is not None
    for visibility in Visibility:
        having = [known.of(key(f"{what}{visibility.value}", "en")) for what in ("word", "said")]
        assert having == ([3, 1] if visibility == Visibility.PUBLIC else [0, 0])
    assert idea.visibility == Visibility.WITHDRAWN
    assert {word for word in shown() if word.startswith(("word", "said"))} == {"wordpublic"}


def test_a_word_that_is_hidden_is_gone_with_the_next_learning(
    app: Flask, make_idea: Make, moved: Make
) -> None:
    make_idea(title="Something else")
    first, second = make_idea(title="Wombats here"), make_idea(title="Wombats there")
    learn()
    assert "wombats" in shown()

    first.visibility = second.visibility = Visibility.HIDDEN
    db.session.commit()
    moved(days=1)
    learn()

    known = frequencies.known()
    assert known is not None
    assert known.of("wombat") == 0
    assert "wombats" not in shown()
    assert b"wombat" not in b"".join(db.session.scalars(select(SearchModel.body)))


def test_what_one_idea_alone_says_is_shown_to_nobody(app: Flask, make_idea: Make) -> None:
    make_idea(title="Kelímek Novákové", need="Kelímek.", proposal="Kelímek.", language="cs")
    make_idea(title="kelimek a čaj", need="čaj", proposal="čaj", language="cs")
    make_idea(title="Čaj a čáj", need="čaj", proposal="čaj", language="cs")

    words = shown()

    # Each form was written in one idea only: the word is known, how it is written is not.
    assert words["kelimek"] == Counter({"kelimek": 2})
    assert words["caj"] == Counter({"čaj": 2})
    assert "novakove" not in words


# --- when, and by whom ----------------------------------------------------------------------------


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Make:
    """moved(days=1): the portal's clock goes on."""
    gone = timedelta()
    now = clock.now

    def move(**span: float) -> None:
        nonlocal gone
        gone += timedelta(**span)

    monkeypatch.setattr(clock, "now", lambda: now() + gone)
    return move


def stamps() -> set[str]:
    mine = SearchModel.kind.in_(training.LESSONS)
    return set(db.session.scalars(select(SearchModel.version).where(mine)))


def test_it_learns_at_night_and_when_there_are_a_tenth_more(
    app: Flask, make_idea: Make, moved: Make
) -> None:
    make_idea()
    many(19, lambda number: f"Words of {number}")
    learn()
    (first,) = stamps()

    learn()
    assert stamps() == {first}, "nothing is new, and it is not yet night again"
    many(3, lambda number: f"More of {number}")
    learn()
    (second,) = stamps()
    assert second != first
    learn()
    assert stamps() == {second}
    moved(days=1)
    learn()
    assert stamps() != {second}


def test_a_long_walk_is_done_in_pieces(
    app: Flask, make_idea: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "PIECE", 2)
    make_idea()
    many(6, lambda number: f"Words of {number}")
    pieces = 0
    db.session.commit()
    while training.learn():
        pieces += 1
        assert stamps() == set()
        db.session.commit()
    db.session.commit()

    assert pieces >= 3
    known = frequencies.known()
    assert known is not None
    assert known.ideas == 7


def test_of_very_many_ideas_every_second_is_read(
    app: Flask, make_idea: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_idea(title="Even and odd")
    many(20, lambda number: f"Number {number}")
    monkeypatch.setattr(training, "MOST_IDEAS", 15)
    learn()

    known = frequencies.known()
    assert known is not None
    assert known.ideas == 11


def test_two_workers_at_once_store_one_learning(
    app: Flask, make_idea: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "PIECE", 1)
    make_idea(title="Paper bags")
    make_idea(title="Paper hats")
    db.session.commit()
    training.learn()
    db.session.commit()
    # The other one is as far, and quicker.
    mine = training._walks.pop(db.engine)
    learn()
    (stored,) = stamps()

    training._walks[db.engine] = mine
    learn()

    assert stamps() == {stored}


def test_the_worker_learns_by_itself(app: Flask, make_idea: Make) -> None:
    for title in ("Bicycle racks", "Bicycle lanes"):
        make_idea(title=title)
    last: dict[str, Any] = {}
    for _ in range(50):
        worker.run_chores(app, last)
        if "learning" in last:
            break

    assert stamps()
    known = frequencies.known()
    assert known is not None
    assert known.of("bicycl") == 2


# --- models are kept whole ------------------------------------------------------------------------


def test_a_failed_learning_leaves_the_older_models(
    app: Flask, make_idea: Make, moved: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_idea(title="Paper bags")
    learn()
    before = stamps()
    make_idea(title="Silk bags")
    moved(days=1)

    def fail(_counts: Counts) -> bytes:
        raise MemoryError

    lessons = {**training.LESSONS, "zzz": fail}
    monkeypatch.setattr(training, "LESSONS", lessons)
    with pytest.raises(MemoryError):
        learn()
    db.session.rollback()
    assert stamps() == before

    # The next try begins anew.
    monkeypatch.undo()
    moved(days=1)
    learn()
    assert stamps() != before


def test_models_are_replaced_in_one_transaction(app: Flask, make_idea: Make, moved: Make) -> None:
    make_idea(title="Paper bags")
    learn()
    before = stamps()
    moved(days=1)
    while training.learn():
        db.session.commit()
    assert stamps().isdisjoint(before)
    db.session.rollback()

    assert stamps() == before


def test_a_process_takes_a_newer_model_after_a_while(
    app: Flask, make_idea: Make, moved: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_idea(title="Paper bags")
    learn()
    first = learning.learned(frequencies.KIND)
    assert learning.learned(frequencies.KIND) is first
    monkeypatch.setattr(learning, "forget", lambda: None)
    moved(days=1)
    learn()

    assert learning.learned(frequencies.KIND) is first
    monkeypatch.setattr(learning, "FRESH", -1.0)
    newer = learning.learned(frequencies.KIND)
    assert newer is not first
    assert newer is not None
    assert learning.learned(frequencies.KIND) is newer, "the same is not read again"


@pytest.mark.parametrize("body", [b"", b"broken", b"PK\x03\x04" + bytes(200)])
def test_an_unreadable_model_is_ignored(
    app: Flask, browser: Make, make_idea: Make, work: Make, body: bytes
) -> None:
    make_idea(title="Paper bags")
    make_idea(title="Paper hats")
    work()
    learn()
    mine = SearchModel.kind.in_(training.LESSONS)
    db.session.execute(update(SearchModel).where(mine).values(body=body))
    db.session.commit()
    kept.forget()

    assert frequencies.known() is None
    assert meaning.known() is None
    reader: Browser = browser()
    assert len(reader.get("/search/similar?title=paper").json["ids"]) == 2


def test_a_model_of_other_code_is_ignored(
    app: Flask, make_idea: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_idea(title="Paper bags")
    learn()
    assert frequencies.known() is not None
    kept.forget()
    monkeypatch.setattr(learning, "FORMAT", -1)

    assert frequencies.known() is None
    learn()
    assert frequencies.known() is not None, "and what this code learns takes its place at once"


# --- what words mean ------------------------------------------------------------------------------

# Two companies of words that never meet, except that each of a pair is used like the other.
COMPANIES = (
    "engine wheel road petrol driver garage traffic tyre bridge signal lane motor".split(),
    "flour oven dough yeast butter sugar bowl spoon recipe kitchen crust filling".split(),
)


def company(number: int) -> str:
    words = COMPANIES[number % 2]
    chance = np.random.default_rng(number)
    some = [str(word) for word in chance.choice(words, 6, replace=False)]
    other = {0: ("car", "automobile"), 1: ("bread", "loaf")}[number % 2]
    return " ".join(
        [*some, other[number // 2 % 2], *(f"filler{number * 7 % 97 + n}" for n in (1, 2))]
    )


def test_words_that_keep_the_same_company_lie_near_each_other(
    app: Flask, make_idea: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So few words have no more to tell.
    monkeypatch.setattr(directions, "DIMENSIONS", 3)
    make_idea()
    many(600, company)
    learn()

    known = meaning.known()
    assert known is not None

    def nearness(one: str, other: str) -> float:
        places = known.of({one: 1.0}), known.of({other: 1.0})
        assert places[0] is not None
        assert places[1] is not None
        return float(places[0] @ places[1])

    # No idea has both words of a pair.
    assert nearness("car", "automobil") > nearness("car", "loaf") + 0.2
    assert nearness("bread", "loaf") > nearness("bread", "car") + 0.2
    assert known.of({"nowhere": 1.0}) is None


def test_below_five_hundred_ideas_no_meaning_is_learned(
    app: Flask, make_idea: Make, moved: Make
) -> None:
    make_idea()
    many(directions.LEAST - 2, company)
    learn()
    assert meaning.known() is None

    many(1, company)
    moved(days=1)
    learn()
    assert meaning.known() is not None

    db.session.execute(delete(Idea).where(Idea.title.contains("dough")))
    moved(days=1)
    learn()
    assert meaning.known() is None
    assert frequencies.known() is not None


# --- memory ---------------------------------------------------------------------------------------


def test_what_is_counted_has_an_end(
    app: Flask, make_idea: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "MOST_KEYS", 50)
    monkeypatch.setattr(training, "MOST_WORDS", 40)
    monkeypatch.setattr(training, "SAMPLE", 10)
    monkeypatch.setattr(training, "LONGEST", 400)
    make_idea(title="Common words")
    many(60, lambda number: " ".join(["common", *(f"rare{number}x{n}" for n in range(90))]))

    walk = training.begun()
    while training.walk_on(walk):
        assert len(walk.counts.keys) <= 50
        assert sum(map(len, walk.words.values())) <= 40
        assert len(walk.counts.sample) <= 10
    db.session.rollback()

    assert walk.counts.keys["common"] == 61
    assert walk.counts.ideas == 61


def test_who_answers_people_does_not_load_what_learning_takes() -> None:
    code = "import sys, cocreate; cocreate.create_app; assert 'scipy' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
