"""What a sweep still needs from GitHub, stage by stage; pure.

Each stage needs the answers of the one before: whose the issues are, what the runs say, which other issues there
are, why jobs failed or workflows did not start, which commits a break holds, what these changed and who owns it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ci_failure_tracker.issues.marker import needs_viewer
from ci_failure_tracker.model import Needs, Run, Snapshot
from ci_failure_tracker.selection.attribution import needs_of_attribution
from ci_failure_tracker.selection.closers import needs_of_closings
from ci_failure_tracker.selection.issues_to_read import needs_before_opening
from ci_failure_tracker.selection.log_requests import choose_breaks, choose_log_requests
from ci_failure_tracker.selection.passing_runs import passing_runs
from ci_failure_tracker.selection.refs import quiet_workflows
from ci_failure_tracker.selection.report_requests import choose_reports
from ci_failure_tracker.selection.reruns import needs_of_reruns, unanswered_reruns
from ci_failure_tracker.selection.runs_to_verify import runs_to_verify
from ci_failure_tracker.selection.schedules import schedule_needs
from ci_failure_tracker.selection.teaching import needs_of_teaching
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings, would_open
from ci_failure_tracker.tracking.observations import needs_jobs
from ci_failure_tracker.tracking.start_failure import files_of_starts
from ci_failure_tracker.tracking.track import TrackedIssues


def needs_of_trust(snapshot: Snapshot, tracked_issues: TrackedIssues) -> Needs:
    """What tells whose text counts: the token's own login, if nothing else tells whether a marker is the tracker's."""
    unknown = snapshot.viewer is None and any(needs_viewer(issue) for issue in snapshot.issues)
    return Needs(viewer=unknown).without(snapshot.asked) or needs_of_teaching(snapshot, tracked_issues)


def needs_of_runs(snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings, now: datetime) -> Needs:
    """What the list of runs leaves open: the jobs of failed runs and of some passing runs, and the schedules."""
    failed = _newest_of_each_first(run for run in snapshot.runs if needs_jobs(run, snapshot.runs, now))
    passed = runs_to_verify(snapshot.runs, snapshot.jobs, tracked_issues.open_states, settings)
    waiting, viewer = unanswered_reruns(snapshot, settings)
    runs = [run for run in dict.fromkeys((*failed, *passed, *waiting)) if run.id not in snapshot.runs_before_checkpoint]
    # These are read even if an issue holds what they say, but only beside runs that are new.
    also = passing_runs(snapshot, settings, now)
    jobs = Needs(jobs=tuple(dict.fromkeys((*runs, *also)))).without(snapshot.asked).jobs
    last_runs = Needs(last_runs=quiet_workflows(snapshot, tracked_issues.open_states, now)).without(snapshot.asked)
    needs = schedule_needs(snapshot, settings, now)
    return replace(needs, jobs=jobs, last_runs=last_runs.last_runs, viewer=viewer)


def _newest_of_each_first(runs: Iterable[Run]) -> Sequence[Run]:
    """The runs, the newest of each branch of a workflow first: they say what fails now if not all can be read."""
    places: Counter[object] = Counter()
    by_place: dict[int, list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.order, reverse=True):
        by_place[places[run.branch_key]].append(run)
        places[run.branch_key] += 1
    return [run for place in sorted(by_place) for run in by_place[place]]


def needs_of_issues(findings: Findings, settings: Settings, now: datetime) -> Needs:
    """What the decisions leave open: other issues, why jobs failed, which commits are suspects, and who owns what."""
    asked, decisions = findings.snapshot.asked, findings.decisions
    if would_open(decisions) and (needs := needs_before_opening(findings, settings, now)):
        return needs
    if needs := needs_of_closings(findings, settings, now):
        return needs
    if "logs" not in asked:
        requests = choose_log_requests(findings, settings, now)
        if requests.logs:
            return Needs(logs=requests, reports=choose_reports(requests, findings.snapshot, settings))
    if needs := needs_of_reruns(findings, settings, now):
        return needs
    start_files = files_of_starts(decisions.made, findings.snapshot.files_at)
    breaks = choose_breaks(decisions, max(1, len(findings.snapshot.parts)))
    if needs := Needs(commits=breaks, start_files=start_files).without(asked):
        return needs
    return needs_of_attribution(findings, settings)
