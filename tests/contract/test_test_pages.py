"""The pages about the tests name what there is: folders, commands, keys of a history, faults, fields of a case."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from sandbox import Sandbox
from sandbox.faults import Fault, FaultKind

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
SANDBOX = TESTS / "sandbox"
PAGES = (TESTS / "README.md", *sorted(TESTS.glob("*/README.md")))
page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())

READS = {"text", "optional_text", "number", "flag", "choice", "names", "mappings", "entries", "inner", "moment", "span"}
"""The methods of `Fields` that take a key of a history or a step."""
OF_CODE = {"run_id"}
"""A part of an address, which is read in the same way."""

OF_STORY = {"sweep", "settings", "rerun", "finish", "carried"}
"""Keys of a step that other modules read, or that a loop names."""


def text_of(path: Path) -> str:
    return re.sub(r"<!--.*?-->", "", path.read_text("utf-8"), flags=re.DOTALL)


def section(path: Path, heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text_of(path), re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


def first_cells(text: str) -> str:
    return "\n".join(re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE))


def code(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def test_each_level_of_tests_is_a_folder_and_each_folder_a_level() -> None:
    table = text_of(TESTS / "README.md").partition("| command |")[0]
    named = {name.rstrip("/") for name in code(first_cells(table))}
    folders = {path.parent.name for path in TESTS.glob("*/test_*.py")}
    assert named - {"docs"} == folders - {"docs"}  # that folder comes with the checks of the pages


@page
def test_the_pages_of_the_tests_name_make_targets_that_there_are(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {span.split()[1] for span in code(text_of(page)) if span.startswith("make ")} <= targets


@page
def test_a_file_that_a_page_of_the_tests_names_exists(page: Path) -> None:
    files = {span for span in code(text_of(page)) if re.fullmatch(r"[\w./-]+(?:\.(?:py|md)|/)", span)}
    assert [name for name in files if not any((place / name).exists() for place in (page.parent, TESTS, ROOT))] == []


# --- the sandbox ---------------------------------------------------------------------------------


def keys_of(*modules: str) -> set[str]:
    return {key for module in modules for key in _keys_read((SANDBOX / f"{module}.py").read_text("utf-8"))}


def _keys_read(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS | {"raw"}:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant):
                yield str(first.value)


def test_the_sandbox_page_names_the_keys_of_a_history() -> None:
    page = SANDBOX / "README.md"
    scenario = set(code(section(page, "Write a history").partition("| of |")[2]))
    assert keys_of("scenario", "history", "jobs", "artifacts") - OF_CODE - scenario == {"carried"}
    rows = section(page, "Let it go on").partition("| keys of a step |")[2]
    step = {word for span in code(rows) for word in re.findall(r"\w+", span)}
    known = {*keys_of("steps"), *OF_STORY}
    assert known - step == {"kind"}  # it is among the faults
    assert {key for span in code(first_cells(rows)) for key in re.findall(r"^\w+", span)} <= known


def test_the_sandbox_page_names_methods_that_there_are() -> None:
    named = code(section(SANDBOX / "README.md", "Let it go on").partition("In YAML")[0])
    methods = [name.removeprefix("box.").removesuffix("(…)") for name in named]
    assert len(methods) >= 10
    assert [name for name in methods if not hasattr(Sandbox, name)] == []


def test_the_sandbox_page_names_each_fault() -> None:
    table = section(SANDBOX / "README.md", "Faults")
    assert sorted(code(first_cells(table))) == sorted(get_args(FaultKind))
    fields = {name for span in code(table) for name in re.findall(r"\w+(?==|\b)", span)}
    assert set(Fault.__dataclass_fields__) <= fields


def test_the_python_of_the_sandbox_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", text_of(SANDBOX / "README.md"), re.MULTILINE | re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - it is the project's own page
    assert capsys.readouterr().out.startswith("http://127.0.0.1:")


# --- real output ---------------------------------------------------------------------------------


def test_the_page_on_real_output_names_each_field() -> None:
    used: set[str] = set()
    for about in (TESTS / "real_output").glob("*/about.toml"):
        content = tomllib.loads(about.read_text("utf-8"))
        used |= {*content, *(name for case in content["case"] for name in case)} - {"case"}
    table = text_of(TESTS / "real_output" / "README.md").partition("## Add a case")[0]
    assert set(code(first_cells(table))) == used
