from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from markdown_it import MarkdownIt

from builders import START, a_job, a_reading, a_run, a_scan, a_state, some_settings
from ci_failure_tracker.entry.action import outputs
from ci_failure_tracker.errors import MissingRightError
from ci_failure_tracker.github.writer import DryRunWriter
from ci_failure_tracker.model import (
    Close,
    Create,
    Identity,
    LogCounts,
    Problem,
    Reopen,
    Result,
    Severity,
    Update,
    WriteStatus,
)
from ci_failure_tracker.report.measure_text import percent, short_span
from ci_failure_tracker.report.measures import NOTHING_SEEN
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.statistics import make_statistics
from ci_failure_tracker.report.summary import LIMIT, render_summary
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


def test_the_summary_names_the_workflows_the_failures_and_the_plan() -> None:
    text = render_summary(a_report(max_new_issues="1"))
    for wanted in (
        "2 failing, 1 to be opened, 1 over the cap",
        "| `CI` | `job 0` |",
        "### New failures",
        "| to be opened | `CI` | `job 0` |",
        "|  | `CI` | `job 1` |",
        "### Over the cap",
        "max-new-issues",
        "| `CI` | `█·` | 2 | 0 | 1 | 0 | 1 |",
        "5 requests to GitHub of at most 800, 995 left this hour.",
    ):
        assert wanted in text


def test_new_failures_stand_apart_from_old_ones_and_from_changes() -> None:
    report = a_report()
    first, second = report.results
    assert isinstance(first.action, Create)
    old = Update(second.action.identity, "1 new failed run", 4, "", a_state())
    other = Close(Identity("0" * 32, "Docs", "links"), "green on 2 commits", 3, "", a_state(), state_reason="completed")
    results = (
        Result(first.action, WriteStatus.DONE, 7),
        Result(old, WriteStatus.DONE, 4),
        Result(other, WriteStatus.DONE, 3),
    )
    text = render_summary(dataclasses.replace(report, results=results))
    new, still, changed = (text.index(f"### {part}") for part in ("New failures", "Still failing", "Changed"))
    assert new < text.index("issues/7)") < still < text.index("issues/4)") < changed
    # The opening of an issue appears once, with its failure.
    assert "opened |" not in text[changed:]
    assert "| updated |" in text[changed:]
    assert "| closed |" in text[changed:]
    # A reopened issue is neither new nor still failing.
    again = Reopen(second.action.identity, "failing again", 4, "", a_state())
    text = render_summary(
        dataclasses.replace(
            report, results=(Result(first.action, WriteStatus.DONE, 7), Result(again, WriteStatus.DONE, 4))
        )
    )
    assert (
        text.index("issues/7)") < text.index("### Failing again") < text.index("issues/4)") < text.index("| reopened |")
    )
    assert "### Still failing" not in text
    # A failure whose issue could not be opened is new all the same, and the error is shown.
    held = dataclasses.replace(report, results=(Result(first.action, WriteStatus.FAILED), *results[1:]))
    text = render_summary(held)
    assert "### New failures" in text
    assert "| could not be opened |" in text[text.index("### Changed") :]


def test_a_huge_summary_is_cut_by_whole_rows_that_are_counted() -> None:
    assert LIMIT < 1_048_576 - 32_768
    text = render_summary(a_report(jobs=800), 200_000)
    assert len(text.encode()) <= 200_000
    assert "row" in text
    assert "more that did not fit" in text
    assert all(line.endswith("|") for line in text.splitlines() if line.startswith("|"))


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
    assert "Nothing that could be read is failing." in render_summary(blind)
    assert (outputs(report)["has-failures"], outputs(blind)["has-failures"]) == ("false", "")


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
    assert "| `disk \\| full @octocat` | failure |  | 1 |" in text
    logs_words = "12 logs read (3.4 MB), 1 log not there, 2 logs not readable, 3 logs left for the next sweep."
    assert f"1 run looked at. {logs_words} 5 requests to GitHub" in text
    data = report_as_json(report)
    assert (data["failing"][0]["headline"], data["failing"][0]["signature"]) == (
        "disk | full @octocat",
        "v2:disk | full @octocat",
    )
    assert data["logs"] == {"read": 12, "size": 3_400_000, "unavailable": 1, "unread": 2, "left_out": 3}
    assert "log" not in render_summary(a_report()).splitlines()[-1]


def test_the_summary_draws_the_newest_runs_and_gives_the_statistics() -> None:
    # Green, red, red, green, skipped, running: failed 2 of 4, broken from 2 to 4.
    runs = [
        a_run(number, end)
        for number, end in enumerate(("success", "failure", "failure", "success", "skipped", None), start=1)
    ]
    snapshot = a_scan(runs, {run.id: [a_job("te|st", number=run.number)] for run in runs[1:3]})
    settings, now = some_settings(), START + timedelta(hours=9)
    plan = make_plan(snapshot, settings, now)
    statistics = make_statistics(plan.found, (), settings, now)
    text = render_summary(report_of(plan, (), statistics=statistics, now=now))
    assert "| `▁██▁··` |" in text
    assert "| `CI` | 4 | 50% | 0% | 2 h (1) |  | 2 h | 1 green |" in text
    assert "| `CI` › `te\\|st` | 4 | 50% | 0% | 2 h (1) |  | 2 h | 1 green |" in text
    assert "Of the runs from 2026-03-01 01:00 UTC to 2026-03-01 06:00 UTC." in text
    partial = dataclasses.replace(statistics.repository, partial=True, flake_rate=None, broken_seconds=None)
    cut = dataclasses.replace(statistics.workflows[0], measures=dataclasses.replace(partial, streak=-3))
    changed = dataclasses.replace(statistics, workflows=(cut,))
    text = render_summary(report_of(plan, (), statistics=changed, now=now))
    assert "| `CI` | at least 4 | 50% | ? | 2 h (1) |  | ? | 3 red |" in text
    assert "### Figures" not in render_summary(dataclasses.replace(a_report(), statistics=NOTHING_SEEN))


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
