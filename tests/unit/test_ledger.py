"""The issues and causes as they stand after a sweep."""

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


def a_plan(scan: Snapshot, **given: str) -> Plan:
    return make_plan(scan, some_settings(**given), NOW)


def done(plan: Plan, number: int = 7) -> tuple[Result, ...]:
    """Every action done; new issues have the numbers from 7 on."""
    numbers = iter(range(number, number + 100))
    return tuple(
        Result(one, WriteStatus.PLANNED, one.number)
        if isinstance(one, Skip)
        else Result(one, WriteStatus.DONE, next(numbers) if isinstance(one, Create) else one.number)
        for one in plan.actions
    )


def broken(*jobs: str, run: Run | None = None, headline: str = "ValueError: no year") -> Snapshot:
    """A scan in which these jobs of one run failed, all of one cause."""
    run = run or a_run(1)
    found = [a_job(name, number=run.number * 10 + place) for place, name in enumerate(jobs)]
    readings = tuple(a_reading(red(run, job.name, job.id), headline) for job in found)
    return dataclasses.replace(a_scan([run], {run.id: found}), job_diagnoses=readings)


def written(scan: Snapshot, number: int = 7) -> Issue:
    """The issue that a sweep opens for what fails in a scan."""
    (create,) = [one for one in a_plan(scan).actions if isinstance(one, Create)]
    return an_issue(number, create.body, title=create.title, created_at=NOW)


def mended() -> Snapshot:
    """A job that failed and was green twice since, with the issue that tells of it."""
    jobs = {1_001: [a_job(number=10)], **{1_000 + number: [a_job("test", "success", number)] for number in (2, 3)}}
    runs = [a_run(1), a_run(2, "success"), a_run(3, "success")]
    return a_scan(runs, jobs, (written(broken("test")),))


def ledger_of(plan: Plan, results: tuple[Result, ...]) -> IssueSnapshots:
    tracked = plan.found.history.tracked_issues.written
    return take_issue_snapshots(plan.found.snapshot, tracked, plan.failing, results, LATER)


def ledger(scan: Snapshot, results: tuple[Result, ...] | None = None, **given: str) -> IssueSnapshots:
    plan = a_plan(scan, **given)
    return ledger_of(plan, done(plan) if results is None else results)


def test_an_issue_that_the_sweep_opened_is_there_with_what_it_says() -> None:
    (issue,) = ledger(broken("test")).issues
    assert (issue.number, issue.workflow, issue.job, issue.open, issue.action) == (7, "CI", "test", True, "create")
    assert (issue.title, issue.failed_runs, issue.opened_at) == ("[CI Failure] CI - test", 1, LATER)


def test_an_issue_that_the_sweep_closed_is_closed_and_its_cause_is_no_longer_one() -> None:
    scan = mended()
    (look,) = ledger(scan).issues
    assert (look.open, look.state_reason, look.closed_at, look.action) == (False, "completed", LATER, "close")
    assert (look.failed_runs, ledger(scan).causes) == (1, ())


def test_an_issue_whose_write_failed_stands_as_it_was() -> None:
    scan = mended()
    plan = a_plan(scan)
    failed = tuple(Result(one, WriteStatus.FAILED, 7) for one in plan.actions)
    found = ledger_of(plan, failed)
    assert [(one.open, one.action) for one in found.issues] == [(True, None)]
    assert [one.headline for one in found.causes] == ["ValueError: no year"]


def test_a_dry_run_shows_the_issues_as_they_are_and_the_causes_that_it_would_write() -> None:
    scan = broken("test")
    plan = a_plan(scan)
    found = ledger_of(plan, DryRunWriter().apply(plan.actions))
    assert found.issues == ()
    (cause,) = found.causes
    assert (cause.headline, cause.count, cause.issues, cause.jobs) == (
        "ValueError: no year",
        1,
        (),
        (JobName("CI", "test"),),
    )


def test_an_issue_without_a_marker_that_can_be_read_is_shown_by_its_title() -> None:
    body = f"<!-- ci-failure-tracker:begin -->\nFailure id `{'a' * 32}`.\n<!-- ci-failure-tracker:end -->"
    scan = a_scan([], issues=(an_issue(3, body, title="Mine", labels=("CI-failure:muted",)),))
    (look,) = ledger(scan).issues
    assert (look.title, look.workflow, look.job, look.failed_runs, look.muted) == ("Mine", "", "", 0, True)


def test_open_issues_come_first_and_of_them_the_newest() -> None:
    closed = {"open": False, "state_reason": "completed", "closed_at": NOW}
    issues = [written(broken(job), number) for job, number in (("a", 3), ("b", 5), ("c", 4))]
    issues.append(dataclasses.replace(written(broken("d"), 9), **closed))  # type: ignore[arg-type]
    assert [one.number for one in ledger(a_scan([], issues=tuple(issues))).issues] == [5, 4, 3, 9]


def test_one_cause_in_several_jobs_is_one_and_the_most_frequent_comes_first() -> None:
    # `a` and `b` fail of one cause, `c` of another one.
    scan = broken("a", "b", "c")
    of_c = a_reading(red(scan.runs[0], "c", scan.jobs[0].jobs[2].id), "no such file")
    scan = dataclasses.replace(scan, job_diagnoses=(*scan.job_diagnoses[:2], of_c))
    first, second = ledger(scan).causes
    assert (first.headline, first.count, first.jobs) == (
        "ValueError: no year",
        2,
        (JobName("CI", "a"), JobName("CI", "b")),
    )
    assert first.issues == (7, 8)
    assert [line.text for line in first.lines] == ["before", "ValueError: no year"]
    assert (second.headline, second.count, second.issues) == ("no such file", 1, (9,))


def test_what_fails_and_has_no_issue_yet_has_its_cause_as_well() -> None:
    found = ledger(broken("test"), min_failures="5")
    (cause,) = found.causes
    assert isinstance(cause, CauseSnapshot)
    assert (cause.headline, cause.issues, len(cause.lines)) == ("ValueError: no year", (), 2)
