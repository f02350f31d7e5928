"""axe finds nothing on any page in any state: WCAG 2.2 A and AA, and best practice.

Read wide and narrow, in the light, in the dark and with forced colours. Which pages there are
is read off the routes; pages look the same on every database.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.wrappers import Response

from cocreate.accounts.models import Member
from tests.pages import Sight, Walk
from tests.portal import Portal

HERE = Path(__file__).parent
AXE = HERE.parent / "node_modules/axe-core/axe.min.js"
LOOK = (HERE / "axe.js").read_text()
# Other rules find the same whatever the colours are.
ON_COLORS = ["color-contrast", "link-in-text-block"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 320)
SCHEMES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
# Who walks together: one test each, so that they can run beside each other.
GROUPS = (
    ("visitor", "unconfirmed"),
    ("author", "newcomer"),
    ("moderator",),
    ("product",),
    ("admin",),
)

sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Shown:
    """Before the portal: answers a browser with one page that was read already."""

    def __init__(self, app: Flask) -> None:
        self.portal = app.wsgi_app
        self.sight: Sight | None = None

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        if self.sight is None or environ.get("HTTP_SEC_FETCH_DEST") != "document":
            return self.portal(environ, start_response)
        page = self.sight.page
        headers = [(name, value) for name, value in page.headers if name != "Set-Cookie"]
        return Response(page.data, page.status_code, headers)(environ, start_response)


class Eyes:
    """Shows pages in browsers and tells what axe finds on them."""

    def __init__(
        self, app: Flask, visit: Callable[..., Page], members: dict[str, Member | None]
    ) -> None:
        self.visit, self.members = visit, members
        self.shown = Shown(app)
        self.opened: dict[str, Page] = {}
        self.faults: dict[str, str] = {}

    def page_of(self, reader: str) -> Page:
        if reader not in self.opened:
            # A colour on its way to another would be taken for one that is there.
            page = self.visit(
                self.members[reader], reduced_motion="reduce", service_workers="block"
            )
            page.context.add_init_script(AXE.read_text())
            self.opened[reader] = page
        return self.opened[reader]

    def look_at(self, sight: Sight) -> None:
        """The page as it comes and with all of its own details open."""
        page = self.page_of(sight.reader)
        self.shown.sight = sight
        page.goto(sight.page.request.path)
        self.shown.sight = None
        page.evaluate(IN_PLACE)
        if page.query_selector(CLOSED_DETAILS):
            self.look(page, str(sight), ["light"])
            page.evaluate(OPEN_DETAILS)
        self.look(page, str(sight))

    def look(self, page: Page, where: str, schemes: Iterable[str] = SCHEMES) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for name in schemes:
                page.emulate_media(**SCHEMES[name])
                found = page.evaluate(LOOK, TAGS if name == "light" else ON_COLORS)
                assert found["passed"] or name != "light", f"axe did not look at {where}"
                for fault in found["wrong"] + found["left"]:
                    self.faults.setdefault(fault["text"], f"{where}, {width} {name}")


# What waits at the lower edge of the screen would lie over whatever happens to be there.
IN_PLACE = """
() => {
  for (const one of document.querySelectorAll("#support form")) one.style.position = "static";
}
"""
CLOSED_DETAILS = "main details:not([open]), aside details:not([open])"
OPEN_DETAILS = """
() => {
  for (const one of document.querySelectorAll("main details, aside details")) one.open = true;
}
"""


@pytest.fixture
def eyes(
    app: Flask, visit: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Eyes]:
    def make(members: dict[str, Member | None]) -> Eyes:
        seeing = Eyes(app, visit, members)
        monkeypatch.setattr(app, "wsgi_app", seeing.shown)
        return seeing

    return make


@pytest.fixture
def portal(app: Flask, make_member: Callable[..., Member], work: Callable[[], int]) -> Portal:
    portal = Portal(app, make_member)
    portal.ask_for_mails()
    work()
    return portal


@sqlite_only
@pytest.mark.parametrize("readers", GROUPS, ids=lambda readers: readers[0])
def test_axe_finds_nothing_on_any_page(
    app: Flask, portal: Portal, eyes: Callable[..., Eyes], readers: tuple[str, ...]
) -> None:
    seeing = eyes(portal.readers())
    for sight in Walk(app, portal.readers(), readers).all(portal):
        seeing.look_at(sight)

    assert seeing.faults == {}


@sqlite_only
def test_axe_finds_nothing_where_there_is_nothing_yet(
    app: Flask, make_member: Callable[..., Member], eyes: Callable[..., Eyes]
) -> None:
    members = {"visitor": None, "author": make_member()}
    members |= {role: make_member(role=role) for role in ("moderator", "product", "admin")}
    seeing = eyes(members)
    for sight in Walk(app, members, members).empty():
        seeing.look_at(sight)

    assert seeing.faults == {}


@sqlite_only
@pytest.mark.parametrize("reader", ["visitor", "author", "admin"])
def test_axe_finds_nothing_in_an_open_menu(
    portal: Portal, eyes: Callable[..., Eyes], reader: str
) -> None:
    seeing = eyes(portal.readers())
    page = seeing.page_of(reader)
    page.goto("/ideas")
    menus = page.locator("header details, footer details")
    assert menus.count()
    for menu in menus.all():
        menu.evaluate("(menu) => { menu.open = true; }")
        seeing.look(page, f"{reader} with {menu.locator('summary').inner_text()}")
        menu.evaluate("(menu) => { menu.open = false; }")

    assert seeing.faults == {}


@sqlite_only
def test_no_page_is_forgotten(app: Flask, portal: Portal) -> None:
    """A new page needs an address: `Portal.filled` says what the names in it stand for."""
    unread = {rule.rule for rule in portal.pages(app) if not list(portal.filled(app, rule))}

    # The walk itself reads mails, and imports as they happen.
    assert unread == {"/admin/mail/<name>", "/admin/import/<int:run_id>"}
