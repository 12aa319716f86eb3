"""Reads one report, whichever its format is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ci_failure_tracker.model.reports import TestOutcome, TestResult
from ci_failure_tracker.reports.errors import ReportError
from ci_failure_tracker.reports.junit import ROOTS, JUnit
from ci_failure_tracker.reports.trx import ROOT, Trx
from ci_failure_tracker.reports.xml_reader import Element, walk

MOST_BYTES = 50_000_000
"""Bytes of one report that are read."""


@dataclass(frozen=True, slots=True)
class Report:
    """The results in a report, and what is wrong with it, in words that stand after its name; empty if nothing is."""

    results: tuple[TestResult, ...]
    wrong: str = ""


def read_report(pieces: Iterable[bytes]) -> Report:
    """Read a report of JUnit XML or TRX. Of one that breaks off, the tests before that count, and it says why.

    No error is raised: what is wrong with the report stands in it.
    """
    formats: list[JUnit | Trx] = []

    def choose(root: str) -> Element:
        # The root says which format it is; the name of the file may be anything.
        if root not in ROOTS and root != ROOT:
            raise ReportError("is neither JUnit XML nor TRX")
        formats.append(Trx() if root == ROOT else JUnit())
        return formats[0]

    try:
        walk(_bounded(pieces), choose)
    except ReportError as error:
        return Report(formats[0].results() if formats else (), str(error))
    return Report(formats[0].results() if formats else ())


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MOST_BYTES:
            raise ReportError(f"is larger than {MOST_BYTES // 1_000_000} MB")
        yield piece


def joined(results: Iterable[TestResult]) -> tuple[TestResult, ...]:
    """The results of several reports, each test once.

    A test that failed in one of them failed: tests of one name may stand in several files, and a job may run them on
    several shards or twice.
    """
    by_name: dict[str, TestResult] = {}
    for result in results:
        before = by_name.get(result.name)
        by_name[result.name] = result if before is None else _both(before, result)
    return tuple(by_name.values())


# What counts if two reports differ: a failure before a pass, a pass before a skipped test.
_ORDER = (TestOutcome.FAILED, TestOutcome.PASSED, TestOutcome.SKIPPED)


def _both(one: TestResult, other: TestResult) -> TestResult:
    first, second = sorted((one, other), key=lambda result: _ORDER.index(result.outcome))
    times = [time for time in (one.seconds, other.seconds) if time is not None]
    return replace(
        first,
        message=first.message or second.message,
        seconds=sum(times) if times else None,
        attempts=max(one.attempts, other.attempts),
        failed_attempts=max(one.failed_attempts, other.failed_attempts),
        other_names=tuple(dict.fromkeys((*one.other_names, *other.other_names))),
    )
