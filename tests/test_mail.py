"""Mails: what they are made of, that none is lost, and that none is two."""

import dataclasses
import smtplib
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cocreate import clock, deliveries, site, worker
from cocreate.accounts import actions as accounts
from cocreate.accounts import proofs
from cocreate.accounts.models import MailChoice
from cocreate.backlog import actions as backlog
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.ideas.models import Stage, Visibility
from cocreate.notices import mail as mails
from cocreate.notices import post
from tests.mailbox import html_of, mailbox, text_of

__all__ = ["mailbox"]


@pytest.fixture
def deliver(make_member, make_idea, work):
    """deliver(title=..., **author): an idea is proposed, answered and told; its author."""

    def go(title="Water at the stop", body="It stands there since Monday.", **author):
        member = make_member(**author)
        idea = make_idea(member, title=title)
        backlog.answer(
            make_member(role="product", name="Dana"), idea, body=body, stage=Stage.SHIPPED
        )
        work()
        return member, idea

    return go


def mails_owed(**conditions):
    rows = select(Delivery).where(Delivery.consumer == "mail").order_by(Delivery.id)
    return list(db.session.scalars(rows.filter_by(**conditions)))


def make_due():
    db.session.execute(
        update(Delivery).where(Delivery.due_at.is_not(None)).values(due_at=clock.now())
    )
    db.session.commit()


def test_a_mail_about_an_idea_has_all_that_a_good_mail_has(mailbox, deliver) -> None:
    member, idea = deliver(body="It stands **there** since Monday, see [the map](/ideas).")

    (mail,) = mailbox.to(member)
    assert mail["Subject"] == "“Water at the stop” has been delivered"
    assert str(mail["From"]) == "CoCreate <noreply@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "en"
    assert mail["Date"].datetime
    assert mail["Message-ID"].endswith("@localhost>")
    assert mail["References"] == f"<idea-{idea.id}@localhost>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://localhost/unsubscribe/")
    assert mail.get_content_type() == "multipart/alternative"
    words = text_of(mail)
    assert "Hello " + member.name in words
    assert "> It stands **there** since Monday" in words
    assert "Dana from the team writes" in words
    assert f"http://localhost/ideas/{idea.id}-water-at-the-stop" in words
    assert "You hear of this because you proposed it." in words
    html = html_of(mail)
    assert "<strong>there</strong>" in html
    assert 'href="http://localhost/ideas"' in html
    assert "<script" not in html


def test_however_long_the_address_a_mail_program_finds_where_to_unsubscribe(
    mailbox, deliver
) -> None:
    host = "https://ideas.a-brand-with-a-rather-long-name.example.com"
    post.bind(dataclasses.replace(post.settings(), base_url=host))
    member, _ = deliver()

    assert len(mailbox.to(member)) == 1
    (line,) = [one for one in mailbox.raw[0].split("\r\n") if one.startswith("List-Unsubscribe:")]
    assert line.startswith(f"List-Unsubscribe: <{host}/unsubscribe/")
    assert line.endswith(">")


def test_mails_speak_the_language_of_their_reader(mailbox, deliver) -> None:
    member, _ = deliver(language="cs", title="Voda na zastávce")

    (mail,) = mailbox.to(member)
    assert mail["Content-Language"] == "cs"
    assert '<html lang="cs" dir="ltr">' in html_of(mail)
    assert "Voda na zastávce" in mail["Subject"]


