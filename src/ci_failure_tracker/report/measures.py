"""The statistics of a sweep. docs/metrics.md defines them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model import IdentityKind, Outcome, RunRef


@dataclass(frozen=True, slots=True)
class Spread:
    """The distribution of at least one span of time, in seconds. `count` is how many spans there are."""

    count: int
    median_seconds: float
    mean_seconds: float
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class Measures:
    """The statistics of the repository, a workflow or a job. Rates are from 0 to 1.

    - `runs` counts the runs that passed or failed, `failed` the failed ones, `flaky` those known to be flaky.
    - `time_to_recovery` covers the breaks that were seen from their first failure to the passing run that ended them.
    - `time_between_failures` is the time from the start of one break to the start of the next.
    - `broken_seconds` is how long at least one branch status was failing.
    - `streak` is the number of newest runs that ended alike, negative if they failed. `streak_is_least` says that the
      streak may have begun before the runs that were read.
    - `partial` says that something could not be seen.

    `None` means that the value is not known, or that there is nothing to take the mean of.
    """

    runs: int = 0
    failed: int = 0
    failure_rate: float | None = None
    flaky: int = 0
    flake_rate: float | None = None
    time_to_recovery: Spread | None = None
    time_between_failures: Spread | None = None
    broken_seconds: float | None = None
    streak: int | None = None
    streak_is_least: bool = False
    partial: bool = True


@dataclass(frozen=True, slots=True)
class RunMark:
    """A run in a timeline.

    `outcome` is `None` if the run was skipped, is not finished, or is not `known`. `failed` says whether it counts as a
    failure; a cancelled run may or may not. `seconds` is the duration of the newest attempt, if that has ended.
    """

    id: int
    number: int
    branch: str
    at: datetime
    outcome: Outcome | None
    failed: bool
    flaky: bool
    seconds: float | None
    known: bool = True


@dataclass(frozen=True, slots=True)
class WorkflowStatistics:
    """The statistics of one workflow, and all its runs in the order of their creation."""

    workflow: str
    measures: Measures
    runs: tuple[RunMark, ...]


@dataclass(frozen=True, slots=True)
class JobStatistics:
    """The statistics of one job and the runs that had it; a matrix is one job unless `matrix: separate`."""

    workflow: str
    job: str
    measures: Measures
    runs: tuple[RunMark, ...] = ()


@dataclass(frozen=True, slots=True)
class TestStatistics:
    """The statistics of one test that is known to have failed, over the runs of the jobs in which it failed.

    - `failed` counts the runs in which it failed in any attempt. `retried` are those of them in which all of its jobs
      passed in the end.
    - `passed` counts the other runs in which all of its jobs passed.
    - `unknown` counts the runs in which its jobs failed and it is not known whether it did.
    - `failing` says that it failed in the newest run of some branch that says anything of it.
    - `flaky_commits` are those on which it failed and then passed, `failed_commits` those on which it failed, the
      newest first. Their hashes are full.
    - `issue` is the number of its own issue, or else of that of a job in which it failed.
    - `partial` says that of one of its jobs it is not known when it passed.
    """

    __test__ = False  # no class of tests

    test: str
    jobs: tuple[tuple[str, str], ...]
    failed: int
    passed: int
    unknown: int
    retried: int
    failing: bool
    flaky_commits: tuple[str, ...]
    failed_commits: tuple[str, ...]
    last_failed: RunRef
    issue: int | None = None
    partial: bool = False

    @property
    def runs(self) -> int:
        """The runs of which it is known whether the test failed."""
        return self.failed + self.passed

    @property
    def failure_rate(self) -> float | None:
        """The share of the failed runs; `None` if it is not known when it passed."""
        # `failed` is not zero for a test that is here, so `runs` is not.
        return None if self.partial else self.failed / self.runs

    @property
    def flaky(self) -> bool:
        """Whether it failed and then passed on one commit."""
        return bool(self.flaky_commits)


@dataclass(frozen=True, slots=True)
class TestsSeen:
    """The tests that are known to have failed, the worst first.

    `failed_jobs` counts the failed jobs of all runs: a matrix of one run as one job, and a run whose jobs were not read
    as one. In `unknown_jobs` of them it is not known which tests failed: no log was read, it names none, or no issue
    remembers it.
    """

    __test__ = False  # no class of tests

    tests: tuple[TestStatistics, ...] = ()
    failed_jobs: int = 0
    unknown_jobs: int = 0


class TryResult(StrEnum):
    """What came of a run that the tracker ran again; NONE means that it was cancelled or skipped."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    NONE = "no result"


@dataclass(frozen=True, slots=True)
class Try:
    """A run that the tracker ran again, in this sweep or before."""

    workflow: str
    run: RunRef
    result: TryResult


@dataclass(frozen=True, slots=True)
class Period:
    """The runs of the repository that were created in `days` days. `start` is midnight of the first day, in UTC.

    `time_to_recovery` covers the breaks that ended in these days.
    """

    start: datetime
    days: int
    runs: int
    failed: int
    time_to_recovery: Spread | None


@dataclass(frozen=True, slots=True)
class OpenIssues:
    """How many issues of one kind are open for a workflow and job after the sweep."""

    workflow: str
    job: str
    kind: IdentityKind
    count: int


@dataclass(frozen=True, slots=True)
class IssueStatistics:
    """The tracked issues after the sweep, and what the sweep did to them.

    `time_to_resolution` is the time from the opening of an issue to its closing as completed. It covers the issues that
    were read and those that this sweep closed. `partial` says that closed issues were not read: a sweep reads them only
    if it may have to open an issue.
    """

    open: int = 0
    opened: int = 0
    reopened: int = 0
    closed: int = 0
    time_to_resolution: Spread | None = None
    by_job: tuple[OpenIssues, ...] = ()
    partial: bool = True


@dataclass(frozen=True, slots=True)
class Statistics:
    """All statistics of a sweep. The defaults are those of a sweep that saw nothing.

    `tries` are the runs that got one more try, the newest first; `None` without `rerun`.
    """

    repository: Measures = field(default_factory=Measures)
    workflows: tuple[WorkflowStatistics, ...] = ()
    jobs: tuple[JobStatistics, ...] = ()
    over_time: tuple[Period, ...] = ()
    issues: IssueStatistics = field(default_factory=IssueStatistics)
    tests: TestsSeen = field(default_factory=TestsSeen)
    tries: tuple[Try, ...] | None = None

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """When the oldest and the newest run were created; `None` without runs."""
        moments = [run.at for workflow in self.workflows for run in workflow.runs]
        return (min(moments), max(moments)) if moments else None


NOTHING_SEEN = Statistics()

RECENT = 30
"""Runs of each workflow and job in a chart and in `report.json`. All runs would be most of the file."""
