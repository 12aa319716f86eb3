"""The shape of the program, as far as the import contracts in pyproject.toml cannot say it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from each import each

PACKAGE = Path(__file__).parents[2] / "src" / "ci_failure_tracker"
SENDERS = {"notify/send.py", "notify/webhook.py", "notify/smtp.py", "notify/pushgateway.py"}
"""The modules that send messages and metrics; the other modules of their folder only make them."""
OF_ENTRY = {"os", "sys", "click", "rich", "actions_toolkit"}
OUTSIDE = {"github", "requests", "urllib3", "time", "subprocess", "socket", "pathlib", "smtplib", "ssl"} | OF_ENTRY
NOT_PURE = ("entry", "github")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return frozenset(found)


def label(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def folder(path: Path) -> str:
    return label(path).partition("/")[0]


MODULES = sorted(PACKAGE.rglob("*.py"))
PURE = [path for path in MODULES if folder(path) not in NOT_PURE and label(path) not in {*SENDERS, "__main__.py"}]


def roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


@each(PURE, label)
def test_what_decides_and_writes_text_touches_nothing_outside(path: Path) -> None:
    assert not roots(path) & OUTSIDE
    senders = {f"ci_failure_tracker.{name.removesuffix('.py').replace('/', '.')}" for name in SENDERS}
    assert not imports(path) & senders


@each([path for path in MODULES if folder(path) != "entry"], label)
def test_only_entry_knows_the_environment_and_the_terminal(path: Path) -> None:
    if label(path) != "__main__.py":
        assert not roots(path) & OF_ENTRY


@each([path for path in MODULES if folder(path) != "github"], label)
def test_only_the_folder_github_talks_to_github(path: Path) -> None:
    allowed = {"requests"} if label(path) == "notify/webhook.py" else set()
    assert not roots(path) & {"github", "requests", "urllib3"} - allowed


def test_three_modules_reach_a_channel() -> None:
    by_http = {label(path) for path in MODULES if "requests" in roots(path) and folder(path) != "github"}
    assert by_http == {"notify/webhook.py"}
    assert {label(path) for path in MODULES if "smtplib" in roots(path)} == {"notify/smtp.py"}
    pushing = re.compile(r"^ *(?:from|import) prometheus_client\b.*push", re.MULTILINE)
    assert {label(path) for path in MODULES if pushing.search(path.read_text("utf-8"))} == {"notify/pushgateway.py"}
    others = {path for path in MODULES if folder(path) != "github" and label(path) not in SENDERS}
    assert {label(path) for path in others if roots(path) & {"socket", "ssl", "http", "urllib3"}} == set()


@each(PURE, label)
def test_the_time_is_given_and_not_asked_for(path: Path) -> None:
    tree = ast.walk(parsed(path))
    assert not [
        node.attr
        for node in tree
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]


def test_one_module_uses_the_toolkit_and_only_its_core() -> None:
    users = {label(path): {one for one in imports(path) if one.startswith("actions_toolkit")} for path in MODULES}
    assert {name: used for name, used in users.items() if used} == {
        "entry/action.py": {"actions_toolkit", "actions_toolkit.core"}
    }


def test_one_module_writes_to_github() -> None:
    verbs = {
        (label(path), node.value)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value in {"POST", "PATCH", "PUT", "DELETE"}
    }
    assert verbs == {
        ("github/idempotent_writes.py", "POST"),
        ("github/idempotent_writes.py", "PATCH"),
        ("github/queries.py", "POST"),  # GraphQL, which is only read
    }


def test_one_module_starts_threads() -> None:
    starting = {label(path) for path in MODULES if re.search(r"\b(?:Thread|Executor)\(", path.read_text("utf-8"))}
    assert starting == {"github/side_by_side.py"}


def test_no_module_reads_an_object_of_pygithub() -> None:
    """Such an object sends a request if a field is missing."""
    imported = {
        (label(path), node.module)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "github"
    }
    assert {module for _, module in imported} == {"github.Auth", "github.GithubException", "github.Requester"}


def test_a_dry_run_differs_in_its_writer_alone() -> None:
    asking = {
        label(path)
        for path in MODULES
        if label(path) != "settings/inputs.py" and "dry_run" in path.read_text(encoding="utf-8")
    }
    assert asking == {"entry/action.py", "entry/cli.py"}


def test_the_action_starts_without_what_few_sweeps_need() -> None:
    code = f"import sys; sys.path[:0] = {sys.path!r}; import ci_failure_tracker.entry.action; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    logs = {f"ci_failure_tracker.diagnosis.{name}" for name in ("explain", "log", "patterns", "keywords")}
    of_report = {f"ci_failure_tracker.report.{name}" for name in ("page", "prometheus", "report_json")}
    reports = {f"ci_failure_tracker.{name}" for name in ("reports", "tracking.reports_of_jobs", "github.artifacts")}
    assert not loaded & {*logs, *of_report, *reports, "ci_failure_tracker.notify", "yaml", "difflib", "click", "rich"}


def test_no_module_is_a_drawer_for_everything() -> None:
    assert not {path.stem for path in MODULES} & {"utils", "util", "helpers", "helper", "common", "misc"}


POSSESSIVE_GROUP = re.compile(r"(?<!\()\)(?:[*+?]|\{+[0-9,]+\}+)\+")


@each(MODULES, label)
def test_no_pattern_repeats_a_group_possessively(path: Path) -> None:
    """`(?:ab?c)*+` matches too much before Python 3.11.5, as on Debian 12; `(?>(?:ab?c)*)` means the same."""
    found = [line.strip() for line in path.read_text("utf-8").splitlines() if POSSESSIVE_GROUP.search(line)]
    assert found == []
