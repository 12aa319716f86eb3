"""The repository on GitHub, as a sweep reads it. This module sends requests and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from ci_failure_tracker.errors import (
    ArchivedError,
    IssuesDisabledError,
    MalformedError,
    MissingRightError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnansweredError,
)
from ci_failure_tracker.github.client import Endpoints, MeteredRequester
from ci_failure_tracker.github.commits import (
    CommitDetails,
    CommitQueries,
    contents_hidden,
    read_codeowners,
    read_files,
    read_origins,
)
from ci_failure_tracker.github.fields import LeftOut, left_out_problems
from ci_failure_tracker.github.issues import IssueQueries, MovedError
from ci_failure_tracker.github.jobs import JobReader
from ci_failure_tracker.github.listing import KEPT, list_runs
from ci_failure_tracker.github.logs import read_logs
from ci_failure_tracker.github.more_runs import read_more_runs
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.refs import last_runs_of, refs_unread, runs_of_tags, tags_unread
from ci_failure_tracker.github.schedules import newest_scheduled_runs, not_looked_at
from ci_failure_tracker.github.side_by_side import or_error, together
from ci_failure_tracker.model import (
    Diagnose,
    Issue,
    KnownIssue,
    Needs,
    Permission,
    Problem,
    Query,
    Repository,
    Requests,
    Severity,
    Snapshot,
    Tag,
    Unclear,
    Window,
    Workflow,
)
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import counted

_T = TypeVar("_T")

LEAST_LEFT = 50
"""A sweep does not begin if GitHub leaves fewer requests than this to the token."""


JOB_ACCOUNT = "github-actions[bot]"
"""The account of a job's own token."""


_START_FILES_HIDDEN = Problem(
    Severity.NOTICE,
    "A workflow could not start, and this token may not read its file to find out why.",
    "Add `contents: read` to the permissions.",
)


_HEADS_HIDDEN = Problem(
    Severity.NOTICE,
    "This token may not read the newest commits of branches, so the newest listed run of a branch tells which it is.",
    "With `contents: read`, `rerun` sees commits that started no run.",
)


_PASSING = (UnansweredError, RateLimitedError, RequestsSpentError)
"""Errors after which the next sweep may get an answer."""

_NOT_SHOWN = "Known issues are off in this sweep, because GitHub does not show them."
_OFF = "Known issues are off, because this token may not ask whether the people who wrote them may write here."


@dataclass(frozen=True, slots=True)
class _Listed(Generic[_T]):
    """The items of a list, and those that are malformed."""

    items: tuple[_T, ...]
    left_out: Sequence[LeftOut]


