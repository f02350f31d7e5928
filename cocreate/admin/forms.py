"""What admins fill in. What may be kept, `site` and `ideas.areas` say."""

from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import TextInput

from cocreate import site, web
from cocreate.errors import Invalid
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas import areas
from cocreate.ideas.models import Area
from cocreate.site import Site


class _WholeNumber(IntegerField):
    """A whole number that is not negative; what was typed instead comes back."""

    # A box for numbers would show nothing where something else was typed.
    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]).strip() if valuelist else ""
        is_number = typed.isascii() and typed.isdecimal() and len(typed) < 10
        self.data = int(typed) if is_number else None


def _number(label: str, setting: str, description: str) -> IntegerField:
    least, most = site.BOUNDS[setting]
    words = site.out_of_bounds(setting)
    return _WholeNumber(
        label,
        [InputRequired(words), NumberRange(least, most, words)],
        description=description,
        render_kw={"inputmode": "numeric"},
    )


class VersionedForm(web.Form):
    """A form over the portal's settings that knows which ones it began with."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version of the settings that the form began with; -1 where it does not say."""
        word = self.version.data or ""
        return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else -1


class SettingsForm(VersionedForm):
    """The portal's settings. Texts in a language are in fields such as `tagline_cs`."""

    name = StringField(
        _("Name of the portal"),
        [
            DataRequired(_("Write the portal's name.")),
            Length(max=site.LENGTHS["name"], message=site.too_long("name")),
        ],
        description=_("In the header, in titles and in mails."),
    )
    hold_first = _number(
        _("Read first"),
        "hold_first",
        _("So many ideas and comments of a new member wait for a moderator."),
    )
    answer_days = _number(
        _("Days until an answer"),
        "answer_days",
        _("What is promised to everybody who proposes. Holds for ideas from now on."),
    )
    comment_edit_minutes = _number(
        _("Minutes to edit a comment"),
        "comment_edit_minutes",
        _("Afterwards it stays as others replied to it."),
    )
    hides_counts = BooleanField(
        _("Show how many support an idea only after one's own vote"),
        description=_("A number seen before pulls one's own vote along."),
    )
    settled_votes = _number(
        _("Votes until the number shows"),
        "settled_votes",
        _("Once an idea has so many, and the views as well, everybody sees the number."),
    )
    settled_views = _number(
        _("Views until the number shows"), "settled_views", _("How often people opened it.")
    )

    @classmethod
    def of(cls, portal: Site, version: int, **more: Any) -> "SettingsForm":
        """The form with the settings as they are, or as they were sent."""
        texts = {
            f"{kind}_{one}": words
            for one in LANGUAGES
            for kind, words in (
                ("tagline", portal.tagline.get(one, "")),
                ("mission", portal.mission.get(one, "")),
                ("house_rules", "\n".join(portal.house_rules.get(one, []))),
            )
        }
        return cls(obj=portal, data={**texts, "version": str(version)}, **more)

    @property
    def values(self) -> dict[str, Any]:
        """What was written, as `site.change_as` takes it."""
        return {
            **{one: self[one].data for one in ("name", "hides_counts", *site.BOUNDS)},
            **{one: _by_language(self, one) for one in ("tagline", "mission", "house_rules")},
        }


def _few_short_lines(_form: Any, field: Any) -> None:
    try:
        site.rules(field.data or "")
    except Invalid as refusal:
        raise ValidationError(str(refusal)) from refusal


class AreaForm(web.Form):
    """An area's texts; those in a language are in fields such as `names_cs`."""

    seen = HiddenField()

    @classmethod
    def of(cls, area: Area | None) -> "AreaForm":
        """The form with an area as it reads now (None: a new one), or as it was sent."""
        if area is None:
            return cls()
        texts = {
            f"{kind}_{one}": getattr(area, kind).get(one, "")
            for one in LANGUAGES
            for kind in areas.LENGTHS
        }
        return cls(data={**texts, "seen": areas.seen(area)})

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """What was written, as the verbs of `ideas.areas` take it."""
        return {kind: _by_language(self, kind) for kind in areas.LENGTHS}


def _by_language(form: web.Form, kind: str) -> dict[str, str]:
    return {one: form[f"{kind}_{one}"].data or "" for one in LANGUAGES}


# A field for each text in each language that the portal speaks.
for _one in LANGUAGES:
    setattr(
        SettingsForm,
        f"tagline_{_one}",
        StringField(
            _("Tagline"),
            [Length(max=site.LENGTHS["tagline"], message=site.too_long("tagline"))],
            description=_("One line below every page."),
        ),
    )
    setattr(
        SettingsForm,
        f"mission_{_one}",
        TextAreaField(
            _("Why you ask"),
            [Length(max=site.LENGTHS["mission"], message=site.too_long("mission"))],
            description=_("The first thing people read on the front page."),
        ),
    )
    setattr(
        SettingsForm,
        f"house_rules_{_one}",
        TextAreaField(
            _("House rules"),
            [_few_short_lines],
            description=_("One a line. They stand beside every form."),
        ),
    )
    for _kind, _label, _hint in (
        ("names", _("Name of the area"), _("In one language at least.")),
        ("departments", _("Department"), _("Who looks after it in your organisation.")),
        ("descriptions", _("What belongs here"), _("One sentence, above the area's ideas.")),
    ):
        setattr(
            AreaForm,
            f"{_kind}_{_one}",
            StringField(
                _label,
                [Length(max=areas.LENGTHS[_kind], message=areas.too_long(_kind))],
                description=_hint,
            ),
        )
