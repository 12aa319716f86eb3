"""The last runs of a workflow as squares, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence

from ci_failure_tracker.model import Outcome
from ci_failure_tracker.report.measures import RunMark

SHOWN = 20
"""Runs that are shown; more squares would not fit into a line."""

_WORDS = {"🟩": "passing", "🟥": "failing", "🟨": "flaky or cancelled", "⬜": "without a result"}

LEGEND = f"{', '.join(f'{square} {words}' for square, words in _WORDS.items())}. The newest run is on the right."


def squares(runs: Sequence[RunMark]) -> str:
    """One square for each of the last runs."""
    return "".join(map(_square, runs[-SHOWN:]))


def runs_in_words(runs: Sequence[RunMark]) -> str:
    """The squares in words, such as `12 passing, 5 failing`."""
    shown = [_square(run) for run in runs[-SHOWN:]]
    return ", ".join(f"{shown.count(square)} {words}" for square, words in _WORDS.items() if square in shown)


def _square(run: RunMark) -> str:
    if run.failed:
        return "🟥"
    if run.outcome is None or not run.known:
        return "⬜"
    # A run that passed in a second attempt is no success to rely on.
    return "🟩" if run.outcome is Outcome.SUCCESS and not run.flaky else "🟨"
