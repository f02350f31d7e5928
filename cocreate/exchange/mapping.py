"""Any other table: the person says which column holds what, we suggest.

A mapping is {our field: the file's column}. One with `body` brings comments,
any other ideas.
"""

from collections.abc import Mapping, Sequence

from cocreate.exchange.fields import Fields
from cocreate.exchange.names import key
from cocreate.exchange.reading import Reading, accepted, named_comment, named_idea
from cocreate.exchange.rows import Accepted, Row, Unreadable
from cocreate.i18n import lazy_gettext as _

# What columns are usually called, likeliest first, without accents and signs.
_USUAL_IDEA = {
    "title": "title|idea title|name|subject|headline|summary|idea|nazev|nazev napadu|titulek"
    "|nadpis|predmet|napad|petition|action",
    "need": "need|problem|background|why|reason|description|details|text|popis|potreba|duvod"
    "|problem k reseni|popis problemu|proc|content|obsah|message|zprava",
    "proposal": "proposal|solution|idea text|suggestion|details|additional details|navrh"
    "|reseni|popis navrhu|navrh reseni|popis reseni",
    "author": "author|author name|submitter|submitted by|creator|created by|user|username|nick"
    "|autor|jmeno|autor napadu|navrhovatel|uzivatel|prezdivka|jmeno a prijmeni",
    "author_email": "author email|email|e mail|mail|submitter email|user email|email autora"
    "|e mail autora|emailova adresa",
    "area": "area|category|campaign|board|forum|department|product|topic|departments|categories"
    "|kategorie|oblast|kampan|tema|oddeleni|produkt",
    "tags": "tags|tag|labels|keywords|topics|stitky|stitek|klicova slova|tagy",
    "language": "language|lang|locale|jazyk",
    "created_at": "created at|created|creation date|date created|date|date time|submitted at"
    "|submitted|posted|posted at|timestamp|datum|datum vytvoreni|vytvoreno|vlozeno|casova znacka",
    "stage": "stage|status|state|stav|faze",
    "support": "support|votes for|vote up|up votes|upvotes|votes|vote count|total votes|likes"
    "|supporters|signatures|score|hlasy|pocet hlasu|hlasu|hlasy pro|podpora|podpisy",
    "against": "against|votes against|vote down|down votes|downvotes|dislikes|hlasy proti|proti",
    "url": "url|link|permalink|web|odkaz|adresa",
    "external_id": "external id|id|idea id|number|idea number|key|cislo|identifikator|id napadu",
}
_USUAL_COMMENT = {
    "body": "body|comment|comment text|text|message|content|komentar|text komentare|zprava"
    "|prispevek",
    "idea_external_id": "idea external id|idea id|idea|idea number|post id|suggestion id"
    "|parent idea|id napadu|napad|cislo napadu",
    "author": _USUAL_IDEA["author"] + "|commenter|autor komentare",
    "author_email": _USUAL_IDEA["author_email"],
    "kind": "kind|type|druh|typ",
    "created_at": _USUAL_IDEA["created_at"],
    "external_id": "external id|comment id|id|id komentare",
    "parent_external_id": "parent external id|parent id|parent comment id|reply to|in reply to"
    "|odpoved na|nadrazeny komentar",
}
IDEA_FIELDS = tuple(_USUAL_IDEA)
COMMENT_FIELDS = tuple(_USUAL_COMMENT)
FIELDS = {"ideas": IDEA_FIELDS, "comments": COMMENT_FIELDS}


def kind_of(mapping: Mapping[str, str]) -> str:
    """Whether a file read by this mapping holds "ideas" or "comments"."""
    return "comments" if "body" in mapping else "ideas"


def suggest_mapping(columns: Sequence[str], kind: str = "") -> dict[str, str]:
    """A mapping guessed from usual column names in English and Czech; perhaps an empty one.

    Each column is used once. Where `kind` does not say whether it is "ideas" or
    "comments", comments are suggested if there is a comment and an idea it belongs
    to but no title.
    """
    if kind:
        return _guess(columns, _USUAL_IDEA if kind == "ideas" else _USUAL_COMMENT)
    ideas, comments = (_guess(columns, usual) for usual in (_USUAL_IDEA, _USUAL_COMMENT))
    named = {key(column) for column in columns}
    is_comments = {"body", "idea_external_id"} <= comments.keys() and not named & {
        "title", "idea title", "nazev", "nazev napadu", "titulek", "nadpis", "predmet", "subject",
    }  # fmt: skip
    return comments if is_comments else ideas


def _guess(columns: Sequence[str], usual: Mapping[str, str]) -> dict[str, str]:
    """For each field the column that has the likeliest of its usual names."""
    by_key: dict[str, str] = {}
    for column in columns:
        by_key.setdefault(key(column), column)
    guessed: dict[str, str] = {}
    for field, names in usual.items():
        for name in names.split("|"):
            if name in by_key and by_key[name] not in guessed.values():
                guessed[field] = by_key[name]
                break
    return guessed


def checked(mapping: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    """`mapping` without its empty lines, if a file with these columns can be read by it.

    Raises Unreadable for a field or column that does not exist, and where neither
    the title nor a comment and its idea are named.
    """
    named = {field: column for field, column in mapping.items() if column}
    fields = COMMENT_FIELDS if "body" in named else IDEA_FIELDS
    by_key = {key(column): column for column in reversed(columns)}
    for field, column in named.items():
        if field not in fields:
            raise Unreadable(
                _("“%(field)s” is not a field. There are: %(fields)s.",
                  field=field, fields=", ".join(fields))
            )  # fmt: skip
        if key(column) not in by_key:
            raise Unreadable(
                _("The file has no column “%(column)s”. It has: %(columns)s.",
                  column=column, columns=", ".join(columns)[:500])
            )  # fmt: skip
    if "body" in named and "idea_external_id" not in named:
        raise Unreadable(_("Say which column holds the id of the idea a comment belongs to."))
    if "body" not in named and "title" not in named:
        raise Unreadable(
            _("Say which column holds the title. The file has: %(columns)s.",
              columns=", ".join(columns)[:500])
        )  # fmt: skip
    return {field: by_key[key(column)] for field, column in named.items()}


def _fields(row: Row, mapping: Mapping[str, str], reading: Reading) -> Fields:
    """The row's values under our names; two fields may share a column."""
    return Fields({field: row.cells.get(column) for field, column in mapping.items()}, reading.now)


def idea(row: Row, mapping: Mapping[str, str], reading: Reading) -> Accepted:
    """One row of ideas. Raises Unfit."""
    fields = _fields(row, mapping, reading)
    return accepted(row, named_idea(fields, reading), fields)


def comment(row: Row, mapping: Mapping[str, str], reading: Reading) -> Accepted:
    """One row of comments. Raises Unfit."""
    fields = _fields(row, mapping, reading)
    return accepted(row, named_comment(fields, reading), fields)
