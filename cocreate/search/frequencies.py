"""How many of the public ideas have a word: what makes a word tell something."""

import io
import math
from functools import lru_cache

import marisa_trie
import numpy as np

from cocreate.search import learning
from cocreate.search.learning import Counts

KIND = "keys"
# The rarest go beyond this: whatever is not there is taken for rare anyway.
MOST = 300_000


class Frequencies:
    """In how many ideas each key stood when it was learned."""

    def __init__(self, ideas: int, trie: marisa_trie.Trie, counts: np.ndarray) -> None:
        self.ideas = ideas
        self._trie = trie
        self._counts = counts
        # Comparing ideas asks for the same words many thousand times.
        self.rarity = lru_cache(maxsize=50_000)(self._rarity)

    def of(self, key: str) -> int:
        """In how many of `ideas` the key stands; 0 for one that is in none or hardly any."""
        number = self._trie.get(key)
        return 0 if number is None else int(self._counts[number])

    def _rarity(self, *keys: str) -> float:
        """How much a word tells that counts as any of `keys`: the more the fewer have it."""
        return rarity(sum(map(self.of, keys)), self.ideas)


def rarity(having: int, ideas: int) -> float:
    """How much a word tells that so many of the `ideas` have."""
    return math.log1p(max(ideas, having) / max(having, 1))


def train(counts: Counts) -> bytes:
    """The frequencies as they are kept."""
    kept = dict(counts.keys.most_common(MOST))
    trie = marisa_trie.Trie(kept)
    numbers = np.zeros(len(kept), np.uint32)
    for key, count in kept.items():
        numbers[trie[key]] = count
    file = io.BytesIO()
    np.savez(
        file,
        ideas=np.int64(counts.ideas),
        trie=np.frombuffer(trie.tobytes(), np.uint8),
        counts=numbers,
    )
    return file.getvalue()


def read(body: bytes) -> Frequencies:
    """What `train` made. Raises whatever a broken body leads to."""
    with np.load(io.BytesIO(body), allow_pickle=False) as parts:
        trie = marisa_trie.Trie().frombytes(parts["trie"].tobytes())
        counts, ideas = parts["counts"], int(parts["ideas"])
    if len(trie) != len(counts):
        raise ValueError("a number for each key")
    return Frequencies(ideas, trie, counts)


def known() -> Frequencies | None:
    """The frequencies of the application whose context this is; None before the first learning."""
    model = learning.learned(KIND)
    return model.opened(read) if model else None
