"""What `--help` prints: the options under their headings, and examples that work."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from click.testing import CliRunner

from ci_failure_tracker.entry.cli import program
from ci_failure_tracker.settings import inputs

_COMMANDS = ["", "check", "sweep", "explain", "discover"]


def _help(command: str) -> str:
    asked = CliRunner().invoke(program, [*command.split(), "--help"], prog_name="ci-failure-tracker", terminal_width=80)
    assert asked.exit_code == 0
    return asked.output


def test_each_input_is_an_option_under_one_heading() -> None:
    text = _help("sweep")
    for declared in (one for one in inputs() if not one.only_action):
        assert len(re.findall(rf"^  --(?:repo, --)?{declared.name}(?![\w-])", text, re.MULTILINE)) == 1, declared.name
    headings = re.findall(r"^(\w[\w ]+):$", text, re.MULTILINE)
    assert headings == [
        "Repository and token",
        "Many repositories",
        "What to watch",
        "Limits",
        "Issues",
        "Logs",
        "Report and messages",
        "Run",
        "Options",
        "Examples",
    ]


@pytest.mark.parametrize("command", _COMMANDS)
def test_the_help_fits_eighty_columns_and_cuts_no_sentence(command: str) -> None:
    assert max(map(len, _help(command).splitlines())) <= 80
    assert "..." not in _help(command).replace("LOG...", "").replace("[ARGS]...", "")


def test_only_a_command_that_writes_asks_for_the_right_to_write() -> None:
    assert "issues: write" in " ".join(_help("sweep").split())
    assert "issues: write" not in " ".join(_help("check").split())


@pytest.mark.parametrize("command", _COMMANDS)
def test_the_examples_use_options_that_exist(command: str) -> None:
    examples = re.findall(r"^  (?!#)(.*ci-failure-tracker .*)$", _help(command).partition("Examples:")[2], re.MULTILINE)
    assert len(examples) >= 2
    for example in examples:
        name, *arguments = shlex.split(example.partition("ci-failure-tracker ")[2])
        used = program.commands[name]
        parsed = used.make_context(name, _existing(arguments), resilient_parsing=False)
        assert isinstance(parsed, click.Context)


def _existing(arguments: list[str]) -> list[str]:
    """The arguments with this file in place of invented ones."""
    return [__file__ if re.fullmatch(r"[\w.]+\.(?:log|zip|toml)", argument) else argument for argument in arguments]
