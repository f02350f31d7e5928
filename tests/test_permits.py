"""Who may do what: every route, every reader, own and others' things in every state."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from cocreate import web
from cocreate.ideas import areas
from cocreate.ideas.models import Idea
from tests.policy import TABLE
from tests.world import PASSWORD, ROLES, VISITOR, WHY, World, build, file

MISSING = 999_999
# What programs send, and nobody's form.
NO_FORMS = ("/unsubscribe/", "/csp-report")


@dataclass(frozen=True)
class Line:
    """One line of the table: what each role gets for one thing at one route."""

    route: str
    thing: str
    cells: tuple[str, ...]
    leads: tuple[str, ...]

    @property
    def method(self) -> str:
        return self.route.split(" ", 1)[0]

    @property
    def rule(self) -> str:
        return self.route.split(" ", 1)[1]

    def __str__(self) -> str:
        return f"{self.route} ({self.thing})"


def read(table: str) -> list[Line]:
    """The lines of the table."""
    lines = []
    route = ""
    for number, text in enumerate(table.splitlines(), 1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        fields = re.split(r" {2,}", text.strip())
        if not text.startswith(" "):
            route, *fields = fields
            if not fields:
                continue
            fields = ["-", *fields]
        thing, cells, leads = fields[0], fields[1 : len(ROLES) + 1], fields[len(ROLES) + 1 :]
        assert len(cells) == len(ROLES), f"line {number} does not say what all roles get: {text}"
        lines.append(Line(route, thing, tuple(cells), tuple(leads)))
    return lines


LINES = read(TABLE)


@pytest.fixture(scope="module")
def world(_app: Flask) -> Iterator[World]:
    with build(_app) as world:
        yield world


def routes(app: Flask) -> dict[str, Rule]:
    """Every route of the portal, method by method."""
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }


def test_every_route_has_its_line(world: World) -> None:
    without = sorted(routes(world.app).keys() - {line.route for line in LINES})
    assert not without, (
        "These routes are not in the table of tests/policy.py. Add a line for each thing that"
        f" they take, with what each of {', '.join(ROLES)} gets; a form to send goes into FORMS"
        f" of tests/test_permits.py: {without}"
    )


def test_every_line_has_its_route(world: World) -> None:
    gone = sorted({line.route for line in LINES} - routes(world.app).keys())
    assert not gone, f"tests/policy.py has lines of routes that are not there any more: {gone}"


def test_no_line_stands_twice() -> None:
    keys = [(line.route, line.thing) for line in LINES]
    assert sorted({str(key) for key in keys if keys.count(key) > 1}) == []


@pytest.mark.parametrize("line", LINES, ids=str)
def test_the_policy(world: World, line: Line) -> None:
    got = []
    for role in ROLES:
        answer = send(world, line, role)
        word = outcome(answer)
        is_changed = bool(world.changed())
        world.put_back()
        if word == ">" and line.method == "POST" and not is_changed:
            word = "="
        if word in ("=", ">"):
            where = answer.headers["Location"]
            assert leads(world, line, role, where), f"{line} leads {role} to {where}"
        if line.method == "GET" or word not in ("ok", ">"):
            assert not is_changed, f"{line} changed something for {role}, who got {word}"
        got.append(word)
    shown = "  ".join(f"{one:4}" for one in got)
    assert tuple(got) == line.cells, f"{line} is in truth\n{shown}"


def test_no_form_is_taken_without_its_token(world: World) -> None:
    """Of who is signed in; a mail program that stops mails has none and needs none."""
    for line in LINES:
        if line.method != "POST" or line.rule.startswith(NO_FORMS):
            continue
        for role in ("member", "admin"):
            answer = send(world, line, role, token=False)
            # Where words would be lost, the form comes back with them, or leads back to it.
            assert answer.status_code in (303, 400, 403, 404), (line, role, answer.status_code)
        assert not world.changed(), line


def test_no_form_is_taken_from_another_place(world: World) -> None:
    for line in LINES:
        if line.method != "POST" or line.rule.startswith(NO_FORMS):
            continue
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
            for role in (VISITOR, "admin"):
                answer = send(world, line, role, headers=headers)
                assert answer.status_code == 403, (line, role, headers)
        assert not world.changed(), line


def outcome(answer: TestResponse) -> str:
    """In the words of the table."""
    if 200 <= answer.status_code < 300:
        return "ok"
    if 300 <= answer.status_code < 400:
        return "in" if answer.headers["Location"].startswith("/sign-in?next=") else ">"
    return str(answer.status_code)


def send(world: World, line: Line, role: str, **more: Any) -> TestResponse:
    """The request of the line, as that role, with a form that has nothing wrong with it."""
    browser = world.browsers[role]
    cookies = dict(browser.client._cookies)
    path = line.rule
    for name, value in arguments(world, line, role).items():
        path = re.sub(rf"<(?:[^<>]*:)?{name}>", quote(str(value)), path)
    try:
        if line.method == "GET":
            # As a robot, so that nobody's views are counted.
            return browser.get(path, headers={"User-Agent": "tests bot/1"}, buffered=True)
        form = FORMS.get(line.route, {})
        return browser.post(path, form(world, line, role) if callable(form) else dict(form), **more)
    finally:
        browser.client._cookies = cookies


def arguments(world: World, line: Line, role: str) -> dict[str, Any]:
    """What stands in the address, for the thing that the line is about."""
    thing, names = line.thing, re.findall(r"<(?:[^<>]*:)?(\w+)>", line.rule)
    if "things" in names:
        what, state = thing.split(":")
        found = idea_of(world, state, role) if what == "idea" else comment_of(world, state, role)
        return {"things": f"{what}s", "thing_id": found.id if found else MISSING}
    if "comment_id" in names:
        comment = comment_of(world, thing, role)
        idea_id = world.ideas["decided"].id if thing == "elsewhere" else comment and comment.idea_id
        return {"comment_id": comment.id if comment else MISSING, "idea_id": idea_id or 1}
    if "idea_id" in names:
        idea = idea_of(world, thing, role)
        return {"idea_id": idea.id if idea else MISSING, "slug": idea.slug if idea else "gone"}
    if "picture_id" in names:
        picture = world.pictures.get(thing)
        digest, width = ("f" * 24, 480) if picture is None else (picture.digest, picture.width)
        return {
            "picture_id": picture.id if picture else MISSING,
            "digest": digest,
            "width": width,
        }
    return {name: SIMPLE[name](world, thing, role) for name in names}


def idea_of(world: World, state: str, role: str) -> Idea | None:
    if state == "own":
        return world.own_ideas.get(role, world.ideas["held"])
    return world.ideas.get(state)


def comment_of(world: World, state: str, role: str) -> Any:
    if state == "own":
        return world.own_comments.get(role, world.comments["held"])
    return world.comments.get("public" if state == "elsewhere" else state)


def one_of(found: dict[str, Any]) -> Callable[[World, str, str], Any]:
    """Takes the thing's word for the value's."""
    return lambda world, thing, role: found[thing]


# Arguments that stand alone in an address.
SIMPLE: dict[str, Callable[[World, str, str], Any]] = {
    "area_id": lambda w, thing, role: {
        "there": w.areas["app"].id,
        "closed": w.areas["rental"].id,
    }.get(thing, MISSING),
    "delivery_id": lambda w, thing, role: w.failed.id if thing == "there" else MISSING,
    "filename": one_of({"there": "favicon.svg", "missing": "no.css"}),
    "member_id": lambda w, thing, role: {
        "other": w.members["other"].id,
        "own": w.members.get(role, w.members["other"]).id,
        "own words": w.placeholders.get(role, w.placeholders["other"]).id,
        "other words": w.placeholders["other"].id,
    }.get(thing, MISSING),
    "name": lambda w, thing, role: {
        "mail": w.mail,
        "other": w.members["other"].name,
        "unconfirmed": w.members["unconfirmed"].name,
        "own": w.members.get(role, w.members["other"]).name,
    }.get(thing, "nobody"),
    "notice_id": lambda w, thing, role: {
        "own": w.notices.get(role, w.notices["other"]).id,
        "other": w.notices["other"].id,
    }.get(thing, MISSING),
    "key": lambda w, thing, role: w.logo if thing == "there" else "gone",
    "size": lambda w, thing, role: "logo",
    "format": lambda w, thing, role: "xml" if thing == "missing" else thing,
    "run_id": lambda w, thing, role: w.runs.get(thing, MISSING),
    "number": one_of({"there": 1, "missing": 2}),
    "question_id": lambda w, thing, role: w.questions.get(thing, MISSING),
    "redirect_id": lambda w, thing, role: w.redirect if thing == "there" else MISSING,
    "ruling_id": lambda w, thing, role: {
        "own": w.rulings.get(role, w.rulings["other moderator"]).id,
        "other": w.rulings["other moderator"].id,
    }.get(thing, MISSING),
    "search_id": lambda w, thing, role: {
        "own": w.saved.get(role, w.saved["other"]).id,
        "ended": w.ended.get(role, w.ended["other"]).id,
        "other": w.saved["other"].id,
    }.get(thing, MISSING),
    "session_id": lambda w, thing, role: {
        "own": w.session_of(role if role in w.members else "other"),
        "other": w.session_of("other"),
    }.get(thing, MISSING),
    "synonym_id": lambda w, thing, role: w.synonym if thing == "there" else MISSING,
    "token": lambda w, thing, role: w.tokens[thing],
}

Form = dict[str, Any]


def same(world: World, line: Line, role: str) -> Form:
    """An edit of the idea."""
    idea = idea_of(world, line.thing, role) or world.ideas["public"]
    return {**PROPOSED, "title": idea.title, "seen": str(idea.wording)}


def edited(world: World, line: Line, role: str) -> Form:
    comment = comment_of(world, line.thing, role) or world.comments["public"]
    return {"body": WHY, "wording": str(comment.wording)}


def answered(world: World, line: Line, role: str) -> Form:
    idea = idea_of(world, line.thing, role) or world.ideas["public"]
    return {"body": WHY, "stage": idea.stage.value, "seen": idea.stage.value}


def joined(world: World, line: Line, role: str) -> Form:
    return {"name": f"New {role}", "email": f"new-{role}@example.com", "password": PASSWORD}


PROPOSED = {
    "title": "Hooks for helmets",
    "need": "My helmet fell three times.",
    "proposal": "A hook at the back.",
    "area": "shops",
    "language": "en",
    "tags": "hooks",
}
# What is sent, where the form has to hold something.
FORMS: dict[str, Form | Callable[[World, Line, str], Form]] = {
    "POST /admin/areas": {"names_en": "Trains"},
    "POST /admin/areas/<int:area_id>": lambda w, line, role: {
        "names_en": "Trains",
        "seen": areas.seen(w.areas["app"]),
    },
    "POST /admin/areas/<int:area_id>/move": {"to": "up"},
    "POST /admin/brand": {"version": "0", "colour": "#204080", "font": "bitter"},
    "POST /admin/import": lambda w, line, role: {"files": file("more.jsonl")},
    "POST /admin/import/<int:run_id>": {"do": "import", "language": "en"},
    "POST /admin/import/authors/<int:member_id>": {"email": "somebody@example.com"},
    "POST /admin/members/<int:member_id>/role": {"role": "moderator"},
    "POST /admin/searches/<int:question_id>/popular": {"do": "show", "words": "cup"},
    "POST /admin/searches/<int:question_id>/redirect": {"question": "helmet", "to": "#zips"},
    "POST /admin/searches/<int:question_id>/synonym": {"asked": "helmet", "means": "hat"},
    "POST /admin/searches/<int:question_id>/tag": lambda w, line, role: {
        "tag": "helmet",
        "ideas": str(w.ideas["public"].id),
    },
    "POST /admin/searches/redirects": {"question": "helmet", "to": "#zips"},
    "POST /admin/searches/synonyms": {"asked": "helmet", "means": "hat", "language": "en"},
    "POST /admin/settings": {
        "version": "0",
        "name": "Trains",
        "hold_first": "1",
        "answer_days": "14",
        "comment_edit_minutes": "5",
        "settled_votes": "3",
        "settled_views": "9",
    },
    "POST /comments/<int:comment_id>/edit": edited,
    "POST /confirm": {"email": "uma@example.com"},
    "POST /ideas/<int:idea_id>/answer": answered,
    "POST /ideas/<int:idea_id>/comments": {"body": WHY, "kind": "addition"},
    "POST /ideas/<int:idea_id>/edit": same,
    "POST /ideas/<int:idea_id>/own": lambda w, line, role: {"owner": str(w.members["product"].id)},
    "POST /ideas/<int:idea_id>/withdraw": {"reason": WHY},
    "POST /ideas/drafts": PROPOSED,
    "POST /ideas/new": PROPOSED,
    "POST /ideas/preview": PROPOSED,
    "POST /join": joined,
    "POST /language": {"language": "cs"},
    "POST /notices/searches": {"q": "helmets"},
    "POST /theme": {"theme": "dark"},
    "POST /moderation/<any(ideas, comments):things>/<int:thing_id>/hide": {
        "reason": "unclear",
        "words": WHY,
    },
    "POST /reset": {"email": "anna@example.com"},
    "POST /reset/<token>": {"password": "other words, just as long"},
    "POST /settings": lambda w, line, role: {
        "name": w.members[role].name if role in w.members else "Nobody",
        "about": "I like trains.",
        "mail_choice": "never",
        "language": "en",
        "timezone": "Europe/Prague",
        "theme": "dark",
    },
    "POST /settings/address": lambda w, line, role: {
        "email": f"elsewhere-{role}@example.com",
        "password": PASSWORD,
    },
    "POST /settings/close": {"password": PASSWORD},
    "POST /settings/password": {
        "password": PASSWORD,
        "new_password": "other words, just as long",
    },
    "POST /sign-in": {"email": "anna@example.com", "password": PASSWORD},
}


def leads(world: World, line: Line, role: str, where: str) -> bool:
    """Whether that is where the line says that success leads."""
    path = urlsplit(where).path
    idea = None
    if "idea_id" in line.rule or "comment_id" in line.rule:
        ids = arguments(world, line, role)
        ideas = (*world.ideas.values(), *world.own_ideas.values())
        idea = next((one for one in ideas if one.id == ids.get("idea_id")), None)
    places = {one.replace("<idea>", web.idea_path(idea) if idea else "") for one in line.leads}
    return any(
        path.startswith(one[:-1]) if one.endswith("*") else path == one for one in places if one
    )