class GitHubReader:
    """Reads one repository for one sweep."""

    def __init__(
        self,
        requester: MeteredRequester,
        endpoints: Endpoints,
        name: str,
        progress: Progress,
        queries: Queries | None = None,
        *,
        writes: bool = True,
    ) -> None:
        """Send no request yet; `name` is owner/name. If nothing is written, a repository without issues will do."""
        self.queries = queries or Queries(requester, endpoints, name)
        self._requester = requester
        self._writes = writes
        self._progress = progress
        self._jobs = JobReader(self.queries, progress)
        self._issues = IssueQueries(requester, self.queries)
        self._commit_queries = CommitQueries(requester, self.queries)

    @property
    def requests(self) -> Requests:
        """The requests of the sweep so far, writes included."""
        budget = self.queries.budget
        return Requests(budget.made, budget.limits.left, budget.most)

    def begin(self, label: str) -> Snapshot:
        """Read the repository, its open issues with a label, and every workflow that it has or had.

        An empty label stands for no issues: they are in another repository.

        Raises:
            TrackerError: the sweep cannot go on at all.
        """
        self._progress.phase("Read the tracked issues")
        old_name = self.queries.name
        open_issues = partial(self._open_issues, label)
        # The three do not depend on each other, unless the repository was renamed: then the last two are read again.
        tasks = (self.queries.repository, or_error(open_issues), or_error(self._workflows))
        repository, issues, workflows = together(*tasks)
        if self._writes:
            _check_usable(repository)
        self._check_limit()
        moved = _moved(repository, old_name)
        if moved:  # an old name leads to the repository, but not to what is in it
            issues, workflows = or_error(open_issues)(), self._workflows()
        if not repository.has_issues:
            issues = _Listed((), ())
        if isinstance(issues, TrackerError):
            raise issues
        if isinstance(workflows, TrackerError):
            raise workflows
        # If a workflow is malformed, one that is not in the list may exist all the same.
        unclear = Unclear(issues=bool(issues.left_out), names=bool(workflows.left_out))
        snapshot = Snapshot(
            repository=repository,
            runs=(),
            jobs=(),
            issues=issues.items,
            workflows=workflows.items,
            viewer=None,
            window=Window(forks=0, unread=0, partial=False),
            problems=moved,
            label=label,
            unclear=unclear,
        )
        left_out = (*issues.left_out, *workflows.left_out)
        return _partly(snapshot, *left_out_problems(left_out)) if left_out else snapshot

    def _check_limit(self) -> None:
        """Check that the sweep can end, and that other programs that use the token have requests left.

        Raises:
            RateLimitedError: GitHub left too few requests when the sweep began.
        """
        left = self._left_at_first
        if left is not None and left < LEAST_LEFT:
            raise RateLimitedError(
                f"GitHub allows only {left} requests for this token until the limit resets, and a sweep needs at "
                f"least {LEAST_LEFT}.",
                "Sweep again when the limit is reset, within the hour, or run the tracker less often.",
            )

    @property
    def _left_at_first(self) -> int | None:
        """The requests that GitHub left to the token after the first one; several were sent at the same time."""
        budget = self.queries.budget
        return None if budget.limits.left is None else budget.limits.left + budget.made - 1

    def _open_issues(self, label: str) -> _Listed[Issue]:
        left_out: list[LeftOut] = []
        return _Listed(self.queries.issues(label, "open", left_out) if label else (), left_out)

    def _workflows(self) -> _Listed[Workflow]:
        left_out: list[LeftOut] = []
        return _Listed(self.queries.workflows(left_out), left_out)

    def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:
        """List the runs that a query asks for, and the tags if it needs them.

        Raises:
            TrackerError: not a single run can be listed.
        """
        self._progress.phase("Read the runs")
        read_tags = self._tags if query.needs_tags else _no_tags
        listing, (tags, known, hidden) = together(partial(list_runs, self.queries, query), read_tags)
        # A list with a gap must not close an issue: the missing run may be the one that failed.
        in_part = snapshot.window.partial or bool(listing.problems)
        window = Window(listing.forks, 0, partial=in_part, start=listing.start, listed_from=listing.start)
        unclear = _with_runs(snapshot.unclear, listing.left_out)
        asked = snapshot.asked | ({"tags"} if query.needs_tags else set())
        snapshot = replace(snapshot, runs=listing.runs, window=window, unclear=unclear, tags=tags, asked=asked)
        if isinstance(known, _PASSING):
            snapshot = _unread(snapshot, "the known issues", known)
        elif isinstance(known, tuple):
            snapshot = replace(snapshot, known_issues=known)
        return _with(_without_names(_with(snapshot, *listing.problems)), *hidden)

    def _tags(self) -> _Tags:
        try:
            self.queries.budget.check(1, KEPT)
            tags, known = self.queries.tags_and_known_issues()
        except TrackerError as error:
            return None, None, (tags_unread(error),)
        return (None, known, (tags_unread(tags),)) if isinstance(tags, TrackerError) else (tags, known, ())

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """Read what is needed. What cannot be read becomes a problem in the snapshot and is not asked for again.

        `diagnose` is called once for each log, as it arrives.
        """
        steps: tuple[tuple[object, Callable[[Snapshot, Needs, Diagnose], Snapshot]], ...] = (
            (needs.recently_closed, self._recently_closed),
            (needs.viewer, self._viewer),
            (needs.run_lists or needs.newest_runs or needs.run_changes or needs.runs, self._runs),
            (needs.tag_runs or needs.release_runs, self._tag_runs),
            (needs.refs, self._ref_kinds),
            (needs.last_runs, self._last_runs),
            (needs.heads, self._heads),
            (needs.jobs, self._jobs_of_runs),
            (needs.workflow_files, self._workflow_files),
            (needs.scheduled_runs, self._scheduled_runs),
            (needs.files_at, self._files_at),
            (needs.start_files, self._start_files),
            (needs.authorships, self._authorships),
            (needs.permissions, self._permissions),
            (needs.known_issues, self._known_issues),
            (needs.own_issues, self._own_issues),
            (needs.closed_issues, self._closed_issues),
            (needs.missing_issues, self._missing_issues),
            (needs.closed_long_ago, self._closed_long_ago),
            (needs.closers, self._closers),
            (needs.descendants, self._descendants),
            (needs.reports, self._reports),
            (needs.logs, self._logs),
            (needs.commits, self._commits),
            (needs.commit_files or needs.commit_origins, self._commit_details),
            (needs.codeowners, self._codeowners),
        )
        of_issues = (self._recently_closed, self._own_issues, self._closed_issues, self._closed_long_ago)
        for needed, step in steps:
            # A repository whose issues are off answers 410 to each question about them.
            if needed and (snapshot.repository.has_issues or step not in of_issues):
                snapshot = step(snapshot, needs, diagnose)
        return replace(snapshot, asked=snapshot.asked | set(needs.each_key()))

    def _viewer(self, snapshot: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        try:
            return self._with_viewer(snapshot)
        except TrackerError as error:
            advice = "This sweep changes no issue that the token may have opened."
            return _with(snapshot, Problem(Severity.ERROR, error.what, advice))

    def _recently_closed(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """If they cannot be read, the sweep reads more runs, and nothing else is lost."""
        if needs.recently_closed is None:
            return snapshot
        try:
            return _with_issues(snapshot, self._issues.recently_closed(snapshot.label, needs.recently_closed))
        except TrackerError:
            return snapshot

    def _runs(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        read = read_more_runs(self.queries, needs)
        snapshot = replace(
            snapshot,
            run_lists={**snapshot.run_lists, **read.lists},
            newest_runs={**snapshot.newest_runs, **read.newest},
            run_changes={**snapshot.run_changes, **read.changes},
            single_runs=(*snapshot.single_runs, *read.runs),
            unclear=_with_runs(snapshot.unclear, read.left_out),
        )
        return _partly(snapshot, *read.problems) if read.left_out else _with(snapshot, *read.problems)

    def _tag_runs(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        runs, left_out, problems = runs_of_tags(self.queries, needs)
        unclear = _with_runs(snapshot.unclear, left_out)
        snapshot = replace(snapshot, tag_runs=(*snapshot.tag_runs, *runs), unclear=unclear)
        return _partly(snapshot, *problems) if problems else snapshot

    def _ref_kinds(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        try:
            self.queries.budget.check(1, KEPT)
            kinds = self.queries.ref_kinds(needs.refs)
        except TrackerError as error:
            # That tags are not seen is a problem already, and one notice says enough.
            tags_unread_too = "tags" in snapshot.asked and snapshot.tags is None
            return snapshot if tags_unread_too else _with(snapshot, refs_unread(error))
        return replace(snapshot, ref_kinds={**snapshot.ref_kinds, **kinds})

    def _last_runs(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """If they cannot be read, nothing is retired or opened for these workflows, and the next sweep asks again."""
        by_id = {workflow.id: workflow for workflow in snapshot.workflows}
        last_runs, unread = dict(snapshot.last_runs), set[int]()
        for workflow_id, status_ref in needs.last_runs:
            if workflow := by_id.get(workflow_id):
                try:
                    last_runs[workflow_id, status_ref] = last_runs_of(self.queries, workflow, status_ref)
                except TrackerError:
                    unread.add(workflow_id)
        unclear = replace(snapshot.unclear, workflows=snapshot.unclear.workflows | unread)
        return replace(snapshot, last_runs=last_runs, unclear=unclear)

    def _heads(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """The newest commits of branches. Of a branch without an answer nothing runs again."""
        try:
            self.queries.budget.check(1)
            return replace(snapshot, heads={**snapshot.heads, **self.queries.heads(needs.heads)})
        except MissingRightError:
            # A notice that tags are hidden says enough of contents.
            tags_hidden = "tags" in snapshot.asked and snapshot.tags is None
            snapshot = replace(snapshot, heads_hidden=True)
            return snapshot if tags_hidden else _with(snapshot, _HEADS_HIDDEN)
        except TrackerError:
            return snapshot

    def _jobs_of_runs(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        read = self._jobs.read(needs.jobs, with_known=snapshot.known_issues is None)
        before = snapshot.window
        window = replace(before, unread=before.unread + read.unread, partial=before.partial or read.unread > 0)
        unclear = replace(snapshot.unclear, workflows=snapshot.unclear.workflows | read.unclear)
        known = read.known if snapshot.known_issues is None else snapshot.known_issues
        jobs = (*snapshot.jobs, *read.jobs)
        snapshot = replace(snapshot, jobs=jobs, window=window, unclear=unclear, known_issues=known)
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

    def _start_files(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """Files that may say why a workflow could not start."""
        try:
            texts = self.queries.files_at(needs.start_files)
        except MissingRightError:
            return _with(snapshot, _START_FILES_HIDDEN)
        except TrackerError as error:
            what = f"A workflow could not start, and its file was not read to find out why. {error.what}"
            return _with(snapshot, Problem(Severity.WARNING, what, error.advice))
        known = {sha for sha, _ in snapshot.files_at}
        snapshot = replace(snapshot, files_at={**snapshot.files_at, **dict(zip(needs.start_files, texts, strict=True))})
        # A commit whose run could not start has the workflow's file, so no file at all means that it is not shown.
        is_hidden = not any(texts) and not any(sha in known for sha, _ in needs.start_files)
        return _with(snapshot, _START_FILES_HIDDEN) if is_hidden else snapshot

    # --- what people teach the tracker ---------------------------------------------------------------

    def _with_viewer(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with the login of the token, and the known issues if they were not listed and come along."""
        viewer, known = self.queries.viewer_and_known_issues()
        snapshot = replace(snapshot, viewer=viewer)
        return snapshot if isinstance(known, TrackerError) else _with_known(snapshot, known)

    def _known_issues(self, snapshot: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """After a fault no issue is opened, because a rule may cover it. A server without GraphQL has none."""
        try:
            self.queries.budget.check(1)
            viewer, known = self.queries.viewer_and_known_issues()
        except _PASSING as error:
            return _unread(snapshot, "the known issues", error)
        except TrackerError:
            return snapshot
        snapshot = replace(snapshot, viewer=viewer)
        if isinstance(known, _PASSING):
            return _unread(snapshot, "the known issues", known)
        if isinstance(known, TrackerError):
            return _with(snapshot, Problem(Severity.NOTICE, f"{_NOT_SHOWN} {known.what}", known.advice))
        return _with_known(snapshot, known)

    def _authorships(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """Without an answer, what people wrote in issues of the tracker does not count in this sweep."""
        try:
            self.queries.budget.check(1)
            written = self.queries.authorships(needs.authorships)
        except TrackerError as error:
            what = f"What people wrote for the tracker in its issues does not count in this sweep. {error.what}"
            return _with(snapshot, Problem(Severity.NOTICE, what, error.advice))
        return replace(snapshot, authorships={**snapshot.authorships, **written})

    def _permissions(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """Without an answer, it is not known whether a rule counts, and the next sweep asks again."""
        known: dict[str, Permission] = {}
        for login in needs.permissions:
            try:
                self.queries.budget.check(1)
                known[login] = self.queries.permission(login)
            except MissingRightError as error:
                problem = Problem(Severity.NOTICE, f"{_OFF} {error.what}", error.advice)
                return _with(replace(snapshot, permissions_hidden=True), problem)
            except TrackerError:
                known[login] = Permission.UNKNOWN
        return replace(snapshot, permissions={**snapshot.permissions, **known})

    # --- issues before one is opened; if one of these fails, nothing is opened --------------------

    def _own_issues(self, snapshot: Snapshot, _needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """The open issues of the token's account: a person may have changed the label, or the list may lack some."""
        try:
            self.queries.budget.check(2)
            viewer = snapshot.viewer or self._own_login()
            own = self._issues.open_by(viewer or JOB_ACCOUNT)
        except TrackerError as error:
            return _unread(snapshot, "the open issues of the token's account", error)
        return _with_issues(replace(snapshot, viewer=viewer), own)

    def _own_login(self) -> str | None:
        """The login of the token; `None` if the server does not tell it, which another try would not change."""
        try:
            return self.queries.viewer()
        except (UnansweredError, RateLimitedError):
            raise
        except TrackerError:
            return None

    def _closed_issues(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """A person may have closed an issue because they do not want it."""
        return self._read_closed(snapshot, needs.closed_issues)

    def _closed_long_ago(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """By the search, which needs one request; by the list of all closed issues if the search is incomplete."""
        try:
            self.queries.budget.check(1)
            return _with_issues(snapshot, self._issues.closed_long_ago(snapshot.label, needs.closed_long_ago))
        except TrackerError:
            return self._read_closed(snapshot, None)

    def _read_closed(self, snapshot: Snapshot, since: datetime | None) -> Snapshot:
        try:
            self.queries.budget.check(1)
            closed, complete = self._issues.closed(snapshot.label, since)
        except TrackerError as error:
            return _unread(snapshot, "the closed issues", error)
        return replace(_with_issues(snapshot, closed), closed_read=complete)

    def _missing_issues(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """Issues that the newest checkpoint names as open: GitHub's list may lack an issue without an error."""
        try:
            self.queries.budget.check(len(needs.missing_issues))
            read, moved = self._issues_or_moved(needs.missing_issues)
        except TrackerError as error:
            return _unread(snapshot, "issues that the list of open issues lacks", error)
        # A closed issue without the label is not the tracker's any more: a person took both back.
        ours = [issue for issue in read if issue is not None and (issue.open or issue.has_label(snapshot.label))]
        return _with(_with_issues(snapshot, ours), *moved)

    def _issues_or_moved(self, numbers: Sequence[int]) -> tuple[list[Issue | None], list[Problem]]:
        """The issues with these numbers, and a notice for each that was moved to another repository."""
        read: list[Issue | None] = []
        moved: list[Problem] = []
        for number in numbers:
            try:
                read.append(self._issues.issue(number))
            except MovedError as error:
                advice = "If its job still fails, a new issue is opened here."
                moved.append(Problem(Severity.NOTICE, error.what, advice))
        return read, moved

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

    def _reports(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """Without a report, the logs alone tell what failed."""
        if needs.reports is None:
            return snapshot
        # Most sweeps read no artifact.
        from ci_failure_tracker.github.artifacts import ArtifactQueries, read_reports  # noqa: PLC0415

        artifacts = ArtifactQueries(self._requester, self.queries)
        result = read_reports(artifacts, needs.reports, self._progress)
        return _with(replace(snapshot, reports=(*snapshot.reports, *result.reports)), *result.problems)

    def _closers(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """Without an answer, time decides whether an issue is reopened."""
        try:
            self.queries.budget.check(1)
            closers = self.queries.closers(needs.closers, snapshot.repository.default_branch)
        except TrackerError:
            return snapshot
        return replace(snapshot, closers={**snapshot.closers, **closers})

    def _descendants(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """Without an answer, time decides whether an issue is reopened."""
        try:
            self.queries.budget.check(len(needs.descendants))
            contains = self.queries.contain(needs.descendants)
        except TrackerError:
            return snapshot
        return replace(snapshot, contains={**snapshot.contains, **contains})

    def _commits(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """If GitHub gives no answer, the next sweep asks again; `hidden_commits` holds what it does not show."""
        try:
            self.queries.budget.check(1)
            return replace(snapshot, commits=self.queries.commits_between(needs.commits))
        except MalformedError as error:
            return _with(snapshot, Problem(Severity.WARNING, error.what, error.advice))
        except (UnansweredError, RateLimitedError, RequestsSpentError):
            return snapshot
        except TrackerError as error:
            hidden = [contents_hidden()] if isinstance(error, MissingRightError) else []
            return _with_once(replace(snapshot, hidden_commits=needs.commits), *hidden)

    def _commit_details(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        """What the suspects changed and where they come from; what gets no answer is asked for by the next sweep."""
        details = CommitDetails()
        if needs.commit_origins:
            read_origins(self._commit_queries, needs.commit_origins, details)
        read_files(self._commit_queries, needs.commit_files, details)
        snapshot = replace(
            snapshot,
            commit_files={**snapshot.commit_files, **details.files},
            commit_origins={**snapshot.commit_origins, **details.origins},
        )
        return _with_once(snapshot, *details.problems)

    def _codeowners(self, snapshot: Snapshot, needs: Needs, _diagnose: Diagnose) -> Snapshot:
        text, paths, problems = read_codeowners(self._commit_queries, needs.paths)
        return _with_once(replace(snapshot, codeowners=text, paths=snapshot.paths | paths), *problems)


_Tags = tuple[tuple[Tag, ...] | None, tuple[KnownIssue, ...] | TrackerError | None, tuple[Problem, ...]]
"""The tags, the known issues, and the problem that the tags could not be read."""


def _no_tags() -> _Tags:
    return None, None, ()


def _with_issues(snapshot: Snapshot, read: Iterable[Issue]) -> Snapshot:
    """The snapshot with more issues; one that was closed or changed in the meantime is as it was read last."""
    issues = {issue.number: issue for issue in snapshot.issues}
    new = [issue for issue in read if issues.get(issue.number) != issue]
    unlabelled = {issue.number for issue in new if issue.open and not issue.has_label(snapshot.label)}
    issues |= {issue.number: issue for issue in new}
    return replace(snapshot, issues=tuple(issues.values()), unlabelled=snapshot.unlabelled | unlabelled)


def _with_known(snapshot: Snapshot, known: tuple[KnownIssue, ...]) -> Snapshot:
    return replace(snapshot, known_issues=known if snapshot.known_issues is None else snapshot.known_issues)


def _unread(snapshot: Snapshot, what: str, error: TrackerError) -> Snapshot:
    """No issue is opened, because there may be one already."""
    advice = error.advice or "The next sweep asks again."
    problem = Problem(error.severity, f"No issue was opened, because {what} could not be read. {error.what}", advice)
    return _with(replace(snapshot, issues_unread=what), problem)


def _with(snapshot: Snapshot, *problems: Problem) -> Snapshot:
    return replace(snapshot, problems=(*snapshot.problems, *problems))


def _with_once(snapshot: Snapshot, *problems: Problem) -> Snapshot:
    """The snapshot with the problems that it does not have. A notice that tags are hidden says enough of contents."""
    tags_hidden = "tags" in snapshot.asked and snapshot.tags is None
    new = [problem for problem in dict.fromkeys(problems) if problem not in snapshot.problems]
    return _with(snapshot, *(problem for problem in new if not (tags_hidden and problem == contents_hidden())))


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


def _check_usable(repository: Repository) -> None:
    if repository.archived:
        raise ArchivedError(repository.full_name)
    if not repository.has_issues:
        raise IssuesDisabledError(repository.full_name)


def _moved(repository: Repository, old_name: str) -> tuple[Problem, ...]:
    if repository.full_name.casefold() == old_name.casefold():
        return ()
    what = f"{old_name} was renamed to {repository.full_name}."
    advice = "Use the new name in `repository`. The old one works until another repository takes it."
    return (Problem(Severity.NOTICE, what, advice),)
