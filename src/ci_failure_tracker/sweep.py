"""A sweep: list, read what is needed, decide, render, write, report. Only this module knows the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Protocol

from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.issues.known_text import known_writes
from ci_failure_tracker.issues.render import render, unwritten
from ci_failure_tracker.model import (
    Action,
    Diagnose,
    JobDiagnosis,
    JobSource,
    KnownResult,
    KnownWrite,
    LogRequest,
    Needs,
    Problem,
    Query,
    Requests,
    Rerun,
    Result,
    Severity,
    Snapshot,
    WriteStatus,
)
from ci_failure_tracker.report.report import Report, make_report
from ci_failure_tracker.report.statistics import make_statistics
from ci_failure_tracker.selection.checkpoint import (
    needs_of_checkpoint,
    runs_before_checkpoint,
    valid_checkpoint,
    with_checkpoint,
)
from ci_failure_tracker.selection.coverage import Coverage, far_enough
from ci_failure_tracker.selection.needs import needs_of_issues, needs_of_runs, needs_of_trust
from ci_failure_tracker.selection.query import as_remembered, query_of
from ci_failure_tracker.selection.refs import needs_of_refs, with_refs
from ci_failure_tracker.selection.schedules import judge_schedules
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings, find
from ci_failure_tracker.tracking.label import with_label
from ci_failure_tracker.tracking.track import Scope, TrackedIssues, read_issues, runs_of_split_causes

MOST_ROUNDS = 10
"""Rounds of requests that follow from one another. Runs take up to four rounds (jobs, more jobs twice, and three for
schedules at the same time). Issues mostly take up to eight (other issues in three rounds, logs,
newest commits of branches, more issues, commits, what these changed)."""

MOST_ROUNDS_OF_TRUST = 4
"""Rounds in which it is asked whose text counts: the login, the issues that people merged, who wrote what, and who may
write."""


class GitHub(Protocol):
    """The repository as a sweep reads it; each method returns a snapshot that holds more."""

    @property
    def requests(self) -> Requests:
        """The requests of the sweep so far."""

    def begin(self, label: str) -> Snapshot:
        """Read the repository, its open issues with a label, and its workflows."""

    def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:
        """List the runs that a query asks for, and the newest tags if it needs them."""

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """Read what is needed, and add the keys of the needs to `asked`."""


class IssueWriter(Protocol):
    """Carries out what was decided, or holds it back."""

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        """Return the result of each action, in the same order."""

    def write_known(self, writes: Sequence[KnownWrite]) -> tuple[KnownResult, ...]:
        """Write the tracker's own text into known issues, and return the result of each, in the same order."""

    def run_again(self, reruns: Sequence[Rerun]) -> tuple[Result, ...]:
        """Run the failed jobs of runs again, and return the result of each, in the same order."""


