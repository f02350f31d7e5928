"""IdeaScale's exports of ideas and of comments.

An idea's Details say what is missing: they are the need. The campaign asks
further questions, each a column under its own words: the one about the
solution is the proposal, the others follow it under their question as a
heading. The campaign is the area. Of the Stage, "Archive" means that the
campaign ended and nothing else: such ideas are parked. Times carry no zone and
are taken as UTC. Ideas marked private are refused: they were not written for
the public.
"""

from cocreate.discussion.models import BODY_LENGTH
from cocreate.exchange.fields import Fields, Unfit, fitting, is_email
from cocreate.exchange.names import key
from cocreate.exchange.reading import Reading, accepted, comment_row, led_by
from cocreate.exchange.rows import Accepted, IdeaRow, Row
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import NEED_LENGTH, PROPOSAL_LENGTH

_IDEA = ("idea id", "idea number")
_AUTHOR = ("author", "author name", "submitter", "submitted by")
_EMAIL = ("author email", "author e mail", "email", "e mail", "submitter email")
_CREATED = ("date time", "date", "created", "creation date", "date submitted")
_DETAILS = ("details", "description", "brief description", "idea description")
_NO_ATTACHMENT = ("", "no", "none", "0")

IDEA_MARKS = frozenset(
    "idea id|idea number|campaign|campaign group|total votes|vote up|vote down|details"
    "|date time|reviewscale|estimate roi|pairwise win|fund collected|last stage change"
    "|annotations".split("|")
)
COMMENT_MARKS = frozenset(_IDEA)

# Columns with a place of their own, and those that say nothing about the idea.
_KNOWN = frozenset(
    (
        *(*IDEA_MARKS, *_AUTHOR, *_EMAIL, *_CREATED, *_DETAILS),
        *"stage|status|title|idea title|comments|tags|url|attachments|owner|latitude".split("|"),
        *"longitude|team|private|author id|member id|user id|labels|views|followers".split("|"),
        *"kudos|co submitters|co submitter|contributors|idea link|modified|votes".split("|"),
        *"last modified|up votes|down votes|language|moderator|moderators|assigned to".split("|"),
    )
)
# Words in a column's name that make its content no one else's business.
_PRIVATE = frozenset("email mail phone telephone mobile ip birth password".split())


def idea(row: Row, reading: Reading) -> Accepted:
    """One row of the export of ideas. Raises Unfit."""
    fields = Fields(row.cells, reading.now)
    if fields.line("private").casefold() in ("true", "yes", "1", "ano"):
        raise Unfit(_("The idea is marked as private."))
    title, whole = fields.title("title", "idea title")
    author, email = fields.author(_AUTHOR, _EMAIL)
    need = fields.prose(*_DETAILS, longest=NEED_LENGTH)
    support, against = fields.votes(
        ("vote up", "up votes"), ("vote down", "down votes"), ("total votes", "votes")
    )
    return accepted(
        row,
        IdeaRow(
            source=reading.source,
            external_id=reading.idea_id(fields.identity(*_IDEA), whole or title, author),
            title=title,
            need=led_by(whole, need),
            proposal=_proposal(row, fields),
            author=author,
            author_email=email,
            area=fields.line("campaign", "campaign group"),
            tags=fields.tags("tags"),
            language=fields.language("language"),
            created_at=fields.instant(*_CREATED),
            stage=fields.stage("stage", "status"),
            support=support,
            against=against,
            url=fields.url("url", "idea link"),
        ),
        fields,
    )


def _proposal(row: Row, fields: Fields) -> str:
    """The answers to the campaign's own questions, and where the attachments were."""
    solution = ""
    sections: list[str] = []
    # In the order of their names: that of the columns differs from export to export.
    for column in sorted(row.cells, key=key):
        name = key(column)
        if name in _KNOWN or not _PRIVATE.isdisjoint(name.split()):
            continue
        said = fields.prose(name, longest=PROPOSAL_LENGTH)
        if not said or is_email(said):
            continue
        if not solution and ("solution" in name or "reseni" in name or name == "proposal"):
            solution = said
        else:
            sections.append(f"### {' '.join(column.split())}\n\n{said}")
    if attached := _attached(fields):
        sections.append(f"### Attachments\n\n{attached}")
    whole = "\n\n".join(filter(None, (solution, *sections)))
    return fitting(whole, PROPOSAL_LENGTH, _("proposal"))


def _attached(fields: Fields) -> str:
    """The addresses of what was attached, one on each line."""
    said = fields.line("attachments")
    if said.casefold() in _NO_ATTACHMENT:
        return ""
    return "\n".join(part.strip() for part in said.split(",") if part.strip())


def comment(row: Row, reading: Reading) -> Accepted:
    """One row of the export of comments. Raises Unfit."""
    fields = Fields(row.cells, reading.now)
    idea_id = fields.identity(*_IDEA)
    body = fields.prose("comment", "comment text", longest=BODY_LENGTH)
    if attached := _attached(fields):
        body = fitting(f"{body}\n\n{attached}".strip(), BODY_LENGTH, "comment")
    read = comment_row(
        fields,
        reading,
        idea_id=idea_id,
        body=body,
        given=("comment id",),
        author=_AUTHOR,
        email=_EMAIL,
        created=_CREATED,
        parent=("parent comment id", "parent id"),
    )
    return accepted(row, read, fields)
