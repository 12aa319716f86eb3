"""Check suites as GraphQL shows them: the jobs of all attempts of a run, which are its check runs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from sandbox import payloads
from sandbox.call import Call, JsonObject
from sandbox.identifiers import node_id
from sandbox.state import Annotation, PlacedJob, Run, State, Step

_Info = GraphQLResolveInfo[Any]


def by_node_id(state: State) -> Mapping[str, Run]:
    """The runs by the node id of their check suite."""
    return {node_id("CS", state.repository.id, run.check_suite_id): run for run in state.runs}


def suite(run: Run | None, asked: str, call: Call) -> JsonObject | GraphQLError | None:
    """The suite of a run; an error where there is none, and where the token may not see it."""
    if run is None:
        what = f"Could not resolve to a node with the global id of '{asked}'"
        return GraphQLError(what, extensions={"type": "NOT_FOUND"})
    token = call.token
    if call.state.repository.private and (token is None or token.checks == "none"):
        return GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})
    placed = [PlacedJob(run, attempt, job) for attempt in run.attempts for job in attempt.jobs]

    def runs(_info: _Info, first: int = 30, filterBy: JsonObject | None = None) -> JsonObject:  # noqa: N803 - the schema's name
        found = _chosen(placed, filterBy or {})
        return {"totalCount": len(found), "nodes": [check_run(one, call) for one in found[:first]]}

    return {"__typename": "CheckSuite", "id": asked, "checkRuns": runs}


def _chosen(placed: Sequence[PlacedJob], asked: JsonObject) -> list[PlacedJob]:
    """What is asked for; without a type the newest check run of each name."""
    found = list(placed)
    if asked.get("checkType") != "ALL":
        found = list({one.job.name: one for one in placed}.values())
    conclusions = asked.get("conclusions")
    return [one for one in found if conclusions is None or _state(one.job.conclusion) in conclusions]


def check_run(placed: PlacedJob, call: Call) -> JsonObject:
    """A job as a node `CheckRun` of GraphQL, with the fields that the program asks for."""
    job = placed.job
    return {
        "id": node_id("CR", call.state.repository.id, job.id),
        "name": job.name,
        "detailsUrl": payloads.check_run(placed, call.state, call.urls)["details_url"],
        "status": job.status.upper(),
        "conclusion": _state(job.conclusion),
        "startedAt": payloads.stamp(job.started_at),
        "completedAt": _stamp(job.completed_at),
        "steps": _connection(job.steps, _step),
        "annotations": _connection(job.annotations, _annotation),
    }


def _connection(items: Sequence[Any], shown: Callable[[Any], JsonObject]) -> Callable[..., JsonObject]:
    def connection(_info: _Info, first: int = 30) -> JsonObject:
        return {"totalCount": len(items), "nodes": [shown(one) for one in items[:first]]}

    return connection


def _step(step: Step) -> JsonObject:
    return {
        "name": step.name,
        "number": step.number,
        "conclusion": _state(step.conclusion),
        "startedAt": _stamp(step.started_at),
        "completedAt": _stamp(step.completed_at),
    }


def _annotation(item: Annotation) -> JsonObject:
    return {
        "annotationLevel": item.level.upper(),
        "message": item.message,
        "title": item.title or None,
        "path": item.path,
        "location": {"start": {"line": item.line}},
    }


def _state(conclusion: str | None) -> str | None:
    return conclusion.upper() if conclusion else None


def _stamp(moment: datetime | None) -> str | None:
    return payloads.stamp(moment) if moment else None
