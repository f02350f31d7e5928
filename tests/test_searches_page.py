"""The staff's page of searches: what finds nothing, and what is made of it on the spot."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event as sqlevents
from sqlalchemy import select

from cocreate.extensions import db
from cocreate.ideas import queries
from cocreate.ideas.models import Idea, Visibility
from cocreate.search import asking, counting, synonyms, tending
from cocreate.search.wanted import AskedQuestion, Redirect, Synonym

Make = Callable[..., Any]
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/128.0"}


@pytest.fixture
def staff(browser: Make, make_member: Make) -> Any:
    return browser(make_member(role="product", name="Petra"))


def asked(words: str, number: int = 3, in_vain: int = 3, people: int = 1) -> AskedQuestion:
    """A search that was counted."""
    who = [f"person {n}".encode() for n in range(people)]
    counting.add([counting.Asked(words.lower(), words, number, in_vain, 0, who)])
    db.session.commit()
    return db.session.scalars(select(AskedQuestion).filter_by(key=words.lower())).one()


def listed(page: Any) -> list[str]:
    """What the table of a page is about, from above."""
    soup = BeautifulSoup(page.text, "html.parser")
    return [one.get_text(strip=True) for one in soup.select("main tbody th")]


def press_undo(person: Any, page: Any) -> Any:
    """Send the form beside the words that say what was just done."""
    undo = BeautifulSoup(page.text, "html.parser").select("[data-undo] form")[0]
    values = {str(one["name"]): str(one["value"]) for one in undo.select("input[name]")}
    return person.post(str(undo["action"]), values, token=False)


def test_what_found_nothing_is_listed_and_helped_from_the_first_search_on(
    app: Any, browser: Make, staff: Any, make_idea: Make, work: Make
) -> None:
    """The whole way: nothing found, a synonym made of it, found."""
    make_idea(title="Returnable cups")
    work()
    visitor = browser()
    assert "Nothing was found" in visitor.get("/search?q=goblets", headers=PERSON).text
    asking.write(app)
    page = staff.get("/admin/searches")
    assert listed(page) == ["goblets"]

    (question,) = db.session.scalars(select(AskedQuestion))
    db.session.commit()
    path = f"/admin/searches/{question.id}"
    assert path in page.text
    done = staff.submit(path, f"{path}/synonym", means="cup", language="en")

    assert (done.status_code, done.headers["Location"]) == (303, "/admin/searches")
    found = visitor.get("/search?q=goblet", headers=PERSON)
    assert "Returnable cups" in BeautifulSoup(found.text, "html.parser").get_text()
    assert "we looked for cup, too" in found.text
    assert listed(staff.get("/admin/searches")) == []


def test_a_redirect_is_made_on_the_spot(staff: Any, browser: Make, make_idea: Make) -> None:
    idea = make_idea(title="Returnable cups")
    path = f"/admin/searches/{asked('Goblets').id}"

    done = staff.submit(path, f"{path}/redirect", to=f"http://localhost/ideas/{idea.id}-x")

    assert done.status_code == 303
    there = browser().get("/search?q=goblets").headers["Location"]
    assert there == f"/ideas/{idea.id}-returnable-cups"


def test_a_tag_is_made_on_the_spot(
    app: Any, staff: Any, browser: Make, make_idea: Make, work: Make, events_of: Make
) -> None:
    """The whole way: nothing found, ideas tagged, found by word, operator and filter."""
    one = make_idea(title="Returnable cups", tags=("shops",))
    two = make_idea(title="A deposit on mugs")
    other = make_idea(title="A bench by the door")
    work()
    visitor = browser()
    visitor.get("/search?q=goblets", headers=PERSON)
    asking.write(app)
    (question_id,) = db.session.scalars(select(AskedQuestion.id))
    version = one.version
    db.session.commit()
    path = f"/admin/searches/{question_id}"

    # What the search was about is there already.
    ideas = f"{one.id}, http://localhost/ideas/{two.id}-a-deposit {one.id}"
    done = staff.submit(path, f"{path}/tag", ideas=ideas)
    work()

    assert (done.status_code, done.headers["Location"]) == (303, "/admin/searches")
    assert listed(staff.get("/admin/searches")) == []
    for address in ("/search?q=goblet", "/search?q=tag:goblets", "/search?tag=goblets"):
        found = visitor.get(address, headers=PERSON)
        places = BeautifulSoup(found.text, "html.parser").select(".idea-card h2 a")
        assert {place.get_text() for place in places} == {"Returnable cups", "A deposit on mugs"}
    assert visitor.get("/ideas?tag=goblets").text.count('class="idea-card"') == 2
    assert queries.tags_of(one.id) == ["goblets", "shops"]
    assert queries.tags_of(other.id) == []
    assert db.session.get(Idea, one.id).version > version
    told = events_of("idea.tagged")
    assert [(row.idea_id, row.data) for row in told] == [
        (one.id, {"tag": "goblets"}),
        (two.id, {"tag": "goblets"}),
    ]


def test_an_idea_that_has_the_tag_stays_as_it_is(
    staff: Any, make_idea: Make, events_of: Make
) -> None:
    idea = make_idea(tags=("goblets", *"abcdefg"))
    version = idea.version
    path = f"/admin/searches/{asked('goblets').id}"

    staff.submit(path, f"{path}/tag", tag="#Goblets", ideas=str(idea.id))

    assert listed(staff.get("/admin/searches")) == []
    assert db.session.get(Idea, idea.id).version == version
    assert events_of("idea.tagged") == []


@pytest.mark.parametrize(
    ("fields", "blamed", "why"),
    [
        ({"tag": "!", "ideas": "{one}"}, "tag", "Write at least one word."),
        ({"tag": "cups, mugs", "ideas": "{one}"}, "tag", "Write one tag, without a comma."),
        ({"tag": "g" * 41, "ideas": "{one}"}, "tag", "Shorten this to 40 characters"),
        ({"tag": "cups", "ideas": " , "}, "ideas", "Say which ideas get the tag."),
        ({"tag": "cups", "ideas": "{one} {hidden} x"}, "ideas", "like this: {hidden}, x."),
        ({"tag": "cups", "ideas": "https://x.example/ideas/{one}"}, "ideas", "no public idea"),
        ({"tag": "cups", "ideas": "99999999999999999999"}, "ideas", "There is no public idea"),
        ({"tag": "cups", "ideas": " ".join(map(str, range(21)))}, "ideas", "Name 20 ideas at"),
        ({"tag": "cups", "ideas": "{one} {full}"}, "ideas", "are on these already: {full}."),
    ],
)
def test_a_tag_that_cannot_be_comes_back_as_typed(
    staff: Any, make_idea: Make, fields: dict[str, str], blamed: str, why: str
) -> None:
    ids = {
        "one": make_idea().id,
        "full": make_idea(tags=tuple("abcdefgh")).id,
        "hidden": make_idea(visibility=Visibility.HIDDEN).id,
    }
    fields = {name: value.format(**ids) for name, value in fields.items()}
    question_id = asked("goblets").id

    page = staff.post(f"/admin/searches/{question_id}/tag", fields)

    assert page.status_code == 422
    soup = BeautifulSoup(page.text, "html.parser")
    assert why.format(**ids) in soup.select(f"#{blamed}-error")[0].get_text()
    for name, value in fields.items():
        assert [one.get("value", "") for one in soup.select(f"input[name={name}]")] == [value]
    # Nothing is done by halves, and nothing is settled.
    assert queries.tags_of(ids["one"]) == []
    assert listed(staff.get("/admin/searches")) == ["goblets"]


def test_dismissing_can_be_undone(staff: Any, events_of: Make) -> None:
    question_id = asked("goblets").id
    db.session.commit()

    staff.submit("/admin/searches", f"/admin/searches/{question_id}/dismiss")
    page = staff.get("/admin/searches")
    assert listed(page) == []
    # The button beside the words that say so.
    staff.submit(page, f"/admin/searches/{question_id}/restore")

    assert listed(staff.get("/admin/searches")) == ["goblets"]
    done = [one.data for one in events_of("search.changed")]
    assert [one["what"] for one in done] == ["question settled", "question unsettled"]
    # An event is kept for ever, and a question may be anything.
    assert "goblets" not in str(done)


def test_what_is_settled_is_found_again_and_put_back(staff: Any) -> None:
    question_id = asked("goblets").id
    asked("marimba")
    assert "Nothing here yet" in staff.get("/admin/searches?show=settled").text
    staff.submit("/admin/searches", f"/admin/searches/{question_id}/dismiss")

    page = staff.get("/admin/searches?show=settled")
    assert listed(page) == ["goblets"]
    assert listed(staff.get("/admin/searches")) == ["marimba"]
    staff.submit(page, f"/admin/searches/{question_id}/restore")

    assert listed(staff.get("/admin/searches?show=settled")) == []
    assert set(listed(staff.get("/admin/searches"))) == {"goblets", "marimba"}


def test_what_leads_straight_to_a_place_has_no_results_to_open(
    app: Any, staff: Any, browser: Make, make_idea: Make
) -> None:
    idea = make_idea(title="Returnable cups")
    asked("goblets", in_vain=0)
    asked("cups", in_vain=0)
    assert set(listed(staff.get("/admin/searches?show=unopened"))) == {"goblets", "cups"}

    staff.post("/admin/searches/redirects", {"question": "Goblets", "to": str(idea.id)})

    assert listed(staff.get("/admin/searches?show=unopened")) == ["cups"]


def test_words_that_no_idea_has_all_of_found_nothing(
    app: Any, staff: Any, browser: Make, make_idea: Make, work: Make
) -> None:
    make_idea(title="Returnable cups")
    work()
    page = browser().get("/search?q=cups+goblets", headers=PERSON)
    assert "These have some of them." in page.text
    browser().get("/search?q=returnable+cups", headers=PERSON)
    asking.write(app)

    assert listed(staff.get("/admin/searches")) == ["cups goblets"]
    assert listed(staff.get("/admin/searches?show=unopened")) == ["returnable cups"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"asked": "", "means": "cup"}, "Write at least one word."),
        ({"asked": "goblet", "means": "!!"}, "Write at least one word."),
        ({"asked": "one two three four", "means": "cup"}, "Use 3 words at most."),
        ({"asked": "g" * 81, "means": "cup"}, "Shorten this to 80 characters or fewer."),
        ({"asked": "cups", "means": "cup"}, "Search takes these for the same word already."),
        ({"asked": "Cup", "means": "mug", "language": "en"}, "There is such a synonym already."),
        ({"asked": "mug", "means": "CUP", "language": "en"}, "There is such a synonym already."),
        ({"asked": "goblet", "means": "cup", "language": "xx"}, "Choose one of the languages."),
    ],
)
def test_a_synonym_that_cannot_be_comes_back_as_typed(
    staff: Any, fields: dict[str, str], why: str
) -> None:
    staff.post(
        "/admin/searches/synonyms",
        {"asked": "cup", "means": "mug", "language": "en", "both": "y"},
    )

    page = staff.post("/admin/searches/synonyms", {"language": "en", **fields})

    assert page.status_code == 422
    soup = BeautifulSoup(page.text, "html.parser")
    assert why in soup.get_text()
    for name in ("asked", "means"):
        assert soup.select(f"form.card [name={name}]")[0].get("value", "") == fields[name]
    assert len(db.session.scalars(select(Synonym)).all()) == 1


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"question": "", "to": "#cups"}, "Write at least one word."),
        ({"question": "goblet", "to": ""}, "Say where it leads"),
        ({"question": "goblet", "to": "999999"}, "There is no public idea"),
        ({"question": "goblet", "to": "/ideas/{hidden}"}, "There is no public idea"),
        ({"question": "goblet", "to": "#nosuchtag"}, "There is no public idea"),
        ({"question": "goblet", "to": "https://elsewhere.example/"}, "There is no public idea"),
        ({"question": "goblet", "to": "https://x.example/ideas/{there}"}, "There is no public"),
        ({"question": "goblet", "to": "//x.example/ideas/{there}"}, "There is no public idea"),
        ({"question": "goblet", "to": "https://x.example/ideas?tag=cups"}, "There is no public"),
        ({"question": "TAKEN", "to": "#cups"}, "These words lead somewhere already."),
        ({"question": "goblet", "to": "http://[::1"}, "There is no public idea"),
        ({"question": "goblet", "to": "#" + "x" * 250}, "There is no public idea"),
    ],
)
def test_a_redirect_that_cannot_be_comes_back_as_typed(
    staff: Any, make_idea: Make, fields: dict[str, str], why: str
) -> None:
    there, hidden = make_idea(tags=("cups",)).id, make_idea(visibility=Visibility.HIDDEN).id
    fields = {name: one.format(there=there, hidden=hidden) for name, one in fields.items()}
    staff.post("/admin/searches/redirects", {"question": "taken", "to": "#cups"})

    page = staff.post("/admin/searches/redirects", fields)

    assert page.status_code == 422
    soup = BeautifulSoup(page.text, "html.parser")
    assert why in soup.get_text()
    assert soup.select("form.card [name=to]")[0].get("value", "") == fields["to"]
    assert len(db.session.scalars(select(Redirect)).all()) == 1


def test_the_form_of_one_search_keeps_what_was_typed(staff: Any) -> None:
    question_id = asked("goblets").id

    page = staff.post(
        f"/admin/searches/{question_id}/synonym",
        {"asked": "goblets", "means": "goblet", "language": "en"},
    )

    assert page.status_code == 422
    soup = BeautifulSoup(page.text, "html.parser")
    assert [one["value"] for one in soup.select("[name=means]")] == ["goblet"]
    # The other form is as it was, and nothing is settled.
    assert [one["value"] for one in soup.select("[name=question]")] == ["goblets"]
    assert listed(staff.get("/admin/searches")) == ["goblets"]


def test_removing_a_synonym_works_at_once_and_can_be_undone(
    staff: Any, browser: Make, make_idea: Make, work: Make
) -> None:
    make_idea(title="Returnable cups")
    work()
    staff.post("/admin/searches/synonyms", {"asked": "goblet", "means": "cup", "language": "en"})
    assert "Returnable" in browser().get("/search?q=goblet").text
    (synonym_id,) = db.session.scalars(select(Synonym.id))
    db.session.commit()

    staff.submit("/admin/searches/synonyms", f"/admin/searches/synonyms/{synonym_id}/remove")

    assert "Returnable" not in browser().get("/search?q=goblet").text
    press_undo(staff, staff.get("/admin/searches/synonyms"))
    assert "Returnable" in browser().get("/search?q=goblet").text
    assert not db.session.scalars(select(Synonym.is_both_ways)).one()


def test_redirects_are_listed_with_where_they_lead_and_removed(
    staff: Any, browser: Make, make_idea: Make, make_area: Make
) -> None:
    make_area("shops")
    idea = make_idea(title="Returnable cups", tags=("cups",))
    for words, to in (("one", str(idea.id)), ("two", "#cups"), ("three", "Shops")):
        staff.post("/admin/searches/redirects", {"question": words, "to": to})
    idea.visibility = Visibility.HIDDEN
    db.session.commit()

    page = staff.get("/admin/searches/redirects")

    assert listed(page) == ["three", "two", "one"]
    assert "No longer public" in page.text
    assert "Returnable cups" not in page.text
    first = db.session.scalars(select(Redirect.id).filter_by(key="two")).one()
    staff.submit(page, f"/admin/searches/redirects/{first}/remove")
    assert browser().get("/search?q=two").status_code == 200


@pytest.mark.parametrize("to", ["{idea}", "#káva & čaj", "Shops"])
def test_removing_a_redirect_can_be_undone(
    staff: Any, browser: Make, make_idea: Make, make_area: Make, to: str
) -> None:
    make_area("shops")
    idea = make_idea(title="Returnable cups", tags=("káva & čaj",))
    form = {"question": "Goblet", "to": to.format(idea=idea.id)}
    staff.post("/admin/searches/redirects", form)
    before = browser().get("/search?q=goblet").location
    path = f"/admin/searches/redirects/{db.session.scalars(select(Redirect.id)).one()}/remove"

    staff.submit("/admin/searches/redirects", path)
    page = staff.get("/admin/searches/redirects")
    assert listed(page) == []
    assert press_undo(staff, page).status_code == 303

    assert listed(staff.get("/admin/searches/redirects")) == ["Goblet"]
    assert browser().get("/search?q=goblet").location == before


def test_a_redirect_to_what_is_gone_is_removed_for_good(staff: Any, make_idea: Make) -> None:
    idea = make_idea()
    staff.post("/admin/searches/redirects", {"question": "goblet", "to": str(idea.id)})
    idea.visibility = Visibility.HIDDEN
    redirect_id = db.session.scalars(select(Redirect.id)).one()
    db.session.commit()

    page = staff.post(f"/admin/searches/redirects/{redirect_id}/remove")

    page = staff.get(page.location)
    assert "“goblet” leads to its results now." in page.text
    assert "data-undo" not in page.text


def test_working_through_the_list_leads_back_to_where_one_was(staff: Any, make_idea: Make) -> None:
    idea = make_idea(tags=("cups",))
    counting.add(counting.Asked(f"word{n}", f"word{n}", 1, 1, 0, []) for n in range(60))
    db.session.commit()
    first = BeautifulSoup(staff.get("/admin/searches?weeks=13").text, "html.parser")
    here = str(first.select("main a[rel=next]")[0]["href"])
    rows = BeautifulSoup(staff.get(here).text, "html.parser").select("main tbody th a")
    pages = [str(row["href"]) for row in rows]

    ways = (
        ("dismiss", {}),
        ("synonym", {"means": "cup"}),
        ("redirect", {"to": "#cups"}),
        ("tag", {"ideas": str(idea.id)}),
    )
    for page, (do, fields) in zip(pages, ways, strict=False):
        action = f"{urlsplit(page).path}/{do}"
        if fields:
            # A refusal does not lose the way.
            name = next(iter(fields))
            page = staff.submit(page, action, **{name: ""})
            assert page.status_code == 422
        assert staff.submit(page, action, **fields).location == here

    undone = staff.submit(here, f"{urlsplit(pages[4]).path}/dismiss")
    assert undone.location == here
    assert press_undo(staff, staff.get(here)).location == here


def test_a_popular_search_is_decided_where_it_stands(staff: Any) -> None:
    who = [f"person {n}".encode() for n in range(40)]
    counting.add(counting.Asked(f"word{n}", f"word{n}", 60, 0, 0, who) for n in range(30))
    db.session.commit()
    page = BeautifulSoup(staff.get("/admin/searches/popular").text, "html.parser")
    here = str(page.select("main a[rel=next]")[0]["href"])
    one = BeautifulSoup(staff.get(here).text, "html.parser").select("main form.filters")[0]

    refused = staff.submit(here, str(one["action"]), words="eva@example.com", do="show")
    assert refused.status_code == 422
    assert 'value="eva@example.com"' in refused.text
    done = staff.submit(refused, str(one["action"]), words="Word", do="show")

    assert (done.status_code, done.location) == (303, here)


def test_popular_searches_are_screened(staff: Any, browser: Make) -> None:
    cups = asked("cups", 60, 0, people=40)
    asked("rare", 60, 0, people=2)
    path = f"/admin/searches/{cups.id}/popular"

    page = staff.get("/admin/searches/popular")
    assert "cups" in page.text
    assert "rare" not in page.text
    staff.submit(page, path, words="Returnable cups", do="show")
    nothing = browser().get("/search?q=marimba")
    assert ">Returnable cups</a>" in nothing.text

    refused = staff.post(path, {"words": "eva@example.com", "do": "show"})
    assert refused.status_code == 422
    assert 'value="eva@example.com"' in refused.text
    staff.post(path, {"do": "hide", "words": ""})
    assert ">Returnable cups</a>" not in browser().get("/search?q=marimba").text


def test_pages_go_on_without_repeating_or_dropping(staff: Any) -> None:
    counting.add(counting.Asked(f"word{n}", f"word{n}", 1 + n % 3, 1, 0, []) for n in range(60))
    db.session.commit()
    seen: list[str] = []
    page = staff.get("/admin/searches")
    for _ in range(5):
        seen += listed(page)
        more = BeautifulSoup(page.text, "html.parser").select("main a[rel=next]")
        if not more:
            break
        page = staff.get(str(more[0]["href"]))

    assert len(seen) == len(set(seen)) == 60


def test_addresses_that_make_no_sense_show_the_first_page(staff: Any) -> None:
    asked("goblets")
    for query in ("show=x", "weeks=0", "weeks=9999999999", "after=x", "show=nothing&after=WzFd"):
        assert listed(staff.get(f"/admin/searches?{query}")) == ["goblets"]


def test_no_statement_per_row(staff: Any, make_idea: Make) -> None:
    def statements(path: str) -> int:
        seen = []

        def hear(_c: Any, _u: Any, statement: str, *_more: Any) -> None:
            seen.append(statement)

        sqlevents.listen(db.engine, "before_cursor_execute", hear)
        try:
            assert staff.get(path).status_code == 200
        finally:
            sqlevents.remove(db.engine, "before_cursor_execute", hear)
        return len(seen)

    pages = [f"/admin/searches{one}" for one in ("", "/popular", "/synonyms", "/redirects")]
    before = [statements(path) for path in pages]
    idea = make_idea()
    for number in range(20):
        asked(f"word{number}", people=40)
        synonym = {"asked": f"a{number}", "means": f"b{number}"}
        redirect = {"question": f"a{number}", "to": str(idea.id)}
        assert staff.post("/admin/searches/synonyms", synonym).status_code == 303
        assert staff.post("/admin/searches/redirects", redirect).status_code == 303
    db.session.commit()

    assert [statements(path) for path in pages] == before


def test_too_many_are_refused_kindly(
    staff: Any, make_area: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_area("shops")
    monkeypatch.setattr(synonyms, "MOST", 1)
    monkeypatch.setattr(tending, "MOST_REDIRECTS", 0)
    staff.post("/admin/searches/synonyms", {"asked": "one", "means": "two"})

    more = staff.post("/admin/searches/synonyms", {"asked": "three", "means": "four"})
    lead = staff.post("/admin/searches/redirects", {"question": "x", "to": "Shops"})

    assert more.status_code == 409
    assert "There are 1 synonyms" in more.text
    assert lead.status_code == 409
    assert "There are 0 redirects" in lead.text


def test_who_is_not_staff_sees_no_link_and_no_page(browser: Make, make_member: Make) -> None:
    member = browser(make_member())

    assert "/admin/searches" not in member.get("/ideas").text
    assert member.get("/admin/searches").status_code == 403
    assert "/admin/searches" in browser(make_member(role="moderator")).get("/ideas").text
