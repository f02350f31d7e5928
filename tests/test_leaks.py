"""Nothing private is found where its reader may not see it.

Words that stand nowhere else are planted in everything that is not for
everybody. Then each kind of reader opens every page of the portal, searches for
them and follows every link; the mails, the index and the logs are read as well.
A word has to be found by exactly those who may read it.
"""

import itertools
import logging
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from html import unescape
from typing import Any
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import Text, cast, select

from cocreate import clock, worker
from cocreate.accounts.models import MailChoice, email_key, name_key
from cocreate.backlog import actions as backlog
from cocreate.discussion import actions as discussion
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas.models import Area, Stage, Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason
from cocreate.notices import actions as notices
from cocreate.search import analysis, engines
from cocreate.search.asked import Asked, Only, Part
from cocreate.search.models import SearchDocument
from cocreate.votes import actions as votes
from tests.world import ROLES, WHY, World, build

STAFF = frozenset({"moderator", "product", "admin"})
MODERATORS = frozenset({"moderator", "admin"})
AUTHOR = frozenset({"author"})
# A reader who finds more pages than this goes round in circles.
MOST_PAGES = 1_000
# So many links of one page with different questions are followed, to filters and further pages.
MOST_QUERIES = 12
_PLANTED = re.compile("zq[a-z]+?[bw]k(?![a-z])")
_LINK = re.compile(r'(?:href="|<loc>)([^"<]+)')
# Where everybody gets the same, or what leaves the portal as a file.
_SHARED = re.compile(r"^/(feeds/|sitemap|robots|admin/export/|backlog\.csv)")


@dataclass(frozen=True)
class Secret:
    """Two words beside each other, `bait` to search by, and who may read them.

    `was_public` says that they could be read by everybody for a while.
    """

    name: str
    readers: frozenset[str]
    was_public: bool = False

    @property
    def bait(self) -> str:
        return f"zq{self.name}bk"

    @property
    def word(self) -> str:
        return f"zq{self.name}wk"

    def __str__(self) -> str:
        return f"{self.bait} {self.word}"


SECRETS = {
    one.name: one
    for one in (
        Secret("control", frozenset(ROLES)),
        Secret("held", AUTHOR | STAFF),
        Secret("hidden", AUTHOR | STAFF, was_public=True),
        Secret("withdrawn", AUTHOR | STAFF, was_public=True),
        Secret("draft", AUTHOR),
        # How an idea read before its author mended it, while it waited.
        Secret("mended", AUTHOR | STAFF),
        # An answer to an idea that was hidden later, and what a member said about it.
        Secret("answer", AUTHOR | STAFF, was_public=True),
        Secret("said", AUTHOR | STAFF, was_public=True),
        Secret("commentheld", AUTHOR | MODERATORS),
        Secret("commenthidden", AUTHOR | MODERATORS, was_public=True),
        Secret("commentremoved", frozenset(), was_public=True),
        Secret("commentmended", AUTHOR | MODERATORS),
        # A moderator's words to the author of an idea, and to the author of a comment.
        Secret("ruling", AUTHOR | MODERATORS),
        Secret("commentruling", AUTHOR | MODERATORS),
        Secret("reason", frozenset()),
        # An account that is not confirmed yet, and the address that an author came with.
        Secret("name", frozenset({"unconfirmed", "admin"})),
        Secret("claim", frozenset({"admin"})),
        *(Secret(f"mail{role}", frozenset({role, "admin"})) for role in ROLES[1:]),
        *(Secret(f"new{role}", frozenset({role})) for role in ROLES[1:]),
    )
}


# The ideas whose tags are secrets, too.
TAGGED = ("control", "held", "hidden", "withdrawn", "draft", "mended")


