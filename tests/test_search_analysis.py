"""Which words are the same: forms of one, with or without accents, whatever the language."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import marisa_trie
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import conflation
from cocreate.i18n import LANGUAGES
from cocreate.search import analysis, czech, dictionary

ANYTHING = st.text(max_size=60)
WORDS = st.from_regex(r"[^\W_]{1,30}", fullmatch=True)


# --- keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Zákaznické", "zakaznicka", "cs"),
        ("zkušenostmi", "zkusenost", "cs"),
        ("lidmi", "člověk", "cs"),
        ("nejlepší", "lepší", "cs"),
        ("nefunguje", "fungovat", "cs"),
        ("nesdílíme", "sdílí", "cs"),
        ("klikovali", "klikuju", "cs"),
        ("v Praze".split()[1], "Praha", "cs"),
        ("e\u0301te\u0301", "été", "cs"),
        ("Łódź", "lodz", "cs"),
        ("deliveries", "Delivery", "en"),
        ("buses", "bus", "en"),
        ("customer's", "customers", "en"),
        ("Straße", "strasse", "en"),
        ("C++", "c++", "en"),
        ("5G", "5g", "cs"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str, language: str) -> None:
    assert analysis.terms(one, language) == analysis.terms(other, language) != []


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("platba", "plat", "cs"),
        ("karta", "kartáč", "cs"),
        ("mléko", "mlok", "cs"),
        ("nebe", "bez", "cs"),
        ("C++", "C", "cs"),
        ("C#", "C", "en"),
        ("process", "proc", "en"),
    ],
)
def test_different_words_do_not_meet(one: str, other: str, language: str) -> None:
    assert analysis.terms(one, language) != analysis.terms(other, language)


def test_forms_written_by_hand_meet_often_enough(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = conflation.pairs()
    forms = [*pairs["cs meet"], *pairs["cs meet held"]]
    others = [*pairs["cs apart"], *pairs["cs apart held"]]

    status = conflation.main(show=False)

    assert (len(forms) >= 320, len(others) >= 110) == (True, True)
    assert len({frozenset(pair) for pair in [*forms, *others]}) == len(forms) + len(others)
    assert status == 0, capsys.readouterr().out


def test_too_few_forms_that_meet_are_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(czech, "key", lambda word: word)
    monkeypatch.setitem(analysis._KEYS, "cs", lambda word: word)
    analysis.key.cache_clear()
    try:
        assert conflation.main(show=False) == 1
    finally:
        analysis.key.cache_clear()
        analysis.keys.cache_clear()


@given(WORDS)
def test_the_same_letters_meet_in_every_language(word: str) -> None:
    for language in LANGUAGES:
        key = analysis.key(word, language)
        assert not key or key in analysis.keys(word)
        assert key == analysis.key(word.upper().lower(), language) or word.lower() != word
        assert key == analysis.key(analysis.fold(word), language)


@given(ANYTHING)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert analysis.fold(analysis.fold(text)) == analysis.fold(text)


def test_every_letter_folds_to_itself() -> None:
    letters = [letter for number in range(sys.maxunicode + 1) if (letter := chr(number)).isalnum()]
    assert [one for one in letters if analysis.fold(analysis.fold(one)) != analysis.fold(one)] == []


@given(ANYTHING, st.sampled_from([*LANGUAGES, "xx"]))
def test_every_word_stands_where_it_says(text: str, language: str) -> None:
    at = 0
    for token in analysis.tokens(text, language):
        assert 0 <= token.start < token.end <= len(text)
        assert token.start >= at or token.end >= at
        at = token.start
        # Both engines keep keys in lists with spaces between.
        assert re.fullmatch(r"[^\s^]+", token.term)
        assert len(token.term) < 2 * analysis.LONGEST_WORD


def test_a_word_with_a_hyphen_is_found_by_its_parts_and_as_a_whole() -> None:
    found = [
        ("Náš e-mail a pi-h"[token.start : token.end], token.term)
        for token in analysis.tokens("Náš e-mail a pi-h", "en")
    ]

    assert found == [
        ("Náš", "nas"),
        *[("e", "e"), ("mail", "mail"), ("e-mail", "email")],
        ("a", "a"),
        *[("pi", "pi"), ("h", "h"), ("pi-h", "pih")],
    ]


def test_a_long_chain_is_only_its_words() -> None:
    assert analysis.terms("a-b-c-d-e", "cs") == ["a", "b", "c", "d", "e"]
    assert len(analysis.terms("a-" * 50_000, "cs")) == 50_000


def test_a_word_that_never_ends_is_cut() -> None:
    assert analysis.terms("x" * 100_000, "cs") == ["x" * analysis.LONGEST_WORD]


def test_a_language_that_is_not_spoken_is_read_like_the_first_one() -> None:
    assert analysis.terms("kelímky", "xx") == analysis.terms("kelímky", next(iter(LANGUAGES)))


def test_a_spoken_language_without_rules_is_found_by_whole_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(LANGUAGES, "pl", "Polski")
    analysis.keys.cache_clear()
    try:
        assert analysis.key("Łódki", "pl") == "lodki"
        assert "lodki" in analysis.keys("ŁÓDKI")
    finally:
        analysis.keys.cache_clear()
        analysis.key.cache_clear()


def test_the_version_says_what_the_keys_depend_on() -> None:
    for library in ("simplemma", "PyStemmer"):
        assert version(library) in analysis.VERSION


# --- the dictionary -----------------------------------------------------------------------------


def test_who_looks_for_words_does_not_unpack_the_dictionary() -> None:
    program = (
        "from cocreate.search import analysis; import sys;"
        "print(analysis.keys('zkušenostmi')[0], 'simplemma' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["zkusenost", "False"]


def test_the_dictionary_is_small() -> None:
    assert len(czech.forms().tobytes()) < 1_000_000


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are kept for these tests; nothing else of the machine is looked at."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "venv").mkdir()
    return tmp_path


MAKER = "tests.word_maker"


def made(place: Path) -> list[str]:
    """Where the file was written, each time it was."""
    log = place / "made"
    return log.read_text().splitlines() if log.exists() else []


@pytest.fixture(autouse=True)
def _log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORDS_MADE", str(tmp_path / "made"))


def test_a_file_is_made_once_and_mapped_from_then_on(place: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        files = list(threads.map(lambda _: dictionary.mapped("words", MAKER), range(4)))

    assert [one["a"] for one in files] == [[b"b"]] * 4
    assert len(made(place)) == 1
    assert (place / "venv/share/cocreate/words").exists()


def test_a_broken_file_is_made_anew(place: Path) -> None:
    dictionary.mapped("words", MAKER)
    file = place / "venv/share/cocreate/words"
    for content in (b"", b"x" * 500, file.read_bytes()[:50]):
        file.write_bytes(content)
        assert dictionary.mapped("words", MAKER)["a"] == [b"b"]


def test_where_libraries_cannot_be_written_it_is_kept_in_the_cache(place: Path) -> None:
    (place / "venv/share").write_text("no folder")

    dictionary.mapped("words", MAKER)
    dictionary.mapped("words", MAKER)

    assert len(made(place)) == 1
    assert (place / "cache/cocreate/words").exists()


def test_where_nothing_can_be_kept_each_process_has_its_own(place: Path) -> None:
    (place / "venv/share").write_text("no folder")
    (place / "cache").write_text("no folder")

    assert dictionary.mapped("words", MAKER)["a"] == [b"b"]
    assert not Path(made(place)[0]).parent.exists()


def test_a_broken_file_that_cannot_be_removed_is_passed_by(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dictionary.mapped("words", MAKER)
    (place / "venv/share/cocreate/words").write_bytes(b"broken")

    unlink = Path.unlink

    def refused(path: Path, missing_ok: bool = False) -> None:
        if path.name == "words":
            raise PermissionError(path)
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)

    assert dictionary.mapped("words", MAKER)["a"] == [b"b"]
    assert (place / "cache/cocreate/words").exists()


@pytest.mark.parametrize("what", ["venv/share/cocreate", "venv/share/cocreate/words"])
def test_what_others_could_have_prepared_is_not_used(place: Path, what: str) -> None:
    folder = place / "venv/share/cocreate"
    folder.mkdir(parents=True)
    marisa_trie.BytesTrie([("a", b"theirs")]).save(str(folder / "words"))
    os.chmod(place / what, 0o777)

    assert dictionary.mapped("words", MAKER)["a"] == [b"b"]
    assert (place / "cache/cocreate/words").exists()


def test_a_maker_that_fails_leaves_nothing_behind(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORDS_MADE", str(place / "nowhere" / "made"))

    with pytest.raises(subprocess.CalledProcessError):
        dictionary.mapped("words", MAKER)
    assert not list((place / "venv/share/cocreate").glob("*words"))

    monkeypatch.setenv("WORDS_MADE", str(place / "made"))
    assert dictionary.mapped("words", MAKER)["a"] == [b"b"]
