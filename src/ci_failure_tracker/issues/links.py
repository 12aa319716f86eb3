"""Runs and commits as links, and spans of time in words."""

from __future__ import annotations

from datetime import timedelta

from ci_failure_tracker.model import Occurrence, RunRef
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import code, link, short, utc

_MINUTES_TO, _HOURS_TO, _DAYS_WITH_HOURS = 120, 48, 7


def run_link(occurrence: Occurrence, url: str) -> str:
    """A failed run and its attempt as a link; `no run` if none is known."""
    if not occurrence.number:
        return "no run"
    run, number = f"{url}/actions/runs/{occurrence.run_id}", occurrence.attempt
    if number > 1:
        return link(f"run {occurrence.number}, attempt {number}", f"{run}/attempts/{number}")
    return link(f"run {occurrence.number}", run)


def step_of(occurrence: Occurrence) -> str:
    """The first failed step of a run; empty if none is known."""
    return next((leg.step for leg in occurrence.legs if leg.step), "")


def workflow_file(occurrence: Occurrence) -> str:
    """The file of the workflow, as code; empty for a run that GitHub started without one."""
    return code(occurrence.source, 60) if occurrence.source.endswith((".yml", ".yaml")) else ""


def commit(sha: str, url: str) -> str:
    """A commit as a link."""
    return link(f"`{short(sha)}`", f"{url}/commit/{sha}") if sha else "an unknown commit"


def run_ref_link(run: RunRef | None, url: str) -> str:
    """A run with its commit and time; only the time if no run is known, and empty for `None`."""
    if run is None:
        return ""
    return f"{commit(run.sha, url)} ({dated_run(run, url)})" if run.number else dated_run(run, url)


def dated_run(run: RunRef, url: str) -> str:
    """A run as a link, with its time; only the time if no run is known."""
    linked = f"{link(f'run {run.number}', f'{url}/actions/runs/{run.run_id}')}, " if run.number else ""
    return f"{linked}{utc(run.at)}"


def span(time: timedelta) -> str:
    """`20 minutes`, `5 hours`, `3 days 4 hours`, `12 days`."""
    minutes = int(time.total_seconds()) // 60
    if minutes < _MINUTES_TO:
        return counted(max(minutes, 1), "minute")
    hours = minutes // 60
    if hours < _HOURS_TO:
        return counted(hours, "hour")
    days, rest = divmod(hours, 24)
    return counted(days, "day") + (f" {counted(rest, 'hour')}" if rest and days < _DAYS_WITH_HOURS else "")
