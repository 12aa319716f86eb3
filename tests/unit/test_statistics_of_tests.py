"""The statistics of tests, on histories that were worked out by hand: run N is created N hours after the start."""

from __future__ import annotations

import dataclasses
import random
import re
from collections import defaultdict
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

from builders import START, a_diagnosis, a_job, a_run, a_scan, some_settings
from ci_failure_tracker.model import (
    Commit,
    Create,
    Failure,
    FailureKind,
    Issue,
    Job,
    JobDiagnosis,
    LineRange,
    Result,
    Run,
    Snapshot,
    TestOutcome,
    TestResult,
    Workflow,
    WriteStatus,
)
from ci_failure_tracker.report.measures import TestsSeen, TestStatistics
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.statistics import make_statistics
from ci_failure_tracker.report.summary import render_summary
from harmless import check_markdown, check_secrets
from hostile import TEXTS
from sweeping import carry_out, make_plan, report_of
from unit.test_issues_per_test import FailingTests, add, failing
from unit.test_one_thing_one_issue import JOBS, all_of_them

NOW = START + timedelta(hours=60)
DISK = "No space left on device"


class Reported(NamedTuple):
    """What the test reports of a failed job say: failing tests, those that passed when tried again, and others."""

    failed: tuple[str, ...]
    retried: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()

    @property
    def results(self) -> tuple[TestResult, ...]:
        return (
            *(TestResult(name, TestOutcome.FAILED, failed_attempts=1) for name in self.failed),
            *(TestResult(name, TestOutcome.PASSED, attempts=2, failed_attempts=1) for name in self.retried),
            *(TestResult(name, TestOutcome.PASSED) for name in self.passed),
        )


def a_log(job: Job, *tests: str) -> JobDiagnosis:
    """What the log of a failed job says: its failing tests; if there are none, that the disk was full."""
    said = [(FailureKind.TEST, name, "assert 3 == 4") for name in tests] or [(FailureKind.INFRASTRUCTURE, "", DISK)]
    failures = tuple(Failure("pytest", kind, name, "", message, (LineRange(7, 8),)) for kind, name, message in said)
    found = dataclasses.replace(a_diagnosis(said[0][1] or said[0][2]), failures=failures)
    return JobDiagnosis(job.id, found.signature, found.headline, found.outcome, diagnosis=found, kind=said[0][0])


class Repository:
    """Runs whose jobs are given one by one: `None` passes, a tuple names the failing tests, `unread` has no log.

    `Reported` is what test reports say.
    """

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.jobs: dict[int, list[Job]] = {}
        self.logs: list[JobDiagnosis] = []

    def run(self, *attempts: dict[str, Reported | tuple[str, ...] | str | None], **more: object) -> Run:
        number = len(self.runs) + 1
        failed = any(said is not None for said in attempts[-1].values())
        run = a_run(number, "failure" if failed else "success", attempt=len(attempts), **more)
        self.runs.append(run)
        for attempt, jobs in enumerate(attempts, start=1):
            for place, (name, said) in enumerate(jobs.items()):
                end = run.created_at + timedelta(minutes=10 * attempt)
                job = a_job(name, "success" if said is None else "failure", 100 * number + 10 * attempt + place, end)
                self.jobs.setdefault(run.id, []).append(dataclasses.replace(job, attempt=attempt))
                if isinstance(said, Reported):
                    self.logs.append(dataclasses.replace(a_log(job, *said.failed), results=said.results))
                elif isinstance(said, tuple):
                    self.logs.append(a_log(job, *said))
        return run

    def passes(self, **more: object) -> Run:
        """A run that passed, whose jobs were not read."""
        run = a_run(len(self.runs) + 1, "success", **more)
        self.runs.append(run)
        return run

    @property
    def snapshot(self) -> Snapshot:
        return dataclasses.replace(a_scan(self.runs, self.jobs), job_diagnoses=tuple(self.logs))

    def report(self, **given: str) -> Report:
        """The report of a sweep that opens issues from number 41 on."""
        settings = some_settings(**given)
        plan = make_plan(self.snapshot, settings, NOW)
        results = tuple(Result(each, WriteStatus.DONE, number) for number, each in enumerate(plan.actions, start=41))
        return report_of(plan, results, statistics=make_statistics(plan.found, results, settings, NOW), now=NOW)

    def seen_later(self, unread: int = 0, **given: str) -> TestsSeen:
        """What a sweep sees that reads no log and no report, after a sweep of each run has read them.

        It does not read the jobs of the first `unread` runs again, either.
        """
        settings, issues = some_settings(**given), tuple[Issue, ...]()
        for count in range(1, len(self.runs) + 1):
            runs = self.runs[:count]
            jobs = {run.id: self.jobs[run.id] for run in runs if run.id in self.jobs}
            of_run = {job.id for job in jobs.get(runs[-1].id, ())}
            logs = tuple(log for log in self.logs if log.job_id in of_run)
            snapshot = dataclasses.replace(a_scan(runs, jobs, issues), job_diagnoses=logs)
            issues = carry_out(make_plan(snapshot, settings, NOW), issues, NOW)
        jobs = {run.id: self.jobs[run.id] for run in self.runs[unread:] if run.id in self.jobs}
        plan = make_plan(a_scan(self.runs, jobs, issues), settings, NOW)
        return make_statistics(plan.found, (), settings, NOW).tests

    def seen(self, **given: str) -> TestsSeen:
        return self.report(**given).statistics.tests

    def of(self, name: str, **given: str) -> TestStatistics:
        (test,) = (test for test in self.seen(**given).tests if test.test == name)
        return test


