"""Fixtures: the real app on both databases, people with browsers, and factories.

Every test that touches the portal runs twice, on SQLite and on PostgreSQL.
"""

import contextvars
import itertools
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

from cocreate import clock, config, create_app, events, site, worker
from cocreate.accounts import proofs
from cocreate.accounts.models import Member, MemberSession, Role, email_key, name_key
from cocreate.accounts.queries import token_hash
from cocreate.database import begin_as
from cocreate.discussion import actions as discussion
from cocreate.discussion.models import Comment, CommentKind
from cocreate.extensions import db, limiter
from cocreate.ideas import actions as ideas
from cocreate.ideas.models import Area, Idea, Stage, Visibility
from cocreate.notices import post
from cocreate.votes import actions as votes
from tests import catalogue, databases
from tests.browsers import address, chromium, visit
from tests.databases import pytest_configure

# The hook that ends the servers, and fixtures: a browser that lives for the whole run must not
# be imported by each file, or each would start one of its own.
__all__ = ["address", "chromium", "pytest_configure", "visit"]

_numbers = itertools.count(1)


def migrate(url: str) -> None:
    """Bring an empty database to today's tables, as `cocreate migrate` does."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.read({"COCREATE_DATABASE_URL": url, "COCREATE_DATA_DIR": folder}))
        with app.app_context():
            upgrade()
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _czech() -> None:
    """The portal speaks Czech as today's catalogue says."""
    catalogue.compile_catalogue()


@pytest.fixture(scope="session", params=databases.KINDS)
def database(request: pytest.FixtureRequest) -> str:
    """The address of this worker's own database, of each kind in turn."""
    worker_id = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return databases.database_url(request.param, worker_id, migrate)


