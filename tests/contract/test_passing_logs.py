"""A job that newly fails is compared with the log of its newest passing run."""

from __future__ import annotations

from datetime import datetime

import pytest

from sandbox import Fault, Sandbox, Server
from sweeping import sweep_server

NOW = datetime.fromisoformat("2026-03-10T12:00:00Z")
_TOLERATED = "error: cannot read the old cache, a new one is made\n" + "checking the next part\n" * 45
_FAILS = {
    "workflow": "CI",
    "jobs": [{"name": "pack", "conclusion": "failure", "log": f"{_TOLERATED}the parcel came back empty handed\n"}],
}
_HISTORY = {
    "now": "2026-03-10T12:00:00Z",
    "repository": {"full_name": "octo-org/example"},
    "tokens": {"sandbox-token": {"login": "github-actions[bot]"}},
    "workflows": [{"name": "CI", "jobs": [{"name": "pack"}]}],
    "runs": [
        {"workflow": "CI", "at": "2026-03-08T10:00:00Z", "jobs": [{"name": "pack", "log": f"{_TOLERATED}packed\n"}]},
        {**_FAILS, "at": "2026-03-09T10:00:00Z"},
        {**_FAILS, "at": "2026-03-09T11:00:00Z"},
    ],
}


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_mapping(_HISTORY)


def look(box: Sandbox, *faults: Fault, **inputs: str) -> Server:
    with box.serve() as server:
        server.clear_requests()
        for fault in faults:
            box.inject(fault)
        sweep_server(server, {"token": "sandbox-token", "repository": "octo-org/example", **inputs}, NOW)
        box.clear_faults()
    return server


def downloads(server: Server) -> list[str]:
    return [request.path for request in server.requests if request.path.startswith("/_logs/")]


def shown(body: str) -> str:
    """A body without what is folded."""
    return body.partition("<details>")[0]


def test_what_the_passing_run_printed_too_is_not_the_reason(box: Sandbox) -> None:
    server = look(box)
    text = shown(box.issue(1).body or "")
    assert "`the parcel came back empty handed`" in text
    assert "old cache" not in text
    # The logs of two failing runs, and one of the passing run for both.
    assert len(downloads(server)) == 3


def test_the_passing_run_is_the_newest_of_the_branch() -> None:
    """Another job fails in each run, so the jobs of each run are known."""

    def passing(hour: int, branch: str, log: str) -> dict[str, object]:
        jobs = [{"name": "pack", "log": log}, {"name": "weigh", "conclusion": "failure"}]
        return {"workflow": "CI", "at": f"2026-03-08T{hour}:00:00Z", "branch": branch, "only_jobs": jobs}

    runs = [
        passing(10, "main", "packed\n"),
        passing(11, "main", f"{_TOLERATED}packed\n"),
        passing(12, "next", "packed\n"),
        {**_FAILS, "at": "2026-03-09T10:00:00Z"},
    ]
    box = Sandbox.from_mapping({**_HISTORY, "runs": runs})
    look(box, branch="*")
    (text,) = [shown(issue.body or "") for issue in box.state.issues.values() if issue.title.endswith("pack")]
    assert "`the parcel came back empty handed`" in text
    assert "old cache" not in text


def test_an_open_issue_needs_no_passing_log(box: Sandbox) -> None:
    look(box)
    box.add_run({**_FAILS, "at": "2026-03-10T11:00:00Z"})
    assert len(downloads(look(box))) == 1


def test_without_the_passing_log_the_failed_one_is_explained_alone(box: Sandbox) -> None:
    passing = next(job.id for run in box.state.runs for job in run.last.jobs if job.conclusion == "success")
    look(box, Fault("status", path=f"/jobs/{passing}/logs", status=404, times=None))
    assert box.issue(1).title == "[CI Failure] CI - pack"
    assert "old cache" in (box.issue(1).body or "")
