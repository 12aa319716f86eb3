"""What test reports say of failed jobs. An artifact belongs to a run; here each is given to the job that made it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ci_failure_tracker.diagnosis.facts import headline
from ci_failure_tracker.diagnosis.failing_tests import FailingTest, failing_tests, failure_of, key_of, results_by_words
from ci_failure_tracker.diagnosis.signature import signature
from ci_failure_tracker.model import (
    ArtifactReports,
    Diagnosis,
    ExcerptLine,
    Failure,
    FailureKind,
    Job,
    JobDiagnosis,
    Outcome,
    RunReports,
    Snapshot,
    TestOutcome,
    TestResult,
)
from ci_failure_tracker.text.test_names import words

MOST_FAILURES = 50
"""Failing tests that reports add to a job: as many as a log tells apart."""

_CLOCKS_DIFFER = timedelta(minutes=1)
_NOT_FAILED = frozenset({None, "success", "skipped", "neutral"})
_ORDER = (TestOutcome.FAILED, TestOutcome.PASSED, TestOutcome.SKIPPED)

_WORD = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")

_Words = tuple[str, ...]


def with_reports(snapshot: Snapshot) -> Snapshot:
    """The snapshot with what its reports say in the diagnoses of its jobs."""
    by_run = {run_jobs.run_id: run_jobs.jobs for run_jobs in snapshot.jobs}
    by_job = {job_diagnosis.job_id: job_diagnosis for job_diagnosis in snapshot.job_diagnoses}
    for of_run in snapshot.reports:
        for job_id, results in _by_job(of_run, by_run.get(of_run.run_id, ()), by_job):
            by_job[job_id] = with_results(by_job[job_id], results)
    return replace(snapshot, job_diagnoses=tuple(by_job.values()))


# --- which job an artifact belongs to -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _JobOfRun:
    """A job of the run, and the words of the failing tests that its log names; none if it did not fail."""

    job: Job
    failed: bool
    named: Set[_Words]


def _by_job(
    reports: RunReports, jobs: Sequence[Job], by_job: Mapping[int, JobDiagnosis]
) -> Iterator[tuple[int, Sequence[TestResult]]]:
    """The results of each failed job whose cause is looked for now."""
    of_run = [_JobOfRun(job, job.conclusion not in _NOT_FAILED, _named(by_job.get(job.id))) for job in jobs]
    found: dict[int, list[TestResult]] = defaultdict(list)
    for artifact in reports.artifacts:
        chosen = _jobs_of(artifact, of_run) if artifact.results else ()
        for one in chosen:
            # What passed counts only if it is certain in which job.
            sure = len(chosen) == 1
            found[one.job.id] += [result for result in artifact.results if sure or result.failed_attempts]
    yield from ((job_id, _once(results)) for job_id, results in found.items() if job_id in by_job)


def _named(job_diagnosis: JobDiagnosis | None) -> Set[_Words]:
    if job_diagnosis is None:
        return frozenset()
    return {words(test.key) for test in failing_tests(job_diagnosis.diagnosis)}


def _jobs_of(artifact: ArtifactReports, jobs: Sequence[_JobOfRun]) -> Sequence[_JobOfRun]:
    """The failed jobs that may have made an artifact: one, if anything tells it.

    A job uploads while it runs. Of the jobs that ran then, it is the one whose log names a failing test of the reports.
    If several do or none does, the values of the matrix tell, which people write into the names of artifacts. If they
    do not, failing tests belong to each of the jobs that are left: those with logs that name them, or else those with
    logs that name no test.
    """
    running = [one for one in jobs if _ran_at(one.job, artifact.artifact.created_at)]
    failing = {name for result in artifact.results if _has_failed(result) for name in _words_of(result)}
    if not failing:
        alone = running if len(running) == 1 else _of_name(artifact.artifact.name, running)
        return [one for one in alone if one.failed] if len(alone) == 1 else ()
    if not any(one.failed for one in running):
        running = list(jobs)  # another job collected the reports
    if (named := _of_name(artifact.artifact.name, running)) and not any(one.failed for one in named):
        return ()  # a job that passes all the same
    candidates = [one for one in running if one.failed]
    naming = [one for one in candidates if one.named & failing]
    chosen = _of_name(artifact.artifact.name, naming or candidates) or naming or candidates
    if len(chosen) > 1 and not naming:
        return [one for one in chosen if not one.named]
    return chosen


def _ran_at(job: Job, at: datetime | None) -> bool:
    if at is None or job.started_at is None or job.completed_at is None:
        return True
    return job.started_at - _CLOCKS_DIFFER <= at <= job.completed_at + _CLOCKS_DIFFER


def _of_name(artifact: str, jobs: Sequence[_JobOfRun]) -> Sequence[_JobOfRun]:
    """The jobs with most words of an artifact's name, not counting those of all jobs; none if no job has one."""
    if len(jobs) < 2:  # noqa: PLR2004 - one job shares all its words with itself
        return jobs
    of_jobs = [_words_in(one.job.name) for one in jobs]
    telling = _words_in(artifact) - frozenset[str].intersection(*of_jobs)
    scores = [len(of_job & telling) for of_job in of_jobs]
    best = max(scores)
    return [one for one, score in zip(jobs, scores, strict=True) if score == best] if best else ()


