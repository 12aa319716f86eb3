"""Markers as released versions wrote them: one of each shape is read without a defect, and is written as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from builders import an_issue
from ci_failure_tracker.issues.marker import read_tracked, write_marker
from ci_failure_tracker.model import State
from sandbox.steps import MARKER
from upgrade.record import MARKERS

HERE = Path(__file__).parent
LINES = [
    pytest.param(line, id=f"{path.parent.name}-{number}")
    for path in sorted(HERE.glob(f"v*/{MARKERS}"))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
]
ADDED_BEFORE_1_0 = ("lines", "suspects", "reach", "relapses", "flaky")
"""Fields that markers of versions before 1.0.0 may lack; each has a meaning when it is absent."""


def data_of(line: str) -> Mapping[str, Any]:
    match = MARKER.fullmatch(line)
    assert match
    data: Mapping[str, Any] = json.loads(match[1])
    return data


def state_of(line: str) -> State:
    tracked = read_tracked(an_issue(1, line))
    assert tracked is not None
    assert tracked.defect == ""
    assert tracked.state is not None
    return tracked.state


@pytest.mark.parametrize("line", LINES)
def test_a_marker_is_written_as_it_was_read(line: str) -> None:
    assert write_marker(state_of(line)) == line


@pytest.mark.parametrize("line", LINES)
def test_a_marker_keeps_its_failure_id_and_its_counts(line: str) -> None:
    data, state = data_of(line), state_of(line)
    assert (state.identity.id, state.count) == (data["id"], data["count"])
    assert [occurrence.run_id for occurrence in state.occurrences] == [entry["run"] for entry in data["occurrences"]]


@pytest.mark.parametrize("line", LINES)
def test_a_marker_without_the_later_fields_is_read(line: str) -> None:
    data = {key: value for key, value in data_of(line).items() if key not in ADDED_BEFORE_1_0}
    text = json.dumps(data).replace("<", "\\u003c").replace(">", "\\u003e")
    older = f"<!-- ci-failure-tracker {text} -->"
    assert json.loads(MARKER.findall(write_marker(state_of(older)))[0]) == data


@pytest.mark.parametrize("line", LINES)
def test_a_marker_holds_plain_names(line: str) -> None:
    """Names are compared with those of runs, so no character is in them that only an escape put there."""
    assert "\u200b" not in json.dumps(data_of(line), ensure_ascii=False)
