"""Nothing that people write runs on a page, even where no content policy would stop it.

A thousand payloads go through everything that takes words. What comes out is opened in Chromium
with the policy switched off. Pages are the same on every database.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from email import policy
from email.parser import BytesParser
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from sqlalchemy import select

from cocreate import text, worker
from cocreate.accounts import names
from cocreate.accounts.models import MailChoice, Member, name_key
from cocreate.backlog import actions as backlog
from cocreate.discussion import actions as discussion
from cocreate.errors import Refusal
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas.models import TAG_LENGTH, TITLE_LENGTH, Area, Idea, Stage
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason
from cocreate.notices import outbox
from tests.conftest import Browser
from tests.mailbox import html_of
from tests.payloads import payloads

PAYLOADS = payloads()
FRAMES = (Path(__file__).parent / "frames.js").read_text()
# Asks for nothing and does not leave: what ran is told to the window at the top.
CANARY = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => { top.ran.push(name); };
"""
# The portal's own scripts and styles are left out of frames, to be quick.
OWN = re.compile(r'<(?:script|link)\b[^>]*(?:src|href)="/(?:static|brand)[^>]*>(?:</script>)?')
HEADS = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version",
    "Content-Type", "Content-Language", "Auto-Submitted", "List-Unsubscribe",
    "List-Unsubscribe-Post", "List-Id", "Feedback-ID", "X-Auto-Response-Suppress",
    "Content-Transfer-Encoding", "Precedence", "Reply-To",
}  # fmt: skip

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Lab:
    """A browser without a content policy, and what happened in it that should not."""

    def __init__(self, chromium: Chromium, address: str) -> None:
        self.address = address
        self.context = chromium.new_context(
            base_url=address, bypass_csp=True, service_workers="block", locale="en-GB"
        )
        self.context.set_default_timeout(60_000)
        self.context.add_init_script(CANARY)
        self.happened: list[str] = []
        self.page = self.context.new_page()
        self.context.on("dialog", lambda dialog: self.hear(f"dialog {dialog.message}"))
        self.context.on("page", lambda page: self.hear(f"window {page.url}"))
        self.context.route(self.is_elsewhere, lambda route: self.stop(route))

    def is_elsewhere(self, url: str) -> bool:
        return url.startswith("http") and urlsplit(url).netloc != urlsplit(self.address).netloc

    def hear(self, what: str) -> None:
        self.happened.append(what)

    def stop(self, route: Any) -> None:
        self.hear(f"request {route.request.url}")
        route.abort()

    def sign_in(self, browser: Browser) -> None:
        cookie = browser.client.get_cookie("cocreate")
        assert cookie is not None
        self.context.add_cookies([{"name": "cocreate", "value": cookie.value, "url": self.address}])

    def show(self, pages: Iterable[str]) -> list[str]:
        """What is wrong on pages shown in frames, and what ran."""
        self.page.goto("/robots.txt")
        wrong = self.page.evaluate(FRAMES, [OWN.sub("", page) for page in pages])
        return [*wrong, *self.ran()]

    def ran(self) -> list[str]:
        """What ran in the page that is open, and what was heard since the last time."""
        happened, self.happened = self.happened, []
        return [*happened, *map(str, self.page.evaluate("[window.ran].flat()"))]


@pytest.fixture
def lab(chromium: Chromium, address: str) -> Iterator[Lab]:
    lab = Lab(chromium, address)
    yield lab
    lab.context.close()


def test_the_payloads_run_where_nothing_stops_them(lab: Lab) -> None:
    bare = [f"<!doctype html><title>x</title><p>{one}" for one in PAYLOADS[:200]]
    assert len(set(PAYLOADS)) == 1000

    found = lab.show(bare)

    assert found.count("alert") > 5
    assert any("evil.invalid" in one for one in found)
    assert len({one.split(":")[0] for one in found if one[0].isdigit()}) > 100


