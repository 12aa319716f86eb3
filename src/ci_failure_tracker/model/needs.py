"""What a sweep asks GitHub for: which runs to list, and what else is needed before it can decide."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

from ci_failure_tracker.model.diagnosis import LogRequests
from ci_failure_tracker.model.github import Run, Workflow


@dataclass(frozen=True, slots=True)
class Query:
    """Which runs to list, the newest first.

    `workflows` are the ids of those whose runs count, `None` for all. `listed` are the workflows to list one by one;
    where there are none, the repository's own list is read. `branches` may hold globs; without `events` each counts.
    `created_from` bounds the time, `most` is how many runs are kept, and `most_listed` how many are looked at for that.
    """

    branches: tuple[str, ...]
    most: int
    most_listed: int
    workflows: frozenset[int] | None = None
    listed: tuple[Workflow, ...] = ()
    events: tuple[str, ...] = ()
    created_from: datetime | None = None

    def matches(self, run: Run) -> bool:
        """Whether a run fits; GitHub's own filters know no several values and no globs."""
        return (
            (self.workflows is None or run.workflow.id in self.workflows)
            and any(run.branch == branch or fnmatchcase(run.branch, branch) for branch in self.branches)
            and (not self.events or run.event in self.events)
        )

    @property
    def branch(self) -> str | None:
        """The one branch that GitHub can filter by itself."""
        return _only_plain(self.branches)

    @property
    def event(self) -> str | None:
        """The one event that GitHub can filter by itself."""
        return _only_plain(self.events)


def _only_plain(names: tuple[str, ...]) -> str | None:
    return names[0] if len(names) == 1 and not set(names[0]) & set("*?[") else None


@dataclass(frozen=True, slots=True)
class Needs:
    """What cannot be decided without asking GitHub for more.

    `viewer` is the token's own login, `jobs` are runs whose jobs are needed, `workflow_files` the files of the default
    branch, `scheduled_runs` the newest scheduled run of each of these workflows, `files_at` files as they were, by
    commit and path. `closed_issues` are those with the tracker's label, `logs` those of failed jobs, `commits` what
    came between the two commits of each pair.
    """

    viewer: bool = False
    jobs: tuple[Run, ...] = ()
    workflow_files: bool = False
    scheduled_runs: tuple[Workflow, ...] = ()
    files_at: tuple[tuple[str, str], ...] = ()
    closed_issues: bool = False
    logs: LogRequests | None = None
    commits: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is needed."""
        return any(True for _ in self.each_key())

    def each_key(self) -> Iterator[Hashable]:
        """Each need by a key, by which it is known again. Logs and commits are asked for once in a sweep."""
        for name in ("viewer", "workflow_files", "closed_issues", "logs", "commits"):
            if getattr(self, name):
                yield name
        yield from (("jobs", run.id) for run in self.jobs)
        yield from (("scheduled_runs", workflow.id) for workflow in self.scheduled_runs)
        yield from (("files_at", place) for place in self.files_at)

    def without(self, asked: frozenset[Hashable]) -> Needs:
        """What was not asked for before."""
        return replace(
            self,
            viewer=self.viewer and "viewer" not in asked,
            jobs=tuple(run for run in self.jobs if ("jobs", run.id) not in asked),
            workflow_files=self.workflow_files and "workflow_files" not in asked,
            scheduled_runs=tuple(one for one in self.scheduled_runs if ("scheduled_runs", one.id) not in asked),
            files_at=tuple(place for place in self.files_at if ("files_at", place) not in asked),
            closed_issues=self.closed_issues and "closed_issues" not in asked,
            logs=None if "logs" in asked else self.logs,
            commits=() if "commits" in asked else self.commits,
        )
