"""The jobs of many runs by GraphQL, which shows them as the check runs of the run's check suite."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ci_failure_tracker.model import Annotation, Job, Run, Step

MOST_JOBS, MOST_RED, _MOST_STEPS, _MOST_ANNOTATIONS = 60, 20, 50, 25
"""What the query asks for about one run; the query's cost depends on this. REST reads a run that has more."""

WITHOUT_DETAILS = frozenset({"success", "skipped", "neutral"})
"""Conclusions of jobs whose steps and annotations are not read."""

_WITH_DETAILS = "[FAILURE, TIMED_OUT, CANCELLED, ACTION_REQUIRED, STARTUP_FAILURE, STALE]"
_STEP = "name number conclusion startedAt completedAt"
_ANNOTATION = "annotationLevel message title path location { start { line } }"
SUITES = f"""query($ids: [ID!]!) {{
  nodes(ids: $ids) {{
    ... on CheckSuite {{
      all: checkRuns(first: {MOST_JOBS}, filterBy: {{checkType: ALL}}) {{
        totalCount
        nodes {{ detailsUrl name conclusion startedAt completedAt }}
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


def read_suite(run: Run, suite: Mapping[str, Any] | None) -> tuple[Job, ...] | None:
    """The jobs of a run as REST lists them; `None` if some are missing or their attempts are not known."""
    if not suite or run.attempt > MOST_ATTEMPTS or not (_is_whole(suite["all"]) and _is_whole(suite["red"])):
        return None
    details = {_job_id(check_run, run): check_run for check_run in suite["red"]["nodes"]}
    # A step may have created a check run of its own, which is no job.
    shown = [check_run for check_run in suite["all"]["nodes"] if _job_id(check_run, run)]
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


def _is_whole(connection: Mapping[str, Any]) -> bool:
    return len(connection["nodes"]) == int(connection["totalCount"])


def _job_id(check_run: Mapping[str, Any], run: Run) -> int | None:
    match = _JOB.search(str(check_run.get("detailsUrl") or ""))
    return int(match[2]) if match and int(match[1]) == run.id else None


def _job(run: Run, check_run: Mapping[str, Any], details: Mapping[str, Any] | None) -> Job | None:
    """A job, or `None` if a part of it is missing."""
    job_id, conclusion = _job_id(check_run, run), _lower(check_run["conclusion"])
    started = _moment(check_run["startedAt"])
    if job_id is None or (run.attempt > 1 and started is None):
        return None
    if conclusion and conclusion not in WITHOUT_DETAILS and not (details and _is_whole(details["steps"])):
        return None
    return Job(
        id=job_id,
        name=str(check_run["name"]),
        conclusion=conclusion,
        steps=tuple(map(_step, details["steps"]["nodes"])) if details else (),
        attempt=2 if run.attempt > 1 and started is not None and started >= run.started_at else 1,
        completed_at=_moment(check_run["completedAt"]),
        started_at=started,
        annotations=_annotations(details["annotations"]) if details else None,
    )


def _step(step: Mapping[str, Any]) -> Step:
    return Step(
        number=int(step["number"]),
        name=str(step["name"]),
        conclusion=_lower(step["conclusion"]),
        started_at=_moment(step["startedAt"]),
        completed_at=_moment(step["completedAt"]),
    )


def _annotations(connection: Mapping[str, Any]) -> tuple[Annotation, ...] | None:
    """All annotations, or `None` if some are missing."""
    if not _is_whole(connection):
        return None
    return tuple(
        Annotation(
            level=_lower(annotation["annotationLevel"]) or "",
            message=str(annotation["message"]),
            title=str(annotation["title"] or ""),
            path=str(annotation["path"]),
            line=annotation["location"]["start"]["line"],
        )
        for annotation in connection["nodes"]
    )


def _lower(name: str | None) -> str | None:
    return name.lower() if name else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
