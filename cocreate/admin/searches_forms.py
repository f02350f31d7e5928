"""What the staff fills in about searches. What may be kept, `search.tending` says."""

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired

from cocreate import web
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import TAG_LENGTH
from cocreate.search.tending import LENGTH, MOST_TAGGED, MOST_WORDS

# What is missing, `tending` says; this only says that nothing of it is optional.
_NEEDED = [DataRequired()]


class SynonymForm(web.Form):
    """Words that find what other words find."""

    asked = StringField(
        _("Who looks for"),
        _NEEDED,
        description=_("Up to %(most)s words, in any of their forms.", most=MOST_WORDS),
        render_kw={"maxlength": LENGTH, "autocomplete": "off"},
    )
    means = StringField(
        _("finds ideas with this as well"),
        _NEEDED,
        render_kw={"maxlength": LENGTH, "autocomplete": "off"},
    )
    language = SelectField(
        _("Language of these words"),
        choices=web.choices([*LANGUAGES.items(), ("", _("Every language"))]),
        validate_choice=False,
    )
    both = BooleanField(_("The other way round, too"))


class RedirectForm(web.Form):
    """A question that leads straight to a place."""

    question = StringField(
        _("Who asks exactly"),
        _NEEDED,
        description=_("With or without accents, in small or capital letters."),
        render_kw={"maxlength": LENGTH, "autocomplete": "off"},
    )
    to = StringField(
        _("goes straight to"),
        _NEEDED,
        description=_("An idea's number or address, a tag such as #cups, or an area's name."),
        render_kw={"maxlength": 300, "autocomplete": "off"},
    )


class TagForm(web.Form):
    """A tag for the ideas that a search should find."""

    tag = StringField(_("Tag"), _NEEDED, render_kw={"maxlength": TAG_LENGTH, "autocomplete": "off"})
    ideas = StringField(
        _("Ideas that get it"),
        _NEEDED,
        description=_(
            "Up to %(most)s numbers or addresses, with spaces or commas between.", most=MOST_TAGGED
        ),
        render_kw={"maxlength": 5000, "autocomplete": "off"},
    )
