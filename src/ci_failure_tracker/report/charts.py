"""The charts of the page: bars as inline SVG. Their labels are HTML, so that no font makes them overlap.

The drawing is 100 by 100 and is stretched to its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.measure_text import short_span
from ci_failure_tracker.report.measures import Period

# The viewBox of the SVG, so that a place is a percentage.
_SIZE = 100.0
_WIDTH = 0.7
"""The part of its place that a bar fills."""

# The least span in seconds for a unit, the seconds of the unit, and its sign. Below two of a unit, the smaller one says
# more.
_UNITS = ((2 * 86_400.0, 86_400.0, "d"), (2 * 3_600.0, 3_600.0, "h"), (0.0, 60.0, "min"))
_MANY = 5
"""From so many periods on, the middle one has a label, too."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its style, its upper end and its height."""

    style: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One period; `x` and `width` are those of the bar, `place` is the left end of the room around it."""

    title: str
    x: float
    width: float
    place: float
    room: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A day below the bars, and its place from the left in percent."""

    text: str
    place: float


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. `rows` are its values in words for a table, and `top` is the end of its scale."""

    title: str
    description: str
    top: str
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    rows: tuple[tuple[str, str], ...]


def charts(periods: Sequence[Period]) -> Iterator[Chart]:
    """The charts of several periods; one period makes none."""
    # One bar compares nothing.
    if len(periods) > 1:
        yield _runs(periods)
        if any(period.time_to_recovery for period in periods):
            yield _recovery(periods)


def _runs(periods: Sequence[Period]) -> Chart:
    words = [
        f"{period.failed} of {counted(period.runs, 'run')} failed" if period.runs else "no run" for period in periods
    ]
    top = _nice(max(period.runs for period in periods))
    values = [[("failed", period.failed / top), ("passed", (period.runs - period.failed) / top)] for period in periods]
    return _chart(f"Runs by {_by(periods)}, the failed ones in red", periods, words, f"{top:.0f}", values)


def _recovery(periods: Sequence[Period]) -> Chart:
    recoveries = [period.time_to_recovery for period in periods]
    spans = [spread.median_seconds if spread else 0.0 for spread in recoveries]
    # One unit for all bars, that of the longest one, because they share a scale.
    size, unit = next((size, unit) for least, size, unit in _UNITS if max(spans) >= least)
    top = _nice(max(spans) / size)
    words = [
        f"{short_span(spread.median_seconds)}, the median of {counted(spread.count, 'break')}"
        if spread
        else "no break ended"
        for spread in recoveries
    ]
    title = f"Time to recovery, by the {_by(periods)} in which a break ended"
    return _chart(title, periods, words, f"{top:g} {unit}", [[("span", span / size / top)] for span in spans])


def _nice(most: float) -> float:
    """The end of a scale: 1, 2 or 5 with zeros, and not less than the greatest value."""
    # `log10` has no value at zero.
    power = 10.0 ** math.floor(math.log10(max(most, 1.0)))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= most)


def _by(periods: Sequence[Period]) -> str:
    return "day" if periods[0].days == 1 else "week"


def _chart(
    title: str,
    periods: Sequence[Period],
    words: Sequence[str],
    top: str,
    values: Sequence[Sequence[tuple[str, float]]],
) -> Chart:
    """`values` are the parts of each bar from the bottom, each with its style and its share of the scale."""
    rows = tuple((f"{period.start:%Y-%m-%d}", text) for period, text in zip(periods, words, strict=True))
    room = _SIZE / len(periods)
    bars = tuple(
        Bar(
            title=f"{day}: {text}",
            x=room * (place + (1 - _WIDTH) / 2),
            width=room * _WIDTH,
            place=room * place,
            room=room,
            parts=tuple(_parts(of_bar)),
        )
        for place, ((day, text), of_bar) in enumerate(zip(rows, values, strict=True))
    )
    description = f"{title}: a bar chart, with its values in the table below."
    return Chart(title, description, top, bars, tuple(_labels(periods)), rows)


def _parts(values: Sequence[tuple[str, float]]) -> Iterator[Part]:
    bottom = _SIZE
    for style, share in values:
        # A part without height would still have a border.
        if share:
            bottom -= share * _SIZE
            yield Part(style, bottom, share * _SIZE)


def _labels(periods: Sequence[Period]) -> Iterator[Label]:
    """The first day and the last one; of many, also the middle one."""
    last = len(periods) - 1
    for place in sorted({0, last, *([last // 2] if len(periods) >= _MANY else ())}):
        # `%-d` is not known on Windows.
        text = f"{periods[place].start:%d %b}".lstrip("0")
        yield Label(text, 100 * (place + 0.5) / len(periods))
