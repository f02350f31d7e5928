"""What words mean, as far as the portal's own ideas tell: words that keep the same company.

Latent semantic analysis (Deerwester and others, 1990): the table of ideas and their words
is brought down to some dimensions in which it loses the least; a word is then a place
there, and a text lies where its words lie on average. `directions` finds the places.
"""

import io
from collections.abc import Mapping
from functools import cache

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from cocreate.i18n import LANGUAGES
from cocreate.search import analysis, learning
from cocreate.search.questions import COMMON

KIND = "meaning"
# The words of a title count as if they came so often.
TITLE = 12
# A word that comes so often counts half of what it could count at most.
_HALF = 2.0


class Meaning:
    """Where the words lie."""

    def __init__(self, trie: marisa_trie.Trie, places: NDArray[np.float16]) -> None:
        self._trie = trie
        self._places = places

    def of(self, weights: Mapping[str, float]) -> NDArray[np.float32] | None:
        """The direction in which a text of keys with these weights lies, of length 1.

        None for one of whose words nothing is known.
        """
        rows, amounts = [], []
        for key, weight in weights.items():
            if (row := self._trie.get(key)) is not None:
                rows.append(row)
                amounts.append(weight)
        if not rows:
            return None
        summed = np.asarray(amounts, np.float32) @ self._places[rows].astype(np.float32)
        length = float(np.linalg.norm(summed))
        return summed / length if length else None


def damped(count: float) -> float:
    """How much a word counts that comes so often: the tenth time says little, as in BM25."""
    return count / (count + _HALF)


@cache
def common() -> frozenset[str]:
    """What the words that say nothing count as."""
    return frozenset(analysis.key(word, language) for word in COMMON for language in LANGUAGES)


def read(body: bytes) -> Meaning:
    """What `train` made. Raises whatever a broken body leads to."""
    with np.load(io.BytesIO(body), allow_pickle=False) as parts:
        trie = marisa_trie.Trie().frombytes(parts["trie"].tobytes())
        places = parts["places"]
    if places.ndim != 2 or len(trie) != len(places):
        raise ValueError("a place for each key")
    return Meaning(trie, places)


def known() -> Meaning | None:
    """What the words of this portal mean; None where nothing was learned, or too little."""
    model = learning.learned(KIND)
    return model.opened(read) if model else None
