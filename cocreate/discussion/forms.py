"""The forms of the discussion."""

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired

from cocreate import web
from cocreate.discussion.models import REASON_LENGTH, CommentKind
from cocreate.i18n import lazy_gettext as _
from cocreate.labels import label
from cocreate.pictures.forms import PicturesForm

_NEEDED = DataRequired(_("Write at least a few words here."))


class CommentForm(PicturesForm):
    """Something new about an idea, or a reply."""

    kind = RadioField(
        _("What is it?"),
        choices=web.choices((kind.value, label(kind)) for kind in CommentKind),
        default=CommentKind.ADDITION.value,
        description=_(
            "An objection gives its reason, in at least %(least)s characters.", least=REASON_LENGTH
        ),
    )
    body = TextAreaField(
        _("Your comment"),
        [_NEEDED],
        description=_("Markdown works: **bold**, *italics*, - lists, > quotes and links."),
    )
    # The id of the comment that this replies to.
    parent = HiddenField()


class EditForm(PicturesForm):
    """A comment, put differently."""

    body = TextAreaField(_("Your comment"), [_NEEDED])
    # The number of the wording that the author has before them.
    wording = HiddenField()
