"""What script adds: votes at once, drafts by themselves, the preview; and nothing refused by the
content policy."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cocreate.extensions import db
from cocreate.ideas.models import Idea, Stage, Visibility

STATE = "[data-state]"


@pytest.fixture(autouse=True)
def area(make_area: Callable[..., Any]) -> Any:
    return make_area("packs")


def read(*columns: Any, **where: Any) -> list[Any]:
    """Rows of ideas as they are now. A transaction left open would hold up the server's."""
    db.session.rollback()
    rows = db.session.execute(select(*columns).filter_by(**where).order_by(Idea.id)).all()
    db.session.rollback()
    return rows


def drafts() -> list[Any]:
    found = (Idea.id, Idea.title, Idea.need, Idea.proposal)
    return read(*found, visibility=Visibility.DRAFT)


def vote_count(idea_id: int) -> int:
    return int(read(Idea.vote_count, id=idea_id)[0][0])


def go(page: Page, path: str) -> None:
    """Open a page and wait for its scripts; before that its forms work as they do without."""
    page.goto(path, wait_until="networkidle")


def write(page: Page, **values: str) -> None:
    for name, words in values.items():
        page.fill(f"[name={name}]", words)


# --- votes ------------------------------------------------------------------------------------


def test_a_vote_is_cast_and_taken_back_without_leaving_the_page(
    visit: Any, make_member: Any, make_idea: Any
) -> None:
    idea = make_idea(title="Zips")
    idea_id, path = idea.id, f"/ideas/{idea.id}-zips"
    page = visit(make_member())
    go(page, path)
    page.evaluate("window.stayed = true")
    button = page.locator("#support button.vote")

    # The button keeps its name; that it is pressed says the rest.
    expect(button).to_have_accessible_name("Support: Zips")
    button.click()
    expect(button.locator(".vote-count")).to_have_text("1")
    expect(button).to_have_accessible_name("1 Support: Zips")
    said = page.locator("[role=status]").get_by_text("You support this idea.", exact=True)
    expect(said).to_have_count(1)
    assert vote_count(idea_id) == 1

    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button.locator(".vote-word")).to_have_text("Support")
    expect(button).to_have_accessible_name("Support: Zips")
    assert vote_count(idea_id) == 0
    assert page.evaluate("window.stayed")
    # It is what the server shows, too.
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_what_is_said_on_a_phone_leaves_the_button_free(
    visit: Any, make_member: Any, make_idea: Any
) -> None:
    path = f"/ideas/{make_idea(title='Zips', need='It is dark. ' * 400).id}-zips"
    page = visit(make_member(), viewport={"width": 390, "height": 700})
    go(page, path)
    button = page.locator("#support button.vote")
    button.click()
    expect(button.locator(".vote-count")).to_have_text("1")
    button.click()

    said = page.locator(".said")
    expect(said).to_contain_text("You no longer support this idea.")
    low, high = said.bounding_box(), button.bounding_box()
    assert low["y"] + low["height"] <= high["y"]


def test_a_vote_that_is_refused_goes_back_and_says_why(
    visit: Any, make_member: Any, make_idea: Any
) -> None:
    idea = make_idea(title="Zips")
    path = f"/ideas/{idea.id}-zips"
    page = visit(make_member())
    go(page, path)
    idea.stage = Stage.SHIPPED
    db.session.commit()

    page.locator("#support button.vote").click()

    expect(page.locator(".said")).to_contain_text("has been decided")
    expect(page.locator("#support button.vote")).to_have_attribute("aria-pressed", "false")


def test_a_vote_without_a_connection_goes_back_and_says_so(
    visit: Any, make_member: Any, make_idea: Any
) -> None:
    path = f"/ideas/{make_idea(title='Zips').id}-zips"
    page = visit(make_member())
    go(page, path)
    page.context.set_offline(True)

    page.locator("#support button.vote").click()

    expect(page.locator(".said")).to_contain_text("No connection")
    expect(page.locator("#support button.vote")).to_have_attribute("aria-pressed", "false")
    page.context.set_offline(False)
    page.locator("#support button.vote").click()
    expect(page.locator("#support button.vote")).to_have_attribute("aria-pressed", "true")


def test_a_vote_in_a_list_stays_in_the_list(visit: Any, make_member: Any, make_idea: Any) -> None:
    first, second = make_idea().id, make_idea().id
    page = visit(make_member())
    go(page, "/ideas?sort=new")
    form = page.locator(f"form[action='/ideas/{first}/vote']")
    form.locator("button").click()
    expect(page.locator(f"form[action='/ideas/{first}/unvote'] .vote-count")).to_have_text("1")
    expect(page.locator(f"form[action='/ideas/{second}/vote']")).to_have_count(1)
    assert page.url.endswith("/ideas?sort=new")


def test_a_visitors_vote_leads_to_signing_in(visit: Any, make_idea: Any) -> None:
    path = f"/ideas/{make_idea(title='Zips').id}-zips"
    page = visit()
    go(page, path)
    page.locator("#support button.vote").click()
    page.wait_for_url("**/sign-in?next=*")


# --- drafts -----------------------------------------------------------------------------------