def counts(test: TestStatistics) -> tuple[int, int, int]:
    return test.failed, test.passed, test.unknown


def test_a_test_passes_in_the_runs_in_which_its_job_passes() -> None:
    made = Repository()
    for said in [("tea",), None, None, ("tea", "cup"), None]:
        if said:
            made.run({"test": said})
        else:
            made.passes()
    tea, cup = made.seen().tests
    assert (tea.test, counts(tea), tea.failure_rate) == ("tea", (2, 3, 0), 0.4)
    assert (cup.test, counts(cup)) == ("cup", (1, 3, 1))  # in run 1 the log names another test
    assert (tea.jobs, tea.last_failed.number, tea.failing) == ((("CI", "test"),), 4, False)
    assert tea.failed_commits == (made.runs[3].commit.sha, made.runs[0].commit.sha)


def test_a_failed_job_of_which_nothing_is_known_counts_neither_way() -> None:
    made = Repository()
    made.run({"test": ("tea",)})
    made.run({"test": "unread"})
    made.run({"test": ()})  # of another reason
    made.passes()
    assert counts(made.of("tea")) == (1, 1, 2)
    seen = made.seen()
    assert (seen.failed_jobs, seen.unknown_jobs) == (3, 1)


def test_a_log_that_names_no_test_leaves_open_which_failed_unless_it_failed_of_something_else() -> None:
    made = Repository()
    made.run({"test": ("tea",)})
    made.run({"test": ("",)})  # a test failed, and the log does not say which
    made.run({"test": ("tea", "")})
    made.run({"test": ()})
    for seen in (made.seen(), made.seen_later()):
        assert (seen.failed_jobs, seen.unknown_jobs) == (4, 1)
        assert [(test.test, counts(test)) for test in seen.tests] == [("tea", (2, 0, 2))]


def test_a_failed_run_whose_jobs_were_not_read_is_not_known_and_one_without_jobs_has_no_tests() -> None:
    made = Repository()
    made.run({"test": ("tea",)})
    made.runs += [a_run(2), a_run(3, "startup_failure")]
    seen = made.seen()
    assert (seen.failed_jobs, seen.unknown_jobs) == (2, 1)
    assert counts(made.of("tea")) == (1, 0, 1)


def test_a_matrix_job_of_its_own_says_that_the_test_passed_beside_one_that_failed() -> None:
    made = Repository()
    made.run({"test (a)": ("tea",), "test (b)": None})
    made.run({"test (a)": None, "test (b)": ("cup",)})
    assert counts(made.of("tea")) == (1, 1, 0)
    assert made.of("tea").jobs == (("CI", "test"),)
    assert made.of("tea", matrix="separate").jobs == (("CI", "test (a)"),)


