"""Finding ideas: what is found, in which order, by whom, and what never is."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from cocreate.discussion import actions as discussion
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason
from cocreate.search import actions, questions
from cocreate.search.passages import mark, missing, passage, places

Make = Callable[..., Any]


def found(browser: Make, question: str, member: Any = None, **more: str) -> list[str]:
    """The titles that the page of results shows, in their order."""
    query = "&".join(f"{name}={quote(value)}" for name, value in {"q": question, **more}.items())
    answer = browser(member).get(f"/search?{query}")
    assert answer.status_code == 200, answer.text
    return [
        heading.get_text()
        for heading in BeautifulSoup(answer.text, "html.parser").select("main ol.idea-list h2")
    ]


# --- the passage that is shown -------------------------------------------------------------------


def wanted(question: str) -> dict[str, int]:
    return places(questions.read(question).asked)


def test_marked_words_are_escaped() -> None:
    assert str(mark("<b>Káva</b> & kakao", wanted("kávu"), "cs")) == (
        "&lt;b&gt;<mark>Káva</mark>&lt;/b&gt; &amp; kakao"
    )


def test_words_are_marked_as_their_language_has_them() -> None:
    assert str(mark("Kelímky v prodejnách", wanted("kelímek prodejna"), "cs")) == (
        "<mark>Kelímky</mark> v <mark>prodejnách</mark>"
    )
    assert str(mark("Deliveries", wanted("delivery"), "en")) == "<mark>Deliveries</mark>"
    assert str(mark("Send an e-mail, not mail", wanted("e-mail"), "en")) == (
        "Send an <mark>e-mail</mark>, not <mark>mail</mark>"
    )


def test_a_passage_is_short_and_holds_the_words() -> None:
    source = (
        "Něco úplně jiného. " * 300
        + "\n\nChybí mi **vratný kelímek** na kávu.\n\n"
        + "A dál. " * 900
    )

    words = passage([source], wanted("vratné kelímky"), "cs")

    assert "<mark>vratný</mark> <mark>kelímek</mark>" in words
    assert len(words) < 300


def test_a_passage_of_one_endless_word_is_bounded() -> None:
    assert len(passage(["a" * 40_000], wanted("nic"), "cs")) < 300


def test_a_part_is_missing_only_where_none_of_its_words_stands() -> None:
    asked = questions.read('"paper bags" tram').asked

    assert missing(["Paper bags"], asked, "en") >= set(asked.parts[1].keys)
    assert not missing(["Bags of paper by tram"], asked, "en")


# --- what is found ------------------------------------------------------------------------------


def test_words_of_every_field_are_found(
    browser: Make, make_idea: Make, make_comment: Make, work: Make
) -> None:
    idea = make_idea(
        title="Vratné kelímky",
        need="Chybí mi **udržitelnost**.",
        proposal="Zavést zálohu.",
        tags=("ekologie",),
        language="cs",
    )
    make_comment(idea, body="V Brně to funguje skvěle.")
    make_idea(title="Something else")
    work()

    for question in (
        "kelimek",
        "UDRŽITELNOSTI",
        "záloha",
        "ekologie",
        "brno funguje",
        "kelímky brně",
    ):
        assert found(browser, question) == ["Vratné kelímky"], question


def test_a_title_weighs_more_than_a_proposal_and_that_more_than_a_comment(
    browser: Make, make_idea: Make, make_comment: Make, work: Make
) -> None:
    talk = make_idea(title="First", need="Nothing here.", proposal="Nothing there.")
    make_comment(talk, body="What about parking?")
    make_idea(title="Second", need="Nothing here.", proposal="More parking, please.")
    make_idea(title="Third", need="No parking anywhere.", proposal="Nothing there.")
    make_idea(title="Parking for bicycles", need="Nothing here.", proposal="Nothing there.")
    work()

    assert found(browser, "parking") == ["Parking for bicycles", "Third", "Second", "First"]


def test_all_words_come_first_and_some_words_only_when_there_is_nothing_else(
    browser: Make, make_idea: Make, work: Make
) -> None:
    make_idea(title="Oat milk")
    make_idea(title="Milk in glass bottles")
    work()

    assert found(browser, "glass milk") == ["Milk in glass bottles"]
    page = browser().get("/search?q=oat+glass").text
    assert "No idea has all of these words" in page
    assert set(found(browser, "oat glass")) == {"Oat milk", "Milk in glass bottles"}


def test_a_word_in_a_comment_leads_to_the_comment(
    browser: Make, make_idea: Make, make_comment: Make, work: Make
) -> None:
    idea = make_idea(title="Longer opening hours")
    make_comment(idea, body="I agree with this.")
    comment = make_comment(idea, body="The night tram ends at <b>eleven</b>.")
    make_comment(idea, body="So do I.")
    work()

    page = browser().get("/search?q=tram+hours")

    item = BeautifulSoup(page.text, "html.parser").select_one("main ol.idea-list li")
    assert item is not None
    assert item.select_one(f'a[href="/ideas/{idea.id}/comments/{comment.id}"]')
    assert [one.text for one in item.select("mark")] == ["hours", "tram"]
    assert "<b>eleven" not in page.text


def test_filters_narrow_what_is_found(
    browser: Make, make_idea: Make, make_area: Make, work: Make
) -> None:
    shops = make_area("shops")
    delivery = make_area("delivery")
    make_idea(title="Paper bags in shops", area=shops, tags=("paper",))
    make_idea(title="Paper bags on delivery", area=delivery, stage=Stage.PLANNED)
    make_idea(title="Papírové tašky, paper", area=delivery, language="cs")
    work()

    assert found(browser, "paper", area="shops") == ["Paper bags in shops"]
    assert found(browser, "paper", tag="paper") == ["Paper bags in shops"]
    assert found(browser, "paper", stage="planned") == ["Paper bags on delivery"]
    assert found(browser, "paper", language="cs") == ["Papírové tašky, paper"]
    assert found(browser, "paper", area="delivery", stage="new") == ["Papírové tašky, paper"]
    assert found(browser, "paper", tag="nobody-uses-this") == []
    assert len(found(browser, "paper", area="no-such-area", stage="%00", language="xx")) == 3


def test_a_stage_that_has_just_moved_does_not_show_under_the_old_one(
    browser: Make, make_idea: Make, work: Make
) -> None:
    idea = make_idea(title="Paper bags")
    work()

    idea.stage = Stage.SHIPPED
    db.session.commit()

    assert found(browser, "paper", stage="new") == []


def test_the_count_is_shown_by_the_rule_of_the_lists(
    browser: Make, make_idea: Make, make_member: Make, work: Make
) -> None:
    make_idea(title="Paper bags", vote_count=4321)
    work()

    assert "4,321" not in browser().get("/search?q=paper").text
    assert "4,321" in browser(make_member(role="product")).get("/search?q=paper").text


# --- what is never found ------------------------------------------------------------------------


def everyone(make_member: Make, idea: Idea) -> list[Any]:
    """A visitor, a member, each kind of staff, and the idea's author."""
    author = db.session.get_one(type(make_member()), idea.author_id)
    return [
        None,
        make_member(),
        *(make_member(role=r) for r in ("moderator", "product", "admin")),
        author,
    ]


