"""Test reports that nobody's runner should write, and the forms that runners do write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ci_failure_tracker.diagnosis.failing_tests import results_by_words
from ci_failure_tracker.model.reports import TestOutcome, TestResult
from ci_failure_tracker.reports import junit
from ci_failure_tracker.reports.naming import Case, names
from ci_failure_tracker.reports.paths import relative
from ci_failure_tracker.reports.read import MOST_BYTES, joined, read_report
from ci_failure_tracker.reports.values import duration, message, seconds
from ci_failure_tracker.reports.xml_reader import MOST_DEPTH, MOST_TAG, MOST_TEXT
from ci_failure_tracker.text.test_names import words

PASSED, FAILED, SKIPPED = TestOutcome.PASSED, TestOutcome.FAILED, TestOutcome.SKIPPED

ONE = '<testsuite name="shop"><testcase classname="Cart" name="total"><failure message="no"/></testcase></testsuite>'


def read(text: str, encoding: str = "utf-8") -> dict[str, TestResult]:
    report = read_report([text.encode(encoding)])
    assert report.wrong == ""
    return {result.name: result for result in report.results}


def wrong(data: bytes) -> str:
    return read_report(data[place : place + 65_536] for place in range(0, len(data) or 1, 65_536)).wrong


def in_suite(*cases: str) -> str:
    return f'<testsuite name="shop">{"".join(cases)}</testsuite>'


# --- what is no report, or a hostile one ----------------------------------------------------------

BILLION = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
    '<testsuite><testcase classname="c" name="&c;"/></testsuite>'
)
FROM_FILE = (
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    '<testsuite><testcase classname="c" name="t"><failure>&f;</failure></testcase></testsuite>'
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"no xml at all", "is no complete XML (line 1"),
        (b"\x00\x01\x02PK\xff", "is no complete XML"),
        (b'{"tests": 3}', "is no complete XML"),
        (b"<coverage/>", "is neither JUnit XML nor TRX"),
        (b"<html><body>Not found</body></html>", "is neither JUnit XML nor TRX"),
        (BILLION.encode(), "has a document type"),
        (FROM_FILE.encode(), "has a document type"),
        (b'<!DOCTYPE testsuite SYSTEM "https://shop.invalid/a.dtd"><testsuite/>', "has a document type"),
        (b"<testsuite>" * (MOST_DEPTH + 1), "holds more elements, or deeper ones"),
        (b"<testsuite name='" + b"x" * (MOST_TAG + 100_000), "has a tag of more than 4 MB"),
        (b"<testsuite><!--" + b"x" * (MOST_TAG + 100_000), "has a tag of more than 4 MB"),
        (b'<?xml version="1.0" encoding="shop-8"?><testsuite/>', "encoding"),
        (b"<testsuite><testcase name='a'/></testsuites>", "is no complete XML (line 1: mismatched tag)"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, says: str) -> None:
    assert says in wrong(data)


def test_no_entity_is_expanded_and_no_file_is_read() -> None:
    assert read_report([BILLION.encode()]).results == ()
    assert read_report([FROM_FILE.encode()]).results == ()


def test_a_report_that_breaks_off_counts_as_far_as_it_goes() -> None:
    whole = in_suite('<testcase classname="Cart" name="total"/>', '<testcase classname="Cart" name="rate"/>')
    report = read_report([whole[: whole.index("rate")].encode()])
    assert [result.name for result in report.results] == ["Cart.total"]
    assert report.wrong.startswith("is no complete XML")


def test_a_report_with_too_many_tests_counts_as_far_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit, "MOST_CASES", 1_500)
    cases = (f'<testcase classname="Cart" name="t{number}"/>'.encode() for number in range(1_501))
    report = read_report([b"<testsuite>", *cases, b"</testsuite>"])
    assert len(report.results) == 1_500
    assert report.wrong == "holds more than 1,500 tests"


def test_a_report_is_not_read_past_its_largest_size() -> None:
    space = b" " * 1_000_000
    report = read_report([b"<testsuite>", *[space] * (MOST_BYTES // len(space)), b"</testsuite>"])
    assert report.wrong == "is larger than 50 MB"


def test_what_a_test_printed_is_not_kept() -> None:
    case = f'<testcase classname="Cart" name="total"><failure>{"x" * 100_000}</failure><system-out>{"y" * 100_000}'
    result = read(in_suite(f"{case}</system-out></testcase>"))["Cart.total"]
    assert len(result.message) <= MOST_TEXT
    assert "y" not in result.message


def test_long_names_are_cut() -> None:
    (name,) = read(in_suite(f'<testcase classname="Cart" name="{"n" * 10_000}"/>'))
    assert len(name) <= 410


def test_a_test_without_a_name_is_left_out() -> None:
    assert read(in_suite("<testcase/>", '<testcase classname="" name=" "/>', '<testcase name="***"/>')) == {}


# --- encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_report_may_be_in_any_form_of_unicode(encoding: str) -> None:
    mark = "\ufeff" if encoding in {"utf-16-le", "utf-16-be"} else ""
    text = in_suite('<testcase classname="Käse" name="größe"/>')
    assert [*read(mark + text, encoding)] == ["Käse.größe"]


def test_an_older_encoding_is_read_if_the_report_names_it() -> None:
    text = in_suite('<testcase classname="Käse" name="preis €"/>')
    assert [*read(f'<?xml version="1.0" encoding="windows-1252"?>{text}', "windows-1252")] == ["Käse preis €"]


def test_a_report_may_arrive_in_pieces() -> None:
    data = ONE.encode()
    assert read_report([data[place : place + 1] for place in range(len(data))]) == read_report([data])


# --- the forms of JUnit XML -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        lambda suite: suite,
        lambda suite: f"<testsuites>{suite}</testsuites>",
        lambda suite: f'<testsuites><testsuite name="outer">{suite}</testsuite></testsuites>',
        lambda suite: f"<?xml version='1.0'?><!-- a shop --><testsuites>{suite}{in_suite()}</testsuites>",
        lambda suite: suite.replace("testsuite ", "testsuite xmlns='urn:shop' "),
    ],
)
def test_suites_may_be_alone_together_or_within_one_another(form: Callable[[str], str]) -> None:
    assert [(name, result.outcome) for name, result in read(form(ONE)).items()] == [("Cart.total", FAILED)]


@pytest.mark.parametrize(
    ("inside", "outcome"),
    [
        ("", PASSED),
        ("<failure/>", FAILED),
        ("<error/>", FAILED),
        ("<skipped/>", SKIPPED),
        ("<skipped/><failure/>", FAILED),
        ("<system-out>failure</system-out>", PASSED),
        ("<properties><property name='failure' value='no'/></properties>", PASSED),
    ],
)
def test_a_test_fails_by_a_failure_or_an_error(inside: str, outcome: TestOutcome) -> None:
    assert (
        read(in_suite(f'<testcase classname="Cart" name="total">{inside}</testcase>'))["Cart.total"].outcome is outcome
    )


@pytest.mark.parametrize(
    "attribute", ['status="notrun"', 'result="suppressed"', 'disabled="true"', 'status="disabled"']
)
def test_googletest_says_in_an_attribute_that_a_test_did_not_run(attribute: str) -> None:
    assert read(in_suite(f'<testcase classname="Cart" name="total" {attribute}/>'))["Cart.total"].outcome is SKIPPED


@pytest.mark.parametrize(
    ("inside", "outcome", "attempts", "failed"),
    [
        ("<flakyFailure/>", PASSED, 2, 1),
        ("<flakyError/><flakyFailure/>", PASSED, 3, 2),
        ("<failure/><rerunFailure/>", FAILED, 2, 2),
        ("<error/><rerunError/><rerunError/>", FAILED, 3, 3),
    ],
)
def test_attempts_may_be_written_into_the_test(inside: str, outcome: TestOutcome, attempts: int, failed: int) -> None:
    result = read(in_suite(f'<testcase classname="Cart" name="total">{inside}</testcase>'))["Cart.total"]
    assert (result.outcome, result.attempts, result.failed_attempts) == (outcome, attempts, failed)


CASE = '<testcase classname="Cart" name="total" time="0.5">{}</testcase>'


@pytest.mark.parametrize(
    ("inside", "outcome", "attempts", "failed"),
    [
        (["<failure/>", ""], PASSED, 2, 1),
        (["<failure/>", "<failure/>", ""], PASSED, 3, 2),
        (["<failure/>", "<failure/>"], FAILED, 2, 2),
        (["", "<failure/>"], FAILED, 1, 1),
        (["", ""], PASSED, 1, 0),
    ],
)
def test_a_test_may_stand_there_once_for_each_attempt(
    inside: list[str], outcome: TestOutcome, attempts: int, failed: int
) -> None:
    result = read(in_suite(*map(CASE.format, inside)))["Cart.total"]
    assert (result.outcome, result.attempts, result.failed_attempts) == (outcome, attempts, failed)
    assert result.seconds == pytest.approx(0.5 * len(inside))


def test_a_test_of_another_suite_is_no_further_attempt() -> None:
    suites = in_suite(CASE.format("<failure/>")) + in_suite(CASE.format(""))
    report = read_report([f"<testsuites>{suites}</testsuites>".encode()])
    (result,) = joined(report.results)
    assert (result.outcome, result.is_flake, result.attempts) == (FAILED, False, 1)


# --- TRX ------------------------------------------------------------------------------------------

TRX = (
    '<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>{}</Results><TestDefinitions>'
    '<UnitTest id="1"><TestMethod codeBase="shop.dll" className="Shop.CartTest, shop" name="Total"/></UnitTest>'
    "</TestDefinitions></TestRun>"
)


def trx(*results: str) -> dict[str, TestResult]:
    return read(TRX.format("".join(results)))


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("Passed", PASSED),
        ("Failed", FAILED),
        ("Timeout", FAILED),
        ("Aborted", FAILED),
        ("NotExecuted", SKIPPED),
        ("Inconclusive", SKIPPED),
        ("", SKIPPED),
    ],
)
def test_trx_has_more_outcomes(said: str, outcome: TestOutcome) -> None:
    assert trx(f'<UnitTestResult testName="Total" outcome="{said}"/>')["Total"].outcome is outcome


def test_trx_tells_class_message_and_duration() -> None:
    text = "<Message>Expected 800\n but was 750</Message><StackTrace>at Shop</StackTrace>"
    text = f"<Output><ErrorInfo>{text}</ErrorInfo></Output>"
    result = trx(
        f'<UnitTestResult testId="1" testName="Total" outcome="Failed" duration="00:00:01.25">{text}</UnitTestResult>'
    )
    assert result["Total"] == TestResult(
        "Total", FAILED, "", "Expected 800", 1.25, 1, 1, other_names=("Shop.CartTest.Total",), tool="dotnet-test"
    )


def test_of_a_test_with_data_the_tests_in_it_count() -> None:
    inner = '<InnerResults><UnitTestResult testName="Total (1)" outcome="Failed"/></InnerResults>'
    assert [*trx(f'<UnitTestResult testName="Total" outcome="Failed">{inner}</UnitTestResult>')] == ["Total (1)"]


# --- single values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.25", 0.25),
        ("0,25", 0.25),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567.5", 1234567.5),
        (" 3 ", 3.0),
        ("5e-05", 5e-05),
        ("", None),
        ("-1", None),
        ("NaN", None),
        ("inf", None),
        ("1e400", None),
        ("99999999999", None),
        ("3 s", None),
        ("9" * 5_000, None),
    ],
)
def test_seconds_are_read_in_any_language_and_bounded(text: str, value: float | None) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("00:00:00.0030000", 0.003),
        ("01:02:03", 3723.0),
        ("1.00:00:00", 86400.0),
        ("", None),
        ("1 s", None),
        ("-1:0:0", None),
    ],
)
def test_a_duration_of_trx(text: str, value: float | None) -> None:
    assert duration(text) == value


@pytest.mark.parametrize(
    ("said", "text", "line"),
    [
        ("", "", ""),
        ("it is dark", "", "it is dark"),
        ("\n  it is dark\n  very", "", "it is dark"),
        ("it is dark", "LampError: it is dark\n  at lamp", "LampError: it is dark"),
        ("Failed", "=== RUN TestLamp\n    lamp_test.go:3: it is dark", "lamp_test.go:3: it is dark"),
        ("failed", "", "failed"),
        ('failed on teardown with "LampError: it is dark"', "def lamp():", "LampError: it is dark"),
        ("collection failure", "lamp.py:1\nE   LampError: it is dark", "LampError: it is dark"),
        ("x" * 2_000, "", "x" * 500),
    ],
)
def test_a_message_is_one_line(said: str, text: str, line: str) -> None:
    assert message(said, text) == line


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (Case("total()", "shop.CartTest", suites=("shop.CartTest",)), "CartTest > total()"),
        (Case("isWarm()", "shop.CartTest$WithTea"), "CartTest > WithTea > isWarm()"),
        (Case("[2] price=3", "shop.CartTest"), "CartTest > [2] price=3"),
        (Case("adds the prices", "Cart with tea"), "Cart with tea adds the prices"),
        (Case("Cart adds the prices", "Cart adds the prices"), "Cart adds the prices"),
        (Case("Cart adds the prices", "adds the prices"), "Cart adds the prices"),
        (Case("cart", "cart"), "cart"),
        (Case("tests::total", "shop::bin", root="nextest-run"), "tests::total"),
        (Case("TestTotal", "shop.invalid/cart", is_go=True), "TestTotal"),
        (
            Case("testTotal", "Shop.CartTest", "tests/CartTest.php", type_name="Shop\\CartTest"),
            "Shop\\CartTest::testTotal",
        ),
        (Case("test_total", "", suites=("pytest",)), "test_total.py"),
        (Case("test_total", "test_cart", suites=("pytest",)), "test_cart.py::test_total"),
        (Case("test_total", "TestCart", suites=("pytest",)), "TestCart.py::test_total"),
        (Case("Total", "Cart"), "Cart.Total"),
        (Case("", "shop.RatesTest"), "shop.RatesTest"),
    ],
)
def test_names_are_written_as_logs_write_them(case: Case, name: str) -> None:
    assert names(case)[0] == name


def test_other_names_that_a_log_may_have() -> None:
    assert "test_total (test_cart.CartTest.test_total)" in names(Case("test_total", "test_cart.CartTest"))
    assert "test adds (CartTest)" in names(Case("test adds", "Elixir.CartTest"))
    assert "CartTest.total" in names(Case("total", "shop.CartTest"))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("tests/test_cart.py", "tests/test_cart.py"),
        ("./spec/cart_spec.rb", "spec/cart_spec.rb"),
        ("tests\\CartTest.cs", "tests/CartTest.cs"),
        ("/home/runner/work/shop/shop/tests/cart.js", "tests/cart.js"),
        ("D:\\a\\shop\\shop\\tests\\cart.js", "tests/cart.js"),
        ("/usr/lib/python3/unittest/suite.py", ""),
        ("", ""),
    ],
)
def test_a_file_is_told_by_its_place_in_the_repository(path: str, found: str) -> None:
    assert relative(path) == found


def test_a_name_that_two_tests_share_tells_neither() -> None:
    results = [TestResult(f"shop.{name}.total", PASSED, other_names=("total",)) for name in ("Cart", "Tax")]
    assert results_by_words(results).keys() == {("shop", "Cart", "total"), ("shop", "Tax", "total")}
    assert ("total",) in results_by_words(results[:1])


def test_the_words_of_a_name_are_the_same_with_other_signs() -> None:
    assert words("Cart › with tea › is hot") == words("Cart with tea is hot") == words("Cart / with tea / is hot")
    assert words("spec/cart_spec.rb[1:3:2] # Cart") == words("spec/cart_spec.rb # Cart")
