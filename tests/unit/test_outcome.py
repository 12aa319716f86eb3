from __future__ import annotations

from datetime import timedelta

import pytest

from builders import CI, a_diagnosis, a_job, a_run, a_scan, some_settings
from ci_failure_tracker.diagnosis.job import combined, needs_annotations
from ci_failure_tracker.model import Job, JobDiagnosis, Outcome, Run, Step, Workflow
from ci_failure_tracker.selection.runs_to_verify import runs_to_verify
from ci_failure_tracker.tracking.observations import needs_jobs, observe, with_diagnoses
from ci_failure_tracker.tracking.outcome import (
    failing_step,
    judge_job,
    judge_run,
    revised,
)


@pytest.mark.parametrize(
    ("conclusion", "outcome"),
    [
        ("success", Outcome.SUCCESS),
        ("failure", Outcome.FAILURE),
        ("timed_out", Outcome.TIMED_OUT),
        ("cancelled", Outcome.CANCELLED),
        ("action_required", Outcome.ACTION_REQUIRED),
        ("startup_failure", Outcome.STARTUP_FAILURE),
        ("skipped", None),
        ("neutral", None),
        ("stale", None),
        (None, None),
        ("something new", None),
    ],
)
def test_a_conclusion_is_judged_the_same_for_runs_and_jobs(conclusion: str | None, outcome: Outcome | None) -> None:
    assert Outcome.of(conclusion) is outcome
    assert judge_job(a_job(conclusion=conclusion), []) is outcome
    run = a_run(conclusion=conclusion, status="completed")
    assert judge_run(run, [run]) is outcome


def test_a_run_is_superseded_if_a_newer_one_was_created_before_it_ended() -> None:
    old = a_run(1, "cancelled")
    newer = a_run(2, None, created_at=old.updated_at - timedelta(seconds=5))
    assert judge_run(old, [newer, old]) is Outcome.SUPERSEDED


@pytest.mark.parametrize(
    "difference",
    [
        {"branch": "other"},
        {"workflow": Workflow(2, "CI", ".github/workflows/other.yml")},
        {"created_at": a_run(1).updated_at + timedelta(seconds=1)},
        {"created_at": a_run(1).updated_at - timedelta(hours=1)},
    ],
    ids=["another branch", "another workflow", "started later", "ran beside it for an hour"],
)
def test_a_cancelled_run_is_not_superseded_by_an_unrelated_one(difference: dict[str, object]) -> None:
    old = a_run(1, "cancelled")
    other = a_run(2, "success", **{"created_at": old.updated_at, **difference})
    assert judge_run(old, [other, old]) is Outcome.CANCELLED


def test_a_run_in_progress_has_no_outcome_whatever_it_says() -> None:
    run = a_run(1, "failure", status="in_progress")
    assert judge_run(run, [run]) is None


def test_a_leg_that_fail_fast_cancelled_has_no_outcome() -> None:
    failed, stopped = a_job("test (1)"), a_job("test (2)", "cancelled")
    assert judge_job(stopped, [failed, stopped]) is None
    assert judge_job(failed, [failed, stopped]) is Outcome.FAILURE


def test_a_job_cancelled_alone_is_cancelled() -> None:
    stopped = a_job("test", "cancelled")
    assert judge_job(stopped, [a_job("lint", "success"), stopped]) is Outcome.CANCELLED


def test_the_failing_step_is_the_first_by_number() -> None:
    steps = (Step(3, "Report", "failure"), Step(1, "Set up", "success"), Step(2, "Test", "failure"))
    assert failing_step(Job(1, "test", "failure", steps)) == steps[2]
    assert failing_step(Job(1, "test", "failure")) is None


@pytest.mark.parametrize(
    ("shown", "diagnosed", "outcome"),
    [
        (Outcome.CANCELLED, Outcome.TIMED_OUT, Outcome.TIMED_OUT),
        (Outcome.CANCELLED, Outcome.RUNNER_LOST, Outcome.RUNNER_LOST),
        (Outcome.FAILURE, Outcome.RUNNER_LOST, Outcome.RUNNER_LOST),
        (Outcome.FAILURE, Outcome.TIMED_OUT, Outcome.TIMED_OUT),
        (Outcome.FAILURE, Outcome.CANCELLED, Outcome.FAILURE),
        (Outcome.CANCELLED, Outcome.FAILURE, Outcome.CANCELLED),
        (Outcome.TIMED_OUT, Outcome.RUNNER_LOST, Outcome.TIMED_OUT),
        (Outcome.SUCCESS, Outcome.TIMED_OUT, Outcome.SUCCESS),
        (None, Outcome.TIMED_OUT, None),
        (Outcome.FAILURE, None, Outcome.FAILURE),
    ],
)
def test_github_shows_a_time_limit_and_a_lost_runner_as_something_else(
    shown: Outcome | None, diagnosed: Outcome | None, outcome: Outcome | None
) -> None:
    assert revised(shown, diagnosed) is outcome


