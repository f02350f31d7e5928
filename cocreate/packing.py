"""Compression: what a browser takes, and bytes made smaller for it."""

import gzip
from collections.abc import Iterable

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

# The better ones first.
ENCODINGS = ("br", "gzip")
# Below this a packet is not full either way, and packing only costs.
LEAST = 1_000
# Brotli's and gzip's own scales. Once and for all, or while somebody waits: a page of 60 KB
# takes a millisecond, a little less than gzip at its default, and is a little smaller.
_HARD = {"br": 11, "gzip": 9}
_QUICK = {"br": 5, "gzip": 6}
# Everything else that we send is packed by its own format.
_TEXTS = (
    "application/atom+xml",
    "application/json",
    "application/xml",
    "application/manifest+json",
)


def chosen(accepts: str, among: Iterable[str] = ENCODINGS) -> str:
    """The best of `among` for a header Accept-Encoding; "" where the browser takes none."""
    asked: Accept = parse_accept_header(accepts, Accept)
    return next((one for one in among if asked.quality(one) > 0), "")


def is_text(mimetype: str) -> bool:
    """Whether packing makes content of this type smaller."""
    return mimetype.startswith("text/") or mimetype in (*_TEXTS, "image/svg+xml")


def packed(body: bytes, encoding: str, *, hard: bool = False) -> bytes:
    """`body` in one of ENCODINGS; `hard` takes fifty times as long for a tenth less."""
    level = (_HARD if hard else _QUICK)[encoding]
    if encoding == "br":
        form: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=level)
        return form
    return gzip.compress(body, level, mtime=0)
