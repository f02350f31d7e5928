"""What the worker does at a time: each chore by itself, in an empty portal and in a full one."""

import pytest

from cocreate import worker
from cocreate.database import begin_as
from cocreate.demo import loader
from cocreate.extensions import db

# More pieces than any of them has to do here.
MOST_PIECES = 50


@pytest.mark.parametrize("name", worker.CHORES)
def test_every_chore_comes_to_its_end_in_an_empty_portal(app, name) -> None:
    do(name)


@pytest.mark.timeout(180)
def test_every_chore_comes_to_its_end_with_a_year_of_ideas(app) -> None:
    loader.load(app, lambda items, _length, _label, each: [each(item) for item in items])
    for name in worker.CHORES:
        do(name)


def do(name: str) -> None:
    """Run a chore as the worker does, until it says that there is no more of it."""
    chore, _pause = worker.CHORES[name]
    for _ in range(MOST_PIECES):
        begin_as(reader=False)
        more = chore()
        db.session.commit()
        if not more:
            return
    raise AssertionError(f"{name} has no end")
