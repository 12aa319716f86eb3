"""What a sweep still needs from GitHub, stage by stage; pure.

Each stage needs what the one before gave: which issues are ours, what the runs say, what issues there were, why jobs
failed, which commits came in between.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ci_failure_tracker.issues.marker import needs_viewer
from ci_failure_tracker.model import Needs, Snapshot
from ci_failure_tracker.selection.log_requests import choose_breaks, choose_log_requests
from ci_failure_tracker.selection.runs_to_verify import more_runs_to_verify, runs_to_verify
from ci_failure_tracker.selection.schedules import schedule_needs
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings, would_open
from ci_failure_tracker.tracking.observations import needs_jobs
from ci_failure_tracker.tracking.track import TrackedIssues


def needs_of_trust(seen: Snapshot) -> Needs:
    """Our own login, where an issue's marker can be told to be ours by nothing else."""
    unknown = seen.viewer is None and any(needs_viewer(issue) for issue in seen.issues)
    return Needs(viewer=unknown).without(seen.asked)


def needs_of_runs(seen: Snapshot, tracked: TrackedIssues, settings: Settings, now: datetime) -> Needs:
    """What the list of runs leaves open: the jobs of failed runs and of some that passed, and the schedules."""
    states = tracked.open_states
    failed = (run for run in seen.runs if needs_jobs(run, seen.runs))
    passed = runs_to_verify(seen.runs, states, settings)
    more = more_runs_to_verify(seen.runs, seen.jobs, states, settings)
    runs = dict.fromkeys((*failed, *passed, *more))
    jobs = Needs(jobs=tuple(run for run in runs if run.id not in seen.runs_before_checkpoint)).without(seen.asked)
    return replace(schedule_needs(seen, settings, now), jobs=jobs.jobs)


def needs_of_issues(found: Findings, settings: Settings, now: datetime) -> Needs:
    """What the issues leave open: whether one was closed before, why jobs failed, which commits are suspects."""
    seen, decisions = found.seen, found.decisions
    if would_open(decisions) and "closed_issues" not in seen.asked:
        return Needs(closed_issues=True)
    if "logs" not in seen.asked:
        wanted = choose_log_requests(found, settings, now)
        if wanted.logs:
            return Needs(logs=wanted)
    return Needs(commits=choose_breaks(decisions)).without(seen.asked)
