"""Instants out of the many ways in which files write them."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from dateutil import parser

from cocreate.errors import Words
from cocreate.i18n import lazy_gettext as _

# Nobody proposed an idea on the web before there was one.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# Files without a zone may run ahead of UTC by up to fourteen hours.
_AHEAD = timedelta(days=1)

_TIME = (
    r"(?:[,\sT]+(?:at\s+|v\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?\s*(?:(?P<half>[AaPp])\.?[Mm]\.?)?)?"
)
_NUMBERS = re.compile(
    r"(?P<a>\d{1,4})\s*(?P<sign>[./-])\s*(?P<b>\d{1,2})\s*(?P=sign)\s*(?P<c>\d{4}|\d{1,2})" + _TIME
)
_NAMED = re.compile(
    r"(?P<day>\d{1,2})\.?[/\s-]*(?P<month>[^\W\d_]{3,})\.?[/\s,-]*(?P<year>\d{4}|\d{2})" + _TIME
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan leden ledna led",
            "february feb únor února úno",
            "march mar březen března bře",
            "april apr duben dubna dub",
            "may květen května kvě",
            "june jun červen června čvn čer",
            "july jul červenec července čvc",
            "august aug srpen srpna srp",
            "september sep sept září zář",
            "october oct říjen října říj",
            "november nov listopad listopadu lis",
            "december dec prosinec prosince pro",
        ),
        start=1,
    )
    for name in names.split()
}


def read_instant(value: object, now: datetime) -> tuple[datetime | None, Words]:
    """What `value` says: (an aware instant in UTC or None, what to warn of or "").

    Takes ISO, `30. 9. 2020 21:24`, `30/Sep/20 9:24 PM`, names of months in
    English and Czech, seconds and milliseconds since 1970, days of a
    spreadsheet, and what dateutil makes of the rest. 05/06 is read with the day
    first, and says so; 09/30 can only be the American order. A time without a
    zone is taken as UTC, a day without a time as its midnight. An instant
    before 1990 or after `now` is none, and neither is "8 days ago".
    """
    if isinstance(value, bool) or value is None:
        return None, ""
    said = str(value).strip() if isinstance(value, str | int | float) else ""
    if not said:
        return None, ""
    try:
        found, is_guess = _read(said[:100])
        if found is None:
            return None, _("The date “%(date)s” could not be read.", date=said[:40])
        moment = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, ArithmeticError, TypeError, AttributeError, IndexError):
        # dateutil lets all of these through for texts that are no dates.
        return None, _("The date “%(date)s” could not be read.", date=said[:40])
    if not EARLIEST <= moment <= now + _AHEAD:
        return None, _("The date “%(date)s” lies too far back or ahead.", date=said[:40])
    if is_guess:
        return moment, _("The date “%(date)s” was read with the day first.", date=said[:40])
    return moment, ""


@lru_cache(maxsize=4096)
def _read(said: str) -> tuple[datetime | None, bool]:
    """What a text says as (an instant, perhaps without a zone; whether day and month are a guess).

    Raises ValueError or OverflowError for a day that is in no calendar.
    """
    if said[:4].isdecimal() and said[4:5] == "-":
        try:
            return datetime.fromisoformat(said), False
        except ValueError:
            pass
    if match := _NAMED.fullmatch(said):
        month = _MONTHS.get(match["month"].lower())
        if month:
            return _moment(int(match["year"]), month, int(match["day"]), match), False
    if match := _NUMBERS.fullmatch(said):
        first, second, third = (int(match[name]) for name in "abc")
        if len(match["a"]) == 4:
            return _moment(first, second, third, match), False
        if len(match["c"]) == 1:
            return None, False
        if match["sign"] == "/" and second > 12 >= first:
            return _moment(third, first, second, match), False
        is_guess = match["sign"] == "/" and first <= 12 and first != second
        return _moment(third, second, first, match), is_guess
    if _NUMBER.fullmatch(said):
        return _counted(said), False
    return _fully_said(said), False


def _moment(year: int, month: int, day: int, clock: re.Match[str]) -> datetime:
    """The instant of a day and the time that was matched beside it."""
    if year < 100:
        year += 2000 if year < 70 else 1900
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    if half := clock["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half in "Pp" else 0)
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller gives it UTC


def _counted(said: str) -> datetime | None:
    """An instant written as one number: 20200930, seconds, milliseconds, or days since 1900."""
    whole = said.split(".", 1)[0]
    if len(whole) == 8 and whole == said:
        return datetime.strptime(said, "%Y%m%d").replace(tzinfo=UTC)
    number = float(said)
    if len(whole) in (9, 10):
        return datetime.fromtimestamp(number, UTC)
    if len(whole) in (12, 13):
        return datetime.fromtimestamp(number / 1000, UTC)
    if len(whole) == 5:
        # Spreadsheets count from the last day but one of 1899.
        return datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=number)
    return None


def _fully_said(said: str) -> datetime | None:
    """What dateutil reads, if the text itself says year, month and day."""
    # dateutil fills what is missing from a day of its own; two such days show what was missing.
    one, two = (
        parser.parse(said, default=default, dayfirst=True, tzinfos=_zone)
        for default in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2001, 2, 2, tzinfo=UTC))
    )
    return one if one == two else None


def _zone(_name: str | None, offset: int | None) -> timezone:
    """A zone by its distance from UTC in seconds; abbreviations mean different ones to many."""
    return timezone(timedelta(seconds=offset or 0))