@pytest.mark.parametrize(
    "title",
    [
        "Line\r\nBcc: victim@example.com\r\n\r\nbody",
        "Other breaks\x85X-Evil: 1\u2028X-Evil: 2\x0bX-Evil: 3",
        '<script>alert(1)</script> & "quotes" %(name)s {{ 7*7 }} %s',
        "Příliš žluťoučký kůň 🐎 " + "ž" * 110,
        "=?utf-8?q?Bcc=3A_x=40example.com?=",
        "\u202etfel ot thgir",
    ],
)
def test_a_title_can_neither_add_a_header_nor_break_the_mail(
    mailbox, make_member, make_idea, work, title
) -> None:
    member = make_member()
    idea = make_idea(member)
    backlog.answer(make_member(role="product"), idea, body="Yes.", stage=Stage.PLANNED)
    # Past the verb that cleans titles, as if by an older import.
    idea.title = title
    work()

    (mail,) = mailbox.to(member)
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert set(mail.keys()) == HEADERS
    assert not mail.defects
    assert "<script>" not in html_of(mail)
    assert "49" not in mail["Subject"]
    assert text_of(mail).startswith("Hello")


HEADERS = set(
    "Subject From To Date Message-ID Auto-Submitted Content-Language References List-Unsubscribe"
    " List-Unsubscribe-Post MIME-Version Content-Type X-Arrived-For".split()
)


@pytest.mark.parametrize("name", ["Evil\r\nBcc: x@example.com", 'Ťuk, "Ťuk" <a@example.com>'])
def test_the_portals_name_stays_a_name(mailbox, deliver, name) -> None:
    site.change(name=name)
    member, _ = deliver()

    (mail,) = mailbox.to(member)
    assert mail["From"].addresses[0].addr_spec == "noreply@localhost"
    assert len(mail["From"].addresses) == 1
    assert mail["Bcc"] is None


def test_account_mails_bring_links_that_work(mailbox, app, work) -> None:
    eva = accounts.join("Eva", "eva@example.com", "correct horse battery", "en")
    work()

    (mail,) = mailbox.to("eva@example.com")
    assert mail["List-Unsubscribe"] is None
    assert proofs.read_confirm(link(mail, "/confirm/")) == (eva, "eva@example.com")

    accounts.confirm(eva, "eva@example.com")
    accounts.ask_reset("eva@example.com")
    accounts.ask_address(eva, "eva@new.example.com")
    accounts.join("Eve", "eva@example.com", "correct horse battery", "en")
    work()

    reset, leaving, known = mailbox.to("eva@example.com")[1:]
    assert proofs.read_reset(link(reset, "/reset/")) == eva
    assert leaving["Subject"] == "Your address is about to change"
    (asked,) = mailbox.to("eva@new.example.com")
    assert proofs.read_confirm(link(asked, "/confirm/")) == (eva, "eva@new.example.com")
    assert known["Subject"] == "You have an account already"

    accounts.confirm(eva, "eva@new.example.com")
    accounts.set_password(eva, "another good long one")
    work()

    assert [one["Subject"] for one in mailbox.to("eva@new.example.com")[1:]] == [
        "Your address has been changed",
        "Your password has been changed",
    ]
    assert all(one.done_at for one in mails_owed())


def test_a_link_that_is_of_no_use_any_more_is_not_sent(mailbox, app, work) -> None:
    eva = accounts.join("Eva", "eva@example.com", "correct horse battery", "en")
    accounts.confirm(eva, "eva@example.com")
    accounts.ask_reset("nobody@example.com")
    work()

    assert mailbox.mails == []
    assert all(one.done_at for one in mails_owed())


def link(mail, path):
    """What stands behind `path` in a mail, which is what the person follows."""
    (address,) = {
        word for word in text_of(mail).split() if word.startswith(f"http://localhost{path}")
    }
    return address.removeprefix(f"http://localhost{path}")


def test_what_the_server_puts_off_comes_later_and_once(mailbox, deliver, work) -> None:
    mailbox.answers.append("451 busy")
    member, _ = deliver()
    (owed,) = mails_owed(done_at=None)
    assert (owed.tries, owed.failed_at) == (1, None)
    assert owed.due_at > clock.now()
    assert owed.error == "NotSent: 451 busy"

    make_due()
    work()

    assert len(mailbox.to(member)) == 1
    assert mails_owed(done_at=None) == []


