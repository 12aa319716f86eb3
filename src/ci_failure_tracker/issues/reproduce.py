"""The command that repeats a failed test, if the tool and the name of the test say enough.

The name of a test comes from a log, so it is hostile text. It is quoted for the shell, and there is no command for a
name that a reader could not see in full.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from ci_failure_tracker.model import Evidence
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.markdown import code, plain
from ci_failure_tracker.text.redaction.kinds import MASK

_LONGEST = 190
"""Characters of a name; a longer one may have lost its middle."""

_MOST = 500
_META = lazy(r"[\\^$.|?*+()\[\]{}]")
_PATH = lazy(r"(?!-)[\w./@+-]{1,200}")
_GO_PACKAGE = lazy(r"FAIL\s{1,8}([\w./~-]{1,200})\s{1,8}(?:\d|\[)")


def reproducing_command(evidence: Evidence) -> str:
    """The command, as code; empty if too little is known."""
    make, name = _COMMANDS.get(evidence.tool), evidence.subject
    # A name that begins with a hyphen would be an option of the tool.
    if make is None or not name or len(name) > _LONGEST or name.startswith("-") or MASK in name or "…" in name:
        return ""
    command = make(evidence)
    # A command that is not shown exactly as it is would run something else.
    return code(command, _MOST) if command and plain(command, _MOST) == command else ""


def _pytest(evidence: Evidence) -> str:
    is_test = re.fullmatch(r"[\w./@+-]{1,200}\.py(?:::.{1,200})?", evidence.subject)
    return f"pytest {shlex.quote(evidence.subject)}" if is_test else ""


def _go(evidence: Evidence) -> str:
    if not re.match(r"(?:Test|Fuzz|Example)\w{0,200}(?:/|$)", evidence.subject):
        return ""
    packages = {match[1] for line in evidence.lines + evidence.context if (match := _GO_PACKAGE.match(line.text))}
    folder = evidence.location.rpartition("/")[0]
    if not packages and "_test.go:" in evidence.location and _PATH.fullmatch(folder) and not folder.startswith("/"):
        packages = {f"./{folder}"}
    if len(packages) != 1:
        return ""
    name = "/".join(f"^{_as_pattern(part)}$" for part in evidence.subject.split("/"))
    return f"go test {shlex.quote(packages.pop())} -run {shlex.quote(name)}"


def _jest(evidence: Evidence) -> str:
    name = _as_pattern(" ".join(evidence.subject.split(" › ")))
    file = evidence.location.partition(":")[0]
    is_test = _PATH.fullmatch(file) and re.search(r"[._-](?:test|spec)\.|__tests__", file)
    return f"npx jest {f'{shlex.quote(file)} ' if is_test else ''}-t {shlex.quote(name)}"


def _vitest(evidence: Evidence) -> str:
    file, *names = evidence.subject.split(" > ")
    if not names or not _PATH.fullmatch(file):
        return ""
    return f"npx vitest run {shlex.quote(file)} -t {shlex.quote(_as_pattern(' '.join(names)))}"


def _cargo(evidence: Evidence) -> str:
    return f"cargo test {evidence.subject}" if re.fullmatch(r"\w[\w:]{0,190}", evidence.subject) else ""


def _rspec(evidence: Evidence) -> str:
    for place in (evidence.subject, evidence.location):
        if match := re.match(r"(?:\./)?([\w./-]{1,200}_spec\.rb:\d{1,6})", place):
            return f"bundle exec rspec {shlex.quote(f'./{match[1]}')}"
    return ""


def _maven(evidence: Evidence) -> str:
    match = re.fullmatch(r"((?:\w{1,80}\.){0,12}[A-Z]\w{0,100})[.#](\w{1,100})", evidence.subject)
    return f"mvn test {shlex.quote(f'-Dtest={match[1]}#{match[2]}')}" if match else ""


def _dotnet(evidence: Evidence) -> str:
    match = re.match(r"\w{1,100}(?:\.\w{1,100}){1,12}(?=\(|$)", evidence.subject)
    return f"dotnet test --filter {shlex.quote(f'FullyQualifiedName~{match[0]}')}" if match else ""


def _ctest(evidence: Evidence) -> str:
    return f"ctest -R {shlex.quote(f'^{_as_pattern(evidence.subject)}$')}"


# Only runners whose command is the same in every project. A guess that fails costs a reader more than no command.
_COMMANDS: dict[str, Callable[[Evidence], str]] = {
    "pytest": _pytest,
    "go-test": _go,
    "jest": _jest,
    "vitest": _vitest,
    "cargo-test": _cargo,
    "rspec": _rspec,
    "surefire": _maven,
    "dotnet-test": _dotnet,
    "ctest": _ctest,
}


def _as_pattern(name: str) -> str:
    """The name as a regular expression that matches nothing else."""
    return _META.sub(r"\\\g<0>", name)
