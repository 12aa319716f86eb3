"""Properties of sweeps that read logs: what is read once is not read again, and a second sweep changes nothing."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, a_diagnosis, a_job, a_run, a_scan, an_issue, some_settings
from ci_failure_tracker.model import (
    Create,
    Identity,
    Issue,
    JobDiagnosis,
    LogRequest,
    LogUnavailable,
    Outcome,
    Reopen,
    Skip,
    Snapshot,
    Update,
    Workflow,
)
from ci_failure_tracker.selection.log_requests import choose_log_requests
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.track import read_issues
from sweeping import Plan, find_in, make_plan

NOW = START + timedelta(days=10)
WORKFLOWS = (Workflow(1, "CI", "ci.yml"), Workflow(2, "Nightly", "nightly.yml"))
FATE = st.sampled_from(["success", "failure", "failure", "cancelled", "skipped"])
LOG = st.sampled_from(
    [
        ("disk full", None, Outcome.FAILURE),
        ("no route", None, Outcome.FAILURE),
        ("Process completed with exit code 1.", None, Outcome.FAILURE),
        ("late", None, Outcome.TIMED_OUT),
        ("gone", LogUnavailable.NOT_FOUND, Outcome.RUNNER_LOST),
        ("", LogUnavailable.GONE, None),
    ]
)


@st.composite
def a_history(draw: st.DrawFn) -> Snapshot:
    """Up to eighteen runs of two workflows with three jobs each."""
    runs, jobs = [], {}
    for number in range(1, draw(st.integers(1, 18)) + 1):
        fates = draw(st.lists(FATE, min_size=3, max_size=3))
        conclusion = next((fate for fate in ("failure", "cancelled") if fate in fates), "success")
        run = a_run(number, conclusion, workflow=draw(st.sampled_from(WORKFLOWS)))
        runs.append(run)
        names = ("lint", "test (a)", "test (b)")
        jobs[run.id] = [
            a_job(name, fate, 10 * number + place, run.updated_at)
            for place, (name, fate) in enumerate(zip(names, fates, strict=True))
        ]
    return a_scan(runs, jobs)


class World:
    """A repository whose logs say the same each time; some cannot be read for now."""

    def __init__(self, scan: Snapshot, given: Settings, logs: st.DataObject, broken: frozenset[int]) -> None:
        self.scan = scan
        self.settings = given
        self._draw = logs
        self._broken = broken
        self._said: dict[int, JobDiagnosis] = {}

    def wanted(self) -> tuple[LogRequest, ...]:
        return choose_log_requests(find_in(self.scan, self.settings, NOW), self.settings, NOW).logs

    def sweep(self) -> Plan:
        wanted = self.wanted()
        readings = tuple(self._read(one.job_id) for one in wanted if one.job_id not in self._broken)
        seen = dataclasses.replace(self.scan, job_diagnoses=readings)
        plan = make_plan(seen, self.settings, NOW)
        self.scan = dataclasses.replace(self.scan, issues=_after(plan, self.scan.issues))
        return plan

    def mend(self) -> None:
        self._broken = frozenset()

    def _read(self, job_id: int) -> JobDiagnosis:
        if job_id not in self._said:
            headline, absence, outcome = self._draw.draw(LOG)
            found = a_diagnosis(headline, outcome=outcome) if headline and outcome else None
            signature = found.signature if found else ""
            self._said[job_id] = JobDiagnosis(job_id, signature, headline, outcome, absence, 2, found)
        return self._said[job_id]


def _after(plan: Plan, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    now = {issue.number: issue for issue in issues}
    for action in plan.actions:
        if isinstance(action, Create):
            number = len(now) + 1
            now[number] = an_issue(number, action.body)
        elif isinstance(action, Update | Reopen):
            now[action.number] = dataclasses.replace(now[action.number], body=action.body, open=True)
    return tuple(now.values())


def a_world(scan: Snapshot, group_by: str, data: st.DataObject, broken: frozenset[int] = frozenset()) -> World:
    # By cause, what a cancelled job was is forgotten where no issue tells of it, and so it must count in any case.
    some = [] if group_by == "cause" else ["failure, timed_out"]
    conclusions = data.draw(st.sampled_from(["failure, cancelled, timed_out", *some]))
    return World(scan, some_settings(group_by=group_by, conclusions=conclusions), data, broken)


GROUP_BY = st.sampled_from(["job", "workflow", "cause"])


@given(a_history(), GROUP_BY, st.data())
@settings(max_examples=30)
def test_a_second_sweep_changes_nothing(scan: Snapshot, group_by: str, data: st.DataObject) -> None:
    world = a_world(scan, group_by, data)
    world.sweep()
    again = world.sweep()
    assert [action for action in again.actions if not isinstance(action, Skip)] == []


@given(a_history(), st.sampled_from(["job", "workflow"]), st.data())
@settings(max_examples=30)
def test_what_an_issue_knows_is_not_read_again(scan: Snapshot, group_by: str, data: st.DataObject) -> None:
    world = a_world(scan, group_by, data)
    world.sweep()
    known = {
        leg.job_id
        for one in read_issues(world.scan.issues, None, NOW).written
        if one.state
        for occurrence in one.state.occurrences
        for leg in occurrence.legs
        if leg.signature
    }
    assert not known & {one.job_id for one in world.wanted()}


@given(a_history(), GROUP_BY, st.data(), st.sets(st.integers(5_010, 5_190)))
@settings(max_examples=30)
def test_what_could_not_be_read_at_first_comes_out_the_same_later(
    scan: Snapshot, group_by: str, data: st.DataObject, broken: set[int]
) -> None:
    world = a_world(scan, group_by, data, frozenset(broken))
    world.sweep()
    world.mend()
    world.sweep()
    again = world.sweep()
    assert [action for action in again.actions if not isinstance(action, Skip)] == []


@given(a_history(), st.data())
@settings(max_examples=30)
def test_every_failing_job_is_told_whatever_is_known_of_its_cause(scan: Snapshot, data: st.DataObject) -> None:
    by_job, by_cause = a_world(scan, "job", data), a_world(scan, "cause", data)
    by_cause._said = by_job._said
    by_cause.settings = dataclasses.replace(by_job.settings, group_by=by_cause.settings.group_by)
    failing = {one.identity for one in by_job.sweep().failing}
    told = [(one.identity, one.legs) for one in by_cause.sweep().failing]
    for identity in failing:
        assert any(_tells_of(other, legs, identity) for other, legs in told), identity


def _tells_of(other: Identity, legs: tuple[str, ...], job: Identity) -> bool:
    name = f"{job.workflow} / {job.job}"
    return other == job or any(leg.split(" (")[0] == name for leg in legs)
