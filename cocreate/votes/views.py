"""Supporting an idea."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from cocreate import undo, web
from cocreate.accounts.models import Member
from cocreate.extensions import db, login_manager
from cocreate.i18n import gettext as _
from cocreate.i18n import number
from cocreate.ideas import queries as ideas
from cocreate.ideas.models import Idea
from cocreate.votes import actions

bp = Blueprint("votes", __name__)


@bp.get("/ideas/<int:idea_id>/vote", endpoint="vote_page")
@bp.get("/ideas/<int:idea_id>/unvote", endpoint="unvote_page")
def look(idea_id: int) -> ResponseReturnValue:
    """Someone reloaded or shared the button's address: the idea is what they want."""
    return web.see_other(web.idea_path(ideas.visible_idea(idea_id, web.actor())))


@bp.post("/ideas/<int:idea_id>/vote")
def cast(idea_id: int) -> ResponseReturnValue:
    return _vote(idea_id, actions.cast, voted=True)


@bp.post("/ideas/<int:idea_id>/unvote")
def take_back(idea_id: int) -> ResponseReturnValue:
    return _vote(idea_id, actions.take_back, voted=False)


def _vote(
    idea_id: int, verb: Callable[[Member, Idea], bool], *, voted: bool
) -> ResponseReturnValue:
    actor = web.actor()
    idea = ideas.visible_idea(idea_id, actor)
    back = web.safe_next(web.idea_path(idea))
    if actor is None:
        if web.wants_json():
            answer: ResponseReturnValue = login_manager.unauthorized()
            return answer
        return web.see_other(f"/sign-in?{urlencode({'next': back})}")
    verb(actor, idea)
    # Everything that is answered is known by now; after the commit it would be read again.
    state = _state(idea, actor, voted) if web.wants_json() else None
    path = f"/ideas/{idea.id}/vote"
    db.session.commit()
    if not state and not voted:
        undo.offer(_("You no longer support this idea."), path, next=back)
    return jsonify(state) if state else web.see_other(back)


def _state(idea: Idea, actor: Member, voted: bool) -> dict[str, object]:
    """How the button looks from now on, for the script."""
    shows = voted or ideas.shows_count(idea, actor, voted=False)
    return {
        "voted": voted,
        "count": number(idea.vote_count) if shows else None,
        "action": f"/ideas/{idea.id}/{'unvote' if voted else 'vote'}",
        "title": _("Take back my support") if voted else _("Support this idea"),
        "word": _("Support"),
        "words": _("You support this idea.") if voted else _("You no longer support this idea."),
        # For the button beside those words.
        "undo": "" if voted else _("Undo"),
        "close": _("Close"),
    }
