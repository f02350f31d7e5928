"""Finding."""

from typing import cast

from flask import Blueprint, Flask, jsonify, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from cocreate import web
from cocreate.ideas import filters as ideas_filters
from cocreate.ideas import queries as ideas
from cocreate.ideas.models import Stage
from cocreate.labels import label
from cocreate.search import index, queries

bp = Blueprint("search", __name__)


@bp.record
def _keep_index(state: BlueprintSetupState) -> None:
    app = cast("Flask", state.app)
    with app.app_context():
        index.keep_at(app.config["SETTINGS"].data / "index")


@bp.get("/search")
def find() -> ResponseReturnValue:
    question = queries.read_question(request.args.get("q", ""))
    filters = ideas_filters.read(request.args)
    after = request.args.get("after")
    found = queries.find(web.actor(), question, filters, after)
    return render_template(
        "search/find.html",
        question=question,
        filters=filters,
        areas=ideas.areas(),
        stages=list(Stage),
        found=found,
        hows=queries.How,
        more=filters.address("/search", q=question, after=found.page.next)
        if found.page.next
        else None,
        is_first=not after,
    )


@bp.get("/search/suggest")
def suggest() -> ResponseReturnValue:
    """Ideas that are like one with the title `q`, for a script beside the form."""
    return jsonify(
        ideas=[
            {"title": row.title, "address": web.idea_path(row), "stage": str(label(row.stage))}
            for row in queries.similar(request.args.get("q", ""))
        ]
    )
