"""The default order of the list: a fair first showing, then support per showing.

The page /how-we-sort tells the same in plain words; change both together.
"""

import math
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, text, update

from cocreate import clock
from cocreate.extensions import db
from cocreate.ideas.models import DECIDED, Idea, Stage, Visibility

# A new idea comes first until so many people have opened it, ...
FIRST_VIEWS = 20
# ... or until it has been public for so long; a quiet place must not stand still.
FIRST_DAYS = 14
# The 97.5th percentile of the normal distribution: 95 % two-sided confidence.
_Z = 1.959964


def wilson(votes: int, views: int) -> float:
    """The lower bound of support per view that 95 % confidence leaves, from 0 to 1.

    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927); used for
    ranking after Evan Miller, "How Not To Sort By Average Rating" (2009). Votes
    given from a list were seen there, so there are never fewer views than votes.
    """
    seen = max(views, votes)
    if seen <= 0 or votes <= 0:
        return 0.0
    share = votes / seen
    middle = share + _Z**2 / (2 * seen)
    spread = _Z * math.sqrt((share * (1 - share) + _Z**2 / (4 * seen)) / seen)
    return (middle - spread) / (1 + _Z**2 / seen)


def score(
    votes: int, views: int, published_at: datetime | None, stage: Stage, now: datetime
) -> float:
    """What the list is ordered by, highest first.

    Above 1 and up to 2 during the first showing, the least shown highest; from 0 to
    1 afterwards; below 0 once decided, because there is nothing left to choose.
    """
    if stage in DECIDED:
        return wilson(votes, views) - 1
    is_new = published_at is not None and now - published_at < timedelta(days=FIRST_DAYS)
    if is_new and views < FIRST_VIEWS:
        return 2 - views / FIRST_VIEWS
    # 1 itself belongs to the first showing.
    return min(wilson(votes, views), 0.999)


def rescore(limit: int = 1000) -> bool:
    """Count anew the scores that are out of date, at most `limit` of them.

    Those are the ideas whose votes, views or stage changed since, and those whose
    first showing is over. Returns whether there may be more. Any number of
    workers may do this at once.
    """
    now = clock.now()
    over = now - timedelta(days=FIRST_DAYS)
    # Two questions and not one with "or": each has an index of its own. The first one is
    # a partial index, which SQLite uses only for a condition in the index's own words.
    due = select(Idea.id).where(text("is_score_due")).order_by(Idea.id).limit(limit)
    ids = set(db.session.scalars(due))
    aged = (
        select(Idea.id)
        .where(
            Idea.visibility == Visibility.PUBLIC,
            Idea.fair_score > 1,
            or_(Idea.published_at.is_(None), Idea.published_at <= over),
        )
        .limit(limit)
    )
    ids |= set(db.session.scalars(aged))
    if not ids:
        return False
    chosen = sorted(ids)[:limit]
    # Locked in the order of their ids, so that two workers wait and never lock each other out.
    rows = db.session.execute(
        select(Idea.id, Idea.vote_count, Idea.views, Idea.published_at, Idea.stage)
        .where(Idea.id.in_(chosen))
        .order_by(Idea.id)
        .with_for_update()
    )
    scores = [
        {"one": row.id, "new": score(row.vote_count, row.views, row.published_at, row.stage, now)}
        for row in rows
    ]
    db.session.connection().execute(
        update(Idea.__table__)  # type: ignore[arg-type]
        .where(Idea.__table__.c.id == bindparam("one"))
        .values(fair_score=bindparam("new"), is_score_due=False),
        scores,
    )
    return len(ids) >= limit
