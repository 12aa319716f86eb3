from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, a_job, a_run, a_scan, green, red, some_settings
from ci_failure_tracker.model import History, IdentityKind, Observation, Outcome, Run, State, Trials, Workflow
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.observations import observe
from ci_failure_tracker.tracking.state_update import REMEMBERED, follow, updated_state

SETTINGS = some_settings()


def history(*observations: Observation, **options: str) -> History:
    (only,) = read_histories(observations, some_settings(**options))
    return only


def test_a_job_is_failing_while_its_newest_result_is_a_failure() -> None:
    assert history(green(a_run(1)), red(a_run(2))).failing
    assert not history(red(a_run(1)), green(a_run(2))).failing


def test_the_order_in_which_runs_were_read_does_not_matter() -> None:
    observations = [red(a_run(1)), green(a_run(2)), red(a_run(3)), red(a_run(4))]
    assert history(*observations) == history(*reversed(observations))


def test_the_last_passing_and_the_first_failing_run_bound_the_break() -> None:
    of_job = history(red(a_run(1)), green(a_run(2)), red(a_run(3)), red(a_run(4)))
    assert of_job.last_green is not None
    assert of_job.first_red is not None
    assert (of_job.last_green.number, of_job.first_red.number) == (2, 3)


def test_without_a_passing_run_only_the_first_failing_run_is_known() -> None:
    of_job = history(red(a_run(1)), red(a_run(2)))
    assert of_job.last_green is None
    assert of_job.first_red is not None
    assert of_job.first_red.number == 1


def test_a_pass_on_another_branch_is_no_fix() -> None:
    assert history(red(a_run(1)), green(a_run(2, branch="release"))).failing


def test_a_pass_in_another_workflow_of_the_same_name_is_no_fix() -> None:
    twin = Workflow(2, "CI", ".github/workflows/twin.yml")
    assert history(red(a_run(1)), green(a_run(2, workflow=twin))).failing


def test_a_passing_run_of_an_event_that_never_starts_the_job_is_no_fix() -> None:
    assert history(red(a_run(1, event="schedule")), green(a_run(2, event="push"))).failing


def test_a_passing_run_of_an_event_known_to_start_the_job_is_a_fix() -> None:
    observations = (red(a_run(1, event="push")), red(a_run(2, event="schedule")), green(a_run(3, event="push")))
    assert not history(*observations).failing


def test_a_rerun_of_an_old_run_does_not_speak_for_a_newer_commit() -> None:
    late = START + timedelta(days=9)
    rerun = a_run(1, attempt=2, started_at=late, updated_at=late)
    assert not history(red(rerun), green(a_run(2))).failing


def test_skipped_jobs_say_nothing() -> None:
    skipped = Observation(a_run(2), None, job="test")
    assert history(red(a_run(1)), skipped).failing


def test_a_passing_run_in_which_the_job_was_skipped_is_no_fix() -> None:
    skipped = (Observation(a_run(3), None, job="deploy", job_id=1), green(a_run(3), "lint"))
    whole = green(a_run(2, "success"))
    in_green = tuple(dataclasses.replace(job, run=a_run(3, "success")) for job in skipped)
    assert history(red(a_run(1), "deploy"), whole, *in_green).failing
    assert not history(red(a_run(1), "deploy"), whole).failing


def test_a_passing_run_with_the_job_is_a_fix_though_later_runs_skip_it() -> None:
    later = a_run(3, "success")
    skipped = (Observation(later, None, job="deploy", job_id=1), green(later, "lint"))
    of_job = history(red(a_run(1), "deploy"), green(a_run(2, "success"), "deploy"), *skipped)
    assert not of_job.failing
    assert of_job.green_again is not None
    assert of_job.green_again.number == 2


def test_every_failing_leg_must_pass_again() -> None:
    observations = (
        red(a_run(1), "test (a)"),
        red(a_run(1), "test (b)"),
        green(a_run(2), "test (a)"),
        Observation(a_run(2), None, job="test (b)"),
    )
    assert history(*observations).failing_legs == ("b",)


def test_a_leg_that_left_the_matrix_is_not_failing() -> None:
    observations = (red(a_run(1), "test (a)"), green(a_run(1), "test (b)"), green(a_run(2), "test (b)"))
    assert not history(*observations).failing


def test_a_leg_that_a_skipped_matrix_hides_is_still_failing() -> None:
    hidden = Observation(a_run(2), None, job="test")
    histories = read_histories((red(a_run(1), "test (a)"), hidden, red(a_run(2), "lint")), SETTINGS)
    assert {each.identity.job: each.failing for each in histories} == {"lint": True, "test": True}


