"""Finding."""

from functools import partial
from typing import Any, cast

from flask import Blueprint, Flask, current_app, g, jsonify, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from cocreate import web
from cocreate.extensions import limiter
from cocreate.i18n import gettext as _
from cocreate.i18n import ngettext
from cocreate.ideas import filters as ideas_filters
from cocreate.ideas import queries as ideas
from cocreate.ideas.filters import Filters, Sort
from cocreate.labels import label
from cocreate.limits import TYPING
from cocreate.search import asking, counted, engines, facets, leads, pasted, queries
from cocreate.search.choices import Group, groups
from cocreate.search.facets import Facets
from cocreate.search.suggestions import suggestions

bp = Blueprint("search", __name__)


@bp.record
def _keep_index(state: BlueprintSetupState) -> None:
    app = cast("Flask", state.app)
    with app.app_context():
        engines.keep_at(app.config["SETTINGS"].data / "index")


@bp.get("/search")
def find() -> ResponseReturnValue:
    actor = web.actor()
    question = queries.read_question(request.args.get("q", ""))
    if place := pasted.place(question, web.hosts(), actor):
        return web.see_other(place)
    filters = ideas_filters.read_search(request.args)
    after = request.args.get("after")
    is_plain = not filters.is_narrow and not after
    # Another order is asked for by whoever wants the results: saved searches lead to them.
    is_bare = is_plain and filters.sort == Sort.FAIR
    if is_bare and (right := counted.redirect_of(question)):
        _tell(question, is_found=True)
        return web.see_other(right.address)
    if actor is None and filters.is_mine:
        # Nobody in particular has proposed nothing: without it there is something to see.
        filters = filters.of_everyone
    sought = queries.read(question, filters, actor)
    found = queries.find(actor, sought, after)
    numbers = facets.count(sought, actor) if found.how != queries.How.SOME else None
    page = render_template(
        "search/find.html",
        question=question,
        filters=filters,
        sought=sought,
        sorts=Sort,
        found=found,
        facets=numbers,
        groups=_groups(numbers, filters),
        tried=sought.question.tried,
        leads=leads.leads(actor, question, sought, is_empty=not found.page.rows)
        if not (after or found.has_all or sought.is_nothing)
        else None,
        hows=queries.How,
        more=filters.address("/search", q=question, after=found.page.next)
        if found.page.next
        else None,
        is_first=not after,
    )
    if is_plain and sought.asked and found.how != queries.How.TITLES:
        _tell(question, is_found=found.has_all)
    return page


def _tell(question: str, *, is_found: bool) -> None:
    """Have the search counted, now and for everyone who gets the page that is kept of it."""
    app, actor, secret = current_app._get_current_object(), web.actor(), web.settings().secret_key  # type: ignore[attr-defined]
    g.heard = partial(asking.heard, app, question, is_found, actor.id if actor else None, secret)
    if request.method == "GET":
        g.heard(request.environ)


def _groups(numbers: Facets | None, filters: Filters) -> list[Group]:
    if numbers is None:
        return []
    is_member = web.actor() is not None
    return groups(numbers, filters, ideas.areas(), web.language(), is_member=is_member)


@bp.get("/search/suggest")
@limiter.limit(TYPING)
def suggest() -> ResponseReturnValue:
    """What the words `q` may lead to, for a script beside the box in which they are typed."""
    question = queries.read_question(request.args.get("q", ""))
    found = suggestions(question, web.language())
    places = [
        *(
            {"title": row.title, "address": web.idea_path(row), "note": str(label(row.stage))}
            for row in found.ideas
        ),
        *(
            {"title": f"#{tag}", "address": Filters(tag=tag).address(), "note": _("Tag")}
            for tag in found.tags
        ),
        *(
            {
                "title": area.name_in(web.language()),
                "address": Filters(area=area).address(),
                "note": _("Area"),
            }
            for area in found.areas
        ),
    ]
    number = len(places)
    words = ngettext("%(num)s suggestion", "%(num)s suggestions", number) if number else ""
    return _brief(suggestions=places, words=words)


def _brief(**values: Any) -> ResponseReturnValue:
    """Good for a moment, so that going back a letter asks nothing; a member's is never kept."""
    answer = jsonify(values)
    if web.actor() is None:
        answer.headers["Cache-Control"] = "private, max-age=60"
        answer.vary.update(("Cookie", "Accept-Language"))
    return answer
