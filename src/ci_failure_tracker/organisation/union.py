"""Several repositories as one: a snapshot of all of them, and what reads what is needed of each.

The issues of all are in the central repository. The workflows have the names of their repositories before their own, so
that nothing takes two of one name for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.github.side_by_side import or_error, side_by_side
from ci_failure_tracker.model import (
    Diagnose,
    Issue,
    LogCounts,
    LogRequests,
    Needs,
    NotLookedAt,
    Problem,
    Query,
    Refs,
    ReportRequests,
    Requests,
    Run,
    Snapshot,
    Unclear,
    Window,
    Workflow,
    in_repository,
    own_name,
)
from ci_failure_tracker.sweep import GitHub

_OF_ISSUES = frozenset(
    {
        "recently_closed",
        "authorships",
        "permissions",
        "known_issues",
        "own_issues",
        "closed_issues",
        "missing_issues",
        "closed_long_ago",
    }
)
"""What is needed of the central repository alone."""

_NOTHING = Needs()


# --- one of the repositories -----------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """One of the repositories, as a sweep reads it: its runs are its own, and its issues are the central ones.

    `issues` are those of them that are about it.
    """

    name: str
    github: GitHub
    central: Snapshot
    issues: tuple[Issue, ...] = ()
    _workflows: dict[Workflow, Workflow] = field(default_factory=dict)

    @property
    def requests(self) -> Requests:
        """The requests of the sweep so far."""
        return self.github.requests

    def begin(self, label: str) -> Snapshot:
        """The repository and its workflows, with the central issues."""
        begun, central = self.github.begin(""), self.central
        return self._named(
            replace(
                begun,
                issues=self.issues,
                viewer=central.viewer,
                label=label,
                without_token=central.without_token,
                read_at=central.read_at,
                authorships=central.authorships,
                permissions=central.permissions,
                permissions_hidden=central.permissions_hidden,
                asked=central.asked,
                central=True,
            )
        )

    def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:
        """List its runs, and its newest tags if the query needs them."""
        return self._named(self.github.list_runs(replace(snapshot, known_issues=()), query))

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """Read what is needed of it; nothing is needed of its issues."""
        own = replace(needs, **{name: getattr(_NOTHING, name) for name in _OF_ISSUES})
        read = self.github.fetch(replace(snapshot, known_issues=()), own, diagnose)
        return replace(self._named(read), asked=read.asked | set(needs.each_key()))

    # --- names -----------------------------------------------------------------------------------

    def _named(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot in which each workflow has the name of its repository."""
        return replace(
            snapshot,
            workflows=tuple(map(self._workflow, snapshot.workflows)),
            runs=self._runs(snapshot.runs),
            single_runs=self._runs(snapshot.single_runs),
            tag_runs=self._runs(snapshot.tag_runs),
            scheduled_runs=self._runs(snapshot.scheduled_runs),
            run_lists={asked: self._runs(page) for asked, page in snapshot.run_lists.items()},
            last_runs={asked: self._runs(runs) for asked, runs in snapshot.last_runs.items()},
            known_issues=self.central.known_issues,
            issues_unread="",
        )

    def _runs(self, runs: Sequence[Run]) -> tuple[Run, ...]:
        return tuple(
            run if run.workflow.repository else replace(run, workflow=self._workflow(run.workflow)) for run in runs
        )

    def _workflow(self, workflow: Workflow) -> Workflow:
        if workflow.repository:
            return workflow
        if workflow not in self._workflows:
            name = in_repository(self.name, workflow.name)
            self._workflows[workflow] = replace(workflow, name=name, repository=self.name)
        return self._workflows[workflow]


# --- all of them ----------------------------------------------------------------------------------