def test_a_leg_that_fail_fast_stopped_has_no_outcome_despite_its_log() -> None:
    run = a_run(1)
    observations = observe(a_scan([run], {run.id: [a_job("test (1)"), a_job("test (2)", "cancelled", 2)]}))
    assert [one.outcome for one in observations] == [Outcome.FAILURE, None]
    diagnosed = with_diagnoses(observations, [JobDiagnosis(5_002, "v1:x", "late", Outcome.TIMED_OUT)])
    assert diagnosed == observations


@pytest.mark.parametrize(
    ("outcome", "step", "needed"),
    [
        (Outcome.FAILURE, Step(2, "Test", "failure"), False),
        (Outcome.FAILURE, Step(2, "Test", "cancelled"), True),
        (Outcome.FAILURE, None, True),
        (Outcome.CANCELLED, Step(2, "Test", "failure"), True),
        (Outcome.TIMED_OUT, Step(2, "Test", "timed_out"), True),
    ],
)
def test_annotations_are_needed_if_the_log_breaks_off(outcome: Outcome, step: Step | None, needed: bool) -> None:
    assert needs_annotations(outcome, step) is needed


def test_of_a_job_that_simply_failed_the_log_says_why() -> None:
    log, annotations = a_diagnosis("in the log"), a_diagnosis("in an annotation")
    assert combined(log, annotations, Outcome.FAILURE) is log
    assert combined(None, annotations, Outcome.FAILURE) is annotations
    assert combined(log, None, Outcome.FAILURE) is log
    assert combined(None, None, Outcome.FAILURE) is None


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.FAILURE, Outcome.RUNNER_LOST),
        (Outcome.CANCELLED, Outcome.TIMED_OUT),
        (Outcome.CANCELLED, Outcome.FAILURE),
    ],
)
def test_annotations_say_why_a_job_was_stopped_and_its_log_what_it_did(outcome: Outcome, said: Outcome) -> None:
    log, annotations = a_diagnosis("in the log", "line"), a_diagnosis("in an annotation", outcome=said)
    both = combined(log, annotations, outcome)
    assert both is not None
    assert (both.headline, both.signature, both.outcome) == (annotations.headline, annotations.signature, said)
    assert (both.lines, both.ranges) == (log.lines, log.ranges)


def test_a_log_that_says_itself_that_the_time_was_over_is_believed() -> None:
    log, annotations = a_diagnosis("late", outcome=Outcome.TIMED_OUT), a_diagnosis("other", outcome=Outcome.TIMED_OUT)
    assert combined(log, annotations, Outcome.CANCELLED) is log


@pytest.mark.parametrize(
    ("conclusion", "needed"),
    [("success", False), ("failure", True), ("timed_out", True), ("cancelled", True), ("skipped", False),
     ("startup_failure", False), ("action_required", False)],
)  # fmt: skip
def test_jobs_are_read_only_if_the_run_leaves_something_open(conclusion: str, needed: bool) -> None:
    run = a_run(1, conclusion)
    assert needs_jobs(run, [run]) is needed


def verified(runs: list[Run], **settings: str) -> list[int]:
    return [run.number for run in runs_to_verify(runs, (), (), some_settings(**settings))]


def test_the_first_passing_run_and_the_newest_ones_are_verified() -> None:
    fates = ["success", "failure", *["success"] * 7]
    runs = [a_run(number, fate) for number, fate in enumerate(fates, start=1)]
    assert verified(runs) == [3, 6, 7, 8, 9]
    assert verified(runs, close_after="1") == [3, 8, 9]
    assert verified(runs[:3]) == [3]
    assert verified(runs[:2]) == []
    assert verified([runs[0], *runs[2:]]) == []
    assert verified([runs[1], a_run(3, "success", branch="other")]) == []


def test_twenty_passing_runs_are_verified_if_one_skipped_a_job() -> None:
    runs = [a_run(number, "failure" if number == 1 else "success") for number in range(1, 30)]
    skipped = a_scan(runs, {runs[-1].id: [a_job(conclusion="skipped")]}).jobs
    first, *newest = sorted({run.number for run in runs_to_verify(runs, skipped, (), some_settings())})
    assert (first, newest) == (2, [*range(10, 30)])


def test_a_failed_run_without_jobs_could_not_start() -> None:
    run = a_run(1, "failure")
    (observation,) = observe(a_scan([run], {run.id: []}))
    assert (observation.outcome, observation.job) == (Outcome.STARTUP_FAILURE, "startup failure")


def test_a_run_whose_jobs_could_not_be_read_is_neither_green_nor_red() -> None:
    assert observe(a_scan([a_run(1, "failure")], {})) == ()


def test_a_run_cancelled_before_it_had_jobs_says_nothing() -> None:
    run = a_run(1, "cancelled", workflow=CI)
    assert observe(a_scan([run], {run.id: []})) == ()


def test_a_lost_runner_counts_where_a_failure_does() -> None:
    assert some_settings(conclusions="failure").counts(Outcome.RUNNER_LOST)
    assert not some_settings(conclusions="cancelled, timed_out").counts(Outcome.RUNNER_LOST)
    assert not some_settings(conclusions="failure").counts(None)
