"""Failed jobs that run again, under every fault: no run gets a third attempt, and no failure loses its issue."""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from ci_failure_tracker.entry.sweep_text import SweepText
from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.github.retry import RetryPolicy
from ci_failure_tracker.model import Severity
from ci_failure_tracker.notify.news import make_news
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.summary import render_summary
from contract.faults_scenario import NOON, PATIENT, REPOSITORY, TOKEN, AtNoon, killed_at, look
from contract.test_fault_campaign import FAULTS
from contract.test_storm_campaign import open_issues
from sandbox import Fault, Sandbox
from sandbox.play import sweep_over_http
from sandbox.state import Run

EVERY = bool(os.environ.get("EVERY_CASE"))
"""Whether to try each request; otherwise each fault strikes every 25th one, and each fault others."""

_OUTAGE = "fetching the lamps\ncurl: (6) Could not resolve host: lamps.example.com\n"
_SCENARIO = """
now: 2026-03-09T12:00:00Z
repository: {full_name: octo-org/example}
tokens: {sandbox-token: {login: "github-actions[bot]", rate_limit: 1000000}}
workflows:
  - {name: CI, jobs: [{name: lint}, {name: test}]}
  - {name: Docs, jobs: [{name: build}]}
runs:
  - {workflow: CI, at: 2026-03-08T10:00:00Z}
  - {workflow: Docs, at: 2026-03-09T10:30:00Z,
     jobs: [{name: build, conclusion: failure, log: "a.md:3: broken link\\n"}]}
"""
_FAILED_AGAIN: Mapping[str, object] = {
    "carried": True,
    "jobs": [{"name": "test", "conclusion": "failure", "log": _OUTAGE}],
}
_POST = Fault("status", method="POST", path="/rerun-failed-jobs$")


class Outage(AtNoon):
    """A repository in which one run failed of infrastructure alone, and another one of a broken link."""

    def look(self, minutes: int = 0, policy: RetryPolicy = PATIENT, **given: str) -> Report:
        at = NOON + timedelta(minutes=minutes)
        return look(self.server, policy, at, rerun="transient", rerun_workflows="*", **given)

    def plan(self) -> Report:
        """A dry run."""
        inputs = {"token": TOKEN, "repository": REPOSITORY, "rerun": "transient", "rerun-workflows": "*"}
        return sweep_over_http(self.server, {**inputs, "dry-run": "true"}, NOON)

    @property
    def run(self) -> Run:
        return next(run for run in self.box.runs if run.workflow.name == "CI" and run.number == 2)

    @property
    def asked(self) -> int:
        return sum(request.path.endswith("/rerun-failed-jobs") for request in self.server.requests)

    def go_on(self, fault: str) -> None:
        """Two clean sweeps, after which what failed has its issue, and the run has had at most one more try."""
        for minutes in (10, 20):
            self.look(minutes)
        assert len(self.run.attempts) <= 2, fault
        assert len(open_issues(self.box)) == 2, fault
        assert set(open_issues(self.box).values()) == {1}, fault


@pytest.fixture(scope="module")
def outage() -> Iterator[Outage]:
    box = Sandbox.from_yaml(_SCENARIO)
    failed = {"name": "test", "conclusion": "failure", "log": _OUTAGE}
    box.add_run(workflow="CI", at="2026-03-09T11:00:00Z", commit={"title": "Oil the hinge"}, jobs=[failed])
    with box.serve() as server:
        yield Outage(box, server, box.keep())


