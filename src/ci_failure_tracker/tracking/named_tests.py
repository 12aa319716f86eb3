"""The tests that an issue remembers of each of its failed jobs, for the statistics of tests.

They decide nothing. So an issue remembers those of a job only if it has room for all of them: the statistics then say
that it is not known which tests failed in the job, and never that others did not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from functools import lru_cache

from ci_failure_tracker.diagnosis.failing_tests import failing_tests, key_of
from ci_failure_tracker.model import (
    FailureKind,
    History,
    JobDiagnosis,
    NamedTests,
    Occurrence,
    State,
    TestOutcome,
    TestResult,
)
from ci_failure_tracker.text.short_names import short_test
from ci_failure_tracker.text.test_names import words

TESTS_OF_A_JOB = 10
"""Failing tests of one job that an issue remembers. If more fail at once, no single one of them is to blame."""

Words = tuple[str, ...]


def tests_named_in(job_diagnosis: JobDiagnosis) -> NamedTests | None:
    """The tests of a job that failed, as its log and reports name them.

    `None` if neither was read now, or if the diagnosis is that of several tests together, which does not name them all.
    """
    diagnosis = job_diagnosis.diagnosis
    if diagnosis is None or job_diagnosis.tests:
        return None
    failed = dict.fromkeys(short_test(test.name) for test in failing_tests(diagnosis))
    retried = dict.fromkeys(short_test(result.name) for result in job_diagnosis.results if result.is_flake)
    return NamedTests(job_diagnosis.job_id, tuple(failed), tuple(name for name in retried if name not in failed))


def may_hide_tests(kind: FailureKind) -> bool:
    """Whether tests may have failed in a job of which none is named, by the kind of its first failure."""
    return kind in {FailureKind.TEST, FailureKind.UNKNOWN}


def words_of(name: str) -> Words:
    """What two names of one test have in common, as a log and a report write it."""
    return words(key_of(name))


def passed_in(job_diagnosis: JobDiagnosis) -> Set[Words]:
    """The tests that passed in a failed job in the end, as test reports say."""
    return _passed(_Same(job_diagnosis.results)) if job_diagnosis.results else frozenset()


class _Same:
    """Results by their identity: a report may have many thousands, and each round of a sweep asks for them."""

    def __init__(self, results: tuple[TestResult, ...]) -> None:
        self.results = results

    def __hash__(self) -> int:
        return id(self.results)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.results is self.results


@lru_cache(maxsize=100)
def _passed(same: _Same) -> Set[Words]:
    passed = (result for result in same.results if result.outcome is TestOutcome.PASSED)
    return {words_of(name) for result in passed for name in (result.name, *result.other_names)}


def named_tests(state: State | None, history: History) -> tuple[NamedTests, ...]:
    """The tests of each job of an issue after a history, of a job that was read before as well."""
    known = {of_job.job_id: of_job for of_job in (state.named_tests if state else ())}
    own = history.identity.test
    for job_diagnosis in history.job_diagnoses:
        if of_job := tests_named_in(job_diagnosis):
            known[of_job.job_id] = replace(of_job, tests=()) if own else of_job
    names = {name for of_job in known.values() for name in (*of_job.tests, *of_job.retried)}
    for job_diagnosis in history.job_diagnoses if names else ():
        if (passed := passed_in(job_diagnosis)) and (of_job := known.get(job_diagnosis.job_id)):
            others = sorted(names - {*of_job.tests, *of_job.retried})
            told = tuple(name for name in others if words_of(name) in passed)
            known[of_job.job_id] = replace(of_job, passed=told)
    return tuple(known[job_id] for job_id in sorted(known) if known[job_id] != NamedTests(job_id))


def kept(named: Iterable[NamedTests], occurrences: Sequence[Occurrence], most: int) -> tuple[NamedTests, ...]:
    """The tests of the jobs of these occurrences: of the newest jobs, as many as together name `most` tests."""
    return tuple(sorted(_kept(named, occurrences, most), key=lambda of_job: of_job.job_id))


def _kept(named: Iterable[NamedTests], occurrences: Sequence[Occurrence], most: int) -> Iterator[NamedTests]:
    by_job = {of_job.job_id: of_job for of_job in named}
    names: set[str] = set()
    for leg in (leg for occurrence in reversed(occurrences) for leg in occurrence.legs):
        of_job = by_job.pop(leg.job_id or 0, NamedTests(0))
        held = {*of_job.tests, *of_job.retried, *of_job.passed}
        if held and len(of_job.tests) <= TESTS_OF_A_JOB and len(names | held) <= most:
            names |= held
            yield of_job
