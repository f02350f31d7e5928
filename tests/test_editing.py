"""Changing an idea and taking it back: on record, and never over somebody's newer words."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cocreate import clock
from cocreate.extensions import db
from cocreate.ideas import actions, queries, wordings
from cocreate.ideas.models import DECIDED, MOST_TAGS, Area, Idea, Stage, Visibility, Wording
from cocreate.text_diff import words_diff


def value(page: Any, name: str) -> str:
    """What the page's form holds in the field `name`."""
    box = BeautifulSoup(page.text, "html.parser").select_one(f"main form [name={name}]")
    if box.name == "textarea":
        return str(box.text).replace("\r\n", "\n").removeprefix("\n")
    return str(box["value"])


def kept(idea: Idea) -> list[tuple[int, str]]:
    rows = select(Wording).where(Wording.idea_id == idea.id).order_by(Wording.number)
    return [(wording.number, wording.need) for wording in db.session.scalars(rows)]


def edit(person: Any, idea: Idea, **values: Any) -> Any:
    path = f"/ideas/{idea.id}/edit"
    return person.submit(path, path, **values)


# --- editing ----------------------------------------------------------------------------------


def test_an_edit_changes_the_idea_and_keeps_how_it_read(
    browser, make_member, make_idea, events_of
) -> None:
    author = make_member()
    idea = make_idea(author, need="Old need.", tags=("one",))
    version = idea.version

    answer = edit(browser(author), idea, need="New need.", title="New title", tags="one, two")

    assert answer.status_code == 303
    assert answer.location == f"/ideas/{idea.id}-new-title"
    assert (idea.title, idea.need) == ("New title", "New need.")
    assert idea.excerpt.startswith("New need.")
    assert idea.version > version
    assert idea.wording == 2
    assert queries.tags_of(idea.id) == ["one", "two"]
    assert kept(idea) == [(1, "Old need."), (2, "New need.")]
    (event,) = events_of("idea.edited")
    assert (event.actor_id, event.data) == (author.id, {"wording": 2})


def test_saving_without_a_change_is_no_edit(browser, make_member, make_idea, events_of) -> None:
    author = make_member()
    idea = make_idea(author, tags=("one", "two"))
    version = idea.version

    assert edit(browser(author), idea).status_code == 303

    assert (idea.version, idea.wording) == (version, 1)
    assert events_of("idea.edited") == []


def test_the_area_may_stay_although_it_takes_no_new_ideas(
    browser, make_member, make_idea, make_area
) -> None:
    author = make_member()
    idea, closed = make_idea(author), make_area("closed", closed_at=clock.now())
    home = db.session.get(Area, idea.area_id)
    home.closed_at = clock.now()
    db.session.commit()

    assert edit(browser(author), idea, need="Else.").status_code == 303
    assert idea.area_id == home.id
    assert edit(browser(author), idea, area=closed.key).status_code == 422
    assert idea.area_id == home.id


def test_what_someone_saved_meanwhile_is_not_overwritten(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author, need="First.")
    person, path = browser(author), f"/ideas/{idea.id}/edit"
    page = person.get(path)
    edit(browser(author), idea, need="From the phone.")

    answer = person.submit(page, path, need="From the desk.")

    assert answer.status_code == 409
    assert value(answer, "need") == "From the desk."
    assert "From the phone." in answer.text
    assert idea.need == "From the phone."
    # Seen, it may be replaced; both stay on record.
    assert person.submit(answer, path).status_code == 303
    assert kept(idea) == [(1, "First."), (2, "From the phone."), (3, "From the desk.")]


def test_a_decision_of_the_team_meanwhile_is_no_other_wording(
    browser, make_member, make_idea
) -> None:
    author = make_member()
    idea = make_idea(author)
    person = browser(author)
    page = person.get(f"/ideas/{idea.id}/edit")
    idea.stage, idea.version = Stage.PLANNED, idea.version + 1
    db.session.commit()

    answer = person.submit(page, f"/ideas/{idea.id}/edit", need="More.")

    assert answer.status_code == 303
    assert (idea.need, idea.stage) == ("More.", Stage.PLANNED)


