"""What this portal calls itself in the files it writes."""

import re
import secrets

from sqlalchemy import select

from cocreate.dialects import insert_or_ignore
from cocreate.exchange.reading import SOURCE_LENGTH
from cocreate.extensions import db
from cocreate.site import SiteSetting

_NAME = "exchange_source"


def own_source() -> str:
    """The source of what was written here; "" as long as nothing was exported."""
    found = db.session.scalar(select(SiteSetting.value).where(SiteSetting.name == _NAME))
    return str(found or "")


def name_source(host: str) -> str:
    """The same, made from `host` the first time, and the same for ever after.

    Another portal may run on the same host one day, and this one on another; so a
    few letters go with it that nobody else has.
    """
    readable = re.sub(r"[^a-z0-9.-]+", "-", host.lower()).strip("-.") or "cocreate"
    made = f"{readable[: SOURCE_LENGTH - 9]}-{secrets.token_hex(4)}"
    insert_or_ignore(SiteSetting, [{"name": _NAME, "value": made}])
    return own_source()
