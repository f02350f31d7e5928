"""Proposing, drafts, editing, withdrawing."""

from flask import Blueprint, current_app, flash, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time
from flask_login import login_required
from flask_wtf.csrf import CSRFError

from cocreate import clock, permits, undo, web
from cocreate.errors import Invalid, Refusal
from cocreate.extensions import db, login_manager
from cocreate.i18n import gettext as _
from cocreate.ideas import actions, drafts, queries, tags, texts, wordings
from cocreate.ideas.forms import IdeaForm, WithdrawForm
from cocreate.ideas.models import Idea, Visibility
from cocreate.pictures.queries import Place
from cocreate.search.similar import similar
from cocreate.votes import actions as votes

bp = Blueprint("editing", __name__)


@bp.get("/ideas/new")
def new() -> ResponseReturnValue:
    """An empty form, one that a link began to fill in, or a draft to go on with."""
    actor = web.actor()
    if not permits.may(actor, "idea.submit"):
        return render_template("ideas/gate.html")
    draft = request.args.get("draft", type=int)
    if actor and draft:
        idea = drafts.begun(actor, draft)
        if idea.visibility != Visibility.DRAFT:
            return web.see_other(web.idea_path(idea))
        form = IdeaForm(idea, seen=str(idea.version))
        form.recall(actor, Place(idea.id))
        return _new_page(form)
    known = {name: request.args.get(name, "") for name in ("title", "area", "tags")}
    return _new_page(IdeaForm(None, **known))


@bp.post("/ideas/new")
def send() -> ResponseReturnValue:
    """Propose what was written, keep it as a draft, or show how it will look."""
    form = IdeaForm()
    actor = web.actor()
    if actor is None or not permits.may(actor, "idea.submit"):
        return _kept_page(form)
    form.receive(actor, _place(form))
    if instead := request.form.get("instead", type=int):
        return _support_instead(form, instead)
    match request.form.get("do"):
        case "similar":
            return _new_page(form, checked=True)
        case "preview":
            return _new_page(form, previews=True)
        case "draft":
            return _keep(form)
        case "another":
            # Beside what was saved elsewhere, instead of over it.
            form.key.data, form.seen.data = drafts.new_key(), "0"
            return _keep(form)
    if not form.validate():
        return _new_page(form, status=422)
    try:
        idea = actions.submit(
            actor, **form.written, key=form.key.data, seen=form.seen_number, pictures=form.wish
        )
        votes.support_own(actor, idea)
    except drafts.AlreadySent as refusal:
        if refusal.is_same:
            return _sent_before(refusal)
        return _new_page(form, refusal)
    except Refusal as refusal:
        return _new_page(form, refusal)
    db.session.commit()
    flash(_what_happens_next(idea), "good")
    return web.see_other(web.idea_path(idea))


def _keep(form: IdeaForm) -> ResponseReturnValue:
    try:
        idea = _save(form)
    except Refusal as refusal:
        return _new_page(form, refusal)
    db.session.commit()
    flash(_("Saved as a draft. Only you can see it."), "good")
    for words in form.refused_pictures:
        flash(words, "warn")
    return web.see_other("editing.new", draft=idea.id)


def _support_instead(form: IdeaForm, idea_id: int) -> ResponseReturnValue:
    """Somebody else has proposed it already: support that, and keep what was written so far."""
    actor = web.signed_in()
    try:
        draft = _save(form)
        idea = queries.visible_idea(idea_id, actor)
        votes.cast(actor, idea)
    except Refusal as refusal:
        return _new_page(form, refusal)
    path, title, back = web.idea_path(idea), idea.title, f"/ideas/new?draft={draft.id}"
    db.session.commit()
    words = _("You support “%(title)s”. What you wrote is kept among your drafts.", title=title)
    undo.offer(words, f"/ideas/{idea_id}/unvote", next=back)
    return web.see_other(path)


def _save(form: IdeaForm) -> Idea:
    written = texts.read(**form.written)
    key = drafts.usable_key(form.key.data)
    return drafts.save(web.signed_in(), written, key=key, seen=form.seen_number, pictures=form.wish)