def test_a_test_of_two_jobs_passes_if_both_do() -> None:
    made = Repository()
    made.run({"unit": ("tea",), "whole": ("tea",)})
    made.run({"unit": None, "whole": ("tea",)})
    made.run({"unit": None, "whole": "unread"})
    made.run({"unit": None, "whole": None})
    assert counts(made.of("tea")) == (2, 1, 1)


def test_a_job_that_does_not_always_run_hides_no_pass_of_another() -> None:
    made = Repository()
    made.run({"unit": ("tea",), "whole": ("tea",)})
    made.run({"unit": ("cup",)})
    made.passes()
    assert counts(made.of("tea")) == (1, 1, 1)


def test_a_retry_that_passes_is_a_failed_run_and_a_flake() -> None:
    made = Repository()
    made.run({"test": ("tea", "cup")}, {"test": None})
    made.passes()
    tea = made.of("tea")
    assert (counts(tea), tea.retried, tea.failing, tea.flaky) == ((1, 1, 0), 1, False, True)
    assert tea.flaky_commits == (made.runs[0].commit.sha,)


def test_a_retry_that_fails_of_another_test_proves_nothing() -> None:
    made = Repository()
    made.run({"test": ("tea",)}, {"test": ("cup",)})
    tea = made.of("tea")
    assert (counts(tea), tea.retried, tea.flaky) == ((1, 0, 0), 0, False)


@pytest.mark.parametrize(("event", "flaky"), [("push", True), ("schedule", False)])
def test_a_later_run_of_the_same_commit_is_evidence_if_a_commit_started_it(event: str, flaky: bool) -> None:
    made = Repository()
    commit = Commit("c" * 40, "Pour")
    made.run({"test": ("tea",)}, event=event, commit=commit)
    made.passes(event=event, commit=commit)
    assert made.of("tea").flaky is flaky


def test_a_pass_in_another_job_or_before_the_failure_is_no_flake() -> None:
    made = Repository()
    commit = Commit("c" * 40, "Pour")
    made.run({"linux": None, "windows": None}, commit=commit)
    made.run({"linux": None, "windows": ("tea",)}, commit=commit)
    assert not made.of("tea").flaky


def test_a_pass_in_another_workflow_on_the_same_commit_is_no_flake() -> None:
    commits = [Commit(letter * 40, "Pour") for letter in "abc"]
    whole = Workflow(2, "Whole", ".github/workflows/whole.yml")
    made = Repository()
    made.run({"test": ("tea",)}, commit=commits[0])
    made.run({"test": ("tea",)}, commit=commits[1], workflow=whole)
    made.passes(commit=commits[1])
    assert (made.of("tea").flaky_commits, counts(made.of("tea"))) == ((), (2, 1, 0))
    made.passes(commit=commits[1], workflow=whole)
    assert made.of("tea").flaky_commits == (commits[1].sha,)


def test_what_fails_now_comes_first_then_what_is_flaky_then_what_failed_most() -> None:
    made = Repository()
    made.run({"test": ("often",)})
    made.run({"test": ("often", "seldom")})
    made.run({"test": ("flaky",)}, {"test": None})
    made.run({"test": ("now",)})
    assert [test.test for test in made.seen().tests] == ["now", "flaky", "often", "seldom"]


def test_what_varies_in_a_name_makes_no_second_test() -> None:
    made = Repository()
    made.run({"test": ("tea.spec:12",)})
    made.run({"test": ("tea.spec:15",)})
    (tea,) = made.seen().tests
    assert counts(tea) == (2, 0, 0)


# --- test reports -----------------------------------------------------------------------------------


def test_a_test_passes_in_a_failed_job_if_a_report_says_so() -> None:
    made = Repository()
    made.run({"test": ("tea",)})
    made.run({"test": Reported(("cup",), passed=("tea",))})
    tea = made.of("tea")
    assert (counts(tea), tea.failing, tea.flaky) == ((1, 1, 0), False, False)
    assert counts(made.of("cup")) == (1, 0, 1)