class Planted(World):
    """A portal with a secret in everything that is not for everybody."""

    def people(self) -> None:
        super().people()
        for role in ROLES[1:]:
            member = self.members[role]
            member.email = self.address(f"mail{role}")
            member.email_key = email_key(member.email)
        unconfirmed = self.members["unconfirmed"]
        unconfirmed.name = str(SECRETS["name"])
        unconfirmed.name_key = name_key(unconfirmed.name)
        self.members["member"].mail_choice = MailChoice.DAILY
        self.placeholders["other"].claim_key = self.address("claim")

    def address(self, name: str) -> str:
        return f"{SECRETS[name].bait}.{SECRETS[name].word}@example.com"

    def texts(self, name: str) -> dict[str, Any]:
        """An idea with the secret in everything that it says."""
        words = str(SECRETS[name])
        return {"title": words, "need": words, "proposal": words, "tags": [words]}

    def things(self) -> None:
        self.areas = {"shops": Area(key="shops", names={"en": "Shops"})}
        db.session.add(self.areas["shops"])
        author, member = self.members["author"], self.members["member"]
        for name in ("control", "hidden", "withdrawn"):
            self.ideas[name] = self.told(name, Visibility.PUBLIC)
        self.ideas["public"] = self.ideas["control"]
        for one in ("public", "hidden", "withdrawn"):
            votes.cast(member, self.ideas[one])
            notices.watch(member, self.ideas[one])
        for name in ("commenthidden", "commentremoved"):
            self.comments[name] = self.said(name, Visibility.PUBLIC)
        self.comments["said"] = self.comment(
            member, self.ideas["hidden"], str(SECRETS["said"]), Visibility.PUBLIC
        )
        backlog.answer(
            self.members["product"],
            self.ideas["hidden"],
            body=str(SECRETS["answer"]),
            stage=Stage.PLANNED,
        )
        imported = self.idea(self.members["author"], "From elsewhere", Visibility.PUBLIC)
        imported.author_id = self.placeholders["other"].id
        # All of this is told and indexed while everybody may read it.
        self.work()
        self.hide()
        self.wait()
        assert author.is_open
        self.members["unconfirmed"].email_confirmed_at = None

    def told(self, name: str, visibility: Visibility) -> Any:
        texts = self.texts(name)
        return self.idea(self.members["author"], texts.pop("title"), visibility, **texts)

    def said(self, name: str, visibility: Visibility) -> Any:
        return self.comment(
            self.members["author"], self.ideas["public"], str(SECRETS[name]), visibility
        )

    def hide(self) -> None:
        """What was public is not any more."""
        moderator, author = self.members["moderator"], self.members["author"]
        moderation.hide(moderator, self.ideas["hidden"], Reason.SPAM, str(SECRETS["ruling"]))
        moderation.hide(
            moderator,
            self.comments["commenthidden"],
            Reason.SPAM,
            str(SECRETS["commentruling"]),
        )
        ideas.withdraw(author, self.ideas["withdrawn"], str(SECRETS["reason"]))
        discussion.remove(author, self.comments["commentremoved"])

    def wait(self) -> None:
        """What was never public: held, mended while it was, or never sent."""
        author, moderator = self.members["author"], self.members["moderator"]
        author.approved_count = 0
        self.ideas["held"] = self.told("held", Visibility.HELD)
        self.ideas["mended"] = self.told("mended", Visibility.HELD)
        ideas.edit(
            author,
            self.ideas["mended"],
            seen=1,
            title="Better words",
            need=WHY,
            proposal=WHY,
            area=self.areas["shops"],
            tags=[],
            language="en",
        )
        self.comments["commentheld"] = self.said("commentheld", Visibility.HELD)
        mended = self.comments["commentmended"] = self.said("commentmended", Visibility.HELD)
        discussion.edit(author, mended, body="Better said.", wording=1)
        moderation.approve(moderator, self.ideas["mended"])
        moderation.approve(moderator, mended)
        texts = self.texts("draft")
        self.ideas["draft"] = self.draft(author, texts.pop("title"), **texts)

    def duties(self) -> None:
        super().duties()
        for role in ROLES[1:]:
            self.members[role].new_email = self.address(f"new{role}")
        # A day later the daily mails are written, too.
        db.session.commit()
        with clock.at(clock.now() + timedelta(days=1, hours=2)):
            self.work()

    def work(self) -> None:
        db.session.commit()
        worker.run_until_idle(self.app)
        worker.run_chores(self.app, {})
        worker.run_until_idle(self.app)


@dataclass(frozen=True)
class Read:
    """Something that somebody read: which of the planted words stand in it.

    Words of the address do not count; the reader has brought them along.
    """

    role: str
    where: str
    status: int
    words: frozenset[str]

    def holds(self, secret: Secret) -> bool:
        return bool({secret.bait, secret.word} & self.words)


def planted(text: str) -> frozenset[str]:
    """The planted words in a text."""
    return frozenset(_PLANTED.findall(text.casefold()))


