"""Reads the runs on tags, and the last runs of workflows that may never run again."""

from __future__ import annotations

from itertools import islice

from ci_failure_tracker.errors import (
    GitHubError,
    MalformedError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnansweredError,
)
from ci_failure_tracker.github.fields import LeftOut, left_out_problems
from ci_failure_tracker.github.listing import KEPT
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import TAGS, Needs, Problem, Run, Severity, Workflow

_ONE_PAGE = 100
_LAST_RUNS = 10
_RELEASE = "release"
_MAY_PASS = (UnansweredError, RateLimitedError, RequestsSpentError, MalformedError)
"""Errors that another sweep may not meet. A server that does not show refs at all is no mistake of anybody."""


def runs_of_tags(queries: Queries, needs: Needs) -> tuple[tuple[Run, ...], tuple[LeftOut, ...], tuple[Problem, ...]]:
    """The runs of tags, and those that releases started; malformed ones are returned apart."""
    runs: list[Run] = []
    left_out: list[LeftOut] = []
    problems: list[Problem] = []
    try:
        for name in needs.tag_runs:
            queries.budget.check(1, KEPT)
            # A branch may have the same name; its runs are older or newer by chance only.
            runs += islice(queries.runs(None, name, None, None, left_out), _ONE_PAGE)
        if needs.release_runs:
            queries.budget.check(1, KEPT)
            # The run of a release names the tag as its branch, but not every tag is among the newest ones.
            runs += islice(queries.runs(None, None, _RELEASE, None, left_out), _ONE_PAGE)
    except (GitHubError, RequestsSpentError) as error:
        what = f"Not every run on a tag was looked at. {error.what}"
        problems.append(Problem(error.severity, what, error.advice or "The next sweep tries again."))
    return tuple(runs), tuple(left_out), (*problems, *left_out_problems(left_out))


def last_runs_of(queries: Queries, workflow: Workflow, status_ref: str) -> tuple[Run, ...]:
    """The last runs of a workflow on a branch. Of tags, GitHub lists only those of one, so a page of all is read."""
    queries.budget.check(1, KEPT)
    on_tags = status_ref.startswith(TAGS)
    listed = queries.runs(workflow, None if on_tags else status_ref, None, None)
    return tuple(islice(listed, _ONE_PAGE if on_tags else _LAST_RUNS))


def tags_unread(error: TrackerError) -> Problem:
    """The problem that tags could not be read; without the right to see them, that is no mistake."""
    what = f"Of tags, only the runs that releases started were looked at. {error.what}"
    if isinstance(error, _MAY_PASS):
        return Problem(Severity.WARNING, what, error.advice or "The next sweep tries again.")
    return Problem(Severity.NOTICE, what, "`contents: read` shows the others; `branch: default` leaves tags out.")


def refs_unread(error: TrackerError) -> Problem:
    """The problem that it is not known which branches were deleted, and which names are tags."""
    what = f"It is not known which branches were deleted and which refs are tags. {error.what}"
    if isinstance(error, _MAY_PASS):
        return Problem(Severity.WARNING, what, error.advice or "The next sweep tries again.")
    return Problem(Severity.NOTICE, what, "`contents: read` shows it; without it, each ref counts by itself.")
