"""The product team's inbox, board and answers."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import clock, figures, permits, web
from cocreate.accounts.models import Member
from cocreate.backlog import actions, queries
from cocreate.backlog.forms import AnswerForm, stage_of
from cocreate.backlog.queries import Inbox
from cocreate.database import MAX_ID
from cocreate.errors import Invalid
from cocreate.exchange.cells import MARK, csv_line
from cocreate.extensions import db
from cocreate.i18n import gettext
from cocreate.ideas import queries as ideas
from cocreate.ideas.models import DECIDED, Idea
from cocreate.pictures import queries as pictures

bp = Blueprint("backlog", __name__)

COLUMNS = (
    "id title address area stage author owner votes comments proposed_at answer_by late newcomer"
).split()


@bp.app_template_global()
def answer_form(idea: Idea) -> AnswerForm:
    """A fresh form to answer the idea, for the team's panel on its page."""
    return AnswerForm(idea, formdata=None)


@bp.get("/backlog")
@login_required
def inbox() -> ResponseReturnValue:
    """What waits for an answer."""
    permits.require(web.signed_in(), "backlog.see")
    waiting, late = queries.counts()
    return render_template(
        "backlog/inbox.html",
        page=queries.inbox(_filters(), request.args.get("after")),
        waiting=waiting,
        late=late,
        areas=ideas.areas(),
        team=queries.team(),
        stages=[one for one in queries.LANES if one not in DECIDED],
        now=clock.now(),
        waits=figures.waiting(clock.now()),
        most=queries.MOST_COUNTED,
        chosen={name: request.args.get(name, "") for name in ("area", "stage", "owner")},
    )


@bp.get("/backlog.csv")
@login_required
def export() -> ResponseReturnValue:
    """The inbox as a table, safe against formulas; as many rows as there are."""
    permits.require(web.signed_in(), "backlog.see")
    return Response(
        "".join(_lines(_filters())),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="backlog.csv"'},
    )


@bp.get("/backlog/waiting.csv")
@login_required
def waits() -> ResponseReturnValue:
    """How long ideas wait, as a table."""
    permits.require(web.signed_in(), "backlog.see")
    return figures.as_csv(figures.waiting(clock.now()))


@bp.get("/backlog/board")
@login_required
def board() -> ResponseReturnValue:
    """Every idea at its stage; one stage alone with ?stage=."""
    permits.require(web.signed_in(), "backlog.see")
    stage = stage_of(request.args.get("stage"))
    if stage is None or stage not in queries.LANES:
        return render_template("backlog/board.html", lanes=queries.board())
    lane = queries.lane(stage, request.args.get("after"))
    return render_template("backlog/board.html", lanes=[lane], alone=True)


@bp.route("/ideas/<int:idea_id>/answer", methods=["GET", "POST"])
@login_required
def answer(idea_id: int) -> ResponseReturnValue:
    """Answer an idea, or move it; a refusal keeps what was typed."""
    actor = web.signed_in()
    idea = ideas.visible_idea(idea_id, actor)
    permits.require(actor, "idea.answer", idea)
    form = AnswerForm(idea)
    if request.method == "GET":
        form.stage.data = stage_of(request.args.get("stage")) or form.stage.data
        return _answer_page(idea, form, 200)
    form.receive(actor)
    stage = stage_of(form.stage.data)
    if not form.validate() or stage is None:
        return _answer_page(idea, form, 422)
    try:
        written = actions.answer(
            actor,
            idea,
            body=form.body.data or "",
            stage=stage,
            seen=stage_of(form.seen.data),
            pictures=form.wish,
        )
        db.session.commit()
    except (Invalid, actions.Moved) as refusal:
        db.session.rollback()
        return _refused(ideas.visible_idea(idea_id, actor), form, refusal)
    flash(gettext("It is published. Everyone who took part hears of it."), "good")
    return web.see_other(web.safe_next(f"{web.idea_path(idea)}#answer-{written.id}"))


@bp.post("/ideas/<int:idea_id>/own")
@login_required
def own(idea_id: int) -> ResponseReturnValue:
    """Say who looks after an idea."""
    actor = web.signed_in()
    idea = ideas.visible_idea(idea_id, actor)
    owner_id = request.form.get("owner", 0, type=int)
    owner = db.session.get(Member, owner_id) if 0 < owner_id <= MAX_ID else None
    actions.own(actor, idea, owner)
    db.session.commit()
    return web.see_other(web.safe_next(web.idea_path(idea)))


def _refused(idea: Idea, form: AnswerForm, refusal: Invalid | actions.Moved) -> ResponseReturnValue:
    if isinstance(refusal, Invalid):
        web.blame(form, refusal)
    else:
        form.form_errors.append(str(refusal))
        # The next try is made in the knowledge of where the idea stands now.
        form.seen.data = idea.stage.value
        form.offer(idea)
    return _answer_page(idea, form, refusal.status)


def _answer_page(idea: Idea, form: AnswerForm, status: int) -> ResponseReturnValue:
    answers = queries.answers_of(idea)
    page = render_template(
        "backlog/answer.html",
        idea=idea,
        form=form,
        answers=answers,
        pictures=pictures.of_page(idea.id, answer_ids=[one.id for one in answers]),
        next=web.safe_next(""),
    )
    return page, status


def _filters() -> Inbox:
    """What the address narrows the inbox to; values that make no sense are left out."""
    owner = request.args.get("owner", "")
    known = {"me": web.signed_in().id, "nobody": 0}
    return Inbox(
        area=ideas.area_by_key(request.args.get("area", "")),
        stage=stage_of(request.args.get("stage")),
        owner=known.get(owner, int(owner) if owner.isdecimal() and len(owner) < 10 else None),
    )


def _lines(filters: Inbox) -> Iterator[str]:
    yield MARK + csv_line(COLUMNS)
    language, now = web.language(), clock.now()
    sees_counts = permits.may(web.signed_in(), "idea.count")
    for row in queries.whole_inbox(filters):
        names = row.area_names or {}
        yield csv_line(
            [
                row.id,
                row.title,
                web.settings().address + web.idea_path(row),
                names.get(language) or next(iter(names.values()), ""),
                row.stage.value,
                row.author,
                row.owner or "",
                row.vote_count if sees_counts else "",
                row.comment_count,
                row.published_at.date().isoformat() if row.published_at else "",
                row.answer_by.date().isoformat() if row.answer_by else "",
                gettext("yes") if row.answer_by and row.answer_by < now else "",
                gettext("yes") if row.is_first else "",
            ]
        )
