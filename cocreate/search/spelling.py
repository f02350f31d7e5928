"""A slip of the finger, mended with the words of the public ideas.

Every word of the ideas is kept with what is left of its beginning when up to two letters
go; a mistyped word with up to two letters gone meets there whatever it may have been.
What was found so is put in order by how many slips lie between (a letter too many, missing,
wrong or two exchanged), then by how likely the slip and how common the word is.
"""

import math
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from sqlalchemy import select

from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import listed_among
from cocreate.search import analysis, engines, learning, questions, synonyms
from cocreate.search.asked import Asked, Only, Part
from cocreate.search.engines import Unusable
from cocreate.search.folding import fold
from cocreate.search.learning import Counts
from cocreate.search.questions import Kind, Piece

# Words of fewer ideas are not suggested: one idea's slip is no better than the reader's.
FEWEST_IDEAS = 2
# Of each language, the commonest; more only make the rest harder to find.
MOST_WORDS = 60_000
# A shorter word has too many others beside it.
SHORTEST = 3
LONGEST = 40
# From so many letters on, two slips are looked for.
_LONG = 6
_SLIPS = 2
_PREFIX = 7
# Somebody who types leaves a letter out, or exchanges two, in one of few ways; a wrong letter
# may be any of the alphabet. Measured by benchmarks/spelling.py.
_LIKELY_SLIP = 4.0
# Of one question.
_MOST_MENDED = 3
# Newest ideas with a word among which there has to be a public one.
_MOST_LOOKED_AT = 50

_HEAD = struct.Struct("<4sIIII")
_MAGIC = b"CCS1"


@dataclass(frozen=True)
class Near:
    """A word that may be meant: as it is compared, as it is shown, and in how many ideas it is."""

    folded: str
    shown: str
    ideas: int


@dataclass(frozen=True)
class Mended:
    """A question without its slips: `question` as it is asked, `pieces` as it is shown.

    Each piece is (words with their accents, whether they were mended).
    """

    question: str
    pieces: tuple[tuple[str, bool], ...]


def mend(question: str) -> Mended | None:
    """The question with words that stand in public ideas in place of those that stand in none.

    None where every word is known, where nothing is near, and while there is no index.
    """
    model = learning.learned("words")
    words = model.opened(Words) if model else None
    if words is None:
        return None
    read = questions.read(question, synonyms.of)
    try:
        chosen = _chosen_for(read, words)
    except Unusable:
        return None
    if not chosen:
        return None
    return Mended(
        read.instead(chosen),
        tuple((chosen.get(one.text, one.text), one.text in chosen) for one in read.pieces),
    )


def _chosen_for(read: questions.Question, words: "Words") -> dict[str, str]:
    """By word as typed: what to show instead of it."""
    typed = [one for one in read.pieces if one.kind == Kind.WORD and one.text.isalpha()]
    met = engines.here().frequencies([key for one in typed for key in _keys(one)])
    strange = dict.fromkeys(one.text for one in typed if not any(key in met for key in _keys(one)))
    near = {text: words.nearest(fold(text)) for text in list(strange)[:_MOST_MENDED]}
    found = {
        text: [one.shown for one in some if _is_said(one.folded)] for text, some in near.items()
    }
    chosen = {text: some[0] for text, some in found.items() if some}
    if len(chosen) == 1 and len(typed) > 1:
        ((text, some),) = ((text, found[text]) for text in chosen)
        chosen[text] = next((one for one in some if _fits(read, {text: one})), some[0])
    return chosen


def _is_said(word: str) -> bool:
    """Whether a public idea still has the word: what was learned may be gone since.

    The database says so, because the engine may not have heard of it yet.
    """
    asked = Asked((Part(word, tuple((key,) for key in analysis.keys(word))),))
    ids = engines.here().matching(asked, only=Only(), most=_MOST_LOOKED_AT)
    public = select(Idea.id).where(listed_among(ids)).limit(1)
    return db.session.scalar(public) is not None


def _fits(read: questions.Question, words: dict[str, str]) -> bool:
    """Whether an idea has all the words of the question with these in it."""
    asked = questions.read(read.instead(words), synonyms.of).asked
    return bool(engines.here().matching(asked, only=Only(), most=1))


def _keys(piece: Piece) -> list[str]:
    return list(piece.part.keys) if piece.part else []


