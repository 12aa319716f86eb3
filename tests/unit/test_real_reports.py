"""Reports that real runners wrote, beside what they printed in the same run: both must mean the same tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ci_failure_tracker.diagnosis.explain import explain, read_log
from ci_failure_tracker.diagnosis.failing_tests import failing_tests, key_of
from ci_failure_tracker.model.reports import TestOutcome, TestResult
from ci_failure_tracker.reports.read import joined, read_report
from ci_failure_tracker.text.test_names import words

FOLDER = Path(__file__).parents[1] / "real_output" / "reports"
REPORTS = sorted(path for path in FOLDER.glob("*/*") if path.suffix in {".xml", ".trx"})
each_report = pytest.mark.parametrize("path", REPORTS, ids=lambda path: f"{path.parent.name}/{path.name}")
each_runner = pytest.mark.parametrize("runner", sorted({path.parent.name for path in REPORTS}))

EXPECTED = "expect(received).toBe(expected) // Object.is equality"

MISREAD_LOGS = {"mocha": {"Cart"}}
"""What the program takes for a failing test in a log, and is none: the group that holds the test."""

LOSES_SIGNS = {"jest", "mocha"}
"""These reports do not tell where the name of a group ends, so only the words of the names are the same."""


def results(runner: str, *names: str) -> dict[str, TestResult]:
    """What the reports of a runner say of each test, by its key: all reports of one kind, or those with these names."""
    files = [path for path in REPORTS if path.parent.name == runner]
    files = [path for path in files if path.name in names or not (names or path.name in ("older.xml", "results.trx"))]
    read = (result for path in files for result in read_report([path.read_bytes()]).results)
    return {key_of(result.name): result for result in joined(read)}


def failing_in_log(runner: str) -> set[str]:
    diagnosis = explain(read_log([(FOLDER / runner / "job.log").read_bytes()]))
    return {test.key for test in failing_tests(diagnosis)} - MISREAD_LOGS.get(runner, set())


def named(tests: Mapping[str, TestResult], outcome: TestOutcome) -> set[str]:
    return {name for name, result in tests.items() if result.outcome is outcome}


@each_report
def test_a_report_of_a_real_runner_is_read_whole(path: Path) -> None:
    report = read_report([path.read_bytes()])
    assert report.wrong == ""
    assert bool(report.results) is (path.name != "empty.xml")


@each_runner
def test_a_report_has_each_failing_test_that_the_log_names(runner: str) -> None:
    in_log, in_report = failing_in_log(runner), results(runner)
    assert in_log
    assert {words(name) for name in in_log} <= {words(name) for name in in_report}
    if runner not in LOSES_SIGNS:
        assert {name for name in in_log if "[1]" not in name} <= {*in_report}


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
            EXPECTED,
        ),
    ],
)
def test_the_message_is_the_line_that_says_what_went_wrong(runner: str, test: str, message: str) -> None:
    assert results(runner)[test].message == message


def test_a_skipped_test_neither_passed_nor_failed() -> None:
    assert named(results("surefire"), TestOutcome.SKIPPED) == {"shop.CartTest.cold"}
    assert results("surefire")["shop.CartTest.works"].outcome is TestOutcome.PASSED
