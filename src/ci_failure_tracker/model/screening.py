"""What a screening asks about many repositories at once, and what it sees of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ScreeningQuery:
    """What is asked about each repository.

    label    the label of the tracker's issues
    refs     the full names of the watched refs beside the default branch, such as `refs/heads/next`
    patterns globs of watched branches
    tags     whether the newest tags are needed
    commits  how many commits of a branch are needed; of one that a glob matches, the newest is
    """

    label: str
    refs: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    tags: bool = True
    commits: int = 1


@dataclass(frozen=True, slots=True)
class SeenSuite:
    """The check suite of a run. `branch` is empty if the run is on no branch or tag that still exists.

    `workflow_state` is that of its workflow, such as `active`; `conclusion` is empty while the run goes on.
    """

    workflow_id: int
    number: int
    event: str
    branch: str
    status: str
    conclusion: str
    created_at: datetime
    updated_at: datetime
    workflow_state: str = "active"


@dataclass(frozen=True, slots=True)
class SeenCommit:
    """A commit and the check suites of the runs on it. `complete` says whether no newer suite is missing."""

    sha: str
    suites: tuple[SeenSuite, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class SeenRef:
    """A branch or tag with its newest commits, the newest first; without commits there is no such ref."""

    name: str
    commits: tuple[SeenCommit, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenIssues:
    """Issues: how many there are, and when those changed that changed last."""

    count: int
    newest: tuple[tuple[int, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class SeenRepository:
    """What a screening sees of a repository.

    id             its node id; another repository under the same name has another one
    default_branch the default branch with its newest commits
    refs           the other watched refs, those that a glob matches last
    tags           the newest tags; an annotated tag has the commit that it points to
    tag_count      how many tags there are
    tracked        the issues with the label of the tracker, closed ones as well
    open_issues    how many of these are open
    known          the open issues with the label `known-issue`
    has_issues     whether issues are switched on
    has_workflows  whether the default branch has a folder for workflow files
    """

    name: str
    id: str
    default_branch: SeenRef
    refs: tuple[SeenRef, ...]
    tags: tuple[SeenRef, ...]
    tag_count: int
    tracked: SeenIssues
    open_issues: int
    known: SeenIssues
    has_issues: bool = True
    has_workflows: bool = True
