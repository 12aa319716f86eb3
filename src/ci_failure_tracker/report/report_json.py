"""The report for programs, as `docs/report.schema.json` says."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from ci_failure_tracker.issues.evidence import plain_lines
from ci_failure_tracker.model import Change, Close, Create, CurrentFailure, Problem, Result, Skip, verb
from ci_failure_tracker.report.issue_snapshots import CauseSnapshot, IssueSnapshot, IssueSnapshots
from ci_failure_tracker.report.measures import RECENT, RunMark, Statistics
from ci_failure_tracker.report.report import Report, WorkflowSnapshot
from ci_failure_tracker.text.markdown import plain

VERSION = 1
_LONGEST = 2_000


def report_as_json(report: Report) -> dict[str, Any]:
    """The report for programs; `version` grows when a field changes its meaning."""
    new = {one.identity.id for one in report.new}
    return {
        "version": VERSION,
        "repository": report.repository.full_name,
        "at": report.at.isoformat(),
        "summary": report.line,
        "partial": report.window.partial,
        "window": _window_as_json(report),
        "looked_at": [_look_as_json(look) for look in report.looked_at],
        "figures": _figures_as_json(report.statistics),
        **_ledger_as_json(report.issue_snapshots, report.repository.url),
        "failing": [_failing_as_json(one, one.identity.id in new, report.repository.url) for one in report.failing],
        "actions": [_result_as_json(result) for result in report.results],
        "problems": [_problem_as_json(one) for one in report.problems],
        "logs": dataclasses.asdict(report.logs),
        "requests": dataclasses.asdict(report.requests),
    }


def _window_as_json(report: Report) -> dict[str, Any]:
    """Of which time the runs are; `limited` says that there may be older ones."""
    first, last = report.statistics.window or (None, None)
    return {
        "from": _moment(first),
        "to": _moment(last),
        "limited": report.window.start is not None,
        "forks_left_out": report.window.forks,
        "runs_unread": report.window.unread,
    }


def _problem_as_json(problem: Problem) -> dict[str, Any]:
    # The advice is ours, and may have several lines.
    return {"gravity": problem.severity.value, "what": _shown(problem.what), "advice": problem.advice}


def _look_as_json(look: WorkflowSnapshot) -> dict[str, Any]:
    return {
        "workflow": _shown(look.workflow),
        "runs": look.runs,
        "green": look.green,
        "failed": look.failed,
        "superseded": look.superseded,
        "other": look.other,
        "newest": look.newest.isoformat(),
    }


def _failing_as_json(failing: CurrentFailure, new: bool, url: str) -> dict[str, Any]:
    return {
        "id": failing.identity.id,
        "new": new,
        "workflow": _shown(failing.identity.workflow),
        "job": _shown(failing.identity.job),
        "outcome": failing.outcome.value,
        "failed_runs": failing.count,
        "since": failing.since.isoformat(),
        "latest_run": failing.run_number,
        "latest_run_url": f"{url}/actions/runs/{failing.run_id}",
        "branch": _shown(failing.branch),
        "legs": [_shown(leg) for leg in failing.legs],
        "headline": _shown(failing.headline) or None,
        "signature": failing.signature or None,
    }


def _result_as_json(result: Result) -> dict[str, Any]:
    action = result.action
    return {
        "action": verb(action),
        "id": action.identity.id,
        "workflow": _shown(action.identity.workflow),
        "job": _shown(action.identity.job),
        "reason": _shown(action.reason),
        "fate": result.status.value,
        "issue": result.number,
        "url": result.url,
        "problems": [f"{_shown(one.what)} {one.advice}".strip() for one in result.problems],
        **({"why": action.skip_reason.value} if isinstance(action, Skip) else {}),
        **({"title": action.title, "labels": list(action.labels)} if isinstance(action, Create) else {}),
        **({"comment": action.comment or None} if isinstance(action, Change) else {}),
        **({"state_reason": action.state_reason} if isinstance(action, Close) else {}),
    }


def _figures_as_json(statistics: Statistics) -> dict[str, Any]:
    """The figures; spans are in seconds, rates from 0 to 1, and `null` is what is not known."""
    return {
        "repository": dataclasses.asdict(statistics.repository),
        "workflows": [
            {
                "workflow": _shown(one.workflow),
                "measures": dataclasses.asdict(one.measures),
                "recent": [_run_as_json(run) for run in one.runs[-RECENT:]],
            }
            for one in statistics.workflows
        ],
        "jobs": [
            {
                "workflow": _shown(one.workflow),
                "job": _shown(one.job),
                "measures": dataclasses.asdict(one.measures),
                "recent": [_run_as_json(run) for run in one.runs[-RECENT:]],
            }
            for one in statistics.jobs
        ],
        "over_time": [
            {**dataclasses.asdict(period), "start": period.start.isoformat()} for period in statistics.over_time
        ],
        "issues": {
            **dataclasses.asdict(statistics.issues),
            "by_job": [
                {"workflow": _shown(one.workflow), "job": _shown(one.job), "count": one.count}
                for one in statistics.issues.by_job
            ],
        },
    }


def _run_as_json(run: RunMark) -> dict[str, Any]:
    return {
        "id": run.id,
        "number": run.number,
        "branch": _shown(run.branch),
        "at": run.at.isoformat(),
        "outcome": run.outcome.value if run.outcome else None,
        "failed": run.failed,
        "flaky": run.flaky,
        "seconds": run.seconds,
        "known": run.known,
    }


def _ledger_as_json(issue_snapshots: IssueSnapshots, url: str) -> dict[str, Any]:
    """`issues` and `causes`; `url` is the repository's."""
    return {
        "issues": [_issue_as_json(one, url) for one in issue_snapshots.issues],
        "causes": [_cause_as_json(one) for one in issue_snapshots.causes],
    }


def _issue_as_json(one: IssueSnapshot, url: str) -> dict[str, Any]:
    return {
        **dataclasses.asdict(one),
        "url": f"{url}/issues/{one.number}",
        "title": _shown(one.title),
        "workflow": _shown(one.workflow) or None,
        "job": _shown(one.job) or None,
        "opened_at": _moment(one.opened_at),
        "closed_at": _moment(one.closed_at),
        "last_seen": _moment(one.last_seen),
    }


def _cause_as_json(one: CauseSnapshot) -> dict[str, Any]:
    return {
        "signature": one.signature,
        "headline": _shown(one.headline) or None,
        "count": one.count,
        "first_seen": one.first_seen.isoformat(),
        "last_seen": one.last_seen.isoformat(),
        "jobs": [{"workflow": _shown(job.workflow), "job": _shown(job.job)} for job in one.jobs],
        "issues": list(one.issues),
        "lines": [{"number": line.number, "text": line.text} for line in plain_lines(one.lines)],
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _shown(text: str) -> str:
    """A foreign text as it is shown elsewhere: without secrets, and nothing in it that is not seen."""
    return plain(text, _LONGEST)