@pytest.fixture
def written(
    app: Flask, make_member: Callable[..., Member], make_area: Any
) -> list[tuple[Idea, Member]]:
    """An idea for every fourth payload, by somebody of that name; its texts hold four of them.

    Imported ideas have all of them as titles, names and tags.
    """
    area: Area = make_area("app")
    area.names = {"en": "<img src=x onerror=alert(1)>"}
    template = make_member()
    authors: dict[str, Member] = {}
    made = []
    for number, payload in enumerate(PAYLOADS[::4]):
        body = "\n\n".join(PAYLOADS[4 * number : 4 * number + 4])
        name = f"Eva {number}"
        with suppress(Refusal):
            name = names.chosen(payload[:80])
        if name_key(name) not in authors:
            authors[name_key(name)] = Member(
                name=name, name_key=name_key(name), email=f"m{number}@example.com",
                email_key=f"m{number}@example.com", email_confirmed_at=template.created_at,
                role=template.role, language="en", approved_count=10, about=payload,
                created_at=template.created_at, mail_choice=MailChoice.NEVER,
            )  # fmt: skip
            db.session.add(authors[name_key(name)])
            db.session.flush()
        author = authors[name_key(name)]
        title = text.one_line(payload)[:TITLE_LENGTH]
        tags = [text.one_line(payload)[:TAG_LENGTH]]
        idea = ideas.submit(
            author, title=title, need=body, proposal=body, area=area, tags=tags, language="en"
        )
        discussion.write(author, idea, body=body)
        made.append((idea, author))
    assert len(authors) > 150
    template.mail_choice = MailChoice.NEVER
    db.session.commit()
    return made


def more(browser: Browser, path: str, most: int) -> Iterator[str]:
    """A list's pages, one after the other."""
    while path and most:
        page = browser.get(path)
        assert page.status_code == 200
        yield page.text
        most -= 1
        found = re.search(r'href="([^"]*[?&;]after=[^"]*)"', page.text)
        path = found[1].replace("&amp;", "&") if found else ""


def test_nothing_that_people_write_runs(
    app: Flask,
    written: list[tuple[Idea, Member]],
    make_member: Callable[..., Member],
    work: Callable[[], int],
    lab: Lab,
) -> None:
    moderator, product = make_member(role="moderator"), make_member(role="product")
    area = db.session.scalars(select(Area)).one()
    ids = [idea.id for idea, _author in written]
    for (idea, author), payload in zip(written[:30], reversed(PAYLOADS), strict=False):
        ideas.edit(
            author, idea, seen=idea.wording, title=idea.title, need=payload, proposal=payload,
            area=area, tags=[], language="en",
        )  # fmt: skip
        backlog.answer(product, idea, body=payload, stage=Stage.CONSIDERING)
    for (idea, _author), payload in zip(written[30:60], PAYLOADS, strict=False):
        moderation.hide(moderator, idea, Reason.SPAM, payload)
    people = [author.name for _idea, author in written[::4]]
    tags = [quote(text.one_line(one)[:TAG_LENGTH].lower(), safe="") for one in PAYLOADS[::25]]
    work()

    visitor, staff = Browser(app), {one: Browser(app, one) for one in (moderator, product)}
    pages = [visitor.get(f"/ideas/{one}", follow_redirects=True).text for one in ids]
    pages += more(visitor, "/ideas?sort=new", 50)
    pages += [visitor.get(f"/ideas?tag={one}").text for one in tags]
    pages += [visitor.get("/members/" + quote(one)).text for one in people]
    for payload in PAYLOADS[::20]:
        asked = quote(payload, safe="")
        pages.append(visitor.get(f"/search?q={asked}").text)
        pages.append(visitor.get(f"/ideas/new?title={asked}", follow_redirects=True).text)
        pages.append(visitor.get(f"/sign-in?next={asked}").text)
        pages.append(visitor.get(f"/{quote(payload)}").text)
        told = visitor.get(f"/search/suggest?q={asked}")
        assert told.mimetype == "application/json"
        assert told.headers["X-Content-Type-Options"] == "nosniff"
    pages += [visitor.get(one).text for one in ("/", "/roadmap", "/changelog", "/search?q=alert")]
    pages += [staff[product].get(f"/ideas/{one}/history").text for one in ids[:30]]
    pages += [staff[moderator].get(f"/moderation/ideas/{one}").text for one in ids[30:60]]
    pages += more(staff[moderator], "/moderation/log", 5)
    pages += more(staff[moderator], "/moderation", 5)
    pages += more(staff[product], "/backlog", 5)
    pages.append(staff[product].get("/backlog/board").text)
    feed = ElementTree.fromstring(visitor.get("/feeds/ideas.atom").data)
    pages += ["<!doctype html>" + one.text for one in feed.iter() if one.get("type") == "html"]
    assert len(pages) > 500

    assert lab.show(pages) == []
    # And whole pages, with the portal's own scripts at work on what was written.
    lab.sign_in(Browser(app, make_member()))
    whole = ["/ideas?sort=new", "/search?q=alert", "/", *(f"/ideas/{one}" for one in ids[::25])]
    for path in whole:
        lab.page.goto(path)
        assert lab.ran() == [], path
    lab.page.goto("/ideas/new")
    for number, payload in enumerate(PAYLOADS[::50]):
        lab.page.fill("[name=title]", text.one_line(payload)[:TITLE_LENGTH])
        lab.page.fill("[name=need]", "\n\n".join(PAYLOADS[number * 50 : number * 50 + 50])[:20000])
        lab.page.click("button[data-preview]")
        lab.page.wait_for_timeout(300)
        assert lab.ran() == [], payload


