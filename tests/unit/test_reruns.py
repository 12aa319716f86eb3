"""Which failed jobs run again, and what is decided while they do."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from builders import CI, START, a_job, a_run, a_scan, some_settings
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import (
    Diagnosis,
    Failure,
    FailureKind,
    Job,
    JobDiagnosis,
    Outcome,
    Rerun,
    Run,
    Skip,
    SkipReason,
    Snapshot,
    Step,
    Workflow,
)
from ci_failure_tracker.selection.log_requests import choose_log_requests
from ci_failure_tracker.selection.query import choose_workflows
from ci_failure_tracker.selection.reruns import needs_of_reruns, unanswered_reruns
from ci_failure_tracker.tracking.allowed import ignore_allowed
from ci_failure_tracker.tracking.observations import observe
from sweeping import carry_out, find_in, make_plan

NOW = START + timedelta(hours=3)
INFRASTRUCTURE = FailureKind.INFRASTRUCTURE
DOCS = Workflow(2, "Docs", ".github/workflows/docs.yml")


def failed_jobs(run: Run, *names: str) -> list[Job]:
    return [a_job(name, "failure", 100 * run.id + place, run.updated_at) for place, name in enumerate(names)]


def outage(*runs: Run, jobs: Mapping[int, list[Job]] | None = None, **kinds: FailureKind) -> Snapshot:
    """Runs that failed of infrastructure, each on the newest commit of its branch; `kinds` are those of other jobs."""
    of_runs = dict(jobs or {run.id: failed_jobs(run, "test", *kinds) for run in runs if run.conclusion == "failure"})
    diagnoses = tuple(
        JobDiagnosis(job.id, f"v2:{job.name}", "no such host", kind=kinds.get(job.name, INFRASTRUCTURE))
        for of_run in of_runs.values()
        for job in of_run
        if job.conclusion != "success"
    )
    snapshot = a_scan(list(runs), of_runs)
    heads = {run.branch: run.commit.sha for run in sorted(runs, key=lambda run: run.order)}
    return dataclasses.replace(snapshot, job_diagnoses=diagnoses, heads=heads)


def reruns(snapshot: Snapshot, **given: str) -> tuple[Rerun, ...]:
    settings = some_settings(**{"rerun": "transient", "rerun_workflows": "CI", **given})
    return find_in(snapshot, settings, NOW).decisions.reruns


def skips(snapshot: Snapshot, **given: str) -> dict[str, SkipReason]:
    settings = some_settings(**{"rerun": "transient", "rerun_workflows": "*", **given})
    decided = find_in(snapshot, settings, NOW).decisions.all
    return {each.identity.job: each.skip_reason for each in decided if isinstance(each, Skip)}


def test_the_failed_jobs_of_a_young_first_attempt_run_again() -> None:
    run = a_run(2)
    (rerun,) = reruns(outage(run))
    assert (rerun.run_id, rerun.run_number, rerun.jobs) == (run.id, 2, ("test",))
    assert rerun.reason == "only infrastructure failed in run 2: no such host"
    assert skips(outage(run)) == {"test": SkipReason.ONE_MORE_TRY}


@pytest.mark.parametrize(
    "more",
    [
        {"attempt": 2},
        {"event": "release"},
        {"event": "deployment"},
        {"event": "workflow_dispatch"},
        {"from_fork": True},
        {"status_ref": "refs/tags/*"},
        {"workflow": DOCS},
    ],
    ids=str,
)
def test_a_run_that_is_to_happen_once_does_not_run_again(more: dict[str, Any]) -> None:
    assert reruns(outage(a_run(2, **more))) == ()


@pytest.mark.parametrize(
    "given", [{"rerun": "none"}, {"rerun_workflows": ""}, {"rerun_workflows": "Docs, c?"}], ids=str
)
def test_only_workflows_that_are_named_run_again(given: dict[str, str]) -> None:
    assert bool(reruns(outage(a_run(2)), **given)) is ("c?" in given.get("rerun_workflows", ""))


@pytest.mark.parametrize(("hours", "again"), [(5, True), (7, False)])
def test_a_failure_older_than_six_hours_does_not_run_again(hours: int, again: bool) -> None:
    ended = NOW - timedelta(hours=hours)
    run = a_run(2, created_at=ended, started_at=ended, updated_at=ended)
    assert bool(reruns(outage(run))) is again


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind is not INFRASTRUCTURE])
def test_one_job_that_may_not_pass_without_a_change_keeps_the_run_from_running_again(kind: FailureKind) -> None:
    assert reruns(outage(a_run(2), lint=kind)) == ()
    assert len(reruns(outage(a_run(2), lint=INFRASTRUCTURE))) == 1


def test_a_job_of_which_nothing_is_known_keeps_the_run_from_running_again() -> None:
    snapshot = outage(a_run(2), lint=INFRASTRUCTURE)
    assert reruns(dataclasses.replace(snapshot, job_diagnoses=snapshot.job_diagnoses[:1])) == ()


def test_a_matrix_job_that_fail_fast_cancelled_does_not_count() -> None:
    run = a_run(2)
    jobs = [a_job("test (a)", "failure", 1, run.updated_at), a_job("test (b)", "cancelled", 2, run.updated_at)]
    (rerun,) = reruns(outage(run, jobs={run.id: jobs}))
    assert rerun.jobs == ("test (a)",)


def test_a_job_that_is_allowed_to_fail_does_not_count() -> None:
    passed, run = a_run(1, "success"), a_run(2)
    allowed = dataclasses.replace(failed_jobs(passed, "next")[0], id=7)
    jobs = {passed.id: [allowed], run.id: failed_jobs(run, "test", "next")}
    snapshot = outage(passed, run, jobs=jobs, next=FailureKind.TEST)
    settings = some_settings(rerun="transient", rerun_workflows="CI")
    (rerun,) = find_in(snapshot, settings, NOW, ignore_allowed(observe(snapshot), snapshot)).decisions.reruns
    assert rerun.jobs == ("test",)


@pytest.mark.parametrize("name", ["deploy", "Publish to PyPI", "eu-deployment"])
def test_a_job_that_deploys_never_runs_again(name: str) -> None:
    run = a_run(2)
    assert reruns(outage(run, jobs={run.id: failed_jobs(run, name)})) == ()
    (job,) = failed_jobs(run, "test")
    in_step = dataclasses.replace(job, steps=(Step(1, name, "failure"),))
    assert reruns(outage(run, jobs={run.id: [in_step]})) == ()


def test_a_failed_deployment_behind_an_outage_never_runs_again() -> None:
    snapshot = outage(a_run(2))
    failures = tuple(Failure("kubectl", kind, "", "", "", ()) for kind in (INFRASTRUCTURE, FailureKind.DEPLOY))
    diagnosis = Diagnosis("no such host", (), (), "v2:test", Outcome.FAILURE, failures=failures)
    (job,) = snapshot.job_diagnoses
    job = dataclasses.replace(job, diagnosis=diagnosis)
    assert reruns(dataclasses.replace(snapshot, job_diagnoses=(job,))) == ()


def test_a_failure_that_is_over_does_not_run_again() -> None:
    passed = a_run(3, "success")
    run = a_run(2)
    jobs = {run.id: failed_jobs(run, "test"), passed.id: [a_job("test", "success", 9)]}
    snapshot = dataclasses.replace(outage(run, passed, jobs=jobs), heads={"main": run.commit.sha})
    assert reruns(snapshot) == ()


# --- the newest commit of the branch -------------------------------------------------------------


@pytest.mark.parametrize(("head", "notices"), [("", 0), ("0" * 40, 1)])
def test_an_old_commit_does_not_run_again_and_a_notice_says_so(head: str, notices: int) -> None:
    """If the branch is gone, there is no newer commit."""
    snapshot = dataclasses.replace(outage(a_run(2)), heads={"main": head})
    assert reruns(snapshot) == ()
    settings = some_settings(rerun="transient", rerun_workflows="CI")
    said = [problem.what for problem in find_in(snapshot, settings, NOW).decisions.problems]
    assert said == ["Not run again, because newer commits are on the branch: run 2 of CI."] * notices


def test_without_the_right_to_see_branches_the_newest_run_tells_the_newest_commit() -> None:
    run = a_run(2)
    alone = dataclasses.replace(outage(run), heads={}, heads_hidden=True)
    assert len(reruns(alone)) == 1
    newer = a_run(3, "success", workflow=DOCS)
    assert newer.commit != run.commit
    assert reruns(dataclasses.replace(alone, runs=(newer, run))) == ()


def test_the_newest_commits_are_read_only_of_branches_on_which_jobs_may_run_again() -> None:
    settings = some_settings(rerun="transient", rerun_workflows="CI")
    unread = dataclasses.replace(outage(a_run(2)), heads={})
    assert needs_of_reruns(find_in(unread, settings, NOW), settings, NOW).heads == ("main",)
    broken = dataclasses.replace(outage(a_run(2), lint=FailureKind.TEST), heads={})
    assert not needs_of_reruns(find_in(broken, settings, NOW), settings, NOW)


# --- several runs --------------------------------------------------------------------------------


def test_five_runs_at_most_run_again_and_those_of_the_default_branch_come_first() -> None:
    branches = ["one", "two", "main", "three", "four", "five"]
    runs = [a_run(number, branch=branch) for number, branch in enumerate(branches, start=1)]
    chosen = reruns(outage(*runs), branch="*")
    assert [rerun.run_number for rerun in chosen] == [3, 6, 5, 4, 2]


def test_what_fails_on_another_branch_as_well_gets_its_issue() -> None:
    runs = [a_run(1, branch="one", event="workflow_dispatch"), a_run(2)]
    assert len(reruns(outage(*runs), branch="*")) == 1
    assert skips(outage(*runs), branch="*") == {}


def test_an_umbrella_issue_waits_if_all_its_jobs_run_again() -> None:
    run = a_run(2)
    jobs = {run.id: failed_jobs(run, "lint", "test", "types")}
    snapshot = outage(run, jobs=jobs)
    same = tuple(dataclasses.replace(job, signature="v2:outage") for job in snapshot.job_diagnoses)
    snapshot = dataclasses.replace(snapshot, job_diagnoses=same)
    assert len(reruns(snapshot)) == 1
    of_jobs = skips(snapshot)
    assert [of_jobs.pop(name) for name in ("lint", "test", "types")] == [SkipReason.STORM] * 3
    assert list(of_jobs.values()) == [SkipReason.ONE_MORE_TRY]


def test_a_cause_is_run_again_under_the_names_of_the_run() -> None:
    (rerun,) = reruns(outage(a_run(2), lint=INFRASTRUCTURE), group_by="cause")
    assert (rerun.identity.workflow, rerun.identity.job) == ("CI", "test, lint")


# --- what is remembered --------------------------------------------------------------------------


def test_what_an_issue_has_counted_does_not_run_again() -> None:
    snapshot = outage(a_run(2))
    issues = carry_out(make_plan(snapshot, some_settings(), NOW))
    assert reruns(dataclasses.replace(snapshot, issues=issues)) == ()


def test_a_new_failure_of_an_open_issue_runs_again_and_is_counted() -> None:
    first, second = a_run(1), a_run(2)
    issues = carry_out(make_plan(outage(first), some_settings(), NOW))
    snapshot = dataclasses.replace(outage(first, second), issues=issues)
    assert [rerun.run_number for rerun in reruns(snapshot)] == [2]
    assert skips(snapshot) == {}


def test_a_run_counts_once_for_the_least_number_of_failed_runs() -> None:
    run = a_run(2, attempt=2)
    again = dataclasses.replace(failed_jobs(run, "test")[0], id=7, attempt=2)
    jobs = {run.id: [*failed_jobs(run, "test"), dataclasses.replace(again, completed_at=NOW)]}
    snapshot = outage(run, jobs=jobs)
    assert skips(snapshot, min_failures="2") == {"test": SkipReason.TOO_FEW}


def test_the_log_of_a_failure_that_is_too_rare_for_an_issue_is_read_for_the_try() -> None:
    snapshot = dataclasses.replace(outage(a_run(2)), job_diagnoses=())
    for rerun, logs in (("none", 0), ("transient", 1)):
        settings = some_settings(min_failures="2", rerun=rerun, rerun_workflows="CI")
        assert len(choose_log_requests(find_in(snapshot, settings, NOW), settings, NOW).logs) == logs


@pytest.mark.parametrize(
    ("starter", "viewer", "read", "asks"),
    [
        ("github-actions[bot]", None, True, False),
        ("tracker[bot]", None, False, True),
        ("tracker[bot]", "tracker[bot]", True, False),
        ("octocat", "tracker[bot]", False, False),
    ],
)
def test_an_attempt_that_goes_on_is_read_if_the_token_started_it(
    starter: str, viewer: str | None, read: bool, asks: bool
) -> None:
    run = a_run(2, None, attempt=2, status="in_progress", started_by=starter)
    snapshot = dataclasses.replace(a_scan([run]), viewer=viewer)
    runs, needs_viewer = unanswered_reruns(snapshot, some_settings(rerun="transient"))
    assert (list(runs), needs_viewer) == ([run] if read else [], asks)
    assert unanswered_reruns(snapshot, some_settings()) == ((), False)


# --- settings and report -------------------------------------------------------------------------


def test_it_needs_the_logs() -> None:
    with pytest.raises(SettingsError, match="needs `logs: true`"):
        some_settings(rerun="transient", logs="false")


@pytest.mark.parametrize(("more", "severity"), [({}, "warning"), ({"repositories": "org:octo-org"}, "notice")])
def test_that_one_of_many_repositories_lacks_a_workflow_is_no_mistake(more: dict[str, str], severity: str) -> None:
    settings = some_settings(rerun="transient", rerun_workflows="CI, Nightly", **more)
    _, problems = choose_workflows([CI], settings)
    assert [problem.severity.value for problem in problems] == [severity]
    assert "Nightly" in problems[0].what
