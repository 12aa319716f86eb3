"""One thing, one issue: which issues are open, and what is commented, does not depend on when a log could be read."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

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
        self.github = GitHubThatReadsSome([], self.runs.__getitem__, {}, self._diagnosis, reads=self.reads)

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


def phases(causes: st.SearchStrategy[str]) -> st.SearchStrategy[list[Phase]]:
    jobs = st.tuples(*(causes for _ in JOBS))
    run = st.tuples(st.integers(0, 1), jobs)
    return st.lists(st.builds(Phase, st.lists(run, min_size=1, max_size=3).map(tuple)), min_size=1, max_size=4)


def play(history: Sequence[Phase], repository: FailingJobs) -> Iterable[FailingJobs]:
    """Play a history; each phase is swept until every log is read."""
    for day, phase in enumerate(history):
        for workflow, headlines in phase.runs:
            repository.run(workflow, headlines, day)
        repository.sweep_until_all_is_read(day)
        yield repository


SHARED = st.sampled_from(["", "disk full", "disk full", "disk full", "no route", "no route", NO_CAUSE])
SEED, MOST = st.integers(0, 1_000), st.sampled_from([1, 2, 5, 50])
GROUP_BY = st.sampled_from(["job", "job", "workflow"])


@given(phases(SHARED), GROUP_BY, SEED, MOST)
@settings(max_examples=15, deadline=None)
def test_which_issues_are_open_does_not_depend_on_the_reading_of_logs(
    history: list[Phase], group_by: str, seed: int, most: int
) -> None:
    plain = play(history, FailingJobs(some_settings(group_by=group_by), all_of_them))
    other = play(history, FailingJobs(some_settings(group_by=group_by), some_of_them(seed, most)))
    for one, two in zip(plain, other, strict=True):
        assert one.open_ids() == two.open_ids()


@given(phases(SHARED), SEED, MOST)
@settings(max_examples=8, deadline=None)
def test_a_job_is_in_an_umbrella_or_has_its_own_issue(history: list[Phase], seed: int, most: int) -> None:
    repository = FailingJobs(some_settings(), some_of_them(seed, most))
    for played in play(history, repository):
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


OWN = st.sampled_from(["", "", "first", "second", "third"])


@given(phases(OWN), GROUP_BY, SEED, MOST)
@settings(max_examples=15, deadline=None)
def test_comments_do_not_depend_on_the_reading_of_logs(
    history: list[Phase], group_by: str, seed: int, most: int
) -> None:
    """No cause is shared here: an issue that was opened too early and taken in by an umbrella has a comment."""
    own = [
        Phase(
            tuple(
                (workflow, tuple(f"{cause} {workflow} {job}" if cause else "" for job, cause in enumerate(causes)))
                for workflow, causes in phase.runs
            )
        )
        for phase in history
    ]
    plain = play(own, FailingJobs(some_settings(group_by=group_by), all_of_them))
    other = play(own, FailingJobs(some_settings(group_by=group_by), some_of_them(seed, most)))
    for one, two in zip(plain, other, strict=True):
        assert sorted(one.comments()) == sorted(two.comments())
