"""The facts of failures: tool, kind, subject, location, message and lines."""

# ruff: noqa: E501 - an example is one line

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from ci_failure_tracker.diagnosis.explain import explain, explain_annotations, read_log
from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.diagnosis.patterns import all_patterns
from ci_failure_tracker.model import Annotation, Diagnosis, FailureKind, LineRange

STEP = """\
##[group]Run {command}
{command}
shell: /usr/bin/bash -e {{0}}
##[endgroup]
{output}
##[error]Process completed with exit code 1.
"""

PYTEST = """\
_________________________ TestBarrel.test_fill[a.b] _________________________

    def test_fill(self):
>       assert barrel.litres() == 8

tests/test_barrel.py:12:
_ _ _ _ _ _ _ _ _ _ _ _ _
orchard/barrel.py:33: in litres
    return sum(self.held)
E       AssertionError: assert 7 == 8
E        +  where 7 = litres()

orchard/barrel.py:33: AssertionError
=========================== short test summary info ============================"""


def diagnosis_of(output: str, command: str = "./run.sh") -> Diagnosis:
    return explain(read_log([STEP.format(command=command, output=output).encode()]))


def test_a_test_of_pytest_has_its_id_and_the_deepest_frame() -> None:
    diagnosis = diagnosis_of(PYTEST)
    (failure,) = diagnosis.failures
    assert (failure.tool, failure.kind) == ("pytest", FailureKind.TEST)
    assert failure.subject == "tests/test_barrel.py::TestBarrel::test_fill[a.b]"
    assert failure.location == "orchard/barrel.py:33"
    assert failure.message == "AssertionError: assert 7 == 8"
    assert failure.lines == (LineRange(5, 17),)
    assert diagnosis.headline == f"{failure.subject}: {failure.message}"


def test_a_fixture_that_fails_gives_no_file_to_the_test() -> None:
    output = PYTEST.replace("TestBarrel.test_fill[a.b]", "ERROR at setup of test_fill")
    assert diagnosis_of(output).failures[0].subject == "test_fill"


@pytest.mark.parametrize(
    ("output", "headline"),
    [
        # The message names the subject, or is on the line that does.
        ("src/press.c:31:9: error: 'force' undeclared", "src/press.c:31:9: error: 'force' undeclared"),
        ("/home/runner/work/o/o/src/a.py:3: error: Bad thing  [misc]", "/home/runner/work/o/o/src/a.py:3: error: Bad thing  [misc]"),
        # The message is on a line of its own.
        ("error[E0308]: mismatched types\n --> src/press.rs:2:18\n  |", "src/press.rs:2:18: error[E0308]: mismatched types"),
        ("--- FAIL: TestFill (0.00s)\n    fill_test.go:9: Fill() = 3, want 4\nFAIL", "TestFill: fill_test.go:9: Fill() = 3, want 4"),
        ("  ● Press › turns\n\n    TypeError: turn is not a function\n", "Press › turns: TypeError: turn is not a function"),
        ("1) Shop\\CartTest::testTotal\nFailed asserting that 7 matches 8.\n\n/srv/tests/CartTest.php:12\n\nFAILURES!", "Shop\\CartTest::testTotal: Failed asserting that 7 matches 8."),
        # A list of problems below the name of a file.
        ("/srv/orchard/press.js\n  2:13  error  'basket' is not defined  no-undef\n\n✖ 1 problem (1 error, 0 warnings)", "/srv/orchard/press.js:2:13  error  'basket' is not defined  no-undef"),
        # A table.
        ("Dependabot encountered '1' error(s) during execution, please check the logs for more details.\n+---+\n| pear-tree | dependency_file_not_resolvable | {  |\n+---+", "pear-tree: dependency_file_not_resolvable"),
        ("Dependabot encountered '1' error(s) during execution, please check the logs for more details.\n+---+\n| Errors |\n+---+\n| security_update_not_possible | { |\n| | \"dependency-name\": \"pear\", |\n| | \"explanation\": \"plum@6.0.1 needs pear@^9\" |\n+---+", "pear: security_update_not_possible"),
        # What a wrapper puts before each line.
        ("[ERROR] Failed to execute goal on project press: Could not find artifact com.example:basket:jar:9", "Failed to execute goal on project press: Could not find artifact com.example:basket:jar:9"),
    ],
)  # fmt: skip
def test_the_headline_is_subject_and_message(output: str, headline: str) -> None:
    assert diagnosis_of(output).headline == headline


