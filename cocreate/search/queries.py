"""Finding ideas. The engine suggests, the database decides: only public ideas are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, not_, select

from cocreate import text
from cocreate.accounts.models import Member
from cocreate.dialects import among
from cocreate.extensions import db
from cocreate.ideas.filters import Filters, Sort
from cocreate.ideas.listing import card_rows, ordered
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import listed, listed_among
from cocreate.paging import PAGE_SIZE, Page
from cocreate.search import analysis, engines, questions, ranking, shown, synonyms
from cocreate.search.asked import Asked, Part
from cocreate.search.engines import Unusable
from cocreate.search.hits import Hit, hits
from cocreate.search.narrowing import Narrow, by_filters, by_words, published
from cocreate.search.questions import Question

# Longer questions are cut; nobody types that much.
LONGEST = 200
# Nobody reads further: so many of the best are put in order, and no more.
CANDIDATES = shown.MOST
# Ideas that are counted, and put in another order than by their words.
MOST = 10_000


class How(StrEnum):
    """How the ideas were found."""

    # Each has every word of the question.
    EVERY = "every"
    # No idea has them all; each has at least one.
    SOME = "some"
    # The index is being made: words of titles, by the database.
    TITLES = "titles"


@dataclass(frozen=True)
class Sought:
    """What somebody looks for: words, what these narrow the ideas to, and what filters do."""

    question: Question
    filters: Filters = Filters()  # noqa: RUF009 - it is frozen
    said: Narrow = Narrow()  # noqa: RUF009 - it is frozen
    chosen: Narrow = Narrow()  # noqa: RUF009 - it is frozen

    @property
    def asked(self) -> Asked:
        return self.question.asked

    @property
    def narrow(self) -> Narrow:
        """By the words and by the filters."""
        return self.said & self.chosen

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was asked for yet."""
        return not self.asked and not self.asked.without and not self.narrow


@dataclass(frozen=True)
class Found:
    """One page of answers to a question. `is_cut`: there are more, but nobody reads so far."""

    page: Page[Hit] = field(default_factory=lambda: Page([]))
    how: How = How.EVERY
    is_cut: bool = False

    @property
    def has_all(self) -> bool:
        """Whether there are ideas with every word."""
        return self.how != How.SOME and bool(self.page.rows)


def read_question(value: str) -> str:
    """What was typed, on one line and no longer than LONGEST."""
    return text.one_line(value[: LONGEST * 4])[:LONGEST]


def read(
    question: str,
    filters: Filters = Filters(),  # noqa: B008 - it is frozen
    actor: Member | None = None,
) -> Sought:
    """What a question and the filters of `actor` look for; a few statements at most.

    The staff's synonyms of its words are looked for too.
    """
    asked = questions.read(question, synonyms.of)
    return Sought(asked, filters, by_words(asked), by_filters(filters, actor))


def find(
    actor: Member | None, sought: Sought, after: str | None = None, size: int = PAGE_SIZE
) -> Found:
    """The public ideas that are looked for; none where nothing was asked for.

    Best first, unless the filters say another order; without words the newest first.
    `after` is where a page before this one ended, from its `page.next`.
    """
    if sought.is_nothing or sought.narrow.is_empty:
        return Found()
    word, _, place = (after or "").partition("-")
    ways = [How(word)] if word in set(How) else [How.EVERY]
    if ways == [How.EVERY] and len(sought.asked.parts) > 1 and not place:
        ways.append(How.SOME)
    try:
        tried = []
        for how in ways:
            tried.append(_found(actor, sought, how, place, size))
            if tried[-1].page.rows:
                return tried[-1]
        return tried[0]
    except Unusable:
        return _found(actor, sought, How.TITLES, place if word == How.TITLES else "", size)


def newest(sought: Sought, size: int) -> Sequence[Row[Any]]:
    """The newest public ideas with every word of the question, as card_rows.

    Who waits for news of a question wants what came last, not what fits best: a poor
    match of today would never get past the good ones of last year.
    """
    if sought.is_nothing or sought.narrow.is_empty:
        return []
    try:
        ids = matching(sought, CANDIDATES)
    except Unusable:
        ids = in_titles(sought, CANDIDATES)
    chosen = card_rows().where(listed_among(ids, *sought.narrow.conditions))
    return db.session.execute(chosen.order_by(published().desc(), Idea.id.desc()).limit(size)).all()


