"""Questions about ideas. Whatever is shown anywhere goes through `visible`."""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from cocreate import permits
from cocreate.accounts.models import Member
from cocreate.errors import NotThere
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility


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