@pytest.mark.parametrize(
    ("output", "location"),
    [
        ("src/press.c:31:9: error: 'force' undeclared", "src/press.c:31:9"),
        ("src/press.ts(2,7): error TS2322: Type 'string' is not assignable to type 'number'.", "src/press.ts:2:7"),
        ("/home/runner/work/orchard/orchard/press/press.go:12:3: undefined: squeeze", "press/press.go:12:3"),
        ("/usr/include/stdio.h:31:9: error: 'force' undeclared", ""),
        ('Traceback (most recent call last):\n  File "/srv/cli.py", line 3, in <module>\n    main()\n'
         '  File "/srv/press.py", line 8, in main\n    turn()\n  File "/usr/lib/python3/json.py", line 1, in turn\n'
         "KeyError: 'pear'", "/srv/press.py:8"),
        ("fatal: https://git.orchard.com:443 did not answer", ""),
    ],
)  # fmt: skip
def test_the_location_is_in_the_repository(output: str, location: str) -> None:
    assert diagnosis_of(output).failures[0].location == location


@pytest.mark.parametrize(
    ("output", "subject"),
    [
        # A list of complaints: the name of the file stands alone above them, or in the line.
        ("In pick.sh line 3:\necho $pear\n     ^-- SC2086 (info): Double quote to prevent splitting.", "pick.sh"),
        ("would reformat /home/runner/work/o/o/src/press.py\nOh no!\n1 file would be reformatted.", "src/press.py"),
        ("ERROR: /home/runner/work/o/o/press.py Imports are incorrectly sorted and/or formatted.", "press.py"),
        ("Press.kt:4:9: error: unresolved reference: pear", "Press.kt"),
        ("press.d(3): Error: undefined identifier `pear`", "press.d"),
        (" docs/pears.md\n 3:1  error  Use 'fruit' instead of 'pear'  Orchard.Words", "docs/pears.md"),
        ("[docs/pears.md]:\n[404] lint: https://orchard.invalid/pears", "docs/pears.md"),
        ("Dockerfile:4 DL4000 error: MAINTAINER is deprecated", "Dockerfile"),
        # What a file needs and is not there says more than the file.
        ("press.c:2:10: fatal error: pear/pear.h: No such file or directory", "pear/pear.h"),
        ("/usr/bin/ld: cannot find -lpear", "pear"),
        # What is missing, wrong or refused.
        ('error: Script not found "ripen"', "ripen"),
        ("Target \"ripen\" does not exist in the project \"orchard\".", "ripen"),
        ("ModuleNotFoundError: No module named 'pears'", "pears"),
        ("Error: Cannot find module './pears' from '/home/runner/work/o/o/main.ts'", "./pears"),
        ("Error: ENOENT: no such file or directory, open 'pears.json'", "pears.json"),
        ("./run.sh: line 2: cd: out/pears: No such file or directory", "out/pears"),
        ("./run.sh: line 2: PEAR_TREE: set it in the settings", "PEAR_TREE"),
        ("press: error: the following arguments are required: --weight", "--weight"),
        ("error: Failed to parse: pyproject.toml", "pyproject.toml"),
        ("error: Because pear-press was not found in the package registry, nothing can be installed", "pear-press"),
        ("error: GET https://registry.example.com/@orchard%2fpears - 404", "@orchard/pears"),
        ("CONFLICT (content): Merge conflict in pears.txt", "pears.txt"),
        # A frame of a stack in a package is nothing that failed here.
        ("error: pears lost\n    at orchard.Press.turn(Press.java:5)", ""),
        # The part of a run stands above.
        ("TASK [pick the pears] ****\nfatal: [tree]: FAILED! => no ladder", "pick the pears"),
        ("> orchard@1.0.0 ripen\n> ./ripen\n\nerror: the pears are hard", "ripen"),
    ],
)  # fmt: skip
def test_the_subject_is_what_the_tool_names(output: str, subject: str) -> None:
    assert diagnosis_of(output, "./run.sh").failures[0].subject == subject


