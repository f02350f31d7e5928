"""The Open Government Dialogue of 2009: ideas in HTML with their comments inside.

The site asked two things in one text: the idea, and below it "Why Is This Idea
Important?". The first is the proposal, the answer to the second the need. Of a
comment's time the file only says how long ago it was ("8 days ago") and not
from when, and of ideas only the day: comments get no time rather than a made-up
one, and keep their order.
"""

import re
from collections.abc import Iterator, Mapping

from cocreate.discussion.models import BODY_LENGTH
from cocreate.exchange.fields import Fields, Unfit
from cocreate.exchange.markup import unescape
from cocreate.exchange.names import key
from cocreate.exchange.reading import Reading, comment_row, led_by
from cocreate.exchange.rows import Accepted, CommentRow, IdeaRow, Refused, Row
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import NEED_LENGTH, PROPOSAL_LENGTH

MARKS = frozenset("body html|votes for|votes against|comment count|category|comments".split("|"))

_BODY = "body html"
_WHY = re.compile(r"Why Is This Idea Important\?(?:\s|<br\s*/?>)*(?=<div)", re.I)
# Signs that lost their last byte before the file was written: more than their text can tell.
_BROKEN = {"?": "”", "Ś": "…", "˘": "•"}
_BROKEN_SIGN = re.compile(r"â(?:€|&euro;)([?Ś˘])")
_NO_AREA = "uncategorized"


def idea(row: Row, reading: Reading) -> Iterator[Accepted | Refused]:
    """One idea with its comments, and then those of them that are refused.

    The comments of a refused idea are refused with it, each for itself, so that
    what was taken and what was not add up to what the file holds.
    """
    found = row.cells.get("comments")
    raws = found if isinstance(found, list) else []
    fields = _fields(row.cells, reading)
    idea_id = fields.identity("id")
    comments: list[CommentRow] = []
    refused: list[Refused] = []
    try:
        title, whole = fields.title("title")
        author, email = fields.author(["author"], ["author email"])
        idea_id = reading.idea_id(idea_id, whole or title, author)
        for place, raw in enumerate(raws, start=1):
            try:
                comments.append(_comment(raw, idea_id, reading))
            except Unfit as unfit:
                reason = _("Comment %(place)s: %(reason)s", place=place, reason=unfit.reason)
                refused.append(Refused(row.number, reason, raw))
        if found and not isinstance(found, list):
            fields.warnings.append(_("The comments are no list and were left out."))
        need, proposal = _texts(fields, reading)
        support, against = fields.votes(["votes for"], ["votes against"], ["votes"])
        area = fields.line("category")
        read = IdeaRow(
            source=reading.source,
            external_id=idea_id,
            title=title,
            need=led_by(whole, need),
            proposal=proposal,
            author=author,
            author_email=email,
            area="" if area.casefold() == _NO_AREA else area,
            tags=fields.tags("tags"),
            created_at=fields.instant("created", "created at", "date"),
            stage=fields.stage("stage", "status"),
            support=support,
            against=against,
            url=fields.url("url"),
            comments=tuple(comments),
        )
    except Unfit as unfit:
        yield Refused(row.number, unfit.reason, row.cells)
        for raw in raws:
            yield Refused(row.number, _("The idea it belongs to was refused."), raw)
        return
    yield Accepted(row.number, read, row.cells, tuple(fields.warnings))
    yield from refused


def _fields(cells: Mapping[str, object], reading: Reading) -> Fields:
    """The values, with the site's entities undone outside of HTML."""
    return Fields(
        {
            column: (value if key(column) == _BODY else unescape(value))
            if isinstance(value, str)
            else value
            for column, value in cells.items()
        },
        reading.now,
    )


def _texts(fields: Fields, reading: Reading) -> tuple[str, str]:
    """(need, proposal): the idea's text parted at the site's second question."""
    whole = _BROKEN_SIGN.sub(lambda sign: _BROKEN[sign[1]], fields.words(_BODY, "body"))
    idea, *why = _WHY.split(whole, maxsplit=1)
    parts = Fields({"need": "".join(why), "proposal": idea}, reading.now)
    return (
        parts.prose("need", is_html=True, longest=NEED_LENGTH),
        parts.prose("proposal", is_html=True, longest=PROPOSAL_LENGTH),
    )


def _comment(raw: object, idea_id: str, reading: Reading) -> CommentRow:
    """One comment of the idea. Raises Unfit."""
    if not isinstance(raw, dict):
        raise Unfit(_("It is not a JSON object with named values."))
    fields = _fields(raw, reading)
    if fields.value(_BODY) is not None:
        body = fields.prose(_BODY, is_html=True, longest=BODY_LENGTH)
    else:
        body = fields.plain("body", "comment", "text", longest=BODY_LENGTH)
    return comment_row(
        fields,
        reading,
        idea_id=idea_id,
        body=body,
        given=("id",),
        created=("created", "created at", "date"),
    )
