"""How well an idea's words answer a question: the one formula behind both engines.

BM25 (Robertson, Zaragoza 2009) over the weights of schema.WEIGHTS: a key counts
more the fewer ideas have it, less with each further time it stands in an idea, and
less in an idea with very many words.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cocreate.search.asked import Part

# How soon a further place of the same key adds nothing, and how much length takes away.
K1 = 3.0
B = 0.4

# Ideas that are scored for a question of which one part is enough, counted once per key.
POSTINGS = 30_000

Numbers = NDArray[np.float64]


def rarity(having: int, ideas: int) -> float:
    """What a key is worth that `having` of all the `ideas` have; never below nothing."""
    return math.log(1 + (max(ideas - having, 0) + 0.5) / (having + 0.5))


def score(weights: Numbers, lengths: Numbers, average: float, worth: float) -> Numbers:
    """What a key adds to each idea that has it.

    `weights` is what it weighs in each, `lengths` what all keys weigh there, `average`
    the mean length over all ideas, `worth` the key's rarity.
    """
    bulk = K1 * ((1 - B) + B * lengths / (average or 1.0))
    return worth * weights * (K1 + 1) / (weights + bulk)


def rare(parts: Sequence[Part], frequency: Callable[[str], int]) -> list[Part]:
    """The parts that the fewest ideas have, rarest first: as many as POSTINGS allow.

    At least one in any case; none that no idea has.
    """
    counted = [(sum(frequency(key) for key in dict.fromkeys(part.keys)), part) for part in parts]
    chosen: list[Part] = []
    left = POSTINGS
    for count, part in sorted(counted, key=lambda one: (one[0], one[1].typed)):
        left -= count
        if left < 0 and chosen:
            break
        chosen += [part] if count else []
    return chosen
