"""Single keys, the list of them, and going anywhere by name; and that all of it can be left off."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cocreate.accounts.models import Member
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.moderation import actions as moderation
from cocreate.votes import queries as votes

Make = Callable[..., Any]
FOCUS = "document.activeElement.textContent.trim()"


def go(page: Page, path: str) -> Page:
    page.goto(path, wait_until="networkidle")
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


# --- the list of keys -------------------------------------------------------------------------


def test_a_question_mark_lists_the_keys_and_gives_the_focus_back(
    visit: Make, make_idea: Make
) -> None:
    make_idea(title="Zips")
    page = go(visit(), "/ideas")
    link = page.get_by_role("link", name="Zips")
    link.focus()

    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("show these keys")
    # The focus goes round inside, and keys do nothing behind it.
    press(page, "Tab", "Tab", "Tab", "Tab")
    assert page.evaluate(
        "document.activeElement === document.body || "
        "Boolean(document.activeElement.closest('dialog'))"
    )
    press(page, "g", "i")
    press(page, "Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()


def test_the_list_is_a_page_too_and_leaves_out_what_is_not_ones_own(
    browser: Make, make_member: Make
) -> None:
    visitor = browser().get("/keys").text
    assert "go to moderation" not in visitor
    assert 'href="/keys"' in visitor
    assert "go to your notices" in browser(make_member()).get("/keys").text
    moderator = browser(make_member(role="moderator")).get("/keys").text
    assert "In the moderation queue" in moderator


def test_signs_are_read_whatever_the_keyboard_has_them_on(visit: Make, make_idea: Make) -> None:
    page = go(visit(), "/roadmap")
    # On a Czech keyboard "?" is Shift and the comma's key, "/" is Shift and "ú".
    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown",
        { key: "/", code: "BracketLeft", shiftKey: true, bubbles: true, cancelable: true }))"""
    )
    expect(page.locator(".header-search input")).to_be_focused()
    page.locator("main").focus()
    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown",
        { key: "?", code: "Comma", shiftKey: true, bubbles: true, cancelable: true }))"""
    )
    expect(page.get_by_role("dialog")).to_be_visible()


def test_searching_by_a_key_opens_the_menu_of_a_narrow_page(visit: Make) -> None:
    page = go(visit(viewport={"width": 800, "height": 700}), "/roadmap")
    expect(page.locator("header [role=search] input:visible")).to_have_count(0)
    press(page, "/")
    box = page.locator("header [role=search] input:visible")
    expect(box).to_be_focused()
    page.keyboard.type("zips")
    expect(box).to_have_value("zips")


# --- walking and acting -----------------------------------------------------------------------


def test_walking_a_list_opening_and_going_on_to_more(visit: Make, make_idea: Make) -> None:
    for number in range(27):
        make_idea(title=f"Number {number:02}")
    page = go(visit(), "/ideas?sort=new")

    press(page, "j")
    assert page.evaluate(FOCUS) == "Number 26"
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    press(page, "j", "j", "k")
    assert page.evaluate(FOCUS) == "Number 25"
    press(page, *["j"] * 24)
    assert page.evaluate(FOCUS) == "More ideas"
    press(page, "Enter")
    page.wait_for_url("**/ideas?*after=*")
    page.wait_for_load_state("networkidle")
    press(page, "j")
    assert page.evaluate(FOCUS) == "Number 01"
    press(page, "o")
    page.wait_for_url("**/ideas/*-number-01")


def test_supporting_where_the_focus_is(visit: Make, make_member: Make, make_idea: Make) -> None:
    member = make_member()
    first, second = make_idea(title="One").id, make_idea(title="Two").id
    page = go(visit(member), "/ideas?sort=new")
    # Without a place in the list nothing is meant.
    press(page, "v", "j", "j", "v")
    expect(page.locator(f"form[action='/ideas/{first}/unvote']")).to_have_count(1)
    assert votes.voted(member, [first, second]) == {first}
    db.session.rollback()


def test_opening_leads_to_the_idea_wherever_in_its_card_the_focus_is(
    visit: Make, make_member: Make, make_idea: Make
) -> None:
    member, idea_id = make_member(), make_idea(title="Zips").id
    page = go(visit(member), "/ideas?sort=new")
    page.locator("button.vote").focus()
    press(page, "o")
    page.wait_for_url(f"**/ideas/{idea_id}-zips")
    assert votes.voted(member, [idea_id]) == set()
    db.session.rollback()


def test_keys_on_the_page_of_an_idea(visit: Make, make_member: Make, make_idea: Make) -> None:
    member = make_member()
    idea_id = make_idea(member, title="Zips").id
    page = go(visit(member), f"/ideas/{idea_id}-zips")

    press(page, "c")
    comment = page.locator("#discussion textarea")
    expect(comment).to_be_focused()
    # In a field every key is a letter.
    page.keyboard.type("vegghj?/w")
    expect(comment).to_have_value("vegghj?/w")
    page.locator("main").focus()
    press(page, "v")
    expect(page.locator("#support button.vote")).to_have_attribute("aria-pressed", "true")
    press(page, "w")
    expect(page.get_by_role("button", name="Watch this idea")).to_be_visible()
    page.wait_for_load_state("networkidle")
    # What was just done is undone by a key, too.
    press(page, "z")
    expect(page.get_by_role("button", name="Stop watching")).to_be_visible()
    page.wait_for_load_state("networkidle")
    press(page, "e")
    page.wait_for_url(f"**/ideas/{idea_id}/edit")


@pytest.mark.parametrize(
    ("role", "keys", "where"),
    [
        ("product", "gi", "/ideas"),
        ("product", "gh", "/"),
        ("product", "gn", "/notices"),
        ("product", "gb", "/backlog"),
        ("moderator", "gm", "/moderation"),
        # What one may not enter is not gone to.
        ("member", "gb", "/roadmap"),
        ("product", "gm", "/roadmap"),
        ("member", "gx", "/roadmap"),
    ],
)
def test_going_by_two_keys(
    visit: Make, make_member: Make, role: str, keys: str, where: str
) -> None:
    page = go(visit(make_member(role=role)), "/roadmap")
    press(page, *keys)
    page.wait_for_timeout(300)
    page.wait_for_url(re.compile(rf"^http://[^/]+{where}$"))


def test_other_keys_with_them_are_not_ours(visit: Make, make_idea: Make) -> None:
    make_idea()
    page = go(visit(), "/ideas")
    for key in ("Control+j", "Alt+j", "Shift+J", "Meta+j"):
        press(page, key)
    assert page.evaluate("document.activeElement === document.body")


# --- the queue --------------------------------------------------------------------------------


def test_one_key_per_decision(visit: Make, make_member: Make, make_idea: Make) -> None:
    ids = [make_idea(title=f"Held {one}", visibility=Visibility.HELD).id for one in (1, 2, 3)]
    page = go(visit(make_member(role="moderator")), "/moderation")

    def states() -> list[Visibility]:
        db.session.rollback()
        found = [db.session.get_one(Idea, one).visibility for one in ids]
        db.session.rollback()
        return found

    press(page, "a")
    expect(page.locator(".flashes")).to_contain_text("Everyone can see it now.")
    page.wait_for_load_state("networkidle")
    assert states() == [Visibility.PUBLIC, Visibility.HELD, Visibility.HELD]
    press(page, "z")
    expect(page.locator(".flashes")).to_contain_text("undone")
    page.wait_for_load_state("networkidle")
    assert states()[0] == Visibility.HELD
    # The second one, by the focus.
    press(page, "j", "j", "a")
    expect(page.locator(".flashes")).to_contain_text("Everyone can see it now.")
    page.wait_for_load_state("networkidle")
    assert states() == [Visibility.HELD, Visibility.PUBLIC, Visibility.HELD]
    # Hiding needs a reason: the key leads to it.
    press(page, "j", "h")
    reason = page.locator(".queue > li:first-child select")
    expect(reason).to_be_focused()


def test_a_key_undoes_only_what_a_button_in_sight_offers(
    visit: Make, make_member: Make, make_idea: Make
) -> None:
    moderator = make_member(role="moderator")
    idea = make_idea(title="Zips", visibility=Visibility.HELD)
    moderation.approve(moderator, idea)
    idea_id = idea.id
    page = go(visit(moderator), f"/ideas/{idea_id}-zips")
    undo = page.locator("form[action$='/undo'] button")
    expect(undo).to_have_count(1)
    expect(undo).to_be_hidden()
    press(page, "z")
    page.wait_for_timeout(300)
    expect(undo).to_have_count(1)
    page.locator("details", has=undo).locator("> summary").click()
    press(page, "z")
    expect(page.locator(".flashes")).to_contain_text("undone")
    page.wait_for_load_state("networkidle")
    assert db.session.get_one(Idea, idea_id).visibility == Visibility.HELD
    db.session.rollback()


# --- off --------------------------------------------------------------------------------------


def test_a_member_turns_the_keys_off(visit: Make, browser: Make, make_member: Make) -> None:
    member = make_member()
    member_id = member.id
    page = go(visit(member), "/settings")
    page.get_by_label("Single keys do something").uncheck()
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state("networkidle")
    assert not db.session.get_one(Member, member_id).has_keys
    db.session.rollback()

    press(page, "?", "g", "i")
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/settings")
    # What takes Ctrl with it is no single key.
    press(page, "Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_visitor_turns_the_keys_off_in_this_browser(visit: Make) -> None:
    page = go(visit(), "/roadmap")
    press(page, "?")
    box = page.get_by_role("dialog").get_by_label("Single keys do something")
    expect(box).to_be_checked()
    box.uncheck()
    press(page, "Escape")
    go(page, "/ideas")
    press(page, "?", "g", "h")
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/ideas")

    go(page, "/keys")
    page.get_by_label("Single keys do something").check()
    page.locator("main").focus()
    press(page, "g", "h")
    page.wait_for_url(re.compile(r"^http://[^/]+/$"))


# --- any place by its name --------------------------------------------------------------------


def named(person: Any) -> set[str]:
    return {one["address"] for one in person.get("/places").json["places"]}


def test_places_are_those_one_may_enter(browser: Make, make_member: Make) -> None:
    for role in (None, "member", "moderator", "product", "admin"):
        person = browser(make_member(role=role) if role else None)
        for path in named(person):
            assert person.get(path, follow_redirects=True).status_code == 200, (role, path)
    assert not {"/backlog", "/admin", "/moderation"} & named(browser(make_member()))
    assert "/moderation" in named(browser(make_member(role="moderator")))
    assert "/notices" not in named(browser())


def test_going_anywhere_by_its_name(visit: Make, make_member: Make) -> None:
    page = go(visit(make_member(role="moderator", name="Eva Malá")), "/ideas")
    press(page, "Control+k")
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_role("combobox")
    expect(box).to_be_focused()
    box.press_sequentially("modera")
    expect(dialog.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    press(page, "Enter")
    page.wait_for_url("**/moderation")


def test_ideas_and_deeds_by_their_names(
    visit: Make, make_member: Make, make_idea: Make, work: Make
) -> None:
    member = make_member()
    zips, buttons = make_idea(title="Zips"), make_idea(title="Křídla")
    zips_id, other_id = zips.id, buttons.id
    work()
    page = go(visit(member), f"/ideas/{zips_id}-zips")
    press(page, "Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("watch")
    press(page, "Enter")
    expect(page.get_by_role("button", name="Stop watching")).to_be_visible()
    page.wait_for_load_state("networkidle")

    press(page, "Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    # Accents do not matter.
    page.keyboard.type("kridl")
    expect(page.get_by_role("dialog").get_by_role("option")).to_contain_text("Křídla")
    press(page, "Enter")
    page.wait_for_url(f"**/ideas/{other_id}-kridla")


def test_a_name_that_nothing_has_is_said_and_escape_leads_back(visit: Make) -> None:
    page = go(visit(viewport={"width": 320, "height": 600}), "/roadmap")
    link = page.get_by_role("link", name="Sign in")
    link.focus()
    press(page, "Control+k")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("xylophone")
    expect(dialog.get_by_role("status")).to_have_text("Nothing has this name.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    press(page, "Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
