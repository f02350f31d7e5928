"""The languages the portal speaks, and the words of each.

Floors below the doors must not know of Flask; they take their words from here.
"""

from collections.abc import Callable
from typing import cast

from flask_babel import force_locale, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _lazy_gettext

__all__ = ["LANGUAGES", "force_locale", "get_locale", "gettext", "lazy_gettext", "ngettext"]

# Its words are looked up when they are printed; wherever they go, a text is expected.
lazy_gettext = cast("Callable[..., str]", _lazy_gettext)

LANGUAGES = {"cs": "Čeština", "en": "English"}
