"""Questions that somebody typed on purpose, or that a cat did; the same ones each time."""

import random
from collections.abc import Iterator

_PIECES = [
    *"káva paper AND OR NOT TO title: id:1 * ? ~ ~2 ^9e9 [a { } ( ) (((( ' % _ %00".split(),
    "&", "|", "!", ":*", "<->",
    *"+ - -- && || -káva -- -\" -: tag: tag:káva štítek:\"a author: stage:new".split(),
    "area:x", "-tag:x",
    *"a* *a a?b : / /.*/ # {{7*7}} ';-- ../.. <script> </mark> C++ e-mail a-b-c-d-e don't".split(),
    *"NULL ½ ² ﬁ ﷺ ﱞ 日本語 поиск بحث חיפוש 🥐 👩‍👧 ß İ ǅ ŉ ẞ „káva“ «a".split(),
    *'" "" \\ \0 \x1f e\u0301 \u202e \u200b \ud800 \ufeff \u00ad'.split(" "),
    "\n", "\t", "x" * 300, "č" * 120, "1" * 200, "a " * 150, "-" * 250, '"' * 201, "a-" * 120,
    'tag:"' * 40, "e\u0301" * 150, "nej" * 60, '"a b c d e f g h i j k l m n o p q r s t"',
]  # fmt: skip


def hostile(chance: random.Random) -> str:
    """One of them."""
    words = [chance.choice(_PIECES) for _ in range(chance.randint(0, 12))]
    noise = "".join(chr(chance.randrange(0x20, 0x2FFF)) for _ in range(chance.randint(0, 8)))
    return chance.choice(["", " "]).join([*words, noise])


def hostile_questions(number: int, seed: int) -> Iterator[str]:
    """That many of them."""
    chance = random.Random(seed)
    return (hostile(chance) for _ in range(number))
