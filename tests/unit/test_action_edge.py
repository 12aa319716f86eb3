"""What the action tells the runner: outputs, annotations, summary, exit codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import START, a_job, a_run, a_scan, some_settings
from ci_failure_tracker.entry import action
from ci_failure_tracker.github.writer import DryRunWriter
from ci_failure_tracker.model import Create, Problem, Requests, Result, Severity, WriteStatus
from ci_failure_tracker.report.measures import NOTHING_SEEN
from ci_failure_tracker.report.report import Report
from harmless import obeyed
from sandbox import Sandbox, Server
from sweeping import make_plan, report_of

SCENARIO = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
workflows:
  - {name: "::error::CI ##[error]x", file: ci.yml, jobs: [{name: "::set-output name=a::b"}]}
runs:
  - {workflow: ci.yml, at: 2026-03-09T10:00:00Z, conclusion: failure}
"""


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The runner's files, and none of the variables of the machine that runs the tests."""
    for name in ("output", "step_summary"):
        path = tmp_path / name
        path.touch()
        monkeypatch.setenv(f"GITHUB_{name.upper()}", str(path))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.delenv("RUNNER_DEBUG", raising=False)
    return tmp_path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Sandbox.from_yaml(SCENARIO).serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", running.graphql_url)
        monkeypatch.setenv("INPUT_TOKEN", "sandbox-token")
        monkeypatch.setenv("INPUT_REPOSITORY", "octo-org/example")
        yield running


def outputs(folder: Path) -> dict[str, str]:
    text = (folder / "output").read_text(encoding="utf-8")
    return {
        name: value for name, _, value in re.findall(r"^([\w-]+)<<(\S+)\n(.*?)\n\2$", text, re.MULTILINE | re.DOTALL)
    }


def commands(text: str) -> list[str]:
    return [
        line.partition("::")[2].partition(":")[0].partition(" ")[0]
        for line in text.splitlines()
        if line.startswith("::")
    ]


@pytest.mark.usefixtures("server")
def test_a_sweep_sets_every_output(runner: Path) -> None:
    assert action.main() == 0
    values = outputs(runner)
    assert values["issue-numbers"] == values["created-issues"] == "[1]"
    assert (values["updated-issues"], values["reopened-issues"]) == ("[]", "[]")
    assert (values["failure-count"], values["created-count"], values["has-failures"]) == ("1", "1", "true")
    assert values["summary"] == "octo-org/example: 1 failing, 1 opened"
    assert "### New failures" in (runner / "step_summary").read_text(encoding="utf-8")


@pytest.mark.usefixtures("server", "runner")
def test_foreign_names_give_the_runner_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    action.main()
    output = capsys.readouterr().out
    assert set(commands("\n".join(obeyed(output)))) == {"group", "endgroup"}


@pytest.mark.usefixtures("server")
def test_a_dry_run_opens_nothing_and_still_counts_what_fails(runner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPUT_DRY_RUN", "true")
    assert action.main() == 0
    assert (outputs(runner)["failure-count"], outputs(runner)["issue-numbers"]) == ("1", "[]")
    assert "The issue is to be opened." in (runner / "step_summary").read_text(encoding="utf-8")


def test_every_mistake_of_the_inputs_is_an_annotation_and_in_the_summary(
    runner: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INPUT_TOKEN", "t")
    monkeypatch.setenv("INPUT_REPOSITORY", "nowhere")
    monkeypatch.setenv("INPUT_SINCE", "yesterday")
    assert action.main() == 2
    assert commands(capsys.readouterr().out) == ["error", "error"]
    summary = (runner / "step_summary").read_text(encoding="utf-8")
    assert "owner/name" in summary
    assert "yesterday" in summary
    values = outputs(runner)
    assert "'yesterday'" in values.pop("summary")
    assert set(values.values()) == {"[]"}
    assert "has-failures" not in values


@pytest.mark.usefixtures("server", "runner")
def test_a_bug_in_the_tracker_is_reported_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> Report:
        raise ZeroDivisionError("with a secret in it")

    monkeypatch.setattr(action, "sweep", broken)
    assert action.main() == 1
    output = capsys.readouterr().out
    assert "ZeroDivisionError at test_action_edge.py" in output
    assert "secret" not in output


def run_with(problems: list[Problem], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of the action, if one write of the sweep fails with these problems."""
    run = a_run(1)
    plan = make_plan(a_scan([run], {run.id: [a_job()]}), some_settings(), START)
    (planned,) = DryRunWriter().apply(plan.actions)
    assert isinstance(planned.action, Create)
    failed = Result(planned.action, WriteStatus.FAILED, problems=tuple(problems))
    report = report_of(plan, (failed,), Requests(1, None, 800), statistics=NOTHING_SEEN, now=START)
    monkeypatch.setenv("INPUT_TOKEN", "t")
    monkeypatch.setenv("INPUT_REPOSITORY", "o/r")
    monkeypatch.setattr(action, "sweep", lambda *_: report)
    return action.main()


def annotation_levels(text: str) -> list[str]:
    return [command for command in commands(text) if command in {"error", "warning", "notice"}]


@pytest.mark.usefixtures("runner")
def test_the_action_shows_at_most_ten_annotations_of_a_level_errors_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = [Problem(Severity.WARNING, f"w{number}") for number in range(30)]
    problems += [Problem(Severity.ERROR, f"e{number}") for number in range(11)]
    run_with(problems, monkeypatch)
    output = capsys.readouterr().out
    assert annotation_levels(output) == ["error"] * 10 + ["warning"] * 10
    assert "2 more; the job summary lists them." in output
    assert "21 more; the job summary lists them." in output


@pytest.mark.usefixtures("runner")
def test_ten_problems_are_all_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run_with([Problem(Severity.ERROR, f"e{number}") for number in range(10)], monkeypatch)
    output = capsys.readouterr().out
    assert annotation_levels(output) == ["error"] * 10
    assert "more;" not in output


@pytest.mark.usefixtures("runner")
def test_a_notice_is_shown_as_a_notice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run_with([Problem(Severity.NOTICE, "n")], monkeypatch)
    assert annotation_levels(capsys.readouterr().out) == ["notice"]


def test_a_failed_write_makes_the_exit_code_one(monkeypatch: pytest.MonkeyPatch, runner: Path) -> None:
    assert run_with([Problem(Severity.ERROR, "no")], monkeypatch) == 1
    assert outputs(runner)["created-count"] == "0"
    assert outputs(runner)["summary"].endswith("1 could not be written")
    assert "could not be opened" in (runner / "step_summary").read_text(encoding="utf-8")
