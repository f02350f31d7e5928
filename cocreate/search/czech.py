"""Which Czech words are the same: a dictionary of forms, and endings for words it lacks.

simplemma's dictionary, with its forms folded, says of which word something is a form;
what comes out, and every word that is not in it, loses its ending. Only the forms
whose ending alone does not lead to their key are kept, in a file of half a megabyte
that all processes map. It is made once, by whoever needs it first.
"""

import re
import threading
from functools import cache
from importlib.metadata import version

import marisa_trie

from cocreate.search import dictionary

# Another number here makes the file and every index anew.
_RULES = 4
VERSION = f"{_RULES}.{version('simplemma')}"

# The shortest that may be left of a word when its ending goes.
_SHORTEST_STEM = 3

# Endings of nouns and adjectives without their accents, the longest first. Rough on purpose:
# what matters is that the forms of one word meet.
_ENDINGS = tuple(
    "ami emi ymi imi ich ych ech ach eho iho emu imu ovi em um im ym am ou es mi"
    " a e i o u y".split()
)

# The "e" that comes and goes: kelímek and kelímky, karet and karta.
_FLEETING = re.compile("(?<=..[^aeiouy])e(?=[^aeiouy]$)")

# Forms of new verbs, which all end in -ovat: sdíluji, klikovali.
_NEW_VERB = re.compile("(?<=..[^aeiouy])(?:uj(?:[iu]|e(?:s|me|te)?|ou|te|me)?|oval[aioy]?)$")
# "k" that became "c": v kelímcích.
_SOFTENED = re.compile("(?<=..)cich$")
# What goes from a word that is not known with it, where the rest is: nevyzkoušeli.
PREFIXES = ("nej", "ne")
_SHORTEST_REST = 4


def key(word: str) -> str:
    """What a folded word counts as."""
    return _known(word) or guess(word)


def guess(word: str) -> str:
    """What a folded word counts as that the dictionary does not lead elsewhere."""
    if _NEW_VERB.search(word):
        return _NEW_VERB.sub("ovat", word)
    return stem(_SOFTENED.sub("k", word))


def stem(word: str) -> str:
    """A folded word without its ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word.removesuffix(ending)
            break
    return _FLEETING.sub("", word)


def _known(word: str) -> str:
    """The key of a word to which the dictionary leads; "" for any other."""
    known = forms()
    for prefix in ("", *PREFIXES):
        rest = word.removeprefix(prefix)
        if prefix and (rest == word or len(rest) < _SHORTEST_REST):
            continue
        if found := known.get(rest):
            # How many letters go from the end, and which come instead.
            edit: bytes = found[0]
            return rest[: len(rest) - edit[0]] + edit[1:].decode()
    return ""


_making = threading.Lock()


def forms() -> marisa_trie.BytesTrie:
    """Folded forms that `guess` does not lead to their key, each with the edit that does."""
    # Threads that begin at once wait for the same file.
    with _making:
        return _mapped()


@cache
def _mapped() -> marisa_trie.BytesTrie:
    return dictionary.mapped(f"czech-{VERSION}.marisa", "cocreate.search.czech_forms")
