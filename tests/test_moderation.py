"""What waits for a moderator, what they decide, and what everyone may know of it."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from cocreate import clock, events
from cocreate.accounts.models import Member
from cocreate.database import begin_as
from cocreate.discussion import actions as discussion
from cocreate.discussion.models import Comment, CommentKind
from cocreate.errors import Closed, Invalid, NotAllowed, NotThere, Refusal
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.moderation import actions, queries
from cocreate.moderation.models import Decision, Reason, Ruling
from tests.databases import statements

Make = Callable[..., Any]

WORD = "Zvěrokruh"
WHY = "This is an advertisement, see the house rules."


@pytest.fixture
def moderator(make_member: Make) -> Member:
    return make_member(role="moderator", name="Marta Moudrá")


@pytest.fixture
def newcomer(make_member: Make) -> Member:
    return make_member(name="Nela Nová", approved_count=0)


@pytest.fixture
def held_idea(make_idea: Make, newcomer: Member) -> Idea:
    return make_idea(newcomer, visibility=Visibility.HELD, title=f"{WORD} on the roof")


@pytest.fixture
def held_comment(make_idea: Make, newcomer: Member) -> Comment:
    comment = discussion.write(newcomer, make_idea(), body=f"{WORD} in a comment")
    db.session.commit()
    return comment


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


# --- who may --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 303), ("member", 403), ("product", 403), ("moderator", 200), ("admin", 200)],
)
def test_the_queue_is_for_moderators(
    browser: Make, make_member: Make, held_idea: Idea, role: str | None, status: int
) -> None:
    answer = browser(make_member(role=role) if role else None).get("/moderation")

    assert answer.status_code == status
    assert (WORD in answer.text) == (status == 200)


@pytest.mark.parametrize("verb", ["approve", "hide"])
@pytest.mark.parametrize(
    ("role", "idea_status", "comment_status"),
    [
        (None, 303, 303),
        ("member", 404, 404),
        # The product team sees held ideas, but no held comments.
        ("product", 403, 404),
        ("moderator", 303, 303),
        ("admin", 303, 303),
    ],
)
def test_only_moderators_decide(
    browser: Make,
    make_member: Make,
    held_idea: Idea,
    held_comment: Comment,
    verb: str,
    role: str | None,
    idea_status: int,
    comment_status: int,
) -> None:
    person = browser(make_member(role=role) if role else None)
    words = {"reason": "spam", "words": WHY}

    on_idea = person.post(f"/moderation/ideas/{held_idea.id}/{verb}", words)
    on_comment = person.post(f"/moderation/comments/{held_comment.id}/{verb}", words)

    assert (on_idea.status_code, on_comment.status_code) == (idea_status, comment_status)
    is_decided = role in ("moderator", "admin")
    assert (held_idea.visibility != Visibility.HELD) == is_decided
    assert (held_comment.visibility != Visibility.HELD) == is_decided


def test_the_author_is_told_it_is_not_theirs(browser: Make, held_idea: Idea) -> None:
    author = db.session.get(Member, held_idea.author_id)

    answer = browser(author).post(f"/moderation/ideas/{held_idea.id}/approve")

    assert answer.status_code == 403
    assert held_idea.visibility == Visibility.HELD


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_nobody_decides_about_their_own(
    browser: Make, make_member: Make, make_idea: Make, role: str
) -> None:
    someone = make_member(role=role)
    idea = make_idea(someone, visibility=Visibility.HELD)

    page = browser(someone).get("/moderation")
    answer = browser(someone).post(f"/moderation/ideas/{idea.id}/approve")

    assert "another moderator decides" in page.text
    assert f"/moderation/ideas/{idea.id}/approve" not in page.text
    assert answer.status_code == 403
    assert idea.visibility == Visibility.HELD


def test_a_draft_is_not_there_for_moderators(
    browser: Make, moderator: Member, make_idea: Make
) -> None:
    draft = make_idea(visibility=Visibility.DRAFT)

    assert browser(moderator).post(f"/moderation/ideas/{draft.id}/hide").status_code == 404
    assert browser(moderator).get(f"/moderation/ideas/{draft.id}").status_code == 404


# --- the queue ------------------------------------------------------------------------------


def test_the_queue_shows_all_of_it_the_oldest_first(
    browser: Make, moderator: Member, make_idea: Make, newcomer: Member, make_member: Make
) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    public = make_idea(title="A bench in the shade")
    with clock.at(start + timedelta(hours=2)):
        discussion.write(newcomer, public, body="The *second* to come.")
    with clock.at(start):
        make_idea(
            newcomer,
            visibility=Visibility.HELD,
            need="First need.",
            proposal="First proposal.",
        )
    make_idea(make_member(), visibility=Visibility.HIDDEN, title="Hidden before")

    page = browser(moderator).get("/moderation")

    items = [item.text for item in soup(page).select(".queue-item")]
    assert len(items) == 2
    assert "First need." in items[0]
    assert "First proposal." in items[0]
    assert "A bench in the shade" in items[1]
    assert "The second to come." in items[1]
    assert "1 idea proposed" in items[1]
    assert "Nothing hidden before" in items[1]
    assert "2 things wait" in page.text
    assert "May 1, 2026" in soup(page).select_one(".lead").text


def test_what_was_hidden_before_is_said_of_the_author(
    browser: Make, moderator: Member, make_idea: Make, newcomer: Member
) -> None:
    for _ in range(2):
        actions.hide(moderator, make_idea(newcomer), Reason.SPAM, WHY)
    make_idea(newcomer, visibility=Visibility.HELD)

    page = browser(moderator).get("/moderation")

    assert "2 things hidden before" in page.text
    assert "3 ideas proposed" in page.text


def test_comments_of_what_is_hidden_wait_for_nothing(
    browser: Make, moderator: Member, held_comment: Comment
) -> None:
    actions.hide(moderator, db.session.get(Idea, held_comment.idea_id), Reason.SPAM, WHY)

    page = browser(moderator).get("/moderation")

    assert WORD not in page.text
    assert "Nothing waits to be read" in page.text


def test_a_long_queue_is_walked_page_by_page(
    browser: Make, moderator: Member, newcomer: Member, make_idea: Make
) -> None:
    public = make_idea()
    at = datetime(2026, 5, 1, tzinfo=UTC)
    for number in range(12):
        # Pairs at the very same moment: nothing is shown twice or left out.
        with clock.at(at + timedelta(minutes=number // 2)):
            make_idea(newcomer, visibility=Visibility.HELD, title=f"Thing i{number:02}.")
            discussion.write(newcomer, public, body=f"Thing c{number:02}.")
    db.session.commit()

    person, path, seen = browser(moderator), "/moderation", []
    while path:
        page = person.get(path)
        assert page.status_code == 200
        tree = soup(page)
        for way_to_the_like in tree.select("[data-like]"):
            # It names the idea once more.
            way_to_the_like.decompose()
        seen += re.findall(r"Thing ([ic]\d\d)\.", " ".join(map(str, tree.select(".queue-body"))))
        more = soup(page).select_one(".more a")
        path = str(more["href"]) if more else ""

    assert len(seen) == len(set(seen)) == 24
    minutes = [int(one[1:]) // 2 for one in seen]
    assert minutes == sorted(minutes)
    assert queries.queue("nonsense").rows[0].id == queries.queue().rows[0].id


@pytest.mark.parametrize("cursor", ["x", "W10", "e30", "WyIyMDI2LTA1LTAxIiwgMSwgMl0", "A" * 500])
def test_a_mistyped_cursor_shows_the_first_page(
    browser: Make, moderator: Member, held_idea: Idea, cursor: str
) -> None:
    assert WORD in browser(moderator).get(f"/moderation?after={cursor}").text
    assert browser().get(f"/moderation/log?before={cursor}").status_code == 200


# --- letting in -----------------------------------------------------------------------------


def test_letting_an_idea_in(
    browser: Make, moderator: Member, held_idea: Idea, newcomer: Member, events_of: Make
) -> None:
    version = held_idea.version

    answer = browser(moderator).submit("/moderation", f"/moderation/ideas/{held_idea.id}/approve")

    assert (answer.status_code, answer.location) == (303, "/moderation")
    assert held_idea.visibility == Visibility.PUBLIC
    assert held_idea.version > version
    assert held_idea.fair_score == 2.0
    assert held_idea.talked_at == held_idea.published_at
    assert abs(clock.now() - held_idea.published_at) < timedelta(minutes=1)
    assert timedelta(days=29) < held_idea.answer_by - clock.now() <= timedelta(days=30)
    assert newcomer.approved_count == 1
    [ruling] = db.session.scalars(select(Ruling))
    assert (ruling.decision, ruling.moderator_id) == (Decision.APPROVE, moderator.id)
    [told] = events_of("idea.approved")
    assert (told.idea_id, told.actor_id) == (held_idea.id, moderator.id)
    assert told.data == {"ruling": ruling.id, "first": True}
    assert browser().get(f"/ideas/{held_idea.id}/comments").status_code == 303


def test_letting_a_comment_in(
    browser: Make, moderator: Member, held_comment: Comment, newcomer: Member, events_of: Make
) -> None:
    idea = db.session.get(Idea, held_comment.idea_id)
    version = idea.version
    assert idea.comment_count == 0

    browser(moderator).submit("/moderation", f"/moderation/comments/{held_comment.id}/approve")

    assert held_comment.is_public
    assert idea.comment_count == 1
    assert idea.version > version
    assert idea.talked_at == held_comment.created_at
    assert newcomer.approved_count == 1
    [told] = events_of("comment.approved")
    assert (told.idea_id, told.comment_id) == (idea.id, held_comment.id)
    assert discussion.recount() == 0


def test_letting_an_idea_in_lets_none_of_its_comments_in(
    moderator: Member, newcomer: Member, make_idea: Make
) -> None:
    idea = make_idea()
    comment = discussion.write(newcomer, idea, body="Waits on.")
    actions.hide(moderator, idea, Reason.UNCLEAR, WHY)

    actions.approve(moderator, idea)

    assert comment.visibility == Visibility.HELD


def test_a_member_is_trusted_once_for_each_thing(
    moderator: Member, held_idea: Idea, newcomer: Member
) -> None:
    actions.approve(moderator, held_idea)
    actions.hide(moderator, held_idea, Reason.SPAM, WHY)
    actions.approve(moderator, held_idea)
    db.session.commit()

    assert newcomer.approved_count == 1


def test_bringing_back_what_was_public_by_itself_earns_no_trust(
    make_member: Make, make_idea: Make, moderator: Member, events_of: Make
) -> None:
    author = make_member(approved_count=5)
    idea = make_idea(author)
    actions.hide(moderator, idea, Reason.SPAM, WHY)
    actions.approve(moderator, idea)
    db.session.commit()

    assert author.approved_count == 5
    assert events_of("idea.approved")[0].data["first"] is False


def test_bringing_back_keeps_the_first_showing_and_the_promise(
    moderator: Member, held_idea: Idea
) -> None:
    with clock.at(datetime(2026, 4, 1, tzinfo=UTC)):
        actions.approve(moderator, held_idea)
    before = (held_idea.published_at, held_idea.answer_by)
    actions.hide(moderator, held_idea, Reason.SPAM, WHY)

    actions.approve(moderator, held_idea)

    assert (held_idea.published_at, held_idea.answer_by) == before


# --- hiding ---------------------------------------------------------------------------------


def test_hiding_tells_the_author_why_and_nobody_else(
    browser: Make, moderator: Member, held_idea: Idea, newcomer: Member, events_of: Make
) -> None:
    answer = browser(moderator).submit(
        "/moderation", f"/moderation/ideas/{held_idea.id}/hide", reason="spam", words=WHY
    )

    assert answer.status_code == 303
    assert held_idea.visibility == Visibility.HIDDEN
    assert newcomer.approved_count == 0
    [ruling] = db.session.scalars(select(Ruling))
    assert (ruling.reason, ruling.words) == (Reason.SPAM, WHY)
    [told] = events_of("idea.hidden")
    assert told.data == {"ruling": ruling.id, "reason": "spam"}
    log = browser().get("/moderation/log").text
    assert "Advertising" in log
    assert moderator.name in log
    for secret in (WHY, WORD, newcomer.name, f"/ideas/{held_idea.id}"):
        assert secret not in log


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"reason": "spam", "words": "Too short"}, "at least 10"),
        ({"reason": "spam", "words": " \n " * 20}, "at least 10"),
        ({"reason": "", "words": WHY}, "Choose the reason"),
        ({"reason": "dislike", "words": WHY}, "Not a valid choice"),
        ({"words": "x" * 4001, "reason": "spam"}, "Shorten this to 4000"),
        ({}, "Choose the reason"),
    ],
)
def test_a_hiding_without_reason_or_words_comes_back_as_typed(
    browser: Make, moderator: Member, held_idea: Idea, typed: dict[str, str], complaint: str
) -> None:
    answer = browser(moderator).post(f"/moderation/ideas/{held_idea.id}/hide", typed)

    assert answer.status_code == 422
    assert complaint in answer.text
    assert held_idea.visibility == Visibility.HELD
    box = soup(answer).select_one("textarea[name=words]")
    assert box.text.strip() == typed.get("words", "").strip()
    chosen = soup(answer).select_one("select[name=reason] option[selected]")
    if typed.get("reason") == "spam":
        assert chosen["value"] == "spam"


def test_hiding_a_public_comment_takes_it_off_the_count(
    browser: Make, moderator: Member, make_idea: Make, make_comment: Make
) -> None:
    idea = make_idea()
    with clock.at(datetime(2027, 1, 1, tzinfo=UTC)):
        first = make_comment(idea)
    with clock.at(datetime(2027, 1, 2, tzinfo=UTC)):
        last = make_comment(idea, body=f"{WORD} for sale")

    browser(moderator).submit(
        f"/moderation/comments/{last.id}",
        f"/moderation/comments/{last.id}/hide",
        reason="spam",
        words=WHY,
    )

    assert idea.comment_count == 1
    assert idea.talked_at == first.created_at
    assert discussion.recount() == 0
    assert browser().get(f"/ideas/{idea.id}/comments/{last.id}").status_code == 404


def test_hidden_things_can_be_brought_back(
    browser: Make, moderator: Member, make_idea: Make, make_comment: Make
) -> None:
    idea = make_idea()
    comment = make_comment(idea)
    actions.hide(moderator, comment, Reason.OFF_TOPIC, WHY)
    actions.hide(moderator, idea, Reason.OFF_TOPIC, WHY)
    person = browser(moderator)

    for path in (f"/moderation/ideas/{idea.id}", f"/moderation/comments/{comment.id}"):
        assert "Bring it back" in person.get(path).text
        assert person.submit(path, f"{path}/approve").status_code == 303

    assert idea.is_public
    assert comment.is_public
    assert idea.comment_count == 1


def test_what_was_withdrawn_is_not_decided_about(moderator: Member, make_idea: Make) -> None:
    idea = make_idea(visibility=Visibility.WITHDRAWN)

    with pytest.raises(Closed):
        actions.approve(moderator, idea)
    with pytest.raises(Closed):
        actions.hide(moderator, idea, Reason.SPAM, WHY)


# --- two moderators, and an author who edits meanwhile --------------------------------------


def test_the_second_moderator_is_told_who_was_first_and_loses_nothing(
    browser: Make, make_member: Make, moderator: Member, held_idea: Idea
) -> None:
    second = browser(make_member(role="moderator"))
    page = second.get("/moderation")
    browser(moderator).submit("/moderation", f"/moderation/ideas/{held_idea.id}/approve")

    answer = second.submit(page, f"/moderation/ideas/{held_idea.id}/hide", reason="spam", words=WHY)

    assert answer.status_code == 409
    assert "Marta Moudrá has let it in already" in answer.text
    assert held_idea.is_public
    assert soup(answer).select_one("textarea[name=words]").text.strip() == WHY
    # Having seen that, hiding it is a decision like any other.
    again = second.submit(answer, f"/moderation/ideas/{held_idea.id}/hide")
    assert again.status_code == 303
    assert held_idea.visibility == Visibility.HIDDEN


def test_a_stale_approval_does_not_bring_back_what_was_hidden(
    browser: Make, make_member: Make, moderator: Member, held_comment: Comment
) -> None:
    second = browser(make_member(role="moderator"))
    page = second.get("/moderation")
    actions.hide(moderator, held_comment, Reason.ABUSIVE, WHY)

    answer = second.submit(page, f"/moderation/comments/{held_comment.id}/approve")

    assert answer.status_code == 409
    assert "Marta Moudrá has hidden it already" in answer.text
    assert held_comment.visibility == Visibility.HIDDEN


def test_what_was_not_read_is_not_let_in(
    browser: Make, moderator: Member, newcomer: Member, held_comment: Comment
) -> None:
    person = browser(moderator)
    page = person.get("/moderation")
    discussion.edit(newcomer, held_comment, body="Quite another text.", wording=1)

    answer = person.submit(page, f"/moderation/comments/{held_comment.id}/approve")

    assert answer.status_code == 409
    assert "changed it since you read it" in answer.text
    assert "Quite another text." in answer.text
    assert held_comment.visibility == Visibility.HELD
    assert (
        person.submit(answer, f"/moderation/comments/{held_comment.id}/approve").status_code == 303
    )


def test_of_many_moderators_at_once_one_decides(
    app: Flask, make_member: Make, held_idea: Idea, held_comment: Comment, newcomer: Member
) -> None:
    moderators = [make_member(role="moderator").id for _ in range(8)]
    things = [(Idea, held_idea.id), (Comment, held_comment.id)]
    newcomer_id = newcomer.id
    db.session.commit()
    db.session.remove()
    outcomes: list[str] = []
    ready = threading.Barrier(len(moderators))

    def decide(number: int, member_id: int) -> None:
        with app.app_context():
            begin_as(reader=False)
            ready.wait()
            for model, thing_id in things:
                try:
                    actor = db.session.get_one(Member, member_id)
                    thing = db.session.get_one(model, thing_id)
                    if number % 2:
                        actions.hide(actor, thing, Reason.SPAM, WHY, ruling=0)
                    else:
                        actions.approve(actor, thing, ruling=0)
                    db.session.commit()
                    outcomes.append("done")
                except Refusal as refusal:
                    db.session.rollback()
                    outcomes.append(type(refusal).__name__)
            db.session.remove()

    threads = [threading.Thread(target=decide, args=pair) for pair in enumerate(moderators)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["Overtaken"] * 14 + ["done"] * 2
    assert db.session.scalar(select(func.count()).select_from(Ruling)) == 2
    rulings = db.session.scalars(select(Ruling.decision)).all()
    author = db.session.get_one(Member, newcomer_id)
    assert author.approved_count == rulings.count(Decision.APPROVE)
    assert discussion.recount() == 0


# --- undo -----------------------------------------------------------------------------------


def test_a_slip_is_undone_from_the_queue(
    browser: Make, moderator: Member, held_idea: Idea, newcomer: Member, events_of: Make
) -> None:
    person = browser(moderator)
    person.submit("/moderation", f"/moderation/ideas/{held_idea.id}/approve")
    [ruling] = db.session.scalars(select(Ruling))

    answer = person.submit("/moderation", f"/moderation/rulings/{ruling.id}/undo")

    assert answer.status_code == 303
    assert held_idea.visibility == Visibility.HELD
    assert held_idea.published_at is None
    assert newcomer.approved_count == 0
    assert ruling.undone_at is not None
    assert len(events_of("idea.ruling_undone")) == 1
    assert WORD in person.get("/moderation").text
    log = browser().get("/moderation/log").text
    assert "undone" in log
    assert WORD not in log
    # Let in once more, it counts once.
    person.submit("/moderation", f"/moderation/ideas/{held_idea.id}/approve")
    assert newcomer.approved_count == 1
    assert held_idea.published_at is not None


@pytest.mark.parametrize("was", [Visibility.HELD, Visibility.PUBLIC])
def test_undoing_a_hiding_returns_to_what_was(
    moderator: Member, make_idea: Make, make_comment: Make, events_of: Make, was: Visibility
) -> None:
    idea = make_idea()
    comment = make_comment(idea, visibility=was)
    discussion.recount()
    ruling = actions.hide(moderator, comment, Reason.SPAM, WHY)

    actions.undo(moderator, ruling)
    db.session.commit()

    assert comment.visibility == was
    assert idea.comment_count == (1 if was == Visibility.PUBLIC else 0)
    assert discussion.recount() == 0
    # An author who has heard that it was hidden hears that it is back.
    assert len(events_of("comment.approved")) == (1 if was == Visibility.PUBLIC else 0)


def test_undoing_an_approval_takes_the_comment_off_the_count(
    moderator: Member, held_comment: Comment, newcomer: Member
) -> None:
    ruling = actions.approve(moderator, held_comment)

    actions.undo(moderator, ruling)
    db.session.commit()

    assert held_comment.visibility == Visibility.HELD
    assert db.session.get_one(Idea, held_comment.idea_id).comment_count == 0
    assert newcomer.approved_count == 0
    assert discussion.recount() == 0


def test_nobody_undoes_for_another_too_late_or_twice(
    make_member: Make, moderator: Member, held_idea: Idea
) -> None:
    ruling = actions.approve(moderator, held_idea)

    with pytest.raises(NotAllowed):
        actions.undo(make_member(role="admin"), ruling)
    with clock.at(clock.now() + timedelta(minutes=11)), pytest.raises(Closed):
        actions.undo(moderator, ruling)
    actions.undo(moderator, ruling)
    with pytest.raises(Closed):
        actions.undo(moderator, ruling)


def test_what_someone_else_decided_since_is_not_undone(
    browser: Make, make_member: Make, moderator: Member, held_idea: Idea
) -> None:
    ruling = actions.approve(moderator, held_idea)
    actions.hide(make_member(role="moderator"), held_idea, Reason.SPAM, WHY)

    answer = browser(moderator).post(f"/moderation/rulings/{ruling.id}/undo")

    assert answer.status_code == 409
    assert held_idea.visibility == Visibility.HIDDEN
    assert browser(moderator).post("/moderation/rulings/999999/undo").status_code == 404


# --- the public log -------------------------------------------------------------------------


def test_the_log_links_to_what_is_public_and_is_silent_about_the_rest(
    browser: Make, moderator: Member, newcomer: Member, make_idea: Make, make_comment: Make
) -> None:
    shown = make_idea(title="A lamp by the door")
    kept = make_comment(shown, newcomer, body="Kept words.")
    gone = make_comment(shown, newcomer, body="Gone words.")
    actions.approve(moderator, make_idea(newcomer, visibility=Visibility.HELD, title="Let in"))
    for comment in (kept, gone):
        comment.visibility = Visibility.HELD
    actions.approve(moderator, kept)
    actions.hide(moderator, gone, Reason.ABUSIVE, WHY)

    page = browser().get("/moderation/log")

    addresses = {str(link["href"]) for link in soup(page).select("main a[href^='/ideas/']")}
    assert f"/ideas/{shown.id}/comments/{kept.id}" in addresses
    assert f"/ideas/{shown.id}/comments/{gone.id}" not in addresses
    assert "A lamp by the door" in page.text
    assert "Let in" in page.text
    assert "Hurts or insults people" in page.text
    for secret in ("Gone words.", "Kept words.", newcomer.name, WHY):
        assert secret not in page.text
    # Hidden later, its title goes from the lines that are older.
    actions.hide(moderator, shown, Reason.SPAM, WHY)
    later = browser().get("/moderation/log").text
    assert "A lamp by the door" not in later
    assert f"/ideas/{shown.id}" not in later


def test_the_log_counts_the_reasons_of_the_last_month(
    browser: Make, moderator: Member, make_idea: Make
) -> None:
    with clock.at(clock.now() - timedelta(days=31)):
        actions.hide(moderator, make_idea(), Reason.SPAM, WHY)
    for _ in range(3):
        actions.hide(moderator, make_idea(), Reason.DUPLICATE, WHY)
    actions.undo(
        moderator, actions.hide(moderator, make_idea(visibility=Visibility.HELD), Reason.SPAM, WHY)
    )

    table = soup(browser().get("/moderation/log")).select_one("table")

    counts = {
        row.th.text: int(row.select_one(".number .count").text) for row in table.select("tbody tr")
    }
    assert counts["Already proposed"] == 3
    assert counts["Advertising"] == 0
    assert table.select_one("meter[value='3'][max='3']")


def test_the_log_is_walked_page_by_page(browser: Make, moderator: Member, make_idea: Make) -> None:
    idea = make_idea()
    for _ in range(30):
        actions.hide(moderator, idea, Reason.SPAM, WHY)
        actions.approve(moderator, idea)
    db.session.commit()

    person, path, seen = browser(), "/moderation/log", []
    while path:
        page = person.get(path)
        seen += [row["id"] for row in soup(page).select("li[id^=ruling-]")]
        more = soup(page).select_one(".more a")
        path = str(more["href"]) if more else ""

    assert len(seen) == len(set(seen)) == 60


# --- how many statements --------------------------------------------------------------------


def test_statements_do_not_grow_with_the_queue_or_the_log(
    browser: Make, moderator: Member, make_member: Make, make_idea: Make, app: Flask
) -> None:
    public = make_idea()

    def fill(number: int) -> None:
        for _ in range(number):
            author = make_member(approved_count=0)
            make_idea(author, visibility=Visibility.HELD)
            top = discussion.write(make_member(), public, body="A top comment.")
            discussion.write(author, public, body="A reply.", parent=top)
            again = make_idea(author)
            actions.hide(moderator, again, Reason.SPAM, WHY)
            actions.undo(moderator, queries.last_ruling(again))
        db.session.commit()

    def cost(path: str) -> int:
        with statements() as asked:
            assert person.get(path).status_code == 200
        return len(asked)

    person = browser(moderator)
    fill(1)
    few = [cost(path) for path in ("/moderation", "/moderation/log")]
    fill(8)
    many = [cost(path) for path in ("/moderation", "/moderation/log")]

    assert many == few


def test_notices_and_search_hear_of_each_decision(events_of: Make) -> None:
    for kind in ("idea.approved", "idea.hidden", "comment.approved", "comment.hidden"):
        assert {"notices", "search"} <= set(events.KINDS[kind])
    for kind in ("idea.ruling_undone", "comment.ruling_undone"):
        assert "search" in events.KINDS[kind]


@pytest.mark.parametrize("words", ["", " " * 30, "x" * 9])
def test_the_verb_itself_wants_words(moderator: Member, make_idea: Make, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.hide(moderator, make_idea(), Reason.SPAM, words)

    assert refusal.value.field == "words"


def test_a_kind_of_comment_shows_in_the_queue(
    browser: Make, moderator: Member, newcomer: Member, make_idea: Make, make_comment: Make
) -> None:
    idea = make_idea()
    top = make_comment(idea, body="How much would that cost?", kind="question")
    discussion.write(
        newcomer,
        idea,
        kind=CommentKind.OBJECTION,
        body="It would cost more than everybody here is ready to pay.",
        parent=top,
    )

    item = soup(browser(moderator).get("/moderation")).select_one(".queue-item").text

    assert "Objection" in item
    assert "How much would that cost?" in item


def test_missing_things_are_not_there(browser: Make, moderator: Member) -> None:
    for path in ("/moderation/ideas/5", "/moderation/comments/5", "/moderation/tags/5"):
        assert browser(moderator).get(path).status_code == 404
    with pytest.raises(NotThere):
        actions.approve(moderator, Idea(author_id=0, visibility=Visibility.DRAFT))
