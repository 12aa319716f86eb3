"""The issues and causes after a sweep."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from builders import START, a_job, a_reading, a_run, a_scan, an_issue, red, some_settings
from ci_failure_tracker.github.writer import DryRunWriter
from ci_failure_tracker.model import Create, Issue, Result, Run, Skip, Snapshot, WriteStatus
from ci_failure_tracker.report.issue_snapshots import CauseSnapshot, IssueSnapshots, JobName, take_issue_snapshots
from sweeping import Plan, make_plan

NOW = START + timedelta(hours=30)
LATER = START + timedelta(hours=40)


def a_plan(snapshot: Snapshot, **given: str) -> Plan:
    return make_plan(snapshot, some_settings(**given), NOW)


def done(plan: Plan, number: int = 7) -> tuple[Result, ...]:
    """Every action done; new issues have the numbers from 7 on."""
    numbers = iter(range(number, number + 100))
    return tuple(
        Result(action, WriteStatus.PLANNED, action.number)
        if isinstance(action, Skip)
        else Result(action, WriteStatus.DONE, next(numbers) if isinstance(action, Create) else action.number)
        for action in plan.actions
    )


def broken(*jobs: str, run: Run | None = None, headline: str = "ValueError: no year") -> Snapshot:
    """A snapshot in which these jobs of one run failed, all from one cause."""
    run = run or a_run(1)
    failed = [a_job(name, number=run.number * 10 + place) for place, name in enumerate(jobs)]
    readings = tuple(a_reading(red(run, job.name, job.id), headline) for job in failed)
    return dataclasses.replace(a_scan([run], {run.id: failed}), job_diagnoses=readings)


def written(snapshot: Snapshot, number: int = 7) -> Issue:
    """The issue that a sweep opens for the failure in a snapshot."""
    (create,) = [action for action in a_plan(snapshot).actions if isinstance(action, Create)]
    return an_issue(number, create.body, title=create.title, created_at=NOW)


def fixed() -> Snapshot:
    """A job that failed and then passed twice, with its issue."""
    jobs = {1_001: [a_job(number=10)], **{1_000 + number: [a_job("test", "success", number)] for number in (2, 3)}}
    runs = [a_run(1), a_run(2, "success"), a_run(3, "success")]
    return a_scan(runs, jobs, (written(broken("test")),))


def snapshots_of(plan: Plan, results: tuple[Result, ...]) -> IssueSnapshots:
    tracked = plan.found.history.tracked_issues.written
    return take_issue_snapshots(plan.found.snapshot, tracked, plan.failing, results, LATER)


def snapshots(snapshot: Snapshot, results: tuple[Result, ...] | None = None, **given: str) -> IssueSnapshots:
    plan = a_plan(snapshot, **given)
    return snapshots_of(plan, done(plan) if results is None else results)


def test_an_issue_that_the_sweep_opened_has_its_state() -> None:
    (issue,) = snapshots(broken("test")).issues
    assert (issue.number, issue.workflow, issue.job, issue.open, issue.action) == (7, "CI", "test", True, "create")
    assert (issue.title, issue.failed_runs, issue.opened_at) == ("[CI Failure] CI - test", 1, LATER)


def test_an_issue_that_the_sweep_closed_is_closed_and_lists_no_cause() -> None:
    snapshot = fixed()
    (look,) = snapshots(snapshot).issues
    assert (look.open, look.state_reason, look.closed_at, look.action) == (False, "completed", LATER, "close")
    assert (look.failed_runs, snapshots(snapshot).causes) == (1, ())


def test_an_issue_whose_write_failed_stays_as_it_was() -> None:
    snapshot = fixed()
    plan = a_plan(snapshot)
    failed = tuple(Result(action, WriteStatus.FAILED, 7) for action in plan.actions)
    after = snapshots_of(plan, failed)
    assert [(issue.open, issue.action) for issue in after.issues] == [(True, None)]
    assert [cause.headline for cause in after.causes] == ["ValueError: no year"]


def test_a_dry_run_shows_unchanged_issues_and_the_causes_to_be_written() -> None:
    snapshot = broken("test")
    plan = a_plan(snapshot)
    after = snapshots_of(plan, DryRunWriter().apply(plan.actions))
    assert after.issues == ()
    (cause,) = after.causes
    assert (cause.headline, cause.count, cause.issues, cause.jobs) == (
        "ValueError: no year",
        1,
        (),
        (JobName("CI", "test"),),
    )


def test_an_issue_without_a_marker_that_can_be_read_is_shown_by_its_title() -> None:
    body = f"<!-- ci-failure-tracker:begin -->\nFailure id `{'a' * 32}`.\n<!-- ci-failure-tracker:end -->"
    snapshot = a_scan([], issues=(an_issue(3, body, title="Mine", labels=("CI-failure:muted",)),))
    (look,) = snapshots(snapshot).issues
    assert (look.title, look.workflow, look.job, look.failed_runs, look.muted) == ("Mine", "", "", 0, True)


def test_open_issues_come_first_and_of_them_the_newest() -> None:
    closed = {"open": False, "state_reason": "completed", "closed_at": NOW}
    issues = [written(broken(job), number) for job, number in (("a", 3), ("b", 5), ("c", 4))]
    issues.append(dataclasses.replace(written(broken("d"), 9), **closed))  # type: ignore[arg-type]
    assert [issue.number for issue in snapshots(a_scan([], issues=tuple(issues))).issues] == [5, 4, 3, 9]


def test_one_cause_in_several_jobs_is_one_and_frequent_ones_come_first() -> None:
    # `a` and `b` fail from one cause, `c` from another.
    snapshot = broken("a", "b", "c")
    of_c = a_reading(red(snapshot.runs[0], "c", snapshot.jobs[0].jobs[2].id), "no such file")
    snapshot = dataclasses.replace(snapshot, job_diagnoses=(*snapshot.job_diagnoses[:2], of_c))
    first, second = snapshots(snapshot).causes
    assert (first.headline, first.count, first.jobs) == (
        "ValueError: no year",
        2,
        (JobName("CI", "a"), JobName("CI", "b")),
    )
    assert first.issues == (7, 8)
    assert [line.text for line in first.lines] == ["before", "ValueError: no year"]
    assert (second.headline, second.count, second.issues) == ("no such file", 1, (9,))


def test_what_fails_and_has_no_issue_yet_has_its_cause_as_well() -> None:
    after = snapshots(broken("test"), min_failures="5")
    (cause,) = after.causes
    assert isinstance(cause, CauseSnapshot)
    assert (cause.headline, cause.issues, len(cause.lines)) == ("ValueError: no year", (), 2)
