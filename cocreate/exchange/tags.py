"""The tags that imported ideas carry."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import insert, select

from cocreate.dialects import insert_or_ignore
from cocreate.errors import Invalid
from cocreate.exchange.rows import IdeaRow
from cocreate.extensions import db
from cocreate.ideas.models import MOST_TAGS, IdeaTag, Tag
from cocreate.ideas.tags import tag_names


def of_row(row: IdeaRow) -> tuple[str, ...]:
    """The row's tags as they are kept: as many as an idea may carry."""
    kept: dict[str, None] = {}
    for tag in row.tags:
        try:
            kept |= dict.fromkeys(tag_names([tag]))
        except Invalid:
            # Some letters have longer small ones; such a tag has become too long.
            continue
    return tuple(sorted(list(kept)[:MOST_TAGS]))


def of_ideas(ids: Sequence[int]) -> defaultdict[int, set[str]]:
    """The tags that these ideas carry."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = db.session.execute(
        select(IdeaTag.idea_id, Tag.name)
        .join(Tag, Tag.id == IdeaTag.tag_id)
        .where(IdeaTag.idea_id.in_(ids))
    )
    for idea_id, name in rows:
        found[idea_id].add(name)
    return found


def add(tags: dict[int, tuple[str, ...]]) -> None:
    """Let each of these ideas, which carry none, carry its tags."""
    names = sorted({name for some in tags.values() for name in some})
    if not names:
        return
    insert_or_ignore(Tag, [{"name": name} for name in names])
    rows = db.session.execute(select(Tag.name, Tag.id).where(Tag.name.in_(names)))
    ids = dict(rows.all())
    db.session.execute(
        insert(IdeaTag),
        [
            {"idea_id": idea_id, "tag_id": ids[name]}
            for idea_id, some in tags.items()
            for name in some
        ],
    )
