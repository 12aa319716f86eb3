"""JUnit XML, in the forms of many runners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ci_failure_tracker.model.reports import TestOutcome, TestResult
from ci_failure_tracker.reports.errors import ReportError
from ci_failure_tracker.reports.naming import MOST_NAME, Case, names, tool_of
from ci_failure_tracker.reports.paths import relative
from ci_failure_tracker.reports.values import message, seconds
from ci_failure_tracker.reports.xml_reader import Attributes, Element

MOST_CASES = 50_000
"""Tests of one report that are read."""

ROOTS = frozenset({"testsuites", "testsuite"})

_FAILED = frozenset({"failure", "error"})
_TRIED = frozenset({"rerunFailure", "rerunError", "flakyFailure", "flakyError"})
"""Attempts that failed before others. Surefire, nextest, Gradle and Playwright write them in the case of the test."""

# The words of several runners for a test that did not run.
_NOT_RUN = frozenset({"notrun", "skipped", "disabled", "ignored", "suppressed", "pending"})


@dataclass(slots=True)
class _Suite:
    """A suite as far as it is read: the attributes that its tests need, and the tests, those of one name together."""

    names: tuple[str, ...]
    file: str
    is_go: bool = False
    is_surefire: bool = False
    cases: dict[tuple[str, str, str], list[_Attempt]] = field(default_factory=dict)


@dataclass(slots=True)
class _Attempt:
    """A case of a test. `failed_before` counts the attempts that are written into it."""

    attributes: Mapping[str, str]
    failed: bool = False
    skipped: bool = False
    message: str = ""
    failed_before: int = 0


class JUnit(Element):
    """Collects the results of a report."""

    def __init__(self) -> None:
        self._root = ""
        self._suites: list[_Suite] = []
        self._case: _Attempt | None = None
        self._said = ""
        self._count = 0
        self._results: list[TestResult] = []

    def start(self, name: str, attributes: Attributes) -> bool:  # noqa: D102 - see Element
        if name == "testsuites":
            self._root = attributes.get("name", "")[:MOST_NAME]
        elif name == "testsuite":
            self._suites.append(self._suite(attributes))
        elif name == "testcase":
            self._begin_case(attributes)
        elif name == "property" and self._suites and attributes.get("name") == "go.version":
            # gotestsum and others write the version of Go as a property.
            self._suites[-1].is_go = True
        elif self._case is not None:
            return self._detail(self._case, name, attributes)
        return False

    def end(self, name: str, text: str) -> None:  # noqa: D102 - see Element
        if name == "testsuite" and self._suites:
            self._results.extend(self._of_suite(self._suites.pop()))
        elif name == "testcase":
            self._case = None
        elif name in _FAILED | _TRIED and self._case is not None:
            # The first failure is kept: others may follow from it.
            self._case.message = self._case.message or message(self._said, text, self._case.attributes.get("name", ""))

    def results(self) -> tuple[TestResult, ...]:
        """The results, also of the suites that a report which breaks off has begun."""
        while self._suites:
            self._results.extend(self._of_suite(self._suites.pop()))
        return tuple(self._results)

    def _suite(self, attributes: Attributes) -> _Suite:
        outer = self._suites[-1] if self._suites else _Suite((), "")
        return _Suite(
            (*outer.names, attributes.get("name", "")[:MOST_NAME]),
            attributes.get("file", outer.file)[:MOST_NAME],
            is_surefire="surefire" in attributes.get("xsi:noNamespaceSchemaLocation", ""),
        )

    def _begin_case(self, attributes: Attributes) -> None:
        self._count += 1
        if self._count > MOST_CASES:
            raise ReportError(f"holds more than {MOST_CASES:,} tests")
        if not self._suites:
            self._suites.append(_Suite((), ""))  # a case without a suite
        # Attributes come from anybody, so both names and values are bounded.
        kept = {key: value[:MOST_NAME] for key, value in attributes.items() if len(key) < MOST_NAME}
        self._case = _Attempt(kept)
        not_run = {attributes.get(key, "").casefold() for key in ("status", "result")} & _NOT_RUN
        self._case.skipped = bool(not_run) or attributes.get("disabled") == "true"
        # Suites may hold several tests of one name; some of them differ by their file.
        key = (kept.get("classname", ""), kept.get("name", ""), kept.get("file", ""))
        self._suites[-1].cases.setdefault(key, []).append(self._case)

    def _detail(self, case: _Attempt, name: str, attributes: Attributes) -> bool:
        if name in _FAILED:
            case.failed = True
        elif name in _TRIED:
            case.failed_before += 1
        elif name == "skipped":
            case.skipped = True
        else:
            return False
        self._said = attributes.get("message", "")
        return True

    def _of_suite(self, suite: _Suite) -> Iterator[TestResult]:
        for attempts in suite.cases.values():
            case = _case(suite, self._root, attempts[0].attributes)
            called = names(case)
            if called:
                result = _result(attempts, is_pytest=case.suite == "pytest")
                yield replace(
                    result, name=called[0], other_names=called[1:], file=relative(case.file), tool=tool_of(case)
                )


def _case(suite: _Suite, root: str, attributes: Attributes) -> Case:
    class_name = attributes.get("classname", "")
    return Case(
        name=attributes.get("name", ""),
        class_name=class_name,
        file=attributes.get("file", suite.file),
        suites=suite.names,
        root=root,
        type_name=attributes.get("class", ""),
        is_go=suite.is_go,
        is_surefire=suite.is_surefire,
    )


def _result(attempts: list[_Attempt], *, is_pytest: bool) -> TestResult:
    """What came of a test that stands in a suite once, or once for each attempt.

    If a pass follows a failure, the test was tried again. pytest says of such an attempt not even that it failed, but
    no two of its tests have one name. If all passed, they may be several tests with one name.
    """
    last = attempts[-1]
    failed_before = sum(attempt.failed_before for attempt in attempts)
    failed_before += len(attempts) - 1 if is_pytest else sum(attempt.failed for attempt in attempts[:-1])
    times = [time for attempt in attempts if (time := seconds(attempt.attributes.get("time", ""))) is not None]
    outcome = TestOutcome.FAILED if last.failed else TestOutcome.SKIPPED if last.skipped else TestOutcome.PASSED
    return TestResult(
        name="",
        outcome=outcome,
        message=next((attempt.message for attempt in attempts if attempt.message), ""),
        seconds=sum(times) if times else None,
        attempts=failed_before + 1,
        failed_attempts=failed_before + last.failed,
    )
