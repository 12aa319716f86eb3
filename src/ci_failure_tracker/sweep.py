"""A sweep: scan, diagnose, plan, apply, report."""

from __future__ import annotations

from datetime import datetime

from ci_failure_tracker.diagnosis.observations import observe
from ci_failure_tracker.github_api.closed import ClosedIssues
from ci_failure_tracker.github_api.commits import read_commits
from ci_failure_tracker.github_api.logs import diagnose
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.github_api.scan import scan
from ci_failure_tracker.github_api.schedules import read_schedules
from ci_failure_tracker.github_api.writes import Door
from ci_failure_tracker.progress import Progress
from ci_failure_tracker.reporting.counting import make_figures
from ci_failure_tracker.reporting.report import Report, Requests, make_report
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.plan import make_plan


def sweep(reads: Reads, door: Door, settings: Settings, now: datetime, progress: Progress) -> Report:
    """Look once at the repository and do what is to be done; a dry run is the same with the door shut.

    Raises:
        TrackerError: where the sweep cannot go on at all. What only a part of it could not do is in the report.
    """
    closed = ClosedIssues(reads)
    seen = read_schedules(reads, scan(reads, settings, now, progress), settings, now)
    seen = diagnose(reads, closed.read(seen, settings, now), settings, now, progress)
    seen = read_commits(reads, closed.read(seen, settings, now), settings, now)
    observed = observe(seen)
    plan = make_plan(observed, seen, settings, now)
    results = door.apply(plan)
    figures = make_figures(seen, observed, results, settings, now)
    requests = Requests(reads.budget.made, reads.budget.left, reads.budget.most)
    return make_report(seen, plan, results, requests, now, figures)
