"""Issues as a released version left them, each with the history that led there; `record.py` writes such files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from sandbox import RequestRecord, Sandbox, Server
from sandbox.fields import Fields
from sandbox.play import sweep_over_http
from sandbox.steps import take_step

HOST = "https://github.example"
"""Stands in a file for the address of the server, which has another port each time."""

DONE_BY_TRACKER_AND_PEOPLE = ("close", "reopen", "edit", "copy", "spoil", "faults", "settings", "sweep")
"""Keys of a step that need the issues, or matter to one sweep only. What they led to is in the recorded issues."""

TOKEN = "sandbox-token"
"""The token that a history without tokens of its own has."""


@dataclass(frozen=True)
class Fixture:
    """A history, how it went on, when it was recorded, and the issues at that time.

    `settings` are inputs of the action. `steps` hold what happened to runs and workflows, as in a story. `issues` are
    written as in a scenario.
    """

    settings: Mapping[str, str]
    history: Mapping[str, object]
    steps: tuple[Mapping[str, object], ...]
    now: datetime
    issues: tuple[Mapping[str, Any], ...]


def read_fixture(path: Path) -> Fixture:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Fixture(
        document.get("settings", {}),
        document["history"],
        tuple(document.get("then", [])),
        document["now"],
        tuple(document["issues"]),
    )


class Repository:
    """A repository in the state of a fixture, and the tracker that sweeps it over HTTP."""

    def __init__(self, fixture: Fixture, box: Sandbox, server: Server) -> None:
        self.box = box
        self.server = server
        self.problems: list[str] = []
        self._settings = fixture.settings

    def sweep(self) -> list[RequestRecord]:
        """Sweep once, and return the requests that write. `problems` are those of the last sweep."""
        self.server.clear_requests()
        token = next(iter(self.box.state.tokens))
        inputs = {**self._settings, "repository": self.box.state.repository.full_name, "token": token}
        self.problems = [str(problem) for problem in sweep_over_http(self.server, inputs, self.box.now).problems]
        return [request for request in self.server.requests if is_write(request)]


def is_write(request: RequestRecord) -> bool:
    """Whether a request changes something; GraphQL is used for reading only."""
    return request.method != "GET" and not request.path.endswith("/graphql")


@contextmanager
def serving(fixture: Fixture) -> Iterator[Repository]:
    """Serve a repository with the runs and the issues of a fixture."""
    history = {**fixture.history, "issues": list(fixture.issues)}
    box = Sandbox.from_mapping(history)
    for place, entry in enumerate(fixture.steps):
        take_step(box, Fields(entry, f"then[{place}]"))
    box.now = fixture.now
    with box.serve() as server:
        for issue in box.issues:
            issue.body = issue.body and issue.body.replace(HOST, server.server_url)
            for comment in issue.comments:
                comment.body = comment.body.replace(HOST, server.server_url)
        yield Repository(fixture, box, server)
