"""The command that repeats a failed test."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta

import pytest
from hypothesis import given

from builders import START
from ci_failure_tracker.issues.reproduce import reproducing_command
from ci_failure_tracker.model import Evidence, ExcerptLine, FailureKind
from harmless import check_markdown
from unit.test_hostile_text import GLUED

URL = "https://github.example/octo-org/example"
TOOLS = ("pytest", "go-test", "jest", "vitest", "cargo-test", "rspec", "surefire", "dotnet-test", "ctest")


def evidence(tool: str, subject: str, location: str = "", *lines: str) -> Evidence:
    return Evidence(
        run_id=1,
        attempt=1,
        number=1,
        job_id=1,
        ended_at=START + timedelta(hours=1),
        signature="v2:x",
        headline="it broke",
        lines=tuple(ExcerptLine(number, line) for number, line in enumerate(lines, start=1)),
        tool=tool,
        kind=FailureKind.TEST,
        subject=subject,
        location=location,
    )


def command(*given_facts: str) -> str:
    return reproducing_command(evidence(*given_facts)).strip("`").strip()


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (("pytest", "tests/test_a.py::test_b"), "pytest tests/test_a.py::test_b"),
        (("pytest", "tests/test_a.py::test_b[x y]"), "pytest 'tests/test_a.py::test_b[x y]'"),
        (("go-test", "TestX", "", "FAIL\texample.com/pay\t0.1s"), "go test example.com/pay -run '^TestX$'"),
        (("go-test", "TestX/a_b", "pay/x_test.go:3"), "go test ./pay -run '^TestX$/^a_b$'"),
        (("jest", "eta › adds (twice)", "src/a.test.ts:7"), "npx jest src/a.test.ts -t 'eta adds \\(twice\\)'"),
        (("jest", "adds", "src/lib.ts:7"), "npx jest -t adds"),
        (("vitest", "src/a.test.ts > eta > adds 1"), "npx vitest run src/a.test.ts -t 'eta adds 1'"),
        (("cargo-test", "eta::tests::dst"), "cargo test eta::tests::dst"),
        (("rspec", "Eta crosses", "spec/eta_spec.rb:6"), "bundle exec rspec ./spec/eta_spec.rb:6"),
        (("rspec", "./spec/eta_spec.rb:6"), "bundle exec rspec ./spec/eta_spec.rb:6"),
        (("surefire", "com.x.EtaTest.crosses"), "mvn test '-Dtest=com.x.EtaTest#crosses'"),
        (("dotnet-test", "A.EtaTest.Crosses(n: 1)"), "dotnet test --filter 'FullyQualifiedName~A.EtaTest.Crosses'"),
        (("ctest", "eta.all"), "ctest -R '^eta\\.all$'"),
    ],
)
def test_each_tool_has_its_command(facts: tuple[str, ...], wanted: str) -> None:
    assert command(*facts) == wanted


@pytest.mark.parametrize(
    "facts",
    [
        ("", "test_b"),
        ("gcc", "src/a.c", "src/a.c:3"),
        ("pytest", ""),
        ("pytest", "test_b"),
        ("pytest", "--pyargs.py"),
        ("pytest", "tests/test_a.py::test_b[\x1b[31m]"),
        ("pytest", "tests/test_a.py::test_b[a\nb]"),
        ("pytest", "tests/test_a.py::test_b[a  b]"),
        ("pytest", "tests/test_a.py::test_b[***]"),
        ("pytest", "tests/test_a.py::" + "x" * 183),
        ("go-test", "TestX", "x_test.go:3"),
        ("go-test", "TestX", "", "FAIL\ta\t0.1s", "FAIL\tb\t0.1s"),
        ("go-test", "TestX", "/opt/go/x_test.go:3"),
        ("rspec", "Eta crosses"),
        ("vitest", "--config=x > a"),
        ("jest", "-x"),
    ],
)
def test_there_is_no_command_if_too_little_is_known(facts: tuple[str, ...]) -> None:
    assert command(*facts) == ""


@given(GLUED, GLUED)
def test_a_hostile_name_is_one_word_of_the_shell_and_one_span_of_code(name: str, place: str) -> None:
    for tool in TOOLS:
        for subject in (name, f"tests/a.py::{name}", f"TestX/{name}", f"a.test.ts > {name}"):
            shown = reproducing_command(evidence(tool, subject, place, f"FAIL\t{place}\t0.1s"))
            if not shown:
                continue
            check_markdown(f"Reproduce it with {shown}.\n", "a command", URL)
            fence = re.match("`+", shown)
            assert fence
            words = shlex.split(shown[len(fence[0]) : -len(fence[0])])
            assert words[0] in {"pytest", "go", "npx", "cargo", "bundle", "mvn", "dotnet", "ctest"}
            assert len(words) <= 6
