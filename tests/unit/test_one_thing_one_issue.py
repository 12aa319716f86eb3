"""One thing, one issue: which issues are open, and what is commented, does not depend on when a log could be read."""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from builders import START, a_diagnosis, a_job, a_run, some_settings
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import (
    Action,
    Close,
    Diagnose,
    Job,
    JobDiagnosis,
    LogRequest,
    Needs,
    Reopen,
    Run,
    Snapshot,
    Update,
    Workflow,
)
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.sweep import sweep
from memory_github import MemoryGitHub, MemoryWriter
from sweeping import TEMPLATE

WORKFLOWS = (Workflow(1, "CI", "ci.yml"), Workflow(2, "Nightly", "nightly.yml"))
JOBS = ("docs", "lint", "test (a)", "test (b)")
NO_CAUSE = "Process completed with exit code 1."


@dataclass
class FailingJobs:
    """A repository that grows by phases; the log of a job says what its history says."""

    settings: Settings
    reads: Callable[[Sequence[int]], set[int]] = set
    runs: dict[Run, list[Job]] = field(default_factory=dict)
    headlines: dict[int, str] = field(default_factory=dict)
    github: GitHubThatReadsSome = field(init=False)
    actions: list[tuple[int, Action]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.github = GitHubThatReadsSome(
            [], self.runs.__getitem__, {}, job_diagnosis=self._diagnosis, reads=self.reads
        )

    def run(self, workflow: int, headlines: Iterable[str], day: int) -> None:
        """A run of a workflow; an empty headline means that the job passed."""
        number = len(self.runs) + 1
        headlines = tuple(headlines)
        run = a_run(
            number,
            "failure" if any(headlines) else "success",
            workflow=WORKFLOWS[workflow],
            created_at=START + timedelta(days=2 * day, minutes=number),
        )
        self.runs[run] = [
            a_job(name, "failure" if headline else "success", 10 * number + place, run.updated_at)
            for place, (name, headline) in enumerate(zip(JOBS, headlines, strict=True))
        ]
        self.headlines |= {job.id: headline for job, headline in zip(self.runs[run], headlines, strict=True)}
        self.github.runs = list(self.runs)

    def sweep(self, now: datetime) -> Report:
        writer = MemoryWriter(self.github.issues, now, lambda number, action: self.actions.append((number, action)))
        return sweep(self.github, writer, self.settings, TEMPLATE, now)

    def sweep_until_all_is_read(self, day: int) -> None:
        now = START + timedelta(days=2 * day, hours=12)
        for minutes in range(400):
            self.sweep(now + timedelta(minutes=minutes))
            if not self.github.left and minutes:
                return
        raise AssertionError("some log is never read")

    def _diagnosis(self, request: LogRequest) -> JobDiagnosis:
        headline = self.headlines[request.job_id]
        diagnosis = a_diagnosis(headline)
        return JobDiagnosis(request.job_id, diagnosis.signature, headline, diagnosis.outcome, diagnosis=diagnosis)

    def open_ids(self) -> list[str]:
        issues = (read_tracked(issue) for issue in self.github.issues.values() if issue.open)
        return sorted(tracked.id for tracked in issues if tracked)

    def comments(self) -> list[tuple[str, str]]:
        """Each paragraph of each comment with the failure id of its issue.

        Why an issue was reopened is said if it is known at that time.
        """
        return [
            (action.identity.id, paragraph)
            for _, action in self.actions
            if isinstance(action, Update | Reopen | Close)
            for paragraph in action.comment.split("\n\n")[:-1]
            if not paragraph.startswith("Why: ")
        ]


@dataclass
class GitHubThatReadsSome(MemoryGitHub):
    """A repository of which a sweep can read some of the logs that it asks for; `left` are the others."""

    reads: Callable[[Sequence[int]], set[int]] = set
    left: frozenset[int] = frozenset()

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        asked = [request.job_id for request in (needs.logs.logs if needs.logs else ())]
        if not asked:
            self.left = self.left if needs.logs is None else frozenset()
            return super().fetch(snapshot, needs, diagnose)
        readable = self.reads(asked)
        self.left = frozenset(set(asked) - readable)
        logs = tuple(request for request in needs.logs.logs if request.job_id in readable) if needs.logs else ()
        answered = super().fetch(
            snapshot,
            dataclasses.replace(needs, logs=dataclasses.replace(needs.logs, logs=logs) if needs.logs else None),
            diagnose,
        )
        return dataclasses.replace(answered, undiagnosed=answered.undiagnosed | self.left)

    def begin(self, label: str) -> Snapshot:
        self.left = frozenset()
        return super().begin(label)


def all_of_them(asked: Sequence[int]) -> set[int]:
    return set(asked)


def some_of_them(seed: int, most: int) -> Callable[[Sequence[int]], set[int]]:
    """Any of the logs, up to `most` of them and at times none, in any order."""
    chance = random.Random(seed)  # noqa: S311 - an order, no secret

    def read(asked: Sequence[int]) -> set[int]:
        return set(chance.sample(asked, min(len(asked), chance.randint(0, most))))

    return read


@dataclass(frozen=True)
class Phase:
    """What happens between two days: for each run its workflow, and why each of its jobs failed."""

    runs: tuple[tuple[int, tuple[str, ...]], ...]


def a_history(chance: random.Random, causes: Sequence[str]) -> list[Phase]:
    """Up to four phases of up to three runs."""
    return [
        Phase(
            tuple(
                (chance.randint(0, 1), tuple(chance.choice(causes) for _ in JOBS)) for _ in range(chance.randint(1, 3))
            )
        )
        for _ in range(chance.randint(1, 4))
    ]


def play(history: Sequence[Phase], repository: FailingJobs) -> Iterable[FailingJobs]:
    """Play a history; each phase is swept until every log is read."""
    for day, phase in enumerate(history):
        for workflow, headlines in phase.runs:
            repository.run(workflow, headlines, day)
        repository.sweep_until_all_is_read(day)
        yield repository


SHARED = ("", "disk full", "disk full", "disk full", "no route", "no route", NO_CAUSE)
OWN = ("", "", "first", "second", "third")
SEEDS = range(40 if os.environ.get("EVERY_CASE") else 3)


@dataclass(frozen=True)
class Case:
    """A history, how it is grouped, and what can be read of it; equal for equal seeds."""

    seed: int

    @property
    def chance(self) -> random.Random:
        return random.Random(self.seed)  # noqa: S311 - a history, no secret

    @property
    def settings(self) -> Settings:
        return some_settings(group_by=self.chance.choice(["job", "job", "workflow"]))

    def played(self, history: Sequence[Phase]) -> Iterable[tuple[FailingJobs, FailingJobs]]:
        """The repository after each phase, if each log is read at once, and if sweeps read some of them."""
        most = self.chance.choice([1, 2, 5])
        plain = play(history, FailingJobs(self.settings, all_of_them))
        other = play(history, FailingJobs(self.settings, some_of_them(self.seed, most)))
        return zip(plain, other, strict=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_which_issues_are_open_does_not_depend_on_the_reading_of_logs(seed: int) -> None:
    case = Case(seed)
    for one, two in case.played(a_history(case.chance, SHARED)):
        assert one.open_ids() == two.open_ids()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_job_is_in_an_umbrella_or_has_its_own_issue(seed: int) -> None:
    case = Case(seed)
    repository = FailingJobs(some_settings(), some_of_them(seed, 5))
    for played in play(a_history(case.chance, SHARED), repository):
        issues = [tracked for issue in played.github.issues.values() if issue.open and (tracked := read_tracked(issue))]
        states = [tracked.state for tracked in issues if tracked.state]
        in_umbrellas = {
            (state.identity.cause, red.leg)
            for state in states
            if state.identity.cause
            for status in state.branch_statuses
            for red in status.red
        }
        for state in states:
            causes = {leg.signature for leg in state.latest.legs}
            failing = any(status.red for status in state.branch_statuses)
            if failing and not state.identity.cause and len(causes) == 1:
                jobs = {f"{state.identity.workflow} / {state.identity.job}{_leg(leg.leg)}" for leg in state.latest.legs}
                assert not {(cause, job) for cause in causes for job in jobs} & in_umbrellas


def _leg(leg: str) -> str:
    return f" ({leg})" if leg else ""


@pytest.mark.parametrize("seed", SEEDS)
def test_comments_do_not_depend_on_the_reading_of_logs(seed: int) -> None:
    """No cause is shared here: an issue that was opened too early and taken in by an umbrella has a comment."""
    case = Case(seed)
    history = [Phase(tuple(map(_with_own_causes, phase.runs))) for phase in a_history(case.chance, OWN)]
    for one, two in case.played(history):
        assert sorted(one.comments()) == sorted(two.comments())


def _with_own_causes(run: tuple[int, tuple[str, ...]]) -> tuple[int, tuple[str, ...]]:
    workflow, causes = run
    return workflow, tuple(f"{cause} {workflow} {job}" if cause else "" for job, cause in enumerate(causes))


def test_a_new_cause_is_a_comment_once_a_day_at_most() -> None:
    repository = FailingJobs(some_settings(), all_of_them)
    for day, cause in ((0, "one"), (0, "two"), (0, "three"), (1, "four")):
        repository.run(0, (f"{cause} is broken", "", "", ""), day)
        repository.sweep_until_all_is_read(day)
    said = " ".join(paragraph for _, paragraph in repository.comments())
    assert [cause for cause in ("one", "two", "three", "four") if f"{cause} is broken" in said] == ["two", "four"]


def test_a_job_is_not_taken_for_one_of_the_same_name_in_a_workflow_that_did_not_run_again() -> None:
    repository = FailingJobs(some_settings(group_by="cause"), all_of_them)
    repository.run(0, ("", "disk full", "", ""), 0)
    repository.run(1, ("disk full", "", "", ""), 0)
    repository.sweep_until_all_is_read(0)
    repository.run(0, ("disk full", "", "", ""), 1)
    repository.sweep_until_all_is_read(1)
    tracked = (read_tracked(issue) for issue in repository.github.issues.values())
    states = [read.state for read in tracked if read and read.state]
    red = {leg.leg for state in states for status in state.branch_statuses for leg in status.red}
    assert {"CI / docs", "Nightly / docs"} <= red
