"""Which logs a sweep reads."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest

from builders import START, a_job, a_reading, a_run, a_scan, some_settings
from ci_failure_tracker.model import (
    Issue,
    Job,
    LogRequests,
    LogUnavailable,
    Outcome,
    Run,
    RunJobs,
    Skip,
    Snapshot,
    Update,
    Workflow,
)
from ci_failure_tracker.selection.log_requests import MOST_LOGS, choose_log_requests
from ci_failure_tracker.selection.report_requests import choose_reports
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.observations import observe
from sweeping import carry_out, find_in, make_plan

NOW = START + timedelta(days=10)


def requests(snapshot: Snapshot, now: datetime = NOW, **options: str) -> LogRequests:
    settings = some_settings(**options)
    return choose_log_requests(find_in(snapshot, settings, now), settings, now)


def names(snapshot: Snapshot, now: datetime = NOW, **options: str) -> list[str]:
    return [request.name for request in requests(snapshot, now, **options).logs]


def failing(numbers: range | list[int], *jobs: str) -> Snapshot:
    """Runs that failed in all these jobs."""
    runs = [a_run(number) for number in numbers]
    return a_scan(runs, {run.id: list(failed(run, *(jobs or ("test",)))) for run in runs})


def failed(run: Run, *jobs: str, conclusion: str = "failure") -> list[Job]:
    return [a_job(job, conclusion, 100 * run.number + place, run.updated_at) for place, job in enumerate(jobs)]


def swept(snapshot: Snapshot, headlines: dict[int, str], settings: Settings | None = None) -> Snapshot:
    """The same runs after a sweep that read these logs; an empty headline stands for a missing log."""
    by_job = {observation.job_id: observation for observation in observe(snapshot)}
    job_diagnoses = tuple(
        a_reading(by_job[job_id], headline, None if headline else LogUnavailable.NOT_FOUND)
        for job_id, headline in headlines.items()
    )
    plan = make_plan(dataclasses.replace(snapshot, job_diagnoses=job_diagnoses), settings or some_settings(), NOW)
    return dataclasses.replace(snapshot, issues=carry_out(plan, snapshot.issues))


def job_ids(snapshot: Snapshot) -> list[int]:
    return [observation.job_id for observation in observe(snapshot) if observation.job_id]


def with_issues(snapshot: Snapshot, issues: tuple[Issue, ...]) -> Snapshot:
    return dataclasses.replace(snapshot, issues=issues)


def test_the_newest_failure_of_each_leg_comes_first() -> None:
    snapshot = failing([1, 2], "lint", "test (a)", "test (b)")
    assert names(snapshot) == [
        "lint of run 2 of CI",
        "test (a) of run 2 of CI",
        "test (b) of run 2 of CI",
        "lint of run 1 of CI",
        "test (a) of run 1 of CI",
        "test (b) of run 1 of CI",
    ]


def test_what_an_issue_remembers_is_not_read_again() -> None:
    snapshot = failing([1, 2])
    known = swept(snapshot, dict.fromkeys(job_ids(snapshot), "ValueError"))
    assert names(known) == []
    newer = with_issues(failing([1, 2, 3]), known.issues)
    assert names(newer) == ["test of run 3 of CI"]


def test_what_could_not_be_read_is_read_by_the_next_sweep() -> None:
    snapshot = failing([1, 2])
    half = swept(snapshot, {job_ids(snapshot)[1]: "ValueError"})
    assert names(half) == ["test of run 1 of CI"]


def test_a_log_that_is_not_there_is_asked_for_again_within_a_day() -> None:
    snapshot = failing([1])
    absent = swept(snapshot, {job_ids(snapshot)[0]: ""})
    ended = a_run(1).updated_at
    assert len(requests(absent, ended + timedelta(days=1)).logs) == 1
    assert requests(absent, ended + timedelta(days=1, seconds=1)).logs == ()
    assert len(requests(snapshot, ended + timedelta(days=80)).logs) == 1  # it was never asked for


def test_only_what_an_issue_would_remember_is_read() -> None:
    assert len(requests(failing(range(1, 40))).logs) == 10
    known = swept(failing(range(1, 40)), {})
    assert len(requests(known).logs) == 10
    legs = [f"test ({number})" for number in range(30)]
    assert len(requests(failing([1], *legs)).logs) == 10


def test_what_was_counted_and_dropped_is_not_read_though_it_is_listed() -> None:
    runs = range(1, 14)
    snapshot = failing(runs)
    known = swept(snapshot, dict.fromkeys(job_ids(snapshot), "ValueError"))
    assert names(known) == []


@pytest.mark.parametrize(
    "options",
    [{"min_failures": "2"}, {"max_new_issues": "0"}, {"logs": "false"}, {"conclusions": "timed_out"}],
)
def test_no_log_is_read_for_which_there_will_be_no_issue(options: dict[str, str]) -> None:
    assert names(failing([1])) == ["test of run 1 of CI"]
    assert requests(failing([1]), NOW, **options).logs == ()


def test_what_an_issue_has_no_room_for_is_not_read_again() -> None:
    snapshot = failing(range(1, 9), *(f"test ({number} {'x' * 50})" for number in range(10)))
    known = swept(snapshot, dict.fromkeys(job_ids(snapshot), "ValueError"))
    assert names(known) == []


def test_the_newest_failure_of_a_leg_comes_before_an_older_one_of_another() -> None:
    runs = [a_run(1, event="schedule"), a_run(2), a_run(3)]
    jobs = {runs[0].id: failed(runs[0], "lint"), **{run.id: failed(run, "test") for run in runs[1:]}}
    assert names(a_scan(runs, jobs)) == ["test of run 3 of CI", "lint of run 1 of CI", "test of run 2 of CI"]


def test_what_is_green_again_is_read_only_for_an_issue_that_is_open() -> None:
    runs = [a_run(1), a_run(2, "success")]
    snapshot = a_scan(runs, {runs[0].id: failed(runs[0], "test")})
    assert names(snapshot) == []
    assert names(with_issues(snapshot, swept(failing([1]), {}).issues)) == ["test of run 1 of CI"]


def test_of_an_issue_that_a_person_closed_for_good_nothing_is_read() -> None:
    (issue,) = swept(failing([1]), {}).issues
    closed = dataclasses.replace(issue, open=False, state_reason="not_planned", closed_at=NOW)
    assert names(with_issues(failing([1, 2]), (closed,))) == []


def test_a_cancelled_job_may_have_met_its_time_limit() -> None:
    run = a_run(1, "cancelled")
    snapshot = a_scan([run], {run.id: failed(run, "test", conclusion="cancelled")})
    assert [request.counts for request in requests(snapshot).logs] == [True]
    assert [request.counts for request in requests(snapshot, conclusions="failure").logs] == [False]
    assert requests(snapshot, conclusions="startup_failure").logs == ()


def test_what_may_not_count_at_all_comes_last() -> None:
    runs = [a_run(1), a_run(2, "cancelled", event="schedule")]
    jobs = {runs[0].id: failed(runs[0], "lint"), runs[1].id: failed(runs[1], "test", conclusion="cancelled")}
    assert names(a_scan(runs, jobs)) == ["test of run 2 of CI", "lint of run 1 of CI"]
    assert names(a_scan(runs, jobs), conclusions="failure") == ["lint of run 1 of CI", "test of run 2 of CI"]


def test_a_sweep_reads_no_more_than_so_many_and_says_how_many_are_left() -> None:
    chosen = requests(failing(range(1, 11), *(f"job {number}" for number in range(8))))
    assert (len(chosen.logs), len(chosen.left_for_later)) == (MOST_LOGS, 30)
    assert {request.name.split(" of ")[1] for request in chosen.logs[:8]} == {"run 10"}


def test_the_step_that_failed_goes_along() -> None:
    (request,) = requests(failing([1])).logs
    assert request.step is not None
    assert (request.step.name, request.outcome) == ("Run it", Outcome.FAILURE)


# --- an issue for each cause ---------------------------------------------------------------------


def test_by_cause_every_failing_job_is_read() -> None:
    assert names(failing([1, 2], "lint", "test"), group_by="cause") == [
        "lint of run 2 of CI",
        "test of run 2 of CI",
        "lint of run 1 of CI",
        "test of run 1 of CI",
    ]
    runs = [a_run(1), a_run(2, "success")]
    assert names(a_scan(runs, {runs[0].id: failed(runs[0], "test")}), group_by="cause") == []


def test_by_cause_a_second_sweep_reads_nothing() -> None:
    snapshot = failing(range(1, 15), "lint", "test")
    by_job = {job.job_id: f"cause of {job.job}" for job in observe(snapshot) if job.job_id}
    known = swept(snapshot, by_job, some_settings(group_by="cause"))
    assert len(known.issues) == 2
    assert names(known, group_by="cause") == []


@pytest.mark.parametrize("runs", [[1], range(1, 9)])
def test_by_cause_jobs_that_the_issue_has_no_room_for_are_known(runs: range | list[int]) -> None:
    snapshot = failing(runs, *(f"test ({number} {'x' * 50})" for number in range(20)))
    known = swept(snapshot, dict.fromkeys(job_ids(snapshot), "disk full"), some_settings(group_by="cause"))
    assert len(known.issues) == 1
    assert names(known, group_by="cause") == []
    again = make_plan(known, some_settings(group_by="cause"), NOW)
    assert [action.identity.cause for action in again.actions] == ["v2:disk full"]
    assert len(again.failing[0].legs) == 20


def test_by_cause_what_the_issue_counted_and_dropped_still_belongs_to_it() -> None:
    nightly = Workflow(2, "Nightly", ".github/workflows/nightly.yml")
    runs = [*(a_run(number) for number in range(1, 11)), *(a_run(number, workflow=nightly) for number in range(11, 21))]
    snapshot = a_scan(runs, {run.id: failed(run, "test" if run.number < 11 else "soak") for run in runs})
    settings = some_settings(group_by="cause")
    known = swept(snapshot, dict.fromkeys(job_ids(snapshot), "disk full"), settings)
    assert names(known, group_by="cause") == []
    (again,) = make_plan(known, settings, NOW).failing
    assert again.legs == ("CI / test", "Nightly / soak")


def test_by_cause_a_failure_that_no_issue_can_have_counted_is_read() -> None:
    nightly = Workflow(2, "Nightly", ".github/workflows/nightly.yml")
    runs = [a_run(1), a_run(5), *(a_run(number, workflow=nightly) for number in range(11, 22))]
    snapshot = a_scan(runs, {run.id: failed(run, "soak" if run.workflow is nightly else "test") for run in runs})
    unread = job_ids(snapshot)[1]
    read = {job_id: "disk full" for job_id in job_ids(snapshot) if job_id != unread}
    assert "test of run 5 of CI" in names(swept(snapshot, read, some_settings(group_by="cause")), group_by="cause")


def test_by_cause_what_an_issue_never_counted_is_not_its_own_later() -> None:
    snapshot = failing(range(1, 15), "test (a very long name that the marker has to keep, too)")
    settings = some_settings(group_by="cause")
    newest = dict.fromkeys(job_ids(snapshot)[4:], f"disk full {'x' * 180}")
    known = swept(snapshot, newest, settings)
    again = make_plan(known, settings, NOW)
    assert [type(action) for action in again.actions] == [Skip]


def test_by_cause_an_unread_failure_does_not_move_the_break() -> None:
    runs = [a_run(number, "success" if number == 2 else "failure") for number in range(1, 17)]
    snapshot = a_scan(runs, {run.id: failed(run, "test") for run in runs if run.number != 2})
    unread = 5_000 + 100 * 3
    settings = some_settings(group_by="cause")
    known = swept(snapshot, {job_id: "disk full" for job_id in job_ids(snapshot) if job_id != unread}, settings)
    again = make_plan(known, settings, NOW)
    assert [type(action) for action in again.actions] == [Skip]


def test_by_cause_an_older_failure_of_another_branch_is_not_its_own() -> None:
    runs = [a_run(1, branch="release"), *(a_run(number) for number in range(2, 17))]
    snapshot = a_scan(runs, {run.id: failed(run, "test") for run in runs})
    read = dict.fromkeys(job_ids(snapshot)[1:], "disk full")
    known = swept(snapshot, read, some_settings(group_by="cause"))
    again = make_plan(known, some_settings(group_by="cause"), NOW)
    assert {failing.identity.cause for failing in again.failing} == {"", "v2:disk full"}


def test_by_cause_what_only_the_issue_of_a_job_knows_is_read_once() -> None:
    snapshot = failing([1])
    of_job = swept(snapshot, {job_ids(snapshot)[0]: "ValueError"})
    assert names(of_job, group_by="cause") == ["test of run 1 of CI"]
    of_cause = swept(of_job, {job_ids(snapshot)[0]: "ValueError"}, some_settings(group_by="cause"))
    assert len(of_cause.issues) == 2
    assert names(of_cause, group_by="cause") == []


def test_by_cause_failures_are_read_back_to_the_newest_known_cause() -> None:
    snapshot = failing([1, 2, 3])
    oldest, middle, _ = job_ids(snapshot)
    known = swept(snapshot, {oldest: "disk full", middle: "disk full"}, some_settings(group_by="cause"))
    assert names(known, group_by="cause") == ["test of run 3 of CI"]
    half = swept(snapshot, {middle: "disk full"}, some_settings(group_by="cause"))
    assert names(half, group_by="cause") == ["test of run 3 of CI"]


def test_by_cause_only_what_the_next_sweep_reads_is_counted_as_left() -> None:
    chosen = requests(failing(range(1, 11), *(f"job {number}" for number in range(8))), group_by="cause")
    assert (len(chosen.logs), len(chosen.left_for_later)) == (MOST_LOGS, 0)
    many = requests(failing([1], *(f"job {number}" for number in range(60))), group_by="cause")
    assert (len(many.logs), len(many.left_for_later)) == (MOST_LOGS, 10)


def test_by_cause_an_open_issue_learns_that_its_jobs_fail_of_another() -> None:
    settings = some_settings(group_by="cause")
    first = failing([1])
    both = with_issues(failing([1, 2]), swept(first, {job_ids(first)[0]: "disk full"}, settings).issues)
    (newer,) = (observation for observation in observe(both) if observation.run.number == 2)
    read = dataclasses.replace(both, job_diagnoses=(a_reading(newer, "no route"),))
    (update,) = (action for action in make_plan(read, settings, NOW).actions if isinstance(action, Update))
    assert update.reason == "its jobs fail for another reason now"


def test_by_cause_a_log_that_says_nothing_is_read_once() -> None:
    snapshot = failing([1])
    known = swept(
        snapshot, {job_ids(snapshot)[0]: "Process completed with exit code 1."}, some_settings(group_by="cause")
    )
    assert len(known.issues) == 1
    assert names(known, group_by="cause") == []


def test_reports_are_read_of_the_runs_whose_logs_are_read() -> None:
    settings, snapshot = some_settings(test_reports="**/junit*.xml"), failing([1, 2])
    before = a_run(0, "success")
    passing = RunJobs(before.id, (a_job("test", "success", 1, before.updated_at),))
    snapshot = dataclasses.replace(snapshot, runs=(*snapshot.runs, before), jobs=(*snapshot.jobs, passing))

    def runs(snapshot: Snapshot) -> list[int]:
        chosen = choose_reports(requests(snapshot), snapshot, settings)
        return [run.number for run in chosen.runs] if chosen else []

    assert runs(snapshot) == [2, 1]
    half = swept(snapshot, {job_ids(snapshot)[1]: "ValueError"})
    assert runs(half) == [1]  # an issue remembers the cause of the other
    assert choose_reports(requests(snapshot), snapshot, some_settings()) is None
