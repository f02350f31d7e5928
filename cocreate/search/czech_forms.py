"""Making the file that `czech` maps: python -m cocreate.search.czech_forms PATH."""

import sys
from collections import defaultdict

import marisa_trie
from simplemma.strategies import DefaultDictionaryFactory

from cocreate.search.czech import stem
from cocreate.search.folding import fold


def edits() -> dict[str, bytes]:
    """For each folded form whose ending alone does not lead to its key: how to get there.

    The first byte says how many letters go from its end, the others come instead.
    """
    lemmas: defaultdict[str, set[str]] = defaultdict(set)
    for form, lemma in DefaultDictionaryFactory().get_dictionary("cs").items():
        folded = fold(form)
        if folded.isalpha():
            lemmas[folded].add(fold(lemma))
    made = {}
    for form, its in lemmas.items():
        key = stem(chosen(form, its))
        if key != stem(form):
            made[form] = _edit(form, key)
    return made


def chosen(form: str, lemmas: set[str]) -> str:
    """The word that a form is of where it may be of several: the one that is most like it."""
    return min(lemmas, key=lambda lemma: (-_shared(form, lemma), len(lemma), lemma))


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    for number, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return number
    return min(len(one), len(other))


def _edit(form: str, key: str) -> bytes:
    same = _shared(form, key)
    return bytes([len(form) - same]) + key[same:].encode()


if __name__ == "__main__":
    marisa_trie.BytesTrie(edits().items()).save(sys.argv[1])
