"""Pictures for links: what they show, to whom, and that nobody can keep us busy with them."""

import threading
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from cocreate import site
from cocreate.extensions import db
from cocreate.home import card_views, share_cards
from cocreate.home.share_cards import Card
from cocreate.ideas.models import Stage, Visibility

CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy ŘŠŽČĚŮŇŤĎ"


def path(idea):
    return f"/ideas/{idea.id}/card.png"


@pytest.fixture
def asked(monkeypatch):
    """The cards that were drawn, in their order."""
    cards = []

    def draw(card):
        cards.append(card)
        return real(card)

    real = share_cards.drawn
    monkeypatch.setattr(share_cards, "drawn", draw)
    return cards


def test_an_idea_has_a_card_of_its_own(browser, make_idea, make_area, asked):
    idea = make_idea(
        title="Vratné kelímky",
        language="cs",
        stage=Stage.SHIPPED,
        vote_count=48,
        area=make_area("shops"),
    )
    site.change(name="Nápady Vltava")
    db.session.commit()

    answer = browser().get(path(idea))

    assert answer.status_code == 200
    assert answer.content_type == "image/png"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    with Image.open(BytesIO(answer.data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(answer.data) < 60_000
    assert asked[0].title == "Vratné kelímky"
    assert asked[0].facts == ("Hotovo", "Shops", "48 podporovatelů")
    assert asked[0].name == "Nápady Vltava"


def test_the_page_says_where_the_card_is(browser, make_idea):
    idea = make_idea(title='A "lamp" & more')
    page = BeautifulSoup(browser().get(f"/ideas/{idea.id}-a-lamp-more").text, "html.parser")

    def said(name):
        return page.select_one(f"meta[property='{name}']")["content"]

    address = said("og:image")
    assert address == f"http://localhost{path(idea)}?v={idea.version}"
    assert browser().get(address.removeprefix("http://localhost")).status_code == 200
    assert (said("og:image:width"), said("og:image:height")) == ("1200", "630")
    assert said("og:image:alt") == 'Idea: A "lamp" & more'
    assert said("og:type") == "article"
    assert page.select_one("meta[name='twitter:card']")["content"] == "summary_large_image"
    assert len(page.select("meta[property='og:image']")) == 1


def test_other_pages_have_the_portals_card(browser, asked):
    site.change(name="Vltava", tagline={"en": "Say what is missing."})
    db.session.commit()
    page = BeautifulSoup(browser().get("/ideas").text, "html.parser")
    address = page.select_one("meta[property='og:image']")["content"]
    assert address == "http://localhost/share.png"

    answer = browser().get("/share.png")

    with Image.open(BytesIO(answer.data)) as picture:
        assert picture.size == (1200, 630)
    assert (asked[0].title, asked[0].name, asked[0].facts) == ("Say what is missing.", "Vltava", ())


@pytest.mark.parametrize("visibility", [one for one in Visibility if one != Visibility.PUBLIC])
@pytest.mark.parametrize("role", [None, "author", "admin"])
def test_what_is_not_public_has_no_card_for_anyone(
    browser, make_idea, make_member, visibility, role
):
    author = make_member()
    idea = make_idea(author)
    reader = author if role == "author" else (make_member(role=role) if role else None)
    # Whoever has it from when it was public asks whether it still is.
    before = browser(reader).get(path(idea))
    assert before.status_code == 200
    assert "no-cache" in before.headers["Cache-Control"]
    idea.visibility = visibility
    db.session.commit()

    for headers in ({}, {"If-None-Match": before.headers["ETag"]}):
        answer = browser(reader).get(path(idea), headers=headers)
        assert answer.status_code == 404
    if visibility != Visibility.DRAFT and role == "admin":
        page = browser(reader).get(f"/ideas/{idea.id}", follow_redirects=True).text
        assert "card.png" not in page


def test_a_number_that_waits_for_the_readers_vote_is_on_no_card(
    browser, make_idea, make_member, vote, asked
):
    idea = make_idea(vote_count=4, views=1000)
    supporter = make_member()
    vote(supporter, idea)
    site.change(settled_votes=50, settled_views=20)
    db.session.commit()

    # Not for one who voted nor for the team: what they fetch may be kept for others.
    for reader in (None, supporter, make_member(role="admin")):
        browser(reader).get(path(idea))
    assert [len(card.facts) for card in asked] == [2]

    site.change(hides_counts=False)
    db.session.commit()
    browser().get(path(idea))
    assert asked[1].facts[2] == "5 supporters"


def test_a_card_is_drawn_once_and_then_kept(browser, make_idea, make_member, asked):
    idea = make_idea(title="A lamp")
    first = browser().get(path(idea))
    again = browser(make_member()).get(path(idea))
    unchanged = browser().get(path(idea), headers={"If-None-Match": first.headers["ETag"]})

    assert again.data == first.data
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert len(asked) == 1

    idea.stage = Stage.PLANNED
    db.session.commit()
    later = browser().get(path(idea), headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200
    assert later.headers["ETag"] != first.headers["ETag"]


def test_while_one_card_is_drawn_nobody_waits_long(browser, make_idea, monkeypatch):
    monkeypatch.setattr(card_views, "_PATIENCE", 0.01)
    idea = make_idea(title="A lamp")
    held, done = threading.Event(), threading.Event()

    def hold():
        with card_views._turn:
            held.set()
            done.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    try:
        busy = browser().get(path(idea))
    finally:
        done.set()
        other.join()

    assert busy.status_code == 503
    assert busy.headers["Retry-After"] == "5"
    assert busy.headers["Cache-Control"] != "public, no-cache"
    assert browser().get(path(idea)).status_code == 200


@pytest.mark.parametrize("title", ["Привет, мир", "提案", "شجرة", "🍵🍵"])
def test_a_title_that_our_font_cannot_write_gets_the_portals_card(browser, make_idea, asked, title):
    answer = browser().get(path(make_idea(title=title)))

    assert answer.status_code == 200
    assert title not in asked[0].title
    assert asked[0].facts == ()


# --- drawing ----------------------------------------------------------------------------------


def test_every_czech_letter_can_be_drawn_and_signs_are_left_out():
    assert share_cards.drawable(CZECH) == CZECH
    assert share_cards.drawable("Café\u00a0🍵  u\nstolu") == "Café u stolu"


@pytest.mark.parametrize(
    "title",
    ["Lampa", CZECH, f"{CZECH} " * 3, "a" * 200, "W" * 200, "a b " * 50, "Nebe " * 30, "x"],
)
def test_a_title_stays_on_its_card(title):
    size, lines = share_cards.wrapped(title.strip(), 1056)

    assert 1 <= len(lines) <= 4
    assert max(share_cards._length(line, size, share_cards._BOLD) for line in lines) <= 1056
    card = Card(title.strip(), ("Zvažujeme", "Prodejny"), "Vltava", "#0b6b4f", "#e6f2ec")
    assert share_cards.drawn(card).startswith(b"\x89PNG")


def test_no_line_ends_in_a_word_of_one_letter():
    title = "Vratné kelímky v každé prodejně a u stánku k obědu i s sebou z domova"
    for widest in range(500, 1100, 50):
        lines = share_cards.wrapped(title, widest)[1]
        assert not [line for line in lines if len(line.rpartition(" ")[2]) == 1], lines


def test_lines_are_of_about_the_same_length():
    size, lines = share_cards.wrapped("Give back the deposit for cups at every stall we have", 1056)
    lengths = [share_cards._length(line, size, share_cards._BOLD) for line in lines]

    assert len(lines) > 1
    assert min(lengths) > max(lengths) * 0.6


def test_a_word_that_is_not_shown_does_not_push_the_others_off():
    long = Card("Lampa", ("Nový", "x" * 90, "5 hlasů"), "Vltava", "#0b6b4f", "#e6f2ec")
    short = Card("Lampa", ("Nový", "5 hlasů"), "Vltava", "#0b6b4f", "#e6f2ec")

    assert share_cards.drawn(long) == share_cards.drawn(short)
