"""Charts: where things stand, what they say without being seen, and what they count."""

import csv
import io
import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import render_template_string
from hypothesis import given
from hypothesis import strategies as st

from cocreate import clock, figures
from cocreate.backlog import actions as backlog
from cocreate.backlog import waits
from cocreate.charts import HEIGHT, Chart, Series
from cocreate.extensions import db
from cocreate.ideas.models import Stage, Visibility
from tests.databases import statements

NUMBERS = st.lists(st.integers(0, 100_000), min_size=1, max_size=12)


def chart(*rows, short=()):
    labels = [f"Row {at}" for at in range(len(rows[0]))]
    series = [Series(f"Line {at}", numbers) for at, numbers in enumerate(rows)]
    return Chart("some", "Some numbers", "Row", labels, series, short)


def drawn(kind, what, address=""):
    page = render_template_string(
        '{% import "parts/charts.html" as charts %}{{ charts[kind](chart, csv) }}',
        kind=kind,
        chart=what,
        csv=address,
    )
    return BeautifulSoup(page, "html.parser")


# --- where things stand -----------------------------------------------------------------------


@given(NUMBERS)
def test_nothing_stands_outside_of_its_plot(numbers):
    some = chart(numbers)

    assert 2 <= len(some.ticks) <= 5
    assert some.ticks[0].value == 0
    assert some.ticks[-1].value >= max(numbers)
    for point in some.points(some.series[0]):
        assert 0 <= point.x <= 100
        assert 0 <= point.y <= HEIGHT
    for parts in some.bars():
        assert sum(part.width for part in parts) <= 100.01


@given(NUMBERS, st.integers(2, 4))
def test_numbers_at_the_ends_of_lines_do_not_cover_each_other(numbers, lines):
    some = chart(*[numbers] * lines)

    places = sorted(end.y for end in some.ends())

    assert all(lower - upper >= 1.2 for upper, lower in itertools.pairwise(places))


@given(NUMBERS, NUMBERS)
def test_parts_of_a_bar_stand_side_by_side_and_in_scale(ones, others):
    size = min(len(ones), len(others))
    some = chart(ones[:size], others[:size])
    longest = max(map(sum, zip(ones, others, strict=False))) or 1

    for at, parts in enumerate(some.bars()):
        end = 0.0
        for part in parts:
            assert part.x == pytest.approx(end, abs=0.02)
            assert part.width == pytest.approx(
                100 * some.series[part.series].values[at] / longest, abs=0.01
            )
            end = part.x + part.width


def test_few_labels_are_left_on_a_phone_and_the_newest_is_among_them():
    labels = chart(range(12), short=[str(at) for at in range(12)]).below()

    assert len(labels) == 12
    rare = [one.words for one in labels if one.is_rare]
    assert rare[-1] == "11"
    assert len(rare) <= 4


# --- what they say ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["lines", "bars", "stacked"])
def test_a_chart_says_in_words_and_in_a_table_what_it_shows(app, kind):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        page = drawn(kind, chart([3, 1200], [0, 7]), "/some.csv")

    (picture,) = page.select("[role=img]")
    assert picture["aria-label"] == (
        "Some numbers. Line 0: 1,203 in all, the most are 1,200 (Row 1)."
        " Line 1: 7 in all, the most are 7 (Row 1)."
    )
    cells = [[cell.text for cell in row.select("th, td")] for row in page.select("table tr")]
    assert cells == [["Row", "Line 0", "Line 1"], ["Row 0", "3", "0"], ["Row 1", "1,200", "7"]]
    assert page.select_one("a[href='/some.csv']")
    assert not page.select("[style]")


def test_numbers_are_written_as_the_reader_writes_them(app):
    with app.test_request_context(headers={"Accept-Language": "cs"}):
        page = drawn("bars", chart([1200]))

    assert page.select_one("td").text == "1\xa0200"


