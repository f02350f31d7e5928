"""Ideas that are like another one, which may only just be being written.

The engine brings those with the most telling of its words. What puts these in order is
how much of all their words is the same (the cosine of tf-idf: Salton, Wong, Yang 1975),
and a little of how near they lie by what words mean on this portal.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray
from sqlalchemy import Row, func

from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas.listing import card_rows
from cocreate.ideas.models import DECIDED, Idea
from cocreate.ideas.queries import listed_among
from cocreate.kept import Kept
from cocreate.search import analysis, engines, frequencies, learning, meaning
from cocreate.search.asked import Asked, Only, Part
from cocreate.search.engines import Unusable
from cocreate.search.passages import mark, passage
from cocreate.votes.queries import voted

# More of them would only be skipped.
MOST = 5
# Ideas that are looked at, and the words by which they are found.
CANDIDATES = 50
WORDS = 10
# Signs of a title, and of each other text, that are compared: the first say what it is about.
LONGEST_TITLE = 200
LONGEST_TEXT = 2_000
# What the meaning of words counts beside the words themselves.
MEANING = 0.3
# What has been decided has to be this much nearer: its support is part of the record.
_DECIDED = 0.6
# Some common words among many others are no likeness: of 339 duplicates that were found among the
# first five by their title one lies below, by their text none.
_LEAST = 0.12
# Words that are shown as the reason.
_REASONS = 6

# How telling a word is that counts as any of some keys.
Rarity = Callable[..., float]


@dataclass(frozen=True)
class Like:
    """An idea that is like the one asked about, and why.

    `row` is as card_rows. `shared` are keys that both have, the most telling first; they
    are marked in `title`, and in `passage`, which is empty where the title has them all.
    `is_mine`: the viewer supports it already.
    """

    row: Row[Any]
    language: str
    title: Markup
    passage: Markup
    shared: tuple[str, ...]
    score: float
    is_mine: bool = False

    @property
    def is_open(self) -> bool:
        return self.row.stage not in DECIDED


@dataclass(frozen=True)
class _Said:
    """What a text says: how much each key counts (of length 1), and where it lies."""

    weights: Mapping[str, float]
    place: NDArray[np.float32] | None


# What an idea says does not change until it is edited. About 8 kB each.
_said: Kept[_Said] = Kept(2_000, seconds=3600)
# Newer ideas that are like an older one show on its page after so many seconds.
_likes: Kept[list[Like]] = Kept(2_000, seconds=600)


def similar(
    actor: Member | None, title: str, *texts: str, but: int | None = None, limit: int = MOST
) -> list[Like]:
    """Up to `limit` public ideas like one with this title and these texts; never the idea `but`.

    Those that `actor` can still support come first. Two statements, besides what the
    engine asks. Empty while there is no index.
    """
    try:
        return _similar(actor, title, *texts, but=but, limit=limit)
    except Unusable:
        return []


def _similar(
    actor: Member | None, title: str, *texts: str, but: int | None, limit: int = MOST
) -> list[Like]:
    words = _words(title, texts)
    if not words:
        return []
    rarity = _rarity(words)
    asked = Asked(_parts(words, rarity))
    found = engines.here().search(asked, every=False, only=Only(), limit=CANDIDATES + 1)
    rows = _rows([idea_id for idea_id, _ in found if idea_id != but][:CANDIDATES])
    likes = _compared(title, texts, rows, rarity)[:limit]
    return _seen_by(actor, [_shown(row, shared, score) for row, shared, score in likes])


def like_this(actor: Member | None, idea: Idea) -> list[Like]:
    """`similar` for an idea that is there, kept for a while for everyone.

    Only what may still be shown, and reads as it did, is given of what was kept.
    """
    key = (idea.id, _print(idea))
    kept = _likes.get(key)
    if kept is None:
        try:
            found = _similar(None, idea.title, idea.need, idea.proposal, but=idea.id)
        except Unusable:
            # There may be an index in a moment, so this is not kept.
            return []
        return _seen_by(actor, _likes.keep(key, found))
    rows = {row.id: row for row in _rows([like.row.id for like in kept])}
    left = [like for like in kept if like.row.id in rows]
    fresh = [replace(like, row=rows[like.row.id]) for like in left]
    same = [new for new, old in zip(fresh, left, strict=True) if _print(new.row) == _print(old.row)]
    return _seen_by(actor, same)


def _seen_by(actor: Member | None, likes: Sequence[Like]) -> list[Like]:
    """The likes as `actor` gets them: first those that they can still support."""
    mine = voted(actor, [like.row.id for like in likes])
    made = [replace(like, is_mine=like.row.id in mine) for like in likes]
    return sorted(made, key=lambda like: (not like.is_open or like.is_mine, -like.score))


def _print(idea: Any) -> int:
    """What differs when an idea says something else."""
    texts = (idea.need[:LONGEST_TEXT], idea.proposal[:LONGEST_TEXT])
    return hash((idea.title, idea.language, *texts))


def _words(title: str, texts: Sequence[str]) -> Counter[tuple[str, ...]]:
    """The words that say something, as what each counts as in every language; how often."""
    words: Counter[tuple[str, ...]] = Counter()
    for text, times in _weighed(title, texts):
        for chain in analysis.chains(text):
            for match in chain:
                keys = analysis.keys(analysis.surface(match))
                if keys and meaning.common().isdisjoint(keys):
                    words[keys] += times
    return words


def _weighed(title: str, texts: Sequence[str]) -> Iterable[tuple[str, int]]:
    yield title[:LONGEST_TITLE], meaning.TITLE
    for text in texts:
        yield text[:LONGEST_TEXT], 1


def _rarity(words: Iterable[tuple[str, ...]]) -> Rarity:
    """As it was learned; before that, as the index says about these words."""
    known = frequencies.known()
    if known:
        return known.rarity
    engine = engines.here()
    ideas = engine.count()
    having = engine.frequencies([key for keys in words for key in keys][:200])
    return lambda *keys: frequencies.rarity(sum(having.get(key, 0) for key in keys), ideas)


def _parts(words: Mapping[tuple[str, ...], int], rarity: Rarity) -> tuple[Part, ...]:
    """The WORDS by which the like are best found."""
    best = sorted(words, key=lambda keys: (-words[keys] * rarity(*keys), keys))[:WORDS]
    return tuple(Part(keys[0], tuple((key,) for key in keys)) for keys in best)


def _rows(ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Those of the ideas that may be shown: card_rows with how their texts begin."""
    if not ids:
        return ()
    texts = (
        func.substr(Idea.need, 1, LONGEST_TEXT).label("need"),
        func.substr(Idea.proposal, 1, LONGEST_TEXT).label("proposal"),
    )
    chosen = card_rows().add_columns(Idea.language, *texts)
    return db.session.execute(chosen.where(listed_among(ids))).all()


