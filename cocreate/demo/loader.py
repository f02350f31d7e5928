"""Loads the demo through the same actions that people use, at the times it says.

Every idea, comment, vote and answer of the content files becomes an act with a
date; the acts are done in order of time, each as if it were that moment.
"""

import random
import secrets
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from cocreate import clock, site, worker
from cocreate.accounts import actions as accounts
from cocreate.accounts.models import MailChoice, Member, Role
from cocreate.backlog import actions as backlog
from cocreate.config import Settings
from cocreate.discussion import actions as discussion
from cocreate.discussion.models import Comment, CommentKind
from cocreate.events import Event
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas.models import DECIDED, Area, Idea, Stage, Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason
from cocreate.notices.models import Notice
from cocreate.search import asking, counting, tending
from cocreate.search import queries as searching
from cocreate.search.wanted import AskedQuestion
from cocreate.votes import actions as votes

CONTENT = Path(__file__).parent
# So many approved contributions and nothing of a member is held while the months go by.
KNOWN = 10
# Notices older than this were read long ago.
READ_AFTER = timedelta(days=5)

Bar = Callable[[Any, int, str, Callable[[Any], None]], None]
Act = tuple[datetime, int, Callable[[], None]]


def is_wanted() -> bool:
    """Whether the portal is empty, so that a demo can be loaded."""
    return db.session.scalar(select(Member.id).limit(1)) is None


def sign_ins(settings: Settings) -> list[tuple[str, str, str]]:
    """(role, address, password) of each demo sign-in; none where no demo was loaded."""
    path = _password_file(settings)
    if not path.exists():
        return []
    password = path.read_text().strip()
    people = [one for one in _read("brand.toml")["member"] if "sign_in" in one]
    return [(one.get("role", "member"), one["sign_in"], password) for one in people]


def load(app: Flask, bar: Bar) -> None:
    """Fill an empty portal. Commits once: a start that is cut off leaves it empty."""
    settings: Settings = app.config["SETTINGS"]
    password = secrets.token_urlsafe(9)
    story = _Story(clock.now(), password)
    brand = _read("brand.toml")
    story.set_up(brand)
    for path in sorted(CONTENT.glob("ideas_*.toml")):
        for idea in _read(path.name)["idea"]:
            story.tell(idea)
    acts = sorted(story.acts, key=lambda act: act[:2])
    bar(acts, len(acts), "Living through the months", _do)
    story.settle()
    db.session.commit()
    path = _password_file(settings)
    path.touch(mode=0o600)
    path.write_text(password + "\n")
    worker.run_until_idle(app)
    _date_notices(clock.now() - READ_AFTER)
    _look_for(_read("searches.toml"), settings.secret_key, story)
    db.session.commit()


def _do(act: Act) -> None:
    moment, _order, do = act
    with clock.at(moment):
        do()


def _date_notices(old: datetime) -> None:
    """The worker told everything today: let each notice be of the day it tells of."""
    happened = select(Event.created_at).where(Event.id == Notice.event_id).scalar_subquery()
    all_of_them = update(Notice).execution_options(synchronize_session=False)
    db.session.execute(all_of_them.values(created_at=happened))
    db.session.execute(all_of_them.where(Notice.created_at < old).values(read_at=Notice.created_at))


def _look_for(content: dict[str, Any], secret: str, story: "_Story") -> None:
    """Let people look for things, each once, and the staff help those who find nothing."""
    staff = next(one for one in story.members.values() if one.role == Role.PRODUCT)
    for one in content["synonym"]:
        synonym = {"language": "", "is_both_ways": False, **one}
        tending.add_synonym(staff, **synonym)
    for one in content["redirect"]:
        to = story.areas[one["to"]].name_in(staff.language)
        tending.add_redirect(staff, words=one["words"], to=to)
    counting.add([_asked(one, story, secret) for one in content["search"]])
    shown = [one["words"] for one in content["search"] if one.get("is_shown")]
    popular = select(AskedQuestion).where(AskedQuestion.is_popular)
    for question in db.session.scalars(popular.where(AskedQuestion.words.in_(shown))):
        tending.let_through(staff, question, question.words)


