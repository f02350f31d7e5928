"""The command line: cocreate serve | work | migrate | make-staff | ..."""

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import IntegrityError

from cocreate import clock, config, create_app, deliveries, worker
from cocreate import serve as serving
from cocreate.accounts import actions as accounts
from cocreate.accounts import queries as members
from cocreate.accounts.models import Role
from cocreate.demo import loader
from cocreate.discussion import actions as discussion
from cocreate.errors import Refusal
from cocreate.exchange import files, outgoing, running
from cocreate.exchange.actions import Progress, Source
from cocreate.exchange.source import name_source
from cocreate.extensions import db
from cocreate.i18n import LANGUAGES
from cocreate.search import actions as search
from cocreate.votes import actions as votes

# Differences that `cocreate search check` names one by one.
MOST_SHOWN = 20


@contextmanager
def opened() -> Iterator[Flask]:
    """The application in its context; bad settings end the program with a line for each."""
    try:
        app = create_app()
    except config.BadSettings as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        sys.exit(2)
    with app.app_context():
        try:
            yield app
        except Refusal as refusal:
            db.session.rollback()
            raise click.ClickException(str(refusal)) from refusal
        finally:
            db.session.remove()


def bring_up_to_date(app: Flask, to: str = "head") -> None:
    """Run the migrations. Several starts at once wait for each other."""
    settings: config.Settings = app.config["SETTINGS"]
    with (settings.data / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        upgrade(revision=to)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """CoCreate: customers propose, everyone hears what became of it.

    Settings are environment variables that begin with COCREATE_; README lists them.
    """


@main.command()
@click.option(
    "--down-to", metavar="REVISION", help="Undo migrations down to this one ('base': all)."
)
def migrate(down_to: str | None) -> None:
    """Bring the database's tables up to date."""
    with opened() as app:
        if down_to:
            downgrade(revision=down_to)
        else:
            bring_up_to_date(app)


@main.command()
@click.option("--no-worker", is_flag=True, help="Serve pages only; run `cocreate work` elsewhere.")
def serve(no_worker: bool) -> None:
    """Serve the portal, with a worker beside it; both end together.

    Brings the tables up to date first. Outside production an empty portal is
    filled with a demo.
    """
    with opened() as app:
        settings: config.Settings = app.config["SETTINGS"]
        bring_up_to_date(app)
        if not settings.is_production and loader.is_wanted():
            click.echo("Filling the portal with a demo. This takes a moment.")
            loader.load(app, _bar)
        sign_ins = [] if settings.is_production else loader.sign_ins(settings)
        db.session.remove()
        db.engine.dispose()
    try:
        serving.run(
            settings,
            with_worker=not no_worker,
            announce=lambda: _announce(settings, sign_ins),
        )
    except OSError as error:
        raise click.ClickException(
            f"{settings.host}:{settings.port}: {error.strerror}; COCREATE_PORT sets another port"
        ) from error


def _announce(settings: config.Settings, sign_ins: list[tuple[str, str, str]]) -> None:
    click.echo(f"\n  The portal is at {settings.address}\n")
    if sign_ins:
        click.echo("  Sign in as:")
        for role, email, password in sign_ins:
            click.echo(f"    {role:<12} {email:<24} {password}")
        click.echo("")


@main.command()
@click.option("--once", is_flag=True, help="End when nothing is due.")
@click.option("--parent", type=int, hidden=True, help="End when this process is gone.")
def work(once: bool, parent: int | None) -> None:
    """Do the background work: notices, mails, the search index, imports, daily chores."""
    with opened() as app:
        pass
    if once:
        click.echo(f"{worker.run_until_idle(app)} deliveries")
    else:
        worker.main(app, lambda: parent is None or os.getppid() == parent)


@main.command("make-staff")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def make_staff(email: str, role: str) -> None:
    """Give the member with this address a role: member, moderator, product or admin."""
    with opened():
        member = members.by_email(email)
        if member is None:
            raise click.ClickException(f"nobody here has the address {email}; they join first")
        accounts.make_staff(None, member, Role(role))
        db.session.commit()
        click.echo(f"{member.name} is now: {role}")


@main.command("import")
@click.argument(
    "paths",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--source", default="", metavar="NAME", help="Where the rows come from.")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column holds what, for files of no known shape, as in --map title=Subject.",
)
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Of ideas that do not say.")
@click.option(
    "--refused",
    metavar="PATH",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where to write rows that are not taken; else into imports/ in the data folder.",
)
def bring_in(
    paths: tuple[Path, ...],
    dry_run: bool,
    source: str,
    pairs: tuple[str, ...],
    language: str | None,
    refused: Path | None,
) -> None:
    """Bring in ideas and comments from CSV, JSON Lines and JSON.

    Knows the portal's own export, IdeaScale's exports of ideas and of comments, and
    the Open Government Dialogue; --map tells it of others. Run again, it adds
    nothing twice and takes over what has changed.
    """
    with opened() as app:
        settings: config.Settings = app.config["SETTINGS"]
        columns = dict(_pair(one) for one in pairs)
        moment = f"{clock.now():%Y%m%dT%H%M%S}"
        refused = refused or settings.data / "imports" / f"refused-{moment}.csv"
        with click.progressbar(length=1, label="import", file=sys.stderr) as bar:

            def show(progress: Progress) -> None:
                bar.length = max(progress.size, 1)
                bar.update(progress.done - bar.pos)

            try:
                end = running.run(
                    [Source(path.name, path, columns or None) for path in paths],
                    folder=settings.data,
                    refused=refused,
                    source=source,
                    language=language or settings.language,
                    is_dry=dry_run,
                    after_batch=show,
                )
            except IntegrityError as error:
                raise click.ClickException(
                    "somebody wrote the same at this moment; what was done stays, run it again"
                ) from error
        for line in _summary(end, refused, is_dry=dry_run):
            click.echo(line)


def _pair(text: str) -> tuple[str, str]:
    field, sign, column = text.partition("=")
    if not sign:
        raise click.BadParameter(f"{text!r} is not FIELD=COLUMN", param_hint="--map")
    return field.strip(), column.strip()


def _summary(end: Progress, refused: Path, *, is_dry: bool) -> Iterator[str]:
    """What an import did, in lines."""
    if is_dry:
        yield "A dry run: nothing was written."
    for kind in ("idea", "comment"):
        did = ", ".join(
            f"{end.counts[f'{kind} {what}']} {what}" for what in ("added", "updated", "unchanged")
        )
        yield f"{kind}s: {did}"
    if end.counts["noted"]:
        yield f"rows with a value that could not be taken as it was: {end.counts['noted']}"
    if end.counts["refused"]:
        yield f"refused: {end.counts['refused']}, each with its reason in {refused}"


@main.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--addresses", is_flag=True, help="With the authors' e-mail addresses.")
def export(folder: Path, addresses: bool) -> None:
    """Write all public ideas and comments to FOLDER, as export.jsonl and export.csv.

    Either of them can be brought in again, here or in another portal.
    """
    with opened() as app:
        settings: config.Settings = app.config["SETTINGS"]
        own_source = name_source(urlsplit(settings.address).hostname or "")
        db.session.commit()
        rows = outgoing.pages(own_source, language=settings.language, with_addresses=addresses)
        with click.progressbar(length=outgoing.count(), label="export", file=sys.stderr) as bar:

            def show(page: outgoing.Page) -> None:
                db.session.rollback()
                bar.update(len(page))

            try:
                written = files.write(folder, rows, show)
            except OSError as error:
                raise click.ClickException(f"{error.filename}: {error.strerror}") from error
        for path, digest in written:
            click.echo(f"{path}  sha256 {digest}")


@main.command()
def recount() -> None:
    """Compare every counter with the rows it counts, and mend what differs."""
    with opened():
        click.echo(f"votes: {votes.recount()} counters mended")
        click.echo(f"comments: {discussion.recount()} counters mended")
        db.session.commit()


@main.command()
def reindex() -> None:
    """Build the search index anew; the old one answers until the new one is ready."""
    with opened():
        count = search.reindex(_bar)
        click.echo(f"{count} ideas can be found")


@main.group("search")
def searching() -> None:
    """Look after searching: `check` compares the index with the database."""


@searching.command()
@click.option("--mend", is_flag=True, help="Bring what differs up to date.")
def check(mend: bool) -> None:
    """Compare the search index with the database; 1 where they differ."""
    with opened():
        try:
            found = search.check()
        except search.Unusable as error:
            raise click.ClickException(
                "there is no search index; the worker makes one, and so does cocreate reindex"
            ) from error
        waiting = deliveries.behind_since("search")
        db.session.rollback()
        for one in found[:MOST_SHOWN]:
            click.echo(f"idea {one.id}: {one.says}")
        if len(found) > MOST_SHOWN:
            click.echo(f"… and {len(found) - MOST_SHOWN} more")
        if waiting:
            click.echo(f"the worker has yet to hear of {waiting:%Y-%m-%d %H:%M:%S} UTC and later")
        if not found:
            click.echo("index and database agree")
        elif mend:
            search.mend(found)
            click.echo(f"{len(found)} ideas mended")
        else:
            raise click.ClickException(f"{len(found)} ideas differ; --mend brings them up to date")


@main.command()
def demo() -> None:
    """Fill an empty portal with the demo."""
    with opened() as app:
        if not loader.is_wanted():
            raise click.ClickException(
                "the portal is not empty; the demo only goes into an empty one"
            )
        loader.load(app, _bar)


def _bar(items: Any, length: int, label: str, each: Callable[[Any], None]) -> None:
    """Do `each` of the items while a bar shows how far it got."""
    with click.progressbar(items, length=length, label=label, file=sys.stderr) as bar:
        for item in bar:
            each(item)


if __name__ == "__main__":
    main()
