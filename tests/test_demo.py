"""What the demo leaves behind is what months of real use would have."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from cocreate import clock
from cocreate.accounts.models import Member
from cocreate.demo import loader
from cocreate.discussion.models import Comment
from cocreate.events import Event
from cocreate.extensions import db
from cocreate.ideas.models import Idea, Visibility
from cocreate.notices.models import Notice


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
