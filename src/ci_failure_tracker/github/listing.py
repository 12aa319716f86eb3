"""The list of runs that a query asks for, page by page as it is needed."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Problem, Query, Run, Severity, Workflow

KEPT = 0.3
"""The part of a sweep's requests that the list of runs leaves to what follows."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a query gave: the runs that fit, how many were of forks, and why it ended early if it did.

    Of the time since `start` every run that fits was listed; without it they were all listed.
    """

    runs: tuple[Run, ...]
    forks: int
    problems: tuple[Problem, ...]
    start: datetime | None


def list_runs(queries: Queries, query: Query) -> Listing:
    """The newest runs that fit.

    Raises:
        GitHubError: where not even one can be listed.
    """
    runs: dict[int, Run] = {}  # each once: a run that starts while pages are read moves others to the next page
    listed = forks = 0
    problems: list[Problem] = []
    oldest: datetime | None = None
    complete = True
    try:
        for run in islice(_newest_first(queries, query), query.most_listed):
            oldest = run.created_at
            listed += run.id not in runs
            if not query.matches(run):
                continue
            if run.from_fork:
                forks += 1
            else:
                runs[run.id] = run
            if len(runs) == query.most:
                complete = False
                break
    except GitHubError as error:
        if not runs:
            raise
        complete = False
        problems.append(_cut_short(error, len(runs)))
    if listed == query.most_listed and len(runs) < query.most:
        complete = False
        problems.append(_looked_far_enough(len(runs), query.most_listed))
    return Listing(tuple(runs.values()), forks, tuple(problems), query.created_from if complete else oldest)


def _newest_first(queries: Queries, query: Query) -> Iterator[Run]:
    """The runs of all listings as one, each page read only when it is needed."""
    created = f">={query.created_from:%Y-%m-%dT%H:%M:%SZ}" if query.created_from else None
    workflows: tuple[Workflow | None, ...] = query.listed or (None,)
    listings = (queries.runs(one, query.branch, query.event, created) for one in workflows)
    for run in heapq.merge(*listings, key=lambda run: run.order, reverse=True):
        queries.budget.check(1, KEPT)
        yield run


def _cut_short(error: GitHubError, seen: int) -> Problem:
    what = f"The list of runs was cut short after {seen}: {error}"
    return Problem(error.severity, what, "The next sweep tries again.")


def _looked_far_enough(found: int, most: int) -> Problem:
    return Problem(
        Severity.WARNING,
        f"Only {found} runs fit the filters among the newest {most:,}.",
        "Bound the time with `since`, or name the workflows, so that fewer runs are sifted.",
    )
