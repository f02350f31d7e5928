"""Finding where words lie: the part of learning that takes a library only the worker loads."""

import io

import marisa_trie
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cocreate.search.frequencies import rarity
from cocreate.search.learning import Counts
from cocreate.search.meaning import damped

# Of fewer ideas nothing can be learned about words; then only the words themselves count.
LEAST = 500
DIMENSIONS = 100
# Words of fewer ideas have too little company, and of many words the commonest suffice.
FEWEST = 3
MOST_KEYS = 40_000
# Rounds in which the directions are improved, and how many more than needed are looked at
# (Halko, Martinsson, Tropp: "Finding Structure with Randomness", 2011).
_ROUNDS = 4
_SPARE = 20


def train(counts: Counts) -> bytes | None:
    """Where the words of these ideas lie, as `meaning.read` takes it; None if they are too few."""
    if counts.ideas < LEAST:
        return None
    known = [key for key, many in counts.keys.most_common(MOST_KEYS) if many >= FEWEST]
    trie = marisa_trie.Trie(known)
    if len(trie) < DIMENSIONS:
        return None
    places = _principal(_table(counts, trie))
    file = io.BytesIO()
    np.savez(
        file,
        trie=np.frombuffer(trie.tobytes(), np.uint8),
        places=places.astype(np.float16),
    )
    return file.getvalue()


def _table(counts: Counts, trie: marisa_trie.Trie) -> sparse.csr_array:
    """A row for each idea of the sample, of length 1; a column for each key."""
    column = {hash(key): number for key, number in trie.items()}
    worth = np.zeros(len(trie), np.float32)
    for key, number in trie.items():
        worth[number] = rarity(counts.keys[key], counts.ideas)
    ends, columns, weights = [0], [], []
    for hashes, times in counts.sample:
        row = [
            (column[one], damped(many) * worth[column[one]])
            for one, many in zip(hashes, times, strict=True)
            if one in column
        ]
        length = float(np.linalg.norm([weight for _, weight in row])) or 1.0
        columns += [number for number, _ in row]
        weights += [weight / length for _, weight in row]
        ends.append(len(columns))
    return sparse.csr_array(
        (np.asarray(weights, np.float32), columns, ends), shape=(len(ends) - 1, len(trie))
    )


def _principal(table: sparse.csr_array) -> NDArray[np.float32]:
    """The DIMENSIONS directions in which the rows differ most; a row for each column of `table`.

    The same for the same table.
    """
    chance = np.random.default_rng(0)
    wide = min(DIMENSIONS + _SPARE, *table.shape)
    turned = sparse.csr_array(table.T)
    found = table @ chance.standard_normal((table.shape[1], wide), np.float32)
    for _ in range(_ROUNDS):
        found, _ = np.linalg.qr(table @ (turned @ found))
    _, _, directions = np.linalg.svd((turned @ found).T, full_matrices=False)
    return np.asarray(directions[:DIMENSIONS].T, np.float32)