def sweep(github: GitHub, writer: IssueWriter, settings: Settings, template: IssueTemplate, now: datetime) -> Report:
    """Read the repository once, and bring its issues up to date; a dry run differs only in the writer.

    Raises:
        TrackerError: if the sweep cannot go on at all. The report names what only a part of it could not do.
    """
    return carry_out(make_plan(github, settings, template, now), github, writer, settings, now)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep found, and what it would write."""

    findings: Findings
    actions: tuple[Action, ...]
    template: IssueTemplate
    known_writes: tuple[KnownWrite, ...] = ()
    problems: tuple[Problem, ...] = ()


def make_plan(github: GitHub, settings: Settings, template: IssueTemplate, now: datetime) -> Plan:
    """The first part of a sweep, which writes nothing."""
    snapshot, tracked = read_runs(github, settings, now)
    return plan_of(github, snapshot, tracked, settings, template, now)


def carry_out(plan: Plan, github: GitHub, writer: IssueWriter, settings: Settings, now: datetime) -> Report:
    """The second part: write, and report what came of it.

    Failed jobs run again first. If some do not, what failed in them gets its issue in this sweep, so the plan is made
    again.
    """
    reruns = writer.run_again(plan.findings.decisions.reruns)
    refused = [result for result in reruns if result.status is WriteStatus.LEFT]
    if refused:
        plan = _without_refused(plan, refused, github, settings, now)
    again = (result for result in reruns if result.status is not WriteStatus.LEFT)
    known = writer.write_known(plan.known_writes)
    results = (*again, *writer.apply(plan.actions))
    problems = [*plan.problems, *(problem for result in refused for problem in result.problems)]
    problems += [problem for result in known for problem in result.problems]
    problems += unwritten(plan.actions)
    statistics = make_statistics(plan.findings, results, settings, now)
    report = make_report(plan.findings, results, problems, github.requests, statistics, now)
    return replace(report, known_results=known)


def _without_refused(plan: Plan, refused: Sequence[Result], github: GitHub, settings: Settings, now: datetime) -> Plan:
    """The plan if only the runs run again that GitHub did not refuse."""
    not_again = {result.action.run_id for result in refused if isinstance(result.action, Rerun)}
    again = frozenset(rerun.run_id for rerun in plan.findings.decisions.reruns) - not_again
    snapshot = replace(plan.findings.snapshot, rerun=again)
    return plan_of(github, snapshot, plan.findings.history.tracked_issues, settings, plan.template, now)


def plan_of(
    github: GitHub,
    snapshot: Snapshot,
    tracked: TrackedIssues,
    settings: Settings,
    template: IssueTemplate,
    now: datetime,
) -> Plan:
    """What follows from the runs that were read."""
    findings = with_label(_read_and_decide(github, snapshot, tracked, settings, now))
    # A checkpoint is of one repository.
    findings = findings if snapshot.central else with_checkpoint(findings, settings)
    actions = render(findings.decisions.all, template, findings.snapshot.repository, settings)
    writes, problems = known_writes(findings.decisions.known_updates, findings.snapshot.repository.url)
    return Plan(findings, actions, template, writes, problems)


def read_and_decide(github: GitHub, settings: Settings, now: datetime) -> Findings:
    """Read until nothing else is needed for the decisions."""
    return _read_and_decide(github, *read_runs(github, settings, now), settings, now)


def _read_and_decide(
    github: GitHub, snapshot: Snapshot, tracked: TrackedIssues, settings: Settings, now: datetime
) -> Findings:
    diagnose = _diagnoser(settings)
    for _ in range(MOST_ROUNDS):
        tracked = tracked_in(snapshot, now, tracked)
        findings = find(snapshot, tracked, settings, now)
        needs = needs_of_trust(snapshot, tracked) or needs_of_issues(findings, settings, now)
        if not needs:
            return findings
        snapshot = github.fetch(snapshot, needs, diagnose)
        if needs.reports is not None:
            snapshot = _with_reports(snapshot)
    snapshot = _incomplete(snapshot)
    if "own_issues" in snapshot.asked and not snapshot.closed_read:
        snapshot = replace(snapshot, issues_unread=snapshot.issues_unread or "all closed issues")
    return find(snapshot, tracked_in(snapshot, now, tracked), settings, now)


_IMPORTING = Lock()


def _diagnoser(settings: Settings) -> Diagnose:
    """What explains logs. It is imported with the first of them, because most sweeps read none."""

    @cache
    def imported() -> Diagnose:
        from ci_failure_tracker.diagnosis.explain import Limits  # noqa: PLC0415
        from ci_failure_tracker.diagnosis.job import job_diagnoser  # noqa: PLC0415

        return job_diagnoser(Limits(lines=settings.excerpt_lines))

    def diagnose(request: LogRequest, source: JobSource) -> JobDiagnosis | None:
        with _IMPORTING:  # several threads bring logs, and several sweeps may begin at the same time
            explain = imported()
        return explain(request, source)

    return diagnose


def _with_reports(snapshot: Snapshot) -> Snapshot:
    """The snapshot with its test reports in the diagnoses of jobs. Most sweeps read none."""
    from ci_failure_tracker.tracking.reports_of_jobs import with_reports  # noqa: PLC0415

    return with_reports(snapshot)


def read_runs(github: GitHub, settings: Settings, now: datetime) -> tuple[Snapshot, TrackedIssues]:
    """Read the runs with everything that is needed about them except logs, and the tracker's open issues."""
    return read_runs_about(github, *read_own_issues(github, settings, now), settings, now)


