"""A sweep: scan, diagnose, plan, apply, report."""

from __future__ import annotations

from datetime import datetime

from ci_failure_tracker.diagnosis.observations import observe
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.github_api.scan import scan
from ci_failure_tracker.github_api.writes import Door
from ci_failure_tracker.model import Plan, Scan
from ci_failure_tracker.progress import Progress
from ci_failure_tracker.rendering.issue import IssueWriter
from ci_failure_tracker.reporting.report import Report, Requests, make_report
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.marker import find_tracked
from ci_failure_tracker.tracking.plan import make_plan


def sweep(reads: Reads, door: Door, settings: Settings, now: datetime, progress: Progress) -> Report:
    """Look once at the repository and do what is to be done; a dry run is the same with the door shut.

    Raises:
        TrackerError: where the sweep cannot go on at all. What only a part of it could not do is in the report.
    """
    seen = scan(reads, settings, now, progress)
    plan = plan_for(seen, settings, now)
    results = door.apply(plan)
    return make_report(seen, plan, results, Requests(reads.requests_made, reads.requests_left), now)


def plan_for(seen: Scan, settings: Settings, now: datetime) -> Plan:
    """What is to be done about what was seen; pure."""
    histories = read_histories(observe(seen), settings)
    tracked = find_tracked(seen.issues, seen.viewer)
    writer = IssueWriter(seen.repository.url, settings.issue_template)
    return make_plan(histories, tracked, settings, writer, now)
