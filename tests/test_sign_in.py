"""Signing in and out, sessions, a forgotten password."""

import contextvars
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event, func, select, update

from cocreate import clock
from cocreate.accounts import actions, browsers, passwords, proofs, queries
from cocreate.accounts.models import Member, MemberSession
from cocreate.extensions import db
from cocreate.i18n import force_locale

PASSWORD = "three words long"
HASH = passwords.hashed(PASSWORD)


@pytest.fixture
def eva(make_member: Callable[..., Member]) -> Member:
    return make_member(name="Eva", email="eva@example.com", password_hash=HASH)


def sign_in(someone: Any, **fields: Any) -> Any:
    return someone.submit(
        "/sign-in", "/sign-in", **{"email": "eva@example.com", "password": PASSWORD, **fields}
    )


def test_signing_in_begins_a_session_and_out_ends_it(browser, eva):
    someone = browser()

    assert sign_in(someone, email=" EVA@example.com ").location == "/"
    (kept,) = db.session.scalars(select(MemberSession)).all()
    assert timedelta(hours=11) < kept.expires_at - clock.now() <= timedelta(hours=12)
    assert someone.get("/settings").status_code == 200

    assert someone.submit("/sign-out", "/sign-out").location == "/"
    assert db.session.scalar(select(func.count()).select_from(MemberSession)) == 0
    assert someone.get("/settings").location == "/sign-in?next=%2Fsettings"
    assert someone.get("/sign-out").location == "/"


def test_staying_signed_in_lasts_ninety_days(browser, eva):
    someone = browser()

    answer = sign_in(someone, remember="y")

    (kept,) = db.session.scalars(select(MemberSession)).all()
    assert timedelta(days=89) < kept.expires_at - clock.now() <= timedelta(days=90)
    assert "Expires" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


def test_the_token_is_kept_nowhere_and_the_cookie_is_new(browser, eva):
    someone = browser()
    with someone.client.session_transaction() as session:
        session["planted"] = "by another"
    sign_in(someone)

    with someone.client.session_transaction() as session:
        token = session["_user_id"]
        assert "planted" not in session
    assert len(token) >= 43
    (kept,) = db.session.scalars(select(MemberSession)).all()
    assert token not in (kept.token_hash, kept.browser)
    assert queries.session_of(token) is not None


