"""What is asked of GitHub to judge schedules: the workflow files, and the newest scheduled runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ci_failure_tracker.errors import MissingRightError, TrackerError
from ci_failure_tracker.github.jobs import KEPT
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Problem, Run, Severity, Workflow
from ci_failure_tracker.model.words import counted

_SCHEDULE = "schedule"
_ONE_PAGE = 100
_MOST_ASKED = 50
"""Workflows that one sweep asks for one by one, because no recent list of runs has them."""

_RIGHTS = (
    "Give the job that right as well, or leave `schedules` out:\n"
    "permissions:\n  actions: read\n  contents: read\n  issues: write"
)


def newest_scheduled_runs(queries: Queries, wanted: Sequence[Workflow]) -> tuple[tuple[Run, ...], tuple[Problem, ...]]:
    """Scheduled runs with the newest of each workflow: from a list of all, else asked for one by one.

    What cannot be read is left out, and said.
    """
    found: list[Run] = []
    problems: list[Problem] = []
    try:
        found += islice(queries.runs(None, None, _SCHEDULE, None), _ONE_PAGE)
        listed = {run.workflow.id for run in found}
        missing = [workflow for workflow in wanted if workflow.id not in listed]
        for workflow in missing[:_MOST_ASKED]:
            queries.budget.check(1, KEPT)
            if run := queries.newest_scheduled_run(workflow):
                found.append(run)
        problems += _others(missing[_MOST_ASKED:])
    except TrackerError as error:
        problems.append(not_looked_at(error))
    return tuple(found), tuple(problems)


def not_looked_at(error: TrackerError) -> Problem:
    """That schedules could not be judged, and why."""
    if isinstance(error, MissingRightError):
        return Problem(Severity.WARNING, f"Schedules were not looked at. {error.what}", _RIGHTS)
    what = f"Not every schedule was looked at. {error.what}"
    return Problem(Severity.WARNING, what, error.advice or "The next sweep tries again.")


def _others(left_out: Sequence[Workflow]) -> Iterator[Problem]:
    if left_out:
        what = f"The scheduled runs of {counted(len(left_out), 'workflow')} were not asked for."
        advice = f"A sweep asks for {_MOST_ASKED} one by one; name fewer with `workflow`."
        yield Problem(Severity.NOTICE, what, advice)
