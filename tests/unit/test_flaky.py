"""What makes a job flaky, and what does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from builders import a_reading, a_run, green, red, some_settings
from ci_failure_tracker.model import Commit, Flaky, History, Observation, Outcome
from ci_failure_tracker.tracking.flaky import judge_flaky
from ci_failure_tracker.tracking.history import read_histories


def flaky(observations: Iterable[Observation]) -> Flaky | None:
    (only,) = read_histories(observations, some_settings(conclusions="failure, timed_out, cancelled"))
    assert isinstance(only, History)
    return judge_flaky(None, only)


def runs(results: str, causes: str = "", outcome: Outcome = Outcome.FAILURE) -> list[Observation]:
    """A run for each letter, each on a commit of its own: `f` fails, `p` passes. `causes` are those of the failures."""
    named, observations = iter(causes), []
    for number, result in enumerate(results, start=1):
        failed = red(a_run(number), outcome=outcome)
        if result == "f" and (cause := next(named, "")):
            failed = replace(failed, job_diagnosis=a_reading(failed, f"ValueError: {cause}"))
        observations.append(failed if result == "f" else green(a_run(number), "test"))
    return observations


@pytest.mark.parametrize(
    ("results", "causes", "expected"),
    [
        ("fpfpfp", "aaa", True),
        ("pffpffpffp", "aaaaaa", True),
        ("fpfpfpfp", "abaa", True),
        ("fpfpfp", "aab", False),
        ("fpfpfp", "", False),  # what it failed of is not known
        ("fpfpf", "aaa", False),  # a break, a fix, a break on five commits
        ("fpf", "aa", False),
        ("fpfpf" + 18 * "p" + "fp", "aaaa", False),  # not within twenty runs
    ],
)
def test_it_is_flaky_if_it_recovers_three_times_from_one_cause(results: str, causes: str, expected: bool) -> None:
    assert (flaky(runs(results, causes)) is not None) == expected


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.CANCELLED])
def test_a_time_limit_and_a_cancel_are_no_flakes(outcome: Outcome) -> None:
    assert flaky(runs("fpfpfp", "aaa", outcome)) is None
    one = Commit("7" * 40, "One change")
    assert flaky([red(a_run(1, commit=one), outcome=outcome), green(a_run(2, commit=one), "test")]) is None


@pytest.mark.parametrize(
    ("event", "expected"), [("push", True), ("schedule", False), ("workflow_dispatch", False), ("issue_comment", False)]
)
def test_two_runs_of_one_commit_say_so_if_a_commit_starts_them(event: str, expected: bool) -> None:
    one = Commit("7" * 40, "One change")
    first, second = (a_run(number, commit=one, event=event) for number in (1, 2))
    assert (flaky([red(first), green(second, "test")]) is not None) == expected


@pytest.mark.parametrize("event", ["push", "schedule"])
def test_a_rerun_that_passes_says_so_whatever_starts_the_run(event: str) -> None:
    again = a_run(1, "success", attempt=2, event=event)
    found = flaky([red(a_run(1, event=event)), replace(green(again, "test"), job_id=9_000)])
    assert found is not None
    assert found.commits == (again.commit.sha,)


def test_reruns_are_no_recoveries() -> None:
    """Each run fails once and passes when it is run again: one trial each, and all of them failed."""
    observations = []
    for number in range(1, 5):
        observations += [red(a_run(number)), replace(green(a_run(number, attempt=2), "test"), job_id=9_000 + number)]
    (only,) = read_histories(observations, some_settings())
    assert only.recoveries == 0
    assert [passed for _, passed in only.branch_statuses[0].recent] == [False] * 4
