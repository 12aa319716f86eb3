"""docs/architecture.md names every folder and what it imports, only files that exist, and all files for a change."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from ci_failure_tracker.entry import action
from ci_failure_tracker.model import State
from ci_failure_tracker.settings import CHANNELS, Settings
from contract import generate

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "ci_failure_tracker"
DOCS = ROOT / "docs"
PAGE = (DOCS / "architecture.md").read_text("utf-8")
CODE = "ci_failure_tracker"
PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|sh|toml|yml|json)|Makefile")

INPUT, PATTERN, CHANNEL = "How to add an input", "How to add a log pattern", "How to add a channel"
BELOW = "every row below"
RULE, FORMAT = "How to add a lifecycle rule", "How to add an output format"
NEEDED = {
    INPUT: {
        "tests/unit/test_settings.py",  # compares the inputs with two tables
        "docs/tune.md",  # explains most inputs
        "CHANGELOG.md",
    },
    PATTERN: {"src/ci_failure_tracker/diagnosis/patterns/"},
    CHANNEL: {
        "src/ci_failure_tracker/settings/channels.py",
        "docs/notifications.md",
        "tests/unit/test_settings.py",
        "tests/contract/test_channels.py",
    },
    RULE: {
        "src/ci_failure_tracker/tracking/lifecycle.py",
        "src/ci_failure_tracker/model/decisions.py",
        "src/ci_failure_tracker/issues/state_codec.py",
        "docs/rules.md",
        "docs/lifecycle.md",
        "docs/report.schema.json",
        "tests/golden/",
    },
    FORMAT: {
        "src/ci_failure_tracker/report/",
        "src/ci_failure_tracker/entry/report_files.py",
        "docs/outputs.md",
        "docs/report.schema.json",
        "tests/golden/test_outputs.py",
    },
}


def section(heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


def code(text: str) -> list[str]:
    """Each text in backquotes, but for blocks of code."""
    without_blocks = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`]+)`", without_blocks)


def paths(text: str) -> set[str]:
    """The files and folders that a text names, also as arguments of a command."""
    commands = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    words = [word for span in [*code(text), *commands] for word in span.split()]
    return {word for word in words if PATH.fullmatch(word) and "<" not in word}


def relative(path: str | Path) -> str:
    return Path(path).relative_to(ROOT).as_posix()


def file_of(module: str) -> str:
    spec = find_spec(module)
    assert spec
    assert spec.origin
    return relative(spec.origin)


def parts_of_the_package() -> set[str]:
    folders = {f"{path.parent.relative_to(PACKAGE).as_posix()}/" for path in PACKAGE.rglob("*/__init__.py")}
    return folders - {"./"} | {path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"}


# --- what there is -------------------------------------------------------------------------------


def table() -> Mapping[str, str]:
    """What each folder may import, as the page has it, from the top to the bottom."""
    rows = re.findall(r"^\| `([\w/.]+)` \| [^|]+ \| ([^|]+) \|$", section("The folders"), re.MULTILINE)
    assert len(rows) == len(dict(rows))
    return dict(rows)


def is_within(part: str, folder: str) -> bool:
    return folder.endswith("/") and part.startswith(folder) and part != folder


def allowed(part: str) -> set[str]:
    """The folders and modules that a row allows, each with what is in it."""
    rows = list(table())
    if table()[part] == BELOW:
        return {*rows[rows.index(part) + 1 :]}
    named = set(code(table()[part]))
    return named | {row for row in rows if any(is_within(row, name) for name in named)}


def test_each_folder_of_the_package_has_one_row() -> None:
    assert sorted(table()) == sorted(parts_of_the_package())


def contracts() -> Sequence[Mapping[str, object]]:
    parsed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: Sequence[Mapping[str, object]] = parsed["tool"]["importlinter"]["contracts"]
    return found


def test_the_table_allows_what_the_import_contracts_allow() -> None:
    layered, leaf = contracts()
    layers = [str(layer).split(" | ") for layer in layered["layers"]]  # type: ignore[attr-defined]
    of_row = {row.removesuffix("/").removesuffix(".py"): row for row in table() if "/" not in row.removesuffix("/")}
    assert list(of_row) == [name for layer in layers for name in layer]
    assert (leaf["source_modules"], leaf["forbidden_modules"]) == ([f"{CODE}.github"], [f"{CODE}.text"])
    for place, layer in enumerate(layers):
        for name in layer:
            below = {of_row[other] for lower in layers[place + 1 :] for other in lower} - (
                {"text/"} if name == "github" else set()
            )
            assert {row for row in allowed(of_row[name]) if row in of_row.values()} == below, name


@cache
def row_of(module: str) -> str:
    """The row of a module of the program, such as `text/redaction/`."""
    inside = "/".join(module.split(".")[1:])
    fitting = [row for row in table() if f"{inside}/".startswith(row) or f"{inside}.py" == row]
    return max(fitting, key=len, default="")


def imported_by(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return {name for name in found if name.startswith(f"{CODE}.")}


@pytest.mark.parametrize("part", sorted(parts_of_the_package()))
def test_each_folder_imports_only_what_the_table_allows(part: str) -> None:
    for path in PACKAGE.rglob("*.py"):
        own = row_of(".".join((CODE, *path.relative_to(PACKAGE).with_suffix("").parts)))
        if own == part:
            rows = {row_of(module) for module in imported_by(path)} - {"", part}
            rows -= {row for row in rows if is_within(row, part)}
            assert rows - allowed(part) == set(), path.name


def test_the_diagram_names_only_folders_that_exist() -> None:
    (diagram,) = re.findall(r"^```mermaid\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"\w+/", diagram))
    assert named <= parts_of_the_package()
    assert {"entry/", "selection/", "github/", "diagnosis/", "tracking/", "issues/", "report/", "notify/"} <= named


@pytest.mark.parametrize("path", sorted(paths(PAGE)))
def test_a_file_or_folder_that_the_page_names_exists(path: str) -> None:
    generated = {"report.json", "bundle/"}  # a sweep and a release write them
    assert path in generated or (ROOT / path).exists() or (PACKAGE / path).exists()


@pytest.mark.parametrize(
    "name", sorted({name for name in code(PAGE) if re.fullmatch(r"[A-Z]+[a-z]\w*|[A-Z_]{4,}", name)})
)
def test_a_type_or_constant_that_the_page_names_is_in_the_code(name: str) -> None:
    if name.startswith(("GITHUB_", "PYTHON")) or name == "Makefile":
        return
    sources = [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "Makefile"]
    assigned = re.compile(rf"^(?:class )?{name}\b(?:\(| ?:| ?=)", re.MULTILINE)
    assert any(assigned.search(path.read_text("utf-8")) for path in sources)


# --- how to add to it ----------------------------------------------------------------------------


@pytest.mark.parametrize("heading", NEEDED)
def test_a_guide_names_the_files_that_a_change_needs(heading: str) -> None:
    assert NEEDED[heading] - paths(section(heading)) == set()


@pytest.mark.parametrize("heading", [INPUT, CHANNEL])
def test_a_guide_names_all_that_make_generate_writes(heading: str) -> None:
    written = {relative(path) for path in generate.pages().keys() - generate.badges().keys()}
    written -= {"docs/report.md", "docs/template.md"}  # they repeat the report and the fields of a template
    if heading == INPUT:
        written.remove("docs/notifications.md")  # only a channel has a row there
    assert written - paths(section(heading)) == set()
    assert "make generate" in code(section(heading))


@pytest.mark.parametrize("heading", [INPUT, CHANNEL])
def test_a_guide_to_inputs_names_the_file_that_declares_them(heading: str) -> None:
    assert file_of(Settings.__module__) in paths(section(heading))


def test_the_guide_to_channels_names_the_file_of_most_senders() -> None:
    senders = [file_of(channel.sender.partition(":")[0]) for channel in CHANNELS]
    assert max(senders, key=senders.count) in paths(section(CHANNEL))


def test_the_guide_to_rules_names_the_file_of_the_state() -> None:
    assert file_of(State.__module__) in paths(section(RULE))


def test_the_guide_to_formats_names_the_files_of_an_output() -> None:
    files = {file_of(action.__name__), file_of(generate.__name__), file_of(Settings.__module__)}
    assert files - paths(section(FORMAT)) == set()


def test_every_make_target_that_the_page_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", PAGE, re.MULTILINE))
    assert named
    assert named - targets == set()


# --- the rules -----------------------------------------------------------------------------------


def test_every_rule_that_the_code_or_the_diagram_names_is_listed() -> None:
    rules, lifecycle = ((DOCS / name).read_text("utf-8") for name in ("rules.md", "lifecycle.md"))
    listed = re.findall(r"^\| (\d+) \| ", rules, re.MULTILINE)
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    of_code = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if "patterns" not in path.parts)
    named = set(re.findall(r"\brule (\d+)", f"{of_code}\n{rules}\n{lifecycle}", re.IGNORECASE))
    assert {"2", "3", "4", "5", "6", "7", "8"} <= named <= set(listed)


# --- links ---------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))], ids=lambda page: page.name
)
def test_a_link_to_a_heading_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8"))
    lost = [(name, anchor) for name, anchor in links if anchor not in anchors(page.parent / name if name else page)]
    assert lost == []
