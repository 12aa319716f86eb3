"""What the tools really print when they fail: `tests/real_output/<tool>/<case>.log`, recorded by running them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ci_failure_tracker.diagnosis.explain import explain, read_log
from ci_failure_tracker.model import Diagnosis
from each import each

FOLDER = Path(__file__).parents[1] / "real_output"

KINDS = {
    *("test", "compile", "type", "lint", "format", "dependency", "configuration", "permission", "infrastructure"),
    *("time_limit", "cancelled", "deploy", "audit", "unknown"),
}
_COMMAND = re.compile(r"::(error|warning|notice|group|endgroup)(?: [^:]{0,400}(?::(?!:)[^:]{0,400}){0,9})?::(.*)")


@dataclass(frozen=True)
class Case:
    """One failure of a tool. README.md in the folder of the recorded output says what the fields mean."""

    path: Path
    command: str
    exit_code: int
    headline: tuple[str, ...]
    excerpt: tuple[str, ...]
    kinds: frozenset[str]
    subject: str
    known_wrong: str
    known_wrong_facts: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def output(self) -> str:
        return self.path.read_text("utf-8", errors="replace")


def cases() -> Iterator[Case]:
    for about in sorted(FOLDER.glob("*/about.toml")):
        for case in tomllib.loads(about.read_text("utf-8"))["case"]:
            kind = case["kind"]
            yield Case(
                about.parent / case["log"],
                case["command"],
                case["exit_code"],
                tuple(case["headline"]),
                tuple(case.get("excerpt", ())),
                frozenset([kind] if isinstance(kind, str) else kind),
                case.get("subject", ""),
                case.get("known_wrong", ""),
                frozenset(case.get("known_wrong_facts", ())),
            )


CASES = tuple(cases())
each_case = each(CASES, lambda case: case.name)


def in_a_job(case: Case) -> bytes:
    """The log of a step of GitHub Actions that runs the command."""
    lines = [
        f"##[group]Run {case.command}",
        *case.command.splitlines(),
        "shell: /usr/bin/bash -e {0}",
        "##[endgroup]",
        *map(as_the_runner_prints, case.output.split("\n")),
        f"##[error]Process completed with exit code {case.exit_code}.",
    ]
    return "".join(f"2024-05-01T10:00:00.0000000Z {line}\n" for line in lines).encode()


def as_the_runner_prints(line: str) -> str:
    """A line as the log shows it: the runner turns `::error file=a.py::text` into `##[error]text`."""
    command = _COMMAND.fullmatch(line)
    return f"##[{command[1]}]{command[2]}" if command else line


def problems(case: Case, diagnosis: Diagnosis) -> list[str]:
    """What a reader would miss."""
    excerpt = "\n".join(line.text for line in diagnosis.lines)
    found = [f"not in the excerpt: {text}" for text in case.excerpt if text not in excerpt]
    if not any(text in diagnosis.headline for text in case.headline):
        found.append(f"another headline: {diagnosis.headline}")
    return found


@each_case
def test_the_headline_and_the_excerpt_tell_why_the_tool_failed(case: Case) -> None:
    wrong = problems(case, explain(read_log([in_a_job(case)])))
    if case.known_wrong:
        assert wrong, "it is right now: remove `known_wrong`"
    else:
        assert wrong == []


@each_case
def test_the_output_alone_has_the_same_headline(case: Case) -> None:
    """A person may give `explain` what a terminal printed, without the lines of a runner."""
    if not case.known_wrong:
        diagnosis = explain(read_log([case.output.encode()]))
        assert any(text in diagnosis.headline for text in case.headline), diagnosis.headline


@each_case
def test_the_failure_has_its_kind_and_subject(case: Case) -> None:
    if not case.known_wrong:
        first = explain(read_log([in_a_job(case)])).failures[0]
        wrong = {
            *(() if first.kind in case.kinds else ("kind",)),
            *(() if case.subject in first.subject else ("subject",)),
        }
        assert wrong == case.known_wrong_facts, first


@each_case
def test_what_is_recorded_of_a_case_is_in_its_output(case: Case) -> None:
    log = read_log([case.output.encode()])
    lines = [log[number] for number in range(1, log.last + 1)]
    assert [text for text in (*case.headline, *case.excerpt) if not any(text in line for line in lines)] == []
    assert case.kinds <= KINDS


def test_every_log_is_described() -> None:
    assert set(FOLDER.glob("*/*.log")) == {case.path for case in CASES}
