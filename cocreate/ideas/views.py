"""The list, an idea's page, and how the list is sorted."""

from functools import partial
from typing import Any

from flask import Blueprint, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, format_percent
from werkzeug.utils import redirect

from cocreate import permits, robots, site, web
from cocreate.accounts.models import Member
from cocreate.backlog import queries as backlog
from cocreate.cards import cards
from cocreate.discussion import queries as discussion
from cocreate.ideas import filters as ideas_filters
from cocreate.ideas import listing, openings, queries, ranking
from cocreate.ideas.filters import Sort
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.ideas.strip import steps
from cocreate.later import Application
from cocreate.moderation import queries as moderation
from cocreate.notices import queries as notices
from cocreate.pictures import queries as pictures
from cocreate.search import asking, scoring
from cocreate.search import ranking as finding
from cocreate.search.schema import WEIGHTS
from cocreate.votes import queries as votes

bp = Blueprint("ideas", __name__)


@bp.get("/ideas")
def index() -> ResponseReturnValue:
    actor = web.actor()
    filters = ideas_filters.read(request.args)
    after = request.args.get("after")
    found = listing.ideas(filters, after, actor=actor)
    return render_template(
        "ideas/index.html",
        filters=filters,
        areas=queries.areas(),
        stages=list(Stage),
        sorts=Sort,
        cards=cards(found.rows, actor),
        more=filters.address(after=found.next) if found.next else None,
        back=filters.address(after=after),
        is_first=not after,
    )


@bp.get("/how-we-sort")
def how_we_sort() -> ResponseReturnValue:
    return render_template(
        "ideas/how_we_sort.html",
        ranking=ranking,
        few=format_percent(ranking.wilson(9, 20)),
        many=format_percent(ranking.wilson(45, 100)),
        portal=site.load(),
        weights={name: format_decimal(weight) for name, weight in WEIGHTS.items()},
        numbers={
            "saturation": format_decimal(scoring.K1),
            "most": format_decimal(scoring.K1 + 1),
            "length": format_decimal(scoring.B),
            "rest": format_decimal(1 - scoring.B),
            "support": format_decimal(finding.SUPPORT),
            "half": format_decimal(finding.HALF_SUPPORT),
            "freshness": format_decimal(finding.FRESHNESS),
            "life": format_decimal(finding.HALF_LIFE),
        },
        lifts={
            "support": format_percent(finding.SUPPORT),
            "freshness": format_percent(finding.FRESHNESS),
        },
    )


@bp.get("/ideas/<int:idea_id>")
@bp.get("/ideas/<int:idea_id>-")
@bp.get("/ideas/<int:idea_id>-<slug>")
def show(idea_id: int, slug: str = "") -> ResponseReturnValue:
    """One idea with all that was said and done about it; other addresses of it lead here."""
    actor = web.actor()
    idea = queries.visible_idea(idea_id, actor)
    if idea.visibility == Visibility.DRAFT:
        return redirect(f"/ideas/new?draft={idea.id}", 302)
    path = web.idea_path(idea)
    if request.path != path:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(f"{path}?{query}" if query else path, 301)
    page = render_template("ideas/show.html", path=path, idea=idea, **_composed(idea, actor))
    if request.method == "GET" and idea.is_public and not permits.author(actor, idea):
        app, secret = current_app._get_current_object(), web.settings().secret_key  # type: ignore[attr-defined]
        g.heard = partial(_count, app, idea.id, actor.id if actor else None, secret)
        g.heard(request.environ)
    return page


def _composed(idea: Idea, actor: Member | None) -> dict[str, Any]:
    """What the features have to say about an idea; a fixed number of statements."""
    answers = backlog.answers_of(idea)
    thread = discussion.thread(idea, actor, request.args.get("comments"))
    voted = bool(votes.voted(actor, [idea.id]))
    moves = [(one.to_stage, one.created_at) for one in answers if one.is_decision]
    is_open = permits.may(actor, "idea.comment", idea)
    departments = idea.area.departments if idea.area else {}
    return {
        "tags": queries.tags_of(idea.id),
        "answers": answers,
        "pictures": pictures.of_page(
            idea.id,
            [one.id for top in thread.rows for one in (top, *top.replies)],
            [one.id for one in answers],
        ),
        "steps": steps(idea, moves),
        "rulings": moderation.rulings_of(idea) if _sees_rulings(idea, actor) else [],
        "thread": thread,
        "shows_discussion": idea.is_public or thread.rows or is_open,
        "reasons": moderation.reasons(thread.rows),
        "voted": voted,
        "watching": actor is not None and notices.is_watching(actor, idea),
        "shows_count": queries.shows_count(idea, actor, voted=voted),
        "department": departments.get(web.language()) or next(iter(departments.values()), ""),
    }


def _sees_rulings(idea: Idea, actor: Member | None) -> bool:
    """What was ruled is for the author and the team; the log tells the others of it."""
    return permits.author(actor, idea) or permits.staff(actor, idea)


def _count(
    app: Application,
    idea_id: int,
    member_id: int | None,
    secret: str,
    environ: dict[str, Any],
) -> None:
    """Count a view, if it is one: a person who opens the page, and does not come back to it."""
    if not robots.is_person(environ):
        return
    # Coming back after a vote or a comment is still the same visit.
    if f"/ideas/{idea_id}-" not in environ.get("HTTP_REFERER", ""):
        openings.count(app, idea_id)
    asking.opened(app, member_id, secret, environ)
