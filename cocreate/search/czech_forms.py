"""Making the file that `czech` maps: python -m cocreate.search.czech_forms PATH."""

import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import marisa_trie
from simplemma.strategies import DefaultDictionaryFactory

from cocreate.search.czech import PREFIXES, guess, stem
from cocreate.search.folding import fold

# Folded forms are often of several words, and first of all of these common ones; of several
# among them, of the earlier.
_COMMON = {
    word: number
    for number, word in enumerate(
        "být mít moci muset Praha zákazník co dát dobře jet jít sedět stát růst znát žít"
        " konec kniha ulice pes dům stůl účet den rok maso síň sto sýr vést vadit učit vybrat"
        " vzniknout zemřít padnout poslat posílat šířit vařit volit líbit týkat bát pochopit"
        " způsobit napsat přijmout stihnout ukázat zmizet napadnout držet trvat odeslat"
        " opravit zaplatit vydržet zvládnout přesunout posunout oslovit poradit pořádat"
        " střídat uznat zachovat umět smět dělat zákaz klíč pracovník odborník účastník dělník"
        " řidička čelit obávat stoupat šetřit zpěvačka obrázek lék bouřka palec půlka spát"
        " zapadnout uklidit otevřít poznat počkat výška šířka délka".split()
    )
}

# What the dictionary takes for words of their own.
_SAME = {
    **dict.fromkeys(("lepší", "nejlepší"), "dobrý"),
    **dict.fromkeys(("horší", "nejhorší"), "špatný"),
    **dict.fromkeys(("lid", "lidé"), "člověk"),
}

# Forms of verbs that hardly anyone writes look like the nouns that many do.
_VERBS = ("t", "ci")


def edits() -> dict[str, bytes]:
    """For each folded form that `guess` does not lead to its key: how to get there.

    The first byte says how many letters go from its end, the others come instead.
    """
    words: defaultdict[str, list[str]] = defaultdict(list)
    sizes: Counter[str] = Counter()
    for form, word in DefaultDictionaryFactory().get_dictionary("cs").items():
        if (folded := fold(form)).isalpha():
            words[folded].append(word)
            sizes[word] += 1
    for word in sizes:
        # A few are known as a form of another only.
        if (folded := fold(word)).isalpha() and word not in words[folded]:
            words[folded].append(word)
    made = {}
    for form, its in words.items():
        word = chosen(form, its, sizes)
        key = stem(fold(_SAME.get(word, word)))
        # Without its own, "nebe" would be taken for "be" with a prefix.
        if key != guess(form) or form.startswith(PREFIXES):
            made[form] = _edit(form, key)
    return made


def chosen(form: str, words: Sequence[str], sizes: Mapping[str, int]) -> str:
    """The word that a folded form is of where it may be of several.

    `words` has each as often as it is a form of it with different accents, `sizes` counts
    how many forms each has. First comes a word that is written just so, then a common one,
    names last; then one that it is a form of with more accents, no verb, and one with more
    forms. How often that is right stands in docs/decisions/010-words.md.
    """
    return min(
        words,
        key=lambda word: (
            fold(word) != form or word[:1].isupper(),
            _COMMON.get(word, len(_COMMON)),
            word[:1].isupper(),
            -words.count(word),
            word.endswith(_VERBS),
            -sizes[word],
            word,
        ),
    )


def _edit(form: str, key: str) -> bytes:
    same = 0
    while form[same : same + 1] == key[same : same + 1] != "":
        same += 1
    return bytes([len(form) - same]) + key[same:].encode()


if __name__ == "__main__":
    marisa_trie.BytesTrie(edits().items()).save(sys.argv[1])
