"""`python -m sandbox.story FILE`: play each story of a YAML file over HTTP and show what the tracker did.

With `--format json` each story is one JSON object in one line. A story with a mistake is named on standard error, the
others are played, and the exit code is 2. If the tracker crashes in a story, the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from ci_failure_tracker.model import Change, Result, Skip, verb
from ci_failure_tracker.report.report import Report
from sandbox.fields import ScenarioError
from sandbox.play import SweepRecord, play, read_story
from sandbox.state import Issue

BAD_STORY = 2
CRASHED = 1

JsonObject = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the stories of a file. The exit code is 2 if a story has a mistake, and 1 if the tracker crashed in one."""
    options = _parser().parse_args(arguments)
    show = _as_json if options.format == "json" else _as_text
    code = 0
    try:
        for place, document in enumerate(_documents(options.file), start=1):
            code = max(code, _tell(document, f"{options.file}: story {place}", show))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        print(f"{options.file}: {problem}", file=sys.stderr)
        return BAD_STORY
    return code


def _documents(path: Path) -> Iterator[object]:
    return (document for document in yaml.safe_load_all(path.read_text("utf-8")) if document is not None)


def _tell(document: object, place: str, show: Callable[[JsonObject], str]) -> int:
    """Play one story and print it. What goes wrong in it does not end the others; the result is an exit code."""
    name = document.get("name") if isinstance(document, dict) else None
    try:
        print(show(told(document)), flush=True)
    except ScenarioError as problem:
        print(f"{place}{f' ({name})' if name else ''}: {problem}", file=sys.stderr)
        return BAD_STORY
    except Exception as problem:
        traceback.print_exc()
        print(f"{place}{f' ({name})' if name else ''}: the tracker crashed: {problem!r}", file=sys.stderr)
        return CRASHED
    return 0


def told(document: object) -> JsonObject:
    """What a story led to: each of its sweeps, and the issues at the end."""
    story = read_story(document)
    records = list(play(story))
    issues = records[-1].after.values() if records else ()
    return {"name": story.name, "sweeps": [_sweep(one) for one in records], "issues": [_issue(one) for one in issues]}


def _sweep(record: SweepRecord) -> JsonObject:
    report, requests = record.report, len(record.requests)
    if report is None:
        failed = {"line": record.failure, "problems": [record.failure]}
        return {**failed, "has_failures": "", "actions": [], "requests": requests}
    return {
        "line": report.line,
        "has_failures": _has_failures(report),
        "problems": [str(problem) for problem in report.problems],
        "actions": [_action(result) for result in report.results],
        "requests": requests,
    }


def _has_failures(report: Report) -> str:
    """The output `has-failures` as the action gives it."""
    return "" if report.knows_nothing else json.dumps(report.is_failing)


def _action(result: Result) -> JsonObject:
    action = result.action
    return {
        "action": "skip" if isinstance(action, Skip) else verb(action),
        "why": action.skip_reason.value if isinstance(action, Skip) else None,
        "issue": result.number,
        "workflow": action.identity.workflow,
        "job": action.identity.job,
        "reason": action.reason,
        "comment": (action.comment or None) if isinstance(action, Change) else None,
    }


def _issue(issue: Issue) -> JsonObject:
    return {
        "number": issue.number,
        "title": issue.title,
        "open": issue.state == "open",
        "state_reason": issue.state_reason,
        "labels": issue.labels,
        "comments": [comment.body for comment in issue.comments],
        "body": issue.body,
    }


def _as_json(answer: JsonObject) -> str:
    return json.dumps(answer, ensure_ascii=True)


def _as_text(answer: JsonObject) -> str:
    return "\n".join([answer["name"], *_sweep_lines(answer["sweeps"]), *map(_issue_line, answer["issues"])]) + "\n"


def _sweep_lines(sweeps: Iterable[JsonObject]) -> Iterator[str]:
    for place, sweep in enumerate(sweeps, start=1):
        yield f"  sweep {place}: {sweep['line']} ({sweep['requests']} requests)"
        for action in sweep["actions"]:
            kind = f"skip ({action['why']})" if action["why"] else action["action"]
            issue = f" #{action['issue']}" if action["issue"] else ""
            comment = ", with a comment" if action["comment"] else ""
            yield f"    {kind}{issue} {action['workflow']}:{action['job']}: {action['reason']}{comment}"
        yield from (f"    {problem}" for problem in sweep["problems"])


def _issue_line(issue: JsonObject) -> str:
    state = "open" if issue["open"] else f"closed as {issue['state_reason']}"
    labels, comments = ", ".join(issue["labels"]), len(issue["comments"])
    return f"  #{issue['number']} {state}: {issue['title']} ({labels}; {comments} comments)"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.story", description="Play the stories of a YAML file.")
    parser.add_argument("file", type=Path, metavar="FILE", help="YAML documents, each with a story")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="one JSON object a line, or text")
    return parser


if __name__ == "__main__":
    sys.exit(main())
