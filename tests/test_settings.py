"""A member's own settings: profile, address, password, leaving."""

from collections.abc import Callable
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from flask import Flask
from sqlalchemy import func, select

from cocreate import clock
from cocreate.accounts import actions, passwords, proofs, queries
from cocreate.accounts.models import MailChoice, Member, MemberSession
from cocreate.errors import Closed
from cocreate.extensions import db
from cocreate.ideas.actions import set_tags
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.votes.models import Vote

PASSWORD = "three words long"
HASH = passwords.hashed(PASSWORD)
PAGES = ("", "/address", "/password", "/sessions", "/close")


@pytest.fixture
def eva(make_member: Callable[..., Member]) -> Member:
    return make_member(name="Eva", email="eva@example.com", password_hash=HASH)


@pytest.fixture
def written(app: Flask) -> Callable[[], list[EmailMessage]]:
    """written(): the mails that went out, in the order they did."""
    folder = app.config["SETTINGS"].data / "mail"
    for old in folder.glob("*.eml"):
        old.unlink()
    return lambda: [
        BytesParser(policy=policy.default).parsebytes(one.read_bytes())
        for one in sorted(folder.glob("*.eml"))
    ]


def words(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content())


@pytest.mark.parametrize("page", PAGES)
def test_settings_are_for_their_owner(browser, eva, page):
    visitor = browser().get(f"/settings{page}")
    assert (visitor.status_code, visitor.location[:8]) == (303, "/sign-in")

    own = browser(eva).get(f"/settings{page}")
    assert own.status_code == 200
    assert own.headers["Cache-Control"] == "private, no-store"
    assert (eva.email in own.text) == (page == "/address")


def test_a_profile_is_changed(browser, eva, events_of):
    answer = browser(eva).submit(
        "/settings",
        "/settings",
        name="Eva Nová",
        about="Repairs tents.\r\nAnd shoes.",
        language="cs",
        theme="dark",
        timezone="America/New_York",
        mail_choice="daily",
    )

    assert answer.status_code == 303
    member = db.session.get(Member, eva.id)
    assert (member.name, member.language, member.theme) == ("Eva Nová", "cs", "dark")
    assert (member.timezone, member.mail_choice) == ("America/New_York", MailChoice.DAILY)
    assert member.about == "Repairs tents.\nAnd shoes."
    (renamed,) = events_of("member.renamed")
    assert renamed.data == {}
    assert queries.by_name("EVA NOVÁ") == member
    page = browser(member).get("/settings").text
    assert 'data-theme="dark"' in page
    assert '<html lang="cs"' in page


def test_saving_unchanged_changes_nothing(browser, eva, events_of):
    assert browser(eva).submit("/settings", "/settings").status_code == 303
    assert events_of("member.renamed") == []


def test_one_may_write_ones_own_name_otherwise(browser, eva):
    assert browser(eva).submit("/settings", "/settings", name="EVA").status_code == 303
    assert db.session.get(Member, eva.id).name == "EVA"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "Taken"},
        {"name": "ＴＡＫＥＮ"},
        {"name": "\x00"},
        {"name": "eva@example.com"},
        {"about": "x" * 501},
        {"language": "xx"},
        {"theme": "<b>"},
        {"timezone": "Europe/Nowhere"},
        {"timezone": "../etc/passwd"},
        {"mail_choice": "hourly"},
        {"mail_choice": ""},
    ],
)
def test_a_wrong_profile_is_shown_again(browser, eva, make_member, fields):
    make_member(name="Taken")

    answer = browser(eva).submit("/settings", "/settings", **{"about": "Typed", **fields})

    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert "about" in fields or "Typed" in answer.text
    member = db.session.get(Member, eva.id)
    assert (member.name, member.about, member.timezone) == ("Eva", "", "Europe/Prague")