def test_a_tag_that_staff_added_meanwhile_stays(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author, tags=("one", "two"))
    person, path = browser(author), f"/ideas/{idea.id}/edit"
    page = person.get(path)
    actions.set_tags(idea, ["one", "staff", "two"])
    db.session.commit()

    assert person.submit(page, path, tags="two, Three").status_code == 303
    assert queries.tags_of(idea.id) == ["staff", "three", "two"]
    # Seen, it is the author's to take away.
    assert edit(person, idea, tags="two").status_code == 303
    assert queries.tags_of(idea.id) == ["two"]


def test_too_many_tags_together_are_refused_and_kept(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author)
    person, path = browser(author), f"/ideas/{idea.id}/edit"
    page = person.get(path)
    actions.set_tags(idea, ["staff"])
    db.session.commit()
    typed = ", ".join(f"t{number}" for number in range(MOST_TAGS))

    answer = person.submit(page, path, tags=typed)

    # What there is too much of is seen.
    assert answer.status_code == 422
    assert "Keep at most" in answer.text
    assert value(answer, "tags") == f"staff, {typed}"
    assert queries.tags_of(idea.id) == ["staff"]
    assert person.submit(answer, path, tags=typed).status_code == 303
    assert queries.tags_of(idea.id) == typed.split(", ")


def test_a_form_without_its_number_overwrites_nothing(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author, need="First.")
    edit(browser(author), idea, need="Second.")
    for seen in ("", "0", "x", "99999999999999999999", "-2"):
        answer = edit(browser(author), idea, need="Over it.", seen=seen)
        assert answer.status_code == 409
    assert idea.need == "Second."


def test_what_is_missing_is_said_and_nothing_is_lost(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author, title="Stays")

    answer = edit(browser(author), idea, title="\x00", need="Kept on the page.")

    assert answer.status_code == 422
    assert value(answer, "need") == "Kept on the page."
    assert (idea.title, idea.wording) == ("Stays", 1)


def test_the_preview_saves_nothing(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author)
    answer = edit(browser(author), idea, do="preview", proposal="**bold**")
    assert answer.status_code == 200
    assert "<strong>bold</strong>" in answer.text
    assert idea.wording == 1


def test_a_held_idea_can_be_edited_and_stays_held(browser, make_member, make_idea) -> None:
    author = make_member(approved_count=0)
    idea = make_idea(author, visibility=Visibility.HELD)
    assert edit(browser(author), idea, need="Better.").status_code == 303
    assert (idea.need, idea.visibility) == ("Better.", Visibility.HELD)


@pytest.mark.parametrize("stage", sorted(DECIDED))
def test_a_decided_idea_is_part_of_the_record(browser, make_member, make_idea, stage) -> None:
    author = make_member()
    idea = make_idea(author, need="As it was.")
    person = browser(author)
    page = person.get(f"/ideas/{idea.id}/edit")
    idea.stage = stage
    db.session.commit()

    answer = person.submit(page, f"/ideas/{idea.id}/edit", need="Too late.")

    assert answer.status_code == 409
    assert value(answer, "need") == "Too late."
    assert browser(author).get(f"/ideas/{idea.id}/edit").status_code == 409
    assert browser(author).post(f"/ideas/{idea.id}/withdraw").status_code == 409
    assert (idea.need, idea.visibility) == ("As it was.", Visibility.PUBLIC)


@pytest.mark.parametrize("visibility", [Visibility.HIDDEN, Visibility.WITHDRAWN])
def test_what_was_hidden_or_taken_back_stays_as_it_is(
    browser, make_member, make_idea, visibility
) -> None:
    author = make_member()
    idea = make_idea(author, need="As it was.", visibility=visibility)
    assert browser(author).get(f"/ideas/{idea.id}/edit").status_code == 409
    posted = browser(author).post(f"/ideas/{idea.id}/edit", {"need": "x", "seen": "1"})
    assert posted.status_code == 409
    assert idea.need == "As it was."


