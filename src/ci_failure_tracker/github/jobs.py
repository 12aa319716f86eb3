"""Reads the jobs of runs: of many runs in one GraphQL request if possible, otherwise of one run by REST."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ci_failure_tracker.errors import (
    GitHubError,
    MalformedError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnansweredError,
)
from ci_failure_tracker.github.check_suites import MOST_ATTEMPTS
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.side_by_side import each_of
from ci_failure_tracker.model import Job, KnownIssue, Problem, Run, RunJobs, Severity
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import counted, some_of

RUNS_AT_ONCE = 20
"""Runs in one GraphQL request. It costs about ten of the thousand points that a job's token has in an hour."""

KEPT = 0.2
"""The part of a sweep's requests that is kept for logs and issues."""

_GIVE_UP_AFTER = 3
"""So many errors in a row end the reading of jobs; each request was tried several times by then."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobsResult:
    """The jobs of runs; `unread` counts the runs without them, `unclear` are the workflows with malformed jobs.

    `known` are the known issues, if they were asked for and came along.
    """

    jobs: tuple[RunJobs, ...]
    unread: int
    unclear: frozenset[int]
    problems: tuple[Problem, ...]
    known: tuple[KnownIssue, ...] | None = None


class JobReader:
    """Reads the jobs of runs, and gives up if GitHub goes on refusing."""

    def __init__(self, queries: Queries, progress: Progress) -> None:
        self._queries = queries
        self._progress = progress
        self._jobs: list[RunJobs] = []
        self._failed: list[tuple[Run, GitHubError]] = []
        self._known: list[tuple[KnownIssue, ...]] | None = None
        self._errors_in_a_row = 0
        self._refused: GitHubError | None = None
        self._at_once = RUNS_AT_ONCE

    def read(self, runs: Sequence[Run], *, with_known: bool = False) -> JobsResult:
        """The jobs of these runs, and the known issues. If a part of a run's jobs is malformed, none of them counts."""
        self._jobs, self._failed = [], []
        self._known = [] if with_known else None
        self._progress.phase("Read the jobs of runs", len(runs))
        # One by one only what a request for many could not bring, because it takes a request for each run.
        alone = self._read_together(runs)
        for run, result in each_of(() if self._refused else alone, self._queries.jobs, self._queries.budget, KEPT):
            self._take(run, result)
            if self._refused is not None:
                break
            self._progress.advance()
        done = {run_jobs.run_id for run_jobs in self._jobs} | {run.id for run, _ in self._failed}
        not_asked = [run for run in runs if run.id not in done]
        unread = len(not_asked) + len(self._failed)
        unclear = frozenset(run.workflow.id for run, error in self._failed if isinstance(error, MalformedError))
        known = self._known[0] if self._known else None
        return JobsResult(tuple(self._jobs), unread, unclear, tuple(self._unread(not_asked)), known)

    def _take(self, run: Run, result: tuple[Job, ...] | TrackerError) -> None:
        if isinstance(result, RequestsSpentError):
            self._refused = result
        elif isinstance(result, GitHubError):
            self._failed.append((run, result))
            self._errors_in_a_row += 1
            # A rate limit refuses every request, so there is no need to wait for a third error.
            if isinstance(result, RateLimitedError) or self._errors_in_a_row == _GIVE_UP_AFTER:
                self._refused = result
        elif isinstance(result, TrackerError):
            raise result  # no answer of GitHub: it would come again with each run
        else:
            self._jobs.append(RunJobs(run.id, result))
            self._errors_in_a_row = 0

    # --- many at once ----------------------------------------------------------------------------

    def _read_together(self, runs: Sequence[Run]) -> Sequence[Run]:
        """Read the jobs of many runs at once; return the runs that have to be read one by one."""
        fit = [run for run in runs if _fits(run)]
        alone = [run for run in runs if not _fits(run)]
        while fit and self._at_once and self._refused is None:
            batches = [fit[place : place + self._at_once] for place in range(0, len(fit), self._at_once)]
            ask = partial(self._queries.jobs_of_many, known=self._known)
            for batch, result in each_of(batches, ask, self._queries.budget, KEPT):
                if isinstance(result, TrackerError):
                    self._ask_for_fewer(batch, result)
                    break  # the batches are cut anew, in the size that may succeed
                fit = fit[len(batch) :]
                alone += self._take_many(batch, result)
        # These come last, because three errors in a row end the reading.
        return (*fit, *alone)

    def _take_many(
        self, batch: Sequence[Run], jobs_by_run: Mapping[int, tuple[Job, ...] | MalformedError]
    ) -> list[Run]:
        """Take the jobs that GraphQL gave; return the runs that it left out."""
        left_out = []
        for run in batch:
            jobs = jobs_by_run.get(run.id)
            if jobs is None:
                left_out.append(run)
                continue
            self._progress.advance()
            if isinstance(jobs, MalformedError):
                self._failed.append((run, jobs))  # to read each of them alone would take a request for each run
            else:
                self._jobs.append(RunJobs(run.id, jobs))
        return left_out

    def _ask_for_fewer(self, batch: Sequence[Run], error: TrackerError) -> None:
        """After an error, ask for fewer runs at once, or for none."""
        if isinstance(error, RequestsSpentError):
            self._refused = error
        elif isinstance(error, UnansweredError) and not isinstance(error, MalformedError):
            # GitHub may fail because a query takes too long; a smaller one may succeed.
            # 20 runs become 5, then 1, and then each run is read alone by REST.
            self._at_once = len(batch) // 4
            _LOGGER.debug("%d runs could not be read together: %s", len(batch), error.what)
        else:
            self._at_once = 0
            _LOGGER.debug("Jobs are read one by one: %s", error.what)

    # --- problems --------------------------------------------------------------------------------

    def _unread(self, not_asked: Sequence[Run]) -> Iterator[Problem]:
        """One problem for each cause instead of one for each run."""
        for what, advice in dict.fromkeys((error.what, error.advice) for _, error in self._failed):
            names = [f"run {run.number} of {run.workflow.name}" for run, error in self._failed if error.what == what]
            yield Problem(Severity.ERROR, f"Left out: {some_of(names)}. {what}", advice)
        if not_asked and isinstance(self._refused, RequestsSpentError):
            of = some_of([*dict.fromkeys(run.workflow.name for run in not_asked)])
            left = f"The jobs of {counted(len(not_asked), 'run')} were not asked for: {of}."
            left += " What fails may be more, and may have begun earlier, than it says here."
            yield Problem(self._refused.severity, f"{self._refused.what} {left}", self._refused.advice)
        elif not_asked:
            what = f"GitHub still refuses, so the jobs of {counted(len(not_asked), 'more run')} were not asked for."
            yield Problem(Severity.ERROR, what, "Sweep again later.")


def _fits(run: Run) -> bool:
    # GraphQL reaches jobs through the check suite, and shows few attempts of it.
    return bool(run.check_suite_id) and run.attempt <= MOST_ATTEMPTS
