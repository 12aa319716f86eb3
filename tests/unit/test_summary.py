from __future__ import annotations

import dataclasses
import json
import re
from datetime import timedelta

import pytest
from markdown_it import MarkdownIt

from builders import START, a_job, a_reading, a_run, a_scan, a_state, red, some_settings
from ci_failure_tracker.entry.action import outputs
from ci_failure_tracker.errors import MissingRightError
from ci_failure_tracker.github.writer import DryRunWriter
from ci_failure_tracker.model import (
    Close,
    Create,
    Evidence,
    FailureKind,
    Identity,
    LogCounts,
    NotLookedAt,
    Problem,
    Reopen,
    Result,
    Severity,
    Update,
    WriteStatus,
)
from ci_failure_tracker.report.last_runs import SHOWN
from ci_failure_tracker.report.measure_text import percent, short_span
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.statistics import make_statistics
from ci_failure_tracker.report.summary import LIMIT, render_summary
from ci_failure_tracker.selection.coverage import problem_of
from ci_failure_tracker.tracking.observations import observe
from sweeping import make_plan, report_of


def a_report(jobs: int = 2, problems: tuple[Problem, ...] = (), **given: str) -> Report:
    run = a_run(1)
    snapshot = a_scan(
        [run, a_run(2, None)], {run.id: [a_job(f"job {number}", number=number) for number in range(jobs)]}
    )
    snapshot = dataclasses.replace(snapshot, problems=problems)
    settings = some_settings(**given)
    plan = make_plan(snapshot, settings, START)
    results = DryRunWriter().apply(plan.actions)
    statistics = make_statistics(plan.found, results, settings, START)
    return report_of(plan, results, statistics=statistics, now=START)


def section(text: str, title: str) -> str:
    """The lines below a heading."""
    return text.partition(f"### {title}")[2].partition("###")[0]


def test_the_summary_names_the_failures_the_plan_and_the_last_runs() -> None:
    text = render_summary(a_report(max_new_issues="1"))
    assert text.startswith("**octo-org/example: 2 failing, 1 to be opened, 1 over the cap**")
    new = section(text, "New failures (2)")
    first, second = [line for line in new.splitlines() if line.startswith("- ")]
    assert "actions/runs/1001): Job `job 0` of workflow `CI` fails on `main` since run 1" in first
    assert first.endswith("The issue is to be opened.")
    assert second.endswith("No issue yet, because `max-new-issues` is reached.")
    assert "| `CI` | 🟥⬜ | 1 failing, 1 without a result |" in text
    assert "5 requests to GitHub of at most 800, 995 left this hour." in text


def test_each_thing_has_one_line_in_one_place() -> None:
    report = a_report()
    first, second = report.results
    assert isinstance(first.action, Create)
    old = Update(second.action.identity, "new cause: It is dark.", 4, "", a_state())
    links, spelling = (Identity(number * 32, "Docs", name) for number, name in (("0", "links"), ("1", "spelling")))
    passing = Close(links, "passed on 2 commits", 3, "", a_state(), state_reason="completed")
    gone = Close(spelling, "the job is gone", 5, "", a_state(), state_reason="not_planned")
    results = tuple(
        Result(action, WriteStatus.DONE, number)
        for action, number in ((first.action, 7), (old, 4), (passing, 3), (gone, 5))
    )
    text = render_summary(dataclasses.replace(report, results=results))
    assert "[#7]" in section(text, "New failures (1)")
    assert "Updated: new cause: It is dark.\n" in section(text, "Still failing (1)")
    assert "`Docs` › `links`: passed on 2 commits" in section(text, "Recovered (1)")
    assert "`Docs` › `spelling`: the job is gone" in section(text, "Closed for another reason (1)")
    assert [text.count(f"[#{number}]") for number in (3, 4, 5, 7)] == [1, 1, 1, 1]
    # A reopened issue is neither new nor still failing.
    again = Reopen(second.action.identity, "failing again", 4, "", a_state())
    text = render_summary(dataclasses.replace(report, results=(results[0], Result(again, WriteStatus.DONE, 4))))
    assert "[#4]" in section(text, "Failing again (1)")
    assert "### Still failing" not in text
    # A failure whose issue could not be opened is new all the same.
    text = render_summary(dataclasses.replace(report, results=(Result(first.action, WriteStatus.FAILED), *results[1:])))
    assert "The issue could not be opened." in section(text, "New failures (1)")


