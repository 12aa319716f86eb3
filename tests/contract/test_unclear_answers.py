"""Answers of an unexpected form: what is optional has a default, and what is not known opens and closes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ci_failure_tracker.errors import MalformedError
from ci_failure_tracker.report.report import Report
from contract.faults_scenario import REPOSITORY, TOKEN, look
from sandbox import Fault, Sandbox, Server

NO_GRAPHQL = Fault("status", path="/graphql$", status=404, times=None)
HISTORY = f"""
now: 2026-03-10T12:00:00Z
repository: {{full_name: {REPOSITORY}}}
tokens: {{{TOKEN}: {{login: "github-actions[bot]"}}}}
workflows:
  - {{name: CI, file: ci.yml, jobs: [{{name: lint}}]}}
  - {{name: Docs, file: docs.yml, jobs: [{{name: build}}]}}
runs:
  - {{workflow: CI, at: 2026-03-09T10:00:00Z}}
  - {{workflow: CI, at: 2026-03-10T10:00:00Z, jobs: [{{name: lint, conclusion: failure}}]}}
  - {{workflow: Docs, at: 2026-03-10T10:00:00Z, jobs: [{{name: build, conclusion: failure}}]}}
"""
BOTH = ["[CI Failure] CI - lint", "[CI Failure] Docs - build"]


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(HISTORY)


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as server:
        yield server


def malformed(path: str, change: Callable[[Any], Any]) -> Fault:
    return Fault("malformed", "GET", path, times=None, change=change)


def without(key: str, name: str) -> Callable[[Any], Any]:
    """The answer without a field of each item."""
    return lambda answer: {
        **answer,
        key: [{field: value for field, value in item.items() if field != name} for item in answer[key]],
    }


def titles(box: Sandbox) -> list[str]:
    return sorted(issue.title for issue in box.issues if issue.state == "open")


def named(report: Report) -> str:
    return "\n".join(problem.what for problem in report.problems)


# --- what may be missing -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "key", "name"),
    [
        ("/jobs$", "jobs", "run_attempt"),
        ("/actions/runs$", "workflow_runs", "path"),
        ("/actions/runs$", "workflow_runs", "run_attempt"),
        ("/actions/runs$", "workflow_runs", "check_suite_node_id"),
    ],
)
def test_an_optional_field_that_is_missing_costs_no_request(
    box: Sandbox, server: Server, path: str, key: str, name: str
) -> None:
    box.inject(NO_GRAPHQL)
    look(server)
    usual = len([request for request in server.requests if request.method == "GET"])
    before = titles(box)
    again = Sandbox.from_yaml(HISTORY)
    with again.serve() as other:
        again.inject(NO_GRAPHQL)
        again.inject(malformed(path, without(key, name)))
        assert not look(other).window.partial
        assert len([request for request in other.requests if request.method == "GET"]) == usual
    assert titles(again) == before == BOTH


# --- what is no list -----------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["null", "", "[]", "{}", '{"total_count": 0, "jobs": null}'])
def test_jobs_that_cannot_be_understood_are_not_no_jobs(box: Sandbox, server: Server, body: str) -> None:
    box.inject(NO_GRAPHQL)
    box.inject(Fault("status", path="/jobs$", status=200, times=None, body=body))
    report = look(server)
    assert "an unexpected form" in named(report)
    assert report.window.partial
    assert titles(box) == []
    box.clear_faults()
    look(server)
    assert titles(box) == BOTH


@pytest.mark.parametrize("body", ["null", "", "[]", "{}", '{"total_count": 2, "workflows": {}}'])
def test_a_list_of_workflows_that_cannot_be_understood_ends_the_sweep(box: Sandbox, server: Server, body: str) -> None:
    box.inject(Fault("status", path="/actions/workflows$", status=200, times=None, body=body))
    with pytest.raises(MalformedError, match="list the workflows"):
        look(server)
    assert box.issues == []


# --- names that are not known --------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: {**answer, "workflows": []},
        lambda _answer: {"total_count": 0, "workflows": []},
        lambda answer: {**answer, "workflows": answer["workflows"][1:]},
        lambda answer: {**answer, "workflows": [{**answer["workflows"][0], "name": 7}, *answer["workflows"][1:]]},
    ],
    ids=["none of them", "none at all", "one is missing", "one without a name"],
)
def test_nothing_is_opened_or_closed_for_a_workflow_whose_name_is_not_known(
    box: Sandbox, server: Server, change: Callable[[Any], Any]
) -> None:
    names_are_unknown = malformed("/actions/workflows$", change)
    box.inject(names_are_unknown)
    report = look(server)
    assert "list of workflows lacks" in named(report)
    assert report.failing
    assert set(titles(box)) <= {BOTH[1]}
    box.clear_faults()
    look(server)
    assert titles(box) == BOTH
    for hour in (11, 12):
        box.add_run(workflow="CI", at=f"2026-03-10T{hour}:30:00Z", commit={"title": f"Mend it {hour}"})
    box.inject(names_are_unknown)
    look(server)
    assert titles(box) == BOTH
    box.clear_faults()
    look(server)
    assert titles(box) == BOTH[1:]


# --- an item of a list ---------------------------------------------------------------------------


def test_a_malformed_run_is_left_out_and_opens_nothing_of_its_workflow(box: Sandbox, server: Server) -> None:
    box.add_run(workflow="CI", at="2026-03-10T11:00:00Z", commit={"title": "Mend it"})

    def spoil(answer: Any) -> Any:
        first, *others = answer["workflow_runs"]
        return {**answer, "workflow_runs": [{**first, "head_sha": None}, *others]}

    box.inject(malformed("/actions/runs$", spoil))
    report = look(server)
    assert "Left out: run" in named(report)
    assert "`head_sha` is null" in named(report)
    assert titles(box) == BOTH[1:]


def test_a_malformed_issue_is_named_and_no_second_one_is_opened(box: Sandbox, server: Server) -> None:
    look(server)
    box.inject(
        malformed(r"/issues\?.*state=open", lambda answer: [{**answer[0], "labels": "many"}, *answer[1:]]),
    )
    report = look(server)
    assert "Left out: issue #" in named(report)
    assert report.window.partial
    assert titles(box) == BOTH


def test_no_second_issue_is_opened_beside_one_that_lost_its_text(box: Sandbox, server: Server) -> None:
    look(server)
    box.edit_issue(1, title="lint is red in CI", body="")
    report = look(server)
    assert "is not kept current: its text was removed." in named(report)
    assert len(box.issues) == 2


def test_the_text_is_written_again_if_the_title_tells_what_the_issue_is_about(box: Sandbox, server: Server) -> None:
    look(server)
    box.edit_issue(1, body="Ada looks into this.")
    report = look(server)
    assert not report.problems
    assert titles(box) == BOTH
    assert "workflow `CI` fails on" in (box.issue(1).body or "")
