"""Writing an idea: the form, its preview, drafts on any device, and sending it once."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from cocreate import clock, site, text
from cocreate.errors import Invalid
from cocreate.events import Event
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.ideas import drafts, tags
from cocreate.ideas.models import (
    MOST_TAGS,
    NEED_LENGTH,
    PROPOSAL_LENGTH,
    TAG_LENGTH,
    TITLE_LENGTH,
    Area,
    Idea,
    IdeaTag,
    Tag,
    Visibility,
    Wording,
)
from cocreate.votes.models import Vote

TITLE = "A pocket that closes"
NEED = "My keys fell out on the second day."
PROPOSAL = "Put a **zip** on the side pocket."
JSON = {"Accept": "application/json"}
ANYTHING = st.text(max_size=200)


@pytest.fixture(autouse=True)
def areas(make_area) -> list[Area]:
    now = clock.now()
    return [make_area("packs"), make_area("shops"), make_area("old", closed_at=now)]


def written(**values: Any) -> dict[str, Any]:
    return {"title": TITLE, "need": NEED, "proposal": PROPOSAL, "area": "packs", **values}


def ideas(*visibility: Visibility) -> list[Idea]:
    found = db.session.scalars(select(Idea).order_by(Idea.id)).all()
    return [one for one in found if not visibility or one.visibility in visibility]


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def value(page: Any, name: str) -> str:
    """What the page's form holds in the field `name`."""
    soup = BeautifulSoup(page.text, "html.parser")
    box = soup.select_one(f"main form [name={name}]")
    assert box is not None, page.text
    if box.name == "textarea":
        return str(box.text).replace("\r\n", "\n").removeprefix("\n")
    if box.name == "select":
        chosen = box.find("option", selected=True) or box.find("option")
        return str(chosen["value"])
    return str(box["value"])


# --- who may, and what the page says ----------------------------------------------------------


def test_a_visitor_is_told_what_it_is_for_and_comes_back_to_what_was_begun(browser) -> None:
    page = browser().get("/ideas/new?title=A+pocket&area=packs")

    assert page.status_code == 200
    assert "Propose an idea" in page.text
    link = BeautifulSoup(page.text, "html.parser").select_one("main a[href^='/sign-in']")
    assert link["href"] == "/sign-in?next=/ideas/new%3Ftitle%3DA%2Bpocket%26area%3Dpacks"
    assert BeautifulSoup(page.text, "html.parser").select_one("main form") is None


def test_a_link_can_begin_the_form(browser, make_member) -> None:
    page = browser(make_member()).get("/ideas/new?title=A+pocket&area=shops&tags=zip")

    assert value(page, "title") == "A pocket"
    assert value(page, "area") == "shops"
    assert value(page, "tags") == "zip"


def test_the_form_shows_the_house_rules_and_begins_in_the_readers_language(
    browser, make_member
) -> None:
    site.change(house_rules={"en": ["Aim at things."], "cs": ["Mířte na věci."]})
    page = browser(make_member()).get("/ideas/new")
    assert "Aim at things." in page.text
    assert value(page, "language") == "en"

    page = browser(make_member(language="cs")).get("/ideas/new")
    assert "Mířte na věci." in page.text
    assert value(page, "language") == "cs"


def test_only_open_areas_are_offered(browser, make_member) -> None:
    page = browser(make_member()).get("/ideas/new")
    offered = [
        option["value"]
        for option in BeautifulSoup(page.text, "html.parser").select("select[name=area] option")
    ]
    assert offered == ["", "packs", "shops"]


def test_an_unconfirmed_member_is_asked_to_confirm_and_loses_nothing(browser, make_member) -> None:
    person = browser(make_member(email_confirmed_at=None))
    assert "Confirm your e-mail address" in person.get("/ideas/new").text

    answer = person.post("/ideas/new", written())

    assert answer.status_code == 403
    assert (value(answer, "title"), value(answer, "need")) == (TITLE, NEED)
    assert count(Idea) == 0


