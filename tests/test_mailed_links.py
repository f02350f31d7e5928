"""Links of mails, opened by a real browser: it says where a form was, a test client does not."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from cocreate.accounts import actions as accounts
from cocreate.accounts import proofs
from cocreate.extensions import db

PASSWORD = "seven green bicycles"


def test_a_browser_confirms_an_address(visit: Callable[..., Any]) -> None:
    member = accounts.join("Eva", "eva@example.com", PASSWORD, "en")
    link = f"/confirm/{proofs.confirm_token(member, 'eva@example.com')}"
    page = visit()

    page.goto(link)
    page.get_by_role("main").get_by_role("button").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    db.session.refresh(member)
    assert member.email_confirmed_at is not None


def test_a_browser_sets_a_new_password(
    visit: Callable[..., Any], make_member: Callable[..., Any]
) -> None:
    member = make_member()
    link, email = f"/reset/{proofs.reset_token(member)}", member.email
    page = visit()

    page.goto(link)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button").click()

    page.wait_for_url("**/sign-in*")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.locator("details.account")).to_be_visible()
