"""Looking at schedules over a real server: what is asked, with which rights, and what is made of the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from graphql import GraphQLSchema, parse, validate

from builders import HURRIED, Quiet, a_scan, some_settings
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.model import JobSource, LogRequest, MissedSchedule, Schedule, Severity, Snapshot
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.selection.cron import GRACE
from ci_failure_tracker.selection.schedules import judge_schedules, schedule_needs
from ci_failure_tracker.settings import Settings
from sandbox import Fault, Sandbox, Server

HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
tokens: {all-rights: {login: "github-actions[bot]"}}
workflows:
  - {name: CI, file: ci.yml, jobs: [{name: test}]}
  - {name: Nightly, file: nightly.yml, jobs: [{name: test}]}
  - {name: Weekly, file: weekly.yml, jobs: [{name: test}]}
runs:
  - {workflow: CI, at: 2026-03-10T08:00:00Z}
"""
NIGHTLY = "on: {schedule: [{cron: '0 2 * * *'}], workflow_dispatch: }"
WEEKLY = "on: {schedule: [{cron: '0 3 * * 1'}]}"
GRAPHQL = "POST /graphql"
LIST = "GET /repos/octo-org/example/actions/runs?event=schedule&per_page=100"


def a_box(*ran: str, **states: str) -> Sandbox:
    """A box in which these workflows ran on their schedules, each "name time", and some are not active."""
    text = HISTORY
    for name, state in states.items():
        text = text.replace(f"name: {name},", f"name: {name}, state: {state},")
    box = Sandbox.from_yaml(text)
    for name, at in (one.split() for one in ran):
        box.add_run(workflow=name, at=at, event="schedule")
    return box


def files(**texts: str | None) -> Fault:
    """What Git answers when it is asked for the workflow files of the default branch."""
    entries = [
        {"name": f"{name}.yml", "object": {} if text is None else {"text": text}}
        for name, text in {"ci": "on: push", **texts}.items()
    ]
    return git({"o0": {"entries": entries}})


def earlier(*texts: str | None) -> Fault:
    """What it answers when it is asked for files as they were."""
    return git({f"o{number}": None if text is None else {"text": text} for number, text in enumerate(texts)})


def git(repository: dict[str, Any] | None, *errors: dict[str, Any]) -> Fault:
    answer: dict[str, Any] = {"data": {"repository": repository}}
    return Fault(
        "status", "POST", "/graphql$", status=200, body=json.dumps(answer | ({"errors": errors} if errors else {}))
    )


def github_of(server: Server) -> GitHubReader:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    return GitHubReader(connect(Secret("all-rights"), endpoints, HURRIED), endpoints, "octo-org/example", Quiet())


def no_logs(_wanted: LogRequest, _job: JobSource) -> None:
    """No logs are asked for here."""


def read_schedules(github: GitHubReader, snapshot: Snapshot, settings: Settings, now: datetime) -> Snapshot:
    """What a sweep asks for schedules, and what it makes of the answers."""
    while needs := schedule_needs(snapshot, settings, now):
        snapshot = github.fetch(snapshot, needs, no_logs)
    return judge_schedules(snapshot, settings, now)


@contextmanager
def before(box: Sandbox, *answers: Fault, at_hand: int = 0) -> Iterator[tuple[GitHubReader, Snapshot, Server]]:
    """A snapshot with so many of the newest runs, and a server that gives these answers."""
    with box.serve() as server:
        github = github_of(server)
        queries = github.queries
        repository, workflows = queries.repository(), queries.workflows()
        runs = list(islice(queries.runs(None, None, None, None), at_hand))
        for answer in answers:
            box.inject(answer)
        server.clear_requests()
        yield github, replace(a_scan(runs), repository=repository, workflows=workflows), server


def look(
    box: Sandbox, *answers: Fault, at_hand: int = 0, schedules: str = "true", **given: Any
) -> tuple[Snapshot, Server]:
    with before(box, *answers, at_hand=at_hand) as (github, snapshot, server):
        return read_schedules(github, snapshot, some_settings(schedules=schedules, **given), box.now), server


def asked(server: Server) -> list[str]:
    return [
        f"{request.method} {request.path}{f'?{request.query}' if request.query else ''}" for request in server.requests
    ]


def schedules_of(snapshot: Snapshot) -> dict[str, Schedule]:
    return {schedule.workflow.name: schedule for schedule in snapshot.schedules}


