"""Runs and commits as links, and spans of time in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from ci_failure_tracker.model import Occurrence, RunRef
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import short
from ci_failure_tracker.text.medium import MARKDOWN, Medium

_MINUTES_TO, _HOURS_TO, _DAYS_WITH_HOURS = 120, 48, 7


def address(url: str, repository: str) -> str:
    """The address of a repository; `url` is that of the one with the issues, for which an empty name stands."""
    return f"{url.rsplit('/', 2)[0]}/{repository}" if repository else url


def run_address(run: _OfRun, url: str) -> str:
    """The page of a run."""
    return f"{address(url, run.repository)}/actions/runs/{run.run_id}"


class _OfRun(Protocol):
    """Anything that names a run."""

    @property
    def run_id(self) -> int:
        """The id of the run."""

    @property
    def repository(self) -> str:
        """The repository of the run, empty if it is the one with the issues."""


def run_link(occurrence: Occurrence, url: str, medium: Medium = MARKDOWN) -> str:
    """A failed run and its attempt as a link; `no run` if none is known."""
    if not occurrence.number:
        return "no run"
    run, number = run_address(occurrence, url), occurrence.attempt
    # The page of a run shows the newest attempt, which may have passed.
    if number > 1:
        return medium.link(f"run {occurrence.number}, attempt {number}", f"{run}/attempts/{number}")
    return medium.link(f"run {occurrence.number}", run)


def step_of(occurrence: Occurrence) -> str:
    """The first failed step of a run; empty if none is known."""
    return next((leg.step for leg in occurrence.legs if leg.step), "")


def workflow_file(occurrence: Occurrence, medium: Medium = MARKDOWN) -> str:
    """The file of the workflow, as code; empty for a run that GitHub started without one."""
    return medium.code(occurrence.source, 60) if occurrence.source.endswith((".yml", ".yaml")) else ""


def commit(sha: str, url: str, medium: Medium = MARKDOWN) -> str:
    """A commit as a link; `url` is that of its repository."""
    return medium.link(medium.code(short(sha), 7), f"{url}/commit/{sha}") if sha else "an unknown commit"


def commit_of(run: Occurrence, url: str) -> str:
    """The commit of a failed run as a link."""
    return commit(run.commit.sha, address(url, run.repository))


def run_ref_link(run: RunRef | None, url: str, medium: Medium = MARKDOWN) -> str:
    """A run with its commit and time; only the time if no run is known, and empty for `None`."""
    if run is None:
        return ""
    dated = dated_run(run, url, medium)
    return f"{commit(run.sha, address(url, run.repository), medium)} ({dated})" if run.number else dated


def dated_run(run: RunRef, url: str, medium: Medium = MARKDOWN) -> str:
    """A run as a link, with its time; only the time if no run is known."""
    if not run.number:
        return medium.time(run.at)
    return f"{medium.link(f'run {run.number}', run_address(run, url))}, {medium.time(run.at)}"


def span(time: timedelta) -> str:
    """`20 minutes`, `5 hours`, `3 days 4 hours`, `12 days`."""
    minutes = int(time.total_seconds()) // 60
    if minutes < _MINUTES_TO:
        return counted(max(minutes, 1), "minute")
    hours = minutes // 60
    if hours < _HOURS_TO:
        return counted(hours, "hour")
    days, rest = divmod(hours, 24)
    # Hours say nothing beside weeks.
    return counted(days, "day") + (f" {counted(rest, 'hour')}" if rest and days < _DAYS_WITH_HOURS else "")
