"""Reads the newest scheduled runs, by which schedules are judged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ci_failure_tracker.errors import MissingRightError, TrackerError
from ci_failure_tracker.github.fields import LeftOut, left_out_problems
from ci_failure_tracker.github.jobs import KEPT
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.side_by_side import each_of
from ci_failure_tracker.model import Problem, Run, Severity, Workflow
from ci_failure_tracker.model.words import counted

_SCHEDULE = "schedule"
_ONE_PAGE = 100
MOST_ASKED = 50
"""Workflows whose newest scheduled run a sweep reads one by one, because the list of scheduled runs lacks it."""

_RIGHTS = (
    "Give the job that permission as well, or leave `schedules` out:\n"
    "permissions:\n  actions: read\n  contents: read\n  issues: write"
)


def newest_scheduled_runs(
    queries: Queries, workflows: Sequence[Workflow]
) -> tuple[tuple[Run, ...], tuple[LeftOut, ...], tuple[Problem, ...]]:
    """Scheduled runs, with the newest one of each workflow; what cannot be read becomes a problem.

    Malformed runs are returned apart: one of them may be the newest of its workflow.
    """
    runs: list[Run] = []
    left_out: list[LeftOut] = []
    problems: list[Problem] = []
    try:
        runs += islice(queries.runs(None, None, _SCHEDULE, None, left_out), _ONE_PAGE)
        listed = {run.workflow.id for run in runs}
        # Busy schedules fill the page, and a weekly one is then not in it.
        missing = [workflow for workflow in workflows if workflow.id not in listed]
        for _, run in each_of(missing[:MOST_ASKED], queries.newest_scheduled_run, queries.budget, KEPT):
            if isinstance(run, TrackerError):
                raise run
            if run:
                runs.append(run)
        if not_asked := len(missing[MOST_ASKED:]):
            what = f"The scheduled runs of {counted(not_asked, 'workflow')} were not asked for."
            advice = f"A sweep asks for {MOST_ASKED} one by one; name fewer with `workflow`."
            problems.append(Problem(Severity.NOTICE, what, advice))
    except TrackerError as error:
        problems.append(not_looked_at(error))
    return tuple(runs), tuple(left_out), (*problems, *left_out_problems(left_out))


def not_looked_at(error: TrackerError) -> Problem:
    """The problem that schedules could not be judged."""
    if isinstance(error, MissingRightError):
        return Problem(Severity.WARNING, f"Schedules were not looked at. {error.what}", _RIGHTS)
    what = f"Not every schedule was looked at. {error.what}"
    return Problem(Severity.WARNING, what, error.advice or "The next sweep tries again.")