@pytest.mark.parametrize("role", ["member", "moderator", "product", "admin"])
def test_only_the_author_edits_and_withdraws(browser, make_member, make_idea, role) -> None:
    idea, held = make_idea(), make_idea(visibility=Visibility.HELD)
    person = browser(make_member(role=role))
    for verb in ("edit", "withdraw"):
        assert person.get(f"/ideas/{idea.id}/{verb}").status_code == 403
        assert person.post(f"/ideas/{idea.id}/{verb}", {"need": "x"}).status_code == 403
        seen = 403 if role != "member" else 404
        assert person.get(f"/ideas/{held.id}/{verb}").status_code == seen
        assert person.post(f"/ideas/{held.id}/{verb}", {"need": "x"}).status_code == seen
    assert idea.wording == 1
    assert idea.visibility == Visibility.PUBLIC


def test_a_visitor_is_sent_to_sign_in_but_keeps_what_was_typed(browser, make_idea) -> None:
    idea = make_idea(visibility=Visibility.HELD)
    path = f"/ideas/{idea.id}/edit"
    assert browser().get(path).location == f"/sign-in?next=%2Fideas%2F{idea.id}%2Fedit"

    answer = browser().post(path, {"need": "Typed for an hour.", "seen": "1"})

    assert answer.status_code == 401
    assert value(answer, "need") == "Typed for an hour."
    assert idea.need not in answer.text


def test_a_page_that_lost_its_token_gives_the_words_back(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author)
    person, path = browser(author), f"/ideas/{idea.id}/edit"

    answer = person.post(path, {"need": "Typed for an hour.", "seen": "1"}, token=False)

    assert answer.status_code == 400
    assert idea.wording == 1
    assert person.submit(answer, path).status_code == 303
    assert idea.need == "Typed for an hour."


def test_an_imported_idea_keeps_how_it_came(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author, need="As imported.", wording=0)
    for wording in db.session.scalars(select(Wording)):
        db.session.delete(wording)
    db.session.commit()

    assert "reads as it always did" in browser().get(f"/ideas/{idea.id}/history").text
    assert edit(browser(author), idea, need="Edited.").status_code == 303
    assert kept(idea) == [(1, "As imported."), (2, "Edited.")]


# --- history ----------------------------------------------------------------------------------


def test_everyone_sees_what_an_edit_changed(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author, need="The zip is weak and small.")
    edit(browser(author), idea, need="The zip is strong and small.")

    page = browser().get(f"/ideas/{idea.id}/history")

    assert page.status_code == 200
    soup = BeautifulSoup(page.text, "html.parser")
    assert "weak" in soup.select_one("del").text
    assert "strong" in soup.select_one("ins").text
    # Said in words too, for those who do not see how it looks.
    assert "added:" in soup.select_one("ins").text
    assert "removed:" in soup.select_one("del").text
    assert author.name in page.text


def test_the_history_comes_page_by_page(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author, need="0")
    for number in range(1, wordings.CHANGES_A_PAGE + 3):
        edit(browser(author), idea, need=str(number))

    first = BeautifulSoup(browser().get(f"/ideas/{idea.id}/history").text, "html.parser")
    assert len(first.select("main ol > li > section")) == wordings.CHANGES_A_PAGE
    more = first.select_one("a[rel=next]")["href"]
    second = BeautifulSoup(browser().get(f"/ideas/{idea.id}/history{more}").text, "html.parser")
    assert len(second.select("main ol > li > section")) == 3
    assert second.select_one("a[rel=next]") is None
    # The last of the first page is compared with the first of the second one.
    assert len(first.select("main ol > li > section del")) == wordings.CHANGES_A_PAGE
    for cursor in ("x", "e30", "99999999", "\x00"):
        answer = browser().get(f"/ideas/{idea.id}/history", query_string={"after": cursor})
        assert answer.status_code == 200


