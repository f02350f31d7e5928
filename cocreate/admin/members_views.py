"""Members: finding them, giving them roles."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from cocreate import permits, web
from cocreate.accounts import actions, queries
from cocreate.accounts.models import Member, Role
from cocreate.errors import Invalid, NotThere
from cocreate.extensions import db
from cocreate.i18n import gettext
from cocreate.labels import label

bp = Blueprint("members_admin", __name__)


@bp.get("/admin/members")
@login_required
def index() -> ResponseReturnValue:
    permits.require(web.actor(), "admin.see")
    words = request.args.get("q", "")
    role = _role(request.args.get("role", ""))
    return render_template(
        "admin/members.html",
        people=queries.people(request.args.get("after"), words=words, role=role),
        words=words,
        role=role,
        roles=Role,
    )


@bp.post("/admin/members/<int:member_id>/role")
@login_required
def change_role(member_id: int) -> ResponseReturnValue:
    permits.require(web.actor(), "admin.see")
    member = db.session.get(Member, member_id)
    if member is None:
        raise NotThere()
    role = _role(request.form.get("role", ""))
    if role is None:
        raise Invalid("role", gettext("Choose one of the roles."))
    actions.make_staff(web.signed_in(), member, role)
    words = gettext("%(name)s is now: %(role)s", name=member.name, role=label(role))
    db.session.commit()
    flash(words, "good")
    return web.see_other(web.safe_next("/admin/members"))


def _role(word: str) -> Role | None:
    return Role(word) if word in set(Role) else None
