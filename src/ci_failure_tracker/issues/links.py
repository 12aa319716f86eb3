"""Runs, commits and points in time as links, and spans of time in words."""

from __future__ import annotations

from datetime import timedelta

from ci_failure_tracker.model import Occurrence, RunRef
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import link, short, utc

_MINUTES_TO, _HOURS_TO, _DAYS_WITH_HOURS = 120, 48, 7


def run_link(one: Occurrence, url: str) -> str:
    """A failed run, and which attempt of it; only words where no run is known."""
    if not one.number:
        return "no run"
    run = f"{url}/actions/runs/{one.run_id}"
    attempt = f", attempt {one.attempt}" if one.attempt > 1 else ""
    return link(f"run {one.number}{attempt}", f"{run}/attempts/{one.attempt}" if attempt else run)


def commit(sha: str, url: str) -> str:
    """A commit as a link."""
    return link(f"`{short(sha)}`", f"{url}/commit/{sha}") if sha else "an unknown commit"


def run_ref_link(one: RunRef | None, url: str) -> str:
    """A run at which something turned red or green, with its commit and time; empty for none."""
    if one is None:
        return ""
    if not one.number:
        return utc(one.at)
    run = link(f"run {one.number}", f"{url}/actions/runs/{one.run_id}")
    return f"{commit(one.sha, url)} ({run}, {utc(one.at)})"


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
