"""What is typed into the search box, and what it is taken for."""

import random
import time
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocreate.search import engines, questions
from cocreate.search.analysis import fold
from cocreate.search.asked import Asked, Only
from cocreate.search.questions import MOST_EXCLUDED, MOST_PARTS, MOST_WORDS, read
from tests.odd_questions import hostile_questions

# What anyone may type, and what looks as if it meant something.
TYPED = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            ["káva", "the", "na", '"', "-", "-x", "tag:", "tag:a", 'autor:"a b', '"a b"', "e-mail"]
        ),
        max_size=12,
    ).map(" ".join),
)


def typed(asked: Asked) -> tuple[list[str], list[str]]:
    """The parts and the excluded ones, as typed."""
    return [part.typed for part in asked.parts], [part.typed for part in asked.without]


# --- what it is taken for -----------------------------------------------------------------------


def test_words_phrases_and_what_must_not_be_there() -> None:
    question = read('vratné "na kávu" -plast -"na jedno použití"')

    assert typed(question.asked) == (["vratné", "na kávu"], ["plast", "na jedno použití"])
    assert [len(one) for one in question.asked.parts[1].any_of] == [2, 2]
    assert question.words == "vratné"
    assert question.said == "vratné na kávu"


@pytest.mark.parametrize(
    ("question", "field", "value"),
    [
        ("tag:káva", "tag", "káva"),
        ("štítek:káva", "tag", "káva"),
        ("STITEK:káva", "tag", "káva"),
        (unicodedata.normalize("NFD", "štítek:") + "x", "tag", "x"),
        ('tag:"dvě slova"', "tag", "dvě slova"),
        ("tag:„dvě  slova“", "tag", "dvě slova"),
        ("autor:Jan", "author", "Jan"),
        ('author:"Jan Novák"', "author", "Jan Novák"),
        ("stav:nové", "stage", "nové"),
        ("stage:new", "stage", "new"),
        ("oblast:App", "area", "App"),
        ("area:a:b", "area", "a:b"),
        ("tag:one tag:two", "tag", "two"),
    ],
)
def test_operators_are_known_in_both_languages(question: str, field: str, value: str) -> None:
    found = read(f"káva {question}")

    assert getattr(found, field) == value
    assert typed(found.asked) == (["káva"], [])


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ('"unbalanced quote', ["unbalanced", "quote"]),
        ("tag:", ["tag"]),
        ("tag: káva", ["tag", "káva"]),
        ('tag:"never closed', ["tag", "never", "closed"]),
        ("- káva -", ["káva"]),
        ("--káva", ["káva"]),
        ("káva-čaj", ["káva-čaj"]),
        ("unknown:word", ["unknown", "word"]),
        ("http://example.com", ["http", "example", "com"]),
        ('""', []),
        ('* ? ~ \0 () "', []),
    ],
)
def test_what_cannot_be_meant_is_read_as_plain_words(question: str, words: list[str]) -> None:
    found = read(question)

    assert typed(found.asked) == (words, [])
    assert (found.tag, found.author, found.stage, found.area) == ("", "", "", "")


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others() -> None:
    assert typed(read("the app for the kids").asked) == (["app", "kids"], [])
    assert typed(read("the").asked) == (["the"], [])
    assert typed(read("co je to").asked) == (["co", "je", "to"], [])
    assert typed(read('"to be or not to be"').asked) == (["to be or not to be"], [])
    assert typed(read("app -the").asked) == (["app"], ["the"])
    assert read("the app").words == "the app"


def test_a_word_counts_in_every_language_and_once() -> None:
    (kelimky,) = read("kelímky kelímky").asked.parts
    assert kelimky.any_of == (("kelimk",), ("kelimki",))


def test_a_word_with_a_hyphen_is_met_by_its_parts_and_by_the_whole() -> None:
    (part,) = read("e-mail").asked.parts
    assert part.any_of == (("e", "mail"), ("email",))
    (phrase,) = read('"e-mail zdarma"').asked.parts
    assert {one[:-1] for one in phrase.any_of} == {("e", "mail", "email"), ("email",)}


def test_nothing_but_what_must_not_be_there_has_no_parts() -> None:
    found = read("-káva tag:x")
    assert not found.asked
    assert typed(found.asked) == ([], ["káva"])


# --- synonyms -----------------------------------------------------------------------------------


def test_synonyms_answer_as_well() -> None:
    table = {"aplikace": ["software", "mobilní program"], "hromadna doprava": ["MHD"]}
    found = read(
        'aplikace Hromadná doprava "aplikace" -aplikace', lambda words: table.get(words, ())
    )

    app, mass, transport, quoted = found.asked.parts
    assert ("softwar",) in app.any_of
    assert any(len(one) == 2 for one in app.any_of)
    # One answers both words.
    assert ("mhd",) in mass.any_of
    assert ("mhd",) in transport.any_of
    assert ("softwar",) not in quoted.any_of
    assert ("softwar",) not in found.asked.without[0].any_of
    assert found.without(app) == 'Hromadná doprava "aplikace" -aplikace'


