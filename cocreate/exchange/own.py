"""The portal's own format: what export writes and import reads without loss.

JSON Lines holds one object on each line, CSV the same names as columns, in this
order; both kinds of rows may stand in one file. Texts are Markdown, times ISO
8601 in UTC. A missing or empty value says nothing.

    name                 of        meaning
    type                 both      "idea" or "comment"
    source               both      where it was first written; "cocreate" for this portal
    external_id          both      its id there; with source and type it is found again
    title                idea      at most 140 characters; the only text that must be there
    need, proposal       idea      at most 20,000 and 100,000 characters
    area                 idea      the part of the offer
    tags                 idea      a list in JSON, with commas between in CSV
    language             idea      "cs" or "en"
    stage                idea      new, considering, planned, building, shipped, declined,
                                   parked or merged
    support, against     idea      bare numbers
    url                  idea      where it can be read
    idea_external_id     comment   the idea it belongs to
    parent_external_id   comment   the comment it replies to
    kind                 comment   addition, question, experience or objection
    body                 comment   at most 20,000 characters
    author, author_email both      display name; address, where it may be told
    created_at           both      when it was written

In CSV a cell that a spreadsheet would run as a formula has an apostrophe before
it, which reading takes off again (cells.py).
"""

from cocreate.exchange.cells import formula_safe
from cocreate.exchange.fields import Fields, Unfit
from cocreate.exchange.reading import Reading, accepted, named_comment, named_idea
from cocreate.exchange.rows import Accepted, CommentRow, IdeaRow, Row
from cocreate.i18n import lazy_gettext as _

COLUMNS = (
    "type source external_id idea_external_id parent_external_id title need proposal kind body"
    " author author_email area tags language created_at stage support against url"
).split()


def record(row: IdeaRow | CommentRow) -> dict[str, object]:
    """`row` as one JSON object; nested comments are rows of their own and not in it."""
    values: dict[str, object] = {"type": "idea" if isinstance(row, IdeaRow) else "comment"}
    for column in COLUMNS[1:]:
        if hasattr(row, column):
            value = getattr(row, column)
            values[column] = value.isoformat() if column == "created_at" and value else value
    return values


def cells(row: IdeaRow | CommentRow) -> list[str]:
    """`row` as the cells of one CSV row under `COLUMNS`, safe against formulas."""
    values = record(row)
    if isinstance(row, IdeaRow):
        values["tags"] = ", ".join(row.tags)
    texts = (values.get(column) for column in COLUMNS)
    return ["" if value is None else formula_safe(str(value)) for value in texts]


def either(row: Row, reading: Reading) -> Accepted:
    """One row of our own file. Raises Unfit."""
    fields = Fields(row.cells, reading.now, is_own=True)
    kind = fields.line("type").casefold()
    if kind == "idea":
        return accepted(row, named_idea(fields, reading), fields)
    if kind == "comment":
        return accepted(row, named_comment(fields, reading), fields)
    raise Unfit(_("The type is neither “idea” nor “comment”."))
