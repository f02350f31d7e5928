"""What every engine does alike: the same table of behaviours, on Whoosh and on PostgreSQL."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from cocreate.search import analysis, engines, schema
from cocreate.search.asked import Alternative, Asked, Only, Part
from cocreate.search.engines import Engine
from cocreate.search.schema import Document

ALL = Only()


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The engine beside this database, with nothing in it yet."""
    engine = engines.here()
    while engine.tend():
        pass
    assert engine.is_usable()
    return engine


def keep(engine: Engine, *documents: Document, gone: Iterable[int] = ()) -> None:
    """Tell the engine of these as it would be told by the worker."""
    known = {one.id: one for one in documents}
    engine.put([*known, *gone], lambda ids: {one: known[one] for one in ids if one in known})


def idea(number: int, title: str = "", need: str = "", proposal: str = "", **more: Any) -> Document:
    texts = {"language": "cs", "stage": "new", "area_id": None, "published": date(2026, 3, 1)}
    return Document(number, title, need, proposal, **{**texts, **more})


def word(typed: str) -> Part:
    return Part(typed, tuple((key,) for key in analysis.keys(typed)))


def phrase(typed: str) -> Part:
    return Part(typed, (tuple(analysis.terms(typed, "cs")),))


def question(typed: str) -> Asked:
    """Words, of which one with a minus is left out, and one with _ is a phrase."""
    parts: list[Part] = []
    without: list[Part] = []
    for one in typed.split():
        bare = one.lstrip("-").replace("_", " ")
        made = phrase(bare) if " " in bare else word(bare)
        (without if one.startswith("-") else parts).append(made)
    return Asked(tuple(parts), tuple(without))


def matching(engine: Engine, typed: str, only: Only = ALL) -> list[int]:
    """The ids that have every part; a ranked search must give the same ones."""
    asked = question(typed)
    found = engine.matching(asked, only=only, most=1000)
    assert found == sorted(found, reverse=True)
    if asked:
        ranked = engine.search(asked, every=True, only=only, limit=1000)
        assert sorted((number for number, _ in ranked), reverse=True) == found
        assert ranked == sorted(ranked, key=lambda hit: (-hit[1], -hit[0]))
    return found


def some(engine: Engine, typed: str, only: Only = ALL) -> list[int]:
    hits = engine.search(question(typed), every=False, only=only, limit=1000)
    return sorted((number for number, _ in hits), reverse=True)


# --- which ideas --------------------------------------------------------------------------------

IDEAS = (
    idea(1, "Vratné kelímky", "Chybí mi kelímek na kávu", "Zavést zálohu"),
    idea(2, "Káva s sebou", "Pije se z plastu", "Vlastní kelímek", tags=((7, "ekologie"),)),
    idea(3, "Parkování", "Není kde stát", "Postavit dům", comments=((31, "Káva u auta?"),)),
    idea(4, "Rychlejší doručení", "Čeká se", "Kurýr na kole", stage="planned", area_id=5),
    idea(5, "Coffee cups", "Cups of plastic", "Returnable cups", language="en", author_id=9),
    idea(6, "E-mail o C++ a 5G", "Nic", "Nic", answered=True, published=date(2026, 4, 1)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kelimky", [2, 1]),
        ("KELÍMEK", [2, 1]),
        ("káva", [3, 2, 1]),
        ("káva kelímek", [2, 1]),
        ("káva -kelímek", [3]),
        ("káva -kelímek -auto", []),
        ("-káva", [6, 5, 4]),
        ("ekologie", [2]),
        ("auta káva", [3]),
        ("cup", [5]),
        ("cups plastic", [5]),
        ("vratné_kelímky", [1]),
        ("kelímky_vratné", []),
        # No phrase runs from a title into the need, or from the need into the proposal.
        ("vratné_kelímky_chybí", []),
        ("kávu_zavést", []),
        ("kelímek_na_kávu", [1]),
        ("káva -vratné_kelímky", [3, 2]),
        ("kola -vratné_kelímky", [4]),
        ("c++", [6]),
        ("5g", [6]),
        ("email", [6]),
        ("nikdo", []),
        ("káva nikdo", []),
        ("", [6, 5, 4, 3, 2, 1]),
    ],
)
def test_ideas_have_every_part_and_nothing_that_is_excluded(
    engine: Engine, typed: str, found: list[int]
) -> None:
    keep(engine, *IDEAS)

    assert matching(engine, typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kelímky nikdo", [2, 1]),
        ("kelímky parkování", [3, 2, 1]),
        ("kelímky parkování -plast", [3, 1]),
        ("vratné_kelímky parkování", [3, 1]),
        ("nikdo nikde", []),
        ("", []),
        ("-káva", []),
    ],
)
def test_one_part_is_enough_where_that_is_asked_for(
    engine: Engine, typed: str, found: list[int]
) -> None:
    keep(engine, *IDEAS)

    assert some(engine, typed) == found


