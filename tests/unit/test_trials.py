"""How many passes close an issue, by its trials."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_failure_tracker.model import MOST_PASSES, Trials
from ci_failure_tracker.model.trials import LEAST_PASSES

RULES = Path(__file__).parents[2] / "docs" / "rules.md"


def trials_of(results: str) -> Trials:
    """The trials of a text with `f` for a failure and `p` for a pass."""
    trials = Trials()
    for result in results:
        trials = trials.then(passed=result == "p")
    return trials


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("", Trials()),
        ("ppp", Trials()),
        ("ppf", Trials(1, 1, 0, 0)),
        ("fpp", Trials(3, 1, 2, 0)),
        ("fppfp", Trials(5, 2, 1, 2)),
        ("fppfpfppp", Trials(9, 3, 3, 2)),
    ],
)
def test_trials_are_counted_from_the_first_failure(results: str, expected: Trials) -> None:
    assert trials_of(results) == expected


@pytest.mark.parametrize("close_after", [1, 2, 5])
@pytest.mark.parametrize("results", ["f", "ff", "fffffff"])
def test_what_failed_every_time_closes_after_the_passes_that_the_settings_ask_for(
    results: str, close_after: int
) -> None:
    assert trials_of(results).passes_to_close(close_after) == close_after


def closes(failed: int, until_failure: int, longest: int, passes: int) -> bool:
    """The rule as docs/rules.md has it."""
    if passes >= MOST_PASSES:
        return True
    unlikely = (until_failure / (until_failure + passes)) ** (failed - 1) < 0.01
    return unlikely and passes > longest and passes >= LEAST_PASSES


@given(st.integers(2, 60), st.integers(1, 400), st.integers(0, 200))
def test_the_passes_to_close_are_the_fewest_that_fulfil_the_rule(failed: int, passed: int, longest: int) -> None:
    trials = Trials(failed + passed, failed, 0, min(longest, passed))
    needed = trials.passes_to_close(2)
    assert closes(failed, failed + passed, trials.longest, needed)
    assert not closes(failed, failed + passed, trials.longest, needed - 1)


def test_a_marker_with_numbers_that_cannot_be_breaks_nothing() -> None:
    for total in (0, 1, 10**9):
        for failed in (0, 1, 2, 10**9):
            assert 1 <= Trials(total, failed, 0, 10**9).passes_to_close(2) <= MOST_PASSES


def test_more_failures_ask_for_fewer_passes() -> None:
    """The same hundred trials with more failures: the passes say more."""
    needed = [Trials(100, failed, 0, 0).passes_to_close(2) for failed in range(2, 100)]
    assert needed == sorted(needed, reverse=True)
    assert (needed[0], needed[-1]) == (MOST_PASSES, LEAST_PASSES)


def test_the_table_of_passes_is_what_the_program_asks_for() -> None:
    """Each cell of the table in docs/rules.md; an empty one would have more failures than trials."""
    head, _, *rows = RULES.read_text("utf-8").partition("| | n = ")[2].partition("\n\n")[0].splitlines()
    totals = [int(total) for total in re.findall(r"\d+", head)]
    assert len(totals) >= 5
    assert len(rows) >= 5
    for row in rows:
        failed, *cells = (cell.strip() for cell in row.strip("|").split("|"))
        for total, cell in zip(totals, cells, strict=True):
            number = int(failed.removeprefix("f = "))
            needed = Trials(total, number, 0, 0).passes_to_close(7)
            assert cell == ("" if number > total else "`close-after`" if number == total else str(needed))
