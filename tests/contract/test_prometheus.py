"""The metrics at a real Pushgateway and a real Prometheus, and the dashboard over them."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from builders import a_job, a_run, a_scan, some_settings
from ci_failure_tracker.model import Commit, Create, Result, WriteStatus
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.notify.pushgateway import push
from ci_failure_tracker.report.measures import NOTHING_SEEN
from ci_failure_tracker.report.prometheus import metrics_text, registry_of
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.statistics import make_statistics
from contract import prometheus
from organisations import an_everyday_organisation
from outside_tools import needed
from sweeping import make_plan, report_of
from unit.test_statistics_of_tests import a_log

DASHBOARD: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "grafana" / "dashboard.json").read_text("utf-8")
)
METRIC = re.compile(r"\b(?:ci_failure_tracker|cicd)_\w+(?=\{)")


def expressions() -> Iterator[tuple[str, str]]:
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$repository", ".+")


def a_report() -> Report:
    """A job that was fixed, was flaky, and broke again yesterday and has a new issue. One test fails each time."""
    now = datetime.now(UTC).replace(microsecond=0)
    same = Commit("f" * 40, "Change")
    ends = ("success", "failure", "success", "failure", "success", "failure")
    runs = []
    for number, end in enumerate(ends, start=1):
        at = now - timedelta(hours=24 - number)
        more: dict[str, Any] = {"commit": same} if number in {4, 5} else {}
        runs.append(a_run(number, end, created_at=at, started_at=at, updated_at=at + timedelta(minutes=number), **more))
    jobs = {run.id: [a_job(number=run.number)] for run in runs if run.conclusion == "failure"}
    logs = tuple(a_log(job, "tests/test_tea.py::test_pour") for of_run in jobs.values() for job in of_run)
    snapshot, settings = dataclasses.replace(a_scan(runs, jobs), job_diagnoses=logs), some_settings()
    plan = make_plan(snapshot, settings, now)
    results = tuple(Result(action, WriteStatus.DONE, 7) for action in plan.actions if isinstance(action, Create))
    statistics = make_statistics(plan.found, results, settings, now)
    return report_of(plan, results, statistics=statistics, now=now)


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    with needed("Pushgateway"), prometheus.pushgateway() as address:
        yield address


@pytest.fixture(scope="module")
def scraped(gateway: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that has scraped the metrics of one sweep."""
    assert push(a_report(), Secret(gateway)) == ()
    with needed("Prometheus"), prometheus.scraping(gateway, tmp_path_factory.mktemp("prometheus")) as address:
        until = time.monotonic() + 30
        while not prometheus.ask(address, "ci_failure_tracker_sweep_timestamp_seconds"):
            assert time.monotonic() < until, "nothing was scraped"
            time.sleep(0.1)
        yield address


@pytest.mark.parametrize(
    "text", [metrics_text, lambda report: generate_latest(registry_of(report))], ids=["file", "push"]
)
@pytest.mark.parametrize("report", [a_report, an_everyday_organisation], ids=["one", "many"])
def test_promtool_finds_no_fault(text: Callable[[Any], bytes], report: Callable[[], Any]) -> None:
    with needed("promtool"):
        tool = prometheus.programs()["promtool"]
    done = subprocess.run([tool, "check", "metrics"], input=text(report()), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(("title", "expression"), list(expressions()), ids=lambda one: one[:40])
def test_every_expression_of_the_dashboard_gives_a_value(scraped: str, title: str, expression: str) -> None:
    answer = prometheus.ask(scraped, expression)
    assert answer, f"{title}: {expression}"
    assert all(each["value"][1] != "NaN" for each in answer)


def test_the_series_are_of_the_repository_and_of_the_tracker(scraped: str) -> None:
    (answer,) = prometheus.ask(scraped, "ci_failure_tracker_repository_failure_ratio")
    assert answer["metric"]["repository"] == "octo-org/example"
    assert answer["metric"]["job"] == "ci-failure-tracker"
    assert answer["value"][1] == "0.5"
    # Broken for an hour each time.
    (recovery,) = prometheus.ask(scraped, "ci_failure_tracker_repository_recovery_mean_seconds")
    assert recovery["value"][1] == "3600"


def test_a_push_takes_the_place_of_the_one_before(gateway: str) -> None:
    for _ in range(2):
        assert push(a_report(), Secret(gateway)) == ()
        assert push(an_everyday_organisation(), Secret(gateway)) == ()
    assert prometheus.held(gateway).keys() == {"octo-org/example", ""}
    report, gone = a_report(), "ci_failure_tracker_test_failed_runs"
    assert gone in prometheus.held(gateway)[report.repository.full_name]
    assert push(dataclasses.replace(report, statistics=NOTHING_SEEN), Secret(gateway)) == ()
    assert gone not in prometheus.held(gateway)[report.repository.full_name]
    assert push(report, Secret(gateway)) == ()


def test_a_gateway_that_refuses_is_a_problem_with_its_status(gateway: str) -> None:
    (problem,) = push(a_report(), Secret(f"{gateway}/not-there"))
    assert "(HTTP 404)" in problem.what


def test_the_dashboard_uses_only_metrics_that_there_are() -> None:
    text = generate_latest(registry_of(a_report())).decode()
    used = {name for _, expression in expressions() for name in METRIC.findall(expression)}
    assert {name for name in used if f"\n{name}{{" not in text} == set()
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