def test_what_was_mended_before_it_was_public_stays_unseen(browser, make_member, make_idea) -> None:
    author = make_member(approved_count=0)
    idea = make_idea(author, need="Call me: 777 123 456.", published_at=None)
    idea.visibility = Visibility.HELD
    db.session.commit()
    edit(browser(author), idea, need="No number here.")
    idea.visibility, idea.published_at = Visibility.PUBLIC, clock.now()
    db.session.commit()
    with clock.at(clock.now() + timedelta(hours=1)):
        edit(browser(author), idea, need="No number here, really.")

    path = f"/ideas/{idea.id}/history"
    for person in (browser(), browser(make_member())):
        page = person.get(path)
        assert "777" not in page.text
        assert "really" in page.text
    for insider in (author, make_member(role="moderator")):
        assert "777" in browser(insider).get(path).text


@pytest.mark.parametrize("visibility", [Visibility.HIDDEN, Visibility.HELD, Visibility.WITHDRAWN])
def test_the_history_of_what_is_not_public_is_not_there(
    browser, make_member, make_idea, visibility
) -> None:
    author = make_member()
    idea = make_idea(author, need="zanzibar", visibility=visibility)
    path = f"/ideas/{idea.id}/history"
    for person in (browser(), browser(make_member())):
        page = person.get(path)
        assert page.status_code == 404
        assert "zanzibar" not in page.text
    assert browser(author).get(path).status_code == 200


@given(st.text(max_size=1000), st.text(max_size=1000))
def test_what_is_shown_of_a_change_leaves_out_only_what_stayed(old: str, new: str) -> None:
    pieces = words_diff(old, new)
    shown = wordings.gist(pieces)
    assert [what for what, _ in shown] == [what for what, _ in pieces]
    for (what, words), (_, all_words) in zip(shown, pieces, strict=True):
        assert words == all_words or (what == "same" and len(words) < len(all_words))


# --- withdrawing ------------------------------------------------------------------------------


def test_an_idea_taken_back_is_gone_for_all_but_its_author_and_the_team(
    browser, make_member, make_idea, events_of
) -> None:
    author = make_member()
    idea = make_idea(author)
    path = f"/ideas/{idea.id}/withdraw"

    answer = browser(author).submit(path, path, reason="Solved in the shop.")

    assert answer.status_code == 303
    assert idea.visibility == Visibility.WITHDRAWN
    (event,) = events_of("idea.withdrawn")
    assert (event.actor_id, event.data) == (author.id, {"reason": "Solved in the shop."})
    page = f"/ideas/{idea.id}-{idea.slug}"
    assert browser().get(page).status_code == 404
    assert browser(make_member()).get(page).status_code == 404
    assert browser(author).get(page).status_code == 200


def test_taking_it_back_twice_changes_nothing(browser, make_member, make_idea, events_of) -> None:
    author = make_member()
    idea = make_idea(author)
    for _ in range(2):
        assert browser(author).post(f"/ideas/{idea.id}/withdraw").status_code == 303
    assert len(events_of("idea.withdrawn")) == 1


def test_what_a_moderator_hid_cannot_be_taken_back(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author, visibility=Visibility.HIDDEN)
    assert browser(author).post(f"/ideas/{idea.id}/withdraw").status_code == 409
    assert idea.visibility == Visibility.HIDDEN


def test_a_reason_that_is_too_long_is_refused_and_kept(browser, make_member, make_idea) -> None:
    author = make_member()
    idea = make_idea(author)
    answer = browser(author).post(f"/ideas/{idea.id}/withdraw", {"reason": "x" * 501})
    assert answer.status_code == 422
    assert value(answer, "reason") == "x" * 501
    assert idea.visibility == Visibility.PUBLIC
