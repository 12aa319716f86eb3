"""What has not run for long opens no issue, also while GitHub does not tell its last runs."""

from __future__ import annotations

from datetime import datetime

import pytest

from sandbox import Fault, Sandbox
from sweeping import sweep_server

NOW = datetime.fromisoformat("2026-03-09T09:00:00Z")
_HISTORY = """
now: 2026-03-09T09:00:00Z
repository: {full_name: octo-org/example}
tokens: {sandbox-token: {login: "github-actions[bot]"}}
workflows: [{name: CI, jobs: [{name: test}]}, {name: Old, jobs: [{name: build}]}]
runs:
  - {workflow: Old, at: 2025-08-01T09:00:00Z, every: 1d, times: 3}
  - {workflow: Old, at: 2025-08-04T09:00:00Z, conclusion: failure}
%s
  - {workflow: CI, at: 2026-03-08T09:00:00Z, every: 1h, times: 3}
"""
_SKIPPED = "  - {workflow: Old, at: 2025-08-05T09:00:00Z, conclusion: skipped}"
_LAST_RUNS = r"/actions/workflows/\d+/runs\?.*branch=main"


def titles(box: Sandbox, *faults: Fault) -> list[str]:
    with box.serve() as server:
        for fault in faults:
            box.inject(fault)
        sweep_server(server, {"token": "sandbox-token", "repository": "octo-org/example", "max-runs": "5"}, NOW)
        box.clear_faults()
    return [issue.title for issue in box.issues]


@pytest.mark.parametrize("also", ["", _SKIPPED], ids=["failed last", "skipped last"])
def test_nothing_is_opened_for_what_has_not_run_for_long(also: str) -> None:
    box = Sandbox.from_yaml(_HISTORY % also)
    unread = Fault("status", path=_LAST_RUNS, status=500, times=None)
    assert titles(box, unread) == []
    assert titles(box) == []


def test_what_seldom_runs_is_opened_though_its_failure_is_old() -> None:
    seldom = _HISTORY.replace("2025-08-01T09:00:00Z, every: 1d", "2025-02-05T09:00:00Z, every: 60d")
    assert titles(Sandbox.from_yaml(seldom % "")) == ["[CI Failure] Old - build"]