def test_synonyms_are_asked_for_a_bounded_number_of_words() -> None:
    asked: list[str] = []

    def endless(words: str) -> list[str]:
        asked.append(words)
        return ["x " * 500] * 1000

    found = read("a " * 100, endless)

    assert len(asked) < 200
    assert max(len(one.split()) for one in asked) == 3
    assert all(len(part.any_of) < 50 for part in found.asked.parts)


# --- written back -------------------------------------------------------------------------------


def test_a_question_is_written_with_one_part_less() -> None:
    found = read('káva na cestu -plast tag:"dvě slova" "v obchodě" stav:new')
    coffee, way, shop = found.asked.parts

    assert str(found) == 'káva na cestu -plast tag:"dvě slova" "v obchodě" stav:new'
    assert found.without(coffee) == 'cestu -plast tag:"dvě slova" "v obchodě" stav:new'
    assert found.without(way) == 'káva -plast tag:"dvě slova" "v obchodě" stav:new'
    assert found.without(shop) == 'káva cestu -plast tag:"dvě slova" stav:new'
    assert found.without(found.asked.without[0]) == (
        'káva cestu tag:"dvě slova" "v obchodě" stav:new'
    )
    assert found.without("tag") == 'káva na cestu -plast "v obchodě" stav:new'
    assert found.without("stage") == 'káva na cestu -plast tag:"dvě slova" "v obchodě"'


def test_a_question_is_written_with_other_words() -> None:
    found = read('zakaznicka zkusenost -zakaznicka "zakaznicka"')
    assert found.instead({"zakaznicka": "zákaznická"}) == (
        'zákaznická zkusenost -zakaznicka "zakaznicka"'
    )


@given(TYPED)
def test_what_is_written_back_means_the_same(question: str) -> None:
    found = read(question)
    again = read(str(found))

    assert again == read(str(again))
    if len(str(found)) <= questions.LONGEST:
        assert again.asked == found.asked
        for field in ("tag", "author", "stage", "area"):
            assert getattr(again, field) == getattr(found, field)


@given(TYPED)
def test_with_one_part_less_all_others_stay(question: str) -> None:
    found = read(question)
    for part in [*found.asked.parts, *found.asked.without]:
        left = read(found.without(part)).asked
        assert {*left.parts, *left.without} <= {*found.asked.parts, *found.asked.without}


# --- hostile ------------------------------------------------------------------------------------


def test_ten_thousand_hostile_questions_are_bounded() -> None:
    for question in hostile_questions(10_000, 20_261_122):
        found = read(question)
        asked = found.asked
        assert len(asked.parts) <= MOST_PARTS
        assert len(asked.without) <= MOST_EXCLUDED
        assert sum(max(map(len, part.any_of)) for part in (*asked.parts, *asked.without)) <= (
            MOST_WORDS
        )
        assert all(1 <= len(part.any_of) <= 4 for part in (*asked.parts, *asked.without))
        assert all(key and key.strip() == key for part in asked.parts for key in part.keys)
        assert read(str(found)).asked == asked or len(str(found)) > questions.LONGEST


def test_the_cost_does_not_grow_with_what_is_pasted() -> None:
    book = '-"tag:"káva-' * 100_000
    assert read(book) == read(book[: questions.LONGEST])
    assert len(fold(str(read(book)))) <= questions.LONGEST * 2


def test_engines_answer_hostile_questions(app, database, make_idea, work) -> None:
    make_idea(title="Paper bags, káva & <script>")
    work()
    chance = random.Random(9)
    engine = engines.here()
    slowest = 0.0
    # A statement takes longer on its way than on ours: fewer of them show the same.
    for question in hostile_questions(10_000 if database.startswith("sqlite") else 1_500, 9):
        began = time.process_time()
        asked = read(question).asked
        if chance.random() < 0.5:
            assert len(engine.search(asked, every=chance.random() < 0.5, only=Only(), limit=9)) < 2
        else:
            assert len(engine.matching(asked, only=Only(), most=9)) < 2
        slowest = max(slowest, time.process_time() - began)

    assert engine.is_usable()
    # Milliseconds; a machine that pauses for something else may take a few times as long.
    assert slowest < 0.5


def test_pages_answer_hostile_questions(browser, make_idea, work) -> None:
    make_idea(title="Paper bags")
    work()
    visitor = browser()
    for question in hostile_questions(100, 7):
        words = quote(question.encode(errors="replace"))
        for address in (
            f"/search?q={words}",
            f"/search?q=paper&after={words}&area={words}",
            f"/search/suggest?q={words}",
            f"/search/similar?title={words}",
        ):
            assert visitor.get(address).status_code in (200, 303), address
