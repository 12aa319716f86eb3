"""A sweep: list, read what is needed, decide, render, write, report. The only place that knows the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ci_failure_tracker.diagnosis.explain import Limits
from ci_failure_tracker.diagnosis.job import job_diagnoser
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.issues.render import render, unwritten
from ci_failure_tracker.model import (
    Action,
    Diagnose,
    JobDiagnosis,
    JobSource,
    LogRequest,
    Needs,
    Problem,
    Query,
    Requests,
    Result,
    Severity,
    Snapshot,
)
from ci_failure_tracker.report.report import Report, make_report
from ci_failure_tracker.report.statistics import make_statistics
from ci_failure_tracker.selection.checkpoint import runs_before_checkpoint, with_checkpoint
from ci_failure_tracker.selection.needs import needs_of_issues, needs_of_runs, needs_of_trust
from ci_failure_tracker.selection.query import as_remembered, query_of
from ci_failure_tracker.selection.schedules import judge_schedules
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings, find
from ci_failure_tracker.tracking.track import TrackedIssues, read_issues

MOST_ROUNDS = 8
"""Questions to GitHub that follow from one another. Runs take up to four (jobs, more jobs, three for schedules beside
them), issues up to six (closed ones, the login that tells whose they are, logs, the first two again, commits)."""


class Source(Protocol):
    """Where a sweep reads: GitHub, or what stands in for it."""

    @property
    def requests(self) -> Requests:
        """What the sweep cost so far."""

    def begin(self, label: str) -> Snapshot:
        """The repository and its open issues with a label."""

    def list_workflows(self, seen: Snapshot) -> Snapshot:
        """The workflows."""

    def list_runs(self, seen: Snapshot, query: Query) -> Snapshot:
        """The runs that a query asks for."""

    def fetch(self, seen: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """What is needed; each need is among `asked` afterwards."""


class Writer(Protocol):
    """What carries out writes, or holds them back."""

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        """What became of each action, in the same order."""


def sweep(source: Source, writer: Writer, settings: Settings, template: IssueTemplate, now: datetime) -> Report:
    """Look once at the repository and do what is to be done; a dry run differs in its writer alone.

    Raises:
        TrackerError: where the sweep cannot go on at all. What only a part of it could not do is in the report.
    """
    found = with_checkpoint(look(source, settings, now), settings)
    actions = render(found.decisions.each, template, found.snapshot.repository, settings)
    results = writer.apply(actions)
    statistics = make_statistics(found, results, settings, now)
    return make_report(found, results, unwritten(actions), source.requests, statistics, now)


def look(source: Source, settings: Settings, now: datetime) -> Findings:
    """Read until everything can be decided."""
    diagnose = job_diagnoser(Limits(lines=settings.excerpt_lines))
    seen, tracked = look_at_runs(source, settings, now)
    for _ in range(MOST_ROUNDS):
        tracked = read_issues(seen.issues, seen.viewer, now, tracked)
        found = find(seen, tracked, settings, now)
        needs = needs_of_trust(seen) or needs_of_issues(found, settings, now)
        if not needs:
            return found
        seen = source.fetch(seen, needs, diagnose)
    return find(_not_all_seen(seen), read_issues(seen.issues, seen.viewer, now, tracked), settings, now)


def look_at_runs(source: Source, settings: Settings, now: datetime) -> tuple[Snapshot, TrackedIssues]:
    """The runs with all that has to be known of them, but for logs; and the open issues that are ours."""
    seen = source.begin(settings.labels[0])
    if needs := needs_of_trust(seen):
        seen = source.fetch(seen, needs, _nothing_to_say)
    seen = source.list_workflows(seen)
    query, problems = query_of(settings, seen, now)
    seen = source.list_runs(replace(seen, problems=(*seen.problems, *problems)), query)
    seen = as_remembered(seen, query, settings)
    tracked = read_issues(seen.issues, seen.viewer, now)
    seen = replace(seen, known=runs_before_checkpoint(seen.runs, tracked, settings))
    for _ in range(MOST_ROUNDS):
        needs = needs_of_runs(seen, tracked, settings, now)
        if not needs:
            return judge_schedules(seen, settings, now), tracked
        seen = source.fetch(seen, needs, _nothing_to_say)
    return judge_schedules(_not_all_seen(seen), settings, now), tracked


def _nothing_to_say(_wanted: LogRequest, _job: JobSource) -> JobDiagnosis | None:
    """Stands for a diagnosis where no logs are asked for."""


def _not_all_seen(seen: Snapshot) -> Snapshot:
    what = f"The sweep stopped asking after {MOST_ROUNDS} rounds, so it may not have seen everything."
    return replace(seen, problems=(*seen.problems, Problem(Severity.WARNING, what, "The next sweep goes on.")))