def test_an_address_is_changed_by_a_link_to_the_new_one(browser, eva, events_of):
    someone = browser(eva)
    answer = someone.submit(
        "/settings/address", "/settings/address", email="new@example.com", password=PASSWORD
    )
    assert answer.status_code == 303
    assert "new@example.com" in someone.get("/settings/address").text
    member = db.session.get(Member, eva.id)
    assert (member.email, member.new_email) == ("eva@example.com", "new@example.com")
    assert [one.member_id for one in events_of("member.address_asked")] == [eva.id]

    link = f"/confirm/{proofs.confirm_token(member, member.new_email)}"
    assert someone.submit(link, link).location == "/settings/address"

    member = db.session.get(Member, eva.id)
    assert (member.email, member.email_key) == ("new@example.com", "new@example.com")
    assert member.new_email is None
    assert queries.by_email("eva@example.com") is None
    assert len(events_of("member.address_changed")) == 1
    assert someone.get(link).status_code == 410


def test_the_old_address_is_told_before_the_new_one(browser, eva, work, written):
    actions.ask_address(eva, "new@example.com")
    work()

    assert [(one["To"].addresses[0].addr_spec, "/confirm/" in words(one)) for one in written()] == [
        ("eva@example.com", False),
        ("new@example.com", True),
    ]


def test_joining_with_an_address_that_waits_sets_a_new_password(make_member, work, written):
    """Somebody else may have joined with it first, and would know the password."""
    make_member(email="eva@example.com", email_confirmed_at=None)
    actions.join("Eva", "eva@example.com", PASSWORD, "en")
    work()

    (mail,) = written()
    assert "/reset/" in words(mail)
    assert "/confirm/" not in words(mail)


def test_an_address_of_another_is_answered_the_same_and_never_taken(browser, eva, make_member):
    other = make_member(name="Other", email="other@example.com")
    pages = []
    for address in ("other@example.com", "free@example.com"):
        someone = browser(eva)
        someone.submit("/settings/address", "/settings/address", email=address, password=PASSWORD)
        page = someone.get("/settings/address").text
        pages.append(page.replace(address, "").split("<main")[1])
    token = 'name="csrf_token" value="'
    plain = ["".join(one.split('"')[-1] for one in page.split(token)) for page in pages]
    assert plain[0] == plain[1]

    actions.ask_address(eva, "other@example.com")
    db.session.commit()
    link = f"/confirm/{proofs.confirm_token(eva, 'other@example.com')}"
    refused = browser().post(link)

    assert refused.status_code == 409
    assert db.session.get(Member, eva.id).email == "eva@example.com"
    assert db.session.get(Member, other.id).email == "other@example.com"


def test_an_address_that_nobody_confirmed_goes_to_who_does(app, eva, make_member):
    squatter = make_member(email="new@example.com", email_confirmed_at=None)
    actions.ask_address(eva, "new@example.com")

    actions.change_address(eva, "new@example.com")
    db.session.commit()
    db.session.refresh(squatter)

    assert eva.email == "new@example.com"
    assert squatter.email is None
    with pytest.raises(Closed):
        actions.change_address(make_member(), "new@example.com")


def test_staying_with_the_old_address_kills_the_link(browser, eva):
    actions.ask_address(eva, "new@example.com")
    db.session.commit()
    link = f"/confirm/{proofs.confirm_token(eva, 'new@example.com')}"

    browser(eva).submit("/settings/address", "/settings/address/keep")

    assert browser().post(link).status_code == 410


@pytest.mark.parametrize("email", ["", "x", "eva@example.com", "EVA@example.com", "a@b\x00.com"])
def test_a_wrong_address_is_shown_again(browser, eva, email):
    answer = browser(eva).submit(
        "/settings/address", "/settings/address", email=email, password=PASSWORD
    )
    assert answer.status_code in (303, 422)
    assert (answer.status_code == 303) == (email == "a@b\x00.com")
    assert db.session.get(Member, eva.id).email == "eva@example.com"


def test_addresses_cannot_be_asked_for_without_end(browser, eva):
    someone = browser(eva)
    codes = [
        someone.submit(
            "/settings/address",
            "/settings/address",
            email=f"new{number}@example.com",
            password=PASSWORD,
        ).status_code
        for number in range(6)
    ]
    assert codes == [303] * 5 + [422]


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("address", {"email": "new@example.com"}),
        ("password", {"new_password": "quite another one"}),
        ("close", {}),
    ],
)
def test_a_session_alone_is_not_enough(browser, eva, page, fields):
    path = f"/settings/{page}"

    answer = browser(eva).submit(path, path, password="not the one", **fields)

    assert answer.status_code == 422
    assert "This is not your password" in answer.text
    assert "not the one" not in answer.text
    member = db.session.get(Member, eva.id)
    assert (member.password_hash, member.new_email, member.closed_at) == (HASH, None, None)


