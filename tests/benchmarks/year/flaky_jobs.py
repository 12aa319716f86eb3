"""One flaky job that is fixed one day, under three rules for closing its issue: how often each of them is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import mean, median

from benchmarks.year.world import FLAKY_RATES, START
from ci_failure_tracker.model import BranchStatus, RunRef, Trials
from ci_failure_tracker.model.trials import LEAST_PASSES
from ci_failure_tracker.tracking.recovery import QUIET, is_over

RATES = (*FLAKY_RATES, 1.0)
CLOSE_AFTER = 2
_CHANGES = 3
_CHANCE = 0.01
_LISTED = 100
"""Runs that a sweep lists."""


@dataclass(frozen=True)
class Repository:
    """How often a job runs and a sweep looks, for how long the job is flaky, and for how long it is seen afterwards."""

    name: str
    runs_every: timedelta
    sweeps_every: timedelta
    flaky_for: timedelta
    fixed_for: timedelta


REPOSITORIES = (
    Repository("busy", timedelta(hours=1), timedelta(hours=3), timedelta(days=30), timedelta(days=30)),
    Repository("quiet", timedelta(days=1), timedelta(days=1), timedelta(days=365), timedelta(days=200)),
    Repository("tags", timedelta(days=7), timedelta(days=7), timedelta(days=728), timedelta(days=1_092)),
)
"""A push every hour, a nightly job, and a workflow of tags, which are one branch in order of time."""


@dataclass(frozen=True)
class Trial:
    """A run of the job."""

    at: datetime
    passed: bool


class Rule:
    """What an issue does under a rule."""

    opened = 0
    closed = 0

    @property
    def is_open(self) -> bool:
        """Whether the issue is open."""
        return self.opened > self.closed

    def sweep(self, trials: Sequence[Trial], now: datetime) -> None:
        """Look at the trials since the sweep before."""
        if self.is_failing(trials) and not self.is_open:
            self.opened += 1
        self.see(trials)
        if self.is_open and self.is_over(now):
            self.closed += 1

    def is_failing(self, trials: Sequence[Trial]) -> bool:
        """Whether the newest run failed."""
        return bool(trials) and not trials[-1].passed

    def see(self, trials: Sequence[Trial]) -> None:
        """Remember what is needed of the trials."""
        raise NotImplementedError

    def is_over(self, now: datetime) -> bool:
        """Whether the open issue is closed."""
        raise NotImplementedError


class Evidence(Rule):
    """This program's rule, by the function that decides in it. An issue knows the runs that its sweeps listed."""

    def __init__(self) -> None:
        self._unseen: list[Trial] = []
        self._trials = Trials()
        self._failed_at = START
        self._passed: list[datetime] = []

    def see(self, trials: Sequence[Trial]) -> None:
        self._unseen = [*self._unseen, *trials][-_LISTED:]
        for trial in self._unseen if self.is_open else ():
            self._trials = self._trials.then(passed=trial.passed)
            self._passed = [*self._passed[:1], trial.at] if trial.passed else []
            self._failed_at = self._failed_at if trial.passed else trial.at
        self._unseen = [] if self.is_open else self._unseen

    def is_over(self, now: datetime) -> bool:
        greens = tuple(RunRef(0, 0, str(at), at) for at in self._passed)
        last_red = RunRef(0, 0, "", self._failed_at)
        status = BranchStatus(1, "main", "", (), last_red, greens, earlier=self._trials)
        return bool(greens) and is_over(status, CLOSE_AFTER, now)


class TwiceAsMany(Rule):
    """The rule of version 1.0: two passes, twice as many if flaky, twice as many again after each relapse, up to 20."""

    def __init__(self) -> None:
        self._recent: list[bool] = []
        self._passes = 0
        self._is_flaky = False

    def see(self, trials: Sequence[Trial]) -> None:
        for trial in trials:
            self._recent = [*self._recent, trial.passed][-20:]
            self._passes = self._passes + 1 if trial.passed else 0
        changes = sum(before != after for before, after in pairwise(self._recent))
        self._is_flaky |= self.is_open and changes >= _CHANGES

    def is_over(self, now: datetime) -> bool:  # noqa: ARG002 - time says nothing here
        twice = min(2 * CLOSE_AFTER << min(self.closed, 8), 20)
        return self._passes >= (twice if self._is_flaky else CLOSE_AFTER)


