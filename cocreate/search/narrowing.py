"""What a question and its filters narrow the ideas to, said twice.

The engine narrows its candidates, so that a page is full; the database narrows
once more, because the engine may not have heard yet of a new stage.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

from sqlalchemy import ColumnElement, func, select

from cocreate.accounts import queries as accounts
from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES, force_locale
from cocreate.ideas import queries as ideas
from cocreate.ideas.filters import Filters
from cocreate.ideas.models import Area, Idea, IdeaTag, Stage, Tag, tag_name
from cocreate.labels import label
from cocreate.search.asked import Only
from cocreate.search.folding import fold

# The beginning of a stage's or an area's name is enough from so many letters on.
_SHORTEST = 3
# Tags that may be meant by one typed without its accents.
MOST_ALIKE = 1000
# Letters that may have lost an accent while being typed.
_BARE = "acdeilnorstuyz"


class Typed(Protocol):
    """What was typed behind "tag:" and the like; "" if nothing was."""

    @property
    def tag(self) -> str: ...

    @property
    def author(self) -> str: ...

    @property
    def stage(self) -> str: ...

    @property
    def area(self) -> str: ...


@dataclass(frozen=True)
class Narrow:
    """Conditions in the engine's words and in the database's. `unknown` was left out.

    `is_empty`: no idea can pass.
    """

    terms: tuple[str, ...] = ()
    since: date | None = None
    conditions: tuple[ColumnElement[bool], ...] = ()
    is_empty: bool = False
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms or self.since or self.is_empty)

    def __and__(self, other: "Narrow") -> "Narrow":
        days = [one for one in (self.since, other.since) if one]
        return Narrow(
            self.terms + other.terms,
            max(days, default=None),
            self.conditions + other.conditions,
            self.is_empty or other.is_empty,
            self.unknown + other.unknown,
        )

    @property
    def only(self) -> Only:
        """The same for an engine."""
        return Only(tuple(dict.fromkeys(self.terms)), self.since)


def published() -> ColumnElement[datetime]:
    """Since when an idea can be read: what came in before days were kept counts from its making."""
    return func.coalesce(Idea.published_at, Idea.created_at)


def by_filters(filters: Filters, actor: Member | None) -> Narrow:
    """What the filters of an address ask for; `is_mine` only of somebody."""
    found = Narrow()
    if filters.area:
        found &= _by_area(filters.area)
    if filters.stage:
        found &= _by_stage(filters.stage)
    if filters.language:
        found &= Narrow((f"language:{filters.language}",)) & _where(
            Idea.language == filters.language
        )
    if filters.tag:
        exactly = select(Tag.id).where(Tag.name == filters.tag)
        found &= _by_tag(db.session.scalar(exactly))
    if filters.answered:
        found &= Narrow(("answered:1",)) & _where(Idea.answered_at.is_not(None))
    if filters.since:
        first = datetime.combine(filters.since.day, time.min, UTC)
        found &= Narrow(since=filters.since.day) & _where(published() >= first)
    if filters.is_mine and actor is not None:
        found &= _by_author(actor)
    return found


def by_words(typed: Typed) -> Narrow:
    """What "tag:", "author:", "stage:" and "area:" within a question ask for.

    A stage, an area or an author that is not known is left out, as in an address;
    a tag that nobody uses leaves nothing.
    """
    found = Narrow()
    if typed.stage:
        stage = _named(typed.stage, {_stage_names(one): one for one in Stage})
        found &= _by_stage(stage) if stage else Narrow(unknown=(typed.stage,))
    if typed.area:
        names = {(one.key, *one.names.values()): one for one in ideas.areas()}
        area = _named(typed.area, names)
        found &= _by_area(area) if area else Narrow(unknown=(typed.area,))
    if typed.author:
        author = accounts.by_name(typed.author)
        found &= _by_author(author) if author else Narrow(unknown=(typed.author,))
    if typed.tag:
        found &= _by_tag(_alike(typed.tag))
    return found


def _where(condition: ColumnElement[bool]) -> Narrow:
    return Narrow(conditions=(condition,))


def _by_area(area: Area) -> Narrow:
    return Narrow((f"area:{area.id}",)) & _where(Idea.area_id == area.id)


def _by_stage(stage: Stage) -> Narrow:
    return Narrow((f"stage:{stage.value}",)) & _where(Idea.stage == stage)


def _by_author(author: Member) -> Narrow:
    return Narrow((f"author:{author.id}",)) & _where(Idea.author_id == author.id)


def _by_tag(tag_id: int | None) -> Narrow:
    if tag_id is None:
        return Narrow(is_empty=True)
    carried = select(IdeaTag.tag_id).where(IdeaTag.idea_id == Idea.id, IdeaTag.tag_id == tag_id)
    # Also where the tags of the ideas stand in the question around it.
    return Narrow((f"tag:{tag_id}",)) & _where(carried.correlate(Idea).exists())


def _stage_names(stage: Stage) -> tuple[str, ...]:
    names = [stage.value]
    for language in LANGUAGES:
        with force_locale(language):
            names.append(str(label(stage)))
    return tuple(names)


def _named(typed: str, things: dict[tuple[str, ...], Any]) -> Any:
    """What is called so in any language, with or without accents, or what begins so."""
    wanted = fold(typed)
    folded = [({fold(name) for name in names}, thing) for names, thing in things.items()]
    for names, thing in folded:
        if wanted in names:
            return thing
    if len(wanted) < _SHORTEST:
        return None
    beginning = (thing for names, thing in folded if any(name.startswith(wanted) for name in names))
    return next(beginning, None)


def _alike(name: str) -> int | None:
    """The id of the tag of this name, or else of one that is the same without its accents."""
    wanted = tag_name(name)
    rows = db.session.execute(
        select(Tag.id, Tag.name)
        .where((Tag.name == wanted) | Tag.name.like(bare(wanted), escape="\\"))
        .order_by((Tag.name == wanted).desc(), Tag.id)
        .limit(MOST_ALIKE)
    )
    return next((row.id for row in rows if fold(row.name) == fold(wanted)), None)


def bare(words: str) -> str:
    """What LIKE, with a backslash to escape, finds the words by, with accents or without.

    It finds more than these: whoever asks compares what comes.
    """
    return "".join("_" if sign in _BARE else sign for sign in _escaped(words))


def _escaped(words: str) -> str:
    for sign in "\\%_":
        words = words.replace(sign, "\\" + sign)
    return words