@pytest.mark.parametrize("is_indexed", [False, True])
@pytest.mark.parametrize(
    "visibility", [Visibility.DRAFT, Visibility.HELD, Visibility.HIDDEN, Visibility.WITHDRAWN]
)
def test_an_idea_that_is_not_public_is_found_by_nobody(
    browser: Make,
    make_idea: Make,
    make_member: Make,
    work: Make,
    visibility: Visibility,
    is_indexed: bool,
) -> None:
    idea = make_idea(title="Xylophone lessons")
    if is_indexed:
        # The index still has what the database shows to nobody any more.
        work()
    idea.visibility = visibility
    db.session.commit()
    if not is_indexed:
        work()

    for member in everyone(make_member, idea):
        for place in ("/search?q", "/search/suggest?q", "/search/similar?title"):
            assert "Xylophone" not in browser(member).get(f"{place}=xylophone").text


@pytest.mark.parametrize("is_indexed", [False, True])
@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.WITHDRAWN])
def test_a_comment_that_is_not_public_is_found_by_nobody(
    browser: Make,
    make_idea: Make,
    make_comment: Make,
    make_member: Make,
    work: Make,
    visibility: Visibility,
    is_indexed: bool,
) -> None:
    idea = make_idea(title="Music in the shops")
    comment = make_comment(idea, body="A xylophone, of all things.")
    if is_indexed:
        work()
    comment.visibility = visibility
    db.session.commit()
    if not is_indexed:
        work()

    for member in everyone(make_member, idea):
        assert "of all things" not in browser(member).get("/search?q=xylophone").text
        assert "of all things" not in browser(member).get("/search?q=xylophone+music").text
    if not is_indexed:
        assert found(browser, "xylophone") == []


