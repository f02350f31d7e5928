"""What admins fill in about the brand. What may be kept, `site` and `logos` say."""

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.widgets import ColorInput

from cocreate import brand, palette, site, web
from cocreate.admin.forms import VersionedForm
from cocreate.errors import Invalid
from cocreate.i18n import lazy_gettext as _


class BrandForm(VersionedForm):
    """Colour, font and logo.

    The colour comes from a picker or as text: whichever was changed since `shown`, the
    text if both were. The key of a logo that was sent with an earlier try is in `logo`.
    """

    shown = HiddenField()
    logo = HiddenField()
    picked = StringField(_("Pick a colour"), widget=ColorInput())
    colour = StringField(
        _("Brand colour"),
        description=_("As # and six signs, such as #0b6b4f. Empty for the portal's own green."),
        render_kw={"spellcheck": "false", "autocapitalize": "none"},
    )
    font = RadioField(
        _("Font"),
        validate_choice=False,
        choices=web.choices((name, one.label) for name, one in brand.FONTS.items()),
        description=_("They all come from this portal, nothing is loaded from elsewhere."),
    )
    picture = FileField(
        _("Logo"),
        description=_(
            "PNG, JPEG or WebP, 1 MB at most. It stands beside the name, %(height)s points high.",
            height=brand.LOGO_HEIGHT,
        ),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )
    no_logo = BooleanField(_("Use the portal's own logo"))

    @classmethod
    def of(cls, portal: site.Site, version: int) -> "BrandForm":
        """The form as it was sent, or with what is saved."""
        return cls(
            data={
                "version": version,
                "shown": portal.colour,
                "logo": portal.logo.get("key", ""),
                "picked": palette.family(portal.colour).given,
                "colour": portal.colour,
                "font": portal.font,
            }
        )

    def settle(self) -> str:
        """Make the two ways to choose a colour say the same; the colour, "" for the own one.

        Raises Invalid when it is no colour; what was typed stays.
        """
        typed, shown = (self.colour.data or "").strip(), self.shown.data or ""
        picked = (self.picked.data or "").strip()
        before = _given(shown)
        if typed == shown and picked and picked != before:
            typed = picked
        colour = palette.read(typed) if typed else ""
        self.colour.data = self.shown.data = colour
        self.picked.data = _given(colour)
        return colour


def _given(colour: str) -> str:
    try:
        return palette.family(palette.read(colour) if colour else "").given
    except Invalid:
        return ""
