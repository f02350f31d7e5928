"""No word escapes the catalogues, and longer ones fit.

English is retold by a catalogue made here: each message in brackets, accented and 40 %
longer. Whatever then stands outside of brackets on a page, in a feed, in an answer to a
script or in a mail never went through gettext.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from bs4 import BeautifulSoup
from flask import Flask
from flask_babel import get_domain
from sqlalchemy import select, update

from cocreate import clock
from cocreate.accounts.models import MailChoice, Member
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Stage
from cocreate.kept import forget
from cocreate.notices import outbox
from cocreate.notices.actions import make_digests
from tests.catalogue import english, messages
from tests.conftest import Browser
from tests.mailbox import html_of
from tests.people import LAYOUT
from tests.portal import MARK, Portal, readers_of
from tests.test_languages import Walk, is_said_alike, plain, read_out

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

OPEN, CLOSE = "⟦", "⟧"
ACCENTED = str.maketrans(
    "aceghijklnorstuwyzACEGHIJKLNORSTUWYZ", "áçéĝĥíĵķľñóŕšťúŵýžÁÇÉĜĤÍĴĶĽÑÓŔŠŤÚŴÝŽ"
)
RETOLD = re.compile(r"\w*[áçéĝĥíĵķľñóŕšťúŵýžÁÇÉĜĤÍĴĶĽÑÓŔŠŤÚŴÝŽ]\w*")
# What is put into a message, and the markup, addresses and names within: they stay as they are.
KEPT = re.compile(r"(%(?:\(\w+\))?[sd]|%%|<[^>]*>|https?://\S+)")
# A script's own data are no words: one word of small letters, a number, an address.
NO_WORDS = re.compile(r"[^A-Z ]*|/\S*")
ATOM = "{http://www.w3.org/2005/Atom}"
# What programs call their things; WTForms has catalogues of its own.
PROGRAMS = re.compile(
    r"(idea|comment|vote|digest|member|account)\.\w+|\w+Error\b.*|Atom|Markdown|Ctrl K"
    r"|Not a valid choice"
)
# Babel says days in the language's own way, in charts without markup.
DAYS = re.compile(r"[A-Z][a-z]{2} \d{1,2}(, \d{4})?( – [A-Z][a-z]{2} \d{1,2}(, \d{4})?)?")


def retold(message: str) -> str:
    """A message in brackets, accented, longer by 40 %; what is put into it stays."""
    said = message.strip()
    begin, _, end = message.partition(said) if said else (message, "", "")
    accented = "".join(
        part if number % 2 else part.translate(ACCENTED)
        for number, part in enumerate(KEPT.split(said))
    )
    more = " ".join("÷" * 6 for _ in range(round(len(KEPT.sub("", said)) * 0.4 / 7) or 1))
    return f"{begin}{OPEN}{accented} {more}{CLOSE}{end}" if said else message


def outside(text: str) -> str:
    """What of a text stands outside of all brackets. One that was cut short has lost its end."""
    depth, found = 0, []
    for sign in text:
        depth += (sign == OPEN) - (sign == CLOSE)
        if not depth and sign != CLOSE:
            found.append(sign)
    return plain("".join(found))


def is_plain(text: str) -> bool:
    """Whether something of a text did not come from the catalogue."""
    # A sample of a change is a message taken apart: what is accented came from the catalogue.
    rest = RETOLD.sub("", outside(text)).removesuffix("- CoCreate").strip(" .")
    return not (is_said_alike(rest) or PROGRAMS.fullmatch(rest) or DAYS.fullmatch(rest))


def words_of(html: str) -> Iterator[str]:
    """Every text of a page; what messages hold of other pieces stands in its place within."""
    soup = BeautifulSoup(html, "html.parser")
    for moment in soup.find_all("time"):
        # Babel says it, in the language's own way.
        moment.replace_with("0")
    for tag in soup.find_all(["strong", "kbd"]):
        tag.unwrap()
    soup.smooth()
    yield from read_out(str(soup))
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            if name.startswith("data-") and not NO_WORDS.fullmatch(str(value)):
                yield plain(str(value))


@pytest.fixture
def retelling(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """English is retold for as long as a test runs."""
    catalogue = Catalog(locale="en")
    for (context, _), one in messages().items():
        forms = tuple(map(retold, english(one.id)))
        said = forms if one.pluralizable else forms[0]
        catalogue.add(one.id, said, context=context or None)
    place = tmp_path / "en" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    known = app.extensions["babel"].translation_directories
    monkeypatch.setattr(app.extensions["babel"], "translation_directories", [str(tmp_path), *known])

    def begin_anew() -> None:
        with app.test_request_context():
            get_domain().cache.clear()
        forget()

    begin_anew()
    yield
    monkeypatch.undo()
    begin_anew()


@pytest.fixture
def portal(retelling: None, app: Flask, make_member: Any, work: Callable[[], int]) -> Portal:
    """The portal with one of everything, for readers of the retold English."""
    portal = Portal(app, make_member)
    portal.speak("en")
    work()
    return portal


class Retold(Walk):
    """All pages, as they are retold."""

    def read(self, name: str, browser: Browser, address: str) -> None:
        page = browser.get(address, headers=self.headers(), follow_redirects=True)
        self.texts[name, address] = set(words_of(page.text))

    def refuse(self, number: int, role: str, address: str, values: dict[str, str]) -> None:
        page = self.browsers[role].post(address, values, headers=self.headers())
        self.texts[role, f"{number} POST {address}"] = set(words_of(page.text))


def test_every_word_of_a_page_comes_from_the_catalogue(app: Flask, portal: Portal) -> None:
    walk = Retold(app, portal, "en")
    found = {
        outside(text): (where, text)
        for where, texts in walk.texts.items()
        for text in texts
        if is_plain(text)
    }

    assert found == {}
    assert sum(OPEN in text for texts in walk.texts.values() for text in texts) > 3_000


def test_every_word_of_a_feed_comes_from_the_catalogue(portal: Portal, browser: Any) -> None:
    idea_id = portal.talked.id
    for address in ("ideas", "search", "changelog", f"ideas/{idea_id}"):
        page = browser().get(f"/feeds/{address}.atom?q=qq", headers={"Accept-Language": "en"})
        feed = ElementTree.fromstring(page.data)
        texts = [
            tag.text for name in ("title", "subtitle", "name") for tag in feed.iter(ATOM + name)
        ]
        texts += [tag.attrib["label"] for tag in feed.iter(f"{ATOM}category")]
        for tag in feed.iter(f"{ATOM}content"):
            texts += words_of(tag.text or "")

        assert any(OPEN in text for text in texts), address
        assert not [text for text in texts if is_plain(plain(text))], address


def test_every_word_said_to_a_script_comes_from_the_catalogue(
    portal: Portal, browser: Any, app: Flask
) -> None:
    idea_id, author = portal.talked.id, browser(portal.author)
    decided = db.session.scalars(select(Idea.id).where(Idea.stage == Stage.DECLINED)).first()
    me = {"headers": {"Accept": "application/json", "Accept-Language": "en"}}
    draft = {"title": f"{MARK} lamp", "need": MARK, "key": "0" * 32, "seen": "0"}
    answers = [
        (200, author.post(f"/ideas/{idea_id}/vote", **me)),
        (200, author.post(f"/ideas/{idea_id}/unvote", **me)),
        (409, author.post(f"/ideas/{decided}/vote", **me)),
        (404, author.post("/ideas/999999/vote", **me)),
        (200, author.post("/ideas/drafts", draft, **me)),
        (422, author.post("/ideas/drafts", {"title": ""}, **me)),
        (200, author.post("/ideas/preview", {"title": ""}, **me)),
        (200, author.get("/keys", **me)),
        (200, author.get("/places", **me)),
        (200, author.get("/notices/news", **me)),
        (200, author.get("/search/suggest?q=qq", **me)),
        (200, author.get("/search/similar?title=qq+lamp", **me)),
        (200, author.get(f"/ideas/{idea_id}/like", **me)),
        (200, author.get(f"/ideas/{idea_id}/news", **me)),
        (401, browser().post(f"/ideas/{idea_id}/vote", **me)),
        (403, browser(portal.unconfirmed).post(f"/ideas/{idea_id}/vote", **me)),
    ]
    for status, answer in answers:
        assert (answer.status_code, answer.is_json) == (status, True), answer.request.path
    said = {
        text: answer.request.path
        for _, answer in answers
        for value in strings(answer.get_json())
        for text in words_of(value)
    }

    assert sum(OPEN in text for text in said) >= 8
    assert not {outside(text): where for text, where in said.items() if is_plain(text)}


def strings(value: Any) -> Iterator[str]:
    """The texts of a JSON value that somebody reads."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in ("request_id", "key", "action", "error_code"):
                yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, str) and not NO_WORDS.fullmatch(value):
        yield value