def _asked(one: dict[str, Any], story: "_Story", secret: str) -> counting.Asked:
    """What came of a search when some of the members asked it."""
    words, chance = one["words"], random.Random(one["words"])  # noqa: S311 - the same every time
    people = chance.sample(list(story.members.values()), one["people"])
    found = searching.find(None, searching.read(words), size=1)
    return counting.Asked(
        key=asking.key_of(words),
        words=words,
        asked=len(people),
        in_vain=0 if found.has_all else len(people),
        clicked=one["clicked"],
        people=[asking.digest(member.id, {}, secret) for member in people],
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def _password_file(settings: Settings) -> Path:
    return settings.data / "demo-password"


@dataclass
class _Story:
    """What happens when, gathered from the content files."""

    now: datetime
    password: str
    acts: list[Act] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    joined: dict[str, datetime] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    ideas: dict[str, Idea] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)

    def at(self, days_ago: float, do: Callable[[], None]) -> None:
        self.acts.append((self.now - timedelta(days=days_ago), len(self.acts), do))

    def set_up(self, brand: dict[str, Any]) -> None:
        """The brand's words, its areas and its people."""
        names = ("name", "tagline", "mission", "house_rules")
        site.change(**{name: brand["brand"][name] for name in names})
        for position, one in enumerate(brand["area"]):
            self.areas[one["key"]] = Area(
                key=one["key"],
                names=one["names"],
                departments=one["department"],
                descriptions=one["description"],
                position=position,
            )
        db.session.add_all(self.areas.values())
        for one in brand["member"]:
            self.joined[one["key"]] = self.now - timedelta(days=one["joined_days_ago"])
            with clock.at(self.joined[one["key"]]):
                member = accounts.ensure_member(
                    name=one["name"],
                    email=one.get("sign_in"),
                    password=self.password if "sign_in" in one else None,
                    role=Role(one.get("role", "member")),
                    language=one["language"],
                )
            member.about = one.get("about", "")
            member.approved_count = KNOWN
            member.mail_choice = MailChoice.NEVER
            self.members[one["key"]] = member
        db.session.flush()

    def tell(self, one: dict[str, Any]) -> None:
        """One idea's whole story."""
        key, begun = one["key"], one["days_ago"]
        self.views[key] = one["views"]
        self.at(begun, lambda: self._submit(one))
        hidden = one.get("hidden")
        if hidden:
            self.at(
                hidden["days_ago"],
                lambda: _none(
                    moderation.hide(
                        self.members[hidden["by"]],
                        self.ideas[key],
                        Reason(hidden["reason"]),
                        hidden["words"],
                    )
                ),
            )
        comments: dict[str, Comment] = {}
        for comment in one.get("comment", ()):
            self.at(comment["days_ago"], self._comment(key, comment, comments))
        for answer in one.get("answer", ()):
            self.at(answer["days_ago"], self._answer(key, answer))
        for edit in one.get("edit", ()):
            self.at(edit["days_ago"], self._edit(key, one, edit))
        for member, days_ago in self._supporters(one):
            self.at(days_ago, self._vote(key, member))

    def _submit(self, one: dict[str, Any]) -> None:
        author = self.members[one["author"]]
        # A held idea is a newcomer's.
        author.approved_count = 0 if one.get("visibility") == "held" else KNOWN
        self.ideas[one["key"]] = ideas.submit(
            author,
            title=one["title"],
            need=one["need"],
            proposal=one["proposal"],
            area=self.areas[one["area"]],
            tags=one["tags"],
            language=one["language"],
        )
        author.approved_count = KNOWN
        votes.support_own(author, self.ideas[one["key"]])

    def _comment(
        self, key: str, one: dict[str, Any], comments: dict[str, Comment]
    ) -> Callable[[], None]:
        def write() -> None:
            written = discussion.write(
                self.members[one["by"]],
                self.ideas[key],
                body=one["body"],
                kind=CommentKind(one["kind"]),
                parent=comments[one["reply_to"]] if "reply_to" in one else None,
            )
            if "key" in one:
                comments[one["key"]] = written

        return write

    def _answer(self, key: str, one: dict[str, Any]) -> Callable[[], None]:
        def answer() -> None:
            backlog.answer(
                self.members[one["by"]],
                self.ideas[key],
                body=one["body"],
                stage=Stage(one["stage"]),
            )

        return answer

    def _edit(self, key: str, one: dict[str, Any], edit: dict[str, Any]) -> Callable[[], None]:
        def change() -> None:
            idea = self.ideas[key]
            ideas.edit(
                self.members[one["author"]],
                idea,
                title=edit.get("title", idea.title),
                need=edit.get("need", idea.need),
                proposal=edit.get("proposal", idea.proposal),
                area=self.areas[one["area"]],
                tags=one["tags"],
                language=one["language"],
                seen=idea.wording,
            )

        return change

    def _vote(self, key: str, member: Member) -> Callable[[], None]:
        return lambda: _none(votes.cast(member, self.ideas[key]))

    def _supporters(self, one: dict[str, Any]) -> Iterator[tuple[Member, float]]:
        """Who supports an idea, and how many days ago each came: most of them early."""
        if one.get("visibility", "public") != "public":
            return
        chance = random.Random(one["key"])  # noqa: S311 - the same demo every time
        decided = [a["days_ago"] for a in one.get("answer", ()) if Stage(a["stage"]) in DECIDED]
        end = max(decided, default=0.0)
        submitted = self.now - timedelta(days=one["days_ago"])
        closed = self.now - timedelta(days=end)
        could = [key for key, day in self.joined.items() if day < closed and key != one["author"]]
        for key in chance.sample(could, min(one["supporters"], len(could))):
            begin = max(submitted, self.joined[key])
            moment = begin + (closed - begin) * (0.01 + 0.97 * chance.random() ** 2.5)
            yield self.members[key], (self.now - moment) / timedelta(days=1)

    def settle(self) -> None:
        """Views, which no act leaves behind, and what of each member was really let in."""
        for key, idea in self.ideas.items():
            idea.views = max(self.views[key], idea.views)
        for member in self.members.values():
            member.approved_count = 0
        db.session.flush()
        for thing in (*self.ideas.values(), *db.session.scalars(select(Comment))):
            if thing.visibility == Visibility.PUBLIC:
                thing.author.approved_count += 1


def _none(_value: object) -> None:
    """An act's answer that nobody needs."""
