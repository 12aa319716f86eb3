"""A golden conversation: a history in YAML, then everything the tracker said and wrote about it.

The file is Markdown. Its first block of YAML is the story; below the line the rest is written by the program.
`layout.py` says how.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from builders import HURRIED, Quiet
from ci_failure_tracker.github_api.client import Endpoints, connect
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.github_api.writes import OpenDoor
from ci_failure_tracker.reporting.report import Report
from ci_failure_tracker.secret import Secret
from ci_failure_tracker.settings import read_settings
from ci_failure_tracker.sweep import sweep
from golden.layout import MARKER, SHOWN, SweepRecord, lay_out
from sandbox import Fault, Sandbox, Server
from sandbox.state import Issue

LINE = "<!-- Below is what the tracker did; `make golden` writes it anew. -->"
TOKEN = "sandbox-token"

_STORY = re.compile(r"^(.*?```yaml\n(.*?)```\n)", re.DOTALL)


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


def told(conversation: Conversation) -> str:
    """Play the story and write down what the tracker does."""
    show = conversation.story.get("show", [])
    if unknown := set(show) - set(SHOWN):
        raise ValueError(f"`show` knows {', '.join(SHOWN)} and not {', '.join(sorted(unknown))}")
    return "\n".join([LINE, "", *lay_out(play(conversation.story), show)]).rstrip() + "\n"


def play(story: Mapping[str, Any]) -> Iterator[SweepRecord]:
    """Play a story over HTTP: each step, and after it a sweep."""
    box = Sandbox.from_yaml(yaml.safe_dump(story["history"]))
    with box.serve() as server:
        for step in [{}, *story.get("then", [])]:
            _live(box, step)
            server.clear_requests()
            before = _issues(box)
            report = _sweep(box, server, {**story.get("settings", {}), **step.get("settings", {})})
            box.clear_faults()
            yield SweepRecord(report, server.requests, before, _issues(box))


def _issues(box: Sandbox) -> dict[int, Issue]:
    """The issues as they are now, by number."""
    return {issue.number: deepcopy(issue) for issue in box.issues}


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
        marker = MARKER.search(body)
        assert marker
        old = {key: value for key, value in json.loads(marker[1]).items() if key not in _NEWER_FIELDS}
        return MARKER.sub(lambda _: f"<!-- ci-failure-tracker {json.dumps(old)} -->", body)
    return None


_NEWER_FIELDS = ("lines", "suspects")


def _sweep(box: Sandbox, server: Server, given: Mapping[str, Any]) -> Report:
    settings = read_settings(
        {**{name: str(value) for name, value in given.items()}, "token": TOKEN, "repository": "octo-org/example"}
    )
    endpoints = Endpoints(server.api_url, server.graphql_url)
    requester = connect(Secret(TOKEN), endpoints, HURRIED)
    reads = Reads(requester, endpoints, settings.repository)
    door = OpenDoor(requester, reads, Quiet())
    return sweep(reads, door, settings, box.now, Quiet())
