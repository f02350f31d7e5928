"""The one form that everything read takes, and what is said of rows that cannot take it."""

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import NamedTuple

from cocreate.discussion.models import CommentKind
from cocreate.errors import Refusal, Words
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Stage


class Unreadable(Refusal):
    """The file as a whole cannot be read; the words say what to do about it.

    The only error that reading raises. Single rows that cannot be read come
    out as `Refused`.
    """

    status = 422
    title = _("This file cannot be read")


class RowNumber(NamedTuple):
    """Where a person finds a row: the how-manieth it is, and the line it starts on.

    Both count from 1; the heading of a CSV file is line 1 and no record. Rows of
    a JSON array have no line of their own.
    """

    record: int
    line: int | None

    def __str__(self) -> str:
        if self.line is None:
            return str(self.record)
        return str(_("%(record)s (line %(line)s)", record=self.record, line=self.line))


class Row(NamedTuple):
    """A row as it stands in the file: {column: value}; text from CSV, anything from JSON."""

    number: RowNumber
    cells: dict[str, object]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row, or a comment nested in one, that is left out, and why."""

    number: RowNumber
    reason: Words
    # As it stood in the file: the line, its cells, or the JSON value.
    raw: object


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment from elsewhere. Texts are clean Markdown, times aware and in UTC."""

    source: str
    # Given by the file; else a digest of idea, author, date and words, the same on every reading.
    external_id: str
    idea_external_id: str
    author: str
    body: str
    author_email: str | None = None
    kind: CommentKind | None = None
    created_at: datetime | None = None
    parent_external_id: str | None = None
    # Where the idea, and what it replies to, come from, if not from the comment's own source.
    idea_source: str | None = None
    parent_source: str | None = None
    # Who the author is, where the file says more than a name: a source and what they are there.
    author_id: str | None = None

    @property
    def idea_key(self) -> tuple[str, str]:
        """How the idea is found again."""
        return self.idea_source or self.source, self.idea_external_id

    @property
    def parent_key(self) -> tuple[str, str] | None:
        """How the comment that it replies to is found again."""
        if not self.parent_external_id:
            return None
        return self.parent_source or self.source, self.parent_external_id


@dataclass(frozen=True, slots=True)
class IdeaRow:
    """An idea from elsewhere. Texts are clean Markdown, times aware and in UTC.

    An empty author is one that the file does not name. `support` and `against`
    are bare numbers, None where the file has none.
    """

    source: str
    external_id: str
    title: str
    need: str = ""
    proposal: str = ""
    author: str = ""
    author_email: str | None = None
    area: str = ""
    tags: tuple[str, ...] = ()
    language: str | None = None
    created_at: datetime | None = None
    stage: Stage | None = None
    support: int | None = None
    against: int | None = None
    url: str | None = None
    author_id: str | None = None
    # In the order of the file.
    comments: tuple[CommentRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row in its normal form, with what had to be let go of on the way."""

    number: RowNumber
    row: IdeaRow | CommentRow
    raw: object
    warnings: tuple[Words, ...] = field(default=())


def digest(row: IdeaRow | CommentRow) -> str:
    """SHA-256 of everything the row says, as 64 hexadecimal digits; nested comments left out.

    Equal digests mean that importing the row again changes nothing.
    """
    said = {one.name: getattr(row, one.name) for one in fields(row) if one.name != "comments"}
    return fingerprint(type(row).__name__, said)


def fingerprint(*parts: object) -> str:
    """SHA-256 of `parts`, the same in every process, as 64 hexadecimal digits."""
    said = json.dumps(parts, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(said.encode("ascii")).hexdigest()
