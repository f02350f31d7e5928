"""What the admin sets for the whole portal: its name, words and house rules of working."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from cocreate import events, palette, permits, text
from cocreate.database import Base
from cocreate.dialects import insert_or_ignore
from cocreate.errors import Closed, Invalid, Words
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _

# What a number may be, both ends included.
BOUNDS = {
    "hold_first": (0, 20),
    "answer_days": (1, 365),
    "comment_edit_minutes": (0, 1440),
    "settled_votes": (0, 1000),
    "settled_views": (0, 10_000),
}
# Characters; of the house rules, those of each.
LENGTHS = {"name": 60, "tagline": 160, "mission": 1000, "house_rules": 240}
MOST_RULES = 12
# What ships with the portal; `brand` knows what belongs to each.
FONTS = ("figtree", "atkinson", "bitter", "system")

_VERSION = "version"


class SiteSetting(Base):
    """One setting of the portal that differs from its default."""

    __tablename__ = "site_settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class Overtaken(Closed):
    """Somebody else changed the settings since the form began."""

    title = _("Somebody else has just changed the settings.")


@dataclass(frozen=True)
class Site:
    """The portal's settings. Texts are by language: {"cs": ..., "en": ...}."""

    name: str = "CoCreate"
    tagline: dict[str, str] = field(default_factory=dict)
    mission: dict[str, str] = field(default_factory=dict)
    # Short sentences shown beside every form.
    house_rules: dict[str, list[str]] = field(default_factory=dict)
    # So many ideas and comments of a new member are read by a moderator first.
    hold_first: int = 2
    # Days within which every idea gets an answer.
    answer_days: int = 30
    # Minutes during which a comment can be edited by its author.
    comment_edit_minutes: int = 30
    # A count is shown to those who have not voted once an idea has so many of both.
    settled_votes: int = 5
    settled_views: int = 20
    # Whether counts wait for the reader's own vote at all.
    hides_counts: bool = True
    # "#rrggbb"; "" is the colour that the portal has by itself.
    colour: str = ""
    font: str = "figtree"
    # {"key", "width", "height"} of a picture that `logos` keeps; none is the portal's own.
    logo: dict[str, Any] = field(default_factory=dict)

    def words(self, name: str, language: str) -> Any:
        """The text `name` in `language`, or in whichever language it exists; "" if none."""
        texts: dict[str, Any] = getattr(self, name)
        return texts.get(language) or next((text for text in texts.values() if text), "")


def load() -> Site:
    """The portal's settings, read once per session (a request, a worker's pass)."""
    info = db.session.info
    if "site" not in info:
        known = {one.name for one in fields(Site)}
        rows = db.session.execute(select(SiteSetting.name, SiteSetting.value))
        info["site"] = Site(**{name: value for name, value in rows if name in known})
    site: Site = info["site"]
    return site


def change(**values: Any) -> Site:
    """Set the given settings; the others stay."""
    site = replace(load(), **values)
    for name, value in values.items():
        db.session.merge(SiteSetting(name=name, value=value))
    db.session.flush()
    db.session.info["site"] = site
    return site


def version() -> int:
    """How often admins have changed the settings; a form that began earlier is out of date."""
    kept = db.session.get(SiteSetting, _VERSION)
    return int(kept.value) if kept else 0


def change_as(actor: Any, seen: int, **values: Any) -> list[str]:
    """Set the given settings for an admin who saw those of version `seen`.

    House rules come as text by language, one rule a line; the others as they are kept.
    Returns the names of the settings that are different now, and records them.
    Raises NotAllowed, Overtaken when another admin was faster, and Invalid for a
    value that cannot be taken.
    """
    permits.require(actor, "admin.see")
    kept = _alone()
    if seen != kept.value:
        raise Overtaken()
    site = load()
    taken = {name: _taken(name, value) for name, value in values.items()}
    names = sorted(name for name, value in taken.items() if value != getattr(site, name))
    if names:
        change(**{name: taken[name] for name in names})
        kept.value = kept.value + 1
        events.record("site.changed", actor, names=names)
    return names


def _alone() -> SiteSetting:
    """The version, which nobody else changes until this transaction ends."""
    insert_or_ignore(SiteSetting, [{"name": _VERSION, "value": 0}])
    kept = db.session.get_one(SiteSetting, _VERSION, populate_existing=True, with_for_update=True)
    # What was read before the wait may be out of date.
    db.session.info.pop("site", None)
    return kept


def _taken(name: str, value: Any) -> Any:
    """`value` as it is kept. Raises Invalid with the setting's name as the field."""
    if name in BOUNDS:
        least, most = BOUNDS[name]
        if type(value) is not int or not least <= value <= most:
            raise Invalid(name, out_of_bounds(name))
        return value
    if name == "name":
        if not (word := text.one_line(value)):
            raise Invalid(name, _("Write the portal's name."))
        return _short(name, word)
    if name == "colour":
        return palette.read(value) if value.strip() else ""
    if name == "font":
        if value not in FONTS:
            raise Invalid(name, _("Choose one of the fonts."))
        return value
    if name == "logo":
        return value
    if name == "house_rules":
        kept = {language: rules(lines) for language, lines in value.items()}
        return {language: some for language, some in kept.items() if some}
    if isinstance(value, dict):
        cleaned = {language: text.clean(words) for language, words in value.items()}
        return {language: _short(name, words) for language, words in cleaned.items() if words}
    return bool(value)


def out_of_bounds(name: str) -> Words:
    """What is said of a number that cannot be taken for the setting `name`."""
    least, most = BOUNDS[name]
    return _("Write a whole number from %(least)s to %(most)s.", least=least, most=most)


def too_long(name: str) -> Words:
    """What is said of a text that is too long for the setting `name`."""
    return _("Shorten this to %(most)s characters or fewer.", most=LENGTHS[name])


def _short(name: str, words: str) -> str:
    if len(words) > LENGTHS[name]:
        raise Invalid(name, too_long(name))
    return words


def rules(lines: str) -> list[str]:
    """House rules from one rule a line. Raises Invalid for one too long, or for too many."""
    found = [
        _short("house_rules", one) for line in lines.split("\n") if (one := text.one_line(line))
    ]
    if len(found) > MOST_RULES:
        raise Invalid(
            "house_rules", _("Keep to %(most)s rules; nobody reads more.", most=MOST_RULES)
        )
    return found
