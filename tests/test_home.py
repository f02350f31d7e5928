"""The front page, the roadmap and what was delivered."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from cocreate import clock, kept, site
from cocreate.backlog import actions as backlog
from cocreate.extensions import db
from cocreate.home import queries
from cocreate.ideas.models import Stage, Visibility


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def answer(make_member):
    """answer(idea, body, stage): by a person of the product team."""
    team = make_member(role="product", name="Marek")

    def say(idea, body, stage):
        backlog.answer(team, idea, body=body, stage=stage)
        db.session.commit()

    return say


def test_an_empty_portal_says_what_to_do(browser):
    page = browser().get("/")

    assert page.status_code == 200
    assert soup(page).select_one(".empty a")["href"] == "/ideas/new"
    assert not soup(page).select(".stats")
    for address in ("/roadmap", "/changelog"):
        assert browser().get(address).status_code == 200


def test_the_front_page_says_why_and_what_came_of_it(browser, make_idea, answer):
    site.change(
        tagline={"en": "Gear that walks you home"}, mission={"en": "We ask because you know."}
    )
    answer(make_idea(title="A lamp"), "It is **there**.", Stage.SHIPPED)
    make_idea(title="A second lamp")

    page = soup(browser().get("/"))

    assert page.h1.text == "Gear that walks you home"
    assert "We ask because you know." in page.select_one(".hero").text
    assert page.select_one(".idea-card h3").text == "A second lamp"
    delivered = page.select_one(".releases li")
    assert delivered.h3.text == "A lamp"
    assert delivered.strong.text == "there"
    assert "Marek" in delivered.text


def test_the_numbers_count_what_is_public(app, make_idea, make_member, answer):
    eva = make_member()
    first, second = make_idea(eva), make_idea(eva)
    late = make_idea()
    make_idea(visibility=Visibility.HIDDEN, answered_at=clock.now(), stage=Stage.SHIPPED)
    make_idea(answer_by=clock.now() - timedelta(days=1))
    answer(first, "Yes.", Stage.SHIPPED)
    answer(second, "No, because it would burn.", Stage.DECLINED)
    late.answer_by = clock.now() - timedelta(days=1)
    answer(late, "Sorry for the wait.", Stage.CONSIDERING)

    numbers = queries.numbers(clock.now())

    assert numbers == queries.Numbers(ideas=4, delivered=1, answered=3, due=4, in_time=2, people=2)


def test_the_numbers_are_not_counted_for_each_reader(app, make_idea):
    make_idea()
    assert queries.numbers(clock.now()).ideas == 1
    make_idea()
    assert queries.numbers(clock.now()).ideas == 1

    kept.forget()

    assert queries.numbers(clock.now()).ideas == 2


def test_a_share_shows_only_over_twenty_ideas(browser, make_idea, make_member):
    authors = [make_member(), make_member()]
    for number in range(19):
        make_idea(authors[number % 2], answered_at=clock.now())
    assert "answered by the day promised" not in browser().get("/").text

    make_idea(answered_at=clock.now() + timedelta(days=90))
    kept.forget()

    stats = soup(browser().get("/")).select_one(".stats").text
    assert "95%" in stats
    assert "of 20 ideas due" in stats


def test_the_roadmap_shows_what_comes_and_what_is_said_about_it(browser, make_idea, answer):
    planned, building = make_idea(title="A lamp"), make_idea(title="A bridge")
    make_idea(title="Only an idea")
    make_idea(title="Hidden plan", stage=Stage.PLANNED, visibility=Visibility.HIDDEN)
    answer(planned, "In spring.", Stage.PLANNED)
    answer(building, "We have begun.", Stage.PLANNED)
    answer(building, "The first pillar stands.", Stage.BUILDING)

    first, second = soup(browser().get("/roadmap")).select(".lane")

    assert [one.text for one in first.select("h3")] == ["A lamp"]
    assert "In spring." in first.text
    assert [one.text for one in second.select("h3")] == ["A bridge"]
    assert "The first pillar stands." in second.text
    assert "We have begun." not in second.text


def test_what_was_delivered_is_read_newest_first_and_page_by_page(browser, make_idea, make_member):
    authors, now = [make_member(), make_member()], clock.now()
    for number in range(queries.DELIVERED_A_PAGE + 3):
        make_idea(
            authors[number % 2],
            title=f"Number {number}",
            stage=Stage.SHIPPED,
            stage_at=now - timedelta(days=number),
        )
    visitor = browser()

    first = soup(visitor.get("/changelog"))
    second = soup(visitor.get(first.select_one("a[rel=next]")["href"]))

    shown = [one.text for page in (first, second) for one in page.select(".releases h2")]
    assert shown == [f"Number {number}" for number in range(queries.DELIVERED_A_PAGE + 3)]
    assert second.select_one("a[rel=next]") is None


def test_a_move_without_words_keeps_the_words_before_it(browser, make_idea, make_member, answer):
    idea = make_idea(title="A lamp")
    answer(idea, "In spring.", Stage.PLANNED)
    answer(idea, "", Stage.BUILDING)

    assert "In spring." in browser().get("/roadmap").text
