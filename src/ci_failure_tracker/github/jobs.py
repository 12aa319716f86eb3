"""The jobs of runs: of many in one GraphQL request where GitHub lets us, of one by REST where it does not."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from ci_failure_tracker.errors import GitHubError, RateLimitedError, RequestsSpentError, TrackerError, UnansweredError
from ci_failure_tracker.github.check_suites import MOST_ATTEMPTS
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Job, Problem, Run, RunJobs, Severity
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import counted

AT_ONCE = 20
"""Runs in one GraphQL request; it takes about ten points of the thousand that a job's token has in an hour."""

KEPT = 0.2
"""The part of a sweep's requests that jobs leave to logs and issues."""

_GIVE_UP_AFTER = 3
"""So many runs in a row whose jobs cannot be read: each has been tried several times by then."""

_LOGGER = logging.getLogger(__name__)


class JobReader:
    """Reads the jobs of runs, and gives up where GitHub goes on refusing."""

    def __init__(self, queries: Queries, progress: Progress) -> None:
        self._reads = queries
        self._progress = progress
        self._found: list[RunJobs] = []
        self._failed: list[tuple[Run, GitHubError]] = []
        self._in_a_row = 0
        self._refused: GitHubError | None = None
        self._at_once = AT_ONCE

    def read(self, runs: Sequence[Run]) -> tuple[tuple[RunJobs, ...], int, tuple[Problem, ...]]:
        """The jobs of these runs, of how many they could not be read, and why."""
        self._found, self._failed = [], []
        self._progress.phase("Read the jobs of runs", len(runs))
        for run in self._read_together(runs):
            if self._refused is not None:
                break
            self._read_one(run)
            self._progress.advance()
        unread = len(runs) - len(self._found)
        return tuple(self._found), unread, tuple(self._unread(unread - len(self._failed)))

    def _read_one(self, run: Run) -> None:
        try:
            self._reads.budget.check(1, KEPT)
            self._found.append(RunJobs(run.id, self._reads.jobs(run)))
            self._in_a_row = 0
        except RequestsSpentError as spent:
            self._refused = spent
        except GitHubError as error:
            self._failed.append((run, error))
            self._in_a_row += 1
            if isinstance(error, RateLimitedError) or self._in_a_row == _GIVE_UP_AFTER:
                self._refused = error

    # --- many at once ----------------------------------------------------------------------------

    def _read_together(self, wanted: Sequence[Run]) -> Iterator[Run]:
        """Read what can be read together; what is given back has to be read one by one."""
        fit = [run for run in wanted if _fits(run)]
        alone = [run for run in wanted if not _fits(run)]
        while fit and self._at_once and self._refused is None:
            batch = fit[: self._at_once]
            found = self._jobs_of_many(batch)
            if found is None:
                continue
            fit = fit[len(batch) :]
            self._found += [RunJobs(run, jobs) for run, jobs in found.items()]
            for _ in found:
                self._progress.advance()
            alone += [run for run in batch if run.id not in found]
        # Last, for three that cannot be read in a row end the reading.
        yield from (*fit, *alone)

    def _jobs_of_many(self, batch: Sequence[Run]) -> dict[int, tuple[Job, ...]] | None:
        """The jobs that GraphQL gave, or `None` where fewer runs, or none, shall be asked for next."""
        try:
            self._reads.budget.check(1, KEPT)
            return dict(self._reads.jobs_of_many(batch))
        except RequestsSpentError as spent:
            self._refused = spent
        except UnansweredError as error:
            # What is too much for GitHub to answer in time ends as a fault; a smaller question may be answered.
            self._at_once = len(batch) // 4
            _LOGGER.debug("%d runs could not be read together: %s", len(batch), error.what)
        except TrackerError as error:
            self._at_once = 0
            _LOGGER.debug("Jobs are read one by one: %s", error.what)
        return None

    # --- what is said of it ----------------------------------------------------------------------

    def _unread(self, not_asked: int) -> Iterator[Problem]:
        """One problem for each cause, not for each run."""
        for what, advice in dict.fromkeys((error.what, error.advice) for _, error in self._failed):
            names = [f"run {run.number} of {run.workflow.name}" for run, error in self._failed if error.what == what]
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""  # noqa: PLR2004 - enough to see which
            yield Problem(Severity.ERROR, f"Left out: {', '.join(names[:5])}{more}. {what}", advice)
        if not_asked and isinstance(self._refused, RequestsSpentError):
            left = f"The jobs of {counted(not_asked, 'run')} were not asked for."
            yield Problem(self._refused.severity, f"{self._refused.what} {left}", self._refused.advice)
        elif not_asked:
            what = f"GitHub goes on refusing, so the jobs of {counted(not_asked, 'more run')} were not asked for."
            yield Problem(Severity.ERROR, what, "Sweep again later.")


def _fits(run: Run) -> bool:
    return bool(run.check_suite_id) and run.attempt <= MOST_ATTEMPTS
