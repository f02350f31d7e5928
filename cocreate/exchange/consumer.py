"""Does the imports that admins asked for.

An import commits after each batch, and holds its delivery back with each of
them: no other worker takes it up meanwhile, and it soon comes due again when
the worker is killed. The next one then finds what was done, and goes on.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from cocreate import clock
from cocreate.accounts.models import Member
from cocreate.deliveries import MAX_TRIES, Claimed, NotNow
from cocreate.events import Delivery
from cocreate.exchange import running, uploads
from cocreate.exchange.actions import Progress
from cocreate.exchange.models import ImportRun
from cocreate.exchange.rows import Unreadable
from cocreate.extensions import db
from cocreate.i18n import force_locale, gettext

# For how long a delivery is held back; reading and writing a batch takes far less.
HELD_FOR = timedelta(seconds=30)


def hear(claimed: Sequence[Claimed]) -> None:
    """Bring in the files of these runs. Told of a finished run, it does nothing.

    Raises NotNow while another import is at work.
    """
    for one in claimed:
        run = db.session.get(ImportRun, one.event.data.get("run", 0))
        if run is not None and run.is_asked:
            # What is said about the rows is kept as words, for whoever asked.
            with force_locale(db.session.get_one(Member, run.member_id).language):
                _bring_in(run, one.id, is_last_try=one.tries + 1 >= MAX_TRIES)


def _bring_in(run: ImportRun, delivery_id: int, *, is_last_try: bool) -> None:
    run_id, is_dry = run.id, run.is_dry
    files, refused = uploads.sources(run), uploads.refused_path(run)
    chosen = {name: str(run.mapping.get(name, "")) for name in ("source", "language")}

    def note(progress: Progress) -> None:
        _change(run_id, counts=_counts(progress))
        db.session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id)
            .values(due_at=clock.now() + HELD_FOR)
            .execution_options(synchronize_session=False)
        )

    try:
        end = running.run(
            files,
            folder=uploads.data_folder(),
            refused=refused,
            is_dry=is_dry,
            after_batch=note,
            **chosen,
        )
    except running.Taken as taken:
        raise NotNow(str(taken)) from taken
    except Unreadable as error:
        _change(run_id, error=str(error), finished_at=clock.now())
        return
    except Exception:
        _change(
            run_id,
            error=gettext("The import broke off; the log says why."),
            finished_at=clock.now() if is_last_try else None,
        )
        db.session.commit()
        raise
    _change(run_id, counts=_counts(end), error="", finished_at=clock.now())
    db.session.commit()
    if not is_dry:
        uploads.remove(db.session.get_one(ImportRun, run_id))


def _counts(progress: Progress) -> dict[str, int]:
    return {"size": progress.size, "done": progress.done, **progress.counts}


def _change(run_id: int, **values: Any) -> None:
    db.session.execute(
        update(ImportRun)
        .where(ImportRun.id == run_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
