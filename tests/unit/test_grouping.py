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


def histories(seen: list[Observation], *readings: JobDiagnosis) -> dict[str, History]:
    """By the headline of their cause; one without a cause by the name of its job."""
    found = read_histories(with_diagnoses(seen, readings), SETTINGS)
    return {one.identity.cause.removeprefix("v1:") or one.identity.job: one for one in found}


def decided(
    seen: list[Observation], *readings: JobDiagnosis, now: datetime = START + timedelta(days=10)
) -> list[Action]:
    scan = dataclasses.replace(a_scan([one.run for one in seen]), job_diagnoses=readings)
    return list(make_plan(scan, SETTINGS, now, seen).actions)


def test_jobs_of_several_workflows_that_fail_of_one_thing_share_an_identity() -> None:
    seen = [red(a_run(1), "build (a)", 1), red(a_run(1), "test", 2), red(a_run(2, workflow=NIGHTLY), "soak", 3)]
    found = histories(seen, *(a_reading(one, "disk full") for one in seen))
    assert list(found) == ["disk full"]
    assert (found["disk full"].identity.workflow, found["disk full"].identity.job) == (
        "CI, Nightly",
        "build, soak, test",
    )
    assert found["disk full"].failing_legs == ("CI / build (a)", "CI / test", "Nightly / soak")
    assert len(found["disk full"].occurrences) == 2


def test_many_jobs_are_not_all_named() -> None:
    seen = [red(a_run(1), f"job {number}", number) for number in range(1, 6)]
    (only,) = histories(seen, *(a_reading(one, "disk full") for one in seen)).values()
    assert only.identity.job == "job 1, job 2, job 3 and 2 more"


def test_the_id_of_a_cause_does_not_depend_on_the_jobs_it_shows_in() -> None:
    seen = [red(a_run(1), "build", 1), red(a_run(1), "test", 2)]
    both = histories(seen, *(a_reading(one, "disk full") for one in seen))
    one = histories(seen[:1], a_reading(seen[0], "disk full"))
    assert both["disk full"].identity.id == one["disk full"].identity.id


def test_a_job_that_fails_of_two_things_has_two() -> None:
    seen = [red(a_run(1)), red(a_run(2))]
    found = histories(seen, a_reading(seen[0], "disk full"), a_reading(seen[1], "no route"))
    assert {name: len(one.occurrences) for name, one in found.items()} == {"disk full": 1, "no route": 1}


def test_that_a_job_fails_of_something_else_ends_a_cause_and_proves_nothing() -> None:
    seen = [green(a_run(1), "test"), red(a_run(2)), red(a_run(3))]
    found = histories(seen, a_reading(seen[1], "disk full"), a_reading(seen[2], "no route"))
    old, new = found["disk full"], found["no route"]
    assert (old.failing, old.cause_replaced, old.green_again) == (False, True, None)
    assert (new.failing, new.cause_replaced) == (True, False)
    assert new.last_green is not None
    assert new.last_green.number == 1
    readings = [a_reading(seen[1], "disk full"), a_reading(seen[2], "no route")]
    mended = histories([*seen, green(a_run(4), "test")], *readings)
    assert (mended["disk full"].cause_replaced, mended["disk full"].failing) == (False, False)


def test_that_one_leg_is_green_does_not_hide_that_another_fails_of_something_else() -> None:
    seen = [
        *(red(a_run(1), "test (a)", 1), red(a_run(1), "test (b)", 2)),
        *(red(a_run(2), "test (a)", 3), green(a_run(2), "test (b)")),
    ]
    full = [a_reading(seen[0], "disk full"), a_reading(seen[1], "disk full")]
    found = histories(seen, *full, a_reading(seen[2], "no route"))["disk full"]
    assert (found.failing, found.cause_replaced, found.green_again) == (False, True, None)


def test_a_newer_failure_whose_cause_is_not_known_ends_no_cause() -> None:
    seen = [red(a_run(1)), red(a_run(2))]
    found = histories(seen, a_reading(seen[0], "disk full"))
    assert found["disk full"].failing
    assert not found["disk full"].cause_replaced


def test_a_cause_that_comes_back_is_failing_again() -> None:
    seen = [red(a_run(1)), red(a_run(2)), red(a_run(3))]
    causes = ("disk full", "no route", "disk full")
    found = histories(seen, *(a_reading(one, cause) for one, cause in zip(seen, causes, strict=True)))
    assert (found["disk full"].failing, found["no route"].failing) == (True, False)


def test_no_issue_is_opened_for_what_the_jobs_do_not_fail_of_any_more() -> None:
    seen = [red(a_run(1)), red(a_run(2))]
    old, new = decided(seen, a_reading(seen[0], "disk full"), a_reading(seen[1], "no route"))
    assert isinstance(old, Skip | Create)
    assert {type(one): one.identity.cause for one in (old, new)} == {Skip: "v1:disk full", Create: "v1:no route"}


def test_a_run_in_which_a_job_fails_of_something_else_is_not_the_last_green_one() -> None:
    seen = [
        *(red(a_run(1), "test (a)", 1), red(a_run(1), "test (b)", 2)),
        *(green(a_run(2), "test (a)"), green(a_run(2), "test (b)")),
        *(red(a_run(3), "test (a)", 3), green(a_run(3), "test (b)")),
        *(red(a_run(4), "test (a)", 4), red(a_run(4), "test (b)", 5)),
    ]
    full = [a_reading(one, "disk full") for one in (seen[0], seen[1], seen[6], seen[7])]
    found = histories(seen, *full, a_reading(seen[4], "no route"))["disk full"]
    assert found.last_green is not None
    assert found.last_green.number == 2