@pytest.mark.parametrize(
    ("output", "subject"),
    [
        (PYTEST.replace("TestBarrel.test_fill[a.b]", "ERROR at setup of test_fill") + "\nERROR tests/test_press.py::test_fill - OSError", "tests/test_press.py::test_fill"),
        ("  1) Press turns\n     Failure/Error: expect(1).to eq 2\n\n       expected: 2\n            got: 1\n\nFailed examples:\n\nrspec ./spec/press_spec.rb:6 # Press turns", "spec/press_spec.rb:6 # Press turns"),
        ("  1 failing\n\n  1) Press\n       turns twice:\n     AssertionError: 1 == 2\n      at Context.<anonymous> (test/press.js:3:46)\n", "Press turns twice"),
        ("[ RUN      ] turns\n[  ERROR   ] --- 0x1 != 0x2\n[   LINE   ] --- t.c:6: error: Failure!\n[  FAILED  ] turns", "turns"),
        ("press.js:\n1 | a\nerror: expect(received).toBe(expected)\n\nExpected: 2\nReceived: 1\n\n      at <anonymous> (/srv/press.js:2:5)\n(fail) turns twice [0.30ms]", "turns twice"),
        ("  Scenario: turns twice  # features/press.feature:2\n    Then it turns # features/steps/s.py:5\n      ASSERT FAILED: it stood still", "features/press.feature:2"),
        ("turn(orchard.PressTest)  Time elapsed: 0.018 sec  <<< FAILURE!\njava.lang.AssertionError: expected:<2> but was:<1>", "turn(orchard.PressTest)"),
        ("        FAIL [   0.005s] pears press::turns\n\nassertion `left == right` failed", "pears press::turns"),
        ("//press:turns_test                     FAILED in 0.3s\n\nExecuted 1 out of 1 test: 1 fails locally.", "//press:turns_test"),
        ("[info] - turns twice *** FAILED ***\n[info]   1 did not equal 2 (PressTest.scala:5)", "turns twice"),
    ],
)  # fmt: skip
def test_the_subject_of_a_test_is_its_name(output: str, subject: str) -> None:
    assert diagnosis_of(output, "./run_tests.sh test").failures[0].subject == subject


def test_failures_are_told_apart_and_repeats_are_joined() -> None:
    one, other = "src/a.c:1:2: error: no pear", "src/b.c:3:4: error: no fig"
    found = diagnosis_of(f"{one}\n\n{other}\n\n{one}").failures
    assert [(failure.subject, failure.lines) for failure in found] == [
        ("src/a.c", (LineRange(5, 5), LineRange(9, 9))),
        ("src/b.c", (LineRange(7, 7),)),
    ]


def test_the_first_fifty_failures_are_told_apart_the_first_one_first() -> None:
    lines = [f"src/press{number}.c:3:9: error: no {'apple' * number}" for number in range(1, 61)]
    assert [failure.message for failure in diagnosis_of("\n".join(lines)).failures] == lines[:50]


def test_facts_hold_no_secret() -> None:
    secret = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    assert secret not in str(diagnosis_of(f"--- FAIL: TestFill (0.00s)\n    fill_test.go:9: token {secret}").failures)


