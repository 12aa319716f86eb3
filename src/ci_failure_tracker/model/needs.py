"""What a sweep asks GitHub for: the runs to list, and what else it needs before it can decide."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

from ci_failure_tracker.model.diagnosis import LogRequests
from ci_failure_tracker.model.github import Closer, Run, Workflow


@dataclass(frozen=True, slots=True)
class Query:
    """Which runs to list, the newest first.

    `branches` are names or globs. `most` is how many runs are kept, `most_listed` how many are listed to find them.
    `workflows` are the ids of the workflows whose runs count; `None` means all. The runs of each workflow in `listed`
    are listed separately; if it is empty, the list of the repository is read. No `events` means all events. Runs before
    `created_from` are not listed. The list ends with the page that holds a run from before `back_to`.
    """

    branches: tuple[str, ...]
    most: int
    most_listed: int
    workflows: frozenset[int] | None = None
    listed: tuple[Workflow, ...] = ()
    events: tuple[str, ...] = ()
    created_from: datetime | None = None
    back_to: datetime | None = None

    def matches(self, run: Run) -> bool:
        """Whether a run fits the filters; GitHub's own filters take neither globs nor more than one value."""
        return (
            (self.workflows is None or run.workflow.id in self.workflows)
            and any(is_on(run.branch, branch) for branch in self.branches)
            and (not self.events or run.event in self.events)
        )

    @property
    def branch(self) -> str | None:
        """The only branch, if GitHub can filter by it."""
        return _only_plain(self.branches)

    @property
    def event(self) -> str | None:
        """The only event, if GitHub can filter by it."""
        return _only_plain(self.events)


def is_on(branch: str, asked: str) -> bool:
    """Whether a branch is the one that was asked for, which may be a glob."""
    return branch == asked or fnmatchcase(branch, asked)


def is_glob(name: str) -> bool:
    """Whether a name may stand for several; GitHub's own filters do not take such a name."""
    return bool(set(name) & set("*?["))


def _only_plain(names: tuple[str, ...]) -> str | None:
    return names[0] if len(names) == 1 and not is_glob(names[0]) else None


@dataclass(frozen=True, slots=True)
class RunList:
    """A list of runs of which one page is needed: the newest `most` runs, of one workflow or of all.

    `status` is a status or a conclusion. Empty filters and no workflow mean all.
    """

    most: int
    workflow_id: int | None = None
    branch: str = ""
    event: str = ""
    status: str = ""
    created_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """What a sweep needs from GitHub before it can decide.

    viewer          the login of the token
    recently_closed since when the closed issues are needed that may hold the newest checkpoint
    run_lists       the lists of runs of which a page is needed
    newest_runs     the workflows whose newest runs are needed in short
    run_changes     the ids of runs, each with its id in GraphQL, of which is needed when they changed last
    runs            the ids of single runs
    jobs            the runs whose jobs are needed
    workflow_files  the workflow files of the default branch
    scheduled_runs  the workflows whose newest scheduled run is needed
    files_at        the files that are needed, by commit and path
    own_issues      the open issues that the account of the token opened, whatever their labels
    closed_issues   since when the closed issues with the label of the tracker are needed
    missing_issues  the numbers of issues that a checkpoint names as open and that no list holds
    closed_long_ago the failure ids whose issues closed before that time are needed
    closers         the numbers of closed issues of which the commit that closed them is needed
    descendants     the closers and commits of which it is needed whether the commit contains the closer
    logs            the logs of failed jobs
    commits         the pairs of commits whose history in between is needed
    """

    viewer: bool = False
    recently_closed: datetime | None = None
    run_lists: tuple[RunList, ...] = ()
    newest_runs: tuple[Workflow, ...] = ()
    run_changes: tuple[tuple[int, str], ...] = ()
    runs: tuple[int, ...] = ()
    jobs: tuple[Run, ...] = ()
    workflow_files: bool = False
    scheduled_runs: tuple[Workflow, ...] = ()
    files_at: tuple[tuple[str, str], ...] = ()
    own_issues: bool = False
    closed_issues: datetime | None = None
    missing_issues: tuple[int, ...] = ()
    closed_long_ago: tuple[str, ...] = ()
    closers: tuple[int, ...] = ()
    descendants: tuple[tuple[Closer, str], ...] = ()
    logs: LogRequests | None = None
    commits: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is needed."""
        return any(True for _ in self.each_key())

    def each_key(self) -> Iterator[Hashable]:
        """The key of each need, which shows whether it was asked for before; logs and commits are asked for once."""
        for name in ("viewer", "recently_closed", "workflow_files", "own_issues", "closed_issues", "logs", "commits"):
            if getattr(self, name):
                yield name
        yield from (("run_lists", run_list) for run_list in self.run_lists)
        yield from (("newest_runs", workflow.id) for workflow in self.newest_runs)
        yield from (("run_changes", pair) for pair in self.run_changes)
        yield from (("runs", run_id) for run_id in self.runs)
        yield from (("jobs", run.id) for run in self.jobs)
        yield from (("scheduled_runs", workflow.id) for workflow in self.scheduled_runs)
        yield from (("files_at", place) for place in self.files_at)
        yield from (("missing_issues", number) for number in self.missing_issues)
        yield from (("closers", number) for number in self.closers)
        yield from (("descendants", pair) for pair in self.descendants)
        yield from (("closed_long_ago", failure_id) for failure_id in self.closed_long_ago)

    def without(self, asked: frozenset[Hashable]) -> Needs:
        """The needs whose keys are not in `asked`."""
        return replace(
            self,
            viewer=self.viewer and "viewer" not in asked,
            recently_closed=None if "recently_closed" in asked else self.recently_closed,
            run_lists=tuple(run_list for run_list in self.run_lists if ("run_lists", run_list) not in asked),
            newest_runs=tuple(workflow for workflow in self.newest_runs if ("newest_runs", workflow.id) not in asked),
            run_changes=tuple(pair for pair in self.run_changes if ("run_changes", pair) not in asked),
            runs=tuple(run_id for run_id in self.runs if ("runs", run_id) not in asked),
            jobs=tuple(run for run in self.jobs if ("jobs", run.id) not in asked),
            workflow_files=self.workflow_files and "workflow_files" not in asked,
            scheduled_runs=tuple(
                workflow for workflow in self.scheduled_runs if ("scheduled_runs", workflow.id) not in asked
            ),
            files_at=tuple(place for place in self.files_at if ("files_at", place) not in asked),
            own_issues=self.own_issues and "own_issues" not in asked,
            closed_issues=None if "closed_issues" in asked else self.closed_issues,
            missing_issues=tuple(number for number in self.missing_issues if ("missing_issues", number) not in asked),
            closed_long_ago=tuple(
                failure_id for failure_id in self.closed_long_ago if ("closed_long_ago", failure_id) not in asked
            ),
            closers=tuple(number for number in self.closers if ("closers", number) not in asked),
            descendants=tuple(pair for pair in self.descendants if ("descendants", pair) not in asked),
            logs=None if "logs" in asked else self.logs,
            commits=() if "commits" in asked else self.commits,
        )