class Logs(logging.Handler):
    """Keeps every line of the logs, with all that belongs to it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {vars(record)}")


@pytest.fixture(scope="module")
def logs() -> Iterator[Logs]:
    handler, root = Logs(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="module")
def world(_app: Flask, logs: Logs) -> Iterator[World]:
    for old in (_app.config["SETTINGS"].data / "mail").glob("*.eml"):
        old.unlink()
    with build(_app, Planted) as world:
        yield world


@pytest.fixture(scope="module")
def pages(world: World) -> list[Read]:
    """Every page, as everybody sees it. Who may see more comes first: they fill what is kept."""
    return [page for role in reversed(ROLES) for page in walk(world, role)]


def walk(world: World, role: str) -> Iterator[Read]:
    """Every page that there is, whatever leads to it, and all that pages lead on to."""
    waiting = deque(places(world, role))
    known = set(waiting)
    asked = Counter[str]()
    while waiting:
        path = waiting.popleft()
        for accept in accepted(role, path):
            answer = world.browsers[role].get(
                path, headers={"User-Agent": "tests bot/1", "Accept": accept}, buffered=True
            )
            assert answer.status_code < 500, (role, path, answer.status_code)
            # A picture's bytes are no text, but may hold some.
            said = answer.get_data().decode(errors="replace")
            words = planted(f"{answer.headers}\n{said}") - planted(unquote(path))
            yield Read(role, path, answer.status_code, words)
        for more in sorted(links(path, said, answer.headers.get("Location", "")) - known):
            asked[urlsplit(more).path] += bool(urlsplit(more).query)
            if asked[urlsplit(more).path] <= MOST_QUERIES:
                known.add(more)
                waiting.append(more)
        assert len(known) < MOST_PAGES, f"{role} finds ever more pages: {list(known)[-20:]}"


def accepted(role: str, path: str) -> list[str]:
    """What is asked for: a page and, by one reader of those who may do little, what scripts get."""
    as_script = role == "member" and not urlsplit(path).query
    return ["text/html", "application/json"] if as_script else ["text/html"]


def links(path: str, page: str, location: str) -> set[str]:
    """The pages of ours that a page leads to."""
    found = {location, *(unescape(one) for one in _LINK.findall(page))} - {""}
    places = (urlsplit(urljoin(f"http://localhost{path}", one)) for one in found)
    return {
        f"{one.path}?{one.query}" if one.query else one.path
        for one in places
        if one.netloc == "localhost" and not one.path.startswith("/static/")
    }


# What an address with such a part in it can be filled with.
FILL: dict[str, Callable[[World, str], list[Any]]] = {
    "area_id": lambda w, role: [w.areas["shops"].id],
    "comment_id": lambda w, role: [one.id for one in w.comments.values()],
    # Pictures and the logo have tests of their own; here nobody guesses one.
    "digest": lambda w, role: ["0123456789abcdef"],
    "filename": lambda w, role: ["favicon.svg"],
    "format": lambda w, role: ["csv", "jsonl"],
    "key": lambda w, role: ["0123456789abcdef"],
    "idea_id": lambda w, role: [one.id for one in w.ideas.values()],
    "name": lambda w, role: [w.mail, *(one.name for one in w.members.values())],
    "number": lambda w, role: [1],
    "picture_id": lambda w, role: [1],
    "question_id": lambda w, role: [1],
    "run_id": lambda w, role: list(w.runs.values()),
    "size": lambda w, role: ["32"],
    "slug": lambda w, role: ["guessed"],
    "thing_id": lambda w, role: [one.id for one in (*w.ideas.values(), *w.comments.values())],
    "things": lambda w, role: ["ideas", "comments"],
    # A link in a mail is a proof, so it is in the hands of its reader alone.
    "token": lambda w, role: ["stale", *(w.tokens[one] for one in LINKS.get(role, ()))],
    "width": lambda w, role: [480],
}


def fits(world: World, filled: dict[str, Any]) -> bool:
    """Whether the parts of an address belong together; what does not is not there anyway."""
    if {"idea_id", "comment_id"} <= filled.keys():
        its_own = {one.id: one.idea_id for one in world.comments.values()}
        return bool(its_own[filled["comment_id"]] == filled["idea_id"])
    if filled.get("things") == "ideas":
        return filled["thing_id"] in {one.id for one in world.ideas.values()}
    return True


LINKS = {"unconfirmed": ("confirm",), "author": ("reset", "stop")}


def places(world: World, role: str) -> list[str]:
    """The address of every page that there is, and of what one may look for."""
    found = []
    for rule in world.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        unknown = rule.arguments - FILL.keys()
        assert not unknown, f"say in FILL what {unknown} of {rule.rule} can be filled with"
        names = sorted(rule.arguments)
        for values in itertools.product(*(FILL[name](world, role) for name in names)):
            filled = dict(zip(names, values, strict=True))
            if not fits(world, filled):
                continue
            path = rule.rule
            for name, value in filled.items():
                path = re.sub(rf"<(?:[^<>]*:)?{name}>", quote(str(value)), path)
            found.append(path)
    for secret in SECRETS.values():
        found += [f"{one}?q={secret.bait}" for one in ("/search", "/search/suggest")]
        found.append(f"/search/similar?title={secret.bait}")
        found.append(f"/admin/members?q={secret.bait}")
    for name in TAGGED:
        tag = urlencode({"tag": str(SECRETS[name])})
        found += [f"{one}?{tag}" for one in ("/ideas", "/search", "/feeds/ideas.atom")]
    return found


def test_everybody_finds_what_they_may_read_and_nothing_else(pages: list[Read]) -> None:
    found: dict[str, dict[str, list[str]]] = {}
    for page in pages:
        for secret in SECRETS.values():
            # A mail that was written while everybody could read it stays as it is.
            is_old = secret.was_public and page.where.startswith("/admin/mail/")
            if page.holds(secret) and not is_old:
                found.setdefault(secret.name, {}).setdefault(page.role, []).append(page.where)
    leaks = {
        f"{name}, read by {role}": where[:5]
        for name, by_role in found.items()
        for role, where in by_role.items()
        if role not in SECRETS[name].readers
    }
    assert not leaks
    missed = {
        secret.name: sorted(secret.readers - found.get(secret.name, {}).keys())
        for secret in SECRETS.values()
        if secret.readers - found.get(secret.name, {}).keys()
    }
    assert not missed, "these never found what they may read, so the walk proves nothing of them"


def test_what_everybody_shares_or_takes_along_holds_no_secret(pages: list[Read]) -> None:
    shared = [page for page in pages if page.status == 200 and _SHARED.match(page.where)]
    leaks = {
        (secret.name, page.where)
        for page in shared
        for secret in SECRETS.values()
        if secret.name != "control" and page.holds(secret)
    }
    assert not leaks
    assert any(page.holds(SECRETS["control"]) for page in shared)


def test_no_mail_tells_what_its_reader_may_not_read(world: World) -> None:
    by_address = {
        email_key(member.email or ""): name.removeprefix("other ")
        for name, member in world.members.items()
    }
    leaks, told = set(), set()
    for path in (world.app.config["SETTINGS"].data / "mail").glob("*.eml"):
        mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        to = email_key(mail["To"].addresses[0].addr_spec)
        role = by_address[to]
        parts = [
            str(mail),
            *(
                str(one.get_content())
                for one in mail.walk()
                if one.is_attachment() or not one.is_multipart()
            ),
        ]
        words = planted("\n".join(parts)) - planted(to)
        for secret in SECRETS.values():
            if {secret.bait, secret.word} & words:
                told.add(secret.name)
                if role not in secret.readers and not secret.was_public:
                    leaks.add((secret.name, role, mail["Subject"]))
    assert not leaks
    # The author heard why, and moderators heard of what waits.
    assert {"ruling", "commentruling", "held"} <= told


def test_the_index_holds_no_secret(world: World) -> None:
    # Whoosh keeps its files in the data folder, PostgreSQL its documents in a table.
    folder = world.app.config["SETTINGS"].data / "index"
    stored = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    rows = db.session.scalars(select(cast(SearchDocument.vector, Text)))
    stored += "\n".join(rows).encode()
    found = {
        secret.name
        for secret in SECRETS.values()
        if any(
            word.encode() in stored
            for word in (secret.bait, secret.word, *analysis.keys(secret.word))
        )
    }
    # What was taken out may lie in a file until that is written anew, but is found no more.
    assert {name for name in found if not SECRETS[name].was_public} == {"control"}
    for secret in SECRETS.values():
        keys = tuple((key,) for key in analysis.keys(secret.word))
        asked = Asked((Part(secret.word, keys),))
        hits = engines.here().search(asked, every=True, only=Only(), limit=10)
        assert bool(hits) == (secret.name == "control"), secret


def test_the_logs_hold_no_secret(pages: list[Read], logs: Logs) -> None:
    lines = [line.casefold() for line in logs.lines]
    leaks = {
        secret.name: line
        for secret in SECRETS.values()
        for line in lines
        if secret.name != "control" and (secret.bait in line or secret.word in line)
    }
    assert not leaks
    assert any("cocreate.requests" in line for line in lines)