def matching(sought: Sought, most: int, narrow: Narrow | None = None) -> list[int]:
    """The ids of the ideas with every word, the newest first; at most `most`.

    Within `narrow`, if it is given, instead of all that was asked for. The database has
    yet to say which of them may be shown. Raises Unusable.
    """
    only = (sought.narrow if narrow is None else narrow).only
    return engines.here().matching(sought.asked, only=only, most=most)


def in_titles(sought: Sought, most: int, narrow: Narrow | None = None) -> list[int]:
    """As `matching`, by the words of titles: all that can be done while there is no index."""
    narrow = sought.narrow if narrow is None else narrow
    conditions = [_has(part) for part in sought.asked.parts]
    conditions += [not_(_has(part)) for part in sought.asked.without]
    chosen = select(Idea.id).where(listed(), *conditions, *narrow.conditions)
    return list(db.session.scalars(chosen.order_by(Idea.id.desc()).limit(most)))


def beginning(question: str, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` public ideas for words of which the last is still being typed, best first.

    Rows as card_rows. None while there is no index.
    """
    chains = list(analysis.chains(question))
    if not chains:
        return []
    word = chains[-1][-1]
    last = analysis.surface(word)
    asked = questions.read(question[: word.start()]).asked
    starts = {analysis.fold(last), *analysis.keys(last)} - {""}
    try:
        ids = engines.here().beginning(asked, sorted(starts), limit * 2)
    except Unusable:
        return []
    rows = _rows(ids)
    return [rows[idea_id] for idea_id in ids if idea_id in rows][:limit]


def _found(actor: Member | None, sought: Sought, how: How, place: str, size: int) -> Found:
    sort = sought.filters.sort
    if sort == Sort.FAIR and (how == How.TITLES or not sought.asked):
        sort = Sort.NEW
    if sort == Sort.FAIR:
        return _by_words(actor, sought, how, shown.unpack(place), size)
    return _by_order(actor, sought, how, sort, place, size)


def _by_words(actor: Member | None, sought: Sought, how: How, seen: set[int], size: int) -> Found:
    candidates = _candidates(sought, how)
    rest = [one for one in candidates if one[0] not in seen]
    ranked = ranking.order(rest, sought.narrow.conditions)
    rows = _rows([idea_id for idea_id, _ in ranked[:size]])
    page = [rows[idea_id] for idea_id, _ in ranked[:size] if idea_id in rows]
    more = len(ranked) > size
    after = _after(how, shown.pack(seen | rows.keys())) if more else None
    is_cut = not more and len(candidates) == CANDIDATES
    return Found(Page(hits(actor, page, sought.asked), after), how, is_cut)


def _by_order(
    actor: Member | None, sought: Sought, how: How, sort: Sort, place: str, size: int
) -> Found:
    ids = _all(sought, how)
    conditions = sought.narrow.conditions
    # Many are met soon enough while all are walked through in their order.
    if len(ids) > CANDIDATES:
        met = and_(among(Idea.id, ids), listed(), *conditions)
    else:
        met = listed_among(ids, *conditions)
    chosen = card_rows().where(met)
    if sort == Sort.NEW:
        # The day an idea became public stays as it is: a place in this order will do.
        page = ordered(chosen, sort, place, actor=actor, size=size)
        after, is_cut = page.next, page.next is None and len(ids) >= MOST
    else:
        seen = shown.unpack(place)
        unseen = chosen.where(not_(among(Idea.id, seen)))
        page = ordered(unseen, sort, None, actor=actor, size=size)
        seen |= {row.id for row in page.rows}
        is_cut = page.next is not None and len(seen) >= shown.MOST
        after = shown.pack(seen) if page.next and not is_cut else None
    found = hits(actor, page.rows, sought.asked)
    return Found(Page(found, _after(how, after) if after else None), how, is_cut)


def _all(sought: Sought, how: How) -> list[int]:
    if how == How.TITLES:
        return in_titles(sought, MOST)
    if how == How.EVERY:
        return matching(sought, MOST)
    return [idea_id for idea_id, _ in _candidates(sought, how)]


def _candidates(sought: Sought, how: How) -> list[tuple[int, float]]:
    return engines.here().search(
        sought.asked, every=how == How.EVERY, only=sought.narrow.only, limit=CANDIDATES
    )


def _after(how: How, place: str) -> str:
    return f"{how.value}-{place}"


def _has(part: Part) -> ColumnElement[bool]:
    return Idea.title.icontains(part.typed, autoescape=True)


def _rows(ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Those of `ids` that may be shown, by id."""
    if not ids:
        return {}
    chosen: Select[Any] = card_rows().where(listed_among(ids))
    return {row.id: row for row in db.session.execute(chosen)}