def utc(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


# --- what costs nothing --------------------------------------------------------------------------


def test_no_request_is_sent_if_schedules_is_off() -> None:
    box = a_box("Nightly 2026-03-10T02:10:00Z", "Weekly 2026-01-05T03:10:00Z", Weekly="disabled_inactivity")
    snapshot, server = look(box, at_hand=10, schedules="false")
    assert server.requests == []
    weekly, nightly = schedules_of(snapshot)["Weekly"], schedules_of(snapshot)["Nightly"]
    assert (weekly.missed_schedule, weekly.due) == (MissedSchedule.DISABLED, utc(1, 5, 3, 10))
    assert weekly.last_run is not None
    assert weekly.last_run.created_at == weekly.due
    assert (nightly.missed_schedule, nightly.due, nightly.crons) == (None, utc(3, 10, 2, 10), ())
    assert "CI" not in schedules_of(snapshot)


def test_a_disabled_workflow_without_a_known_run_is_missed_from_now_on() -> None:
    box = a_box(Weekly="disabled_inactivity")
    with before(box) as (github, snapshot, _server):
        now = box.now.replace(microsecond=7)
        (schedule,) = read_schedules(github, snapshot, some_settings(), now).schedules
    assert schedule == Schedule(schedule.workflow, MissedSchedule.DISABLED, box.now.replace(microsecond=0))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, {"Nightly", "Weekly"}),
        ({"workflow": "week*"}, {"Weekly"}),
        ({"exclude_workflow": "weekly.yml"}, {"Nightly"}),
        ({"event": "schedule, push"}, {"Nightly", "Weekly"}),
        ({"event": "push"}, set()),
        ({"branch": "ma*"}, {"Nightly", "Weekly"}),
        ({"branch": "release"}, set()),
    ],
)
def test_only_what_the_settings_ask_for_is_judged(given: dict[str, Any], names: set[str]) -> None:
    box = a_box(Nightly="disabled_inactivity", Weekly="disabled_inactivity")
    snapshot, _server = look(box, schedules="false", **given)
    assert set(schedules_of(snapshot)) == names


@pytest.mark.parametrize("state", ["disabled_manually", "disabled_fork", "deleted"])
@pytest.mark.parametrize("schedules", ["true", "false"])
def test_a_workflow_that_a_person_disabled_is_not_judged(state: str, schedules: str) -> None:
    box = a_box("Weekly 2026-01-05T03:10:00Z", Weekly=state)
    snapshot, _server = look(box, files(weekly=WEEKLY), at_hand=5, schedules=schedules)
    assert snapshot.schedules == ()
    assert snapshot.problems == ()


# --- what is asked -------------------------------------------------------------------------------


def test_two_requests_are_enough_if_every_schedule_ran_lately() -> None:
    box = a_box("Nightly 2026-03-10T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    snapshot, server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY))
    assert asked(server) == [GRAPHQL, LIST]
    nightly = schedules_of(snapshot)["Nightly"]
    assert (nightly.missed_schedule, nightly.due, nightly.crons) == (None, utc(3, 13, 2) + GRACE, ("0 2 * * *",))
    assert nightly.last_run is not None
    assert nightly.last_run.created_at == utc(3, 10, 2, 10)
    assert schedules_of(snapshot)["Weekly"].due == utc(3, 30, 3) + GRACE
    assert snapshot.problems == ()


def test_one_request_is_enough_if_the_listed_runs_show_the_schedules() -> None:
    box = a_box("Nightly 2026-03-09T02:10:00Z", "Nightly 2026-03-10T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    snapshot, server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), at_hand=10)
    assert asked(server) == [GRAPHQL]
    assert schedules_of(snapshot)["Nightly"].due == utc(3, 13, 2) + GRACE


def test_the_newest_run_of_a_rare_schedule_takes_its_own_request() -> None:
    box = a_box("Weekly 2026-03-09T03:10:00Z")
    for minute in range(100):
        box.add_run(workflow="Nightly", at=utc(3, 9, 4) + timedelta(minutes=minute), event="schedule")
    snapshot, server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY))
    weekly = schedules_of(snapshot)["Weekly"]
    path = f"/repos/octo-org/example/actions/workflows/{weekly.workflow.id}/runs"
    assert asked(server) == [GRAPHQL, LIST, f"GET {path}?event=schedule&per_page=1"]
    assert weekly.due == utc(3, 30, 3) + GRACE