def test_a_new_password_ends_all_other_sessions(browser, eva, events_of):
    here, there = browser(eva), browser(eva)

    answer = here.submit(
        "/settings/password",
        "/settings/password",
        password=PASSWORD,
        new_password="quite another one",
    )

    assert answer.status_code == 303
    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 303
    assert len(events_of("member.password_changed")) == 1
    assert passwords.fits(db.session.get(Member, eva.id).password_hash, "quite another one")


def test_a_poor_new_password_is_blamed_where_it_stands(browser, eva):
    answer = browser(eva).submit(
        "/settings/password", "/settings/password", password=PASSWORD, new_password="short"
    )

    assert answer.status_code == 422
    assert 'id="new_password-error"' in answer.text
    assert 'id="password-error"' not in answer.text


def test_leaving_takes_the_person_and_leaves_the_words(
    browser, eva, make_idea, vote, make_member, events_of
):
    idea = make_idea(eva, title="Stays here")
    now = clock.now()
    draft = Idea(
        author_id=eva.id,
        language="en",
        title="Draft of hers",
        visibility=Visibility.DRAFT,
        stage=Stage.NEW,
        created_at=now,
        stage_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    set_tags(draft, ["tents"])
    other = make_idea(title="By another")
    vote(eva, other)
    eva.about = "Secret of hers"
    number = eva.id
    reset = proofs.reset_token(eva)
    someone = browser(eva)

    answer = someone.submit("/settings/close", "/settings/close", password=PASSWORD)

    assert answer.location == "/"
    assert someone.get("/settings").status_code == 303
    member = db.session.get(Member, number)
    assert member.name == f"Former member #{number}"
    assert {member.email, member.email_key, member.password_hash, member.about} == {None, ""}
    assert member.closed_at is not None
    assert db.session.scalar(select(func.count()).select_from(MemberSession)) == 0
    assert db.session.get(Idea, idea.id).title == "Stays here"
    drafts = select(func.count()).where(Idea.visibility == Visibility.DRAFT)
    assert db.session.scalar(drafts) == 0
    assert db.session.get(Vote, (number, other.id)) is not None
    assert db.session.get(Idea, other.id).vote_count == 1
    assert len(events_of("member.closed")) == 1
    assert proofs.read_reset(reset) is None
    profile = browser().get(f"/members/Former member %23{number}")
    assert profile.status_code == 200
    assert "Secret of hers" not in profile.text
    assert "Stays here" in profile.text
    assert browser().get("/members/Eva").status_code == 404
    assert (
        browser()
        .post("/join", {"name": "Eva", "email": "eva@example.com", "password": PASSWORD})
        .status_code
        == 303
    )


def test_a_former_member_is_named_in_their_language(app, make_member):
    member = make_member(language="cs")
    actions.close(member)
    db.session.commit()

    assert member.name.endswith(f"#{member.id}")
    assert queries.by_name(member.name) == member


def test_the_last_admin_cannot_leave(browser, make_member):
    admin = make_member(role="admin", password_hash=HASH)

    answer = browser(admin).submit("/settings/close", "/settings/close", password=PASSWORD)

    assert answer.status_code == 409
    assert db.session.get(Member, admin.id).closed_at is None


def test_unconfirmed_people_see_their_settings(browser, make_member):
    someone = browser(make_member(email_confirmed_at=None))

    assert someone.get("/settings").status_code == 200
    assert someone.get("/settings/sessions").status_code == 200


def test_a_link_is_for_one_address_only(app, eva):
    actions.ask_address(eva, "one@example.com")
    db.session.commit()
    link = proofs.confirm_token(eva, "one@example.com")
    with clock.at(clock.now() + timedelta(minutes=1)):
        actions.ask_address(eva, "two@example.com")
        db.session.commit()

    assert proofs.read_confirm(link) is None
    assert proofs.read_confirm(proofs.confirm_token(eva, "two@example.com")) == (
        eva,
        "two@example.com",
    )
