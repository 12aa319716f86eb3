"""GitHub without a server: what a sweep reads from and writes to, over values in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from ci_failure_tracker.model import (
    TAGS,
    Action,
    Close,
    CommitOrigin,
    Create,
    Diagnose,
    Issue,
    Job,
    JobDiagnosis,
    KnownResult,
    KnownWrite,
    LogRequest,
    Needs,
    Query,
    Reopen,
    Repository,
    Requests,
    Rerun,
    Result,
    Run,
    RunJobs,
    RunList,
    Skip,
    Snapshot,
    Update,
    Window,
    Workflow,
    WriteStatus,
)

ACCOUNT = "github-actions[bot]"
"""The account that opens the issues in memory."""

# Runs on a page of GitHub's list.
_A_PAGE = 100
_LAST_RUNS = 10
# A backtest sends no request, so the figures are made up: no limit is near.
_REQUESTS = Requests(5, 995, 800)


@dataclass
class MemoryGitHub:
    """A repository as it stands at one moment.

    `jobs` gives the jobs of a run, or `None` if they are not known. `most` bounds the list of runs, as `max-runs` does.
    Tags, commits and files are not known.
    """

    runs: Sequence[Run]
    jobs: Callable[[Run], Iterable[Job] | None]
    issues: dict[int, Issue]
    repository: Repository
    workflows: tuple[Workflow, ...] = ()
    most: int = 1_000

    @property
    def requests(self) -> Requests:
        """No request is sent; these are the figures of a usual sweep."""
        return _REQUESTS

    def begin(self, label: str) -> Snapshot:
        """The repository and its open issues; all of them are the tracker's."""
        return Snapshot(
            repository=self.repository,
            runs=(),
            jobs=(),
            issues=tuple(issue for issue in self.issues.values() if issue.open),
            workflows=self.workflows,
            viewer=None,
            window=Window(forks=0, unread=0, partial=False),
            problems=(),
            label=label,
        )

    def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:
        """The newest runs that fit a query."""
        # A sweep leaves out the runs of forks, too.
        newest = [run for run in self._newest_first() if query.matches(run) and not run.from_fork]
        most = min(self.most, _until(newest, query.back_to))
        start = newest[most - 1].created_at if len(newest) > most else query.created_from
        window = replace(snapshot.window, start=start, listed_from=start)
        return replace(snapshot, runs=tuple(newest[:most]), window=window)

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """What is needed, as far as it is known."""
        read = ((run, self.jobs(run)) for run in needs.jobs)
        jobs = tuple(RunJobs(run.id, tuple(of_run)) for run, of_run in read if of_run is not None)
        diagnoses = [self.diagnosis_of(wanted, diagnose) for wanted in (needs.logs.logs if needs.logs else ())]
        last_runs = {key: self._last_runs(*key) for key in needs.last_runs}
        return replace(
            snapshot,
            jobs=(*snapshot.jobs, *jobs),
            job_diagnoses=(*snapshot.job_diagnoses, *(diagnosis for diagnosis in diagnoses if diagnosis is not None)),
            issues=tuple(self._issues_of(snapshot, needs).values()),
            run_lists={**snapshot.run_lists, **{asked: self._page(asked) for asked in needs.run_lists}},
            single_runs=(*snapshot.single_runs, *(run for run in self.runs if run.id in needs.runs)),
            tag_runs=(*snapshot.tag_runs, *(self._page(_RELEASES) if needs.release_runs else ())),
            last_runs={**snapshot.last_runs, **last_runs},
            closed_read=snapshot.closed_read or needs.closed_issues is not None,
            # No files are recorded, so they count as read and as missing.
            codeowners="" if needs.codeowners else snapshot.codeowners,
            commit_files={**snapshot.commit_files, **dict.fromkeys(needs.commit_files, ())},
            commit_origins={**snapshot.commit_origins, **{sha: CommitOrigin() for sha in needs.commit_origins}},
            undiagnosed=snapshot.undiagnosed | (needs.logs.left_for_later if needs.logs else frozenset()),
            viewer=ACCOUNT if needs.viewer else snapshot.viewer,
            asked=snapshot.asked | set(needs.each_key()),
        )

    def diagnosis_of(self, wanted: LogRequest, diagnose: Diagnose) -> JobDiagnosis | None:  # noqa: ARG002 - no logs
        """What the log of a job says; nothing, because there are no logs."""
        return None

    def closed_issues(self) -> Iterable[tuple[int, Issue]]:
        """The closed issues by their numbers."""
        return [(number, issue) for number, issue in self.issues.items() if not issue.open]

    def _newest_first(self) -> list[Run]:
        return sorted(self.runs, key=lambda run: run.order, reverse=True)

    def _issues_of(self, snapshot: Snapshot, needs: Needs) -> Mapping[int, Issue]:
        issues = {issue.number: issue for issue in snapshot.issues}
        if needs.recently_closed:
            issues |= {number: issue for number, issue in self.closed_issues() if _closed_since(issue, needs)}
        if needs.own_issues:
            issues |= {number: issue for number, issue in self.issues.items() if issue.open}
        if needs.closed_issues or needs.closed_long_ago:
            issues |= dict(self.closed_issues())
        return issues

    def _last_runs(self, workflow_id: int, status_ref: str) -> tuple[Run, ...]:
        on_tags = status_ref.startswith(TAGS)
        of_workflow = (run for run in self._newest_first() if run.workflow.id == workflow_id)
        fitting = (run for run in of_workflow if on_tags or run.branch == status_ref)
        return tuple(islice(fitting, _A_PAGE if on_tags else _LAST_RUNS))

    def _page(self, asked: RunList) -> tuple[Run, ...]:
        fitting = (
            run
            for run in self._newest_first()
            if asked.workflow_id in {None, run.workflow.id}
            and asked.branch in {"", run.branch}
            and asked.event in {"", run.event}
            and asked.status in {"", run.status, run.conclusion}
            and (asked.created_from is None or run.created_at >= asked.created_from)
        )
        return tuple(islice(fitting, asked.most))


