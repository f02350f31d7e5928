"""Search hears what changed, and makes the index agree with the ideas as they are now."""

from collections.abc import Sequence

from cocreate.deliveries import Claimed, NotNow
from cocreate.search import actions, engines
from cocreate.search.engines import Busy


def hear(claimed: Sequence[Claimed]) -> None:
    """Bring the ideas of these events up to date in the index, each once, in one commit.

    Told twice it finds nothing to do. Raises NotNow while another worker writes, and
    while the disk takes nothing: that loses no try.
    """
    ids = sorted({one.event.idea_id for one in claimed if one.event.idea_id is not None})
    try:
        # A small portal's index is made in one piece, before anybody could miss it. Whatever
        # else there is to tend can wait; who has just changed something does not want to.
        if not engines.here().is_made():
            actions.tend()
        actions.agree(ids)
    except Busy as busy:
        raise NotNow(str(busy)) from busy
