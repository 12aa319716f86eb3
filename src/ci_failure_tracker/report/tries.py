"""The runs that got one more try from the tracker, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ci_failure_tracker.model import Outcome, Rerun, Result, Run, RunRef, Snapshot, WriteStatus
from ci_failure_tracker.report.measures import Try, TryResult
from ci_failure_tracker.selection.reruns import started_by_tracker
from ci_failure_tracker.settings import RerunKind, Settings

_NO_RESULT = frozenset({None, Outcome.CANCELLED, Outcome.SUPERSEDED})


def tries_in(
    snapshot: Snapshot, outcomes: Mapping[int, Outcome | None], results: Sequence[Result], settings: Settings
) -> tuple[Try, ...] | None:
    """The tries in the runs that were looked at, the newest run first; `None` without `rerun`."""
    if settings.rerun is not RerunKind.TRANSIENT:
        return None
    # GitHub has not started these yet, so their status is still that of the first attempt.
    now = set(_run_again(results))
    tries = [
        Try(
            run.workflow.name,
            RunRef(run.id, run.number, run.commit.sha, run.created_at, run.repository),
            _result(run, outcomes, now),
        )
        for run in sorted(snapshot.runs, key=lambda run: run.order, reverse=True)
        if run.id in now or _was_run_again(run, snapshot, settings)
    ]
    return tuple(tries)


def _run_again(results: Iterable[Result]) -> Iterator[int]:
    """The runs that this sweep ran again."""
    for result in results:
        if isinstance(result.action, Rerun) and result.status is WriteStatus.DONE:
            yield result.action.run_id


def _was_run_again(run: Run, snapshot: Snapshot, settings: Settings) -> bool:
    # A run gets one try, so a third attempt is that of a person.
    is_second = run.attempt == 2  # noqa: PLR2004
    named = any(run.workflow.is_called(asked) for asked in settings.rerun_workflows)
    return is_second and named and started_by_tracker(run, snapshot)


def _result(run: Run, outcomes: Mapping[int, Outcome | None], now: set[int]) -> TryResult:
    if run.id in now or not run.finished:
        return TryResult.RUNNING
    outcome = outcomes.get(run.id)
    if outcome is Outcome.SUCCESS:
        return TryResult.PASSED
    return TryResult.NONE if outcome in _NO_RESULT else TryResult.FAILED
