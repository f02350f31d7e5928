"""What people come for, done in four ways: `docs/tasks.md` is the list.

Each task is told once and done by keyboard alone, without script, at 320 px and with text
twice as large. What a browser shows does not depend on the database, so one is enough here:
SQLite, which needs no server; what each of them keeps is tested beside the verbs.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from cocreate import clock, events, site
from cocreate.accounts import passwords, proofs
from cocreate.accounts.models import MailChoice, Member, MemberSession, Role
from cocreate.backlog.models import Answer
from cocreate.discussion.models import Comment, CommentKind
from cocreate.events import Delivery
from cocreate.exchange.models import ImportRun
from cocreate.extensions import db
from cocreate.ideas.models import Area, Idea, Stage, Visibility
from cocreate.moderation.models import Ruling
from cocreate.notices.models import Notice, SavedSearch, Watch
from cocreate.notices.tokens import stop_token
from cocreate.search import counting
from cocreate.search.training import learn_now
from cocreate.votes.models import Vote
from tests.people import OPTIONS, WAYS, Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LIST = Path(__file__).parent.parent / "docs" / "tasks.md"
PASSWORD = "three words long"


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def person(way: str, visit: Callable[..., Any]) -> Callable[..., Person]:
    """person(member) is signed in, person() is a visitor; each does things in the test's way."""
    return lambda member=None: Person(visit(member, **OPTIONS[way]), way)


@pytest.fixture(autouse=True)
def area(make_area: Callable[..., Any]) -> Any:
    return make_area("packs")


def read(what: Select[Any]) -> list[Any]:
    """Rows as they are now. A transaction left open would hold up the server's."""
    db.session.rollback()
    rows = list(db.session.scalars(what))
    db.session.rollback()
    return rows


def one(what: Select[Any]) -> Any:
    """The only such row, or None."""
    rows = read(what)
    assert len(rows) <= 1, rows
    return rows[0] if rows else None


def becomes(what: Select[Any], value: Any) -> bool:
    """Whether the only such row is so soon: what script does shows before it is taken."""
    until = time.monotonic() + 10
    while one(what) != value:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def path_of(idea: Idea) -> str:
    path = f"/ideas/{idea.id}-zips"
    # As above: nobody else could write.
    db.session.rollback()
    return path


# --- customers --------------------------------------------------------------------------------


def test_join(person: Any) -> None:
    me = person()
    me.go("/")
    me.follow("Join")
    me.write("Name", "Jana")
    me.write("E-mail address", "jana@example.com")
    me.write("Password", PASSWORD)
    me.press("Join")

    me.reads("Look into your mail")
    assert one(select(Member.email).where(Member.name == "Jana")) == "jana@example.com"


def test_confirm_an_address(person: Any, make_member: Any) -> None:
    member = make_member(email_confirmed_at=None)
    link = f"/confirm/{proofs.confirm_token(member, member.email)}"
    member_id = member.id
    me = person()
    me.go(link)
    me.press("Confirm the address")

    me.reads("your address is confirmed")
    assert one(select(Member.email_confirmed_at).where(Member.id == member_id))


def test_sign_in(person: Any, make_member: Any) -> None:
    member = make_member(name="Jana", password_hash=passwords.hashed(PASSWORD))
    email = member.email
    me = person()
    me.go("/")
    me.follow("Sign in")
    me.write("E-mail address", email)
    me.press("Sign in")
    me.stands_at_the_faults()
    me.write("Password", PASSWORD)
    me.press("Sign in")

    assert one(select(func.count(MemberSession.id))) == 1
    me.open("Your account")
    me.reads("Jana")


def test_choose_a_new_password(person: Any, make_member: Any) -> None:
    member = make_member(password_hash=passwords.hashed("another old one"))
    link, email, member_id = f"/reset/{proofs.reset_token(member)}", member.email, member.id
    me = person()
    me.go("/sign-in")
    me.follow("Forgotten password")
    me.write("E-mail address", email)
    me.press("Send the link")
    me.reads("Look into your mail")
    me.go(link)
    me.write("New password", PASSWORD)
    me.press("Set the password")

    kept = one(select(Member.password_hash).where(Member.id == member_id))
    assert passwords.fits(kept, PASSWORD)


