"""The languages the portal speaks, and the words of each.

Floors below the doors must not know of Flask; they take their words from here.
"""

from collections.abc import Callable
from functools import cache
from typing import cast

from babel import Locale
from flask_babel import force_locale, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _lazy_gettext

__all__ = [
    "LANGUAGES",
    "direction",
    "force_locale",
    "get_locale",
    "gettext",
    "lazy_gettext",
    "ngettext",
]

# Its words are looked up when they are printed; wherever they go, a text is expected.
lazy_gettext = cast("Callable[..., str]", _lazy_gettext)

# By code, each in its own words. `docs/languages.md` tells how to add one.
LANGUAGES = {"cs": "Čeština", "en": "English"}


@cache
def direction(language: str) -> str:
    """Which way a language is written: "ltr" or "rtl"."""
    return Locale.parse(language).text_direction
