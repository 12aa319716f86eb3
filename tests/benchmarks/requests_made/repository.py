"""The repository that is swept: workflows with jobs, runs of which some failed, and issues of long ago."""

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
"""The jobs that fail, by workflow: twelve, so twelve things are broken however many runs there are."""

STEADY = "Docs"
_ALWAYS_GREEN = ("setup", "package", "publish", "tidy-up")
_EVERY = timedelta(minutes=5)
_CLOSED_WITHIN = 90
"""Days; some of the closed issues are young enough to be reopened, most are not."""


@dataclass(frozen=True)
class Shape:
    """How many runs there are, and how many of them failed."""

    runs: int
    failed: int

    @property
    def failed_jobs(self) -> int:
        """Two and a half a failed run."""
        return self.failed * 5 // 2


def make(shape: Shape, now: datetime, newest: datetime) -> Sandbox:
    """A repository with a history, always the same for the same arguments; its newest run is of that time."""
    jobs = {name: [*fragile, *_ALWAYS_GREEN] for name, fragile in FRAGILE.items()} | {STEADY: list(_ALWAYS_GREEN)}
    scenario = {
        "now": now.isoformat(),
        "repository": {"full_name": NAME},
        # The limits of an hour and of a minute are lifted: what is measured is the asking, not the waiting for them.
        "tokens": {TOKEN: {"login": "github-actions[bot]", "rate_limit": 1_000_000, "search_limit": 1_000_000}},
        "workflows": [{"name": name, "jobs": [{"name": job} for job in of_it]} for name, of_it in jobs.items()],
    }
    box = Sandbox.from_yaml(json.dumps(scenario))
    everyone_fails = shape.failed == shape.runs
    workflows = [*FRAGILE] if everyone_fails else [*FRAGILE, STEADY]
    order = [workflows[number % len(workflows)] for number in range(shape.runs)]
    begin = newest - _EVERY * (shape.runs - 1)
    failures = _failures(order, shape.failed)
    for number, workflow in enumerate(order):
        _add(box, workflow, begin + _EVERY * number, failures.get(number, ()))
    return box


def add_failed(box: Sandbox, runs: int, since: datetime) -> datetime:
    """Let so many more runs fail after a moment, in every workflow that has jobs that fail; when the last one began."""
    order = [[*FRAGILE][number % len(FRAGILE)] for number in range(runs)]
    for number, jobs in _failures(order, runs).items():
        _add(box, order[number], since + _EVERY * (number + 1), jobs)
    return since + _EVERY * runs


def add_green(box: Sandbox, rounds: int, since: datetime) -> None:
    """Let every workflow be green a few times after a moment."""
    for number, workflow in enumerate([*FRAGILE] * rounds, start=1):
        _add(box, workflow, since + _EVERY * number, ())


def _add(box: Sandbox, workflow: str, at: datetime, failed: Iterable[str]) -> None:
    jobs = [{"name": name, "conclusion": "failure"} for name in failed]
    box.add_run(workflow=workflow, at=at.isoformat(timespec="seconds"), jobs=jobs)


def _failures(order: Sequence[str], failed: int) -> dict[int, tuple[str, ...]]:
    """Which runs fail, by their place, and which of their jobs.

    Each workflow's share is half at its end, so that it is broken now, and half strewn over the time before. Two or
    three jobs fail at once, two and a half on average.
    """
    found = {}
    for place, workflow in enumerate(FRAGILE):
        runs = [number for number, name in enumerate(order) if name == workflow]
        share = failed // len(FRAGILE) + (place < failed % len(FRAGILE))
        newest = (share + 1) // 2
        earlier, last = runs[: len(runs) - newest], runs[len(runs) - newest :]
        strewn = [earlier[number * len(earlier) // (share - newest)] for number in range(share - newest)]
        for turn, number in enumerate([*strewn, *last]):
            # Three in the newest one, so that all are broken now, and two by turns; of two odd shares one gives way.
            two = (share - turn) % 2 == 0 or (turn == 0 and place % 2 == 1 and share % 2 == 1)
            found[number] = FRAGILE[workflow][: 2 if two else 3]
    return found


# --- issues of long ago --------------------------------------------------------------------------


def add_closed(box: Sandbox, models: Sequence[Issue], issues: int) -> None:
    """Add closed issues of jobs that are no more, each like one that a sweep has closed."""
    serial = count(max(box.state.issues, default=0) + 1)
    for copied, number in zip(range(issues), serial, strict=False):
        model = copy.deepcopy(models[copied % len(models)])
        workflow, job = model.title.removeprefix("[CI Failure] ").split(" - ")
        once = f"{job}-of-{number}"
        body = (model.body or "").replace(_failure_id(workflow, job), _failure_id(workflow, once)).replace(job, once)
        back = timedelta(days=1 + copied * _CLOSED_WITHIN // issues)
        model.number, model.title, model.body = number, model.title.replace(job, once), body
        model.closed_at = (model.closed_at or model.updated_at) - back
        model.created_at -= back
        model.updated_at -= back
        box.state.issues[number] = model
        box.state.ensure_labels(model.labels)


def _failure_id(workflow: str, job: str) -> str:
    return hashlib.md5(f"{workflow}:{job}".encode(), usedforsecurity=False).hexdigest()
