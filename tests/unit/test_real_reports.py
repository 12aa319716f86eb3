"""Reports that real runners wrote, beside what they printed in the same run: both must mean the same tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ci_failure_tracker.diagnosis.explain import explain, read_log
from ci_failure_tracker.diagnosis.failing_tests import failing_tests, key_of, results_by_words
from ci_failure_tracker.model import JobDiagnosis
from ci_failure_tracker.model.reports import TestOutcome, TestResult
from ci_failure_tracker.reports.read import joined, read_report
from ci_failure_tracker.text.test_names import words
from ci_failure_tracker.tracking.reports_of_jobs import with_results

FOLDER = Path(__file__).parents[1] / "real_output" / "reports"
REPORTS = sorted(path for path in FOLDER.glob("*/*") if path.suffix in {".xml", ".trx"})
each_report = pytest.mark.parametrize("path", REPORTS, ids=lambda path: f"{path.parent.name}/{path.name}")
each_runner = pytest.mark.parametrize("runner", sorted({path.parent.name for path in REPORTS}))

LOSES_SIGNS = {"jest", "phpunit", "robot", "rspec"}
"""Of these runners the names in reports and logs differ in signs, or in what only logs add; the words are the same."""

EXPECTED = "expect(received).toBe(expected) // Object.is equality"


def results(runner: str, *names: str) -> dict[str, TestResult]:
    """What the reports of a runner say of each test, by its key: all reports of one kind, or those with these names."""
    files = [path for path in REPORTS if path.parent.name == runner]
    files = [path for path in files if path.name in names or not (names or path.name in ("older.xml", "results.trx"))]
    read = (result for path in files for result in read_report([path.read_bytes()]).results)
    return {key_of(result.name): result for result in joined(read)}


def of_log(runner: str) -> JobDiagnosis:
    found = explain(read_log([(FOLDER / runner / "job.log").read_bytes()]))
    assert found is not None
    return JobDiagnosis(1, found.signature, found.headline, found.outcome, diagnosis=found, kind=found.kind)


def named(tests: Mapping[str, TestResult], outcome: TestOutcome) -> set[str]:
    return {name for name, result in tests.items() if result.outcome is outcome}


@each_report
def test_a_report_of_a_real_runner_is_read_whole(path: Path) -> None:
    report = read_report([path.read_bytes()])
    assert report.wrong == ""
    assert bool(report.results) is (path.name != "empty.xml")


@each_runner
def test_a_report_and_a_log_of_one_run_tell_of_the_same_tests(runner: str) -> None:
    reported = results(runner)
    failing = [result for result in reported.values() if result.outcome is TestOutcome.FAILED]
    found = results_by_words(failing)
    together = failing_tests(with_results(of_log(runner), [*reported.values()]).diagnosis)
    # A test of Go with subtests has no issue beside theirs.
    with_tests_in_it = {"gotestsum": 1}.get(runner, 0)
    assert len(together) == len(failing) - with_tests_in_it
    assert len({found[words(test.key)].name for test in together}) == len(together)


IN_LOG = {
    "jest": 4,
    "googletest": 2,
    "gotestsum": 1,
    "mocha": 2,
    "node-test": 3,
    "phpunit": 3,
    "playwright": 2,
    "pytest": 9,
    "robot": 2,
    "rspec": 4,
    "surefire": 4,
    "surefire-rerun": 5,
    "unittest": 0,
    "vitest": 3,
}
"""How many of the tests the log of each runner names. The program does not understand the output of xmlrunner."""


@each_runner
def test_the_names_in_a_log_are_found_in_the_report(runner: str) -> None:
    found = results_by_words([*results(runner).values()])
    named_in_log = [test for test in failing_tests(of_log(runner).diagnosis) if words(test.key) in found]
    assert len(named_in_log) == IN_LOG[runner]
    if runner not in LOSES_SIGNS:
        assert {test.key for test in named_in_log} == {key_of(found[words(test.key)].name) for test in named_in_log}


@each_runner
def test_a_test_that_passes_at_last_has_not_failed(runner: str) -> None:
    retried = {
        "pytest": {"tests/test_cart.py::test_flaky"},
        "gotestsum": {"TestFlaky"},
        "surefire-rerun": {"shop.CartTest.answers"},
    }
    flakes = {name for name, result in results(runner).items() if result.is_flake}
    assert flakes == retried.get(runner, set())


@pytest.mark.parametrize(("test", "attempts", "failed"), [("test_flaky", 2, 1), ("test_always", 2, 2)])
def test_pytest_counts_each_try_of_a_test(test: str, attempts: int, failed: int) -> None:
    result = results("pytest")[f"tests/test_cart.py::{test}"]
    assert (result.attempts, result.failed_attempts) == (attempts, failed)


def test_both_forms_of_pytest_name_the_same_tests() -> None:
    assert results("pytest", "junit.xml").keys() == results("pytest", "older.xml").keys()
    assert results("pytest", "older.xml")["tests/test_tax.py"].file == "tests/test_tax.py"


@pytest.mark.parametrize("runner", ["jest", "mocha"])
def test_trx_and_junit_of_one_run_tell_the_same(runner: str) -> None:
    def told(name: str) -> set[tuple[tuple[str, ...], TestOutcome]]:
        return {(words(test), result.outcome) for test, result in results(runner, name).items()}

    # jest-junit leaves out a file that cannot be loaded, and mocha-junit-reporter a test that is skipped.
    missing = {(("broken", "test", "js"), TestOutcome.FAILED), (("Cart", "is", "cold"), TestOutcome.SKIPPED)}
    assert told("junit.xml") - missing == told("results.trx") - missing


@pytest.mark.parametrize(
    ("runner", "test", "message"),
    [
        ("pytest", "tests/test_tax.py", "ModuleNotFoundError: No module named 'shop_rates'"),
        ("pytest", "tests/test_cart.py::test_rates", "ConnectionError: no rates today"),
        ("pytest", "tests/test_cart.py::test_total", "assert 750 == 800"),
        ("gotestsum", "TestTotal", "cart_test.go:12: Total() = 750, want 800"),
        ("rspec", "spec/cart_spec.rb # Cart labels an item", "no label"),
        ("rspec", "spec/cart_spec.rb # Cart adds the prices", "expected: 800 got: 750 (compared using ==)"),
        ("surefire", "shop.CartTest.total", "org.opentest4j.AssertionFailedError: expected: <800> but was: <750>"),
        ("surefire", "shop.RatesTest", "java.lang.IllegalStateException: no rates today"),
        ("jest", "Cart labels an item", "Error: no label"),
        ("mocha", "Cart with tea is hot", "AssertionError [ERR_ASSERTION]: it is cold"),
        (
            "vitest",
            "cart.test.mjs > cart > adds the prices",
            "AssertionError: expected 750 to be 800 // Object.is equality",
        ),
        (
            "playwright",
            "cart.spec.mjs › Cart › adds the prices",
            f"Error: {EXPECTED}",
        ),
    ],
)
def test_the_message_is_the_line_that_says_what_went_wrong(runner: str, test: str, message: str) -> None:
    assert results(runner)[test].message == message


def test_a_skipped_test_neither_passed_nor_failed() -> None:
    assert named(results("surefire"), TestOutcome.SKIPPED) == {"shop.CartTest.cold"}
    assert results("surefire")["shop.CartTest.works"].outcome is TestOutcome.PASSED


def test_a_report_gives_away_its_runner_as_a_log_does() -> None:
    tools = {runner: {result.tool for result in results(runner).values()} for runner in IN_LOG}
    known = {
        "pytest": {"pytest"},
        "rspec": {"rspec"},
        "phpunit": {"phpunit"},
        "surefire": {"surefire"},
        "surefire-rerun": {"surefire"},
        "vitest": {"vitest"},
    }
    assert tools.pop("gotestsum") == {"go-test"}  # other programs write such reports, too
    assert tools == {runner: known.get(runner, {""}) for runner in tools}
    for runner, (tool,) in known.items():
        assert tool in {failure.tool for test in failing_tests(of_log(runner).diagnosis) for failure in test.failures}
