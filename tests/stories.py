"""Histories of one workflow as they really went, and the program sweeping them without a server."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from builders import START, a_run, a_scan, an_issue, some_settings
from ci_failure_tracker.diagnosis.observations import needs_jobs, observe
from ci_failure_tracker.model import Close, Commit, Create, Issue, Job, Plan, Reopen, Run, Scan, Step, Update
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.marker import find_tracked, read_tracked
from ci_failure_tracker.tracking.plan import make_plan, open_states
from ci_failure_tracker.tracking.proofs import choose_more, choose_proofs
from ci_failure_tracker.tracking.reach import known_runs

JOBS = ("lint", "test (a)", "test (b)")
ABSENT = "absent"
"""The fate of a job that its workflow does not have."""

DEFAULT = some_settings()


@dataclass(frozen=True)
class Attempt:
    """How each job of one attempt ended, and when it did; the first one begins with its run."""

    fates: tuple[str, ...]
    started_at: datetime
    ended_at: datetime

    @property
    def conclusion(self) -> str:
        return next((fate for fate in ("failure", "cancelled") if fate in self.fates), "success")


@dataclass(frozen=True)
class Story:
    """A run as it really went."""

    number: int
    commit: int
    branch: str
    attempts: tuple[Attempt, ...]

    def seen_at(self, now: datetime) -> Run | None:
        """What GitHub shows of it at a moment; nothing before it was created."""
        over = [attempt for attempt in self.attempts if attempt.ended_at <= now]
        begun = [attempt for attempt in self.attempts if attempt.started_at <= now]
        if not begun:
            return None
        done = len(over) == len(begun)
        return a_run(
            self.number,
            over[-1].conclusion if done else None,
            attempt=len(begun),
            branch=self.branch,
            commit=Commit(f"{self.commit:040x}", f"Change {self.commit}"),
            started_at=begun[-1].started_at,
            updated_at=begun[-1].ended_at,
        )

    def jobs(self, attempts: int) -> list[Job]:
        return [
            Job(
                id=self.number * 100 + place * 10 + number,
                name=name,
                conclusion=attempt.fates[place],
                steps=(Step(1, "Run it", attempt.fates[place]),) if attempt.fates[place] != "skipped" else (),
                attempt=number,
                completed_at=attempt.ended_at,
                started_at=attempt.started_at,
            )
            for number, attempt in enumerate(self.attempts[:attempts], start=1)
            for place, name in enumerate(JOBS)
            if attempt.fates[place] != ABSENT
        ]


@dataclass
class Tracker:
    """Sweeps a history into issues, as the program does; without `remembers` it reads every run anew in each sweep."""

    stories: Sequence[Story]
    settings: Settings = DEFAULT
    most: int = 1_000
    issues: dict[int, Issue] = field(default_factory=dict)
    closed: list[tuple[datetime, Close]] = field(default_factory=list)
    remembers: bool = True
    jobs_read: int = 0

    def look(self, now: datetime, shuffled: random.Random | None = None) -> Scan:
        runs = [run for story in self.stories if (run := story.seen_at(now))]
        runs.sort(key=lambda run: run.order, reverse=True)
        start = runs[self.most - 1].created_at if len(runs) > self.most else None
        runs = runs[: self.most]
        stories = {1_000 + story.number: story for story in self.stories}
        tracked = find_tracked(tuple(self.issues.values()), None)
        states = open_states(tracked)
        known = known_runs(runs, tracked, self.settings) if self.remembers else frozenset()
        wanted = [*(run for run in runs if needs_jobs(run, runs)), *choose_proofs(runs, states, self.settings)]
        jobs = {run.id: stories[run.id].jobs(run.attempt) for run in wanted if run.id not in known}
        found = a_scan(runs, jobs, tuple(self.issues.values()))
        for run in choose_more(runs, found.jobs, states, self.settings):
            if run.id not in known:
                jobs[run.id] = stories[run.id].jobs(run.attempt)
        self.jobs_read += len(jobs)
        if shuffled:
            shuffled.shuffle(runs)
            jobs = dict(shuffled.sample(list(jobs.items()), len(jobs)))
        found = a_scan(runs, jobs, tuple(self.issues.values()))
        return dataclasses.replace(found, window=dataclasses.replace(found.window, start=start), known=known)

    def plan(self, now: datetime, shuffled: random.Random | None = None) -> Plan:
        scan = self.look(now, shuffled)
        return make_plan(observe(scan), scan, self.settings, now)

    def sweep(self, now: datetime) -> Plan:
        plan = self.plan(now)
        for action in plan.actions:
            self._carry_out(action, now)
        return plan

    def _carry_out(self, action: object, now: datetime) -> None:
        match action:
            case Create():
                number = len(self.issues) + 1
                self.issues[number] = an_issue(number, action.body)
            case Update():
                self.issues[action.number] = dataclasses.replace(self.issues[action.number], body=action.body)
            case Reopen():
                self.issues[action.number] = dataclasses.replace(
                    self.issues[action.number], body=action.body, open=True, state_reason="reopened", closed_at=None
                )
            case Close():
                self.closed.append((now, action))
                self.issues[action.number] = dataclasses.replace(
                    self.issues[action.number],
                    body=action.body,
                    open=False,
                    state_reason=action.state_reason,
                    closed_at=now,
                )

    def open_ids(self) -> list[str]:
        found = (read_tracked(issue) for issue in self.issues.values() if issue.open)
        return [tracked.id for tracked in found if tracked]

    def counts(self) -> dict[str, int]:
        found = (read_tracked(issue) for issue in self.issues.values() if issue.open)
        return {one.id: one.state.count for one in found if one and one.state}


def moments(stories: Sequence[Story], every: int) -> Iterable[datetime]:
    return (START + timedelta(minutes=minutes) for minutes in range(every, 60 * (len(stories) + 9), every))