def read_runs_about(
    github: GitHub, snapshot: Snapshot, tracked: TrackedIssues, settings: Settings, now: datetime
) -> tuple[Snapshot, TrackedIssues]:
    """The same, if the open issues were read."""
    diagnose = _diagnoser(settings)
    checkpoint = valid_checkpoint(tracked.written, settings)
    query, problems = query_of(settings, snapshot, now)
    query = far_enough(query, checkpoint, now)
    snapshot = github.list_runs(replace(snapshot, problems=(*snapshot.problems, *problems)), query)
    if needs := needs_of_checkpoint(snapshot, query, now):
        snapshot = github.fetch(snapshot, needs, diagnose)
        tracked = tracked_in(snapshot, now, tracked)
        checkpoint = valid_checkpoint(tracked.written, settings)
    coverage = Coverage(query, checkpoint)
    while needs := coverage.needs(snapshot, tracked.open_states):
        snapshot = github.fetch(snapshot, needs, diagnose)
    snapshot = coverage.covered(snapshot)
    for _ in range(MOST_ROUNDS):
        needs = needs_of_refs(snapshot, tracked, settings, query)
        if not needs:
            break
        snapshot = github.fetch(snapshot, needs, diagnose)
    snapshot = as_remembered(with_refs(snapshot, tracked, settings, query), query, settings)
    tracked = tracked_in(snapshot, now, tracked)
    again = runs_of_split_causes(snapshot, tracked, settings)
    held = runs_before_checkpoint(snapshot.runs, checkpoint, tracked, again)
    snapshot = replace(snapshot, runs_before_checkpoint=held)
    for _ in range(MOST_ROUNDS):
        needs = needs_of_runs(snapshot, tracked, settings, now)
        if not needs:
            return judge_schedules(snapshot, settings, now), tracked
        snapshot = github.fetch(snapshot, needs, diagnose)
    return judge_schedules(_incomplete(snapshot), settings, now), tracked


def read_own_issues(github: GitHub, settings: Settings, now: datetime) -> tuple[Snapshot, TrackedIssues]:
    """The repository and the tracker's open issues, with what tells whose text in them counts."""
    snapshot = replace(github.begin(settings.labels[0]), read_at=now)
    tracked = tracked_in(snapshot, now)
    for _ in range(MOST_ROUNDS_OF_TRUST):
        needs = needs_of_trust(snapshot, tracked)
        if not needs:
            break
        snapshot = github.fetch(snapshot, needs, _diagnoser(settings))
        tracked = tracked_in(snapshot, now, tracked)
    return snapshot, tracked


def tracked_in(snapshot: Snapshot, now: datetime, before: TrackedIssues | None = None) -> TrackedIssues:
    """The tracker's issues in a snapshot; those in `before` that did not change are not parsed again."""
    workflows = {run.workflow.id for run in snapshot.runs}
    scope = Scope(snapshot.unlabelled, workflows, snapshot.central)
    tracked = read_issues(snapshot.issues, snapshot.viewer, now, before, scope)
    return tracked.under(snapshot.refs)


def _incomplete(snapshot: Snapshot) -> Snapshot:
    what = f"The sweep stopped asking after {MOST_ROUNDS} rounds, so it may not have seen everything."
    problem = Problem(Severity.WARNING, what, "The next sweep continues.")
    return replace(snapshot, problems=(*snapshot.problems, problem))
