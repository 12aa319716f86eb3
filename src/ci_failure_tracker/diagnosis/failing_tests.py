"""The failing tests that a log names: each with its message, its signature and its lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ci_failure_tracker.diagnosis.signature import masked, signature
from ci_failure_tracker.model import Diagnosis, ExcerptLine, Failure, FailureKind, JobDiagnosis, TestResult
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.text.test_names import words

_ALL_CAUSES = 2
"""So many times `max-tests` of one job are one thing, whatever their messages say."""

_VARYING = re.compile(
    r"(?<=[\w)])(?::\d{1,7}){1,2}(?!\w)"  # the line of a file
    r"|\b0x[0-9a-fA-F]{3,16}\b"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b\d{4}-\d\d-\d\d(?:[T_ ]\d\d[:.-]\d\d(?:[:.-]\d\d(?:[.,]\d{1,9})?)?Z?)?"
    r"|\((?:\d{1,6}(?:\.\d{1,6})? ?m?s)\)",
    re.ASCII,
)
"""What varies in the name of a test from run to run or from commit to commit."""

_WITHIN = ("/", " › ", "::")
"""What stands between a test and the tests in it."""


@dataclass(frozen=True, slots=True)
class FailingTest:
    """A test that failed in a job: its name as the log has it, and what failed in it, the first failure first."""

    name: str
    failures: tuple[Failure, ...]

    @property
    def key(self) -> str:
        """The name without what varies, by which the test is the same in every log."""
        return key_of(self.name)

    @property
    def message(self) -> str:
        """What went wrong, without what varies."""
        return masked(self.failures[0].message.replace(self.name, ""))

    def alone(self, whole: JobDiagnosis) -> JobDiagnosis:
        """What the diagnosis of its job says of this test alone."""
        first, diagnosis = self.failures[0], whole.diagnosis
        # The word before the name keeps a test apart from another failure whose line is only that name.
        of_test = signature([f"test {self.key}", self.message])
        line, lines = _headline(first), self._lines(diagnosis) if diagnosis else ()
        narrowed = diagnosis and replace(
            diagnosis,
            headline=line,
            lines=lines,
            ranges=(),
            context=(),
            signature=of_test,
            signatures=(of_test,),
            failures=self.failures,
            weak=False,
        )
        return replace(
            whole, signature=of_test, headline=line, diagnosis=narrowed, weak=False, kind=FailureKind.TEST, tests=()
        )

    def _lines(self, diagnosis: Diagnosis) -> tuple[ExcerptLine, ...]:
        """The lines of the log that are shown of it; its message if the diagnosis has none of them."""
        ranges = [lines for failure in self.failures for lines in failure.lines]
        shown = sorted((*diagnosis.lines, *diagnosis.context), key=lambda line: line.number)
        own = [line for line in shown if any(each.start <= line.number <= each.end for each in ranges)]
        # The excerpt of a job with many failures does not hold each of them.
        if not own:
            return (ExcerptLine(ranges[0].start if ranges else 0, _headline(self.failures[0])),)
        before = (0, *(line.number for line in own))
        return tuple(
            replace(line, left_out=line.number - earlier - 1 if earlier else 0)
            for line, earlier in zip(own, before, strict=False)
        )


def together(whole: JobDiagnosis, tests: Sequence[FailingTest]) -> JobDiagnosis:
    """What the diagnosis of a job says of some of its tests, which have one cause.

    If they have one message, the cause is that message, whichever of the tests fail of it.
    """
    messages = {test.message for test in tests}
    cause = signature(["tests of a job", *messages]) if len(messages) == 1 else whole.signature
    first, *others = (failure for test in tests for failure in test.failures)
    line, diagnosis = first.message if len(messages) == 1 else _headline(first), whole.diagnosis
    of_tests = diagnosis and replace(
        diagnosis,
        headline=line,
        signature=cause,
        signatures=(cause,) if len(messages) == 1 else whole.signatures,
        # The title of the issue must stay if another of the tests fails first next time.
        failures=(replace(first, subject=""), *others),  # no single test is what failed
    )
    return replace(whole, signature=cause, headline=line, diagnosis=of_tests)


def _headline(failure: Failure) -> str:
    # This module is loaded in every sweep, and the patterns only if a log is read.
    from ci_failure_tracker.diagnosis.facts import headline  # noqa: PLC0415 - see above

    return headline(failure)


def key_of(name: str) -> str:
    """The name of a test without what varies from run to run."""
    return " ".join(_VARYING.sub("", name).split())


def failing_tests(diagnosis: Diagnosis | None) -> tuple[FailingTest, ...]:
    """The tests of a job that failed, in the order of the log's causes; none if the job failed of something else.

    A test that only fails with the tests in it does not count beside them.
    """
    if diagnosis is None or diagnosis.weak or diagnosis.kind is not FailureKind.TEST:
        return ()
    found: dict[str, list[Failure]] = defaultdict(list)
    for failure in diagnosis.failures:
        # A name of signs only would give an issue without a name.
        if failure.kind is FailureKind.TEST and plain(key_of(failure.subject)):
            found[key_of(failure.subject)].append(failure)
    # A describe block or a suite "fails" with each of its tests.
    outer = set(_around(found))
    return tuple(FailingTest(of_key[0].subject, tuple(of_key)) for key, of_key in found.items() if key not in outer)


def results_by_words(results: Sequence[TestResult]) -> Mapping[tuple[str, ...], TestResult]:
    """The results by the words of each of their names. If two have one other name, it tells neither."""
    others = Counter(name for result in results for name in {words(key_of(name)) for name in result.other_names})
    found = {
        each: result for result in results for name in result.other_names if others[each := words(key_of(name))] == 1
    }
    # The name of the report itself wins over the other spellings of another test.
    return found | {words(key_of(result.name)): result for result in results}


def failure_of(result: TestResult) -> Failure:
    """The failure that a test report tells of a test."""
    return Failure(result.tool, FailureKind.TEST, result.name, result.file, result.message or "It failed.", ())


def _around(names: Iterable[str]) -> Iterator[str]:
    """The names of everything that a name says it is in."""
    for name in names:
        for sign in _WITHIN:
            parts = name.split(sign)
            yield from (sign.join(parts[:count]) for count in range(1, len(parts)))


def crowded(tests: Sequence[FailingTest], most: int) -> frozenset[str]:
    """The keys of the tests of a job that have one cause: more than `most` with one message, or twice as many at all.

    So many tests break together, whatever each of them says: of an outage, or of what all of them need.
    """
    if len(tests) > _ALL_CAUSES * most:
        return frozenset(test.key for test in tests)
    messages = Counter(test.message for test in tests)
    return frozenset(test.key for test in tests if messages[test.message] > most)
