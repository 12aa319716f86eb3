"""Properties of sweeps that read logs: what is read once is not read again, and a second sweep changes nothing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, a_diagnosis, a_job, a_run, some_settings
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import (
    Action,
    Diagnose,
    Identity,
    Job,
    JobDiagnosis,
    LogRequest,
    LogUnavailable,
    Needs,
    Outcome,
    Rerun,
    Run,
    Skip,
    Snapshot,
    Workflow,
)
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.sweep import sweep
from memory_github import ForgetfulGitHub, MemoryWriter
from sweeping import TEMPLATE

NOW = START + timedelta(days=10)
WORKFLOWS = (Workflow(1, "CI", "ci.yml"), Workflow(2, "Nightly", "nightly.yml"))
CONCLUSION = st.sampled_from(["success", "failure", "failure", "cancelled", "skipped"])
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

Jobs = dict[Run, list[Job]]


@st.composite
def a_history(draw: st.DrawFn) -> Jobs:
    """Up to eighteen runs of two workflows with three jobs each."""
    history: Jobs = {}
    for number in range(1, draw(st.integers(1, 18)) + 1):
        conclusions = draw(st.lists(CONCLUSION, min_size=3, max_size=3))
        of_run = next((conclusion for conclusion in ("failure", "cancelled") if conclusion in conclusions), "success")
        run = a_run(number, of_run, workflow=draw(st.sampled_from(WORKFLOWS)))
        names = ("lint", "test (a)", "test (b)")
        history[run] = [
            a_job(name, conclusion, 10 * number + place, run.updated_at)
            for place, (name, conclusion) in enumerate(zip(names, conclusions, strict=True))
        ]
    return history


@dataclass
class GitHubWithLogs(ForgetfulGitHub):
    """A repository of which every sweep reads all runs; the logs of the jobs in `broken` cannot be read."""

    broken: set[int] = field(default_factory=set)
    requested: list[int] = field(default_factory=list)

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        asked = {request.job_id for request in (needs.logs.logs if needs.logs else ())}
        self.requested += asked
        answered = super().fetch(snapshot, needs, diagnose)
        return dataclasses.replace(answered, undiagnosed=answered.undiagnosed | (asked & self.broken))


class Repository:
    """A repository whose logs say the same each time, and the tracker that sweeps it."""

    def __init__(self, history: Jobs, group_by: str, data: st.DataObject, broken: set[int] | None = None) -> None:
        # By cause, what a cancelled job was is forgotten if no issue shows it, and so it must count in any case.
        some = [] if group_by == "cause" else ["failure, timed_out"]
        conclusions = data.draw(st.sampled_from(["failure, cancelled, timed_out", *some]))
        self.settings = some_settings(group_by=group_by, conclusions=conclusions)
        self.logs = data.draw(st.fixed_dictionaries({job.id: LOG for jobs in history.values() for job in jobs}))
        self.github = GitHubWithLogs(
            list(history), history.__getitem__, {}, job_diagnosis=self.read_log, broken=broken or set()
        )

    def read_log(self, request: LogRequest) -> JobDiagnosis | None:
        if request.job_id in self.github.broken:
            return None
        headline, log_unavailable, outcome = self.logs[request.job_id]
        diagnosis = a_diagnosis(headline, outcome=outcome) if headline and outcome else None
        signature = diagnosis.signature if diagnosis else ""
        return JobDiagnosis(request.job_id, signature, headline, outcome, log_unavailable, 2, diagnosis)

    def sweep(self) -> Report:
        self.github.requested.clear()
        return sweep(self.github, MemoryWriter(self.github.issues, NOW), self.settings, TEMPLATE, NOW)


def writes(report: Report) -> list[Action]:
    return [result.action for result in report.results if not isinstance(result.action, Skip | Rerun)]


GROUP_BY = st.sampled_from(["job", "workflow", "cause"])


@given(a_history(), GROUP_BY, st.data())
@settings(max_examples=12)
def test_a_second_sweep_changes_nothing(history: Jobs, group_by: str, data: st.DataObject) -> None:
    repository = Repository(history, group_by, data)
    repository.sweep()
    assert writes(repository.sweep()) == []


@given(a_history(), st.sampled_from(["job", "workflow"]), st.data())
@settings(max_examples=12)
def test_what_an_issue_knows_is_not_read_again(history: Jobs, group_by: str, data: st.DataObject) -> None:
    repository = Repository(history, group_by, data)
    repository.sweep()
    issues = (read_tracked(issue) for issue in repository.github.issues.values())
    known = {
        leg.job_id
        for tracked in issues
        if tracked and tracked.state
        for occurrence in tracked.state.occurrences
        for leg in occurrence.legs
        if leg.signature
    }
    repository.sweep()
    assert not known & set(repository.github.requested)


@given(a_history(), GROUP_BY, st.data(), st.sets(st.integers(5_010, 5_190)))
@settings(max_examples=12)
def test_sweeps_settle_once_all_logs_can_be_read(
    history: Jobs, group_by: str, data: st.DataObject, broken: set[int]
) -> None:
    repository = Repository(history, group_by, data, set(broken))
    repository.sweep()
    repository.github.broken.clear()
    repository.sweep()
    assert writes(repository.sweep()) == []


@given(a_history(), st.data())
@settings(max_examples=12)
def test_every_failing_job_is_reported_whatever_its_cause(history: Jobs, data: st.DataObject) -> None:
    by_job, by_cause = Repository(history, "job", data), Repository(history, "cause", data)
    by_cause.logs = by_job.logs
    by_cause.settings = dataclasses.replace(by_job.settings, group_by=by_cause.settings.group_by)
    reported = [(failing.identity, failing.legs) for failing in by_cause.sweep().failing]
    for failing in by_job.sweep().failing:
        assert any(_covers(identity, legs, failing.identity) for identity, legs in reported), failing.identity


def _covers(identity: Identity, legs: tuple[str, ...], job: Identity) -> bool:
    name = f"{job.workflow} / {job.job}"
    return identity == job or any(leg.split(" (")[0] == name for leg in legs)