@pytest.mark.parametrize(
    ("only", "found"),
    [
        (Only(("stage:planned",)), [4]),
        (Only(("area:5",)), [4]),
        (Only(("area:5", "stage:new")), []),
        (Only(("language:cs",)), [6, 4, 3, 2, 1]),
        (Only(("tag:7",)), [2]),
        (Only(("tag:70",)), []),
        (Only(("author:9",)), [5]),
        (Only(("answered:1",)), [6]),
        (Only(since=date(2026, 4, 1)), [6]),
        (Only(since=date(2026, 3, 2)), [6]),
        (Only(since=date(2026, 3, 1)), [6, 5, 4, 3, 2, 1]),
        (Only(("stage:new",), date(2026, 4, 2)), []),
        (Only(("stage:'); DROP TABLE ideas --",)), []),
        (Only(("",)), []),
    ],
)
def test_ideas_are_narrowed_by_what_they_are(engine: Engine, only: Only, found: list[int]) -> None:
    keep(engine, *IDEAS)

    assert matching(engine, "", only) == found
    assert matching(engine, "káva", only) == [one for one in found if one in (1, 2, 3)]
    assert some(engine, "káva cup", only) == [one for one in found if one in (1, 2, 3, 5)]


def test_words_of_narrowing_are_no_words_of_texts(engine: Engine) -> None:
    keep(engine, idea(1, "stage new area 5 tag 7"), idea(2, "Nic", tags=((7, "x"),)))

    assert matching(engine, "", Only(("area:5",))) == []
    assert matching(engine, "stage") == [1]


def alternatives(*ways: Alternative) -> Asked:
    return Asked((Part("typed", ways),))


def test_any_alternative_answers_a_part_of_one_word_or_more(engine: Engine) -> None:
    keep(engine, *IDEAS)

    def found(*ways: Alternative) -> list[int]:
        return engine.matching(alternatives(*ways), only=ALL, most=10)

    coffee, cup = analysis.key("káva", "cs"), analysis.key("cups", "en")
    returnable, mug = analysis.terms("vratné kelímky", "cs")
    assert found((coffee,), (cup,)) == [5, 3, 2, 1]
    assert found((cup,), (returnable, mug)) == [5, 1]
    assert found((cup,), (mug, returnable)) == [5]
    assert found(()) == found() == []


def test_a_word_said_twice_in_a_phrase_has_to_stand_twice(engine: Engine) -> None:
    keep(engine, idea(1, "kolo kolo mlýnské"), idea(2, "kolo mlýnské"), idea(3, "kolo a kolo"))

    assert matching(engine, "kolo_kolo") == [1]
    assert matching(engine, "kolo_mlýnské") == [2, 1]


def test_no_phrase_runs_over_tags_or_comments(engine: Engine) -> None:
    keep(
        engine,
        idea(
            1, "Nic",
            tags=((1, "vlak"), (2, "tramvaj")),
            comments=((1, "jeden dva"), (2, "tři čtyři")),
        ),
    )  # fmt: skip

    assert matching(engine, "vlak_tramvaj") == matching(engine, "tramvaj_vlak") == []
    assert matching(engine, "dva_tři") == matching(engine, "čtyři_jeden") == []
    assert matching(engine, "tramvaj_tři") == matching(engine, "tramvaj_jeden") == []
    assert matching(engine, "jeden_dva") == matching(engine, "tři_čtyři") == [1]


# --- in which order -----------------------------------------------------------------------------


def test_title_over_need_over_proposal_over_tags_over_comments(engine: Engine) -> None:
    keep(
        engine,
        idea(1, "Slovo", "Slovo", "Slovo", comments=((1, "parkovat"),)),
        idea(2, "Slovo", "Slovo", "Slovo", tags=((1, "parkovat"),)),
        idea(3, "Slovo", "Slovo", "parkovat"),
        idea(4, "Slovo", "parkovat", "Slovo"),
        idea(5, "parkovat", "Slovo", "Slovo"),
    )

    hits = engine.search(question("parkovat"), every=True, only=ALL, limit=10)

    assert [number for number, _ in hits] == [5, 4, 3, 2, 1]
    assert len({score for _, score in hits}) == 5


def test_the_best_come_first_and_of_two_alike_the_newer(engine: Engine) -> None:
    keep(engine, *(idea(number, "kolo " * (number % 3 + 1)) for number in range(1, 31)))

    hits = engine.search(question("kolo"), every=True, only=ALL, limit=12)

    assert [number for number, _ in hits] == [*range(29, 0, -3), 28, 25]
    assert len({score for _, score in hits[:10]}) == 1