def test_of_two_jobs_with_one_name_the_failed_one_speaks() -> None:
    assert history(red(a_run(1)), green(a_run(1), "test")).failing


def test_what_the_settings_do_not_count_is_no_failure() -> None:
    cancelled = Observation(a_run(1), Outcome.CANCELLED, job="test")
    assert read_histories((cancelled,), some_settings(conclusions="failure")) == ()
    assert history(cancelled).failing


def test_all_legs_of_a_run_are_one_occurrence() -> None:
    (only,) = history(red(a_run(1), "test (b)"), red(a_run(1), "test (a)")).occurrences
    assert [leg.leg for leg in only.legs] == ["a", "b"]


def test_the_worst_outcome_names_the_occurrence() -> None:
    observations = (Observation(a_run(1), Outcome.CANCELLED, job="test (a)"), red(a_run(1), "test (b)"))
    assert history(*observations).latest.outcome is Outcome.FAILURE


def test_a_workflow_that_starts_again_no_longer_fails_to_start() -> None:
    broken = Observation(
        a_run(1, "startup_failure"), Outcome.STARTUP_FAILURE, job="startup failure", kind=IdentityKind.RUN
    )
    histories = {each.identity.job: each.failing for each in read_histories((broken, red(a_run(2))), SETTINGS)}
    assert histories == {"startup failure": False, "test": True}
    assert not history(broken, green(a_run(2, event="schedule"))).failing
    assert history(
        broken, Observation(a_run(2), Outcome.STARTUP_FAILURE, job="startup failure", kind=IdentityKind.RUN)
    ).failing


def test_a_whole_workflow_that_starts_again_no_longer_fails_to_start() -> None:
    broken = Observation(
        a_run(1, "startup_failure"), Outcome.STARTUP_FAILURE, job="startup failure", kind=IdentityKind.RUN
    )
    for newer in (green(a_run(2, event="schedule")), green(a_run(2, event="schedule"), "test")):
        assert not history(broken, newer, group_by="workflow").failing
    assert history(broken, red(a_run(2)), group_by="workflow").failing_legs == ("test",)


def test_one_dependabot_update_says_nothing_of_another_ecosystem() -> None:
    npm, pip = a_run(1, subject="npm_and_yarn in /web"), a_run(2, subject="pip in /")
    assert history(red(npm), green(pip)).failing
    assert not history(red(npm), green(a_run(3, subject="npm_and_yarn in /web"))).failing


def test_a_job_that_the_workflow_no_longer_has_is_not_failing() -> None:
    histories = read_histories((red(a_run(1), "old"), red(a_run(2), "new")), SETTINGS)
    assert {each.identity.job: each.failing for each in histories} == {"new": True, "old": False}


@pytest.mark.parametrize(
    "newer",
    [
        a_run(2, "cancelled"),
        a_run(2, event="schedule"),
        a_run(2, branch="other"),
    ],
    ids=["a cancelled run", "another event", "another branch"],
)
def test_a_job_that_a_run_may_just_not_have_reached_is_still_failing(newer: Run) -> None:
    histories = read_histories((red(a_run(1), "old"), red(newer, "new")), SETTINGS)
    assert {each.identity.job: each.failing for each in histories} == {"new": True, "old": True}


@pytest.mark.parametrize(("name", "skipped"), [("call / test", "call"), ("test (3.12)", "test")])
def test_a_job_behind_a_skipped_call_or_matrix_is_still_failing(name: str, skipped: str) -> None:
    newer = (Observation(a_run(2), None, job=skipped, job_id=9), red(a_run(2), "lint"))
    histories = read_histories((red(a_run(1), name), *newer), some_settings(matrix="separate"))
    assert {each.identity.job: each.failing for each in histories} == {"lint": True, name: True}


# --- counting ------------------------------------------------------------------------------------


def test_an_occurrence_is_counted_once_however_often_it_is_seen() -> None:
    observations = [red(a_run(number)) for number in range(1, 40)]
    state = updated_state(None, history(*observations))
    assert state.count == 39
    assert len(state.occurrences) == REMEMBERED
    assert updated_state(state, history(*observations)) == state


def test_a_rerun_that_fails_again_is_a_new_occurrence() -> None:
    state = updated_state(None, history(red(a_run(1))))
    again = a_run(1, attempt=2, updated_at=a_run(1).updated_at + timedelta(hours=1))
    assert updated_state(state, history(red(again))).count == 2