_RELEASES = RunList(_A_PAGE, event="release")


def _until(newest: Sequence[Run], back_to: datetime | None) -> int:
    """How many runs are on the pages up to the one that holds a run from before a time."""
    last_of_pages = range(_A_PAGE - 1, len(newest), _A_PAGE)
    ends = (place for place in last_of_pages if back_to and newest[place].created_at < back_to)
    return next(ends, len(newest) - 1) + 1


def _closed_since(issue: Issue, needs: Needs) -> bool:
    since = needs.recently_closed
    return since is not None and issue.closed_at is not None and issue.closed_at >= since


@dataclass
class MemoryWriter:
    """Carries out writes on issues in memory; `done` is called for each."""

    issues: dict[int, Issue]
    now: datetime
    done: Callable[[int, Action], None] = lambda _number, _action: None
    url: str = ""

    def write_known(self, writes: Sequence[KnownWrite]) -> tuple[KnownResult, ...]:
        """Write nothing: a history holds no known issues."""
        return tuple(KnownResult(write, WriteStatus.LEFT) for write in writes)

    def run_again(self, reruns: Sequence[Rerun]) -> tuple[Result, ...]:
        """Run nothing again: what happened has happened."""
        return tuple(Result(rerun, WriteStatus.LEFT) for rerun in reruns)

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        """Carry out the writes, in their order."""
        return tuple(self._carry_out(action) for action in actions)

    def _carry_out(self, action: Action) -> Result:
        if isinstance(action, Skip):
            return Result(action, WriteStatus.LEFT, action.number)
        # No pull request takes a number here.
        number = len(self.issues) + 1 if isinstance(action, Create) else action.number
        self.issues[number] = self._after(number, action)
        self.done(number, action)
        return Result(action, WriteStatus.DONE, number, self._address(number))

    def _address(self, number: int) -> str:
        return f"{self.url}/issues/{number}"

    def _after(self, number: int, action: Create | Update | Reopen | Close) -> Issue:
        match action:
            case Create():
                return self._opened(number, action)
            case Update():
                changes: Mapping[str, object] = {}
            case Reopen():
                titled = {"title": action.title} if action.title else {}
                changes = {"open": True, "state_reason": "reopened", "closed_at": None, **titled}
            case Close():
                changes = {"open": False, "state_reason": action.state_reason, "closed_at": self.now}
        issue = self.issues[number]
        labels = tuple(dict.fromkeys((*issue.labels, *action.labels)))
        return replace(issue, body=action.body, labels=labels, **changes)  # type: ignore[arg-type]

    def _opened(self, number: int, action: Create) -> Issue:
        return Issue(
            number=number,
            url=self._address(number),
            body=action.body,
            open=True,
            state_reason=None,
            closed_at=None,
            author=ACCOUNT,
            author_is_bot=True,
            author_association="NONE",
            labels=action.labels,
            created_at=self.now,
            title=action.title,
        )