def test_a_test_of_two_jobs_has_not_passed_if_a_report_of_one_says_so() -> None:
    made = Repository()
    made.run({"unit": ("tea",), "whole": ("tea",)})
    made.run({"unit": Reported(("cup",), passed=("tea",)), "whole": "unread"})
    made.run({"unit": Reported(("cup",), passed=("tea",)), "whole": None})
    assert counts(made.of("tea")) == (1, 1, 1)


def test_a_test_that_its_runner_tried_again_is_flaky_although_its_job_failed() -> None:
    made = Repository()
    run = made.run({"test": Reported(("cup",), retried=("tea",))})
    cup, tea = made.seen().tests
    assert (counts(tea), tea.retried, tea.failing, tea.flaky_commits) == ((1, 0, 0), 1, False, (run.commit.sha,))
    assert (cup.test, cup.failing, cup.flaky) == ("cup", True, False)


def test_a_report_of_a_later_run_on_one_commit_shows_a_flake() -> None:
    made = Repository()
    commit = Commit("c" * 40, "Pour")
    made.run({"test": ("tea",)}, commit=commit)
    made.run({"test": Reported(("cup",), passed=("tea",))}, commit=commit)
    assert made.of("tea").flaky_commits == (commit.sha,)


@pytest.mark.parametrize("group_by", ["job", "workflow", "test"])
def test_the_next_sweep_knows_what_the_reports_said(group_by: str) -> None:
    made = Repository()
    made.run({"test": ("tea",), "lint": None})
    made.run({"test": Reported(("cup",), retried=("pot",), passed=("tea",)), "lint": None})
    now, later = made.seen(group_by=group_by), made.seen_later(group_by=group_by)
    assert [dataclasses.replace(test, issue=None) for test in later.tests] == [
        dataclasses.replace(test, issue=None) for test in now.tests
    ]
    assert [test.test for test in now.tests] == ["cup", "pot", "tea"]


def test_a_job_whose_name_an_issue_cut_is_known_from_the_runs_that_were_read() -> None:
    name = f"integration tests of the {'very ' * 9}large warehouse (postgres 16, eu-central-1)"
    made = Repository()
    made.run({name: ("tea",)})
    made.run({name: None})
    made.run({name: ("tea",)})
    later = made.seen_later(unread=1, group_by="test")
    assert [(counts(test), test.partial, test.jobs[0][1]) for test in later.tests] == [
        ((2, 1, 0), False, name.partition(" (")[0])
    ]


# --- over several sweeps -----------------------------------------------------------------------------


def repository(*logs: str, **settings: str) -> FailingTests:
    """A repository after one run, whose logs were read in an earlier sweep."""
    made = FailingTests(some_settings(**settings), all_of_them)
    add(made, 0, *logs)
    return made


# --- the issues --------------------------------------------------------------------------------------


@pytest.mark.parametrize("group_by", ["job", "workflow", "cause", "test"])
def test_a_test_has_the_issue_of_its_own_or_else_that_of_its_job(group_by: str) -> None:
    made = Repository()
    made.passes()
    made.run({"test": ("tea",), "lint": ()})
    report = made.report(group_by=group_by)
    (tea,) = report.statistics.tests.tests
    opened = {result.number: result.action for result in report.results if isinstance(result.action, Create)}
    assert tea.issue in opened
    action = opened[tea.issue]
    assert action.identity.part in {"test", "all jobs", "tea"}
    assert (action.identity.test == "tea") is (group_by == "test")


