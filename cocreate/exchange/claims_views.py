"""Claiming what came with an import; the authors that admins look after."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import permits, web
from cocreate.errors import Invalid
from cocreate.exchange import claiming, queries
from cocreate.extensions import db
from cocreate.i18n import gettext

bp = Blueprint("claims", __name__)
# Pages of accounts say so where there is something to claim.
bp.add_app_template_global(queries.has_claims, "has_claims")
bp.add_app_template_global(queries.is_claimable, "is_claimable")


@bp.get("/settings/claims")
@login_required
def index() -> ResponseReturnValue:
    """What came from elsewhere with one's own address."""
    member = web.signed_in()
    permits.require(member, "member.settings")
    return render_template("exchange/claims.html", claims=queries.claims(member), here="claims")


@bp.post("/settings/claims/<int:member_id>/claim")
@login_required
def claim(member_id: int) -> ResponseReturnValue:
    is_new = claiming.claim(web.signed_in(), queries.placeholder(member_id))
    db.session.commit()
    if is_new:
        flash(gettext("These words are yours now. You will hear what becomes of them."), "good")
    return web.see_other("/settings/claims")


@bp.post("/settings/claims/<int:member_id>/refuse")
@login_required
def refuse(member_id: int) -> ResponseReturnValue:
    claiming.refuse(web.signed_in(), queries.placeholder(member_id))
    db.session.commit()
    flash(gettext("Thank you. They are not offered to you any more."), "good")
    return web.see_other("/settings/claims")


@bp.get("/admin/import/authors")
@login_required
def authors() -> ResponseReturnValue:
    permits.require(web.signed_in(), "exchange.import")
    return _authors()


@bp.post("/admin/import/authors/<int:member_id>")
@login_required
def set_address(member_id: int) -> ResponseReturnValue:
    """Say by which address an author's words can be claimed."""
    actor = web.signed_in()
    permits.require(actor, "exchange.import")
    try:
        claiming.set_address(actor, queries.placeholder(member_id), request.form.get("email", ""))
    except Invalid as refusal:
        words = str(refusal)
        db.session.rollback()
        return _authors(member_id, words)
    db.session.commit()
    flash(gettext("Saved."), "good")
    return web.see_other(web.safe_next("/admin/import/authors"))


def _authors(blamed: int = 0, problem: str = "") -> ResponseReturnValue:
    words = request.values.get("q", "")
    page = render_template(
        "exchange/authors.html",
        authors=queries.authors(request.values.get("after"), words),
        words=words,
        blamed=blamed,
        problem=problem,
        typed=request.form.get("email", ""),
    )
    return page, 422 if problem else 200
