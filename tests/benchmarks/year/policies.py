"""Policies of keeping issues: this program's, and three naive ones; each says what it did, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from benchmarks.year.world import HOUR, START, World
from builders import an_issue, some_settings
from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.diagnosis.observations import needs_jobs, observe
from ci_failure_tracker.model import (
    Close,
    Create,
    Issue,
    Job,
    Outcome,
    Reading,
    Reopen,
    Repository,
    Run,
    RunJobs,
    Scan,
    Skip,
    Update,
    Why,
    Window,
)
from ci_failure_tracker.tracking.marker import find_tracked, read_tracked
from ci_failure_tracker.tracking.plan import make_plan, open_states
from ci_failure_tracker.tracking.proofs import choose_more, choose_proofs
from ci_failure_tracker.tracking.reach import known_runs

_REPOSITORY = Repository("octo-org/example", "https://github.example/octo-org/example", "main", False, True)


@dataclass
class Entry:
    """One issue: what it is about, when it was open, and how often it was commented on."""

    jobs: frozenset[str]
    opened: list[datetime]
    closed: list[datetime] = field(default_factory=list)
    last_failure: list[datetime] = field(default_factory=list)
    comments: int = 0

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it was open right after a moment."""
        return any(
            start <= moment and (place >= len(self.closed) or moment < self.closed[place])
            for place, start in enumerate(self.opened)
        )


@dataclass
class Ledger:
    """What a policy did in the year, and when it looked."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    sweeps: list[datetime] = field(default_factory=list)
    most_open_of_one: int = 0


def views(world: World) -> Iterator[tuple[datetime, dict[int, tuple[Run, tuple[Job, ...], dict[int, str]]]]]:
    """At each full hour at which a run had ended since the one before: all runs as they are shown then."""
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
    """The program itself, sweeping at intervals; the hours in which nothing ended change nothing and are left out."""
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
        self.settings = some_settings()
        self.issues: dict[int, Issue] = {}
        self.entries: dict[int, Entry] = {}

    def sweep(self, shown: dict[int, tuple[Run, tuple[Job, ...], dict[int, str]]], now: datetime, most: int) -> None:
        newest = sorted((run for run, _, _ in list(shown.values())[-most - 50 :]), key=lambda run: run.order)[-most:]
        scan = self._scan(newest[::-1], shown, most)
        for action in make_plan(observe(scan), scan, self.settings, now).actions:
            self._carry_out(action, now)

    def _scan(
        self, runs: Sequence[Run], shown: dict[int, tuple[Run, tuple[Job, ...], dict[int, str]]], most: int
    ) -> Scan:
        issues = tuple(self.issues.values())
        tracked = find_tracked(issues, None)
        states, known = open_states(tracked), known_runs(runs, tracked, self.settings)
        wanted = [*(run for run in runs if needs_jobs(run, runs)), *choose_proofs(runs, states, self.settings)]
        jobs = [RunJobs(run.id, shown[run.id][1]) for run in wanted if run.id not in known]
        more = choose_more(runs, jobs, states, self.settings)
        jobs += [RunJobs(run.id, shown[run.id][1]) for run in more if run.id not in known]
        causes = {job_id: cause for one in jobs for job_id, cause in shown[one.run_id][2].items()}
        return Scan(
            repository=_REPOSITORY,
            runs=tuple(runs),
            jobs=tuple(jobs),
            issues=issues,
            viewer=None,
            window=Window(0, 0, partial=False, start=runs[-1].created_at if len(runs) == most else None),
            problems=(),
            known=known,
            readings=tuple(Reading(one, f"v1:{cause}", cause, Outcome.FAILURE) for one, cause in causes.items()),
        )

    def _carry_out(self, action: object, now: datetime) -> None:
        match action:
            case Create():
                number = len(self.issues) + 1
                self.issues[number] = an_issue(number, action.body, labels=action.labels)
                self.entries[number] = Entry(frozenset(), [now])
            case Update() | Reopen() | Close():
                self._change(action, now)
                number = action.number
            case Skip(why=Why.STORM):
                self._cover(f"{action.identity.workflow}:{action.identity.job}")
                return
            case _:
                return
        entry = self.entries[number]
        tracked = read_tracked(self.issues[number])
        assert tracked
        assert tracked.state
        entry.jobs |= _jobs_of(tracked.state.identity.id, self.issues[number])
        if isinstance(action, Close):
            entry.last_failure.append(tracked.state.last_seen)

    def _cover(self, job: str) -> None:
        """Count a job among those of the issue that speaks for it; a large storm is not listed to the last leg."""
        for number, issue in self.issues.items():
            tracked = read_tracked(issue)
            if issue.open and tracked and tracked.state and tracked.state.identity.cause:
                self.entries[number].jobs |= {job}

    def _change(self, action: Update | Reopen | Close, now: datetime) -> None:
        issue, entry = self.issues[action.number], self.entries[action.number]
        entry.comments += bool(action.comment)
        changed = replace(issue, body=action.body, labels=(*issue.labels, *action.labels))
        if isinstance(action, Reopen):
            entry.opened.append(now)
            changed = replace(changed, open=True, state_reason="reopened", closed_at=None)
        if isinstance(action, Close):
            entry.closed.append(now)
            changed = replace(changed, open=False, state_reason=action.state_reason, closed_at=now)
        self.issues[action.number] = changed

    def most_open_of_one(self) -> int:
        ids = [one.id for issue in self.issues.values() if issue.open and (one := read_tracked(issue))]
        return max((ids.count(one) for one in set(ids)), default=0)


def _jobs_of(_: str, issue: Issue) -> frozenset[str]:
    """The jobs that an issue names: its own, or those that share its cause."""
    tracked = read_tracked(issue)
    assert tracked
    assert tracked.state
    identity = tracked.state.identity
    if not identity.cause:
        return frozenset({f"{identity.workflow}:{identity.job}"})
    pairs = (leg.leg.split(" / ", 1) for leg in tracked.state.legs)
    return frozenset(f"{workflow}:{split_leg(job)[0]}" for workflow, job in pairs)


# --- naive policies ------------------------------------------------------------------------------


def naive(world: World, name: str, *, a_run: bool = False, closes: bool = False) -> Ledger:
    """An issue for each failed run, or for each title; closed by the first green run of any leg, or never."""
    ledger = Ledger(name)
    by_title: dict[str, Entry] = {}
    done: dict[int, int] = {}
    for now, shown in views(world):
        ledger.sweeps.append(now)
        fresh = [one for one in list(shown.values())[-400:] if done.get(one[0].id) != one[0].attempt]
        for run, jobs, _ in sorted(fresh, key=lambda one: one[0].order):
            done[run.id] = run.attempt
            newest = [job for job in jobs if job.attempt == run.attempt]
            red = {_key(run, job) for job in newest if job.conclusion == "failure"}
            if a_run and red:
                ledger.entries.append(Entry(frozenset(red), [now], last_failure=[run.created_at]))
            for key in () if a_run else red:
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
    """Of issues that are never closed, how many stand for one job at the end."""
    counts: dict[str, int] = {}
    for entry in ledger.entries:
        for job in entry.jobs:
            counts[job] = counts.get(job, 0) + 1
    return max(counts.values(), default=0)
