"""The figures: how often what fails, for how long, and what became of the issues. Defined in docs/metrics.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ci_failure_tracker.model import Outcome


@dataclass(frozen=True, slots=True)
class Spread:
    """Several spans of time, in seconds; there is at least one."""

    count: int
    median_seconds: float
    mean_seconds: float
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures of the repository, a workflow or a job.

    `runs` are those that ended green or red, `failed` the red ones. Rates are from 0 to 1. `flaky` are the runs that
    are known to be flaky. `recovery` is of the breaks that were seen from their first failure to the green run that
    ended them, `between_failures` from the start of one break to the start of the next. `broken_seconds` is how long at
    least one line was red. `streak` is how many of the newest runs ended alike, below zero where they are red;
    `streak_is_least` says that it may have begun before what was read.

    `None` stands for what is not known, or is the mean of nothing. `partial` says that something could not be seen.
    """

    runs: int = 0
    failed: int = 0
    failure_rate: float | None = None
    flaky: int = 0
    flake_rate: float | None = None
    recovery: Spread | None = None
    between_failures: Spread | None = None
    broken_seconds: float | None = None
    streak: int | None = None
    streak_is_least: bool = False
    partial: bool = True


@dataclass(frozen=True, slots=True)
class RunMark:
    """A run in a timeline: `outcome` is `None` where it was skipped, is not finished, or is not `known`.

    `failed` says that it counts as that, which a cancelled one may or may not.
    `seconds` is from the start of its newest attempt to its end, as far as it has ended.
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
    """The figures of one workflow, and all its runs in the order in which they were created."""

    workflow: str
    measures: Measures
    runs: tuple[RunMark, ...]


@dataclass(frozen=True, slots=True)
class JobStatistics:
    """The figures of one job, its legs together unless `matrix: separate`, and the runs that had it."""

    workflow: str
    job: str
    measures: Measures
    runs: tuple[RunMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """The runs of the repository that were created in some days, from the beginning of the first, in UTC.

    `recovery` is of the breaks that ended in it.
    """

    start: datetime
    days: int
    runs: int
    failed: int
    recovery: Spread | None


@dataclass(frozen=True, slots=True)
class OpenIssues:
    """How many issues are open for one workflow and job after the sweep."""

    workflow: str
    job: str
    count: int


@dataclass(frozen=True, slots=True)
class IssueStatistics:
    """The tracked issues after the sweep, and what the sweep did to them.

    `resolution` is from the opening of an issue to its closing as completed, of those that were read and those that
    this sweep closed. `partial` says that closed issues were not read, which a sweep does only to open one.
    """

    open: int = 0
    opened: int = 0
    reopened: int = 0
    closed: int = 0
    resolution: Spread | None = None
    by_job: tuple[OpenIssues, ...] = ()
    partial: bool = True


@dataclass(frozen=True, slots=True)
class Statistics:
    """All figures of a sweep; without arguments those of one that saw nothing."""

    repository: Measures = field(default_factory=Measures)
    workflows: tuple[WorkflowStatistics, ...] = ()
    jobs: tuple[JobStatistics, ...] = ()
    over_time: tuple[Period, ...] = ()
    issues: IssueStatistics = field(default_factory=IssueStatistics)

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """When the oldest and the newest run were created; `None` where none was looked at."""
        moments = [run.at for one in self.workflows for run in one.runs]
        return (min(moments), max(moments)) if moments else None


NOTHING_SEEN = Statistics()

RECENT = 30
"""Runs of each workflow and job that a chart shows, and that `report.json` holds; all of them would be most of it."""
