"""The repository that is swept: workflows with jobs, runs of which some failed, and closed issues."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from sandbox import Sandbox
from sandbox.state import Issue

NAME = "octo-org/example"
TOKEN = "bench-token"
FRAGILE = {
    "CI": ("lint-sources", "unit-tests", "type-check"),
    "Integration": ("postgres", "redis", "browser-tests"),
    "Release": ("wheels", "container-image", "installer"),
    "Nightly": ("fuzz", "upgrade-path", "long-tests"),
}
"""The jobs that fail, by workflow. There are twelve, whatever the number of runs."""

STEADY = "Docs"
_PASSING = ("setup", "package", "publish", "tidy-up")
_EVERY = timedelta(minutes=5)
_CLOSED_WITHIN = 730
"""Days. Some of the closed issues are new enough to be reopened, most are not."""


@dataclass(frozen=True)
class Shape:
    """How many runs there are and how many of them failed."""

    runs: int
    failed: int

    @property
    def failed_jobs(self) -> int:
        """Two and a half for each failed run."""
        return self.failed * 5 // 2


def make(shape: Shape, now: datetime, newest: datetime) -> Sandbox:
    """A repository with runs, the same for the same arguments. Its newest run starts at `newest`."""
    jobs = {name: [*fragile, *_PASSING] for name, fragile in FRAGILE.items()} | {STEADY: list(_PASSING)}
    scenario = {
        "now": now.isoformat(),
        "repository": {"full_name": NAME},
        # The rate limits are lifted, because the benchmark measures requests and not the waiting for a limit.
        "tokens": {TOKEN: {"login": "github-actions[bot]", "rate_limit": 1_000_000, "search_limit": 1_000_000}},
        "workflows": [{"name": name, "jobs": [{"name": job} for job in of_it]} for name, of_it in jobs.items()],
    }
    box = Sandbox.from_yaml(json.dumps(scenario))
    all_fail = shape.failed == shape.runs
    workflows = [*FRAGILE] if all_fail else [*FRAGILE, STEADY]
    order = [workflows[number % len(workflows)] for number in range(shape.runs)]
    begin = newest - _EVERY * (shape.runs - 1)
    failures = _failures(order, shape.failed)
    for number, workflow in enumerate(order):
        _add(box, workflow, begin + _EVERY * number, failures.get(number, ()))
    return box


def make_watched(workflows: int, runs: int, now: datetime, newest: datetime) -> Sandbox:
    """A repository with a week of runs. Every tenth workflow ran last before that week, and three workflows fail."""
    names = [f"Workflow {number}" for number in range(workflows)]
    scenario = {
        "now": now.isoformat(),
        "repository": {"full_name": NAME},
        "tokens": {TOKEN: {"login": "github-actions[bot]", "rate_limit": 1_000_000, "search_limit": 1_000_000}},
        "workflows": [{"name": name, "jobs": [{"name": "test"}]} for name in names],
    }
    box = Sandbox.from_yaml(json.dumps(scenario))
    rare, often = names[::10], [name for number, name in enumerate(names) if number % 10]
    failing = {names[0], names[1], names[-1]}
    for number, name in enumerate(rare):
        _add(box, name, newest - timedelta(days=20) + _EVERY * number, ["test"] if name in failing else ())
    for number in range(runs):
        name = often[number % len(often)]
        at = newest - timedelta(days=7) * (runs - 1 - number) / runs
        _add(box, name, at, ["test"] if name in failing else ())
    return box


def add_failed(box: Sandbox, runs: int, since: datetime) -> datetime:
    """Add failed runs after a moment, in each workflow with jobs that fail. Returns when the last one started."""
    order = [[*FRAGILE][number % len(FRAGILE)] for number in range(runs)]
    for number, jobs in _failures(order, runs).items():
        _add(box, order[number], since + _EVERY * (number + 1), jobs)
    return since + _EVERY * runs


def add_failure_of_another_job(box: Sandbox, since: datetime) -> None:
    """Add a run after a moment, in which a job fails that never failed before."""
    _add(box, STEADY, since + _EVERY, _PASSING[:1])


def add_passing(box: Sandbox, rounds: int, since: datetime) -> None:
    """Add runs that pass after a moment: `rounds` runs of each workflow with jobs that fail."""
    for number, workflow in enumerate([*FRAGILE] * rounds, start=1):
        _add(box, workflow, since + _EVERY * number, ())


def _add(box: Sandbox, workflow: str, at: datetime, failed: Iterable[str]) -> None:
    jobs = [{"name": name, "conclusion": "failure"} for name in failed]
    box.add_run(workflow=workflow, at=at.isoformat(timespec="seconds"), jobs=jobs)


def _failures(order: Sequence[str], failed: int) -> dict[int, tuple[str, ...]]:
    """Which runs fail, by their place, and which of their jobs fail.

    Half of the failed runs of a workflow are its newest ones, so that it fails now. The others are spread over the time
    before. Two or three jobs fail in one run, two and a half on average.
    """
    found = {}
    for place, workflow in enumerate(FRAGILE):
        runs = [number for number, name in enumerate(order) if name == workflow]
        share = failed // len(FRAGILE) + (place < failed % len(FRAGILE))
        newest = (share + 1) // 2
        earlier, last = runs[: len(runs) - newest], runs[len(runs) - newest :]
        spread = [earlier[number * len(earlier) // (share - newest)] for number in range(share - newest)]
        for turn, number in enumerate([*spread, *last]):
            # Three jobs fail in the newest run, so that all of them fail now, and then two and three in turn. Where
            # their number is odd, every second workflow has two in its oldest run, which keeps the average.
            two = (share - turn) % 2 == 0 or (turn == 0 and place % 2 == 1 and share % 2 == 1)
            found[number] = FRAGILE[workflow][: 2 if two else 3]
    return found


# --- closed issues -------------------------------------------------------------------------------


def add_closed(box: Sandbox, models: Sequence[Issue], issues: int) -> None:
    """Add closed issues of jobs that no longer exist, each a copy of one that a sweep closed."""
    serial = count(max(box.state.issues, default=0) + 1)
    for copied, number in zip(range(issues), serial, strict=False):
        model = copy.deepcopy(models[copied % len(models)])
        workflow, job = model.title.removeprefix("[CI Failure] ").split(" - ")
        former = f"{job}-of-{number}"
        body = (
            (model.body or "").replace(_failure_id(workflow, job), _failure_id(workflow, former)).replace(job, former)
        )
        back = timedelta(days=1 + copied * _CLOSED_WITHIN // issues)
        model.number, model.title, model.body = number, model.title.replace(job, former), body
        model.closed_at = (model.closed_at or model.updated_at) - back
        model.created_at -= back
        model.updated_at -= back
        box.state.issues[number] = model
        box.state.ensure_labels(model.labels)


def _failure_id(workflow: str, job: str) -> str:
    return hashlib.md5(f"{workflow}:{job}".encode(), usedforsecurity=False).hexdigest()
