"""What docs/command.md shows: its commands, and the completion of a real shell."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ci_failure_tracker.entry.cli import program
from outside_tools import needed
from shells import shell

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
LINES = dict(re.findall(r"^\| (bash|zsh|fish)[^|]*\| `((?:[^`\\]|\\.)+)` ", PAGE, re.MULTILINE))


def test_the_page_names_each_command() -> None:
    table = PAGE.partition("| command | what it does |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines()]
    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row)) == sorted(program.commands)


# --- completion --------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH with the command as an installation would put it there."""
    command = tmp_path / "ci-failure-tracker"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ci_failure_tracker "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return f"{tmp_path}{os.pathsep}{os.environ['PATH']}"


def output_of(name: str, script: str, path: str) -> str:
    with needed(name):
        found = shell(name)
    environment = {**os.environ, **found.environment, "PATH": path, "PYTHONPATH": str(ROOT / "src")}
    command = [found.program, "-c", found.first + script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def bash_completes(words: list[str], path: str) -> set[str]:
    version = output_of("bash", "echo ${BASH_VERSINFO[0]} ${BASH_VERSINFO[1]}", path).split()
    if tuple(map(int, version)) < (4, 4):
        pytest.skip("this bash is older than the page says")
    typed = " ".join(shlex.quote(word) for word in ["ci-failure-tracker", *words])
    script = f"""{LINES["bash"]}
        complete -p ci-failure-tracker >/dev/null || exit 1
        COMP_WORDS=({typed}) COMP_CWORD={len(words)}
        _ci_failure_tracker_completion ci-failure-tracker
        printf '%s\\n' "${{COMPREPLY[@]}}" """
    return set(output_of("bash", script, path).split())


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ch"], {"check"}),
        (["sweep", "--exec"], {"--execute"}),
        (["check", "--exit"], {"--exit-code"}),
        (["sweep", "--format", ""], {"text", "json"}),
        (["sweep", "--group-by", ""], {"job", "workflow", "cause", "test"}),
        (["check", "--logs", "f"], {"false"}),
        (["explain", "--format", "j"], {"json"}),
        (["discover", "--ex"], {"--exclude-repositories"}),
        (["discover", "--format", "j"], {"json"}),
        (["combine", "--last"], {"--last-report"}),
    ],
)
def test_bash_completes_with_the_line_of_the_page(path: str, words: list[str], offered: set[str]) -> None:
    assert bash_completes(words, path) == offered


def test_bash_completes_every_command(path: str) -> None:
    assert bash_completes([""], path) == set(program.commands)


def test_zsh_takes_the_line_of_the_page(path: str) -> None:
    script = f"autoload -Uz compinit && compinit -u -D; {LINES['zsh']}; echo ${{_comps[ci-failure-tracker]}}"
    assert output_of("zsh", script, path).strip() == "_ci_failure_tracker_completion"


def test_fish_takes_the_line_of_the_page(path: str) -> None:
    script = LINES["fish"].replace("\\|", "|") + '; complete --do-complete "ci-failure-tracker ch"'
    assert output_of("fish", script, path).split()[0] == "check"
