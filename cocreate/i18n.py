"""The languages the portal speaks, and the words of each.

Floors below the doors must not know of Flask; they take their words from here.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from babel import Locale
from flask_babel import force_locale, format_decimal, get_locale, get_translations, gettext
from flask_babel import lazy_gettext as _lazy_gettext
from jinja2 import Environment

__all__ = [
    "LANGUAGES",
    "direction",
    "force_locale",
    "get_locale",
    "gettext",
    "lazy_gettext",
    "ngettext",
    "number",
]

# Its words are looked up when they are printed; wherever they go, a text is expected.
lazy_gettext = cast("Callable[..., str]", _lazy_gettext)

# By code, each in its own words. `docs/languages.md` tells how to add one.
LANGUAGES = {"cs": "Čeština", "en": "English"}


@cache
def direction(language: str) -> str:
    """Which way a language is written: "ltr" or "rtl"."""
    return Locale.parse(language).text_direction


def number(value: Any) -> Any:
    """A whole number as the reader's language writes it ("1 234"); anything else as it is.

    Below a thousand all our languages write it alike, and lists have many.
    """
    return format_decimal(value) if isinstance(value, int) and abs(value) >= 1000 else value


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The form that `num` takes, with `num` written as the reader's language does."""
    words = get_translations().ungettext(one, many, num)
    return str(words % {"num": number(num), **values})


def bind(templates: Environment) -> None:
    """Let templates write numbers, and those within their words, as the reader's language does."""
    templates.filters["number"] = number
    templates.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda words: get_translations().ugettext(words),
        ngettext=_counted,
        newstyle=True,
    )


def _counted(one: str, many: str, num: int) -> str:
    words = get_translations().ungettext(one, many, num)
    # The other values are put in by the template.
    return str(words.replace("%(num)s", str(number(num))))
