"""action.yml repeats the settings, and keeps the rules of a composite action that others can trust."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from builders import quiet_report
from ci_failure_tracker.entry import action
from ci_failure_tracker.settings import Input, inputs
from contract import generate

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
RUN_STEP = STEPS[-1]


def workflow_files() -> list[Path]:
    files = sorted([*(ROOT / ".github").rglob("*.yml"), *(ROOT / "docs" / "examples").glob("*.yml")])
    assert files
    return files


def uses_of(text: str) -> list[str]:
    return re.findall(r"^\s*(?:- )?uses:\s*(\S.*)$", text, re.MULTILINE)


def test_the_inputs_are_those_of_the_settings_in_their_order() -> None:
    assert list(ACTION["inputs"]) == [declared.name for declared in inputs()]


@pytest.mark.parametrize("declared", list(inputs()), ids=lambda declared: declared.name)
def test_an_input_has_the_default_and_the_help_of_the_settings(declared: Input) -> None:
    assert ACTION["inputs"][declared.name] == {
        "description": declared.help,
        "required": False,
        "default": declared.default,
    }


def test_the_program_gets_every_input_as_its_variable_and_no_other() -> None:
    forwarded = {name: value for name, value in RUN_STEP["env"].items() if name.startswith("INPUT_")}
    assert forwarded == {declared.variable: f"${{{{ inputs.{declared.name} }}}}" for declared in inputs()}


def test_the_outputs_are_those_that_the_program_sets() -> None:
    assert list(ACTION["outputs"]) == list(action.outputs(quiet_report())) == list(generate.OUTPUTS)


@pytest.mark.parametrize("name", generate.OUTPUTS)
def test_an_output_is_passed_on_from_the_step_that_runs_the_program(name: str) -> None:
    assert ACTION["outputs"][name]["value"] == f"${{{{ steps.{RUN_STEP['id']}.outputs.{name} }}}}"
    assert ACTION["outputs"][name]["description"]


def test_no_script_holds_an_expression() -> None:
    assert [step["run"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_every_script_step_names_its_shell() -> None:
    assert {step.get("shell") for step in STEPS if "run" in step} == {"bash"}


@pytest.mark.parametrize("name", ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_WORKSPACE"])
def test_the_environment_and_workspace_of_the_caller_are_not_written(name: str) -> None:
    script = (ROOT / "src" / "start.sh").read_text("utf-8")
    assert name not in script
    assert name not in (ROOT / "action.yml").read_text("utf-8")


def test_every_python_of_the_start_script_is_isolated() -> None:
    script = (ROOT / "src" / "start.sh").read_text("utf-8")
    calls = re.findall(r'^[^#\n]*(?<!--python )"\$(?:candidate|base|python|1)" (-\S+)', script, re.MULTILINE)
    assert len(calls) == 5
    assert set(calls) == {"-I"}


def test_every_installation_checks_hashes_and_builds_nothing() -> None:
    script = (ROOT / "src" / "start.sh").read_text("utf-8").replace("\\\n", "")
    installs = re.findall(r"^[^#\n]*\bpip install\b.*$", script, re.MULTILINE)
    assert len(installs) == 2
    for install in installs:
        assert "--require-hashes" in install
        assert "--only-binary :all:" in install


def test_setup_python_runs_only_if_needed_and_changes_nothing_else() -> None:
    (step,) = [step for step in STEPS if "setup-python" in step.get("uses", "")]
    assert step["with"]["update-environment"] is False
    assert step["if"] == "steps.find.outputs.python == ''"


def test_what_the_action_uses_is_pinned_by_commit() -> None:
    for used in uses_of((ROOT / "action.yml").read_text("utf-8")):
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


@pytest.mark.parametrize("path", workflow_files(), ids=lambda path: path.name)
def test_what_a_workflow_uses_is_pinned_by_commit_or_ours(path: Path) -> None:
    for used in uses_of(path.read_text("utf-8")):
        ours = used.startswith("./") or re.fullmatch(r"org/ci-failure-tracker(/\.github/workflows/\w+\.yml)?@v1", used)
        assert ours or re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


@pytest.mark.parametrize("path", workflow_files(), ids=lambda path: path.name)
def test_a_workflow_gives_inputs_and_reads_outputs_that_there_are(path: Path) -> None:
    text = path.read_text("utf-8")
    jobs = (yaml.safe_load(text).get("jobs") or {}).values()
    sweeps = [
        step
        for job in jobs
        for step in job.get("steps", [])
        if step.get("uses", "").startswith(("./", "org/ci-failure-tracker@"))
    ]
    assert {name for step in sweeps for name in step.get("with", {})} <= set(ACTION["inputs"])
    assert set(re.findall(r"steps\.sweep\.outputs\.([\w-]+)", text)) <= set(ACTION["outputs"])


def test_one_action_is_pinned_to_one_commit_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for path in [ROOT / "action.yml", *workflow_files()]:
        for used in uses_of(path.read_text("utf-8")):
            owner, _, pin = used.partition("@")
            pins.setdefault("/".join(owner.split("/")[:2]), set()).add(pin)
    assert {name: commits for name, commits in pins.items() if len(commits) > 1} == {}


def test_generated_text_is_up_to_date() -> None:
    for path, text in generate.pages().items():
        assert path.read_text("utf-8") == text, f"{path.name} is out of date: make generate"


def test_the_check_of_generated_text_says_what_is_out_of_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "contract" / "generate.py", "--check"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", ROOT / "tests")))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
