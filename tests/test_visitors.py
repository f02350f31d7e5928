"""Pages kept whole for visitors: the same page, never somebody else's, and not for long."""

import contextvars

import pytest
from sqlalchemy import text
from werkzeug.test import Client

from cocreate.extensions import db
from cocreate.ideas import openings
from cocreate.ideas.models import Idea, Visibility
from cocreate.visitors import VisitorPages


@pytest.fixture
def visit(app):
    """visit(path, cookie="", **headers): a page by way of what is kept for a minute."""
    pages = VisitorPages(app.wsgi_app, 60)

    def go(path, *, method="GET", data=None, **headers):
        db.session.commit()
        client = Client(pages, use_cookies=False)
        answer = contextvars.Context().run(
            lambda: client.open(path, method=method, data=data, headers=headers)
        )
        db.session.rollback()
        return answer

    return go


def change_behind_its_back(idea, title):
    idea.title = title
    idea.version += 1
    db.session.commit()


def test_a_visitor_gets_the_page_that_was_made_a_moment_ago(visit, make_idea):
    idea = make_idea(title="Warm benches")
    first = visit("/ideas")
    change_behind_its_back(idea, "Cold benches")

    again = visit("/ideas")

    assert again.data == first.data
    assert "Set-Cookie" not in again.headers
    assert "X-Request-Id" not in again.headers
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_whatever_is_sent_in_ends_what_is_kept(visit, make_idea):
    idea = make_idea(title="Warm benches")
    visit("/ideas")
    idea.visibility = Visibility.HIDDEN
    db.session.commit()

    visit("/sign-in", method="POST")

    assert "Warm benches" not in visit("/ideas").text


def test_a_look_at_the_head_of_a_page_leaves_what_is_kept(visit, make_idea):
    idea = make_idea(title="Warm benches")
    visit("/ideas")
    change_behind_its_back(idea, "Cold benches")

    visit("/ideas", method="HEAD")

    assert "Warm benches" in visit("/ideas").text


@pytest.mark.parametrize("path", ["/ideas/preview", "/ideas/drafts", "/search/similar"])
def test_pauses_of_whoever_writes_leave_what_is_kept(visit, browser, make_idea, make_member, path):
    idea, writer = make_idea(title="Warm benches"), browser(make_member())
    visit("/ideas")
    change_behind_its_back(idea, "Cold benches")
    cookie = writer.client.get_cookie("cocreate").value

    answer = visit(
        path,
        method="POST",
        data={"title": "Tables", "csrf_token": writer._token},
        Accept="application/json",
        Cookie=f"cocreate={cookie}",
    )

    assert answer.status_code == 200
    assert "Warm benches" in visit("/ideas").text


@pytest.mark.parametrize("path", ["/ideas/preview", "/search/similar"])
def test_pauses_of_whoever_writes_wait_for_nobody_who_saves(browser, make_member, path):
    writer = browser(make_member())
    db.session.commit()
    with db.engine.connect() as other:
        other.execute(text("DELETE FROM site_settings"))
        answer = writer.post(path, {"title": "Tables"}, headers={"Accept": "application/json"})
        other.rollback()

    assert answer.status_code == 200


def test_other_languages_queries_and_signed_in_people_get_pages_of_their_own(
    visit, browser, make_idea, make_member
):
    make_idea(title="Warm benches")
    english = visit("/ideas", **{"Accept-Language": "en"})
    assert '<html lang="en"' in english.text

    assert '<html lang="cs"' in visit("/ideas", **{"Accept-Language": "cs"}).text
    assert '<html lang="cs"' in visit("/ideas", Cookie="language=cs").text
    assert 'data-theme="dark"' in visit("/ideas", Cookie="theme=dark").text
    assert "data-theme" not in visit("/ideas", Cookie="theme=purple").text
    assert visit("/ideas?sort=new").data != english.data
    member = browser(make_member(name="Dora"))
    cookie = member.client.get_cookie("cocreate")
    page = visit("/ideas", Cookie=f"cocreate={cookie.value}")
    assert "Dora" in page.text
    assert "Dora" not in visit("/ideas", **{"Accept-Language": "en"}).text


def test_each_reader_of_a_kept_page_is_a_view(app, visit, make_idea):
    idea = make_idea(title="Warm benches")
    person = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    for _ in range(3):
        assert visit(f"/ideas/{idea.id}-warm-benches", **person).status_code == 200
    visit(f"/ideas/{idea.id}-warm-benches", **{"User-Agent": "examplebot/1.0"})

    openings.write(app)

    assert db.session.get(Idea, idea.id, populate_existing=True).views == 3


def test_refusals_and_pages_with_something_personal_are_not_kept(visit, make_idea):
    idea = make_idea(title="Warm benches", visibility=Visibility.HELD)
    assert visit(f"/ideas/{idea.id}-warm-benches").status_code == 404
    idea.visibility = Visibility.PUBLIC
    db.session.commit()

    assert visit(f"/ideas/{idea.id}-warm-benches").status_code == 200
