"""Every page in every state, as the portal answers it, for programs that judge pages.

Pages that differ only in words, numbers and how often something is repeated count as one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from cocreate import worker
from cocreate.accounts.models import Member
from cocreate.exchange.models import ImportRun
from cocreate.extensions import db
from cocreate.notices import outbox
from tests.conftest import Browser
from tests.portal import MARK, NO_PAGE, PEOPLE, REFUSED, Portal, readers_of

# What a page may answer: nothing here is a fault of the portal.
ANSWERS = (200, 401, 403, 404, 405, 409, 410, 422)
LEADS_ON = (301, 302, 303, 308)
# What makes no other kind of page: words, and where links lead.
WORDS = re.compile(r">\s*[^<\s][^<]*")
VALUES = re.compile(r' (href|action|id|for|value|src|title|datetime|aria-label)="[^"]*"')
TABLE = f"id,title,author,created,mystery\n1,{MARK} one,{MARK},2020-02-30,a\n2,,{MARK},,b\n"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Attributes whose value makes an element look or act otherwise.
LOOKS = ("class", "type", "role", "open", "hidden", "aria-current", "aria-pressed", "data-stage")


@dataclass(frozen=True)
class Sight:
    """A page as somebody sees it; `where` says how they came there."""

    reader: str
    where: str
    page: TestResponse

    def __str__(self) -> str:
        return f"{self.reader} at {self.where}"


class Walk:
    """All pages that there are for some readers, each kind of page once.

    `members` are as in `Portal.readers`.
    """

    def __init__(
        self, app: Flask, members: dict[str, Member | None], readers: Iterable[str] = PEOPLE
    ) -> None:
        self.app = app
        self.browsers = {name: Browser(app, members[name]) for name in readers}
        self.read_before: set[str] = set()
        self.seen: set[str] = set()

    def all(self, portal: Portal) -> Iterator[Sight]:
        """What is read, what forms with something wrong in them get, and what admins do."""
        yield from self.read(portal.addresses(self.app))
        yield from self.refused(portal)
        if "admin" in self.browsers:
            yield from self.read(f"/admin/mail/{mail.name}" for mail in outbox.written(1000))
            yield from self.bringing()

    def empty(self) -> Iterator[Sight]:
        """Pages about nothing in particular, of a portal in which nothing is."""
        rules = [rule for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        named = [one.rule for one in rules if not one.arguments and not NO_PAGE.fullmatch(one.rule)]
        yield from self.read([*named, "/search?q=lamp", "/notices?show=unread"])

    def read(self, addresses: Iterable[str]) -> Iterator[Sight]:
        for address in dict.fromkeys(addresses):
            for name in readers_of(address):
                if name in self.browsers:
                    yield from self.sight(name, address, self.browsers[name].get(address))

    def refused(self, portal: Portal) -> Iterator[Sight]:
        for name, address, values in REFUSED:
            if name in self.browsers:
                address = address.format(talked=portal.talked.id)
                page = self.browsers[name].post(address, values)
                yield from self.sight(name, f"POST {address} {values}", page)

    def bringing(self) -> Iterator[Sight]:
        """An admin uploads a table with faults, tries it and brings it in."""
        db.session.execute(delete(ImportRun))
        admin = self.browsers["admin"]
        files = {"files": (BytesIO(TABLE.encode()), f"{MARK}.csv")}
        page = admin.post("/admin/import", files, content_type="multipart/form-data")
        assert page.status_code == 303, page.text
        for do in ("look", "try", "import"):
            if do != "look":
                admin.submit(page.location, page.location, do=do)
                yield from self.sight("admin", f"{do} begun", admin.get(page.location))
            worker.run_until_idle(self.app)
            yield from self.sight("admin", f"{do} done", admin.get(page.location))

    def sight(self, reader: str, where: str, page: TestResponse) -> Iterator[Sight]:
        """The page, if it is one and none like it was seen."""
        if page.status_code in LEADS_ON:
            page = self.browsers[reader].get(page.location, follow_redirects=True)
        assert page.status_code in ANSWERS, (reader, where, page.status_code)
        if page.mimetype != "text/html":
            return
        bare = VALUES.sub(r' \1=""', WORDS.sub(">x", page.text))
        if bare in self.read_before:
            return
        self.read_before.add(bare)
        found = marks(bare)
        if not found <= self.seen:
            self.seen |= found
            yield Sight(reader, where, page)


def marks(page: str) -> set[str]:
    """What makes one kind of page another, as texts.

    Each kind of element where it stands, which kinds come more than once, which heading
    follows which. Pages that differ only in words and in how long their lists are have the same.
    """
    found: set[str] = set()
    headings = ["h0"]

    def look(tag: Tag, place: str) -> None:
        looks = [f"{name}={tag[name]}" for name in LOOKS if tag.has_attr(name)]
        names = sorted(name for name in tag.attrs if name not in LOOKS)
        mark = f"{place}/{tag.name} {looks} {names} {'' if tag.contents else 'empty'}"
        found.add(f"{mark} again" if mark in found else mark)
        if tag.name in HEADINGS:
            found.add(f"{tag.name} after {headings[-1]}")
            headings.append(tag.name)
        for child in tag.children:
            if isinstance(child, Tag):
                look(child, f"{place}/{tag.name} {looks[:1]}")

    look(BeautifulSoup(page, "html.parser"), "")
    return found