def test_what_was_not_looked_at_is_listed_once_with_its_reason() -> None:
    missing = (NotLookedAt("Nightly", "its newest run could not be read"), NotLookedAt("", "a list could not be read"))
    report = dataclasses.replace(a_report(problems=tuple(problem_of(missing))), not_looked_at=missing)
    text = render_summary(report)
    assert "- `Nightly`: its newest run could not be read\n" in section(text, "Not looked at (2)")
    assert text.count("Nightly") == 1


def test_jobs_that_one_issue_covers_are_one_failure_and_folded() -> None:
    run = a_run(1)
    jobs = [a_job(name, number=place) for place, name in enumerate(("build", "lint", "test"))]
    readings = tuple(a_reading(red(run, job.name, job.id), "no space left on device") for job in jobs)
    snapshot = dataclasses.replace(a_scan([run], {run.id: jobs}), job_diagnoses=readings)
    plan = make_plan(snapshot, some_settings(), START)
    report = report_of(plan, statistics=make_statistics(plan.found, (), some_settings(), START), now=START)
    text = render_summary(report)
    assert "Jobs `CI / build`, `CI / lint` and `CI / test` fail" in section(text, "New failures (1)")
    assert "<details><summary>Covered by another issue (3)</summary>" in text
    assert "### Still failing" not in text
    assert "Not failing" not in text
    assert [failing["job"] for failing in report_as_json(report)["failing"]] == ["build", "lint", "test"]


def test_a_date_is_not_broken_over_two_lines() -> None:
    dates = re.findall(r"2026-03-01\s\S+\sUTC", render_summary(a_report()))
    assert len(dates) >= 3
    assert {date.count(" ") for date in dates} == {0}


def test_a_failure_whose_sentence_names_what_failed_says_in_which_job() -> None:
    report = a_report(jobs=1)
    (failing,) = report.failing
    evidence = Evidence(
        1_001, 1, 1, 0, failing.state.latest.ended_at, "v2:x", "no such host", (), kind=FailureKind.INFRASTRUCTURE
    )
    for subject, where in (
        ("registry.example", " `CI` › `job 0`: `registry.example` was not found"),
        ("", ": Job `job 0` of"),
    ):
        state = dataclasses.replace(failing.state, evidence=dataclasses.replace(evidence, subject=subject))
        text = render_summary(dataclasses.replace(report, failing=(dataclasses.replace(failing, state=state),)))
        assert where in text, text


def test_a_huge_summary_is_cut_by_whole_rows_that_are_counted() -> None:
    assert LIMIT < 1_048_576 - 32_768
    text = render_summary(a_report(jobs=800), 100_000)
    assert len(text.encode()) <= 100_000
    assert "rows more that did not fit" in text
    assert all(line.endswith(".") for line in text.splitlines() if line.startswith("- "))


@pytest.mark.parametrize("limit", [50_000, 10_000, 3_000])
def test_any_limit_is_kept(limit: int) -> None:
    assert 0 < len(render_summary(a_report(jobs=500), limit).encode()) <= limit


def test_a_missing_right_shows_the_yaml_that_mends_it() -> None:
    error = MissingRightError("list the workflow runs", "actions: read")
    text = render_summary(a_report(problems=(Problem(Severity.ERROR, error.what, error.advice),)))
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "permissions:\n  actions: read\n  issues: write\n" in html


def test_foreign_text_in_a_reason_or_a_problem_is_only_text() -> None:
    hostile = "<h1>All green</h1> ![x](https://evil.example/p.png) [click](https://evil.example) | *b* @octocat #1"
    text = render_summary(a_report(problems=(Problem(Severity.WARNING, hostile),)))
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    for harm in ("<h1>", "<img", 'href="https://evil', "<em>b", "@octocat", "#1 "):
        assert harm not in html
    assert "All green" in html


def test_nothing_seen_failing_is_no_all_clear() -> None:
    report = a_report(conclusions="timed_out")
    blind = dataclasses.replace(report, window=dataclasses.replace(report.window, partial=True, unread=1))
    assert "nothing failing" in report.line
    assert "nothing seen failing" in blind.line
    assert "1 run could not be read" in blind.line
    assert render_summary(blind).count("nothing seen failing") == 1
    assert (outputs(report)["has-failures"], outputs(blind)["has-failures"]) == ("false", "")


def test_without_a_run_there_are_no_last_runs() -> None:
    report = a_report()
    nothing = dataclasses.replace(report, statistics=dataclasses.replace(report.statistics, workflows=()))
    assert "### Last runs" in render_summary(report)
    assert "Last runs" not in render_summary(nothing)


