"""The portal's own format: what export writes and import reads without loss.

JSON Lines holds one object on each line, CSV the same names as columns, in this
order; both kinds of rows may stand in one file. Texts are Markdown, times ISO
8601 in UTC. A missing or empty value says nothing.

    name                 of        meaning
    type                 both      "idea" or "comment"
    source               both      where it was first written
    external_id          both      its id there; with source and type it is found again
    title                idea      at most 140 characters; the only text that must be there
    need, proposal       idea      at most 20,000 and 100,000 characters
    area                 idea      the part of the offer
    tags                 idea      a list in JSON, with commas between in CSV
    language             idea      "cs" or "en"
    stage                idea      new, considering, planned, building, shipped, declined,
                                   parked or merged
    support, against     idea      bare numbers: everyone who supported it, there or elsewhere
    url                  idea      where it can be read; not kept
    idea_source,         comment   the idea it belongs to; the source only if it is another
      idea_external_id               than the comment's
    parent_source,       comment   the comment it replies to, likewise
      parent_external_id
    kind                 comment   addition, question, experience or objection
    body                 comment   at most 20,000 characters
    author, author_email both      display name; address, where it may be told
    author_id            both      the same in two rows means the same person
    created_at           both      when it was written

In CSV a cell that a spreadsheet would run as a formula has an apostrophe before
it, which reading takes off again (cells.py).

A portal calls its own rows by its host and a few letters that no other portal has
(source.py). Its import leaves those alone: they are what the file was written from.
What it once brought in itself goes out under the source it came from, so that a
file may travel through any number of portals and be the same at the end.
"""

from cocreate.exchange.cells import formula_safe
from cocreate.exchange.fields import Fields, Unfit
from cocreate.exchange.reading import Reading, accepted, named_comment, named_idea
from cocreate.exchange.rows import Accepted, CommentRow, IdeaRow, Row
from cocreate.i18n import lazy_gettext as _

COLUMNS = (
    "type source external_id idea_source idea_external_id parent_source parent_external_id"
    " title need proposal kind body author author_id author_email area tags language created_at"
    " stage support against url"
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
