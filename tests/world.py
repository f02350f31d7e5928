"""A small portal with one of everything, that is put back as it was after each request.

Seven readers meet every kind of thing: public, held, hidden, a draft, withdrawn,
decided, one's own and somebody else's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import ColumnElement, Table, and_, delete, insert, select, update
from sqlalchemy import event as sqlevents

from cocreate import clock, database, events, logos, worker
from cocreate.accounts import passwords, proofs
from cocreate.accounts.models import Member, MemberSession, Role, email_key, name_key
from cocreate.backlog import actions as backlog
from cocreate.backlog.models import Answer
from cocreate.discussion import actions as discussion
from cocreate.discussion.models import Comment
from cocreate.events import Delivery
from cocreate.extensions import db
from cocreate.ideas import actions as ideas
from cocreate.ideas import drafts, texts
from cocreate.ideas.models import Area, Idea, Stage, Visibility
from cocreate.moderation import actions as moderation
from cocreate.moderation.models import Reason, Ruling
from cocreate.notices import searches
from cocreate.notices.models import Notice, SavedSearch
from cocreate.notices.tokens import stop_token
from cocreate.pictures.models import Picture, PictureFile
from cocreate.search import counting, tending
from cocreate.search.wanted import AskedQuestion
from cocreate.votes import actions as votes
from tests import databases
from tests.conftest import Browser

VISITOR = "visitor"
# The readers, from those who may do the least.
ROLES = (VISITOR, "unconfirmed", "member", "author", "moderator", "product", "admin")
PASSWORD = "three words long"
HASH = passwords.hashed(PASSWORD)
# What is said where it does not matter what.
WHY = "Everybody asked for the same thing, and here is the reason."

# An idea, and a comment that cannot be taken.
FROM_ELSEWHERE = (
    '{"type": "idea", "source": "else", "external_id": "1", "title": "A bench",'
    ' "author": "Eva", "author_email": "eva@example.com", "need": "People stand."}\n'
    '{"type": "comment", "source": "else", "external_id": "2", "idea_external_id": "9",'
    ' "body": "Yes"}\n'
)

Content = dict[str, dict[tuple[Any, ...], dict[str, Any]]]
TABLES: list[Table] = database.Base.metadata.sorted_tables

_STATES = {
    "public": Visibility.PUBLIC,
    "held": Visibility.HELD,
    "hidden": Visibility.HIDDEN,
    "withdrawn": Visibility.WITHDRAWN,
}


class World:
    """The portal's people and things, by the words of the policy table.

    `ideas` and `comments` are the author's, by their state; those `own` of a role
    are in `own_ideas` and `own_comments`, and they are held.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.members: dict[str, Member] = {}
        self.placeholders: dict[str, Member] = {}
        self.ideas: dict[str, Idea] = {}
        self.comments: dict[str, Comment] = {}
        self.own_ideas: dict[str, Idea] = {}
        self.own_comments: dict[str, Comment] = {}
        self.rulings: dict[str, Ruling] = {}
        self.notices: dict[str, Notice] = {}
        self.areas: dict[str, Area] = {}
        self.pictures: dict[str, Picture] = {}
        self.browsers: dict[str, Browser] = {VISITOR: Browser(app)}
        self.people()
        self.things()
        db.session.commit()
        # Everybody hears what happened; the mails are files in the data folder.
        worker.run_until_idle(app)
        worker.run_chores(app, {})
        self.duties()
        self.searches()
        self.saved = {role: self.keep(role, "zips") for role in (*ROLES[1:], "other")}
        self.ended = {role: self.keep(role, "buckles") for role in (*ROLES[1:], "other")}
        for one in self.ended.values():
            searches.end(one)
        db.session.commit()
        # What the tables held before the first request, and what was sent to them since.
        self.beginning = self.content()
        self.written: list[str] = []

    def person(self, name: str, role: str = "member", **values: Any) -> Member:
        """A confirmed member whom nothing is held of."""
        email = f"{name.lower()}@example.com"
        member = Member(
            **{
                "name": name,
                "name_key": name_key(name),
                "email": email,
                "email_key": email_key(email),
                "email_confirmed_at": clock.now(),
                "password_hash": HASH,
                "role": Role(role),
                "language": "en",
                "approved_count": 10,
                "created_at": clock.now(),
                **values,
            }
        )
        db.session.add(member)
        db.session.flush()
        return member

    def people(self) -> None:
        for role, name in zip(
            ROLES[1:], ("Uma", "Milan", "Anna", "Mona", "Petr", "Ada"), strict=True
        ):
            staff = role if role in set(Role) else "member"
            self.members[role] = self.person(name, staff)
        self.members["other moderator"] = self.person("Otto", "moderator")
        self.members["other"] = self.person("Olga")
        # What came from elsewhere with somebody's address.
        for role in (*ROLES[1:], "other"):
            self.placeholders[role] = self.person(
                f"From {role}",
                email=None,
                email_key=None,
                email_confirmed_at=None,
                password_hash=None,
                is_placeholder=True,
                claim_key=self.members[role].email_key,
            )

    def things(self) -> None:
        self.areas = {
            key: Area(key=key, names={"en": key.title()}, position=number)
            for number, key in enumerate(("shops", "app", "rental"))
        }
        db.session.add_all(self.areas.values())
        self.areas["rental"].closed_at = clock.now()
        mark = BytesIO()
        Image.new("RGB", (64, 64), "#204080").save(mark, "PNG")
        self.logo = logos.keep(mark.getvalue())
        author = self.members["author"]
        for state, visibility in _STATES.items():
            self.ideas[state] = self.idea(author, f"Idea {state}", visibility)
        self.ideas["decided"] = self.idea(author, "Idea decided", Visibility.PUBLIC)
        self.ideas["voted"] = self.idea(author, "Idea voted", Visibility.PUBLIC)
        for role in ROLES[2:]:
            votes.cast(self.members[role], self.ideas["voted"])
        self.ideas["draft"] = self.draft(author, "Idea draft")
        for state, visibility in _STATES.items():
            self.comments[state] = self.comment(author, self.ideas["public"], state, visibility)
        self.comments["on held"] = self.comment(
            self.members["moderator"], self.ideas["held"], "on held", Visibility.PUBLIC
        )
        for role in ROLES[1:]:
            member = self.members[role]
            self.own_ideas[role] = self.idea(member, f"Own {role}", Visibility.HELD)
            self.own_comments[role] = self.comment(
                member, self.ideas["public"], f"own {role}", Visibility.HELD
            )
        for role in ("moderator", "admin", "other moderator"):
            idea = self.idea(author, f"Ruled by {role}", Visibility.PUBLIC)
            self.rulings[role] = moderation.hide(
                self.members[role], idea, Reason.UNCLEAR, "Nobody can tell what you mean."
            )
        backlog.answer(
            self.members["product"], self.ideas["decided"], body=WHY, stage=Stage.SHIPPED
        )
        self.picture("pending")
        for state in (*_STATES, "draft", "decided"):
            self.picture(state, idea_id=self.ideas[state].id)
        for state, one in self.comments.items():
            self.picture(f"comment {state}", idea_id=one.idea_id, comment_id=one.id)
        answer = db.session.scalars(select(Answer)).first()
        assert answer is not None
        self.picture("answer", idea_id=answer.idea_id, answer_id=answer.id)
        self.members["unconfirmed"].email_confirmed_at = None

    def picture(self, word: str, **place: int) -> None:
        """A picture of the author's; whose it is matters only while it is pending."""
        self.pictures[word] = Picture(
            member_id=self.members["author"].id,
            alt=f"What is {word}",
            width=8,
            height=6,
            small_width=8,
            digest=f"{len(self.pictures):024x}",
            created_at=clock.now(),
            **place,
        )
        db.session.add(self.pictures[word])
        db.session.flush()
        file = PictureFile(picture_id=self.pictures[word].id, width=8, content=b"RIFF")
        db.session.add(file)

    def idea(self, author: Member, title: str, visibility: Visibility, **values: Any) -> Idea:
        idea = ideas.submit(
            author,
            **{
                "title": title,
                "need": f"What is missing: {title}.",
                "proposal": f"What to do: {title}.",
                "area": self.areas["shops"],
                "tags": ["zips"],
                "language": "en",
                **values,
            },
        )
        idea.visibility = visibility
        db.session.flush()
        return idea

    def draft(self, author: Member, title: str, **values: Any) -> Idea:
        written = texts.read(
            **{
                "title": title,
                "need": "What is missing.",
                "proposal": "",
                "area": None,
                "tags": [],
                "language": "en",
                **values,
            }
        )
        return drafts.save(author, written, key=drafts.new_key(), seen=0)

    def comment(self, author: Member, idea: Idea, body: str, visibility: Visibility) -> Comment:
        comment = discussion.write(author, idea, body=body)
        comment.visibility = visibility
        db.session.flush()
        return comment

    def duties(self) -> None:
        """Notices for everybody, a delivery that failed, and a browser for each reader."""
        event_id = events.record("idea.owned", None, self.ideas["public"])
        for role in (*ROLES[1:], "other"):
            member = self.members[role]
            self.notices[role] = Notice(
                event_id=event_id,
                member_id=member.id,
                kind="idea.answered",
                idea_id=self.ideas["public"].id,
                created_at=clock.now(),
            )
            self.browsers[role] = Browser(self.app, member)
            # Signed in at another place too, and about to move to another address.
            Browser(self.app, member)
            member.new_email = f"moved-{member.email}"
        db.session.add_all(self.notices.values())
        # The first export gives the portal the name that all of them say.
        self.browsers["admin"].get("/admin/export/export.csv", buffered=True)
        self.runs = {one: self.bring(f"{one}.jsonl") for one in ("waiting", "spare", "done")}
        self.browsers["admin"].post(
            f"/admin/import/{self.runs['done']}", {"do": "import", "language": "en"}
        )
        worker.run_until_idle(self.app)
        self.failed = Delivery(
            event_id=event_id,
            consumer="notices",
            tries=8,
            failed_at=clock.now(),
            error="ValueError",
        )
        db.session.add(self.failed)

    def searches(self) -> None:
        """Questions that were asked, a synonym and a redirect."""
        counting.add(
            counting.Asked(word, word, 5, 5, 0, [bytes([n]) for n in range(people)])
            for word, people in (("there", 1), ("settled", 1), ("popular", 40))
        )
        rows = {one.key: one for one in db.session.scalars(select(AskedQuestion))}
        assert rows["popular"].is_popular
        staff = self.members["moderator"]
        tending.settle(staff, rows["settled"])
        self.questions = {key: one.id for key, one in rows.items()}
        self.synonym = tending.add_synonym(
            staff, words="cup", means="mug", language="", is_both_ways=True
        ).id
        self.redirect = tending.add_redirect(staff, words="cup", to="#zips").id

    def keep(self, role: str, question: str) -> SavedSearch:
        """A saved search of the role's member, from before they lost what they may have lost."""
        search = SavedSearch(
            member_id=self.members[role].id,
            key=f"{role} {question}",
            question=question,
            narrowed={},
            language="en",
            by_mail=True,
            saved_at=clock.now(),
            looked_at=clock.now(),
        )
        db.session.add(search)
        db.session.flush()
        return search

    def bring(self, name: str) -> int:
        """The id of an import of one idea and of a comment that belongs to none."""
        answer = self.browsers["admin"].post("/admin/import", {"files": file(name)})
        return int(answer.headers["Location"].rsplit("/", 1)[1])

    def session_of(self, role: str) -> int:
        """The id of where the role's member is signed in."""
        found = select(MemberSession.id).where(MemberSession.member_id == self.members[role].id)
        return db.session.scalars(found).first() or 0

    @cached_property
    def tokens(self) -> dict[str, str]:
        """The ends of links in mails, by whose they are and what for."""
        unconfirmed, author = self.members["unconfirmed"], self.members["author"]
        return {
            "confirm": proofs.confirm_token(unconfirmed, unconfirmed.email or ""),
            "reset": proofs.reset_token(author),
            "stop": stop_token(author.id, self.ideas["public"].id),
            "stop search": stop_token(author.id, search_id=self.saved["author"].id),
            "stale": "stale",
        }

    @cached_property
    def mail(self) -> str:
        """The name of a mail that was written."""
        folder = self.app.config["SETTINGS"].data / "mail"
        return str(next(folder.rglob("*.eml")).name)

    # --- putting it back ----------------------------------------------------------------------

    def content(self) -> Content:
        """Every row of every table, by its key."""
        db.session.rollback()
        found = {
            table.name: {
                tuple(row[column.name] for column in table.primary_key): dict(row)
                for row in db.session.execute(select(table)).mappings()
            }
            for table in TABLES
        }
        db.session.rollback()
        return found

    def changed(self) -> list[str]:
        """The tables that are not as they were in the beginning."""
        if not self.written:
            return []
        now = self.content()
        return [name for name, rows in self.beginning.items() if rows != now[name]]

    def put_back(self) -> None:
        """Let the tables hold what they held in the beginning."""
        if not self.written:
            return
        now = self.content()
        different = [one for one in TABLES if now[one.name] != self.beginning[one.name]]
        for table in reversed(different):
            for key in sorted(now[table.name].keys() - self.beginning[table.name].keys())[::-1]:
                db.session.execute(delete(table).where(_is(table, key)))
        for table in different:
            for key, row in sorted(self.beginning[table.name].items()):
                if key not in now[table.name]:
                    db.session.execute(insert(table).values(row))
                elif row != now[table.name][key]:
                    db.session.execute(update(table).where(_is(table, key)).values(row))
        db.session.commit()
        db.session.expire_all()
        self.written.clear()

    def note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """Remember that something may have been written."""
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA", "SHOW")):
            self.written.append(statement)


def file(name: str) -> tuple[BytesIO, str]:
    """A file to import, as a form takes it."""
    return BytesIO(FROM_ELSEWHERE.encode()), name


def _is(table: Table, key: tuple[Any, ...]) -> ColumnElement[bool]:
    return and_(*(column == one for column, one in zip(table.primary_key, key, strict=True)))


@contextmanager
def build(app: Flask, kind: type[World] = World) -> Iterator[World]:
    """A world in an empty portal, in a context in which the test may use `db.session`."""
    with app.app_context():
        databases.empty(db.engine)
        db.session.remove()
        worker.forget(app)
        world = kind(app)
        sqlevents.listen(db.engine, "before_cursor_execute", world.note)
        yield world
        sqlevents.remove(db.engine, "before_cursor_execute", world.note)
        assert world.content() == world.beginning
        db.session.remove()
