"""Finding ideas: what is found, in which order, by whom, and what never is."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, select

from cocreate.discussion import actions as discussion
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason
from cocreate.search import actions, analysis, index, queries, schema
from cocreate.search.passages import mark, passage

Make = Callable[..., Any]


def found(browser: Make, question: str, member: Any = None, **more: str) -> list[str]:
    """The titles that the page of results shows, in their order."""
    query = "&".join(f"{name}={quote(value)}" for name, value in {"q": question, **more}.items())
    answer = browser(member).get(f"/search?{query}")
    assert answer.status_code == 200, answer.text
    return [
        heading.get_text()
        for heading in BeautifulSoup(answer.text, "html.parser").select("main li h2")
    ]


# --- what counts as the same word ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("věrnostní", "VERNOSTNI"),
        ("prodejna", "v prodejnách".split()[1]),
        ("kávu", "káva"),
        ("deliveries", "Delivery"),
        ("vouchers", "voucher"),
        ("kelímek", "kelímky"),
        ("karet", "karta"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("e\u0301te\u0301", "été"),
        ("C++", "c++"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert analysis.terms(one) == analysis.terms(other) != []


@pytest.mark.parametrize(("one", "other"), [("process", "proc"), ("C++", "C"), ("káva", "kár")])
def test_different_words_do_not_meet(one: str, other: str) -> None:
    assert analysis.terms(one) != analysis.terms(other)


def test_a_question_keeps_its_telling_words_and_ends_somewhere() -> None:
    assert analysis.asked("the app for the kids") == ("app", "kid")
    assert analysis.asked("the") == ("the",)
    assert len(analysis.asked(" ".join(f"word{n}" for n in range(500)))) == analysis.MOST_WORDS
    assert analysis.asked('* ? ~ \0 () "') == ()


def test_marked_words_are_escaped() -> None:
    assert str(mark("<b>Káva</b> & kakao", analysis.asked("kávu"))) == (
        "&lt;b&gt;<mark>Káva</mark>&lt;/b&gt; &amp; kakao"
    )


def test_a_passage_is_short_and_holds_the_words() -> None:
    source = (
        "Něco úplně jiného. " * 300
        + "\n\nChybí mi **vratný kelímek** na kávu.\n\n"
        + "A dál. " * 900
    )

    words = passage([source], analysis.asked("vratné kelímky"))

    assert "<mark>vratný</mark> <mark>kelímek</mark>" in words
    assert len(words) < 300


def test_a_passage_of_one_endless_word_is_bounded() -> None:
    assert len(passage(["a" * 40_000], analysis.asked("nic"))) < 300


# --- what is found ------------------------------------------------------------------------------


def test_words_of_every_field_are_found(
    browser: Make, make_idea: Make, make_comment: Make, work: Make
) -> None:
    idea = make_idea(
        title="Vratné kelímky",
        need="Chybí mi **udržitelnost**.",
        proposal="Zavést zálohu.",
        tags=("ekologie",),
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

    item = BeautifulSoup(page.text, "html.parser").select_one("main li")
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


def test_pages_of_results_neither_repeat_nor_drop(
    browser: Make, make_idea: Make, make_member: Make, work: Make
) -> None:
    authors = [make_member() for _ in range(6)]
    for number in range(60):
        make_idea(
            authors[number % 5],
            title=f"Paper {'bag ' * (number % 3)}{number}",
            need="Paper. " * (number % 7 + 1),
        )
    work()

    seen: list[str] = []
    address = "/search?q=paper"
    while address:
        page = BeautifulSoup(browser().get(address).text, "html.parser")
        seen += [one.text for one in page.select("main li h2")]
        # New ideas about it move everybody's score.
        make_idea(authors[5], title="Paper, paper and nothing but paper", need="Paper. " * 9)
        work()
        link = page.select_one("p.more a")
        address = str(link["href"]) if link else ""

    old = [title for title in seen if "nothing but" not in title]
    assert len(old) == len(set(old)) == 60


def test_a_page_goes_on_where_an_idea_has_vanished_meanwhile(
    browser: Make, make_idea: Make, make_member: Make, work: Make
) -> None:
    authors = [make_member() for _ in range(4)]
    for number in range(40):
        make_idea(authors[number % 4], title=f"Paper {number}")
    work()
    page = BeautifulSoup(browser().get("/search?q=paper").text, "html.parser")
    first = [one.text for one in page.select("main li h2")]
    link = page.select_one("p.more a")
    assert link

    gone = db.session.scalar(select(Idea).where(Idea.title == first[-1]))
    assert gone
    ideas.withdraw(next(one for one in authors if one.id == gone.author_id), gone)
    db.session.commit()
    work()
    second = BeautifulSoup(browser().get(str(link["href"])).text, "html.parser")

    assert len({*first, *(one.text for one in second.select("main li h2"))}) == 40


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


# --- questions of every kind --------------------------------------------------------------------


def hostile(chance: random.Random) -> str:
    """A question that somebody typed on purpose, or that a cat did."""
    pieces = [
        *"káva paper AND OR NOT TO title: id:1 * ? ~ ~2 ^9e9 [a { } ( ) (((( ' % _ %00".split(),
        *"+ - -- && ||".split(),
        *"a* *a a?b ! : / /.*/ # {{7*7}} ';-- ../.. <script> </mark> C++ e-mail NULL ½ ²".split(),
        *"日本語 поиск بحث חיפוש ﷺ ﱞ 🥐 👩‍👧 ß İ ǅ".split(),
        *'" \\ \0 \x1f e\u0301 \u202e \u200b \ud800 \ufeff'.split(" "), "\n",
        "x" * 300, "č" * 120, "1" * 200, "a " * 150,
    ]  # fmt: skip
    words = [chance.choice(pieces) for _ in range(chance.randint(0, 12))]
    noise = "".join(chr(chance.randrange(0x20, 0x2FFF)) for _ in range(chance.randint(0, 8)))
    return chance.choice(["", " "]).join([*words, noise])


def test_ten_thousand_hostile_questions_are_answered(tmp_path: Path) -> None:
    one = index.Index(tmp_path)
    name = one.create()
    one.folder.appoint("current", name)
    texts = ("Paper bags, káva & <script>", "NOT a title: * ? ~", "日本語 поиск a b c")
    documents = {
        number: schema.Document(number, *texts, "en", "new", 1, ((1, "c++"),), ((1, "x y č"),))
        for number in range(1, 40)
    }
    one.write(name, list(documents), documents)
    chance = random.Random(20_240_607)
    slowest = 0.0

    for _ in range(10_000):
        question = queries.read_question(hostile(chance))
        began = time.perf_counter()
        if terms := analysis.asked(question):
            one.search(terms, every=chance.random() < 0.5, only={}, limit=queries.CANDIDATES)
            if chance.random() < 0.1:
                one.comments([1, 2, 3], terms)
                passage(texts, terms)
        slowest = max(slowest, time.perf_counter() - began)

    assert slowest < 1
    assert one.is_usable()


def test_pages_answer_hostile_questions_too(browser: Make, make_idea: Make, work: Make) -> None:
    make_idea(title="Paper bags")
    work()
    chance = random.Random(7)
    for _ in range(100):
        asked = hostile(chance)
        assert queries.find(None, queries.read_question(asked)).how != queries.How.TITLES
        question = quote(asked.encode(errors="replace"))
        after = quote(hostile(chance).encode(errors="replace"))
        assert browser().get(f"/search?q={question}").status_code == 200
        assert browser().get(f"/search/suggest?q={question}").status_code == 200
        assert browser().get(f"/search/similar?title={question}").status_code == 200
        assert browser().get(f"/search?q=paper&after={after}&area={question}").status_code == 200
    assert browser().get("/search?q=%ff%fe&q=2&tag=%00").status_code == 200


@pytest.mark.parametrize(
    "values", [["every", 1e308, 1], ["some", -1.0, 0], ["titles", 0.0, 5], ["no", 0.0, 1]]
)
def test_a_made_up_place_in_the_results_is_no_error(
    browser: Make, make_idea: Make, work: Make, values: list[Any]
) -> None:
    make_idea(title="Paper bags")
    work()
    found(browser, "paper", after=queries.cursor(*values))


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
    assert "/search?q=flying%20%22carpets%22" in links
    assert "/ideas?area=shops" in links
    assert "/ideas/new?title=flying%20%22carpets%22" in links


def test_the_form_keeps_the_question_and_the_filters(browser: Make, make_area: Make) -> None:
    make_area("shops")

    page = browser().get('/search?q="><b>&area=shops&stage=planned&language=cs&tag=paper')

    form = BeautifulSoup(page.text, "html.parser").select_one('main form[action="/search"]')
    assert form is not None
    box = form.select_one("input[type=search]")
    assert box is not None
    assert box["value"] == '"><b>'
    chosen = [str(one["value"]) for one in form.select("option[selected]")]
    assert chosen == ["shops", "planned", "cs"]
    hidden = form.select_one("input[name=tag]")
    assert hidden is not None
    assert hidden["value"] == "paper"


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


def test_what_can_still_be_supported_comes_before_what_is_decided(
    make_idea: Make, work: Make
) -> None:
    decided = make_idea(title="Paper bags", stage=Stage.SHIPPED)
    open_one = make_idea(title="Paper bags for bread")
    far = make_idea(title="A tram of paper and of many other words that nobody looks for")
    work()

    found = [row.id for row in queries.similar("Paper bags")]
    assert found == [open_one.id, decided.id, far.id]


def test_statements_do_not_grow_with_the_results(
    browser: Make, make_idea: Make, make_comment: Make, make_member: Make, work: Make
) -> None:
    member = make_member()

    def statements() -> int:
        counted: list[str] = []

        def count(*values: Any) -> None:
            counted.append(values[2])

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            assert browser(member).get("/search?q=paper+tram").status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        return len(counted)

    make_comment(make_idea(title="Paper 0"), body="A tram.")
    work()
    few = statements()
    for number in range(20):
        make_comment(make_idea(title=f"Paper {number}"), body="A tram.")
    work()
    assert statements() == few
