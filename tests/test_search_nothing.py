"""A search that finds nothing leads on, and what people look for is counted without persons."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select, text

from cocreate import clock
from cocreate.database import Base
from cocreate.extensions import db
from cocreate.ideas.models import Visibility
from cocreate.search import (
    actions,
    asking,
    counted,
    counting,
    leads,
    queries,
    questions,
    synonyms,
    tending,
)
from cocreate.search.counted import Kind
from cocreate.search.training import learn_now
from cocreate.search.wanted import AskedQuestion, AskedWeek, WeekKey
from tests.databases import statements

Make = Callable[..., Any]
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/128.0"}


def look(browser: Any, question: str, **more: str) -> BeautifulSoup:
    """The main part of the page of results."""
    query = "&".join(f"{name}={quote(value)}" for name, value in {"q": question, **more}.items())
    answer = browser.get(f"/search?{query}", headers=PERSON)
    assert answer.status_code == 200, answer.text
    main = BeautifulSoup(answer.text, "html.parser").main
    assert main
    return main


def titles(page: BeautifulSoup) -> list[str]:
    return [one.get_text() for one in page.select("ol.idea-list h2")]


def links(page: BeautifulSoup, within: str = "") -> dict[str, str]:
    """By address: the words of each link, with single spaces."""
    found = page.select(f"{within} a".strip())
    return {str(one["href"]): " ".join(one.get_text(" ").split()) for one in found}


@pytest.fixture
def cups(make_idea: Make, work: Make) -> list[Any]:
    """Ideas about cups and trams, found and learned from."""
    made = [
        make_idea(title=f"Vratné kelímky {word}", language="cs") for word in ("na kávu", "ve vlaku")
    ]
    made += [make_idea(title=f"A basket {word}") for word in ("for the tram", "for shopping")]
    work()
    while actions.tend():
        pass
    learn_now()
    db.session.commit()
    return made


# --- leading on ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "mended", "title"),
    [
        ("kelmky", "kelímky", "Vratné kelímky"),
        ("KLEIMKY", "kelímky", "Vratné kelímky"),
        ("baskte", "basket", "A basket"),
    ],
)
def test_a_slip_is_mended_with_one_click(
    cups: Any, browser: Make, typed: str, mended: str, title: str
) -> None:
    page = look(browser(), typed)

    assert "Nothing was found" in page.get_text()
    (offer,) = page.select(".did-you-mean a")
    assert offer.get_text(strip=True) == mended
    found = look(browser(), mended)
    assert str(offer["href"]) == f"/search?q={quote(mended)}"
    assert len(titles(found)) == 2
    assert all(title in one for one in titles(found))


def test_above_ideas_with_some_of_the_words_stands_a_quiet_suggestion(
    cups: Any, browser: Make
) -> None:
    page = look(browser(), "vratne kelmky")

    assert len(titles(page)) == 2
    (offer,) = page.select(".did-you-mean a")
    assert offer.get_text() == "vratne kelímky"
    assert [one.get_text() for one in offer.select("strong")] == ["kelímky"]
    # Every word of it is known: nothing to suggest.
    assert look(browser(), "vratne kelimky").select(".did-you-mean") == []


def test_a_suggestion_leads_out_of_filters_that_leave_nothing(
    cups: Any, browser: Make, make_area: Make
) -> None:
    make_area("rental")

    page = look(browser(), "kelmky", area="rental")

    (offer,) = page.select(".did-you-mean a")
    assert str(offer["href"]) == f"/search?q={quote('kelímky')}"
    kept_filters = look(browser(), "kelmky", language="cs").select(".did-you-mean a")
    assert str(kept_filters[0]["href"]) == f"/search?language=cs&q={quote('kelímky')}"


def test_less_is_offered_with_what_it_would_find(cups: Any, browser: Make) -> None:
    page = look(browser(), "basket tram -shopping", language="cs")

    offers = links(page, ".empty .pills")
    assert offers == {
        "/search?q=basket+tram+-shopping": "basket tram -shopping without “Čeština” 1 idea"
    }
    # None of the ideas has both, so each alone is offered.
    some = look(browser(), "basket vlaku")
    assert links(some, ".pills") == {
        "/search?q=basket": "basket 2 ideas",
        "/search?q=vlaku": "vlaku 1 idea",
    }


def test_a_word_that_nobody_uses_goes_first(cups: Any, browser: Make) -> None:
    page = look(browser(), "basket xylophone tram")

    assert links(page, ".pills") == {"/search?q=basket+tram": "basket tram 1 idea"}


def test_an_operator_that_leaves_nothing_can_go(cups: Any, browser: Make) -> None:
    page = look(browser(), "basket tag:nosuchtag")

    assert links(page, ".pills") == {"/search?q=basket": "basket 2 ideas"}


def test_each_filter_can_go(cups: Any, browser: Make, make_area: Make) -> None:
    make_area("rental")

    page = look(browser(), "basket", language="en", stage="planned", since="week")
    assert links(page, "ul.pills") == {
        "/search?language=en&since=week&q=basket": "basket without “Planned” 2 ideas",
        "/search?q=basket": "basket without filters 2 ideas",
    }
    page = look(browser(), "", language="cs", stage="planned")
    assert links(page, "ul.pills") == {"/search?language=cs": "without “Planned” 2 ideas"}
    page = look(browser(), "tag:nosuchtag", language="cs")
    assert links(page, "ul.pills") == {"/search?language=cs": "Čeština 2 ideas"}
    # A word that nobody uses keeps every one of them from finding anything.
    page = look(browser(), "xylophone basket", stage="planned", area="rental")
    assert links(page, "ul.pills") == {"/search?q=basket": "basket without filters 2 ideas"}
    assert links(look(browser(), "xylophone", stage="planned"), "ul.pills") == {}


def test_at_most_four_are_counted(
    cups: Any, browser: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    real = queries.matching
    monkeypatch.setattr(leads.queries, "matching", lambda *a, **k: asked.append(a) or real(*a, **k))
    words = "basket tram vlaku kavu shopping vratne kelimky"
    sought = queries.read(f"{words} -one -two -three tag:none stage:new")

    leads.leads(None, words, sought, is_empty=True)

    assert 0 < len(asked) <= leads.MOST_COUNTED


def test_what_is_not_public_counts_for_nothing(make_idea: Make, browser: Make, work: Make) -> None:
    make_idea(title="A marimba in the tram", visibility=Visibility.HIDDEN)
    make_idea(title="A marimba that is held", visibility=Visibility.HELD)
    make_idea(title="A flute")
    make_idea(title="A flute in the garden")
    work()
    learn_now()
    db.session.commit()

    page = look(browser(), "marimba flute")

    assert "marimba" not in " ".join(links(page).values()).replace("marimba flute", "")
    assert look(browser(), "marimbo").select(".did-you-mean") == []


@pytest.mark.parametrize("language", ["cs", "en"])
def test_the_words_go_along_into_a_proposal_and_back(
    cups: Any, browser: Make, make_member: Make, language: str
) -> None:
    person = browser(make_member(language=language))
    page = look(person, 'Deštníky "pro všechny" -modré')

    (propose,) = (one for one in page.select("a") if "/ideas/new" in str(one["href"]))
    form = BeautifulSoup(person.get(str(propose["href"])).text, "html.parser")
    (title,) = form.select("input[name=title]")
    assert title["value"] == "Deštníky pro všechny"
    (back,) = (one for one in form.select("nav.crumbs a") if "/search" in str(one["href"]))
    assert "Deštníky" in person.get(str(back["href"])).text
    # A visitor comes back to the form after signing in, with the words.
    gate = BeautifulSoup(browser().get(str(propose["href"])).text, "html.parser")
    ins = [str(one["href"]) for one in gate.select("main a") if "/sign-in" in str(one["href"])]
    assert quote("title=") in ins[0]


@pytest.mark.parametrize(
    ("query", "why", "title"),
    [
        ({"question": "deštníky"}, "No idea and no comment has these words.", "deštníky"),
        (
            {"question": "kelímky", "language": "en"},
            "No idea that fits the filters has these",
            "kelímky",
        ),
        (
            {"question": "kelímky stage:planned"},
            "No idea that fits the filters has these",
            "kelímky",
        ),
        (
            {"question": "basket vlaku", "stage": "new"},
            "No idea that fits the filters has all",
            None,
        ),
        ({"question": "basket vlaku"}, "No idea has all of these words.", None),
        ({"question": "", "stage": "planned"}, "No idea fits the filters.", ""),
        ({"question": "tag:nosuchtag"}, "No idea fits the filters.", ""),
    ],
)
def test_the_page_says_what_was_not_found_and_takes_words_alone_along(
    cups: Any, browser: Make, query: dict[str, str], why: str, title: str | None
) -> None:
    page = look(browser(), **query)

    assert why in page.get_text()
    proposing = [one for one in links(page, ".empty") if "/ideas/new" in one]
    if title:
        assert f"title={quote(title)}&" in proposing[0]
        assert "/ideas" in links(page, ".empty")
    elif title == "":
        assert proposing == ["/ideas/new"]
        assert "Your words come along" not in page.get_text()


def test_nothing_hostile_breaks_the_page(cups: Any, browser: Make) -> None:
    for question in (
        '"', "-", "--", "tag:", '"""" -"" tag:"', "<script>alert(1)</script>", "%" * 200,
        "a" * 200, "\u202e\u0000", "🦄 🦄", "' OR 1=1 --", "-basket", "ąćęłńóśźż" * 20,
    ):  # fmt: skip
        page = look(browser(), question)
        assert "<script>alert" not in str(page)