def test_annotations_have_facts_but_no_lines() -> None:
    message = "The self-hosted runner: pear-4 lost communication with the server."
    diagnosis = explain_annotations([Annotation(level="failure", message=message, path=".github", line=1)])
    assert diagnosis is not None
    assert (diagnosis.kind, diagnosis.failures[0].lines) == (FailureKind.INFRASTRUCTURE, ())


def test_a_log_that_says_nothing_has_no_failure() -> None:
    empty = explain(read_log([b"\n"]))
    assert (empty.failures, empty.kind) == ((), FailureKind.UNKNOWN)


@pytest.mark.parametrize(
    ("output", "command", "kind"),
    [
        # What is outside of the repository, whatever the tool does.
        ("ERROR: Could not install packages due to an OSError: host='pypi.example' 503 Service Unavailable", "x", "infrastructure"),
        ("fatal: unable to access 'https://git.example.com/o.git/': Could not resolve host: git.example.com", "x", "infrastructure"),
        ("Error: toomanyrequests: You have reached your limit", "docker build .", "infrastructure"),
        ("cp: error writing 'pears.tar': No space left on device", "make", "infrastructure"),
        ("./press.sh: line 3:  4711 Killed                  ./press --all", "make", "infrastructure"),
        # A service of the job itself can be down because of a commit.
        ("error: connect to 127.0.0.1:5432 failed: connection reset", "pytest", "test"),
        ("error: http://localhost:8080 answered 503 Service Unavailable", "pytest", "test"),
        # A word within a name is not the word.
        ("FileNotFoundError: no such file: pears.png", "./run.sh", "unknown"),
        ("error: TestRateLimiter is not sorted", "./run.sh", "unknown"),
        # Tokens, secrets and rights.
        ("gh: Resource not accessible by integration (HTTP 403)", "gh api", "permission"),
        ("##[error]Input required and not supplied: token", "x", "permission"),
        ("ERROR: failed to push: 401 Unauthorized", "x", "permission"),
        ("error: the secret PEAR_KEY is not set", "x", "permission"),
        # The workflow and what it needs.
        ("##[error]Input required and not supplied: path", "x", "configuration"),
        ("./run.sh: line 3: pick-pears: command not found", "x", "configuration"),
        ("/srv/e.sh: line 1: ./pick.sh: Permission denied", "x", "configuration"),
        ("error: press stopped", "exit 1", "configuration"),
        ("error: press stopped", "pears/press-action@v3", "configuration"),
        # Words of other kinds.
        ("error: the tests timed out after 600 seconds", "x", "time_limit"),
        ("error: 3 vulnerabilities found", "x", "audit"),
        ("error: version solving failed", "x", "dependency"),
        ("error: 2 files would be reformatted", "x", "format"),
        # What is not there is a matter of the settings. Its name, made up by anybody, tells nothing.
        ("error: Script not found \"deploy\"", "x", "configuration"),
        ("Task 'lint' not found in root project 'orchard'.", "x", "configuration"),
        ("Don't know how to build task 'test' (See the list with `rake --tasks`)", "x", "configuration"),
        ("error: no bin target named `deploy` in default-run packages", "x", "configuration"),
        ("Unknown lifecycle phase \"tests\". You must specify a valid one", "x", "configuration"),
        ("error: the file 'eslint' is empty", "x", "unknown"),
        # Checkers that print like a compiler.
        ("src/press.c:1:4: error: code should be clang-formatted [-Wclang-format-violations]", "x", "format"),
        ("src/press.c:1:4: error: pear may be null [core.NullDereference]", "x", "lint"),
        ("src/press.c:1:4: error: unused pear [-Werror=unused]", "x", "compile"),
        # Compilers of any name begin a line with the place; what a program prints while it runs is none of theirs.
        ("press.zig:3:9: error: use of undeclared identifier 'pear'", "x", "compile"),
        ("press.cpp:3:9: runtime error: signed integer overflow", "x", "unknown"),
        ("press.go:3:9: Error return value is not checked (errcheck)", "x", "lint"),
        # A word with a name of a tool before it is still that word.
        ("error: press stopped", "pear-lint .", "lint"),
        ("error: press stopped", "pearfmt .", "format"),
        ("error: press stopped", "test -z x", "unknown"),
        # The lines below count tests.
        ("error: it stood still\n\n2 examples, 1 failure", "./run.sh", "test"),
        ("error: it stood still\n\n2 examples, 1 failure", "npm run lint", "test"),
        # The name of the part of the build.
        ("Execution failed for task ':bottle:checkstyleMain'.\n> The press is broken\n  undefined symbol: pear", "x", "lint"),
        ("Execution failed for task ':bottle:checkstyleMain'.\n> The press is broken", "x", "lint"),
        ("make: *** [Makefile:3: lint] Error 2\nerror: press stopped", "x", "unknown"),
        # A program of any name says `error: `.
        ("error: press stopped\n --> src/press.rs:2:5", "x", "compile"),
        # The command of the step.
        ("error: press stopped", "npm run lint -- --no-test", "lint"),
        ("error: press stopped", "cargo test --no-build", "test"),
        ("error: press stopped", "npx prettier --check .", "format"),
        ("error: press stopped", "docker build .", "compile"),
        ("error: press stopped", "make lint test", "unknown"),
        ("error: press stopped", "./run.sh", "unknown"),
        # What failed in the build of an image.
        ("#9 1.2 --- FAIL: TestFill (0.00s)\n#9 1.2     fill_test.go:9: no\n"
         "ERROR: failed to solve: process \"go test\" did not complete successfully: exit code: 1", "docker build .", "test"),
        # A failing test is one, whatever it says.
        ("--- FAIL: TestFill (0.00s)\n    fill_test.go:9: 503 Service Unavailable", "x", "test"),
    ],
)  # fmt: skip
def test_the_kind_says_who_can_act(output: str, command: str, kind: str) -> None:
    assert diagnosis_of(output, command).kind.value == kind


