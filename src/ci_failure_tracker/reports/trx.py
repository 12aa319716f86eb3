"""TRX, the format of Visual Studio and `dotnet test`."""

from __future__ import annotations

from dataclasses import dataclass

from ci_failure_tracker.model.reports import TestOutcome, TestResult
from ci_failure_tracker.reports.errors import ReportError
from ci_failure_tracker.reports.junit import MOST_CASES
from ci_failure_tracker.reports.naming import MOST_NAME
from ci_failure_tracker.reports.paths import relative
from ci_failure_tracker.reports.values import duration, message
from ci_failure_tracker.reports.xml_reader import Attributes, Element
from ci_failure_tracker.text.test_names import words

ROOT = "TestRun"

_PASSED = frozenset({"passed", "passedbutrunaborted", "warning", "completed"})
_FAILED = frozenset({"failed", "error", "timeout", "aborted"})


@dataclass(slots=True)
class _Result:
    attributes: Attributes
    message: str = ""
    has_inner: bool = False


class Trx(Element):
    """Collects the results of a report. The class and the file of a test stand in another place than its result."""

    def __init__(self) -> None:
        self._done: list[_Result] = []
        self._open: list[_Result] = []
        self._count = 0
        self._test_id = ""
        self._files: dict[str, str] = {}
        self._classes: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> bool:  # noqa: D102 - see Element
        if name == "UnitTestResult":
            self._begin_result(attributes)
        elif name == "UnitTest":
            self._test_id = attributes.get("id", "")
        elif name == "TestMethod":
            # The class may be followed by its assembly.
            self._classes[self._test_id] = attributes.get("className", "").partition(",")[0][:MOST_NAME]
            self._files[self._test_id] = attributes.get("codeBase", "")[:MOST_NAME]
        return name == "Message" and bool(self._open)

    def end(self, name: str, text: str) -> None:  # noqa: D102 - see Element
        if name == "UnitTestResult" and self._open:
            self._done.append(self._open.pop())
        elif name == "Message" and self._open and not self._open[-1].message:
            self._open[-1].message = message("", text)

    def results(self) -> tuple[TestResult, ...]:
        """The results. A test with data fails because the tests in it do, so these count instead of it."""
        return tuple(self._result(result) for result in self._done if not result.has_inner and _name(result))

    def _begin_result(self, attributes: Attributes) -> None:
        self._count += 1
        if self._count > MOST_CASES:
            raise ReportError(f"holds more than {MOST_CASES:,} tests")
        # The rows of a test with data are results within its own.
        if self._open:
            self._open[-1].has_inner = True
        kept = ("testName", "outcome", "duration", "testId")
        self._open.append(_Result({key: attributes[key][:MOST_NAME] for key in kept if key in attributes}))

    def _result(self, result: _Result) -> TestResult:
        name, test_id = _name(result), result.attributes.get("testId", "")
        class_name, file = self._classes.get(test_id, ""), self._files.get(test_id, "")
        full = f"{class_name}.{name}" if "." in class_name and not name.startswith(class_name) else ""
        # `dotnet test` names the assembly in this place, and other programs the source file.
        outcome, is_dotnet = _outcome(result), file.endswith((".dll", ".exe"))
        return TestResult(
            name=name,
            outcome=outcome,
            file="" if is_dotnet else relative(file),
            message=result.message,
            seconds=duration(result.attributes.get("duration", "")),
            failed_attempts=int(outcome is TestOutcome.FAILED),
            other_names=(full,) if full else (),
            tool="dotnet-test" if is_dotnet else "",
        )


def _name(result: _Result) -> str:
    name = result.attributes.get("testName", "").strip()
    return name if words(name) else ""


def _outcome(result: _Result) -> TestOutcome:
    said = result.attributes.get("outcome", "").casefold()
    if said in _PASSED:
        return TestOutcome.PASSED
    return TestOutcome.FAILED if said in _FAILED or (not said and result.message) else TestOutcome.SKIPPED
