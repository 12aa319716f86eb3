"""Stories as a sweep of many repositories sees them: a repository is screened, and swept only if it has to be."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from builders import HURRIED
from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.screening import ScreeningQueries
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.organisation.screening import Screened, screen
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.settings import read_settings
from sandbox.box import Sandbox
from sandbox.fields import Fields
from sandbox.play import Story, sweep_over_http
from sandbox.server import Server
from sandbox.steps import take_step

QUIET = (timedelta(minutes=20), timedelta(minutes=40), timedelta(minutes=60))
"""When somebody looks again after each step, in which nothing happens."""


@dataclass(frozen=True)
class Looked:
    """What a screening said, and what a full sweep would have done.

    If the repository need not be swept, time stands still in that sweep: what time brings is bounded otherwise.
    `writes` are the actions that it would have carried out, `failing` is what its report says, `before` what the report
    said that is shown instead.
    """

    screened: Screened
    writes: tuple[str, ...]
    failing: list[Any]
    before: list[Any]


@dataclass
class ScreenedRepository:
    """One repository of many, screened in each sweep."""

    server: Server
    name: str
    inputs: Mapping[str, str]
    entry: RepositoryEntry | None = None

    def screened(self, now: datetime) -> Screened:
        endpoints = Endpoints(self.server.api_url, self.server.graphql_url)
        reader = ScreeningQueries(connect(Secret(self.inputs["token"]), endpoints, HURRIED), endpoints)
        last = {self.name: self.entry} if self.entry else {}
        return screen(reader, [self.name], last, read_settings(self._given()), now).repositories[self.name]

    def look(self, now: datetime) -> Looked:
        """Screen it, and sweep it if it has to be. If not, find out what a sweep would have done."""
        screened, before = self.screened(now), self.entry
        writes: tuple[str, ...] = ()
        failing: list[Any] = []
        dry = {"dry-run": "true"} if screened.look else {}
        swept_at = screened.kept.swept_at if screened.look and screened.kept else None
        try:
            report = report_as_json(sweep_over_http(self.server, {**self._given(), **dry}, swept_at or now))
        except TrackerError:
            report = {}
            self.entry = RepositoryEntry(self.name, Look.FAILED)
        if report:
            actions = [*report["actions"], *(known for known in report["known_issues"] if known["written"])]
            # A dry run would write the same in each sweep.
            is_dry = self.inputs.get("dry-run") == "true"
            writes = () if is_dry else tuple(str(one["action"]) for one in actions if one["action"] != "skip")
            failing = report["failing"]
            shown = report if screened.look is None else before.report if before else None
            self.entry = RepositoryEntry(self.name, screened.look or Look.SWEPT, kept=screened.kept, report=shown)
        return Looked(screened, writes, failing, (before.report or {}).get("failing", []) if before else [])

    def _given(self) -> dict[str, str]:
        return {**self.inputs, "repository": self.name}


def play_screened(story: Story) -> Iterator[Looked]:
    """Play a story, with quiet times after each of its steps."""
    box = Sandbox.from_mapping(story.history)
    with box.serve() as server:
        repository = ScreenedRepository(server, box.state.repository.full_name, {})
        for place, entry in enumerate([{}, *story.steps]):
            step = Fields(entry, f"then[{place - 1}]")
            settings = {name: _text(value) for name, value in step.inner("settings").items()}
            followed = step.flag("sweep", default=True)
            take_step(box, step)
            step.done()
            token = next(iter(box.state.tokens))
            repository = dataclasses.replace(repository, inputs={**story.settings, **settings, "token": token})
            if followed:
                yield from _looks(box, repository)


def _looks(box: Sandbox, repository: ScreenedRepository) -> Iterator[Looked]:
    now = box.now
    yield repository.look(now)
    box.clear_faults()
    for later in QUIET:
        box.now = now + later
        yield repository.look(box.now)
    box.now = now


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
