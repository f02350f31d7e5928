"""How well slips of the finger are mended: `python -m benchmarks.spelling`.

1,000 typos a language, of one slip each: a letter too many, missing, wrong, or two
exchanged, equally often and at any place. The words they are made of are drawn evenly,
rare ones as often as common ones, from all that have four letters or more:

- English: every word that at least two of 4,134 petitions use (or, where that file is not
  there, of the demo's English ideas).
- Czech: every word of the demo's Czech ideas, and with each of them all other forms that
  simplemma's dictionary gives for it, as if each stood in two ideas. A portal's own words
  are fewer; the many forms beside each other make it harder.

A typo that is another word of the same list is drawn anew: nothing about it looks wrong.
What is suggested is right when search takes it for the same word as the one that was
meant. The same to the letter is printed beside it, and decides nothing.

Prints a line for each way of typing, and ends with 1 where one is below FIRST or THREE.
"""

import json
import random
import re
import statistics
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simplemma.strategies import DefaultDictionaryFactory

from cocreate.search import analysis, spelling
from cocreate.search.folding import fold
from cocreate.search.learning import Counts

ROOT = Path(__file__).parent.parent
PETITIONS = ROOT.parent / "shared" / "data" / "petitions.jsonl"
FIRST = 0.94
THREE = 0.99
TYPOS = 1_000
SEED = 20_260
SHORTEST = 4

_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = "abcdefghijklmnopqrstuvwxyz"
_CZECH = _PLAIN + "áčďéěíňóřšťúůýž"

Words = dict[str, tuple[int, Counter[str]]]


@dataclass(frozen=True)
class Figures:
    """Shares of TYPOS, milliseconds a word, and megabytes that a process holds."""

    words: int
    first: float
    three: float
    first_exact: float
    three_exact: float
    median: float
    slow: float
    megabytes: float

    @property
    def is_enough(self) -> bool:
        return self.first >= FIRST and self.three >= THREE


def count(texts: Iterable[str]) -> Words:
    """In how many texts each folded word stands, and how often each form of it."""
    words: Words = {}
    for one in texts:
        forms = defaultdict(set)
        for word in _WORD.findall(one.lower()):
            forms[fold(word)].add(word)
        for folded, its in forms.items():
            ideas, before = words.get(folded, (0, Counter()))
            before.update(its)
            words[folded] = (ideas + 1, before)
    return words


def english() -> Words:
    """What at least two petitions say."""
    if not PETITIONS.exists():
        return {word: (ideas + 1, forms) for word, (ideas, forms) in count(demo("en")).items()}
    with PETITIONS.open() as lines:
        ideas = [json.loads(line) for line in lines]
    texts = (
        " ".join(str(one.get(name) or "") for name in ("title", "background", "details"))
        for one in ideas
    )
    return {word: found for word, found in count(texts).items() if found[0] >= 2}


def czech() -> Words:
    """What the demo says, and the other forms of its words."""
    lemma_of = DefaultDictionaryFactory().get_dictionary("cs")
    forms_of = defaultdict(list)
    for form, lemma in lemma_of.items():
        forms_of[lemma].append(form.lower())
    said = count(demo("cs"))
    words = {word: (ideas + 1, forms) for word, (ideas, forms) in said.items()}
    lemmas = {lemma_of.get(form) for _, forms in said.values() for form in forms}
    for lemma in sorted(lemmas - {None}):
        for form in forms_of[lemma]:
            if (folded := fold(form)).isalpha():
                words.setdefault(folded, (2, Counter({form: 2})))
    return words


def demo(language: str) -> Iterator[str]:
    """The text of each idea of the demo in one language."""
    for path in sorted((ROOT / "cocreate" / "demo").glob(f"ideas_{language}_*.toml")):
        for idea in tomllib.loads(path.read_text())["idea"]:
            yield " ".join(_texts(idea))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def slip(word: str, letters: str, chance: random.Random) -> str:
    """`word` with one slip."""
    kind, at = chance.randrange(4), chance.randrange(len(word))
    if kind == 0:
        at = chance.randrange(len(word) + 1)
        return word[:at] + chance.choice(letters) + word[at:]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        at = chance.randrange(len(word) - 1)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + chance.choice(letters) + word[at + 1 :]


def measure(language: str, words: Words, *, accents: bool) -> Figures:
    """How TYPOS are mended; `accents`: they are typed with them."""
    body = spelling.train(Counts(words={language: words}))
    known = spelling.Words(body)
    chance = random.Random(SEED)
    meant = sorted(word for word in words if len(word) >= SHORTEST and words[word][0] >= 2)
    right: Counter[str] = Counter()
    took = []
    while len(took) < TYPOS:
        word = chance.choice(meant)
        forms = words[word][1]
        typed = min(forms, key=lambda form: (-forms[form], form)) if accents else word
        typo = fold(slip(typed, _CZECH if accents else _PLAIN, chance))
        if typo in words:
            continue
        began = time.perf_counter()
        near = [one.folded for one in known.nearest(typo)]
        took.append((time.perf_counter() - began) * 1000)
        key, found = analysis.key(word, language), [analysis.key(one, language) for one in near]
        right["first"] += found[:1] == [key]
        right["three"] += key in found
        right["first exact"] += near[:1] == [word]
        right["three exact"] += word in near
    return Figures(
        len(known),
        *(right[name] / TYPOS for name in ("first", "three", "first exact", "three exact")),
        statistics.median(took),
        statistics.quantiles(took, n=20)[-1],
        len(body) / 1e6,
    )


def main() -> int:
    lists = {"en": english(), "cs": czech()}
    is_enough = True
    print(f"{'typed':32}{'words':>8}{'first':>8}{'three':>8}{'exact':>8}{'three':>8}", end="")
    print(f"{'ms p50':>8}{'p95':>8}{'MB':>8}")
    for name, language, accents in (
        ("English", "en", False),
        ("Czech without accents", "cs", False),
        ("Czech with accents", "cs", True),
    ):
        got = measure(language, lists[language], accents=accents)
        is_enough &= got.is_enough
        shares = (got.first, got.three, got.first_exact, got.three_exact)
        print(f"{name:32}{got.words:8}", *(f"{one:7.3f}" for one in shares), end="")
        print(f"{got.median:8.2f}{got.slow:8.2f}{got.megabytes:8.1f}")
    if not is_enough:
        print(f"below {FIRST} at the first place, or {THREE} among the first three")
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main())
