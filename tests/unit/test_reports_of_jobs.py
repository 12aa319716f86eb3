"""Which job a test report belongs to, and what it adds to what the log of the job says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from builders import a_scan
from ci_failure_tracker.diagnosis.explain import explain, read_log
from ci_failure_tracker.diagnosis.failing_tests import failing_tests
from ci_failure_tracker.model import (
    Artifact,
    ArtifactReports,
    FailureKind,
    Job,
    JobDiagnosis,
    LogUnavailable,
    RunJobs,
    RunReports,
    Snapshot,
    TestOutcome,
    TestResult,
)
from ci_failure_tracker.tracking.reports_of_jobs import MOST_FAILURES, with_reports, with_results

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
RUN = 7

LOG = """============================= test session starts ==============================
=================================== FAILURES ===================================
__________________________________ test_total __________________________________

    def test_total():
>       assert total(300, 450) == 800
E       assert 750 == 800

tests/test_cart.py:9: AssertionError
=========================== short test summary info ============================
FAILED tests/test_cart.py::test_total - assert 750 == 800
============================== 1 failed in 0.12s ===============================
##[error]Process completed with exit code 1.
"""
NOTHING = "make: *** [test] Error 1\n##[error]Process completed with exit code 2.\n"
TOTAL, RATE = "tests/test_cart.py::test_total", "tests/test_cart.py::test_rate"


def failed(name: str, message: str = "assert 1 == 2", **given: object) -> TestResult:
    return replace(TestResult(name, TestOutcome.FAILED, "", message, failed_attempts=1), **given)  # type: ignore[arg-type]


def passed(name: str, **given: object) -> TestResult:
    return replace(TestResult(name, TestOutcome.PASSED), **given)  # type: ignore[arg-type]


def flaky(name: str) -> TestResult:
    return passed(name, attempts=2, failed_attempts=1, message="no answer")


def diagnosed(log: str, job_id: int = 1) -> JobDiagnosis:
    diagnosis = explain(read_log([log.encode()]))
    assert diagnosis is not None
    return JobDiagnosis(
        job_id,
        diagnosis.signature,
        diagnosis.headline,
        diagnosis.outcome,
        None,
        3,
        diagnosis,
        diagnosis.weak,
        diagnosis.kind,
    )


def names(job_diagnosis: JobDiagnosis) -> list[str]:
    return [test.name for test in failing_tests(job_diagnosis.diagnosis)]


# --- what a report adds ---------------------------------------------------------------------------


def test_a_test_that_the_log_names_keeps_what_the_log_says() -> None:
    before = diagnosed(LOG)
    after = with_results(before, [failed(TOTAL, "another message"), passed(RATE)])
    assert replace(after, results=()) == before
    assert [result.name for result in after.results] == [TOTAL, RATE]


def test_failing_tests_that_the_log_does_not_name_are_added() -> None:
    before = diagnosed(LOG)
    after = with_results(before, [failed(TOTAL), failed(RATE)])
    assert names(after) == [TOTAL, RATE]
    assert (after.signature, after.headline) == (before.signature, before.headline)


@pytest.mark.parametrize("log", [NOTHING, "it broke\n##[error]Process completed with exit code 1.\n"])
def test_of_a_log_that_names_no_test_the_report_tells_the_cause(log: str) -> None:
    after = with_results(diagnosed(log), [passed(TOTAL), failed(RATE)])
    assert (names(after), after.kind, after.weak) == ([RATE], FailureKind.TEST, False)
    assert after.headline == f"{RATE}: assert 1 == 2"
    assert after.signature == with_results(diagnosed(NOTHING), [failed(RATE)]).signature


def test_a_job_without_a_log_has_the_cause_of_its_report() -> None:
    after = with_results(JobDiagnosis(1, log_unavailable=LogUnavailable.GONE, step=3), [failed(RATE)])
    assert (names(after), after.log_unavailable, after.step) == ([RATE], None, 3)
    assert after.signature


def test_a_job_that_failed_of_something_else_keeps_its_cause() -> None:
    before = diagnosed("##[error]No space left on device\n##[error]Process completed with exit code 1.\n")
    after = with_results(before, [failed(RATE)])
    assert replace(after, results=()) == before


def test_a_report_in_which_all_tests_passed_tells_no_cause() -> None:
    before = diagnosed(NOTHING)
    assert replace(with_results(before, [passed(RATE)]), results=()) == before


def test_a_test_that_passed_at_last_did_not_make_the_job_fail() -> None:
    after = with_results(diagnosed(LOG), [flaky(TOTAL), failed(RATE)])
    assert names(after) == [RATE]
    assert after.headline == f"{RATE}: assert 1 == 2"


def test_a_test_that_the_log_names_has_not_passed_in_its_only_attempt() -> None:
    after = with_results(diagnosed(LOG), [passed(TOTAL), failed(RATE)])
    assert [result.is_flake for result in after.results] == [True, False]


def test_a_job_whose_only_test_passed_at_last_keeps_what_its_log_says() -> None:
    before = diagnosed(LOG)
    assert replace(with_results(before, [flaky(TOTAL)]), results=()) == before


def test_a_name_that_lost_its_signs_is_the_name_in_the_log() -> None:
    log = "FAIL ./cart.test.js\n  ● Cart › with tea › is hot\n\n    it is cold\n\n      at cart.test.js:3:1\n"
    before = diagnosed(log + "##[error]Process completed with exit code 1.\n")
    assert names(before) == ["Cart › with tea › is hot"]
    after = with_results(before, [failed("Cart with tea is hot"), failed("Cart with tea is green")])
    assert names(after) == ["Cart › with tea › is hot", "Cart with tea is green"]


def test_a_group_that_the_log_takes_for_a_test_gives_way_to_the_test() -> None:
    log = "  1) Cart\n       with tea\n         is hot:\n\n      AssertionError: it is cold\n"
    before = diagnosed("  0 passing (5ms)\n  1 failing\n\n" + log + "##[error]Process completed with exit code 1.\n")
    after = with_results(before, [failed("Cart with tea is hot")])
    assert names(after) == ["Cart with tea is hot"]


def test_so_many_failing_tests_are_added_and_no_more() -> None:
    after = with_results(diagnosed(NOTHING), [failed(f"t{number}") for number in range(200)])
    assert len(names(after)) == MOST_FAILURES
    assert len(after.results) == 200


# --- which job ------------------------------------------------------------------------------------


def a_job(job_id: int, name: str, conclusion: str = "failure", start: int = 0, end: int = 60) -> Job:
    at = (NOON + timedelta(minutes=minute) for minute in (start, end))
    started, completed = at
    return Job(job_id, name, conclusion, started_at=started, completed_at=completed)


def an_artifact(name: str, *results: TestResult, minute: int | None = 30) -> ArtifactReports:
    at = None if minute is None else NOON + timedelta(minutes=minute)
    return ArtifactReports(Artifact(1, name, 10, expired=False, created_at=at), tuple(results))


def told(jobs: Sequence[Job], artifacts: Sequence[ArtifactReports], logs: dict[int, str]) -> dict[int, list[str]]:
    """The tests of each job, with a plus if it passed."""
    snapshot: Snapshot = replace(
        a_scan([]),
        jobs=(RunJobs(RUN, tuple(jobs)),),
        job_diagnoses=tuple(diagnosed(log, job_id) for job_id, log in logs.items()),
        reports=(RunReports(RUN, tuple(artifacts)),),
    )
    return {
        each.job_id: [("+" if result.outcome is TestOutcome.PASSED else "") + result.name for result in each.results]
        for each in with_reports(snapshot).job_diagnoses
    }


A, B = a_job(1, "test (3.12, linux)"), a_job(2, "test (3.13, linux)")


def test_the_only_failing_job_made_the_report() -> None:
    jobs = [A, a_job(2, "lint", "success"), a_job(3, "docs", "skipped")]
    assert told(jobs, [an_artifact("reports", failed(RATE))], {1: NOTHING}) == {1: [RATE]}


def test_a_job_uploads_while_it_runs() -> None:
    jobs = [a_job(1, "unit", end=10), a_job(2, "whole", start=20)]
    found = told(jobs, [an_artifact("reports", failed(RATE), passed(TOTAL))], {1: NOTHING, 2: NOTHING})
    assert found == {1: [], 2: [RATE, f"+{TOTAL}"]}


@pytest.mark.parametrize("minute", [None, 500])
def test_if_no_time_tells_all_jobs_may_have_made_it(minute: int | None) -> None:
    assert told([A], [an_artifact("reports", failed(RATE), minute=minute)], {1: NOTHING}) == {1: [RATE]}


def test_the_log_that_names_a_failing_test_tells_the_job() -> None:
    found = told([A, B], [an_artifact("reports", failed(TOTAL), passed(RATE))], {1: NOTHING, 2: LOG})
    assert found == {1: [], 2: [TOTAL, f"+{RATE}"]}


@pytest.mark.parametrize("name", ["reports-3.13", "junit-linux-313", "py313", "Test (3.13) results"])
def test_the_values_of_a_matrix_in_the_name_tell_the_job(name: str) -> None:
    found = told([A, B], [an_artifact(name, failed(TOTAL), passed(RATE))], {1: LOG, 2: LOG})
    assert found == {1: [], 2: [TOTAL, f"+{RATE}"]}


def test_the_words_of_the_name_of_a_job_in_the_name_tell_the_job() -> None:
    jobs = [a_job(1, "Browser tests"), a_job(2, "Unit tests")]
    found = told(jobs, [an_artifact("unit-results", failed(TOTAL), passed(RATE))], {1: LOG, 2: LOG})
    assert found == {1: [], 2: [TOTAL, f"+{RATE}"]}


def test_if_nothing_tells_the_job_failing_tests_belong_to_each_and_passing_ones_to_none() -> None:
    found = told([A, B], [an_artifact("reports", failed(RATE), passed(TOTAL))], {1: NOTHING, 2: NOTHING})
    assert found == {1: [RATE], 2: [RATE]}


def test_a_job_whose_log_names_other_tests_did_not_make_it() -> None:
    found = told([A, B], [an_artifact("reports", failed(RATE))], {1: LOG, 2: NOTHING})
    assert found == {1: [], 2: [RATE]}


def test_what_passed_in_a_passing_job_says_nothing_of_a_failing_one() -> None:
    jobs = [A, a_job(2, "test (3.13, linux)", "success")]
    assert told(jobs, [an_artifact("reports", passed(RATE))], {1: NOTHING}) == {1: []}
    assert told(jobs, [an_artifact("reports-3.13", passed(RATE))], {1: NOTHING}) == {1: []}
    assert told(jobs, [an_artifact("reports-3.12", passed(RATE))], {1: NOTHING}) == {1: [f"+{RATE}"]}


def test_a_test_that_fails_in_a_job_that_passes_all_the_same_accuses_no_other() -> None:
    jobs = [a_job(1, "build"), a_job(2, "nightly", "success")]
    assert told(jobs, [an_artifact("nightly-reports", failed(RATE))], {1: NOTHING}) == {1: []}


def test_reports_that_a_last_job_collects_belong_to_the_jobs_that_failed() -> None:
    jobs = [a_job(1, "test", end=10), a_job(2, "collect", "success", start=20)]
    assert told(jobs, [an_artifact("all", failed(RATE))], {1: NOTHING}) == {1: [RATE]}


def test_of_two_reports_of_a_job_the_worse_one_counts() -> None:
    artifacts = [an_artifact("shard-1", passed(RATE)), an_artifact("shard-2", failed(RATE), failed(TOTAL))]
    assert told([A], artifacts, {1: NOTHING}) == {1: [RATE, TOTAL]}


def test_a_job_whose_log_was_not_asked_for_gets_nothing() -> None:
    assert told([A, B], [an_artifact("reports-3.13", failed(RATE))], {1: NOTHING}) == {1: []}