def test_a_page_of_nothing_asks_the_database_few_questions(cups: Any, browser: Make) -> None:
    page = browser()

    def cost(question: str, **filters: str) -> int:
        with statements() as asked:
            look(page, question, **filters)
        # What PostgreSQL wraps a question in is not counted.
        return sum(one.startswith("SELECT") for one in asked)

    cost("xylophone saxophone")
    many = cost("klavier basket tram shopping vratne kelimky kavu")
    assert many <= cost("klavier basket") + 3 * leads.MOST_COUNTED
    narrow = {"stage": "planned", "language": "cs", "tag": "x", "since": "week", "answered": "1"}
    assert cost("basket", **narrow) <= cost("basket", stage="planned") + 3 * leads.MOST_COUNTED


# --- synonyms -----------------------------------------------------------------------------------


@pytest.fixture
def staff(make_member: Make) -> Any:
    return make_member(role="moderator", name="Mona")


def add(staff: Any, words: str, means: str, language: str = "", *, both: bool = False) -> Any:
    made = tending.add_synonym(
        staff, words=words, means=means, language=language, is_both_ways=both
    )
    db.session.commit()
    synonyms.forget()
    return made


def test_a_synonym_finds_in_every_form_and_says_so(cups: Any, browser: Make, staff: Any) -> None:
    assert titles(look(browser(), "pohárků")) == []
    add(staff, "pohárek", "kelímek", "cs")

    page = look(browser(), "pohárků")

    assert len(titles(page)) == 2
    assert "For “pohárků” we looked for kelímek, too." in page.get_text()
    # One way only, and with the other words of a question.
    assert "pohár" not in look(browser(), "kelímek").get_text()
    assert len(titles(look(browser(), "poharek vlak"))) == 1


