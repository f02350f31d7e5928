"""The mails that were written as files because no mail server is set."""

import heapq
import os
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import DateHeader
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from cocreate.errors import NotThere
from cocreate.notices import post

# Names are made by us from a Message-ID; nothing else in an address is taken for one.
_NAME = re.compile(r"[0-9A-Za-z.-]{1,80}\.eml")
MOST_SHOWN = 100
MOST_BYTES = 2_000_000


@dataclass(frozen=True)
class Written:
    """A mail in the folder."""

    name: str
    to: str
    subject: str
    at: datetime | None
    # The plain words; empty in a list.
    words: str = ""


def written(limit: int = MOST_SHOWN) -> list[Written]:
    """The newest mails, newest first; [] where none was ever written."""
    try:
        with os.scandir(post.folder()) as entries:
            # Names begin with the time of what they tell of.
            newest = heapq.nlargest(
                limit, (entry.name for entry in entries if _NAME.fullmatch(entry.name))
            )
    except FileNotFoundError:
        return []
    return [one for one in map(_head, newest) if one is not None]


def read(name: str) -> Written:
    """One mail with its words. Raises NotThere for a name that is none of ours."""
    mail = _parsed(path_of(name), headers_only=False)
    part = mail.get_body(("plain",))
    return _summed(name, mail, str(part.get_content()) if part is not None else "")


def path_of(name: str) -> Path:
    """The file of a mail. Raises NotThere for a name that is none of ours."""
    path = post.folder() / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotThere()
    return path


def _head(name: str) -> Written | None:
    try:
        return _summed(name, _parsed(post.folder() / name, headers_only=True), "")
    except FileNotFoundError:
        return None


def _parsed(path: Path, *, headers_only: bool) -> EmailMessage:
    with path.open("rb") as file:
        raw = file.read(16_000 if headers_only else MOST_BYTES)
    parser: BytesParser[EmailMessage] = BytesParser(policy=policy.default)
    return parser.parsebytes(raw, headersonly=headers_only)


def _summed(name: str, mail: EmailMessage, words: str) -> Written:
    date = mail["Date"]
    return Written(
        name=name,
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        at=date.datetime if isinstance(date, DateHeader) else None,
        words=words,
    )