def test_nothing_in_a_mail_runs_or_adds_a_head(
    app: Flask, make_member: Callable[..., Member], make_idea: Any, make_area: Any,
    work: Callable[[], int], lab: Lab,
) -> None:  # fmt: skip
    make_area("app")
    product = make_member(role="product")
    for number, payload in enumerate(PAYLOADS[::20]):
        name = f"Eva {number}"
        with suppress(Refusal):
            name = names.chosen(payload[:80]) + str(number)
        author = make_member(name=name, mail_choice=MailChoice.AT_ONCE)
        title = text.one_line(payload)[:TITLE_LENGTH]
        idea = make_idea(author, title=title, need=payload, proposal=payload)
        backlog.answer(product, idea, body=payload, stage=Stage.PLANNED)
    work()

    pages = []
    admin = Browser(app, make_member(role="admin"))
    for one in outbox.written(1000):
        with outbox.path_of(one.name).open("rb") as file:
            mail = BytesParser(policy=policy.default).parse(file)
        assert set(mail.keys()) <= HEADS
        assert "evil" not in str(mail["To"])
        pages += [html_of(mail), admin.get(f"/admin/mail/{one.name}").text]
    assert len(pages) >= 100

    # A mail brings its own style along, for programs that know no other.
    found = [one for one in lab.show(pages) if ": foreign: <style>\n    :root {" not in one]
    assert [one for one in found if ": style: " not in one] == []


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_nothing_that_was_imported_runs(
    app: Flask, make_member: Callable[..., Member], make_area: Any, lab: Lab, format: str
) -> None:
    make_area("app")
    admin = Browser(app, make_member(role="admin"))
    rows = [
        {
            "type": "idea", "source": "else", "external_id": str(number), "title": payload,
            "need": payload, "proposal": payload, "author": payload, "tags": payload,
            "area": payload[:40], "department": payload,
        }
        # Both formats are read into the same rows: one of them with all payloads is enough.
        for number, payload in enumerate(PAYLOADS if format == "jsonl" else PAYLOADS[::10])
    ]  # fmt: skip
    body = written_as(format, rows)
    files = {"files": (BytesIO(body.encode()), f"{PAYLOADS[0]}.{format}")}
    page = admin.post("/admin/import", files, content_type="multipart/form-data")
    assert page.status_code == 303, page.text
    pages = [admin.get(page.location).text]
    for do in ("try", "import"):
        admin.submit(page.location, page.location, do=do)
        worker.run_until_idle(app)
        pages.append(admin.get(page.location).text)
    brought = db.session.scalars(select(Idea.id).order_by(Idea.id)).all()
    assert len(brought) > 0.9 * len(rows)
    visitor = Browser(app)
    pages += [visitor.get(f"/ideas/{one}", follow_redirects=True).text for one in brought[::5]]
    pages += more(visitor, "/ideas?sort=new", 50)
    pages += [admin.get("/admin/import/authors").text, admin.get("/admin/areas").text]

    assert lab.show(pages) == []


def written_as(format: str, rows: list[dict[str, str]]) -> str:
    if format == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows)
    out = StringIO()
    table = csv.DictWriter(out, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()