def test_words_of_someone_whose_session_ended_stay_on_the_page(browser, make_member) -> None:
    answer = browser().post("/ideas/new", written(tags="zip"))
    assert answer.status_code == 401
    assert value(answer, "need") == NEED
    assert value(answer, "tags") == "zip"

    # Signed in again in another window, but the page has no token: sent once more it works.
    person = browser(make_member())
    again = person.submit(answer, "/ideas/new")
    assert again.status_code == 400
    assert "You are signed in again" in again.text
    assert "stood open" not in again.text
    assert (value(again, "proposal"), value(again, "tags")) == (PROPOSAL, "zip")
    assert count(Idea) == 0
    assert person.submit(again, "/ideas/new").status_code == 303
    assert len(ideas(Visibility.PUBLIC)) == 1


def test_a_page_that_lost_its_token_says_why_it_comes_back(browser, make_member) -> None:
    again = browser(make_member()).post("/ideas/new", written(), token=False)

    assert again.status_code == 400
    assert "stood open for too long" in again.text
    assert value(again, "proposal") == PROPOSAL


# --- sending ----------------------------------------------------------------------------------


def test_an_idea_of_a_known_member_is_public_at_once(browser, make_member, events_of) -> None:
    author = make_member()

    answer = browser(author).submit(
        "/ideas/new", "/ideas/new", **written(tags="Zip, #Keys , zip,", language="cs")
    )

    (idea,) = ideas()
    assert answer.status_code == 303
    assert answer.location == f"/ideas/{idea.id}-a-pocket-that-closes"
    assert idea.visibility == Visibility.PUBLIC
    assert (idea.title, idea.need, idea.proposal) == (TITLE, NEED, PROPOSAL)
    assert idea.language == "cs"
    assert idea.area_id == db.session.scalar(select(Area.id).where(Area.key == "packs"))
    assert "zip on the side pocket" in idea.excerpt
    assert idea.published_at is not None
    assert idea.answer_by == idea.created_at + timedelta(days=30)
    assert set(db.session.scalars(select(Tag.name).join(IdeaTag))) == {"zip", "keys"}
    assert [(w.number, w.title, w.editor_id) for w in db.session.scalars(select(Wording))] == [
        (1, TITLE, author.id)
    ]
    (event,) = events_of("idea.submitted")
    assert (event.actor_id, event.idea_id, event.data) == (author.id, idea.id, {"held": False})


def test_the_author_supports_the_idea_from_the_start(browser, make_member) -> None:
    author = make_member()
    browser(author).submit("/ideas/new", "/ideas/new", **written())

    (idea,) = ideas()
    assert idea.vote_count == 1
    assert db.session.scalars(select(Vote.member_id)).all() == [author.id]


def test_an_idea_of_a_new_member_is_held_and_the_member_told_so(
    browser, make_member, events_of
) -> None:
    author = make_member(approved_count=0)

    person = browser(author)
    person.submit("/ideas/new", "/ideas/new", **written())

    (idea,) = ideas()
    assert idea.visibility == Visibility.HELD
    assert idea.published_at is None
    assert idea.answer_by is not None
    assert idea.vote_count == 1
    assert events_of("idea.submitted")[0].data == {"held": True}
    with person.client.session_transaction() as session:
        ((kind, words),) = session["_flashes"]
    assert kind == "good"
    assert "A moderator reads it first" in words
    assert str(idea.answer_by.year) in words


def test_nothing_of_the_staff_is_held(browser, make_member) -> None:
    author = make_member(role="product", approved_count=0)
    browser(author).submit("/ideas/new", "/ideas/new", **written())
    assert ideas()[0].visibility == Visibility.PUBLIC


