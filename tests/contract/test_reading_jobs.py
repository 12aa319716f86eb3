"""The jobs of runs by GraphQL and by REST: one model from both, few requests, and what is refused or too much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

import pytest
from graphql import GraphQLSchema, parse, validate

from builders import HURRIED, Quiet, some_settings
from ci_failure_tracker.github.check_suites import MOST_JOBS, MOST_RED, SUITES
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.model import Observation, Snapshot
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.sweep import read_runs
from ci_failure_tracker.tracking.observations import observe
from sandbox import Fault, Sandbox, Server, check_suites

REPOSITORY = "octo-org/example"
BOT = "bot"
NO_GRAPHQL = Fault("status", path="/graphql$", status=404, times=None)
HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example, private: true}
tokens: {bot: {}, no-checks: {checks: none}}
workflows:
  - {name: CI, jobs: [{name: lint}, {name: test, matrix: {python: ["3.12", "3.13"]}}, {name: deploy}]}
  - {name: Wide, jobs: [{name: shard, matrix: {n: [SHARDS]}}]}
runs:
  - {workflow: CI, at: 2026-03-01T10:00:00Z}
  - workflow: CI
    at: 2026-03-02T10:00:00Z
    jobs:
      - {name: "test (3.12)", conclusion: failure, step: Build and test, annotations: [{message: "dark", line: 3}]}
      - {name: deploy, conclusion: skipped}
  - {workflow: CI, at: 2026-03-03T10:00:00Z, jobs: [{name: lint, conclusion: cancelled, steps: []}]}
  - {workflow: CI, at: 2026-03-04T10:00:00Z, jobs: [{name: deploy, conclusion: timed_out}]}
  - {workflow: CI, at: 2026-03-05T10:00:00Z, attempts: [{jobs: [{name: lint, conclusion: failure}]}, {}]}
  - workflow: CI
    at: 2026-03-06T10:00:00Z
    attempts: [{jobs: [{name: lint, conclusion: failure}]}, {jobs: [{name: lint, conclusion: failure}]}, {}]
  - {workflow: CI, at: 2026-03-07T10:00:00Z, conclusion: startup_failure}
  - {workflow: Wide, at: 2026-03-08T10:00:00Z, jobs: [{name: shard (2), conclusion: failure}]}
  - {workflow: Wide, at: 2026-03-08T11:00:00Z, only_jobs: [RED]}
"""
SHARDS = ", ".join(f'"{number}"' for number in range(MOST_JOBS + 1))
RED = ", ".join(f"{{name: red {number}, conclusion: failure}}" for number in range(MOST_RED + 1))


@pytest.fixture
def box() -> Sandbox:
    box = Sandbox.from_yaml(HISTORY.replace("SHARDS", SHARDS).replace("RED", RED))
    box.add_run(workflow="CI", at="2026-03-09T10:00:00Z", jobs=[{"name": "lint", "conclusion": "failure"}])
    number = box.runs[0].number
    box.rerun("CI", number, {"carried": True, "at": "2026-03-09T12:00:00Z", "jobs": [{"name": "lint"}]})
    return box


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as server:
        yield server


def look(box: Sandbox, server: Server, token: str = BOT, **given: str) -> Snapshot:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    github = GitHubReader(connect(Secret(token), endpoints, HURRIED), endpoints, REPOSITORY, Quiet())
    server.clear_requests()
    snapshot, _ = read_runs(github, some_settings(**{"branch": "main", **given}), box.now)
    return snapshot


def asked(server: Server) -> list[str]:
    """What was asked for jobs: a question for many, or `jobs` for each run."""
    lists = [request.path.rpartition("/")[2] for request in server.requests]
    return [name for name in lists if name in {"jobs", "graphql"}]


def observations(snapshot: Snapshot) -> set[Observation]:
    return set(observe(snapshot))


# --- one model -----------------------------------------------------------------------------------


def test_graphql_and_rest_give_the_same_observations(box: Sandbox, server: Server) -> None:
    together = look(box, server)
    assert asked(server).count("graphql") == 1
    # More jobs, or more red ones, than are asked for of one run; more attempts than can be told apart.
    assert asked(server).count("jobs") == 3
    box.inject(NO_GRAPHQL)
    one_by_one = look(box, server)
    assert asked(server).count("jobs") == len(one_by_one.jobs) > 7
    assert observations(together) == observations(one_by_one)
    assert (together.problems, one_by_one.problems) == ((), ())


