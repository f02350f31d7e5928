"""Questions about ideas. Whatever is shown anywhere goes through `visible`."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from cocreate import permits, site
from cocreate.accounts.models import Member
from cocreate.dialects import among, mostly
from cocreate.errors import NotThere
from cocreate.extensions import db
from cocreate.ideas.models import DECIDED, Area, Idea, IdeaTag, Tag, Visibility


def visible(actor: Member | None) -> ColumnElement[bool]:
    """The one rule of who sees which ideas, as a condition: the twin of permits "idea.see"."""
    seen = Idea.visibility == Visibility.PUBLIC
    if actor is None:
        return seen
    if actor.is_staff:
        seen = Idea.visibility != Visibility.DRAFT
    return or_(seen, Idea.author_id == actor.id)


def listed() -> ColumnElement[bool]:
    """What lists, feeds and search show to everyone alike."""
    return Idea.visibility == Visibility.PUBLIC


def listed_among(ids: Iterable[int], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those of the ideas `ids` that everyone may see and that meet `conditions`.

    They are looked up one by one, at a price that does not grow with the portal.
    """
    return and_(among(Idea.id, ids), *map(mostly, (listed(), *conditions)))


def visible_idea(idea_id: int, actor: Member | None) -> Idea:
    """The idea with its author and area. Raises NotThere unless `actor` may see it."""
    idea = db.session.scalar(
        select(Idea)
        .where(and_(Idea.id == idea_id, visible(actor)))
        .options(joinedload(Idea.author), joinedload(Idea.area))
    )
    if idea is None or not permits.may(actor, "idea.see", idea):
        raise NotThere()
    return idea


def shows_count(idea: Any, actor: Member | None, *, voted: bool) -> bool:
    """Whether `actor` is shown how many support `idea`.

    A number seen before one's own vote pulls the vote along (Muchnik, Aral, Taylor:
    "Social Influence Bias", Science 341, 2013). So it shows once one has voted, once
    it has settled, once there is nothing left to vote on, and to the staff always.
    `idea` is anything with vote_count, views and stage.
    """
    portal = site.load()
    return (
        voted
        or not portal.hides_counts
        or idea.stage in DECIDED
        or permits.may(actor, "idea.count")
        or (idea.vote_count >= portal.settled_votes and idea.views >= portal.settled_views)
    )


def area_by_key(key: str) -> Area | None:
    """The area that addresses call `key`."""
    return db.session.scalar(select(Area).where(Area.key == key))


def areas() -> list[Area]:
    """Every area in the order the admin gave them; those that are closed too."""
    return list(db.session.scalars(select(Area).order_by(Area.position, Area.id)))


def tags_of(idea_id: int) -> list[str]:
    """The names of an idea's tags, by the alphabet."""
    names = select(Tag.name).join(IdeaTag, IdeaTag.tag_id == Tag.id)
    return list(db.session.scalars(names.where(IdeaTag.idea_id == idea_id).order_by(Tag.name)))
