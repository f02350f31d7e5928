"""Learning from the public ideas, a piece at a time, and only ever from what is public.

What comes of it is replaced as a whole, so that a word which is hidden, edited away
or erased is gone with the next learning.
"""

import logging
import unicodedata
from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Engine, delete, func, select

from cocreate import clock
from cocreate.dialects import insertion, mostly
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import listed
from cocreate.search import (
    analysis,
    directions,
    documents,
    frequencies,
    learning,
    meaning,
    spelling,
)
from cocreate.search.documents import reading
from cocreate.search.learning import Counts
from cocreate.search.models import SearchModel
from cocreate.search.schema import Document

log = logging.getLogger("cocreate.search")

# Bodies by kind.
Models = dict[str, bytes]

# What is learned: each is made of the counts, or is None where these do not suffice.
LESSONS: dict[str, Callable[[Counts], bytes | None]] = {
    "words": spelling.train,
    frequencies.KIND: frequencies.train,
    meaning.KIND: directions.train,
}

# Ideas that are read at once.
PIECE = 50
# Of a portal with more ideas every second, third... is read: they say the same.
MOST_IDEAS = 200_000
# Ideas whose words are kept side by side until the end.
SAMPLE = 20_000
# Signs of one idea that are looked at; of what was said about it, the oldest first.
LONGEST = 50_000
# Different keys and words that are counted; when there are more, the rarest go.
MOST_KEYS = 400_000
MOST_WORDS = 200_000
# A word that one idea alone says may be somebody's name; it is never shown to others.
FEWEST = 2
# The hour (UTC) from which it is night, and people do something else.
NIGHT = 2


@dataclass(slots=True)
class _Word:
    """In how many ideas a word stands, and how it is written there."""

    ideas: int = 0
    forms: Counter[str] = field(default_factory=Counter)

    def shown(self, folded: str) -> Counter[str]:
        """The forms that can be shown; where each stands alone, the word without accents."""
        shown = Counter({form: many for form, many in self.forms.items() if many >= FEWEST})
        return shown or Counter({folded: self.ideas})


@dataclass
class Walk:
    """How far this process got in one learning."""

    begun_at: datetime
    step: int
    after: int = 0
    counts: Counts = field(default_factory=Counts)
    words: dict[str, dict[str, _Word]] = field(default_factory=dict)
    chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    _making: Future[Models] | None = None

    def take(self, document: Document) -> None:
        """Count what one idea says."""
        keys: set[str] = set()
        forms: set[str] = set()
        said: Counter[str] = Counter()
        left = LONGEST
        for words, weight in _texts(document):
            if left <= 0:
                break
            words = words[:left]
            left -= len(words)
            for token in analysis.tokens(words, document.language):
                keys.add(token.term)
                said[token.term] += weight
                forms.add(words[token.start : token.end])
        self.counts.ideas += 1
        self.counts.keys.update(keys)
        self._keep_sample(said)
        self._keep_words(document.language, forms)
        self._forget_rare()

    def _keep_words(self, language: str, forms: Iterable[str]) -> None:
        its = self.words.setdefault(language, {})
        by_word: dict[str, set[str]] = {}
        for form in forms:
            form = unicodedata.normalize("NFC", form).lower()
            by_word.setdefault(analysis.fold(form), set()).add(form)
        for word, its_forms in by_word.items():
            known = its.setdefault(word, _Word())
            known.ideas += 1
            known.forms.update(its_forms)

    def _keep_sample(self, said: Counter[str]) -> None:
        """Every idea has the same chance to be kept, however many there are."""
        some = {key: count for key, count in said.items() if count and key not in meaning.common()}
        one = (array("q", map(hash, some)), array("H", (min(n, 999) for n in some.values())))
        sample = self.counts.sample
        if len(sample) < SAMPLE:
            sample.append(one)
        elif (place := int(self.chance.integers(self.counts.ideas))) < SAMPLE:
            sample[place] = one

    def _forget_rare(self) -> None:
        floor = 1
        while len(self.counts.keys) > MOST_KEYS:
            self.counts.keys = Counter(
                {key: count for key, count in self.counts.keys.items() if count > floor}
            )
            floor += 1
        floor = 1
        while sum(map(len, self.words.values())) > MOST_WORDS:
            for language, words in self.words.items():
                self.words[language] = {
                    word: known for word, known in words.items() if known.ideas > floor
                }
            floor += 1

    def is_made(self) -> bool:
        """Whether the models are made; that takes a while, in which others want something.

        The first question sets a thread to it.
        """
        if self._making is None:
            pool = ThreadPoolExecutor(1, "learning")
            self._making = pool.submit(self._make)
            pool.shutdown(wait=False)
        return self._making.done()

    def made(self) -> Models:
        """The models, by kind; waits for them where they are not made yet."""
        self.is_made()
        assert self._making is not None
        return self._making.result()

    def _make(self) -> Models:
        counts = self.learned()
        made = ((kind, lesson(counts)) for kind, lesson in LESSONS.items())
        return {kind: body for kind, body in made if body is not None}

    def learned(self) -> Counts:
        """What was counted, without what too few ideas say."""
        self.counts.words = {
            language: {
                word: (known.ideas, known.shown(word))
                for word, known in words.items()
                if known.ideas >= FEWEST
            }
            for language, words in self.words.items()
        }
        return self.counts