def test_propose_an_idea(person: Any, make_member: Any) -> None:
    me = person(make_member())
    me.go("/")
    me.follow("Propose an idea")
    me.press("Send the idea")
    me.stands_at_the_faults()
    me.follow("Give the idea a title.")
    me.write("Title", "A pocket")
    me.write("What is missing or hurts?", "My keys fell out.")
    me.write("What should we do about it?", "A zip.")
    me.choose("Area", "Packs")
    me.press("Send the idea")

    me.reads("My keys fell out.")
    idea = one(select(Idea))
    assert (idea.title, idea.visibility) == ("A pocket", Visibility.PUBLIC)


def test_keep_a_draft_and_go_on_with_it(person: Any, make_member: Any) -> None:
    me = person(make_member())
    me.go("/ideas/new")
    me.write("Title", "A pocket")
    me.write("What is missing or hurts?", "My keys fell out.")
    me.press("Save as a draft")
    assert one(select(Idea.visibility)) == Visibility.DRAFT
    me.go("/ideas/new")
    me.follow("A pocket")
    me.write("What should we do about it?", "A zip.")
    me.choose("Area", "Packs")
    me.press("Send the idea")

    idea = one(select(Idea))
    assert (idea.need, idea.visibility) == ("My keys fell out.", Visibility.PUBLIC)


def test_edit_an_idea(person: Any, make_member: Any, make_idea: Any) -> None:
    author = make_member()
    me = person(author)
    me.go(path_of(make_idea(author, title="Zips")))
    me.follow("Edit")
    me.write("Title", "Strong zips")
    me.press("Save the changes")

    me.reads("Strong zips")
    assert one(select(Idea.title)) == "Strong zips"


def test_take_an_idea_back(person: Any, make_member: Any, make_idea: Any) -> None:
    author = make_member()
    me = person(author)
    me.go(path_of(make_idea(author, title="Zips")))
    me.follow("Withdraw")
    me.write("Why do you take it back?", "I found one.")
    me.press("Take it back")

    me.reads("This idea was withdrawn")
    assert one(select(Idea.visibility)) == Visibility.WITHDRAWN


def test_find_an_idea(person: Any, make_idea: Any, work: Any) -> None:
    make_idea(title="Zips")
    make_idea(title="Lids")
    work()
    me = person()
    me.go("/")
    me.search("Search ideas", "zips")
    me.misses("Lids")
    me.follow("Zips")

    assert me.page.url.endswith("-zips")


def test_mend_a_slip_of_the_finger(person: Any, make_idea: Any, work: Any) -> None:
    for title in ("Sturdy zips", "Sturdy lids"):
        make_idea(title=title)
    work()
    learn_now()
    db.session.commit()
    me = person()
    me.go("/")
    me.search("Search ideas", "strudy")
    me.reads("Nothing was found")
    me.follow("sturdy")

    me.reads("Sturdy zips")
    me.reads("Sturdy lids")


def test_propose_what_nobody_proposed(
    person: Any, make_member: Any, make_idea: Any, work: Any
) -> None:
    make_idea(title="Zips")
    work()
    me = person(make_member())
    me.go("/search?q=ladders+for+dogs")
    me.reads("Nothing was found")
    me.follow("Propose it yourself")
    me.write("What is missing or hurts?", "My dog cannot climb into the train.")
    me.write("What should we do about it?", "A ladder at each door.")
    me.choose("Area", "Packs")
    me.press("Send the idea")

    me.reads("A ladder at each door.")
    assert one(select(Idea.title).where(Idea.title != "Zips")) == "ladders for dogs"


