"""A public repository as anybody sees it, without a token.

GitHub answers few such requests, shows no log and no GraphQL. What it does not show is not asked for, and one notice
says so. What never changes is kept: a 304 would cost as much as an answer, because GitHub lets it pass uncounted only
for those who are signed in ("Best practices for using the REST API").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn, Protocol, TypeVar
from urllib.parse import urlsplit

from ci_failure_tracker.errors import (
    SIGN_IN,
    LogAbsentError,
    MissingRightError,
    NoPublicRepositoryError,
    NoSuchRepositoryError,
    RateLimitedError,
    TrackerError,
)
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, resets
from ci_failure_tracker.github.fields import Fields, as_object, checked
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.model import (
    Annotation,
    Diagnose,
    Job,
    JobDiagnosis,
    LogCounts,
    LogRequest,
    LogUnavailable,
    Needs,
    NotLookedAt,
    Problem,
    Repository,
    Run,
    RunJobs,
    Severity,
    Snapshot,
)
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import counted

_T = TypeVar("_T")

LEAST_LEFT = 8
"""Without so many requests, not even the runs are known."""

_FOR_JOBS = 0.5
"""The part of the requests that is kept for jobs and annotations, because each run and each job costs one."""

_SEEN = frozenset({"run_lists", "runs", "release_runs", "last_runs", "jobs", "logs"})
"""What anybody may see and what is worth its requests; of logs, only the annotations are read."""

_TAGS = NotLookedAt("", "the newest tags are not shown without a token")

NOTICE = Problem(
    Severity.NOTICE,
    "Without a token GitHub shows no logs, tags, schedules or commits between runs: causes come from annotations "
    "and from the names of steps.",
    f"{SIGN_IN}, to see them and to send more than 60 requests an hour.",
)


class AnswerStore(Protocol):
    """Keeps answers that never change, from one call of the program to the next."""

    def get(self, key: str) -> str | None:
        """What was put under a key, if it is still there."""

    def put(self, key: str, text: str) -> None:
        """Keep a text; if that fails, it is only read again later."""


class AnonymousQueries(Queries):
    """Sends what needs no token, and keeps what never changes: the jobs of a run that ended, and their annotations."""

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints, name: str, store: AnswerStore) -> None:
        """Send no request yet; `name` is owner/name."""
        super().__init__(requester, endpoints, name)
        self._host = urlsplit(endpoints.api_url).netloc
        self._store = store

    def repository(self) -> Repository:
        """The repository itself.

        Raises:
            NoPublicRepositoryError: there is none with this name that everybody may see.
        """
        try:
            return super().repository()
        except NoSuchRepositoryError as error:
            raise NoPublicRepositoryError(self.name) from error

    def graphql(self, _query: str, _variables: Mapping[str, object] | None = None) -> NoReturn:
        """Refuse, as GitHub would."""
        raise MissingRightError("use GraphQL", "a token")

    def known_jobs(self, run: Run) -> tuple[Job, ...] | None:
        """The jobs of a run, if they were kept."""
        return self._kept(self._key_of_jobs(run), lambda job: answers.job(job, run)) if run.finished else None

    def known_annotations(self, job_id: int) -> tuple[Annotation, ...] | None:
        """The annotations of a job, if they were kept."""
        return self._kept(self._key_of_annotations(job_id), answers.annotation)

    def listed_jobs(self, run: Run) -> Sequence[object]:
        """The jobs as GitHub lists them."""
        listed = super().listed_jobs(run)
        if run.finished:
            self._store.put(self._key_of_jobs(run), json.dumps(listed))
        return listed

    def listed_annotations(self, job_id: int) -> Sequence[object]:
        """The annotations as GitHub lists them; they are asked for only of jobs that ended."""
        listed = super().listed_annotations(job_id)
        self._store.put(self._key_of_annotations(job_id), json.dumps(listed))
        return listed

    def _key_of_jobs(self, run: Run) -> str:
        return f"{self._host} jobs {run.id} {run.attempt}"

    def _key_of_annotations(self, job_id: int) -> str:
        return f"{self._host} annotations {job_id}"

    def _kept(self, key: str, read: Callable[[Fields], _T]) -> tuple[_T, ...] | None:
        """What was kept under a key; `None` if there is nothing, or nothing that can be understood."""
        text = self._store.get(key)
        if text is None:
            return None
        try:
            return tuple(read(as_object(item, "an item")) for item in checked(json.loads(text), list, "the list"))
        except (ValueError, RecursionError):
            return None


class AnonymousReader(GitHubReader):
    """Reads one public repository for one look at it."""

    queries: AnonymousQueries

    def __init__(
        self, requester: MeteredRequester, endpoints: Endpoints, name: str, progress: Progress, store: AnswerStore
    ) -> None:
        """Send no request yet; `name` is owner/name."""
        queries = AnonymousQueries(requester, endpoints, name, store)
        super().__init__(requester, endpoints, name, progress, queries, writes=False)

    def begin(self, label: str) -> Snapshot:
        """Read the repository and its open issues with a label, and say what is not seen without a token.

        Raises:
            TrackerError: the look cannot go on at all.
        """
        snapshot = super().begin(label)
        return replace(snapshot, without_token=True, problems=(*snapshot.problems, NOTICE))

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """Read what is needed and anybody may see. The rest counts as asked for, because an answer never comes."""
        seen = replace(Needs(), **{name: getattr(needs, name) for name in _SEEN})
        budget = self.queries.budget
        # A list of runs says that something fails. The jobs say what, so the lists must not spend everything.
        room = max(0, int(budget.allowed * (1 - _FOR_JOBS)) - budget.made)
        first = replace(seen, run_lists=seen.run_lists[:room], last_runs=())
        snapshot = super().fetch(snapshot, first, diagnose)
        # Whether an old failure still counts matters less than what fails.
        snapshot = super().fetch(snapshot, Needs(last_runs=seen.last_runs), diagnose)
        # What is not looked at is said, or nothing failing would seem an all-clear.
        unseen = (_TAGS,) if needs.release_runs else ()
        not_looked_at = (*snapshot.not_looked_at, *unseen)
        return replace(snapshot, not_looked_at=not_looked_at, asked=snapshot.asked | set(needs.each_key()))

    def _tags(self) -> tuple[None, None, tuple[Problem, ...]]:
        return None, None, ()

    def _check_limit(self) -> None:
        left = self._left_at_first
        # Of sixty requests an hour, a look that ends half-way would spend the last ones and show nothing.
        if left is not None and left < LEAST_LEFT:
            reset = resets(self.queries.budget.limits.reset)
            raise RateLimitedError(
                f"Without a token, GitHub answers only {counted(left, 'more request')} from this address for "
                f"now, which is too few to see anything: it allows 60 an hour.{reset}",
                f"{SIGN_IN}: a token has a limit of its own.",
            )

    def _jobs_of_runs(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """Without a request, those that were kept."""
        known = {run.id: self.queries.known_jobs(run) for run in needs.jobs}
        kept = tuple(RunJobs(run_id, jobs) for run_id, jobs in known.items() if jobs is not None)
        others = tuple(run for run in needs.jobs if known[run.id] is None)
        snapshot = replace(snapshot, jobs=(*snapshot.jobs, *kept))
        return super()._jobs_of_runs(snapshot, replace(needs, jobs=others), diagnose) if others else snapshot

    def _logs(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        """The annotations of failed jobs in place of their logs."""
        requests = tuple(_newest_of_each(snapshot, needs.logs.logs if needs.logs else ()))
        self._progress.phase("Read the annotations of failed jobs", len(requests))
        diagnoses: list[JobDiagnosis] = []
        error: TrackerError | None = None
        for request in requests:
            source = _JobWithoutLog(self.queries, request.job_id, may_ask=error is None)
            try:
                diagnosis = diagnose(request, source)
            except TrackerError as raised:
                error = raised
            else:
                diagnoses += [diagnosis] if diagnosis else []
            self._progress.advance()
        missing = len(requests) - len(diagnoses)
        snapshot = replace(snapshot, job_diagnoses=tuple(diagnoses), logs=LogCounts(absent=len(requests)))
        if error is None or not missing:
            return snapshot
        what = f"The annotations of {counted(missing, 'failed job')} were not read. {error.what}"
        problem = Problem(Severity.NOTICE, what, error.advice)
        return replace(snapshot, problems=(*snapshot.problems, problem))


def _newest_of_each(snapshot: Snapshot, requests: Iterable[LogRequest]) -> Iterator[LogRequest]:
    """The first request of each job of a workflow. The newest failures come first, and they are what is shown."""
    workflows = {run.id: run.workflow.id for run in snapshot.runs}
    names = {job.id: (workflows.get(read.run_id), job.name) for read in snapshot.jobs for job in read.jobs}
    first: dict[object, LogRequest] = {}
    for request in requests:
        first.setdefault(names.get(request.job_id, request.job_id), request)
    yield from first.values()


@dataclass(frozen=True, slots=True)
class _JobWithoutLog:
    """The annotations of a job whose log needs a token; `may_ask` is false once GitHub refuses."""

    queries: AnonymousQueries
    job_id: int
    may_ask: bool

    def log(self) -> Iterator[bytes]:
        raise LogAbsentError(LogUnavailable.NO_TOKEN)

    def passing_log(self, _job_id: int) -> Iterator[bytes]:
        raise LogAbsentError(LogUnavailable.NO_TOKEN)

    def annotations(self) -> tuple[Annotation, ...] | None:
        known = self.queries.known_annotations(self.job_id)
        if known is not None or not self.may_ask:
            return known
        self.queries.budget.check(1)
        return self.queries.annotations(self.job_id)
