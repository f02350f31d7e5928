"""The Czech catalogue: every word is there, whole, in all its forms."""

import re
from typing import Any

import pytest
from babel.messages.mofile import read_mo
from flask import Flask

from cocreate import web
from tests.catalogue import MO, PLACEHOLDER, asked_for, catalogue, czech, english, messages

# Words that Czech writes the same way.
SHARED = {"Role", "Import", "Export", "Logo"}


def letters(text: str) -> str:
    """What is left of a message to translate."""
    return re.sub(r"[\W\d_]", "", PLACEHOLDER.sub("", text))


def plain(text: str) -> str:
    """A text with single, ordinary spaces."""
    return " ".join(text.split())


def test_every_word_that_is_asked_for_is_in_the_catalogue() -> None:
    known = messages()
    missing = {words: place for words, place in asked_for().items() if words not in known}

    assert not missing, "run `make messages` and translate what it added"


def test_the_catalogue_holds_nothing_that_nobody_asks_for() -> None:
    asked = asked_for()

    assert not [words for words in messages() if words not in asked], "run `make messages`"


def test_every_message_is_translated_in_all_its_forms() -> None:
    assert catalogue().num_plurals == 3
    for words, one in messages().items():
        assert not one.fuzzy, words
        assert len(czech(one.string)) == (3 if one.pluralizable else 1), words
        assert all(czech(one.string)), words


def test_what_is_put_into_a_message_is_put_into_its_translation() -> None:
    for words, one in messages().items():
        wanted = set(PLACEHOLDER.findall(" ".join(english(one.id))))
        for form in czech(one.string):
            assert set(PLACEHOLDER.findall(form)) == wanted, words


def test_no_message_is_left_in_english() -> None:
    same = {
        words
        for (_context, words), one in messages().items()
        if words in czech(one.string) and letters(words)
    }

    assert same == SHARED


def test_a_translation_begins_and_ends_like_the_message() -> None:
    def edges(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    for words, one in messages().items():
        for form in czech(one.string):
            assert edges(form) == edges(words[1]), words
            assert form.count("\n") == words[1].count("\n"), words
            assert "  " not in form, words


def test_czech_is_written_with_its_own_signs() -> None:
    for one in messages().values():
        for form in czech(one.string):
            assert not re.search("[“”]", form.replace("“", "", form.count("„"))), form
            assert not re.search(r"[\"']|\.\.\.|[^,] - |!", form), form
            # A preposition or a conjunction of one letter does not end a line.
            assert not re.search(r"(?:^|[\s(„])[KkSsVvZzOoUuAaIi] \S", form), form


def test_the_catalogue_compiles() -> None:
    with MO.open("rb") as file:
        compiled = read_mo(file)

    assert {english(one.id)[0] for one in compiled if one.id} == {words for _, words in messages()}


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 komentářů"), (1, "1 komentář"), (2, "2 komentáře"), (4, "4 komentáře"),
     (5, "5 komentářů"), (21, "21 komentářů"), (22, "22 komentářů"), (104, "104 komentářů")],
)  # fmt: skip
def test_czech_counts_in_three_ways(
    app: Flask, browser: Any, make_idea: Any, number: int, words: str
) -> None:
    idea = make_idea(comment_count=number)

    page = browser().get(web.idea_path(idea), headers={"Accept-Language": "cs"})

    assert words in plain(page.text)