def test_a_rare_word_says_more_than_one_that_many_have(engine: Engine) -> None:
    keep(
        engine,
        *(idea(number, "kolo dnes") for number in range(1, 20)),
        idea(20, "vlak dnes"),
        idea(21, "nikdo dnes"),
    )

    hits = engine.search(question("kolo vlak"), every=False, only=ALL, limit=30)

    assert hits[0][0] == 20
    assert hits[0][1] > 2 * hits[1][1]


def test_no_more_come_than_are_asked_for(engine: Engine) -> None:
    keep(engine, *(idea(number, "kolo") for number in range(1, 31)))

    assert engine.matching(question("kolo"), only=ALL, most=3) == [30, 29, 28]
    assert len(engine.search(question("kolo"), every=True, only=ALL, limit=3)) == 3
    assert engine.beginning(Asked(), ["kol"], 3) == [30, 29, 28]


# --- while it is typed, and where it stands -----------------------------------------------------


def test_a_word_that_is_still_typed_begins_one_of_the_idea(engine: Engine) -> None:
    keep(engine, *IDEAS)
    start = analysis.fold("Kelí")

    assert sorted(engine.beginning(Asked(), [start], 10)) == [1, 2]
    assert engine.beginning(question("ekologie"), [start], 10) == [2]
    assert engine.beginning(question("doručení"), [start], 10) == []
    assert engine.beginning(Asked(), ["xyz"], 10) == engine.beginning(Asked(), [], 10) == []
    assert sorted(engine.beginning(Asked(), ["kel", "park"], 10)) == [1, 2, 3]
    for hostile in ("%", "_", "'", "\\", ":*", "*", "k%", "\u0100"):
        assert engine.beginning(Asked(), [hostile], 10) == []


def test_the_comment_with_most_of_the_words_is_found(engine: Engine) -> None:
    keep(
        engine,
        idea(1, "auto", comments=((4, "kolo"), (5, "kolo vlak"), (6, "vlak"), (7, "kolo vlak"))),
        idea(2, "kolo a vlak", comments=((8, "nic"),)),
        idea(3, "kolo", comments=((9, "nic"), (10, "vlak"))),
        idea(4, "kolo", comments=((11, "vlak"),)),
    )
    keys = [analysis.key(one, "cs") for one in ("kolo", "vlak")]

    assert engine.comments([1, 2, 3, 99], keys) == {1: 5, 3: 10}
    assert engine.comments([1], keys[1:]) == {1: 5}
    assert engine.comments([1], ["nikdo"]) == engine.comments([], keys) == {}
    assert engine.comments([1], []) == {}


def test_in_how_many_ideas_a_key_stands(engine: Engine) -> None:
    keep(engine, *IDEAS)
    coffee, car = analysis.key("káva", "cs"), analysis.key("auta", "cs")

    assert engine.frequencies([coffee, car, "nikdo"]) == {coffee: 3, car: 1}
    assert engine.frequencies([]) == {}


# --- what is kept -------------------------------------------------------------------------------


def test_nothing_is_found_where_nothing_is(engine: Engine) -> None:
    assert matching(engine, "káva") == some(engine, "káva") == matching(engine, "") == []
    assert engine.beginning(Asked(), ["k"], 5) == []
    assert engine.comments([1], ["kav"]) == engine.frequencies(["kav"]) == {}
    assert engine.digests(0, 100) == {}
    assert engine.count() == 0


def test_what_is_put_is_what_is_found_from_then_on(engine: Engine) -> None:
    keep(engine, idea(1, "kolo"), idea(2, "kolo"), idea(3, "vlak"))
    assert engine.count() == 3

    keep(engine, idea(1, "tramvaj"), idea(4, "kolo"), gone=[2, 77])

    assert matching(engine, "kolo") == [4]
    assert matching(engine, "tramvaj") == [1]
    assert matching(engine, "vlak") == [3]
    assert engine.count() == 3


def test_told_twice_it_is_the_same(engine: Engine) -> None:
    for _ in range(3):
        keep(engine, *IDEAS, gone=[8])

    assert engine.count() == 6
    assert matching(engine, "káva") == [3, 2, 1]


def test_digests_say_what_is_held(engine: Engine) -> None:
    keep(engine, *IDEAS)

    assert engine.digests(0, 6) == {one.id: one.digest for one in IDEAS}
    assert engine.digests(2, 4) == {one.id: one.digest for one in IDEAS[2:4]}
    assert engine.digests(6, 100) == {}

    changed = idea(3, "Parkování kol")
    keep(engine, changed, gone=[4])

    assert engine.digests(2, 5) == {3: changed.digest, 5: IDEAS[4].digest}


