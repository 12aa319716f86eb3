"""The jobs of many runs by GraphQL, where a run's jobs are the check runs of its check suite."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ci_failure_tracker.model import Annotation, Job, Run, Step

MOST_JOBS, MOST_RED, _MOST_STEPS, _MOST_ANNOTATIONS = 60, 20, 50, 25
"""What is asked for of one run: its price depends on that, not on what comes. A run with more is read by REST."""

NOT_LOOKED_INTO = frozenset({"success", "skipped", "neutral"})
"""Conclusions of jobs whose steps and annotations nobody asks for."""

_LOOKED_INTO = "[FAILURE, TIMED_OUT, CANCELLED, ACTION_REQUIRED, STARTUP_FAILURE, STALE]"
_STEP = "name number conclusion startedAt completedAt"
_ANNOTATION = "annotationLevel message title path location { start { line } }"
SUITES = f"""query($ids: [ID!]!) {{
  nodes(ids: $ids) {{
    ... on CheckSuite {{
      all: checkRuns(first: {MOST_JOBS}, filterBy: {{checkType: ALL}}) {{
        totalCount
        nodes {{ detailsUrl name conclusion startedAt completedAt }}
      }}
      red: checkRuns(first: {MOST_RED}, filterBy: {{checkType: ALL, conclusions: {_LOOKED_INTO}}}) {{
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
"""A check run does not say to which attempt it belongs; of two it can be told by when the second began."""

# The number itself is no 32-bit integer any more, which is all that `databaseId` promises.
_JOB = re.compile(r"/runs/(\d+)/job/(\d+)$")


def read_suite(run: Run, suite: Mapping[str, Any] | None) -> tuple[Job, ...] | None:
    """The jobs of a run as REST would list them, or `None` where they are not all here or cannot be told apart."""
    if not suite or run.attempt > MOST_ATTEMPTS or not (_is_whole(suite["all"]) and _is_whole(suite["red"])):
        return None
    red = {_job_id(one, run): one for one in suite["red"]["nodes"]}
    # A step may have put a check run of its own beside the jobs.
    shown = [one for one in suite["all"]["nodes"] if _job_id(one, run)]
    jobs = [_job(run, one, red.get(_job_id(one, run))) for one in shown]
    complete = [job for job in jobs if job is not None]
    if not complete or len(complete) < len(jobs):
        return None
    # Of a run that was run again the first attempt had jobs, too; where they are not here, this is not all.
    if run.attempt > 1 and {job.attempt for job in complete} != {1, 2}:
        return None
    return tuple(_each_once(complete, run))


def _each_once(jobs: Sequence[Job], run: Run) -> list[Job]:
    """In the order of REST; a re-run shows the jobs that it did not run again once more, with their old times."""
    found: dict[object, Job] = {}
    for job in sorted(jobs, key=lambda job: (job.attempt, job.id)):
        found.setdefault((job.name, job.started_at, job.completed_at) if run.attempt > 1 else job.id, job)
    return list(found.values())


def _is_whole(connection: Mapping[str, Any]) -> bool:
    return len(connection["nodes"]) == int(connection["totalCount"])


def _job_id(found: Mapping[str, Any], run: Run) -> int | None:
    match = _JOB.search(str(found.get("detailsUrl") or ""))
    return int(match[2]) if match and int(match[1]) == run.id else None


def _job(run: Run, found: Mapping[str, Any], more: Mapping[str, Any] | None) -> Job | None:
    """A job, or `None` where something of it is lacking."""
    number, started, conclusion = _job_id(found, run), _moment(found["startedAt"]), _lower(found["conclusion"])
    if number is None or (run.attempt > 1 and started is None):
        return None
    if conclusion and conclusion not in NOT_LOOKED_INTO and not (more and _is_whole(more["steps"])):
        return None
    return Job(
        id=number,
        name=str(found["name"]),
        conclusion=conclusion,
        steps=tuple(_step(one) for one in more["steps"]["nodes"]) if more else (),
        attempt=2 if run.attempt > 1 and started is not None and started >= run.started_at else 1,
        completed_at=_moment(found["completedAt"]),
        started_at=started,
        annotations=_annotations(more["annotations"]) if more else None,
    )


def _step(found: Mapping[str, Any]) -> Step:
    return Step(
        number=int(found["number"]),
        name=str(found["name"]),
        conclusion=_lower(found["conclusion"]),
        started_at=_moment(found["startedAt"]),
        completed_at=_moment(found["completedAt"]),
    )


def _annotations(connection: Mapping[str, Any]) -> tuple[Annotation, ...] | None:
    """All of them, or `None`, so that they are asked for where they are needed."""
    if not _is_whole(connection):
        return None
    found: Sequence[Mapping[str, Any]] = connection["nodes"]
    return tuple(
        Annotation(
            level=_lower(one["annotationLevel"]) or "",
            message=str(one["message"]),
            title=str(one["title"] or ""),
            path=str(one["path"]),
            line=one["location"]["start"]["line"],
        )
        for one in found
    )


def _lower(name: str | None) -> str | None:
    return name.lower() if name else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
