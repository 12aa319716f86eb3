"""`report.json`: it has the form that its schema describes, and a file that cannot be written is an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from ci_failure_tracker.entry import action
from ci_failure_tracker.entry.cli import program
from contract.faults_scenario import a_busy_box
from sandbox import Fault, Sandbox, Server

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text("utf-8"))


@pytest.fixture
def box() -> Sandbox:
    return a_busy_box()


@pytest.fixture(autouse=True)
def server(box: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    with box.serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", running.graphql_url)
        monkeypatch.setenv("GITHUB_TOKEN", "sandbox-token")
        monkeypatch.chdir(tmp_path)
        yield running


def sweep(*options: str) -> Result:
    return CliRunner().invoke(program, ["sweep", "--repo", "octo-org/example", "--format", "json", *options])


def check(report: Any) -> None:
    Draft202012Validator(SCHEMA).validate(report)


def is_valid(report: Any) -> bool:
    return bool(Draft202012Validator(SCHEMA).is_valid(report))


def test_the_schema_is_valid_and_refuses_keys_that_it_does_not_name() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    report = json.loads(sweep().stdout)
    assert not is_valid({**report, "more": 1})
    assert not is_valid({**report, "version": 1})


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "workflow"},
        {"kind": "umbrella"},
        {"job": None},
        {"status": "unknown"},
        {"skip_reason": "passing"},
        {"state_reason": "completed"},
        {"action": "skip"},
        {"action": "update"},
    ],
    ids=str,
)
def test_the_schema_refuses_an_action_that_contradicts_itself(change: dict[str, object]) -> None:
    report = json.loads(sweep().stdout)
    (create, *others) = sorted(report["actions"], key=lambda action: action["action"] != "create")
    assert is_valid({**report, "actions": [create, *others]})
    assert not is_valid({**report, "actions": [{**create, **change}, *others]})


def test_a_whole_workflow_has_its_kind_and_no_job() -> None:
    report = json.loads(sweep("--group-by", "workflow", "--execute", "--yes").stdout)
    check(report)
    created = [action for action in report["actions"] if action["action"] == "create"]
    ids = {action["id"] for action in created}
    numbers = {action["issue"] for action in created}
    failing = [failing for failing in report["failing"] if failing["id"] in ids]
    issues = [issue for issue in report["issues"] if issue["number"] in numbers]
    rows = [row for row in report["statistics"]["issues"]["by_job"] if row["kind"] == "workflow"]
    for named in (failing, created, issues, rows):
        assert {(entry["kind"], entry["job"]) for entry in named} == {("workflow", None)}
    assert None in [job["job"] for cause in report["causes"] for job in cause["jobs"]]


@pytest.mark.parametrize("options", [[], ["--execute", "--yes"]], ids=["dry", "done"])
def test_the_report_of_every_kind_of_action_is_as_the_schema_says(options: list[str], tmp_path: Path) -> None:
    result = sweep(*options, "--report-dir", "out/reports")
    written = json.loads((tmp_path / "out" / "reports" / "report.json").read_text("utf-8"))
    assert written == json.loads(result.stdout)
    check(written)
    assert written["statistics"]["repository"]["runs"] == sum(
        workflow["measures"]["runs"] for workflow in written["statistics"]["workflows"]
    )
    assert {action["action"] for action in written["actions"]} == {"create", "update", "close"}
    again = json.loads(sweep("--exclude-workflow", "nothing-of-that-name").stdout)
    check(again)
    assert again["problems"]


def test_a_report_with_problems_is_as_the_schema_says(box: Sandbox) -> None:
    box.inject(Fault("status", path="/graphql$|/jobs|/_logs/", times=None, status=500))
    result = sweep("--execute", "--yes")
    check(json.loads(result.stdout))
    assert json.loads(result.stdout)["problems"]


def test_a_folder_that_cannot_be_written_to_is_an_error(box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    result = sweep("--execute", "--yes", "--report-dir", "taken")
    assert result.exit_code == 1
    problem = json.loads(result.stdout)["problems"][0]
    assert "could not be written to 'taken'" in problem["what"]
    assert "`report-dir`" in problem["advice"]
    assert len(box.issues) > 4


@pytest.mark.parametrize("dry_run", ["false", "true"])
def test_the_action_says_where_the_report_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dry_run: str) -> None:
    output = tmp_path / "output"
    output.touch()
    given = {"INPUT_TOKEN": "sandbox-token", "INPUT_REPOSITORY": "octo-org/example", "INPUT_REPORT_DIR": "ci",
             "INPUT_DRY_RUN": dry_run, "GITHUB_WORKSPACE": str(tmp_path), "GITHUB_OUTPUT": str(output)}  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert action.main() == 0
    path = tmp_path / "ci" / "report.json"
    check(json.loads(path.read_text("utf-8")))
    assert str(path) in output.read_text("utf-8")
    assert (path.parent / "metrics.prom").is_file()
    assert (path.parent / "report.html").is_file()
