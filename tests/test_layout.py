"""No page scrolls sideways, in either direction of writing, and what is pressed is large enough.

Which pages there are is read off the routes; they look the same on every database.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Error, Page

from cocreate.accounts.models import Member
from tests.pages import Sight, Walk
from tests.portal import Portal
from tests.test_axe import GROUPS, OPEN_DETAILS, Eyes, eyes, portal, sqlite_only

__all__ = ["eyes", "portal"]

FAULTS = (Path(__file__).parent / "layout.js").read_text()
WIDTHS = (320, 768, 1280)
# px that a finger and a mouse need at least
FINGER, MOUSE = 44, 24


class Measured(Eyes):
    """Shows pages to a finger or a mouse and tells how they lie on the screen."""

    touch = False

    def page_of(self, reader: str) -> Page:
        if reader not in self.opened:
            options: dict[str, Any] = {"has_touch": self.touch, "is_mobile": self.touch}
            self.opened[reader] = self.visit(
                self.members[reader], service_workers="block", reduced_motion="reduce", **options
            )
        return self.opened[reader]

    def look_at(self, sight: Sight) -> None:
        page = self.page_of(sight.reader)
        self.shown.sight = sight
        try:
            page.goto(sight.page.request.path)
        except Error:
            # The page before, of an import that runs, looked again by itself at that very moment.
            page.goto(sight.page.request.path)
        self.shown.sight = None
        page.evaluate(OPEN_DETAILS)
        # A finger meets the same sizes whichever way is written.
        for direction in ("ltr",) if self.touch else ("rtl", "ltr"):
            page.evaluate("(to) => { document.documentElement.dir = to }", direction)
            for width in WIDTHS[:2] if self.touch else WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                for fault in page.evaluate(FAULTS, FINGER if self.touch else MOUSE):
                    where = f"{sight}, {direction} {width}"
                    self.faults.setdefault(fault.split(" is ")[0], f"{where}: {fault}")


@pytest.fixture
def measured(
    app: Flask, visit: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Measured]:
    def make(members: dict[str, Member | None], *, touch: bool) -> Measured:
        measuring = Measured(app, visit, members)
        measuring.touch = touch
        monkeypatch.setattr(app, "wsgi_app", measuring.shown)
        return measuring

    return make


@sqlite_only
@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
@pytest.mark.parametrize("readers", GROUPS, ids=lambda readers: readers[0])
def test_every_page_fits_and_can_be_pressed(
    app: Flask,
    portal: Portal,
    measured: Callable[..., Measured],
    readers: tuple[str, ...],
    touch: bool,
) -> None:
    seeing = measured(portal.readers(), touch=touch)
    for sight in Walk(app, portal.readers(), readers).all(portal):
        seeing.look_at(sight)

    assert "\n".join(seeing.faults.values()) == ""
    assert seeing.opened.keys() == set(readers), "somebody saw no page"


@sqlite_only
def test_the_measure_finds_what_is_too_wide_and_too_small(visit: Callable[..., Page]) -> None:
    page = visit(None, viewport={"width": 320, "height": 600})
    page.goto("/")
    assert page.evaluate(FAULTS, MOUSE) == []

    page.evaluate("""() => {
      const section = document.createElement("section");
      section.className = "table stacks";
      section.setAttribute("aria-label", "One");
      const table = document.createElement("table");
      table.createTHead();
      const row = table.createTBody().insertRow();
      row.insertCell().textContent = "1".repeat(90);
      row.insertCell();
      section.append(table);
      document.querySelector("main").append(section);
      const wide = document.createElement("p");
      wide.textContent = "wide";
      wide.style.width = "400px";
      const small = document.createElement("button");
      small.style.cssText = "padding: 0; border: 0; width: 20px; height: 20px";
      document.querySelector("main").append(wide, small);
    }""")

    wide, table, unsaid, small = page.evaluate(FAULTS, MOUSE)
    assert wide.startswith("the page scrolls sideways")
    assert table == 'the table "One" is wider than its place'
    assert unsaid == 'the table "One" is missing what a cell says'
    assert small == 'button. "" is 20x20 px'
