"""The failing tests that a log names, and which of them have one cause."""

from __future__ import annotations

import pytest

from ci_failure_tracker.diagnosis.explain import explain, read_log
from ci_failure_tracker.diagnosis.failing_tests import crowded, failing_tests, key_of
from ci_failure_tracker.model import Diagnosis, JobDiagnosis


def diagnosis_of(log: str) -> Diagnosis:
    return explain(read_log([log.encode()]))


def pytest_log(*failures: tuple[str, str]) -> str:
    code = "    def {}(shop):\n>       shop.sell()\nE       {}\n\ntests/test_shop.py:8: Error\n"
    blocks = [f"{f' {name} ':_^80}\n\n{code.format(name, error)}" for name, error in failures]
    summary = "\n".join(f"FAILED tests/test_shop.py::{name} - {error}" for name, error in failures)
    return (
        f"##[group]Run pytest\n##[endgroup]\n{' FAILURES ':=^80}\n{''.join(blocks)}"
        f"{' short test summary info ':=^80}\n{summary}\n{f' {len(failures)} failed in 0.1s ':=^80}\n"
        "##[error]Process completed with exit code 1.\n"
    )


def test_each_failing_test_is_named_with_its_message_and_its_lines() -> None:
    whole = diagnosis_of(pytest_log(("test_tea", "KeyError: 'tea'"), ("test_cup", "AssertionError: 1 cup")))
    tests = failing_tests(whole)
    assert [test.name for test in tests] == ["tests/test_shop.py::test_tea", "tests/test_shop.py::test_cup"]
    tea, cup = (test.alone(JobDiagnosis(5, whole.signature, whole.headline, diagnosis=whole)) for test in tests)
    assert (tea.job_id, tea.headline) == (5, "tests/test_shop.py::test_tea: KeyError: 'tea'")
    assert cup.headline == "tests/test_shop.py::test_cup: AssertionError: 1 cup"
    assert tea.signature != cup.signature
    assert cup.diagnosis is not None
    shown = [line.text for line in cup.diagnosis.lines]
    assert "E       AssertionError: 1 cup" in shown
    assert not any("tea" in line for line in shown)


def test_the_signature_of_a_test_does_not_depend_on_what_else_fails() -> None:
    alone, beside = (
        failing_tests(diagnosis_of(pytest_log(*failures)))[-1].alone(JobDiagnosis(1)).signature
        for failures in (
            [("test_tea", "KeyError: 'tea'")],
            [("test_cup", "OSError: cup"), ("test_tea", "KeyError: 'tea'")],
        )
    )
    assert alone == beside


SUMMARY = """##[group]Run make test
##[endgroup]
=========================== short test summary info ============================
FAILED tests/test_shop.py::test_tea - ConnectionRefusedError: [Errno 111] Connection refused
FAILED tests/test_shop.py::test_cup - KeyError: 'cup'
FAILED tests/test_shop.py::test_pot - KeyError: 'pot'
========================= 3 failed, 10 passed in 0.12s =========================
##[error]Process completed with exit code 1.
"""
PHPUNIT = """##[group]Run vendor/bin/phpunit
##[endgroup]
There were 2 failures:

1) Shop\\CartTest::testTotal
Failed asserting that 3 matches expected 4.

/home/runner/work/shop/tests/CartTest.php:12

2) Shop\\CartTest::testTax
Failed asserting that false is true.

/home/runner/work/shop/tests/CartTest.php:31

FAILURES!
Tests: 9, Assertions: 12, Failures: 2.
##[error]Process completed with exit code 1.
"""
SUBTESTS = """##[group]Run go test ./...
##[endgroup]
--- FAIL: TestPrice (0.00s)
    --- FAIL: TestPrice/tea (0.00s)
        price_test.go:9: got 3, want 4
    --- FAIL: TestPrice/cup (0.00s)
        price_test.go:9: got 1, want 2
FAIL
FAIL	example.org/shop	0.004s
##[error]Process completed with exit code 1.
"""


@pytest.mark.parametrize(
    ("log", "names"),
    [
        (SUMMARY, ["tests/test_shop.py::test_cup", "tests/test_shop.py::test_pot", "tests/test_shop.py::test_tea"]),
        (PHPUNIT, ["Shop\\CartTest::testTax", "Shop\\CartTest::testTotal"]),
        (SUBTESTS, ["TestPrice/cup", "TestPrice/tea"]),
    ],
    ids=["summary", "one block", "subtests"],
)
def test_a_list_of_tests_names_each_of_them(log: str, names: list[str]) -> None:
    assert sorted(test.name for test in failing_tests(diagnosis_of(log))) == names


@pytest.mark.parametrize(
    "log",
    [
        "##[group]Run make\n##[endgroup]\n##[error]Process completed with exit code 1.\n",
        "##[group]Run make\n##[endgroup]\nsrc/tea.c:7:9: error: 'cup' undeclared (first use in this function)\n"
        "##[error]Process completed with exit code 2.\n",
        f"{pytest_log(('test_tea', 'cold'))}cp: error writing 'cup.tar': No space left on device\n",
        "",
    ],
    ids=["nothing", "a compiler", "a full disk", "no log"],
)
def test_a_log_that_fails_of_something_else_names_none(log: str) -> None:
    assert failing_tests(diagnosis_of(log)) == ()
    assert failing_tests(None) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("spec/cart_spec.rb:12", "spec/cart_spec.rb:31"),
        ("cart.spec.ts:2:1 › adds", "cart.spec.ts:17:3 › adds"),
        ("test_at[2026-03-29T10:00:00Z]", "test_at[2026-11-30T08:12:31Z]"),
        ("test_repr[<Cart at 0x7f12ab34cd56>]", "test_repr[<Cart at 0x10ab9c00>]"),
        ("test_id[0b0e7b1e-6f0e-4c0d-9a39-1d0c7a2b8e11]", "test_id[7c3a2b1d-0000-4c0d-9a39-1d0c7a2b8e11]"),
        ("waits (12 ms)", "waits (1.5s)"),
    ],
)
def test_what_varies_in_a_name_makes_no_other_test(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("test_case[1]", "test_case[2]"), ("returns 404", "returns 500"), ("TestA/case_10", "TestA/case_11"), ("a", "b")],
)
def test_what_tells_tests_apart_stays_in_their_names(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def named(*failures: tuple[str, str]) -> set[str]:
    return {key.rpartition("::")[2] for key in crowded(failing_tests(diagnosis_of(pytest_log(*failures))), 3)}


def test_more_tests_with_one_message_than_allowed_are_one() -> None:
    refused = [(f"test_{number}", "ConnectionError: refused") for number in range(4)]
    assert named(*refused[:3]) == set()
    assert named(*refused) == {"test_0", "test_1", "test_2", "test_3"}
    assert named(*refused, ("test_tea", "KeyError: 'tea'")) == {"test_0", "test_1", "test_2", "test_3"}


def test_numbers_in_a_message_make_no_other_message() -> None:
    assert len(named(*((f"test_{number}", f"AssertionError: port {4000 + number}") for number in range(4)))) == 4


def test_twice_as_many_tests_are_one_whatever_they_say() -> None:
    words = ("tea", "cup", "pot", "jar", "can", "box", "bag")
    failures = [(f"test_{word}", f"KeyError: '{word}'") for word in words]
    assert named(*failures[:6]) == set()
    assert len(named(*failures)) == 7