def unite(central: Snapshot, parts: Mapping[str, Snapshot]) -> Snapshot:
    """One snapshot of what was read of the central repository and of each of the others."""
    if central.window.partial:  # of none it is known whether it has an issue
        parts = {name: replace(part, window=replace(part.window, partial=True)) for name, part in parts.items()}
    each = tuple(parts.values())
    runs = sorted((run for part in each for run in part.runs), key=lambda run: run.order, reverse=True)
    return replace(
        central,
        central=True,
        parts=parts,
        refs=Refs(others={name: part.refs for name, part in parts.items()}),
        runs=tuple(runs),
        jobs=tuple(jobs for part in each for jobs in part.jobs),
        workflows=tuple(workflow for part in each for workflow in part.workflows),
        schedules=tuple(schedule for part in each for schedule in part.schedules),
        not_looked_at=tuple(_missing(name, missing) for name, part in parts.items() for missing in part.not_looked_at),
        last_runs={asked: found for part in each for asked, found in part.last_runs.items()},
        window=_window(central.window, each),
        unclear=_unclear(central.unclear, each),
        problems=(
            *central.problems,
            *(_of(name, problem) for name, part in parts.items() for problem in part.problems),
        ),
        asked=central.asked | {key for part in each for key in part.asked if isinstance(key, tuple)},
    )


def _problems(parts: Mapping[str, Snapshot]) -> Iterator[Problem]:
    for name, part in parts.items():
        yield from (_of(name, problem) for problem in part.problems)


def _window(central: Window, parts: Sequence[Snapshot]) -> Window:
    windows = [part.window for part in parts]
    return Window(
        forks=sum(window.forks for window in windows),
        unread=sum(window.unread for window in windows),
        partial=central.partial or any(window.partial for window in windows),
        start=max((window.start for window in windows if window.start), default=None),
        listed_from=max((window.listed_from for window in windows if window.listed_from), default=None),
    )


def _unclear(central: Unclear, parts: Sequence[Snapshot]) -> Unclear:
    workflows: set[int] = set()
    for part in parts:
        workflows |= part.unclear.workflows
        if part.unclear.runs:  # it may be a run of any workflow of this repository
            workflows |= {workflow.id for workflow in part.workflows} | {run.workflow.id for run in part.runs}
    return Unclear(issues=central.issues, workflows=frozenset(workflows))


def _missing(name: str, missing: NotLookedAt) -> NotLookedAt:
    return missing if missing.workflow else replace(missing, why=in_repository(name, missing.why))


def _of(name: str, problem: Problem) -> Problem:
    return replace(problem, what=in_repository(name, problem.what))


