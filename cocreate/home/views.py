"""The front page, the roadmap and what was delivered."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_percent

from cocreate import clock, web
from cocreate.cards import cards
from cocreate.home import queries
from cocreate.ideas import listing
from cocreate.ideas.filters import Filters
from cocreate.ideas.models import Stage

bp = Blueprint("home", __name__)

# So many ideas fit on the front page beside all else, and into a lane of the roadmap.
_SHOWN = 5
_LANE = 25


@bp.get("/")
def front() -> ResponseReturnValue:
    actor = web.actor()
    numbers = queries.numbers(clock.now())
    found = listing.ideas(Filters(), size=_SHOWN)
    return render_template(
        "home/front.html",
        numbers=numbers,
        cards=cards(found.rows, actor, level=3),
        delivered=queries.lately(Stage.SHIPPED, size=3).rows,
        in_time=format_percent(numbers.in_time / numbers.due) if numbers.due else "",
        back="/",
    )


@bp.get("/roadmap")
def roadmap() -> ResponseReturnValue:
    stages = (Stage.PLANNED, Stage.BUILDING)
    lanes = [(stage, queries.lately(stage, size=_LANE)) for stage in stages]
    return render_template("home/roadmap.html", lanes=lanes)


@bp.get("/changelog")
def changelog() -> ResponseReturnValue:
    after = request.args.get("after")
    found = queries.lately(Stage.SHIPPED, after, size=queries.DELIVERED_A_PAGE)
    more = f"/changelog?after={found.next}" if found.next else None
    return render_template(
        "home/changelog.html", delivered=found.rows, more=more, is_first=not after
    )
