"""Every piece of a page in every state, with what one writes to get it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app
from jinja2 import Environment, Template
from markupsafe import Markup
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from cocreate import clock, palette, site, text_diff, web
from cocreate.charts import Chart, Series
from cocreate.discussion.models import CommentKind
from cocreate.i18n import gettext
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Stage, Visibility
from cocreate.labels import label

SAMPLES = "styleguide/samples.html"
TONES = ("plain", "brand", "blue", "violet", "amber", "green", "red")
SIZES = ("xs", "s", "m", "l", "xl", "2xl", "3xl")
GAPS = tuple(range(1, 9))
_PIECES = (
    '{% import "parts/page.html" as page %}{% import "parts/forms.html" as forms %}'
    '{% import "parts/charts.html" as charts %}{% import "parts/wording.html" as wording %}'
)
# What stands behind others, and is therefore measured with text on it.
_GROUNDS = ("bg", "surface", "sunken", "brand-soft")
# What stands on what, where it is not the surface.
_BEHIND = {"on-brand": "brand", "on-danger": "danger"}


@dataclass(frozen=True)
class Sample:
    """A piece: what it shows, what one writes, what that gives."""

    title: str
    code: str
    gives: Markup


@dataclass(frozen=True)
class Section:
    """Pieces that belong together."""

    title: str
    samples: Sequence[Sample]


@dataclass(frozen=True)
class Shade:
    """A colour of the stylesheet; (light, dark) each.

    The ratios are those with `beside`: with text on it where it is a ground, else with
    what it stands on.
    """

    name: str
    colours: tuple[str, str]
    beside: str
    ratios: tuple[float, float]


class SampleForm(web.Form):
    """Fields of every kind."""

    title = StringField(_("Title"), [InputRequired(_("Write a title."))])
    body = TextAreaField(
        _("What you would do about it"),
        [InputRequired(_("Say what you would do.")), Length(max=500)],
        description=_("A few sentences are enough."),
    )
    area = SelectField(_("Area"), choices=web.choices([("app", _("Words")), ("shop", _("Others"))]))
    kind = RadioField(
        _("Kind"), choices=web.choices((one.value, label(one)) for one in CommentKind)
    )
    agree = BooleanField(
        _("I have read the house rules"), [InputRequired(_("Tick this to go on."))]
    )


def sections() -> list[Section]:
    """All there is, in the order of the file it is written in."""
    source, _path, _current = current_app.jinja_env.loader.get_source(  # type: ignore[union-attr]
        current_app.jinja_env, SAMPLES
    )
    known = _known()
    found = []
    for section in source.split("\n== ")[1:]:
        title, *samples = section.split("\n-- ")
        found.append(Section(_made(title, known), [_sample(one, known) for one in samples]))
    return found


def shades() -> list[Shade]:
    """Every colour of the stylesheet, with the brand's as the admin chose it."""
    have = dict(palette.tokens())
    family = palette.family(site.load().colour)
    for name, shade in palette.SHADES.items():
        have[name] = (getattr(family.light, shade), getattr(family.dark, shade))
    found = []
    for name, (light, dark) in have.items():
        beside = "text" if name in _GROUNDS else _BEHIND.get(name, "surface")
        ratios = (palette.ratio(light, have[beside][0]), palette.ratio(dark, have[beside][1]))
        found.append(Shade(name, (light, dark), beside, ratios))
    return found


def _sample(words: str, known: dict[str, Any]) -> Sample:
    title, _line, code = words.partition("\n")
    return Sample(_made(title, known), code.strip(), _made(code, known))


def _made(code: str, known: dict[str, Any]) -> Markup:
    template = _template(current_app.jinja_env, code.strip())
    # Made by our own templates, which escape what they are given.
    return Markup(template.render(known))  # noqa: S704


@lru_cache(maxsize=256)
def _template(environment: Environment, code: str) -> Template:
    # Only names that end in .html are escaped by themselves.
    return environment.from_string("{% autoescape true %}" + _PIECES + code + "{% endautoescape %}")


def _known() -> dict[str, Any]:
    plain, wrong, alone = (
        SampleForm(formdata=None, prefix=f"{one}-") for one in ("plain", "wrong", "alone")
    )
    wrong.validate()
    wrong["kind"].errors = [gettext("Choose one of these.")]
    alone.validate()
    months = [gettext("January"), gettext("February"), gettext("March")]
    known: dict[str, Any] = {
        "plain": plain,
        "wrong": wrong,
        "alone": alone,
        "stages": list(Stage),
        "visibilities": list(Visibility),
        "kinds": list(CommentKind),
        "tones": TONES,
        "now": clock.now(),
        "pieces": text_diff.words_diff(gettext("What was there."), gettext("What is there now.")),
        "weeks": Chart(
            "weeks",
            gettext("An example over time"),
            gettext("Month"),
            months,
            [Series(gettext("Proposed"), (12, 30, 22)), Series(gettext("Answered"), (4, 18, 25))],
        ),
        "one_series": Chart(
            "one",
            gettext("An example side by side"),
            gettext("Month"),
            months,
            [Series(gettext("Proposed"), (12, 30, 22))],
        ),
        "parts": Chart(
            "parts",
            gettext("An example in parts"),
            gettext("Month"),
            months,
            [Series(label(one), (12 - at, 9, 2 * at + 1)) for at, one in enumerate(CommentKind)],
        ),
    }
    current_app.update_template_context(known)
    return known
