"""What one sweep read, and what went wrong with it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model.diagnosis import JobDiagnosis, LogCounts
from ci_failure_tracker.model.github import Issue, Repository, Run, RunJobs, Workflow


class Severity(StrEnum):
    """How loud a problem is said; an error also changes the exit code, a notice asks for nothing."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong without stopping the sweep, and how to mend it."""

    severity: Severity
    what: str
    advice: str = ""

    def __str__(self) -> str:
        """One line for a log or an annotation."""
        return f"{self.what} {self.advice}".strip()


@dataclass(frozen=True, slots=True)
class Window:
    """How far the look went: runs of forks left out, runs whose jobs could not be read.

    `partial` says that something is unknown: the list was cut short, or jobs could not be read. Of the time since
    `start` every run that fits the filters was listed; without it they were all listed.
    """

    forks: int
    unread: int
    partial: bool
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """A commit between the last green run and the first red one; `author` is a login, or a name where there is none."""

    sha: str
    title: str
    author: str


@dataclass(frozen=True, slots=True)
class CommitsBetween:
    """The commits after one commit up to another, the newest first; `more` says that there are more than are known.

    `green` and `red` are full hashes. `known` is false where GitHub no longer has one of them, after a forced push.
    """

    green: str
    red: str
    commits: tuple[Suspect, ...] = ()
    more: bool = False
    known: bool = True


class MissedSchedule(StrEnum):
    """Why a workflow does not run on its schedule."""

    DISABLED = "disabled_inactivity"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is known of a workflow that should run by itself: that it is quiet, and why, or that it ran.

    `last` is its newest scheduled run, where one is known. `due` is the moment by which it should have run, in UTC:
    after `last`, the third time that its cron expressions name; when it was noticed, where these are not known.
    """

    workflow: Workflow
    missed_schedule: MissedSchedule | None
    due: datetime
    last_run: Run | None = None
    crons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that was read from GitHub in one sweep.

    `jobs` holds the jobs of the runs whose jobs had to be read, by run id; a run that is not in it was either green, or
    has no jobs, or is `known`, or is named in `problems`. `known` are the runs of which the open issues hold all that
    they said, so that they were not read again. `job_diagnoses` hold what the logs of failed jobs say; `unexplained`
    are the jobs whose logs are still to be read. `commits` are what came between the last green run and the first red
    one. `workflows` are all that the repository has, whatever the filters say. `schedules` tell of workflows that
    should have run by themselves. `issues` are the open ones; what is closed is read where something may have to be
    opened: `closed_read` says that they were, `closed_unread` that this failed. `hidden_commits` are the pairs whose
    commits GitHub does not show. `workflow_files` are the workflow files of the default branch by path, `None` where
    they were not read; `files_at` are files as they were, by commit and path. `scheduled_runs` were listed to find the
    newest of each workflow. `asked` are the needs that were asked for, answered or not; `label` is the one by which the
    issues are found.
    """

    repository: Repository
    runs: tuple[Run, ...]
    jobs: tuple[RunJobs, ...]
    issues: tuple[Issue, ...]
    viewer: str | None
    window: Window
    problems: tuple[Problem, ...]
    job_diagnoses: tuple[JobDiagnosis, ...] = ()
    logs: LogCounts = field(default_factory=LogCounts)
    workflows: tuple[Workflow, ...] = ()
    commits: tuple[CommitsBetween, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    runs_before_checkpoint: frozenset[int] = frozenset()
    undiagnosed: frozenset[int] = frozenset()
    closed_unread: bool = False
    closed_read: bool = False
    hidden_commits: tuple[tuple[str, str], ...] = ()
    workflow_files: Mapping[str, str] | None = None
    scheduled_runs: tuple[Run, ...] = ()
    files_at: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    asked: frozenset[Hashable] = frozenset()
    label: str = ""


MAX_REQUESTS = 800
"""GitHub gives a job's token 1,000 requests an hour; the rest is for the other programs that use it."""


@dataclass(frozen=True, slots=True)
class Requests:
    """What the sweep cost: requests sent, what GitHub leaves to the token, and how many the sweep may send."""

    made: int
    left: int | None
    most: int

    def __str__(self) -> str:
        """`12 requests to GitHub of at most 800, 988 left this hour`."""
        made = f"{self.made:,} {'request' if self.made == 1 else 'requests'} to GitHub of at most {self.most:,}"
        return made if self.left is None else f"{made}, {self.left:,} left this hour"
