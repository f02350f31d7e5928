"""The areas: adding, renaming, ordering, closing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import kept, permits, web
from cocreate.admin.forms import AreaForm
from cocreate.errors import Closed, Invalid, NotThere, Refusal
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES, gettext
from cocreate.ideas import areas
from cocreate.ideas.models import Area
from cocreate.ideas.queries import areas as all_areas

bp = Blueprint("areas_admin", __name__)


@bp.route("/admin/areas", methods=["GET", "POST"])
@login_required
def index() -> ResponseReturnValue:
    """Every area in its order, and a form for one more."""
    actor = web.signed_in()
    permits.require(actor, "admin.see")
    form = AreaForm.of(None)
    if request.method == "GET":
        return _list_page(form, 200)
    if not form.validate():
        return _list_page(form, 422)
    try:
        area = areas.add(actor, **form.texts)
    except (Invalid, Closed) as refusal:
        return _list_page(form, _refused(form, refusal))
    words = gettext("%(name)s is open for ideas.", name=area.name_in(web.language()))
    db.session.commit()
    flash(words, "good")
    return web.see_other("/admin/areas")


@bp.route("/admin/areas/<int:area_id>", methods=["GET", "POST"])
@login_required
def edit(area_id: int) -> ResponseReturnValue:
    """One area's texts; what another admin has just written is not overwritten."""
    actor = web.signed_in()
    permits.require(actor, "admin.see")
    area = _area(area_id)
    form = AreaForm.of(area)
    if request.method == "GET":
        return _edit_page(area, form, 200)
    if not form.validate():
        return _edit_page(area, form, 422)
    try:
        changed = areas.change(actor, area, began=form.seen.data or "", **form.texts)
    except (Invalid, Closed) as refusal:
        status = _refused(form, refusal)
        area = _area(area_id)
        form.seen.data = areas.seen(area)
        return _edit_page(area, form, status, shows_saved=isinstance(refusal, areas.Overtaken))
    db.session.commit()
    kept.forget()
    flash(gettext("The area is saved.") if changed else gettext("Nothing has changed."), "good")
    return web.see_other("/admin/areas")


@bp.post("/admin/areas/<int:area_id>/move")
@login_required
def move(area_id: int) -> ResponseReturnValue:
    """One place up or down."""
    permits.require(web.signed_in(), "admin.see")
    to = request.form.get("to", "")
    if to not in ("up", "down"):
        raise Invalid("to", gettext("Areas move up or down."))
    return _do(area_id, areas.move, up=to == "up")


@bp.post("/admin/areas/<int:area_id>/close")
@login_required
def close(area_id: int) -> ResponseReturnValue:
    """No new ideas here."""
    return _do(area_id, areas.close)


@bp.post("/admin/areas/<int:area_id>/reopen")
@login_required
def reopen(area_id: int) -> ResponseReturnValue:
    """Ideas may come again."""
    return _do(area_id, areas.reopen)


def _do(area_id: int, verb: Callable[..., None], **how: Any) -> ResponseReturnValue:
    permits.require(web.signed_in(), "admin.see")
    verb(web.signed_in(), _area(area_id), **how)
    db.session.commit()
    return web.see_other("/admin/areas")


def _area(area_id: int) -> Area:
    area = db.session.get(Area, area_id)
    if area is None:
        raise NotThere()
    return area


def _refused(form: AreaForm, refusal: Refusal) -> int:
    """Put the refusal onto the form; the status of the page that shows it."""
    db.session.rollback()
    if isinstance(refusal, Invalid):
        # The words are about a kind of text; they show where its first language is.
        web.blame(form, Invalid(f"{refusal.field}_{next(iter(LANGUAGES))}", refusal.words))
    else:
        form.form_errors.append(str(refusal))
    return refusal.status


def _list_page(form: AreaForm, status: int) -> ResponseReturnValue:
    page = render_template("admin/areas.html", areas=all_areas(), form=form, spoken=LANGUAGES)
    return page, status


def _edit_page(
    area: Area, form: AreaForm, status: int, *, shows_saved: bool = False
) -> ResponseReturnValue:
    page = render_template(
        "admin/area.html", area=area, form=form, spoken=LANGUAGES, shows_saved=shows_saved
    )
    return page, status
