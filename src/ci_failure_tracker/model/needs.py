"""What a sweep asks GitHub for: the runs to list, and what else it needs before it can decide."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ci_failure_tracker.model.diagnosis import LogRequests
from ci_failure_tracker.model.github import Closer, Run, Workflow
from ci_failure_tracker.model.refs import QUEUE, TAG_EVENTS, is_glob, is_on
from ci_failure_tracker.model.reports import ReportRequests


@dataclass(frozen=True, slots=True)
class Query:
    """Which runs to list, the newest first.

    `branches` are names or globs of branches and tags, `tags` says whether all tags count as well; of these, the
    list marks only the runs that a release started. `most` is how many runs are kept, `most_listed` how many are
    listed to find them.
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
    tags: bool = False

    def matches(self, run: Run) -> bool:
        """Whether a run fits the filters; GitHub's own filters take neither globs nor more than one value."""
        on_ref = any(is_on(run.branch, branch) for branch in self.branches)
        return (on_ref or (self.tags and run.event == "release")) and self.matches_on_tag(run)

    def matches_on_tag(self, run: Run) -> bool:
        """Whether a run fits the filters, if it is known to be on a watched tag."""
        return (
            (self.workflows is None or run.workflow.id in self.workflows)
            and (not self.events or run.event in self.events)
            and (self.created_from is None or run.created_at >= self.created_from)
        )

    @property
    def needs_tags(self) -> bool:
        """Whether the newest tags are needed, with the runs on their commits."""
        return self.tags and (not self.events or bool(TAG_EVENTS & set(self.events)))

    @property
    def event(self) -> str | None:
        """The only event, if GitHub can filter by it."""
        return _only_plain(self.events)

    @property
    def filters(self) -> tuple[tuple[str | None, str | None], ...]:
        """The branch and the event of each list that is read. GitHub's filters take one value and no glob.

        A few branches and the merge queues have lists of their own, because the list of all runs may be full of others.
        """
        event = _only_plain(self.events)
        queues = [branch for branch in self.branches if branch.startswith(QUEUE)]
        plain = [branch for branch in self.branches if branch not in queues]
        if len(self.branches) > _SEPARATE_LISTINGS or any(map(is_glob, plain)):
            return ((None, event),)
        of_queues = [(None, _MERGE_GROUP)] if queues and (not self.events or _MERGE_GROUP in self.events) else []
        return (*((branch, event) for branch in plain), *of_queues)


# A choice: for more branches, one list of all runs costs less.
_SEPARATE_LISTINGS = 5
_MERGE_GROUP = "merge_group"


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
    tag_runs        the tags whose runs are needed
    release_runs    the newest runs that a release started
    refs            the names of refs of which it is needed whether they are branches or tags, or gone
    last_runs       the last runs of a workflow, by its id and the ref of the branch status
    heads           the branches of which the newest commit is needed
    jobs            the runs whose jobs are needed
    workflow_files  the workflow files of the default branch
    scheduled_runs  the workflows whose newest scheduled run is needed
    files_at        the files that are needed, by commit and path
    start_files     the same, of workflows that could not start: their files and those that these refer to
    authorships     the numbers of issues of the tracker of which it is needed who wrote their bodies
    permissions     the logins of which it is needed whether they may write
    known_issues    the open issues with the label `known-issue`, if they were not listed with something else
    own_issues      the open issues that the account of the token opened, whatever their labels
    closed_issues   since when the closed issues with the label of the tracker are needed
    missing_issues  the numbers of issues that a checkpoint names as open and that no list holds
    closed_long_ago the failure ids whose issues closed before that time are needed
    closers         the numbers of closed issues of which the commit that closed them is needed
    descendants     the closers and commits of which it is needed whether the commit contains the closer
    logs            the logs of failed jobs
    reports         the test reports of runs
    commits         the pairs of commits whose history in between is needed
    commit_files    the commits of which it is needed what files they changed
    commit_origins  the commits whose authors and pull requests are needed
    codeowners      the repositories whose file CODEOWNERS is needed; an empty name stands for the one with the issues
    paths           the paths of which it is needed whether the default branch has them; they come with `codeowners`

    If the issues of several repositories are in one, the names of branches, commits and paths begin with the name of
    their repository (`in_repository`): two repositories may have the same.
    """

    viewer: bool = False
    recently_closed: datetime | None = None
    run_lists: tuple[RunList, ...] = ()
    newest_runs: tuple[Workflow, ...] = ()
    run_changes: tuple[tuple[int, str], ...] = ()
    runs: tuple[int, ...] = ()
    tag_runs: tuple[str, ...] = ()
    release_runs: bool = False
    refs: tuple[str, ...] = ()
    last_runs: tuple[tuple[int, str], ...] = ()
    heads: tuple[str, ...] = ()
    jobs: tuple[Run, ...] = ()
    workflow_files: bool = False
    scheduled_runs: tuple[Workflow, ...] = ()
    files_at: tuple[tuple[str, str], ...] = ()
    start_files: tuple[tuple[str, str], ...] = ()
    authorships: tuple[int, ...] = ()
    permissions: tuple[str, ...] = ()
    known_issues: bool = False
    own_issues: bool = False
    closed_issues: datetime | None = None
    missing_issues: tuple[int, ...] = ()
    closed_long_ago: tuple[str, ...] = ()
    closers: tuple[int, ...] = ()
    descendants: tuple[tuple[Closer, str], ...] = ()
    logs: LogRequests | None = None
    reports: ReportRequests | None = None
    commits: tuple[tuple[str, str], ...] = ()
    commit_files: tuple[str, ...] = ()
    commit_origins: tuple[str, ...] = ()
    codeowners: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is needed."""
        return any(True for _ in self.each_key())

    def each_key(self) -> Iterator[Hashable]:
        """The key of each need, which shows whether it was asked for before; logs and commits are asked for once."""
        for name in _ONCE:
            if getattr(self, name):
                yield name
        for name in _BY_KEY:
            yield from ((name, key) for key in getattr(self, name))
        yield from (("jobs", run.id) for run in self.jobs)
        yield from (("scheduled_runs", workflow.id) for workflow in self.scheduled_runs)
        yield from (("newest_runs", workflow.id) for workflow in self.newest_runs)

    def without(self, asked: frozenset[Hashable]) -> Needs:
        """The needs whose keys are not in `asked`."""
        kept: dict[str, Any] = {name: None for name in _ONCE if name in asked and getattr(self, name)}
        for name in _BY_KEY:
            kept[name] = tuple(key for key in getattr(self, name) if (name, key) not in asked)
        return replace(
            self,
            **{name: getattr(_NOTHING, name) if value is None else value for name, value in kept.items()},
            jobs=tuple(run for run in self.jobs if ("jobs", run.id) not in asked),
            scheduled_runs=tuple(
                workflow for workflow in self.scheduled_runs if ("scheduled_runs", workflow.id) not in asked
            ),
            newest_runs=tuple(workflow for workflow in self.newest_runs if ("newest_runs", workflow.id) not in asked),
        )


_NOTHING = Needs()
_ONCE = (
    "viewer",
    "recently_closed",
    "release_runs",
    "workflow_files",
    "known_issues",
    "own_issues",
    "closed_issues",
    "logs",
    "reports",
    "commits",
)
_BY_KEY = (
    "run_lists",
    "run_changes",
    "runs",
    "tag_runs",
    "refs",
    "last_runs",
    "heads",
    "files_at",
    "start_files",
    "authorships",
    "permissions",
    "missing_issues",
    "closed_long_ago",
    "closers",
    "descendants",
    "commit_files",
    "commit_origins",
    "codeowners",
    "paths",
)