class Watchflakes(Rule):
    """The rule of golang/build's watchflakes: a silence that has one chance in a hundred, or 90 days of it.

    Each failure opens the issue. At least twenty runs must have passed. Failures within one day are no rate.
    """

    def __init__(self) -> None:
        self._first: datetime | None = None
        self._last = START
        self._failed = 0
        self._longest = timedelta()
        self._passes = 0

    def is_failing(self, trials: Sequence[Trial]) -> bool:
        return any(not trial.passed for trial in trials)

    def see(self, trials: Sequence[Trial]) -> None:
        for trial in trials:
            self._passes = self._passes + 1 if trial.passed else 0
            if not trial.passed:
                self._longest = max(self._longest, trial.at - self._last) if self._first else self._longest
                self._first, self._last, self._failed = self._first or trial.at, trial.at, self._failed + 1

    def is_over(self, now: datetime) -> bool:
        span, silence = self._last - (self._first or now), now - self._last
        if self._passes < LEAST_PASSES or silence >= QUIET:
            return self._passes >= LEAST_PASSES
        chance = (span / (span + silence)) ** (self._failed - 1)
        return span >= timedelta(days=1) and chance < _CHANCE and silence > self._longest


RULES: dict[str, Callable[[], Rule]] = {
    "this program": Evidence,
    "version 1.0": TwiceAsMany,
    "watchflakes": Watchflakes,
}


@dataclass(frozen=True)
class Life:
    """What one issue did. `to_close` are the runs after the fix until it closed; `None` if it was not open then."""

    reopened: int
    closed_wrongly: int
    to_close: int | None


def live(rule: Rule, repository: Repository, rate: float, seed: int) -> Life:
    """The life of the issue of a job that fails at this rate, and is fixed then."""
    dice = Random(seed)  # noqa: S311 - a simulation, no secret
    fixed_at, now, at = START + repository.flaky_for, START, START
    closed_wrongly, was_open, to_close = 0, False, 0
    while now < fixed_at + repository.fixed_for and (now < fixed_at or rule.is_open):
        now += repository.sweeps_every
        trials = []
        while (at := at + repository.runs_every) <= now:
            trials.append(Trial(at, at > fixed_at or dice.random() >= rate))
        at -= repository.runs_every
        rule.sweep(trials, now)
        if now <= fixed_at:
            closed_wrongly, was_open = rule.closed, rule.is_open
        else:
            to_close += len(trials)
    return Life(max(0, rule.opened - 1), closed_wrongly, to_close if was_open else None)


@dataclass(frozen=True)
class Row:
    """The figures of one rule for one rate in one repository.

    reopened          reopenings for each job, the mean
    reopened_later    the same without the first one
    closed_wrongly    issues closed while the job was still flaky, for each job, the mean
    to_close          the runs after the fix until the issue closed, the median of the issues that were open then
    """

    repository: str
    rule: str
    rate: float
    reopened: float
    reopened_later: float
    closed_wrongly: float
    to_close: float | None


def simulate(jobs: int) -> list[Row]:
    """The figures of so many jobs for each repository, rule and rate; all rules get the same jobs."""
    rows = []
    for repository in REPOSITORIES:
        for rate in RATES:
            for name, rule in RULES.items():
                lives = [live(rule(), repository, rate, seed) for seed in range(jobs)]
                rows.append(_row(repository, name, rate, lives))
    return rows


def _row(repository: Repository, rule: str, rate: float, lives: Sequence[Life]) -> Row:
    to_close = [life.to_close for life in lives if life.to_close is not None]
    return Row(
        repository=repository.name,
        rule=rule,
        rate=rate,
        reopened=mean(life.reopened for life in lives),
        reopened_later=mean(max(0, life.reopened - 1) for life in lives),
        closed_wrongly=mean(life.closed_wrongly for life in lives),
        to_close=median(to_close) if to_close else None,
    )


def table(rows: Sequence[Row]) -> str:
    """The figures as a Markdown table: a line for each repository and rate, with the rules side by side."""
    head = ("repository", "fails in", *_COLUMNS)
    lines = [f"Each cell: {' / '.join(RULES)}.", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for place in range(0, len(rows), len(RULES)):
        same = rows[place : place + len(RULES)]
        cells = [" / ".join(_cell(figure(row)) for row in same) for figure in _COLUMNS.values()]
        lines.append("| " + " | ".join([same[0].repository, f"{same[0].rate:.0%}", *cells]) + " |")
    return "\n".join(lines) + "\n"


_COLUMNS: dict[str, Callable[[Row], float | None]] = {
    "reopenings of a job": lambda row: row.reopened,
    "false all-clears of a job": lambda row: row.closed_wrongly,
    "runs open after a fix": lambda row: row.to_close,
}


def _cell(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:.0f}" if figure >= 10 or figure == int(figure) else f"{figure:.2f}"
