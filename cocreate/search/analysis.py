"""What counts as a word, and which words are the same.

Texts and questions go through the same analysis: Czech and English, with or
without accents, in any case, in the singular or the plural.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# An index made by another version of this module is made anew.
VERSION = 1

MOST_WORDS = 10
LONGEST_WORD = 40
# The shortest that may be left of a word when its ending goes.
_SHORTEST_STEM = 3

# Letters and digits with their marks; C++ and C# are words too. It looks at each letter once.
_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*(?:\\+\\+|#(?!\\w))?")

# Letters that do not come apart into a plain one and a mark.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d"})

# Endings of Czech nouns and adjectives without their accents, and the few of English, the
# longest first. Rough on purpose: what matters is that the forms of one word meet.
_ENDINGS = tuple(
    "ami emi ymi imi ich ych ech ach eho iho emu imu ovi ing"
    " em um im ym am ou es mi ed"
    " a e i o u y s".split()
)

# The "e" that comes and goes: kelímek and kelímky, karet and karta.
_FLEETING = re.compile("(?<=..[^aeiouy])e(?=[^aeiouy]$)")

# Words that say nothing about what is looked for. They are dropped from questions only.
_COMMON = frozenset(
    "a aby ale ani az by bych byl co do i jak je jsem jsou k ke kde kdy ktery na nebo nej od o po"
    " pro pri s se si tak to u v ve z za ze"
    " an and are as at be for from i if in is it my of on or that the this to was we with"
    " you".split()
)


@dataclass(frozen=True)
class Token:
    """One word of a text: what it counts as, and where it stands."""

    term: str
    start: int
    end: int


def fold(word: str) -> str:
    """`word` in plain small letters without accents."""
    apart = unicodedata.normalize("NFKD", word)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    # Some single signs come apart into several words; here they stay one.
    return "".join(bare.casefold().translate(_PLAIN).split())


def _stem(word: str) -> str:
    # "process" is no plural.
    if word.endswith("ss"):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


@lru_cache(maxsize=50_000)
def _term(word: str) -> str:
    """What `word` counts as: its folded form without endings, at most LONGEST_WORD long."""
    folded = fold(word)[:LONGEST_WORD]
    if not folded.isalpha():
        return folded
    # Twice: "deliveries" loses its "es" and then the "i" that "delivery" never had.
    return _FLEETING.sub("", _stem(_stem(folded)))


def tokens(text: str) -> Iterator[Token]:
    """The words of a text, in their order."""
    for match in _WORD.finditer(text):
        # What is cut off here is cut off from the folded word too, and no book is kept in memory.
        if term := _term(match[0][: LONGEST_WORD * 2]):
            yield Token(term, match.start(), match.end())


def terms(text: str) -> list[str]:
    """What the words of a text count as, in their order."""
    return [token.term for token in tokens(text)]


def asked(question: str) -> tuple[str, ...]:
    """What a question looks for: up to MOST_WORDS different terms, in their order.

    Words that say nothing are left out, unless there are no others.
    """
    words = list(tokens(question))
    telling = [one for one in words if fold(question[one.start : one.end]) not in _COMMON]
    return tuple(dict.fromkeys(one.term for one in telling or words))[:MOST_WORDS]
