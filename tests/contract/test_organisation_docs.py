"""What docs/organisation.md says of the App and of the requests that a sweep of many repositories takes."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from ci_failure_tracker.entry import action
from sandbox.organisation import APP_TOKEN, Organisation

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "organisation.md").read_text("utf-8")
FEW = Organisation(repositories=4, failing=0.5)
"""Two repositories fail, as of the twenty that `make bench-organisation` begins with: the others cost nothing more."""


def test_the_app_has_the_permissions_of_the_manifest_and_of_the_workflow() -> None:
    manifest = json.loads((ROOT / "docs" / "examples" / "github-app.json").read_text("utf-8"))["default_permissions"]
    (address,) = re.findall(r"https://github\.com/organizations/OWNER/settings/apps/new\S+", PAGE)
    query = {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
    assert {name: query[name] for name in query if query[name] in {"read", "write"}} == manifest
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "organisation.yml").read_text("utf-8"))
    steps = [step["with"] for job in workflow["jobs"].values() for step in job["steps"] if step.get("id") == "app"]
    asked = {
        name.removeprefix("permission-").replace("-", "_")
        for given in steps
        for name in given
        if name.startswith("permission-")
    }
    assert asked == set(manifest)


def test_a_job_that_sweeps_ends_before_the_token_of_an_app() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "organisation.yml").read_text("utf-8"))
    minutes = workflow["jobs"]["sweep"]["timeout-minutes"]
    assert minutes < 60
    assert f"ends after {minutes} minutes" in " ".join(PAGE.split())


def test_shards_with_issues_in_one_repository_run_one_after_another() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "organisation.yml").read_text("utf-8"))
    at_once = workflow["jobs"]["sweep"]["strategy"]["max-parallel"]
    assert at_once == "${{ inputs.issues-repository != '' && 1 || inputs.max-parallel }}"


@pytest.mark.parametrize("central", [False, True], ids=["issues in each", "issues in one"])
def test_the_page_counts_the_requests_of_each_sweep_of_many_repositories(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, central: bool
) -> None:
    site = FEW.site()
    with site.serve() as server:
        given = {
            "GITHUB_API_URL": server.api_url,
            "GITHUB_GRAPHQL_URL": server.graphql_url,
            "GITHUB_WORKSPACE": str(tmp_path),
            "INPUT_TOKEN": APP_TOKEN,
            "INPUT_REPOSITORIES": f"org:{FEW.login}",
            "INPUT_REPORT_DIR": "report",
        }
        if central:
            given |= dict.fromkeys(("INPUT_ISSUES_REPOSITORY", "INPUT_EXCLUDE_REPOSITORIES"), FEW.issues_repository)
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(action, "now", lambda: FEW.now + timedelta(hours=2))

        def counted() -> tuple[int, int]:
            """Requests that read, and requests that write."""
            assert action.main() == 0
            asked = [one for one in server.requests if not one.path.startswith("/_")]
            reads = sum(one.method in {"GET", "HEAD"} or one.path.endswith("/graphql") for one in asked)
            server.clear_requests()
            site.renew_limits()
            monkeypatch.setenv("INPUT_LAST_REPORT", "report/report.json")
            return reads, len(asked) - reads

        sweeps = [counted() for _ in range(3)]
        box = site[next(member.full_name for member in FEW.members if member.cause == "none")]
        box.now = FEW.now + timedelta(minutes=10)
        at = (FEW.now + timedelta(minutes=5)).isoformat()
        log = "FAILED tests/test_leaves.py::test_leaves - AssertionError: assert 3 == 4\n"
        box.add_run(workflow="CI", at=at, jobs=[{"name": "test", "conclusion": "failure", "log": log}])
        sweeps.append(counted())
    rows = re.findall(r"^\| \w.* \| (\d+), (\d+) \| (\d+), (\d+) \|$", PAGE, re.MULTILINE)
    told = [tuple(map(int, row[2:] if central else row[:2])) for row in rows]
    assert told == sweeps
