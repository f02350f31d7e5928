"""How often someone may do it.

A limit counts the actor's own events, so it holds over restarts and over any
number of processes. Floods from one address, signed in or not, are refused
earlier, by Flask-Limiter (`FLOODS`).
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from cocreate import clock
from cocreate.errors import TooOften
from cocreate.events import Event
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _

# More than a fast and busy person does by hand; a script notices, a person does not.
OFTEN: dict[str, tuple[int, timedelta]] = {
    "idea.submitted": (20, timedelta(days=1)),
    "idea.edited": (60, timedelta(hours=1)),
    "comment.written": (60, timedelta(hours=1)),
    "comment.edited": (120, timedelta(hours=1)),
    "picture.sent": (60, timedelta(hours=1)),
    "search.saved": (60, timedelta(hours=1)),
    "vote.cast": (600, timedelta(hours=1)),
    "member.confirmation_asked": (5, timedelta(hours=1)),
    "member.address_asked": (5, timedelta(hours=1)),
}

# Per address on the network: requests that change something, tries at a password, reports of
# what a browser refused.
FLOODS = {
    "change": "240 per minute",
    "password": "20 per minute;100 per hour",
    "report": "30 per minute;120 per hour",
}
# Per address, too: suggestions for what is being typed. A fast typist asks twice a second.
TYPING = "240 per minute"


def allows(actor: Any, kind: str) -> ColumnElement[bool]:
    """What is true while `actor` may cause one more `kind` event; for a statement to ask."""
    most, span = OFTEN[kind]
    recent = select(func.count()).where(
        Event.actor_id == actor.id, Event.kind == kind, Event.created_at > clock.now() - span
    )
    return recent.scalar_subquery() < most


def check(actor: Any, kind: str) -> None:
    """Raises TooOften when `actor` has caused as many `kind` events as OFTEN allows."""
    if not db.session.scalar(select(allows(actor, kind))):
        raise TooOften(_("Take a short break, then try again. Nothing you wrote is lost."))
