"""A workflow uses the action; what it does to GitHub, and what it gives to the steps and jobs that follow."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from e2e.machine import Ending, Machine
from sandbox import Issue, Sandbox, Server

OPENED = re.compile(r"^\[CI Failure\] ")

USES = """
on: workflow_dispatch
jobs:
  sweep:
    runs-on: ubuntu-latest
    steps:
      - uses: org/ci-failure-tracker@v1
"""


@pytest.fixture(autouse=True)
def _quick(machine: Machine, bundle: Path) -> None:
    """The tests here are not about the installation, so it may be short."""
    machine.has_bundle(bundle)


def uses(**inputs: str) -> str:
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return USES + (f"        with: {json.dumps(given)}\n" if given else "")


def opened(box: Sandbox) -> list[Issue]:
    return [issue for issue in box.issues if OPENED.match(issue.title)]


def writes(server: Server) -> list[str]:
    """Every request that changes something; a GraphQL query is a POST, and reads."""
    writing = [one for one in server.requests if one.method not in {"GET", "HEAD"}]
    return [f"{one.method} {one.path}" for one in writing if one.path != "/graphql"]


def assert_succeeded(ending: Ending) -> None:
    assert ending.succeeded, ending.whole


def test_a_failure_gets_an_issue_and_later_jobs_read_the_outputs(machine: Machine, box: Sandbox) -> None:
    ending = machine.run("""
on: workflow_dispatch
jobs:
  sweep:
    runs-on: ubuntu-latest
    outputs:
      numbers: ${{ steps.sweep.outputs.issue-numbers }}
    steps:
      - id: sweep
        uses: org/ci-failure-tracker@v1
        with:
          max-new-issues: 2
          labels: ci-failure
      - run: |
          echo "numbers $NUMBERS $CREATED"
          echo "others $UPDATED $REOPENED"
          echo "counts $FAILURES $COUNT $ANY"
          echo "in a line: $SUMMARY"
        env:
          NUMBERS: ${{ steps.sweep.outputs.issue-numbers }}
          CREATED: ${{ steps.sweep.outputs.created-issues }}
          UPDATED: ${{ steps.sweep.outputs.updated-issues }}
          REOPENED: ${{ steps.sweep.outputs.reopened-issues }}
          FAILURES: ${{ steps.sweep.outputs.failure-count }}
          COUNT: ${{ steps.sweep.outputs.created-count }}
          ANY: ${{ steps.sweep.outputs.has-failures }}
          SUMMARY: ${{ steps.sweep.outputs.summary }}
  tell:
    needs: sweep
    if: needs.sweep.outputs.numbers != '[]'
    runs-on: ubuntu-latest
    steps:
      - run: echo "the next job tells of ${{ join(fromJSON(needs.sweep.outputs.numbers), ' and ') }}"
""")
    assert_succeeded(ending)
    first, second = opened(box)
    assert first.labels == second.labels == ["ci-failure"]
    assert f"numbers [{first.number}, {second.number}] [{first.number}, {second.number}]" in ending.log
    assert "others [] []" in ending.log
    failing = re.search(r"counts (\d+) 2 true\n", ending.log)
    assert failing
    line = f"northwind-labs/parcel-tracker: {failing[1]} failing, 2 opened, {int(failing[1]) - 2} over the cap"
    assert f"in a line: {line}\n" in ending.log
    assert f"the next job tells of {first.number} and {second.number}" in ending.log
    assert first.title == "[CI Failure] CI - test: tests/test_eta.py::test_eta_crosses_dst_boundary"
    assert "\n```text\n" in (first.body or "")
    assert ">       assert eta.isoformat() ==" in (first.body or "")
    assert f"[#{first.number}](" in ending.summary.partition("### New failures")[2]
    assert line in ending.summary


def test_a_dry_run_writes_nothing_and_shows_the_plan(machine: Machine, box: Sandbox, server: Server) -> None:
    ending = machine.run(uses(dry_run="true"))
    assert_succeeded(ending)
    assert writes(server) == []
    assert opened(box) == []
    assert re.search(r"(\d+) failing, \1 to be opened", ending.summary), ending.summary


def test_inputs_reach_the_program_as_text_and_never_as_a_script(machine: Machine, server: Server) -> None:
    ending = machine.run(uses(dry_run="true", workflow='CI\n"; touch ~/pwned; $(touch ~/pwned) `touch ~/pwned`'))
    assert not ending.succeeded
    assert any("touch ~/pwned" in error for error in ending.errors), ending.whole
    assert list(machine.home.rglob("pwned")) == []
    assert writes(server) == []


def test_a_bad_token_fails_loudly(machine: Machine, server: Server) -> None:
    ending = machine.run(uses(), token="no-such-token")
    assert not ending.succeeded
    assert any("token" in error for error in ending.errors), ending.whole
    assert "token" in ending.summary
    assert writes(server) == []


def test_a_missing_right_is_answered_with_the_permissions_to_give(machine: Machine, box: Sandbox) -> None:
    ending = machine.run(uses(labels="ci-failure", max_new_issues="1"), token="read-only-token")
    assert not ending.succeeded
    said = "\n".join([*ending.errors, ending.summary])
    assert "permissions:" in said, ending.whole
    assert "issues: write" in said
    assert opened(box) == []


def test_bad_inputs_are_reported_all_at_once_without_a_request(machine: Machine, server: Server) -> None:
    ending = machine.run(uses(max_runs="many", group_by="colour", repository="owner"))
    assert not ending.succeeded
    assert any("max-runs" in error for error in ending.errors), ending.whole
    assert any("group-by" in error for error in ending.errors)
    assert any("owner/name" in error for error in ending.errors)
    assert server.requests == []


def test_a_repository_that_does_not_exist_fails_with_its_name(machine: Machine) -> None:
    ending = machine.run(uses(repository="no-such-owner/no-such-repo"))
    assert not ending.succeeded
    assert any("no-such-owner/no-such-repo" in error for error in ending.errors), ending.whole
