"""What a person writes into the form of an idea: cleaned, checked, put onto the idea."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cocreate import text
from cocreate.errors import Invalid
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas import queries
from cocreate.ideas.models import (
    NEED_LENGTH,
    PROPOSAL_LENGTH,
    TITLE_LENGTH,
    Area,
    Idea,
    Wording,
)
from cocreate.ideas.tags import set_tags, tag_names

EXCERPT_LENGTH = 220


@dataclass(frozen=True)
class Written:
    """The content of a form, cleaned and within the bounds that the database has."""

    title: str
    need: str
    proposal: str
    area: Area | None
    tags: tuple[str, ...]
    language: str


def read(
    *,
    title: str,
    need: str,
    proposal: str,
    area: Area | None,
    tags: Iterable[str],
    language: str,
    keeps: Idea | None = None,
) -> Written:
    """What was written, ready to be put onto an idea. Raises Invalid for what is too long.

    An idea that is changed `keeps` its area even when that takes no new ideas by now.
    """
    title, need, proposal = text.one_line(title), text.clean(need), text.clean(proposal)
    for field, value, most in (
        ("title", title, TITLE_LENGTH),
        ("need", need, NEED_LENGTH),
        ("proposal", proposal, PROPOSAL_LENGTH),
    ):
        if len(value) > most:
            raise Invalid(field, _("Shorten this to %(most)s characters or fewer.", most=most))
    is_kept = keeps is not None and area is not None and keeps.area_id == area.id
    if area and area.closed_at and not is_kept:
        raise Invalid("area", _("This area takes no new ideas. Choose another one."))
    if language not in LANGUAGES:
        raise Invalid("language", _("Choose one of the languages."))
    return Written(title, need, proposal, area, tag_names(tags), language)


def require_whole(written: Written) -> None:
    """Raises Invalid for what an idea cannot do without; a draft can."""
    for field, value in (
        ("title", written.title),
        ("need", written.need),
        ("proposal", written.proposal),
    ):
        if not value:
            raise Invalid(field, _("Write at least a few words here."))
    if written.area is None:
        raise Invalid("area", _("Choose the area it belongs to."))


def same_words(idea: Idea, written: Written) -> bool:
    """Whether the idea's title and texts read like this already."""
    return (idea.title, idea.need, idea.proposal) == (
        written.title,
        written.need,
        written.proposal,
    )


def same(idea: Idea, written: Written) -> bool:
    """Whether nothing of it would change the idea."""
    return (
        same_words(idea, written)
        and idea.area_id == (written.area and written.area.id)
        and idea.language == written.language
        and set(queries.tags_of(idea.id)) == set(written.tags)
    )


def put(idea: Idea, written: Written) -> None:
    """Let the idea read like this. Its version goes up."""
    idea.title, idea.need, idea.proposal = written.title, written.need, written.proposal
    idea.excerpt = text.excerpt(f"{written.need}\n\n{written.proposal}", EXCERPT_LENGTH)
    idea.area_id = written.area.id if written.area else None
    idea.language = written.language
    idea.version += 1
    set_tags(idea, written.tags)


def keep_wording(editor_id: int, idea: Idea, since: datetime) -> None:
    """Keep how the idea reads, `since` then, as its next wording."""
    idea.wording += 1
    db.session.flush()
    db.session.add(
        Wording(
            idea_id=idea.id,
            number=idea.wording,
            editor_id=editor_id,
            title=idea.title,
            need=idea.need,
            proposal=idea.proposal,
            created_at=since,
        )
    )