def test_graphql_gives_the_jobs_of_rest_with_their_annotations(box: Sandbox, server: Server) -> None:
    together = {run_jobs.run_id: run_jobs.jobs for run_jobs in look(box, server).jobs}
    box.inject(NO_GRAPHQL)
    one_by_one = {run_jobs.run_id: run_jobs.jobs for run_jobs in look(box, server).jobs}
    carried = box.runs[0].id  # REST lists again what was not run again; observations leave it out
    for run in together.keys() - {carried}:
        assert tuple(replace(job, annotations=None) for job in together[run]) == one_by_one[run]
    assert {job.attempt for job in together[carried]} == {1, 2}


def test_annotations_come_with_the_jobs_that_failed(box: Sandbox, server: Server) -> None:
    snapshot = look(box, server)
    job = next(
        job
        for run_jobs in snapshot.jobs
        for job in run_jobs.jobs
        if job.name == "test (3.12)" and job.conclusion != "success"
    )
    assert job.annotations is not None
    assert ("failure", "dark", 3) in [
        (annotation.level, annotation.message, annotation.line) for annotation in job.annotations
    ]


# --- few requests --------------------------------------------------------------------------------


def many(box: Sandbox, runs: int) -> None:
    for number in range(runs):
        box.add_run(workflow="CI", at=f"2026-03-09T{13 + number // 50}:{number % 50:02}:00Z", conclusion="failure",
                    jobs=[{"name": "lint", "conclusion": "failure"}])  # fmt: skip


def test_the_jobs_of_twenty_runs_take_one_query(box: Sandbox, server: Server) -> None:
    many(box, 100)
    snapshot = look(box, server, max_runs="1000")
    assert len(snapshot.jobs) >= 100
    assert asked(server).count("graphql") == ceil(len(snapshot.jobs) / 20)
    assert snapshot.window.unread == 0


# --- what is refused or too much -----------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", path="/graphql$", status=404, times=None),
        Fault("status", path="/graphql$", status=403, times=None),
        Fault("primary-rate-limit", path="/graphql$", times=None, retry_after=500),
        Fault("status", path="/graphql$", status=200, times=None, body='{"errors": [{"type": "undefinedField"}]}'),
        Fault("status", path="/graphql$", status=200, times=None, body='{"data": {"nodes": []}}'),
        Fault("status", path="/graphql$", status=200, times=None, body="[]"),
    ],
    ids=["not found", "forbidden", "rate limit", "unknown field", "short", "no answer"],
)
def test_jobs_that_graphql_refuses_are_read_by_rest(box: Sandbox, server: Server, fault: Fault) -> None:
    box.inject(fault)
    snapshot = look(box, server)
    assert len(snapshot.jobs) > 7
    assert (snapshot.problems, snapshot.window.unread) == ((), 0)


def test_without_the_right_to_see_check_runs_jobs_are_read_by_rest(box: Sandbox, server: Server) -> None:
    snapshot = look(box, server, token="no-checks")
    assert asked(server).count("graphql") == 1
    assert len(snapshot.jobs) == asked(server).count("jobs") > 7
    assert not snapshot.problems


def test_a_query_that_is_too_large_is_repeated_for_fewer_runs(box: Sandbox, server: Server) -> None:
    many(box, 40)
    box.inject(Fault("status", path="/graphql$", status=502, times=3 * HURRIED.tries))
    snapshot = look(box, server, max_runs="1000")
    in_vain_and_in_fives = ["graphql"] * (3 * HURRIED.tries + 8)  # three times twenty are asked for side by side
    assert asked(server)[: len(in_vain_and_in_fives)] == in_vain_and_in_fives
    assert len(snapshot.jobs) >= 40


def test_a_check_run_that_a_step_created_is_no_job(
    box: Sandbox, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = check_suites.check_run

    def foreign(*args: object) -> dict[str, object]:
        shown = original(*args)  # type: ignore[arg-type]
        reported = shown["name"] == "lint" and shown["conclusion"] == "SUCCESS"
        return {**shown, "detailsUrl": "https://github.example/o/r/runs/77"} if reported else shown

    monkeypatch.setattr(check_suites, "check_run", foreign)
    snapshot = look(box, server)
    run = next(run for run in box.runs if run.workflow.name == "CI" and run.conclusion == "timed_out")
    (jobs,) = (run_jobs.jobs for run_jobs in snapshot.jobs if run_jobs.run_id == run.id)
    assert sorted(job.name for job in jobs) == ["deploy", "test (3.12)", "test (3.13)"]


def test_the_query_for_jobs_is_valid_by_the_official_schema(official_schema: GraphQLSchema) -> None:
    assert validate(official_schema, parse(SUITES)) == []