@pytest.fixture(scope="session")
def _app(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = config.read(
        {
            "COCREATE_DATABASE_URL": database,
            "COCREATE_DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "COCREATE_BASE_URL": "http://localhost",
            # Tests change the database behind the portal's back.
            "COCREATE_KEEP_PAGES": "0",
            "COCREATE_LANGUAGE": "en",
            "COCREATE_LOG_LEVEL": "ERROR",
        }
    )
    app = create_app(settings)
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(_app: Flask) -> Iterator[Flask]:
    """The app over an empty portal, in a context in which the test may use `db.session`."""
    with _app.app_context():
        databases.empty(db.engine)
        db.session.remove()
        worker.forget(_app)
        # A test that asked the app without a browser may have left this thread a mere reader.
        begin_as(reader=False)
        # Another test may have made an application of its own in this process.
        settings: config.Settings = _app.config["SETTINGS"]
        proofs.bind(settings.secret_key)
        post.bind(settings)
        shutil.rmtree(post.folder(), ignore_errors=True)
        # Tests are faster than people; those about floods switch it on.
        limiter.enabled = False
        yield _app
        db.session.remove()


class Browser:
    """A person at the portal: requests as one member (or a visitor), forms with their token."""

    def __init__(self, app: Flask, member: Member | None = None) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self._token = ""
        if member is not None:
            self._sign_in(member.id)

    def _sign_in(self, member_id: int) -> None:
        token, raw = secrets.token_urlsafe(24), secrets.token_hex(20)
        now = clock.now()
        db.session.add(
            MemberSession(
                member_id=member_id,
                token_hash=token_hash(token),
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
        db.session.commit()
        with self.client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
            session["csrf_token"] = raw
        signer = URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token")
        self._token = str(signer.dumps(raw))

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._do(self.client.get, path, **more)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, token: bool = True, **more: Any
    ) -> TestResponse:
        """Send a form. The token goes along where someone is signed in, as a page's form would."""
        if token and self._token and "json" not in more:
            data = {"csrf_token": self._token, **(data or {})}
        elif token and self._token:
            more["headers"] = {"X-CSRFToken": self._token, **more.get("headers", {})}
        return self._do(self.client.post, path, data=data, **more)

    def _do(self, verb: Callable[..., TestResponse], path: str, **more: Any) -> TestResponse:
        # What the test wrote must be seen, and what the request wrote must be seen by the test.
        db.session.commit()
        # An empty context: the test's own application context would let every client be
        # the member that Flask-Login saw first.
        answer = contextvars.Context().run(lambda: verb(path, **more))
        db.session.rollback()
        db.session.expire_all()
        db.session.info.pop("site", None)
        return answer

    def submit(self, page: TestResponse | str, action: str, **fields: Any) -> TestResponse:
        """Fill in the form of a page that posts to `action`, keep its other fields, send it."""
        if isinstance(page, str):
            page = self.get(page)
        soup = BeautifulSoup(page.text, "html.parser")
        for form in soup.find_all("form"):
            target = str(form.get("action") or page.request.path)
            if re.sub(r"\?.*", "", target) == action and form.get("method", "").lower() == "post":
                return self.post(target, {**_values(form), **fields}, token=False)
        raise AssertionError(f"no form posts to {action} on {page.request.path}:\n{page.text}")


def _values(form: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for box in form.find_all(["input", "textarea", "select"]):
        name, kind = box.get("name"), box.get("type", "")
        if not name or (kind in ("radio", "checkbox") and not box.has_attr("checked")):
            continue
        if box.name == "select":
            chosen = box.find("option", selected=True) or box.find("option")
            values[name] = chosen.get("value", chosen.text) if chosen else ""
        elif box.name == "textarea":
            # A browser drops the one line break that HTML allows after the tag.
            values[name] = box.text.replace("\r\n", "\n").removeprefix("\n")
        elif kind not in ("submit", "button", "file"):
            values[name] = box.get("value", "on" if kind == "checkbox" else "")
    return values


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """browser(member) is signed in as the member; browser() is a visitor."""
    return lambda member=None: Browser(app, member)


@pytest.fixture
def make_member(app: Flask) -> Callable[..., Member]:
    """make_member(role="product", name="Eva", ...): a confirmed member whom nothing is held of."""

    def make(**values: Any) -> Member:
        number = next(_numbers)
        name = values.pop("name", f"Member {number}")
        email = values.pop("email", f"member{number}@example.com")
        member = Member(
            **{
                "name": name,
                "name_key": name_key(name),
                "email": email,
                "email_key": email_key(email),
                "email_confirmed_at": clock.now(),
                "role": Role(values.pop("role", "member")),
                "language": "en",
                "approved_count": 10,
                "created_at": clock.now(),
                **values,
            }
        )
        db.session.add(member)
        db.session.commit()
        return member

    return make


@pytest.fixture
def make_area(app: Flask) -> Callable[..., Area]:
    def make(key: str = "", **values: Any) -> Area:
        key = key or f"area{next(_numbers)}"
        area = Area(key=key, names={"en": key.title(), "cs": key.title()}, **values)
        db.session.add(area)
        db.session.commit()
        return area

    return make


@pytest.fixture
def make_idea(
    app: Flask, make_member: Callable[..., Member], make_area: Callable[..., Area]
) -> Callable[..., Idea]:
    """make_idea(author=..., title=..., stage=..., visibility=...): submitted by the real verb."""

    def make(
        author: Member | None = None,
        *,
        stage: Stage = Stage.NEW,
        visibility: Visibility = Visibility.PUBLIC,
        tags: tuple[str, ...] = (),
        **values: Any,
    ) -> Idea:
        number = next(_numbers)
        author = author or make_member()
        taking = select(Area).where(Area.closed_at.is_(None)).order_by(Area.id).limit(1)
        area = db.session.scalar(taking) or make_area()
        idea = ideas.submit(
            author,
            title=values.pop("title", f"Idea number {number}"),
            need=values.pop("need", f"What is missing, number {number}."),
            proposal=values.pop("proposal", f"What to do about it, number {number}."),
            area=values.pop("area", area),
            tags=list(tags),
            language=values.pop("language", "en"),
        )
        idea.stage = stage
        idea.visibility = visibility
        for name, value in values.items():
            setattr(idea, name, value)
        db.session.commit()
        return idea

    return make


@pytest.fixture
def make_comment(app: Flask, make_member: Callable[..., Member]) -> Callable[..., Comment]:
    """make_comment(idea, author=..., body=..., parent=...): written by the real verb."""

    def make(
        idea: Idea,
        author: Member | None = None,
        *,
        visibility: Visibility = Visibility.PUBLIC,
        **values: Any,
    ) -> Comment:
        comment = discussion.write(
            author or make_member(),
            idea,
            body=values.pop("body", f"Words, number {next(_numbers)}."),
            kind=CommentKind(values.pop("kind", "addition")),
            parent=values.pop("parent", None),
        )
        comment.visibility = visibility
        db.session.commit()
        return comment

    return make


@pytest.fixture
def vote(app: Flask) -> Callable[[Member, Idea], None]:
    def cast(member: Member, idea: Idea) -> None:
        votes.cast(member, idea)
        db.session.commit()

    return cast


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """work(): the worker does whatever is due now; how many deliveries it made."""

    def run() -> int:
        db.session.commit()
        return worker.run_until_idle(app)

    return run


@pytest.fixture
def events_of(app: Flask) -> Callable[[str], list[events.Event]]:
    """events_of("idea.approved"): those events, oldest first."""
    return lambda kind: list(
        db.session.scalars(
            select(events.Event).where(events.Event.kind == kind).order_by(events.Event.id)
        )
    )


@pytest.fixture
def portal(app: Flask) -> site.Site:
    """The portal's settings, for tests that change them with `site.change`."""
    return site.load()
