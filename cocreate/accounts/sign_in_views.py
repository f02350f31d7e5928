"""Signing in and out, and a forgotten password."""

import logging

from flask import Blueprint, flash, g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.wrappers import Response

from cocreate import clock, database, web
from cocreate.accounts import actions, passwords, proofs, queries, sessions
from cocreate.accounts.forms import AddressForm, ResetForm, SignInForm
from cocreate.accounts.models import Member
from cocreate.errors import Invalid
from cocreate.extensions import db, limiter
from cocreate.i18n import gettext
from cocreate.limits import FLOODS

bp = Blueprint("sign_in", __name__)
log = logging.getLogger("cocreate.sessions")


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(FLOODS["password"], methods=["POST"])
def sign_in() -> ResponseReturnValue:
    if web.actor():
        return web.see_other(web.safe_next("/"))
    form = SignInForm()
    if request.method == "GET" and "address" in session:
        form.email.data = session.pop("address")
    if form.validate_on_submit():
        member = _proved(form.email.data or "", form.password.data or "")
        if member is not None:
            _enter(member, remember=bool(form.remember.data))
            return web.see_other(web.safe_next("/"))
        form.form_errors.append(gettext("The address and the password do not belong together."))
    is_refused = bool(form.errors)
    page = render_template("accounts/sign_in.html", form=form, next=web.safe_next(""))
    return page, 422 if is_refused else 200


def _proved(email: str, password: str) -> Member | None:
    """Who has the address, if this is their password. Takes as long for whoever asks."""
    proof = queries.proof_of(email)
    # Weighing a password takes its time; nobody waits for the database meanwhile.
    db.session.rollback()
    if not passwords.fits(proof.password_hash, password):
        return None
    member = db.session.get(Member, proof.member_id)
    # Changed in this very moment, the old password is no good any more.
    return member if member and member.password_hash == proof.password_hash else None


def _enter(member: Member, *, remember: bool) -> None:
    """Begin a session under a new token, with nothing of what the cookie held before."""
    if member.password_hash and passwords.is_old(member.password_hash):
        member.password_hash = passwords.hashed(request.form["password"])
    browser = request.headers.get("User-Agent", "")
    token = actions.start_session(member, browser, remember=remember)
    found = queries.session_of(token)
    assert found is not None
    session_id = found[1].id
    db.session.commit()
    session.clear()
    session.permanent = remember
    login_user(web.SignedIn(member, token, session_id))


@bp.route("/sign-out", methods=["GET", "POST"])
def sign_out() -> ResponseReturnValue:
    someone = web.present()
    if someone is None:
        return web.see_other("/")
    if request.method == "GET":
        return render_template("accounts/sign_out.html")
    actions.end_session(someone.member, someone.session_id)
    db.session.commit()
    logout_user()
    session.clear()
    return web.see_other("/")


@bp.route("/reset", methods=["GET", "POST"])
@limiter.limit(FLOODS["password"], methods=["POST"])
def ask_reset() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit():
        actions.ask_reset(form.email.data or "")
        db.session.commit()
        return web.see_other("sign_in.reset_sent")
    return render_template("accounts/ask_reset.html", form=form), 422 if form.errors else 200


@bp.get("/reset/sent")
def reset_sent() -> ResponseReturnValue:
    return render_template("accounts/reset_sent.html")


@bp.route("/reset/<token>", methods=["GET", "POST"])
@limiter.limit(FLOODS["password"], methods=["POST"])
def reset(token: str) -> ResponseReturnValue:
    member = proofs.read_reset(token)
    if member is None:
        return web.private(render_template("accounts/stale.html"), 410)
    form = ResetForm()
    if form.validate_on_submit():
        try:
            address = member.email
            actions.reset_password(member, form.password.data or "")
            db.session.commit()
            logout_user()
            session.clear()
            session["address"] = address
            flash(gettext("Your new password is set. Sign in with it."), "good")
            return web.see_other("sign_in.sign_in")
        except Invalid as refusal:
            db.session.rollback()
            web.blame(form, refusal)
    return web.private(
        render_template("accounts/reset.html", form=form), 422 if form.errors else 200
    )


@bp.after_app_request
def remember_use(response: Response) -> Response:
    """Write down, now and then, that a session is in use."""
    someone = g.get("_login_user")
    if not (web.is_safe() and isinstance(someone, web.SignedIn) and someone.seen_at):
        return response
    if clock.now() - someone.seen_at >= sessions.SEEN_EVERY:
        try:
            with database.writing():
                sessions.mark_seen(someone.session_id)
        except (OperationalError, PoolTimeout):
            # A page that was only looked at must not fail over this; the next one tries again.
            log.info("a session's last use was not written down")
    return response
