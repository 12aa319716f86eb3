"""When a branch status is retired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from builders import CI, START
from ci_failure_tracker.model import RefKind, Refs, RetireReason, Workflow
from ci_failure_tracker.tracking.retirement import Activity

KEY = (CI.id, "main")
TAGS_KEY = (CI.id, "refs/tags/*")
DAY = timedelta(days=1)


def days(*numbers: int) -> list[datetime]:
    return [START + number * DAY for number in numbers]


def why(
    ran: Sequence[datetime],
    day: int,
    *,
    listed: Sequence[datetime] = (),
    last_runs: Sequence[datetime] | None = None,
    complete: bool = False,
    state: str = "active",
    key: tuple[int, str] = KEY,
) -> RetireReason | None:
    activity = Activity(
        Refs("main", kinds={"gone": RefKind.GONE, "main": RefKind.GONE}),
        START + day * DAY,
        {key: listed},
        {} if last_runs is None else {key: last_runs},
        {""} if complete else set(),
    )
    return activity.why_retired(*key, Workflow(CI.id, CI.name, CI.path, state), ran)


def test_what_has_not_run_for_ninety_days_is_retired() -> None:
    assert why(days(0), 90, complete=True) is None
    assert why(days(0), 91, complete=True) is RetireReason.QUIET


def test_ten_intervals_may_be_longer() -> None:
    monthly = days(-60, -30, 0)
    assert why(monthly, 299, complete=True) is None
    assert why(monthly, 301, complete=True) is RetireReason.QUIET


def test_the_interval_is_the_median_of_the_last_ten_runs() -> None:
    """Nine days of daily runs outweigh the long pause before the last one."""
    daily = days(*range(-40, -31), 0)
    assert why(daily, 91, complete=True) is RetireReason.QUIET


def test_the_last_runs_are_asked_for_before() -> None:
    assert why(days(0), 100) is None
    assert why(days(0), 100, last_runs=days(0)) is RetireReason.QUIET
    assert why(days(0), 100, last_runs=days(-60, -30, 0)) is None
    assert why(days(0), 100, last_runs=[]) is RetireReason.QUIET


def test_a_later_run_that_was_not_looked_at_may_have_had_the_job() -> None:
    assert why(days(0), 100, last_runs=days(0, 95)) is None


def test_a_job_may_be_quiet_in_a_workflow_that_runs() -> None:
    assert why(days(0), 100, listed=days(0, 50, 99)) is RetireReason.QUIET
    assert why(days(-40, -20, 0), 100, listed=days(99)) is None


def test_of_tags_not_every_run_is_listed() -> None:
    assert why(days(0), 100, complete=True, key=TAGS_KEY) is None
    assert why(days(0), 100, complete=True, key=TAGS_KEY, last_runs=days(0)) is RetireReason.QUIET


def test_a_person_may_disable_a_workflow_and_github_may_not() -> None:
    assert why(days(0), 1, state="disabled_manually") is RetireReason.DISABLED
    assert why(days(0), 500, complete=True, state="disabled_inactivity") is None


@pytest.mark.parametrize(("name", "reason"), [("gone", RetireReason.REF), ("main", None), ("other", None)])
def test_a_branch_may_be_gone_but_not_the_default_branch(name: str, reason: RetireReason | None) -> None:
    assert why(days(0), 1, key=(CI.id, name)) is reason


def test_without_a_time_nothing_is_quiet() -> None:
    assert Activity(complete={""}).why_retired(CI.id, "main", CI, days(-1000)) is None
