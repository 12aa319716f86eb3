"""Each block of code of a page does what a reader wants of it: commands run, workflows fit the action, links lead on.

The commands run against the local GitHub, in a folder that holds what the pages speak of.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import debian
from builders import some_settings
from ci_failure_tracker.entry import cli
from ci_failure_tracker.entry.cli import program
from ci_failure_tracker.report.report_json import report_as_json
from docs.pages import PAGES, ROOT, Block, anchors, blocks, links
from organisations import a_report_of
from outside_tools import needed
from sandbox import Sandbox

PROJECT = "https://github.com/org/ci-failure-tracker"
ids = [page.relative_to(ROOT).as_posix() for page in PAGES]
with_commands = [page for page in PAGES if any(block.language == "sh" for block in blocks(page))]


@pytest.mark.parametrize("page", with_commands, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the page: a command may read what one before it wrote."""
    to_run = [block for block in blocks(page) if block.language == "sh" and not is_excused(block)]
    with a_place(tmp_path, monkeypatch):
        for block in to_run:
            for command in commands(block):
                assert run(command, monkeypatch) == 0, f"{block.page.name}:{block.line}: {command}"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=[*ids, "CHANGELOG.md"])
def test_a_link_leads_to_a_file_and_to_a_heading_that_are_there(page: Path) -> None:
    wrong = []
    for link in links(page):
        if re.match(r"https?:|mailto:", link):
            continue
        name, _, heading = link.partition("#")
        place = (page.parent / name).resolve() if name else page
        if not place.exists() or (heading and place.suffix == ".md" and heading not in anchors(place)):
            wrong.append(link)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_a_workflow_of_a_page_gives_the_action_inputs_that_it_has(page: Path) -> None:
    declared = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    for block in blocks(page):
        if block.language not in {"yaml", "yml"} or is_excused(block):
            continue
        for given in inputs_of(yaml.safe_load(block.text)):
            assert set(given) <= set(declared), block
            fixed = {name: str(value) for name, value in given.items() if "${{" not in str(value)}
            some_settings(**{name.replace("-", "_"): text for name, text in fixed.items() if name in ALONE})


ALONE = {"assign", "branch", "close-after", "conclusions", "group-by", "matrix", "min-failures", "notify", "owners"}
"""Inputs whose values can be checked one by one."""


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_data_of_a_page_can_be_read(page: Path) -> None:
    for block in blocks(page):
        if block.language == "json":
            json.loads(block.text)


def is_excused(block: Block) -> bool:
    return any(block.noted("not run") + block.noted("run by"))


def inputs_of(value: Any) -> Iterator[dict[str, object]]:
    """Each `with:` that belongs to the action, also of a workflow that is shown in part."""
    if isinstance(value, list):
        for one in value:
            yield from inputs_of(one)
    elif isinstance(value, dict):
        uses = str(value.get("uses", "ci-failure-tracker@"))
        if "ci-failure-tracker@" in uses and isinstance(value.get("with"), dict):
            yield value["with"]
        for one in value.values():
            yield from inputs_of(one)


def commands(block: Block) -> list[str]:
    """The lines of a block, each with the lines that go on with it."""
    return [line for line in block.text.replace("\\\n", " ").splitlines() if line.partition("#")[0].strip()]


