"""Static files, read once: their addresses, and the smallest form of each.

One version stands for all files together, as a folder in every address:
`/static/3f0c9d2a71/css/base.css`. What a file names by a relative address, a script
that it imports or a font, is then below the same version, so that everything can be
kept for a year and nothing of one release ever meets a file of another.
"""

import hashlib
import os
import re
import secrets
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from cocreate import headers, packing

_ROOT = Path(__file__).parent.parent
_FILES = _ROOT / "static"
# Written by `make setup`: the packed forms, each named by the content it was made from.
_PACKED = _ROOT / "build" / "static"
# What else lies in the folder is nobody's business.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_VERSIONED = re.compile(r"([0-9a-f]{10})/(.+)")


@dataclass(frozen=True)
class File:
    """A file with its forms by encoding; "" is the file as it is."""

    mimetype: str
    digest: str
    forms: dict[str, bytes]


def _form(body: bytes, digest: str, encoding: str) -> bytes:
    """The packed form of `body`: as it was built, or built now if it was not."""
    path = _PACKED / f"{digest}.{encoding}"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        form = packing.packed(body, encoding, hard=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Others may be building it at this moment, or reading it.
        unfinished = path.with_name(f".{secrets.token_hex(8)}")
        unfinished.write_bytes(form)
        os.replace(unfinished, path)
    except OSError:
        # A folder that cannot be written to costs each start a moment, nothing more.
        pass
    return form


def _file(path: Path) -> File:
    body = path.read_bytes()
    mimetype = _TYPES[path.suffix]
    digest = hashlib.sha256(body).hexdigest()[:20]
    forms = {"": body}
    if packing.is_text(mimetype.partition(";")[0]):
        made = {one: _form(body, digest, one) for one in packing.ENCODINGS}
        forms |= {one: form for one, form in made.items() if len(form) < len(body)}
    return File(mimetype, digest, forms)


@cache
def files() -> dict[str, File]:
    """Every static file by its name below the folder ("css/base.css"); packed where it helps."""
    paths = sorted(one for one in _FILES.rglob("*") if one.is_file() and one.suffix in _TYPES)
    return {path.relative_to(_FILES).as_posix(): _file(path) for path in paths}


@cache
def version() -> str:
    """What changes whenever any static file does."""
    whole = "\n".join(f"{name} {file.digest}" for name, file in files().items())
    return hashlib.sha256(whole.encode()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, which may be kept for ever."""
    return f"/static/{version()}/{name}"


def send(filename: str) -> Response:
    """The static file at an address, in the smallest form that the browser takes.

    The files of an earlier release are gone; whoever still asks for them, from a page
    opened before, gets today's and is told not to keep them.
    """
    found = _VERSIONED.fullmatch(filename)
    name = found[2] if found else filename
    file = files().get(name)
    if file is None:
        raise NotFound()
    encoding = packing.chosen(request.headers.get("Accept-Encoding", ""), list(file.forms)[1:])
    response = Response(file.forms[encoding], content_type=file.mimetype)
    is_current = found is not None and found[1] == version()
    response.headers["Cache-Control"] = headers.FOREVER if is_current else "public, no-cache"
    if len(file.forms) > 1:
        response.vary.add("Accept-Encoding")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.set_etag(f"{file.digest}-{encoding}" if encoding else file.digest)
    return response.make_conditional(request)


def build() -> None:
    """Pack what is not packed yet, and forget the forms of files that are gone."""
    current = {f"{file.digest}.{one}" for file in files().values() for one in packing.ENCODINGS}
    for path in _PACKED.glob("*"):
        if path.name not in current:
            path.unlink()
    sizes = [(len(one.forms[""]), min(map(len, one.forms.values()))) for one in files().values()]
    whole, sent = (sum(column) for column in zip(*sizes, strict=True))
    sys.stdout.write(f"{len(sizes)} static files, {whole:,} bytes, sent as {sent:,}\n")