def _words_in(name: str) -> frozenset[str]:
    """The words of the name of a job or an artifact. A version such as 3.12 is one, and may have lost its dot."""
    found = _WORD.findall(name.casefold())
    return frozenset({*found, *(word.replace(".", "") for word in found)})


# --- one list of results for a job ----------------------------------------------------------------


def _once(results: Iterable[TestResult]) -> Sequence[TestResult]:
    """Each test once; the worst that a report says of it counts."""
    by_words: dict[_Words, TestResult] = {}
    for result in results:
        before = by_words.get(words(result.name))
        if before is None or _ORDER.index(result.outcome) < _ORDER.index(before.outcome):
            by_words[words(result.name)] = result
    return tuple(by_words.values())


def _words_of(result: TestResult) -> Iterator[_Words]:
    return (words(key_of(name)) for name in (result.name, *result.other_names))


def _has_failed(result: TestResult) -> bool:
    return result.outcome is TestOutcome.FAILED


# --- the diagnosis of a job with them -------------------------------------------------------------


def with_results(whole: JobDiagnosis, results: Sequence[TestResult]) -> JobDiagnosis:
    """The diagnosis of a job with what reports say.

    Failing tests that the log does not name are added. What the log says of the others stays, so a cause is the same
    with reports and without. A test that passed at last, although the log names it, did not make the job fail. If the
    job failed of something else than tests, only the results are added.
    """
    in_log = failing_tests(whole.diagnosis)
    results = _named_as_in_log(results, in_log)
    whole = replace(whole, results=tuple(results))
    diagnosis = whole.diagnosis
    if diagnosis is not None and not _may_be_of_tests(diagnosis):
        return whole
    added = [failure_of(result) for result in results if _has_failed(result) and not _is_among(result, in_log)]
    kept = _kept(diagnosis.failures if diagnosis else (), in_log, results)
    failures = (*kept, *added[:MOST_FAILURES])
    if not any(failure.kind is FailureKind.TEST and failure.subject for failure in failures):
        return whole
    if diagnosis is None or not in_log or failures[0] != diagnosis.failures[0]:
        return _of_tests(whole, failures)
    return replace(whole, diagnosis=replace(diagnosis, failures=failures))


def _may_be_of_tests(diagnosis: Diagnosis) -> bool:
    return diagnosis.weak or diagnosis.kind in {FailureKind.TEST, FailureKind.UNKNOWN}


def _named_as_in_log(results: Sequence[TestResult], in_log: Sequence[FailingTest]) -> Sequence[TestResult]:
    """The results with the names that the log has. What the log says of a test is an attempt that failed, at least."""
    by_words = results_by_words(results)
    names = {id(found): test.name for test in in_log if (found := by_words.get(words(test.key))) is not None}
    return [_of_log(result, names[id(result)]) if id(result) in names else result for result in results]


def _of_log(result: TestResult, name: str) -> TestResult:
    others = result.other_names if name == result.name else (result.name, *result.other_names)
    return replace(result, name=name, other_names=others, failed_attempts=max(1, result.failed_attempts))


def _is_among(result: TestResult, in_log: Sequence[FailingTest]) -> bool:
    return any(test.key == key_of(result.name) for test in in_log)


def _kept(
    failures: Sequence[Failure], in_log: Sequence[FailingTest], results: Sequence[TestResult]
) -> tuple[Failure, ...]:
    """The failures of the log that still count: no tests that passed at last, and no group or file of failing tests."""
    if not in_log:
        return ()  # it told no cause
    passed = {key_of(result.name) for result in results if result.outcome is TestOutcome.PASSED}
    failing = [result for result in results if _has_failed(result)]
    failed = {words(key_of(result.name)) for result in failing}
    around = {each[:count] for result in failing for each in _words_of(result) for count in range(1, len(each))}
    outer = (around | {words(result.file) for result in failing}) - failed

    def counts(failure: Failure) -> bool:
        key = key_of(failure.subject)
        return failure.kind is not FailureKind.TEST or not (key in passed or words(key) in outer)

    kept = tuple(filter(counts, failures))
    return kept if kept or failed else tuple(failures)


def _of_tests(whole: JobDiagnosis, failures: Sequence[Failure]) -> JobDiagnosis:
    """The diagnosis of a job that failed of these tests first, although its log does not say so."""
    tests = [failure for failure in failures if failure.kind is FailureKind.TEST and failure.subject]
    first = tests[0]
    ordered = (first, *(failure for failure in failures if failure is not first))
    signatures = tuple(dict.fromkeys(_signature(failure) for failure in tests))[:20]
    line, diagnosis = headline(first), whole.diagnosis
    lines = diagnosis.lines if diagnosis and diagnosis.lines else (ExcerptLine(0, line),)
    outcome = diagnosis.outcome if diagnosis else whole.outcome or Outcome.FAILURE
    of_tests = replace(
        diagnosis or Diagnosis(line, lines, (), signatures[0], outcome),
        headline=line,
        lines=lines,
        signature=signatures[0],
        signatures=signatures,
        failures=ordered,
        weak=False,
    )
    return replace(
        whole,
        signature=signatures[0],
        headline=line,
        outcome=outcome,
        log_unavailable=whole.log_unavailable if diagnosis else None,  # the cause is known without it
        diagnosis=of_tests,
        weak=False,
        kind=FailureKind.TEST,
    )


def _signature(failure: Failure) -> str:
    test = FailingTest(failure.subject, (failure,))
    return signature([f"test {test.key}", test.message])
