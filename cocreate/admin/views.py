"""What needs attention, the portal's settings, deliveries that failed."""

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import clock, deliveries, figures, kept, permits, site, web
from cocreate.admin import queries
from cocreate.admin.forms import SettingsForm
from cocreate.errors import Invalid, NotThere
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES, gettext, ngettext
from cocreate.notices import post

bp = Blueprint("admin", __name__)


@bp.get("/admin")
@login_required
def index() -> ResponseReturnValue:
    permits.require(web.signed_in(), "admin.see")
    return render_template(
        "admin/index.html",
        now=queries.overview(),
        states=queries.IndexState,
        most=queries.MOST_COUNTED,
        is_sending=bool(post.settings().smtp_url),
        activity=figures.activity(clock.now()),
    )


@bp.get("/admin/activity.csv")
@login_required
def activity() -> ResponseReturnValue:
    """The weeks of the first page, as a table."""
    permits.require(web.signed_in(), "admin.see")
    return figures.as_csv(figures.activity(clock.now()))


@bp.route("/admin/settings", methods=["GET", "POST"])
@login_required
def settings() -> ResponseReturnValue:
    """The portal's settings; those that another admin has just changed are not overwritten."""
    actor = web.signed_in()
    permits.require(actor, "admin.see")
    form = SettingsForm.of(site.load(), site.version())
    if request.method == "GET":
        return _settings_page(form, 200)
    if not form.validate():
        return _settings_page(form, 422)
    try:
        names = site.change_as(actor, form.seen, **form.values)
    except Invalid as refusal:
        db.session.rollback()
        web.blame(form, refusal)
        return _settings_page(form, refusal.status)
    except site.Overtaken as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal))
        # Who saves again has seen what the other one wrote.
        form.version.data = str(site.version())
        return _settings_page(form, refusal.status, _other(form))
    db.session.commit()
    kept.forget()
    flash(gettext("The settings are saved.") if names else gettext("Nothing has changed."), "good")
    return web.see_other("/admin/settings")


def _settings_page(
    form: SettingsForm, status: int, other: list[tuple[str, str]] | None = None
) -> ResponseReturnValue:
    page = render_template(
        "admin/settings.html", form=form, spoken=LANGUAGES, bounds=list(site.BOUNDS), other=other
    )
    return page, status


def _other(form: SettingsForm) -> list[tuple[str, str]]:
    """(label, what is saved) of each field that says something else than what is saved."""
    saved = SettingsForm.of(site.load(), form.seen, formdata=None)
    names = [one.name for one in saved if one.name != "version"]
    return [
        (str(saved[name].label.text), _words(saved[name].data))
        for name in names
        if _lines(saved[name].data) != _lines(form[name].data)
    ]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


def _lines(value: Any) -> Any:
    return value.strip().splitlines() if isinstance(value, str) else value


@bp.get("/admin/deliveries")
@login_required
def stuck() -> ResponseReturnValue:
    """What could not be delivered, and how much waits."""
    permits.require(web.signed_in(), "admin.see")
    return render_template(
        "admin/deliveries.html",
        failed=queries.failed(request.args.get("after")),
        owed=queries.owed(),
        most=queries.MOST_COUNTED,
    )


@bp.post("/admin/deliveries/<int:delivery_id>/again")
@login_required
def send_again(delivery_id: int) -> ResponseReturnValue:
    """Try one once more; asked twice, it is tried once."""
    permits.require(web.signed_in(), "admin.see")
    if db.session.get(Delivery, delivery_id) is None:
        raise NotThere()
    deliveries.send_again([delivery_id])
    db.session.commit()
    flash(gettext("It is tried again, in a moment."), "good")
    return web.see_other(web.safe_next("/admin/deliveries"))


@bp.post("/admin/deliveries/again")
@login_required
def send_all_again() -> ResponseReturnValue:
    """Try all of them once more."""
    permits.require(web.signed_in(), "admin.see")
    number = deliveries.send_again()
    db.session.commit()
    words = ngettext(
        "%(num)s delivery is tried again.", "%(num)s deliveries are tried again.", number
    )
    flash(words, "good")
    return web.see_other("/admin/deliveries")
