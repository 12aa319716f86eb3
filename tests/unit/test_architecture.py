"""The shape of the program: who may know of whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "ci_failure_tracker"
PURE = ("diagnosis", "tracking", "rendering", "reporting", "text", "text/redaction")
SENDERS = {"notify/pushgateway.py", "notify/send.py", "notify/webhook.py", "notify/smtp.py"}
"""What brings the messages out; the others of that folder only make them."""
EDGE_ONLY = {"os", "sys", "click", "rich", "actions_toolkit"}
OUTSIDE = {"github", "requests", "urllib3", "time", "subprocess", "socket", "pathlib"} | EDGE_ONLY


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PACKAGE / folder).glob("*.py"))


def label(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def makers() -> list[Path]:
    return [path for path in modules("notify") if label(path) not in SENDERS]


@pytest.mark.parametrize("path", [*modules(*PURE, "model", "settings"), *makers()], ids=label)
def test_the_core_is_pure(path: Path) -> None:
    roots = {name.partition(".")[0] for name in imports(path)}
    assert not roots & (OUTSIDE | {"smtplib", "ssl"})
    assert not {f"{name.removeprefix('ci_failure_tracker.').replace('.', '/')}.py" for name in imports(path)} & SENDERS
    assert not any(
        name.startswith(("ci_failure_tracker.github_api", "ci_failure_tracker.edges")) for name in imports(path)
    )


@pytest.mark.parametrize("path", [path for path in PACKAGE.rglob("*.py") if path.parent.name != "edges"], ids=label)
def test_only_the_edges_touch_the_environment_and_the_terminal(path: Path) -> None:
    if path.name != "__main__.py":
        assert not {name.partition(".")[0] for name in imports(path)} & EDGE_ONLY


@pytest.mark.parametrize(
    "path", [path for path in PACKAGE.rglob("*.py") if path.parent.name != "github_api"], ids=label
)
def test_only_github_api_talks_to_github(path: Path) -> None:
    allowed = {"requests"} if label(path) == "notify/webhook.py" else set()
    assert not {name.partition(".")[0] for name in imports(path)} & {"github", "requests", "urllib3"} - allowed


def test_only_the_edges_send_messages_and_only_two_modules_reach_a_channel() -> None:
    users = {label(path): set(imports(path)) for path in PACKAGE.rglob("*.py")}
    by_http = {name for name, used in users.items() if "requests" in used and not name.startswith("github_api/")}
    assert by_http == {"notify/webhook.py"}
    assert {name for name, used in users.items() if "smtplib" in used} == {"notify/smtp.py"}
    # No module imports a sender: delivery loads it by the name that its channel declares.
    senders = {f"ci_failure_tracker.{name.removesuffix('.py').replace('/', '.')}" for name in SENDERS}
    assert {name for name, used in users.items() if used & senders} <= SENDERS


@pytest.mark.parametrize("path", [*modules(*PURE), *makers()], ids=label)
def test_the_core_is_told_what_time_it_is(path: Path) -> None:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    assert not [
        node.attr
        for node in tree
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]


def test_the_toolkit_is_used_in_one_module_and_only_its_core() -> None:
    users = {label(path): set(imports(path)) for path in PACKAGE.rglob("*.py")}
    found = {name: {one for one in used if one.startswith("actions_toolkit")} for name, used in users.items()}
    assert {name: used for name, used in found.items() if used} == {
        "edges/action.py": {"actions_toolkit", "actions_toolkit.core"}
    }


def test_only_one_module_writes_to_github() -> None:
    writers = {
        label(path)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in {"create_issue", "create_label", "edit", "create_comment", "add_to_assignees"}
    }
    assert writers == {"github_api/once.py"}


def test_a_dry_run_is_a_shut_door_and_no_condition_elsewhere() -> None:
    asking = {
        label(path)
        for path in PACKAGE.rglob("*.py")
        if label(path) != "settings/inputs.py" and "dry_run" in path.read_text(encoding="utf-8")
    }
    assert asking == {"edges/action.py", "edges/cli.py"}


def test_there_is_no_drawer_for_everything() -> None:
    assert not {path.stem for path in PACKAGE.rglob("*.py")} & {"utils", "util", "helpers", "helper", "common", "misc"}


POSSESSIVE_GROUP = re.compile(r"(?<!\()\)(?:[*+?]|\{+[0-9,]+\}+)\+")


@pytest.mark.parametrize("path", list(PACKAGE.rglob("*.py")), ids=label)
def test_no_pattern_repeats_a_group_possessively(path: Path) -> None:
    """`(?:ab?c)*+` matches too much before Python 3.11.5, as on Debian 12; `(?>(?:ab?c)*)` means the same."""
    found = [line.strip() for line in path.read_text("utf-8").splitlines() if POSSESSIVE_GROUP.search(line)]
    assert found == []
