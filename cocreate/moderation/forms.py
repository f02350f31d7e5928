"""What a moderator fills in."""

from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired

from cocreate import web
from cocreate.i18n import lazy_gettext as _
from cocreate.labels import label
from cocreate.moderation.actions import FEWEST_WORDS
from cocreate.moderation.models import Reason


class DecideForm(web.Form):
    """What the moderator had before them: the newest ruling about it, and the wording."""

    ruling = HiddenField()
    wording = HiddenField()

    @property
    def seen_ruling(self) -> int | None:
        """None where the form does not say."""
        return _number(self.ruling.data)

    @property
    def seen_wording(self) -> int | None:
        return _number(self.wording.data)


class HideForm(DecideForm):
    """Why everyone should not see it."""

    reason = SelectField(
        _("Reason"),
        [DataRequired(_("Choose the reason."))],
        choices=web.choices(
            [("", _("Choose the reason")), *((one.value, label(one)) for one in Reason)]
        ),
        description=_("The public log shows it."),
    )
    words = TextAreaField(
        _("Words to the author"),
        [
            DataRequired(
                _("Tell the author why, in at least %(least)s characters.", least=FEWEST_WORDS)
            )
        ],
        description=_(
            "Say what was wrong and how it could be put right. Only the author reads it."
        ),
    )


def hide_form(suffix: str = "") -> HideForm:
    """A blank form; `suffix` tells several on one page apart."""
    form = HideForm(formdata=None)
    if suffix:
        for field in form:
            field.id = field.label.field_id = f"{field.name}-{suffix}"
    return form


def _number(word: str | None) -> int | None:
    return int(word) if word and word.isdecimal() and len(word) < 10 else None
