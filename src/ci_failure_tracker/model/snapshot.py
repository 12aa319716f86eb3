"""What one sweep read, and what went wrong while reading."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model.diagnosis import JobDiagnosis, LogCounts
from ci_failure_tracker.model.github import Closer, Issue, Repository, Run, RunJobs, Workflow
from ci_failure_tracker.model.known import Authorship, KnownIssue, Permission
from ci_failure_tracker.model.needs import RunList
from ci_failure_tracker.model.problems import Problem
from ci_failure_tracker.model.refs import RefKind, Refs, Tag
from ci_failure_tracker.model.reports import RunReports


@dataclass(frozen=True, slots=True)
class Window:
    """How complete a snapshot is.

    `forks` is how many runs were left out because they belong to forks, `unread` is how many runs have jobs that could
    not be read. `partial` is true if the list of runs was cut short or jobs could not be read. Every run since `start`
    that fits the filters was listed by this sweep or by an earlier one; without a start, every run was. This sweep
    listed those since `listed_from`.
    """

    forks: int
    unread: int
    partial: bool
    start: datetime | None = None
    listed_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewestRuns:
    """The newest runs of a workflow in short, the newest first; `complete` says that it has no others."""

    runs: tuple[ShortRun, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class ShortRun:
    """What GraphQL says of a run. `branch` is empty if it does not say it; no `conclusion` means it goes on."""

    branch: str
    event: str
    conclusion: str | None


@dataclass(frozen=True, slots=True)
class NotLookedAt:
    """Something whose newest run no sweep has looked at, and why; no `workflow` means all of them."""

    workflow: str
    why: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """What could not be understood in GitHub's answers; nothing is opened or reopened for it.

    names      whether the list of workflows is incomplete, so that the names of some are not known
    issues     whether an issue could not be understood, which may be about anything
    runs       whether a run of an unknown workflow could not be understood
    workflows  the ids of the workflows without a known name, and of those with a run that could not be understood
    """

    names: bool = False
    issues: bool = False
    runs: bool = False
    workflows: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Suspect:
    """A commit between the last passing run and the first failing one.

    `author` is the login of who opened its pull request, or else of the commit's author, or a name without a login.
    `pull_request` is 0 if none is known. `file` is a file that it changed and that the failure names, if there is one.
    """

    sha: str
    title: str
    author: str
    pull_request: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class CommitsBetween:
    """The commits after the last passing one (`green`) up to the first failing one (`red`).

    Those that changed a file which the failure names come first, and of these and of the others the newest.
    `green` and `red` are full hashes. `more` is true if there are more commits than `commits` holds. `known` is false
    if GitHub no longer has one of the two, which happens after a forced push. `single` is true if all commits were
    looked at and only the first one changed such a file. `pending` is true while it was not yet read who wrote them,
    and `files_pending` while it was not yet read which files they changed.
    """

    green: str
    red: str
    commits: tuple[Suspect, ...] = ()
    more: bool = False
    known: bool = True
    single: bool = False
    pending: bool = False
    files_pending: bool = False


@dataclass(frozen=True, slots=True)
class CommitOrigin:
    """Where a commit comes from: the login of its author, its pull request, and the login of who opened that.

    Logins that GitHub does not give are empty; those of bots end in `[bot]`. The number is 0 without a pull request.
    """

    author: str = ""
    pull_request: int = 0
    opened_by: str = ""


class MissedSchedule(StrEnum):
    """Why a workflow did not run on its schedule."""

    DISABLED = "disabled_inactivity"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Whether a scheduled workflow runs on time.

    `missed_schedule` says why it does not; `None` means that it runs. `last_run` is its newest scheduled run, if one is
    known. `due` is the time by which it should have run, in UTC: the third time after `last_run` that its cron
    expressions name, or the time of the sweep if they are not known.
    """

    workflow: Workflow
    missed_schedule: MissedSchedule | None
    due: datetime
    last_run: Run | None = None
    crons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a sweep has read from GitHub so far.

    runs                    the runs that fit the filters: those of the list, and those that it does not reach
    run_lists               a page of each list of runs that was needed and could be read
    newest_runs             the newest runs of workflows in short, by workflow id
    run_changes             when runs that the list does not reach changed last, by run id
    single_runs             the runs that were read one by one
    not_looked_at           what is watched and was not looked at
    jobs                    the jobs of runs, if they were read; a run without an entry passed, has no jobs, is in
                            `runs_before_checkpoint`, or is named in `problems`
    issues                  the open issues with `label`, and others if an issue would be opened
    viewer                  the login of the token, if it was needed
    without_token           whether GitHub was asked without a token, so that it shows less and answers few requests
    window                  how complete the list of runs and their jobs is
    job_diagnoses           why the failed jobs whose logs were read failed
    logs                    how many logs were read
    workflows               all workflows of the repository, whatever the filters say
    commits                 the commits between the last passing run and the first failing one
    schedules               which scheduled workflows run on time
    runs_before_checkpoint  ids of runs that were not read again, because the open issues hold what they say
    undiagnosed             ids of jobs whose logs a later sweep has to read
    closed_read             whether every closed issue was read
    issues_unread           which issues could not be read, in words, so that no issue is opened; empty if none
    unlabelled              numbers of open issues that were found without the label
    hidden_commits          the pairs of commits whose history GitHub does not show
    workflow_files          the workflow files of the default branch by path; `None` if they were not read
    scheduled_runs          scheduled runs, with the newest of each workflow
    files_at                the text of files by commit and path; `None` for a file that does not exist
    read_at                 the time of the sweep; without it, no run in the queue waits for too long
    asked                   the keys of the needs that were asked for, answered or not
    label                   the label by which the tracker finds its issues
    closers                 the commits that closed issues, by the number of the issue; `None` if no commit did it
    contains                whether a commit contains a closer, by the hashes of the closer and of the commit
    unclear                 what could not be understood
    tags                    the newest tags, with the runs on their commits; `None` if they were not read
    tag_runs                the runs of tags that were needed
    ref_kinds               what GitHub says of names of refs
    refs                    which refs share one branch status
    last_runs               the last runs of workflows, by the keys of the need
    commit_files            the files that commits changed, by hash; none if the token may not see them
    commit_origins          the authors and pull requests of commits, by hash
    codeowners              the text of CODEOWNERS; empty if there is none, `None` if it was not read
    paths                   the paths that the default branch has, of those that were needed
    heads                   the hash of the newest commit of branches, by name; empty if there is no such branch
    heads_hidden            whether the token may not see them
    reports                 the test reports of runs, of those that were needed and could be read
    known_issues            the open issues with the label `known-issue`; `None` if they were not listed
    authorships             who wrote the bodies of issues of the tracker, by number
    permissions             whether accounts may write to the repository, by login
    permissions_hidden      whether the token may not ask that
    rerun                   the ids of the runs whose failed jobs this sweep runs again; `None` before it asked for any
    central                 whether the issues are those of several repositories, and their workflows have the names of
                            their repositories before their own
    parts                   if so, what was read of each of these repositories, by name; without those that could not be
                            read. The fields of all of them together are then in this snapshot as well, but for those of
                            refs, branches, paths and owners, which are of one repository
    """

    repository: Repository
    runs: tuple[Run, ...]
    jobs: tuple[RunJobs, ...]
    issues: tuple[Issue, ...]
    viewer: str | None
    window: Window
    problems: tuple[Problem, ...]
    without_token: bool = False
    job_diagnoses: tuple[JobDiagnosis, ...] = ()
    logs: LogCounts = field(default_factory=LogCounts)
    workflows: tuple[Workflow, ...] = ()
    commits: tuple[CommitsBetween, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    runs_before_checkpoint: frozenset[int] = frozenset()
    undiagnosed: frozenset[int] = frozenset()
    issues_unread: str = ""
    closed_read: bool = False
    unlabelled: frozenset[int] = frozenset()
    hidden_commits: tuple[tuple[str, str], ...] = ()
    workflow_files: Mapping[str, str] | None = None
    scheduled_runs: tuple[Run, ...] = ()
    files_at: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    read_at: datetime | None = None
    run_lists: Mapping[RunList, tuple[Run, ...]] = field(default_factory=dict)
    newest_runs: Mapping[int, NewestRuns] = field(default_factory=dict)
    run_changes: Mapping[int, datetime] = field(default_factory=dict)
    single_runs: tuple[Run, ...] = ()
    not_looked_at: tuple[NotLookedAt, ...] = ()
    asked: frozenset[Hashable] = frozenset()
    label: str = ""
    closers: Mapping[int, Closer | None] = field(default_factory=dict)
    contains: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    unclear: Unclear = Unclear()
    tags: tuple[Tag, ...] | None = None
    tag_runs: tuple[Run, ...] = ()
    ref_kinds: Mapping[str, RefKind] = field(default_factory=dict)
    refs: Refs = field(default_factory=Refs)
    last_runs: Mapping[tuple[int, str], tuple[Run, ...]] = field(default_factory=dict)
    commit_files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commit_origins: Mapping[str, CommitOrigin] = field(default_factory=dict)
    codeowners: str | None = None
    paths: frozenset[str] = frozenset()
    heads: Mapping[str, str] = field(default_factory=dict)
    heads_hidden: bool = False
    reports: tuple[RunReports, ...] = ()
    rerun: frozenset[int] | None = None
    known_issues: tuple[KnownIssue, ...] | None = None
    authorships: Mapping[int, Authorship] = field(default_factory=dict)
    permissions: Mapping[str, Permission] = field(default_factory=dict)
    permissions_hidden: bool = False
    central: bool = False
    parts: Mapping[str, Snapshot] = field(default_factory=dict)

    def part(self, repository: str) -> Snapshot:
        """What was read of one repository; an empty name stands for the one with the issues."""
        return self.parts.get(repository, self)

    def has_read(self, repository: str) -> bool:
        """Whether a repository could be read."""
        return not self.central or repository in self.parts

    @property
    def each_part(self) -> tuple[Snapshot, ...]:
        """What was read of each repository."""
        return tuple(self.parts.values()) if self.central else (self,)


MAX_REQUESTS = 800
"""GitHub gives a job's token 1,000 requests an hour; other programs that use the token get the rest."""


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of a sweep: sent so far, left to the token by GitHub this hour, and how many the sweep may send."""

    made: int
    left: int | None
    most: int

    def __str__(self) -> str:
        """`12 requests to GitHub of at most 800, 988 left this hour`."""
        made = f"{self.made:,} {'request' if self.made == 1 else 'requests'} to GitHub of at most {self.most:,}"
        return made if self.left is None else f"{made}, {self.left:,} left this hour"
