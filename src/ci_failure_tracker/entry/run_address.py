"""The logs of a run or a job of GitHub Actions, by the address of its page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ci_failure_tracker.diagnosis.log import Log, read_log
from ci_failure_tracker.entry.log_files import FoundLog
from ci_failure_tracker.entry.setup import endpoints_of
from ci_failure_tracker.entry.sources import host_of_api, token_of
from ci_failure_tracker.errors import LogAbsentError, NoLogError, TrackerError
from ci_failure_tracker.github.client import connect
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Job, Outcome
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.tracking.outcome import failing_step

# Bounded repetitions: an address may come from anybody.
_PAGE = re.compile(
    r"https?://(?P<server>(?P<host>[\w.-]{1,253})(?::\d{1,5})?)/(?P<name>[\w.-]{1,100}/[\w.-]{1,100})/actions/runs/"
    r"(?P<run>\d{1,18})(?:/attempts/(?P<attempt>\d{1,6}))?(?:/job/(?P<job>\d{1,18}))?/?(?:[?#].*)?"
)
_FORM = "Give the address of a run or of a job, such as https://github.com/OWNER/NAME/actions/runs/123."
# A job past its time limit ends as cancelled.
_FAILED = frozenset({Outcome.FAILURE, Outcome.TIMED_OUT, Outcome.CANCELLED})


@dataclass(frozen=True, slots=True)
class _Page:
    """The page of a run; without an `attempt` the newest one is meant, without a `job` every failed one."""

    address: str
    server: str
    host: str
    name: str
    run: int
    attempt: int | None
    job: int | None


def logs_of_page(address: str) -> Iterator[FoundLog]:
    """The log of each failed job of a run, or of one job.

    Raises:
        NoLogError: the address is not that of a run, GitHub gives no log, or no job failed. It may be raised after
            some logs.
    """
    page = _read(address)
    endpoints = endpoints_of(os.environ, page.server)
    token = token_of(_with_token_for(page), host_of_api(endpoints.api_url))
    if not token:
        why = "needs a token: GitHub shows logs to nobody without one"
        raise NoLogError(address, why, "Log in with `gh auth login`, or set GITHUB_TOKEN.")
    queries = Queries(connect(Secret(token), endpoints), endpoints, page.name)
    try:
        jobs = _jobs(page, queries)
    # One kind of error for all inputs of `explain`: it goes on with the next one.
    except TrackerError as error:
        raise NoLogError(address, f"cannot be read: {error.what.rstrip('.')}", error.advice) from error
    missing = []
    for job in jobs:
        log = _log(page, job, queries)
        if log is None:
            missing.append(job.name)
        else:
            yield FoundLog(page.address, job.name, log, failing_step(job))
    # Raised last, so that the logs that are there are explained.
    if missing:
        advice = "GitHub deletes logs, by default after 90 days."
        raise NoLogError(address, f"has no log of {', '.join(missing)}", advice)


def _with_token_for(page: _Page) -> Mapping[str, str]:
    """The environment whose token may go to the server of a page: anybody can write an address.

    A token in the environment is for github.com, or for the API that the environment names.
    """
    is_its_server = page.host == "github.com" or bool(os.environ.get("GITHUB_API_URL"))
    return os.environ if is_its_server else {}


def _read(address: str) -> _Page:
    match = _PAGE.fullmatch(address)
    if match is None:
        raise NoLogError(address, "is not the page of a run", _FORM)
    run, attempt, job = (int(match[part]) if match[part] else None for part in ("run", "attempt", "job"))
    return _Page(
        address, f"https://{match['server'].lower()}", match["host"].lower(), match["name"], run or 0, attempt, job
    )


def _jobs(page: _Page, queries: Queries) -> list[Job]:
    """The jobs to explain."""
    run = queries.run(page.run)
    if run is None:
        raise NoLogError(page.address, "does not exist, or the token may not see it", _FORM)
    jobs = queries.jobs(run)
    if page.job is not None:
        # A job's address names it, whether it failed or not.
        jobs = tuple(job for job in jobs if job.id == page.job)
    else:
        attempt = page.attempt or run.attempt
        # An older attempt failed for its own reason.
        jobs = tuple(job for job in jobs if job.attempt == attempt and Outcome.of(job.conclusion) in _FAILED)
    if not jobs:
        raise NoLogError(page.address, "has no failed job" if page.job is None else "has no such job", _FORM)
    return list(jobs)


def _log(page: _Page, job: Job, queries: Queries) -> Log | None:
    """The log of a job; `None` if it has none."""
    try:
        return read_log(queries.job_log(job.id))
    except LogAbsentError:
        return None
    except TrackerError as error:
        raise NoLogError(page.address, f"cannot be read: {error.what.rstrip('.')}", error.advice) from error
