"""Which failed jobs have one cause: pairs of logs, and what makes up the cause of one log."""

from __future__ import annotations

import pytest

from ci_failure_tracker.diagnosis.cause import MOST
from ci_failure_tracker.diagnosis.explain import explain, read_log
from ci_failure_tracker.model import Diagnosis

EXIT = "##[error]Process completed with exit code 1."


def step(*output: str, command: str = "./run.sh", inputs: tuple[str, ...] = (), end: str = EXIT) -> Diagnosis:
    """The diagnosis of a log with one step."""
    with_inputs = ["with:", *(f"  {line}" for line in inputs)] if inputs else []
    lines = [f"##[group]Run {command}", *with_inputs, "##[endgroup]", *output, *([end] if end else [])]
    return explain(read_log(["\n".join(lines).encode()]))


def cached(folder: str) -> Diagnosis:
    return step(
        "##[error]Some specified paths were not resolved, unable to cache dependencies.",
        command="actions/setup-node@v4",
        inputs=("cache: npm", f"cache-dependency-path: {folder}/package-lock.json", "node-version: 20"),
        end="",
    )


def table(package: str) -> Diagnosis:
    return step(
        "+------------------------------+----------------------------+",
        "| Type                         | Details                    |",
        "+------------------------------+----------------------------+",
        "| update_not_possible          | {                          |",
        f'|                              |   "dependency-name": "{package}", |',
        "|                              | }                          |",
        "+------------------------------+----------------------------+",
    )


def pytest_of(*tests: str, message: str = "assert 7 == 8") -> list[str]:
    """What pytest prints for these failed tests."""
    lines = ["=================== FAILURES ==================="]
    for test in tests:
        lines += [
            f"__________________ {test} __________________",
            "",
            f"    def {test}():",
            ">       assert one == two",
        ]
        lines += [f"E       {message}", "", "tests/test_shop.py:7: AssertionError"]
    summary = "=========== short test summary info ==========="
    return [*lines, summary, *(f"FAILED tests/test_shop.py::{test} - {message}" for test in tests)]


GCC = "src/press.c:31:9: error: 'squeeze' undeclared (first use in this function)"
JS = "src/basket.js"

SAME = {
    "a compiler in a container and in a build of an image": (
        step(f"/press/{GCC}"),
        step(f"#14 210.7 /opt/press.git/{GCC}"),
    ),
    "a compiler on two runners": (step(f"/home/runner/work/press/press/{GCC}"), step(f"/builds/team/press/{GCC}")),
    "a service of compose and the tool alone": (
        step("shop-1  | gizmo: fatal: no widget 'blue'"),
        step("gizmo: fatal: no widget 'blue'"),
    ),
    "a temporary name of letters": (
        step("Error: cannot lock /tmp/qwolbe, it is gone"),
        step("Error: cannot lock /tmp/trindalkop, it is gone"),
    ),
    "tests in another order": (
        step(*pytest_of("test_total", "test_bulk", "test_taxes")),
        step(*pytest_of("test_taxes", "test_total", "test_bulk")),
    ),
    "pages in another order": (
        step(
            "ERROR => glimmer v3.1 or later is needed by the theme 'plain'",
            'ERROR drawing of "/pears" failed: template "base" not found',
            'ERROR drawing of "/apples" failed: template "base" not found',
            "Took 81 ms",
        ),
        step(
            "ERROR => glimmer v3.1 or later is needed by the theme 'plain'",
            'ERROR drawing of "/apples" failed: template "base" not found',
            'ERROR drawing of "/plums" failed: template "list" not found',
            'ERROR drawing of "/pears" failed: template "base" not found',
            "Took 94 ms",
        ),
    ),
    "a full disk, whatever was written": (
        step("tar: dist/pears.tar: Cannot write: No space left on device"),
        step(r"System.IO.IOException: There is not enough space on the disk. : 'D:\work\apples.log'"),
    ),
    "one gate with another total": (
        step("ERROR: Coverage failure: total of 61 is less than fail-under=75"),
        step("ERROR: Coverage failure: total of 73 is less than fail-under=75"),
    ),
    "the linker that stops after an error": (
        step(
            "/usr/bin/ld: press.o: in function `main':",
            "press.c:(.text+0x5): undefined reference to `squeeze'",
            "collect2: error: ld returned 1 exit status",
        ),
        step(
            "/usr/bin/ld: press.o: in function `main':",
            "press.c:(.text+0x9): undefined reference to `squeeze'",
            "make: *** [Makefile:3: press] Error 1",
        ),
    ),
    "a test of jest in a build of an image": (
        step("FAIL src/cart.test.js", "  ● Cart › adds", "", "    TypeError: prices.map is not a function"),
        step(
            "#9 2.101 FAIL src/cart.test.js",
            "#9 2.102   ● Cart › adds",
            "#9 2.102",
            "#9 2.103     TypeError: prices.map is not a function",
        ),
    ),
    "errors of a compiler in another order of files": (
        step("src/a.ts(1,2): error TS2304: no 'x'.", "src/b.ts(1,2): error TS2305: no 'y'."),
        step("src/b.ts(1,2): error TS2305: no 'y'.", "src/a.ts(1,2): error TS2304: no 'x'."),
    ),
    "one input in two jobs, if the message names it": (
        step(
            "##[error]No files were found with the path: dist/",
            command="upload@v4",
            inputs=("name: one", "path: dist/"),
            end="",
        ),
        step(
            "##[error]No files were found with the path: dist/",
            command="upload@v4",
            inputs=("name: two", "path: dist/"),
            end="",
        ),
    ),
    "the help that follows": (
        step("gizmo: fatal: no widget 'blue'", "info Visit https://gizmo.example/docs for more"),
        step("gizmo: fatal: no widget 'blue'"),
    ),
}

