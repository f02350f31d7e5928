"""Joining, confirming an address, what others see of a member."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Engine, event, func, select

from cocreate import clock, database
from cocreate.accounts import actions, passwords, proofs
from cocreate.accounts.models import Member, Role, email_key, name_key
from cocreate.errors import Closed, Invalid, Refusal
from cocreate.extensions import db
from cocreate.ideas import by_author
from cocreate.ideas.models import Stage, Visibility

PASSWORD = "three words long"


def filled(**fields: Any) -> dict[str, Any]:
    return {"name": "Eva", "email": "eva@example.com", "password": PASSWORD, **fields}


def member_of(email: str) -> Member | None:
    return db.session.scalar(select(Member).where(Member.email_key == email_key(email)))


@pytest.fixture
def effort(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], Any]:
    """effort(act): (statements by kind of statement and table, passwords weighed) of an act."""

    def measure(act: Callable[[], Any]) -> tuple[list[str], int]:
        said: list[str] = []
        weighed = [0]

        def hear(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            said.append(" ".join(statement.split()[:3]))

        class Counting(passwords.PasswordHasher):
            def hash(self, *given: Any, **more: Any) -> str:
                weighed[0] += 1
                return super().hash(*given, **more)

            def verify(self, *given: Any, **more: Any) -> Any:
                weighed[0] += 1
                return super().verify(*given, **more)

        monkeypatch.setattr(passwords, "_hasher", Counting())
        event.listen(Engine, "before_cursor_execute", hear)
        try:
            act()
        finally:
            event.remove(Engine, "before_cursor_execute", hear)
        # Savepoints are numbered.
        return [one.rsplit("sa_", 1)[0] for one in said], weighed[0]

    return measure


def test_who_joins_confirms_and_signs_in(browser, events_of):
    eva = browser()

    sent = eva.submit("/join", "/join", **filled())
    assert (sent.status_code, sent.location) == (303, "/join/sent")
    assert "eva@example.com" not in eva.get("/join/sent").text
    member = member_of("eva@example.com")
    assert [one.member_id for one in events_of("member.joined")] == [member.id]
    assert eva.get("/members/Eva").status_code == 404

    link = f"/confirm/{proofs.confirm_token(member, member.email)}"
    assert eva.get(link).status_code == 200
    assert db.session.get(Member, member.id).email_confirmed_at is None
    confirmed = eva.submit(link, link)
    assert (confirmed.status_code, confirmed.location) == (303, "/sign-in")
    assert db.session.get(Member, member.id).email_confirmed_at is not None
    assert [one.member_id for one in events_of("member.confirmed")] == [member.id]

    page = eva.get("/sign-in")
    assert 'value="eva@example.com"' in page.text
    inside = eva.submit(page, "/sign-in", password=PASSWORD)
    assert (inside.status_code, inside.location) == (303, "/")
    assert eva.get("/settings").status_code == 200


def test_a_link_works_once_and_says_so(browser):
    eva = browser()
    eva.post("/join", filled())
    member = member_of("eva@example.com")
    link = f"/confirm/{proofs.confirm_token(member, member.email)}"
    eva.post(link)

    again = eva.get(link)

    assert again.status_code == 410
    assert "used" in again.text
    assert eva.post(link).status_code == 410
    assert again.headers["Referrer-Policy"] == "strict-origin"
    assert again.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["x", "%00", "a.b.c", "%ff%fe", "../..", "W10.a.b", "é" * 500])
def test_a_link_that_is_none_is_no_error(browser, token):
    assert browser().get(f"/confirm/{token}").status_code in (404, 410)
    assert browser().post(f"/reset/{token}", {"password": PASSWORD}).status_code in (404, 410)


def test_links_grow_old(app, make_member):
    member = make_member(email_confirmed_at=None)
    confirm, reset = proofs.confirm_token(member, member.email), proofs.reset_token(member)
    now = clock.now()

    with clock.at(now + timedelta(days=2, hours=23)):
        assert proofs.read_confirm(confirm) == (member, member.email)
    with clock.at(now + timedelta(days=3, minutes=1)):
        assert proofs.read_confirm(confirm) is None
    with clock.at(now + timedelta(minutes=59)):
        assert proofs.read_reset(reset) == member
    with clock.at(now + timedelta(minutes=61)):
        assert proofs.read_reset(reset) is None


def test_a_link_is_for_its_own_purpose(app, make_member):
    member = make_member(email_confirmed_at=None)

    assert proofs.read_reset(proofs.confirm_token(member, member.email)) is None
    assert proofs.read_confirm(proofs.reset_token(member)) is None


def test_a_known_address_is_answered_like_any_other(browser, make_member, effort, events_of):
    make_member(name="Old", email="known@example.com")
    make_member(name="Dan", email="dan@example.com", email_confirmed_at=None)
    browser().post("/join", filled(name="Warm", email="warm@example.com"))

    answers, costs = [], []
    for number, address in enumerate(
        ["unknown@example.com", "known@example.com", "KNOWN@example.com", "dan@example.com"]
    ):
        someone = browser()
        costs.append(
            effort(
                lambda someone=someone, number=number, address=address: answers.append(
                    someone.post("/join", filled(name=f"New {number}", email=address))
                )
            )
        )

    assert {(one.status_code, one.location, one.text) for one in answers} == {
        (303, "/join/sent", answers[0].text)
    }
    assert all(cost == costs[0] for cost in costs[1:])
    assert costs[0][1] == 1
    owner = member_of("known@example.com")
    assert [one.member_id for one in events_of("member.address_known")][:2] == [owner.id] * 2
    assert owner.name == "Old"
    assert db.session.scalar(select(func.count()).where(Member.email_key.is_not(None))) == 4


def test_asking_for_a_name_again_tells_nothing_of_an_address(browser, make_member):
    make_member(email="known@example.com")
    browser().post("/join", filled(name="First", email="known@example.com"))
    browser().post("/join", filled(name="Second", email="unknown@example.com"))

    answers = [
        browser().post("/join", filled(name=name, email="other@example.com"))
        for name in ("First", "Second")
    ]

    assert [one.status_code for one in answers] == [422, 422]
    assert answers[0].text.replace("First", "Second") == answers[1].text
    assert browser().get("/members/First").status_code == 404
    assert browser().get("/members/Second").status_code == 404


def test_asking_for_mails_costs_the_same_for_everyone(browser, make_member, effort, events_of):
    make_member(email="known@example.com")
    make_member(email="new@example.com", email_confirmed_at=None)
    addresses = ["known@example.com", "new@example.com", "nobody@example.com", "no address\x00"]

    answers: list[Any] = []

    def ask(path: str, address: str) -> None:
        answers.append(browser().post(path, {"email": address}))

    for path in ("/reset", "/confirm"):
        answers.clear()
        costs = [
            effort(lambda path=path, address=address: ask(path, address)) for address in addresses
        ]
        assert {(one.status_code, one.location) for one in answers} == {(303, f"{path}/sent")}
        assert all(cost == costs[0] for cost in costs[1:]), path

    asked = events_of("member.reset_asked")
    assert [one.member_id is None for one in asked] == [False, False, True, True]


def test_nobody_can_flood_a_mailbox(browser, make_member, events_of):
    member = make_member(email="known@example.com")
    for _ in range(8):
        browser().post("/reset", {"email": "known@example.com"})

    mailed = [one for one in events_of("member.reset_asked") if one.member_id == member.id]

    assert len(mailed) == actions.MAILS_AN_HOUR


HOSTILE = {
    "nothing": filled(name="", email="", password=""),
    "spaces": filled(name=" \t ", email="  ", password=" " * 12),
    "huge": filled(
        name="x" * 100_000, email="x" * 100_000 + "@example.com", password="x" * 100_000
    ),
    "control characters": filled(name="\x00\x01\x02", email="eva\x00\r\nBcc: x@example.com"),
    "no letters": filled(name="...", email="@", password="x" * 9),
    "unseen letters": filled(name="\u200b\u2060\u3164"),
    "an address": filled(name="eva@example.com"),
    "a wide at": filled(name="eva\uff20example.com"),
    "a closed account": filled(name="Former member #1"),
    "steps": filled(name="../admin"),
    "steps inside": filled(name="a/../b"),
    "slashes": filled(name="//"),
    "expanding": filled(name="\ufdfa" * 40),
    "portal": filled(name="ＡＤＭＩＮ"),
    "no dot": filled(email="eva@localhost"),
    "two at": filled(email="eva@@example.com"),
    "short": filled(password="nine char"),
    "long": filled(password="x y z w " * 30),
    "common": filled(password="Password123"),
    "one letter": filled(password="aaaaaaaaaaaaaaaa"),
    "own name": filled(name="Evangelina Nova", password="evangelinanova"),
    "own address": filled(email="evangelina@example.com", password="Evangelina"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_words_are_refused_politely(browser, case):
    fields = HOSTILE[case]

    answer = browser().post("/join", fields)

    assert answer.status_code == 422
    assert "field-error" in answer.text
    box = BeautifulSoup(answer.text, "html.parser").find("input", type="password")
    assert not box.get("value")
    assert db.session.scalar(select(func.count()).select_from(Member)) == 0


def test_a_form_with_nothing_in_it_is_shown_again(browser):
    for path in ("/join", "/sign-in", "/reset", "/confirm"):
        assert browser().post(path, {}).status_code == 422


def test_every_field_is_blamed_at_once(browser):
    answer = browser().post("/join", filled(name="a@b", email="x", password="short"))

    assert answer.status_code == 422
    assert answer.text.count('class="field-error"') == 3


def test_a_form_too_large_is_no_error_of_ours(browser):
    answer = browser().post("/join", filled(name="x" * 3_000_000))

    assert answer.status_code == 413


def test_what_was_typed_is_kept_but_no_password(browser):
    answer = browser().post("/join", filled(password="short"))

    assert 'value="Eva"' in answer.text
    assert 'value="eva@example.com"' in answer.text
    assert "short" not in answer.text.replace("shorten", "")


@pytest.mark.parametrize(
    "alike",
    ["eva nováková", "Eva  Nova\u0301kova\u0301", "Ｅｖａ Nováková", "Eva\u200b Nová\u00adková"],
)
def test_names_that_look_alike_are_one_name(browser, make_member, alike):
    make_member(name="Eva Nováková")

    answer = browser().post("/join", filled(name=alike))

    assert answer.status_code == 422
    assert "taken" in answer.text


def test_of_many_joining_at_once_one_gets_the_name(app, browser):
    people = [browser() for _ in range(6)]
    start = threading.Barrier(len(people))
    answers = []

    def join(someone: Any) -> None:
        start.wait()
        answers.append(someone.client.post("/join", data=filled()))

    threads = [threading.Thread(target=join, args=(one,)) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(one.status_code for one in answers) == [303] + [422] * 5
    assert all("taken" in one.text for one in answers if one.status_code == 422)
    assert db.session.scalar(select(func.count()).select_from(Member)) == 1


def test_of_many_joining_with_one_address_one_gets_it(app, browser, events_of):
    people = [browser() for _ in range(6)]
    start = threading.Barrier(len(people))
    answers = []

    def join(number: int, someone: Any) -> None:
        start.wait()
        answers.append(someone.client.post("/join", data=filled(name=f"Eva {number}")))

    threads = [threading.Thread(target=join, args=pair) for pair in enumerate(people)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert [(one.status_code, one.location) for one in answers] == [(303, "/join/sent")] * 6
    with_address = select(func.count()).where(Member.email_key.is_not(None))
    assert db.session.scalar(with_address) == 1
    assert len(events_of("member.joined")) == 1


def test_names_of_who_never_confirmed_are_free_after_three_days(browser):
    with clock.at(clock.now() - timedelta(days=4)):
        actions.join("Eva", "eva@example.com", PASSWORD, "en")
        db.session.commit()

    answer = browser().post("/join", filled())

    assert answer.status_code == 303
    old, new = db.session.scalars(select(Member).order_by(Member.id)).all()
    assert (old.email, old.password_hash, old.name) == (None, None, f"Former member #{old.id}")
    assert (new.name, new.email) == ("Eva", "eva@example.com")


def test_unconfirmed_accounts_are_emptied_when_their_links_are_dead(app, make_member):
    fresh = make_member(email_confirmed_at=None)
    confirmed = make_member(created_at=clock.now() - timedelta(days=9))
    placeholder = make_member(
        email_confirmed_at=None,
        is_placeholder=True,
        created_at=clock.now() - timedelta(days=9),
    )
    stale = make_member(email_confirmed_at=None, created_at=clock.now() - timedelta(days=9))

    more = actions.forget_unconfirmed()
    db.session.commit()

    assert more is False
    assert [one.closed_at is not None for one in (fresh, confirmed, placeholder, stale)] == [
        False, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "A/B test",
        "Petr & Pavel?",
        "50 % sleva",
        "Čeněk Žluťoučký",
        "a+b",
        "O'Brien; drop",
        "<b>x</b>",
    ],
)
def test_names_with_odd_signs_have_their_page(browser, make_member, name):
    make_member(name=name)

    for path in (f"/members/{quote(name)}", f"/members/{quote(name, safe='')}"):
        page = browser().get(path)
        assert page.status_code == 200
        assert "<b>x</b>" not in page.text


@pytest.mark.parametrize("name", ["%00", "%ff", "%ed%a0%80", "x" * 5000, "a%2500b"])
def test_a_name_that_nobody_has_is_not_there(browser, name):
    assert browser().get(f"/members/{name}").status_code == 404


def test_a_profile_shows_what_came_of_it(browser, make_member, make_idea):
    eva = make_member(name="Eva", about="Repairs tents.")
    make_idea(eva, title="Lighter poles", stage=Stage.SHIPPED, answered_at=clock.now())
    make_idea(eva, title="More pockets", stage=Stage.BUILDING)
    make_idea(eva, title="Planted secret", visibility=Visibility.HELD)
    make_idea(eva, title="Planted draft", visibility=Visibility.DRAFT)
    make_idea(title="By another")

    page = browser().get("/members/Eva").text
    own = browser(eva).get("/members/Eva").text
    moderator = browser(make_member(role="moderator")).get("/members/Eva").text

    assert "Lighter poles" in page
    assert "Repairs tents." in page
    assert "Planted" not in page
    assert "By another" not in page
    assert eva.email not in page
    assert eva.email not in own
    assert "Planted secret" in own
    assert "Planted draft" in own
    assert "Planted secret" in moderator
    assert "Planted draft" not in moderator
    assert by_author.outcome(eva) == by_author.Outcome(2, 1, 1, 1)


def test_a_profile_goes_on_from_page_to_page(browser, make_member, make_idea):
    eva = make_member(name="Eva")
    for number in range(27):
        with clock.at(clock.now() - timedelta(days=27 - number)):
            make_idea(eva, title=f"Idea of Eva's {number:02}")

    first = browser().get("/members/Eva")
    cursor = first.text.split("?after=")[1].split('"')[0]
    second = browser().get(f"/members/Eva?after={cursor}")

    titles = [f"Idea of Eva&#39;s {number:02}" for number in range(27)]
    assert [title in first.text for title in titles] == [False] * 2 + [True] * 25
    assert [title in second.text for title in titles] == [True] * 2 + [False] * 25
    assert browser().get("/members/Eva?after=nonsense").status_code == 200


def test_who_came_with_an_import_is_shown_as_such(browser, make_member):
    make_member(
        name="From elsewhere",
        is_placeholder=True,
        email_confirmed_at=None,
        claim_key="secret@example.com",
    )

    page = browser().get("/members/From elsewhere")

    assert page.status_code == 200
    assert "claim" in page.text
    assert "secret@example.com" not in page.text


def test_the_language_is_kept_for_visitors_and_members(browser, make_member):
    visitor = browser()
    answer = visitor.post("/language", {"language": "cs", "next": "/join?x=1"})
    assert (answer.status_code, answer.location) == (303, "/join?x=1")
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert '<html lang="cs"' in visitor.get("/join").text

    member = make_member()
    browser(member).submit("/settings", "/language", language="cs")
    assert db.session.get(Member, member.id).language == "cs"
    browser(member).post("/language", {"language": "xx", "next": "//evil.example"})
    assert db.session.get(Member, member.id).language == "cs"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "x"]
)
def test_nobody_is_led_elsewhere(browser, target):
    assert browser().post("/language", {"language": "cs", "next": target}).location == "/"


def test_the_last_admin_stays(app, make_member):
    one, two = make_member(role="admin"), make_member(role="admin")
    actions.make_staff(one, two, Role.MEMBER)
    db.session.commit()

    with pytest.raises(Closed):
        actions.make_staff(one, one, Role.MEMBER)
    with pytest.raises(Closed):
        actions.close(one)


def test_two_admins_cannot_take_each_others_role_at_once(app, make_member):
    ids = [make_member(role="admin").id for _ in range(2)]
    db.session.rollback()
    start = threading.Barrier(2)
    ended: list[str] = []

    def take(actor_id: int, member_id: int) -> None:
        with app.app_context():
            database.begin_as(reader=False)
            start.wait()
            try:
                actor, member = db.session.get(Member, actor_id), db.session.get(Member, member_id)
                actions.make_staff(actor, member, Role.MEMBER)
                db.session.commit()
                ended.append("done")
            except Refusal as refusal:
                db.session.rollback()
                ended.append(str(refusal.status))

    threads = [threading.Thread(target=take, args=pair) for pair in (ids, ids[::-1])]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    admins = select(func.count()).where(Member.role == Role.ADMIN)
    assert db.session.scalar(admins) == 1
    assert ended.count("done") == 1


def test_only_an_admin_gives_roles(browser, make_member, events_of):
    admin, eva = make_member(role="admin", name="Ada"), make_member(name="Eva")
    path = f"/admin/members/{eva.id}/role"

    for role in ("member", "moderator", "product"):
        someone = browser(make_member(role=role))
        assert someone.get("/admin/members").status_code == 403
        assert someone.post(path, {"role": "admin"}).status_code == 403
    assert browser().post(path, {"role": "admin"}).location.startswith("/sign-in")
    answer = browser(admin).submit("/admin/members?q=eva", path, role="product")

    assert answer.status_code == 303
    assert answer.location == "/admin/members?q=eva"
    assert db.session.get(Member, eva.id).role == Role.PRODUCT
    (happened,) = events_of("member.role_changed")
    assert (happened.actor_id, happened.member_id) == (admin.id, eva.id)
    assert browser(admin).post(path, {"role": "king"}).status_code == 422
    assert browser(admin).post("/admin/members/999/role", {"role": "member"}).status_code == 404


def test_admins_find_members_by_name_and_address(browser, make_member):
    admin = browser(make_member(role="admin", name="Ada", email="ada@example.com"))
    make_member(name="Eva 100%", email="eva@one.example")
    make_member(name="Ivo", email="ivo@two.example")

    def names(query: str) -> list[str]:
        page = admin.get(f"/admin/members?q={query}").text
        return [name for name in ("Eva 100%", "Ivo") if f"<span>{name}</span>" in page]

    assert names("eva") == ["Eva 100%"]
    assert names("TWO.EXAMPLE") == ["Ivo"]
    assert names("0%25") == ["Eva 100%"]
    assert names("_vo") == []
    assert names("%00") == ["Eva 100%", "Ivo"]
    assert admin.get("/admin/members?role=moderator&after=x").status_code == 200


def test_the_list_of_members_goes_on(browser, make_member):
    admin = browser(make_member(role="admin", name="Ada"))
    for number in range(60):
        make_member(name=f"Member no. {number:02}")

    first = admin.get("/admin/members?q=member+no")
    cursor = first.text.split("after=")[1].split('"')[0]
    second = admin.get(f"/admin/members?q=member+no&after={cursor}")

    assert "Member no. 59" in first.text
    assert "Member no. 09" not in first.text
    assert "Member no. 09" in second.text
    assert "Member no. 59" not in second.text


def test_ensuring_a_member_twice_makes_one(app):
    one = actions.ensure_member("Ada", "ada@example.com", password=PASSWORD, role=Role.ADMIN)
    two = actions.ensure_member("Someone", "ADA@example.com", role=Role.ADMIN)
    three = actions.ensure_member("Ivo")

    assert one is two
    assert (one.role, one.email_confirmed_at is not None) == (Role.ADMIN, True)
    assert actions.ensure_member("ivo") is three
    assert passwords.fits(one.password_hash, PASSWORD)
    with pytest.raises(Invalid):
        actions.ensure_member("ivo", "other@example.com")


def test_a_name_reads_the_same_when_its_key_is_taken_twice():
    for name in ("ẞtraße", "ﬁ", "İstanbul", "Ｅｖａ", "a\u0345", "Eva\u3164Nova"):
        assert name_key(name_key(name)) == name_key(name)
