"""Ideas that are like another one: while it is written, and beside it once it is there."""

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import web
from cocreate.extensions import limiter
from cocreate.i18n import gettext as _
from cocreate.i18n import ngettext
from cocreate.ideas import queries as ideas
from cocreate.limits import TYPING
from cocreate.search.similar import Like, like_this, similar

bp = Blueprint("similar", __name__)


@bp.get("/search/similar")
@limiter.limit(TYPING)
def by_title() -> ResponseReturnValue:
    """Ideas that are like one with this `title`, as a piece of the page on which it is typed."""
    answer = _piece(similar(web.actor(), request.args.get("title", "")))
    if web.actor() is None:
        # Good for a moment, so that going back a letter asks nothing; a member's is never kept.
        answer.headers["Cache-Control"] = "private, max-age=60"
        answer.vary.update(("Cookie", "Accept-Language"))
    return answer


@bp.post("/search/similar")
@limiter.limit(TYPING)
@login_required
def by_text() -> ResponseReturnValue:
    """The same for the whole form: what is written stays out of addresses, and so out of logs."""
    said = [request.form.get(name, "") for name in ("title", "need", "proposal")]
    return _piece(similar(web.actor(), *said))


@bp.get("/ideas/<int:idea_id>/like")
def of_idea(idea_id: int) -> ResponseReturnValue:
    """Ideas like one that is there: a page, or the piece of one for a script."""
    actor = web.actor()
    idea = ideas.visible_idea(idea_id, actor)
    likes = like_this(actor, idea)
    if web.wants_json():
        html = render_template("ideas/_likes.html", likes=likes)
        return jsonify(html=html, words=_number(likes))
    return render_template("ideas/like.html", idea=idea, likes=likes)


def _piece(likes: Sequence[Like]) -> Response:
    return jsonify(
        html=render_template("ideas/_similar.html", similar=likes),
        ids=[like.row.id for like in likes],
        words=_number(likes),
    )


def _number(likes: Sequence[Like]) -> str:
    number = len(likes)
    if not number:
        return _("Nothing like it has been proposed yet.")
    return ngettext("%(num)s similar idea", "%(num)s similar ideas", number)
