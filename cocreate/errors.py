"""What the portal declines, and its words for it.

Actions raise these; `web` rolls the transaction back and shows them as a page
or as JSON. What someone may not see is *not there*.
"""

from typing import Any

from cocreate.i18n import lazy_gettext as _

# Words are plain or lazily translated text: both become text when shown.
Words = Any


class Refusal(Exception):
    """Something the portal declines for a reason it can tell."""

    status = 400
    title: Words = _("This could not be done")

    def __init__(self, words: Words = "") -> None:
        super().__init__(words)
        self.words = words

    def __str__(self) -> str:
        return str(self.words or self.title)


class NotThere(Refusal):
    """No such thing, or none that this person may see."""

    status = 404
    title = _("There is nothing here")


class NotAllowed(Refusal):
    """The person may see it, but this is not theirs to do."""

    status = 403
    title = _("This is not yours to do")


class Closed(Refusal):
    """It may be done by this person, but not in the state things are in."""

    status = 409
    title = _("This cannot be done any more")


class TooOften(Refusal):
    """The same person did it many times in a short while."""

    status = 429
    title = _("That was a lot at once")


class Invalid(Refusal):
    """A value that cannot be taken; `field` is the name of the form's field."""

    status = 422
    title = _("Something needs to be mended")

    def __init__(self, field: str, words: Words) -> None:
        super().__init__(words)
        self.field = field
