"""The jobs of many runs by GraphQL, which shows them as the check runs of the run's check suite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from ci_failure_tracker.github.answers import WITHOUT_DETAILS, check_end
from ci_failure_tracker.github.fields import Fields, FormError, items, nullable, optional_moment, required
from ci_failure_tracker.model import Annotation, Job, Run, Step

MOST_JOBS, MOST_RED, _MOST_STEPS, _MOST_ANNOTATIONS = 60, 20, 50, 25
"""What the query asks for about one run; the query's cost depends on this. REST reads a run that has more."""

_WITH_DETAILS = "[FAILURE, TIMED_OUT, CANCELLED, ACTION_REQUIRED, STARTUP_FAILURE, STALE]"
_STEP = "name number conclusion startedAt completedAt"
_ANNOTATION = "annotationLevel message title path location { start { line } }"
SUITES = f"""query($ids: [ID!]!) {{
  nodes(ids: $ids) {{
    ... on CheckSuite {{
      all: checkRuns(first: {MOST_JOBS}, filterBy: {{checkType: ALL}}) {{
        totalCount
        nodes {{ detailsUrl name status conclusion startedAt completedAt }}
      }}
      red: checkRuns(first: {MOST_RED}, filterBy: {{checkType: ALL, conclusions: {_WITH_DETAILS}}}) {{
        totalCount
        nodes {{
          detailsUrl
          steps(first: {_MOST_STEPS}) {{ totalCount nodes {{ {_STEP} }} }}
          annotations(first: {_MOST_ANNOTATIONS}) {{ totalCount nodes {{ {_ANNOTATION} }} }}
        }}
      }}
    }}
  }}
}}"""

MOST_ATTEMPTS = 2
"""A check run does not say which attempt it belongs to; with two attempts, the start of the second one tells."""

# `databaseId` is a 32-bit integer, and ids are larger by now.
_JOB = re.compile(r"/runs/(\d+)/job/(\d+)$")


def read_suite(run: Run, suite: Fields) -> tuple[Job, ...] | None:
    """The jobs of a run as REST lists them; `None` if some are missing or their attempts are not known.

    Raises:
        FormError: a part of the suite is malformed.
    """
    # GraphQL is only the cheaper way. Where it leaves a doubt, REST is asked, which names each attempt.
    if run.attempt > MOST_ATTEMPTS:
        return None
    every, red = _whole(suite, "all"), _whole(suite, "red")
    if every is None or red is None:
        return None
    if any(nullable(check_run, "detailsUrl", str) is None for check_run in every):
        return None
    details = {_job_id(check_run, run): check_run for check_run in red}
    # A step may have created a check run of its own, which is no job.
    shown = [check_run for check_run in every if _job_id(check_run, run)]
    jobs = [_job(run, check_run, details.get(_job_id(check_run, run))) for check_run in shown]
    complete = [job for job in jobs if job is not None]
    if not complete or len(complete) < len(jobs):
        return None
    # Both attempts had jobs; if only one has any here, some are missing.
    if run.attempt > 1 and {job.attempt for job in complete} != {1, 2}:
        return None
    return tuple(_each_once(complete, run))


def _each_once(jobs: Sequence[Job], run: Run) -> list[Job]:
    """The jobs in the order of REST; a re-run shows the jobs that it did not run again with their old times."""
    by_key: dict[object, Job] = {}
    for job in sorted(jobs, key=lambda job: (job.attempt, job.id)):
        by_key.setdefault((job.name, job.started_at, job.completed_at) if run.attempt > 1 else job.id, job)
    return list(by_key.values())


def _whole(data: Fields, name: str) -> Sequence[Fields] | None:
    """The objects of a connection of GraphQL; `None` if GitHub leaves some out, or does not show them."""
    connection = nullable(data, name, dict)
    if connection is None or nullable(connection, "nodes", list) is None:
        return None
    nodes = items(connection, "nodes")
    return nodes if len(nodes) == required(connection, "totalCount", int) else None


def _job_id(check_run: Fields, run: Run) -> int | None:
    match = _JOB.search(nullable(check_run, "detailsUrl", str) or "")
    return int(match[2]) if match and int(match[1]) == run.id else None


def _job(run: Run, check_run: Fields, details: Fields | None) -> Job | None:
    """A job, or `None` if a part of it is missing."""
    job_id, conclusion = _job_id(check_run, run), _conclusion(check_run)
    started, completed = _moment(check_run, "startedAt"), _moment(check_run, "completedAt")
    check_end(conclusion, completed, "completedAt")
    if job_id is None or (run.attempt > 1 and started is None):
        return None
    steps = _whole(details, "steps") if details else ()
    # Without its steps, the log of a failed job could not be cut to the step that failed.
    if conclusion and conclusion not in WITHOUT_DETAILS and not (details and steps is not None):
        return None
    return Job(
        id=job_id,
        name=required(check_run, "name", str),
        conclusion=conclusion,
        steps=tuple(map(_step, steps or ())),
        attempt=2 if run.attempt > 1 and started is not None and started >= run.started_at else 1,
        completed_at=completed,
        started_at=started,
        annotations=_annotations(details) if details else None,
        status=required(check_run, "status", str).lower(),
    )


def _conclusion(check_run: Fields) -> str | None:
    """The conclusion of a job. What has ended without a conclusion would count as nothing."""
    conclusion = nullable(check_run, "conclusion", str)
    if conclusion is None and _moment(check_run, "completedAt") is not None:
        raise FormError("`conclusion` is null although it is completed")
    return conclusion and conclusion.lower()


def _step(step: Fields) -> Step:
    conclusion = nullable(step, "conclusion", str)
    return Step(
        number=required(step, "number", int),
        name=required(step, "name", str),
        conclusion=conclusion and conclusion.lower(),
        started_at=_moment(step, "startedAt"),
        completed_at=_moment(step, "completedAt"),
    )


def _annotations(details: Fields) -> tuple[Annotation, ...] | None:
    """All annotations, or `None` if some are missing."""
    annotations = _whole(details, "annotations")
    return None if annotations is None else tuple(map(_annotation, annotations))


def _annotation(annotation: Fields) -> Annotation:
    level = nullable(annotation, "annotationLevel", str) or ""
    start = required(required(annotation, "location", dict), "start", dict)
    return Annotation(
        level=level.lower(),
        message=required(annotation, "message", str),
        title=nullable(annotation, "title", str) or "",
        path=required(annotation, "path", str),
        line=required(start, "line", int),
    )


def _moment(data: Fields, name: str) -> datetime | None:
    nullable(data, name, str)
    return optional_moment(data, name)
