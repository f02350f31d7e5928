"""Made-up ideas for searching: 128 words each, the common ones common, the same every time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.portal import AREAS, MEMBERS, TAGS, insert_all, member
from cocreate import text
from cocreate.accounts.models import Member
from cocreate.ideas.models import Area, Idea, IdeaTag, Stage, Tag, Visibility
from cocreate.search import analysis
from cocreate.search.schema import WEIGHTS, Document, Places

TITLE, NEED, PROPOSAL = 8, 50, 70
LEMMAS = 30_000
# What is asked for is not among the most common words, which questions leave out.
COMMON = 30
STAGES = list(Stage)

_SYLLABLES = {
    "cs": "ko va ra ní ště lo pře dě ky mo ru sta vo žá če ty ná hra by li ně zá do ří sku ovo",
    "en": "con ver ta ble pro mis ter ing ash or re der un light har mo ny ple sto wa ther ick",
}
_ENDINGS = {"cs": ["", "a", "u", "ou", "em", "ách", "ům", "ého"], "en": ["", "s", "ed", "ing"]}


@cache
def lemmas(language: str) -> Sequence[str]:
    """LEMMAS different words of a language, the most common first."""
    chance = random.Random(f"lemmas {language}")
    found: dict[str, None] = {}
    while len(found) < LEMMAS:
        found["".join(chance.choices(_SYLLABLES[language].split(), k=chance.randint(2, 4)))] = None
    return list(found)


@cache
def _chances() -> NDArray[np.float64]:
    """The share of all words that the first one, two, three... lemmas have."""
    shares = np.cumsum(1 / np.arange(5, LEMMAS + 5))
    return shares / shares[-1]


@dataclass(frozen=True)
class Made:
    """One made-up idea."""

    id: int
    language: str
    words: tuple[str, ...]
    area_id: int
    author_id: int
    stage: Stage
    tags: tuple[int, ...]

    @property
    def title(self) -> str:
        return " ".join(self.words[:TITLE]).capitalize()[:140]

    @property
    def need(self) -> str:
        return " ".join(self.words[TITLE : TITLE + NEED])

    @property
    def proposal(self) -> str:
        return " ".join(self.words[TITLE + NEED :])

    def published(self, ideas: int) -> datetime:
        """One every five minutes, the last of so many `ideas` today."""
        return datetime(2026, 7, 1, tzinfo=UTC) - timedelta(minutes=5 * (ideas - self.id))

    def document(self, ideas: int) -> Document:
        """The same as a document, for an engine without the ideas' rows."""
        return Document(
            self.id,
            self.title,
            self.need,
            self.proposal,
            self.language,
            self.stage.value,
            self.area_id,
            tuple((tag, f"tag{tag}") for tag in self.tags),
            author_id=self.author_id,
            published=self.published(ideas).date(),
        )


def made(number: int) -> Made:
    """The idea of this number, whichever were made before."""
    chance = np.random.default_rng(number)
    language = "cs" if number % 2 else "en"
    words, endings = lemmas(language), _ENDINGS[language]
    size = TITLE + NEED + PROPOSAL
    said = np.searchsorted(_chances(), chance.random(size)).tolist()
    ends = chance.integers(len(endings), size=size).tolist()
    area, author, stage, tag, other = chance.integers([AREAS, MEMBERS, 16, TAGS, TAGS - 1]).tolist()
    return Made(
        number,
        language,
        tuple(words[one] + endings[end] for one, end in zip(said, ends, strict=True)),
        area + 1,
        author + 1,
        # Half of them are new.
        STAGES[stage] if stage < len(STAGES) else STAGES[0],
        tuple(sorted((tag + 1, (tag + 1 + other) % TAGS + 1))),
    )


@cache
def _key(word: str, language: str) -> str:
    return analysis.key(word, language)


def places(idea: Made) -> Places:
    """The same as the document's places, in a tenth of the time: each word is looked up once."""
    keys: dict[str, list[int]] = {}
    weights: dict[str, float] = {}
    fields: list[tuple[int, str]] = []
    place = -1
    said = iter(idea.words)
    names = [("title", TITLE), ("need", NEED), ("proposal", PROPOSAL)]
    texts = [(name, [next(said) for _ in range(size)], idea.language) for name, size in names]
    tags = [("tags", [f"tag{tag}"], idea.language) for tag in idea.tags]
    for name, words, language in texts + tags:
        place += 2
        if not fields or fields[-1][1] != name:
            fields.append((place, name))
        for place, word in enumerate(words, place):  # noqa: B020
            key = _key(word, language)
            keys.setdefault(key, []).append(place)
            weights[key] = weights.get(key, 0.0) + WEIGHTS[name]
    return Places(keys, fields, [], weights)


def is_common(word: str, language: str) -> bool:
    """Whether a word of an idea is a form of one of the COMMON most common."""
    return any(word.removesuffix(ending) in _most_common(language) for ending in _ENDINGS[language])


@cache
def _most_common(language: str) -> frozenset[str]:
    return frozenset(lemmas(language)[:COMMON])


def fill(ideas: int) -> None:
    """The ideas' rows, with the members, areas and tags they name; within an app's context."""
    insert_all(Member, (member(number) for number in range(1, MEMBERS + 1)))
    areas = (
        {"id": n, "key": f"area{n}", "names": {"en": f"Area {n}"}, "departments": {}}
        for n in range(1, AREAS + 1)
    )
    insert_all(Area, areas)
    insert_all(Tag, ({"id": n, "name": f"tag{n}"} for n in range(1, TAGS + 1)))
    insert_all(Idea, (_row(made(number), ideas) for number in range(1, ideas + 1)))
    carried = (
        {"idea_id": number, "tag_id": tag}
        for number in range(1, ideas + 1)
        for tag in made(number).tags
    )
    insert_all(IdeaTag, carried)


def _row(idea: Made, ideas: int) -> dict[str, Any]:
    moment = idea.published(ideas)
    return {
        "id": idea.id,
        "author_id": idea.author_id,
        "area_id": idea.area_id,
        "language": idea.language,
        "title": idea.title,
        "need": idea.need,
        "proposal": idea.proposal,
        "excerpt": text.excerpt(idea.need, 220),
        "visibility": Visibility.PUBLIC,
        "stage": idea.stage,
        "version": 1,
        "wording": 1,
        "vote_count": idea.id % 40,
        "comment_count": 0,
        "views": idea.id % 400,
        "fair_score": 0.0,
        "created_at": moment,
        "published_at": moment,
        "talked_at": moment,
        "stage_at": moment,
    }
