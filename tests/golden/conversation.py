"""A golden conversation: a history in YAML, then everything the tracker said and wrote about it.

The file is Markdown. Its first block of YAML is the story; below the line the rest is written by the program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from builders import HURRIED, Quiet
from ci_failure_tracker.github_api.client import Endpoints, connect
from ci_failure_tracker.github_api.github import GitHub
from ci_failure_tracker.github_api.writes import IssueTexts, OpenDoor
from ci_failure_tracker.model import Skip, verb
from ci_failure_tracker.rendering.issue import IssueTemplate
from ci_failure_tracker.rendering.render import closed_as_duplicate
from ci_failure_tracker.reporting.report import Report
from ci_failure_tracker.secret import Secret
from ci_failure_tracker.settings import read_settings
from ci_failure_tracker.sweep import sweep
from ci_failure_tracker.tracking.marker import identity_of
from sandbox import Fault, RequestRecord, Sandbox, Server
from sandbox.state import Issue

LINE = "<!-- Below is what the tracker did; `make golden` writes it anew. -->"
TOKEN = "sandbox-token"

_STORY = re.compile(r"^(.*?```yaml\n(.*?)```\n)", re.DOTALL)
_MARKER = re.compile(r"<!-- ci-failure-tracker (\{.*?\}) -->")


@dataclass(frozen=True)
class Conversation:
    """What a file holds: its own words with the story, and what the program should say."""

    preface: str
    story: Mapping[str, Any]
    expected: str


def read_conversation(path: Path) -> Conversation:
    text = path.read_text(encoding="utf-8")
    match = _STORY.match(text)
    assert match, f"{path.name} has no block of YAML"
    return Conversation(match[1], yaml.safe_load(match[2]), text[match.end() :].lstrip("\n"))


def hold(conversation: Conversation) -> str:
    """Live through the story and write down what the tracker does."""
    story = conversation.story
    box = Sandbox.from_yaml(yaml.safe_dump(story["history"]))
    parts = [LINE, ""]
    with box.serve() as server:
        for number, chapter in enumerate([{}, *story.get("then", [])], start=1):
            _live(box, chapter)
            server.clear_requests()
            report = _sweep(box, server, {**story.get("settings", {}), **chapter.get("settings", {})})
            box.clear_faults()
            parts += [f"## Sweep {number}", "", *_say(report), *_requests(server.requests), ""]
        for issue in box.issues:
            if _MARKER.search(issue.body or ""):
                parts += [*_show(issue, server), ""]
    return "\n".join(parts).rstrip() + "\n"


def _live(box: Sandbox, chapter: Mapping[str, Any]) -> None:
    if "now" in chapter:
        box.now = chapter["now"]
    _change_workflows(box, chapter)
    _go_on(box, chapter)
    for fault in chapter.get("faults", []):
        box.inject(Fault(**fault))
    _touch_issues(box, chapter)


def _change_workflows(box: Sandbox, chapter: Mapping[str, Any]) -> None:
    for change in chapter.get("workflow", []):
        box.change_workflow(change.pop("name"), **change)
    for name in chapter.get("remove_workflow", []):
        box.remove_workflow(name)


def _go_on(box: Sandbox, chapter: Mapping[str, Any]) -> None:
    for run in chapter.get("runs", []):
        box.add_run(run)
    for key in ("rerun", "finish"):
        for entry in chapter.get(key, []):
            box.rerun(entry.pop("workflow"), entry.pop("number"), entry, finish=key == "finish")
    if "delete_runs" in chapter:
        box.delete_runs(chapter["delete_runs"])


def _touch_issues(box: Sandbox, chapter: Mapping[str, Any]) -> None:
    """What people do to the issues."""
    for log in chapter.get("logs", []):
        box.change_log(next(job.id for job in box.runs[0].last.jobs if job.name == log["job"]), log["log"])
    for close in chapter.get("close", []):
        box.close_issue(close["issue"], close["reason"], at=close.get("at"))
    for reopen in chapter.get("reopen", []):
        box.reopen_issue(reopen["issue"], at=reopen.get("at"))
    for edit in chapter.get("edit", []):
        issue = box.issue(edit["issue"])
        body = _edited(issue.body or "", edit)
        labels = [*issue.labels, *edit["label"]] if "label" in edit else None
        if "unlabel" in edit:
            labels = [name for name in issue.labels if name not in edit["unlabel"]]
        box.edit_issue(edit["issue"], title=edit.get("title"), body=body, labels=labels)
    if "copy" in chapter:
        issue = box.issue(chapter["copy"]["issue"])
        box.add_issue(issue.title, issue.body, issue.labels, login="github-actions[bot]")
    if "spoil" in chapter:
        issue = box.issue(chapter["spoil"]["issue"])
        box.edit_issue(issue.number, body=(issue.body or "").replace('"count":', '"number":'))


def _edited(body: str, edit: Mapping[str, Any]) -> str | None:
    """The body with what was added, or with a marker as another version of the program writes it."""
    if "add" in edit:
        return body + str(edit["add"])
    if "newer" in edit:
        return body.replace('"v":1', '"v":9')
    if "older" in edit:
        marker = _MARKER.search(body)
        assert marker
        old = {key: value for key, value in json.loads(marker[1]).items() if key not in _NEWER_FIELDS}
        return _MARKER.sub(lambda _: f"<!-- ci-failure-tracker {json.dumps(old)} -->", body)
    return None


_NEWER_FIELDS = ("lines", "suspects")


def _sweep(box: Sandbox, server: Server, given: Mapping[str, Any]) -> Report:
    settings = read_settings(
        {**{name: str(value) for name, value in given.items()}, "token": TOKEN, "repository": "octo-org/example"}
    )
    endpoints = Endpoints(server.api_url, server.graphql_url)
    requester = connect(Secret(TOKEN), endpoints, HURRIED)
    github = GitHub(requester, endpoints, settings.repository, Quiet())
    door = OpenDoor(requester, github.reads, IssueTexts(identity_of, closed_as_duplicate), Quiet())
    return sweep(github, door, settings, IssueTemplate(settings.issue_template), box.now)


def _say(report: Report) -> Iterator[str]:
    yield "| action | issue | identity | reason |"
    yield "|---|---|---|---|"
    for result in report.results:
        action = result.action
        kind = f"skip ({action.why.value})" if isinstance(action, Skip) else f"{verb(action)}, {result.fate.value}"
        issue = f"#{result.number}" if result.number else ""
        yield f"| {kind} | {issue} | {action.identity.workflow}:{action.identity.job} | {action.reason} |"
    yield ""
    for problem in report.problems:
        yield f"- {problem.gravity.value}: {problem}".replace("\n", "\n  ")
    yield report.line


def _requests(records: list[RequestRecord]) -> Iterator[str]:
    reads = sum(record.method == "GET" for record in records)
    yield ""
    yield f"{reads} reads"
    for record in records:
        if record.method != "GET":
            yield f"- {record.method} {record.path} → {record.status}"


def _without_seal(state: dict[str, Any]) -> dict[str, Any]:
    """The state but for the hash in it, which changes with every other thing."""
    if "reach" in state:
        until, _, start, without, _ = state["reach"]
        lacking = f" but for runs {without}" if without else ""
        state["reach"] = f"{f'from {start} ' if start else ''}to {until}{lacking}"
    return state


def _show(issue: Issue, server: Server) -> Iterator[str]:
    state = issue.state if issue.state_reason is None else f"{issue.state} ({issue.state_reason})"
    yield f"## Issue #{issue.number}: {issue.title}"
    yield ""
    yield f"{state}; labels {', '.join(issue.labels)}; assignees {', '.join(issue.assignees) or 'none'}"
    yield ""
    body = (issue.body or "").replace(server.server_url, "https://github.example")
    marker = _MARKER.search(body)
    assert marker
    yield "````markdown"
    yield _MARKER.sub("<!-- ci-failure-tracker … -->", body).rstrip()
    yield "````"
    yield ""
    for comment in issue.comments:
        yield f"{comment.login} says:"
        yield ""
        yield "````markdown"
        yield comment.body.replace(server.server_url, "https://github.example")
        yield "````"
        yield ""
    yield "Its marker remembers:"
    yield ""
    yield "```yaml"
    yield yaml.safe_dump(
        _without_seal(json.loads(marker[1])), sort_keys=False, width=160, default_flow_style=None
    ).rstrip()
    yield "```"
