"""What the demo leaves behind is what months of real use would have."""

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cocreate import clock
from cocreate.accounts.models import Member
from cocreate.demo import loader
from cocreate.discussion.models import Comment
from cocreate.events import Event
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.notices.models import Notice
from cocreate.search import counted


@pytest.fixture
def demo(app: Flask) -> Flask:
    loader.load(app, lambda items, _length, _label, each: [each(item) for item in items])
    return app


def test_the_demo_reads_as_if_it_had_been_lived_through(demo: Flask) -> None:
    told = db.session.execute(
        select(Notice.created_at, Notice.read_at, Event.created_at).join(
            Event, Event.id == Notice.event_id
        )
    ).all()
    old = clock.now() - loader.READ_AFTER

    assert all(written == happened for written, _read, happened in told)
    assert all(read is not None for written, read, _happened in told if written < old)
    assert any(read is None for _written, read, _happened in told)

    let_in = Counter(
        db.session.scalars(select(Idea.author_id).where(Idea.visibility == Visibility.PUBLIC)).all()
    )
    let_in.update(
        db.session.scalars(select(Comment.author_id).where(Comment.visibility == Visibility.PUBLIC))
    )
    counted = db.session.execute(select(Member.id, Member.approved_count)).all()

    assert {member: count for member, count in counted if count} == dict(let_in)


def test_people_looked_for_things_and_the_staff_has_something_to_do(demo: Flask) -> None:
    """Of every list there is something, and no row says what the search page does not."""
    in_vain = counted.searches(counted.Kind.IN_VAIN, 1).rows
    unopened = counted.searches(counted.Kind.UNOPENED, 1).rows

    assert all(one.in_vain == one.asked and not one.clicked for one in in_vain)
    assert {"dárkový poukaz", "gift card"} <= {one.words for one in in_vain}
    assert unopened
    assert counted.screened().rows
    assert len(counted.synonyms().rows) > 1
    redirects = counted.redirects().rows
    assert redirects
    assert all(place.address for _redirect, place in redirects)

    visitor, popular = demo.test_client(), counted.popular()
    assert len(popular) >= 3
    for words in [*popular, *(one.words for one in unopened)]:
        page = page_of(visitor, words)
        assert "Propose it yourself" not in page
        assert "No idea has all of these words" not in page
    assert all(words in page_of(visitor, "zzzzz") for words in popular)


def page_of(visitor: FlaskClient, words: str) -> str:
    found = visitor.get("/search", query_string={"q": words}, headers={"Accept-Language": "en"})
    assert found.status_code == 200
    return found.text
