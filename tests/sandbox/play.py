"""Playing a story: its history, its steps, and a sweep of the tracker over HTTP after each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from builders import HURRIED, Quiet
from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.writer import DryRunWriter, GitHubIssueWriter, IssueTexts
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.issues.known_text import with_known_table
from ci_failure_tracker.issues.marker import identity_of
from ci_failure_tracker.issues.render import closed_as_duplicate
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.settings import read_settings
from ci_failure_tracker.sweep import IssueWriter, sweep
from sandbox.box import Sandbox
from sandbox.door import RequestRecord
from sandbox.fields import Fields
from sandbox.server import Server
from sandbox.state import Issue
from sandbox.steps import take_step

PASSED_OVER = ("why", "expect", "show")
"""What a story holds for its readers."""


@dataclass(frozen=True)
class Story:
    """A history, and the steps by which it goes on. The first sweep sees the history alone."""

    name: str
    settings: Mapping[str, str]
    history: Mapping[str, object]
    steps: Sequence[object]


@dataclass(frozen=True)
class SweepRecord:
    """One sweep: its report or why there is none, its requests, and the issues by number just before and just after."""

    report: Report | None
    failure: str
    requests: Sequence[RequestRecord]
    before: Mapping[int, Issue]
    after: Mapping[int, Issue]


def read_story(document: object) -> Story:
    """A story as YAML has it. Raises `ScenarioError` where it is none."""
    fields = Fields(document, "story")
    for key in PASSED_OVER:
        fields.raw(key)
    story = Story(
        name=fields.text("name", ""),
        settings=_settings(fields),
        history=dict(fields.inner("history").items()),
        steps=fields.entries("then"),
    )
    fields.done()
    return story


def play(story: Story) -> Iterator[SweepRecord]:
    """Play a story and yield each sweep. Raises `ScenarioError` where a step says what cannot be."""
    box = Sandbox.from_mapping(story.history)
    repository = box.state.repository.full_name
    with box.serve() as server:
        for place, entry in enumerate([{}, *story.steps]):
            step = Fields(entry, f"then[{place - 1}]")
            settings = {**story.settings, **_settings(step), "repository": repository}
            followed = step.flag("sweep", default=True)
            take_step(box, step)
            step.done()
            if followed:
                yield _record(box, server, settings)


def _settings(fields: Fields) -> dict[str, str]:
    """The settings as the inputs of the action: texts."""
    given = fields.inner("settings").items()
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given}


def _record(box: Sandbox, server: Server, settings: Mapping[str, str]) -> SweepRecord:
    server.clear_requests()
    before = _issues(box)
    report, failure = None, ""
    try:
        report = sweep_over_http(server, {**settings, "token": next(iter(box.state.tokens))}, box.now)
    except TrackerError as error:
        failure = str(error)
    box.clear_faults()
    return SweepRecord(report, failure, server.requests, before, _issues(box))


def _issues(box: Sandbox) -> dict[int, Issue]:
    return {issue.number: deepcopy(issue) for issue in box.issues}


def sweep_over_http(server: Server, inputs: Mapping[str, str], now: datetime) -> Report:
    """One sweep of the tracker with these inputs. Raises `TrackerError` where it cannot go on."""
    settings = read_settings(inputs)
    endpoints = Endpoints(server.api_url, server.graphql_url)
    requester = connect(Secret(inputs["token"]), endpoints, HURRIED)
    github = GitHubReader(requester, endpoints, settings.repository, Quiet())
    texts = IssueTexts(identity_of, closed_as_duplicate, with_known_table)
    writer: IssueWriter = (
        DryRunWriter() if settings.dry_run else GitHubIssueWriter(requester, github.queries, texts, Quiet())
    )
    return sweep(github, writer, settings, IssueTemplate(settings.issue_template), now)
