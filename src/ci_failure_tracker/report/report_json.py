"""The report for programs, as `docs/report.schema.json` says."""

from __future__ import annotations

import dataclasses
from collections.abc import Set
from datetime import datetime, timedelta
from typing import Any

from ci_failure_tracker.issues.evidence import plain_lines
from ci_failure_tracker.issues.links import run_address
from ci_failure_tracker.model import (
    SETTLED,
    Change,
    Close,
    Create,
    CurrentFailure,
    Identity,
    IdentityKind,
    JobDiagnosis,
    KnownRule,
    LogCounts,
    Outcome,
    Problem,
    Rerun,
    Result,
    RuleStatus,
    RunRef,
    Skip,
    SkipReason,
    verb,
)
from ci_failure_tracker.report.issue_snapshots import CauseSnapshot, IssueSnapshot
from ci_failure_tracker.report.measures import (
    RECENT,
    JobStatistics,
    RunMark,
    Statistics,
    TestsSeen,
    TestStatistics,
    Try,
    WorkflowStatistics,
)
from ci_failure_tracker.report.report import Report, WorkflowRuns
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.text.medium import PLAIN
from ci_failure_tracker.tracking.grouping import names_cause

# Version 2 has the words of GitHub, such as `passed` for `green`, and the kind of each identity.
VERSION = 2
# Characters of a text, and of a name in a sentence.
_LONGEST, _LONGEST_NAME = 2_000, 200
MOST_TESTS, MOST_TRIES, _MOST_COMMITS, _MOST_JOBS = 200, 200, 10, 20


def report_as_json(report: Report) -> dict[str, Any]:
    """The report for programs; `version` grows when a field changes its name or its meaning."""
    url = report.repository.url
    new = frozenset(failing.identity.id for failing in report.new)
    return {
        "version": VERSION,
        "repository": report.repository.full_name,
        "url": url,
        "at": report.at.isoformat(),
        "summary": report.line,
        "partial": report.partial,
        "not_looked_at": [
            {"workflow": _shown(each.workflow) or None, "why": _shown(each.why)} for each in report.not_looked_at
        ],
        "window": _window_as_json(report),
        "workflows": [_workflow_as_json(workflow) for workflow in report.workflows],
        "statistics": _statistics_as_json(report.statistics),
        "issues": [_issue_as_json(issue, report.issues_url or url) for issue in report.issue_snapshots.issues],
        "causes": [_cause_as_json(cause) for cause in report.issue_snapshots.causes],
        "failing": [_failing_as_json(report, failing, new) for failing in report.failing],
        "known_issues": [_known_as_json(report, rule) for rule in report.known_rules],
        "actions": [_result_as_json(result) for result in report.results],
        "problems": [problem_as_json(problem) for problem in report.problems],
        "logs": _logs_as_json(report.logs),
        "requests": dataclasses.asdict(report.requests),
    }


def _window_as_json(report: Report) -> dict[str, Any]:
    """The time that the runs are from; `limited` says that there may be older ones."""
    first, last = report.statistics.window or (None, None)
    return {
        "from": moment_as_json(first),
        "to": moment_as_json(last),
        "limited": report.window.listed_from is not None,
        "forks_left_out": report.window.forks,
        "runs_unread": report.window.unread,
        "runs_unfinished": report.unfinished,
    }


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """One problem."""
    # The tracker writes the advice itself, and it may have several lines.
    return {"severity": problem.severity.value, "what": _shown(problem.what), "advice": problem.advice}


def _logs_as_json(logs: LogCounts) -> dict[str, Any]:
    return {
        "read": logs.read,
        "size": logs.size,
        "unavailable": logs.absent,
        "unread": logs.unread,
        "left_out": logs.left_out,
    }


def _workflow_as_json(workflow: WorkflowRuns) -> dict[str, Any]:
    return {
        "workflow": _shown(workflow.workflow),
        "runs": workflow.runs,
        "passed": workflow.green,
        "failed": workflow.failed,
        "superseded": workflow.superseded,
        "other": workflow.other,
        "newest": workflow.newest.isoformat(),
    }


def _identity_as_json(identity: Identity) -> dict[str, Any]:
    return {
        "id": identity.id,
        "kind": identity.kind.value,
        "workflow": _shown(identity.workflow),
        "job": _job(identity.kind, identity.job),
        "test": _shown(identity.test) or None,
    }


def _job(kind: IdentityKind | None, job: str) -> str | None:
    """The job's name; `None` for all jobs, and if the marker that names the job cannot be read."""
    return None if kind in {None, IdentityKind.WORKFLOW} else _shown(job)


