"""A folder of answers of the real API becomes the state of the server."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.fields import ScenarioError
from sandbox.scenario import DEFAULT_TOKEN
from sandbox.state import (
    Account,
    Attempt,
    Commit,
    Fork,
    Job,
    Log,
    Repository,
    Run,
    State,
    Step,
    Workflow,
)

JsonObject = Mapping[str, Any]

_DEPENDABOT = "dynamic/dependabot/dependabot-updates"


def read_replay(folder: Path) -> State:
    """The state of a repository as its recorded answers show it."""
    listing = folder / "runs.json"
    if not listing.is_file():
        raise ScenarioError(f"{folder}: a replay holds runs.json, jobs/ and logs/; there is no {listing}")
    recorded = json.loads(listing.read_text("utf-8"))["workflow_runs"]
    if not recorded:
        raise ScenarioError(f"{listing}: no runs")
    newest = max(_time(run["updated_at"]) for run in recorded)
    state = State(_repository(recorded), newest, tokens={DEFAULT_TOKEN.value: DEFAULT_TOKEN})
    _read_accounts(recorded, state)
    workflows = _workflows(recorded)
    state.workflows.extend(workflows.values())
    state.add_runs(_run(run, workflows[run["workflow_id"]], folder) for run in recorded)
    return state


def _read_accounts(recorded: list[JsonObject], state: State) -> None:
    owner = recorded[0]["repository"]["owner"]
    actors = [run[role] for run in recorded for role in ("actor", "triggering_actor")]
    for shown in [*actors, owner]:
        association = "OWNER" if shown["login"] == owner["login"] else "NONE"
        state.know(Account(shown["login"], shown["type"], association, number=shown["id"]))


def _repository(recorded: list[JsonObject]) -> Repository:
    shown = recorded[0]["repository"]
    branches = Counter(run["head_branch"] for run in recorded)
    return Repository(
        full_name=shown["full_name"],
        id=shown["id"],
        default_branch="main" if "main" in branches else branches.most_common(1)[0][0],
        private=shown["private"],
        description=shown["description"],
    )


def _workflows(recorded: list[JsonObject]) -> dict[int, Workflow]:
    """The workflow list, which was not recorded. A run's name is its workflow's, save for Dependabot's."""
    found = {}
    for run in recorded:
        name = "Dependabot Updates" if run["path"] == _DEPENDABOT else run["name"]
        found[run["workflow_id"]] = Workflow(run["workflow_id"], name, run["path"])
    return found


def _run(shown: JsonObject, workflow: Workflow, folder: Path) -> Run:
    attempt = Attempt(
        number=shown["run_attempt"],
        status=shown["status"],
        conclusion=shown["conclusion"],
        started_at=_time(shown["run_started_at"]),
        updated_at=_time(shown["updated_at"]),
        actor=shown["triggering_actor"]["login"],
        jobs=_jobs(folder, shown["id"]),
    )
    return Run(
        id=shown["id"],
        workflow=workflow,
        number=shown["run_number"],
        event=shown["event"],
        branch=shown["head_branch"],
        commit=_commit(shown["head_commit"]),
        name=shown["name"],
        title=shown["display_title"],
        actor=shown["actor"]["login"],
        created_at=_time(shown["created_at"]),
        attempts=(attempt,),
        fork=_fork(shown),
        suite=shown["check_suite_id"],
    )


def _commit(shown: JsonObject) -> Commit:
    author = shown["author"]
    return Commit(shown["id"], shown["message"], author["name"], author["email"], _time(shown["timestamp"]))


def _fork(shown: JsonObject) -> Fork | None:
    head = shown["head_repository"]
    if head is None:
        return Fork(shown["actor"]["login"], deleted=True)
    return None if head["id"] == shown["repository"]["id"] else Fork(head["owner"]["login"])


def _jobs(folder: Path, run_id: int) -> tuple[Job, ...]:
    path = folder / "jobs" / f"{run_id}.json"
    if not path.is_file():
        return ()
    return tuple(_job(shown, folder) for shown in json.loads(path.read_text("utf-8"))["jobs"])


def _job(shown: JsonObject, folder: Path) -> Job:
    log = folder / "logs" / f"{shown['id']}.txt"
    return Job(
        id=shown["id"],
        name=shown["name"],
        status=shown["status"],
        conclusion=shown["conclusion"],
        created_at=_time(shown["created_at"]),
        started_at=_time(shown["started_at"]),
        completed_at=_maybe_time(shown["completed_at"]),
        steps=tuple(_step(step) for step in shown["steps"]),
        log=Log("text", path=log) if log.is_file() else Log("missing"),
        runner=(shown["labels"] or ["ubuntu-latest"])[0],
    )


def _step(shown: JsonObject) -> Step:
    return Step(
        name=shown["name"],
        number=shown["number"],
        status=shown["status"],
        conclusion=shown["conclusion"],
        started_at=_maybe_time(shown["started_at"]),
        completed_at=_maybe_time(shown["completed_at"]),
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe_time(text: str | None) -> datetime | None:
    return None if text is None else _time(text)