def test_narrow_what_was_found(person: Any, make_idea: Any, work: Any) -> None:
    make_idea(title="Zips", stage=Stage.PLANNED)
    make_idea(title="Lids for zips")
    work()
    me = person()
    me.go("/search?q=zip")
    me.reads("2 ideas")
    me.follow(re.compile("^Planned"))
    me.reads("1 idea")
    me.misses("Lids for zips")
    me.follow("Newest")
    me.follow("Remove the filter: Planned")

    me.reads("2 ideas")
    assert me.page.url.endswith("/search?sort=new&q=zip")


def test_narrow_the_list(person: Any, make_idea: Any) -> None:
    make_idea(title="Zips", stage=Stage.PLANNED)
    make_idea(title="Lids")
    me = person()
    me.go("/ideas")
    me.follow("Newest")
    me.choose("Stage", "Planned")
    me.press("Show")
    me.reads("Zips")
    me.misses("Lids")
    me.follow("Remove the filter: Planned")

    me.reads("Lids")


def test_support_an_idea_and_take_it_back(
    person: Any, way: str, make_member: Any, make_idea: Any
) -> None:
    idea = make_idea(title="Zips")
    member = make_member()
    votes = select(func.count()).select_from(Vote).where(Vote.member_id == member.id)
    me = person(member)
    me.go(path_of(idea))
    me.press(re.compile("Support: Zips"))
    assert becomes(votes, 1)
    me.press(re.compile("Zips$"))
    assert becomes(votes, 0)
    me.go("/ideas?sort=new")
    me.press(re.compile("Zips$"))

    assert becomes(votes, 1)


def test_comment_on_an_idea(person: Any, make_member: Any, make_idea: Any) -> None:
    me = person(make_member())
    me.go(path_of(make_idea(title="Zips")))
    me.press("Send the comment")
    me.stands_at_the_faults()
    me.write("Your comment", "How strong are they?")
    me.tick("Question")
    me.press("Send the comment")

    me.reads("How strong are they?")
    assert one(select(Comment.kind)) == CommentKind.QUESTION


def test_reply_to_a_comment(
    person: Any, make_member: Any, make_idea: Any, make_comment: Any
) -> None:
    idea = make_idea(title="Zips")
    first = make_comment(idea, make_member(name="Eva")).id
    me = person(make_member())
    me.go(path_of(idea))
    me.follow("Reply to Eva")
    me.write("Your comment", "So it is.")
    me.press("Send the comment")

    me.reads("So it is.")
    assert one(select(Comment.body).where(Comment.parent_id == first)) == "So it is."


def test_edit_a_comment(person: Any, make_member: Any, make_idea: Any, make_comment: Any) -> None:
    idea, author = make_idea(title="Zips"), make_member()
    make_comment(idea, author, body="So it iss.")
    me = person(author)
    me.go(path_of(idea))
    me.follow("Edit")
    me.write("Your comment", "So it is.")
    me.press("Save")

    me.reads("So it is.")
    assert one(select(Comment.body)) == "So it is."


def test_watch_an_idea_and_stop(person: Any, make_member: Any, make_idea: Any) -> None:
    member = make_member()
    found = select(Watch.stopped_at).where(Watch.member_id == member.id)
    me = person(member)
    me.go(path_of(make_idea(title="Zips")))
    me.press("Watch this idea")
    assert read(found) == [None]
    me.press("Stop watching")

    assert one(found)


def test_read_what_is_new(
    person: Any, make_member: Any, make_idea: Any, make_comment: Any, work: Any
) -> None:
    author = make_member()
    idea = make_idea(author, title="Zips")
    work()
    make_comment(idea, make_member(name="Eva"), body="So it is.")
    work()
    me = person(author)
    me.go("/")
    me.follow(re.compile("Notices, 1 unread"))
    me.press(re.compile("Eva commented"))

    me.reads("So it is.")
    assert one(select(Notice.read_at))


def test_choose_when_to_hear_by_mail(person: Any, make_member: Any) -> None:
    member = make_member()
    member_id = member.id
    me = person(member)
    me.go("/")
    me.follow("Settings")
    me.tick("Once a day, in one mail")
    me.press("Save")

    kept = select(Member.mail_choice).where(Member.id == member_id)
    assert one(kept) == MailChoice.DAILY


