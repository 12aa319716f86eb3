"""The commits of a break: what came after the last green run, up to the first red one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ci_failure_tracker.diagnosis.observations import observe
from ci_failure_tracker.errors import RateLimitedError, RequestsSpentError, TrackerError, UnansweredError
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.model import CommitsBetween, Run, Scan, Suspect
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.wanted import choose_breaks


def read_commits(reads: Reads, seen: Scan, settings: Settings, now: datetime) -> Scan:
    """The scan with the commits of the breaks that an issue will tell of and does not know yet.

    Where GitHub does not show them (a private repository without `contents: read`, an old Enterprise Server), those of
    the runs looked at stand in: a push may bring more than its run shows. Where none answers, the next sweep asks.
    """
    pairs = choose_breaks(observe(seen), seen, settings, now)
    if not pairs:
        return seen
    try:
        reads.budget.check(1)
        found = reads.commits_between(pairs)
    except (UnansweredError, RateLimitedError, RequestsSpentError):
        return seen
    except TrackerError:
        found = tuple(_of_runs(green, red, seen.runs) for green, red in pairs)
    return replace(seen, commits=found)


def _of_runs(green: str, red: str, runs: Sequence[Run]) -> CommitsBetween:
    """The commits of the runs between the two, on the branch of the red one."""
    ordered = sorted(runs, key=lambda run: run.order, reverse=True)
    last = next((run for run in ordered if run.commit.sha == red), None)
    if last is None:
        return CommitsBetween(green, red, more=True)
    branch = [run for run in ordered if run.branch == last.branch and run.order <= last.order]
    before = next((place for place, run in enumerate(branch) if run.commit.sha == green), len(branch))
    commits = {run.commit.sha: Suspect(run.commit.sha, run.commit.title, "") for run in branch[:before]}
    return CommitsBetween(green, red, tuple(commits.values()), more=True)