def _compared(
    title: str, texts: Sequence[str], rows: Iterable[Row[Any]], rarity: Rarity
) -> list[tuple[Row[Any], tuple[str, ...], float]]:
    """Of `rows`, those that are like the text, the nearest first: row, shared keys, score."""
    asked: dict[str, _Said] = {}
    # What was learned together may be read one after the other.
    models = [learning.learned(kind) for kind in (frequencies.KIND, meaning.KIND)]
    versions = tuple(one.version if one else "" for one in models)
    meant = models[1].opened(meaning.read) if models[1] else None
    found = []
    for row in rows:
        # Each is compared in its own language, whatever the other is said to be in.
        if row.language not in asked:
            asked[row.language] = _say(title, texts, row.language, rarity, meant)
        one = asked[row.language]
        key = (row.id, _print(row), versions) if models[0] else None
        other = _said.get(key) if key else None
        if other is None:
            other = _say(row.title, (row.need, row.proposal), row.language, rarity, meant)
            if key:
                _said.keep(key, other)
        same = {
            key: weight * other.weights[key]
            for key, weight in one.weights.items()
            if key in other.weights
        }
        score = sum(same.values())
        if score < _LEAST:
            continue
        if one.place is not None and other.place is not None:
            score += MEANING * float(one.place @ other.place)
        shared = sorted(same, key=lambda key: (-same[key], key))[:_REASONS]
        found.append((row, tuple(shared), score))
    weight = {row.id: _DECIDED if row.stage in DECIDED else 1.0 for row, _, _ in found}
    return sorted(found, key=lambda one: (-one[2] * weight[one[0].id], -one[0].id))


def _say(
    title: str,
    texts: Sequence[str],
    language: str,
    rarity: Rarity,
    meant: meaning.Meaning | None,
) -> _Said:
    times: Counter[str] = Counter()
    for text, many in _weighed(title, texts):
        for key in analysis.terms(text, language):
            times[key] += many
    for key in meaning.common().intersection(times):
        del times[key]
    weights = {key: meaning.damped(many) * rarity(key) for key, many in times.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    weights = {key: weight / length for key, weight in weights.items()}
    return _Said(weights, meant.of(weights) if meant else None)


def _shown(row: Row[Any], shared: tuple[str, ...], score: float) -> Like:
    keys = {key: number for number, key in enumerate(shared)}
    in_title = keys.keys() & set(analysis.terms(row.title, row.language))
    return Like(
        row,
        row.language,
        mark(row.title, keys, row.language),
        Markup("")
        if len(in_title) == len(keys)
        else passage([row.need, row.proposal], keys, row.language),
        shared,
        score,
    )
