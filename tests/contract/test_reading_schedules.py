"""Looking at schedules over a real server: what is asked, with which rights, and what is made of the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate

from builders import HURRIED, Quiet, a_scan, some_settings
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.model import JobSource, LogRequest, Schedule, Severity, Snapshot
from ci_failure_tracker.model import MissedSchedule as Silence
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.selection.cron import GRACE
from ci_failure_tracker.selection.schedules import judge_schedules, schedule_needs
from ci_failure_tracker.settings import Settings
from sandbox import Fault, Sandbox, Server

OFFICIAL = Path(__file__).parents[3] / "shared" / "github-api" / "schema.graphql"
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


def git(found: dict[str, Any] | None, *errors: dict[str, Any]) -> Fault:
    answer: dict[str, Any] = {"data": {"repository": found}}
    return Fault(
        "status", "POST", "/graphql$", status=200, body=json.dumps(answer | ({"errors": errors} if errors else {}))
    )


def github_of(server: Server) -> GitHubReader:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    return GitHubReader(connect(Secret("all-rights"), endpoints, HURRIED), endpoints, "octo-org/example", Quiet())


def nothing_to_say(_wanted: LogRequest, _job: JobSource) -> None:
    """No logs are asked for here."""


def read_schedules(github: GitHubReader, seen: Snapshot, settings: Settings, now: datetime) -> Snapshot:
    """What a sweep asks for schedules, and what it makes of the answers."""
    while needs := schedule_needs(seen, settings, now):
        seen = github.fetch(seen, needs, nothing_to_say)
    return judge_schedules(seen, settings, now)


@contextmanager
def before(box: Sandbox, *answers: Fault, at_hand: int = 0) -> Iterator[tuple[GitHubReader, Snapshot, Server]]:
    """A scan that has seen the newest runs, so many of them, and a server that has these answers ready."""
    with box.serve() as server:
        github = github_of(server)
        reads = github.queries
        repository, workflows = reads.repository(), reads.workflows()
        runs = list(islice(reads.runs(None, None, None, None), at_hand))
        for answer in answers:
            box.inject(answer)
        server.clear_requests()
        yield github, replace(a_scan(runs), repository=repository, workflows=workflows), server


def look(
    box: Sandbox, *answers: Fault, at_hand: int = 0, schedules: str = "true", **given: Any
) -> tuple[Snapshot, Server]:
    with before(box, *answers, at_hand=at_hand) as (github, seen, server):
        return read_schedules(github, seen, some_settings(schedules=schedules, **given), box.now), server


def asked(server: Server) -> list[str]:
    return [f"{one.method} {one.path}{f'?{one.query}' if one.query else ''}" for one in server.requests]


def found(seen: Snapshot) -> dict[str, Schedule]:
    return {schedule.workflow.name: schedule for schedule in seen.schedules}


def utc(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


# --- what costs nothing --------------------------------------------------------------------------


def test_without_the_input_nothing_is_asked() -> None:
    box = a_box("Nightly 2026-03-10T02:10:00Z", "Weekly 2026-01-05T03:10:00Z", Weekly="disabled_inactivity")
    seen, server = look(box, at_hand=10, schedules="false")
    assert server.requests == []
    weekly, nightly = found(seen)["Weekly"], found(seen)["Nightly"]
    assert (weekly.missed_schedule, weekly.due) == (Silence.DISABLED, utc(1, 5, 3, 10))
    assert weekly.last_run is not None
    assert weekly.last_run.created_at == weekly.due
    assert (nightly.missed_schedule, nightly.due, nightly.crons) == (None, utc(3, 10, 2, 10), ())
    assert "CI" not in found(seen)


def test_a_disabled_workflow_without_a_run_at_hand_is_quiet_from_now_on() -> None:
    box = a_box(Weekly="disabled_inactivity")
    with before(box) as (github, seen, _server):
        now = box.now.replace(microsecond=7)
        (schedule,) = read_schedules(github, seen, some_settings(), now).schedules
    assert schedule == Schedule(schedule.workflow, Silence.DISABLED, box.now.replace(microsecond=0))


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
    seen, _server = look(box, schedules="false", **given)
    assert set(found(seen)) == names


@pytest.mark.parametrize("state", ["disabled_manually", "disabled_fork", "deleted"])
@pytest.mark.parametrize("schedules", ["true", "false"])
def test_what_a_person_switched_off_is_not_judged(state: str, schedules: str) -> None:
    box = a_box("Weekly 2026-01-05T03:10:00Z", Weekly=state)
    seen, _server = look(box, files(weekly=WEEKLY), at_hand=5, schedules=schedules)
    assert seen.schedules == ()
    assert seen.problems == ()


# --- what is asked -------------------------------------------------------------------------------


def test_two_requests_do_where_every_schedule_ran_lately() -> None:
    box = a_box("Nightly 2026-03-10T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    seen, server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY))
    assert asked(server) == [GRAPHQL, LIST]
    nightly = found(seen)["Nightly"]
    assert (nightly.missed_schedule, nightly.due, nightly.crons) == (None, utc(3, 13, 2) + GRACE, ("0 2 * * *",))
    assert nightly.last_run is not None
    assert nightly.last_run.created_at == utc(3, 10, 2, 10)
    assert found(seen)["Weekly"].due == utc(3, 30, 3) + GRACE
    assert seen.problems == ()


def test_one_does_where_the_runs_at_hand_tell() -> None:
    box = a_box("Nightly 2026-03-09T02:10:00Z", "Nightly 2026-03-10T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    seen, server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), at_hand=10)
    assert asked(server) == [GRAPHQL]
    assert found(seen)["Nightly"].due == utc(3, 13, 2) + GRACE


def test_a_workflow_that_seldom_runs_is_asked_for_by_itself() -> None:
    box = a_box("Weekly 2026-03-09T03:10:00Z")
    for minute in range(100):
        box.add_run(workflow="Nightly", at=utc(3, 9, 4) + timedelta(minutes=minute), event="schedule")
    seen, server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY))
    weekly = found(seen)["Weekly"]
    path = f"/repos/octo-org/example/actions/workflows/{weekly.workflow.id}/runs"
    assert asked(server) == [GRAPHQL, LIST, f"GET {path}?event=schedule&per_page=1"]
    assert weekly.due == utc(3, 30, 3) + GRACE


def test_a_workflow_that_never_ran_by_itself_may_be_new() -> None:
    box = a_box("Nightly 2026-03-10T02:10:00Z")
    box.add_run(workflow="Weekly", at="2026-01-01T00:00:00Z", event="workflow_dispatch")
    seen, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), at_hand=10)
    assert set(found(seen)) == {"Nightly"}
    assert seen.problems == ()


def test_no_more_workflows_are_asked_for_one_by_one_than_is_decent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ci_failure_tracker.github.schedules._MOST_ASKED", 1)
    seen, server = look(a_box(), files(nightly=NIGHTLY, weekly=WEEKLY))
    assert len(server.requests) == 3
    (problem,) = seen.problems
    assert problem.severity is Severity.NOTICE
    assert problem.what == "The scheduled runs of 1 workflow were not asked for."


def test_a_repository_whose_workflows_have_no_files_is_not_asked_for_them() -> None:
    box = Sandbox.from_yaml("""
