"""The words that ideas share."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select

from cocreate.dialects import insert_or_ignore
from cocreate.errors import Invalid
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas import queries
from cocreate.ideas.models import MOST_TAGS, TAG_LENGTH, Idea, IdeaTag, Tag, tag_name

# Suggestions come from the tags of the newest ideas: those in use, at a bounded price.
_LOOKED_AT = 500
_SUGGESTED = 60


def tag_names(names: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: in small letters, each once, in the order of the alphabet.

    Raises Invalid("tags") for more than MOST_TAGS or one longer than TAG_LENGTH.
    """
    wanted = sorted({tag_name(name) for name in names} - {""})
    if len(wanted) > MOST_TAGS:
        raise Invalid("tags", _("Keep at most %(most)s tags.", most=MOST_TAGS))
    if any(len(name) > TAG_LENGTH for name in wanted):
        raise Invalid("tags", _("Keep each tag within %(most)s characters.", most=TAG_LENGTH))
    return tuple(wanted)


def set_tags(idea: Idea, names: Iterable[str]) -> bool:
    """Let the idea carry exactly these tags; whether that changed anything. Raises Invalid."""
    wanted = tag_names(names)
    db.session.flush()
    if set(wanted) == set(queries.tags_of(idea.id)):
        return False
    db.session.execute(delete(IdeaTag).where(IdeaTag.idea_id == idea.id))
    if wanted:
        insert_or_ignore(Tag, [{"name": name} for name in wanted])
        ids = db.session.scalars(select(Tag.id).where(Tag.name.in_(wanted)))
        insert_or_ignore(IdeaTag, [{"idea_id": idea.id, "tag_id": one} for one in ids])
    return True


def merged(now: Iterable[str], seen: Iterable[str], sent: Iterable[str]) -> list[str]:
    """What a form that began from the tags `seen` and was `sent` with its own makes of those `now`.

    What somebody else added or took away meanwhile stays so.
    """
    there, began, wanted = ({tag_name(name) for name in names} for names in (now, seen, sent))
    return sorted((there - (began - wanted)) | (wanted - began))


def known_tags() -> list[str]:
    """Tags to suggest: those that recent public ideas carry most often, by the alphabet.

    Tags of drafts and of held ideas are nobody else's business.
    """
    recent = (
        select(Idea.id)
        .where(queries.listed())
        .order_by(Idea.published_at.desc(), Idea.id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    names = (
        select(Tag.name)
        .join(IdeaTag, IdeaTag.tag_id == Tag.id)
        .join(recent, recent.c.id == IdeaTag.idea_id)
        .group_by(Tag.name)
        .order_by(func.count().desc(), Tag.name)
        .limit(_SUGGESTED)
    )
    return sorted(db.session.scalars(names))