OF_A_KIND = [
    pattern
    for pattern in all_patterns()
    if pattern.kind is not FailureKind.UNKNOWN and pattern.confidence >= Confidence.LIKELY
]


@pytest.mark.parametrize("pattern", OF_A_KIND, ids=lambda pattern: pattern.name)
def test_the_kind_of_a_pattern_is_that_of_its_example(pattern: LogPattern) -> None:
    example = "\n".join(line[2:] for line in pattern.example.strip("\n").split("\n"))
    of_pattern = {pattern.kind, FailureKind.INFRASTRUCTURE, FailureKind.PERMISSION}
    assert explain(read_log([example.encode()])).kind in of_pattern


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "a ",
        "'a' ",
        "1/1 ",
        "no such ",
        "a-",
        "1:",
        "a@1",
        "@a/",
        "https://a.",
        "expected ",
        "token is ",
        "E ",
    ],
)
def test_no_line_makes_the_facts_slow(unit: str) -> None:
    line = f"--- FAIL: {unit * 1_000}"
    began = time.process_time()
    diagnosis_of("\n".join([line] * 300))
    assert time.process_time() - began < 5


def test_a_message_has_no_number_of_a_step_of_docker_before_it() -> None:
    log = "#15 ERROR: failed to push press.example/basket:1: 503 Service Unavailable"
    (failure,) = explain(read_log([log.encode()])).failures
    assert failure.message == log.removeprefix("#15 ")


def test_the_page_has_each_kind() -> None:
    page = (Path(__file__).parents[2] / "docs" / "diagnosis.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", page.partition("\n## Kinds\n")[2], re.MULTILINE)
    assert sorted(rows) == sorted(FailureKind)


def test_only_three_kinds_name_no_commit() -> None:
    assert {kind for kind in FailureKind if not kind.commit_can_cause} == {"infrastructure", "permission", "cancelled"}
