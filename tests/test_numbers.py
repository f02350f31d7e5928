"""Numbers, counted things and days, as each language writes them."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from cocreate import site, web
from cocreate.i18n import force_locale, ngettext, number
from cocreate.ideas.models import Stage
from tests.catalogue import catalogue

# What numbers need is the same on every database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SHARES = {0: 2, 1: 0, 2: 1, 4: 1, 5: 2, 21: 2, 22: 2, 1_001: 2}


def text_of(page: Any) -> str:
    return " ".join(BeautifulSoup(page.text, "html.parser").text.split())


@pytest.mark.parametrize(
    ("language", "many"), [("cs", "12\xa0345"), ("en", "12,345"), ("de", "12.345")]
)
def test_large_numbers_are_written_as_the_language_does(
    app: Flask, language: str, many: str
) -> None:
    with app.test_request_context(), force_locale(language):
        assert number(12_345) == many
        assert number(999) == 999
        assert number("–") == "–"
        assert many in ngettext("%(num)s comment", "%(num)s comments", 12_345)


@pytest.mark.parametrize(("language", "many"), [("cs", "12 345"), ("en", "12,345")])
def test_pages_write_counts_as_the_language_does(
    app: Flask, browser: Any, make_member: Any, make_idea: Any, language: str, many: str
) -> None:
    site.change(hides_counts=False)
    # A closed vote's number is shown by another piece than an open one's.
    open_idea = make_idea(vote_count=12_345, comment_count=12_345)
    make_idea(vote_count=12_345, stage=Stage.SHIPPED)
    said = {"Accept-Language": language}
    team = browser(make_member(role="product", language=language))

    for person, path, times in [
        (browser(), "/ideas?sort=new", 3),
        (browser(), web.idea_path(open_idea), 2),
        (team, "/backlog", 2),
        (team, "/backlog/board", 1),
    ]:
        page = person.get(path, headers=said)
        words = text_of(page)

        assert words.count(many) >= times, (path, words)
        assert "12345" not in words, path
    vote = team.post(f"/ideas/{open_idea.id}/vote", headers={"Accept": "application/json"})
    assert " ".join(vote.json["count"].split()) == many.replace("345", "346")


@pytest.mark.parametrize(("count", "form"), SHARES.items())
def test_czech_takes_the_form_that_belongs_to_the_number(app: Flask, count: int, form: int) -> None:
    """Every message that counts, not only those of one page."""
    counted = [one for one in catalogue() if one.pluralizable]
    assert len(counted) > 30
    with app.test_request_context(), force_locale("cs"):
        for one in counted:
            names = re.findall(r"%\((\w+)\)s", " ".join(one.id))
            values = {name: "x" for name in names if name != "num"}
            said = ngettext(*one.id, count, **values)

            assert said == one.string[form] % {"num": number(count), **values}, one.id


@pytest.mark.parametrize(("language", "words"), [("cs", "5. 3. 2026"), ("en", "Mar 5, 2026")])
def test_days_are_written_as_the_language_does(
    app: Flask, browser: Any, make_idea: Any, language: str, words: str
) -> None:
    make_idea(published_at=datetime(2026, 3, 5, 12, tzinfo=UTC))

    page = browser().get("/ideas?sort=new", headers={"Accept-Language": language})

    assert words in text_of(page)
