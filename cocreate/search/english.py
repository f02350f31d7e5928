"""Which English words are the same: Snowball's rules, and forms that follow none."""

import threading

import Stemmer

_FORMS = {
    form: word
    for word, forms in {
        "bus": "buses busses",
        "buy": "bought",
        "child": "children",
        "choose": "chose chosen",
        "find": "found",
        "foot": "feet",
        "forget": "forgot forgotten",
        "give": "gave given",
        "good": "better best",
        "keep": "kept",
        "knife": "knives",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "man": "men",
        "pay": "paid",
        "person": "people",
        "ride": "rode ridden",
        "sell": "sold",
        "send": "sent",
        "shelf": "shelves",
        "show": "shown",
        "speak": "spoke spoken",
        "spend": "spent",
        "take": "took taken",
        "tooth": "teeth",
        "wife": "wives",
        "woman": "women",
        "write": "wrote written",
        "cheap": "cheaper cheapest",
        "easy": "easier easiest",
        "fast": "faster fastest",
        "large": "larger largest",
        "long": "longer longest",
        "slow": "slower slowest",
        "small": "smaller smallest",
    }.items()
    for form in forms.split()
}


class _Stemmers(threading.local):
    """A stemmer for each thread, because it must not be shared."""

    def __init__(self) -> None:
        # What it has stemmed is kept elsewhere.
        self.english = Stemmer.Stemmer("english", 0)


_stemmers = _Stemmers()


def key(word: str) -> str:
    """What a folded word counts as."""
    return str(_stemmers.english.stemWord(_FORMS.get(word, word)))
