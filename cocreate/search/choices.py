"""The choices beside the results: what they can be narrowed to, and how many each leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cocreate.i18n import LANGUAGES
from cocreate.i18n import gettext as _
from cocreate.ideas.filters import Filters, Since
from cocreate.ideas.models import Area, Stage
from cocreate.labels import label
from cocreate.search.facets import Facets


@dataclass(frozen=True)
class Choice:
    """One way to narrow the results. `filters` is where it leads: back, if it is chosen already."""

    words: str
    filters: Filters
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """Choices of one kind, under the name of what they are about."""

    name: str
    choices: Sequence[Choice]


def groups(
    facets: Facets, filters: Filters, areas: Iterable[Area], language: str, *, is_member: bool
) -> list[Group]:
    """The groups that have a choice; a choice that leaves nothing is not one, unless chosen."""
    tags = dict(facets.tags)
    if filters.tag:
        # A rare one is not among the most frequent.
        tags.setdefault(filters.tag, facets.total)
    only = [("answered", _("Answered by the team"), facets.answered)]
    if is_member:
        only.append(("is_mine", _("Proposed by me"), facets.mine))
    stages = [(one, str(label(one)), facets.stages[one]) for one in Stage]
    times = [(one, str(label(one)), facets.since[one]) for one in Since]
    named = [(one, one.name_in(language), facets.areas[one.id]) for one in areas]
    tagged = [(one, f"#{one}", tags[one]) for one in tags]
    written = [(code, name, facets.languages[code]) for code, name in LANGUAGES.items()]
    made = [
        Group(_("Area"), _choices(filters, "area", named)),
        Group(_("Stage"), _choices(filters, "stage", stages)),
        Group(_("Published"), _choices(filters, "since", times)),
        Group(
            _("Only"),
            [
                choice
                for key, words, number in only
                for choice in _choices(filters, key, [(True, words, number)])
            ],
        ),
        Group(_("Tag"), _choices(filters, "tag", tagged)),
        Group(_("Written in"), _choices(filters, "language", written)),
    ]
    return [one for one in made if one.choices]


def _choices(filters: Filters, key: str, values: Sequence[tuple[Any, str, int]]) -> list[Choice]:
    made = []
    for value, words, number in values:
        is_chosen = getattr(filters, key) == value
        if number or is_chosen:
            leads_to = filters.but(**{key: getattr(Filters, key) if is_chosen else value})
            made.append(Choice(words, leads_to, number, is_chosen))
    return made
