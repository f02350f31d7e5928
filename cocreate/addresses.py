"""One address for each page: which one search engines are told, and where other ones lead."""

from functools import cache
from urllib.parse import quote

from babel import Locale
from babel.core import get_global
from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect

from cocreate import brand, site, static, web

# Pages that anyone may find through a search engine. All others ask not to be listed: they are
# somebody's own, or a step on the way, or say again what one of these says.
_LISTED = frozenset(
    (
        "accounts.join accounts.member editing.new home.changelog home.front home.roadmap"
        " ideas.how_we_sort ideas.index ideas.show moderation.log search.find sign_in.sign_in"
    ).split()
)
# With one of these in its query an address shows a part of a page, or the same in another order:
# endless combinations, which lead to ideas that the map of the site lists anyway. Whatever else
# a query holds, such as what newsletters add, changes nothing and is left out.
_VARIES = frozenset(
    (
        "after answered area before comments draft language mine next q since sort stage tag title"
    ).split()
)


def bind(app: Flask) -> None:
    """Let templates ask for a page's address, and mend addresses that end in a slash."""
    app.jinja_env.globals.update(canonical=canonical, territory=territory)
    app.before_request(_without_slash)
    app.add_url_rule("/favicon.ico", "favicon", _favicon)
    app.add_url_rule("/.well-known/change-password", "change_password", _change_password)


def canonical() -> str:
    """The path by which the page is known; "" for one that search engines are not to list."""
    is_listed = request.method in ("GET", "HEAD") and request.endpoint in _LISTED
    if not is_listed or not _VARIES.isdisjoint(request.args):
        return ""
    return quote(request.path)


@cache
def territory(language: str) -> str:
    """A language with the land most of its speakers live in, as share cards want it: "cs_CZ"."""
    likely = Locale.parse(get_global("likely_subtags").get(language, language))
    return f"{likely.language}_{likely.territory}" if likely.territory else language


def _without_slash() -> ResponseReturnValue | None:
    """Who typed or linked a slash too many is led to the page, if there is one."""
    path = request.path
    if not web.is_safe() or not path.endswith("/") or path.strip("/") == "":
        return None
    if not isinstance(request.routing_exception, NotFound):
        return None
    # One slash in front: two would make the first word a host.
    shorter = "/" + path.strip("/")
    if not current_app.create_url_adapter(request).test(shorter, "GET"):  # type: ignore[union-attr]
        return None
    query = request.query_string.decode("utf-8", "replace")
    return redirect(quote(shorter) + (f"?{query}" if query else ""), 301)


def _favicon() -> ResponseReturnValue:
    """For programs that look for a picture without having read a page."""
    icon = brand.face(site.load()).icon
    return redirect(icon, 302) if icon else static.send("favicon.svg")


def _change_password() -> ResponseReturnValue:
    """Where password managers look for the form, by an address that is the same everywhere."""
    return redirect("/settings/password", 302)
