"""Joining, confirming an address, what others see of a member, language and theme."""

from flask import Blueprint, flash, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from cocreate import headers, web
from cocreate.accounts import actions, proofs, queries
from cocreate.accounts.forms import AddressForm, JoinForm
from cocreate.errors import Invalid, NotThere
from cocreate.extensions import db, limiter
from cocreate.i18n import LANGUAGES, gettext
from cocreate.ideas import by_author
from cocreate.limits import FLOODS

bp = Blueprint("accounts", __name__)


@bp.route("/join", methods=["GET", "POST"])
@limiter.limit(FLOODS["password"], methods=["POST"])
def join() -> ResponseReturnValue:
    if web.actor():
        return web.see_other(web.safe_next("/"))
    form = JoinForm()
    if form.validate_on_submit():
        try:
            actions.join(
                form.name.data or "",
                form.email.data or "",
                form.password.data or "",
                web.language(),
            )
            db.session.commit()
            return web.see_other("accounts.sent")
        except Invalid as refusal:
            db.session.rollback()
            web.blame(form, refusal)
    return render_template("accounts/join.html", form=form), 422 if form.errors else 200


@bp.get("/join/sent")
def sent() -> ResponseReturnValue:
    return render_template("accounts/sent.html", has_joined=True)


@bp.get("/confirm/sent")
def confirmation_sent() -> ResponseReturnValue:
    return render_template("accounts/sent.html", has_joined=False)


@bp.route("/confirm", methods=["GET", "POST"])
@limiter.limit(FLOODS["password"], methods=["POST"])
def ask_confirmation() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit():
        actions.ask_confirmation(form.email.data or "")
        db.session.commit()
        return web.see_other("accounts.confirmation_sent")
    return render_template("accounts/ask.html", form=form), 422 if form.errors else 200


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@limiter.limit(FLOODS["password"], methods=["POST"])
def confirm(token: str) -> ResponseReturnValue:
    """Looking changes nothing: mail programs follow links before people do."""
    proof = proofs.read_confirm(token)
    if proof is None:
        return web.private(render_template("accounts/stale.html"), 410)
    member, email = proof
    if request.method == "GET":
        return web.private(render_template("accounts/confirm.html", member=member))
    actions.confirm(member, email)
    address, member_id = member.email, member.id
    db.session.commit()
    viewer = web.actor()
    flash(gettext("Thank you, your address is confirmed."), "good")
    if viewer is not None:
        return web.see_other("settings.address" if viewer.id == member_id else "/")
    # The link may have been opened on a device of somebody else, so it signs nobody in.
    session["address"] = address
    return web.see_other("sign_in.sign_in")


@bp.get("/members/<path:name>")
def member(name: str) -> ResponseReturnValue:
    found = queries.by_name(name)
    viewer = web.actor()
    is_self = found is not None and viewer is not None and found.id == viewer.id
    if found is None or not (found.is_known or is_self):
        raise NotThere()
    cursor = request.args.get("after")
    return render_template(
        "accounts/member.html",
        member=found,
        is_self=is_self,
        page_of_ideas=by_author.ideas(found, viewer, cursor),
        outcome=by_author.outcome(found),
    )


@bp.post("/language")
def language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    answer = web.see_other(web.safe_next("/"))
    if chosen not in LANGUAGES:
        return answer
    viewer = web.actor()
    if viewer is not None:
        actions.speak(viewer, chosen)
        db.session.commit()
    _remember(answer, "language", chosen)
    return answer


@bp.post("/theme")
def theme() -> ResponseReturnValue:
    """Light, dark or as the device has it: for a member everywhere, for a visitor here."""
    chosen = request.form.get("theme", "")
    answer = web.see_other(web.safe_next("/"))
    if chosen not in actions.THEMES:
        return answer
    viewer = web.actor()
    if viewer is not None:
        actions.light(viewer, chosen)
        db.session.commit()
    elif chosen == "system":
        answer.delete_cookie("theme")
    else:
        _remember(answer, "theme", chosen)
    return answer


def _remember(answer: Response, name: str, chosen: str) -> None:
    """A choice of this browser's, in a cookie that says nothing else."""
    answer.set_cookie(
        name,
        chosen,
        max_age=headers.YEAR,
        secure=web.settings().address.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
