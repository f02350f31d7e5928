"""The page of results: its choices and their numbers, its orders, its pages, its feed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import fromstring

import pytest
from bs4 import BeautifulSoup

from cocreate import clock, kept
from cocreate.accounts.models import Member
from cocreate.backlog import actions as backlog
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas.models import Area, Idea, Stage, Visibility
from cocreate.search import engines, facets, queries, ranking, shown
from cocreate.search.engines import Unusable
from tests.databases import statements

Make = Callable[..., Any]

ATOM = "{http://www.w3.org/2005/Atom}"


def page_of(browser: Make, member: Any = None, **query: str) -> BeautifulSoup:
    answer = browser(member).get(f"/search?{urlencode(query)}")
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def titles(page: BeautifulSoup) -> list[str]:
    return [heading.get_text() for heading in page.select("main ol.idea-list h2")]


def found(browser: Make, question: str, member: Any = None, **more: str) -> list[str]:
    return titles(page_of(browser, member, q=question, **more))


def numbers(page: BeautifulSoup) -> dict[str, int]:
    """The choices beside the results, each with its number; chosen ones are -1."""
    told = {}
    for link in page.select(".facets li a"):
        words, number = link.select_one("span"), link.select_one(".count")
        assert words
        told[words.get_text()] = int(number.get_text()) if number else -1
    return told


def total(page: BeautifulSoup) -> str:
    words = page.select_one(".found")
    return words.get_text(" ", strip=True) if words else ""


def choose(browser: Make, page: BeautifulSoup, words: str, member: Any = None) -> BeautifulSoup:
    link = next(one for one in page.select(".facets li a") if words in one.get_text())
    answer = browser(member).get(str(link["href"]))
    return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def bags(make_idea: Make, make_area: Make, make_member: Make, work: Make) -> dict[str, Any]:
    """Five ideas about paper bags that differ in all that can be chosen."""
    shops, delivery = make_area("shops"), make_area("delivery")
    eva, team = make_member(name="Eva Nová"), make_member(role="product")
    now = clock.now()
    made = {
        "one": make_idea(eva, title="Paper one", area=shops, tags=("káva", "paper")),
        "two": make_idea(title="Paper two", area=shops, stage=Stage.PLANNED, tags=("paper",)),
        "three": make_idea(title="Paper tři", area=delivery, language="cs"),
        "old": make_idea(
            title="Paper old", area=delivery, published_at=now - timedelta(days=200), tags=("káva",)
        ),
        "oldest": make_idea(eva, title="Paper oldest", published_at=now - timedelta(days=900)),
    }
    backlog.answer(team, made["old"], body="We **look** into it.", stage=Stage.CONSIDERING)
    db.session.commit()
    work()
    return {**made, "eva": eva, "team": team}


# --- what the results are narrowed to -----------------------------------------------------------


def test_each_choice_says_how_many_it_leaves(browser: Make, bags: dict[str, Any]) -> None:
    page = page_of(browser, q="paper")

    assert total(page) == "5 ideas"
    assert numbers(page) == {
        "Shops": 3, "Delivery": 2,
        "New": 3, "Planned": 1, "Considering": 1,
        "In the last week": 3, "In the last month": 3, "In the last year": 4,
        "Answered by the team": 1,
        "#káva": 2, "#paper": 2,
        "Čeština": 1, "English": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    "words", ["Shops", "Planned", "In the last week", "Answered", "#káva", "Čeština"]
)
def test_a_number_is_what_choosing_it_leaves(
    browser: Make, bags: dict[str, Any], words: str
) -> None:
    page = page_of(browser, q="paper")
    told = next(number for name, number in numbers(page).items() if words in name)

    chosen = choose(browser, page, words)

    assert total(chosen) == f"{told} idea{'s' if told > 1 else ''}"
    assert len(titles(chosen)) == told
    # And further: each number beside it holds for the two together.
    for name, number in numbers(chosen).items():
        if number > 0:
            assert len(titles(choose(browser, chosen, name))) == number, name
    # Chosen once more, it goes again.
    assert len(titles(choose(browser, chosen, words))) == 5


def test_what_is_mine_is_asked_of_members_alone(browser: Make, bags: dict[str, Any]) -> None:
    page = page_of(browser, bags["eva"], q="paper")
    assert numbers(page)["Proposed by me"] == 2

    mine = choose(browser, page, "Proposed by me", bags["eva"])
    assert set(titles(mine)) == {"Paper one", "Paper oldest"}

    assert len(found(browser, "paper", mine="1")) == 5
    assert "Proposed by me" not in page_of(browser, q="paper").get_text()
    feed = mine.select_one("link[rel=alternate]")
    assert feed
    assert "mine" not in str(feed["href"])
    answer = browser(bags["eva"]).get("/search?q=paper&mine=1")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_ideas_that_are_not_public_are_in_no_number(
    browser: Make, bags: dict[str, Any], make_idea: Make, make_member: Make, work: Make
) -> None:
    before = numbers(page_of(browser, q="paper"))
    hidden = [make_idea(bags["eva"], title="Paper secret", tags=("secret",)) for _ in range(4)]
    work()
    # The index has them still.
    for idea, visibility in zip(
        hidden,
        (Visibility.HELD, Visibility.HIDDEN, Visibility.WITHDRAWN, Visibility.DRAFT),
        strict=True,
    ):
        idea.visibility = visibility
    db.session.commit()

    for member in (None, bags["eva"], bags["team"], make_member(role="admin")):
        page = page_of(browser, member, q="paper")
        shown_numbers = numbers(page)
        shown_numbers.pop("Proposed by me", None)
        assert total(page) == "5 ideas"
        assert shown_numbers == before
        assert "secret" not in page.get_text()


def test_above_the_most_that_is_counted_the_page_says_so(
    browser: Make, bags: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MOST", 3)
    monkeypatch.setattr(queries, "MOST", 3)

    page = page_of(browser, q="paper")
    assert total(page).startswith("More than 10,000 ideas")
    assert "count the newest 10,000" in total(page)

    # What filters leave may be few enough to be told, whatever was counted.
    assert total(page_of(browser, q="paper", area="delivery")).startswith("2 ideas")


def test_what_is_beside_nothing_leads_back_to_something(
    browser: Make, bags: dict[str, Any]
) -> None:
    page = page_of(browser, q="paper three", area="shops", stage="shipped")
    assert titles(page) == []
    assert numbers(page) == {"Shops": -1, "Delivered": -1}

    page = page_of(browser, q="paper", area="shops", stage="considering")
    assert titles(page) == []
    assert numbers(page)["Delivery"] == 1
    assert titles(choose(browser, page, "Delivery")) == ["Paper old"]


def test_without_words_filters_alone_find_the_newest_first(
    browser: Make, bags: dict[str, Any]
) -> None:
    assert found(browser, "", area="shops") == ["Paper two", "Paper one", "Paper oldest"]
    assert found(browser, "", since="week", stage="new") == ["Paper tři", "Paper one"]
    assert found(browser, "-one", area="shops") == ["Paper two", "Paper oldest"]


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("paper tag:káva", {"one", "old"}),
        ("paper tag:kava", {"one", "old"}),
        ("štítek:káva", {"one", "old"}),
        ("tag:nobody paper", set()),
        ('paper author:"eva nová"', {"one", "oldest"}),
        ("paper autor:nobody", {"one", "two", "three", "old", "oldest"}),
        ("paper stage:planned", {"two"}),
        ("stav:zvazujeme", {"old"}),
        ("paper stage:consid", {"old"}),
        ("paper area:shops", {"one", "two", "oldest"}),
        ("oblast:Delivery paper", {"three", "old"}),
        ("paper -two", {"one", "three", "old", "oldest"}),
        ('"paper two"', {"two"}),
        ('"two paper"', set()),
        ("paper area:shops tag:paper -two", {"one"}),
    ],
)
def test_words_that_narrow(
    browser: Make, bags: dict[str, Any], question: str, left: set[str]
) -> None:
    assert set(found(browser, question)) == {bags[name].title for name in left}


def test_what_is_not_known_is_left_out_and_said(browser: Make, bags: dict[str, Any]) -> None:
    page = page_of(browser, q="paper stage:xyzzy author:nobody", since="ever", area="nowhere")

    assert len(titles(page)) == 5
    assert "We do not know nowhere, ever, xyzzy, nobody" in page.get_text()


def test_all_that_was_chosen_stays_with_the_box_and_can_be_taken_back(
    browser: Make, make_area: Make
) -> None:
    make_area("shops")
    query = {
        "q": '"><b>', "sort": "top", "area": "shops", "tag": "paper", "stage": "planned",
        "language": "cs", "since": "month", "answered": "1",
    }  # fmt: skip

    page = page_of(browser, **query)

    form = page.select_one('main form[action="/search"]')
    assert form
    kept_values = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    assert kept_values == query
    ways_back = [str(one["href"]) for one in page.select("main .pills a")]
    assert len(ways_back) == 6
    for gone, address in zip(
        ("area", "stage", "tag", "language", "since", "answered"), ways_back, strict=True
    ):
        assert f"{gone}=" not in address
        assert address.count("=") == len(query) - 1


# --- orders -------------------------------------------------------------------------------------


def test_newest_first_and_most_supported_first(
    browser: Make, make_idea: Make, make_member: Make, work: Make
) -> None:
    now = clock.now()
    for number, (days, votes) in enumerate([(3, 10), (1, 200), (2, 50)]):
        make_idea(
            title=f"Paper {number}",
            vote_count=votes,
            views=500,
            published_at=now - timedelta(days=days),
        )
    work()

    assert found(browser, "paper", sort="new") == ["Paper 1", "Paper 2", "Paper 0"]
    assert found(browser, "paper", sort="top") == ["Paper 1", "Paper 2", "Paper 0"]


@pytest.mark.parametrize("sort", ["fair", "top"])
def test_no_order_gives_a_hidden_number_away(
    browser: Make, make_idea: Make, make_member: Make, work: Make, sort: str
) -> None:
    # Nobody has opened these, so that their numbers are not shown yet.
    ideas_made = [make_idea(title="Paper bag", views=0) for _ in range(4)]
    work()
    before = found(browser, "paper", sort=sort)
    links = page_of(browser, q="paper", sort=sort).select("ol.idea-list h2 a")

    ideas_made[0].vote_count = 900
    ideas_made[2].vote_count = 40
    db.session.commit()
    kept.forget()

    assert found(browser, "paper", sort=sort) == before
    assert page_of(browser, q="paper", sort=sort).select("ol.idea-list h2 a") == links


def test_support_and_freshness_choose_among_what_fits_alike(
    browser: Make, make_idea: Make, work: Make
) -> None:
    now = clock.now()
    plain = make_idea(title="Paper bag", published_at=now - timedelta(days=1000))
    fresh = make_idea(title="Paper bag", published_at=now)
    loved = make_idea(
        title="Paper bag", vote_count=400, views=900, published_at=now - timedelta(days=1000)
    )
    fits = make_idea(
        title="Paper bag, paper", need="Paper bag. " * 9, published_at=now - timedelta(days=1000)
    )
    work()

    links = page_of(browser, q="paper bag").select("ol.idea-list h2 a")
    order = [int(str(one["href"]).split("/")[2].split("-")[0]) for one in links]
    assert order == [fits.id, loved.id, fresh.id, plain.id]


def test_what_is_added_to_the_words_stays_small() -> None:
    most = ranking.score(1.0, 10**9, 0)

    assert 1.3 < most <= 1.32
    assert ranking.score(1.0, 0, 10**6) == pytest.approx(1.0)
    assert ranking.score(1.0, ranking.HALF_SUPPORT, 10**6) == pytest.approx(1.1)
    assert ranking.score(1.0, 0, ranking.HALF_LIFE) == pytest.approx(1.05)
    # A clock that is behind makes no idea fresher than new.
    assert ranking.score(1.0, 0, -5) == ranking.score(1.0, 0, 0)


# --- pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["fair", "new", "top"])
def test_pages_neither_repeat_nor_drop_whatever_changes_between_them(
    browser: Make, make_idea: Make, make_member: Make, make_comment: Make, work: Make, sort: str
) -> None:
    authors = [make_member() for _ in range(6)]
    now = clock.now()
    made = [
        make_idea(
            authors[number % 5],
            title=f"Paper {'bag ' * (number % 3)}{number}",
            need="Paper. " * (number % 7 + 1),
            vote_count=number * 7 % 40,
            views=100,
            published_at=now - timedelta(hours=number * 5 % 60),
        )
        for number in range(70)
    ]
    work()

    seen: list[str] = []
    address = f"/search?q=paper&sort={sort}"
    turn = 0
    while address:
        page = BeautifulSoup(browser().get(address).text, "html.parser")
        seen += titles(page)
        turn += 1
        # New ideas move everybody's score; support, words and comments move those of some,
        # of those that were shown as of those that were not.
        make_idea(authors[5], title="Paper, paper and nothing but paper", need="Paper. " * 9)
        for idea in made[turn::9]:
            idea.vote_count = 0 if idea.vote_count > 20 else 1000
            ideas.edit(
                db.session.get_one(Member, idea.author_id),
                idea,
                seen=idea.wording,
                title=idea.title,
                need="Paper. " * (turn * 5 % 8 + 1),
                proposal=idea.proposal,
                area=db.session.get(Area, idea.area_id),
                tags=[],
                language="en",
            )
        make_comment(made[turn * 11 % 70], body="Paper bag, bag, bag.")
        work()
        link = page.select_one("p.more a")
        address = str(link["href"]) if link else ""
        assert turn < 10

    old = [title for title in seen if "nothing but" not in title]
    assert len(old) == 70
    assert set(old) == {idea.title for idea in made}


def test_a_page_goes_on_where_an_idea_has_vanished_meanwhile(
    browser: Make, make_idea: Make, make_member: Make, work: Make
) -> None:
    author = make_member()
    for number in range(40):
        make_idea(author if number % 2 else None, title=f"Paper {number}")
    work()
    page = page_of(browser, q="paper")
    first = titles(page)
    link = page.select_one("p.more a")
    assert link

    gone = db.session.query(Idea).where(Idea.author_id == author.id, Idea.title.in_(first)).first()
    assert gone
    ideas.withdraw(author, gone)
    db.session.commit()
    work()
    second = BeautifulSoup(browser().get(str(link["href"])).text, "html.parser")

    assert len({*first, *titles(second)}) == 40
    assert not {*first} & {*titles(second)}


def test_ideas_that_were_shown_fit_into_an_address() -> None:
    ids = {1, 2, 127, 128, 129, 4134, 1_000_000, 2**31 - 1}
    assert shown.unpack(shown.pack(ids)) == ids
    assert shown.unpack(shown.pack([])) == set()
    assert len(shown.pack(range(1_000_000, 1_001_000))) < 1500
    assert len(shown.pack(range(0, 2**31 - 1, 2**31 // 999))) < 7000


@pytest.mark.parametrize("word", ["", "%", "A", "////", "-_-_", "ÿ" * 5, "A" * 7000, "f" * 6900])
def test_what_was_not_shown_is_made_up_by_no_address(word: str) -> None:
    assert len(shown.unpack(word)) <= shown.MOST


@pytest.mark.parametrize(
    "after",
    ["every-", "every-%%%", "some-gQ", "titles-x", "no", "-", "every", "every-\x00é", "titles"],
)
@pytest.mark.parametrize("sort", ["", "new", "top"])
def test_a_made_up_place_in_the_results_is_no_error(
    browser: Make, make_idea: Make, work: Make, after: str, sort: str
) -> None:
    make_idea(title="Paper bags")
    work()
    found(browser, "paper", after=after, sort=sort)


# --- what is shown of each ----------------------------------------------------------------------


def test_the_answer_of_the_team_is_told(browser: Make, bags: dict[str, Any]) -> None:
    page = page_of(browser, q="paper old")
    assert "The team answers: We look into it." in " ".join(page.get_text(" ").split())

    bags["two"].answered_at = clock.now()
    db.session.commit()
    card = page_of(browser, q='"paper two"').select_one("ol.idea-list li")
    assert card
    assert "Answered" in card.get_text()


# --- straight to an idea ------------------------------------------------------------------------


def test_a_number_or_an_address_leads_to_its_idea(browser: Make, make_idea: Make) -> None:
    idea = make_idea(title="A lamp")
    path = f"/ideas/{idea.id}-a-lamp"

    for typed, place in {
        f"{idea.id}": path,
        f" #{idea.id} ": path,
        f"/ideas/{idea.id}": path,
        path: path,
        f"http://localhost{path}?comments=x#comment-7": f"{path}#comment-7",
        f"http://localhost/ideas/{idea.id}-old-name/": path,
        f"http://localhost/ideas/{idea.id}/comments/3": f"/ideas/{idea.id}/comments/3",
    }.items():
        answer = browser().get(f"/search?q={quote(typed)}")
        assert (answer.status_code, answer.headers.get("Location")) == (303, place), typed

    for typed in (
        f'"{idea.id}"', f"{idea.id} lamp", "999999", "99999999999", "0", "http://[", "/ideas",
        f"https://elsewhere.example{path}", f"//elsewhere.example{path}", f"-{idea.id}",
        f"javascript:/ideas/{idea.id}",
    ):  # fmt: skip
        assert browser().get(f"/search?q={quote(typed)}").status_code == 200, typed


@pytest.mark.parametrize("visibility", list(Visibility))
def test_a_number_leads_only_those_to_an_idea_who_may_see_it(
    browser: Make, make_idea: Make, make_member: Make, visibility: Visibility
) -> None:
    author = make_member()
    idea = make_idea(author, visibility=visibility)
    is_public = visibility == Visibility.PUBLIC
    is_draft = visibility == Visibility.DRAFT

    for member, sees in (
        (None, is_public),
        (make_member(), is_public),
        (author, not is_draft),
        (make_member(role="moderator"), not is_draft),
    ):
        for typed in (f"{idea.id}", f"/ideas/{idea.id}"):
            answer = browser(member).get(f"/search?q={typed}")
            assert (answer.status_code == 303) == sees
            assert sees or idea.title not in answer.text


# --- the feed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("q=paper&since=month", {"one", "two", "three"}),
        ("q=paper&answered=1", {"old"}),
        ("q=paper&area=shops&stage=new", {"one", "oldest"}),
        ("q=paper+-two+tag:paper", {"one"}),
        ("q=&tag=káva", {"one", "old"}),
        ("q=author:%22Eva+Nová%22&mine=1", {"one", "oldest"}),
        ("q=paper&mine=1", {"one", "two", "three", "old", "oldest"}),
        ("q=", set()),
    ],
)
def test_a_feed_holds_what_its_search_finds(
    browser: Make, bags: dict[str, Any], query: str, left: set[str]
) -> None:
    for member in (None, bags["eva"]):
        feed = fromstring(browser(member).get(f"/feeds/search.atom?{query}").data)
        entries = {one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")}
        assert entries == {bags[name].title for name in left}
        own = feed.find(f"{ATOM}link[@rel='self']")
        assert own is not None
        assert "mine" not in own.attrib["href"]


# --- cost and failure ---------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["fair", "new", "top"])
@pytest.mark.parametrize("role", [None, "member", "product"])
def test_statements_do_not_grow_with_the_results(
    browser: Make,
    make_idea: Make,
    make_comment: Make,
    make_member: Make,
    make_area: Make,
    work: Make,
    role: str | None,
    sort: str,
) -> None:
    reader, team = browser(make_member(role=role) if role else None), make_member(role="product")
    area = make_area("shops")
    query = f"q=paper+tram+tag:light+-boat&area=shops&since=week&language=en&sort={sort}"

    def more(number: int) -> None:
        for turn in range(number):
            idea = make_idea(title=f"Paper {turn}", area=area, tags=("light", f"tag{turn}"))
            make_comment(idea, body="A tram.")
            backlog.answer(team, idea, body="Yes.", stage=Stage.CONSIDERING)
        db.session.commit()
        work()

    def asked() -> list[str]:
        kept.forget()
        db.session.commit()
        with statements() as told:
            answer = reader.get(f"/search?{query}")
        assert len(titles(BeautifulSoup(answer.text, "html.parser"))) > 2
        return told

    more(3)
    few = asked()
    more(25)
    many = asked()

    assert len(many) == len(few), "\n\n".join([*many, "--- but with few results", *few])
    # PostgreSQL is asked for the words too.
    assert len(many) < (20 if db.engine.dialect.name == "sqlite" else 32), "\n\n".join(many)


def test_while_there_is_no_index_titles_are_narrowed_and_counted_too(
    browser: Make, bags: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_values: Any, **_more: Any) -> None:
        raise Unusable

    for name in ("search", "matching", "comments", "beginning", "frequencies"):
        monkeypatch.setattr(type(engines.here()), name, fails)

    page = page_of(browser, q="paper -two tag:paper")
    assert titles(page) == ["Paper one"]
    assert total(page) == "1 idea"
    assert "Search is being rebuilt" in page.get_text()
    assert numbers(page)["Shops"] == 1
    assert browser().get("/feeds/search.atom?q=paper").text.count("</entry>") == 5
    assert set(found(browser, "paper", sort="top")) == {
        bags[name].title for name in ("one", "two", "three", "old", "oldest")
    }
