"""Every request of a sweep in a storm, under every fault: in the end the same issues are open."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from contract.faults_scenario import NOW, PATIENT, look, look_or_fail
from contract.test_fault_campaign import FAULTS
from sandbox import Sandbox, Server
from sandbox.box import Kept

EVERY = bool(os.environ.get("EVERY_CASE"))
"""Whether to try each request; otherwise each fault strikes every 35th one, and each fault others."""

_FAILURE_ID = re.compile(r'"id":"([0-9a-f]{32})"')
_SHARED = "ERROR: No matching distribution found for lampkit==9.1\n"
_OTHER = "src/cart.py:7:1: F821 undefined name 'total'\n"
_SCENARIO = """
now: 2026-03-09T12:00:00Z
repository: {full_name: octo-org/example}
tokens: {sandbox-token: {login: "github-actions[bot]", rate_limit: 1000000}}
workflows:
  - {name: CI, jobs: [{name: lint}, {name: unit}, {name: docs}, {name: types}]}
  - {name: Nightly, jobs: [{name: deploy}, {name: smoke}, {name: load}]}
runs:
  - {workflow: CI, at: 2026-03-08T10:00:00Z}
  - {workflow: Nightly, at: 2026-03-08T11:00:00Z}
"""


def _failing(logs: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "conclusion": "failure", "log": log} for name, log in logs.items()]


def _run(workflow: str, at: str, **logs: str) -> dict[str, object]:
    return {"workflow": workflow, "at": at, "commit": {"title": f"Change at {at}"}, "jobs": _failing(logs)}


@dataclass
class Storm:
    """A repository in which a sweep takes two issues into a new umbrella issue, and one job leaves another."""

    box: Sandbox
    server: Server
    kept: Kept
    expected: Counter[str]
    requests: int

    def clean(self) -> None:
        self.box.clear_faults()
        self.box.renew_limits()
        self.box.come_back_to(self.kept)


def open_issues(box: Sandbox) -> Counter[str]:
    """What each open issue stands for."""
    ids = (_FAILURE_ID.search(issue.body or "") for issue in box.issues if issue.state == "open")
    return Counter(found[1] for found in ids if found)


@pytest.fixture(scope="module")
def storm() -> Iterator[Storm]:
    box = Sandbox.from_yaml(_SCENARIO)
    with box.serve() as server:
        noon = datetime.fromisoformat("2026-03-09T12:00:00Z")
        box.add_run(_run("Nightly", "2026-03-09T08:00:00Z", deploy=_OTHER, smoke=_OTHER, load=_OTHER))
        box.add_run(_run("CI", "2026-03-09T10:00:00Z", lint=_SHARED, unit=_SHARED))
        look(server, at=noon)
        box.add_run(_run("CI", "2026-03-10T08:00:00Z", lint=_SHARED, unit=_SHARED, docs=_SHARED, types=_SHARED))
        box.add_run(_run("Nightly", "2026-03-10T09:00:00Z", deploy=_OTHER, smoke=_OTHER, load=_SHARED))
        kept = box.keep()
        server.clear_requests()
        look(server)
        requests = len(server.requests)
        look(server)
        yield Storm(box, server, kept, open_issues(box), requests)


def test_the_sweep_of_the_campaign_takes_issues_in(storm: Storm) -> None:
    assert set(storm.expected.values()) == {1}
    assert storm.expected.total() == 2  # one for each cause
    storm.clean()
    assert look(storm.server).line.endswith("1 opened, 1 updated, 2 closed")


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "late"])
def test_two_clean_sweeps_after_a_fault_leave_the_same_issues_open(storm: Storm, fault: str) -> None:
    cases = range(storm.requests) if EVERY else range([*FAULTS].index(fault) % 90, storm.requests, 90)
    for after in cases:
        storm.clean()
        storm.box.inject(replace(FAULTS[fault], after=after, times=1))
        look_or_fail(storm.server, PATIENT)
        storm.box.clear_faults()
        for minutes in (10, 20):
            look(storm.server, at=NOW + timedelta(minutes=minutes))
        assert open_issues(storm.box) == storm.expected, f"{fault} at request {after + 1}"
    print(f"\n{fault}: {len(cases)} cases, the same issues are open", end="")