def test_every_word_of_a_mail_comes_from_the_catalogue(
    portal: Portal, work: Callable[[], int]
) -> None:
    portal.ask_for_mails()
    portal.sayings()
    work()
    db.session.execute(update(Member).values(mail_choice=MailChoice.DAILY))
    portal.sayings()
    work()
    make_digests(clock.now().replace(hour=12) + timedelta(days=1))
    work()
    written = [outbox.read(one.name) for one in outbox.written(1_000)]
    said: dict[str, str] = {}
    for mail in written:
        with outbox.path_of(mail.name).open("rb") as file:
            html = html_of(BytesParser(policy=policy.default).parse(file))
        # A message may go over several lines; a quotation is somebody's.
        own = mail.words.replace("\r\n", "\n").replace("\n-- \nCoCreate\n", "\n\n")
        words = re.sub(r"(?m)^>.*$", "", own).split("\n\n")
        for text in (mail.subject, *map(plain, words), *words_of(html)):
            said[text] = mail.subject

    assert len(written) >= 30
    assert not {outside(text): where for text, where in said.items() if is_plain(text)}


def test_long_words_fit_a_narrow_screen_either_way(
    app: Flask, portal: Portal, visit: Callable[..., Any]
) -> None:
    """Each page once, at 320 px, written to the right and then to the left."""
    pages = {
        name: visit(member, viewport={"width": 320, "height": 640})
        for name, member in portal.readers().items()
    }
    addresses = {re.sub(r"\d+", "0", one): one for one in portal.addresses(app)}
    # The server's threads write too: no transaction may stay open.
    db.session.rollback()
    faults = {}
    for address in addresses.values():
        *_, reader = readers_of(address)
        page = pages[reader]
        page.goto(address)
        for direction in ("ltr", "rtl"):
            page.evaluate("(way) => { document.documentElement.dir = way; }", direction)
            if found := page.evaluate(LAYOUT):
                faults[reader, address, direction] = found

    assert len(addresses) > 60
    assert not faults
