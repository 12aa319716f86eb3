"""Rule 9: which waits are too long, and which jobs are skipped for too long."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from builders import START, a_job, a_run, a_scan, a_state, some_settings
from ci_failure_tracker.issues.comments import reopening_comment
from ci_failure_tracker.issues.state_codec import read_state, state_as_json
from ci_failure_tracker.model import (
    Annotation,
    CloseReason,
    Closing,
    IdentityKind,
    Job,
    NeverRan,
    NeverRanReason,
    Observation,
    Outcome,
    Reopened,
    Run,
    Snapshot,
    Workflow,
)
from ci_failure_tracker.selection.passing_runs import passing_runs
from ci_failure_tracker.settings import GroupBy, Matrix
from ci_failure_tracker.tracking.identity import identify
from ci_failure_tracker.tracking.never_ran import PATIENCE, long_skipped
from ci_failure_tracker.tracking.observations import needs_jobs, observe

HOUR = timedelta(hours=1)
NOW = START + timedelta(days=40)


def waiting_job(conclusion: str | None = None, status: str = "queued", **more: object) -> Job:
    return dataclasses.replace(a_job(conclusion=conclusion), steps=(), status=status, **more)  # type: ignore[arg-type]


def a_wait(hours: float, status: str = "queued", number: int = 1) -> tuple[Run, Snapshot]:
    """A run that has been in the queue for so long, and a snapshot of that time with one job of it."""
    run = a_run(number, None, status=status)
    return run, dataclasses.replace(
        a_scan([run], {run.id: [waiting_job(status=status)]}), read_at=run.started_at + hours * HOUR
    )


def cancelled_after(hours: float, *, number: int = 1, **more: object) -> tuple[Run, Job]:
    run = a_run(number, "cancelled")
    ended = run.started_at + hours * HOUR
    job = waiting_job("cancelled", "completed", started_at=run.started_at, completed_at=ended, **more)
    return dataclasses.replace(run, updated_at=ended), job


def the_only(snapshot: Snapshot) -> Observation:
    (observation,) = observe(snapshot)
    return observation


# --- the queue -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["queued", "pending", "requested"])
def test_a_job_in_the_queue_never_ran_after_six_hours(status: str) -> None:
    _, early = a_wait(6, status)
    assert the_only(early).outcome is None
    run, late = a_wait(6.1, status)
    observation = the_only(late)
    assert (observation.outcome, observation.never_ran) == (Outcome.NEVER_RAN, NeverRan(NeverRanReason.QUEUED))
    assert observation.ended_at == run.started_at + PATIENCE


def test_what_waits_for_an_approval_is_not_in_the_queue() -> None:
    run, snapshot = a_wait(100, "waiting")
    assert the_only(snapshot).outcome is None
    assert not needs_jobs(run, [run], snapshot.read_at)


def test_the_jobs_of_a_run_that_goes_on_are_read_after_six_hours() -> None:
    run = a_run(1, None)
    assert not needs_jobs(run, [run], run.started_at + 6 * HOUR)
    assert needs_jobs(run, [run], run.started_at + 7 * HOUR)


def test_a_wait_is_one_failure_before_and_after_it_is_cancelled() -> None:
    _, snapshot = a_wait(7)
    run, job = cancelled_after(24)
    waiting, cancelled = the_only(snapshot), the_only(a_scan([run], {run.id: [job]}))
    assert cancelled.never_ran == NeverRan(NeverRanReason.CANCELLED, 24)
    assert (waiting.ended_at, waiting.job) == (cancelled.ended_at, cancelled.job)


@pytest.mark.parametrize(("hours", "outcome"), [(5.9, None), (6.0, None), (6.1, Outcome.NEVER_RAN)])
def test_a_job_that_was_cancelled_early_was_cancelled_by_somebody(hours: float, outcome: Outcome | None) -> None:
    run, job = cancelled_after(hours)
    assert the_only(a_scan([run], {run.id: [job]})).outcome is outcome


def test_a_job_that_yielded_to_a_newer_run_says_nothing() -> None:
    why = Annotation("failure", "Canceling since a higher priority waiting request for 'ci-main' exists")
    run, job = cancelled_after(24, annotations=(why,))
    assert the_only(a_scan([run], {run.id: [job]})).outcome is None


def test_a_newer_run_at_the_time_of_the_cancelling_does_not_hide_a_dead_runner() -> None:
    """A nightly run that is cancelled after a day ends when the next one begins."""
    run, job = cancelled_after(24)
    next_night = a_run(25, None, status="queued")
    snapshot = a_scan([next_night, run], {run.id: [job]})
    assert needs_jobs(run, snapshot.runs)
    assert the_only(snapshot).outcome is Outcome.NEVER_RAN


def test_a_superseded_run_whose_jobs_ran_says_nothing() -> None:
    run, _ = cancelled_after(24)
    snapshot = a_scan([a_run(25, None), run], {run.id: [a_job(conclusion="cancelled")]})
    assert observe(snapshot) == ()


def test_a_job_waits_from_its_own_start_if_another_job_ran_before_it() -> None:
    run, job = cancelled_after(10)
    built = a_job("build", "success", 2)
    late = dataclasses.replace(job, started_at=run.started_at + 9 * HOUR)
    outcomes = {observation.job: observation.outcome for observation in observe(a_scan([run], {run.id: [built, late]}))}
    assert outcomes == {"build": Outcome.SUCCESS, "test": None}


def test_planned_steps_are_no_steps_that_began() -> None:
    _, snapshot = a_wait(7)
    planned = dataclasses.replace(a_job(), conclusion=None, status="queued")
    planned = dataclasses.replace(planned, steps=tuple(dataclasses.replace(s, conclusion=None) for s in planned.steps))
    (jobs,) = snapshot.jobs
    assert (
        the_only(dataclasses.replace(snapshot, jobs=(dataclasses.replace(jobs, jobs=(planned,)),))).outcome
        is Outcome.NEVER_RAN
    )


def test_a_run_without_jobs_stands_for_itself_unless_it_waits_behind_an_approval() -> None:
    run, snapshot = a_wait(7, "pending")
    snapshot = dataclasses.replace(snapshot, jobs=a_scan([run], {run.id: []}).jobs)
    observation = the_only(snapshot)
    assert (observation.job, observation.kind) == ("never ran", IdentityKind.RUN)
    gated = a_run(2, None, status="waiting")
    assert observe(dataclasses.replace(snapshot, runs=(gated, run))) == ()
    elsewhere = dataclasses.replace(gated, workflow=Workflow(9, "Other", "other.yml"))
    assert observation in observe(dataclasses.replace(snapshot, runs=(elsewhere, run)))


def test_a_job_of_that_name_keeps_its_id() -> None:
    job, _ = identify("CI", "never ran", GroupBy.JOB, Matrix.TOGETHER)
    run, _ = identify("CI", "never ran", GroupBy.JOB, Matrix.TOGETHER, IdentityKind.RUN)
    assert job.id == "4d586c9bceea009872e301a76eb37b6e"  # the MD5 of `CI:never ran`
    assert run.id != job.id


def test_it_counts_where_a_failure_does() -> None:
    assert some_settings(conclusions="failure").counts(Outcome.NEVER_RAN)
    assert not some_settings(conclusions="cancelled").counts(Outcome.NEVER_RAN)


# --- skipped night after night -------------------------------------------------------------------


def nights(marks: str, jobs: Sequence[str] = ("publish",)) -> Snapshot:
    """Scheduled runs: `r` ran and passed, `s` skipped, `f` failed and skipped, `F` failed and ran, `?` not read."""
    runs = [
        a_run(24 * number, "failure" if mark in "fF" else "success", event="schedule")
        for number, mark in enumerate(marks, start=1)
    ]
    ended = {"r": "success", "F": "success", "s": "skipped", "f": "skipped"}
    read = {
        run.id: [a_job("build", "success", 2 * run.number), *(a_job(name, ended[mark], run.number) for name in jobs)]
        for run, mark in zip(runs, marks, strict=True)
        if mark != "?"
    }
    return dataclasses.replace(a_scan(runs, read), read_at=NOW)


@pytest.mark.parametrize(
    ("marks", "failed"),
    [
        ("rrrssss", 0),
        ("rrrsssss", 1),
        ("rrrsssssss", 3),
        ("rrsssss", 0),
        ("rsrsrsssss", 1),
        ("rssrsrsssss", 0),
        ("rrsrrsssss", 1),
        ("rrrssssrs", 0),
        ("ssssssssss", 0),
        ("rrrsfsfsss", 1),
        ("rrrssssFs", 0),
        ("FFFFsssss", 0),
        ("rrr?sssss", 0),
        ("rrrsss?ss", 0),
    ],
)
def test_a_job_never_ran_from_the_fifth_skipped_night_on(marks: str, failed: int) -> None:
    snapshot = nights(marks)
    assert len(long_skipped(snapshot)) == failed
    assert sum(observation.outcome is Outcome.NEVER_RAN for observation in observe(snapshot)) == failed


def test_only_scheduled_runs_of_the_default_branch_count() -> None:
    snapshot = nights("rrrsssss")
    for changed in ({"event": "push"}, {"branch": "other"}):
        runs = tuple(dataclasses.replace(run, **changed) for run in snapshot.runs)  # type: ignore[arg-type]
        assert not long_skipped(dataclasses.replace(snapshot, runs=runs))


def test_a_skipped_call_of_a_workflow_stands_for_its_first_job() -> None:
    snapshot = nights("rrrsssss", ["caller"])
    renamed = [
        dataclasses.replace(
            run_jobs,
            jobs=tuple(
                dataclasses.replace(job, name="caller / upload")
                if job.name == "caller" and job.conclusion == "success"
                else job
                for job in run_jobs.jobs
            ),
        )
        for run_jobs in snapshot.jobs
    ]
    (names,) = long_skipped(dataclasses.replace(snapshot, jobs=tuple(renamed))).values()
    assert names == {"caller": ("caller / upload", NeverRan(NeverRanReason.SKIPPED, 5))}


def chosen(snapshot: Snapshot) -> list[int]:
    asked = sorted({run.id for run in passing_runs(snapshot, some_settings(), NOW)})
    return [next(run.number for run in snapshot.runs if run.id == run_id) // 24 for run_id in asked]


def test_more_scheduled_runs_are_read_only_if_the_newest_ones_skip_a_job() -> None:
    snapshot = nights("rrrrsssss")
    unread = dataclasses.replace(snapshot, jobs=())
    assert chosen(unread) == [9]
    assert chosen(dataclasses.replace(snapshot, jobs=snapshot.jobs[-1:])) == [5, 6, 7, 8, 9]
    assert chosen(dataclasses.replace(snapshot, jobs=snapshot.jobs[-5:])) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert chosen(nights("rrrrrrrrr")) == [9]
    assert chosen(nights("rrrssss")) == []
    newest = snapshot.runs[-1].id
    assert chosen(dataclasses.replace(unread, runs_before_checkpoint=frozenset({newest}))) == []


# --- the marker ----------------------------------------------------------------------------------


def test_an_older_version_reads_that_the_job_was_cancelled() -> None:
    state = a_state()
    never_ran = dataclasses.replace(
        state.latest, outcome=Outcome.NEVER_RAN, never_ran=NeverRan(NeverRanReason.CANCELLED, 24)
    )
    state = dataclasses.replace(state, occurrences=(never_ran,))
    data = state_as_json(state)
    assert (data["occurrences"][0]["outcome"], data["occurrences"][0]["never_ran"]) == ("cancelled", ["cancelled", 24])
    assert read_state(json.dumps(data)) == state


def test_an_older_version_reads_an_issue_of_an_allowed_failure_as_gone() -> None:
    state = dataclasses.replace(a_state(), closed=Closing(CloseReason.ALLOWED, START))
    data = state_as_json(state)
    assert (data["closed"][0], data["closed_as"]) == ("gone", "allowed to fail")
    assert read_state(json.dumps(data)) == state


def test_a_comment_says_that_the_run_never_ran() -> None:
    state = a_state()
    latest = dataclasses.replace(state.latest, outcome=Outcome.NEVER_RAN, never_ran=NeverRan(NeverRanReason.QUEUED))
    comment = reopening_comment(
        dataclasses.replace(state, occurrences=(latest,)), "https://github.example", Reopened(START)
    )
    assert "never ran; it was created on 2026-03-01 00:00 UTC." in comment
