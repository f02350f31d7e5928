"""Atom feeds, and what search engines ask for first."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from cocreate import site, web
from cocreate.errors import NotThere
from cocreate.feeds import queries
from cocreate.feeds.queries import Entry
from cocreate.i18n import gettext
from cocreate.ideas import filters as ideas_filters
from cocreate.ideas.filters import Sort
from cocreate.ideas.queries import visible_idea
from cocreate.search.queries import read_question

bp = Blueprint("feeds", __name__)

# What XML 1.0 cannot hold, not even written as a number.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The age of a feed without entries: it must have one that stays.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
# What holds nothing for a stranger, or only the same again in another order.
_NOT_FOR_ROBOTS = (
    "/admin /backlog /comments/ /confirm /feeds/search /ideas/*/answer /ideas/*/comments"
    " /ideas/*/edit /ideas/*/history /ideas/*/unvote /ideas/*/vote /ideas/*/withdraw /ideas/new?"
    " /ideas? /join/ /moderation/comments /moderation/ideas /notices /offline /reset /search/"
    " /search? /settings /sign-in? /sign-out /unsubscribe"
).split()
_PAGES = (
    "/ /changelog /how-we-sort /ideas /ideas/new /join /moderation/log /roadmap /search /sign-in"
).split()


@bp.get("/feeds/ideas.atom")
def ideas() -> ResponseReturnValue:
    filters = ideas_filters.read(request.args)
    place = filters.address()
    return _feed(gettext("Ideas"), place, filters.address(request.path), queries.ideas(filters))


@bp.get("/feeds/search.atom")
def search() -> ResponseReturnValue:
    question = read_question(request.args.get("q", ""))
    filters = ideas_filters.read_search(request.args).of_everyone.but(sort=Sort.FAIR)
    title = gettext("Search: %(question)s", question=question) if question else gettext("Search")
    place = filters.address("/search", q=question)
    own = filters.address(request.path, q=question)
    return _feed(title, place, own, queries.found(question, filters))


@bp.get("/feeds/changelog.atom")
def changelog() -> ResponseReturnValue:
    return _feed(gettext("Delivered"), "/changelog", request.path, queries.delivered())


@bp.get("/feeds/ideas/<int:idea_id>.atom")
def idea(idea_id: int) -> ResponseReturnValue:
    # A reader of feeds is nobody in particular, whoever's browser it runs in.
    one = visible_idea(idea_id, None)
    return _feed(one.title, web.idea_path(one), request.path, queries.talk(one))


def _feed(title: str, place: str, own: str, entries: Sequence[Entry]) -> ResponseReturnValue:
    """An Atom feed (RFC 4287); asked for again unchanged, only that is said."""
    updated = max((entry.updated for entry in entries), default=_NEVER)
    body = render_template(
        "feeds/feed.xml",
        title=f"{title} - {site.load().name}",
        place=place,
        own=own,
        entries=entries,
        updated=updated,
    )
    response = _xml(body, "application/atom+xml")
    response.last_modified = updated
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Cookie", "Accept-Language"))
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    lines = ["User-agent: *", *(f"Disallow: {one}" for one in _NOT_FOR_ROBOTS)]
    lines += ["", f"Sitemap: {web.settings().address}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@bp.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    parts = ["pages", *(f"ideas-{number + 1}" for number in range(queries.map_parts()))]
    return _xml(render_template("feeds/sitemaps.xml", parts=parts))


@bp.get("/sitemaps/pages.xml")
def sitemap_pages() -> ResponseReturnValue:
    return _xml(render_template("feeds/sitemap.xml", places=[(one, None) for one in _PAGES]))


@bp.get("/sitemaps/ideas-<int:number>.xml")
def sitemap_ideas(number: int) -> ResponseReturnValue:
    if not 0 < number <= queries.map_parts():
        raise NotThere()
    return _xml(render_template("feeds/sitemap.xml", places=queries.map_part(number)))


def _xml(body: str, mimetype: str = "application/xml") -> Response:
    return Response(_NOT_XML.sub("", body), mimetype=mimetype)
