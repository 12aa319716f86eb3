"""Reads the runs that the list of runs does not reach: pages of filtered lists, newest runs, and single runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ci_failure_tracker.errors import RateLimitedError, RequestsSpentError, TrackerError
from ci_failure_tracker.github.fields import LeftOut, left_out_problems
from ci_failure_tracker.github.listing import KEPT
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Needs, NewestRuns, Problem, Run, RunList, Workflow

AT_ONCE = 50
"""Workflows in one GraphQL request."""

_GIVE_UP_AFTER = 3
"""So many errors end the reading; each request was tried several times by then."""

_TRIES_AGAIN = "The next sweep tries again."
_T = TypeVar("_T")


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
    reader = _Reader(queries)
    reader.each(needs.run_lists, reader.read_list)
    reader.each(needs.runs, reader.read_run)
    newest = {} if reader.refused else dict(_newest(queries, needs.newest_runs))
    changes = {} if reader.refused else _changes(queries, needs.run_changes)
    problems = (*map(_problem, reader.errors), *left_out_problems(reader.left_out))
    return MoreRuns(reader.lists, newest, changes, tuple(reader.runs), tuple(reader.left_out), problems)


class _Reader:
    """Sends one request after the other, and remembers what went wrong."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self.lists: dict[RunList, tuple[Run, ...]] = {}
        self.runs: list[Run] = []
        self.left_out: list[LeftOut] = []
        self.errors: list[TrackerError] = []

    @property
    def refused(self) -> bool:
        """Whether other requests would fail as well."""
        hopeless = any(isinstance(error, (RateLimitedError, RequestsSpentError)) for error in self.errors)
        return hopeless or len(self.errors) >= _GIVE_UP_AFTER

    def each(self, asked: Iterable[_T], read: Callable[[_T], None]) -> None:
        for one in asked:
            if self.refused:
                return
            try:
                self._queries.budget.check(1, KEPT)
                read(one)
            except TrackerError as error:
                self.errors.append(error)

    def read_list(self, asked: RunList) -> None:
        self.lists[asked] = self._queries.first_runs(asked, self.left_out)

    def read_run(self, run_id: int) -> None:
        if run := self._queries.run(run_id):
            self.runs.append(run)


def _newest(queries: Queries, workflows: Sequence[Workflow]) -> Iterator[tuple[int, NewestRuns]]:
    """What GraphQL tells. If it is refused, the runs of each workflow are listed by REST, so this is no problem."""
    named = [workflow for workflow in workflows if workflow.node_id]
    try:
        for place in range(0, len(named), AT_ONCE):
            queries.budget.check(1, KEPT)
            yield from queries.newest_runs(named[place : place + AT_ONCE]).items()
    except TrackerError:
        return


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