def test_a_refused_sign_in_says_the_same_and_costs_the_same(browser, eva, make_member, monkeypatch):
    make_member(email="placeholder@example.com", is_placeholder=True, password_hash=HASH)
    make_member(email="closed@example.com", closed_at=clock.now(), password_hash=HASH)
    make_member(email="pending@example.com", email_confirmed_at=None, password_hash=HASH)
    make_member(email="none@example.com", password_hash=None)
    cases = [
        ("eva@example.com", "a wrong password"),
        ("nobody@example.com", PASSWORD),
        ("placeholder@example.com", PASSWORD),
        ("closed@example.com", PASSWORD),
        ("pending@example.com", PASSWORD),
        ("none@example.com", PASSWORD),
        ("no address at all", PASSWORD),
        ("nul\x00@example.com", PASSWORD),
    ]
    weighed: list[str] = []
    said: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, kept: Any, password: Any) -> Any:
            weighed.append(kept)
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    results = []
    someone = browser()
    someone.get("/sign-in")

    def hear(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        for email, password in cases:
            weighed.clear()
            said.clear()
            answer = someone.post("/sign-in", {"email": email, "password": password})
            page = answer.text.replace(email.replace("\x00", "\ufffd"), "").replace(email, "")
            results.append((answer.status_code, page, len(weighed), list(said)))
    finally:
        event.remove(Engine, "before_cursor_execute", hear)

    assert results[0][0] == 422
    assert "do not belong together" in results[0][1]
    assert results[0][2] == 1
    assert all(one == results[0] for one in results[1:])
    assert PASSWORD not in results[0][1]


def test_the_hash_of_nobody_costs_what_the_others_cost():
    assert not passwords.is_old(passwords.NOBODYS)
    assert not passwords.fits(None, PASSWORD)
    assert not passwords.fits("no hash", PASSWORD)
    assert passwords.fits(HASH, PASSWORD)


def test_the_same_letters_from_another_keyboard_are_the_same_password():
    kept = passwords.hashed("příliš žluťoučký")
    assert passwords.fits(kept, "pr\u030ci\u0301lis\u030c z\u030clut\u030couc\u030cky\u0301")


def test_an_old_hash_is_renewed_when_its_owner_comes(browser, eva):
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    db.session.execute(update(Member).values(password_hash=old))
    db.session.commit()

    sign_in(browser())

    kept = db.session.get(Member, eva.id).password_hash
    assert kept != old
    assert not passwords.is_old(kept)
    assert passwords.fits(kept, PASSWORD)


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/ideas?sort=new", "/ideas?sort=new"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_signing_in_leads_on_within_the_portal(browser, eva, target, goes):
    someone = browser()
    page = someone.get("/sign-in", query_string={"next": target})

    answer = someone.submit(page, "/sign-in", email="eva@example.com", password=PASSWORD)

    assert answer.location == goes


def test_who_is_signed_in_is_not_asked_again(browser, eva):
    assert browser(eva).get("/sign-in?next=/ideas").location == "/ideas"
    assert browser(eva).get("/join").location == "/"


def test_a_form_from_elsewhere_is_refused(browser, eva):
    answer = browser().post(
        "/sign-in",
        {"email": "eva@example.com", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert browser(eva).post("/sign-out", token=False).status_code == 400


def test_an_ended_session_is_signed_out_at_its_next_request(browser, eva):
    phone, laptop = browser(), browser()
    sign_in(phone)
    sign_in(laptop)
    with laptop.client.session_transaction() as session:
        this = queries.session_of(session["_user_id"])[1].id
    (other,) = (one.id for one in queries.sessions(eva) if one.id != this)

    laptop.submit("/settings/sessions", f"/settings/sessions/{other}/end")

    assert phone.get("/settings").status_code == 303
    assert laptop.get("/settings").status_code == 200


def test_all_other_sessions_end_together(browser, eva):
    people = [browser() for _ in range(3)]
    for one in people:
        sign_in(one)

    people[0].submit("/settings/sessions", "/settings/sessions/end-others")

    assert [one.get("/settings").status_code for one in people] == [200, 303, 303]


def test_nobody_ends_the_session_of_another(browser, eva, make_member):
    someone = browser()
    sign_in(someone)
    (hers,) = queries.sessions(eva)

    browser(make_member()).post(f"/settings/sessions/{hers.id}/end")

    assert someone.get("/settings").status_code == 200


def test_a_session_ends_by_itself(browser, eva):
    someone = browser()
    sign_in(someone)

    with clock.at(clock.now() + timedelta(hours=12, minutes=1)):
        assert queries.sessions(eva) == []
    db.session.execute(update(MemberSession).values(expires_at=clock.now()))
    assert someone.get("/settings").status_code == 303


def test_sessions_that_ran_out_are_swept_away(browser, eva):
    sign_in(browser())
    db.session.execute(update(MemberSession).values(expires_at=clock.now()))
    sign_in(browser())

    assert db.session.scalar(select(func.count()).select_from(MemberSession)) == 1


def test_the_list_names_browsers_and_this_one(browser, eva):
    someone = browser()
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
    someone.post(
        "/sign-in",
        {"email": "eva@example.com", "password": PASSWORD},
        headers={"User-Agent": firefox},
    )
    browser().post(
        "/sign-in",
        {"email": "eva@example.com", "password": PASSWORD},
        headers={"User-Agent": "<script>" + "\x01x" * 400},
    )

    page = someone.get("/settings/sessions")

    assert "Firefox 128 on Windows" in page.text
    assert page.text.count("This device") == 1
    assert "&lt;script&gt;" in page.text
    assert "<script>x" not in page.text


def test_browsers_are_called_something(app):
    with force_locale("en"):
        assert browsers.called("") == "An unknown browser"
        assert browsers.called("curl/8.0")[:4] == "curl"


def test_use_is_written_down_now_and_then(browser, eva):
    someone = browser()
    sign_in(someone)
    earlier = clock.now() - timedelta(minutes=11)
    db.session.execute(update(MemberSession).values(seen_at=earlier))
    someone.get("/settings")
    (kept,) = queries.sessions(eva)
    assert kept.seen_at > earlier

    lately = clock.now() - timedelta(minutes=9)
    db.session.execute(update(MemberSession).values(seen_at=lately))
    someone.get("/settings")
    (kept,) = queries.sessions(eva)
    assert kept.seen_at == lately


def test_a_page_answers_while_its_use_cannot_be_written_down(browser, eva):
    someone = browser()
    sign_in(someone)
    earlier = clock.now() - timedelta(minutes=11)
    db.session.execute(update(MemberSession).values(seen_at=earlier))
    db.session.commit()
    # Beginning takes the one write lock that SQLite has; PostgreSQL locks the row.
    lock = select(MemberSession.id).with_for_update()
    with db.engine.connect() as busy:
        busy.execute(lock)
        answer = contextvars.Context().run(lambda: someone.client.get("/settings"))

    assert answer.status_code == 200
    assert queries.sessions(eva)[0].seen_at == earlier


def test_a_forgotten_password_is_chosen_anew_once(browser, eva, events_of):
    phone = browser()
    sign_in(phone)
    someone = browser()
    assert someone.submit("/reset", "/reset", email="eva@example.com").location == "/reset/sent"
    (asked,) = events_of("member.reset_asked")
    link = f"/reset/{proofs.reset_token(db.session.get(Member, asked.member_id))}"

    refused = someone.submit(link, link, password="short")
    assert refused.status_code == 422
    assert "short" not in refused.text.replace("shorten", "")
    done = someone.submit(link, link, password="quite another one")

    assert done.location == "/sign-in"
    assert phone.get("/settings").status_code == 303
    assert someone.get(link).status_code == 410
    assert someone.post(link, {"password": "a third password"}).status_code == 410
    assert len(events_of("member.password_changed")) == 1
    assert sign_in(browser()).status_code == 422
    assert sign_in(browser(), password="quite another one").status_code == 303


def test_a_reset_confirms_the_address(browser, make_member, events_of):
    member = make_member(email_confirmed_at=None, email="eva@example.com")
    link = f"/reset/{proofs.reset_token(member)}"

    browser().submit(link, link, password=PASSWORD)

    assert db.session.get(Member, member.id).email_confirmed_at is not None
    assert len(events_of("member.confirmed")) == 1
    assert sign_in(browser()).status_code == 303


def test_a_link_dies_with_a_change_of_the_password(app, eva):
    link = proofs.reset_token(eva)
    actions.set_password(eva, "quite another one")
    db.session.commit()

    assert proofs.read_reset(link) is None


# Limits are off for the tests; a process of its own has them on.
FLOOD = """
from cocreate import create_app
visitor = create_app().test_client()
print(*(visitor.post("/sign-in", data={"email": "x"}).status_code for _ in range(22)))
print(visitor.get("/sign-in").status_code)
"""


def test_too_many_tries_at_a_password_are_refused(app, database, tmp_path):
    settings = {"COCREATE_DATABASE_URL": database, "COCREATE_DATA_DIR": str(tmp_path)}

    flood = subprocess.run(
        [sys.executable, "-c", FLOOD],
        env={**os.environ, **settings},
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert flood.stdout.split() == ["422"] * 20 + ["429"] * 2 + ["200"]
