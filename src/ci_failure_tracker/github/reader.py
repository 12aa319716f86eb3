"""The repository on GitHub, as a sweep reads it: requests, their budget, and what went wrong with them.

Nothing is decided here: what is asked for comes from outside.
"""

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
"""Requests that GitHub has to leave to the token for a sweep to begin."""


class GitHubReader:
    """Reads one repository for one sweep."""

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints, name: str, progress: Progress) -> None:
        """Nothing is asked yet; `name` is owner/name."""
        self.queries = Queries(requester, endpoints, name)
        self._progress = progress
        self._jobs = JobReader(self.queries, progress)

    @property
    def requests(self) -> Requests:
        """What the sweep cost so far, writes included."""
        budget = self.queries.budget
        return Requests(budget.made, budget.left, budget.most)

    def begin(self, label: str) -> Snapshot:
        """The repository, its workflows and its open issues with a label.

        Raises:
            TrackerError: where the sweep cannot go on at all.
        """
        self._progress.phase("Read the tracked issues")
        asked_for = self.queries.name
        repository = _usable(self.queries.repository())
        _check_limit(self.queries.budget.left)
        issues = self.queries.issues(label, "open")
        return Snapshot(
            repository=repository,
            runs=(),
            jobs=(),
            issues=issues,
            viewer=None,
            window=Window(forks=0, unread=0, partial=False),
            problems=_moved(repository, asked_for),
            label=label,
        )

    def list_workflows(self, seen: Snapshot) -> Snapshot:
        """Every workflow that the repository has or had.

        Raises:
            TrackerError: where they cannot be listed.
        """
        self._progress.phase("Read the runs")
        return replace(seen, workflows=self.queries.workflows())

    def list_runs(self, seen: Snapshot, query: Query) -> Snapshot:
        """The runs that a query asks for.

        Raises:
            TrackerError: where not even one can be listed.
        """
        found = list_runs(self.queries, query)
        window = Window(found.forks, 0, partial=bool(found.problems), start=found.start)
        return replace(seen, runs=found.runs, window=window, problems=(*seen.problems, *found.problems))

    def fetch(self, seen: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """What is needed; what cannot be read is a problem in the result, and is not asked for again.

        `diagnose` explains a failed job, and is called once as each log arrives.
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
                seen = step(seen, needs, diagnose)
        return replace(seen, asked=seen.asked | set(needs.each_key()))

    def _viewer(self, seen: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        try:
            return replace(seen, viewer=self.queries.viewer())
        except TrackerError as error:
            advice = "Issues that may be the token's own are left alone for now."
            return _with(seen, Problem(Severity.ERROR, error.what, advice))

    def _jobs_of_runs(self, seen: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        found, unread, problems = self._jobs.read(needs.jobs)
        window = replace(seen.window, unread=seen.window.unread + unread, partial=seen.window.partial or unread > 0)
        return _with(replace(seen, jobs=(*seen.jobs, *found), window=window), *problems)

    def _workflow_files(self, seen: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        try:
            return replace(seen, workflow_files=self.queries.workflow_files())
        except TrackerError as error:
            return _with(seen, not_looked_at(error))

    def _scheduled_runs(self, seen: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        found, problems = newest_scheduled_runs(self.queries, needs.scheduled_runs)
        return _with(replace(seen, scheduled_runs=(*seen.scheduled_runs, *found)), *problems)

    def _files_at(self, seen: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        try:
            texts = self.queries.files_at(needs.files_at)
        except TrackerError as error:
            return _with(seen, not_looked_at(error))
        return replace(seen, files_at={**seen.files_at, **dict(zip(needs.files_at, texts, strict=True))})

    def _closed_issues(self, seen: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """Where they cannot be read nothing is opened: one may have been closed by who does not want it back."""
        try:
            self.queries.budget.check(1)
            found = self.queries.issues(seen.label, "closed")
        except GitHubError as error:
            what = f"No issue was opened, for it is not known which ones were closed. {error.what}"
            return _with(replace(seen, closed_unread=True), Problem(error.severity, what, error.advice))
        # One that was closed meanwhile is in both lists.
        issues = {one.number: one for one in (*seen.issues, *found)}
        return replace(seen, issues=tuple(issues.values()), closed_read=True)

    def _logs(self, seen: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        if needs.logs is None:
            return seen
        known = {job.id: job.annotations for one in seen.jobs for job in one.jobs if job.annotations is not None}
        found = read_logs(self.queries, needs.logs, known, diagnose, self._progress)
        return _with(
            replace(seen, job_diagnoses=found.job_diagnoses, logs=found.counts, undiagnosed=found.unexplained),
            *found.problems,
        )

    def _commits(self, seen: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """Where none answers, the next sweep asks; where GitHub does not show them, that is told apart."""
        try:
            self.queries.budget.check(1)
            return replace(seen, commits=self.queries.commits_between(needs.commits))
        except (UnansweredError, RateLimitedError, RequestsSpentError):
            return seen
        except TrackerError:
            return replace(seen, hidden_commits=needs.commits)


def _with(seen: Snapshot, *problems: Problem) -> Snapshot:
    return replace(seen, problems=(*seen.problems, *problems))


def _usable(repository: Repository) -> Repository:
    if repository.archived:
        raise ArchivedError(repository.full_name)
    if not repository.has_issues:
        raise IssuesDisabledError(repository.full_name)
    return repository


def _moved(repository: Repository, asked_for: str) -> tuple[Problem, ...]:
    if repository.full_name.casefold() == asked_for.casefold():
        return ()
    what = f"{asked_for} is called {repository.full_name} now."
    advice = "Give that name in `repository`; the old one works until somebody takes it."
    return (Problem(Severity.NOTICE, what, advice),)


def _check_limit(left: int | None) -> None:
    """Not to begin what cannot be ended, and to leave something to the others that use the token.

    Raises:
        RateLimitedError: where GitHub leaves too few requests.
    """
    if left is not None and left < LEAST_LEFT:
        raise RateLimitedError(
            f"GitHub leaves {left} requests to this token for now, and a sweep does not begin with less than "
            f"{LEAST_LEFT}.",
            "Sweep again when the limit is reset, within the hour, or run the tracker less often.",
        )
