"""Record what this version of the tracker leaves in the issues, for the upgrade tests of the versions after it.

    PYTHONPATH=src:tests python -m upgrade.record tests/upgrade/vX.Y.Z

It plays the golden stories named in `stories.yaml` and the stories written there, and saves each with the issues at its
end. It also saves one marker of each shape that was seen on the way. It never writes into a folder that exists.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from golden.conversation import read_conversation
from sandbox import Issue, Sandbox, Server
from sandbox.fields import Fields
from sandbox.play import sweep_over_http
from sandbox.steps import MARKER, take_step
from upgrade.fixtures import DONE_BY_TRACKER_AND_PEOPLE, HOST, is_write

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
MARKERS = "markers.txt"

_MOST_SWEEPS = 5
"""After a story the tracker sweeps until it has nothing to write; more sweeps than these mean that it never ends."""


def main(folder: Path) -> None:
    folder.mkdir(parents=True)
    markers: dict[str, str] = {}
    for story in stories():
        document = record(story, markers)
        text = f"# Recorded by `record.py`. Do not change it.\n{_as_yaml(document)}"
        assert yaml.safe_load(text) == document, f"{story['name']} is not read back as it was written"
        (folder / f"{story['name']}.yaml").write_text(text, encoding="utf-8")
    (folder / MARKERS).write_text("".join(f"{markers[shape]}\n" for shape in sorted(markers)), encoding="utf-8")


def stories() -> Iterator[dict[str, Any]]:
    """The golden stories that `stories.yaml` names, then its own."""
    chosen, *own = yaml.safe_load_all((HERE / "stories.yaml").read_text(encoding="utf-8"))
    for choice in chosen["golden"]:
        name = choice["story"]
        story = {**read_conversation(GOLDEN / f"{name}.md").story, "name": name}
        if (most := choice.get("steps")) is not None:
            story |= {"then": story["then"][:most], "name": f"{name}-{most}"}
        yield story
    yield from own


def record(story: Mapping[str, Any], markers: dict[str, str]) -> dict[str, Any]:
    """Play a story, and return it with the issues at its end. Markers of a new shape are added to `markers`."""
    story = deepcopy(dict(story))
    box = Sandbox.from_mapping(story["history"])
    steps: list[dict[str, Any]] = []
    with box.serve() as server:
        tracker = _Tracker(box, server, story.get("settings", {}), markers)
        tracker.sweep()
        for place, step in enumerate(story.get("then", [])):
            kept = {key: entry for key, entry in step.items() if key not in DONE_BY_TRACKER_AND_PEOPLE}
            if kept:
                steps.append({"now": box.now, **deepcopy(kept)})
            fields = Fields(step, f"then[{place}]")
            settings, sweeps = dict(fields.inner("settings").items()), fields.flag("sweep", default=True)
            take_step(box, fields)
            fields.done()
            if sweeps:
                tracker.sweep(settings)
        for edit in story.get("by_hand", []):
            _edit_by_hand(box, edit)
        tracker.sweep_until_quiet(story["name"])
        issues = [_as_scenario(issue, server.server_url) for issue in box.issues]
    return {
        "name": story["name"],
        "settings": _texts(story.get("settings", {})),
        "history": {key: entry for key, entry in story["history"].items() if key != "issues"},
        "then": steps,
        "now": box.now,
        "issues": issues,
    }


class _Tracker:
    """The tracker, as it sweeps one sandbox, and the shapes of the markers that it left."""

    def __init__(self, box: Sandbox, server: Server, settings: Mapping[str, Any], markers: dict[str, str]) -> None:
        self._box = box
        self._server = server
        self._settings = settings
        self._markers = markers

    def sweep(self, settings: Mapping[str, Any] | None = None) -> int:
        """Sweep once, and return how many requests wrote something."""
        self._server.clear_requests()
        box = self._box
        bodies = {issue.number: issue.body for issue in box.issues}
        inputs = {"token": next(iter(box.state.tokens)), "repository": box.state.repository.full_name}
        sweep_over_http(self._server, {**_texts({**self._settings, **(settings or {})}), **inputs}, box.now)
        box.clear_faults()
        for issue in box.issues:
            if issue.body != bodies.get(issue.number):
                self._keep_marker(issue.body or "")
        return sum(is_write(request) for request in self._server.requests)

    def _keep_marker(self, body: str) -> None:
        marker = MARKER.search(body.replace(self._server.server_url, HOST))
        if marker is not None:
            self._markers.setdefault(json.dumps(_shape(json.loads(marker[1]))), marker[0])

    def sweep_until_quiet(self, name: str) -> None:
        for _ in range(_MOST_SWEEPS):
            if not self.sweep():
                return
        raise RuntimeError(f"{name}: the tracker still writes after {_MOST_SWEEPS} sweeps")


def _edit_by_hand(box: Sandbox, edit: Mapping[str, Any]) -> None:
    """What no step of a story does: save the body with CRLF as GitHub's page does, or cut it before a text."""
    body = box.issue(edit["issue"]).body or ""
    if edit.get("line_ends") == "crlf":
        body = body.replace("\n", "\r\n")
    if "cut_before" in edit:
        body = body.partition(edit["cut_before"])[0]
    box.edit_issue(edit["issue"], body=body)


def _shape(data: object) -> object:
    """What a marker has: its keys, and the lengths and types of the lists in it, without their values."""
    if isinstance(data, dict):
        return {key: _shape(value) for key, value in sorted(data.items())}
    if isinstance(data, list):
        shapes = [_shape(value) for value in data]
        return [shape for place, shape in enumerate(shapes) if shape not in shapes[:place]]
    return type(data).__name__


def _as_scenario(issue: Issue, server_url: str) -> dict[str, Any]:
    """An issue the way a scenario has it."""
    entry = {
        "number": issue.number,
        "title": issue.title,
        "login": issue.login,
        "association": issue.author_association,
        "created": issue.created_at,
        "labels": list(issue.labels),
        "assignees": list(issue.assignees),
        "body": (issue.body or "").replace(server_url, HOST),
        "comments": [
            {"login": comment.login, "at": comment.created_at, "body": comment.body.replace(server_url, HOST)}
            for comment in issue.comments
        ],
    }
    if issue.state == "closed":
        closed = {"closed": issue.closed_at, "closed_by": issue.closed_by, "state_reason": issue.state_reason}
        entry |= {"state": "closed", **closed}
    return entry


def _texts(settings: Mapping[str, Any]) -> dict[str, str]:
    """The settings as the inputs of the action."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in settings.items()}


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)


def _as_yaml(document: Mapping[str, Any]) -> str:
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=1_000_000, allow_unicode=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
