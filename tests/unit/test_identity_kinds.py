"""A name is never a type: a job may be called as runs without jobs, schedules and whole workflows are."""

from __future__ import annotations

import dataclasses
import json

import pytest

from builders import START, a_job, a_run, a_scan, an_issue, some_settings
from ci_failure_tracker.issues.marker import read_tracked, write_marker
from ci_failure_tracker.model import Create, Identity, IdentityKind, Update
from sweeping import Plan, make_plan

NOW = START.replace(day=2)
NAMES = ["startup failure", "action required", "silent", "timed out", "*"]


def failing(name: str, **given: str) -> Plan:
    run = a_run(1)
    return make_plan(a_scan([run], {run.id: [a_job(name)]}), some_settings(**given), NOW)


@pytest.mark.parametrize("name", NAMES)
def test_a_failing_job_of_any_name_opens_an_issue_about_a_job(name: str) -> None:
    (create,) = failing(name).actions
    assert isinstance(create, Create)
    assert create.state.identity.kind is IdentityKind.JOB
    assert (
        f"Job `{name}` of workflow `CI` fails on `main` since run 1 (2026-03-01 01:00 UTC): 1 failed run."
        in create.body
    )
    assert "Re-run the failed job once" in create.body
    assert create.title == f"[CI Failure] CI - {name}"


@pytest.mark.parametrize("name", NAMES)
def test_what_it_is_stays_known_in_the_next_sweep(name: str) -> None:
    (create,) = failing(name).actions
    assert isinstance(create, Create)
    runs = [a_run(1), a_run(2)]
    scan = a_scan(runs, {run.id: [a_job(name, number=run.number)] for run in runs}, (an_issue(7, create.body),))
    (update,) = make_plan(scan, some_settings(), NOW).actions
    assert isinstance(update, Update)
    assert update.reason == "1 new failed run"
    assert (
        f"Job `{name}` of workflow `CI` fails on `main` since run 1 (2026-03-01 01:00 UTC): 2 failed runs."
        in update.body
    )


@pytest.mark.parametrize("name", NAMES)
def test_two_green_runs_close_the_issue_of_a_job_of_any_name(name: str) -> None:
    (create,) = failing(name).actions
    assert isinstance(create, Create)
    runs = [a_run(1), a_run(2, "success"), a_run(3, "success")]
    jobs = {run.id: [a_job(name, run.conclusion, run.number)] for run in runs}
    (action,) = make_plan(a_scan(runs, jobs, (an_issue(7, create.body),)), some_settings(), NOW).actions
    assert action.reason == "2 passes in a row since it last failed"


@pytest.mark.parametrize("name", ["startup failure", "action required"])
def test_a_job_and_a_run_without_jobs_of_one_name_are_two_issues(name: str) -> None:
    conclusion = name.replace(" ", "_")
    runs = [a_run(1), a_run(2, conclusion, branch="main")]
    plan = make_plan(a_scan(runs, {runs[0].id: [a_job(name)]}), some_settings(), NOW)
    kinds = [one.state.identity.kind for one in plan.actions if isinstance(one, Create)]
    assert sorted(kinds) == [IdentityKind.JOB, IdentityKind.RUN]


def test_a_leg_called_startup_failure_stays_failing_by_workflow() -> None:
    runs = [a_run(1), a_run(2)]
    jobs = {run.id: [a_job("startup failure", number=run.number), a_job("test", number=9)] for run in runs}
    (create,) = make_plan(a_scan(runs, jobs), some_settings(group_by="workflow"), NOW).actions
    assert isinstance(create, Create)
    assert {red.leg for line in create.state.branch_statuses for red in line.red} == {"startup failure", "test"}


def test_a_marker_says_what_it_is_only_where_the_name_does_not() -> None:
    (create,) = failing("test").actions
    assert isinstance(create, Create)
    assert '"kind"' not in create.body
    (create,) = failing("*").actions
    assert isinstance(create, Create)
    assert '"kind":"job"' in create.body


@pytest.mark.parametrize(
    ("job", "kind"),
    [
        ("startup failure", IdentityKind.RUN),
        ("action required", IdentityKind.RUN),
        ("timed out", IdentityKind.RUN),
        ("silent", IdentityKind.SCHEDULE),
        ("*", IdentityKind.WORKFLOW),
        ("test", IdentityKind.JOB),
    ],
)
def test_a_marker_that_does_not_say_it_is_read_by_its_name(job: str, kind: IdentityKind) -> None:
    (create,) = failing("test").actions
    assert isinstance(create, Create)
    (occurrence,) = create.state.occurrences
    legs = tuple(dataclasses.replace(leg, job_id=None) for leg in occurrence.legs)
    state = dataclasses.replace(
        create.state,
        identity=Identity(create.identity.id, "CI", job, kind=kind),
        occurrences=(dataclasses.replace(occurrence, legs=legs),),
    )
    marker = write_marker(state)
    assert "kind" not in json.loads(marker[len("<!-- ci-failure-tracker ") : -len(" -->")])
    tracked = read_tracked(an_issue(body=marker))
    assert tracked is not None
    assert tracked.state is not None
    assert tracked.state.identity.kind is kind
