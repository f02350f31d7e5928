"""How long ideas wait for an answer, and how many come and are answered week by week.

Everything is counted in the index `ix_ideas_answered` and in that of the newest ideas alone.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, func, select

from cocreate.backlog.queries import unanswered
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import listed

# Days that an idea has waited, from and before; the last has no end.
WAITS = ((0, 7), (7, 14), (14, 30), (30, 90), (90, None))


def waiting(now: datetime) -> list[int]:
    """How many ideas without an answer have waited how long: a number for each of WAITS."""
    counts = []
    for least, most in WAITS:
        some = select(func.count()).select_from(Idea).where(*unanswered())
        if least:
            some = some.where(Idea.published_at <= now - timedelta(days=least))
        if most is not None:
            some = some.where(Idea.published_at > now - timedelta(days=most))
        counts.append(some.scalar_subquery())
    return list(db.session.execute(select(*counts)).one())


def weekly(starts: Sequence[datetime]) -> tuple[list[int], list[int]]:
    """(proposed, answered): how many public ideas from each of `starts` until the next one.

    The last of `starts` only ends the week before it, so the lists are one shorter.
    Answered is when an idea got its first answer, whenever it was proposed.
    """
    weeks = list(itertools.pairwise(starts))
    counts: list[ScalarSelect[int]] = []
    for moment in (Idea.published_at, Idea.answered_at):
        counts.extend(
            select(func.count())
            .select_from(Idea)
            .where(listed(), moment >= start, moment < end)
            .scalar_subquery()
            for start, end in weeks
        )
    found = list(db.session.execute(select(*counts)).one())
    return found[: len(weeks)], found[len(weeks) :]
