"""axe finds nothing in what script opens: dialogs, lists under a box, what is said and offered."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cocreate.ideas.models import Visibility
from tests.test_axe import Eyes, eyes, sqlite_only

__all__ = ["eyes"]

Make = Callable[..., Any]
Open = Callable[[Page], None]


def keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def places(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.locator("dialog [role=option]").nth(5)).to_be_visible()


def nothing_of_that_name(page: Page) -> None:
    places(page)
    page.keyboard.type("xylophone")
    expect(page.locator("dialog [role=status]")).not_to_be_empty()


def suggestions(page: Page) -> None:
    page.locator("main input[type=search]").press_sequentially("zip")
    expect(page.locator("main [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def similar(page: Page) -> None:
    page.locator("[name=title]").press_sequentially("Zips for bags")
    expect(page.locator("#similar button").first).to_be_visible()


def undo(page: Page) -> None:
    for action in ("vote", "unvote"):
        # It changes once the portal has answered.
        page.locator(f"#idea-1 form[action$='/{action}'] button").click()
    expect(page.locator(".said")).to_be_visible()


def undo_without_script(page: Page) -> None:
    page.get_by_role("button", name="Watch this idea").click()
    page.get_by_role("button", name="Stop watching").click()
    expect(page.locator("[data-undo] button")).to_be_visible()


@sqlite_only
@pytest.mark.parametrize(
    ("reader", "path", "open_it"),
    [
        ("visitor", "/ideas", keys),
        ("moderator", "/moderation", keys),
        ("moderator", "/ideas", places),
        ("visitor", "/ideas", nothing_of_that_name),
        ("visitor", "/search", suggestions),
        ("member", "/ideas/new", similar),
        ("member", "/ideas", undo),
        ("member", "/ideas/1-zips", undo_without_script),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_axe_finds_nothing_in_what_script_opens(
    eyes: Callable[..., Eyes],
    make_member: Make,
    make_idea: Make,
    work: Make,
    reader: str,
    path: str,
    open_it: Open,
) -> None:
    members = {"visitor": None, "member": make_member(), "moderator": make_member(role="moderator")}
    make_idea(title="Zips", tags=("zips",))
    make_idea(title="Zips and bags", visibility=Visibility.HELD)
    work()
    seeing = eyes(members)
    page = seeing.page_of(reader)
    page.goto(path, wait_until="networkidle")

    open_it(page)
    seeing.look(page, f"{open_it.__name__} at {path}")

    assert seeing.faults == {}
