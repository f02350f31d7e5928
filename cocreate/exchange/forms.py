"""What people read and choose on the pages of imports."""

from collections.abc import Mapping

from cocreate.errors import Words
from cocreate.exchange.looking import Look
from cocreate.exchange.mapping import FIELDS
from cocreate.exchange.shapes import Shape
from cocreate.i18n import lazy_gettext as _

SHAPES: dict[Shape, Words] = {
    Shape.OWN: _("An export of this portal or of another one like it"),
    Shape.OPEN_GOVERNMENT: _("Ideas of the Open Government Dialogue, with their comments"),
    Shape.IDEASCALE_IDEAS: _("Ideas exported from IdeaScale"),
    Shape.IDEASCALE_COMMENTS: _("Comments exported from IdeaScale"),
}
FIELD_NAMES: dict[str, Words] = {
    "title": _("Title"),
    "need": _("What is missing or hurts"),
    "proposal": _("What to do about it"),
    "author": _("Author's name"),
    "author_email": _("Author's e-mail address"),
    "area": _("Area"),
    "tags": _("Tags"),
    "language": _("Language"),
    "created_at": _("When it was written"),
    "stage": _("Stage"),
    "support": _("Votes for it"),
    "against": _("Votes against it"),
    "url": _("Address on the web"),
    "external_id": _("Its id"),
    "body": _("Words of the comment"),
    "idea_external_id": _("Id of the idea it belongs to"),
    "kind": _("Kind"),
    "parent_external_id": _("Id of the comment it replies to"),
}
# What a file of no known shape cannot do without.
NEEDED = {"ideas": {"title"}, "comments": {"body", "idea_external_id"}}
KINDS: dict[str, Words] = {"ideas": _("Ideas"), "comments": _("Comments")}


def kind_at(place: int, values: Mapping[str, str]) -> str:
    """What somebody said that the file at this place holds; "" if they did not."""
    said = values.get(f"{place}-holds", "")
    return said if said in FIELDS else ""


def mapping_at(place: int, values: Mapping[str, str]) -> dict[str, str]:
    """{field: column} as it was chosen for the file at this place."""
    fields = FIELDS.get(kind_at(place, values), ())
    return {one: column for one in fields if (column := values.get(f"{place}-{one}", ""))}


def mappings(looks: list[Look], values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was chosen for each file of no known shape, by its place from 1."""
    return {
        str(place): mapping_at(place, values)
        for place, one in enumerate(looks, start=1)
        if one.kind and kind_at(place, values)
    }
