"""What was done by a slip of the hand is taken back by one button, with script or without."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from cocreate import clock
from cocreate.extensions import db
from cocreate.ideas import drafts
from cocreate.ideas.models import Idea, Visibility
from cocreate.notices import queries as notices
from cocreate.votes import queries as votes

Make = Callable[..., Any]


def undone(person: Any, answer: Any, action: str) -> Any:
    """Send the button of the page that the answer leads to."""
    assert answer.status_code == 303
    return person.submit(person.get(answer.location), action)


def test_support_taken_back_is_given_again(
    browser: Make, make_member: Make, make_idea: Make, vote: Make
) -> None:
    member, idea = make_member(), make_idea(title="Zips")
    vote(member, idea)
    person, path = browser(member), f"/ideas/{idea.id}"

    answer = person.submit(f"{path}-zips", f"{path}/unvote")
    assert votes.voted(member, [idea.id]) == set()
    assert "You no longer support this idea." in person.get(answer.location).text

    answer = person.submit(f"{path}-zips", f"{path}/vote")
    assert votes.voted(member, [idea.id]) == {idea.id}


def test_a_discarded_draft_comes_back_whole(browser: Make, make_member: Make) -> None:
    author = make_member()
    person = browser(author)
    words = {"title": "A pocket", "need": "Keys fall out.", "tags": "keys"}
    person.submit("/ideas/new", "/ideas/new", do="draft", **words)
    (draft,) = drafts.drafts_of(author)

    answer = person.submit("/ideas/new", f"/ideas/drafts/{draft.id}/discard")
    assert drafts.drafts_of(author) == []
    assert browser(author).get(f"/ideas/new?draft={draft.id}").status_code == 404

    answer = undone(person, answer, f"/ideas/drafts/{draft.id}/restore")
    page = person.get(answer.location).text
    assert all(words in page for words in ("A pocket", "Keys fall out.", "keys"))
    assert [one.id for one in drafts.drafts_of(author)] == [draft.id]


def test_a_discarded_draft_is_nobody_elses(browser: Make, make_member: Make) -> None:
    author = make_member()
    person = browser(author)
    person.submit("/ideas/new", "/ideas/new", do="draft", title="A pocket")
    (draft,) = drafts.drafts_of(author)
    person.post(f"/ideas/drafts/{draft.id}/discard")

    for role in ("member", "admin"):
        other = browser(make_member(role=role))
        assert other.post(f"/ideas/drafts/{draft.id}/restore").status_code == 404
    assert drafts.drafts_of(author) == []


def test_a_discarded_draft_is_gone_after_a_day(
    browser: Make, make_member: Make, make_idea: Make
) -> None:
    author = make_member()
    person = browser(author)
    for title in ("Old", "Fresh"):
        person.submit("/ideas/new", "/ideas/new", do="draft", title=title, tags="keys")
        person.post(f"/ideas/drafts/{drafts.drafts_of(author)[0].id}/discard")
    old, fresh = db.session.query(Idea).order_by(Idea.id).all()
    old.discarded_at = clock.now() - drafts.KEPT_FOR - timedelta(minutes=1)
    old_id, fresh_id = old.id, fresh.id
    # Sent in meanwhile from another window: it is no draft any more.
    sent_id = make_idea(discarded_at=old.discarded_at).id
    db.session.commit()

    assert drafts.forget_discarded() is False
    db.session.commit()

    assert person.post(f"/ideas/drafts/{old_id}/restore").status_code == 404
    assert {one.id for one in db.session.query(Idea)} == {fresh_id, sent_id}


def test_watching_that_was_stopped_begins_again(
    browser: Make, make_member: Make, make_idea: Make
) -> None:
    member, idea = make_member(), make_idea(title="Zips")
    person, path = browser(member), f"/ideas/{idea.id}"
    person.submit(f"{path}-zips", f"{path}/watch")

    answer = person.submit(f"{path}-zips", f"{path}/unwatch")
    assert not notices.is_watching(member, idea)
    undone(person, answer, f"{path}/watch")

    assert notices.is_watching(member, idea)


def test_only_what_was_marked_just_now_is_unread_again(
    browser: Make, make_member: Make, make_idea: Make, make_comment: Make, work: Make
) -> None:
    author, other = make_member(), make_member()
    idea, theirs = make_idea(author), make_idea(other)
    for one in (idea, theirs):
        make_comment(one)
    work()
    person = browser(author)
    browser(other).post("/notices/read")
    person.post("/notices/read")
    make_comment(idea)
    work()
    assert notices.unread_count(author) == 1

    answer = person.submit("/notices", "/notices/read")
    assert notices.unread_count(author) == 0
    assert "1 marked as read." in person.get(answer.location).text
    person.get("/notices")

    make_comment(idea)
    work()
    answer = person.submit("/notices", "/notices/read")
    undone(person, answer, "/notices/unread")
    assert notices.unread_count(author) == 1
    assert notices.unread_count(other) == 0


def test_a_moment_that_is_none_changes_nothing(browser: Make, make_member: Make) -> None:
    for at in ("", "never", "2026-01-01", "9999-12-31T23:59:59.999999+23:59"):
        assert browser(make_member()).post("/notices/unread", {"at": at}).status_code == 303


def test_a_ruling_on_the_ideas_page_can_be_undone_there(
    browser: Make, make_member: Make, make_idea: Make
) -> None:
    idea = make_idea(title="Zips", visibility=Visibility.HELD)
    person = browser(make_member(role="moderator"))
    path = f"/ideas/{idea.id}-zips"

    answer = person.submit(path, f"/moderation/ideas/{idea.id}/approve")
    assert db.session.get(Idea, idea.id).is_public
    page = person.get(answer.location)
    (undo,) = set(re.findall(r"/moderation/rulings/\d+/undo", page.text))
    answer = person.submit(page, undo)

    assert answer.location == path
    assert db.session.get(Idea, idea.id).visibility == Visibility.HELD


# --- with script ------------------------------------------------------------------------------


def test_a_vote_taken_back_by_script_is_offered_again(
    visit: Make, make_member: Make, make_idea: Make, vote: Make
) -> None:
    member, idea = make_member(), make_idea(title="Zips")
    idea_id = idea.id
    vote(member, idea)
    page = visit(member)
    page.goto(f"/ideas/{idea_id}-zips", wait_until="networkidle")
    button = page.locator("#support button.vote")
    button.focus()

    page.keyboard.press("Enter")
    said = page.locator(".said[role=status]")
    expect(said).to_contain_text("You no longer support this idea.")
    expect(button).to_be_focused()
    page.wait_for_timeout(10_000)
    expect(said).to_be_visible()
    # By keyboard, and the focus comes back from there.
    said.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")

    expect(button).to_have_attribute("aria-pressed", "true")
    expect(said).to_be_hidden()
    # It shows at once; this is said when the portal has taken it.
    expect(page.locator("[role=status]").get_by_text("You support this idea.")).to_have_count(1)
    assert votes.voted(member, [idea_id]) == {idea_id}
    db.session.rollback()


def test_what_is_said_beside_the_box_follows_the_vote(
    visit: Make, make_member: Make, make_idea: Make
) -> None:
    idea_id = make_idea(title="Zips").id
    page = visit(make_member())
    page.goto(f"/ideas/{idea_id}-zips", wait_until="networkidle")
    unseen = page.get_by_text("once you have made up your own mind")
    voted = page.get_by_text("You hear what becomes of it.")
    expect(unseen).to_be_visible()
    expect(voted).to_be_hidden()

    page.locator("#support button.vote").click()
    expect(voted).to_be_visible()
    expect(unseen).to_be_hidden()
    page.locator("#support button.vote").click()
    expect(unseen).to_be_visible()
    expect(voted).to_be_hidden()
