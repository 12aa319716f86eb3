"""One sweep in each output: what is new, what still fails, what recovered. Each output has a file to read."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from builders import START, a_job, a_reading, a_run, a_scan, an_issue, red, some_settings
from ci_failure_tracker.entry.organisation_text import OrganisationText
from ci_failure_tracker.model import (
    Create,
    Failure,
    FailureKind,
    Issue,
    Job,
    JobDiagnosis,
    Observation,
    Requests,
    Result,
    Skip,
    Snapshot,
    WriteStatus,
)
from ci_failure_tracker.notify.discord import discord_message, forum_messages
from ci_failure_tracker.notify.mail import make_mail
from ci_failure_tracker.notify.news import News, make_news
from ci_failure_tracker.notify.organisation_news import news_of
from ci_failure_tracker.notify.slack import slack_message
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_summary import render_organisation_summary
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.statistics import make_statistics
from ci_failure_tracker.report.summary import render_summary
from organisations import an_everyday_organisation
from sweeping import make_plan, report_of
from unit.test_first_sentence import diagnosed

FOLDER = Path(__file__).parent / "outputs"
NOW = START + timedelta(hours=9)
HEADLINES = {"lint": "E501 Line too long"}
FAILURES = {
    "test": Failure("pytest", FailureKind.TEST, "tests/test_dates.py::test_year", "", "ValueError: no year", ()),
    "deploy": Failure("", FailureKind.INFRASTRUCTURE, "registry.example", "", "503 Service Unavailable", ()),
}


def a_history(runs: int, issues: tuple[Issue, ...] = ()) -> Snapshot:
    """`test` fails from the first run on, `lint` only in it, `deploy` from run 6 on; `e2e` fails once in run 4."""
    all_runs = [a_run(number) for number in range(1, runs + 1)]
    jobs = {run.id: list(jobs_of(run.number)) for run in all_runs}
    readings = tuple(
        reading_of(red(run, job.name, job.id), job.name)
        for run in all_runs
        for job in jobs[run.id]
        if job.conclusion == "failure"
    )
    return dataclasses.replace(a_scan(all_runs, jobs, issues), job_diagnoses=readings)


def reading_of(seen: Observation, job: str) -> JobDiagnosis:
    if job not in FAILURES:
        return a_reading(seen, HEADLINES.get(job, "lost connection"))
    return diagnosed(seen, FAILURES[job])


def jobs_of(run: int) -> list[Job]:
    fails = {"test": True, "lint": run == 1, "deploy": run == 6, "e2e": run == 4}
    return [
        a_job(name, "failure" if red else "success", run * 10 + place)
        for place, (name, red) in enumerate(fails.items())
    ]


def report_after(snapshot: Snapshot) -> Report:
    """Everything that was planned is done; a new issue gets the next number."""
    settings = some_settings()
    plan = make_plan(snapshot, settings, NOW)
    numbers = iter(range(len(snapshot.issues) + 1, 100))
    results = []
    for action in plan.actions:
        number = next(numbers) if isinstance(action, Create) else action.number
        status = WriteStatus.PLANNED if isinstance(action, Skip) else WriteStatus.DONE
        url = f"{snapshot.repository.url}/issues/{number}" if number else None
        results.append(Result(action, status, number, url))
    statistics = make_statistics(plan.found, results, settings, NOW)
    return report_of(plan, results, Requests(12, 988, 800), statistics=statistics, now=NOW)


def a_report() -> Report:
    """The sweep after run 6; the issues of `test` and `lint` are there since run 1."""
    first = report_after(a_history(1))
    issues = tuple(
        an_issue(result.number, result.action.body, title=result.action.title, created_at=START + timedelta(hours=2))
        for result in first.results
        if isinstance(result.action, Create) and result.number
    )
    return report_after(a_history(6, issues))


def a_mail(news: News) -> str:
    mail = make_mail(news, "ci@example.com", ["team@example.com"])
    text = mail.get_body(("plain",))
    assert text is not None
    headers = "".join(f"{name}: {mail[name]}\n" for name in ("Subject", "From", "To", "Date", "Auto-Submitted"))
    return f"{headers}\n{text.get_content()}".replace("\r\n", "\n")


def on_a_terminal(report: OrganisationReport) -> str:
    """What `combine` prints on a terminal of 80 columns that can show no links."""
    out = StringIO()
    OrganisationText(Console(file=out, highlight=False, width=80)).report(report)
    return out.getvalue()


def as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


OUTPUTS: dict[str, Callable[[Report], str]] = {
    "summary.md": render_summary,
    "report.json": lambda report: as_json(report_as_json(report)),
    "slack.json": lambda report: as_json(slack_message(make_news(report))),
    "discord.json": lambda report: as_json(discord_message(make_news(report))),
    "forum.json": lambda report: as_json(forum_messages(make_news(report))),
    "mail.txt": lambda report: a_mail(make_news(report)),
}


OF_MANY: dict[str, Callable[[OrganisationReport], str]] = {
    "organisation.md": render_organisation_summary,
    "organisation.txt": on_a_terminal,
    "organisation-slack.json": lambda report: as_json(slack_message(news_of(report))),
    "organisation-discord.json": lambda report: as_json(discord_message(news_of(report))),
    "organisation-mail.txt": lambda report: a_mail(news_of(report)),
}


@pytest.mark.parametrize("name", [*OUTPUTS, *OF_MANY])
def test_each_output_is_as_its_file_shows(name: str) -> None:
    is_of_one = name in OUTPUTS
    text = OUTPUTS[name](a_report()) if is_of_one else OF_MANY[name](an_everyday_organisation())
    path = FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
