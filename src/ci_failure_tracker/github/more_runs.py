"""Reads the runs that the list of runs does not reach: pages of filtered lists, newest runs, and single runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ci_failure_tracker.errors import RateLimitedError, RequestsSpentError, TrackerError
from ci_failure_tracker.github.fields import LeftOut, left_out_problems
from ci_failure_tracker.github.listing import KEPT
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.retry import Budget
from ci_failure_tracker.github.side_by_side import each_of
from ci_failure_tracker.model import Needs, NewestRuns, Problem, Run, RunList, Workflow

_WORKFLOWS_AT_ONCE = 50
"""Workflows in one GraphQL request."""

_GIVE_UP_AFTER = 3
"""So many errors end the reading; each request was tried several times by then."""

_TRIES_AGAIN = "The next sweep tries again."
_T = TypeVar("_T")
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class MoreRuns:
    """What could be read; what is not here was not looked at, and `problems` say why."""

    lists: Mapping[RunList, tuple[Run, ...]]
    newest: Mapping[int, NewestRuns]
    changes: Mapping[int, datetime]
    runs: tuple[Run, ...]
    left_out: tuple[LeftOut, ...]
    problems: tuple[Problem, ...]


def read_more_runs(queries: Queries, needs: Needs) -> MoreRuns:
    """Read these runs, until the budget is spent or GitHub goes on refusing."""
    reader = _Reader(queries.budget)
    pages = dict(reader.each(needs.run_lists, queries.first_runs))
    runs = [run for _, run in reader.each(needs.runs, queries.run) if run]
    # After refusals, more requests would only use up the limit of others who share the token.
    newest = {} if reader.refused else dict(_newest(queries, needs.newest_runs))
    changes = {} if reader.refused else _changes(queries, needs.run_changes)
    left_out = tuple(item for _, items in pages.values() for item in items)
    problems = (*map(_problem, reader.errors), *left_out_problems(left_out))
    lists = {asked: found for asked, (found, _) in pages.items()}
    return MoreRuns(lists, newest, changes, tuple(runs), left_out, problems)


class _Reader:
    """Reads until GitHub goes on refusing, and remembers what went wrong."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.errors: list[TrackerError] = []

    @property
    def refused(self) -> bool:
        """Whether other requests would fail as well."""
        hopeless = any(isinstance(error, (RateLimitedError, RequestsSpentError)) for error in self.errors)
        return hopeless or len(self.errors) >= _GIVE_UP_AFTER

    def each(self, asked: Sequence[_T], read: Callable[[_T], _Read]) -> Iterator[tuple[_T, _Read]]:
        """What could be read."""
        for one, result in each_of(asked if not self.refused else (), read, self._budget, KEPT):
            if not isinstance(result, TrackerError):
                yield one, result
                continue
            self.errors.append(result)
            if self.refused:
                return


def _newest(queries: Queries, workflows: Sequence[Workflow]) -> Iterator[tuple[int, NewestRuns]]:
    """What GraphQL tells. If it is refused, the runs of each workflow are listed by REST, so this is no problem."""
    # An old server gives no node ids. Its runs are listed by REST.
    named = [workflow for workflow in workflows if workflow.node_id]
    batches = [named[place : place + _WORKFLOWS_AT_ONCE] for place in range(0, len(named), _WORKFLOWS_AT_ONCE)]
    for _, result in each_of(batches, queries.newest_runs, queries.budget, KEPT):
        if isinstance(result, TrackerError):
            return
        yield from result.items()


def _changes(queries: Queries, runs: Sequence[tuple[int, str]]) -> Mapping[int, datetime]:
    """What GraphQL tells. If it is refused, the runs are read one by one, so this is no problem."""
    if not runs:
        return {}
    try:
        queries.budget.check(1, KEPT)
        return queries.run_changes([node_id for _, node_id in runs])
    except TrackerError:
        return {}


def _problem(error: TrackerError) -> Problem:
    return Problem(error.severity, f"Not every run was looked at. {error.what}", error.advice or _TRIES_AGAIN)
