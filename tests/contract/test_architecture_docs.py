"""docs/architecture.md names every folder, only files that exist, and all files that a change needs."""

from __future__ import annotations

import re
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
RULES = (DOCS / "lifecycle.md").read_text("utf-8")
PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|sh|toml|yml|json)|Makefile")

INPUT, PATTERN, CHANNEL = "How to add an input", "How to add a log pattern", "How to add a channel"
RULE, FORMAT = "How to add a lifecycle rule", "How to add an output format"
NEEDED = {
    INPUT: {
        "tests/unit/test_settings.py",  # compares the inputs with two tables
        "docs/CI_FAILURE_TRACKING.md",  # has to name every input
        "CHANGELOG.md",
    },
    PATTERN: {"src/ci_failure_tracker/diagnosis/patterns/", "src/ci_failure_tracker/diagnosis/log_pattern.py"},
    CHANNEL: {
        "src/ci_failure_tracker/settings/channels.py",
        "docs/CI_FAILURE_TRACKING.md",
        "tests/unit/test_settings.py",
        "tests/contract/test_channels.py",
    },
    RULE: {
        "src/ci_failure_tracker/tracking/lifecycle.py",
        "src/ci_failure_tracker/model/decisions.py",
        "src/ci_failure_tracker/issues/state_codec.py",
        "docs/lifecycle.md",
        "docs/report.schema.json",
        "tests/golden/",
    },
    FORMAT: {
        "src/ci_failure_tracker/report/",
        "src/ci_failure_tracker/entry/report_files.py",
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


def test_each_folder_of_the_package_has_one_paragraph() -> None:
    titles = re.findall(r"^\*\*`([^`]+)`\*\* ", section("The folders"), re.MULTILINE)
    assert sorted(titles) == sorted(parts_of_the_package())


def test_the_diagram_names_only_folders_that_exist() -> None:
    (diagram,) = re.findall(r"^```mermaid\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"\w+/", diagram))
    assert named <= parts_of_the_package()
    assert {"entry/", "selection/", "github/", "diagnosis/", "tracking/", "issues/", "report/", "notify/"} <= named


@pytest.mark.parametrize("path", sorted(paths(PAGE)))
def test_a_file_or_folder_that_the_page_names_exists(path: str) -> None:
    generated = {"report.json", "bundle/"}  # a sweep and a release write them
    assert path in generated or (ROOT / path).exists() or (PACKAGE / path).exists()


def test_the_layers_are_those_of_the_import_contract() -> None:
    contract = re.search(
        r"^layers = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert contract
    listed = re.search(r"the contracts in `pyproject.toml`: (.*?)\. ", section("The folders").replace("\n", " "))
    assert listed
    assert ["__main__", *code(listed[1])] == re.findall(r"\w+", contract[1])


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
    listed = re.findall(r"^\| (\d+) \| ", RULES, re.MULTILINE)
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    of_code = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if "patterns" not in path.parts)
    named = set(re.findall(r"\brule (\d+)", f"{of_code}\n{RULES}", re.IGNORECASE))
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
