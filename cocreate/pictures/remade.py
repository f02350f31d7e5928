"""Has a picture made anew by a program of its own, and puts its refusals into words."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from cocreate.errors import Invalid
from cocreate.i18n import lazy_gettext as _

LARGEST_FILE = 10 * 1024**2  # bytes
MEGABYTES = LARGEST_FILE // 1024**2
# Seconds: to wait for the pictures of others, and for a picture itself.
PATIENCE = 15
LONGEST = 30

_PROGRAM = Path(__file__).with_name("remaking.py")
# One at a time: eight threads that each decode a picture would need eight times the memory.
_one_at_a_time = Lock()


@dataclass(frozen=True)
class File:
    """A picture in one size, as WebP that holds nothing but its pixels."""

    width: int
    height: int
    content: bytes


def remake(data: bytes) -> list[File]:
    """The picture in one or two sizes, the largest first.

    Takes up to seconds: whoever calls holds no transaction meanwhile. Raises
    Invalid("picture") with words for whoever sent it.
    """
    if not data:
        raise Invalid("picture", _("This file is empty. Choose another one."))
    if len(data) > LARGEST_FILE:
        raise Invalid("picture", _TOO_MANY_BYTES)
    if words := _known_trouble(data):
        raise Invalid("picture", words)
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise Invalid(
            "picture",
            _("Many pictures come in just now. Choose yours again and send it in a moment."),
        )
    try:
        answer = _run(data)
    finally:
        _one_at_a_time.release()
    return _read(answer)


def _run(data: bytes) -> bytes:
    """What the program says; nothing where it was ended."""
    try:
        done = subprocess.run(  # noqa: S603 - the same words each time
            # Isolated: neither the environment nor the folder it is in changes what it runs.
            [sys.executable, "-I", str(_PROGRAM)],
            input=data,
            capture_output=True,
            timeout=LONGEST,
            # None of the portal's secrets. Windows finds its own libraries by this one word.
            env={"MALLOC_ARENA_MAX": "1", "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""


def _read(answer: bytes) -> list[File]:
    head, _line, rest = answer.partition(b"\n")
    said: dict[str, Any] = json.loads(head) if head else {"refused": "damaged"}
    if "refused" in said:
        raise Invalid("picture", _REFUSALS[said["refused"]])
    files = []
    for width, height, length in said["sizes"]:
        files.append(File(width, height, rest[:length]))
        rest = rest[length:]
    return files


_TOO_MANY_BYTES = _(
    "This file is larger than %(most)s MB. Make the picture smaller, or take a screenshot of it,"
    " and choose that.",
    most=MEGABYTES,
)
_REFUSALS = {
    "format": _("This is not a picture that we can show. Choose a JPEG, PNG, WebP or GIF file."),
    "large": _("This picture has too many pixels. Make it smaller, then choose it again."),
    "damaged": _(
        "This picture is damaged or incomplete. Open it in a picture program, save it anew, and"
        " choose that file."
    ),
}


def _known_trouble(data: bytes) -> object:
    """Words for what people send most often by mistake; None for everything else."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")):
        return _("SVG files can carry programs, so we do not take them. Save it as PNG instead.")
    if data[4:8] == b"ftyp":
        return _(
            "This is a HEIC or AVIF picture or a film, which we cannot show. Save it as JPEG, or"
            " take a screenshot of it."
        )
    if start.startswith(b"%pdf"):
        return _("This is a PDF document. Take a screenshot of the page and choose that.")
    return None
