"""A year of test jobs under `group-by: job`, `cause` and `test`: how well the issues say which tests are broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from benchmarks.year.world import START
from builders import a_diagnosis, a_job, a_run, some_settings
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import (
    Create,
    Failure,
    FailureKind,
    Issue,
    Job,
    JobDiagnosis,
    LogRequest,
    Reopen,
    Run,
    Workflow,
)
from ci_failure_tracker.model.writes import Action
from ci_failure_tracker.sweep import sweep
from memory_github import MemoryGitHub, MemoryWriter
from sweeping import TEMPLATE

GROUPINGS = ("job", "cause", "test")
JOBS = ("unit", "api", "web")
TESTS = tuple(f"tests/{job}_{number:02}.py::test_it" for job in JOBS for number in range(12))
REFUSED = "ConnectionError: no database at localhost:5432"
_EVERY = timedelta(hours=6)
_KEPT = 60
_FLAKY = (0.02, 0.05, 0.1)


@dataclass(frozen=True)
class Broken:
    """A test that fails in a share of the runs for a time, with one message."""

    test: str
    message: str
    first: int
    last: int
    rate: float = 1.0


def job_of(test: str) -> str:
    """The job that runs a test."""
    return test.partition("/")[2].partition("_")[0]


def troubles(chance: Random, runs: int) -> Iterator[Broken]:
    """Breaks of one to three tests, outages that break all tests of a job, and tests that are flaky for a month."""
    for number in range(round(runs / 12)):
        first, lasts = chance.randrange(runs), max(1, round(chance.lognormvariate(1.5, 1)))
        job = chance.choice(JOBS)
        for test in chance.sample([test for test in TESTS if job_of(test) == job], chance.choice((1, 1, 2, 3))):
            what = f"{chr(97 + number % 26)}{chr(97 + number // 26)}"  # no number, which would be masked
            yield Broken(test, f"AssertionError: break {what}", first, first + lasts)
    for _ in range(max(1, round(runs / 120))):
        first, job = chance.randrange(runs), chance.choice(JOBS)
        for test in (test for test in TESTS if job_of(test) == job):
            yield Broken(test, REFUSED, first, first + chance.randint(1, 6))
    for test in chance.sample(TESTS, 6):
        first = chance.randrange(runs)
        yield Broken(test, "TimeoutError: too slow", first, first + 120, chance.choice(_FLAKY))


@dataclass
class Score:
    """The figures of one grouping, summed over all sweeps.

    broken   tests that failed in the newest run; `named` of them were named by an open issue that says it fails now
    said     tests that such issues named; `right` of them failed in the newest run
    opened   issues opened or reopened, with `comments` on them
    tests    tests that broke, each break counted once
    """

    name: str
    broken: int = 0
    named: int = 0
    said: int = 0
    right: int = 0
    opened: int = 0
    tests: int = 0
    comments: int = 0

    @property
    def recall(self) -> float:
        """The share of the broken tests that an issue names."""
        return self.named / max(1, self.broken)

    @property
    def precision(self) -> float:
        """The share of the tests named as failing that do fail."""
        return self.right / max(1, self.said)


@dataclass
class _Year:
    score: Score
    issues: dict[int, Issue] = field(default_factory=dict)
    jobs: dict[Run, Sequence[Job]] = field(default_factory=dict)
    failed: dict[int, Sequence[Broken]] = field(default_factory=dict)

    def sweep(self, newest: Mapping[str, Sequence[Broken]]) -> None:
        """One sweep after a run, and what the issues say then."""
        runs = list(self.jobs)[-_KEPT:]
        now = runs[-1].updated_at + timedelta(minutes=30)
        github = MemoryGitHub(runs, self.jobs.__getitem__, self.issues, job_diagnosis=self._diagnosis)
        sweep(
            github, MemoryWriter(self.issues, now, self._note), some_settings(group_by=self.score.name), TEMPLATE, now
        )
        broken = {one.test for of_job in newest.values() for one in of_job}
        said = {test for body in self._failing_bodies() for test in TESTS if test in body}
        self.score.broken += len(broken)
        self.score.named += len(broken & said)
        self.score.said += len(said)
        self.score.right += len(broken & said)

    def _failing_bodies(self) -> Iterator[str]:
        for issue in self.issues.values():
            tracked = read_tracked(issue) if issue.open else None
            if tracked and tracked.state and any(status.red for status in tracked.state.branch_statuses):
                yield issue.body.partition("<!-- ci-failure-tracker {")[0]

    def _note(self, number: int, action: Action) -> None:  # noqa: ARG002 - the number does not matter
        self.score.opened += isinstance(action, Create | Reopen)
        self.score.comments += bool(getattr(action, "comment", ""))

    def _diagnosis(self, wanted: LogRequest) -> JobDiagnosis | None:
        failed = self.failed.get(wanted.job_id, ())
        if not failed:
            return None
        failures = tuple(Failure("pytest", FailureKind.TEST, one.test, "", one.message, ()) for one in failed)
        lines = [f"FAILED {one.test} - {one.message}" for one in failed][:30]
        shown = a_diagnosis(f"{failed[0].test}: {failed[0].message}", *lines)
        signatures = tuple(f"v2:{one.test} {one.message}" for one in failed)[:20]
        diagnosis = replace(shown, signature=signatures[0], signatures=signatures, failures=failures)
        return JobDiagnosis(
            wanted.job_id, signatures[0], shown.headline, shown.outcome, diagnosis=diagnosis, kind=FailureKind.TEST
        )


def simulate(days: int, seed: int = 1) -> list[Score]:
    """The figures of each grouping in the same year."""
    return [_simulate(grouping, round(timedelta(days=days) / _EVERY), seed) for grouping in GROUPINGS]


def _simulate(grouping: str, runs: int, seed: int) -> Score:
    chance = Random(seed)  # noqa: S311 - a simulation, no secret
    broken = list(troubles(chance, runs))
    year = _Year(Score(grouping, tests=len(broken)))
    for number in range(1, runs + 1):
        at = START + number * _EVERY
        active = [one for one in broken if one.first <= number <= one.last and chance.random() < one.rate]
        newest = {job: [one for one in active if job_of(one.test) == job] for job in JOBS}
        failed = any(newest.values())
        times = {"created_at": at, "started_at": at, "updated_at": at + timedelta(minutes=10)}
        run = a_run(number, "failure" if failed else "success", workflow=Workflow(1, "CI", "ci.yml"), **times)
        jobs = [
            a_job(job, "failure" if newest[job] else "success", 10 * number + place, run.updated_at)
            for place, job in enumerate(JOBS)
        ]
        year.jobs[run] = jobs
        year.failed |= {job.id: newest[job.name] for job in jobs}
        year.sweep(newest)
    return year.score


def table(scores: Sequence[Score]) -> str:
    """The figures as a Markdown table."""
    head = ("group-by", "recall", "precision", "opened", "opened per broken test", "comments")
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    lines += [
        f"| {one.name} | {one.recall:.1%} | {one.precision:.1%} | {one.opened} | {one.opened / one.tests:.2f} "
        f"| {one.comments} |"
        for one in scores
    ]
    return "\n".join(lines) + "\n"
