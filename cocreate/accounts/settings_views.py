"""A member's own settings."""

from flask import Blueprint, flash, render_template, session
from flask.typing import ResponseReturnValue
from flask_login import login_required, logout_user

from cocreate import web
from cocreate.accounts import actions, browsers, passwords, queries
from cocreate.accounts.forms import CloseForm, NewAddressForm, PasswordForm, ProfileForm
from cocreate.accounts.models import MailChoice
from cocreate.errors import Invalid, TooOften
from cocreate.extensions import db, limiter
from cocreate.i18n import force_locale, gettext
from cocreate.ideas import drafts
from cocreate.limits import FLOODS
from cocreate.notices import searches
from cocreate.pictures.actions import forget_pending_of

bp = Blueprint("settings", __name__)


@bp.route("/settings", methods=["GET", "POST"])
@login_required
def profile() -> ResponseReturnValue:
    member = web.signed_in()
    form = ProfileForm(obj=member)
    if form.validate_on_submit():
        try:
            actions.change_profile(
                member,
                name=form.name.data or "",
                about=form.about.data or "",
                language=form.language.data,
                theme=form.theme.data,
                timezone=form.timezone.data,
                mail_choice=MailChoice(form.mail_choice.data),
                has_keys=form.has_keys.data,
            )
            db.session.commit()
            with force_locale(member.language):
                flash(gettext("Saved."), "good")
            return web.see_other("settings.profile")
        except Invalid as refusal:
            db.session.rollback()
            web.blame(form, refusal)
    return _page("profile", form)


@bp.route("/settings/address", methods=["GET", "POST"])
@login_required
@limiter.limit(FLOODS["password"], methods=["POST"])
def address() -> ResponseReturnValue:
    form = NewAddressForm()
    if form.validate_on_submit() and _is_proved(form):
        try:
            actions.ask_address(web.signed_in(), form.email.data or "")
            db.session.commit()
            return web.see_other("settings.address")
        except Invalid as refusal:
            db.session.rollback()
            web.blame(form, refusal)
        except TooOften as refusal:
            db.session.rollback()
            form.form_errors.append(str(refusal))
    return _page("address", form)


@bp.post("/settings/address/keep")
@login_required
def keep_address() -> ResponseReturnValue:
    actions.forget_asked_address(web.signed_in())
    db.session.commit()
    return web.see_other("settings.address")


@bp.route("/settings/password", methods=["GET", "POST"])
@login_required
@limiter.limit(FLOODS["password"], methods=["POST"])
def password() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit() and _is_proved(form):
        try:
            actions.set_password(
                web.signed_in(),
                form.new_password.data or "",
                keep=_session_id(),
                field="new_password",
            )
            db.session.commit()
            flash(gettext("Your password is changed. Everywhere else you are signed out."), "good")
            return web.see_other("settings.password")
        except Invalid as refusal:
            db.session.rollback()
            web.blame(form, refusal)
    return _page("password", form)


@bp.get("/settings/sessions")
@login_required
def sessions() -> ResponseReturnValue:
    return render_template(
        "accounts/settings_sessions.html",
        here="sessions",
        sessions=queries.sessions(web.signed_in()),
        this=_session_id(),
        called=browsers.called,
    )


@bp.post("/settings/sessions/<int:session_id>/end")
@login_required
def end_session(session_id: int) -> ResponseReturnValue:
    actions.end_session(web.signed_in(), session_id)
    db.session.commit()
    return web.see_other("settings.sessions")


@bp.post("/settings/sessions/end-others")
@login_required
def end_other_sessions() -> ResponseReturnValue:
    actions.end_all_sessions(web.signed_in(), but=_session_id())
    db.session.commit()
    return web.see_other("settings.sessions")


@bp.route("/settings/close", methods=["GET", "POST"])
@login_required
@limiter.limit(FLOODS["password"], methods=["POST"])
def close() -> ResponseReturnValue:
    form = CloseForm()
    if form.validate_on_submit() and _is_proved(form):
        member = web.signed_in()
        drafts.discard_all(member)
        forget_pending_of(member)
        searches.forget_all(member)
        actions.close(member)
        db.session.commit()
        logout_user()
        session.clear()
        flash(gettext("Your account is closed. Thank you for having been here."), "good")
        return web.see_other("/")
    return _page("close", form)


def _page(name: str, form: web.Form) -> ResponseReturnValue:
    page = render_template(f"accounts/settings_{name}.html", here=name, form=form)
    return page, 422 if form.errors else 200


def _is_proved(form: web.Form) -> bool:
    """Whether who sends the form knows the password; says so on the form if not."""
    kept = web.signed_in().password_hash
    # Weighing a password takes its time; nobody waits for the database meanwhile.
    db.session.rollback()
    if passwords.fits(kept, form["password"].data or ""):
        return True
    web.blame(form, Invalid("password", gettext("This is not your password.")))
    return False


def _session_id() -> int:
    someone = web.present()
    return someone.session_id if someone else 0
