"""Admins bring files and ask for them to be imported; the worker does it."""

from collections.abc import Mapping, Sequence

from cocreate import clock, events, permits
from cocreate.accounts.models import Member
from cocreate.errors import Closed
from cocreate.exchange import mapping, uploads
from cocreate.exchange.models import ImportRun
from cocreate.exchange.readers import Table
from cocreate.exchange.reading import SOURCE_LENGTH
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _


def begin(actor: Member, names: Sequence[str], language: str) -> ImportRun:
    """A run for files called `names`, of which nothing is imported yet. Raises NotAllowed."""
    permits.require(actor, "exchange.import")
    shown = [uploads.shown_name(name, place) for place, name in enumerate(names, start=1)]
    run = ImportRun(
        member_id=actor.id,
        files="\n".join(shown),
        mapping={"language": language},
        counts={},
        created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    return run


def ask(
    actor: Member,
    run: ImportRun,
    *,
    is_dry: bool,
    source: str,
    language: str,
    columns: Mapping[str, Mapping[str, str]],
) -> None:
    """Have the run's files imported; a dry run only says what would happen.

    `columns` are the mappings of files of no known shape, by their place from 1.
    Raises NotAllowed, Closed while it is at work or once the files are gone, and
    Unreadable for a mapping that does not fit its file.
    """
    permits.require(actor, "exchange.import")
    db.session.refresh(run, with_for_update=True)
    if run.is_asked:
        raise Closed(_("These files are being imported already."))
    if not uploads.are_there(run):
        raise Closed(_("These files are not kept any more. Upload them again."))
    fitting = {}
    for place, one in enumerate(uploads.sources(run), start=1):
        if str(place) in columns:
            with Table(one.path) as table:
                fitting[str(place)] = mapping.checked(columns[str(place)], table.columns)
    run.mapping = {
        "source": source.strip()[:SOURCE_LENGTH],
        "language": language if language in LANGUAGES else next(iter(LANGUAGES)),
        "columns": fitting,
    }
    run.is_dry, run.error, run.finished_at = is_dry, "", None
    run.counts = {"size": 0, "done": 0}
    events.record("import.asked", actor, run=run.id)


def discard(actor: Member, run: ImportRun) -> None:
    """Do not keep the run's files any longer. Raises NotAllowed, and Closed while it is at work."""
    permits.require(actor, "exchange.import")
    db.session.refresh(run, with_for_update=True)
    if run.is_asked:
        raise Closed(_("These files are being imported already."))
    uploads.remove(run)