def test_save_a_search_and_hear_of_a_new_idea(
    person: Any, make_member: Any, make_idea: Any, work: Any
) -> None:
    me = person(make_member())
    me.go("/")
    me.search("Search ideas", "warm boots")
    me.press("Save this search")
    me.reads("You hear of new ideas for “warm boots” from now on.")
    make_idea(title="A boot that is warm in snow")
    work()
    me.go("/")
    me.follow(re.compile("Notices, 1 unread"))
    me.press(re.compile("1 new idea for your search"))
    me.reads("A boot that is warm in snow")
    assert one(select(Notice.read_at))
    me.go("/notices")
    me.follow("Saved searches")
    me.press(re.compile("End it .*warm boots"))

    me.reads("No saved searches yet")
    assert one(select(SavedSearch.ended_at))
    me.press("Undo")
    assert read(select(SavedSearch.ended_at)) == [None]


def test_stop_mails_by_their_link(person: Any, make_member: Any, make_idea: Any, work: Any) -> None:
    author = make_member()
    idea = make_idea(author, title="Zips")
    work()
    link = f"/unsubscribe/{stop_token(author.id, idea.id)}"
    me = person()
    me.go(link)
    me.press("Those about this idea")

    me.reads("We write to you no more about this idea")
    assert one(select(Watch.stopped_at))


def test_read_in_another_language_and_in_the_dark(person: Any, make_member: Any) -> None:
    member = make_member()
    member_id = member.id
    me = person(member)
    me.go("/settings")
    me.tick("Dark")
    me.press("Save")
    assert one(select(Member.theme).where(Member.id == member_id)) == "dark"
    assert me.page.locator("html").get_attribute("data-theme") == "dark"
    me.press("Čeština")

    me.reads("Nastavení")
    assert one(select(Member.language).where(Member.id == member_id)) == "cs"


# --- moderators -------------------------------------------------------------------------------


def test_let_something_in(person: Any, make_member: Any, make_idea: Any) -> None:
    make_idea(title="Zips", visibility=Visibility.HELD)
    me = person(make_member(role="moderator"))
    me.go("/")
    me.follow("Moderation")
    me.press("Let it in")

    assert one(select(Idea.visibility)) == Visibility.PUBLIC


def test_hide_something_with_its_reason(person: Any, make_member: Any, make_idea: Any) -> None:
    make_idea(title="Zips", visibility=Visibility.HELD)
    me = person(make_member(role="moderator"))
    me.go("/moderation")
    me.open("Hide it")
    me.choose("Reason", "Advertising")
    me.press("Hide it")
    me.stands_at_the_faults()
    me.write("Words to the author", "It is about a shop.")
    me.press("Hide it")

    assert one(select(Idea.visibility)) == Visibility.HIDDEN


def test_undo_a_decision_and_read_the_log(person: Any, make_member: Any, make_idea: Any) -> None:
    make_idea(title="Zips", visibility=Visibility.HELD)
    me = person(make_member(role="moderator", name="Milan"))
    me.go("/moderation")
    me.press("Let it in")
    me.press("Undo")
    assert one(select(Idea.visibility)) == Visibility.HELD
    assert one(select(Ruling.undone_at))
    me.follow("Public log")

    me.reads("undone")
    me.reads(re.compile("Milan"))


# --- the product team -------------------------------------------------------------------------


def test_answer_and_move_an_idea(person: Any, make_member: Any, make_idea: Any) -> None:
    make_idea(title="Zips")
    me = person(make_member(role="product"))
    me.go("/")
    me.follow("Backlog")
    me.press("I look after it")
    assert one(select(Idea.owner_id))
    me.follow("Answer it Zips")
    me.choose("Stage", "Planned")
    me.write("Answer", "We will do it in spring.")
    me.press("Publish the answer")

    assert one(select(Idea.stage)) == Stage.PLANNED
    assert one(select(Answer.body)) == "We will do it in spring."


