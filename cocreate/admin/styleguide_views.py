"""The look of the portal, for those who build pages and choose words."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import permits, web
from cocreate.admin import styleguide

bp = Blueprint("styleguide", __name__)


@bp.get("/styleguide")
@login_required
def show() -> ResponseReturnValue:
    """Every piece in every state."""
    permits.require(web.signed_in(), "styleguide.see")
    return render_template(
        "styleguide/show.html",
        sections=styleguide.sections(),
        shades=styleguide.shades(),
        sizes=styleguide.SIZES,
        gaps=styleguide.GAPS,
    )
