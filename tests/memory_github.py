"""GitHub without a server: the same interface as the real one, over values in memory."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from builders import REPOSITORY, a_scan, an_issue
from ci_failure_tracker.model import (
    Action,
    Close,
    Create,
    Diagnose,
    Issue,
    Job,
    JobDiagnosis,
    LogRequest,
    Needs,
    Query,
    Reopen,
    Requests,
    Result,
    Run,
    RunJobs,
    Skip,
    Snapshot,
    Update,
    WriteStatus,
)

REQUESTS = Requests(5, 995, 800)


def _no_reading(_wanted: LogRequest) -> JobDiagnosis | None:
    return None


@dataclass
class MemoryGitHub:
    """A repository as it stands at one moment.

    `jobs` gives the jobs of a run, `reading` what the log of a failed job says. `most` bounds the list of runs, as
    `max-runs` does. With `shuffled` the runs come in any order. `jobs_read` counts the runs whose jobs were asked for.
    """

    runs: Sequence[Run]
    jobs: Callable[[Run], Iterable[Job]]
    issues: dict[int, Issue]
    job_diagnosis: Callable[[LogRequest], JobDiagnosis | None] = _no_reading
    most: int = 1_000
    shuffled: random.Random | None = None
    jobs_read: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def requests(self) -> Requests:
        return REQUESTS

    def begin(self, label: str) -> Snapshot:
        still_open = tuple(issue for issue in self.issues.values() if issue.open)
        return dataclasses.replace(a_scan([], issues=still_open), label=label)

    def list_workflows(self, snapshot: Snapshot) -> Snapshot:
        return snapshot

    def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:
        newest = sorted((run for run in self.runs if query.matches(run)), key=lambda run: run.order, reverse=True)
        start = newest[self.most - 1].created_at if len(newest) > self.most else None
        window = dataclasses.replace(snapshot.window, start=start)
        runs = newest[: self.most]
        if self.shuffled:
            self.shuffled.shuffle(runs)
        return dataclasses.replace(snapshot, runs=tuple(runs), window=window)

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:  # noqa: ARG002 - there are no logs
        self.asked += [str(key[0] if isinstance(key, tuple) else key) for key in needs.each_key()]
        self.jobs_read += len(needs.jobs)
        jobs = tuple(RunJobs(run.id, tuple(self.jobs(run))) for run in needs.jobs)
        diagnoses = [self.job_diagnosis(wanted) for wanted in (needs.logs.logs if needs.logs else ())]
        issues = {issue.number: issue for issue in snapshot.issues}
        if needs.own_issues:
            issues |= {number: issue for number, issue in self.issues.items() if issue.open}
        if needs.closed_issues:
            issues |= {number: issue for number, issue in self.issues.items() if not issue.open}
        return dataclasses.replace(
            snapshot,
            jobs=(*snapshot.jobs, *jobs),
            job_diagnoses=(*snapshot.job_diagnoses, *(diagnosis for diagnosis in diagnoses if diagnosis is not None)),
            issues=tuple(issues.values()),
            closed_read=snapshot.closed_read or needs.closed_issues is not None,
            undiagnosed=snapshot.undiagnosed | (needs.logs.left_for_later if needs.logs else frozenset()),
            viewer="github-actions[bot]" if needs.viewer else snapshot.viewer,
            asked=snapshot.asked | set(needs.each_key()),
        )


@dataclass
class ForgetfulGitHub(MemoryGitHub):
    """The same, but an issue's marker never holds how far a sweep had read, so that each reads everything."""

    def begin(self, label: str) -> Snapshot:
        snapshot = super().begin(label)
        issues = tuple(dataclasses.replace(issue, body=_CHECKPOINT.sub("", issue.body)) for issue in snapshot.issues)
        return dataclasses.replace(snapshot, issues=issues)


_CHECKPOINT = re.compile(r',"reach":\[[^\]]*\[[^\]]*\][^\]]*\](,"open":"[^"]*")?')


@dataclass
class MemoryWriter:
    """Carries out writes on issues in memory; `done` is told of each."""

    issues: dict[int, Issue]
    now: datetime
    done: Callable[[int, Action], None] = lambda _number, _action: None

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        return tuple(self._carry_out(action) for action in actions)

    def _carry_out(self, action: Action) -> Result:
        if isinstance(action, Skip):
            return Result(action, WriteStatus.LEFT, action.number)
        number = len(self.issues) + 1 if isinstance(action, Create) else action.number
        self.issues[number] = self._after(number, action)
        self.done(number, action)
        return Result(action, WriteStatus.DONE, number, f"{REPOSITORY.url}/issues/{number}")

    def _after(self, number: int, action: Action) -> Issue:
        match action:
            case Create():
                return an_issue(number, action.body, labels=action.labels, title=action.title)
            case Update():
                changes: Mapping[str, object] = {}
            case Reopen():
                changes = {"open": True, "state_reason": "reopened", "closed_at": None}
            case Close():
                changes = {"open": False, "state_reason": action.state_reason, "closed_at": self.now}
            case Skip():
                raise AssertionError
        issue = self.issues[number]
        labels = tuple(dict.fromkeys((*issue.labels, *action.labels)))
        return dataclasses.replace(issue, body=action.body, labels=labels, **changes)  # type: ignore[arg-type]
