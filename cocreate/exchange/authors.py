"""The members that stand for authors from elsewhere, until those claim their words."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from cocreate import clock
from cocreate.accounts import names
from cocreate.accounts.models import NAME_LENGTH, Member, Role, email_key, name_key
from cocreate.errors import Invalid
from cocreate.exchange.models import Origin
from cocreate.exchange.rows import CommentRow, IdeaRow, fingerprint
from cocreate.extensions import db
from cocreate.i18n import gettext

# How an author is found again: the source, and a fingerprint of who it is there.
Author = tuple[str, str]
# All those of a source whom it does not name.
NOBODY = fingerprint("nobody")[:40]


@dataclass
class _Person:
    """A member that stands for an author, or is about to."""

    id: int = 0
    # By which the words can be claimed, or have been.
    address: str | None = None
    is_placeholder: bool = True
    # Under which it is to be found from now on.
    new_keys: list[Author] = field(default_factory=list)
    row: IdeaRow | CommentRow | None = None


def author_of(row: IdeaRow | CommentRow) -> Author:
    """Who wrote the row.

    In one source the same name is the same author, unless two addresses tell them
    apart. Our own format says who it is, since one person may write in several sources.
    """
    return _keys(row)[0]


def _keys(row: IdeaRow | CommentRow) -> list[Author]:
    """What the row's author may be known under, the surest first."""
    if row.author_id:
        source, _space, known_as = row.author_id.rpartition(" ")
        return [(source or row.source, known_as)]
    name = name_key(row.author)
    keys = []
    if row.author_email:
        keys.append((row.source, fingerprint(name, email_key(row.author_email))[:40]))
    if name:
        keys.append((row.source, fingerprint(name)[:40]))
    return keys or [(row.source, NOBODY)]


def known(rows: Iterable[IdeaRow | CommentRow]) -> dict[Author, int]:
    """The members of those authors who have one already. Writes nothing."""
    people, _new = _people(list(rows))
    return {key: person.id for key, person in people.items() if person.id}


def members(rows: Iterable[IdeaRow | CommentRow]) -> dict[Author, int]:
    """The member for the author of each of `rows`, made where there is none yet.

    A name that somebody has already gets the source behind it. An address in the
    row becomes the one by which the author can claim their words; it never shows.
    """
    people, new = _people(list(rows))
    if new:
        _make([person for person in new if not person.id])
        _remember(new)
    return {key: person.id for key, person in people.items()}


def _people(
    rows: Sequence[IdeaRow | CommentRow],
) -> tuple[dict[Author, _Person], list[_Person]]:
    """({key: person} for each row's author, those of them of whom something has to be written)."""
    found = _found({key for row in rows for key in _keys(row)})
    new: dict[int, _Person] = {}
    for row in rows:
        first, *others = _keys(row)
        person = found.get(first)
        if person is not None:
            continue
        address = email_key(row.author_email) if row.author_email else None
        namesake = found.get(others[0]) if others else None
        if namesake is not None and namesake.address in (None, address):
            person = namesake
        else:
            person = _Person(row=row)
            for key in others:
                if key not in found:
                    found[key] = person
                    person.new_keys.append(key)
        person.address = person.address or address
        person.new_keys.append(first)
        found[first] = person
        new[id(person)] = person
    return found, list(new.values())


def _found(keys: Collection[Author]) -> dict[Author, _Person]:
    """The people who are known under these keys."""
    sources = {source for source, _known_as in keys}
    people: dict[int, _Person] = {}
    found = {}
    rows = db.session.execute(
        select(
            Origin.source,
            Origin.external_id,
            Member.id,
            Member.claim_key,
            Member.email_key,
            Member.is_placeholder,
        )
        .join(Member, Member.id == Origin.member_id)
        .where(
            # In the order of the key, or the database would look through all of them.
            Origin.source.in_(sources),
            Origin.kind == "member",
            Origin.external_id.in_({known_as for _source, known_as in keys}),
        )
    )
    for row in rows:
        person = people.setdefault(
            row.id, _Person(row.id, row.claim_key or row.email_key, row.is_placeholder)
        )
        found[row.source, row.external_id] = person
    return found


def _make(people: Sequence[_Person]) -> None:
    """Insert a placeholder for each; somebody may take a name at the same moment."""
    for attempts_left in (2, 1, 0):
        try:
            with db.session.begin_nested():
                ids = db.session.scalars(
                    insert(Member).returning(Member.id, sort_by_parameter_order=True),
                    _values(people),
                ).all()
            break
        except IntegrityError:
            if not attempts_left:
                raise
    for person, member_id in zip(people, ids, strict=True):
        person.id = member_id


def _values(people: Sequence[_Person]) -> list[dict[str, object]]:
    rows = [person.row for person in people if person.row is not None]
    wanted = {name_key(name) for row in rows for name in _names(row)}
    taken = set(db.session.scalars(select(Member.name_key).where(Member.name_key.in_(wanted))))
    values: list[dict[str, object]] = []
    for person, row in zip(people, rows, strict=True):
        name = next(name for name in _names(row) if _is_free(name, taken))
        taken.add(name_key(name))
        values.append(
            {
                "name": name,
                "name_key": name_key(name),
                "role": Role.MEMBER,
                "is_placeholder": True,
                "claim_key": person.address,
                "created_at": row.created_at or clock.now(),
            }
        )
    return values


def _remember(people: Iterable[_Person]) -> None:
    """Keep under what they are known from now on, and the addresses that came to light."""
    now: datetime = clock.now()
    origins = [
        {
            "source": source,
            "kind": "member",
            "external_id": external_id,
            "member_id": person.id,
            "digest": "",
            "imported_at": now,
        }
        for person in people
        for source, external_id in person.new_keys
    ]
    db.session.execute(insert(Origin), origins)
    adopted = [
        {"one": person.id, "address": person.address}
        for person in people
        if person.row is None and person.is_placeholder and person.address
    ]
    if adopted:
        db.session.connection().execute(
            update(Member.__table__)  # type: ignore[arg-type]
            .where(Member.__table__.c.id == bindparam("one"))
            .values(claim_key=bindparam("address")),
            adopted,
        )


def _names(row: IdeaRow | CommentRow) -> Iterator[str]:
    """Display names that would do, the likeliest first; nobody has or can have the last."""
    source, known_as = author_of(row)
    mark = fingerprint(source, known_as)[:16]
    name = row.author or gettext("Anonymous")
    yield name
    for suffix in (f" ({source})", f" ({source} {mark[:8]})"):
        if len(suffix) < NAME_LENGTH:
            yield name[: NAME_LENGTH - len(suffix)] + suffix
    yield f"{gettext('Anonymous')} {mark}"


def _is_free(name: str, taken: Iterable[str]) -> bool:
    try:
        return name_key(names.chosen(name)) not in taken
    except Invalid:
        return False


def identities(member_ids: Iterable[int]) -> Mapping[int, Author]:
    """Under which of their keys these members are exported: the first in order."""
    found: dict[int, Author] = {}
    rows = db.session.execute(
        select(Origin.member_id, Origin.source, Origin.external_id).where(
            Origin.kind == "member", Origin.member_id.in_(list(member_ids))
        )
    )
    for member_id, source, external_id in rows:
        if member_id:
            here = (source, external_id)
            found[member_id] = min(found.get(member_id, here), here)
    return found