def test_a_scheduled_workflow_without_a_scheduled_run_may_be_new() -> None:
    box = a_box("Nightly 2026-03-10T02:10:00Z")
    box.add_run(workflow="Weekly", at="2026-01-01T00:00:00Z", event="workflow_dispatch")
    snapshot, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), at_hand=10)
    assert set(schedules_of(snapshot)) == {"Nightly"}
    assert snapshot.problems == ()


def test_the_number_of_requests_for_single_workflows_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ci_failure_tracker.github.schedules.MOST_ASKED", 1)
    snapshot, server = look(a_box(), files(nightly=NIGHTLY, weekly=WEEKLY))
    assert len(server.requests) == 3
    (problem,) = snapshot.problems
    assert problem.severity is Severity.NOTICE
    assert problem.what == "The scheduled runs of 1 workflow were not asked for."


def test_no_files_are_read_if_no_workflow_has_one() -> None:
    box = Sandbox.from_yaml("""
repository: {full_name: octo-org/example}
tokens: {all-rights: {}}
workflows: [{name: Dependabot Updates, path: dynamic/dependabot/dependabot-updates, jobs: [{name: Dependabot}]}]
""")
    snapshot, server = look(box)
    assert server.requests == []
    assert snapshot.problems == ()


def test_the_last_run_of_a_disabled_workflow_is_read() -> None:
    box = a_box("Weekly 2026-01-05T03:10:00Z", Weekly="disabled_inactivity")
    snapshot, server = look(box, files(nightly="on: push"))
    assert asked(server) == [GRAPHQL, LIST]
    weekly = schedules_of(snapshot)["Weekly"]
    assert (weekly.missed_schedule, weekly.due) == (MissedSchedule.DISABLED, utc(1, 5, 3, 10))


# --- what is overdue -----------------------------------------------------------------------------


def test_a_schedule_is_overdue_after_three_times_without_a_run() -> None:
    box = a_box("Nightly 2026-03-06T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    snapshot, server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), earlier(NIGHTLY))
    nightly = schedules_of(snapshot)["Nightly"]
    assert (nightly.missed_schedule, nightly.due) == (MissedSchedule.OVERDUE, utc(3, 9, 2) + GRACE)
    assert schedules_of(snapshot)["Weekly"].missed_schedule is None
    assert asked(server) == [GRAPHQL, LIST, GRAPHQL]
    again, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), earlier(NIGHTLY))
    assert again.schedules == snapshot.schedules


