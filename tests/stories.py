"""Histories of one workflow, and the program that sweeps them without a server."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from builders import START, a_run, some_settings
from ci_failure_tracker.issues.marker import Tracked, read_tracked
from ci_failure_tracker.issues.render import render
from ci_failure_tracker.model import Close, Commit, Issue, Job, Run, Step
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.selection.checkpoint import with_checkpoint
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.sweep import read_and_decide, sweep
from ci_failure_tracker.tracking.decide import Findings
from memory_github import ForgetfulGitHub, MemoryGitHub, MemoryWriter
from sweeping import TEMPLATE, Plan

JOBS = ("lint", "test (a)", "test (b)")
ABSENT = "absent"
"""Stands for the conclusion of a job that its workflow does not have."""

DEFAULT = some_settings()


@dataclass(frozen=True)
class Attempt:
    """The conclusion of each job of one attempt; the first attempt begins with its run."""

    conclusions: tuple[str, ...]
    started_at: datetime
    ended_at: datetime

    @property
    def conclusion(self) -> str:
        return next((worst for worst in ("failure", "cancelled") if worst in self.conclusions), "success")


@dataclass(frozen=True)
class Story:
    """A run with all its attempts."""

    number: int
    commit: int
    branch: str
    attempts: tuple[Attempt, ...]

    def seen_at(self, now: datetime) -> Run | None:
        """What GitHub shows of the run at a moment; nothing before it was created."""
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
                conclusion=attempt.conclusions[place],
                steps=(Step(1, "Run it", attempt.conclusions[place]),)
                if attempt.conclusions[place] != "skipped"
                else (),
                attempt=number,
                completed_at=attempt.ended_at,
                started_at=attempt.started_at,
            )
            for number, attempt in enumerate(self.attempts[:attempts], start=1)
            for place, name in enumerate(JOBS)
            if attempt.conclusions[place] != ABSENT
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

    def __post_init__(self) -> None:
        self.settings = dataclasses.replace(self.settings, branch=("main", "release"))

    def github(self, now: datetime, shuffled: random.Random | None = None) -> MemoryGitHub:
        """The repository at a moment; what is read of it comes in another order where it is shuffled."""
        runs = [run for story in self.stories if (run := story.seen_at(now))]
        by_id = {1_000 + story.number: story for story in self.stories}

        def jobs(run: Run) -> list[Job]:
            of_run = by_id[run.id].jobs(run.attempt)
            return shuffled.sample(of_run, len(of_run)) if shuffled else of_run

        kind = MemoryGitHub if self.remembers else ForgetfulGitHub
        return kind(runs, jobs, self.issues, most=self.most, shuffled=shuffled)

    def look(self, now: datetime, shuffled: random.Random | None = None) -> Findings:
        return read_and_decide(self.github(now, shuffled), self.settings, now)

    def plan(self, now: datetime, shuffled: random.Random | None = None) -> Plan:
        findings = with_checkpoint(self.look(now, shuffled), self.settings)
        return Plan(findings, render(findings.decisions.all, TEMPLATE, findings.snapshot.repository, self.settings))

    def sweep(self, now: datetime) -> Report:
        github = self.github(now)
        writer = MemoryWriter(self.issues, now, lambda _number, action: self._note(action, now))
        report = sweep(github, writer, self.settings, TEMPLATE, now)
        self.jobs_read += github.jobs_read
        return report

    def _note(self, action: object, now: datetime) -> None:
        if isinstance(action, Close):
            self.closed.append((now, action))

    def open_issues(self) -> list[Tracked]:
        issues = (read_tracked(issue) for issue in self.issues.values() if issue.open)
        return [tracked for tracked in issues if tracked]

    def open_ids(self) -> list[str]:
        return [tracked.id for tracked in self.open_issues()]

    def counts(self) -> dict[str, int]:
        return {tracked.id: tracked.state.count for tracked in self.open_issues() if tracked.state}


def moments(stories: Sequence[Story], every: int) -> Iterable[datetime]:
    return (START + timedelta(minutes=minutes) for minutes in range(every, 60 * (len(stories) + 9), every))