@bp.post("/ideas/drafts")
@login_required
def save_draft() -> ResponseReturnValue:
    """For the script that saves while someone writes."""
    form = IdeaForm()
    # Files come with the form alone; what was kept of them before belongs to the draft.
    form.recall(web.signed_in(), _place(form))
    form.keep_all()
    idea = _save(form)
    db.session.commit()
    saved = _("Saved as a draft at %(time)s.", time=format_time(clock.now(), "short"))
    return jsonify(id=idea.id, key=idea.form_key, seen=idea.version, words=saved)


@bp.post("/ideas/drafts/<int:idea_id>/discard")
@login_required
def discard(idea_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    drafts.discard(actor, drafts.begun(actor, idea_id))
    db.session.commit()
    undo.offer(_("The draft is gone."), f"/ideas/drafts/{idea_id}/restore")
    return web.see_other(web.safe_next("/ideas/new"))


@bp.post("/ideas/drafts/<int:idea_id>/restore")
@login_required
def restore(idea_id: int) -> ResponseReturnValue:
    """The draft was discarded by a slip of the hand."""
    idea = drafts.restore(web.signed_in(), idea_id)
    db.session.commit()
    flash(_("Your draft is back."), "good")
    return web.see_other("editing.new", draft=idea.id)


@bp.post("/ideas/preview")
@login_required
def preview() -> ResponseReturnValue:
    """For the script that shows how it will look while someone writes."""
    return jsonify(html=render_template("ideas/_preview.html", form=IdeaForm()))


@bp.route("/ideas/<int:idea_id>/edit", methods=["GET", "POST"])
def edit(idea_id: int) -> ResponseReturnValue:
    actor = web.actor()
    if actor is None:
        return _kept_page(IdeaForm()) if request.form else login_manager.unauthorized()
    idea = queries.visible_idea(idea_id, actor)
    permits.require(actor, "idea.edit", idea)
    if idea.visibility == Visibility.DRAFT:
        return web.see_other("editing.new", draft=idea.id)
    form = IdeaForm(idea, seen=str(idea.wording))
    if request.method == "GET":
        actions.require_editable(idea)
        form.recall(actor, Place(idea.id))
        return _edit_page(idea, form)
    form.receive(actor, Place(idea_id))
    if request.form.get("do") == "preview":
        return _edit_page(idea, form, previews=True)
    if not form.validate():
        return _edit_page(idea, form, status=422)
    try:
        is_changed = actions.edit(
            actor,
            idea,
            **form.written,
            seen=form.seen_number,
            tags_seen=form.seen_tags,
            pictures=form.wish,
        )
    except Refusal as refusal:
        return _edit_page(idea, form, refusal)
    db.session.commit()
    flash(_("Your changes are saved.") if is_changed else _("Nothing has changed."), "good")
    return web.see_other(web.idea_path(idea))


@bp.get("/ideas/<int:idea_id>/history")
def history(idea_id: int) -> ResponseReturnValue:
    actor = web.actor()
    idea = queries.visible_idea(idea_id, actor)
    changes = wordings.history(idea, actor, request.args.get("after"))
    return render_template("ideas/history.html", idea=idea, changes=changes)


@bp.route("/ideas/<int:idea_id>/withdraw", methods=["GET", "POST"])
@login_required
def withdraw(idea_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    idea = queries.visible_idea(idea_id, actor)
    permits.require(actor, "idea.withdraw", idea)
    form = WithdrawForm()
    if request.method == "GET":
        actions.require_editable(idea)
        return render_template("ideas/withdraw.html", idea=idea, form=form)
    if not form.validate():
        return render_template("ideas/withdraw.html", idea=idea, form=form), 422
    actions.withdraw(actor, idea, form.reason.data or "")
    db.session.commit()
    flash(_("You have taken your idea back. Only you and the team see it now."), "good")
    return web.see_other(web.idea_path(idea))


@bp.errorhandler(CSRFError)
def token_missing(_error: CSRFError) -> ResponseReturnValue:
    """The session ended or changed while someone wrote: their words come back to them."""
    if "signed-out" in request.form:
        # From `_kept_page`, which had no token to give to whoever would sign in elsewhere.
        words = _("You are signed in again. Look it over and send it once more.")
    else:
        words = _("This page stood open for too long. Look it over and send it once more.")
    if web.wants_json():
        return jsonify(words=words), 400
    actor = web.actor()
    if request.endpoint not in ("editing.send", "editing.edit") or actor is None:
        flash(words, "warn")
        return web.see_other(
            request.path if request.endpoint == "editing.withdraw" else "/ideas/new"
        )
    if request.endpoint == "editing.send":
        form = IdeaForm()
        form.recall(actor, _place(form))
        form.let_go()
        form.form_errors = [words]
        return _new_page(form, status=400)
    try:
        idea = queries.visible_idea((request.view_args or {})["idea_id"], actor)
        permits.require(actor, "idea.edit", idea)
    except Refusal as refusal:
        # Nobody else catches what is raised while an error is being answered.
        return current_app.handle_user_exception(refusal)
    form = IdeaForm(idea)
    form.recall(actor, Place(idea.id))
    form.let_go()
    form.form_errors = [words]
    return _edit_page(idea, form, status=400)


def _place(form: IdeaForm) -> Place | None:
    """What the form's pictures belong to, if it was saved before."""
    idea_id = drafts.id_of_form(web.signed_in(), form.key.data)
    return Place(idea_id) if idea_id else None


def _what_happens_next(idea: Idea) -> str:
    by = format_date(idea.answer_by, "long")
    if idea.is_public:
        return _("Your idea is public. You get an answer by %(day)s.", day=by)
    return _(
        "Thank you. A moderator reads it first, as with everybody who is new here, then it goes"
        " public. You get an answer by %(day)s.",
        day=by,
    )


def _sent_before(refusal: drafts.AlreadySent) -> ResponseReturnValue:
    db.session.rollback()
    flash(str(refusal), "info")
    return web.see_other(web.idea_path(queries.visible_idea(refusal.idea_id, web.actor())))


def _refuse(form: IdeaForm, refusal: Refusal) -> Idea | None:
    """Put the refusal onto the form; the idea as it is now, where that is what speaks against."""
    db.session.rollback()
    if isinstance(refusal, Invalid):
        web.blame(form, refusal)
        return None
    form.form_errors = [str(refusal)]
    if not isinstance(refusal, drafts.Overtaken | drafts.AlreadySent):
        return None
    return queries.visible_idea(refusal.idea_id, web.actor())


def _new_page(
    form: IdeaForm,
    refusal: Refusal | None = None,
    *,
    status: int = 200,
    previews: bool = False,
    checked: bool = False,
) -> ResponseReturnValue:
    other = _refuse(form, refusal) if refusal else None
    sent = None
    if isinstance(refusal, drafts.AlreadySent):
        # Sent once more it is another idea, and the form says so.
        sent, other, form.key.data, form.seen.data = other, None, drafts.new_key(), "0"
    elif other:
        form.seen.data = str(other.version)
    said = [field.data or "" for field in (form.title, form.need, form.proposal)]
    page = render_template(
        "ideas/new.html",
        form=form,
        similar=similar(web.actor(), *said),
        drafts=[one for one in drafts.drafts_of(web.signed_in()) if one.key != form.key.data],
        known_tags=tags.known_tags(),
        other=other,
        sent=sent,
        previews=previews,
        checked=checked,
    )
    return page, refusal.status if refusal else status


def _edit_page(
    idea: Idea,
    form: IdeaForm,
    refusal: Refusal | None = None,
    *,
    status: int = 200,
    previews: bool = False,
) -> ResponseReturnValue:
    other = _refuse(form, refusal) if refusal else None
    if other:
        form.seen.data = str(other.wording)
    idea = queries.visible_idea(idea.id, web.actor())
    form.catch_up(idea)
    page = render_template(
        "ideas/edit.html",
        idea=idea,
        form=form,
        known_tags=tags.known_tags(),
        other=other,
        previews=previews,
    )
    return page, refusal.status if refusal else status


def _kept_page(form: IdeaForm) -> ResponseReturnValue:
    """What was sent by someone who is signed out or not confirmed: kept on the page."""
    form.let_go()
    return render_template("ideas/kept.html", form=form), 401 if web.actor() is None else 403