def test_both_ways_and_several_words(
    make_idea: Make, browser: Make, staff: Any, work: Make
) -> None:
    make_idea(title="Mobile app is slow")
    make_idea(title="Software is slow")
    work()
    add(staff, "mobile app", "software", "en", both=True)

    assert len(titles(look(browser(), "software"))) == 2
    assert len(titles(look(browser(), "mobile apps slow"))) == 2
    assert titles(look(browser(), "mobile phone")) == ["Mobile app is slow"]


def test_synonyms_of_synonyms_are_not_looked_for(
    make_idea: Make, browser: Make, staff: Any, work: Make
) -> None:
    for title in ("One cup", "One mug", "One bowl"):
        make_idea(title=title)
    work()
    add(staff, "cup", "mug", both=True)
    add(staff, "mug", "bowl", both=True)

    assert sorted(titles(look(browser(), "cup"))) == ["One cup", "One mug"]
    assert len(titles(look(browser(), "mug"))) == 3


def test_one_word_has_a_bounded_number_of_others(cups: Any, browser: Make, staff: Any) -> None:
    for number in range(questions.MOST_SYNONYMS + 5):
        tending.add_synonym(
            staff, words="cup", means=f"mug{number}", language="", is_both_ways=True
        )
    db.session.commit()
    synonyms.forget()

    page = look(browser(), "cups")
    said = page.get_text()
    assert "we looked for mug0, mug1, mug2, mug3, mug4, too." in said
    asked = queries.read("cups").asked
    assert [f"mug{number}" in asked.keys for number in range(7)] == [True] * 5 + [False] * 2


