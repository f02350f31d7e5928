"""Supporting an idea: once each, counted by the database, only while it is open."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select, update

from cocreate import clock, limits, site
from cocreate.extensions import db
from cocreate.ideas.models import DECIDED, Idea, Stage, Visibility
from cocreate.votes import actions, queries
from cocreate.votes.models import Vote
from tests.databases import statements

JSON = {"Accept": "application/json"}


def tally(idea: Idea) -> tuple[int, int]:
    """The counter, and the rows it stands for."""
    rows = db.session.scalar(select(func.count()).where(Vote.idea_id == idea.id))
    return idea.vote_count, rows or 0


# --- one vote ---------------------------------------------------------------------------------


def test_a_vote_is_counted_and_written_down(browser, make_member, make_idea, events_of) -> None:
    idea, member = make_idea(), make_member()

    answer = browser(member).submit(f"/ideas/{idea.id}-{idea.slug}", f"/ideas/{idea.id}/vote")

    assert answer.status_code == 303
    assert answer.location == f"/ideas/{idea.id}-{idea.slug}"
    assert tally(idea) == (1, 1)
    assert queries.voted(member, [idea.id]) == {idea.id}
    (cast,) = events_of("vote.cast")
    assert (cast.actor_id, cast.idea_id) == (member.id, idea.id)


def test_a_second_click_changes_nothing(browser, make_member, make_idea, events_of) -> None:
    idea, person = make_idea(), browser(make_member())
    for _ in range(3):
        assert person.post(f"/ideas/{idea.id}/vote").status_code == 303
    assert tally(idea) == (1, 1)
    assert len(events_of("vote.cast")) == 1


def test_a_vote_can_be_taken_back_once(browser, make_member, make_idea, events_of) -> None:
    idea, person = make_idea(), browser(make_member())
    person.post(f"/ideas/{idea.id}/vote")
    path = f"/ideas/{idea.id}-{idea.slug}"

    assert person.submit(path, f"/ideas/{idea.id}/unvote").status_code == 303
    assert person.post(f"/ideas/{idea.id}/unvote").status_code == 303

    assert tally(idea) == (0, 0)
    assert len(events_of("vote.taken_back")) == 1


def test_taking_back_what_was_never_given_takes_nothing_from_others(
    browser, make_member, make_idea, vote
) -> None:
    idea = make_idea()
    vote(make_member(), idea)
    browser(make_member()).post(f"/ideas/{idea.id}/unvote")
    assert tally(idea) == (1, 1)


def test_the_author_may_take_back_their_own_support(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author)
    actions.support_own(author, idea)
    assert tally(idea) == (1, 1)

    browser(author).post(f"/ideas/{idea.id}/unvote")

    assert tally(idea) == (0, 0)


def test_support_of_ones_own_comes_once(make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author)
    actions.support_own(author, idea)
    actions.support_own(author, idea)
    assert tally(idea) == (1, 1)


def test_a_vote_from_a_list_leads_back_to_it_and_nowhere_else(
    browser, make_member, make_idea
) -> None:
    idea, person = make_idea(), browser(make_member())
    path = f"/ideas/{idea.id}/vote"
    back = person.post(path, {"next": "/ideas?sort=new#idea-1"}).location
    assert back == "/ideas?sort=new#idea-1"
    for elsewhere in ("https://example.org/", "//example.org", "/\\example.org", "javascript:x"):
        assert person.post(path, {"next": elsewhere}).location == f"/ideas/{idea.id}-{idea.slug}"


# --- for the script ---------------------------------------------------------------------------


def test_the_script_is_told_how_the_button_looks_now(browser, make_member, make_idea) -> None:
    idea, person = make_idea(title="Zips"), browser(make_member())

    cast = person.post(f"/ideas/{idea.id}/vote", headers=JSON)
    back = person.post(f"/ideas/{idea.id}/unvote", headers=JSON)

    assert cast.status_code == back.status_code == 200
    assert (cast.json["voted"], cast.json["count"]) == (True, 1)
    assert cast.json["action"] == f"/ideas/{idea.id}/unvote"
    # Without a vote of one's own the number is not shown, so it is not told either.
    assert (back.json["voted"], back.json["count"]) == (False, None)
    assert back.json["action"] == f"/ideas/{idea.id}/vote"


def test_the_count_is_told_once_it_has_settled_or_where_nothing_is_hidden(
    browser, make_member, make_idea, vote
) -> None:
    idea = make_idea(views=50)
    for _ in range(5):
        vote(make_member(), idea)
    person = browser(make_member())
    assert person.post(f"/ideas/{idea.id}/unvote", headers=JSON).json["count"] == 5

    fresh = make_idea()
    assert person.post(f"/ideas/{fresh.id}/unvote", headers=JSON).json["count"] is None
    site.change(hides_counts=False)
    assert person.post(f"/ideas/{fresh.id}/unvote", headers=JSON).json["count"] == 0


def test_a_vote_takes_few_trips_to_the_database(browser, make_member, make_idea) -> None:
    path, person = f"/ideas/{make_idea().id}", browser(make_member())

    for headers in ({}, JSON):
        with statements() as cast:
            person.post(f"{path}/vote", headers=headers)
        with statements() as back:
            person.post(f"{path}/unvote", headers=headers)
        # Session, idea, vote with its limit, counter, event, deliveries.
        for said in (cast, back):
            assert len(said) <= 6, "\n".join(said)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["vote", "unvote"])
@pytest.mark.parametrize("stage", sorted(DECIDED))
def test_a_decided_idea_takes_no_votes(
    browser, make_member, make_idea, vote, verb: str, stage: Stage
) -> None:
    idea, member = make_idea(), make_member()
    vote(member, idea)
    idea.stage = stage
    db.session.commit()

    page = browser(member).post(f"/ideas/{idea.id}/{verb}")
    script = browser(make_member()).post(f"/ideas/{idea.id}/{verb}", headers=JSON)

    assert page.status_code == script.status_code == 409
    assert "decided" in page.text
    assert "decided" in script.json["words"]
    assert tally(idea) == (1, 1)


@pytest.mark.parametrize("visibility", [one for one in Visibility if one != Visibility.PUBLIC])
def test_what_is_not_public_takes_no_votes_and_does_not_exist_for_others(
    browser, make_member, make_idea, visibility: Visibility
) -> None:
    author = make_member()
    idea = make_idea(author, visibility=visibility)

    for verb in ("vote", "unvote"):
        assert browser(author).post(f"/ideas/{idea.id}/{verb}").status_code == 409
        assert browser(make_member()).post(f"/ideas/{idea.id}/{verb}").status_code == 404
        staff = browser(make_member(role="admin")).post(f"/ideas/{idea.id}/{verb}").status_code
        assert staff == (404 if visibility == Visibility.DRAFT else 409)
    assert tally(idea) == (0, 0)


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_idea(browser, make_idea) -> None:
    idea = make_idea()

    page = browser().submit(f"/ideas/{idea.id}-{idea.slug}", f"/ideas/{idea.id}/vote")
    script = browser().post(f"/ideas/{idea.id}/vote", headers=JSON)

    assert page.location == f"/sign-in?next=%2Fideas%2F{idea.id}-{idea.slug}"
    assert script.status_code == 401
    assert tally(idea) == (0, 0)


def test_an_unconfirmed_member_is_told_what_to_do(browser, make_member, make_idea) -> None:
    idea = make_idea()
    answer = browser(make_member(email_confirmed_at=None)).post(f"/ideas/{idea.id}/vote")
    assert answer.status_code == 403
    assert "Confirm your e-mail address" in answer.text
    assert tally(idea) == (0, 0)


def test_the_address_of_a_vote_leads_to_the_idea_when_it_is_opened(browser, make_idea) -> None:
    idea = make_idea()
    for verb in ("vote", "unvote"):
        answer = browser().get(f"/ideas/{idea.id}/{verb}")
        assert answer.location == f"/ideas/{idea.id}-{idea.slug}"
    assert browser().get(f"/ideas/{idea.id + 1}/vote").status_code == 404


@pytest.mark.parametrize("idea_id", ["0", "-1", "99999999999999999999", "x"])
def test_no_such_idea(browser, make_member, idea_id: str) -> None:
    assert browser(make_member()).post(f"/ideas/{idea_id}/vote").status_code in (404, 405)


def test_a_script_that_votes_for_everything_is_stopped(
    browser, make_member, make_idea, monkeypatch
) -> None:
    monkeypatch.setitem(limits.OFTEN, "vote.cast", (2, timedelta(hours=1)))
    ideas, person = [make_idea() for _ in range(3)], browser(make_member())

    answers = [person.post(f"/ideas/{idea.id}/vote").status_code for idea in ideas]

    assert answers == [303, 303, 429]
    assert [tally(idea) for idea in ideas] == [(1, 1), (1, 1), (0, 0)]
    # What was given already may be said again, and taken back.
    assert person.post(f"/ideas/{ideas[0].id}/vote").status_code == 303
    assert person.post(f"/ideas/{ideas[0].id}/unvote").status_code == 303
    with clock.at(clock.now() + timedelta(hours=2)):
        assert actions.cast(make_member(), ideas[2])


# --- the box and the proof --------------------------------------------------------------------


def test_the_box_keeps_the_number_until_one_has_voted(
    browser, make_member, make_idea, vote
) -> None:
    idea, person = make_idea(title="Zips"), browser(make_member())
    for _ in range(3):
        vote(make_member(), idea)
    path = f"/ideas/{idea.id}-{idea.slug}"

    def shown() -> str:
        soup = BeautifulSoup(person.get(path).text, "html.parser")
        return " ".join(soup.select_one("#support").text.split())

    assert "3" not in shown()
    assert "once you have made up your own mind" in shown()
    person.post(f"/ideas/{idea.id}/vote")
    assert "4" in shown()


def test_imported_support_is_told_apart_from_votes(browser, make_idea) -> None:
    idea = make_idea(imported_support=17)
    page = browser().get(f"/ideas/{idea.id}-{idea.slug}")
    assert "17 more supported it where it came from (imported)" in page.text
    assert tally(idea) == (0, 0)


def test_recount_mends_what_is_off_and_says_how_many(
    make_member: Callable[..., Any], make_idea: Callable[..., Idea], vote: Callable[..., None]
) -> None:
    ideas = [make_idea() for _ in range(3)]
    for idea in ideas:
        vote(make_member(), idea)
    db.session.execute(update(Idea).where(Idea.id == ideas[1].id).values(vote_count=40))
    db.session.commit()

    assert actions.recount(batch=2) == 1
    assert actions.recount() == 0
    db.session.commit()
    assert [tally(idea) for idea in ideas] == [(1, 1)] * 3
