"""One issue for each cause: which jobs belong to it, when it is over, and what becomes of causes that nobody knows."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from builders import START, a_reading, a_run, a_scan, green, red, some_settings
from ci_failure_tracker.model import (
    Action,
    Create,
    History,
    IdentityKind,
    JobDiagnosis,
    LogUnavailable,
    Observation,
    Outcome,
    Skip,
    SkipReason,
    Workflow,
)
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.observations import with_diagnoses
from sweeping import make_plan

SETTINGS = some_settings(group_by="cause")
NIGHTLY = Workflow(2, "Nightly", ".github/workflows/nightly.yml")


def histories(observations: list[Observation], *readings: JobDiagnosis) -> dict[str, History]:
    """By the headline of their cause; one without a cause by the name of its job."""
    read = read_histories(with_diagnoses(observations, readings), SETTINGS)
    return {history.identity.cause.removeprefix("v2:") or history.identity.job: history for history in read}


def decided(
    observations: list[Observation], *readings: JobDiagnosis, now: datetime = START + timedelta(days=10)
) -> list[Action]:
    snapshot = dataclasses.replace(a_scan([observation.run for observation in observations]), job_diagnoses=readings)
    return list(make_plan(snapshot, SETTINGS, now, observations).actions)


def test_jobs_of_several_workflows_with_one_cause_share_an_identity() -> None:
    observations = [red(a_run(1), "build (a)", 1), red(a_run(1), "test", 2), red(a_run(2, workflow=NIGHTLY), "soak", 3)]
    by_cause = histories(observations, *(a_reading(failure, "disk full") for failure in observations))
    assert list(by_cause) == ["disk full"]
    assert (by_cause["disk full"].identity.workflow, by_cause["disk full"].identity.job) == (
        "CI, Nightly",
        "build, soak, test",
    )
    assert by_cause["disk full"].failing_legs == ("CI / build (a)", "CI / test", "Nightly / soak")
    assert len(by_cause["disk full"].occurrences) == 2


def test_many_jobs_are_not_all_named() -> None:
    observations = [red(a_run(1), f"job {number}", number) for number in range(1, 6)]
    (only,) = histories(observations, *(a_reading(failure, "disk full") for failure in observations)).values()
    assert only.identity.job == "job 1, job 2, job 3 and 2 more"


def test_the_id_of_a_cause_does_not_depend_on_the_jobs_it_shows_in() -> None:
    observations = [red(a_run(1), "build", 1), red(a_run(1), "test", 2)]
    both = histories(observations, *(a_reading(failure, "disk full") for failure in observations))
    of_one_job = histories(observations[:1], a_reading(observations[0], "disk full"))
    assert both["disk full"].identity.id == of_one_job["disk full"].identity.id


def test_a_job_that_fails_of_two_things_has_two() -> None:
    observations = [red(a_run(1)), red(a_run(2))]
    by_cause = histories(observations, a_reading(observations[0], "disk full"), a_reading(observations[1], "no route"))
    assert {name: len(history.occurrences) for name, history in by_cause.items()} == {"disk full": 1, "no route": 1}


def test_another_cause_in_the_same_job_ends_a_cause_and_proves_nothing() -> None:
    observations = [green(a_run(1), "test"), red(a_run(2)), red(a_run(3))]
    by_cause = histories(observations, a_reading(observations[1], "disk full"), a_reading(observations[2], "no route"))
    old, new = by_cause["disk full"], by_cause["no route"]
    assert (old.failing, old.cause_replaced, old.green_again) == (False, True, None)
    assert (new.failing, new.cause_replaced) == (True, False)
    assert new.last_green is not None
    assert new.last_green.number == 1
    readings = [a_reading(observations[1], "disk full"), a_reading(observations[2], "no route")]
    mended = histories([*observations, green(a_run(4), "test")], *readings)
    assert (mended["disk full"].cause_replaced, mended["disk full"].failing) == (False, False)


def test_a_passing_leg_does_not_hide_another_cause_in_another_leg() -> None:
    observations = [
        *(red(a_run(1), "test (a)", 1), red(a_run(1), "test (b)", 2)),
        *(red(a_run(2), "test (a)", 3), green(a_run(2), "test (b)")),
    ]
    full = [a_reading(observations[0], "disk full"), a_reading(observations[1], "disk full")]
    disk_full = histories(observations, *full, a_reading(observations[2], "no route"))["disk full"]
    assert (disk_full.failing, disk_full.cause_replaced, disk_full.green_again) == (False, True, None)


def test_a_newer_failure_whose_cause_is_not_known_ends_no_cause() -> None:
    observations = [red(a_run(1)), red(a_run(2))]
    by_cause = histories(observations, a_reading(observations[0], "disk full"))
    assert by_cause["disk full"].failing
    assert not by_cause["disk full"].cause_replaced


def test_a_cause_that_comes_back_is_failing_again() -> None:
    observations = [red(a_run(1)), red(a_run(2)), red(a_run(3))]
    causes = ("disk full", "no route", "disk full")
    by_cause = histories(
        observations, *(a_reading(failure, cause) for failure, cause in zip(observations, causes, strict=True))
    )
    assert (by_cause["disk full"].failing, by_cause["no route"].failing) == (True, False)


def test_no_issue_is_opened_for_a_cause_that_is_over() -> None:
    observations = [red(a_run(1)), red(a_run(2))]
    old, new = decided(observations, a_reading(observations[0], "disk full"), a_reading(observations[1], "no route"))
    assert isinstance(old, Skip | Create)
    assert {type(action): action.identity.cause for action in (old, new)} == {
        Skip: "v2:disk full",
        Create: "v2:no route",
    }


def test_a_run_that_fails_of_another_cause_is_not_the_last_passing_run() -> None:
    observations = [
        *(red(a_run(1), "test (a)", 1), red(a_run(1), "test (b)", 2)),
        *(green(a_run(2), "test (a)"), green(a_run(2), "test (b)")),
        *(red(a_run(3), "test (a)", 3), green(a_run(3), "test (b)")),
        *(red(a_run(4), "test (a)", 4), red(a_run(4), "test (b)", 5)),
    ]
    full = [
        a_reading(failure, "disk full")
        for failure in (observations[0], observations[1], observations[6], observations[7])
    ]
    disk_full = histories(observations, *full, a_reading(observations[4], "no route"))["disk full"]
    assert disk_full.last_green is not None
    assert disk_full.last_green.number == 2


def test_a_job_that_may_fail_and_did_is_not_taken_for_a_skipped_one() -> None:
    allowed = a_run(2, "success")
    observations = [red(a_run(1)), red(allowed), green(a_run(3, "success"))]
    by_cause = histories(observations, a_reading(observations[0], "disk full"), a_reading(observations[1], "no route"))
    assert not by_cause["disk full"].failing


def test_a_green_run_of_its_jobs_ends_a_cause() -> None:
    observations = [
        red(a_run(1), "build", 1),
        red(a_run(1), "test", 2),
        green(a_run(2), "build"),
        green(a_run(2), "test"),
    ]
    (only,) = histories(
        observations, a_reading(observations[0], "disk full"), a_reading(observations[1], "disk full")
    ).values()
    assert not only.failing
    assert only.green_again is not None
    half = histories(
        observations[:3], a_reading(observations[0], "disk full"), a_reading(observations[1], "disk full")
    )["disk full"]
    assert half.failing_legs == ()  # the newer run no longer lists the other job
    listed = [*observations[:3], Observation(a_run(2), None, job="test")]
    still = histories(listed, a_reading(observations[0], "disk full"), a_reading(observations[1], "disk full"))[
        "disk full"
    ]
    assert still.failing_legs == ("CI / test",)


def test_a_green_run_of_another_workflow_ends_nothing() -> None:
    observations = [red(a_run(1)), red(a_run(1, workflow=NIGHTLY, id=7), "soak", 3), green(a_run(2, workflow=NIGHTLY))]
    (only,) = histories(
        observations, a_reading(observations[0], "disk full"), a_reading(observations[1], "disk full")
    ).values()
    assert only.failing_legs == ("CI / test",)


def test_jobs_that_the_workflow_no_longer_has_do_not_keep_a_cause_failing() -> None:
    observations = [red(a_run(1), "old", 1), green(a_run(2), "new")]
    (only,) = histories(observations, a_reading(observations[0], "disk full")).values()
    assert only.gone
    assert not only.failing


# --- causes that nobody knows --------------------------------------------------------------------


def test_a_failure_waits_for_its_log_and_is_reported_as_failing() -> None:
    observations = [red(a_run(1))]
    (action,) = decided(observations)
    assert isinstance(action, Skip)
    assert action.skip_reason is SkipReason.CAUSE_UNKNOWN
    snapshot = a_scan([a_run(1)])
    assert [failing.identity.job for failing in make_plan(snapshot, SETTINGS, START, observations).failing] == ["test"]


def test_a_missing_log_is_waited_for_an_hour_then_the_job_gets_an_issue() -> None:
    observations = [red(a_run(1))]
    ended = a_run(1).updated_at
    absent = a_reading(observations[0], "", LogUnavailable.NOT_FOUND)
    (early,) = decided(observations, absent, now=ended + timedelta(minutes=60))
    (late,) = decided(observations, absent, now=ended + timedelta(minutes=61))
    assert isinstance(early, Skip)
    assert isinstance(late, Create)
    assert late.title == "[CI Failure] CI - test"


def test_a_log_that_says_only_that_a_step_failed_names_no_cause() -> None:
    observations = [red(a_run(1), "lint", 1), red(a_run(1), "test", 2)]
    words = "Process completed with exit code 1."
    actions = decided(observations, *(a_reading(failure, words) for failure in observations))
    assert sorted(action.identity.job for action in actions if isinstance(action, Create)) == ["lint", "test"]


def test_a_run_without_jobs_stands_for_itself() -> None:
    broken = Observation(
        a_run(1, "startup_failure"), Outcome.STARTUP_FAILURE, job="startup failure", kind=IdentityKind.RUN
    )
    (action,) = decided([broken])
    assert isinstance(action, Create)
    assert action.identity.job == "startup failure"


def test_an_unknown_cause_is_not_waited_for_if_a_newer_failure_has_one() -> None:
    observations = [red(a_run(1)), red(a_run(2))]
    assert list(histories(observations, a_reading(observations[1], "disk full"))) == ["disk full"]
    assert set(histories(observations, a_reading(observations[0], "disk full"))) == {"disk full", "test"}


def test_an_unread_old_failure_does_not_count_for_its_job_again() -> None:
    observations = [red(a_run(1)), red(a_run(2))]
    words = "Process completed with exit code 1."
    by_cause = histories(observations, a_reading(observations[1], words))
    assert [occurrence.run_id for occurrence in by_cause["test"].occurrences] == [observations[1].run.id]
    both = histories(observations, *(a_reading(failure, words) for failure in observations))
    assert len(both["test"].occurrences) == 2


def test_the_title_tells_two_causes_of_a_job_apart() -> None:
    observations = [red(a_run(1), "test (a)", 1), red(a_run(1), "test (b)", 2)]
    actions = decided(observations, a_reading(observations[0], "disk full"), a_reading(observations[1], "no route"))
    assert sorted(action.title for action in actions if isinstance(action, Create)) == [
        "[CI Failure] CI - test: disk full",
        "[CI Failure] CI - test: no route",
    ]