def test_what_a_digest_covers(engine: Engine) -> None:
    """Two that can be told apart by any question have different digests."""
    one = idea(1, "a", "b", "c")
    others = [
        idea(1, "x", "b", "c"),
        idea(1, "a", "x", "c"),
        idea(1, "a", "b", "x"),
        idea(1, "a", "b", "c", language="en"),
        idea(1, "a", "b", "c", stage="planned"),
        idea(1, "a", "b", "c", area_id=1),
        idea(1, "a", "b", "c", tags=((1, "x"),)),
        idea(1, "a", "b", "c", comments=((1, "x"),)),
        idea(1, "a", "b", "c", author_id=1),
        idea(1, "a", "b", "c", answered=True),
        idea(1, "a", "b", "c", published=date(2026, 3, 2)),
    ]

    assert len({one.digest, *(other.digest for other in others)}) == 12
    assert one.digest == idea(1, "a", "b", "c").digest


def test_an_idea_of_no_words_is_kept_and_found_by_what_it_is(engine: Engine) -> None:
    keep(engine, idea(1, "", "…", "🙂", area_id=5), idea(2, "kolo"))

    assert engine.count() == 2
    assert matching(engine, "", Only(("area:5",))) == [1]
    assert matching(engine, "kolo") == [2]
    assert set(engine.digests(0, 9)) == {1, 2}


def test_a_huge_idea_is_found_by_its_beginning_and_its_newest_comments(engine: Engine) -> None:
    filling = " ".join(f"slovo{number}" for number in range(4_000))
    comments = tuple((number, f"komentar{number} {filling}") for number in range(1, 7))
    keep(engine, idea(1, "Začátek", comments=comments))

    assert matching(engine, "začátek") == [1]
    assert matching(engine, "komentar6") == matching(engine, "komentar4") == [1]
    assert matching(engine, "slovo3999") == [1]
    assert matching(engine, "komentar1") == []
    assert engine.comments([1], ["komentar5"]) == {1: 5}


def test_a_word_a_thousand_times_is_found_and_counts_only_so_much(engine: Engine) -> None:
    keep(
        engine,
        idea(1, "Nic", "kolo " * 1000 + "vlak", "nic"),
        idea(2, "Nic", "kolo " * schema.MOST_OF_A_KEY + "auto " * 750 + "vlak", "nic"),
        idea(3, "kolo"),
    )

    assert matching(engine, "kolo") == [3, 2, 1]
    assert matching(engine, "kolo_kolo") == [2, 1]
    # Its last place is not kept, but what comes behind it stands where it stands.
    assert matching(engine, "kolo_vlak") == []
    assert matching(engine, "vlak") == [2, 1]


@pytest.mark.parametrize(
    "text", ["\x01\x02", "a\x7fb", "'", "\\", "&|!():*<->", "\ufffd\U0010ffff"]
)
def test_signs_that_mean_something_elsewhere_are_kept_out(engine: Engine, text: str) -> None:
    keep(engine, idea(1, f"{text} kolo {text}", tags=((1, text),), comments=((1, text),)))

    assert matching(engine, "kolo") == [1]


@pytest.mark.parametrize(
    "key", ["'", "\\", "a'b", ":", "a:*", "&", "!", "<->", "(", "", " ", "\u2028"]
)
def test_keys_that_no_text_has_find_nothing(engine: Engine, key: str) -> None:
    keep(engine, *IDEAS)

    assert engine.matching(alternatives((key,)), only=ALL, most=9) == []
    assert engine.matching(alternatives((key, "kav")), only=ALL, most=9) == []
    assert engine.search(alternatives((key,)), every=False, only=ALL, limit=9) == []
    assert engine.frequencies([key]) == engine.comments([3], [key]) == {}


def test_what_was_forgotten_is_made_anew_from_the_database(
    engine: Engine, make_idea: Callable[..., Any]
) -> None:
    one = make_idea(title="Kolo", language="cs")
    make_idea(title="Vlak", language="cs")
    seen: list[int] = []

    def bar(items: Iterable[Any], length: int, label: str, each: Callable[[Any], None]) -> None:
        for item in items:
            each(item)
            seen.append(length)

    engine.forget()
    engine.reindex(bar)

    assert seen
    assert engine.is_usable()
    assert not engine.is_growing()
    assert engine.count() == 2
    assert matching(engine, "kolo") == [one.id]

    engine.forget()
    while engine.tend():
        pass
    assert matching(engine, "kolo") == [one.id]