def test_a_worker_killed_after_sending_sends_again_under_the_same_id(
    mailbox, deliver, work, monkeypatch
) -> None:
    def die(*_args):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(mails, "_mark_sent", die)
        with pytest.raises(SystemExit):
            deliver()
    db.session.rollback()
    make_due()
    work()
    work()

    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == second["Subject"]


def test_a_failure_in_a_batch_repeats_nothing_that_went_out(
    mailbox, make_member, make_idea, vote, work
) -> None:
    idea = make_idea()
    people = [make_member() for _ in range(6)]
    for person in people:
        vote(person, idea)
    mailbox.refuses[people[2].email] = "550 no such person"
    mailbox.refuses[people[4].email] = "450 full"
    backlog.answer(make_member(role="product"), idea, body="Yes.", stage=Stage.PLANNED)
    work()

    assert [len(mailbox.to(one)) for one in people] == [1, 1, 0, 1, 0, 1]
    failed, put_off = mails_owed(done_at=None)
    assert (failed.member_id, failed.tries, failed.due_at) == (people[2].id, 1, None)
    assert failed.failed_at is not None
    assert (put_off.member_id, put_off.failed_at) == (people[4].id, None)

    mailbox.refuses.clear()
    assert deliveries.send_again([failed.id]) == 1
    make_due()
    work()

    assert [len(mailbox.to(one)) for one in people] == [1] * 6
    assert len({one["Message-ID"] for one in mailbox.mails}) == len(mailbox.mails)


def test_the_same_address_is_named_in_no_error(mailbox, deliver) -> None:
    mailbox.refuses["ada@example.com"] = "550 <ada@example.com> is unknown here"
    deliver(email="ada@example.com")

    (failed,) = mails_owed(done_at=None)
    assert failed.error == "Refused: 550 <(address)> is unknown here"


def test_a_batch_is_one_conversation(mailbox, make_member, make_idea, vote, work) -> None:
    idea = make_idea()
    for _ in range(8):
        vote(make_member(), idea)
    backlog.answer(make_member(role="product"), idea, body="Yes.", stage=Stage.PLANNED)
    work()

    assert len(mailbox.mails) == 9
    assert mailbox.conversations == 1


def test_a_server_that_is_away_loses_nothing_and_is_not_asked_ten_times(
    mailbox, make_member, make_idea, vote, work, monkeypatch
) -> None:
    idea = make_idea()
    for _ in range(5):
        vote(make_member(), idea)
    backlog.answer(make_member(role="product"), idea, body="Yes.", stage=Stage.PLANNED)
    tried = []
    with monkeypatch.context() as patch:
        patch.setattr(smtplib.SMTP, "__init__", lambda *args, **more: tried.append(1) or 1 / 0)
        patch.setattr(post, "_connected", lambda *args: tried.append(1) or away())
        work()

    assert len(tried) == 1
    assert len(mails_owed(done_at=None)) == 6
    assert mailbox.mails == []

    post.bind(post.settings())
    make_due()
    work()
    assert len(mailbox.mails) == 6
    assert mails_owed(done_at=None) == []


def away():
    raise TimeoutError("timed out")


def test_signs_in_where_the_address_says_so(mailbox, deliver) -> None:
    secret = f"smtp://robot%40brand:s%3Ae%2Fcret@127.0.0.1:{mailbox.port}"
    post.bind(dataclasses.replace(post.settings(), smtp_url=secret))
    member, _ = deliver()

    assert mailbox.signed_in == [(b"robot@brand", b"s:e/cret")]
    assert len(mailbox.to(member)) == 1


def test_what_may_not_be_told_any_more_when_the_mail_goes_out_is_dropped(
    mailbox, make_member, make_idea, vote, app
) -> None:
    fan, quiet, left, closed, author = (make_member() for _ in range(5))
    idea = make_idea(author, title="Plantedword")
    for one in (fan, quiet, left, closed):
        vote(one, idea)
    backlog.answer(make_member(role="product"), idea, body="Yes.", stage=Stage.PLANNED)
    db.session.commit()
    _hear_all_but_mail(app)
    idea.visibility = Visibility.HIDDEN
    quiet.mail_choice = MailChoice.NEVER
    closed.closed_at = clock.now()
    db.session.commit()
    worker.run_until_idle(app)

    # Its author may still see it; nobody else hears another word of it.
    assert {one["X-Arrived-For"] for one in mailbox.mails} == {author.email}
    assert all(one.done_at for one in mails_owed())


