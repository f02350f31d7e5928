"""The languages the portal speaks, and the words of each.

Floors below the doors must not know of Flask; they take their words from here.
"""

from flask_babel import force_locale, get_locale, gettext, lazy_gettext, ngettext

__all__ = ["LANGUAGES", "force_locale", "get_locale", "gettext", "lazy_gettext", "ngettext"]

LANGUAGES = {"cs": "Čeština", "en": "English"}
