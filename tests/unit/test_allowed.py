"""Rule 10: which jobs are allowed to fail, and which runs are read to know it."""

from __future__ import annotations

import dataclasses

import pytest

from builders import START, a_job, a_run, a_scan, some_settings
from ci_failure_tracker.model import Outcome, Snapshot
from ci_failure_tracker.selection.passing_runs import passing_runs
from ci_failure_tracker.tracking.allowed import ignore_allowed
from ci_failure_tracker.tracking.observations import observe


def runs(*failed: str, conclusions: str) -> Snapshot:
    """Runs of the jobs `a` and `b`: for each the jobs that failed in it; `p` passed as a whole, `f` failed."""
    listed = [
        a_run(number, "success" if conclusion == "p" else "failure")
        for number, conclusion in enumerate(conclusions, start=1)
    ]
    jobs = {
        run.id: [a_job(name, "failure" if name in names else "success", 10 * run.number) for name in "ab"]
        for run, names in zip(listed, failed, strict=True)
    }
    return a_scan(listed, jobs)


def counted(snapshot: Snapshot) -> list[tuple[int, str]]:
    observations = ignore_allowed(observe(snapshot), snapshot)
    return [(each.run.number, each.job or "") for each in observations if each.outcome is Outcome.FAILURE]


@pytest.mark.parametrize(
    ("failed", "conclusions", "expected"),
    [
        (["a"], "p", []),
        (["a", "ab"], "pf", [(2, "b")]),
        (["ab", "a"], "fp", [(1, "b")]),
        (["a", "a"], "pf", [(2, "a")]),
        (["a", "a"], "fp", []),
        (["a", "a", "ab"], "pff", [(2, "a"), (3, "a"), (3, "b")]),
        (["ab", "ab"], "pf", [(2, "a"), (2, "b")]),
        (["a"], "f", [(1, "a")]),
    ],
)
def test_a_job_is_allowed_to_fail_where_a_run_passed_all_the_same(
    failed: list[str], conclusions: str, expected: list[tuple[int, str]]
) -> None:
    assert counted(runs(*failed, conclusions=conclusions)) == expected


def test_what_failed_in_an_earlier_attempt_of_a_run_that_passed_counts() -> None:
    run = a_run(1, "success", attempt=2)
    first, second = a_job(number=1), dataclasses.replace(a_job(conclusion="success", number=2), attempt=2)
    assert counted(a_scan([run], {run.id: [first, second]})) == [(1, "test")]


def chosen(snapshot: Snapshot, **settings: str) -> list[int]:
    return sorted(run.number for run in passing_runs(snapshot, some_settings(**settings), START))


def test_passing_runs_are_read_beside_failed_ones_of_their_workflow() -> None:
    passing = runs("", "a", conclusions="pp")
    assert chosen(passing) == []
    failing = runs("", "a", "b", conclusions="ppf")
    assert chosen(failing) == [2]
    old = frozenset(run.id for run in failing.runs)
    assert chosen(dataclasses.replace(failing, runs_before_checkpoint=old)) == []
    assert chosen(dataclasses.replace(failing, runs_before_checkpoint=old - {failing.runs[2].id})) == [2]
    first, second, third = failing.runs
    for other in (dataclasses.replace(first, event="schedule"), dataclasses.replace(first, branch="release")):
        assert chosen(dataclasses.replace(failing, runs=(other, second, third))) == [1, 2]


def test_if_allowed_failures_are_tracked_more_passing_runs_are_read_where_one_has_some() -> None:
    snapshot = runs("", "a", "", conclusions="ppp")
    unread = dataclasses.replace(snapshot, jobs=())
    assert chosen(unread, allowed_failures="track") == [3]
    assert sorted({*chosen(snapshot, allowed_failures="track")}) == [1, 2, 3]
    assert chosen(dataclasses.replace(unread, runs_before_checkpoint=frozenset(r.id for r in snapshot.runs))) == []
