"""The in-memory GitHub with what only tests need: a repository, diagnoses from values, counts, another order."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from builders import REPOSITORY
from ci_failure_tracker.backtest import memory
from ci_failure_tracker.model import (
    Diagnose,
    Issue,
    JobDiagnosis,
    LogRequest,
    Needs,
    Query,
    Repository,
    Snapshot,
)


def _no_reading(_wanted: LogRequest) -> JobDiagnosis | None:
    return None


@dataclass
class MemoryGitHub(memory.MemoryGitHub):
    """A repository as it stands at one moment.

    `job_diagnosis` is what the log of a failed job says. With `shuffled` the runs come in any order. `jobs_read` counts
    the runs whose jobs were asked for.
    """

    repository: Repository = REPOSITORY
    job_diagnosis: Callable[[LogRequest], JobDiagnosis | None] = _no_reading
    shuffled: random.Random | None = None
    jobs_read: int = 0
    asked: list[str] = field(default_factory=list)

    def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:
        snapshot = super().list_runs(snapshot, query)
        runs = list(snapshot.runs)
        if self.shuffled:
            self.shuffled.shuffle(runs)
        return dataclasses.replace(snapshot, runs=tuple(runs))

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        self.asked += [str(key[0] if isinstance(key, tuple) else key) for key in needs.each_key()]
        self.jobs_read += len(needs.jobs)
        return super().fetch(snapshot, needs, diagnose)

    def diagnosis_of(self, wanted: LogRequest, diagnose: Diagnose) -> JobDiagnosis | None:  # noqa: ARG002 - no logs
        return self.job_diagnosis(wanted)


@dataclass
class ForgetfulGitHub(MemoryGitHub):
    """The same, but an issue's marker never holds how far a sweep had read, so that each reads everything."""

    def begin(self, label: str) -> Snapshot:
        snapshot = super().begin(label)
        return dataclasses.replace(snapshot, issues=tuple(map(_without_checkpoint, snapshot.issues)))

    def closed_issues(self) -> Iterable[tuple[int, Issue]]:
        return [(number, _without_checkpoint(issue)) for number, issue in super().closed_issues()]


def _without_checkpoint(issue: Issue) -> Issue:
    return dataclasses.replace(issue, body=_CHECKPOINT.sub("", issue.body))


_CHECKPOINT = re.compile(r',"reach":\[[^\]]*\[[^\]]*\][^\]]*\](,"open":"[^"]*")?(,"back":"[^"]*")?')


@dataclass
class MemoryWriter(memory.MemoryWriter):
    """Writes into the repository of the tests."""

    url: str = REPOSITORY.url