def _hear_all_but_mail(app):
    consumers = {name: one for name, one in worker.CONSUMERS.items() if name != "mail"}
    while deliveries.deliver_due(consumers, 60, lambda *_: None):
        pass


def test_without_a_server_mails_become_files_and_a_repeat_replaces_its_own(
    app, deliver, work, tmp_path
) -> None:
    post.bind(dataclasses.replace(app.config["SETTINGS"], data_dir=str(tmp_path)))
    try:
        deliver()
        (file,) = list((tmp_path / "mail").iterdir())
        before = file.name
        db.session.execute(
            update(Delivery)
            .where(Delivery.consumer == "mail")
            .values(done_at=None, due_at=clock.now() - timedelta(seconds=1))
        )
        work()
        (file,) = list((tmp_path / "mail").iterdir())
        assert file.name == before
        assert file.stat().st_mode & 0o777 == 0o600
        assert b"Message-ID: <" + file.stem.encode() + b"@localhost>" in file.read_bytes()
    finally:
        post.bind(app.config["SETTINGS"])


def test_the_admin_and_nobody_else_reads_written_mails(
    app, deliver, browser, make_member, tmp_path
) -> None:
    post.bind(dataclasses.replace(app.config["SETTINGS"], data_dir=str(tmp_path)))
    try:
        deliver(title="A <b>bold</b> idea", body="</pre><script>alert(1)</script>")
        (tmp_path / "secret.eml").write_text("not a mail of the folder")
        admin = browser(make_member(role="admin"))

        page = admin.get("/admin/mail")
        assert page.status_code == 200
        assert "A &lt;b&gt;bold&lt;/b&gt; idea" in page.text
        (file,) = (tmp_path / "mail").iterdir()
        one = admin.get(f"/admin/mail/{file.name}")
        assert "has been delivered" in one.text
        assert "<script>alert" not in one.text
        assert "&lt;script&gt;alert" in one.text
        whole = admin.get(f"/admin/mail/{file.name}/file")
        assert whole.data == file.read_bytes()
        assert whole.headers["Content-Disposition"].startswith("attachment")
        for bad in (
            "..%2Fsecret.eml",
            "../secret.eml",
            ".hidden.eml",
            "x.eml",
            "%00.eml",
            "a" * 300,
        ):
            assert admin.get(f"/admin/mail/{bad}").status_code == 404
        for role in ("member", "moderator", "product"):
            other = browser(make_member(role=role))
            for path in (
                "/admin/mail",
                f"/admin/mail/{file.name}",
                f"/admin/mail/{file.name}/file",
            ):
                assert other.get(path).status_code == 403
        assert browser().get("/admin/mail").status_code == 303
    finally:
        post.bind(app.config["SETTINGS"])


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_server_that_cannot_keep_a_secret_is_told_none(mailbox, deliver, scheme) -> None:
    address = f"{scheme}://robot:s%3Ae%2Fcret@127.0.0.1:{mailbox.port}"
    post.bind(dataclasses.replace(post.settings(), smtp_url=address))
    deliver()

    (owed,) = mails_owed(done_at=None)
    assert owed.error.startswith("NotSent: the mail server could not be reached")
    assert owed.failed_at is None
    assert mailbox.mails == mailbox.signed_in == []


def test_an_address_beyond_ascii_arrives_as_it_is(mailbox, deliver) -> None:
    deliver(email="žofie@příklad.example")

    (mail,) = mailbox.mails
    assert mail["X-Arrived-For"] == "žofie@xn--pklad-zsa96e.example"
