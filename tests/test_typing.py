"""What is found while someone types: suggestions under the search, ideas like the one in hand."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cocreate import kept
from cocreate.extensions import db
from cocreate.ideas import drafts
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.votes import queries as votes
from tests.databases import statements

Make = Callable[..., Any]
BOX = ".header-search input"


@pytest.fixture
def shop(make_area: Make, make_idea: Make, work: Make) -> dict[str, Any]:
    """A few ideas about bags and boxes, found already."""
    area = make_area("packs")
    area.names = {"en": "Packs and boxes", "cs": "Obaly a krabice"}
    made = {
        "open": make_idea(title="Paper bags for bread", area=area, tags=("bakery",)),
        "decided": make_idea(title="Paper cups", area=area, stage=Stage.SHIPPED),
        "held": make_idea(
            title="Paper hats", area=area, visibility=Visibility.HELD, tags=("secrecy",)
        ),
    }
    work()
    return {name: idea.id for name, idea in made.items()}


def suggested(person: Any, question: str) -> list[str]:
    found = person.get("/search/suggest", query_string={"q": question}).json["suggestions"]
    return [one["title"] for one in found]


# --- what is suggested ------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["pap", "paper", "PAPER BA", "bread", "bags pap", "pápe"])
def test_the_last_word_need_not_be_whole(browser: Make, shop: Any, question: str) -> None:
    assert "Paper bags for bread" in suggested(browser(), question)


def test_areas_and_tags_come_after_ideas(browser: Make, shop: Any) -> None:
    assert suggested(browser(), "boxes") == ["Packs and boxes"]
    assert suggested(browser(), "bakery") == ["Paper bags for bread", "#bakery"]
    answer = browser().get("/search/suggest?q=%23bak").json["suggestions"]
    assert answer[-1] == {"title": "#bakery", "address": "/ideas?tag=bakery", "note": "Tag"}


@pytest.mark.parametrize("typed", ["kelim", "KELÍM", "#kelim", "Kelímky"])
def test_tags_are_suggested_with_and_without_accents(
    browser: Make, make_idea: Make, typed: str
) -> None:
    make_idea(tags=("kelímky", "kolem"))

    assert suggested(browser(), typed) == ["#kelímky"]


def test_nothing_is_suggested_that_is_not_public(browser: Make, make_member: Make, shop: Any):
    for person in (browser(), browser(make_member(role="admin"))):
        assert "Paper hats" not in suggested(person, "paper")
        assert suggested(person, "secr") == []
        assert "Paper hats" not in person.get("/search/similar?title=Paper+hats").text


def test_suggestions_are_few_and_quick(
    browser: Make, make_idea: Make, make_member: Make, work: Make
) -> None:
    member = make_member()

    def asked(person: Any, address: str) -> int:
        kept.forget()
        db.session.commit()
        with statements() as found:
            assert person.get(address).status_code == 200
        return len(found)

    counted = []
    for number in (3, 20):
        for _ in range(number):
            make_idea(title="Paper bags", tags=(f"paper{number}", "paper"))
        work()
        places = ("/search/suggest?q=pap", "/search/similar?title=paper+bags")
        counted.append([asked(browser(who), one) for who in (member, None) for one in places])
    assert counted[0] == counted[1]
    # With what is asked once a minute, and with what PostgreSQL's engine asks.
    assert max(counted[0]) <= 16
    assert len(suggested(browser(), "pap")) == 8


def test_suggestions_are_kept_by_nobody_who_is_signed_in(
    browser: Make, make_member: Make, shop: Any
) -> None:
    own = browser(make_member()).get("/search/suggest?q=paper")
    assert "no-store" in own.headers["Cache-Control"]
    shared = browser().get("/search/suggest?q=paper")
    assert "private" in shared.headers["Cache-Control"]
    for answer in (own, shared):
        assert {"cookie", "accept-language"} <= {one.lower() for one in answer.vary}


# --- typing into a search box -----------------------------------------------------------------


def test_a_suggestion_is_chosen_by_keyboard(visit: Make, shop: Any) -> None:
    page = visit()
    page.goto("/roadmap", wait_until="networkidle")
    box = page.locator(BOX)
    box.focus()
    expect(box).to_have_role("combobox")
    box.press_sequentially("pap")
    options = page.locator("[role=listbox]:visible [role=option]")
    expect(options).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[role=status]").last).to_have_text("2 suggestions")

    page.keyboard.press("ArrowDown")
    first = options.first
    expect(first).to_contain_text("Paper cups")
    expect(first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/ideas/{shop['decided']}-paper-cups")


def test_escape_closes_the_suggestions_and_keeps_the_words(visit: Make, shop: Any) -> None:
    page = visit()
    page.goto("/search", wait_until="networkidle")
    box = page.locator("main input[type=search]")
    # It has the focus before any script is there.
    expect(box).to_be_focused()
    box.press_sequentially("paper")
    listed = page.locator("main [role=listbox]")
    expect(listed).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(box).to_have_value("paper")
    # Enter searches for what was typed.
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=paper*")


def test_only_the_newest_words_are_answered(visit: Make, shop: Any) -> None:
    page = visit()
    page.goto("/roadmap", wait_until="networkidle")
    # The first answer is slow and comes after the second.
    page.route(
        "**/search/suggest?q=bread",
        lambda route: (page.wait_for_timeout(1_500), route.continue_()),
    )
    box = page.locator(BOX)
    box.fill("bread")
    page.wait_for_timeout(300)
    box.fill("cups")
    option = page.locator("[role=option]")
    expect(option).to_contain_text("Paper cups")
    page.wait_for_timeout(2_000)
    expect(option).to_contain_text("Paper cups")


def test_a_search_box_fits_a_narrow_page(visit: Make, shop: Any) -> None:
    page = visit(viewport={"width": 320, "height": 640})
    page.goto("/search", wait_until="networkidle")
    page.locator("main input[type=search]").press_sequentially("paper")
    listed = page.locator("main [role=listbox]")
    expect(listed).to_be_visible()
    place = listed.bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= 320
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


# --- ideas like the one in hand ---------------------------------------------------------------


def new_page(page: Page) -> None:
    page.goto("/ideas/new", wait_until="networkidle")


def test_similar_ideas_show_while_the_title_is_typed(
    visit: Make, make_member: Make, shop: Any
) -> None:
    page = visit(make_member())
    new_page(page)
    page.locator("[name=title]").press_sequentially("Bags of paper")

    similar = page.locator("#similar")
    expect(similar.get_by_role("link")).to_have_count(2)
    expect(page.locator("[role=status]").last).to_have_text("2 similar ideas")
    # It takes nothing away from who goes on writing.
    expect(page.locator("[name=title]")).to_be_focused()
    # What has been decided cannot be supported any more.
    expect(similar.get_by_role("button")).to_have_count(1)
    expect(similar).not_to_contain_text("Paper hats")


def test_who_asked_for_similar_ideas_hears_why_none_come(
    visit: Make, make_member: Make, shop: Any
) -> None:
    page = visit(make_member())
    page.goto("/ideas/new", wait_until="networkidle")
    page.context.set_offline(True)
    page.get_by_label("Title").fill("Bags for the bread")
    page.get_by_label("What is missing or hurts").fill("It dries out.")
    # While one types it does without them.
    page.wait_for_timeout(1_800)
    expect(page.locator(".said")).to_have_count(0)

    button = page.get_by_role("button", name="Check for similar ideas")
    button.click()
    expect(page.locator(".said")).to_contain_text("No connection")
    page.context.set_offline(False)
    page.context.clear_cookies()
    button.click()
    expect(page.locator(".said")).to_contain_text("Sign in, then try again.")


def test_support_instead_keeps_what_was_written(visit: Make, make_member: Make, shop: Any) -> None:
    member = make_member()
    page = visit(member)
    new_page(page)
    page.fill("[name=need]", "Bread dries out.")
    page.locator("[name=title]").press_sequentially("Bags of paper")
    page.get_by_role("button", name="Add my support instead: Paper bags for bread").click()

    page.wait_for_url(f"**/ideas/{shop['open']}-paper-bags-for-bread")
    expect(page.locator(".flashes")).to_contain_text("kept among your drafts")
    expect(page.locator("#support button.vote")).to_have_attribute("aria-pressed", "true")
    assert votes.voted(member, [shop["open"]]) == {shop["open"]}
    assert [one.title for one in drafts.drafts_of(member)] == ["Bags of paper"]
    db.session.rollback()


def test_enter_in_the_title_sends_and_never_votes(
    visit: Make, make_member: Make, shop: Any
) -> None:
    member = make_member()
    page = visit(member)
    new_page(page)
    page.locator("[name=title]").press_sequentially("Bags of paper")
    expect(page.locator("#similar").get_by_role("button")).to_have_count(1)
    page.locator("[name=title]").press("Enter")

    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator("[name=title]")).to_have_value("Bags of paper")
    # What is like it is shown beside the errors, too.
    expect(page.locator("#similar")).to_contain_text("Paper bags for bread")
    assert votes.voted(member, [shop["open"]]) == set()
    db.session.rollback()


def test_similar_ideas_without_script(browser: Make, make_member: Make, shop: Any) -> None:
    member = make_member()
    person = browser(member)
    words = {"title": "Bags of paper", "need": "Bread dries out.", "tags": "bread"}
    page = person.submit("/ideas/new", "/ideas/new", do="similar", **words)
    assert page.status_code == 200
    assert "Paper bags for bread" in page.text
    assert all(value in page.text for value in words.values())
    assert drafts.drafts_of(member) == []

    answer = person.submit(page, "/ideas/new", instead=shop["open"])
    assert answer.location == f"/ideas/{shop['open']}-paper-bags-for-bread"
    assert votes.voted(member, [shop["open"]]) == {shop["open"]}
    (draft,) = drafts.drafts_of(member)
    assert draft.title == "Bags of paper"
    # Both can be had back: the draft, and the vote.
    person.submit(person.get(answer.location), f"/ideas/{shop['open']}/unvote")
    assert votes.voted(member, [shop["open"]]) == set()


def test_nothing_similar_is_said_where_someone_asked(
    browser: Make, make_member: Make, shop: Any
) -> None:
    person = browser(make_member())
    assert "Nothing like it" not in person.get("/ideas/new").text
    page = person.submit("/ideas/new", "/ideas/new", do="similar", title="Xylophones")
    assert "Nothing like it has been proposed yet." in page.text


@pytest.mark.parametrize("which", ["decided", "held", "missing"])
def test_support_that_is_refused_keeps_the_words_in_the_form(
    browser: Make, make_member: Make, shop: Any, which: str
) -> None:
    member = make_member()
    person = browser(member)
    page = person.submit(
        "/ideas/new", "/ideas/new", title="Bags", need="Dry.", instead=shop.get(which, 999_999)
    )
    assert page.status_code in (404, 409)
    assert "Dry." in page.text
    assert 'name="title"' in page.text
    assert "Paper hats" not in page.text
    assert db.session.query(Idea).filter_by(author_id=member.id).count() == 0