def test_an_idea_follows_what_moderators_and_its_author_do(
    browser: Make, make_idea: Make, make_member: Make, work: Make
) -> None:
    author, moderator = make_member(approved_count=0), make_member(role="moderator")
    idea = make_idea(author, title="Xylophone lessons", visibility=Visibility.HELD)
    work()
    assert found(browser, "xylophone") == []

    moderation.approve(moderator, idea)
    work()
    assert found(browser, "xylophone") == ["Xylophone lessons"]

    moderation.hide(moderator, idea, Reason.SPAM, "This only sells something.")
    work()
    assert found(browser, "xylophone") == []

    moderation.approve(moderator, idea)
    work()
    assert found(browser, "xylophone") == ["Xylophone lessons"]

    ideas.withdraw(author, idea)
    work()
    assert found(browser, "xylophone") == []
    assert actions.check() == []


def test_a_comment_follows_its_author(
    browser: Make, make_idea: Make, make_comment: Make, make_member: Make, work: Make
) -> None:
    author = make_member()
    idea = make_idea(title="Music in the shops")
    comment = make_comment(idea, author, body="A xylophone.")
    work()
    assert found(browser, "xylophone") == ["Music in the shops"]

    discussion.edit(author, comment, body="A marimba.", wording=comment.wording)
    work()
    assert found(browser, "xylophone") == []
    assert found(browser, "marimba") == ["Music in the shops"]

    discussion.remove(author, comment)
    work()
    assert found(browser, "marimba") == []


# --- the page -----------------------------------------------------------------------------------


def test_an_empty_question_says_what_can_be_done(browser: Make, make_idea: Make) -> None:
    page = browser().get("/search")

    assert page.status_code == 200
    assert "What can be found" in page.text
    assert "Nothing was found" not in page.text


def test_nothing_found_leads_on(
    browser: Make, make_idea: Make, make_area: Make, work: Make
) -> None:
    make_area("shops")
    make_idea(title="Paper bags")
    work()

    page = browser().get("/search?q=flying+%22carpets%22&area=shops")

    soup = BeautifulSoup(page.text, "html.parser")
    assert "Nothing was found" in page.text
    links = [str(one["href"]) for one in soup.select("main .empty a")]
    # Without the filter there is nothing either, so that is no way on.
    assert "/search?q=flying+%22carpets%22" not in links
    assert "/ideas" in links
    assert "/ideas/new?title=flying+carpets&search=flying+%22carpets%22" in links


def test_similar_ideas_for_a_title(browser: Make, make_idea: Make, work: Make) -> None:
    first = make_idea(title="Parking for bicycles", stage=Stage.PLANNED)
    for number in range(8):
        make_idea(title=f"Paper bags {number}")
    work()

    answer = browser().get("/search/similar?title=bicycle+parking+please").json
    assert answer["ids"] == [first.id]
    assert f'href="/ideas/{first.id}-parking-for-bicycles"' in answer["html"]
    assert answer["words"] == "1 similar idea"
    assert len(browser().get("/search/similar?title=paper").json["ids"]) == 5
    assert browser().get("/search/similar").json["ids"] == []
