"""Making the file that `czech` maps: python -m cocreate.search.czech_forms PATH."""

import sys
from collections import Counter, defaultdict

import marisa_trie
from simplemma.strategies import DefaultDictionaryFactory

from cocreate.search.czech import PREFIXES, guess, stem
from cocreate.search.folding import fold

# Folded forms are often of several words. Of these common ones they are first of all; where of
# several, of the earlier.
_COMMON = {
    word: number
    for number, word in enumerate(
        "být mít moci muset Praha zákazník co dát dobře jet jít sedět stát růst znát žít konec"
        " kniha ulice pes dům stůl účet den rok maso síň sto sýr vést vadit učit vybrat vzniknout"
        " zemřít padnout poslat posílat šířit vařit volit líbit týkat bát pochopit způsobit"
        " napsat přijmout stihnout ukázat zmizet napadnout držet trvat odeslat opravit"
        " zaplatit vydržet zvládnout přesunout posunout oslovit"
        " poradit pořádat střídat uznat zachovat splnit umět smět zpěvačka obrázek lék bouřka"
        " palec půlka spát zapadnout uklidit otevřít poznat počkat výška šířka délka".split()
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
    words: defaultdict[str, Counter[str]] = defaultdict(Counter)
    sizes: Counter[str] = Counter()
    for form, word in DefaultDictionaryFactory().get_dictionary("cs").items():
        if (folded := fold(form)).isalpha():
            words[folded][word] += 1
            sizes[word] += 1
    for word in sizes:
        # A few are known as a form of another only.
        if (folded := fold(word)).isalpha() and word not in words[folded]:
            words[folded][word] = 1
    made = {}
    for form, its in words.items():
        word = chosen(form, its, sizes)
        key = stem(fold(_SAME.get(word, word)))
        # Without its own, "nebe" would be taken for "be" with a prefix.
        if key != guess(form) or form.startswith(PREFIXES):
            made[form] = _edit(form, key)
    return made


def chosen(form: str, words: Counter[str], sizes: Counter[str]) -> str:
    """The word that a folded form is of where it may be of several.

    `words` counts with how many different accents it is a form of each, `sizes` how many
    forms each has. Common words come first, names last; then a word that is written just
    so, one that it is a form of with more accents, no verb, and one with more forms.
    Measured by how often the forms occur in Czech texts that is right for 0.72 of what
    is ambiguous, where always taking the more frequent would be for 0.88.
    """
    return min(
        words,
        key=lambda word: (
            _COMMON.get(word, len(_COMMON)),
            word[:1].isupper(),
            fold(word) != form,
            -words[word],
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
