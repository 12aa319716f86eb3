"""Policies of keeping issues: this program's, and three naive ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from unittest.mock import patch

from benchmarks.simulation.ledger import Deed, Entry, Ledger
from benchmarks.simulation.making import WORKFLOWS
from benchmarks.simulation.world import START, Event, Feed, World, key_of
from builders import REPOSITORY, an_issue, some_settings
from ci_failure_tracker.diagnosis.observations import needs_jobs, observe
from ci_failure_tracker.model import (
    Action,
    Close,
    Create,
    Identity,
    Issue,
    Outcome,
    Reading,
    Reopen,
    Run,
    RunJobs,
    Scan,
    Skip,
    State,
    Update,
    Why,
    Window,
)
from ci_failure_tracker.tracking import marker
from ci_failure_tracker.tracking.marker import find_tracked, state_in
from ci_failure_tracker.tracking.plan import make_plan, open_states
from ci_failure_tracker.tracking.proofs import choose_more, choose_proofs
from ci_failure_tracker.tracking.wanted import choose_logs

HOURLY, WEEKLY = timedelta(hours=1), timedelta(days=7)


def moments(feed: Feed, every: timedelta, end: datetime) -> Iterator[tuple[datetime, list[Event]]]:
    """Each time somebody looks and something is new; where nothing is, a sweep would change nothing.

    But for the comment on a week of red, which comes with the next run.
    """
    now = START
    while now < end:
        now += every
        if events := feed.advance(now):
            yield now, events


# --- this program --------------------------------------------------------------------------------


def ours(world: World, name: str, every: timedelta, most: int, *, chosen_logs: bool = False) -> Ledger:
    """The program itself, sweeping at intervals over the newest runs.

    It knows the cause of each failed job it looks at, or with `chosen_logs` only of those whose logs it would read.
    """
    return _Ours(world, Ledger(name), most, chosen_logs).year(every)


class _Ours:
    def __init__(self, world: World, ledger: Ledger, most: int, chosen_logs: bool) -> None:
        self._world, self._ledger, self._most, self._chosen_logs = world, ledger, most, chosen_logs
        self._settings = some_settings(max_runs=str(most))
        self._feed = Feed(world)
        self._issues: dict[int, Issue] = {}

    def year(self, every: timedelta) -> Ledger:
        # A year has thousands of sweeps, and each reads all issues: the same text says the same.
        with patch.object(marker, "read_tracked", lru_cache(maxsize=1_000)(marker.read_tracked)):
            for now, _ in moments(self._feed, every, self._world.end):
                self._sweep(now)
        return self._ledger

    def _sweep(self, now: datetime) -> None:
        self._ledger.sweeps.append(now)
        scan = self.look(now)
        for action in make_plan(observe(scan), scan, self._settings, now).actions:
            self._carry_out(action, now)

    def look(self, now: datetime) -> Scan:
        """What a sweep reads: the jobs only of the runs whose jobs it asks for."""
        runs = self._feed.newest(self._most)
        issues = self._still_of_use()
        states = open_states(find_tracked(issues, None))
        jobs = list(
            self._jobs([*(run for run in runs if needs_jobs(run, runs)), *choose_proofs(runs, states, self._settings)])
        )
        jobs += self._jobs(choose_more(runs, jobs, states, self._settings))
        start = runs[-1].created_at if self._feed.has_more(self._most) else None
        window = Window(forks=0, unread=0, partial=False, start=start)
        scan = Scan(REPOSITORY, tuple(runs), tuple(jobs), issues, None, window, (), workflows=WORKFLOWS)
        return replace(scan, readings=tuple(self._readings(scan, now)))

    def _still_of_use(self) -> tuple[Issue, ...]:
        """The open issues, and the newest of each thing: of the others the program makes no use, and is slower."""
        newest = {entry.key: number for number, entry in enumerate(self._ledger.entries, start=1)}
        kept = set(newest.values())
        return tuple(issue for number, issue in self._issues.items() if issue.open or number in kept)

    def _jobs(self, runs: Sequence[Run]) -> Iterator[RunJobs]:
        return (RunJobs(run.id, self._feed.jobs(run)) for run in runs)

    def _readings(self, scan: Scan, now: datetime) -> Iterator[Reading]:
        if self._chosen_logs:
            ids = [log.job_id for log in choose_logs(observe(scan), scan, self._settings, now).logs]
        else:
            ids = [job.id for one in scan.jobs for job in one.jobs]
        for job_id in ids:
            if trouble := self._world.causes.get(job_id):
                yield Reading(job_id, f"v1:{trouble.cause}", trouble.cause, Outcome.FAILURE, step=2)

    def _carry_out(self, action: Action, now: datetime) -> None:
        match action:
            case Create():
                number = len(self._issues) + 1
                self._issues[number] = an_issue(number, action.body, labels=action.labels, created_at=now)
                self._ledger.entries.append(Entry(action.identity.id, cause=action.identity.cause.removeprefix("v1:")))
                self._write_down(number, Deed(now, "open", action.reason))
            case Update() | Reopen() | Close():
                before = state_in(self._issues[action.number].body)
                self._issues[action.number] = _changed(self._issues[action.number], action, now)
                what = {Update: "update", Reopen: "reopen", Close: "close"}[type(action)]
                said = _kind_of(action, before, state_in(action.body)) if action.comment else ""
                self._write_down(action.number, Deed(now, what, action.reason, said))
            case Skip(why=Why.STORM):
                self._cover(action.identity)
            case _:
                pass

    def _write_down(self, number: int, deed: Deed) -> None:
        state, entry = state_in(self._issues[number].body), self._ledger.entries[number - 1]
        assert state is not None
        entry.deeds.append(deed)
        if not entry.cause:
            entry.jobs.add(key_of(state.identity.workflow, state.identity.job))
        for leg in state.legs if entry.cause else ():
            entry.jobs.add(key_of(*leg.leg.split(" / ", 1)))

    def _cover(self, identity: Identity) -> None:
        """An umbrella issue lists forty legs; what it speaks for beyond them is known from the plan alone."""
        for entry in self._ledger.entries:
            number = self._ledger.entries.index(entry) + 1
            state = state_in(self._issues[number].body) if entry.cause and entry.is_open else None
            if state is not None and state.legs_cut:
                entry.jobs.add(key_of(identity.workflow, identity.job))


def _changed(issue: Issue, action: Update | Reopen | Close, now: datetime) -> Issue:
    changed = replace(issue, body=action.body, labels=(*issue.labels, *action.labels))
    if isinstance(action, Reopen):
        return replace(changed, open=True, state_reason="reopened", closed_at=None)
    if isinstance(action, Close):
        return replace(changed, open=False, state_reason=action.state_reason, closed_at=now)
    return changed


def _kind_of(action: Update | Reopen | Close, before: State | None, after: State | None) -> str:
    """What a comment was about."""
    assert before is not None
    assert after is not None
    if isinstance(action, Reopen):
        return "reopened"
    if isinstance(action, Close):
        return f"closed: {after.closed.ending.value}" if after.closed else "closed"
    told = {
        "cause": after.cause_told != before.cause_told,
        "flaky": after.flaky is not None and before.flaky is None,
        "week": after.week_told and not before.week_told,
    }
    return " + ".join(kind for kind, is_told in told.items() if is_told) or "other"


# --- naive policies ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Result:
    """How the jobs of a run that is over ended, by what issues of them are known by."""

    run: Run
    at: datetime
    red: frozenset[str]
    green: frozenset[str]


def _results(world: World) -> Iterator[tuple[datetime, _Result | None]]:
    """Each run that is over, at the full hour at which somebody looks; `None` once for each look."""
    feed = Feed(world)
    for now, events in moments(feed, HOURLY, world.end):
        yield now, None
        for one in events:
            if one.run.finished:
                jobs = one.story.attempts[one.run.attempt - 1].jobs
                by_end = {
                    end: frozenset(key_of(one.run.workflow.name, job.name) for job in jobs if job.conclusion == end)
                    for end in ("failure", "success")
                }
                yield now, _Result(one.run, now, by_end["failure"], by_end["success"])


def issue_a_run(world: World) -> Ledger:
    """An issue for each failed run, which nobody closes."""
    ledger = Ledger("an issue a failed run")
    for now, one in _results(world):
        if one is None:
            ledger.sweeps.append(now)
        elif one.run.conclusion == "failure":
            entry = Entry(f"run {one.run.id}.{one.run.attempt}", set(one.red))
            entry.deeds.append(Deed(now, "open", f"run {one.run.number} failed"))
            ledger.entries.append(entry)
    return ledger


def _by_title(world: World, name: str, green: Callable[[Entry, datetime], None]) -> Ledger:
    ledger, known = Ledger(name), dict[str, Entry]()
    for now, one in _results(world):
        if one is None:
            ledger.sweeps.append(now)
            continue
        for key in sorted(one.red):
            if key not in known:
                known[key] = Entry(key, {key})
                ledger.entries.append(known[key])
            _say_red(known[key], now)
        for key in sorted(one.green):
            if key in known and known[key].is_open:
                green(known[key], now)
    return ledger


def _say_red(entry: Entry, now: datetime) -> None:
    if not entry.deeds:
        entry.deeds.append(Deed(now, "open", "failed"))
    elif entry.is_open:
        entry.deeds.append(Deed(now, "update", "failed", "failed again"))
    else:
        entry.deeds.append(Deed(now, "reopen", "failed", "reopened"))


def issue_a_title(world: World) -> Ledger:
    """An issue for each job, commented on at each failed run, which nobody closes."""
    return _by_title(world, "an issue a title, never closed", lambda _, __: None)


def first_green(world: World) -> Ledger:
    """An issue for each job, closed at the first green run of any of its legs, opened again at the next red one."""
    return _by_title(
        world,
        "closed on the first green",
        lambda entry, now: entry.deeds.append(Deed(now, "close", "a run was green", "closed")),
    )