def test_the_first_sweep_asks_once_and_the_next_one_opens_the_issue(outage: Outage) -> None:
    outage.clean()
    report = outage.look()
    assert report.line == "octo-org/example: 2 failing, 1 opened, 1 re-run"
    assert (outage.asked, len(outage.run.attempts)) == (1, 2)
    assert outage.look(10).line == "octo-org/example: 2 failing, 1 opened"
    assert outage.asked == 1


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "late"])
@pytest.mark.parametrize("sweeps", [0, 1], ids=["asking", "waiting"])
def test_a_fault_costs_no_issue_and_makes_no_third_attempt(outage: Outage, fault: str, sweeps: int) -> None:
    requests = _requests(outage, sweeps)
    cases = range(requests) if EVERY else range([*FAULTS].index(fault) % 60, requests, 60)
    for after in cases:
        outage.clean()
        for _ in range(sweeps):
            outage.look()
        outage.box.inject(replace(FAULTS[fault], after=after, times=1))
        with suppress(TrackerError):
            outage.look(5)
        outage.box.clear_faults()
        outage.go_on(f"{fault} at request {after + 1}")
    print(f"\n{fault}: {len(cases)} cases, no third attempt, no issue lost", end="")


def _requests(outage: Outage, sweeps: int) -> int:
    outage.clean()
    for _ in range(sweeps + 1):
        outage.server.clear_requests()
        outage.look()
    return len(outage.server.requests)


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
def test_a_sweep_killed_around_any_request_leaves_nothing_half_done(
    outage: Outage, monkeypatch: pytest.MonkeyPatch, answered: bool
) -> None:
    requests = _requests(outage, 0)
    for last in range(1, requests + 1) if EVERY else range(1 + 3 * answered, requests + 1, 15):
        outage.clean()
        with killed_at(last, monkeypatch, answered=answered):
            outage.look()
        outage.go_on(f"killed at request {last}")


# --- one by one ----------------------------------------------------------------------------------


def test_a_lost_answer_is_made_up_for_by_the_run_itself(outage: Outage) -> None:
    outage.clean()
    outage.box.inject(replace(_POST, kind="lost-reply"))
    report = outage.look()
    assert "1 re-run" in report.line
    assert (outage.asked, len(outage.run.attempts)) == (1, 2)


def test_a_request_that_github_did_not_carry_out_is_not_sent_again(outage: Outage) -> None:
    outage.clean()
    outage.box.inject(replace(_POST, status=502))
    report = outage.look()
    assert report.line == "octo-org/example: 2 failing, 2 opened"
    assert (outage.asked, len(outage.run.attempts)) == (1, 1)
    (problem,) = report.problems
    assert problem.severity is Severity.NOTICE
    assert problem.what.startswith("Run 2 of CI was not run again.")
    outage.look(10)
    assert outage.asked == 1  # the issue tells of it now


def test_a_refusal_by_github_opens_the_issue_in_the_same_sweep(outage: Outage) -> None:
    outage.clean()
    outage.box.inject(replace(_POST, status=403, body='{"message": "The workflow file may be broken"}'))
    report = outage.look()
    assert report.line == "octo-org/example: 2 failing, 2 opened"
    assert not report.failed
    assert "The workflow file may be broken" in str(report.problems[0])


def _as_first_attempt(answer: Any) -> Any:
    """The answer as it was before the run was run again."""
    runs = answer.get("workflow_runs", [answer])
    for run in runs:
        if run["run_attempt"] > 1:
            run |= {"run_attempt": 1, "status": "completed", "conclusion": "failure"}
    return answer


@pytest.mark.parametrize("ended", [False, True])
def test_a_list_that_lags_starts_nothing_a_second_time(outage: Outage, ended: bool) -> None:
    outage.clean()
    outage.look()
    if ended:
        outage.box.rerun("CI", 2, _FAILED_AGAIN)
    outage.server.clear_requests()
    outage.box.inject(Fault("malformed", path=r"/actions/runs\?", times=None, change=_as_first_attempt))
    outage.look(10)
    assert (outage.asked, len(outage.run.attempts)) == (0, 2)
    outage.box.clear_faults()
    outage.go_on("a list that lags")


def test_another_sweep_that_was_faster_is_no_fault(outage: Outage) -> None:
    outage.clean()
    outage.look()
    outage.server.clear_requests()
    stale = Fault("malformed", path=r"/actions/runs\?", times=None, change=_as_first_attempt)
    outage.box.inject(stale)
    outage.box.inject(replace(stale, path=r"/actions/runs/\d+$", times=1))
    report = outage.look(1)
    assert outage.asked == 1
    assert "1 re-run" in report.line
    assert (report.problems, len(outage.run.attempts)) == ((), 2)