def test_series_differ_by_more_than_colour(app):
    with app.test_request_context():
        lines = drawn("lines", chart([1, 2], [2, 1], [0, 3]))
        parts = drawn("stacked", chart([1, 2], [2, 1], [0, 3], [4, 4]))

    marks = {str(one.select_one(".chart-mark")) for one in lines.select(".chart-legend li")}
    assert len(marks) == 3
    patterns = {
        re.sub(r'(id|class)="[^"]*"', "", "".join(map(str, one.contents)))
        for one in parts.select("pattern")
    }
    assert len(patterns) == 4
    filled = {one["fill"] for one in parts.select(".chart-bars rect.chart-part")}
    assert filled == {f"url(#{one['id']})" for one in parts.select("pattern")}


@pytest.mark.parametrize("kind", ["lines", "bars", "stacked"])
def test_nothing_at_all_can_be_drawn_too(app, kind):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        page = drawn(kind, chart([0, 0]))

    assert page.select_one("[role=img]")["aria-label"] == "Some numbers. Line 0: none."


# --- what they count --------------------------------------------------------------------------


def test_the_weeks_count_what_was_proposed_and_first_answered_in_them(make_idea, make_member):
    team, now = make_member(role="product"), clock.now()
    start = now - timedelta(days=14)
    starts = [start, now - timedelta(days=7), now + timedelta(minutes=1)]
    make_idea(published_at=start)
    make_idea(published_at=start - timedelta(seconds=1))
    make_idea(published_at=now, visibility=Visibility.HIDDEN)
    idea = make_idea(published_at=now - timedelta(days=100))
    backlog.answer(team, idea, body="We will.", stage=Stage.PLANNED)
    backlog.answer(team, idea, body="We do.", stage=Stage.BUILDING)
    make_idea(published_at=now)

    assert waits.weekly(starts) == ([1, 1], [0, 1])


def test_waiting_ideas_are_counted_by_how_long(make_idea):
    now = clock.now()
    for days in (0, 6, 7, 29, 30, 89, 90, 400):
        make_idea(published_at=now - timedelta(days=days))
    make_idea(published_at=now, answered_at=now)
    make_idea(published_at=now, stage=Stage.DECLINED)
    make_idea(published_at=now, visibility=Visibility.HELD)

    found = waits.waiting(now)

    assert found == [2, 1, 1, 2, 2]
    assert len(found) == len(waits.WAITS)


def test_weeks_begin_on_mondays_where_the_reader_lives(app):
    # Late on Sunday in London, early on Monday in Prague.
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        some = figures.activity(late)

    assert len(some.labels) == figures.WEEKS
    assert some.labels[-1] == "Mar 2, 2026"
    assert some.labels[0] == "Dec 15, 2025"
    assert some.short[-1] == "Mar 2"


@pytest.mark.parametrize(
    ("page", "role", "table"),
    [
        ("/admin", "admin", "/admin/activity.csv"),
        ("/backlog", "product", "/backlog/waiting.csv"),
    ],
)
def test_staff_see_the_chart_and_take_its_table(browser, make_member, make_idea, page, role, table):
    make_idea(published_at=clock.now())
    reader = browser(make_member(role=role))

    soup = BeautifulSoup(reader.get(page).text, "html.parser")

    figure = soup.select_one("figure.chart")
    assert figure.select_one(f"a[href='{table}']")
    shown = [[cell.text for cell in row.select("th, td")] for row in figure.select("table tr")]
    answer = reader.get(table)
    assert answer.mimetype == "text/csv"
    assert list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))) == shown
    assert sum(int(cell) for row in shown[1:] for cell in row[1:]) >= 1


def test_charts_ask_the_database_once(app, make_idea):
    make_idea()
    db.session.commit()
    with app.test_request_context(), statements() as asked:
        figures.activity(clock.now())
        figures.waiting(clock.now())

    assert len(asked) == 2
