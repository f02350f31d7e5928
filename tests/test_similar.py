"""Ideas that are like another one: which come, in which order, with which reason, and where."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from playwright.sync_api import Page, expect

from cocreate import kept
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas.models import Area, Idea, Stage, Visibility
from cocreate.search import actions, directions, meaning, training
from cocreate.search.similar import like_this, similar
from tests.conftest import Browser
from tests.databases import statements
from tests.test_learning import company, many

Make = Callable[..., Any]


def ids(*said: str, **more: Any) -> list[int]:
    return [like.row.id for like in similar(None, *said, **more)]


def marked(html: str) -> list[str]:
    return [mark.text for mark in BeautifulSoup(html, "html.parser").find_all("mark")]


@pytest.fixture
def shop(make_idea: Make, work: Make) -> dict[str, Idea]:
    """Some ideas of a shop; two of them mean the same."""
    made = {
        "refill": make_idea(
            title="Refill shampoo at the counter",
            need="Every bottle of shampoo is thrown away.",
            proposal="Fill our own bottles from a large one.",
        ),
        "bags": make_idea(
            title="Paper bags for bread",
            need="Bread comes in plastic.",
            proposal="Paper bags instead.",
        ),
        "opening": make_idea(
            title="Open on Sundays",
            need="Nothing is open when we have time.",
            proposal="Open from nine to one.",
        ),
        "cup": make_idea(
            title="Vratné kelímky na kávu",
            need="Kelímky končí v koši.",
            proposal="Zálohované kelímky z plastu.",
            language="cs",
        ),
    }
    work()
    training.learn_now()
    db.session.commit()
    return made


# --- which, and why -------------------------------------------------------------------------------


def test_the_words_that_both_have_are_the_reason(app: Flask, shop: dict[str, Idea]) -> None:
    (like,) = similar(None, "Bottles of shampoo that can be refilled")

    assert like.row.id == shop["refill"].id
    assert set(like.shared) == {"shampoo", "refil", "bottl"}
    assert marked(like.title) == ["Refill", "shampoo"]
    assert "bottle" in marked(like.passage)[0] + marked(like.passage)[-1]
    assert like.score > 0


def test_the_title_alone_says_it_where_it_has_all_the_words(
    app: Flask, shop: dict[str, Idea]
) -> None:
    (like,) = similar(None, "Paper bags")

    assert (like.row.id, like.passage) == (shop["bags"].id, "")
    assert str(like.title) == "<mark>Paper</mark> <mark>bags</mark> for bread"


@pytest.mark.parametrize(
    "typed", ["vratné kelímky", "vratny kelimek", "VRATNÝCH KELÍMKŮ", "kelimky"]
)
def test_any_form_of_a_czech_word_is_like_the_others(
    app: Flask, shop: dict[str, Idea], typed: str
) -> None:
    assert ids(typed) == [shop["cup"].id]


def test_the_text_finds_what_the_title_does_not(app: Flask, shop: dict[str, Idea]) -> None:
    assert ids("Less rubbish") == []
    found = ids("Less rubbish", "Every shampoo comes in a new bottle.", "Let us refill it.")

    assert found[0] == shop["refill"].id


def test_words_that_say_nothing_make_nothing_alike(app: Flask, shop: dict[str, Idea]) -> None:
    assert ids("When we have this and that") == []
    assert ids("") == []
    assert ids("???", "!!!") == []
    assert ids("\x00\ud800 " * 50) == []


def test_what_is_said_in_marks_and_tags_is_shown_as_it_is(
    app: Flask, make_idea: Make, work: Make
) -> None:
    make_idea(title="<script>alert(1)</script> xylophones", need="<b>xylophones</b>")
    work()
    (like,) = similar(None, "Xylophones")

    assert "<script" not in like.title
    assert "&lt;script" in like.title


def test_an_idea_is_not_like_itself(app: Flask, shop: dict[str, Idea]) -> None:
    refill = shop["refill"]
    assert ids(refill.title, refill.need, refill.proposal) == [refill.id]
    assert ids(refill.title, refill.need, refill.proposal, but=refill.id) == []
    assert like_this(None, refill) == []


def test_that_there_was_no_index_is_not_kept(app: Flask, make_idea: Make, work: Make) -> None:
    one = make_idea(title="Xylophones for all", need="x", proposal="y")
    other = make_idea(title="Xylophones in shops", need="x", proposal="y")
    work()
    actions.forget()
    assert like_this(None, one) == []

    while actions.tend():
        pass

    assert [like.row.id for like in like_this(None, one)] == [other.id]


def test_at_most_five_come_and_the_nearest_first(app: Flask, make_idea: Make, work: Make) -> None:
    near = make_idea(title="Paper bags for bread rolls", need="Rolls.", proposal="Bags.")
    for number in range(9):
        make_idea(title=f"Opening hours {number}")
    for number in range(9):
        make_idea(title=f"Paper rolls {number}")
    work()

    found = ids("Paper bags for rolls")
    assert len(found) == 5
    assert found[0] == near.id


def test_what_can_still_be_supported_comes_first(
    app: Flask, make_idea: Make, make_member: Make, vote: Make, work: Make
) -> None:
    member = make_member()
    decided = make_idea(title="Paper bags", need="Now.", stage=Stage.DECLINED)
    mine = make_idea(title="Paper bags for all", need="Here.")
    other = make_idea(title="Bags made of paper and of many other things", need="There.")
    vote(member, mine)
    work()

    assert ids("Paper bags") == [mine.id, other.id, decided.id]
    likes = similar(member, "Paper bags")
    assert [like.row.id for like in likes] == [other.id, mine.id, decided.id] or [
        like.row.id for like in likes
    ] == [other.id, decided.id, mine.id]
    assert [like.is_mine for like in likes].count(True) == 1


# --- nothing hidden -------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.PUBLIC}))
def test_what_is_not_public_is_suggested_to_nobody(
    app: Flask,
    browser: Make,
    make_idea: Make,
    make_member: Make,
    work: Make,
    visibility: Visibility,
) -> None:
    author = make_member()
    idea = make_idea(author, title="Xylophones for all", need="x", proposal="y")
    other = make_idea(title="Xylophones in shops", need="x", proposal="y")
    work()
    assert like_this(None, other)
    # The index has not heard of it yet, and what was like the other one is still kept.
    idea.visibility = visibility
    db.session.commit()

    for reader in (None, author, make_member(role="moderator"), make_member(role="admin")):
        person: Browser = browser(reader)
        assert person.get("/search/similar?title=xylophones").json["ids"] == [other.id]
        page = person.get(f"/ideas/{other.id}/like")
        assert page.status_code == 200
        assert "for all" not in page.text


def test_what_was_edited_meanwhile_is_not_shown_as_it_was(
    app: Flask, browser: Make, make_idea: Make, make_member: Make, work: Make
) -> None:
    author = make_member()
    idea = make_idea(author, title="Xylophones for all")
    other = make_idea(title="Xylophones in shops")
    work()
    assert "for all" in browser().get(f"/ideas/{other.id}/like").text
    ideas.edit(
        author,
        idea,
        title="Drums for some",
        need="Drums.",
        proposal="Drums.",
        area=db.session.get_one(Area, idea.area_id),
        tags=[],
        language="en",
        seen=idea.wording,
    )
    db.session.commit()

    page = browser().get(f"/ideas/{other.id}/like")
    assert "for all" not in page.text
    assert "Drums" not in page.text


# --- meaning --------------------------------------------------------------------------------------


def test_what_words_mean_puts_the_like_in_order_from_five_hundred_ideas_on(
    app: Flask, make_idea: Make, make_member: Make, monkeypatch: pytest.MonkeyPatch, work: Make
) -> None:
    monkeypatch.setattr(directions, "DIMENSIONS", 3)
    make_idea(title="First")
    many(600, company)
    # Both share one word with the question; one of them is about what the question is about.
    near = make_idea(title="Ticket automobile garage", need="Traffic.", proposal="A lane.")
    far = make_idea(title="Ticket loaf kitchen", need="Butter.", proposal="Dough.")
    work()
    actions.tend()
    training.learn_now()
    db.session.commit()
    kept.forget()
    assert meaning.known() is not None

    by_meaning = [one for one in ids("Ticket car engine", limit=50) if one in (near.id, far.id)]
    assert by_meaning == [near.id, far.id]


# --- where ----------------------------------------------------------------------------------------


def test_the_page_of_the_like_and_the_way_to_it(
    app: Flask, browser: Make, shop: dict[str, Idea], make_idea: Make, work: Make
) -> None:
    second = make_idea(title="Bread in paper bags", need="Plastic.", proposal="Paper.")
    work()
    kept.forget()
    visitor: Browser = browser()

    page = visitor.get(f"/ideas/{second.id}-bread-in-paper-bags")
    soup = BeautifulSoup(page.text, "html.parser")
    (place,) = soup.select("[data-like]")
    assert place.a["href"] == place["data-like"] == f"/ideas/{second.id}/like"

    found = BeautifulSoup(visitor.get(place.a["href"]).text, "html.parser")
    (link,) = found.select("main ul.rows a")
    assert link["href"] == f"/ideas/{shop['bags'].id}-paper-bags-for-bread"
    assert {mark.text for mark in link.find_all("mark")} == {"Paper", "bags", "bread"}
    piece = visitor.get(f"/ideas/{second.id}/like", headers={"Accept": "application/json"}).json
    assert piece["words"] == "1 similar idea"
    assert marked(piece["html"])[:3] == ["Paper", "bags", "bread"]
    assert "<h1" not in piece["html"]


def test_the_queue_and_the_backlog_lead_to_likely_duplicates(
    app: Flask, browser: Make, shop: dict[str, Idea], make_idea: Make, make_member: Make
) -> None:
    held = make_idea(title="Shampoo to refill", visibility=Visibility.HELD)
    moderator: Browser = browser(make_member(role="moderator"))
    product: Browser = browser(make_member(role="product"))

    queue = BeautifulSoup(moderator.get("/moderation").text, "html.parser")
    (place,) = queue.select("[data-like]")
    assert place.a["href"] == f"/ideas/{held.id}/like"
    assert "Refill" in moderator.get(place.a["href"]).text
    assert browser().get(place.a["href"]).status_code == 404

    for address in ("/backlog", "/backlog/board"):
        page = BeautifulSoup(product.get(address).text, "html.parser")
        assert page.select(f'[data-like="/ideas/{shop["bags"].id}/like"][data-when=asked] a')


@pytest.mark.parametrize("role", [None, "member", "moderator"])
def test_it_asks_the_database_as_often_for_many_as_for_few(
    app: Flask, browser: Make, make_idea: Make, make_member: Make, work: Make, role: str | None
) -> None:
    reader: Browser = browser(make_member(role=role) if role else None)

    def asked(address: str) -> int:
        reader.get("/ideas")
        kept.forget()
        with statements() as found:
            assert reader.get(address).status_code == 200
        return len(found)

    first = make_idea(title="Paper bags")
    addresses = ("/search/similar?title=paper+bags", f"/ideas/{first.id}/like")
    make_idea(title="Paper hats and bags")
    work()
    few = [asked(address) for address in addresses]
    for number in range(12):
        make_idea(title=f"Paper bags {number}")
    work()
    kept.forget()
    many_more = [asked(address) for address in addresses]

    assert many_more == few
    assert max(few) < 20


# --- while it is written --------------------------------------------------------------------------


def test_the_text_counts_when_the_form_is_looked_over(
    app: Flask, browser: Make, shop: dict[str, Idea], make_member: Make
) -> None:
    member = make_member()
    person: Browser = browser(member)
    words = {
        "title": "Less rubbish",
        "need": "Every shampoo comes in a new bottle.",
        "proposal": "Let us refill it at the counter.",
    }

    page = person.submit("/ideas/new", "/ideas/new", do="preview", **words)
    soup = BeautifulSoup(page.text, "html.parser")
    (button,) = soup.select("#similar button[name=instead]")
    assert button["value"] == str(shop["refill"].id)
    assert soup.select_one("#similar .why mark") is not None

    answer = person.submit(page, "/ideas/new", instead=button["value"])
    assert answer.status_code == 303
    db.session.refresh(shop["refill"])
    assert shop["refill"].vote_count == 1
    draft = db.session.query(Idea).filter_by(visibility=Visibility.DRAFT).one()
    assert (draft.title, draft.need, draft.proposal) == tuple(words.values())


def test_what_is_written_is_sent_as_a_form_and_changes_nothing(
    app: Flask, browser: Make, shop: dict[str, Idea], make_member: Make
) -> None:
    person: Browser = browser(make_member())
    said = {"title": "Less rubbish", "need": "Bottles of shampoo", "proposal": ""}

    assert person.post("/search/similar", said).json["ids"] == [shop["refill"].id]
    assert person.post("/search/similar", said, token=False).status_code == 400
    assert person.post("/search/similar", {}).json["ids"] == []
    assert person.post("/search/similar", {"title": "x" * 100_000}).json["ids"] == []
    assert browser().post("/search/similar", said).status_code == 303
    assert db.session.query(Idea).filter_by(visibility=Visibility.DRAFT).count() == 0


@pytest.mark.parametrize("script", [True, False])
def test_a_duplicate_is_recognised_while_proposing(
    visit: Make, make_member: Make, shop: dict[str, Idea], script: bool
) -> None:
    page: Page = visit(make_member(), java_script_enabled=script)
    page.goto("/ideas/new")
    page.locator("#title").fill("Less rubbish")
    page.locator("#need").fill("Every shampoo is a new bottle.")
    page.locator("#proposal").fill("Refill it at the counter.")
    if not script:
        page.get_by_role("button", name="Preview").click()
    place = page.locator("#similar")
    expect(place.locator("mark").first).to_be_visible()
    expect(place.get_by_role("link")).to_contain_text("Refill shampoo at the counter")

    place.get_by_role("button", name="Add my support instead").click()

    expect(page).to_have_url(f"/ideas/{shop['refill'].id}-refill-shampoo-at-the-counter")
    db.session.rollback()
    assert db.session.get_one(Idea, shop["refill"].id).vote_count == 1


def test_likely_duplicates_come_to_where_they_are_looked_for(
    visit: Make, make_member: Make, make_idea: Make, shop: dict[str, Idea]
) -> None:
    make_idea(title="Shampoo to refill", visibility=Visibility.HELD)
    page: Page = visit(make_member(role="admin"))
    page.goto("/moderation")
    queue = page.locator(".queue [data-like]")
    expect(queue.get_by_role("link")).to_contain_text("Refill shampoo")
    expect(queue.locator("mark").first).to_have_text("Refill")

    page.goto("/backlog")
    row = page.locator(f"#idea-{shop['bags'].id} [data-like]")
    row.get_by_role("link").click()
    expect(row).to_contain_text("Nothing like it")
    expect(row).to_be_focused()
    expect(page).to_have_url("/backlog")


def test_who_has_come_to_the_link_by_keyboard_goes_on_from_what_came_instead(
    visit: Make, make_member: Make, shop: dict[str, Idea]
) -> None:
    page: Page = visit(make_member())
    held: list[Any] = []
    page.route("**/like", lambda route: held.append(route))
    with page.expect_request("**/like"):
        page.goto(f"/ideas/{shop['bags'].id}-paper-bags-for-bread")
        page.locator("[data-like]").scroll_into_view_if_needed()
    place = page.locator("[data-like]")
    place.get_by_role("link").focus()
    held[0].continue_()

    expect(place).to_contain_text("Nothing like it")
    expect(place).to_be_focused()
