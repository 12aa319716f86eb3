"""The failing tests that an issue remembers of each of its failed jobs, for the statistics of tests.

They decide nothing. So an issue remembers those of a job only if it has room for all of them: the statistics then say
that it is not known which tests failed in the job, and never that others did not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ci_failure_tracker.diagnosis.failing_tests import failing_tests
from ci_failure_tracker.model import FailureKind, History, JobDiagnosis, NamedTests, Occurrence, State
from ci_failure_tracker.text.short_names import short_test

TESTS_OF_A_JOB = 10
"""Failing tests of one job that an issue remembers. If more fail at once, no single one of them is to blame."""


def tests_named_in(job_diagnosis: JobDiagnosis) -> NamedTests | None:
    """The failing tests that the log of a job names; `None` if it was not read now, or not all of them are known."""
    diagnosis = job_diagnosis.diagnosis
    if diagnosis is None or any(
        failure.kind is FailureKind.TEST and not failure.subject for failure in diagnosis.failures
    ):
        return None
    names = dict.fromkeys(short_test(test.name) for test in failing_tests(diagnosis))
    return NamedTests(job_diagnosis.job_id, tuple(names))


def named_tests(state: State | None, history: History) -> tuple[NamedTests, ...]:
    """The failing tests of each job of an issue after a history, of a job that was read before as well."""
    if history.identity.test:
        return ()
    read = filter(None, map(tests_named_in, history.job_diagnoses))
    known = {named.job_id: named for named in (*(state.named_tests if state else ()), *read) if named.tests}
    return tuple(known[job_id] for job_id in sorted(known))


def kept(named: Iterable[NamedTests], occurrences: Sequence[Occurrence], most: int) -> tuple[NamedTests, ...]:
    """The tests of the jobs of these occurrences: of the newest jobs, as many as together name `most` tests."""
    return tuple(sorted(_kept(named, occurrences, most), key=lambda of_job: of_job.job_id))


def _kept(named: Iterable[NamedTests], occurrences: Sequence[Occurrence], most: int) -> Iterator[NamedTests]:
    by_job = {of_job.job_id: of_job for of_job in named}
    names: set[str] = set()
    for leg in (leg for occurrence in reversed(occurrences) for leg in occurrence.legs):
        of_job = by_job.get(leg.job_id or 0)
        if of_job and len(of_job.tests) <= TESTS_OF_A_JOB and len(names.union(of_job.tests)) <= most:
            names.update(of_job.tests)
            yield of_job