def _failing_as_json(report: Report, failing: CurrentFailure, new: Set[str]) -> dict[str, Any]:
    return {
        **_identity_as_json(failing.identity),
        "new": failing.identity.id in new,
        "sentence": report.sentence(failing, PLAIN, _LONGEST_NAME),
        "outcome": _outcome(failing.outcome),
        "failed_runs": failing.count,
        "since": failing.since.isoformat(),
        "latest_run": failing.run_number,
        "latest_run_url": run_address(failing, report.repository.url),
        "branch": _shown(failing.branch),
        "matrix_jobs": [_shown(leg) for leg in failing.legs],
        "headline": _shown(failing.headline) or None,
        "subject": _shown(_subject(failing)) or None,
        "signature": failing.signature or None,
        "weak": not _names_cause(failing),
        "covered_by": _covering(report, failing),
    }


def _covering(report: Report, failing: CurrentFailure) -> dict[str, Any] | None:
    """The issue that stands for this failure together with others."""
    number = report.covered_by.get(failing.identity.id)
    url = report.issues_url or report.repository.url
    return {"number": number, "url": f"{url}/issues/{number}"} if number else None


def _subject(failing: CurrentFailure) -> str:
    evidence = failing.state.evidence
    return evidence.subject if evidence and evidence.signature == failing.signature else ""


def _names_cause(failing: CurrentFailure) -> bool:
    weak = failing.signature in failing.state.weak
    # `names_cause` does not look at the id of the job.
    return names_cause(JobDiagnosis(0, failing.signature, failing.headline, weak=weak))


def _result_as_json(result: Result) -> dict[str, Any]:
    action = result.action
    return {
        "action": verb(action),
        **_identity_as_json(action.identity),
        "reason": _shown(action.reason),
        "status": result.status.value,
        "issue": result.number,
        "url": result.url,
        "problems": [f"{_shown(problem.what)} {problem.advice}".strip() for problem in result.problems],
        # A key that an action cannot have is left out, not null.
        **({"skip_reason": _skip_reason(action.skip_reason)} if isinstance(action, Skip) else {}),
        **({"title": action.title, "labels": list(action.labels)} if isinstance(action, Create) else {}),
        **({"comment": action.comment or None} if isinstance(action, Change) else {}),
        **({"state_reason": action.state_reason} if isinstance(action, Close) else {}),
        **(_rerun_as_json(action) if isinstance(action, Rerun) else {}),
    }


def _known_as_json(report: Report, rule: KnownRule) -> dict[str, Any]:
    """A known issue, what its rule says, and what it took; `written` is null if its text did not change."""
    memory = next((each.memory for each in report.known_updates if each.rule.number == rule.number), rule.memory)
    written = next((each.status for each in report.known_results if each.write.number == rule.number), None)
    failing = [each for each in report.known if each.rule.number == rule.number]
    counts = rule.status not in {RuleStatus.BROKEN, RuleStatus.UNTRUSTED}
    return {
        "number": rule.number,
        "url": f"{report.issues_url or report.repository.url}/issues/{rule.number}",
        "title": _shown(rule.known.issue.title),
        "status": rule.status.value,
        "why": [*map(_shown, rule.mistakes)] or ([_shown(rule.why)] if rule.why else []),
        "rule": _shown(rule.rule.words) if counts else None,
        "action": rule.rule.action.value if counts else None,
        "until": rule.rule.until.isoformat() if rule.rule.until else None,
        "matches": {
            name: sum(report.at - each.ended_at < window for each in memory.matches) for window, name in _WINDOWS
        },
        "failing": [
            {
                **_identity_as_json(each.identity),
                "run": each.match.run_number,
                "run_url": run_address(each.match, report.repository.url),
                "branch": _shown(each.branch),
                "headline": _shown(each.match.headline) or None,
                "ignored": each.is_ignored,
            }
            for each in failing
        ],
        "written": written.value if written else None,
    }


_WINDOWS = ((timedelta(days=1), "day"), (timedelta(days=7), "week"), (timedelta(days=30), "month"))


def _rerun_as_json(rerun: Rerun) -> dict[str, Any]:
    return {"run": rerun.run_number, "run_id": rerun.run_id, "jobs": [_shown(job) for job in rerun.jobs]}