@pytest.mark.parametrize(
    ("before", "due"),
    [
        (NIGHTLY, utc(3, 5, 2)),
        (WEEKLY, utc(3, 23, 3)),  # it was weekly when it last ran: 9, 16 and 23 March
        ("on: {schedule: [{cron: '*/10 * * * *'}]}", utc(3, 5, 2)),
        ("on: push", utc(3, 5, 2)),
        ("on: {schedule: [", utc(3, 5, 2)),
        (None, utc(3, 5, 2)),  # its commit is no more
    ],
)
def test_a_changed_schedule_is_judged_by_its_times_before_the_change(before: str | None, due: datetime) -> None:
    box = a_box("Nightly 2026-03-02T03:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    snapshot, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), earlier(before))
    nightly = schedules_of(snapshot)["Nightly"]
    assert nightly.due == due + GRACE
    assert nightly.missed_schedule is (MissedSchedule.OVERDUE if due + GRACE < box.now else None)
    assert nightly.crons == ("0 2 * * *",)


def test_an_enabled_workflow_missed_nothing_while_it_was_disabled() -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z")
    with before(box, files(nightly=NIGHTLY)) as (github, listed, server):
        enabled = tuple(replace(workflow, changed_at=utc(3, 9, 12)) for workflow in listed.workflows)
        again = replace(listed, workflows=enabled)
        snapshot = read_schedules(github, again, some_settings(schedules="true"), box.now)
    nightly = schedules_of(snapshot)["Nightly"]
    assert (nightly.missed_schedule, nightly.due) == (None, utc(3, 12, 2) + GRACE)
    assert asked(server) == [GRAPHQL, LIST]


def test_a_workflow_without_a_schedule_any_more_is_not_overdue() -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z", "Weekly 2026-01-05T03:10:00Z")
    snapshot, server = look(box, files(nightly="on: push"), at_hand=10)
    assert asked(server) == [GRAPHQL]
    assert {schedule.missed_schedule for schedule in snapshot.schedules} == {None}


# --- what cannot be read -------------------------------------------------------------------------

REFUSED = {"type": "FORBIDDEN", "path": ["repository", "o0"], "message": "Resource not accessible by integration"}


@pytest.mark.parametrize(
    "refusal",
    [
        git({"o0": None}),
        git({"o0": None}, REFUSED),
        git(None, {"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve to a Repository"}),
        git(None),
        Fault("status", "POST", "/graphql$", status=403, body=json.dumps({"message": REFUSED["message"]})),
    ],
    ids=["null", "forbidden", "not found", "no repository", "403"],
)
def test_a_missing_right_is_named_and_the_rest_is_judged(refusal: Fault) -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z", "Weekly 2026-01-05T03:10:00Z", Weekly="disabled_inactivity")
    snapshot, _server = look(box, refusal, at_hand=10)
    (problem,) = snapshot.problems
    assert problem.severity is Severity.WARNING
    assert "it lacks `contents: read`" in problem.what
    assert "permissions:\n  actions: read\n  contents: read\n  issues: write" in problem.advice
    assert set(schedules_of(snapshot)) == {"Weekly"}


@pytest.mark.parametrize(
    "fault",
    [
        git({"o0": None}, {"message": "Something went wrong while executing your query."}),
        git({"o0": None}, {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}),
        git({}),
        git({"o0": {"entries": [{}]}}),
        Fault("status", "POST", "/graphql$", status=200, body="[]"),
        Fault("status", "POST", "/graphql$", status=200, body='{"data": null}', times=None),
        Fault("status", "POST", "/graphql$", status=200, body='{"errors": [{"message": "Parse error"}]}'),
        Fault("status", "POST", "/graphql$", status=502, times=None),
        Fault("html", "POST", "/graphql$", times=None),
        Fault("reset", "POST", "/graphql$", times=None),
        Fault("truncated", "POST", "/graphql$", times=None),
        Fault("secondary-rate-limit", "POST", "/graphql$", retry_after=900, times=None),
    ],
    ids=range(12),
)
def test_files_that_cannot_be_read_are_a_warning_and_not_judged(fault: Fault) -> None:
    snapshot, _server = look(a_box("Nightly 2026-01-01T02:10:00Z"), fault, at_hand=10)
    (problem,) = snapshot.problems
    assert problem.severity is Severity.WARNING
    assert "chedule" in problem.what
    assert snapshot.schedules == ()


def test_runs_that_cannot_be_listed_are_a_warning_and_known_runs_count() -> None:
    box = a_box("Nightly 2026-03-10T02:10:00Z")
    fault = Fault("status", "GET", "/actions/runs", status=502, times=None)
    snapshot, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), fault, at_hand=2)
    (problem,) = snapshot.problems
    assert "Not every schedule was looked at." in problem.what
    assert schedules_of(snapshot)["Nightly"].missed_schedule is None


def test_a_schedule_whose_file_cannot_be_read_is_not_overdue() -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    fault = Fault("status", "POST", "/graphql$", status=502, times=None)
    snapshot, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), fault)
    assert set(schedules_of(snapshot)) == {"Weekly"}
    assert len(snapshot.problems) == 1


@pytest.mark.parametrize("text", ["on: {schedule: [", "on: {schedule: [{cron: '@daily'}]}"])
def test_a_file_that_cannot_be_read_is_named_once_and_the_others_are_read(text: str) -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    snapshot, _server = look(box, files(nightly=text, weekly=WEEKLY, notes=None), at_hand=10)
    assert set(schedules_of(snapshot)) == {"Weekly"}
    (problem,) = snapshot.problems
    assert (problem.severity, "Nightly (" in problem.what) == (Severity.NOTICE, True)


# --- the requests themselves ---------------------------------------------------------------------


def test_the_queries_for_files_are_valid_by_the_official_schema(
    monkeypatch: pytest.MonkeyPatch, official_schema: GraphQLSchema
) -> None:
    sent: list[dict[str, Any]] = []
    original = MeteredRequester.requestJsonAndCheck

    def noted(self: MeteredRequester, verb: str, url: str, **more: Any) -> Any:
        if verb == "POST":
            sent.append(more["input"])
        return original(self, verb, url, **more)

    monkeypatch.setattr(MeteredRequester, "requestJsonAndCheck", noted)
    look(a_box("Nightly 2026-01-01T02:10:00Z"), files(nightly=NIGHTLY), earlier(NIGHTLY))
    assert [validate(official_schema, parse(body["query"])) for body in sent] == [[], []]
    assert sent[0]["variables"] == {"owner": "octo-org", "name": "example", "o0": "HEAD:.github/workflows"}
    assert sent[1]["variables"]["o0"].endswith(":.github/workflows/nightly.yml")
