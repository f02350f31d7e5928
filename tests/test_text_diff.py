"""The differences between two wordings."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocreate.text_diff import words_diff


def test_a_changed_word_goes_out_and_its_successor_comes_in() -> None:
    assert words_diff("The shop closes at six.", "The shop closes at eight.") == [
        ("same", "The shop closes at"),
        ("out", " six."),
        ("in", " eight."),
    ]


def test_a_line_put_in_between_leaves_the_others_alone() -> None:
    assert words_diff("one\nthree\n", "one\ntwo\nthree\n") == [
        ("same", "one\n"),
        ("in", "two\n"),
        ("same", "three\n"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", []),
        ("", "new", [("in", "new")]),
        ("old", "", [("out", "old")]),
        ("kept as is", "kept as is", [("same", "kept as is")]),
    ],
)
def test_the_edges(old: str, new: str, pieces: list[tuple[str, str]]) -> None:
    assert words_diff(old, new) == pieces


_texts = st.text(alphabet="ab \n\téx.", max_size=200) | st.text(max_size=80)


@given(_texts, _texts)
def test_both_wordings_can_be_read_from_the_pieces(old: str, new: str) -> None:
    pieces = words_diff(old, new)

    assert "".join(words for what, words in pieces if what != "in") == old
    assert "".join(words for what, words in pieces if what != "out") == new
    assert all(words for _what, words in pieces)
    assert all(one[0] != two[0] for one, two in pairwise(pieces))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * 10_000, "a c " * 10_000),
        ("a\nb\n" * 10_000, "a\nc\n" * 10_000),
        (" ".join(map(str, range(8_000))), " ".join(map(str, range(8_000, 0, -1)))),
        ("x" * 40_000, "y" * 40_000),
        ("\n" * 20_000 + "a", "b" + "\n" * 19_000 + "c"),
        (" ".join(f"w{i % 97}" for i in range(700)), " ".join(f"w{i % 89}" for i in range(700))),
    ],
)
def test_huge_texts_are_compared_in_bounded_time(old: str, new: str) -> None:
    began = time.process_time()
    words_diff(old, new)

    assert time.process_time() - began < 3
