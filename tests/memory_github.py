"""GitHub without a server: the same interface as the real one, over values in memory."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from builders import REPOSITORY, a_scan, an_issue
from ci_failure_tracker.model import (
    Action,
    Close,
    CommitOrigin,
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
    RunList,
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
        newest = _newest_first(run for run in self.runs if query.matches(run))
        most = min(self.most, _until(newest, query.back_to))
        start = newest[most - 1].created_at if len(newest) > most else None
        window = dataclasses.replace(snapshot.window, start=start, listed_from=start)
        runs = newest[:most]
        if self.shuffled:
            self.shuffled.shuffle(runs)
        return dataclasses.replace(snapshot, runs=tuple(runs), window=window)

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:  # noqa: ARG002 - there are no logs
        self.asked += [str(key[0] if isinstance(key, tuple) else key) for key in needs.each_key()]
        self.jobs_read += len(needs.jobs)
        jobs = tuple(RunJobs(run.id, tuple(self.jobs(run))) for run in needs.jobs)
        diagnoses = [self.job_diagnosis(wanted) for wanted in (needs.logs.logs if needs.logs else ())]
        issues = {issue.number: issue for issue in snapshot.issues}
        if needs.recently_closed:
            issues |= {number: issue for number, issue in self.closed_issues() if _closed_since(issue, needs)}
        if needs.own_issues:
            issues |= {number: issue for number, issue in self.issues.items() if issue.open}
        if needs.closed_issues:
            issues |= dict(self.closed_issues())
        return dataclasses.replace(
            snapshot,
            jobs=(*snapshot.jobs, *jobs),
            job_diagnoses=(*snapshot.job_diagnoses, *(diagnosis for diagnosis in diagnoses if diagnosis is not None)),
            issues=tuple(issues.values()),
            run_lists={**snapshot.run_lists, **{asked: self._page(asked) for asked in needs.run_lists}},
            single_runs=(*snapshot.single_runs, *(run for run in self.runs if run.id in needs.runs)),
            closed_read=snapshot.closed_read or needs.closed_issues is not None,
            codeowners="" if needs.codeowners else snapshot.codeowners,
            commit_files={**snapshot.commit_files, **dict.fromkeys(needs.commit_files, ())},
            commit_origins={**snapshot.commit_origins, **{sha: CommitOrigin() for sha in needs.commit_origins}},
            undiagnosed=snapshot.undiagnosed | (needs.logs.left_for_later if needs.logs else frozenset()),
            viewer="github-actions[bot]" if needs.viewer else snapshot.viewer,
            asked=snapshot.asked | set(needs.each_key()),
        )

    def closed_issues(self) -> Iterable[tuple[int, Issue]]:
        return [(number, issue) for number, issue in self.issues.items() if not issue.open]

    def _page(self, asked: RunList) -> tuple[Run, ...]:
        fitting = (
            run
            for run in _newest_first(self.runs)
            if asked.workflow_id in {None, run.workflow.id}
            and asked.branch in {"", run.branch}
            and asked.event in {"", run.event}
            and asked.status in {"", run.status, run.conclusion}
        )
        return tuple(islice(fitting, asked.most))


def _newest_first(runs: Iterable[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: run.order, reverse=True)


def _until(newest: Sequence[Run], back_to: datetime | None) -> int:
    """How many runs are on the pages up to the one that holds a run from before a time."""
    ends = (place for place in range(99, len(newest), 100) if back_to and newest[place].created_at < back_to)
    return next(ends, len(newest) - 1) + 1


def _closed_since(issue: Issue, needs: Needs) -> bool:
    since = needs.recently_closed
    return since is not None and issue.closed_at is not None and issue.closed_at >= since


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
                titled = {"title": action.title} if action.title else {}
                changes = {"open": True, "state_reason": "reopened", "closed_at": None, **titled}
            case Close():
                changes = {"open": False, "state_reason": action.state_reason, "closed_at": self.now}
            case Skip():
                raise AssertionError
        issue = self.issues[number]
        labels = tuple(dict.fromkeys((*issue.labels, *action.labels)))
        return dataclasses.replace(issue, body=action.body, labels=labels, **changes)  # type: ignore[arg-type]
