"""Writes the name of a test in a report as the log of its runner does, so that both mean one test.

A report has parts, such as the class and the test, and a log has one name. What a runner makes of the parts follows
from what its reports look like. If a report lost the signs between the parts, the words alone identify the test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ci_failure_tracker.text.test_names import words

MOST_NAME = 400
"""Characters of a name that are kept."""

_NO_CLASS = ("", "test")
"""Node.js calls each class "test"."""

_SCRIPT = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte)$")
_GRADLE = re.compile(r"\(\)$|^\[\d{1,6}\] ")
"""How Gradle writes tests of JUnit 5, those with parameters by their display names."""

_FULL_TYPE = re.compile(r"[\w$]+(?:\.[\w$]+)+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Case:
    """The parts of a test in JUnit XML.

    `root` is the name of all suites together, `suites` are those of the suites that hold it, the outer ones first.
    `type_name` is the class as PHP writes it. `is_go` and `is_surefire` say that the report names its tool.
    """

    name: str
    class_name: str = ""
    file: str = ""
    suites: tuple[str, ...] = ()
    root: str = ""
    type_name: str = ""
    is_go: bool = False
    is_surefire: bool = False

    @property
    def suite(self) -> str:
        """The name of the suite that holds it."""
        return self.suites[-1] if self.suites else ""


def names(case: Case) -> tuple[str, ...]:
    """How the log names a test: the name that it is known by, and others that a log may have."""
    class_name, name = case.class_name.strip(), case.name.strip()
    first = _first(case, class_name, name)
    short = class_name.rpartition(".")[2]
    others = (
        f"{class_name}.{name}" if class_name else "",
        f"{short}.{name}" if short and name else "",
        f"{class_name}.{name}".replace("$", ".") if "$" in class_name else "",
        f"{name} ({class_name}.{name})" if class_name else "",
        f"{name} ({class_name.removeprefix('Elixir.')})" if class_name else "",
        " ".join((*case.suites, name)) if class_name in _NO_CLASS else "",
        name,
    )
    kept: dict[tuple[str, ...], str] = {}
    # By the words, because logs put other signs between them.
    for other in (first, *others):
        kept.setdefault(words(other), other[:MOST_NAME])
    kept.pop((), None)
    return tuple(kept.values()) if words(name) or words(class_name) else ()


def tool_of(case: Case) -> str:
    """The runner, as the patterns of logs call it; empty if nothing gives it away."""
    known = {
        "pytest": _is_pytest(case),
        "go-test": case.is_go,
        "surefire": case.is_surefire,
        "rspec": case.file.endswith("_spec.rb"),
        "phpunit": bool(case.type_name) and case.file.endswith(".php"),
        "vitest": case.root.startswith("vitest"),
        "cargo-test": case.root == "nextest-run",
    }
    return next((tool for tool, is_it in known.items() if is_it), "")


def _first(case: Case, class_name: str, name: str) -> str:
    if not class_name and _is_pytest(case):
        return _module_path(name)
    if not name or class_name in _NO_CLASS or case.is_go or case.root == "nextest-run":
        return name or class_name
    return _of_runner(case, class_name, name) or _of_words(class_name, name)


def _of_runner(case: Case, class_name: str, name: str) -> str:
    """The name as a runner writes it that its reports give away; empty for another one."""
    if _is_pytest(case):
        return _of_pytest(case, class_name, name)
    if case.file.endswith("_spec.rb"):
        return f"{case.file.removeprefix('./')} # {name}"
    if case.type_name and case.file.endswith(".php"):
        return f"{case.type_name}::{name}"
    if re.fullmatch(rf"{re.escape(class_name)}-\d{{14}}", case.suite):  # unittest-xml-reporting
        test = name.partition(" (")[0]
        return f"{test} ({class_name}.{test})"
    return _of_nested(case, class_name, name)


def _of_nested(case: Case, class_name: str, name: str) -> str:
    """The same of runners that print where a test is nested, with a sign between the parts."""
    if _SCRIPT.search(class_name):
        return f"{class_name}{' > ' if case.root.startswith('vitest') else ' › '}{name}"
    if _GRADLE.search(name) and not case.is_surefire and _FULL_TYPE.fullmatch(class_name):
        return f"{class_name.rpartition('.')[2].replace('$', ' > ')} > {name}"
    return ""


def _of_words(class_name: str, name: str) -> str:
    """The class and the name, or the name alone if it holds the class."""
    # Many runners put the class before or after the name already.
    inner, whole = words(class_name), words(name)
    if len(inner) <= len(whole) and inner in (whole[: len(inner)], whole[-len(inner) :]):
        return name
    # A full type or a name without spaces is code, in which a dot joins.
    is_code = _FULL_TYPE.fullmatch(class_name) or " " not in f"{class_name}{name}"
    return f"{class_name}{'.' if is_code else ' '}{name}"


def _is_pytest(case: Case) -> bool:
    return case.suite == "pytest" or case.root == "pytest tests"


def _module_path(module: str) -> str:
    """The file of a module that pytest could not import."""
    return f"{module.replace('.', '/')}.py"


def _of_pytest(case: Case, class_name: str, name: str) -> str:
    """The node id. Only the older form of pytest's reports names the file; classes begin with a capital letter."""
    parts = class_name.split(".")
    count = next((place for place, part in enumerate(parts) if part[:1].isupper()), len(parts)) or 1
    if case.file.endswith(".py"):
        count = min(len(case.file.removesuffix(".py").split("/")), len(parts))
    path = case.file if case.file.endswith(".py") else _module_path(".".join(parts[:count]))
    return "::".join((path, *parts[count:], name))
