"""What was said since a page was opened is told politely, at a small price."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cocreate.backlog import actions as backlog
from cocreate.extensions import db
from cocreate.ideas.models import Stage, Visibility
from tests.databases import statements

Make = Callable[..., Any]


@pytest.fixture
def idea(make_idea: Make) -> Any:
    return make_idea(title="Zips")


def open_page(page: Page, path: str) -> Page:
    """Open it with a clock that the test moves, and let it hear once how things are."""
    page.clock.install()
    page.goto(path, wait_until="networkidle")
    with page.expect_response("**/news"):
        page.clock.fast_forward(5_000)
    return page


def wait(page: Page, seconds: int) -> None:
    with page.expect_response("**/news"):
        page.clock.fast_forward(seconds * 1_000)


# --- what is told -----------------------------------------------------------------------------


def test_an_answer_comes_before_comments(
    browser: Make, make_member: Make, make_comment: Make, idea: Any
) -> None:
    path = f"/ideas/{idea.id}/news"
    before = browser().get(path).json["found"]
    assert {kind: one["id"] for kind, one in before.items()} == {"answer": 0, "comment": 0}

    comment = make_comment(idea)
    make_comment(idea, visibility=Visibility.HELD)
    answer = backlog.answer(make_member(role="product"), idea, body="Yes.", stage=Stage.PLANNED)
    comment_id, answer_id = comment.id, answer.id
    found = browser().get(path).json["found"]

    assert list(found) == ["answer", "comment"]
    assert found["answer"]["id"] == answer_id
    assert found["comment"] == {
        "id": comment_id,
        "words": "There are new comments.",
        "show": "Show them",
        "address": f"/ideas/{idea.id}/comments/{comment_id}",
    }
    place = browser().get(found["comment"]["address"])
    assert place.location.endswith(f"#comment-{comment_id}")


def test_nothing_new_costs_next_to_nothing(
    browser: Make, make_member: Make, make_comment: Make, idea: Any
) -> None:
    path = f"/ideas/{idea.id}/news"
    for person, most in ((browser(), 1), (browser(make_member()), 3)):
        first = person.get(path)
        db.session.commit()
        with statements() as asked:
            again = person.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert again.data == b""
        assert len(asked) <= most, "\n\n".join(asked)
        make_comment(idea)
        changed = person.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200


def test_another_language_is_another_answer(browser: Make, idea: Any) -> None:
    path = f"/ideas/{idea.id}/news"
    tags = [
        browser().get(path, headers={"Accept-Language": one}).headers["ETag"]
        for one in ("en", "cs")
    ]
    assert tags[0] != tags[1]


# --- on the page ------------------------------------------------------------------------------


def test_a_new_answer_is_said_with_a_link_to_it(visit: Make, make_member: Make, idea: Any) -> None:
    team, idea_id = make_member(role="product"), idea.id
    page = open_page(visit(), f"/ideas/{idea_id}-zips")
    told = page.locator(".said[role=status]")
    wait(page, 31)
    expect(told).to_have_count(0)

    backlog.answer(team, idea, body="It comes in May.", stage=Stage.PLANNED)
    db.session.commit()
    wait(page, 46)
    expect(told).to_contain_text("The team answered.")
    assert page.evaluate("document.activeElement === document.body")
    told.get_by_role("link", name="Show it").click()

    page.wait_for_url(f"**/ideas/{idea_id}-zips#answer-*")
    expect(page.locator("main")).to_contain_text("It comes in May.")


def test_an_answer_and_a_comment_are_told_together(
    visit: Make, make_member: Make, make_comment: Make, idea: Any
) -> None:
    team = make_member(role="product")
    page = open_page(visit(), f"/ideas/{idea.id}-zips")
    backlog.answer(team, idea, body="It comes in May.", stage=Stage.PLANNED)
    make_comment(idea)
    wait(page, 31)

    told = page.locator(".said[role=status]")
    expect(told).to_contain_text("The team answered.")
    expect(told).to_contain_text("There are new comments.")
    expect(told.get_by_role("link")).to_have_count(2)


def test_what_was_said_can_be_closed_by_keyboard(
    visit: Make, make_comment: Make, idea: Any
) -> None:
    page = open_page(visit(), f"/ideas/{idea.id}-zips")
    make_comment(idea)
    wait(page, 31)
    told = page.locator(".said[role=status]")
    expect(told).to_contain_text("There are new comments.")
    told.get_by_role("button", name="Close").focus()
    page.keyboard.press("Enter")
    expect(told).to_have_count(0)
    # It is not said once more.
    wait(page, 46)
    expect(told).to_have_count(0)


def test_a_page_out_of_sight_or_without_a_connection_asks_nothing(visit: Make, idea: Any) -> None:
    page = open_page(visit(), f"/ideas/{idea.id}-zips")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""

    page.evaluate(hide, True)
    page.clock.fast_forward(600_000)
    assert asked == []
    page.evaluate(hide, False)
    wait(page, 31)
    page.context.set_offline(True)
    asked.clear()
    page.clock.fast_forward(600_000)
    assert asked == []
    page.context.set_offline(False)
    wait(page, 31)


def test_the_pauses_grow(visit: Make, idea: Any) -> None:
    page = open_page(visit(), f"/ideas/{idea.id}-zips")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(60):
        page.clock.run_for(60_000)
        page.wait_for_timeout(20)
    assert 10 < len(asked) < 20


def test_new_notices_are_said_on_their_page(
    visit: Make, make_member: Make, make_idea: Make, make_comment: Make, work: Make
) -> None:
    author = make_member()
    idea = make_idea(author)
    page = open_page(visit(author), "/notices")
    make_comment(idea)
    work()
    wait(page, 31)
    told = page.locator(".said[role=status]")
    expect(told).to_contain_text("There are new notices.")
    told.get_by_role("link", name="Show them").click()
    expect(page.locator(".notices li")).to_have_count(1)
