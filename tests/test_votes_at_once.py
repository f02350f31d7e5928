"""Many people supporting one idea at the same moment: none is lost, none counts twice."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import func, select

from cocreate import events
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.votes import actions
from cocreate.votes.models import Vote

MEMBERS = 64
# Odd, so that whoever votes and takes back by turns has voted in the end.
TURNS = 5


def test_64_members_voting_and_taking_back_from_64_threads(
    app: Any, browser: Any, make_member: Any, make_idea: Any, caplog: Any
) -> None:
    chance = random.Random(64)
    idea_id = make_idea().id
    people = [browser(make_member()) for _ in range(MEMBERS)]
    # Some only vote, some click twice, some change their minds each time.
    turns = [chance.choices(["vote", "unvote"], [3, 2], k=TURNS) for _ in people]
    db.session.commit()
    db.session.remove()
    start = Barrier(MEMBERS, timeout=60)

    def take_turns(number: int) -> list[tuple[int, str]]:
        person, answers = people[number], []
        headers = {"X-CSRFToken": person._token}
        start.wait()
        for verb in turns[number]:
            answer = person.client.post(f"/ideas/{idea_id}/{verb}", headers=headers)
            while answer.status_code == 503 and answer.headers.get("Retry-After"):
                # A polite refusal, and whoever gets one tries again.
                answer = person.client.post(f"/ideas/{idea_id}/{verb}", headers=headers)
            answers.append((answer.status_code, answer.text[:200]))
        return answers

    with ThreadPoolExecutor(MEMBERS) as threads:
        answers = [one for many in threads.map(take_turns, range(MEMBERS)) for one in many]

    assert len(answers) == MEMBERS * TURNS
    assert {status for status, _ in answers} == {303}, [a for a in answers if a[0] != 303]
    assert "locked" not in caplog.text
    supporters = sum(chosen[-1] == "vote" for chosen in turns)
    rows = db.session.scalar(select(func.count()).where(Vote.idea_id == idea_id))
    assert db.session.scalar(select(Idea.vote_count).where(Idea.id == idea_id)) == rows
    assert rows == supporters
    assert actions.recount() == 0
    # What came and went was written down each time, and nothing else was.
    came, went = (
        db.session.scalar(select(func.count()).where(events.Event.kind == kind))
        for kind in ("vote.cast", "vote.taken_back")
    )
    assert came - went == rows


def test_one_member_in_many_tabs_has_one_vote(
    app: Any, browser: Any, make_member: Any, make_idea: Any
) -> None:
    idea_id, member = make_idea().id, make_member()
    tabs = [browser(member) for _ in range(16)]
    db.session.commit()
    db.session.remove()
    start = Barrier(len(tabs), timeout=60)

    def click(tab: Any) -> int:
        start.wait()
        headers = {"X-CSRFToken": tab._token}
        return int(tab.client.post(f"/ideas/{idea_id}/vote", headers=headers).status_code)

    with ThreadPoolExecutor(len(tabs)) as threads:
        assert list(threads.map(click, tabs)) == [303] * len(tabs)

    assert db.session.scalar(select(func.count()).select_from(Vote)) == 1
    assert db.session.scalar(select(Idea.vote_count).where(Idea.id == idea_id)) == 1
    cast = select(func.count()).where(events.Event.kind == "vote.cast")
    assert db.session.scalar(cast) == 1