def test_a_failed_job_that_a_rerun_only_carries_along_is_not_counted_again() -> None:
    state = updated_state(None, history(red(a_run(1))))
    carried = dataclasses.replace(red(a_run(1)), run=a_run(1, attempt=2))
    assert updated_state(state, history(carried)).count == 1


def test_a_run_that_somebody_only_touches_is_not_counted_again() -> None:
    observations = [red(a_run(number)) for number in range(1, 15)]
    state = updated_state(None, history(*observations))
    touched = dataclasses.replace(observations[0], run=a_run(1, updated_at=a_run(90).updated_at))
    assert updated_state(state, history(touched, *observations[1:])) == state


def test_a_run_that_ends_late_is_counted_when_it_ends() -> None:
    slow = a_run(1, updated_at=a_run(5).updated_at)
    state = updated_state(None, history(red(a_run(2)), red(a_run(3))))
    assert updated_state(state, history(red(slow), red(a_run(2)), red(a_run(3)))).count == 3


def test_a_follower_counts_only_what_came_after_the_closing() -> None:
    closed_at = a_run(2).updated_at
    everything = history(red(a_run(1)), red(a_run(2)), red(a_run(3)))
    follower = follow(7, everything, closed_at)
    assert follower.count == 1
    assert updated_state(follower, everything).count == 1
    assert follower.branch_statuses[0].trials == Trials(total=1, failed=1)


def test_a_break_that_is_no_longer_listed_keeps_its_bounds() -> None:
    state = updated_state(None, history(green(a_run(1)), red(a_run(2)), red(a_run(3))))
    later = updated_state(state, history(red(a_run(3)), red(a_run(4))))
    assert (later.last_green, later.first_red) == (state.last_green, state.first_red)


def test_an_older_passing_run_that_is_read_again_moves_no_bound() -> None:
    # Run 3 passed. Run 1 is read again beside run 4, because each of them has a second attempt, and run 3 is not.
    state = updated_state(None, history(green(a_run(1)), green(a_run(3)), red(a_run(4))))
    again = red(a_run(4, attempt=2), job_id=7)
    later = updated_state(state, history(green(a_run(1)), red(a_run(4)), again))
    assert (later.last_green, later.first_red) == (state.last_green, state.first_red)


def test_legs_are_counted_each() -> None:
    state = updated_state(
        None, history(red(a_run(1), "test (a)"), red(a_run(2), "test (a)"), red(a_run(2), "test (b)"))
    )
    assert [(leg.leg, leg.count) for leg in state.legs] == [("a", 2), ("b", 1)]


@st.composite
def a_story(draw: st.DrawFn) -> list[Run]:
    """Runs of one workflow, red or green, that end in an order of their own."""
    count = draw(st.integers(1, 30))
    lasts = draw(st.lists(st.integers(1, 600), min_size=count, max_size=count))
    fates = draw(st.lists(st.sampled_from(["failure", "success"]), min_size=count, max_size=count))
    return [
        a_run(number, fate, updated_at=a_run(number).created_at + timedelta(minutes=minutes))
        for number, (minutes, fate) in enumerate(zip(lasts, fates, strict=True), start=1)
    ]


def seen_until(runs: list[Run], moment: int) -> History | None:
    ended = [run for run in runs if run.updated_at <= START + timedelta(hours=moment)]
    jobs = {run.id: [a_job(ended_at=run.updated_at)] for run in ended if run.conclusion == "failure"}
    histories = read_histories(observe(a_scan(ended, jobs)), SETTINGS)
    return histories[0] if histories else None


@given(a_story(), st.lists(st.integers(1, 45), max_size=8))
@settings(deadline=None)
def test_many_small_sweeps_count_as_much_as_one(runs: list[Run], moments: list[int]) -> None:
    state: State | None = None
    for moment in [*sorted(moments), 60]:
        history_so_far = seen_until(runs, moment)
        state = updated_state(state, history_so_far) if history_so_far else state
    at_once = seen_until(runs, 60)
    failures = sum(run.conclusion == "failure" for run in runs)
    assert (state.count if state else 0) == failures
    if state and at_once:
        assert dataclasses.replace(state, legs=()) == dataclasses.replace(updated_state(None, at_once), legs=())


@pytest.mark.parametrize("group_by", ["job", "workflow"])
def test_jobs_of_one_run_are_grouped_as_asked(group_by: str) -> None:
    histories = read_histories((red(a_run(1), "lint"), red(a_run(1), "test")), some_settings(group_by=group_by))
    assert len(histories) == {"job": 2, "workflow": 1}[group_by]