repository: {full_name: octo-org/example}
tokens: {all-rights: {}}
workflows: [{name: Dependabot Updates, path: dynamic/dependabot/dependabot-updates, jobs: [{name: Dependabot}]}]
""")
    seen, server = look(box)
    assert server.requests == []
    assert seen.problems == ()


def test_the_last_run_of_a_disabled_workflow_is_asked_for() -> None:
    box = a_box("Weekly 2026-01-05T03:10:00Z", Weekly="disabled_inactivity")
    seen, server = look(box, files(nightly="on: push"))
    assert asked(server) == [GRAPHQL, LIST]
    assert (found(seen)["Weekly"].missed_schedule, found(seen)["Weekly"].due) == (Silence.DISABLED, utc(1, 5, 3, 10))


# --- what is overdue -----------------------------------------------------------------------------


def test_a_schedule_that_three_times_went_by_without_a_run_is_overdue() -> None:
    box = a_box("Nightly 2026-03-06T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    seen, server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), earlier(NIGHTLY))
    nightly = found(seen)["Nightly"]
    assert (nightly.missed_schedule, nightly.due) == (Silence.OVERDUE, utc(3, 9, 2) + GRACE)
    assert found(seen)["Weekly"].missed_schedule is None
    assert asked(server) == [GRAPHQL, LIST, GRAPHQL]
    again, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), earlier(NIGHTLY))
    assert again.schedules == seen.schedules


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
def test_what_was_changed_since_has_the_time_that_it_had_before(before: str | None, due: datetime) -> None:
    box = a_box("Nightly 2026-03-02T03:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    seen, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), earlier(before))
    nightly = found(seen)["Nightly"]
    assert nightly.due == due + GRACE
    assert nightly.missed_schedule is (Silence.OVERDUE if due + GRACE < box.now else None)
    assert nightly.crons == ("0 2 * * *",)


def test_a_workflow_that_was_switched_on_again_has_missed_nothing_before() -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z")
    with before(box, files(nightly=NIGHTLY)) as (github, listed, server):
        switched_on = tuple(replace(one, changed_at=utc(3, 9, 12)) for one in listed.workflows)
        seen = read_schedules(github, replace(listed, workflows=switched_on), some_settings(schedules="true"), box.now)
    assert (found(seen)["Nightly"].missed_schedule, found(seen)["Nightly"].due) == (None, utc(3, 12, 2) + GRACE)
    assert asked(server) == [GRAPHQL, LIST]


def test_a_workflow_whose_schedule_was_taken_away_only_tells_of_its_last_run() -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z", "Weekly 2026-01-05T03:10:00Z")
    seen, server = look(box, files(nightly="on: push"), at_hand=10)
    assert asked(server) == [GRAPHQL]
    assert {one.missed_schedule for one in seen.schedules} == {None}


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
def test_a_right_that_is_missing_is_named_and_the_rest_is_told(refusal: Fault) -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z", "Weekly 2026-01-05T03:10:00Z", Weekly="disabled_inactivity")
    seen, _server = look(box, refusal, at_hand=10)
    (problem,) = seen.problems
    assert problem.severity is Severity.WARNING
    assert "it lacks `contents: read`" in problem.what
    assert "permissions:\n  actions: read\n  contents: read\n  issues: write" in problem.advice
    assert set(found(seen)) == {"Weekly"}


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
        Fault("secondary-rate-limit", "POST", "/graphql$", times=None),
    ],
    ids=range(12),
)
def test_files_that_cannot_be_read_are_a_warning_and_nothing_is_said_of_them(fault: Fault) -> None:
    seen, _server = look(a_box("Nightly 2026-01-01T02:10:00Z"), fault, at_hand=10)
    (problem,) = seen.problems
    assert problem.severity is Severity.WARNING
    assert "chedule" in problem.what
    assert seen.schedules == ()


def test_runs_that_cannot_be_listed_are_a_warning_and_those_at_hand_count() -> None:
    box = a_box("Nightly 2026-03-10T02:10:00Z")
    fault = Fault("status", "GET", "/actions/runs", status=502, times=None)
    seen, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), fault, at_hand=2)
    (problem,) = seen.problems
    assert "Not every schedule was looked at." in problem.what
    assert found(seen)["Nightly"].missed_schedule is None


def test_what_cannot_be_looked_at_twice_is_not_said_to_be_quiet() -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    fault = Fault("status", "POST", "/graphql$", status=502, times=None)
    seen, _server = look(box, files(nightly=NIGHTLY, weekly=WEEKLY), fault)
    assert set(found(seen)) == {"Weekly"}
    assert len(seen.problems) == 1


@pytest.mark.parametrize("text", ["on: {schedule: [", "on: {schedule: [{cron: '@daily'}]}"])
def test_a_file_that_cannot_be_read_is_named_once_and_the_others_are_read(text: str) -> None:
    box = a_box("Nightly 2026-01-01T02:10:00Z", "Weekly 2026-03-09T03:10:00Z")
    seen, _server = look(box, files(nightly=text, weekly=WEEKLY, notes=None), at_hand=10)
    assert set(found(seen)) == {"Weekly"}
    (problem,) = seen.problems
    assert (problem.severity, "Nightly (" in problem.what) == (Severity.NOTICE, True)


# --- the requests themselves ---------------------------------------------------------------------


def test_what_is_asked_by_graphql_is_in_the_official_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    if not OFFICIAL.is_file():
        pytest.skip(f"GitHub's official schema is not at {OFFICIAL}")
    schema = build_schema(OFFICIAL.read_text("utf-8"), assume_valid=True)
    sent: list[dict[str, Any]] = []
    original = MeteredRequester.requestJsonAndCheck

    def noted(self: MeteredRequester, verb: str, url: str, **more: Any) -> Any:
        if verb == "POST":
            sent.append(more["input"])
        return original(self, verb, url, **more)

    monkeypatch.setattr(MeteredRequester, "requestJsonAndCheck", noted)
    look(a_box("Nightly 2026-01-01T02:10:00Z"), files(nightly=NIGHTLY), earlier(NIGHTLY))
    assert [validate(schema, parse(one["query"])) for one in sent] == [[], []]
    assert sent[0]["variables"] == {"owner": "octo-org", "name": "example", "o0": "HEAD:.github/workflows"}
    assert sent[1]["variables"]["o0"].endswith(":.github/workflows/nightly.yml")
