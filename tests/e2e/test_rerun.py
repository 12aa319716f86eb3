"""The action runs a failed job again under act, and a later sweep tells what came of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e.machine import GOOD_TOKEN, REPOSITORY, Ending, Machine
from e2e.test_action import assert_succeeded, opened, uses, writes
from sandbox import Sandbox, Server

LOG = """\
{at}.0000000Z ##[group]Run ./fetch.sh
{at}.0000000Z ##[endgroup]
{at}.0000000Z curl: (6) Could not resolve host: pears.example.com
{at}.0000000Z ##[error]Process completed with exit code 6.
"""


def failed(at: datetime) -> list[dict[str, object]]:
    log = LOG.format(at=at.isoformat().removesuffix("+00:00"))
    return [{"name": "test", "conclusion": "failure", "step": "Install", "log": log}]


@pytest.fixture
def box() -> Sandbox:
    """A repository whose newest run failed half an hour ago, because a name server was down."""
    now = datetime.now(UTC).replace(microsecond=0)
    yesterday, lately = now - timedelta(days=1), now - timedelta(minutes=30)
    return Sandbox.from_mapping(
        {
            "now": now,
            "repository": {"full_name": REPOSITORY},
            "tokens": {GOOD_TOKEN: {}},
            "workflows": [
                {"name": "CI", "file": "ci.yml", "jobs": [{"name": "test", "steps": ["Install", "Run tests"]}]}
            ],
            "runs": [{"workflow": "CI", "at": yesterday}, {"workflow": "CI", "at": lately, "jobs": failed(lately)}],
        }
    )


@pytest.fixture(autouse=True)
def _quick(machine: Machine, bundle: Path) -> None:
    """The tests here are not about the installation, so it may be short."""
    machine.has_bundle(bundle)


def sweep(machine: Machine) -> Ending:
    workflow = uses(rerun="transient", rerun_workflows="CI", report_dir="report")
    ending = machine.run(f'{workflow}      - run: cp -r report "$HOME"\n')
    assert_succeeded(ending)
    return ending


def tries(machine: Machine) -> list[tuple[int, str]]:
    """The runs that ran again, as the report and the metrics have them."""
    folder = machine.home / "report"
    reruns = json.loads((folder / "report.json").read_text("utf-8"))["statistics"]["reruns"]
    metrics = (folder / "metrics.prom").read_text("utf-8")
    for each in reruns:
        labels = f'{{repository="{REPOSITORY}",result="{each["result"]}"}} 1.0'
        assert f"ci_failure_tracker_repository_reruns{labels}" in metrics
    return [(each["run"]["number"], each["result"]) for each in reruns]


def test_a_failure_of_infrastructure_runs_again_and_passes(machine: Machine, box: Sandbox, server: Server) -> None:
    ending = sweep(machine)
    (run,) = (run for run in box.runs if run.number == 2)
    assert writes(server) == [f"POST /repos/{REPOSITORY}/actions/runs/{run.id}/rerun-failed-jobs"]
    assert opened(box) == []
    assert "1 failing, no issue changed, 1 re-run" in ending.summary
    assert "### Re-run (1)" in ending.summary
    assert tries(machine) == [(2, "running")]

    box.rerun("CI", 2, {"carried": True, "jobs": [{"name": "test"}]}, finish=True)
    ending = sweep(machine)
    assert "nothing failing" in ending.summary
    assert opened(box) == []
    assert tries(machine) == [(2, "passed")]