def test_a_job_that_may_fail_and_did_is_not_taken_for_a_skipped_one() -> None:
    allowed = a_run(2, "success")
    seen = [red(a_run(1)), red(allowed), green(a_run(3, "success"))]
    found = histories(seen, a_reading(seen[0], "disk full"), a_reading(seen[1], "no route"))
    assert not found["disk full"].failing


def test_a_green_run_of_its_jobs_ends_a_cause() -> None:
    seen = [red(a_run(1), "build", 1), red(a_run(1), "test", 2), green(a_run(2), "build"), green(a_run(2), "test")]
    (only,) = histories(seen, a_reading(seen[0], "disk full"), a_reading(seen[1], "disk full")).values()
    assert not only.failing
    assert only.green_again is not None
    half = histories(seen[:3], a_reading(seen[0], "disk full"), a_reading(seen[1], "disk full"))["disk full"]
    assert half.failing_legs == ()  # the newer run no longer lists the other job
    listed = [*seen[:3], Observation(a_run(2), None, job="test")]
    still = histories(listed, a_reading(seen[0], "disk full"), a_reading(seen[1], "disk full"))["disk full"]
    assert still.failing_legs == ("CI / test",)


def test_a_green_run_of_another_workflow_ends_nothing() -> None:
    seen = [red(a_run(1)), red(a_run(1, workflow=NIGHTLY, id=7), "soak", 3), green(a_run(2, workflow=NIGHTLY))]
    (only,) = histories(seen, a_reading(seen[0], "disk full"), a_reading(seen[1], "disk full")).values()
    assert only.failing_legs == ("CI / test",)


def test_jobs_that_the_workflow_no_longer_has_do_not_keep_a_cause_failing() -> None:
    seen = [red(a_run(1), "old", 1), green(a_run(2), "new")]
    (only,) = histories(seen, a_reading(seen[0], "disk full")).values()
    assert only.gone
    assert not only.failing


# --- causes that nobody knows --------------------------------------------------------------------


def test_a_failure_whose_log_was_not_read_waits_for_its_cause_and_is_told_as_failing() -> None:
    seen = [red(a_run(1))]
    (action,) = decided(seen)
    assert isinstance(action, Skip)
    assert action.skip_reason is SkipReason.CAUSE_UNKNOWN
    scan = a_scan([a_run(1)])
    assert [one.identity.job for one in make_plan(scan, SETTINGS, START, seen).failing] == ["test"]


def test_a_log_that_is_not_there_is_waited_for_an_hour_and_then_the_issue_is_the_jobs() -> None:
    seen = [red(a_run(1))]
    ended = a_run(1).updated_at
    absent = a_reading(seen[0], "", LogUnavailable.NOT_FOUND)
    (early,) = decided(seen, absent, now=ended + timedelta(minutes=60))
    (late,) = decided(seen, absent, now=ended + timedelta(minutes=61))
    assert isinstance(early, Skip)
    assert isinstance(late, Create)
    assert late.title == "[CI Failure] CI - test"


def test_a_log_that_says_only_that_it_failed_is_no_cause() -> None:
    seen = [red(a_run(1), "lint", 1), red(a_run(1), "test", 2)]
    words = "Process completed with exit code 1."
    actions = decided(seen, *(a_reading(one, words) for one in seen))
    assert sorted(action.identity.job for action in actions if isinstance(action, Create)) == ["lint", "test"]


def test_a_run_without_jobs_stands_for_itself() -> None:
    broken = Observation(
        a_run(1, "startup_failure"), Outcome.STARTUP_FAILURE, job="startup failure", kind=IdentityKind.RUN
    )
    (action,) = decided([broken])
    assert isinstance(action, Create)
    assert action.identity.job == "startup failure"


def test_an_unknown_cause_is_not_waited_for_where_a_newer_failure_of_the_job_has_one() -> None:
    seen = [red(a_run(1)), red(a_run(2))]
    assert list(histories(seen, a_reading(seen[1], "disk full"))) == ["disk full"]
    assert set(histories(seen, a_reading(seen[0], "disk full"))) == {"disk full", "test"}


def test_an_old_failure_that_nobody_remembers_is_not_put_down_to_a_job_whose_newest_log_says_nothing() -> None:
    seen = [red(a_run(1)), red(a_run(2))]
    words = "Process completed with exit code 1."
    found = histories(seen, a_reading(seen[1], words))
    assert [one.run_id for one in found["test"].occurrences] == [seen[1].run.id]
    both = histories(seen, *(a_reading(one, words) for one in seen))
    assert len(both["test"].occurrences) == 2


def test_the_title_tells_two_causes_of_a_job_apart() -> None:
    seen = [red(a_run(1), "test (a)", 1), red(a_run(1), "test (b)", 2)]
    actions = decided(seen, a_reading(seen[0], "disk full"), a_reading(seen[1], "no route"))
    assert sorted(action.title for action in actions if isinstance(action, Create)) == [
        "[CI Failure] CI - test: disk full",
        "[CI Failure] CI - test: no route",
    ]
