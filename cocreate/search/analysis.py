"""What counts as a word, and which words are the same.

A text is read in its own language: each of its words becomes a key, the same for all
forms of the word, with or without accents, in any case. A word of a question becomes
its key in every language, and any of them may meet: so the same letters always find
each other, whatever language a text is said to be in.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple

from cocreate.i18n import LANGUAGES
from cocreate.search import czech, english
from cocreate.search.folding import fold

__all__ = [
    "LONGEST_WORD",
    "VERSION",
    "Token",
    "chains",
    "fold",
    "key",
    "keys",
    "surface",
    "terms",
    "tokens",
    "whole",
]

# An index made by another version of this module, of a library's rules or of Unicode's table
# of letters is made anew.
VERSION = f"3.{czech.VERSION}.{version('PyStemmer')}.{unicodedata.unidata_version}"

LONGEST_WORD = 40
# A chain of more words than that ("a-b-c-d-e") is no word of its own.
_LONGEST_CHAIN = 4

# Letters and digits with their marks; C++ and C# are words too. It looks at each letter once.
_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*(?:\\+\\+|#(?!\\w))?")
# What makes one word of two: "e-mail", "pi-h", "don't". An apostrophe with an s is English
# grammar and no word.
_JOINTS = "-\u2010\u2011\u00ad'\u2019"
_OWNERS = re.compile("['\u2019][sS](?!\\w)")


class Token(NamedTuple):
    """One word of a text: what it counts as, and where it stands."""

    term: str
    start: int
    end: int


# How the key of a folded word is found; other languages take the word as it is.
_KEYS: dict[str, Callable[[str], str]] = {"cs": czech.key, "en": english.key}


@lru_cache(maxsize=100_000)
def key(word: str, language: str) -> str:
    """What one word counts as in a text of this language; "" for what has no letter or digit.

    A language that the portal does not speak is read like the first that it does.
    """
    folded = fold(word)
    if not folded.isalnum():
        folded = "".join(sign for sign in folded if sign.isalnum() or sign in "+#").lstrip("+#")
    folded = folded[:LONGEST_WORD]
    if language not in LANGUAGES:
        language = next(iter(LANGUAGES))
    if language not in _KEYS or not folded.isalpha():
        return folded
    return _KEYS[language](folded)


@lru_cache(maxsize=50_000)
def keys(word: str) -> tuple[str, ...]:
    """What a word that was typed counts as: its key in each language, each key once.

    Several words joined by a hyphen count as the whole ("e-mail": "email"). Empty for
    what has no letter or digit.
    """
    return tuple(dict.fromkeys(one for language in LANGUAGES if (one := key(word, language))))


def chains(text: str) -> Iterator[list[re.Match[str]]]:
    """The words of a text, in their order; those joined by a hyphen or an apostrophe together."""
    chain: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        if chain:
            end = chain[-1].end()
            if match.start() == end + 1 and text[end] in _JOINTS:
                if _OWNERS.match(text, end):
                    continue
            else:
                yield chain
                chain = []
        chain.append(match)
    if chain:
        yield chain


def whole(chain: Sequence[re.Match[str]]) -> str:
    """The one word that several make together; "" for one alone and for a very long chain."""
    if not 1 < len(chain) <= _LONGEST_CHAIN:
        return ""
    return "".join(surface(match) for match in chain)[: LONGEST_WORD * 2]


def surface(match: re.Match[str]) -> str:
    """A word as it stands in its text, or how it begins if it never ends."""
    # What is cut off here is cut off from the folded word too, and no book is kept in memory.
    return match[0][: LONGEST_WORD * 2]


def tokens(text: str, language: str) -> Iterator[Token]:
    """The words of a text, in their order.

    Words joined by a hyphen or an apostrophe come one by one and then as a whole that
    spans them all.
    """
    for chain in chains(text):
        for match in chain:
            if term := key(surface(match), language):
                yield Token(term, match.start(), match.end())
        if len(chain) > 1 and (term := key(whole(chain), language)):
            yield Token(term, chain[0].start(), chain[-1].end())


def terms(text: str, language: str) -> list[str]:
    """What the words of a text count as, in their order."""
    found = []
    for chain in chains(text):
        found += [key(surface(match), language) for match in chain]
        if len(chain) > 1:
            found.append(key(whole(chain), language))
    return [term for term in found if term]
