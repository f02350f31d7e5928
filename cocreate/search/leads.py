"""Where to go from a search that found nothing, or only ideas with some of the words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import func, select

from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas.filters import Filters
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import listed_among
from cocreate.search import counted, engines, queries, questions, spelling, synonyms
from cocreate.search.asked import Part
from cocreate.search.engines import Unusable
from cocreate.search.queries import Sought
from cocreate.search.spelling import Mended

# Searches with less in them that are counted for one page.
MOST_COUNTED = 4


@dataclass(frozen=True)
class Lead:
    """A search like the one that was made, and how many ideas it finds: `number`, or more."""

    question: str
    filters: Filters
    number: int

    @property
    def address(self) -> str:
        return self.filters.address("/search", q=self.question)

    @property
    def is_more(self) -> bool:
        return self.number >= queries.MOST


@dataclass(frozen=True)
class Leads:
    """What may help: the words without their slips and where these are looked for, the same
    with less in it, and what others look for."""

    mended: Mended | None = None
    mended_filters: Filters = Filters()  # noqa: RUF009 - it is frozen
    less: Sequence[Lead] = ()
    popular: Sequence[str] = ()


def leads(actor: Member | None, question: str, sought: Sought, *, is_empty: bool) -> Leads:
    """Ways on from a question; what others look for only where nothing was found at all."""
    popular = counted.popular() if is_empty else ()
    try:
        mended = spelling.mend(question)
        fitting = _fitting(actor, mended, sought.filters) if mended else Filters()
        return Leads(mended, fitting, list(_counted(actor, sought)), popular)
    except Unusable:
        return Leads(popular=popular)


def _fitting(actor: Member | None, mended: Mended, filters: Filters) -> Filters:
    """The filters, if the mended question finds anything with them; else none."""
    if not filters.is_narrow or _number(actor, mended.question, filters):
        return filters
    return Filters(filters.sort)


def _counted(actor: Member | None, sought: Sought) -> Iterator[Lead]:
    """Searches with less in them that find something, the closest first."""
    seen = {(str(sought.question), sought.filters)}
    for question, filters in _shorter(sought):
        if len(seen) > MOST_COUNTED:
            return
        if (question or filters.is_narrow) and (question, filters) not in seen:
            seen.add((question, filters))
            if number := _number(actor, question, filters):
                yield Lead(question, filters, number)


def _shorter(sought: Sought) -> Iterator[tuple[str, Filters]]:
    """The question with less in it, and the filters with it."""
    question, filters = sought.question, sought.filters
    parts = question.asked.parts
    met = engines.here().frequencies([key for part in parts for key in part.keys])
    unknown = [part for part in parts if not _known(part, met)]
    if unknown:
        # With any of these in it nothing is found, so all of them go.
        for part in unknown:
            question = questions.read(question.without(part), synonyms.of)
        if not str(question):
            return
        yield str(question), filters
    # Without all of them is what is left to try, whatever else has to be left out.
    for fewer in [*islice(filters.one_less.values(), MOST_COUNTED - 1), Filters(filters.sort)]:
        yield str(question), fewer
    for name in ("tag", "author", "stage", "area"):
        if getattr(question, name):
            yield question.without(name), filters
    for part in question.asked.without:
        yield question.without(part), filters
    if not unknown and len(parts) > 1:
        for part in sorted(parts, key=lambda part: _known(part, met)):
            yield question.without(part), filters


def _known(part: Part, met: dict[str, int]) -> int:
    """In how many ideas a part may stand at most."""
    return max(min(met.get(key, 0) for key in one) for one in part.any_of)


def _number(actor: Member | None, question: str, filters: Filters) -> int:
    """How many public ideas have every word; queries.MOST stands for that many or more."""
    sought = queries.read(question, filters, actor)
    if sought.is_nothing or sought.narrow.is_empty:
        return 0
    ids = queries.matching(sought, queries.MOST)
    public = listed_among(ids, *sought.narrow.conditions)
    return db.session.scalar(select(func.count()).select_from(Idea).where(public)) or 0
