"""Merged causes under every fault: no failure is lost, none has two issues, and what people wrote stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from contract.faults_scenario import NOON, PATIENT, AtNoon, killed_at, look
from contract.test_fault_campaign import FAULTS
from sandbox import Fault, Sandbox

EVERY = bool(os.environ.get("EVERY_CASE"))
"""Whether to try each request; otherwise each fault strikes every 15th one, and each fault others."""

_SCENARIO = """
now: 2026-03-09T12:00:00Z
repository: {full_name: octo-org/example}
accounts: [{login: ada, association: MEMBER}]
tokens: {sandbox-token: {login: "github-actions[bot]", rate_limit: 1000000}}
workflows:
  - {name: CI, jobs: [{name: build}, {name: lint}]}
runs:
  - {workflow: CI, at: 2026-03-08T10:00:00Z}
  - {workflow: CI, at: 2026-03-09T10:00:00Z,
     jobs: [{name: build, conclusion: failure, log: "Error: the sail is torn\\n"},
            {name: lint, conclusion: failure, log: "Error: no wind today\\n"}]}
"""
_LINE = "\n```ci-failure\nsame as #1\n```\nMine.\n"
_WIND = "Error: no wind today\n"


class Merging(AtNoon):
    """A repository with two issues, of which the second one says that it is the same as the first one."""

    def goes_on(self, case: str) -> None:
        """After two clean sweeps all is as if nothing had happened. Both jobs keep the issue open."""
        for minutes in (10, 20):
            self.look(minutes)
        states = [(issue.state, issue.state_reason, len(issue.comments)) for issue in self.box.issues]
        assert states == [("open", None, 0), ("closed", "duplicate", 1)], case
        assert "Mine.\n" in str(self.box.issue(2).body), case
        body = str(self.box.issue(1).body)
        assert "Counted here, too: #2" in body, case
        assert "2 failed runs" in body, case
        self.box.add_run(
            workflow="CI",
            at="2026-03-09T12:25:00Z",
            jobs=[{"name": "build"}, {"name": "lint", "conclusion": "failure", "log": _WIND}],
        )
        report = self.look(30)
        assert report.failing, case
        assert [issue.state for issue in self.box.issues] == ["open", "closed"], case
        assert "Still failing: `CI / lint`" in str(self.box.issue(1).body), case


@pytest.fixture(scope="module")
def merging() -> Iterator[Merging]:
    box = Sandbox.from_yaml(_SCENARIO)
    with box.serve() as server:
        look(server, PATIENT, NOON - timedelta(minutes=30))
        box.edit_issue(2, body=f"{box.issue(2).body}{_LINE}", login="ada")
        failed = {"name": "lint", "conclusion": "failure", "log": _WIND}
        box.add_run(workflow="CI", at="2026-03-09T11:40:00Z", jobs=[{"name": "build"}, failed])
        yield Merging(box, server, box.keep())


def test_one_sweep_merges_and_the_next_one_writes_nothing(merging: Merging) -> None:
    merging.clean()
    report = merging.look()
    assert report.line.endswith("1 failing, 1 updated, 1 closed")
    assert merging.look(5).line.endswith("1 failing, no issue changed")
    merging.goes_on("nothing")


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "late"])
def test_a_fault_loses_no_failure_and_opens_no_issue(merging: Merging, fault: str) -> None:
    requests = merging.requests()
    cases = range(requests) if EVERY else range([*FAULTS].index(fault) % 40, requests, 40)
    for after in cases:
        for times in (1, 6):
            merging.struck(replace(FAULTS[fault], after=after, times=times))
            merging.goes_on(f"{fault}, {times} from request {after + 1}")
    print(f"\n{fault}: {len(cases)} cases, nothing lost, nothing opened", end="")


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
def test_a_sweep_killed_around_any_request_is_completed(
    merging: Merging, monkeypatch: pytest.MonkeyPatch, answered: bool
) -> None:
    requests = merging.requests()
    for last in range(1, requests + 1) if EVERY else range(1 + 4 * answered, requests + 1, 20):
        merging.clean()
        with killed_at(last, monkeypatch, answered=answered):
            merging.look()
        merging.goes_on(f"killed at request {last}")


def test_the_issue_stays_open_until_the_other_one_is_written(merging: Merging) -> None:
    merging.clean()
    merging.box.inject(Fault("status", path="/issues/1$", method="PATCH", status=422, times=None))
    merging.look()
    assert [issue.state for issue in merging.box.issues] == ["open", "open"]
    merging.box.clear_faults()
    merging.goes_on("the other issue could not be written")


@pytest.mark.parametrize("status", [403, 404, 500])
def test_what_cannot_be_asked_again_goes_on_as_it_was(merging: Merging, status: int) -> None:
    merging.clean()
    merging.look()
    body = '{"message": "Resource not accessible by integration"}'
    merging.box.inject(Fault("status", path="/permission$", status=status, body=body, times=None))
    merging.box.add_run(
        workflow="CI",
        at="2026-03-09T12:01:00Z",
        jobs=[{"name": "build"}, {"name": "lint", "conclusion": "failure", "log": _WIND}],
    )
    merging.look(5)
    assert [issue.state for issue in merging.box.issues] == ["open", "closed"]
    merging.box.clear_faults()
