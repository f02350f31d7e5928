"""What a person writes into the form of an idea: cleaned, checked, put onto the idea."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select

from cocreate import clock, events, text
from cocreate.errors import Invalid
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import (
    MOST_TAGS,
    NEED_LENGTH,
    PROPOSAL_LENGTH,
    TAG_LENGTH,
    TITLE_LENGTH,
    Area,
    Idea,
    IdeaTag,
    Tag,
    Wording,
)

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


def tag_names(names: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: in small letters, each once, in the order of the alphabet.

    Raises Invalid("tags") for more than MOST_TAGS or one longer than TAG_LENGTH.
    """
    wanted = sorted({text.one_line(name).lstrip("#").strip().lower() for name in names} - {""})
    if len(wanted) > MOST_TAGS:
        raise Invalid("tags", _("Keep at most %(most)s tags.", most=MOST_TAGS))
    if any(len(name) > TAG_LENGTH for name in wanted):
        raise Invalid("tags", _("Keep each tag within %(most)s characters.", most=TAG_LENGTH))
    return tuple(wanted)


def tags_of(idea: Idea) -> tuple[str, ...]:
    """The idea's tags, in the order of the alphabet."""
    names = select(Tag.name).join(IdeaTag).where(IdeaTag.idea_id == idea.id)
    return tuple(sorted(db.session.scalars(names)))


def set_tags(idea: Idea, names: Iterable[str]) -> bool:
    """Let the idea carry exactly these tags; whether that changed anything. Raises Invalid."""
    wanted = tag_names(names)
    db.session.flush()
    if wanted == tags_of(idea):
        return False
    db.session.execute(delete(IdeaTag).where(IdeaTag.idea_id == idea.id))
    if wanted:
        events.insert_or_ignore(Tag, [{"name": name} for name in wanted])
        ids = db.session.scalars(select(Tag.id).where(Tag.name.in_(wanted)))
        events.insert_or_ignore(IdeaTag, [{"idea_id": idea.id, "tag_id": one} for one in ids])
    return True


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
        and tags_of(idea) == written.tags
    )


def put(idea: Idea, written: Written) -> None:
    """Let the idea read like this. Its version goes up."""
    idea.title, idea.need, idea.proposal = written.title, written.need, written.proposal
    idea.excerpt = text.excerpt(f"{written.need}\n\n{written.proposal}", EXCERPT_LENGTH)
    idea.area_id = written.area.id if written.area else None
    idea.language = written.language
    idea.version += 1
    set_tags(idea, written.tags)


def keep_wording(editor_id: int, idea: Idea) -> None:
    """Keep how the idea reads now as its next wording."""
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
            created_at=clock.now(),
        )
    )
