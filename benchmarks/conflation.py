"""Whether the forms of a word meet, and different words do not: python -m benchmarks.conflation

The pairs stand in `conflation.txt`. Each is tried both ways, one word written in a text of
its language and the other one typed, with accents and without them on either side. It ends
with 1 where too few forms meet or too many different words do.
"""

import random
import sys
import time
from collections import defaultdict
from pathlib import Path

from cocreate.search import analysis, czech, questions

PAIRS = Path(__file__).with_suffix(".txt")
# Shares of the pairs: Czech as written and typed without accents, English.
LEAST = {"cs": 0.90, "en": 0.90}
# Pairs of different words that may meet, of a hundred.
MOST_WRONG = {"cs": 9.0, "en": 5.0}

Pairs = list[tuple[str, str]]


def pairs() -> dict[str, Pairs]:
    """The pairs by the heading they stand under: "cs meet", "cs apart held" and so on."""
    found: dict[str, Pairs] = defaultdict(list)
    heading = ""
    for line in PAIRS.read_text("utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif line and not line.startswith("#"):
            one, other = line.split()
            found[heading].append((one, other))
    return found


def meets(written: str, typed: str, language: str) -> bool:
    """Whether a text with the first word is found by the second."""
    terms = tuple(analysis.terms(written, language))
    return any(
        terms[start : start + len(keys)] == keys
        for keys in questions.alternatives(typed)
        for start in range(len(terms))
    )


def met(one: str, other: str, language: str) -> int:
    """In how many of both directions the words meet."""
    return meets(one, other, language) + meets(other, one, language)


def share(listed: Pairs, language: str) -> tuple[float, float]:
    """The share of the pairs that meet: as they are, and with one of both folded."""
    straight = sum(met(one, other, language) for one, other in listed)
    folded = sum(
        meets(one, analysis.fold(other), language)
        + meets(other, analysis.fold(one), language)
        + meets(analysis.fold(one), other, language)
        + meets(analysis.fold(other), one, language)
        for one, other in listed
    )
    return straight / len(listed) / 2, folded / len(listed) / 4


def microseconds(language: str, words: list[str]) -> float:
    """What one word costs that was not seen before, in microseconds of this process."""
    analysis.key.cache_clear()
    began = time.process_time()
    for word in words:
        analysis.key(word, language)
    return (time.process_time() - began) / len(words) * 1e6


def main(show: bool) -> int:
    known = pairs()
    czech.key("nic")
    failed = False
    for language in LEAST:
        headings = [one for one in known if one.startswith(f"{language} ")]
        together: dict[str, Pairs] = defaultdict(list)
        for heading in headings:
            kind = heading.split()[1]
            together[kind] += known[heading]
            straight, folded = share(known[heading], language)
            line = f"{heading:16} {len(known[heading]):4} pairs: {straight:.3f} meet"
            print(f"{line}, {folded:.3f} without accents")
            if show and not heading.endswith("held"):
                wrong = [
                    f"{one} {other}"
                    for one, other in known[heading]
                    if met(one, other, language) != 2 * (kind == "meet")
                ]
                print("   ", "; ".join(wrong))
        recall = min(share(together["meet"], language))
        wrong = max(share(together["apart"], language)) * 100
        failed |= recall < LEAST[language] or wrong > MOST_WRONG[language]
        words = sorted({word for listed in together.values() for pair in listed for word in pair})
        random.Random(1).shuffle(words)
        print(
            f"{language}: {recall:.3f} of {len(together['meet'])} pairs of forms meet"
            f" (at least {LEAST[language]:.2f}),"
            f" {wrong:.1f} % of {len(together['apart'])} pairs of different words"
            f" (at most {MOST_WRONG[language]:.0f} %);"
            f" {microseconds(language, words):.1f} us a word"
        )
    print(f"dictionary: {len(czech.forms().tobytes()) / 1000:.0f} KB, mapped")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main("--show" in sys.argv))