def _statistics_as_json(statistics: Statistics) -> dict[str, Any]:
    """The statistics; spans are in seconds, rates from 0 to 1, and `null` is what is not known."""
    return {
        "repository": dataclasses.asdict(statistics.repository),
        "workflows": [
            {"workflow": _shown(workflow.workflow), **_measured(workflow)} for workflow in statistics.workflows
        ],
        "jobs": [
            {"workflow": _shown(job.workflow), "job": _shown(job.job), **_measured(job)} for job in statistics.jobs
        ],
        "over_time": [
            {**dataclasses.asdict(period), "start": period.start.isoformat()} for period in statistics.over_time
        ],
        "issues": {
            **dataclasses.asdict(statistics.issues),
            "by_job": [
                {
                    "kind": row.kind.value,
                    "workflow": _shown(row.workflow),
                    "job": _job(row.kind, row.job),
                    "count": row.count,
                }
                for row in statistics.issues.by_job
            ],
        },
        "tests": _tests_as_json(statistics.tests),
        "reruns": None if statistics.tries is None else [_try_as_json(each) for each in statistics.tries[:MOST_TRIES]],
    }


def _try_as_json(each: Try) -> dict[str, Any]:
    return {"workflow": _shown(each.workflow), "run": _run_ref_as_json(each.run), "result": each.result.value}


def _run_ref_as_json(run: RunRef) -> dict[str, Any]:
    return {"id": run.run_id, "number": run.number, "at": run.at.isoformat()}


def _tests_as_json(seen: TestsSeen) -> dict[str, Any]:
    return {
        "count": len(seen.tests),
        "failed_jobs": seen.failed_jobs,
        "unknown_jobs": seen.unknown_jobs,
        "worst": [_test_as_json(test) for test in seen.tests[:MOST_TESTS]],
    }


def _test_as_json(test: TestStatistics) -> dict[str, Any]:
    return {
        "test": _shown(test.test),
        "jobs": [{"workflow": _shown(workflow), "job": _shown(job)} for workflow, job in test.jobs[:_MOST_JOBS]],
        "failing": test.failing,
        "flaky": test.flaky,
        "runs": test.runs,
        "failed": test.failed,
        "passed": test.passed,
        "unknown": test.unknown,
        "retried": test.retried,
        "failure_rate": test.failure_rate,
        "flaky_commits": list(test.flaky_commits[:_MOST_COMMITS]),
        "failed_commits": list(test.failed_commits[:_MOST_COMMITS]),
        "last_failed": _run_ref_as_json(test.last_failed),
        "issue": test.issue,
    }


def _measured(statistics: WorkflowStatistics | JobStatistics) -> dict[str, Any]:
    return {
        "measures": dataclasses.asdict(statistics.measures),
        "recent": [_run_as_json(run) for run in statistics.runs[-RECENT:]],
    }


def _run_as_json(run: RunMark) -> dict[str, Any]:
    return {
        "id": run.id,
        "number": run.number,
        "branch": _shown(run.branch),
        "at": run.at.isoformat(),
        "outcome": _outcome(run.outcome) if run.outcome else None,
        "failed": run.failed,
        "flaky": run.flaky,
        "seconds": run.seconds,
        "known": run.known,
    }


def _issue_as_json(issue: IssueSnapshot, url: str) -> dict[str, Any]:
    return {
        **dataclasses.asdict(issue),
        "url": f"{url}/issues/{issue.number}",
        "title": _shown(issue.title),
        "workflow": _shown(issue.workflow) if issue.kind else None,
        "job": _job(issue.kind, issue.job),
        "test": _shown(issue.test) or None,
        "opened_at": moment_as_json(issue.opened_at),
        "closed_at": moment_as_json(issue.closed_at),
        "last_seen": moment_as_json(issue.last_seen),
    }


def _cause_as_json(cause: CauseSnapshot) -> dict[str, Any]:
    return {
        "signature": cause.signature,
        "headline": _shown(cause.headline) or None,
        "count": cause.count,
        "first_seen": cause.first_seen.isoformat(),
        "last_seen": cause.last_seen.isoformat(),
        "jobs": [
            {"workflow": _shown(job.workflow), "job": None if job.all_jobs else _shown(job.job)} for job in cause.jobs
        ],
        "issues": list(cause.issues),
        "lines": [{"number": line.number, "text": line.text} for line in plain_lines(cause.lines)],
    }


def _outcome(outcome: Outcome) -> str:
    return "missed_schedule" if outcome is Outcome.MISSED_SCHEDULE else outcome.value


def _skip_reason(reason: SkipReason) -> str:
    return "passing" if reason is SkipReason.GREEN else reason.value


SETTLED_SKIPS = frozenset(map(_skip_reason, SETTLED))
"""The words for reasons to do nothing for which the next sweep does nothing either, if nothing else changes."""


def moment_as_json(moment: datetime | None) -> str | None:
    """A moment as ISO 8601."""
    return moment.isoformat() if moment else None


def _shown(text: str) -> str:
    """A foreign text as the other outputs show it: one line without secrets and invisible characters."""
    return plain(text, _LONGEST)