@contextmanager
def a_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder, and a GitHub, in which the commands of the pages make sense."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d")
    history = {
        "repository": {"full_name": "owner/name", "topics": ["service"]},
        "now": f"{yesterday}T23:00:00Z",
        "workflows": [{"name": name, "jobs": [{"name": "test"}]} for name in ("CI", "Nightly")],
        "runs": [{"workflow": name, "at": f"{yesterday}T10:00:00Z"} for name in ("CI", "Nightly")],
    }
    (folder / "reports" / "1").mkdir(parents=True)
    report = json.dumps(report_as_json(a_report_of("owner/name")))
    (folder / "reports" / "1" / "report.json").write_text(report, "utf-8")
    (folder / "job.log").write_text("lamp.c:3: error: it is dark\n", "utf-8")
    for name in ("src", "tests", "docs", "Makefile", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    binaries = folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    (binaries / "python").chmod(0o755)
    monkeypatch.chdir(folder)
    with Sandbox.from_mapping(history).serve() as server:
        monkeypatch.setenv("GITHUB_API_URL", server.api_url)
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", server.graphql_url)
        monkeypatch.setenv("GITHUB_TOKEN", "sandbox-token")
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        monkeypatch.setattr(cli, "repository_here", lambda *_: "owner/name")
        yield


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a line of a page and return its exit code."""
    exported = re.fullmatch(r"export (\w+)=(.*)", command)
    if exported:
        if not exported[1].startswith("GITHUB_"):  # the address and the token of the local GitHub stay
            monkeypatch.setenv(exported[1], shlex.split(exported[2])[0])
        return 0
    first, *arguments = shlex.split(command, comments=True)
    if (first, *arguments[:2]) == ("uvx", "--from", f"git+{PROJECT}"):
        first, *arguments = arguments[2:]
    if first == "ci-failure-tracker" and not {"|", ">"} & set(arguments):
        return run_program(arguments)
    if first == "make":
        return run_make(arguments)
    if first == "gh":
        return start_workflow(arguments)
    if (first, *arguments[:2]) == (".venv/bin/python", "-m", "pytest"):
        return collect(arguments[2:])
    return run_in_a_shell(command)


def collect(arguments: list[str]) -> int:
    """The tests that a page names run with all others; here they only have to be there."""
    files = [text.partition("::")[0] for text in arguments if text.startswith("tests")]
    return 0 if files and all((ROOT / file).exists() for file in files) else 1


def run_program(arguments: list[str]) -> int:
    """The command in this process. A person who gives `--execute` answers yes."""
    answer = ["--yes"] if "--execute" in arguments and "--yes" not in arguments else []
    result = CliRunner().invoke(program, [*arguments, *answer])
    if result.exit_code or SAYS.get(arguments[0], "owner/name") not in result.output:
        print(result.output)
        return result.exit_code or 1
    return 0


SAYS = {"backtest": "sweeps", "combine": "1 repository", "explain": "it is dark"}
"""What a command prints here; the others name the repository."""


def run_make(arguments: list[str]) -> int:
    """The targets for users run. What else a block of a page names needs a test of its own, which `run by` names."""
    assert arguments[0].startswith("ci-failures-"), "name the test that runs this target in `run by`"
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    ready = (f"RUN_PYTHON={sys.executable}", "RUN_READY=pyproject.toml")
    return subprocess.run(
        ["make", "--no-print-directory", *arguments, *ready], cwd=ROOT, env=environment, check=False, timeout=60
    ).returncode


def start_workflow(arguments: list[str]) -> int:
    """`gh workflow run` has to name an example that a person can start, and inputs that it has."""
    assert arguments[:2] == ["workflow", "run"], "only `gh workflow run` is understood here"
    example = yaml.safe_load((ROOT / "docs" / "examples" / arguments[2]).read_text("utf-8"))
    dispatch = example[True]["workflow_dispatch"] or {}  # YAML takes the word `on` for true
    given = [text.partition("=")[0] for text in arguments[3:] if text not in {"-f", "--field"}]
    return 0 if set(given) <= set(dispatch.get("inputs", {})) else 1


def run_in_a_shell(command: str) -> int:
    """Anything else, with the command and jq on PATH."""
    folder = Path("bin")
    folder.mkdir(exist_ok=True)
    (folder / "ci-failure-tracker").write_text(
        f'#!/bin/sh\nexec env PYTHONPATH="{ROOT / "src"}" "{sys.executable}" -m ci_failure_tracker "$@"\n', "utf-8"
    )
    (folder / "ci-failure-tracker").chmod(0o755)
    path = [str(folder.resolve()), os.environ["PATH"]]
    libraries = {}
    if re.search(r"\bjq\b", command) and not shutil.which("jq"):
        with needed("jq"):
            root = debian.unpacked("jq", with_needed=True)
        path.insert(1, str(root / "usr" / "bin"))
        libraries = {"LD_LIBRARY_PATH": debian.library_path(root)}
    environment = {**os.environ, **libraries, "PATH": os.pathsep.join(path)}
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    script = f"set -euo pipefail\n{command}"
    return subprocess.run([bash, "-c", script], env=environment, check=False, timeout=60).returncode