def test_a_dry_run_with_nothing_to_change_says_that_it_was_one() -> None:
    report = a_report(min_failures="5")
    assert not report.held_back
    assert dataclasses.replace(report, is_dry=True).held_back


def test_errors_come_before_warnings_these_before_notices_and_none_twice() -> None:
    notice, warning, error = (Problem(gravity, gravity.value) for gravity in Severity)
    report = a_report(problems=(notice, warning, error, warning))
    assert report.problems == (error, warning, notice)
    assert report.failed
    assert not a_report(problems=(warning, notice)).failed


def test_the_summary_says_why_and_what_it_cost_to_find_out() -> None:
    run = a_run(1)
    snapshot = a_scan([run], {run.id: [a_job()]})
    (seen,) = observe(snapshot)
    logs = LogCounts(read=12, size=3_400_000, absent=1, unread=2, left_out=3)
    snapshot = dataclasses.replace(snapshot, job_diagnoses=(a_reading(seen, "disk | full @octocat"),), logs=logs)
    plan = make_plan(snapshot, some_settings(), START)
    report = report_of(plan, statistics=make_statistics(plan.found, (), some_settings(), START), now=START)
    text = render_summary(report)
    assert ": 1 failed run. `disk | full @octocat` The issue is to be opened." in text
    logs_words = "12 logs read (3.4 MB), 1 log not there, 2 logs not readable, 3 logs left for the next sweep."
    assert f"1 run looked at. {logs_words} 5 requests to GitHub" in text
    data = report_as_json(report)
    assert (data["failing"][0]["headline"], data["failing"][0]["signature"]) == (
        "disk | full @octocat",
        "v2:disk | full @octocat",
    )
    assert data["logs"] == {"read": 12, "size": 3_400_000, "unavailable": 1, "unread": 2, "left_out": 3}
    assert "log" not in render_summary(a_report()).splitlines()[-1]


def test_the_last_runs_are_squares_and_words() -> None:
    ends = ("success", "failure", "failure", "success", "cancelled", "skipped", None)
    runs = [a_run(number, end) for number, end in enumerate(ends, start=1)]
    snapshot = a_scan(runs, {run.id: [a_job("te|st", number=run.number)] for run in runs[1:3]})
    settings, now = some_settings(), START + timedelta(hours=9)
    plan = make_plan(snapshot, settings, now)
    statistics = make_statistics(plan.found, (), settings, now)
    text = render_summary(report_of(plan, (), statistics=statistics, now=now))
    words = "2 passing, 2 failing, 1 flaky or cancelled, 2 without a result"
    assert f"| `CI` | 🟩🟥🟥🟩🟨⬜⬜ | {words} |" in text
    assert "🟩 passing, 🟥 failing" in text
    # A longer history shows its end.
    (workflow,) = statistics.workflows
    many = dataclasses.replace(workflow, runs=workflow.runs * 9)
    text = render_summary(report_of(plan, (), statistics=dataclasses.replace(statistics, workflows=(many,)), now=now))
    assert len(re.findall("[🟩🟥🟨⬜]{2,}", text)[0]) == SHOWN
    assert "%" not in text


@pytest.mark.parametrize(
    ("rate", "words"), [(None, "?"), (0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.999, ">99%"), (1, "100%")]
)
def test_only_none_is_no_percent_and_only_all_are_a_hundred(rate: float | None, words: str) -> None:
    assert percent(rate) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (59.8, "1 min"),
        (60, "1 min"),
        (750, "12 min"),
        (3_590, "1 h"),
        (12_600, "3.5 h"),
        (35_860, "10 h"),
        (36_000, "10 h"),
        (86_390, "1 d"),
        (181_440, "2.1 d"),
    ],
)
def test_a_span_is_shown_in_its_largest_unit(seconds: float, words: str) -> None:
    assert short_span(seconds) == words


def test_the_report_is_json_with_a_reason_for_every_decision() -> None:
    data = json.loads(json.dumps(report_as_json(a_report(max_new_issues="1"))))
    assert data["version"] == 2
    assert [(action["action"], action["status"]) for action in data["actions"]] == [
        ("create", "planned"),
        ("skip", "left"),
    ]
    assert all(action["reason"] for action in data["actions"])
    assert data["failing"][0]["latest_run_url"].endswith("/actions/runs/1001")
