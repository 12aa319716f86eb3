"""The statistics as metrics: valid text, a limited number of series, and no series for unknown values."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from builders import START, a_job, a_run, a_scan, some_settings
from ci_failure_tracker.entry import optional_packages as extras
from ci_failure_tracker.entry.delivery import Delivery, deliver
from ci_failure_tracker.entry.setup import prepare
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.github.writer import DryRunWriter
from ci_failure_tracker.model import Job, Run, Severity, Workflow
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.notify import pushgateway
from ci_failure_tracker.report import prometheus as metrics
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.statistics import make_statistics
from organisations import an_everyday_organisation
from sweeping import make_plan, report_of
from unit.test_statistics_of_tests import Repository

Samples = dict[str, list[tuple[dict[str, str], float]]]


def a_report(runs: Sequence[Run], jobs: dict[int, list[Job]] | None = None) -> Report:
    snapshot, settings = a_scan(list(runs), jobs), some_settings()
    plan = make_plan(snapshot, settings, START)
    results = DryRunWriter().apply(plan.actions)
    statistics = make_statistics(plan.found, results, settings, START + timedelta(hours=20))
    return report_of(plan, results, statistics=statistics, now=START)


def samples(report: Report | OrganisationReport) -> Samples:
    """The metrics, read by the strict parser, which refuses text that is no OpenMetrics."""
    series: Samples = {}
    for family in text_string_to_metric_families(metrics.metrics_text(report).decode()):
        for sample in family.samples:
            series.setdefault(sample.name, []).append((sample.labels, sample.value))
    return series


def value(series: Samples, name: str, **labels: str) -> float:
    (got,) = [number for given, number in series[name] if labels.items() <= given.items()]
    return got


def test_the_metrics_have_the_values_of_the_statistics() -> None:
    # Passed, failed, failed, passed, timed out: 3 of 5 failed; one break, from 2 to 4.
    runs = [a_run(number, end) for number, end in enumerate(("success", "failure", "failure", "success"), 1)]
    runs.append(a_run(5, "timed_out", updated_at=START + timedelta(hours=6)))
    jobs = {runs[1].id: [a_job()], runs[2].id: [a_job()], runs[4].id: [a_job(conclusion="timed_out")]}
    series = samples(a_report(runs, jobs))
    for level, labels in (
        ("repository", {}),
        ("workflow", {"cicd_pipeline_name": "CI"}),
        ("job", {"cicd_pipeline_name": "CI", "cicd_pipeline_task_name": "test"}),
    ):
        ours = f"ci_failure_tracker_{level}"
        assert value(series, f"{ours}_failure_ratio", repository="octo-org/example", **labels) == 0.6
        assert value(series, f"{ours}_recovery_mean_seconds", **labels) == 7_200
        assert value(series, f"{ours}_streak_runs", **labels) == -1
    duration = "cicd_pipeline_run_duration_seconds"
    assert value(series, f"{duration}_count", cicd_pipeline_result="success") == 2
    assert value(series, f"{duration}_sum", cicd_pipeline_result="failure") == 1_200
    assert value(series, f"{duration}_bucket", cicd_pipeline_result="timeout", le="3600.0") == 1
    assert value(series, f"{duration}_bucket", cicd_pipeline_result="timeout", le="1800.0") == 0
    assert value(series, "cicd_pipeline_run_errors", error_type="timed_out") == 1
    since = value(series, "ci_failure_tracker_job_failing_since_timestamp_seconds", cicd_pipeline_task_name="test")
    assert since == (START + timedelta(hours=5)).timestamp()


PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text("utf-8")


def metrics_in(heading: str) -> set[str]:
    """The names in the first column of a table of the page; an ending stands for a metric of each level."""
    part = PAGE.partition(f"\n### {heading}\n")[2].partition("\n##")[0]
    names = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.+?) \|", part, re.MULTILINE)))
    levels = ("repository", "workflow", "job")
    full = {name for name in names if not name.startswith("_")}
    return full | {f"ci_failure_tracker_{level}{name}" for name in {*names} - full for level in levels}


def test_the_page_names_each_metric() -> None:
    of_one = {metric.name: metric.type for metric in metrics.registry_of(a_report([a_run(1)])).collect()}
    of_many = {metric.name: metric.type for metric in metrics.registry_of(an_everyday_organisation()).collect()}
    assert metrics_in("For each level") | metrics_in("For one repository") == set(of_one)
    issues = {f"ci_failure_tracker_repository_{what}_issues" for what in ("open", "opened", "closed")}
    of_level = {name for name in metrics_in("For each level") if "_repository_" in name}
    more = {*issues, *of_level, "ci_failure_tracker_sweep_timestamp_seconds"}
    assert metrics_in("For many repositories") | more == set(of_many)
    histograms = {name for name, kind in (of_one | of_many).items() if kind != "gauge"}
    assert histograms == {"cicd_pipeline_run_duration_seconds"}


def test_a_superseded_run_is_a_cancellation_in_the_metrics() -> None:
    superseded = a_run(1, "cancelled", updated_at=START + timedelta(hours=3))
    series = samples(a_report([superseded, a_run(2, "success")]))
    (ends,) = {labels["cicd_pipeline_result"] for labels, _ in series["cicd_pipeline_run_duration_seconds_sum"]} - {
        "success"
    }
    assert ends == "cancellation"


def test_what_is_not_known_has_no_series() -> None:
    series = samples(a_report([a_run(1, "success"), a_run(2, "cancelled")]))
    assert value(series, "ci_failure_tracker_repository_partial") == 1
    assert "ci_failure_tracker_repository_broken_seconds" not in series
    assert "ci_failure_tracker_repository_recovery_mean_seconds" not in series
    assert "ci_failure_tracker_job_runs" not in series


def test_jobs_past_the_limit_are_one() -> None:
    run = a_run(1)
    jobs = [a_job(f"job {number:03}", "failure" if number < 110 else "success", number) for number in range(150)]
    series = samples(a_report([run], {run.id: jobs}))
    assert len(series["ci_failure_tracker_job_runs"]) == metrics.MOST + 1
    # Failing jobs come first: 100 by name, the other 10 among the 50 that are one series.
    assert value(series, "ci_failure_tracker_job_runs", cicd_pipeline_task_name="other") == 50
    assert value(series, "ci_failure_tracker_job_failure_ratio", cicd_pipeline_task_name="other") == 0.2
    assert len(series["ci_failure_tracker_job_failing_since_timestamp_seconds"]) == metrics.MOST + 1
    assert len(series["ci_failure_tracker_job_streak_runs"]) == metrics.MOST


def test_what_is_failing_now_is_never_among_the_others() -> None:
    # A hundred jobs failed twice and are green again; twenty failed once, just now.
    runs = [a_run(1), a_run(2), a_run(3)]
    often, now = [f"often {number:03}" for number in range(100)], [f"now {number:02}" for number in range(20)]
    names = [*often, *now]
    jobs = {
        run.id: [
            a_job(name, "failure" if (name in now) == (run.number == 3) else "success", run.number * 1_000 + place)
            for place, name in enumerate(names)
        ]
        for run in runs
    }
    series = samples(a_report(runs, jobs))
    for name in ("failed_runs", "failing_since_timestamp_seconds"):
        labels = {given["cicd_pipeline_task_name"] for given, _ in series[f"ci_failure_tracker_job_{name}"]}
        assert labels >= set(now)
    assert len(series["ci_failure_tracker_job_failed_runs"]) == metrics.MOST + 1


def test_a_job_is_failing_since_the_oldest_of_its_breaks() -> None:
    report = a_report([a_run(1)], {1_001: [a_job()]})
    (first,) = report.failing
    later = dataclasses.replace(first, since=first.since + timedelta(days=3))
    series = samples(dataclasses.replace(report, failing=(later, first)))
    assert value(series, "ci_failure_tracker_job_failing_since_timestamp_seconds") == first.since.timestamp()


def test_workflows_past_the_limit_are_one() -> None:
    runs = [a_run(number, "success", workflow=Workflow(number, f"W{number}", f"{number}.yml")) for number in range(130)]
    series = samples(a_report(runs))
    assert value(series, "ci_failure_tracker_workflow_runs", cicd_pipeline_name="other") == 30
    assert value(series, "cicd_pipeline_run_duration_seconds_count", cicd_pipeline_name="other") == 30


def test_hostile_names_are_labels_and_two_that_look_alike_are_one_series() -> None:
    names = ['x"} 1\nfake_metric 2 # {', "a\x1b[31mb", "ab\u202e", "ab"]
    run = a_run(1, workflow=Workflow(1, "C\udcffI\\", "ci.yml"))
    series = samples(a_report([run], {run.id: [a_job(name, number=place) for place, name in enumerate(names)]}))
    assert "fake_metric" not in series
    assert value(series, "ci_failure_tracker_job_runs", cicd_pipeline_task_name="ab") == 3


def test_a_secret_in_a_name_is_taken_out() -> None:
    run, token = a_run(1), "ghp_" + "A1b2C3d4E5" * 4
    text = metrics.metrics_text(a_report([run], {run.id: [a_job(f"deploy {token[:40]}")]})).decode()
    assert token[:40] not in text


# --- tests -------------------------------------------------------------------------------------------


def test_each_test_has_its_figures() -> None:
    made = Repository()
    made.run({"test": ("tea",)}, {"test": None})
    made.run({"test": ()})
    made.passes()
    made.run({"test": ("tea", "cup"), "lint": "unread"})
    series = samples(made.report())
    expected = {"failed_runs": 2, "passed_runs": 1, "unknown_runs": 1, "retried_runs": 1, "flaky_commits": 1}
    for name, number in {**expected, "failing": 1, "failure_ratio": 2 / 3}.items():
        assert value(series, f"ci_failure_tracker_test_{name}", test_case_name="tea") == number
    assert value(series, "ci_failure_tracker_repository_unknown_failed_jobs") == 1


def test_tests_past_the_limit_are_one_and_the_worst_are_never_among_them() -> None:
    made = Repository()
    made.run({"test": tuple(f"test {number:03}" for number in range(metrics.MOST_TESTS + 20))})
    made.run({"test": tuple(f"test {number:03}" for number in range(60, 70))})
    series = samples(made.report())
    of_tests = [got for name, got in series.items() if "_test_" in name]
    assert {len(got) for got in of_tests} == {metrics.MOST_TESTS + 1}
    assert value(series, "ci_failure_tracker_test_failed_runs", test_case_name="other") == 20
    assert value(series, "ci_failure_tracker_test_failed_runs", test_case_name="test 069") == 2


def test_long_and_hostile_names_of_tests_are_short_labels() -> None:
    token = "ghp_" + "A1b2C3d4E5" * 4
    long = [f"com.example.{'very.' * 60}LongTest.case_{number}" for number in range(2)]
    made = Repository()
    made.run({"test": (*long, 'x"} 1\nfake_metric 2 # {', f"test_{token[:40]}", "a\x1b[31mb")})
    text = metrics.metrics_text(made.report()).decode()
    assert token[:40] not in text
    series = samples(made.report())
    names = [labels["test_case_name"] for labels, _ in series["ci_failure_tracker_test_failed_runs"]]
    assert len(set(names)) == len(names) == 5
    assert max(map(len, names)) <= 100
    assert "fake_metric" not in series


def test_what_ran_again_is_counted_by_its_result() -> None:
    made = Repository()
    made.run({"test": ()}, {"test": None}, started_by="github-actions[bot]")
    made.run({"test": ()}, {"test": ()}, started_by="github-actions[bot]")
    made.run({"test": ()}, {"test": None}, started_by="octocat")  # by a person
    made.run({"test": ()}, {"test": ()}, {"test": ()}, started_by="github-actions[bot]")  # only the second is ours
    series = samples(made.report(rerun="transient", rerun_workflows="CI"))["ci_failure_tracker_repository_reruns"]
    counted = {labels["result"]: number for labels, number in series}
    assert counted == {"passed": 1, "failed": 1, "running": 0, "no result": 0}
    assert "ci_failure_tracker_repository_reruns" not in samples(made.report())


# --- the edge ----------------------------------------------------------------------------------------


def test_the_package_is_loaded_only_where_metrics_are_asked_for() -> None:
    modules = "ci_failure_tracker.entry.action, ci_failure_tracker.entry.cli"
    code = f"import sys; sys.path[:0] = {sys.path!r}; import {modules}; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_package_the_report_is_written_and_says_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without = extras.Extra("metrics", (("prometheus-client", "no_such_module"),))
    monkeypatch.setitem(extras.EXTRAS, "metrics", without)
    delivered = deliver(a_report([a_run(1)]), some_settings(report_dir="out"), tmp_path, is_dry=False)
    report, path = delivered.report, delivered.path
    assert Path(path).is_file()
    assert not (tmp_path / "out" / "metrics.prom").exists()
    assert "pip install prometheus-client" in report.problems[-1].advice
    assert not report.failed
    assert "prometheus-client" in Path(path).read_text("utf-8")
    given = {"token": "t", "repository": "o/r", "pushgateway-url": "http://push.example"}
    with pytest.raises(SettingsError, match="`pushgateway-url` needs prometheus-client"):
        prepare(given, {}, tmp_path)


@pytest.mark.parametrize("url", ["http://a/?x=1", "http://a/#f", "http://a/metrics", "http://a/metrics/job/x"])
def test_an_address_that_goes_on_behind_the_gateways_own_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="`pushgateway-url` continues after"):
        some_settings(pushgateway_url=url)
    assert some_settings(pushgateway_url="https://proxy.example/gateway").pushgateway_url


@pytest.mark.parametrize("url", ["push.example:9091", "ftp://a", "http://", "http://u:hunter2@host:x", "http://a b"])
def test_an_address_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match=r"-url` (is not an address|has to begin|holds a space)") as caught:
        some_settings(pushgateway_url=url)
    assert url not in str(caught.value.mistakes)


@pytest.mark.parametrize("url", ["http://name:hunter2@127.0.0.1:1", "http://name:hunter2@nowhere.invalid/hunter2"])
def test_a_gateway_that_is_down_is_a_problem_that_names_no_credentials(url: str, tmp_path: Path) -> None:
    settings = some_settings(pushgateway_url=url, report_dir="out")
    delivered = deliver(a_report([a_run(1)]), settings, tmp_path, is_dry=False)
    report, path = delivered.report, delivered.path
    assert report.failed
    assert "could not be pushed to" in report.problems[0].what
    for text in (str(report.problems), repr(settings), Path(path).read_text("utf-8")):
        assert "hunter2" not in text


def test_a_dry_run_pushes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pushed: list[Any] = []

    def take(*given: Any) -> tuple[()]:
        pushed.append(given)
        return ()

    monkeypatch.setattr(pushgateway, "push", take)
    settings = some_settings(pushgateway_url="http://push.example")
    report = a_report([a_run(1)])
    assert deliver(report, settings, tmp_path, is_dry=True) == Delivery(dataclasses.replace(report, is_dry=True))
    assert pushed == []
    deliver(report, settings, tmp_path, is_dry=False)
    assert pushed == [(report, Secret("http://push.example"))]


@pytest.mark.parametrize("name", ["report.html", "metrics.prom", "report.json"])
def test_a_file_that_cannot_be_made_or_written_leaves_the_others(name: str, tmp_path: Path) -> None:
    (tmp_path / "out" / name).mkdir(parents=True)
    delivered = deliver(a_report([a_run(1)]), some_settings(report_dir="out"), tmp_path, is_dry=False)
    (problem,) = [problem for problem in delivered.report.problems if problem.severity is Severity.ERROR]
    assert f"{name} could not be written" in problem.what
    written = {path.name for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert written == {"report.html", "metrics.prom", "report.json"} - {name}
    assert bool(delivered.path) == (name != "report.json")


def test_a_page_that_cannot_be_made_is_a_problem_and_the_rest_is_there(tmp_path: Path) -> None:
    report = dataclasses.replace(a_report([a_run(1)]), statistics=None)  # type: ignore[arg-type]
    delivered = deliver(
        report, some_settings(report_dir="out", pushgateway_url="http://127.0.0.1:1"), tmp_path, is_dry=False
    )
    problems = [problem.what for problem in delivered.report.problems]
    assert "report.html could not be made: AttributeError." in problems
    assert any("metrics could not be pushed" in what for what in problems)


def test_a_report_without_statistics_has_metrics_all_the_same() -> None:
    report = dataclasses.replace(a_report([]))
    assert value(samples(report), "ci_failure_tracker_repository_runs") == 0


# --- many repositories -----------------------------------------------------------------------------


def test_each_repository_has_its_series_and_none_stands_for_what_is_not_known() -> None:
    series = samples(an_everyday_organisation())
    assert value(series, "ci_failure_tracker_repository_failing_jobs", repository="octo-org/teapot") == 2
    assert value(series, "ci_failure_tracker_repository_runs", repository="octo-org/cup") == 2
    assert value(series, "ci_failure_tracker_repository_flaky_tests", repository="octo-org/cup") == 1
    seen = {labels["repository"] for labels, _ in series["ci_failure_tracker_sweep_timestamp_seconds"]}
    assert seen == {f"octo-org/{name}" for name in ("teapot", "kettle", "saucer", "cup", "spoon", "sugar")}
    since = series["ci_failure_tracker_job_failing_since_timestamp_seconds"]
    assert {(labels["repository"], labels["cicd_pipeline_task_name"]) for labels, _ in since} == {
        ("octo-org/teapot", "build"),
        ("octo-org/teapot", "test"),
        ("octo-org/kettle", "build"),
        ("octo-org/saucer", "test"),
    }
    assert value(series, "ci_failure_tracker_organisation_repositories", look="as last time") == 2
    assert value(series, "ci_failure_tracker_organisation_shared_causes") == 1


def test_repositories_past_the_limit_are_one_and_the_worst_are_never_among_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "MOST_REPOSITORIES", 2)
    series = samples(an_everyday_organisation())
    failing = {labels["repository"]: number for labels, number in series["ci_failure_tracker_repository_failing_jobs"]}
    assert failing == {"octo-org/teapot": 2, "octo-org/kettle": 1, "other": 1}
    assert value(series, "ci_failure_tracker_repository_runs", repository="other") == 8
    assert len(series["ci_failure_tracker_job_failing_since_timestamp_seconds"]) == 2