_walks: WeakKeyDictionary[Engine, Walk] = WeakKeyDictionary()


def learn() -> bool:
    """Learn from the next piece of the public ideas, if it is time to; whether there is more.

    It is time once a night, and whenever there are a tenth more ideas than the last time.
    The models are stored at the end, all of them, in the transaction of the caller.
    """
    walk = _walks.get(db.engine)
    try:
        with reading():
            if walk is None:
                if not _is_due():
                    return False
                walk = _walks[db.engine] = begun()
            if walk_on(walk) or not walk.is_made():
                return True
            # Another worker may have been quicker; what it learned is as good.
            models = walk.made() if _is_due() else {}
    except BaseException:
        _walks.pop(db.engine, None)
        raise
    del _walks[db.engine]
    if models:
        _store(walk, models)
    return False


def learn_now() -> None:
    """Learn from all public ideas, whenever the last time was. The caller commits."""
    with reading():
        walk = begun()
        while walk_on(walk):
            pass
        models = walk.made()
    _store(walk, models)


def _is_due() -> bool:
    row = db.session.execute(
        select(SearchModel.version, SearchModel.made_at).where(SearchModel.kind == frequencies.KIND)
    ).first()
    known = learning.ideas_of(row.version) if row else 0
    if row is None or not known:
        return True
    now = clock.now()
    night = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    if row.made_at < (night if night <= now else night - timedelta(days=1)):
        return True
    return _public() > known * _step() * 1.1


def forget() -> None:
    """Leave what this process was learning."""
    _walks.pop(db.engine, None)


def begun() -> Walk:
    """A learning that has read nothing yet."""
    return Walk(clock.now(), _step())


def walk_on(walk: Walk) -> bool:
    """Read the next piece; whether there may be more."""
    most = PIECE * walk.step
    ids = db.session.scalars(
        select(Idea.id).where(Idea.id > walk.after, mostly(listed())).order_by(Idea.id).limit(most)
    ).all()
    for document in documents.load(ids[:: walk.step]).values():
        walk.take(document)
    walk.after = ids[-1] if ids else walk.after
    return len(ids) == most


def _step() -> int:
    """Each how many-eth idea is read."""
    return 1 + _public() // MOST_IDEAS


def _public() -> int:
    return db.session.scalar(select(func.count()).select_from(Idea).where(listed())) or 0


def _store(walk: Walk, models: Models) -> None:
    """Put all models in place of the older ones; of a kind that was not made none is left."""
    gone = LESSONS.keys() - models.keys()
    db.session.execute(delete(SearchModel).where(SearchModel.kind.in_(gone)))
    version = learning.version(walk.counts.ideas)
    for kind, body in sorted(models.items()):
        values = {
            "kind": kind,
            "version": version,
            "made_at": walk.begun_at,
            "body": body,
        }
        stored = insertion(SearchModel).values(values)
        db.session.execute(stored.on_conflict_do_update(index_elements=["kind"], set_=values))
    log.info("learned from the ideas", extra={"ideas": walk.counts.ideas})
    learning.forget()


def _texts(document: Document) -> Iterable[tuple[str, int]]:
    """What is said in an idea and about it, each with how much it says of what it means."""
    yield document.title, meaning.TITLE
    yield document.need, 1
    yield document.proposal, 1
    for _, name in document.tags:
        yield name, 0
    for _, body in document.comments:
        yield body, 0
