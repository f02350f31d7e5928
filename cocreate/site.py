"""What the admin sets for the whole portal: its name, words and house rules of working."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base
from cocreate.extensions import db


class SiteSetting(Base):
    """One setting of the portal that differs from its default."""

    __tablename__ = "site_settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


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
