"""Supporting an idea: once each, counted by the database, only while it is open."""

from sqlalchemy import select, update

from cocreate import limits
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.votes import actions
from cocreate.votes.models import Vote


def test_recount_mends_what_is_off_and_says_how_many(make_member, make_idea, vote) -> None:
    ideas = [make_idea() for _ in range(3)]
    for idea in ideas:
        vote(make_member(), idea)
    db.session.execute(update(Idea).where(Idea.id == ideas[1].id).values(vote_count=40))
    db.session.commit()

    assert actions.recount() == 1
    assert actions.recount() == 0
    db.session.commit()
    assert db.session.scalars(select(Idea.vote_count)).all() == [1, 1, 1]
