"""A crawler over the demo, as each kind of person: every link leads somewhere.

Of addresses that differ only in numbers and words a few are read. Nothing that a page needs comes
from another host, and no two public pages have one title.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from cocreate import config
from cocreate.accounts import queries as accounts
from cocreate.demo import loader
from tests.conftest import Browser

HOME = "http://localhost/"
# So many addresses of one shape are read.
FEW = 6
ROLES = ("visitor", "member", "moderator", "product", "admin")
# What a page fetches by itself: the attribute of which element names it.
FETCHED = (
    ("link[rel~=stylesheet], link[rel~=icon], link[rel~=apple-touch-icon]", "href"),
    ("link[rel~=preload], link[rel~=modulepreload], link[rel~=manifest]", "href"),
    ("script[src], img[src], source[src], iframe[src], video[src], audio[src]", "src"),
    ("img[srcset], source[srcset]", "srcset"),
    ("meta[property='og:image'], meta[name='twitter:image']", "content"),
    ("use", "href"),
    ("object", "data"),
)
LED_TO = (("a[href], area[href], link[rel~=alternate], link[rel~=canonical]", "href"),)
NEEDED = re.compile(
    r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)|(?:from|import)\s*\(?\s*["']([./][^"']+)["']"""
)


def shape(address: str) -> str:
    """What addresses of one kind have in common."""
    parts = urlsplit(address)
    path = re.sub(r"/members/.+", "/members/x", parts.path)
    path = re.sub(r"\d+(-[^/]*)?", "0", path)
    keys = sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{path}?{','.join(keys)}"


class Crawl:
    """What one person finds by following every link from the front page."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        self.app, self.browser = app, browser
        self.place = app.url_map.bind("localhost")
        self.faults: list[str] = []
        # {address without fragment: the ids that stand there}
        self.ids: dict[str, set[str]] = {}
        self.titles: defaultdict[str, set[str]] = defaultdict(set)
        self.read_of: Counter[str] = Counter()
        self.waiting: deque[tuple[str, str]] = deque([(HOME, "the beginning")])
        self.fragments: set[tuple[str, str, str]] = set()
        self.go()

    def go(self) -> None:
        known: set[str] = set()
        while self.waiting:
            address, origin = self.waiting.popleft()
            if address in known:
                continue
            known.add(address)
            if self.read_of[shape(address)] < FEW:
                self.read_of[shape(address)] += 1
                self.read(address, origin)
        for address, fragment, origin in sorted(self.fragments):
            if address in self.ids and fragment not in self.ids[address]:
                self.faults.append(f"nothing is at {address}#{fragment}, linked on {origin}")

    def read(self, address: str, origin: str) -> None:
        path = address.removeprefix(HOME.rstrip("/"))
        page = self.browser.get(path, follow_redirects=True, buffered=True)
        if page.status_code != 200:
            self.faults.append(f"{address} answers {page.status_code}, linked on {origin}")
        elif page.mimetype == "text/html":
            self.look(address, page)
        elif page.mimetype in ("text/css", "text/javascript", "application/javascript"):
            for found in NEEDED.finditer(page.text):
                self.need(urljoin(address, next(filter(None, found.groups()))), address)

    def look(self, address: str, page: TestResponse) -> None:
        soup = BeautifulSoup(page.text, "html.parser")
        self.ids[address] = {str(tag["id"]) for tag in soup.find_all(id=True)}
        end = urljoin(HOME, page.request.path)
        self.titles[soup.title.text if soup.title else ""].add(end)
        for target in self.named(soup, FETCHED, end):
            self.need(target, address)
        for target in self.named(soup, LED_TO, end):
            self.follow(target, address)
        for form in soup.find_all("form"):
            self.send(form, end)

    def named(
        self, soup: BeautifulSoup, where: tuple[tuple[str, str], ...], base: str
    ) -> Iterator[str]:
        for selector, attribute in where:
            for tag in soup.select(selector):
                value = str(tag.get(attribute, ""))
                for one in value.split(",") if attribute == "srcset" else [value]:
                    yield urljoin(base, one.split()[0] if attribute == "srcset" else one)

    def need(self, target: str, origin: str) -> None:
        if target.startswith("data:"):
            return
        if not target.startswith(HOME):
            self.faults.append(f"{target} is on another host, needed on {origin}")
        self.waiting.append((urldefrag(target).url, origin))

    def follow(self, target: str, origin: str) -> None:
        if target.startswith(HOME):
            address, fragment = urldefrag(target)
            self.waiting.append((address, origin))
            if fragment:
                self.fragments.add((address, unquote(fragment), origin))
        elif urlsplit(target).scheme not in ("http", "https", "mailto"):
            self.faults.append(f"{target} leads nowhere, linked on {origin}")

    def send(self, form: Tag, base: str) -> None:
        target = urljoin(base, str(form.get("action") or base))
        try:
            assert target.startswith(HOME)
            self.place.match(urlsplit(target).path, method=str(form.get("method", "get")).upper())
        except (HTTPException, AssertionError):
            self.faults.append(f"a form on {base} is sent to {target}")


@pytest.fixture
def demo(app: Flask) -> Flask:
    loader.load(app, lambda items, _length, _label, each: [each(item) for item in items])
    return app


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_link_of_the_demo_leads_somewhere(demo: Flask) -> None:
    settings: config.Settings = demo.config["SETTINGS"]
    addresses = {role: email for role, email, _password in loader.sign_ins(settings)}
    assert {*addresses, "visitor"} == set(ROLES)
    for role in ROLES:
        member = accounts.by_email(addresses[role]) if role in addresses else None
        crawl = Crawl(demo, Browser(demo, member))
        print(role, sum(crawl.read_of.values()), len(crawl.read_of))

        assert crawl.faults == [], role
        assert len(crawl.ids) > 50
        if role == "visitor":
            twice = {title: found for title, found in crawl.titles.items() if len(found) > 1}
            assert twice == {}
