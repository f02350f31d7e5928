"""The brand: choosing it, seeing it before it is saved, and serving it."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import brand, headers, kept, logos, palette, permits, site, web
from cocreate.admin.brand_forms import BrandForm
from cocreate.errors import Invalid, NotThere
from cocreate.extensions import db
from cocreate.i18n import gettext

bp = Blueprint("brand", __name__)


@bp.route("/admin/brand", methods=["GET", "POST"])
@login_required
def edit() -> ResponseReturnValue:
    """The brand with what it will look like; what another admin has just saved stands."""
    actor = web.signed_in()
    permits.require(actor, "admin.see")
    form = BrandForm.of(site.load(), site.version())
    if request.method == "GET":
        return _page(form, 200)
    try:
        values = _values(form)
        if "preview" in request.form:
            return _page(form, 200)
        names = site.change_as(actor, form.seen, **values)
    except Invalid as refusal:
        db.session.rollback()
        web.blame(form, refusal)
        return _page(form, refusal.status)
    except site.Overtaken as refusal:
        db.session.rollback()
        form.form_errors.append(str(refusal))
        # Who saves again has seen what the other one chose.
        form.version.data = str(site.version())
        return _page(form, refusal.status, other=site.load())
    logos.forget_all_but(values["logo"].get("key", ""))
    db.session.commit()
    kept.forget()
    flash(gettext("The brand is saved.") if names else gettext("Nothing has changed."), "good")
    return web.see_other("/admin/brand")


def _values(form: BrandForm) -> dict[str, Any]:
    """What was chosen, as `site.change_as` takes it. Raises Invalid.

    A logo is kept at once: a file cannot be put back into a form that was refused.
    """
    file = request.files.get("picture")
    if file is not None and file.filename:
        form.logo.data = logos.keep(file.stream.read(logos.LARGEST_FILE + 1))
        db.session.commit()
    elif form.no_logo.data:
        form.logo.data = ""
    form.no_logo.data = False
    colour = form.settle()
    if form.font.data not in brand.FONTS:
        raise Invalid("font", gettext("Choose one of the fonts."))
    return {"colour": colour, "font": form.font.data, "logo": logos.described(form.logo.data or "")}


def _page(form: BrandForm, status: int, other: site.Site | None = None) -> ResponseReturnValue:
    """The form with what it will look like: of what was chosen, as far as it can be taken."""
    portal = site.load()
    try:
        colour = palette.read(form.colour.data) if form.colour.data else ""
    except Invalid:
        colour = portal.colour
    font = form.font.data if form.font.data in brand.FONTS else portal.font
    family = palette.family(colour)
    page = render_template(
        "admin/brand.html",
        form=form,
        family=family,
        mendings=palette.mendings(family),
        is_own=not colour,
        looks=f"/admin/brand/preview.css?{urlencode({'colour': colour, 'font': font})}",
        font=brand.FONTS[font],
        fonts=brand.FONTS,
        logo=brand.picture(form.logo.data or "", "logo"),
        other=other,
        other_font=brand.FONTS.get(other.font) if other else None,
        ratios=(palette.TEXT_RATIO, palette.CONTROL_RATIO),
    )
    return page, status


@bp.get("/admin/brand/preview.css")
@login_required
def preview() -> ResponseReturnValue:
    """What a colour and a font would look like, for the part of the page that shows it."""
    permits.require(web.signed_in(), "admin.see")
    try:
        colour = palette.read(request.args["colour"]) if request.args.get("colour") else ""
    except Invalid as refusal:
        raise NotThere() from refusal
    sheet = brand.preview(colour, request.args.get("font", ""))
    return Response(sheet, content_type="text/css; charset=utf-8")


@bp.get("/brand.css")
def stylesheet() -> ResponseReturnValue:
    """What the brand changes of the stylesheet; empty while nobody chose one."""
    portal = site.load()
    answer = Response(brand.css(portal.colour, portal.font), content_type="text/css; charset=utf-8")
    is_current = request.args.get("v") == brand.digest(portal.colour, portal.font)
    # Who asks by an earlier address gets today's, and does not keep it.
    answer.headers["Cache-Control"] = headers.FOREVER if is_current else "public, no-cache"
    return answer


@bp.get("/brand/<key>-<size>.png")
def picture(key: str, size: str) -> ResponseReturnValue:
    """The logo in one of its sizes."""
    body = logos.body(key, size)
    if body is None:
        raise NotThere()
    return Response(body, content_type="image/png", headers={"Cache-Control": headers.FOREVER})
