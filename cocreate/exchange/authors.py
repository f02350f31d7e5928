"""The members that stand for authors from elsewhere, until those claim their words."""

from collections.abc import Iterable, Iterator

from sqlalchemy import insert, select

from cocreate import clock
from cocreate.accounts import names
from cocreate.accounts.models import NAME_LENGTH, Member, Role, email_key, name_key
from cocreate.errors import Invalid
from cocreate.exchange.models import Origin
from cocreate.exchange.rows import CommentRow, IdeaRow, fingerprint
from cocreate.extensions import db

# How the author is found again: by the source and the name there, in one spelling.
Author = tuple[str, str]


def author_of(row: IdeaRow | CommentRow) -> Author:
    return row.source, fingerprint(name_key(row.author))[:40]


def placeholders(rows: Iterable[IdeaRow | CommentRow]) -> dict[Author, int]:
    """The member for the author of each of `rows`, made where there is none yet.

    A name that somebody has already gets the source behind it. An address in the
    row becomes the one by which the author can claim their words; it never shows.
    """
    wanted: dict[Author, IdeaRow | CommentRow] = {}
    for row in rows:
        known = wanted.setdefault(author_of(row), row)
        if row.author_email and not known.author_email:
            wanted[author_of(row)] = row
    found = _known(wanted)
    missing = [author for author in wanted if author not in found]
    if missing:
        found |= _made({author: wanted[author] for author in missing})
    return found


def _known(wanted: Iterable[Author]) -> dict[Author, int]:
    ids = {external_id for _source, external_id in wanted}
    rows = db.session.execute(
        select(Origin.source, Origin.external_id, Origin.member_id).where(
            Origin.kind == "member", Origin.external_id.in_(ids)
        )
    ).tuples()
    return {(source, external_id): member for source, external_id, member in rows if member}


def _made(wanted: dict[Author, IdeaRow | CommentRow]) -> dict[Author, int]:
    taken = set(
        db.session.scalars(
            select(Member.name_key).where(
                Member.name_key.in_(
                    [name_key(name) for row in wanted.values() for name in _names(row)]
                )
            )
        )
    )
    now = clock.now()
    members = []
    for row in wanted.values():
        name = next(name for name in _names(row) if _is_free(name, taken))
        taken.add(name_key(name))
        members.append(
            {
                "name": name,
                "name_key": name_key(name),
                "role": Role.MEMBER,
                "is_placeholder": True,
                "claim_key": email_key(row.author_email) if row.author_email else None,
                "created_at": row.created_at or now,
            }
        )
    ids = db.session.scalars(
        insert(Member).returning(Member.id, sort_by_parameter_order=True), members
    ).all()
    db.session.execute(
        insert(Origin),
        [
            {
                "source": source,
                "kind": "member",
                "external_id": external_id,
                "member_id": member_id,
                "digest": "",
                "imported_at": now,
            }
            for (source, external_id), member_id in zip(wanted, ids, strict=True)
        ],
    )
    return dict(zip(wanted, ids, strict=True))


def _names(row: IdeaRow | CommentRow) -> Iterator[str]:
    """Display names that would do, the likeliest first; the last cannot be taken."""
    name = row.author or "Anonym"
    if row.author:
        yield name
    for suffix in (f" ({row.source})", f" ({row.source} {fingerprint(*author_of(row))[:8]})"):
        yield name[: NAME_LENGTH - len(suffix)] + suffix
    yield f"{row.source[:40]} {fingerprint(*author_of(row))[:16]}"


def _is_free(name: str, taken: set[str]) -> bool:
    try:
        return name_key(names.chosen(name)) not in taken
    except Invalid:
        return False
