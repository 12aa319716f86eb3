"""Lists the runs that a query asks for; a page is read only when it is needed."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github.fields import LeftOut, left_out_problems
from ci_failure_tracker.github.pages import MOST_ON_A_PAGE
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Problem, Query, Run, Severity, Workflow

KEPT = 0.3
"""The part of a sweep's requests that is kept for what follows the list of runs."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The runs that fit a query, the newest first.

    `forks` is how many were left out because they belong to forks. `left_out` are those that are malformed. `problems`
    say why the list is incomplete, if it is.
    Every run since `start` that fits was listed; without a start, every run was.
    """

    runs: tuple[Run, ...]
    forks: int
    problems: tuple[Problem, ...]
    start: datetime | None
    left_out: tuple[LeftOut, ...] = ()


def list_runs(queries: Queries, query: Query) -> Listing:
    """List the newest runs that fit. A page that is read is read to its end.

    Raises:
        GitHubError: not a single run can be listed.
    """
    runs: dict[int, Run] = {}  # by id: a run that starts while pages are read moves others to the next page
    listed = forks = taken = 0
    problems: list[Problem] = []
    oldest: datetime | None = None
    left_out: list[LeftOut] = []
    complete = True
    try:
        for run in islice(_newest_first(queries, query, left_out), query.most_listed):
            taken += 1
            oldest = run.created_at
            listed += run.id not in runs
            # GitHub's filters take one branch and one event, so that lists with several hold other runs, too.
            if query.matches(run):
                if run.from_fork:
                    forks += 1
                else:
                    runs[run.id] = run
            if len(runs) == query.most or _is_far_enough(run, query, taken):
                complete = False
                break
    except GitHubError as error:
        # With some runs, a sweep can say what fails. It closes nothing, because the list has a gap.
        if not runs:
            raise
        complete = False
        problems.append(_cut_short(error, len(runs)))
    far_enough = query.back_to is not None and oldest is not None and oldest < query.back_to
    if listed == query.most_listed and len(runs) < query.most and not far_enough:
        complete = False
        problems.append(_too_many_listed(len(runs), query.most_listed))
    problems += left_out_problems(left_out)
    # A list that ended early is whole only as far as it goes back.
    start = query.created_from if complete else oldest
    return Listing(tuple(runs.values()), forks, tuple(problems), start, tuple(left_out))


def _is_far_enough(run: Run, query: Query, taken: int) -> bool:
    # A page that is read costs its request anyway, so it is read to its end.
    return query.back_to is not None and run.created_at < query.back_to and taken % MOST_ON_A_PAGE == 0


def _newest_first(queries: Queries, query: Query, left_out: list[LeftOut]) -> Iterator[Run]:
    """The runs of all listings, merged; each page is read only when it is needed."""
    workflows: tuple[Workflow | None, ...] = query.listed or (None,)
    listings = (
        queries.runs(workflow, branch, event, query.created_from, left_out)
        for workflow in workflows
        for branch, event in query.filters
    )
    # Each listing is in order, so merging reads a further page only if its runs are next.
    for run in heapq.merge(*listings, key=lambda run: run.order, reverse=True):
        queries.budget.check(1, KEPT)
        yield run


def _cut_short(error: GitHubError, count: int) -> Problem:
    what = f"The list of runs was cut short after {count}: {error}"
    return Problem(error.severity, what, "The next sweep tries again.")


def _too_many_listed(count: int, most: int) -> Problem:
    return Problem(
        Severity.WARNING,
        f"Only {count} runs fit the filters among the newest {most:,}.",
        "Set `since` or `workflow` so that the sweep reads fewer runs.",
    )
