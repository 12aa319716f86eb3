"""The repository on GitHub, as a sweep reads it. This module sends requests and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ci_failure_tracker.errors import (
    ArchivedError,
    GitHubError,
    IssuesDisabledError,
    MalformedError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnansweredError,
)
from ci_failure_tracker.github.client import Endpoints, MeteredRequester
from ci_failure_tracker.github.fields import LeftOut, left_out_problems
from ci_failure_tracker.github.jobs import JobReader
from ci_failure_tracker.github.listing import list_runs
from ci_failure_tracker.github.logs import read_logs
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.schedules import newest_scheduled_runs, not_looked_at
from ci_failure_tracker.model import (
    Diagnose,
    Needs,
    Problem,
    Query,
    Repository,
    Requests,
    Severity,
    Snapshot,
    Unclear,
    Window,
    Workflow,
)
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import counted

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
        left_out: list[LeftOut] = []
        snapshot = Snapshot(
            repository=repository,
            runs=(),
            jobs=(),
            issues=self.queries.issues(label, "open", left_out),
            viewer=None,
            window=Window(forks=0, unread=0, partial=False),
            problems=_moved(repository, old_name),
            label=label,
        )
        if not left_out:
            return snapshot
        unclear = replace(snapshot.unclear, issues=True)
        return _partly(replace(snapshot, unclear=unclear), *left_out_problems(left_out))

    def list_workflows(self, snapshot: Snapshot) -> Snapshot:
        """List every workflow that the repository has or had.

        If one of them is malformed, a workflow that is not in the list may exist all the same.

        Raises:
            TrackerError: they cannot be listed.
        """
        self._progress.phase("Read the runs")
        left_out: list[LeftOut] = []
        snapshot = replace(snapshot, workflows=self.queries.workflows(left_out))
        if not left_out:
            return snapshot
        unclear = replace(snapshot.unclear, names=True)
        return _partly(replace(snapshot, unclear=unclear), *left_out_problems(left_out))

    def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:
        """List the runs that a query asks for.

        Raises:
            TrackerError: not a single run can be listed.
        """
        listing = list_runs(self.queries, query)
        partial = snapshot.window.partial or bool(listing.problems)
        window = Window(listing.forks, 0, partial=partial, start=listing.start)
        unclear = _with_runs(snapshot.unclear, listing.left_out)
        snapshot = replace(snapshot, runs=listing.runs, window=window, unclear=unclear)
        return _without_names(_with(snapshot, *listing.problems))

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
        read = self._jobs.read(needs.jobs)
        before = snapshot.window
        window = replace(before, unread=before.unread + read.unread, partial=before.partial or read.unread > 0)
        unclear = replace(snapshot.unclear, workflows=snapshot.unclear.workflows | read.unclear)
        snapshot = replace(snapshot, jobs=(*snapshot.jobs, *read.jobs), window=window, unclear=unclear)
        return _with(snapshot, *read.problems)

    def _workflow_files(self, snapshot: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        try:
            return replace(snapshot, workflow_files=self.queries.workflow_files())
        except TrackerError as error:
            return _with(snapshot, not_looked_at(error))

    def _scheduled_runs(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        runs, left_out, problems = newest_scheduled_runs(self.queries, needs.scheduled_runs)
        snapshot = replace(
            snapshot,
            scheduled_runs=(*snapshot.scheduled_runs, *runs),
            unclear=_with_runs(snapshot.unclear, left_out),
        )
        return _partly(snapshot, *problems) if left_out else _with(snapshot, *problems)

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
            left_out: list[LeftOut] = []
            closed = self.queries.issues(snapshot.label, "closed", left_out)
        except GitHubError as error:
            what = f"No issue was opened, for it is not known which ones were closed. {error.what}"
            return _with(replace(snapshot, closed_unread=True), Problem(error.severity, what, error.advice))
        # An issue that was closed in the meantime is in both lists.
        issues = {issue.number: issue for issue in (*snapshot.issues, *closed)}
        snapshot = replace(snapshot, issues=tuple(issues.values()), closed_read=True)
        return _with(replace(snapshot, closed_unread=bool(left_out)), *left_out_problems(left_out))

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
        except MalformedError as error:
            return _with(snapshot, Problem(Severity.WARNING, error.what, error.advice))
        except (UnansweredError, RateLimitedError, RequestsSpentError):
            return snapshot
        except TrackerError:
            return replace(snapshot, hidden_commits=needs.commits)


def _with(snapshot: Snapshot, *problems: Problem) -> Snapshot:
    return replace(snapshot, problems=(*snapshot.problems, *problems))


def _partly(snapshot: Snapshot, *problems: Problem) -> Snapshot:
    """The snapshot with problems because of which it does not hold everything."""
    return _with(replace(snapshot, window=replace(snapshot.window, partial=True)), *problems)


def _with_runs(unclear: Unclear, left_out: Sequence[LeftOut]) -> Unclear:
    """What is unclear after these runs could not be understood."""
    workflows = {item.workflow_id for item in left_out}
    known = frozenset(number for number in workflows if number is not None)
    return replace(unclear, runs=unclear.runs or None in workflows, workflows=unclear.workflows | known)


def _without_names(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the listed runs whose workflows have no known name.

    If the list of workflows is complete, a workflow that is not in it was deleted.
    """
    listed = {workflow.id for workflow in snapshot.workflows}
    unnamed: dict[int, Workflow] = {
        run.workflow.id: run.workflow for run in snapshot.runs if run.workflow.id not in listed
    }
    if not unnamed or (listed and not snapshot.unclear.names):
        return snapshot
    unclear = replace(snapshot.unclear, names=True, workflows=snapshot.unclear.workflows | unnamed.keys())
    what = f"GitHub's list of workflows lacks {counted(len(unnamed), 'workflow')} of the listed runs, so"
    what = f"{what} {'its name is' if len(unnamed) == 1 else 'their names are'} not known."
    problem = Problem(Severity.WARNING, what, "Nothing is opened or closed for it until the list is complete.")
    return _partly(replace(snapshot, unclear=unclear), problem)


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
