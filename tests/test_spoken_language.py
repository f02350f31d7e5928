"""What people write says its language wherever it stands, so that it is read out in it."""

import pytest
from bs4 import BeautifulSoup

from cocreate.accounts.models import Role
from cocreate.ideas.models import Visibility
from cocreate.moderation import actions as moderation

TITLE = "Vratné kelímky u každé pokladny"


def unsaid(page):
    """The tags of elements that hold the title without saying its language."""
    tree = BeautifulSoup(page.text, "html.parser").body
    texts = [text for text in tree.find_all(string=True) if TITLE in text]
    assert texts, "the title is not on the page"
    return [
        text.parent.name
        for text in texts
        if text.parent.find_parent(lang="cs") is None and text.parent.get("lang") != "cs"
    ]


@pytest.fixture
def idea(make_idea, make_member):
    moderator = make_member(role=Role.MODERATOR)
    idea = make_idea(title=TITLE, language="cs", visibility=Visibility.HELD)
    moderation.approve(moderator, idea)
    return idea


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/", None),
        ("/ideas", None),
        ("/search?q=kelimky", None),
        ("/moderation/log", None),
        ("/backlog", Role.PRODUCT),
        ("/backlog/board", Role.PRODUCT),
    ],
)
def test_a_czech_title_is_czech_on_an_english_page(browser, make_member, idea, work, path, role):
    work()
    reader = make_member(role=role) if role else None

    assert unsaid(browser(reader).get(path)) == []


def test_a_czech_draft_is_czech_on_an_english_page(browser, make_member):
    writer = browser(make_member())
    page = writer.get("/ideas/new")
    writer.submit(page, "/ideas/new", title=TITLE, language="cs", do="draft")

    assert unsaid(writer.get("/ideas/new")) == []
