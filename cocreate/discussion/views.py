"""Commenting: writing, finding again, editing, removing."""

from urllib.parse import urlencode

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import permits, web
from cocreate.accounts.models import Member
from cocreate.database import MAX_ID
from cocreate.discussion import actions, queries
from cocreate.discussion.forms import CommentForm, EditForm
from cocreate.discussion.models import Comment, CommentKind
from cocreate.errors import Closed, Invalid, NotThere, TooOften
from cocreate.extensions import db
from cocreate.i18n import gettext
from cocreate.ideas import queries as ideas
from cocreate.ideas.models import Idea
from cocreate.moderation import queries as moderation
from cocreate.pictures import queries as pictures
from cocreate.pictures.queries import Place
from cocreate.text_diff import words_diff

bp = Blueprint("discussion", __name__)
# The form of the idea's page and those of replies; they are blank wherever they stand.
bp.add_app_template_global(lambda: CommentForm(formdata=None), "blank_comment_form")

# What can be mended or waited for: the form comes back with all that was typed.
_KEPT = (Invalid, TooOften, Closed)


@bp.route("/ideas/<int:idea_id>/comments", methods=["GET", "POST"])
@login_required
def write(idea_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    idea = ideas.visible_idea(idea_id, actor)
    permits.require(actor, "idea.comment", idea)
    form = CommentForm(parent=request.args.get("parent", ""))
    parent, status = None, 200
    form.receive(actor)
    try:
        parent = _parent(form, idea, actor)
        if form.validate_on_submit():
            return _write(actor, idea, form, parent)
    except _KEPT as refusal:
        status = web.refused(form, refusal)
    return _page(
        "discussion/new.html",
        form,
        status,
        idea=ideas.visible_idea(idea_id, actor),
        parent=parent and queries.said(idea, parent.id, actor),
    )


def _write(
    actor: Member, idea: Idea, form: CommentForm, parent: Comment | None
) -> ResponseReturnValue:
    comment = actions.write(
        actor,
        idea,
        body=form.body.data or "",
        kind=CommentKind(form.kind.data),
        parent=parent,
        pictures=form.wish,
    )
    db.session.commit()
    if comment.is_public:
        flash(gettext("Your comment is part of the discussion."), "good")
    else:
        flash(
            gettext(
                "Thank you. A moderator reads the first comments of new members before everyone"
                " sees them. Until then, only you see it here."
            ),
            "message",
        )
    return web.see_other(_address(idea, comment.id, actor))


def _parent(form: CommentForm, idea: Idea, actor: Member) -> Comment | None:
    """The comment replied to. Raises Closed where it is gone, and lets go of it."""
    word = form.parent.data or ""
    if not word:
        return None
    try:
        if not word.isdecimal() or not word.isascii() or int(word[:20]) > MAX_ID:
            raise NotThere()
        comment, its_idea = queries.visible_comment(int(word), actor)
        if its_idea.id != idea.id:
            raise NotThere()
    except NotThere as gone:
        form.parent.data = ""
        raise Closed(
            gettext("What you reply to is not there any more. Your words can stand on their own.")
        ) from gone
    return comment


def _page(template: str, form: web.Form, status: int, **values: object) -> ResponseReturnValue:
    if status == 200 and request.method == "POST":
        status = 422
    return render_template(template, form=form, **values), status


def _address(idea: Idea, comment_id: int, actor: Member | None) -> str:
    """The address at which `actor` finds the comment on its page."""
    place = queries.place_of(queries.said(idea, comment_id, actor), actor)
    if place.replies:
        page = f"/ideas/{idea.id}/comments/{place.top_id}?{urlencode({'replies': place.replies})}"
    elif place.comments:
        page = f"{web.idea_path(idea)}?{urlencode({'comments': place.comments})}"
    else:
        page = web.idea_path(idea)
    return f"{page}#comment-{comment_id}"


@bp.get("/ideas/<int:idea_id>/comments/<int:comment_id>")
def show(idea_id: int, comment_id: int) -> ResponseReturnValue:
    actor = web.actor()
    idea = ideas.visible_idea(idea_id, actor)
    comment = queries.said(idea, comment_id, actor)
    if comment.parent_id is None and "replies" in request.args:
        replies = queries.replies_of(comment, actor, request.args["replies"])
        return render_template(
            "discussion/replies.html",
            idea=idea,
            comment=comment,
            replies=replies,
            pictures=pictures.of_page(idea.id, [comment.id, *(one.id for one in replies.rows)]),
            reasons=moderation.reasons([comment, *replies.rows]),
        )
    if not comment.author_id:
        # Only its place is left.
        raise NotThere()
    return web.see_other(_address(idea, comment_id, actor))


@bp.route("/comments/<int:comment_id>/edit", methods=["GET", "POST"])
@login_required
def edit(comment_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    comment, idea = queries.visible_comment(comment_id, actor)
    permits.require(actor, "comment.edit", comment)
    form = EditForm(body=comment.body, wording=comment.wording)
    place = Place(idea.id, comment.id)
    form.receive(actor, place)
    status, newer = 200, ""
    try:
        if not form.is_submitted():
            actions.require_editable(actor, comment)
        elif form.validate():
            wording = form.wording.data or ""
            actions.edit(
                actor,
                comment,
                body=form.body.data or "",
                wording=int(wording) if wording.isdecimal() and len(wording) < 9 else 0,
                pictures=form.wish,
            )
            db.session.commit()
            flash(gettext("Your comment reads as you put it now."), "good")
            return web.see_other(_address(idea, comment.id, actor))
    except _KEPT as refusal:
        if not form.is_submitted():
            raise
        status = web.refused(form, refusal)
        # Whoever saves again has seen what it reads now.
        if str(comment.wording) != form.wording.data:
            newer, form.wording.data = comment.body, str(comment.wording)
    return _page(
        "discussion/edit.html",
        form,
        status,
        idea=ideas.visible_idea(comment.idea_id, actor),
        comment=comment,
        newer=newer,
    )


@bp.route("/comments/<int:comment_id>/remove", methods=["GET", "POST"])
@login_required
def remove(comment_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    try:
        comment, idea = queries.visible_comment(comment_id, actor)
    except NotThere:
        if request.method == "POST" and (gone := queries.removed_by(actor, comment_id)):
            return web.see_other(f"{web.idea_path(gone)}#discussion")
        raise
    permits.require(actor, "comment.remove", comment)
    if request.method == "GET":
        actions.require_removable(comment)
        return render_template("discussion/remove.html", idea=idea, comment=comment)
    actions.remove(actor, comment)
    db.session.commit()
    flash(gettext("Your comment was removed."), "good")
    return web.see_other(f"{web.idea_path(idea)}#discussion")


@bp.get("/comments/<int:comment_id>/history")
def history(comment_id: int) -> ResponseReturnValue:
    actor = web.actor()
    comment, idea = queries.visible_comment(comment_id, actor)
    page = queries.wordings_of(comment, actor, request.args.get("before", type=int))
    older = [*page.rows[1:], None]
    wordings = [
        (number, at, words_diff(older_one[2], body) if older_one else [("same", body)])
        for (number, at, body), older_one in zip(page.rows, older, strict=True)
    ]
    return render_template(
        "discussion/history.html",
        idea=idea,
        comment=comment,
        wordings=wordings[:-1] if page.next else wordings,
        older=page.next,
    )