@pytest.mark.parametrize("group_by", ["job", "workflow", "cause", "test"])
def test_a_sweep_that_reads_no_log_knows_the_tests_from_the_issues(group_by: str) -> None:
    made = repository(failing(tea="cold"), failing(tea="cold", cup="broken"), "", "", group_by=group_by)
    before = made.sweep(START + timedelta(days=1))
    assert before.logs.read == 0
    tests = before.statistics.tests
    assert [(test.test, test.failed, test.failing) for test in tests.tests] == [("cup", 1, True), ("tea", 1, True)]
    assert tests.unknown_jobs == 0
    add(made, 1, "", "", "", "")
    cup, tea = made.sweep(START + timedelta(days=3)).statistics.tests.tests
    assert (counts(cup), counts(tea), tea.failing) == ((1, 1, 0), (1, 1, 0), False)


@pytest.mark.parametrize("group_by", ["job", "cause", "test"])
@pytest.mark.parametrize("seed", range(3))
def test_later_sweeps_count_no_failure_that_was_none_and_say_what_they_do_not_know(group_by: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a history, no secret
    made = FailingTests(some_settings(group_by=group_by, max_new_issues="100"), all_of_them)
    failed: dict[str, set[int]] = defaultdict(set)
    for day in range(6):
        logs = [chance.sample(["tea", "cup", "pot"], chance.choice([0, 0, 1, 2])) for _ in JOBS]
        for name in chain(*logs):
            failed[name].add(day)
        add(made, day, *(failing(**dict.fromkeys(names, "broken")) for names in logs))
    seen = made.sweep(START + timedelta(days=11)).statistics.tests
    counted = {test.test: test.failed for test in seen.tests}
    assert all(number <= len(failed[name]) for name, number in counted.items())
    assert seen.unknown_jobs or counted == {name: len(days) for name, days in failed.items()}


def test_the_log_of_an_outage_is_not_remembered_test_by_test() -> None:
    crowd = failing(**{f"test_{number}": "refused" for number in range(20)})
    made = repository(crowd, "", "", "")
    tests = made.sweep(START + timedelta(days=1)).statistics.tests
    assert (tests.tests, tests.failed_jobs, tests.unknown_jobs) == ((), 1, 1)


def test_the_tests_are_in_the_report_for_programs() -> None:
    made = repository(failing(tea="cold"), "", "", "")
    report = made.sweep(START + timedelta(days=1))
    (row,) = report_as_json(report)["statistics"]["tests"]["worst"]
    assert (row["test"], row["failed"], row["failure_rate"], row["issue"]) == ("tea", 1, 1.0, 1)


def test_the_page_defines_each_figure_of_a_test() -> None:
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text("utf-8")
    part = page.partition("\n## Tests\n")[2].partition("\n## ")[0]
    named = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.+?) \|", part, re.MULTILINE)))
    figures = {field.name for field in dataclasses.fields(TestStatistics)} - {"test", "jobs", "last_failed", "partial"}
    assert sorted(named) == sorted({*figures, "runs", "failure_rate"})


# --- in the summary ----------------------------------------------------------------------------------


def test_the_summary_lists_the_flaky_tests_and_says_what_was_not_read() -> None:
    made = Repository()
    made.run({"test": ("tea",)}, {"test": None})
    made.run({"test": ("tea",)}, {"test": None})
    made.run({"test": ("cup",)})
    made.run({"test": "unread"})
    text = render_summary(made.report())
    _, _, part = text.partition("<details><summary>Flaky tests (1)</summary>")
    url = "https://github.example/octo-org/example"
    assert "In 1 of 2 failed jobs it is not known which tests failed." in part
    assert f"`tea`: failed in 2 of 2 runs, flaky on [0000000]({url}/commit/{2:040x}) and 1 more commit\n" in part
    assert "cup" not in part.partition("</details>")[0]


def test_hostile_names_of_flaky_tests_stay_text_in_the_summary() -> None:
    names = tuple(text.text for text in TEXTS if text.text.strip() and len(text.text) < 2_500)
    made = Repository()
    made.run({"test": names}, {"test": None})
    text = render_summary(made.report())
    _, _, part = text.partition("<summary>Flaky tests")
    assert part.count("\n- ") > len(names) / 2
    check_markdown(text, "summary", "https://github.example/octo-org/example", references=frozenset({41}))
    check_secrets(text, {each.name: each.secret for each in TEXTS if each.secret}, "summary")
