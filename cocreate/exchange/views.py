"""Imports and exports for admins."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    render_template,
    request,
    send_file,
    stream_with_context,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.datastructures import FileStorage

from cocreate import permits, web
from cocreate.accounts import queries as members
from cocreate.database import begin_as, writing
from cocreate.errors import NotThere
from cocreate.exchange import asking, files, forms, outgoing, queries, running, uploads
from cocreate.exchange.looking import Look, look
from cocreate.exchange.models import ImportRun
from cocreate.exchange.rows import Unreadable
from cocreate.exchange.source import name_source, own_source
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES, gettext

bp = Blueprint("exchange", __name__)

# Refused rows that a page lists; the file has them all.
REFUSED_SHOWN = 50


@bp.record
def _keep_files(state: BlueprintSetupState) -> None:
    app = cast("Flask", state.app)
    with app.app_context():
        uploads.keep_at(app.config["SETTINGS"].data)


@bp.get("/admin/import")
@login_required
def index() -> ResponseReturnValue:
    permits.require(web.signed_in(), "exchange.import")
    return _index("")


@bp.post("/admin/import")
@login_required
def begin() -> ResponseReturnValue:
    """Keep the files that were chosen; nothing of them is imported yet."""
    actor = web.signed_in()
    permits.require(actor, "exchange.import")
    chosen = [one for one in request.files.getlist("files") if one.filename]
    if not chosen:
        return _index(gettext("Choose at least one file."))
    if len(chosen) > uploads.MOST_FILES:
        return _index(gettext("Choose at most %(most)s files at once.", most=uploads.MOST_FILES))
    run = asking.begin(actor, [one.filename or "" for one in chosen], web.settings().language)
    try:
        uploads.keep(run, [partial(FileStorage.save, one) for one in chosen])
    except OSError as error:
        db.session.rollback()
        return _index(gettext("The files could not be kept: %(why)s.", why=error.strerror or ""))
    db.session.commit()
    return web.see_other(f"/admin/import/{run.id}")


def _index(problem: str) -> ResponseReturnValue:
    page = queries.runs(request.args.get("after"))
    names = members.member_names(one.member_id for one in page.rows)
    words = render_template(
        "exchange/index.html", runs=page, names=names, problem=problem, most=_most_megabytes()
    )
    return words, 422 if problem else 200


def _most_megabytes() -> int:
    return (request.max_content_length or 0) // 1024**2


@bp.get("/admin/import/<int:run_id>")
@login_required
def show(run_id: int) -> ResponseReturnValue:
    """What the files hold and, once they are imported, what became of it."""
    permits.require(web.signed_in(), "exchange.import")
    return _show(queries.run_of(run_id), request.args)


@bp.post("/admin/import/<int:run_id>")
@login_required
def ask(run_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    permits.require(actor, "exchange.import")
    run = queries.run_of(run_id)
    values = request.form
    try:
        asking.ask(
            actor,
            run,
            is_dry=values.get("do") != "import",
            source=values.get("source", ""),
            language=values.get("language", ""),
            columns=forms.mappings(_looks(run, values), values),
        )
    except Unreadable as refusal:
        words = str(refusal)
        db.session.rollback()
        return _show(queries.run_of(run_id), values, words)
    db.session.commit()
    return web.see_other(f"/admin/import/{run_id}")


def _looks(run: ImportRun, values: Mapping[str, str]) -> list[Look]:
    """What each of the files holds, read as somebody chose by now or before."""
    found = []
    for place, one in enumerate(uploads.sources(run), start=1):
        kind = forms.kind_at(place, values)
        mapping = forms.mapping_at(place, values) or (None if kind else one.columns)
        found.append(look(one.name, one.path, kind=kind, mapping=mapping))
    return found


def _show(run: ImportRun, values: Mapping[str, str], problem: str = "") -> ResponseReturnValue:
    can_ask = not run.is_asked and uploads.are_there(run)
    page = render_template(
        "exchange/run.html",
        run=run,
        looks=_looks(run, values) if can_ask else [],
        values={**run.mapping, **values},
        problem=problem,
        refused=running.refused_rows(uploads.refused_path(run), REFUSED_SHOWN),
        languages=LANGUAGES,
        words=forms,
        number=run.counts.get,
    )
    # While it is at work the page comes again by itself, without any script.
    headers = {"Refresh": "2"} if run.is_asked else {}
    return page, 422 if problem else 200, headers


@bp.post("/admin/import/<int:run_id>/discard")
@login_required
def discard(run_id: int) -> ResponseReturnValue:
    actor = web.signed_in()
    permits.require(actor, "exchange.import")
    asking.discard(actor, queries.run_of(run_id))
    db.session.commit()
    flash(gettext("The files are removed."), "good")
    return web.see_other("/admin/import")


@bp.get("/admin/import/<int:run_id>/refused.csv")
@login_required
def refused(run_id: int) -> ResponseReturnValue:
    """Every row that was not taken, with its reason."""
    permits.require(web.signed_in(), "exchange.import")
    path = uploads.refused_path(queries.run_of(run_id))
    if not path.is_file():
        raise NotThere()
    return send_file(
        path, mimetype="text/csv", as_attachment=True, download_name=f"refused-{run_id}.csv"
    )


@bp.get("/admin/export")
@login_required
def export() -> ResponseReturnValue:
    permits.require(web.signed_in(), "exchange.export")
    return render_template("exchange/export.html", count=outgoing.count())


@bp.get("/admin/export/export.<format>")
@login_required
def download(format: str) -> ResponseReturnValue:
    """All that is public, as a file; addresses only the command line writes."""
    permits.require(web.signed_in(), "exchange.export")
    if format not in files.FORMATS:
        raise NotThere()
    body = stream_with_context(_body(format, _own_source(), web.settings().language))
    headers = {"Content-Disposition": f"attachment; filename=export.{format}"}
    return Response(body, headers=headers, mimetype=files.FORMATS[format])


def _body(format: str, source: str, language: str) -> Iterator[bytes]:
    begin_as(reader=True)
    yield files.heading(format)
    for page in outgoing.pages(source, language=language):
        # Whoever loads it slowly keeps nobody waiting.
        db.session.rollback()
        yield files.lines(format, page)


def _own_source() -> str:
    """What the portal calls itself; the first export gives it that name."""
    found = own_source()
    if not found:
        db.session.rollback()
        with writing():
            found = name_source(urlsplit(web.settings().address).hostname or "")
            db.session.commit()
    return found
