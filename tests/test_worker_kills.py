"""A worker killed at any moment loses nothing and doubles nothing."""

import dataclasses
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cocreate.events import Delivery, Event
from cocreate.extensions import db
from cocreate.ideas.models import Visibility
from cocreate.notices.models import Notice
from cocreate.search import actions as search
from tests.mailbox import mailbox

__all__ = ["mailbox"]

ROOT = Path(__file__).parent.parent
KILLS = 50
IDEAS = 200


def title_in(mail):
    return re.search(r"Idea number \d+", str(mail["Subject"]))[0]


@pytest.mark.timeout(300)
def test_fifty_kills_while_two_hundred_ideas_are_let_in(
    app, browser, make_member, make_idea, mailbox, work
):
    settings = app.config["SETTINGS"]
    authors = [make_member() for _ in range(20)]
    ideas = [
        make_idea(authors[number % 20], visibility=Visibility.HELD, published_at=None)
        for number in range(IDEAS)
    ]
    ids = [idea.id for idea in ideas]
    work()
    mailbox.mails.clear()
    moderator = browser(make_member(role="moderator"))
    environ = {
        f"COCREATE_{field.name.upper()}": str(getattr(settings, field.name))
        for field in dataclasses.fields(settings)
    }
    environ |= {
        "COCREATE_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "COCREATE_LEASE": "1",
        "COCREATE_WORKER_PAUSE": "0.02",
        "COCREATE_LOG_LEVEL": "ERROR",
    }
    environ = {name: value for name, value in environ.items() if value}
    killed = subprocess.Popen(
        [sys.executable, "-m", "tests.killed_worker", str(KILLS), "7"],
        cwd=ROOT,
        env={**os.environ, **environ},
    )
    try:
        for idea_id in ids:
            done = moderator.post(
                f"/moderation/ideas/{idea_id}/approve", {"ruling": "0", "wording": "1"}
            )
            assert done.status_code == 303, done.text
        assert killed.wait(240) == 0
    finally:
        killed.kill()

    # Nothing is owed any more, and nothing failed for good.
    left = select(func.count()).where(Delivery.done_at.is_(None))
    assert db.session.scalar(left) == 0
    # Each author has the notice of each approval exactly once.
    told = db.session.execute(
        select(Notice.idea_id, Notice.member_id, func.count())
        .join(Event, Event.id == Notice.event_id)
        .where(Event.kind == "idea.approved")
        .group_by(Notice.idea_id, Notice.member_id)
    )
    assert sorted(map(tuple, told)) == sorted(
        (idea_id, authors[number % 20].id, 1) for number, idea_id in enumerate(ids)
    )
    # Each mail went out at least once, and what went out twice carries the same id.
    ids_of_mails = defaultdict(set)
    for mail in mailbox.mails:
        ids_of_mails[mail["X-Arrived-For"], title_in(mail)].add(mail["Message-ID"])
    assert set(ids_of_mails) == {
        (authors[number % 20].email, idea.title) for number, idea in enumerate(ideas)
    }
    assert all(len(one) == 1 for one in ids_of_mails.values())
    # The index agrees with the database.
    assert not search.check()
