"""Slips of the finger: what is suggested for them, in which order, and what never is."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks import spelling as benchmark
from cocreate import clock
from cocreate.extensions import db
from cocreate.ideas.models import Visibility
from cocreate.search import actions, learning, spelling, training
from cocreate.search.learning import Counts
from cocreate.search.models import SearchModel
from cocreate.search.spelling import Words

Make = Callable[..., Any]


def counts(language: str = "en", **words: int | tuple[int, str]) -> Counts:
    """words(cup=3, kelimek=(2, "kelímek")): in how many ideas, and how it is written."""
    found = {}
    for folded, said in words.items():
        ideas, form = (said, folded) if isinstance(said, int) else said
        found[folded] = (ideas, Counter({form: ideas}))
    return Counts(words={language: found})


def words(language: str = "en", **said: int | tuple[int, str]) -> Words:
    return Words(spelling.train(counts(language, **said)))


def nearest(known: Words, typed: str) -> list[str]:
    return [one.shown for one in known.nearest(typed)]


@pytest.mark.parametrize("typed", ["kelimkk", "kelmek", "keliimek", "kleimek", "kelimak"])
def test_each_kind_of_slip_is_mended_and_shown_with_accents(typed: str) -> None:
    known = words("cs", kelimek=(4, "kelímek"), prodejna=9, vlak=20)

    assert nearest(known, typed) == ["kelímek"]


def test_one_slip_goes_before_two_and_then_the_commoner_word() -> None:
    known = words(paper=2, papers=50, pauper=3, pacer=9)

    assert nearest(known, "papr")[0] == "paper"
    assert nearest(known, "paxer") == ["pacer", "paper"]
    assert nearest(known, "papers")[0] == "papers"


def test_a_letter_left_out_is_likelier_than_a_wrong_one() -> None:
    # Both are one slip away, and "basket" is the rarer one.
    known = words(basket=2, gasket=9)

    assert nearest(known, "baket") == ["basket"]
    assert nearest(known, "xasket") == ["gasket", "basket"]


def test_short_words_are_left_alone_and_longer_ones_have_two_slips() -> None:
    known = words(bus=9, tram=9, station=9)

    assert nearest(known, "bs") == []
    assert nearest(known, "trem") == ["tram"]
    assert nearest(known, "trxm") == ["tram"]
    assert nearest(known, "txxm") == []
    assert nearest(known, "sttaon") == ["station"]


def test_a_word_of_one_idea_is_suggested_to_nobody() -> None:
    known = words(novakova=1, novinka=2)

    assert len(known) == 1
    assert nearest(known, "novakvoa") == []


def test_numbers_and_endless_words_are_not_kept() -> None:
    known = words(**{"5g": 9, "abc123": 9, "a" * 41: 9, "": 9})

    assert len(known) == 0
    assert known.nearest("a" * 41) == []
    assert known.nearest("") == []


def test_a_word_of_two_languages_comes_once() -> None:
    both = counts("cs", software=5)
    both.words["en"] = counts("en", software=7).words["en"]

    assert nearest(Words(spelling.train(both)), "sofware") == ["software"]


def test_broken_bytes_are_refused() -> None:
    body = spelling.train(counts(basket=3))

    for broken in (b"", b"x" * 7, body[:-1], body + b"x", b"XXXX" + body[4:]):
        with pytest.raises(ValueError):
            Words(broken)


def test_nothing_learned_is_fine() -> None:
    assert Words(spelling.train(Counts())).nearest("anything") == []


@pytest.mark.timeout(120)
def test_a_thousand_typos_of_each_kind_are_mended_as_well_as_is_said() -> None:
    lists = {"en": benchmark.english(), "cs": benchmark.czech()}
    for language, accents in (("en", False), ("cs", False), ("cs", True)):
        got = benchmark.measure(language, lists[language], accents=accents)

        assert got.is_enough, (language, accents, got)
        assert got.megabytes < 10


# --- a whole question ---------------------------------------------------------------------------


@pytest.fixture
def learn(app: Any, work: Callable[[], int]) -> Callable[[], None]:
    """learn(): the index holds what is public, and the words of it are known."""

    def make() -> None:
        work()
        while actions.tend():
            pass
        found: dict[str, dict[str, tuple[int, Counter[str]]]] = {"cs": {}, "en": {}}
        for language, said in SAID.items():
            for form, ideas in said.items():
                folded = spelling.fold(form)
                found[language][folded] = (ideas, Counter({form: ideas}))
        db.session.merge(
            SearchModel(
                kind="words",
                version=learning.version(9),
                made_at=clock.now(),
                body=spelling.train(Counts(ideas=9, words=found)),
            )
        )
        db.session.commit()
        learning.forget()

    return make


SAID = {
    "cs": {"kelímky": 3, "vratné": 3, "tajemství": 2, "prodejna": 2},
    "en": {"basket": 3, "casket": 2, "shopping": 3},
}


def test_a_question_is_mended_word_by_word(make_idea: Make, learn: Callable[[], None]) -> None:
    for number in range(2):
        make_idea(title=f"Vratné kelímky {number}", language="cs")
    learn()

    mended = spelling.mend("vratne klimky")

    assert mended is not None
    assert mended.question == "vratne kelímky"
    assert mended.pieces == (("vratne", False), ("kelímky", True))


def test_known_words_operators_and_excluded_ones_stay(
    make_idea: Make, learn: Callable[[], None]
) -> None:
    make_idea(title="A basket for shopping")
    learn()

    assert spelling.mend("shopping basket") is None
    assert spelling.mend("-baskte tag:shoping") is None
    mended = spelling.mend("tag:shoping baskte -tram")
    assert mended is not None
    assert mended.question == "tag:shoping basket -tram"


def test_of_two_words_the_one_that_fits_the_rest_is_meant(
    make_idea: Make, learn: Callable[[], None]
) -> None:
    make_idea(title="A basket", proposal="To put things in.")
    make_idea(title="A casket for shopping", proposal="To put things in.")
    learn()

    # "basket" is the commoner one; with "shopping" there is only the other.
    assert spelling.mend("xasket") is not None
    alone, together = spelling.mend("xasket"), spelling.mend("xasket shopping")

    assert alone is not None
    assert alone.question == "basket"
    assert together is not None
    assert together.question == "casket shopping"


def test_what_is_no_longer_public_is_suggested_to_nobody(
    make_idea: Make, learn: Callable[[], None], work: Callable[[], int]
) -> None:
    """What was learned may be a day old, and the index counts for a while what is gone."""
    made = [make_idea(title=title) for title in ("Prodejna", "Prodejna dnes")]
    made += [make_idea(title=title) for title in ("Tajemství", "Tajemství dnes")]
    work()
    training.learn_now()
    db.session.commit()
    assert spelling.mend("tajemtsvi") is not None

    made[2].visibility = made[3].visibility = Visibility.HIDDEN
    db.session.commit()
    assert spelling.mend("tajemtsvi") is None
    actions.agree([made[2].id, made[3].id])

    assert spelling.mend("tajemtsvi") is None
    assert spelling.mend("prodjna") is not None


def test_without_anything_learned_nothing_is_mended(app: Any) -> None:
    assert spelling.mend("prodjna") is None
