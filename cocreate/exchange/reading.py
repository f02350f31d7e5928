"""What every shape needs while a file is read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cocreate.discussion.models import BODY_LENGTH
from cocreate.exchange.fields import Fields, Unfit, fitting
from cocreate.exchange.rows import Accepted, CommentRow, IdeaRow, Row, fingerprint
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import NEED_LENGTH, PROPOSAL_LENGTH

SOURCE_LENGTH = 60


@dataclass(slots=True)
class Reading:
    """One reading of one file."""

    source: str
    now: datetime
    _seen: Counter[str] = field(default_factory=Counter)

    def made_id(self, *parts: object) -> str:
        """An id for what the file gives none: the same on every reading of the same file.

        What says exactly the same as something before gets a number, in the file's order.
        """
        made = fingerprint(*parts)[:32]
        self._seen[made] += 1
        return made if self._seen[made] == 1 else f"{made}-{self._seen[made]}"

    def idea_id(self, given: str, title: str, author: str) -> str:
        """The idea's own id, or one made of its title and author."""
        return given or self.made_id("idea", title, author)


def accepted(row: Row, read: IdeaRow | CommentRow, fields: Fields) -> Accepted:
    """What was read of a row, with the warnings it gave."""
    return Accepted(row.number, read, row.cells, tuple(fields.warnings))


def led_by(whole_title: str, need: str) -> str:
    """The need, begun with a title that was too long for its place."""
    return fitting("\n\n".join(filter(None, (whole_title, need))), NEED_LENGTH, _("need"))


def named_idea(fields: Fields, reading: Reading) -> IdeaRow:
    """An idea whose columns have our own names. Raises Unfit."""
    title, whole = fields.title("title")
    author, email = fields.author(["author"], ["author email"])
    support, against = fields.votes(["support"], ["against"], ())
    return IdeaRow(
        source=fields.line("source")[:SOURCE_LENGTH] or reading.source,
        external_id=reading.idea_id(fields.identity("external id"), whole or title, author),
        title=title,
        need=led_by(whole, fields.prose("need", longest=NEED_LENGTH)),
        proposal=fields.prose("proposal", longest=PROPOSAL_LENGTH),
        author=author,
        author_email=email,
        area=fields.line("area"),
        tags=fields.tags("tags"),
        language=fields.language("language"),
        created_at=fields.instant("created at"),
        stage=fields.stage("stage"),
        support=support,
        against=against,
        url=fields.url("url"),
        author_id=fields.author_id("author id") if fields.is_own else None,
    )


def comment_row(
    fields: Fields,
    reading: Reading,
    *,
    idea_id: str,
    body: str,
    given: Iterable[str] = ("external id",),
    author: Iterable[str] = ("author",),
    email: Iterable[str] = ("author email",),
    created: Iterable[str] = ("created at",),
    parent: Iterable[str] = ("parent external id",),
) -> CommentRow:
    """A comment on `idea_id` that says `body`; the rest names the columns of its other values.

    Without an id of its own it gets one made of what it says. Raises Unfit if it
    says nothing, or not which idea it belongs to.
    """
    if not idea_id:
        raise Unfit(_("The row does not say which idea the comment belongs to."))
    if not body:
        raise Unfit(_("The comment says nothing."))
    name, address = fields.author(author, email)
    created_at = fields.instant(*created)
    day = created_at.isoformat() if created_at else ""
    own_id = fields.identity(*given)
    return CommentRow(
        source=fields.line("source")[:SOURCE_LENGTH] or reading.source,
        external_id=own_id or reading.made_id("comment", idea_id, name, day, body),
        idea_external_id=idea_id,
        author=name,
        author_email=address,
        body=body,
        kind=fields.kind("kind"),
        created_at=created_at,
        parent_external_id=fields.identity(*parent) or None,
        idea_source=(fields.line("idea source")[:SOURCE_LENGTH] or None) if fields.is_own else None,
        parent_source=(
            (fields.line("parent source")[:SOURCE_LENGTH] or None) if fields.is_own else None
        ),
        author_id=fields.author_id("author id") if fields.is_own else None,
    )


def named_comment(fields: Fields, reading: Reading) -> CommentRow:
    """A comment whose columns have our own names. Raises Unfit."""
    idea_id = fields.identity("idea external id")
    body = fields.prose("body", longest=BODY_LENGTH)
    return comment_row(fields, reading, idea_id=idea_id, body=body)
