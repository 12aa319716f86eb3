"""Reports of many repositories with made-up names."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from builders import START, a_job, a_run, a_scan, red, some_settings
from ci_failure_tracker.model import (
    Create,
    Failure,
    FailureKind,
    JobDiagnosis,
    Observation,
    Problem,
    Repository,
    Requests,
    Result,
    Severity,
    Skip,
    WriteStatus,
)
from ci_failure_tracker.model.organisation import Kept, Look, RepositoryEntry
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.statistics import make_statistics
from sweeping import make_plan, report_of
from unit.test_first_sentence import diagnosed

NOW = START + timedelta(days=2)
MIRROR = Failure("pip", FailureKind.DEPENDENCY, "teapot-core", "", "No matching version of teapot-core", ())


def a_failure(test: str) -> Failure:
    return Failure("pytest", FailureKind.TEST, test, "", "ValueError: no year", ())


def a_report_of(
    name: str, failures: Mapping[str, Failure] | None = None, at: datetime = NOW, status: WriteStatus = WriteStatus.DONE
) -> Report:
    """The report of a sweep in which these jobs fail, each for a reason, and which opened an issue for each."""
    repository = Repository(name, f"https://github.example/{name}", "main", archived=False, has_issues=True)
    failures = failures or {}
    runs = [a_run(1, "success"), a_run(2, "failure" if failures else "success")]
    jobs = [a_job(job, "failure", 20 + place) for place, job in enumerate(failures)]
    jobs.append(a_job("lint", "success", 10))
    scan = dataclasses.replace(
        a_scan(runs, {runs[-1].id: jobs}),
        repository=repository,
        job_diagnoses=tuple(
            _diagnosed(red(runs[-1], job.name, job.id), failures[job.name]) for job in jobs if job.name in failures
        ),
    )
    settings = some_settings(repository=name)
    plan = make_plan(scan, settings, at)
    results = [_result(action, number, repository.url, status) for number, action in enumerate(plan.actions, start=1)]
    statistics = make_statistics(plan.found, results, settings, at)
    return report_of(plan, results, Requests(4, 990, 800), statistics=statistics, now=at)


def _diagnosed(seen: Observation, failure: Failure) -> JobDiagnosis:
    """A diagnosis whose signature is that of the message alone."""
    signature = f"v2:{hashlib.sha256(failure.message.encode()).hexdigest()[:16]}"
    found = diagnosed(seen, failure)
    assert found.diagnosis
    return dataclasses.replace(
        found, signature=signature, diagnosis=dataclasses.replace(found.diagnosis, signature=signature)
    )


def _result(action: Any, number: int, url: str, status: WriteStatus) -> Result:
    if isinstance(action, Skip):
        return Result(action, WriteStatus.PLANNED)
    number = number if isinstance(action, Create) else action.number
    return Result(action, status, number, f"{url}/issues/{number}")


def an_entry(
    name: str, failures: Mapping[str, Failure] | None = None, look: Look = Look.SWEPT, at: datetime = NOW, **more: Any
) -> RepositoryEntry:
    report = json.loads(json.dumps(report_as_json(a_report_of(name, failures, at))))
    return RepositoryEntry(name, look, at=at, report=report, **more)


def an_organisation(*entries: RepositoryEntry, **more: Any) -> OrganisationReport:
    return OrganisationReport(NOW, entries, **{"requests": Requests(40, 900, 800), **more})


def an_everyday_organisation() -> OrganisationReport:
    """Two fail for one cause and one for another; one recovered and is flaky; one of each other kind."""
    kept = Kept("h", "s", "t", "i", NOW - timedelta(days=1), NOW - timedelta(hours=1))
    week_ago = NOW - timedelta(days=7)
    return an_organisation(
        an_entry("octo-org/kettle", {"build": MIRROR}),
        an_entry("octo-org/teapot", {"test": a_failure("tests/test_pot.py::test_lid"), "build": MIRROR}, private=True),
        an_entry("octo-org/saucer", {"test": a_failure("tests/test_saucer.py::test_rim")}, Look.UNCHANGED, kept=kept),
        _recovered(an_entry("octo-org/cup")),
        an_entry("octo-org/spoon", look=Look.UNCHANGED, kept=kept),
        RepositoryEntry("octo-org/tray", Look.SCREENED, kept=dataclasses.replace(kept, swept_at=None)),
        an_entry("octo-org/sugar", look=Look.LEFT, at=week_ago),
        RepositoryEntry(
            "octo-org/milk",
            Look.FAILED,
            problem=Problem(Severity.ERROR, "The token may not list runs.", "Give the App `actions: read`."),
        ),
    )


def _recovered(entry: RepositoryEntry) -> RepositoryEntry:
    """The entry after a sweep that closed an issue, with a flaky test and a warning."""
    report: dict[str, Any] = json.loads(json.dumps(entry.report))
    report["statistics"]["tests"]["worst"] = [a_flaky_test("tests/test_cup.py::test_handle")]
    report["issues"] = [an_issue_of(report["url"], 3)]
    report["problems"] = [{"severity": "warning", "what": "The list of tags could not be read.", "advice": ""}]
    report["actions"].append(
        {
            "action": "close",
            "id": "c" * 32,
            "kind": "job",
            "workflow": "CI",
            "job": "docs",
            "test": None,
            "reason": "passing in 2 runs on 2 commits",
            "status": "done",
            "issue": 5,
            "url": f"{report['url']}/issues/5",
            "problems": [],
            "comment": None,
            "state_reason": "completed",
        }
    )
    return dataclasses.replace(entry, report=report)


def an_issue_of(url: str, number: int) -> dict[str, Any]:
    """An open issue as report.json has it."""
    nothing = dict.fromkeys(("state_reason", "opened_at", "closed_at", "last_seen", "action", "test"))
    known = {"kind": "job", "workflow": "CI", "job": "test", "failed_runs": 2, "flaky": True, "muted": False}
    title = "[CI Failure] CI - test"
    return {"number": number, "title": title, "open": True, "url": f"{url}/issues/{number}", **known, **nothing}


def a_flaky_test(name: str, failed: int = 2) -> dict[str, Any]:
    """A flaky test as report.json has it."""
    return {
        "test": name,
        "jobs": [{"workflow": "CI", "job": "test"}],
        "failing": False,
        "flaky": True,
        "runs": 20,
        "failed": failed,
        "passed": 20 - failed,
        "unknown": 0,
        "retried": 1,
        "failure_rate": failed / 20,
        "flaky_commits": ["a" * 40],
        "failed_commits": ["a" * 40],
        "last_failed": {"id": 1_001, "number": 1, "at": START.isoformat()},
        "issue": 3,
    }
