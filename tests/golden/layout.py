"""How a golden file shows what the tracker did: the first text of an issue, then what changes in each sweep.

A sweep changes few lines of a body, so a file shows those lines and not the body. A story with `show: [body]` shows the
first body of each issue in full, and later the headings that change. A story with `show: [marker]` shows what the
marker holds at the end.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from ci_failure_tracker.model import Skip, verb
from sandbox import RequestRecord
from sandbox.play import SweepRecord
from sandbox.state import Issue
from sandbox.steps import MARKER

SHOWN = ("body", "marker")
"""What a story may ask for with `show`."""

_MARKERS = re.compile(r"<!-- ci-failure-tracker(?:-known)? \{.*?\} -->")
_HOST = re.compile(r"http://127\.0\.0\.1:\d+")
_ADDRESS = re.compile(_HOST.pattern + r"/octo-org/example(?=/)")
_REPOSITORY_PATH = re.compile(r"^/repos/octo-org/example(?=/)")
_HEADING = re.compile(r"#{1,6} ")
_RULE = re.compile(r"(?:\|-+)+\|")
_SHA = re.compile(r"\b([0-9a-f]{7})[0-9a-f]{33}\b")
_FENCE = "````"


def lay_out(records: Iterable[SweepRecord], show: Sequence[str] = ()) -> Iterator[str]:
    """The lines of the part of a golden file that the program writes."""
    issues: Mapping[int, Issue] = {}
    for number, record in enumerate(records, start=1):
        yield from (f"## Sweep {number}", "", *_actions(record), "", requests_made(record.requests), "")
        for issue in record.after.values():
            yield from _news(record.before.get(issue.number), issue, show)
        issues = record.after
    if issues:
        yield from _table_of(issues.values())
    if "marker" in show:
        for issue in issues.values():
            yield from _marker(issue)


def _actions(record: SweepRecord) -> Iterator[str]:
    report = record.report
    if report is None:
        yield f"The sweep failed: {record.failure}"
        return
    yield "| action | issue | identity | reason |"
    yield "|---|---|---|---|"
    for result in report.results:
        action = result.action
        kind = (
            f"skip ({action.skip_reason.value})"
            if isinstance(action, Skip)
            else f"{verb(action)}, {result.status.value}"
        )
        issue = f"#{result.number}" if result.number else ""
        what = action.identity.test or action.identity.job
        yield f"| {kind} | {issue} | {action.identity.workflow}:{what} | {action.reason} |"
    yield ""
    for problem in report.problems:
        yield f"- {problem.severity.value}: {problem}".replace("\n", "\n  ")
    yield report.line


def requests_made(records: Iterable[RequestRecord]) -> str:
    """The requests of a sweep in one line: the reads counted, the others each with its path."""
    counted = Counter(_request(record) for record in records)
    reads = counted.pop(None, 0)
    others = [str(request) if times == 1 else f"{times} × {request}" for request, times in counted.items()]
    return ", ".join([f"{reads} reads", *others])


def _request(record: RequestRecord) -> str | None:
    """A request that may write; None for one that only reads."""
    if record.method == "GET":
        return None
    request = f"{record.method} {_REPOSITORY_PATH.sub('', record.path)}"
    return request if 200 <= record.status < 300 else f"{request} → {record.status or 'no answer'}"


def _news(before: Issue | None, after: Issue, show: Sequence[str]) -> Iterator[str]:
    """What one sweep did to one issue."""
    if before is None:
        text = _full(after) if "body" in show else intro(short(after.body))
        yield from (f"Issue #{after.number} is new:", "", f"{_FENCE}markdown", text, _FENCE, "")
    elif changed := [*_fields(before, after), *changes(short(before.body), short(after.body), headings="body" in show)]:
        yield from (f"Issue #{after.number} changes:", "", f"{_FENCE}diff", *changed, _FENCE, "")
    elif before.body != after.body:
        yield from (f"Issue #{after.number} changes in its marker alone.", "")
    for comment in after.comments[len(before.comments) if before else 0 :]:
        text = short(comment.body)
        yield from (f"{comment.login} comments on #{after.number}:", "", f"{_FENCE}markdown", text, _FENCE, "")


def _fields(before: Issue, after: Issue) -> list[str]:
    """What changes around the body."""
    old, new = _cells(before), _cells(after)
    changed = [name for name in old if old[name] != new[name]]
    return [line for name in changed for line in (f"-{name}: {old[name]}", f"+{name}: {new[name]}")]


def _cells(issue: Issue) -> dict[str, str]:
    return {
        "title": issue.title,
        "state": issue.state if issue.state_reason is None else f"{issue.state} ({issue.state_reason})",
        "labels": ", ".join(issue.labels),
        "assignees": ", ".join(issue.assignees),
    }


def _full(issue: Issue) -> str:
    return _HOST.sub("https://github.example", _MARKERS.sub("<!-- ci-failure-tracker … -->", issue.body or "")).rstrip()


def short(text: str | None) -> str:
    """A text without the marker, with short commits and with links that begin at the repository."""
    return _SHA.sub(r"\1", _ADDRESS.sub("", _MARKERS.sub("", text or ""))).strip()


def intro(text: str) -> str:
    """A text up to its first table, heading or block of code."""
    lines = [line for line in text.splitlines() if not line.startswith("<!--")]
    end = next((place for place, line in enumerate(lines) if line.startswith(("#", "|", "```", "---"))), len(lines))
    return "\n".join(lines[:end]).strip()


def changes(old: str, new: str, *, headings: bool = False) -> list[str]:
    """The lines that a text lost and got, without its headings unless they are asked for."""
    lost, got = _content(old, headings=headings), _content(new, headings=headings)
    found = []
    for kind, first, end, new_first, new_end in difflib.SequenceMatcher(None, lost, got, False).get_opcodes():
        if kind != "equal":
            found += [f"-{line}" for line in lost[first:end]] + [f"+{line}" for line in got[new_first:new_end]]
    return found


def _content(text: str, *, headings: bool) -> list[str]:
    """The lines of a text without empty lines and rules of tables."""
    kept, code = [], False
    for line in text.splitlines():
        code = code != line.startswith("```")
        if code or (line.strip() and (headings or not _HEADING.match(line)) and not _RULE.fullmatch(line)):
            kept.append(line)
    return kept


def _table_of(issues: Iterable[Issue]) -> Iterator[str]:
    yield from ("## Issues", "", "| issue | title | state | labels | assignees |", "|---|---|---|---|---|")
    for issue in issues:
        cells = [f"#{issue.number}", *(cell.replace("|", "&#124;") for cell in _cells(issue).values())]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _marker(issue: Issue) -> Iterator[str]:
    marker = MARKER.search(issue.body or "")
    if marker is None:
        return
    state = _without_fingerprint(json.loads(marker[1]))
    text = yaml.safe_dump(state, sort_keys=False, width=160, default_flow_style=None, allow_unicode=True)
    yield from (f"## The marker of issue #{issue.number}", "", "```yaml", text.rstrip(), "```", "")


def _without_fingerprint(state: dict[str, Any]) -> dict[str, Any]:
    """The state without the hash of the settings, which changes with every new setting."""
    if "reach" in state:
        until, _, start, without, _ = state["reach"]
        lacking = f" but for runs {without}" if without else ""
        state["reach"] = f"{f'from {start} ' if start else ''}to {until}{lacking}"
    return state