def test_what_is_missing_is_said_for_every_field_and_nothing_is_lost(browser, make_member) -> None:
    person = browser(make_member())

    answer = person.submit(
        "/ideas/new", "/ideas/new", **written(title=" ", need="", area="", tags="zip")
    )

    assert answer.status_code == 422
    summary = BeautifulSoup(answer.text, "html.parser").select_one(".summary")
    assert [link["href"] for link in summary.select("a")] == ["#title", "#need", "#area"]
    assert value(answer, "proposal") == PROPOSAL
    assert value(answer, "tags") == "zip"
    assert count(Idea) == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": "x" * (TITLE_LENGTH + 1)}, f"{TITLE_LENGTH} characters or fewer"),
        ({"need": "x" * (NEED_LENGTH + 1)}, f"{NEED_LENGTH} characters or fewer"),
        ({"proposal": "x" * (PROPOSAL_LENGTH + 1)}, f"{PROPOSAL_LENGTH} characters or fewer"),
        ({"title": "\x00\x00"}, "Give the idea a title"),
        ({"area": "old"}, "Choose the area"),
        ({"area": "no such area"}, "Choose the area"),
        ({"language": "xx"}, "Choose one of the languages"),
        ({"tags": ",".join(f"tag{n}" for n in range(9))}, "at most 8 tags"),
        ({"tags": ",".join(f"tag{n}" for n in range(10_000))}, "at most 8 tags"),
        ({"tags": "x" * 41}, "within 40 characters"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(browser, make_member, values, words) -> None:
    answer = browser(make_member()).submit("/ideas/new", "/ideas/new", **written(**values))

    assert answer.status_code == 422
    assert words in answer.text
    assert value(answer, "need") == values.get("need", NEED)
    assert count(Idea) == 0
    assert count(Event) == 0


@pytest.mark.parametrize(
    "values",
    [
        {"title": "nul \x00 and \udcff half \ud800 signs"},
        {"need": "a\x00b\u202ec"},
        {"key": "x" * 5000},
        {"key": "' OR 1=1 --"},
        {"seen": "9" * 400},
        {"seen": "-1"},
        {"seen": "٣"},
        {"do": "no such button"},
        {"title": "<script>alert(1)</script>"},
    ],
)
def test_hostile_values_are_no_fault_of_ours(browser, make_member, values) -> None:
    body = "&".join(f"{name}={_quoted(value)}" for name, value in written(**values).items())
    person = browser(make_member())

    answer = person.post(
        "/ideas/new",
        data=f"csrf_token={person._token}&{body}",
        token=False,
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 303
    (idea,) = ideas()
    for words in (idea.title, idea.need):
        assert "\x00" not in words
        assert words == text.clean(words)


def _quoted(value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in value.encode("utf-8", "surrogatepass"))


def test_five_megabytes_are_refused(browser, make_member) -> None:
    answer = browser(make_member()).post("/ideas/new", written(need="x" * 5_000_000))
    assert answer.status_code == 413
    assert count(Idea) == 0


def test_more_ideas_than_a_person_writes_in_a_day_are_refused_without_loss(
    browser, make_member, make_idea
) -> None:
    author = make_member()
    for _ in range(20):
        make_idea(author)

    answer = browser(author).submit("/ideas/new", "/ideas/new", **written())

    assert answer.status_code == 429
    assert value(answer, "need") == NEED
    assert count(Idea) == 20


# --- once -------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_idea(browser, make_member, events_of) -> None:
    person = browser(make_member())
    page = person.get("/ideas/new")

    first = person.submit(page, "/ideas/new", **written())
    second = person.submit(page, "/ideas/new", **written())

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(ideas()) == 1
    assert len(events_of("idea.submitted")) == 1
    assert count(Vote) == 1


def test_the_same_form_sent_at_the_same_moment_is_one_idea(app, browser, make_member) -> None:
    author = make_member()
    people = [browser(author) for _ in range(6)]
    key = value(people[0].get("/ideas/new"), "key")
    start = Barrier(len(people))
    statuses = []

    def send(person: Any) -> None:
        with app.app_context():
            start.wait()
            statuses.append(person.post("/ideas/new", written(key=key, seen="0")).status_code)

    threads = [Thread(target=send, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [303] * 6
    assert len(ideas()) == 1
    assert count(Vote) == 1
    assert count(Wording) == 1


def test_going_back_and_writing_more_is_no_second_idea_by_accident(browser, make_member) -> None:
    person = browser(make_member())
    page = person.get("/ideas/new")
    person.submit(page, "/ideas/new", **written())

    answer = person.submit(page, "/ideas/new", **written(need=f"{NEED} Twice."))

    assert answer.status_code == 409
    assert value(answer, "need") == f"{NEED} Twice."
    assert "You have sent this form before" in answer.text
    assert len(ideas()) == 1
    # Meant as one more idea, it becomes one.
    assert person.submit(answer, "/ideas/new").status_code == 303
    assert len(ideas()) == 2


def test_the_key_of_somebody_elses_form_is_worth_nothing(browser, make_member) -> None:
    one, other = browser(make_member()), browser(make_member())
    page = one.get("/ideas/new")
    one.submit(page, "/ideas/new", **written())

    other.post("/ideas/new", written(key=value(page, "key"), title="Mine"))

    assert [idea.title for idea in ideas()] == [TITLE, "Mine"]


# --- preview ----------------------------------------------------------------------------------


def test_the_preview_needs_no_script_and_keeps_everything(browser, make_member) -> None:
    person = browser(make_member())

    answer = person.submit("/ideas/new", "/ideas/new", **written(do="preview", tags="zip"))

    assert answer.status_code == 200
    assert "<strong>zip</strong>" in answer.text
    assert value(answer, "proposal") == PROPOSAL
    assert value(answer, "tags") == "zip"
    assert value(answer, "area") == "packs"
    assert count(Idea) == 0


def test_the_scripts_preview_is_made_by_the_server_and_safe(browser, make_member) -> None:
    answer = browser(make_member()).post(
        "/ideas/preview",
        written(title="<b>x</b>", proposal="**zip** <img src=x onerror=alert(1)>"),
        headers=JSON,
    )

    html = answer.json["html"]
    assert "<strong>zip</strong>" in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "<img" not in html


# --- drafts -----------------------------------------------------------------------------------


def test_a_draft_is_found_again_on_another_device(browser, make_member, events_of) -> None:
    author = make_member()
    browser(author).submit(
        "/ideas/new", "/ideas/new", **written(do="draft", tags="zip", need="Half a sent")
    )
    (draft,) = ideas()
    assert draft.visibility == Visibility.DRAFT
    assert count(Event) == 0

    phone = browser(author)
    listed = phone.get("/ideas/new")
    assert f'href="/ideas/new?draft={draft.id}"' in listed.text
    assert "Half a sent" not in browser().get(f"/members/{author.name}").text
    assert "A pocket that closes" in phone.get(f"/members/{author.name}").text
    page = phone.get(f"/ideas/new?draft={draft.id}")
    assert (value(page, "need"), value(page, "tags")) == ("Half a sent", "zip")
    assert value(page, "area") == "packs"
    answer = phone.submit(page, "/ideas/new", need=NEED)

    (idea,) = ideas()
    assert answer.status_code == 303
    assert (idea.id, idea.visibility, idea.need) == (draft.id, Visibility.PUBLIC, NEED)
    assert idea.wording == 1
    assert len(events_of("idea.submitted")) == 1
    # Going back to the draft leads to what it has become.
    assert phone.get(f"/ideas/new?draft={draft.id}").location == answer.location
    assert phone.post(f"/ideas/drafts/{draft.id}/discard").status_code == 404


def test_the_script_saves_a_draft_and_goes_on_with_it(browser, make_member) -> None:
    person = browser(make_member())
    key = value(person.get("/ideas/new"), "key")

    first = person.post("/ideas/drafts", {"title": "A", "key": key, "seen": "0"}, headers=JSON)
    second = person.post(
        "/ideas/drafts", {"title": "A pocket", "key": key, "seen": first.json["seen"]}, headers=JSON
    )

    assert first.status_code == second.status_code == 200
    assert first.json["id"] == second.json["id"] == ideas()[0].id
    assert "Saved as a draft at" in second.json["words"]
    assert second.json["seen"] > first.json["seen"]
    assert ideas()[0].title == "A pocket"


def test_two_devices_do_not_overwrite_each_other(browser, make_member) -> None:
    author = make_member()
    desk, phone = browser(author), browser(author)
    desk.submit("/ideas/new", "/ideas/new", **written(do="draft"))
    (draft,) = ideas()
    at_desk = desk.get(f"/ideas/new?draft={draft.id}")
    on_phone = phone.get(f"/ideas/new?draft={draft.id}")
    phone.submit(on_phone, "/ideas/new", do="draft", need="From the phone.")

    by_script = desk.post(
        "/ideas/drafts",
        {"title": "At the desk", "key": value(at_desk, "key"), "seen": value(at_desk, "seen")},
        headers=JSON,
    )
    answer = desk.submit(at_desk, "/ideas/new", do="draft", need="From the desk.")
    sent = desk.submit(at_desk, "/ideas/new", need="From the desk.")

    assert by_script.status_code == answer.status_code == sent.status_code == 409
    assert "changed meanwhile" in by_script.json["words"]
    assert "From the phone." in answer.text
    assert value(answer, "need") == "From the desk."
    assert [(idea.need, idea.visibility) for idea in ideas()] == [
        ("From the phone.", Visibility.DRAFT)
    ]
    # Both can be kept ...
    desk.submit(answer, "/ideas/new", do="another")
    assert [idea.need for idea in ideas()] == ["From the phone.", "From the desk."]
    # ... or one's own put in its place, now that the other has been seen.
    desk.submit(answer, "/ideas/new", do="draft", need="Both read.")
    assert [idea.need for idea in ideas()] == ["Both read.", "From the desk."]


def test_saving_the_same_words_from_two_devices_is_no_quarrel(browser, make_member) -> None:
    person = browser(make_member())
    fields = {"key": "a-key-of-a-form", "seen": "0", "title": "Same"}
    for _ in range(3):
        assert person.post("/ideas/drafts", fields, headers=JSON).status_code == 200
    assert len(ideas()) == 1
    assert ideas()[0].version == 1


def test_a_draft_that_was_discarded_elsewhere_is_kept_anew(browser, make_member) -> None:
    author = make_member()
    desk, phone = browser(author), browser(author)
    desk.submit("/ideas/new", "/ideas/new", **written(do="draft"))
    (draft,) = ideas()
    at_desk = desk.get(f"/ideas/new?draft={draft.id}")
    phone.submit("/ideas/new", f"/ideas/drafts/{draft.id}/discard")
    assert drafts.drafts_of(author) == []

    desk.submit(at_desk, "/ideas/new", do="draft", need="Still typing.")

    assert [one.title for one in drafts.drafts_of(author)] == [TITLE]
    assert [idea.need for idea in ideas()] == ["Still typing."]


def test_a_draft_is_nobody_elses_business(browser, make_member, events_of) -> None:
    author = make_member()
    secret = "zanzibar"
    browser(author).post("/ideas/new", written(do="draft", title=secret, tags=secret, need=secret))
    (draft,) = ideas()
    others = [browser(make_member(role=role)) for role in ("member", "moderator", "admin")]

    for person in [*others, browser()]:
        assert secret not in person.get("/ideas/new").text
        assert secret not in person.get(f"/ideas/new?draft={draft.id}").text
        assert person.get(f"/ideas/{draft.id}/history").status_code == 404
        assert secret not in person.get(f"/ideas/{draft.id}/edit").text
        discarded = person.post(f"/ideas/drafts/{draft.id}/discard")
        assert discarded.status_code == 404 or "/sign-in" in discarded.location
        assert person.post(f"/ideas/{draft.id}/vote").status_code == 404
    assert ideas() == [draft]
    assert count(Event) == 0


def test_drafts_are_bounded_and_an_empty_one_is_none(browser, make_member) -> None:
    person = browser(make_member())
    assert person.post("/ideas/drafts", {"title": " "}, headers=JSON).status_code == 422
    for number in range(drafts.MOST_DRAFTS):
        answer = person.post("/ideas/drafts", {"title": f"Draft {number}"}, headers=JSON)
        assert answer.status_code == 200

    script = person.post("/ideas/drafts", {"title": "One too many"}, headers=JSON)
    page = person.post("/ideas/new", written(do="draft"))

    assert script.status_code == page.status_code == 409
    assert "50 drafts" in script.json["words"]
    assert value(page, "need") == NEED
    assert count(Idea) == drafts.MOST_DRAFTS
    # There is still room to send one.
    assert person.submit("/ideas/new", "/ideas/new", **written()).status_code == 303


@pytest.mark.parametrize("draft", ["99999999999999999999", "-1", "x", "0", "\x00", "7"])
def test_a_draft_that_is_not_there_is_no_fault_of_ours(browser, make_member, draft) -> None:
    answer = browser(make_member()).get("/ideas/new", query_string={"draft": draft})
    assert answer.status_code in (200, 404)


def test_the_script_is_told_in_words_that_someone_is_signed_out(browser) -> None:
    answer = browser().post("/ideas/drafts", {"title": "A"}, headers=JSON)
    assert answer.status_code == 401
    assert answer.json["words"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(["title", "need", "proposal", "tags", "area"]), ANYTHING))
def test_whatever_is_typed_is_kept_or_refused_in_words(browser, make_member, fields) -> None:
    person = browser(make_member())
    body = "&".join(f"{name}={_quoted(value)}" for name, value in fields.items())

    answer = person.post(
        "/ideas/drafts",
        data=body,
        token=False,
        headers={**JSON, "X-CSRFToken": person._token},
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert answer.json["words"]
        return
    idea = db.session.get(Idea, answer.json["id"])
    assert idea.title == text.one_line(fields.get("title", ""))
    assert idea.need == text.clean(fields.get("need", ""))


# --- tags -------------------------------------------------------------------------------------


def test_only_tags_in_public_use_are_suggested(browser, make_member, make_idea) -> None:
    make_idea(tags=("zips",))
    make_idea(tags=("held",), visibility=Visibility.HELD)
    make_idea(tags=("hidden",), visibility=Visibility.HIDDEN)

    page = browser(make_member()).get("/ideas/new")

    options = BeautifulSoup(page.text, "html.parser").select("datalist option")
    assert [option["value"] for option in options] == ["zips"]


@given(st.lists(st.text(), max_size=12))
def test_tags_are_normalised_once_and_for_all(names: list[str]) -> None:
    try:
        kept = tags.tag_names(names)
    except Invalid:
        return
    assert tags.tag_names(kept) == kept
    assert len(kept) <= MOST_TAGS
    for name in kept:
        assert 0 < len(name) <= TAG_LENGTH
        assert name == text.one_line(name)


@given(st.text(), st.text())
def test_texts_are_cleaned_once_and_for_all(one: str, other: str) -> None:
    assert text.clean(text.clean(one)) == text.clean(one)
    assert text.one_line(text.one_line(other)) == text.one_line(other)


def test_every_language_can_be_written_in(browser, make_member) -> None:
    person = browser(make_member())
    for language in LANGUAGES:
        person.submit("/ideas/new", "/ideas/new", **written(language=language))
    assert [idea.language for idea in ideas()] == list(LANGUAGES)
