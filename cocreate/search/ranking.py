"""The order of what was found: how well the words fit, and a little of support and freshness.

Engines bring candidates with a score for their words. What is added here is the
same whichever engine that was, and the same for every reader. The page
/how-we-sort tells it in plain words; change both together.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from cocreate import clock
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.ideas.queries import listed_among, shows_count

# Small on purpose. Words that fit a third better win whatever else is so: 1.2 times 1.1. People
# who search know what they look for; support and age only choose among what fits alike.
SUPPORT = 0.2
FRESHNESS = 0.1
# With so many supporters an idea has half of what support can give, with nine times as many nine
# tenths: the first people say more than the thousandth.
HALF_SUPPORT = 50
# After so many days an idea has half of what freshness can give, after twice as many a quarter.
HALF_LIFE = 365

_DAY = 24 * 60 * 60


def score(words: float, supporters: int, days: float) -> float:
    """What the results are ordered by, highest first.

    `words` is the engine's score of the text, above 0; `supporters` as many as everyone
    may know of; `days` since the idea became public. At most 1.32 times `words`.
    """
    support = supporters / (supporters + HALF_SUPPORT)
    freshness = math.pow(0.5, max(days, 0.0) / HALF_LIFE)
    return words * (1 + SUPPORT * support) * (1 + FRESHNESS * freshness)


def order(
    candidates: Sequence[tuple[int, float]], conditions: Iterable[ColumnElement[bool]] = ()
) -> list[tuple[int, float]]:
    """Those of `candidates` (id, score of the words) that may be shown, best first.

    One statement for all of them, so there are to be at most a thousand. Only public ideas
    that meet `conditions` are left, whatever the engine still thinks of the others.
    """
    if not candidates:
        return []
    words = dict(candidates)
    moment = func.coalesce(Idea.published_at, Idea.created_at)
    rows = db.session.execute(
        select(Idea.id, Idea.vote_count, Idea.views, Idea.stage, moment.label("moment")).where(
            listed_among(words, *conditions)
        )
    )
    now = clock.now()
    scored = [(row.id, score(words[row.id], _known(row), _days(row.moment, now))) for row in rows]
    return sorted(scored, key=lambda one: (-one[1], -one[0]))


def _known(idea: Any) -> int:
    """How many support it, as far as everyone may know: an order would tell a hidden number."""
    return int(idea.vote_count) if shows_count(idea, None, voted=False) else 0


def _days(moment: datetime, now: datetime) -> float:
    return (now - moment).total_seconds() / _DAY
