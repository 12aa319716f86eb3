"""Rules that the golden conversations do not show, and properties of all decisions."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, a_diagnosis, a_job, a_run, a_scan, an_issue, some_settings
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import (
    Close,
    Create,
    Issue,
    JobDiagnosis,
    RunJobs,
    Severity,
    Skip,
    SkipReason,
    Snapshot,
    Update,
    Workflow,
)
from ci_failure_tracker.settings import Settings
from sweeping import Plan, carry_out, make_plan

NOW = START + timedelta(days=10)


def plan(snapshot: Snapshot, sweep_settings: Settings | None = None) -> Plan:
    return make_plan(snapshot, sweep_settings or some_settings(), NOW)


CONCLUSION = st.sampled_from(["success", "failure", "cancelled", "skipped", "timed_out", None])


@st.composite
def a_history(draw: st.DrawFn) -> Snapshot:
    """Up to twenty runs of three jobs on two branches, with every conclusion that a job can have."""
    runs, jobs = [], {}
    for number in range(1, draw(st.integers(1, 20)) + 1):
        conclusions = draw(st.lists(CONCLUSION, min_size=3, max_size=3))
        conclusion = (
            "failure" if "failure" in conclusions else draw(st.sampled_from(["success", "cancelled", "timed_out"]))
        )
        run = a_run(number, conclusion, branch=draw(st.sampled_from(["main", "release"])))
        runs.append(run)
        if conclusion != "success":
            names = ("lint", "test (a)", "test (b)")
            jobs[run.id] = [
                a_job(name, conclusion, place)
                for place, (name, conclusion) in enumerate(zip(names, conclusions, strict=True))
            ]
    return a_scan(runs, jobs)


@given(a_history())
@settings(deadline=None)
def test_a_second_sweep_right_after_the_first_changes_nothing(snapshot: Snapshot) -> None:
    first = plan(snapshot)
    again = plan(dataclasses.replace(snapshot, issues=carry_out(first)))
    assert [action for action in again.actions if not isinstance(action, Skip)] == []


@given(a_history(), st.randoms())
@settings(deadline=None)
def test_decisions_do_not_depend_on_the_order_of_what_was_read(snapshot: Snapshot, random: st.random.Random) -> None:  # type: ignore[name-defined]
    runs, jobs = list(snapshot.runs), list(snapshot.jobs)
    random.shuffle(runs)
    random.shuffle(jobs)
    shuffled, in_order = plan(dataclasses.replace(snapshot, runs=tuple(runs), jobs=tuple(jobs))), plan(snapshot)
    assert (shuffled.actions, shuffled.failing, shuffled.problems) == (
        in_order.actions,
        in_order.failing,
        in_order.problems,
    )


@given(a_history(), st.integers(0, 3))
@settings(deadline=None)
def test_no_more_issues_are_opened_than_allowed_and_none_is_lost(snapshot: Snapshot, most: int) -> None:
    free, capped = plan(snapshot), plan(snapshot, some_settings(max_new_issues=str(most)))
    wanted = {action.identity for action in free.actions if isinstance(action, Create)}
    opened = {action.identity for action in capped.actions if isinstance(action, Create)}
    over = {
        skip.identity for skip in capped.actions if isinstance(skip, Skip) and skip.skip_reason is SkipReason.OVER_CAP
    }
    assert len(opened) <= most
    assert opened | over == wanted
    assert not opened & over


@given(
    st.lists(st.sets(st.integers(0, 59), min_size=1), min_size=1, max_size=14), st.sampled_from(["a", "x" * 90, "試験"])
)
@settings(deadline=None, max_examples=15)
def test_many_legs_are_counted_right_and_leave_nothing_to_write_twice(failed: list[set[int]], name: str) -> None:
    issues: tuple[Issue, ...] = ()
    runs, jobs = [], {}
    for number, legs in enumerate(failed, start=1):
        run = a_run(number, "failure")
        runs.append(run)
        jobs[run.id] = [a_job(f"test ({name} {leg})", number=leg, ended_at=run.updated_at) for leg in sorted(legs)]
        issues = carry_out(plan(a_scan(runs, jobs, issues)), issues)
        again = plan(a_scan(runs, jobs, issues))
        assert all(isinstance(action, Skip) for action in again.actions)
    tracked = read_tracked(issues[0])
    assert tracked
    assert tracked.state
    assert tracked.state.count == len(failed)
    if not tracked.state.legs_cut:
        assert sum(leg.count for leg in tracked.state.legs) == sum(map(len, failed))


def test_storms_come_first_then_the_default_branch_then_the_most_failures_then_the_oldest() -> None:
    failed = {
        "often": [a_run(number, branch="release") for number in (1, 2, 3)],
        "old": [a_run(4)],
        "fresh": [a_run(5)],
        "twice": [a_run(6), a_run(7)],
        "storm": [a_run(8, branch="release")],
    }
    snapshot = a_scan([], {})
    for place, (name, runs) in enumerate(failed.items(), start=1):
        for run in (dataclasses.replace(run, workflow=Workflow(place, name, f"{name}.yml")) for run in runs):
            jobs = tuple(
                a_job(f"job {each}", number=10 * run.number + each) for each in range(1 + 2 * (name == "storm"))
            )
            seen = tuple(JobDiagnosis(job.id, name, name, diagnosis=a_diagnosis(name)) for job in jobs)
            snapshot = dataclasses.replace(
                snapshot,
                runs=(*snapshot.runs, run),
                jobs=(*snapshot.jobs, RunJobs(run.id, jobs)),
                job_diagnoses=(*snapshot.job_diagnoses, *seen),
            )
    opened = [action.identity.workflow for action in plan(snapshot).actions if isinstance(action, Create)]
    assert opened == ["storm", "twice", "old", "fresh", "often"]


@pytest.mark.parametrize(
    ("first", "second", "failures"),
    [
        ("shard 1", "shard 12", 2),
        ("publish 2026-03-09", "publish 2026-03-10", 2),
        ("build v1.4.0", "build v1.5.0", 2),
        ("check 0a1b2c3", "check 9f8e7d6", 2),
        ("check lamp", "check tree", 1),
    ],
)
def test_names_that_differ_in_a_number_a_date_a_version_or_a_hash_are_one_job(
    first: str, second: str, failures: int
) -> None:
    planned = plan(a_scan([a_run(1), a_run(2)], {1001: [a_job(first)], 1002: [a_job(second, number=2)]}))
    (create,) = [action for action in planned.actions if isinstance(action, Create)]
    assert create.state.count == failures


def test_two_identities_of_one_id_do_not_take_turns_in_one_issue() -> None:
    runs = [
        a_run(1, workflow=Workflow(1, "a", "a.yml")),
        a_run(2, workflow=Workflow(2, "a:b", "b.yml")),
    ]
    jobs = {runs[0].id: [a_job("b:c")], runs[1].id: [a_job("c")]}
    planned = plan(a_scan(runs, jobs))
    assert [type(action) for action in planned.actions] == [Create, Skip]
    assert "same failure id" in planned.problems[0].what


def test_a_template_that_one_identity_breaks_costs_only_that_one() -> None:
    runs = [a_run(1)]
    jobs = {runs[0].id: [a_job("lint"), a_job("test", number=2)]}
    broken = some_settings(issue_template="{% if 'lint' in issue.job %}{{ 1 / 0 }}{% endif %}fine")
    planned = plan(a_scan(runs, jobs), broken)
    assert {action.identity.job: type(action) for action in planned.actions} == {"lint": Skip, "test": Create}
    assert planned.problems[0].severity is Severity.ERROR


def test_the_hidden_lines_are_added_to_any_template() -> None:
    runs = [a_run(1)]
    (create,) = plan(a_scan(runs, {runs[0].id: [a_job()]}), some_settings(issue_template="mine")).actions
    assert isinstance(create, Create)
    first, *_, last = create.body.strip().splitlines()
    assert "mine" in create.body
    assert first.startswith("<!--")
    assert last.startswith("<!--")


def one_red_run(issues: tuple[Issue, ...] = ()) -> Snapshot:
    run = a_run(1)
    return a_scan([run], {run.id: [a_job()]}, issues)


def test_text_that_people_wrote_is_never_cut_for_ours() -> None:
    (first,) = carry_out(plan(one_red_run()))
    full = dataclasses.replace(first, body=first.body + "x" * 65_000)
    (left,) = plan(a_scan([a_run(1), a_run(2)], {1001: [a_job()], 1002: [a_job()]}, (full,))).actions
    assert isinstance(left, Skip)
    assert left.skip_reason is SkipReason.NO_ROOM


def test_a_body_is_shortened_until_it_fits() -> None:
    runs = [a_run(number) for number in range(1, 12)]
    jobs = {run.id: [a_job(f"test ({leg} {'x' * 80})", number=leg) for leg in range(90)] for run in runs}
    (first,) = plan(a_scan(runs, jobs)).actions
    assert isinstance(first, Create)
    grown = an_issue(1, first.body + "y" * (65_000 - len(first.body)))
    (second,) = plan(a_scan([*runs, a_run(12)], {**jobs, 1012: jobs[1011]}, (grown,))).actions
    assert isinstance(second, Update)
    assert len(second.body) <= 65_536
    assert "y" * 1_000 in second.body


def test_a_closed_issue_that_a_person_reopens_is_kept_current_again() -> None:
    (first,) = carry_out(plan(one_red_run()))
    reopened = dataclasses.replace(first, open=True, state_reason="reopened")
    two = a_scan([a_run(1), a_run(2)], {1001: [a_job()], 1002: [a_job()]}, (reopened,))
    (action,) = plan(two).actions
    assert isinstance(action, Update)


def test_a_second_issue_is_closed_although_a_person_keeps_it_open() -> None:
    (first,) = carry_out(plan(one_red_run()))
    second = dataclasses.replace(first, number=first.number + 1, labels=(*first.labels, "keep-open"))
    closed = [action for action in plan(one_red_run((first, second))).actions if isinstance(action, Close)]
    assert [action.number for action in closed] == [second.number]


@pytest.mark.parametrize(("partial", "closed"), [(False, [1]), (True, [])])
def test_nothing_is_closed_as_long_as_something_could_not_be_read(partial: bool, closed: list[int]) -> None:
    issues = carry_out(plan(one_red_run()))
    runs = [a_run(1), a_run(2, "success"), a_run(3, "success")]
    snapshot = a_scan(
        runs, {1001: [a_job()], 1002: [a_job(conclusion="success")], 1003: [a_job(conclusion="success")]}, issues
    )
    window = dataclasses.replace(snapshot.window, partial=partial)
    planned = plan(dataclasses.replace(snapshot, window=window))
    assert [action.number for action in planned.actions if isinstance(action, Close)] == closed


def test_a_run_that_started_before_the_closing_reopens_nothing() -> None:
    (first,) = carry_out(plan(one_red_run()))
    second = a_run(2)
    between = second.started_at + timedelta(minutes=5)
    closed = dataclasses.replace(first, open=False, state_reason="completed", closed_at=between)
    jobs = {1001: [a_job()], second.id: [a_job(ended_at=second.updated_at)]}
    (action,) = plan(a_scan([a_run(1), second], jobs, (closed,))).actions
    assert isinstance(action, Skip)
    assert action.skip_reason is SkipReason.OLDER_THAN_CLOSING


def test_what_fails_is_reported_even_if_nothing_is_done() -> None:
    (first,) = carry_out(plan(one_red_run()))
    closed = dataclasses.replace(first, open=False, state_reason="not_planned", closed_at=NOW)
    assert [failing.identity.job for failing in plan(one_red_run((closed,))).failing] == ["test"]


def test_a_break_keeps_its_beginning_if_its_runs_are_not_read_again() -> None:
    runs = [a_run(1, "success"), *(a_run(number) for number in range(2, 30))]
    read = a_scan(runs, {run.id: [a_job(number=run.number)] for run in runs[1:]})
    (first,) = plan(read).failing
    issues = carry_out(plan(read))
    again = dataclasses.replace(read, jobs=(), issues=issues, runs_before_checkpoint=frozenset(run.id for run in runs))
    (second,) = plan(again).failing
    assert (first.since, second.since) == (START + timedelta(hours=2), START + timedelta(hours=2))
    # One more failure does not move it.
    newer = a_run(30)
    more = dataclasses.replace(again, runs=(*runs, newer), jobs=a_scan([], {newer.id: [a_job(number=30)]}).jobs)
    (third,) = plan(more).failing
    assert (third.since, third.count) == (START + timedelta(hours=2), 29)
