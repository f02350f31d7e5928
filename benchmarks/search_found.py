"""How long it takes from a change's commit until the change is found, with a real worker."""

import sys
import time
from collections.abc import Sequence

from sqlalchemy import update

from benchmarks.servers import running
from cocreate import events
from cocreate.database import begin_as
from cocreate.extensions import db
from cocreate.ideas.models import Idea
from cocreate.search import engines
from cocreate.search.asked import Asked, Only, Part
from cocreate.search.readers import Unusable

PER_SECOND = 20
# Seconds after which a change is given up.
PATIENCE = 60


def found_after(environ: dict[str, str], ideas: int, seconds: float) -> list[float]:
    """Seconds until each change was found; within an app's context.

    What is never found counts as PATIENCE.
    """
    took: list[float] = []
    waiting: dict[str, float] = {}
    with running([sys.executable, "-m", "cocreate", "work"], environ):
        _change(1, "zqfirst1")
        give_up = time.perf_counter() + PATIENCE
        while not _found("zqfirst1") and time.perf_counter() < give_up:
            time.sleep(0.05)
        begun = time.perf_counter()
        number = 0
        while number < seconds * PER_SECOND or waiting:
            now = time.perf_counter()
            if number < seconds * PER_SECOND and now - begun >= number / PER_SECOND:
                word = f"zq{number}x{int(begun)}"
                _change(2 + number * 7919 % (ideas - 1), word)
                waiting[word] = time.perf_counter()
                number += 1
                continue
            for word, since in list(waiting.items()):
                if _found(word):
                    took.append(time.perf_counter() - since)
                    del waiting[word]
                elif now - since > PATIENCE:
                    took.append(PATIENCE)
                    del waiting[word]
            time.sleep(0.005)
    return took


def _change(idea_id: int, word: str) -> None:
    begin_as(reader=False)
    db.session.execute(update(Idea).where(Idea.id == idea_id).values(title=f"Changed {word}"))
    events.record_many("idea.edited", [idea_id])
    db.session.commit()


def _found(word: str) -> bool:
    begin_as(reader=True)
    asked = Asked((Part(word, ((word,),)),))
    try:
        found: Sequence[int] = engines.here().matching(asked, only=Only(), most=1)
    except Unusable:
        found = []
    finally:
        db.session.rollback()
    return bool(found)