DIFFERENT = {
    "a lock file that only the inputs name": (cached("web"), cached("api")),
    "a package that only a table names": (table("leaflet"), table("lodash")),
    "a test that only a line above names": (
        step("Errors in Test_total():", "line 1: Expected 1 but got 2", "", "TESTS FAILED"),
        step("Errors in Test_bulk():", "line 1: Expected 1 but got 2", "", "TESTS FAILED"),
    ),
    "a file that only the inputs name, though the message names another": (
        step(
            "##[error]failed to read dockerfile: open Dockerfile",
            command="build@v5",
            inputs=("file: web/Dockerfile",),
            end="",
        ),
        step(
            "##[error]failed to read dockerfile: open Dockerfile",
            command="build@v5",
            inputs=("file: api/Dockerfile",),
            end="",
        ),
    ),
    "a package that a table above a recap names": (
        step("│ Package  │ lodash │", "└──────────┴────────┘", "1 vulnerabilities found"),
        step("│ Package  │ leaflet │", "└──────────┴────────┘", "1 vulnerabilities found"),
    ),
    "two packages with one code of npm": (
        step(
            "npm error code ERESOLVE",
            "npm error ERESOLVE unable to resolve dependency tree",
            "npm error Found: react@17.0.2",
        ),
        step(
            "npm error code ERESOLVE",
            "npm error ERESOLVE unable to resolve dependency tree",
            "npm error Found: vue@17.0.2",
        ),
    ),
    "two tests that the line before the message names": (
        step("Failures:", "", "  1) Cart adds", "     Failure/Error: expect(cart.total).to eq 8", "", "       got: 7"),
        step("Failures:", "", "  1) Cart takes", "     Failure/Error: expect(cart.total).to eq 8", "", "       got: 7"),
    ),
    "two tests in the lines before a recap": (
        step("running test_total", "test_total ... not what was wanted", "Some tests failed"),
        step("running test_bulk", "test_bulk ... not what was wanted", "Some tests failed"),
    ),
    "the threshold of a gate": (
        step("ERROR: Coverage failure: total of 61 is less than fail-under=75"),
        step("ERROR: Coverage failure: total of 61 is less than fail-under=85"),
    ),
    "two tests with one message": (step(*pytest_of("test_total")), step(*pytest_of("test_bulk"))),
    "two subtests of a test": (
        step("--- FAIL: TestTotal (0.00s)", "    --- FAIL: TestTotal/empty (0.00s)", "FAIL"),
        step("--- FAIL: TestTotal (0.00s)", "    --- FAIL: TestTotal/full (0.00s)", "FAIL"),
    ),
    "two scripts that end with the same help": (
        step(
            "The header is gone from src/a.js", "error Command failed with exit code 1.", "info Visit https://a.example"
        ),
        step("The quota is used up", "error Command failed with exit code 1.", "info Visit https://a.example"),
    ),
    "two scripts that end with a ruler": (
        step("The header is gone from a.js", "----------------"),
        step("The quota is used up", "----------------"),
    ),
    "two recaps of other failures": (
        step("(./pears.md): unexpected character on line 5", "rake aborted!", "Failed 1 tests!!"),
        step("(./plums.md): unexpected character on line 9", "rake aborted!", "Failed 1 tests!!"),
    ),
    "two actions that took too long": (
        step("##[error]The action 'Test' has timed out after 30 minutes.", end=""),
        step("##[error]The action 'Deploy' has timed out after 30 minutes.", end=""),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_one_cause_has_one_signature(name: str) -> None:
    one, other = SAME[name]
    assert one.signature == other.signature


@pytest.mark.parametrize("name", DIFFERENT)
def test_two_causes_have_two_signatures(name: str) -> None:
    one, other = DIFFERENT[name]
    assert one.signature != other.signature


@pytest.mark.parametrize("name", [*SAME, *DIFFERENT])
def test_the_signature_is_that_of_the_first_failure(name: str) -> None:
    for diagnosis in {**SAME, **DIFFERENT}[name]:
        assert diagnosis.signature == diagnosis.signatures[0]
        assert len(set(diagnosis.signatures)) == len(diagnosis.signatures)


def test_each_failed_test_has_a_signature_of_its_own() -> None:
    three = step(*pytest_of("test_total", "test_bulk", "test_taxes"))
    two = step(*pytest_of("test_total", "test_bulk"))
    assert len(three.signatures) == 3
    assert set(two.signatures) < set(three.signatures)


def test_each_error_of_a_compiler_has_a_signature_of_its_own() -> None:
    errors = [f"src/press{number}.c:3:9: error: unknown type name 'apple{number}'" for number in range(3)]
    assert len(step(*errors).signatures) == 3


def test_of_many_failures_the_first_make_up_the_cause() -> None:
    errors = [f"src/press{number}.c:3:9: error: unknown type name 'apple'" for number in range(3 * MOST)]
    assert len(step(*errors).signatures) == MOST


def test_what_only_follows_is_no_cause_beside_another() -> None:
    alone = step(GCC)
    assert (
        step(GCC, "make[1]: *** [Makefile:3: press.o] Error 1", "make: *** [all] Error 2").signatures
        == alone.signatures
    )


def test_no_cause_of_a_log_is_a_ruler_or_a_hint() -> None:
    diagnosis = step("Nothing was uploaded", "=================", "See https://gizmo.example/help for more")
    assert diagnosis.headline == "Nothing was uploaded"


def test_a_failed_test_without_a_name_is_compared_with_no_other_job() -> None:
    """Every job can print that tests failed."""
    assert step("error: some tests failed", command="make test").weak
    assert not step(*pytest_of("test_price"), command="make test").weak
    assert not step("error: some tests failed in basket/apples.spec", command="make test").weak


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("error: compilation failed", "compile"),
        ("error: 3 files do not typecheck", "type"),
        ("error: lint found problems", "lint"),
        ("error: version solving failed", "dependency"),
        ("error: 3 vulnerabilities found", "audit"),
    ],
)
def test_a_failure_that_names_nothing_is_compared_with_no_other_job(line: str, kind: str) -> None:
    diagnosis = step(line, command="mypy ." if kind == "type" else "./run.sh")
    assert (diagnosis.kind, diagnosis.weak) == (kind, True)


def test_a_log_with_symptoms_only_is_compared_with_no_other_job() -> None:
    assert step("make: *** [all] Error 2").weak


def test_what_any_job_can_meet_has_one_cause_whatever_else_its_log_says() -> None:
    """The runner lost the machine: no line of it names anything."""
    lost = "##[error]The runner has received a shutdown signal."
    apples, pears = (step(*lines, end=lost) for lines in (["pressing apples"], ["peeling", "pears"]))
    assert apples.signature == pears.signature
    assert not apples.weak
