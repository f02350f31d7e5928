"""The loop strip: how far an idea got, and when."""

from collections.abc import Iterable
from datetime import datetime

from cocreate.errors import Words
from cocreate.i18n import gettext
from cocreate.ideas.models import Idea, Stage, Visibility
from cocreate.labels import label

# (words, when it got there, "done", "now", "ahead" or "stopped")
Step = tuple[Words, datetime | None, str]

_WAY = (Stage.CONSIDERING, Stage.PLANNED, Stage.BUILDING, Stage.SHIPPED)


def steps(idea: Idea, moves: Iterable[tuple[Stage, datetime]]) -> list[Step]:
    """The steps of an idea, in the order of its way.

    `moves` are the stages it was moved to and when, oldest first. Stages that it
    passed over are left out; those that may come are shown until it stops.
    """
    proposed: Step = (gettext("Proposed"), idea.published_at or idea.created_at, "done")
    if idea.visibility == Visibility.HELD:
        reading: Step = (gettext("Read by a moderator"), None, "now")
        return [proposed, reading, *((label(one), None, "ahead") for one in _WAY)]
    reached = dict(moves)
    if idea.stage in _WAY:
        here = _WAY.index(idea.stage)
        passed = [one for one in _WAY[:here] if one in reached]
        state = "done" if idea.stage == Stage.SHIPPED else "now"
        return [
            proposed,
            *((label(one), reached[one], "done") for one in passed),
            (label(idea.stage), reached.get(idea.stage), state),
            *((label(one), None, "ahead") for one in _WAY[here + 1 :]),
        ]
    if idea.stage == Stage.NEW:
        waiting: Step = (proposed[0], proposed[1], "now")
        return [waiting, *((label(one), None, "ahead") for one in _WAY)]
    passed = sorted((one for one in _WAY if one in reached), key=lambda one: reached[one])
    return [
        proposed,
        *((label(one), reached[one], "done") for one in passed),
        (label(idea.stage), reached.get(idea.stage, idea.stage_at), "stopped"),
    ]
