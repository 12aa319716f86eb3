"""What a sweep makes of a scan that a test gives it: decisions, writes, a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from builders import HURRIED, START, Quiet
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.retry import RetryPolicy
from ci_failure_tracker.github.writer import DryRunWriter, GitHubIssueWriter, IssueTexts
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.issues.known_text import with_known_table
from ci_failure_tracker.issues.marker import identity_of
from ci_failure_tracker.issues.render import closed_as_duplicate, render, unwritten
from ci_failure_tracker.model import Action, CurrentFailure, Issue, Observation, Problem, Requests, Result, Snapshot
from ci_failure_tracker.report.measures import Statistics
from ci_failure_tracker.report.report import Report, make_report
from ci_failure_tracker.selection.checkpoint import with_checkpoint
from ci_failure_tracker.settings import Settings, read_settings
from ci_failure_tracker.sweep import sweep
from ci_failure_tracker.tracking.decide import Findings, decide
from ci_failure_tracker.tracking.observations import observe
from ci_failure_tracker.tracking.track import read_issues, track_observations
from memory_github import MemoryWriter
from sandbox import Server

TEMPLATE = IssueTemplate()
REQUESTS = Requests(5, 995, 800)
TEXTS = IssueTexts(identity_of, closed_as_duplicate, with_known_table)


@dataclass(frozen=True)
class Plan:
    """What a sweep would write."""

    found: Findings
    actions: tuple[Action, ...]

    @property
    def failing(self) -> tuple[CurrentFailure, ...]:
        return self.found.decisions.failing

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self.found.decisions.problems, *unwritten(self.actions))


def find_in(
    scan: Snapshot, settings: Settings, now: datetime, observed: Sequence[Observation] | None = None
) -> Findings:
    """What is known and decided, of the observations in a scan or of others."""
    tracked = read_issues(scan.issues, scan.viewer, now)
    known = track_observations(observe(scan) if observed is None else tuple(observed), scan, tracked, settings)
    return Findings(scan, known, decide(known, scan, settings, now))


def make_plan(scan: Snapshot, settings: Settings, now: datetime, observed: Sequence[Observation] | None = None) -> Plan:
    found = with_checkpoint(find_in(scan, settings, now, observed), settings)
    template = IssueTemplate(settings.issue_template) if settings.issue_template else TEMPLATE
    return Plan(found, render(found.decisions.all, template, scan.repository, settings))


def carry_out(plan: Plan, issues: Iterable[Issue] = (), now: datetime = START) -> tuple[Issue, ...]:
    """The issues after the writes of a plan."""
    by_number = {issue.number: issue for issue in issues}
    MemoryWriter(by_number, now).apply(plan.actions)
    return tuple(by_number.values())


def sweep_server(server: Server, inputs: Mapping[str, str], at: datetime, policy: RetryPolicy = HURRIED) -> Report:
    """One sweep over HTTP, without waiting between requests; an input's name may have `_` for `-`."""
    settings = read_settings({name.replace("_", "-"): value for name, value in inputs.items()})
    endpoints = Endpoints(server.api_url, server.graphql_url)
    requester = connect(settings.token, endpoints, policy, settings.max_requests)
    github = GitHubReader(requester, endpoints, settings.repository, Quiet())
    return sweep(github, writer_of(requester, github), settings, TEMPLATE, at)


def report_of(
    plan: Plan,
    results: Iterable[Result] | None = None,
    requests: Requests = REQUESTS,
    *,
    statistics: Statistics,
    now: datetime,
) -> Report:
    """The report of a plan; without results it was a dry run."""
    done = tuple(DryRunWriter().apply(plan.actions) if results is None else results)
    return make_report(plan.found, done, unwritten(plan.actions), requests, statistics, now)


def writer_of(requester: MeteredRequester, github: GitHubReader) -> GitHubIssueWriter:
    """What writes, without waiting between writes and without telling of it."""
    return GitHubIssueWriter(requester, github.queries, TEXTS, Quiet())
