"""What admins do with the areas. Each change is recorded by the names of what changed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from cocreate import clock, events, permits, text
from cocreate.errors import Closed, Invalid, Words
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Area
from cocreate.ideas.queries import areas

# As many as people can choose from in one list.
MOST_AREAS = 60
KEY_LENGTH = 40
# Characters of each text, in each language.
LENGTHS = {"names": 60, "departments": 80, "descriptions": 240}

Texts = Mapping[str, str]


class Overtaken(Closed):
    """Somebody else changed the area since the form began."""

    title = _("Somebody else has just changed this area.")


def seen(area: Area) -> str:
    """A word for how the area reads now; a form that began with another is out of date."""
    whole = [getattr(area, name) for name in LENGTHS]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def add(actor: Any, *, names: Texts, departments: Texts, descriptions: Texts) -> Area:
    """A new area, the last in order; its key comes from its name and never changes.

    Raises NotAllowed, Invalid where the name is missing or taken, Closed where
    there are too many already.
    """
    permits.require(actor, "admin.see")
    values = _taken(names=names, departments=departments, descriptions=descriptions)
    while True:
        known = areas()
        _require_free(values["names"], known)
        if len(known) >= MOST_AREAS:
            raise Closed(
                _("There are %(most)s areas, as many as people can choose from.", most=MOST_AREAS)
            )
        area = Area(key=_free_key(values["names"], known), position=_last_position() + 1, **values)
        try:
            with db.session.begin_nested():
                db.session.add(area)
        except IntegrityError:
            # Somebody adds one of this name at the same moment: look again.
            continue
        events.record("area.changed", actor, area=area.id, names=["added"])
        return area


def change(
    actor: Any, area: Area, *, began: str, names: Texts, departments: Texts, descriptions: Texts
) -> list[str]:
    """Rename an area, or say whose it is and what belongs there.

    `began` is what `seen` said when the form was made. Returns what changed.
    Raises NotAllowed, Overtaken and Invalid.
    """
    permits.require(actor, "admin.see")
    values = _taken(names=names, departments=departments, descriptions=descriptions)
    db.session.refresh(area, with_for_update=True)
    if began != seen(area):
        raise Overtaken()
    _require_free(values["names"], [one for one in areas() if one.id != area.id])
    changed = [name for name, value in values.items() if value != getattr(area, name)]
    for name in changed:
        setattr(area, name, values[name])
    if changed:
        events.record("area.changed", actor, area=area.id, names=changed)
    return changed


def move(actor: Any, area: Area, *, up: bool) -> None:
    """One place up or down in the order; the first goes no higher, the last no lower."""
    permits.require(actor, "admin.see")
    order = list(
        db.session.scalars(
            select(Area)
            .order_by(Area.position, Area.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    place = order.index(area)
    to = place - 1 if up else place + 1
    if not 0 <= to < len(order):
        return
    order[place], order[to] = order[to], order[place]
    for position, one in enumerate(order):
        one.position = position
    events.record("area.changed", actor, area=area.id, names=["order"])


def close(actor: Any, area: Area) -> None:
    """No new ideas in this area; those that are there stay. Closing twice changes nothing."""
    permits.require(actor, "admin.see")
    db.session.refresh(area, with_for_update=True)
    if area.closed_at is None:
        area.closed_at = clock.now()
        events.record("area.changed", actor, area=area.id, names=["closed"])


def reopen(actor: Any, area: Area) -> None:
    """Take new ideas again. Reopening twice changes nothing."""
    permits.require(actor, "admin.see")
    db.session.refresh(area, with_for_update=True)
    if area.closed_at is not None:
        area.closed_at = None
        events.record("area.changed", actor, area=area.id, names=["reopened"])


def too_long(name: str) -> Words:
    """What is said of a text of the kind `name` that is too long."""
    return _("Shorten this to %(most)s characters or fewer.", most=LENGTHS[name])


def _taken(**texts: Texts) -> dict[str, dict[str, str]]:
    """The texts as they are kept: on one line, empty ones left out."""
    values = {}
    for kind, by_language in texts.items():
        lines = {one: text.one_line(words) for one, words in by_language.items()}
        if any(len(words) > LENGTHS[kind] for words in lines.values()):
            raise Invalid(kind, too_long(kind))
        values[kind] = {one: words for one, words in lines.items() if words}
    if not values["names"]:
        raise Invalid("names", _("Write a name in at least one language."))
    return values


def _require_free(names: Texts, others: list[Area]) -> None:
    taken = {(one, name.casefold()) for area in others for one, name in area.names.items()}
    if any((one, name.casefold()) in taken for one, name in names.items()):
        raise Invalid("names", _("Another area has this name already."))


def _free_key(names: Texts, others: list[Area]) -> str:
    first = next(names[one] for one in (*LANGUAGES, *names) if one in names)
    key = text.slug(first)[: KEY_LENGTH - 3].strip("-")
    taken = {area.key for area in others}
    numbered = (f"{key}-{number}" for number in range(2, MOST_AREAS + 2))
    return key if key not in taken else next(one for one in numbered if one not in taken)


def _last_position() -> int:
    return db.session.scalar(select(func.max(Area.position))) or 0
