"""Fetches a history from GitHub, and keeps it: what was fetched once is not fetched again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from ci_failure_tracker.backtest.history import History, Recording, people_of
from ci_failure_tracker.backtest.record import Recorder, newest_bytes, safe_log, without_secrets
from ci_failure_tracker.errors import (
    GitHubError,
    HistoryError,
    LogAbsentError,
    MissingRightError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
)
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.answers import Page
from ci_failure_tracker.github.fields import each
from ci_failure_tracker.github.jobs import KEPT, RUNS_AT_ONCE, JobReader
from ci_failure_tracker.github.logs import MOST_BYTES
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.side_by_side import AT_ONCE, side_by_side
from ci_failure_tracker.model import Annotation, Job, Run, Workflow
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import counted

FRESH = timedelta(hours=6)
"""A list of runs that is older is read again: a run may have ended, or somebody may have run it again."""

# GitHub lists 1,000 runs of a filtered list at most (its documentation of "List workflow runs").
_MOST_LISTED = 1_000
_SECOND = timedelta(seconds=1)
# After one of these, each further request fails as well.
_HOPELESS = (RequestsSpentError, RateLimitedError, MissingRightError)
# One error may be chance; three are a server that does not answer.
_GIVE_UP_AFTER = 3
_PASSED = frozenset({"success", "skipped", "neutral"})


class Store(Recording, Recorder, Protocol):
    """Where a history is kept."""

    @property
    def exists(self) -> bool:
        """Whether a history is kept here."""

    def history(self) -> History:
        """The history that is kept."""

    def has_log(self, job_id: int) -> bool:
        """Whether a log is kept, or that there is none."""


class HistoryOnGitHub:
    """A history that is fetched as it is asked for. `problem` says why it is not complete; empty if it is."""

    def __init__(self, queries: Queries, store: Store, progress: Progress) -> None:
        """Send no request yet."""
        self._queries = queries
        self._store = store
        self._progress = progress
        self._jobs = JobReader(queries, _Silent())
        self._bytes = 0
        self._refusal: TrackerError | None = None
        self._errors = 0
        self._interrupted = False
        self._annotations_hidden = False
        self._runs_left: set[int] = set()
        self._logs_left: set[int] = set()

    @property
    def problem(self) -> str:
        """What is missing and why; empty if nothing is."""
        runs, logs = len(self._runs_left), len(self._logs_left)
        missing = [f"the jobs of {counted(runs, 'run')}"] if runs else []
        missing += [counted(logs, "log")] if logs else []
        if self._refusal is None and not missing:
            return ""
        lack = f"The history lacks {' and '.join(missing)}." if missing else "The history begins later than asked for."
        return f"{self._reason()}{lack} Run the same command again to fetch the rest; what was fetched is kept."

    def _reason(self) -> str:
        if isinstance(self._refusal, RequestsSpentError):
            budget = self._queries.budget
            left = "" if budget.limits.left is None else f", and GitHub allows {budget.limits.left:,} more this hour"
            return f"The fetching sent {budget.made:,} of at most {budget.most:,} requests{left}. "
        return f"{self._refusal.what} " if self._refusal else ""

    # --- the runs --------------------------------------------------------------------------------

    def history(self, length: timedelta, now: datetime) -> History:
        """List the runs of the last time, the newest first, and read the jobs of those that failed or were run again.

        If the requests are used up before, the history begins later.

        Raises:
            TrackerError: nothing can be listed.
        """
        kept = self._kept()
        if kept is None or now - kept.until > FRESH:
            kept = self._begun(kept, now)
        history = self._listed(kept, kept.until - length)
        if not history.runs:
            raise GitHubError(
                f"No run was created in the last {length.days} days.", "Give a longer time with `--weeks`."
            )
        self._read_jobs([run for run in history.runs if _needs_jobs(run) and self._store.jobs(run) is None])
        return history

    def _kept(self) -> History | None:
        """What is kept; `None` if that is nothing, or broken: then the runs are listed again."""
        try:
            return self._store.history() if self._store.exists else None
        except HistoryError:
            return None

    def _begun(self, before: History | None, now: datetime) -> History:
        """A history without a run that is known to stand as it is; jobs and logs that are kept stay."""
        repository = self._queries.repository()
        people = before.people if before else frozenset[str]()
        return History(repository, self._queries.workflows([]), (), now, now, people)

    def _listed(self, history: History, start: datetime) -> History:
        """The history back to `start`, as far as it can be listed. Each part is kept as it comes."""
        self._progress.phase("List the runs")
        parts = [(start, history.since)] if start < history.since else []
        while parts and self._refusal is None:
            first, last = parts.pop()
            pages = self._queries.runs_created(first, last)
            try:
                self._queries.budget.check(1)
                page = next(pages)
                # A list of 1,000 runs may be cut, so its time is halved until each part fits. A second cannot be
                # halved.
                if (page.total or 0) >= _MOST_LISTED and last - first > _SECOND:
                    middle = first + (last - first) / 2
                    # The newer half comes first, so that what is listed has no gap.
                    parts += [(first, middle), (middle, last)]
                    continue
                history = self._with(history, first, [page, *self._checked(pages)])
            except TrackerError as error:
                if not history.runs:
                    raise
                self._refusal = error
        since = max(history.since, start)
        return replace(history, since=since, runs=tuple(run for run in history.runs if run.created_at >= since))

    def _checked(self, pages: Iterator[Page]) -> Iterator[Page]:
        self._queries.budget.check(1)
        for page in pages:
            yield page
            self._queries.budget.check(1)

    def _with(self, history: History, first: datetime, pages: Sequence[Page]) -> History:
        raw = [item for page in pages for item in page.items]
        workflows = {workflow.id: workflow for workflow in history.workflows}
        new = {run.id: run for run in each(raw, "run", lambda data: answers.run(data, workflows), [])}
        runs = {run.id: run for run in history.runs} | new
        people = {name for item in raw if isinstance(item, dict) for name in people_of(item)}
        history = replace(
            history,
            runs=tuple(sorted(runs.values(), key=lambda run: run.order, reverse=True)),
            workflows=_with_unlisted(history.workflows, new.values()),
            since=first,
            people=history.people | people,
        )
        self._store.keep_history(history)
        return history

    # --- jobs and logs ---------------------------------------------------------------------------

    def expect(self, runs: Sequence[Run], job_ids: Sequence[int]) -> None:
        """Fetch what is asked for next, together."""
        self._read_jobs([run for run in runs if self._store.jobs(run) is None], tell=False)
        self._read_logs([job_id for job_id in job_ids if not self._store.has_log(job_id)])

    def jobs(self, run: Run) -> tuple[Job, ...] | None:
        """The jobs that are kept."""
        return self._store.jobs(run)

    def log(self, job_id: int) -> Iterator[bytes]:
        """The log that is kept."""
        return self._store.log(job_id)

    def annotations(self, run: Run, job_id: int) -> tuple[Annotation, ...] | None:
        """The annotations of a job, which are kept with it. If they cannot be read, a log says what it can."""
        jobs = self._store.jobs(run)
        if jobs is None or self._refusal is not None or self._annotations_hidden:
            return None
        try:
            self._queries.budget.check(1)
            found = self._queries.annotations(job_id)
        except TrackerError as error:
            self._annotations_hidden = isinstance(error, MissingRightError)
            return None
        known = (replace(job, annotations=found) if job.id == job_id else job for job in jobs)
        self._store.keep_jobs(run, tuple(map(without_secrets, known)))
        return found

    def _read_jobs(self, runs: Sequence[Run], *, tell: bool = True) -> None:
        """Read the jobs of ended runs; those of others will change."""
        runs = [run for run in runs if run.finished]
        if tell:
            self._progress.phase("Read the jobs of runs", len(runs))
        for place in range(0, len(runs), RUNS_AT_ONCE):
            batch = runs[place : place + RUNS_AT_ONCE]
            read = self._jobs_of(batch)
            for run in batch:
                if run.id in read:
                    self._store.keep_jobs(run, tuple(map(without_secrets, read[run.id])))
                else:
                    self._runs_left.add(run.id)
                if tell:
                    self._progress.advance()

    def _jobs_of(self, runs: Sequence[Run]) -> Mapping[int, tuple[Job, ...]]:
        """The jobs of runs that can be read, in few requests."""
        if self._refusal is not None:
            return {}
        read = self._jobs.read(runs)
        if read.problems and not read.jobs:
            self._refusal = self._spent() or GitHubError(read.problems[0].what)
        return {of_run.run_id: of_run.jobs for of_run in read.jobs}

    def _spent(self) -> RequestsSpentError | None:
        """The error that no jobs may be asked for any more; `None` if they may."""
        try:
            self._queries.budget.check(1, KEPT)
        except RequestsSpentError as spent:
            return spent
        return None

    def _read_logs(self, job_ids: Sequence[int]) -> None:
        if not job_ids:
            return
        # Each log is a request of its own, which waits for the storage.
        texts = side_by_side([partial(self._log, job_id) for job_id in job_ids])
        try:
            # Each is kept by this thread, and as it comes, so that an interruption loses few.
            for job_id, text in zip(job_ids, texts, strict=True):
                if text is None:
                    self._logs_left.add(job_id)
                else:
                    self._store.keep_log(job_id, text)
        except BaseException:
            # The other threads end at their next piece.
            self._interrupted = True
            raise

    def _log(self, job_id: int) -> str | None:
        """A log without its secrets, empty if there is none; `None` if it cannot be fetched now."""
        if self._refusal is not None or self._bytes > MOST_BYTES:
            return None
        try:
            # As many requests as threads may be under way at once.
            self._queries.budget.check(AT_ONCE)
            return safe_log(newest_bytes(self._counted(self._queries.job_log(job_id))))
        except LogAbsentError:
            return ""
        except TrackerError as error:
            self._errors += 1
            if isinstance(error, _HOPELESS) or self._errors >= _GIVE_UP_AFTER:
                self._refusal = error
            return None

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if self._interrupted:
                raise GitHubError("The download was interrupted.")
            self._bytes += len(piece)
            yield piece


def _needs_jobs(run: Run) -> bool:
    # Passing runs need no jobs until a sweep asks for them.
    return run.attempt > 1 or run.conclusion not in _PASSED


def _with_unlisted(listed: tuple[Workflow, ...], runs: Iterable[Run]) -> tuple[Workflow, ...]:
    """All workflows, also those of runs that GitHub's list no longer holds."""
    known = {workflow.id for workflow in listed}
    others = {run.workflow.id: run.workflow for run in runs if run.workflow.id not in known}
    return (*listed, *others.values())


class _Silent:
    """Shows no progress."""

    def phase(self, name: str, steps: int | None = None) -> None:
        pass

    def advance(self) -> None:
        pass
