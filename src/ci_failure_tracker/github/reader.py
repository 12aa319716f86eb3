"""The repository on GitHub, as a sweep reads it. This module sends requests and decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ci_failure_tracker.errors import (
    ArchivedError,
    GitHubError,
    IssuesDisabledError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnansweredError,
)
from ci_failure_tracker.github.client import Endpoints, MeteredRequester
from ci_failure_tracker.github.jobs import JobReader
from ci_failure_tracker.github.listing import list_runs
from ci_failure_tracker.github.logs import read_logs
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.schedules import newest_scheduled_runs, not_looked_at
from ci_failure_tracker.model import Diagnose, Needs, Problem, Query, Repository, Requests, Severity, Snapshot, Window
from ci_failure_tracker.model.progress import Progress

LEAST_LEFT = 50
"""A sweep does not begin if GitHub leaves fewer requests than this to the token."""


class GitHubReader:
    """Reads one repository for one sweep."""

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints, name: str, progress: Progress) -> None:
        """Send no request yet; `name` is owner/name."""
        self.queries = Queries(requester, endpoints, name)
        self._progress = progress
        self._jobs = JobReader(self.queries, progress)

    @property
    def requests(self) -> Requests:
        """The requests of the sweep so far, writes included."""
        budget = self.queries.budget
        return Requests(budget.made, budget.left, budget.most)

    def begin(self, label: str) -> Snapshot:
        """Read the repository and its open issues with a label.

        Raises:
            TrackerError: the sweep cannot go on at all.
        """
        self._progress.phase("Read the tracked issues")
        old_name = self.queries.name
        repository = _usable(self.queries.repository())
        _check_limit(self.queries.budget.left)
        return Snapshot(
            repository=repository,
            runs=(),
            jobs=(),
            issues=self.queries.issues(label, "open"),
            viewer=None,
            window=Window(forks=0, unread=0, partial=False),
            problems=_moved(repository, old_name),
            label=label,
        )

    def list_workflows(self, snapshot: Snapshot) -> Snapshot:
        """List every workflow that the repository has or had.

        Raises:
            TrackerError: they cannot be listed.
        """
        self._progress.phase("Read the runs")
        return replace(snapshot, workflows=self.queries.workflows())

    def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:
        """List the runs that a query asks for.

        Raises:
            TrackerError: not a single run can be listed.
        """
        listing = list_runs(self.queries, query)
        window = Window(listing.forks, 0, partial=bool(listing.problems), start=listing.start)
        return _with(replace(snapshot, runs=listing.runs, window=window), *listing.problems)

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """Read what is needed. What cannot be read becomes a problem in the snapshot and is not asked for again.

        `diagnose` is called once for each log, as it arrives.
        """
        steps: tuple[tuple[object, Callable[[Snapshot, Needs, Diagnose], Snapshot]], ...] = (
            (needs.viewer, self._viewer),
            (needs.jobs, self._jobs_of_runs),
            (needs.workflow_files, self._workflow_files),
            (needs.scheduled_runs, self._scheduled_runs),
            (needs.files_at, self._files_at),
            (needs.closed_issues, self._closed_issues),
            (needs.logs, self._logs),
            (needs.commits, self._commits),
        )
        for needed, step in steps:
            if needed:
                snapshot = step(snapshot, needs, diagnose)
        return replace(snapshot, asked=snapshot.asked | set(needs.each_key()))

    def _viewer(self, snapshot: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        try:
            return replace(snapshot, viewer=self.queries.viewer())
        except TrackerError as error:
            advice = "Issues that may be the token's own are left alone for now."
            return _with(snapshot, Problem(Severity.ERROR, error.what, advice))

    def _jobs_of_runs(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        jobs, unread, problems = self._jobs.read(needs.jobs)
        window = replace(
            snapshot.window, unread=snapshot.window.unread + unread, partial=snapshot.window.partial or unread > 0
        )
        return _with(replace(snapshot, jobs=(*snapshot.jobs, *jobs), window=window), *problems)

    def _workflow_files(self, snapshot: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        try:
            return replace(snapshot, workflow_files=self.queries.workflow_files())
        except TrackerError as error:
            return _with(snapshot, not_looked_at(error))

    def _scheduled_runs(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        runs, problems = newest_scheduled_runs(self.queries, needs.scheduled_runs)
        return _with(replace(snapshot, scheduled_runs=(*snapshot.scheduled_runs, *runs)), *problems)

    def _files_at(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        try:
            texts = self.queries.files_at(needs.files_at)
        except TrackerError as error:
            return _with(snapshot, not_looked_at(error))
        return replace(snapshot, files_at={**snapshot.files_at, **dict(zip(needs.files_at, texts, strict=True))})

    def _closed_issues(self, snapshot: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """If this fails, no issue is opened: a person may have closed it because they do not want it."""
        try:
            self.queries.budget.check(1)
            closed = self.queries.issues(snapshot.label, "closed")
        except GitHubError as error:
            what = f"No issue was opened, for it is not known which ones were closed. {error.what}"
            return _with(replace(snapshot, closed_unread=True), Problem(error.severity, what, error.advice))
        # An issue that was closed in the meantime is in both lists.
        issues = {issue.number: issue for issue in (*snapshot.issues, *closed)}
        return replace(snapshot, issues=tuple(issues.values()), closed_read=True)

    def _logs(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        if needs.logs is None:
            return snapshot
        jobs = [job for run_jobs in snapshot.jobs for job in run_jobs.jobs]
        annotations = {job.id: job.annotations for job in jobs if job.annotations is not None}
        result = read_logs(self.queries, needs.logs, annotations, diagnose, self._progress)
        return _with(
            replace(snapshot, job_diagnoses=result.job_diagnoses, logs=result.counts, undiagnosed=result.undiagnosed),
            *result.problems,
        )

    def _commits(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """If GitHub gives no answer, the next sweep asks again; `hidden_commits` holds what it does not show."""
        try:
            self.queries.budget.check(1)
            return replace(snapshot, commits=self.queries.commits_between(needs.commits))
        except (UnansweredError, RateLimitedError, RequestsSpentError):
            return snapshot
        except TrackerError:
            return replace(snapshot, hidden_commits=needs.commits)


def _with(snapshot: Snapshot, *problems: Problem) -> Snapshot:
    return replace(snapshot, problems=(*snapshot.problems, *problems))


def _usable(repository: Repository) -> Repository:
    if repository.archived:
        raise ArchivedError(repository.full_name)
    if not repository.has_issues:
        raise IssuesDisabledError(repository.full_name)
    return repository


def _moved(repository: Repository, old_name: str) -> tuple[Problem, ...]:
    if repository.full_name.casefold() == old_name.casefold():
        return ()
    what = f"{old_name} is called {repository.full_name} now."
    advice = "Give that name in `repository`; the old one works until somebody takes it."
    return (Problem(Severity.NOTICE, what, advice),)


def _check_limit(left: int | None) -> None:
    """Check that the sweep can end, and that other programs that use the token have requests left.

    Raises:
        RateLimitedError: GitHub leaves too few requests.
    """
    if left is not None and left < LEAST_LEFT:
        raise RateLimitedError(
            f"GitHub leaves {left} requests to this token for now, and a sweep does not begin with less than "
            f"{LEAST_LEFT}.",
            "Sweep again when the limit is reset, within the hour, or run the tracker less often.",
        )
