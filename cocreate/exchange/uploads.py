"""The files of imports that admins began: in the data folder until they are in."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from cocreate import text
from cocreate.exchange.actions import Source
from cocreate.exchange.models import ImportRun
from cocreate.extensions import db

MOST_FILES = 20
NAME_LENGTH = 100
# Seconds after which files that nobody asked to be imported are removed.
KEPT_FOR = 7 * 24 * 3600

_folders: WeakKeyDictionary[Engine, Path] = WeakKeyDictionary()


def keep_at(folder: Path) -> None:
    """Let the application whose context this is keep its files in the data folder `folder`."""
    _folders[db.engine] = folder


def data_folder() -> Path:
    """The data folder of the application whose context this is."""
    return _folders[db.engine]


def folder_of(run: ImportRun) -> Path:
    """Where the run's files are."""
    return data_folder() / "imports" / str(run.id)


def refused_path(run: ImportRun) -> Path:
    """Where the rows are that the run did not take."""
    return folder_of(run) / "refused.csv"


def shown_name(name: str, place: int) -> str:
    """What to call an uploaded file: its name without folders and oddities, on one line."""
    plain = text.one_line(name.replace("\\", "/").rsplit("/", 1)[-1])
    return plain[-NAME_LENGTH:] or str(place)


def keep(run: ImportRun, saves: list[Callable[[Path], None]]) -> None:
    """Keep the run's files, each written by one of `saves` to the path that it is given.

    Their own names are nowhere on the disk. Raises OSError.
    """
    _tidy()
    # A run of another database may have had this number.
    shutil.rmtree(folder_of(run), ignore_errors=True)
    folder_of(run).mkdir(parents=True)
    for place, save in enumerate(saves, start=1):
        save(_path(run, place))


def sources(run: ImportRun) -> list[Source]:
    """The run's files as an import takes them."""
    columns = run.mapping.get("columns", {})
    return [
        Source(name, _path(run, place), columns.get(str(place)))
        for place, name in enumerate(run.names, start=1)
    ]


def are_there(run: ImportRun) -> bool:
    """Whether the files are still kept."""
    return bool(run.names) and all(one.path.is_file() for one in sources(run))


def remove(run: ImportRun) -> None:
    """Remove the run's files; what it refused stays."""
    for one in sources(run):
        one.path.unlink(missing_ok=True)


def _path(run: ImportRun, place: int) -> Path:
    return folder_of(run) / str(place)


def _tidy() -> None:
    """Remove what was uploaded long ago and never imported."""
    for path in (data_folder() / "imports").glob("[0-9]*/[0-9]*"):
        try:
            if path.stat().st_mtime < time.time() - KEPT_FOR:
                path.unlink()
        except FileNotFoundError:
            continue
    for folder in (data_folder() / "imports").glob("[0-9]*"):
        if folder.is_dir() and not any(folder.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)
