"""The charts of staff pages, and the same tables as CSV."""

from datetime import date, datetime, time, timedelta

from babel.dates import format_skeleton
from flask import Response
from flask_babel import format_date, get_timezone

from cocreate.backlog import waits
from cocreate.charts import Chart, Series
from cocreate.exchange.cells import MARK, csv_line
from cocreate.i18n import get_locale, gettext, ngettext

WEEKS = 12


def activity(now: datetime) -> Chart:
    """Ideas proposed and answered in each of the last WEEKS weeks, this one the last.

    Weeks begin on Mondays in the reader's time zone.
    """
    zone = get_timezone()
    today = now.astimezone(zone).date()
    mondays = [
        today - timedelta(days=today.weekday()) + timedelta(weeks=at) for at in range(1 - WEEKS, 2)
    ]
    starts = [datetime.combine(one, time(), zone) for one in mondays]
    proposed, answered = waits.weekly(starts)
    return Chart(
        "activity",
        gettext("The last %(number)s weeks", number=WEEKS),
        gettext("Week from"),
        [format_date(one, "medium") for one in mondays[:-1]],
        [Series(gettext("Proposed"), proposed), Series(gettext("Answered"), answered)],
        [_short(one) for one in mondays[:-1]],
    )


def waiting(now: datetime) -> Chart:
    """How long the ideas without an answer have waited."""
    labels = [_wait(least, most) for least, most in waits.WAITS]
    return Chart(
        "waiting",
        gettext("How long ideas wait for an answer"),
        gettext("Waiting"),
        labels,
        [Series(gettext("Ideas"), waits.waiting(now))],
    )


def as_csv(chart: Chart) -> Response:
    """The chart's table as a file for spreadsheets, safe against formulas."""
    head: list[object] = [chart.across, *(one.name for one in chart.series)]
    rows: list[list[object]] = [[label, *numbers] for label, numbers in chart.rows]
    return Response(
        MARK + "".join(map(csv_line, [head, *rows])),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{chart.key}.csv"'},
    )


def _wait(least: int, most: int | None) -> str:
    if most is None:
        return gettext("%(days)s days or longer", days=least)
    if not least:
        return ngettext("Less than %(num)s day", "Less than %(num)s days", most)
    return gettext("%(least)s to %(most)s days", least=least, most=most - 1)


def _short(day: date) -> str:
    return str(format_skeleton("MMMd", day, locale=get_locale()))