def test_only_what_was_looked_for_is_said_to_be(cups: Any, browser: Make, staff: Any) -> None:
    add(staff, "for the", "cup", "en")
    add(staff, "cup", "mug", "en")
    add(staff, "basket", "hamper", "en")

    said = look(browser(), 'basket for the tram "cup" -cup').get_text()

    # Common words are not looked for, so nothing is in their stead; a phrase is meant as it is.
    assert "For “basket” we looked for hamper, too." in said
    assert said.count("we looked for") == 1


def test_another_process_knows_within_a_second(
    app: Any, staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing tells the others; they look."""
    now = [1000.0]
    monkeypatch.setattr(synonyms.time, "monotonic", lambda: now[0])
    synonyms.forget()
    assert list(synonyms.of("cup")) == []
    made = tending.add_synonym(staff, words="cup", means="mug", language="", is_both_ways=False)
    db.session.commit()
    assert list(synonyms.of("cup")) == []

    now[0] += synonyms.FRESH + 0.01
    assert list(synonyms.of("cup")) == ["mug"]

    tending.remove_synonym(staff, made)
    tending.add_synonym(staff, words="cup", means="bowl", language="", is_both_ways=False)
    db.session.commit()
    now[0] += synonyms.FRESH + 0.01
    assert list(synonyms.of("cup")) == ["bowl"]


# --- redirects ----------------------------------------------------------------------------------


def test_a_redirect_leads_to_the_one_right_place(
    make_idea: Make, make_area: Make, browser: Make, staff: Any
) -> None:
    area = make_area("shops")
    idea = make_idea(title="A basket", tags=("baskets",))
    for words, to in (("Košík", str(idea.id)), ("nákup", "#baskets"), ("obchody", "Shops")):
        tending.add_redirect(staff, words=words, to=to)
    db.session.commit()

    def where(question: str, **more: str) -> Any:
        query = "&".join(f"{name}={quote(one)}" for name, one in {"q": question, **more}.items())
        return browser().get(f"/search?{query}").headers.get("Location")

    assert where("kosik") == f"/ideas/{idea.id}-a-basket"
    assert where(" KOŠÍK ") == f"/ideas/{idea.id}-a-basket"
    assert where("nakup") == "/ideas?tag=baskets"
    assert where("obchody") == f"/ideas?area={area.key}"
    # More words, a filter or an order ask for something else.
    assert where("kosik vlak") is None
    assert where("kosik", stage="new") is None
    assert where("kosik", sort="new") is None

    idea.visibility = Visibility.HIDDEN
    db.session.commit()
    assert where("kosik") is None


# --- counting without persons -------------------------------------------------------------------


def rows() -> dict[str, tuple[int, int, int]]:
    """By words: asked, found nothing, opened."""
    db.session.commit()
    found = {
        words: (asked, in_vain, clicked)
        for words, asked, in_vain, clicked in db.session.execute(
            select(AskedQuestion.words, AskedWeek.asked, AskedWeek.in_vain, AskedWeek.clicked).join(
                AskedWeek, AskedWeek.question_id == AskedQuestion.id
            )
        )
    }
    # What the portal writes next must not wait for the test.
    db.session.commit()
    return found


def everything() -> str:
    """All that stands in the tables of the searches."""
    db.session.rollback()
    tables = [one for one in Base.metadata.sorted_tables if one.name in MINE]
    return repr([tuple(row) for one in tables for row in db.session.execute(select(one))])


MINE = ("search_questions", "search_weeks", "search_keys")


def test_searches_are_counted_and_a_page_that_is_looked_at_writes_nothing(
    cups: Any, browser: Make, app: Any
) -> None:
    look(browser(), "kelimky")
    look(browser(), "Xylofon")
    assert rows() == {}

    asking.write(app)

    assert rows() == {"kelimky": (1, 0, 0), "xylofon": (1, 1, 0)}


def test_who_comes_back_counts_once_and_others_count_again(
    cups: Any, browser: Make, make_member: Make, app: Any
) -> None:
    first, second = browser(make_member()), browser(make_member())
    for person in (first, first, second, browser(), browser()):
        look(person, "xylofon")
    asking.write(app)

    assert rows() == {"xylofon": (3, 3, 0)}


def test_a_click_on_a_result_is_counted(cups: Any, browser: Make, app: Any) -> None:
    idea = cups[0]
    look(browser(), "kelímky")
    for _ in range(2):
        browser().get(
            f"/ideas/{idea.id}-{idea.slug}",
            headers={**PERSON, "Referer": f"http://localhost/search?q={quote('kelímky')}"},
        )
    # From elsewhere, for something nobody asked, and from no address at all.
    for came in (
        "http://[::1",
        "https://elsewhere.example/search?q=kelimky",
        "http://localhost/search?q=nobody",
    ):
        browser().get(f"/ideas/{idea.id}-{idea.slug}", headers={**PERSON, "Referer": came})
    asking.write(app)

    assert rows() == {"kelímky": (1, 0, 1)}


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Googlebot/2.1"},
        {"User-Agent": ""},
        {**PERSON, "Sec-Purpose": "prefetch;prerender"},
        {**PERSON, "Sec-Fetch-Mode": "cors"},
    ],
)
def test_robots_and_scripts_are_not_counted(
    cups: Any, browser: Make, app: Any, headers: dict[str, str]
) -> None:
    browser().get("/search?q=xylofon", headers=headers)
    asking.write(app)

    assert rows() == {}


def test_what_is_typed_filtered_or_turned_over_is_not_counted(
    cups: Any, browser: Make, app: Any
) -> None:
    person = browser()
    person.get("/search/suggest?q=xylof", headers=PERSON)
    person.get("/search?q=xylofon&stage=new", headers=PERSON)
    person.get("/search?q=basket&after=every-x", headers=PERSON)
    person.get("/feeds/search.atom?q=xylofon", headers=PERSON)
    person.get("/search?q=", headers=PERSON)
    asking.write(app)

    assert rows() == {}


@pytest.mark.parametrize(
    "question",
    [
        "eva.novakova@example.com", "eva @ example.com", "+420 601 234 567", "601234567",
        "850101/1234", "CZ65 0800 0000 1920 0014 5399", "https://example.com/x?token=abc",
        "author:Petr", "autor:Petr kelímky", "x" * 40, "slovo " * 12, "Petr Novák",
        "kdo je petr novák a proč", "petr  NOVÁK",
    ],
)  # fmt: skip
def test_what_may_be_personal_is_not_kept(
    cups: Any, browser: Make, app: Any, make_member: Make, question: str
) -> None:
    make_member(name="Petr Novák")

    look(browser(), question)
    look(browser(), "petr kelímky")
    asking.write(app)

    assert set(rows()) == {"petr kelímky"}


def test_nothing_of_a_person_is_in_the_tables(
    cups: Any, browser: Make, app: Any, make_member: Make
) -> None:
    member = make_member(name="Eva Tajná", email="eva@example.com")
    for person in (browser(member), browser()):
        look(person, "xylofon")
    asking.write(app)

    said = everything()
    for secret in (
        str(app.config["SETTINGS"].secret_key),
        asking.digest(member.id, {}, app.config["SETTINGS"].secret_key).hex(),
        "127.0.0.1", "Eva", "Mozilla", "member",
    ):  # fmt: skip
        assert secret not in said
    # One byte of each, in their own order: 1 of 256 people has the same.
    (marks,) = db.session.scalars(select(AskedQuestion.marks))
    assert len(marks) == 2
    assert list(marks) == sorted(marks)


def ask(number: int, *, people: range | int = 1, words: str = "xylofon") -> None:
    """`number` searches by so many different people, written at once."""
    who = range(people) if isinstance(people, int) else people
    one = counting.Asked(words, words, number, 0, 0, [f"person {n}".encode() for n in who])
    counting.add([one])
    db.session.commit()


def popular() -> bool:
    return bool(db.session.scalars(select(AskedQuestion.is_popular)).one())


def test_five_different_people_make_it_popular_and_their_marks_go(app: Any) -> None:
    for _ in range(20):
        ask(1, people=1)
    assert not popular()
    (marks,) = db.session.scalars(select(AskedQuestion.marks))
    assert len(marks) == 1

    # Two people may have the same byte, so it takes five or a few more, never less.
    ask(4, people=4)
    assert not popular()
    ask(30, people=30)

    assert popular()
    assert list(db.session.scalars(select(AskedQuestion.marks))) == [b""]


def test_a_new_week_throws_the_key_and_the_marks_away(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(3, people=3)
    before = db.session.execute(select(WeekKey.week, WeekKey.body)).one()
    now = clock.now()
    monkeypatch.setattr(counting.clock, "now", lambda: now + timedelta(days=7))

    ask(1, people=range(3, 4))

    after = db.session.execute(select(WeekKey.week, WeekKey.body)).one()
    assert after.week == before.week + timedelta(days=7)
    assert after.body != before.body
    (marks,) = db.session.scalars(select(AskedQuestion.marks))
    assert len(marks) == 1
    assert len(rows()) == 1
    assert db.session.scalar(select(func.count()).select_from(AskedWeek)) == 2


def test_old_weeks_and_what_nobody_asks_any_more_go(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(1, words="old")
    now = clock.now()
    monkeypatch.setattr(counting.clock, "now", lambda: now + timedelta(weeks=counting.WEEKS - 1))
    ask(1, words="new")
    assert not counting.forget_old()
    assert set(rows()) == {"old", "new"}

    monkeypatch.setattr(counting.clock, "now", lambda: now + timedelta(weeks=counting.WEEKS))
    assert not counting.forget_old()

    assert set(rows()) == {"new"}
    assert list(db.session.scalars(select(AskedQuestion.words))) == ["new"]


def test_the_tables_are_bounded(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST", 20)
    counting.add(counting.Asked(f"w{n}", f"w{n}", n + 1, 0, 0, []) for n in range(50))
    db.session.commit()
    assert len(rows()) == 20
    keeps = max(rows(), key=lambda words: rows()[words])

    counting.forget_old()
    db.session.commit()

    assert len(rows()) == 18
    assert keeps in rows()
    # There is room for what comes next.
    ask(1, words="next")
    assert "next" in rows()


def test_a_process_counts_a_bounded_number(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_MOST", 5)
    for number in range(20):
        asking.ask(app, f"question {number}", b"somebody", found=True)
    asking.write(app)

    assert len(rows()) == 5


def test_a_broken_database_loses_counts_and_nothing_else(app: Any) -> None:
    asking.ask(app, "xylofon", b"somebody", found=True)
    db.session.execute(text("ALTER TABLE search_weeks RENAME TO gone"))
    db.session.commit()
    try:
        asking.write(app)
    finally:
        db.session.execute(text("ALTER TABLE gone RENAME TO search_weeks"))
        db.session.commit()

    assert rows() == {}
    asking.ask(app, "klavír", b"somebody", found=True)
    asking.write(app)
    assert set(rows()) == {"klavír"}


def test_only_what_is_popular_and_let_through_is_shown(browser: Make, staff: Any, app: Any) -> None:
    for words, people in (("kelímky", 40), ("vlak", 40), ("potají", 2)):
        ask(9, people=people, words=words)
    one, other, rare = (
        db.session.scalars(select(AskedQuestion).filter_by(key=words)).one()
        for words in ("kelímky", "vlak", "potají")
    )
    tending.let_through(staff, one, "Vratné kelímky")
    tending.keep_back(staff, other)
    with pytest.raises(tending.Closed):
        tending.let_through(staff, rare, "potají")
    db.session.commit()

    page = look(browser(), "nothing like it")

    assert links(page, ".pills") == {f"/search?q={quote('Vratné kelímky')}": "Vratné kelímky"}
    assert list(counted.popular()) == ["Vratné kelímky"]


def test_pages_kept_for_visitors_are_counted_too(app: Any) -> None:
    """A page that is answered before Flask is asked hears of each of its readers."""
    heard = asking.heard
    for address in ("10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"):
        environ = {"HTTP_USER_AGENT": "Mozilla", "REMOTE_ADDR": address}
        heard(app, "xylofon", False, None, "secret", environ)
    asking.write(app)

    # Two addresses of one network at home are one.
    assert rows() == {"xylofon": (4, 4, 0)}


def test_searches_are_listed_asked_most_first(app: Any) -> None:
    for words, asked, in_vain, clicked in (
        ("rare", 1, 1, 0), ("common", 9, 3, 1), ("unopened", 4, 0, 0), ("fine", 5, 0, 2),
    ):  # fmt: skip
        counting.add([counting.Asked(words, words, asked, in_vain, clicked, [])])
    db.session.commit()

    assert [row.words for row in counted.searches(Kind.IN_VAIN, 4).rows] == ["common", "rare"]
    assert [row.words for row in counted.searches(Kind.UNOPENED, 4).rows] == ["unopened"]
