"""The forms of accounts. What may be chosen for a name or a password, the actions say."""

from collections.abc import Callable

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from cocreate import web
from cocreate.accounts import names, passwords
from cocreate.accounts.actions import ABOUT_LENGTH, timezones
from cocreate.accounts.models import NAME_LENGTH, MailChoice
from cocreate.errors import Invalid
from cocreate.i18n import LANGUAGES
from cocreate.i18n import lazy_gettext as _
from cocreate.labels import label

_NAME = DataRequired(_("Write the name that others will see."))
_EMAIL = DataRequired(_("Write your e-mail address."))
_PASSWORD = InputRequired(_("Write your password."))
_NEW = InputRequired(_("Write a new password."))
_LENGTH = _(
    "At least %(least)s characters. A few words in a row are easy to remember.",
    least=passwords.SHORTEST,
)


def _like(check: Callable[[str], object]) -> Callable[[Form, Field], None]:
    """Say what an action would refuse, of every field at once."""

    def validate(_form: Form, field: Field) -> None:
        try:
            check(field.data or "")
        except Invalid as refusal:
            raise ValidationError(str(refusal)) from refusal

    return validate


class JoinForm(web.Form):
    name = StringField(
        _("Name"),
        [_NAME, _like(names.chosen)],
        description=_("Others see it beside what you write. It need not be your real one."),
        render_kw={"maxlength": NAME_LENGTH},
    )
    email = EmailField(
        _("E-mail address"),
        [_EMAIL, _like(names.address)],
        description=_("Nobody but you and the administrator sees it."),
    )
    password = PasswordField(_("Password"), [_NEW], description=_LENGTH)

    def validate_password(self, field: Field) -> None:
        _like(lambda new: passwords.check(new, self.name.data, self.email.data))(self, field)


class SignInForm(web.Form):
    email = EmailField(_("E-mail address"), [_EMAIL])
    password = PasswordField(_("Password"), [_PASSWORD])
    remember = BooleanField(_("Keep me signed in on this device for 90 days"))


class AddressForm(web.Form):
    """Where a link is to be sent."""

    email = EmailField(_("E-mail address"), [_EMAIL])


class ResetForm(web.Form):
    password = PasswordField(_("New password"), [_NEW], description=_LENGTH)


class ProfileForm(web.Form):
    name = StringField(_("Name"), [_NAME], render_kw={"maxlength": NAME_LENGTH})
    about = TextAreaField(
        _("About you"),
        [
            Optional(),
            Length(max=ABOUT_LENGTH, message=_("Shorten this to %(max)d characters or fewer.")),
        ],
        description=_("Shown on your page: what you use, what you know about."),
    )
    mail_choice = RadioField(
        _("Notices by mail"), choices=web.choices((one.value, label(one)) for one in MailChoice)
    )
    language = SelectField(_("Language"), choices=web.choices(LANGUAGES.items()))
    timezone = SelectField(
        _("Time zone"), choices=web.choices((one, one.replace("_", " ")) for one in timezones())
    )
    theme = RadioField(
        _("Appearance"),
        choices=web.choices(
            [("system", _("As on the device")), ("light", _("Light")), ("dark", _("Dark"))]
        ),
    )
    has_keys = BooleanField(
        _("Single keys do something"),
        description=_("Turn this off if they get in the way of a program that helps you."),
    )


class NewAddressForm(web.Form):
    email = EmailField(_("New e-mail address"), [_EMAIL])
    password = PasswordField(_("Your password"), [_PASSWORD])


class PasswordForm(web.Form):
    password = PasswordField(_("Your password until now"), [_PASSWORD])
    new_password = PasswordField(_("New password"), [_NEW], description=_LENGTH)


class CloseForm(web.Form):
    password = PasswordField(_("Your password"), [_PASSWORD])