def test_a_pause_in_writing_saves_a_draft(visit: Any, make_member: Any) -> None:
    author = make_member()
    page = visit(author)
    page.clock.install()
    go(page, "/ideas/new")
    page.clock.pause_at(page.evaluate("Date.now()") + 1_000)
    write(page, title="A pocket", need="My keys fell out.")
    page.clock.run_for(900)
    expect(page.locator(STATE)).to_be_empty()
    page.clock.run_for(200)
    expect(page.locator(STATE)).to_contain_text("Saved as a draft at")
    page.clock.resume()

    (draft,) = drafts()
    assert (draft.title, draft.need) == ("A pocket", "My keys fell out.")
    # Further words go into the same draft, also after loading the page again.
    with page.expect_response("**/ideas/drafts"):
        write(page, proposal="A zip.")
    assert f"draft={draft.id}" in page.url
    page.reload()
    expect(page.locator("[name=proposal]")).to_have_value("A zip.")
    assert [one.proposal for one in drafts()] == ["A zip."]
    # Another device finds it.
    phone = visit(author)
    go(phone, "/ideas/new")
    phone.get_by_role("link", name="A pocket").click()
    expect(phone.locator("[name=need]")).to_have_value("My keys fell out.")


def test_sending_while_a_draft_is_being_saved_makes_one_idea(visit: Any, make_member: Any) -> None:
    page = visit(make_member())
    go(page, "/ideas/new")
    page.select_option("[name=area]", "packs")
    # The draft is slow to arrive, and the person is not.
    held: list[Any] = []
    page.route("**/ideas/drafts", lambda route: held.append(route))
    with page.expect_request("**/ideas/drafts"):
        write(page, title="A pocket", need="Keys.", proposal="A zip.")
    write(page, proposal="A zip, and a strong one.")
    page.get_by_role("button", name="Send the idea").click()
    expect(page.locator(STATE)).to_contain_text("then your idea is sent")
    held.pop().continue_()
    page.wait_for_url("**/ideas/*-a-pocket")

    assert read(Idea.visibility, Idea.proposal) == [(Visibility.PUBLIC, "A zip, and a strong one.")]


def test_words_from_another_device_are_not_overwritten(visit: Any, make_member: Any) -> None:
    author = make_member()
    desk, phone = visit(author), visit(author)
    go(desk, "/ideas/new")
    write(desk, title="A pocket")
    expect(desk.locator(STATE)).to_contain_text("Saved as a draft at")
    go(phone, f"/ideas/new?draft={drafts()[0].id}")
    write(phone, need="From the phone.")
    expect(phone.locator(STATE)).to_contain_text("Saved as a draft at")

    write(desk, need="From the desk.")

    expect(desk.locator(STATE)).to_contain_text("changed meanwhile")
    expect(desk.locator("[name=need]")).to_have_value("From the desk.")
    assert [one.need for one in drafts()] == ["From the phone."]
    desk.get_by_role("button", name="Save as a draft").click()
    expect(desk.locator("#other")).to_contain_text("From the phone.")
    expect(desk.locator("[name=need]")).to_have_value("From the desk.")


def test_without_a_connection_nothing_typed_is_lost(visit: Any, make_member: Any) -> None:
    author = make_member()
    page = visit(author)
    go(page, "/ideas/new")
    page.route("**/ideas/drafts", lambda route: route.abort())
    write(page, title="A pocket", need="My keys fell out.")
    expect(page.locator(STATE)).to_contain_text("No connection")

    # Even the page may go; this tab still has the words.
    go(page, "/ideas")
    page.unroute("**/ideas/drafts")
    go(page, "/ideas/new")

    expect(page.locator("[name=need]")).to_have_value("My keys fell out.")
    expect(page.locator(STATE)).to_contain_text("Saved as a draft at")
    assert [one.need for one in drafts()] == ["My keys fell out."]
    # Nobody else at this computer sees them.
    other = visit(make_member())
    go(other, "/ideas/new")
    expect(other.locator("[name=need]")).to_have_value("")


def test_a_draft_waits_for_the_connection_to_come_back(visit: Any, make_member: Any) -> None:
    page = visit(make_member())
    go(page, "/ideas/new")
    page.context.set_offline(True)
    write(page, title="A pocket")
    expect(page.locator(STATE)).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(page.locator(STATE)).to_contain_text("Saved as a draft at")
    assert [one.title for one in drafts()] == ["A pocket"]


def test_what_was_sent_does_not_come_back(visit: Any, make_member: Any) -> None:
    page = visit(make_member())
    go(page, "/ideas/new")
    page.select_option("[name=area]", "packs")
    write(page, title="A pocket", need="Keys.", proposal="A zip.")
    page.get_by_role("button", name="Send the idea").click()
    page.wait_for_url("**/ideas/*-a-pocket")

    go(page, "/ideas/new")

    expect(page.locator("[name=title]")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0


# --- preview ----------------------------------------------------------------------------------


def test_the_preview_follows_what_is_written(visit: Any, make_member: Any) -> None:
    page = visit(make_member())
    go(page, "/ideas/new")
    write(page, title="A pocket", proposal="A **strong** zip. <script>window.bad = 1</script>")

    page.get_by_role("button", name="Preview").click()

    shown = page.locator("#preview-body")
    expect(shown.locator("strong")).to_have_text("strong")
    assert page.evaluate("window.bad") is None
    write(page, proposal="A **lasting** zip.")
    expect(shown.locator("strong")).to_have_text("lasting")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_be_hidden()


# --- without any of it ------------------------------------------------------------------------


def test_all_of_it_works_without_script(visit: Any, make_member: Any) -> None:
    page = visit(make_member(), java_script_enabled=False)
    go(page, "/ideas/new")
    page.select_option("[name=area]", "packs")
    write(page, title="A pocket", need="Keys.", proposal="A **zip**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview strong")).to_have_text("zip")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.locator(".flashes")).to_contain_text("Saved as a draft")
    page.get_by_role("button", name="Send the idea").click()
    page.wait_for_url("**/ideas/*-a-pocket")
    expect(page.locator("#support .vote-count")).to_have_text("1")
    page.locator("#support button.vote").click()
    expect(page.locator("#support button.vote")).to_have_attribute("aria-pressed", "false")
