"""The queue, one decision at a time, and the public log."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import permits, web
from cocreate.accounts.models import Member
from cocreate.discussion import queries as discussion
from cocreate.errors import Closed, Invalid, NotThere
from cocreate.extensions import db
from cocreate.i18n import gettext
from cocreate.ideas import queries as ideas
from cocreate.ideas.models import Idea
from cocreate.moderation import actions, queries
from cocreate.moderation.cases import Thing
from cocreate.moderation.forms import DecideForm, HideForm, hide_form
from cocreate.moderation.models import Reason, Ruling
from cocreate.undo import offer

bp = Blueprint("moderation", __name__)
# Hiding is offered on the idea's page and for each entry of the queue.
bp.add_app_template_global(hide_form, "hide_form")

_THING = "/moderation/<any(ideas, comments):things>/<int:thing_id>"


@bp.get("/moderation")
@login_required
def queue() -> ResponseReturnValue:
    actor = web.signed_in()
    permits.require(actor, "idea.moderate")
    number, oldest = queries.waiting()
    return render_template(
        "moderation/queue.html",
        page_of_cases=queries.queue(request.args.get("after")),
        number=number,
        oldest=oldest,
        fresh=queries.fresh_rulings(actor),
    )


@bp.get(_THING, endpoint="decide")
@bp.get(f"{_THING}/approve", endpoint="approve_page")
@bp.get(f"{_THING}/hide", endpoint="hide_page")
@login_required
def decide(things: str, thing_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    return _page(_thing(things, thing_id, actor), hide_form(), 200)


@bp.post(f"{_THING}/approve")
@login_required
def approve(things: str, thing_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    thing, form = _thing(things, thing_id, actor), DecideForm()
    try:
        made = actions.approve(actor, thing, ruling=form.seen_ruling, wording=form.seen_wording)
    except Closed as refusal:
        return _overtaken(things, thing_id, hide_form(), refusal)
    return _decided(made, gettext("Everyone can see it now."))


@bp.post(f"{_THING}/hide")
@login_required
def hide(things: str, thing_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    thing, form = _thing(things, thing_id, actor), HideForm()
    if not form.validate_on_submit():
        return _page(thing, form, 422)
    try:
        made = actions.hide(
            actor,
            thing,
            Reason(form.reason.data),
            form.words.data or "",
            ruling=form.seen_ruling,
            wording=form.seen_wording,
        )
    except Invalid as refusal:
        db.session.rollback()
        web.blame(form, refusal)
        return _page(_thing(things, thing_id, actor), form, refusal.status)
    except Closed as refusal:
        return _overtaken(things, thing_id, form, refusal)
    return _decided(made, gettext("It is hidden, and its author is told why."))


@bp.post("/moderation/rulings/<int:ruling_id>/undo")
@login_required
def undo(ruling_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    permits.require(actor, "idea.moderate")
    ruling = db.session.get(Ruling, ruling_id)
    if ruling is None:
        raise NotThere()
    actions.undo(actor, ruling)
    db.session.commit()
    flash(gettext("Your decision is undone."), "good")
    return web.see_other(web.safe_next("/moderation"))


@bp.get("/moderation/log")
def log() -> ResponseReturnValue:
    return render_template(
        "moderation/log.html",
        page_of_rulings=queries.log(request.args.get("before")),
        reasons=queries.hidden_lately(),
    )


def _decided(ruling: Ruling, words: str) -> ResponseReturnValue:
    back, path = web.safe_next("/moderation"), f"/moderation/rulings/{ruling.id}/undo"
    db.session.commit()
    if back.startswith("/moderation"):
        # The queue lists what was just decided, each with its button.
        flash(words, "good")
    else:
        offer(words, path, next=back)
    return web.see_other(back)


def _thing(things: str, thing_id: int, actor: Member) -> Thing:
    """What is to be decided about. Raises NotThere or NotAllowed as the permits say."""
    if things == "ideas":
        idea = ideas.visible_idea(thing_id, actor)
        permits.require(actor, "idea.moderate", idea)
        return idea
    comment, _idea = discussion.visible_comment(thing_id, actor)
    permits.require(actor, "comment.moderate", comment)
    return comment


def _overtaken(things: str, thing_id: int, form: HideForm, refusal: Closed) -> ResponseReturnValue:
    """The page again, with what was typed and with how things are now."""
    db.session.rollback()
    form.form_errors.append(str(refusal))
    return _page(_thing(things, thing_id, web.signed_in()), form, refusal.status)


def _page(thing: Thing, form: HideForm, status: int) -> ResponseReturnValue:
    case = queries.case_of(thing)
    # Whoever decides on this page has seen how things are now.
    form.ruling.data, form.wording.data = str(case.ruling), str(case.wording)
    page = render_template(
        "moderation/decide.html",
        case=case,
        form=form,
        rulings=queries.rulings_of(thing),
        idea=thing if isinstance(thing, Idea) else None,
    )
    return page, status