@dataclass(frozen=True)
class Union:
    """Reads what a snapshot of several repositories still needs: each thing of the repository that has it."""

    central: GitHub
    members: Mapping[str, Member]

    @property
    def requests(self) -> Requests:
        """The requests to all repositories."""
        each = [member.requests for member in self.members.values()]
        own = self.central.requests
        left = [requests.left for requests in (own, *each) if requests.left is not None]
        made, most = (sum(getattr(requests, name) for requests in (own, *each)) for name in ("made", "most"))
        return Requests(made, min(left, default=None), most)

    def begin(self, label: str) -> Snapshot:
        """The central repository with its issues, its known issues included."""
        snapshot = replace(self.central.begin(label), central=True)
        return self.central.fetch(snapshot, Needs(known_issues=True), lambda _request, _source: None)

    def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:  # noqa: ARG002 - each repository has its own
        """The runs are listed before: they are those of the parts."""
        return snapshot

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """Read what is needed. A repository that cannot be read is no reason not to read the others."""
        keys = set(needs.each_key())
        snapshot = self._of_issues(snapshot, needs, diagnose)
        of_each = {name: own for name, own in divided(needs, snapshot).items() if own}
        tasks = [
            or_error(partial(self.members[name].fetch, snapshot.parts[name], own, diagnose))
            for name, own in of_each.items()
        ]
        for name, part in zip(of_each, side_by_side(tasks), strict=True):
            snapshot = _failed(snapshot, name, part) if isinstance(part, TrackerError) else _grown(snapshot, name, part)
        return replace(snapshot, asked=snapshot.asked | keys)

    def _of_issues(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """What is needed of the central repository. No commit in it is one of the repositories that fail."""
        names = (*_OF_ISSUES, "viewer")
        own = replace(_NOTHING, **{name: getattr(needs, name) for name in names})
        if own:
            snapshot = self.central.fetch(snapshot, own, diagnose)
        return replace(snapshot, closers={**snapshot.closers, **dict.fromkeys(needs.closers)})


def _failed(snapshot: Snapshot, name: str, error: TrackerError) -> Snapshot:
    part = snapshot.parts[name]
    part = replace(part, window=replace(part.window, partial=True))
    problem = _of(name, Problem(error.severity, error.what, error.advice))
    parts = {**snapshot.parts, name: part}
    return replace(snapshot, parts=parts, problems=(*snapshot.problems, problem))


def _grown(snapshot: Snapshot, name: str, part: Snapshot) -> Snapshot:
    """The snapshot after more was read of one repository."""
    before = snapshot.parts[name]
    new = part.problems[len(before.problems) :]
    diagnosed = part.job_diagnoses if part.job_diagnoses is not before.job_diagnoses else ()
    commits = part.commits if part.commits is not before.commits else ()
    logs = part.logs if part.logs is not before.logs else LogCounts()
    return replace(
        snapshot,
        parts={**snapshot.parts, name: part},
        jobs=(*snapshot.jobs, *part.jobs[len(before.jobs) :]),
        job_diagnoses=(*snapshot.job_diagnoses, *diagnosed),
        logs=_sum(snapshot.logs, logs),
        undiagnosed=snapshot.undiagnosed | part.undiagnosed,
        commits=(*snapshot.commits, *commits),
        reports=(*snapshot.reports, *part.reports[len(before.reports) :]),
        files_at={**snapshot.files_at, **part.files_at},
        commit_files={**snapshot.commit_files, **part.commit_files},
        commit_origins={**snapshot.commit_origins, **part.commit_origins},
        window=replace(snapshot.window, partial=snapshot.window.partial or part.window.partial),
        problems=(*snapshot.problems, *(_of(name, problem) for problem in new)),
    )


def _sum(one: LogCounts, other: LogCounts) -> LogCounts:
    return LogCounts(
        one.read + other.read,
        one.size + other.size,
        one.absent + other.absent,
        one.unread + other.unread,
        one.left_out + other.left_out,
    )


# --- what is needed of each ------------------------------------------------------------------------


def divided(needs: Needs, snapshot: Snapshot) -> Mapping[str, Needs]:
    """What is needed of the runs, branches and commits of each repository, under the names that it knows."""
    runs = {run.id: run.repository for run in snapshot.runs}
    jobs = {job.id: runs.get(of_run.run_id, "") for of_run in snapshot.jobs for job in of_run.jobs}
    return {name: _part_of(needs, name, jobs) for name in snapshot.parts}


def _part_of(needs: Needs, name: str, repositories_of_jobs: Mapping[int, str]) -> Needs:
    return Needs(
        heads=_own(name, needs.heads),
        start_files=_own_pairs(name, needs.start_files),
        logs=_own_logs(name, needs.logs, repositories_of_jobs),
        reports=_own_reports(name, needs.reports),
        commits=_own_pairs(name, needs.commits),
        commit_files=_own(name, needs.commit_files),
        commit_origins=_own(name, needs.commit_origins),
        codeowners=("",) if name in needs.codeowners else (),
        paths=_own(name, needs.paths),
    )


def _own(name: str, keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(plain for key in keys if (plain := own_name(name, key)) != key)


def _own_pairs(name: str, pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((plain, second) for first, second in pairs if (plain := own_name(name, first)) != first)


def _own_logs(name: str, requests: LogRequests | None, repositories: Mapping[int, str]) -> LogRequests | None:
    logs = tuple(log for log in requests.logs if repositories.get(log.job_id) == name) if requests else ()
    return replace(requests, logs=logs) if requests and logs else None


def _own_reports(name: str, requests: ReportRequests | None) -> ReportRequests | None:
    runs = tuple(run for run in requests.runs if run.repository == name) if requests else ()
    return replace(requests, runs=runs) if requests and runs else None
