"""Policies of keeping issues: that of this program, and three naive ones. Each notes what it did and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.year.world import HOUR, START, World
from builders import some_settings
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import (
    Action,
    Close,
    Create,
    Issue,
    Job,
    JobDiagnosis,
    LogRequest,
    Outcome,
    Reopen,
    Rerun,
    Run,
    Skip,
    SkipReason,
    State,
)
from ci_failure_tracker.sweep import sweep
from ci_failure_tracker.tracking.matrix import split_leg
from memory_github import MemoryGitHub, MemoryWriter
from sweeping import TEMPLATE


@dataclass
class Entry:
    """One issue: its jobs, when it was open, and how many comments it got.

    `duplicates` are the times at which it was closed because another issue stands for its job.
    """

    jobs: frozenset[str]
    opened: list[datetime]
    closed: list[datetime] = field(default_factory=list)
    last_failure: list[datetime] = field(default_factory=list)
    duplicates: set[datetime] = field(default_factory=set)
    comments: int = 0

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it was open right after a moment."""
        return any(
            start <= moment and (place >= len(self.closed) or moment < self.closed[place])
            for place, start in enumerate(self.opened)
        )


@dataclass
class Ledger:
    """What a policy did in the year, and when it swept."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    sweeps: list[datetime] = field(default_factory=list)
    most_open_of_one: int = 0


def views(world: World) -> Iterator[tuple[datetime, dict[int, tuple[Run, tuple[Job, ...], dict[int, str]]]]]:
    """Each full hour in which a run ended, with all runs as GitHub shows them then."""
    shown: dict[int, tuple[Run, tuple[Job, ...], dict[int, str]]] = {}
    place, now = 0, START
    while now < world.end:
        now += HOUR
        before = place
        while place < len(world.views) and world.views[place].since <= now:
            one = world.views[place]
            shown[one.run.id] = one.run, one.jobs, dict(one.causes)
            place += 1
        if place > before:
            yield now, shown


# --- this program --------------------------------------------------------------------------------


def ours(world: World, name: str, every: timedelta, most: int) -> Ledger:
    """The program itself, which sweeps at intervals. Hours in which no run ended change nothing and are left out."""
    ledger, issues = Ledger(name), _Issues()
    next_at = START + every
    for now, shown in views(world):
        if now < next_at:
            continue
        next_at = max(next_at + every, now + HOUR)
        ledger.sweeps.append(now)
        issues.sweep(shown, now, most)
        ledger.most_open_of_one = max(ledger.most_open_of_one, issues.most_open_of_one())
    ledger.entries = list(issues.entries.values())
    return ledger


class _Issues:
    def __init__(self) -> None:
        self.settings = some_settings(branch="*")
        self.issues: dict[int, Issue] = {}
        self.entries: dict[int, Entry] = {}

    def sweep(self, shown: dict[int, tuple[Run, tuple[Job, ...], dict[int, str]]], now: datetime, most: int) -> None:
        newest = sorted((run for run, _, _ in list(shown.values())[-most - 50 :]), key=lambda run: run.order)[-most:]
        causes = {job_id: cause for run in newest for job_id, cause in shown[run.id][2].items()}

        def reading(wanted: LogRequest) -> JobDiagnosis | None:
            cause = causes.get(wanted.job_id)
            return JobDiagnosis(wanted.job_id, f"v2:{cause}", cause, Outcome.FAILURE) if cause else None

        github = MemoryGitHub(newest, lambda run: shown[run.id][1], self.issues, job_diagnosis=reading, most=most)
        writer = MemoryWriter(self.issues, now, lambda number, action: self._note(number, action, now))
        report = sweep(github, writer, self.settings, TEMPLATE, now)
        for result in report.results:
            if _is_covered(result.action):
                self._cover(f"{result.action.identity.workflow}:{result.action.identity.job}")

    def _note(self, number: int, action: Action, now: datetime) -> None:
        if isinstance(action, Skip):
            return
        entry = self.entries.setdefault(number, Entry(frozenset(), [now]))
        if isinstance(action, Reopen):
            entry.opened.append(now)
        if isinstance(action, Close):
            entry.closed.append(now)
            entry.last_failure.append(action.state.last_seen)
            if _is_covered(action):
                entry.duplicates.add(now)
        entry.comments += not isinstance(action, Create) and bool(action.comment)
        entry.jobs |= _jobs_of(action.state)

    def _cover(self, job: str) -> None:
        """Add a job to the issue that stands for its cause; such an issue does not list all jobs of a large outage."""
        for number, issue in self.issues.items():
            tracked = read_tracked(issue)
            if issue.open and tracked and tracked.state and tracked.state.identity.cause:
                self.entries[number].jobs |= {job}

    def most_open_of_one(self) -> int:
        ids = [one.id for issue in self.issues.values() if issue.open and (one := read_tracked(issue))]
        return max((ids.count(one) for one in set(ids)), default=0)


def _is_covered(action: Action | Rerun) -> bool:
    """Whether an umbrella issue stands for the job."""
    if isinstance(action, Skip):
        return action.skip_reason is SkipReason.STORM
    return isinstance(action, Close) and action.state_reason == "duplicate"


def _jobs_of(state: State) -> frozenset[str]:
    """The jobs that an issue names: its own job, or the jobs that share its cause."""
    identity = state.identity
    if not identity.cause:
        return frozenset({f"{identity.workflow}:{identity.job}"})
    pairs = (leg.leg.split(" / ", 1) for leg in state.legs)
    return frozenset(f"{workflow}:{split_leg(job)[0]}" for workflow, job in pairs)


# --- naive policies ------------------------------------------------------------------------------


def naive(world: World, name: str, *, a_run: bool = False, closes: bool = False) -> Ledger:
    """An issue for each failed run, or for each job; closed by the first run in which a leg passes, or never."""
    ledger = Ledger(name)
    by_title: dict[str, Entry] = {}
    done: dict[int, int] = {}
    for now, shown in views(world):
        ledger.sweeps.append(now)
        fresh = [one for one in list(shown.values())[-400:] if done.get(one[0].id) != one[0].attempt]
        for run, jobs, _ in sorted(fresh, key=lambda one: one[0].order):
            done[run.id] = run.attempt
            newest = [job for job in jobs if job.attempt == run.attempt]
            failed = {_key(run, job) for job in newest if job.conclusion == "failure"}
            if a_run and failed:
                ledger.entries.append(Entry(frozenset(failed), [now], last_failure=[run.created_at]))
            for key in () if a_run else failed:
                _open(ledger, by_title, key, now, run)
            for key in {_key(run, job) for job in newest if job.conclusion == "success"} if closes else ():
                entry = by_title.get(key)
                if entry and len(entry.closed) < len(entry.opened):
                    entry.closed.append(now)
                    entry.comments += 1
    ledger.most_open_of_one = _most_open(ledger) if a_run else 1
    return ledger


def _key(run: Run, job: Job) -> str:
    return f"{run.workflow.name}:{split_leg(job.name)[0]}"


def _open(ledger: Ledger, by_title: dict[str, Entry], key: str, now: datetime, run: Run) -> None:
    entry = by_title.get(key)
    if entry is None:
        by_title[key] = entry = Entry(frozenset({key}), [now])
        ledger.entries.append(entry)
    elif len(entry.closed) == len(entry.opened):
        entry.opened.append(now)
        entry.comments += 1
    else:
        entry.comments += 1
    entry.last_failure = [*entry.last_failure[: len(entry.opened) - 1], run.created_at]


def _most_open(ledger: Ledger) -> int:
    """The most issues of one job at the end, where no issue is ever closed."""
    counts: dict[str, int] = {}
    for entry in ledger.entries:
        for job in entry.jobs:
            counts[job] = counts.get(job, 0) + 1
    return max(counts.values(), default=0)
