"""What people write says its language wherever it stands, so that it is read out in it."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup

from cocreate.accounts.models import Role
from cocreate.backlog import actions as backlog
from cocreate.ideas.models import Stage, Visibility
from cocreate.moderation import actions as moderation
from tests.hostile import PLAIN

TITLE = "Vratné kelímky u každé pokladny"


def picture():
    """What a form sends of one picture."""
    return {"picture": (BytesIO(PLAIN["JPEG"]), "a.jpg"), "picture_alt": "Kelímek"}


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
def author(make_member):
    return make_member()


@pytest.fixture
def idea(make_idea, make_member, author):
    moderator = make_member(role=Role.MODERATOR)
    idea = make_idea(author, title=TITLE, language="cs", visibility=Visibility.HELD)
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


@pytest.mark.parametrize("path", ["", "/edit", "/history", "/like", "/withdraw", "/comments"])
def test_a_czech_title_is_czech_wherever_its_idea_is_the_page(browser, author, idea, path):
    page = browser(author).get(f"/ideas/{idea.id}{path}", follow_redirects=True)

    assert page.status_code == 200
    assert unsaid(page) == []


def test_a_czech_answer_is_czech_on_the_english_roadmap(browser, make_member, idea):
    product = make_member(role=Role.PRODUCT)
    backlog.answer(product, idea, body=TITLE, stage=Stage.PLANNED)

    page = browser().get("/roadmap")
    assert unsaid(page) == []
    assert page.text.count(TITLE) == 2


def test_what_was_changed_is_czech_and_what_is_said_of_it_english(browser, author, idea):
    writer = browser(author)
    writer.submit(f"/ideas/{idea.id}/edit", f"/ideas/{idea.id}/edit", title=f"{TITLE} hned")

    added = BeautifulSoup(writer.get(f"/ideas/{idea.id}/history").text, "html.parser").ins
    assert added.select_one("[lang=cs]").text.strip() == "hned"
    assert added.select_one(".hush").find_parent(lang=True)["lang"] == "en"


@pytest.mark.parametrize("do", ["preview", "draft"])
def test_a_czech_idea_is_czech_while_it_is_written(browser, make_member, do):
    writer = browser(make_member())
    page = writer.submit("/ideas/new", "/ideas/new", title=TITLE, language="cs", do=do)
    if do == "draft":
        # Saved from another window meanwhile: what stands there is shown beside the form.
        old = writer.get(page.location)
        writer.submit(old, "/ideas/new", title=f"{TITLE} hned", do="draft")
        page = writer.submit(old, "/ideas/new", need="It is dark.", do="draft")
        assert page.status_code == 409

    assert unsaid(page) == []


def test_the_words_about_pictures_are_czech_and_those_of_their_links_english(browser, author, idea):
    writer, path = browser(author), f"/ideas/{idea.id}"
    page = f"{path}-{idea.slug}"
    writer.submit(f"{path}/edit", f"{path}/edit", **picture())
    writer.submit(page, f"{path}/comments", body="Mám jeden.", **picture())

    shown = BeautifulSoup(writer.get(page).text, "html.parser").select(".pictures img")
    assert [one["lang"] for one in shown] == ["cs", "cs"]
    for one in shown:
        assert one.find_next_sibling(class_="hush").find_parent(lang=True)["lang"] == "en"


def test_a_czech_draft_is_czech_on_an_english_page(browser, make_member):
    writer = browser(make_member())
    page = writer.get("/ideas/new")
    writer.submit(page, "/ideas/new", title=TITLE, language="cs", do="draft")

    assert unsaid(writer.get("/ideas/new")) == []