def test_decline_with_a_reason(person: Any, make_member: Any, make_idea: Any) -> None:
    me = person(make_member(role="product"))
    me.go(path_of(make_idea(title="Zips")))
    me.choose("Stage", "Declined")
    me.press("Publish the answer")
    me.stands_at_the_faults()
    assert one(select(Idea.stage)) == Stage.NEW
    me.write("Answer", "Zips break in the cold, and we cannot mend them.")
    me.press("Publish the answer")

    me.reads("Zips break in the cold")
    assert one(select(Idea.stage)) == Stage.DECLINED


def test_make_a_synonym_of_a_search_that_found_nothing(
    person: Any, make_member: Any, make_idea: Any, work: Any
) -> None:
    make_idea(title="Returnable cups")
    work()
    counting.add([counting.Asked("goblets", "goblets", 3, 3, 0, [])])
    db.session.commit()
    me = person(make_member(role="product"))
    me.go("/")
    me.follow("Searches")
    me.follow("goblets")
    me.write("finds ideas with this as well", "cup")
    me.press("Add the synonym")
    me.reads("The synonym works from the next search on.")
    me.misses("goblets")
    me.go("/search?q=goblet")

    me.reads("Returnable cups")
    me.reads("we looked for cup, too")


# --- admins -----------------------------------------------------------------------------------


def test_give_somebody_a_role(person: Any, make_member: Any) -> None:
    make_member(name="Eva")
    me = person(make_member(role="admin"))
    me.go("/")
    me.follow("Admin")
    me.follow("Members")
    me.search("Name or address", "eva")
    me.choose("Role of Eva", "Moderator")
    me.press("Change")

    assert one(select(Member.role).where(Member.name == "Eva")) == Role.MODERATOR


def test_change_the_rules_of_the_portal(person: Any, make_member: Any) -> None:
    me = person(make_member(role="admin"))
    me.go("/admin")
    me.follow("Settings")
    me.write("Days until an answer", "0")
    me.press("Save")
    me.stands_at_the_faults()
    me.write("Days until an answer", "20")
    me.press("Save")

    db.session.rollback()
    db.session.info.pop("site", None)
    assert site.load().answer_days == 20
    db.session.rollback()


def test_add_an_area(person: Any, make_member: Any) -> None:
    me = person(make_member(role="admin"))
    me.go("/admin")
    me.follow("Areas")
    me.write("Name", "Obchody")
    me.press("Add the area")

    me.reads("Obchody")
    assert len(read(select(Area.id))) == 2


def test_import_ideas_from_a_file(person: Any, make_member: Any, work: Any) -> None:
    me = person(make_member(role="admin"))
    me.go("/admin")
    me.follow("Import")
    me.attach("Files", "ideas.csv", b"id,title,description\n1,A bench,People stand.\n")
    me.press("Look at them")
    me.reads("A bench")
    me.press("Import now")
    work()

    assert one(select(Idea.title)) == "A bench"
    me.go(f"/admin/import/{one(select(ImportRun.id))}")
    me.reads("Imported")


def test_send_again_what_failed(person: Any, make_member: Any) -> None:
    event_id = events.record("vote.taken_back", None)
    failed = Delivery(
        event_id=event_id, consumer="notices", tries=8, failed_at=clock.now(), error="ValueError"
    )
    db.session.add(failed)
    me = person(make_member(role="admin"))
    me.go("/admin")
    me.follow("Deliveries")
    me.press("Retry")

    me.reads("Nothing failed")
    assert not read(select(Delivery.id).where(Delivery.failed_at.is_not(None)))


# --- the list ---------------------------------------------------------------------------------


def test_the_list_names_every_task_that_is_done_here() -> None:
    listed = re.findall(r"`(test_\w+)`", LIST.read_text())
    done = [
        name
        for name, function in globals().items()
        if name.startswith("test_") and "person" in function.__code__.co_varnames
    ]

    assert listed == done
    assert len(done) >= 25
