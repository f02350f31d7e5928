"""Pictures that other sites show beside a link: one for each public idea, one for the portal."""

import hashlib
import threading
from dataclasses import dataclass

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from cocreate import brand, logos, site, web
from cocreate.home import share_cards
from cocreate.home.share_cards import Card
from cocreate.i18n import LANGUAGES, force_locale, ngettext
from cocreate.ideas import queries
from cocreate.ideas.models import Idea
from cocreate.kept import Kept
from cocreate.labels import label

bp = Blueprint("share_cards", __name__)

# About 20 kB each.
_drawn: Kept[bytes] = Kept(200, seconds=24 * 3600)
# Drawing takes the processor whole: one at a time, and nobody waits long for their turn.
_turn = threading.Lock()
_PATIENCE = 1.0


@dataclass(frozen=True)
class _Asked:
    """A card with the logo by its key: what it shows, quick to compare."""

    card: Card
    logo: str

    @property
    def tag(self) -> str:
        return hashlib.sha256(f"{share_cards.DESIGN}{self!r}".encode()).hexdigest()[:20]


@bp.get("/ideas/<int:idea_id>/card.png")
def idea(idea_id: int) -> ResponseReturnValue:
    """The card of a public idea: as everyone may see it, whoever asks."""
    one = queries.visible_idea(idea_id, None)
    language = one.language if one.language in LANGUAGES else web.settings().language
    with force_locale(language):
        asked = _of_idea(one, language)
    return _answer(asked or _of_portal())


@bp.get("/share.png")
def portal() -> ResponseReturnValue:
    """The card of every page without one of its own."""
    return _answer(_of_portal())


def _of_idea(one: Idea, language: str) -> _Asked | None:
    """None where our font does not have the title's script."""
    title = share_cards.drawable(one.title)
    facts = [str(label(one.stage))]
    if one.area:
        facts.append(one.area.name_in(language))
    if one.vote_count and queries.shows_count(one, None, voted=False):
        facts.append(ngettext("%(num)s supporter", "%(num)s supporters", one.vote_count))
    return _asked(title, facts) if title else None


def _of_portal() -> _Asked:
    words = site.load().words("tagline", web.settings().language)
    return _asked(share_cards.drawable(words) or site.load().name, [])


def _asked(title: str, facts: list[str]) -> _Asked:
    portal = site.load()
    shades = brand.colours().light
    shown = tuple(one for one in map(share_cards.drawable, facts) if one)
    name = share_cards.drawable(portal.name)
    card = Card(title, shown, name, shades.brand, shades.soft)
    return _Asked(card, str(portal.logo.get("key", "")))


def _answer(asked: _Asked) -> Response:
    answer = Response(content_type="image/png")
    answer.set_etag(asked.tag)
    # Other sites are meant to show it. They ask again each time: it may be hidden by then.
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if asked.tag not in request.if_none_match:
        answer.data = _drawn.get(asked.tag) or _draw(asked)
    return answer.make_conditional(request)


def _draw(asked: _Asked) -> bytes:
    card = asked.card
    if asked.logo and (logo := logos.body(asked.logo, "192")):
        card = Card(card.title, card.facts, card.name, card.brand, card.soft, logo)
    if not _turn.acquire(timeout=_PATIENCE):
        abort(Response(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"}))
    try:
        return _drawn.get(asked.tag) or _drawn.keep(asked.tag, share_cards.drawn(card))
    finally:
        _turn.release()
