"""The figures of flaky jobs as a picture: two panels in SVG, which needs no program to draw it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.year.flaky_jobs import RATES, RULES, Row

_WIDTH, _HEIGHT = 900, 400
_COLOURS = dict(zip(RULES, ("#0060a8", "#c04a00", "#2d7d4f"), strict=True))
_DASHES = dict(zip(RULES, ("", "7 4", "2 4"), strict=True))
_SHAPE = 5


@dataclass(frozen=True)
class _Panel:
    """A part of the picture: where it is, what it shows, and the marks of its vertical axis."""

    left: int
    title: str
    marks: Sequence[float]
    logarithmic: bool
    figure: Callable[[Row], float | None]

    top, bottom, width = 90, 330, 350

    def x(self, rate: float) -> float:
        """The place of a failure rate."""
        low, high = math.log(RATES[0]), math.log(RATES[-1])
        return self.left + self.width * (math.log(rate) - low) / (high - low)

    def y(self, figure: float) -> float:
        """The place of a figure."""
        low, high = self.marks[0], self.marks[-1]
        share = (figure - low) / (high - low)
        if self.logarithmic:
            share = math.log(max(figure, low) / low) / math.log(high / low)
        return self.bottom - (self.bottom - self.top) * share


def picture(rows: Sequence[Row], repository: str = "busy") -> str:
    """The curves of a repository, as SVG."""
    rows = [row for row in rows if row.repository == repository]
    panels = (
        _Panel(60, "Reopenings in 30 days while it is flaky", (0, 2, 4, 6, 8), False, lambda row: row.reopened),
        _Panel(
            520,
            "Runs until its issue closes after a fix",
            (1, 3, 10, 30, 100, 300, 1000),
            True,
            lambda row: row.to_close,
        ),
    )
    parts = [*_legend()]
    for panel in panels:
        parts += [*_axes(panel), *(part for rule in RULES for part in _line(panel, rule, rows))]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'font-family="sans-serif" font-size="14" fill="#1f2328" role="img">\n'
        "<title>Reopenings and runs until the issue closes, by failure rate, under three rules</title>\n"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _legend() -> Iterator[str]:
    for place, rule in enumerate(RULES):
        x = 60 + 200 * place
        yield _stroke(rule, f"M{x} 25h36")
        yield _dot(rule, x + 18, 25)
        yield _text(x + 44, 30, rule)


def _axes(panel: _Panel) -> Iterator[str]:
    yield _text(panel.left, 66, panel.title, weight="bold")
    for mark in panel.marks:
        y = panel.y(mark)
        yield f'<path d="M{panel.left} {y:.1f}h{panel.width}" stroke="#d1d9e0"/>'
        yield _text(panel.left - 8, y + 5, f"{mark:,}", anchor="end")
    for rate in RATES:
        yield _text(panel.x(rate), panel.bottom + 22, f"{rate:.0%}", anchor="middle")
    yield _text(panel.left + panel.width / 2, panel.bottom + 48, "share of the runs that fail", anchor="middle")


def _line(panel: _Panel, rule: str, rows: Sequence[Row]) -> Iterator[str]:
    figures = [(row.rate, panel.figure(row)) for row in rows if row.rule == rule]
    points = [(panel.x(rate), panel.y(figure)) for rate, figure in figures if figure is not None]
    yield _stroke(rule, "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points))
    yield from (_dot(rule, x, y) for x, y in points)


def _stroke(rule: str, path: str) -> str:
    dash = f' stroke-dasharray="{_DASHES[rule]}"' if _DASHES[rule] else ""
    return f'<path d="{path}" fill="none" stroke="{_COLOURS[rule]}" stroke-width="2.5"{dash}/>'


def _dot(rule: str, x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_SHAPE}" fill="{_COLOURS[rule]}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{text}</text>'
