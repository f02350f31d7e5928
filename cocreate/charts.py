"""Numbers as pictures: where everything of a chart stands.

Across, places are percent of the width, which the reader's screen decides; down, they are
em, so that a chart grows with the text. `templates/parts/charts.html` draws what this says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cocreate.i18n import gettext, number

# Em, of the plot of a line chart.
HEIGHT = 11.0
# Lines of numbers at the side, at most.
_MOST_TICKS = 5
# Labels below a line chart that fit on a phone.
_FEW_LABELS = 4
# Em that two numbers need to stand one above the other.
_APART = 1.25
# A part of a bar narrower than that, in percent, has no room for its number.
_ROOM = 9


@dataclass(frozen=True)
class Series:
    """One line of a chart, or one pattern of its bars: a number for each label."""

    name: str
    values: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True)
class Point:
    """Where a number stands in the plot: x in percent, y in em from the top."""

    x: float
    y: float
    value: int


@dataclass(frozen=True)
class Label:
    """Words below the plot at x percent; `is_rare` ones stay where there is little room."""

    x: float
    words: str
    anchor: str  # start, middle or end
    is_rare: bool


@dataclass(frozen=True)
class Part:
    """One piece of a bar, from x on, in percent of the width."""

    series: int
    x: float
    width: float
    value: int

    @property
    def has_room(self) -> bool:
        return self.width >= _ROOM


@dataclass(frozen=True)
class Chart:
    """A table of whole numbers, none below 0. `across` is what the labels are, "Week from".

    `key` tells one chart of a page from the others. `short` are the labels as they fit
    below a plot; without them they are the labels.
    """

    key: str
    title: str
    across: str
    labels: Sequence[str]
    series: Sequence[Series]
    short: Sequence[str] = ()

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """The table: (label, a number of each series)."""
        return [
            (label, [one.values[at] for one in self.series]) for at, label in enumerate(self.labels)
        ]

    @property
    def is_empty(self) -> bool:
        return not any(one.total for one in self.series)

    @property
    def summary(self) -> str:
        """The chart in a sentence for each series, for those who do not see it."""
        return " ".join([f"{self.title}.", *(self._said(one) for one in self.series)])

    def _said(self, one: Series) -> str:
        if not one.total:
            return gettext("%(name)s: none.", name=one.name)
        most = max(one.values)
        return gettext(
            "%(name)s: %(total)s in all, the most are %(most)s (%(label)s).",
            name=one.name,
            total=number(one.total),
            most=number(most),
            label=self.labels[list(one.values).index(most)],
        )

    @cached_property
    def ticks(self) -> list[Point]:
        """Round numbers at the side, from 0 to one that nothing exceeds."""
        most = max((value for one in self.series for value in one.values), default=0)
        step = _round_step(most)
        count = max(1, -(-most // step))
        return [Point(0, round(HEIGHT * (1 - at / count), 2), at * step) for at in range(count + 1)]

    def points(self, one: Series) -> list[Point]:
        """A line's points, the oldest on the left."""
        top = self.ticks[-1].value
        return [
            Point(self._x(at), round(HEIGHT * (1 - value / top), 2), value)
            for at, value in enumerate(one.values)
        ]

    def ends(self) -> list[Point]:
        """The last number of each line, beside its end; moved apart where they would collide."""
        found = [(self.points(one)[-1], at) for at, one in enumerate(self.series)]
        placed: dict[int, Point] = {}
        lowest = HEIGHT + _APART
        for point, at in sorted(found, key=lambda one: -one[0].y):
            lowest = min(point.y, lowest - _APART)
            placed[at] = Point(0, round(lowest, 2), point.value)
        return [placed[at] for at in range(len(found))]

    def below(self) -> list[Label]:
        """The labels below a line chart."""
        last = len(self.labels) - 1
        every = max(1, -(-last // (_FEW_LABELS - 1)))
        return [
            Label(
                self._x(at),
                words,
                "start" if at == 0 else "end" if at == last else "middle",
                is_rare=(last - at) % every == 0,
            )
            for at, words in enumerate(self.short or self.labels)
        ]

    def bars(self) -> list[list[Part]]:
        """For each label its bar, in one part for each series that is not 0.

        The longest bar takes the whole width.
        """
        longest = max((sum(numbers) for _label, numbers in self.rows), default=0) or 1
        found = []
        for _label, numbers in self.rows:
            parts, x = [], 0.0
            for series, value in enumerate(numbers):
                width = 100 * value / longest
                if value:
                    parts.append(Part(series, round(x, 2), round(width, 2), value))
                x += width
            found.append(parts)
        return found

    def _x(self, at: int) -> float:
        return round(100 * at / max(1, len(self.labels) - 1), 2)


def _round_step(most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 and so on that needs few ticks to `most`."""
    size = 1
    while True:
        for first in (1, 2, 5):
            if most <= first * size * (_MOST_TICKS - 1):
                return first * size
        size *= 10