class Words:
    """The words of the public ideas, as one run of bytes keeps them."""

    def __init__(self, body: bytes) -> None:
        """Raises ValueError for bytes that `train` did not make."""
        if len(body) < _HEAD.size:
            raise ValueError("too short")
        magic, words, deletes, folded, shown = _HEAD.unpack_from(body)
        sizes = (deletes * 4, deletes * 4, words * 4, words * 4, words * 4, folded, shown)
        if magic != _MAGIC or len(body) != _HEAD.size + sum(sizes):
            raise ValueError("not of this form")
        parts, at = [], _HEAD.size
        for size in sizes:
            parts.append(memoryview(body)[at : at + size])
            at += size
        self._hashes = _numbers(parts[0])
        self._places = _numbers(parts[1])
        self._ideas = _numbers(parts[2])
        self._folded_ends = _numbers(parts[3])
        self._shown_ends = _numbers(parts[4])
        self._folded, self._shown = parts[5], parts[6]

    def __len__(self) -> int:
        return len(self._ideas)

    def nearest(self, word: str, most: int = 3) -> list[Near]:
        """Up to `most` words near to a folded one, the likeliest first; none of short ones."""
        if not SHORTEST <= len(word) <= LONGEST:
            return []
        slips = _SLIPS if len(word) >= _LONG else 1
        ranked = []
        for place in self._meeting(_without(word, slips)):
            folded = self._folded_at(place)
            if abs(len(folded) - len(word)) > slips:
                continue
            distance = OSA.distance(word, folded, score_cutoff=slips)
            if distance > slips:
                continue
            ideas = int(self._ideas[place])
            weight = math.log(ideas) + (_LIKELY_SLIP if _is_likely(word, folded) else 0)
            ranked.append((distance, -weight, folded, place))
        # One word may stand in two languages.
        found: dict[str, Near] = {}
        for _, _, folded, place in sorted(ranked):
            found.setdefault(folded, Near(folded, self._shown_at(place), int(self._ideas[place])))
        return list(found.values())[:most]

    def _meeting(self, pieces: Iterable[str]) -> list[int]:
        """The places of words that leave one of these pieces; a few that do not come along."""
        wanted = np.unique(np.fromiter(map(_hash, pieces), np.uint32))
        begin = np.searchsorted(self._hashes, wanted, "left")
        end = np.searchsorted(self._hashes, wanted, "right")
        runs = [self._places[a:b] for a, b in zip(begin, end, strict=True) if a < b]
        return np.unique(np.concatenate(runs)).tolist() if runs else []

    def _folded_at(self, place: int) -> str:
        begin = int(self._folded_ends[place - 1]) if place else 0
        return bytes(self._folded[begin : int(self._folded_ends[place])]).decode()

    def _shown_at(self, place: int) -> str:
        begin = int(self._shown_ends[place - 1]) if place else 0
        shown = bytes(self._shown[begin : int(self._shown_ends[place])]).decode()
        return shown or self._folded_at(place)


def train(counts: Counts) -> bytes:
    """The words of `counts` in the form that `Words` reads: a few megabytes at most.

    What fewer than FEWEST_IDEAS ideas say is left out.
    """
    words = list(_chosen(counts))
    hashes: list[int] = []
    places: list[int] = []
    for place, (word, _, _) in enumerate(words):
        pieces = {_hash(one) for one in _without(word, _SLIPS)}
        hashes += pieces
        places += [place] * len(pieces)
    order = np.argsort(np.array(hashes, np.uint32), kind="stable")
    folded = [one.encode() for one, _, _ in words]
    # Most words have no accent: they are shown as they are compared.
    shown = [b"" if form == one else form.encode() for one, form, _ in words]
    arrays = (
        np.array(hashes, np.uint32)[order],
        np.array(places, np.uint32)[order],
        np.array([ideas for _, _, ideas in words], np.uint32),
        np.cumsum([len(one) for one in folded], dtype=np.uint32),
        np.cumsum([len(one) for one in shown], dtype=np.uint32),
    )
    texts = b"".join(folded), b"".join(shown)
    head = _HEAD.pack(_MAGIC, len(words), len(hashes), *map(len, texts))
    return b"".join((head, *(one.astype("<u4").tobytes() for one in arrays), *texts))


def _chosen(counts: Counts) -> Iterator[tuple[str, str, int]]:
    """(folded, as it is shown, ideas) of each word that may be suggested."""
    for words in counts.words.values():
        known = [
            (ideas, folded, forms)
            for folded, (ideas, forms) in words.items()
            if ideas >= FEWEST_IDEAS and SHORTEST <= len(folded) <= LONGEST and folded.isalpha()
        ]
        known.sort(key=lambda one: (-one[0], one[1]))
        for ideas, folded, forms in known[:MOST_WORDS]:
            yield folded, min(forms, key=lambda form: (-forms[form], form), default=folded), ideas


def _without(word: str, slips: int) -> Iterator[str]:
    """The beginning of `word`, and what is left of it when up to `slips` letters go."""
    start = word[:_PREFIX]
    yield start
    for gone in range(1, min(slips, len(start) - 1) + 1):
        for left in combinations(start, len(start) - gone):
            yield "".join(left)


def _is_likely(typed: str, meant: str) -> bool:
    """Whether a letter was left out, or two beside each other exchanged."""
    return len(typed) < len(meant) or (len(typed) == len(meant) and sorted(typed) == sorted(meant))


def _hash(piece: str) -> int:
    return crc32(piece.encode())


def _numbers(part: memoryview) -> NDArray[np.uint32]:
    return np.frombuffer(part, "<u4")
