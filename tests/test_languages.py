"""No page and no mail mixes the languages.

The whole portal is walked once in Czech and once in English. What people write
carries a mark, so the portal's own words can be told from it.
"""

import re
import zoneinfo
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup, Comment, Declaration, Doctype
from flask import Flask
from sqlalchemy import delete, update

from cocreate import clock, worker
from cocreate.accounts.models import MailChoice, Member
from cocreate.exchange.models import ImportRun
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.notices import actions as notices
from cocreate.notices import outbox, post
from tests import databases
from tests.catalogue import PLACEHOLDER, czech, english, messages
from tests.conftest import Browser
from tests.mailbox import html_of
from tests.portal import MARK, REFUSED, Portal, readers_of

# What is called the same everywhere.
FONTS = {"Figtree", "Atkinson Hyperlegible Next", "Bitter"}
NAMES = {"CoCreate", "Ctrl K", "CSV", "JSON Lines", "en", "cs", *FONTS, *LANGUAGES.values()}
SHARED = {"Role", "Import", "Export", "Logo"}
ZONES = zoneinfo.available_timezones()
# From so many signs on, words are looked for inside of longer texts.
LONG = 14
# What a script or a person reads beside the text itself.
READ_OUT = (
    "aria-label",
    "title",
    "placeholder",
    "alt",
    "data-restored",
    "data-waits",
    "data-offline",
)
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+|https?://\S+|/\S*|<[^>]*>")


class Words:
    """One language, ready to be looked for on a page of the other."""

    def __init__(self, forms: Iterable[str], other: set[str]) -> None:
        self.whole: set[str] = set()
        inside: set[str] = set()
        shapes: set[str] = set()
        for form in forms:
            said = plain(form.replace("%%", "%"))
            parts = PLACEHOLDER.split(said)
            if len(parts) == 1:
                self.whole.add(said)
            elif len(re.findall(r"\w", "".join(parts))) >= 4:
                shapes.add(".+".join(map(re.escape, parts)))
            inside.update(one.strip() for one in parts if len(one.strip()) >= LONG)
        # A few words are the same in both, or a part of what the other says.
        self.whole -= other
        inside = {one for one in inside if not any(one in text for text in other)}
        shapes = {one for one in shapes if not any(re.fullmatch(one, text) for text in other)}
        self.parts = sorted(inside)
        self.shape = re.compile("|".join(sorted(shapes)))

    def found_in(self, text: str) -> str:
        """What of this language stands in a text; "" for nothing."""
        if text in self.whole or self.shape.fullmatch(text):
            return text
        return next((one for one in self.parts if one in text), "")


def plain(text: str) -> str:
    """A text with single, ordinary spaces."""
    return " ".join(text.split())


def read_out(page: str) -> Iterator[str]:
    """Every text of a page that somebody reads or hears, with single spaces."""
    soup = BeautifulSoup(page, "html.parser")
    for found in soup.find_all("mark"):
        found.unwrap()
    soup.smooth()
    for text in soup.find_all(string=True):
        if isinstance(text, (Comment, Declaration, Doctype)):
            continue
        around = text.parent
        if around is None or around.name in ("script", "style", "pre", "code"):
            continue
        if "avatar" not in around.get("class", []):
            yield plain(text)
    for tag in soup.find_all(True):
        yield from (plain(str(tag[name])) for name in READ_OUT if tag.has_attr(name))
    for tag in soup.select("[name=description], [property$=title], [property$=description]"):
        yield plain(str(tag["content"]))


@pytest.fixture(scope="module")
def spoken() -> dict[str, Words]:
    """The words of each language."""
    known = messages().values()
    forms = {
        "en": {one for message in known for one in english(message.id)},
        "cs": {one for message in known for one in czech(message.string)},
    }
    return {
        code: Words(forms[code], {plain(one) for one in forms[other]})
        for code, other in (("en", "cs"), ("cs", "en"))
    }


COLUMNS = "id, title, author, created, mystery"
TABLE = f"{COLUMNS.replace(' ', '')}\n1,{MARK} one,{MARK},2020-02-30,a\n2,,{MARK},,b\n"


