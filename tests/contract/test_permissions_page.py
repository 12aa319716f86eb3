"""The page docs/permissions.md names every permission that the project uses, and a sweep does with two of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from builders import HURRIED, Quiet
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.writer import DryRunWriter
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.model import Severity
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.settings import read_settings
from ci_failure_tracker.sweep import sweep
from sandbox import Sandbox
from sweeping import sweep_server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "permissions.md").read_text("utf-8")
PERMISSION = re.compile(r"\b(actions|checks|contents|issues|metadata|pull-requests): (read|write)\b")

HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example, private: true}
tokens:
  without-checks: {login: "github-actions[bot]", checks: none}
  without-contents: {login: "github-actions[bot]", contents: none}
  without-pull-requests: {login: "github-actions[bot]", pull_requests: none}
  with-two-alone: {login: "github-actions[bot]", checks: none, contents: none, pull_requests: none}
workflows: [{name: CI, jobs: [{name: test}]}]
runs:
  - {workflow: CI, at: 2026-03-09T08:00:00Z}
  - {workflow: CI, at: 2026-03-09T10:00:00Z, jobs: [{name: test, conclusion: failure, log: "it broke\\n"}]}
"""


def rows() -> dict[str, str]:
    """The rows of the table, by their permission."""
    return dict(re.findall(r"^\| `([\w-]+: \w+)` \| (.+) \|$", PAGE, re.MULTILINE))


def test_the_table_has_the_permissions_of_the_examples_and_of_the_app() -> None:
    asked = set()
    for path in ((ROOT / "docs" / "examples").glob("*.yml"), [ROOT / ".github" / "workflows" / "organisation.yml"]):
        for text in (one.read_text("utf-8").replace("permission-", "") for one in path):
            asked |= {f"{name}: {level}" for name, level in PERMISSION.findall(text)}
    app = json.loads((ROOT / "docs" / "examples" / "github-app.json").read_text("utf-8"))["default_permissions"]
    asked |= {f"{name.replace('_', '-')}: {level}" for name, level in app.items()}
    assert asked == set(rows())


def test_the_page_names_each_permission_that_the_program_names_in_its_messages() -> None:
    named: set[tuple[str, str]] = set()
    for folder in ("github", "settings", "entry"):
        for path in (ROOT / "src" / "ci_failure_tracker" / folder).glob("*.py"):
            named |= set(PERMISSION.findall(path.read_text("utf-8")))
    assert {f"{name}: {level}" for name, level in named if f"`{name}: {level}`" not in PAGE} == set()


def test_the_page_shows_the_permissions_as_a_workflow_gives_them() -> None:
    (block,) = re.findall(r"^```yaml\npermissions:\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    given = [f"{name}: {level}" for name, level in PERMISSION.findall(block)]
    assert given == [name for name in rows() if name in given]
    assert given[:2] == ["actions: read", "issues: write"]


@pytest.mark.parametrize("token", ["without-checks", "without-contents", "without-pull-requests", "with-two-alone"])
def test_a_private_repository_is_swept_with_two_permissions(token: str) -> None:
    box = Sandbox.from_yaml(HISTORY)
    with box.serve() as server:
        report = sweep_server(server, {"token": token, "repository": "octo-org/example"}, box.now)
    assert {problem.severity for problem in report.problems} <= {Severity.NOTICE}
    assert [issue.state for issue in box.issues] == ["open"]
    assert not report.failed


def test_a_dry_run_needs_no_permission_to_write() -> None:
    box = Sandbox.from_yaml(HISTORY.replace("checks: none}", "actions: read, issues: read}", 1))
    with box.serve() as server:
        given = {"token": "without-checks", "repository": "octo-org/example", "dry-run": "true"}
        requester = connect(Secret(given["token"]), endpoints := Endpoints(server.api_url, server.graphql_url), HURRIED)
        github = GitHubReader(requester, endpoints, given["repository"], Quiet())
        report = sweep(github, DryRunWriter(), read_settings(given), IssueTemplate(), box.now)
    assert report.line.endswith("1 to be opened")
    assert not report.problems
