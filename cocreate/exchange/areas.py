"""The areas that imported ideas name, found again or made."""

from sqlalchemy import func, select

from cocreate import text
from cocreate.exchange.fields import shortened
from cocreate.exchange.rows import fingerprint
from cocreate.extensions import db
from cocreate.ideas.areas import KEY_LENGTH, LENGTHS, MOST_AREAS
from cocreate.ideas.models import Area


class Areas:
    """The portal's areas by the names they have in any language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._ids: dict[str, int] | None = None
        self._keys: set[str] = set()

    def is_called(self, area_id: int | None, name: str) -> bool:
        """Whether the idea's area is what the file calls `name`, or there is no room for one."""
        found = self._known().get(_folded(name))
        return found == area_id if found else len(self._keys) >= MOST_AREAS

    def made(self, name: str) -> int | None:
        """The area with this name, made where there is none yet.

        None without a name, and once there are as many as people can choose from.
        """
        if not name:
            return None
        known = self._known()
        if _folded(name) not in known:
            if len(self._keys) >= MOST_AREAS:
                return None
            last = db.session.scalar(select(func.max(Area.position)))
            area = Area(key=self._key(name), names={self._language: _short(name)}, departments={})
            area.position = 0 if last is None else last + 1
            db.session.add(area)
            db.session.flush()
            self._keys.add(area.key)
            known[_folded(name)] = area.id
        return known[_folded(name)]

    def _known(self) -> dict[str, int]:
        if self._ids is None:
            self._ids = {}
            for area in db.session.scalars(select(Area).order_by(Area.id)):
                self._keys.add(area.key)
                for name in (*area.names.values(), area.key):
                    self._ids.setdefault(_folded(name), area.id)
        return self._ids

    def _key(self, name: str) -> str:
        """A word for addresses that no other area has."""
        key = text.slug(name)[:KEY_LENGTH].strip("-")
        if key not in self._keys:
            return key
        return f"{key[: KEY_LENGTH - 9]}-{fingerprint(_folded(name))[:8]}"


def _short(name: str) -> str:
    return shortened(name, LENGTHS["names"])


def _folded(name: str) -> str:
    return _short(name).casefold()