class Walk:
    """All pages in one language: what stands on each, by who reads it and where."""

    def __init__(self, app: Flask, portal: Portal, language: str) -> None:
        self.app, self.portal, self.language = app, portal, language
        self.texts: dict[tuple[str, str], set[str]] = {}
        portal.speak(language)
        self.browsers = {name: Browser(app, one) for name, one in portal.readers().items()}
        self.bring()
        for address in dict.fromkeys(portal.addresses(app)):
            for name in readers_of(address):
                self.read(name, self.browsers[name], address)
        for number, (role, address, values) in enumerate(REFUSED):
            self.refuse(number, role, address.format(talked=portal.talked.id), values)

    def bring(self) -> None:
        """An admin uploads a table with faults and tries it."""
        db.session.execute(delete(ImportRun))
        admin = self.browsers["admin"]
        files = {"files": (BytesIO(TABLE.encode()), f"{MARK}.csv")}
        page = admin.post("/admin/import", files, content_type="multipart/form-data")
        assert page.status_code == 303, page.text
        for do in ("", "try"):
            self.read("bringing " + do, admin, page.location)
            if do:
                admin.submit(page.location, page.location, do=do)
            worker.run_until_idle(self.app)

    def headers(self) -> dict[str, str]:
        return {"Accept-Language": self.language}

    def read(self, name: str, browser: Browser, address: str) -> None:
        page = browser.get(address, headers=self.headers(), follow_redirects=True)
        assert page.status_code in (200, 401, 403, 404, 405, 409, 410), (name, address)
        if page.mimetype == "text/html":
            self.texts[name, address] = set(read_out(page.text))
            assert f'<html lang="{self.language}"' in page.text

    def refuse(self, number: int, role: str, address: str, values: dict[str, str]) -> None:
        browser = self.browsers[role]
        page = browser.post(address, values, headers=self.headers())
        assert page.status_code in (200, 401, 422), (role, address, page.status_code)
        self.texts[role, f"{number} POST {address}"] = set(read_out(page.text))


@pytest.fixture
def walks(app: Flask, make_member: Any, work: Callable[[], int]) -> dict[str, Walk]:
    """The portal with one of everything, walked in each language."""
    portal = Portal(app, make_member)
    db.session.execute(update(Member).values(mail_choice=MailChoice.NEVER))
    work()
    return {code: Walk(app, portal, code) for code in LANGUAGES}


def is_said_alike(text: str) -> bool:
    """Whether a text may be the same in both languages."""
    rest = ADDRESS.sub("", text.removesuffix(" - CoCreate"))
    return (
        MARK.lower() in text.lower()
        or rest in NAMES | SHARED
        or text in COLUMNS
        or text.replace(" ", "_") in ZONES
        or not re.search(r"[^\W\d_]{2}", rest)
    )


def told_alike(said: dict[str, set[str]]) -> set[str]:
    """Texts that are the same in both languages and should not be."""
    return {text for text in said["cs"] & said["en"] if not is_said_alike(text)}


# Words are the same on every database.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_page_mixes_the_languages(walks: dict[str, Walk], spoken: dict[str, Words]) -> None:
    assert walks["cs"].texts.keys() == walks["en"].texts.keys()
    places = {
        code: {text: where for where, said in walk.texts.items() for text in said}
        for code, walk in walks.items()
    }
    mixed = {
        (code, *where, text): found
        for code, other in (("cs", "en"), ("en", "cs"))
        for text, where in places[code].items()
        if (found := spoken[other].found_in(text))
    }
    untold = {
        where: found
        for where in walks["cs"].texts
        if (found := told_alike({code: walk.texts[where] for code, walk in walks.items()}))
    }

    assert not mixed
    assert not untold


@pytest.fixture
def mails(app: Flask, make_member: Any, work: Callable[[], int]) -> dict[str, set[str]]:
    """Every mail there is, by language: its subject, its lines and the texts of its page."""
    said: dict[str, set[str]] = {}
    for code in LANGUAGES:
        databases.empty(db.engine)
        db.session.remove()
        worker.forget(app)
        for file in post.folder().glob("*"):
            file.unlink()
        portal = Portal(app, make_member)
        portal.speak(code)
        portal.ask_for_mails()
        work()
        db.session.execute(update(Member).values(mail_choice=MailChoice.DAILY))
        portal.sayings()
        work()
        notices.make_digests(clock.now().replace(hour=12) + timedelta(days=1))
        work()
        said[code] = set()
        admin = Browser(app, portal.staff["admin"])
        written = [outbox.read(one.name) for one in outbox.written(1000)]
        assert len(written) >= 40
        for mail in written:
            page = admin.get(f"/admin/mail/{mail.name}")
            said[code] |= {mail.subject, *map(plain, mail.words.splitlines()), *read_out(page.text)}
            with outbox.path_of(mail.name).open("rb") as file:
                said[code] |= set(read_out(html_of(BytesParser(policy=policy.default).parse(file))))
        said[code] |= set(read_out(admin.get("/admin/mail").text))
    return said


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_mail_mixes_the_languages(mails: dict[str, set[str]], spoken: dict[str, Words]) -> None:
    mixed = {
        text: found
        for code, other in (("cs", "en"), ("en", "cs"))
        for text in mails[code]
        if (found := spoken[other].found_in(text))
    }

    assert not mixed
    assert not told_alike(mails)
