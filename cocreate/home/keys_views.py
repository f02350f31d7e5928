"""What shortens the way: which keys do what, and the places that one may go to by their names."""

from urllib.parse import quote

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from cocreate import permits, web
from cocreate.accounts.models import Member
from cocreate.i18n import gettext as _

bp = Blueprint("keys", __name__)


@bp.get("/keys")
def keys() -> ResponseReturnValue:
    """The keys, as a page or, for a script, as the content of a dialog."""
    if web.wants_json():
        return jsonify(title=_("Keys"), html=render_template("home/_keys.html"))
    return render_template("home/keys.html")


@bp.get("/places")
def places() -> ResponseReturnValue:
    """Where one may go and what one may begin, for a script that finds them by their names."""
    page, action = _("Page"), _("Action")
    found = [
        *({"title": title, "address": path, "note": action} for path, title in _actions()),
        *({"title": title, "address": path, "note": page} for path, title in _pages(web.actor())),
    ]
    words = {
        "here": _("On this page"),
        "nothing": _("Nothing has this name."),
    }
    return jsonify(places=found, words=words)


def _actions() -> list[tuple[str, str]]:
    someone = web.actor()
    found = [("/ideas/new", _("Propose an idea"))]
    if someone is None:
        return [*found, ("/sign-in", _("Sign in")), ("/join", _("Join"))]
    return [*found, ("/sign-out", _("Sign out"))]


def _pages(someone: Member | None) -> list[tuple[str, str]]:
    """Each only for those who may enter it."""
    found = [
        ("/", _("Home page")),
        ("/ideas", _("Ideas")),
        ("/ideas?sort=new", _("New ideas")),
        ("/roadmap", _("Roadmap")),
        ("/changelog", _("Delivered")),
        ("/search", _("Search ideas")),
    ]
    if permits.may(someone, "member.settings") and someone is not None:
        found += [
            ("/notices", _("Notices")),
            (f"/members/{quote(someone.name)}", _("Profile")),
            ("/settings", _("Settings")),
        ]
    for permit, path, title in (
        ("idea.moderate", "/moderation", _("Moderation")),
        ("backlog.see", "/backlog", _("Backlog")),
        ("backlog.see", "/backlog/board", _("Board")),
        ("admin.see", "/admin", _("Admin")),
        ("admin.see", "/admin/settings", _("Settings of the portal")),
        ("admin.see", "/admin/areas", _("Areas")),
        ("admin.see", "/admin/members", _("Members")),
        ("exchange.import", "/admin/import", _("Import")),
        ("exchange.export", "/admin/export", _("Export")),
    ):
        if permits.may(someone, permit):
            found.append((path, title))
    return [
        *found,
        ("/moderation/log", _("Public moderation log")),
        ("/how-we-sort", _("How we sort ideas")),
        ("/keys", _("Keys")),
    ]