def test_a_run_that_the_tracker_ran_again_is_never_run_again(outage: Outage) -> None:
    outage.clean()
    outage.look(max_new_issues="0")
    outage.box.rerun("CI", 2, _FAILED_AGAIN)
    for minutes in (10, 20, 30):
        outage.look(minutes, max_new_issues="0")
    assert (outage.asked, len(outage.run.attempts)) == (1, 2)


def test_a_token_that_may_not_is_asked_once_for_all_runs(outage: Outage) -> None:
    outage.clean()
    failed = {"name": "build", "conclusion": "failure", "log": _OUTAGE}
    same = {"sha": outage.run.commit.sha}
    outage.box.add_run(workflow="Docs", at="2026-03-09T11:30:00Z", commit=same, jobs=[failed])
    assert len(outage.plan().reruns) == 2
    message = '{"message": "Resource not accessible by integration"}'
    outage.box.inject(replace(_POST, status=403, body=message, times=None))
    report = outage.look()
    assert Counter(problem.severity for problem in report.problems) == {Severity.NOTICE: 1}
    assert "actions: write" in report.problems[0].advice
    assert outage.asked == 1


# --- what is said of it --------------------------------------------------------------------------


@pytest.mark.parametrize(("dry", "words"), [(False, ""), (True, "to be re-run, ")])
def test_the_summary_and_the_terminal_name_the_run_and_why(outage: Outage, dry: bool, words: str) -> None:
    outage.clean()
    report = outage.plan() if dry else outage.look()
    url, reason = report.repository.url, "only infrastructure failed in run 2: "
    summary = render_summary(report)
    line = f"- [run 2]({url}/actions/runs/{outage.run.id}) of `CI`: {words}{reason}"
    assert line in summary.partition("### Re-run (1)")[2]
    assert "one more try of run 2; an issue follows if it fails again" in summary.partition("### Re-run")[0]
    assert "Not failing" not in summary
    shown = io.StringIO()
    SweepText(Console(file=shown, width=200), url).report(report)
    assert f"{'to be ' if dry else ''}re-run CI › test: {reason}" in shown.getvalue()


@pytest.mark.parametrize("dry", [False, True])
def test_the_report_for_programs_names_the_run(outage: Outage, dry: bool) -> None:
    outage.clean()
    report = report_as_json(outage.plan() if dry else outage.look())
    schema = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(report)
    (rerun,) = [action for action in report["actions"] if action["action"] == "rerun"]
    assert (rerun["run"], rerun["run_id"], rerun["jobs"]) == (2, outage.run.id, ["test"])
    assert (rerun["status"], rerun["issue"]) == ("planned" if dry else "done", None)
    assert not Draft202012Validator(schema).is_valid({**report, "actions": [{**rerun, "action": "create"}]})
    assert {failing["job"] for failing in report["failing"] if failing["new"]} == {"build", "test"}


def test_a_dry_run_runs_nothing_again(outage: Outage) -> None:
    outage.clean()
    assert outage.plan().line == "octo-org/example: 2 failing, 1 to be opened, 1 to be re-run"
    assert (outage.asked, len(outage.run.attempts)) == (0, 1)


def test_no_message_tells_of_it(outage: Outage) -> None:
    outage.clean()
    news = make_news(outage.look())
    assert [item.job for item in news.items] == ["build"]


def test_a_workflow_that_does_not_exist_is_named(outage: Outage) -> None:
    outage.clean()
    (unknown,) = look(outage.server, PATIENT, NOON, rerun="transient", rerun_workflows="Dcos").problems
    assert unknown.what.startswith("There is no workflow 'Dcos' in this repository. Did you mean")
    outage.clean()
    (empty,) = look(outage.server, PATIENT, NOON, rerun="transient").problems
    assert (empty.severity, "`rerun-workflows` names no workflow" in empty.what) == (Severity.NOTICE, True)
    outage.clean()
    assert look(outage.server, PATIENT, NOON).problems == ()
