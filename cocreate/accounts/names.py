"""What a display name and an e-mail address must look like, and when two are the same."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from cocreate import text
from cocreate.accounts.models import EMAIL_LENGTH, NAME_LENGTH, email_key, name_key
from cocreate.errors import Invalid
from cocreate.i18n import lazy_gettext as _

# Names that would pass for the portal itself.
_RESERVED = frozenset(
    "admin administrator administrátor moderator moderátor system systém support podpora"
    " root webmaster postmaster cocreate".split()
)


def chosen(name: str) -> str:
    """A name that someone picks for themselves, cleaned.

    Raises Invalid("name") where it is empty, too long, hard to tell apart from
    an address, or would not survive in the address of a page.
    """
    name = text.one_line(name)
    key = name_key(name)
    if not any(unicodedata.category(letter)[0] in "LN" for letter in key):
        raise Invalid("name", _("Write a name with at least one letter or digit."))
    if len(name) > NAME_LENGTH or len(key) > NAME_LENGTH * 2:
        raise Invalid("name", _("Shorten the name to %(most)s characters.", most=NAME_LENGTH))
    # "#" is kept for the names of closed accounts.
    if "@" in key or "#" in key:
        raise Invalid("name", _("A name is shown to everyone, so it has no @ and no # in it."))
    # Browsers take such parts of an address for steps between folders.
    if any(set(part.strip()) <= {"."} for part in re.split(r"[/\\]", key)):
        raise Invalid("name", _("Put letters or digits on both sides of a slash."))
    if key in _RESERVED:
        raise Invalid("name", _("This name would pass for the portal itself. Choose another."))
    return name


def address(email: str) -> str:
    """An e-mail address, normalised. Raises Invalid("email") for what cannot be one."""
    try:
        # Not only what the whole world can reach: a company's own mail server will do.
        found = validate_email(
            text.one_line(email)[: EMAIL_LENGTH + 1],
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError as error:
        raise Invalid("email", _("This does not look like an e-mail address.")) from error
    if "." not in found.domain or len(email_key(found.normalized)) > EMAIL_LENGTH:
        raise Invalid("email", _("This does not look like an e-mail address."))
    return found.normalized
