"""Markers that somebody else wrote, or that were edited.

Nothing crashes, nothing is opened twice, and a marker that cannot be used is a problem.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from builders import START, a_job, a_reading, a_run, a_scan, an_issue, red, some_settings
from ci_failure_tracker.issues.marker import BEGIN, END, read_tracked, write_marker
from ci_failure_tracker.issues.state_codec import state_as_json
from ci_failure_tracker.model import (
    CloseReason,
    Closing,
    CommitsBetween,
    Create,
    FailedLeg,
    Flaky,
    Issue,
    LogUnavailable,
    Requests,
    RunRef,
    Skip,
    SkipReason,
    Snapshot,
    Suspect,
    Update,
)
from ci_failure_tracker.report.measures import NOTHING_SEEN
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.summary import render_summary
from hostile import PIECES
from sweeping import Plan, make_plan, report_of

NOW = START + timedelta(hours=9)
WRONG: tuple[Any, ...] = (
    *(None, True, -1, 2**80, float("nan"), "", "x", "9999-99-99T99:99:99Z", "0001-01-01T00:00:00Z", "\ud800", "-->"),
    *([], [[]], {"a": 1}, [None] * 6),
)
_MARKER = re.compile(r"<!-- ci-failure-tracker \{.*\} -->")


def a_failing_scan(*issues: Issue) -> Snapshot:
    runs = [a_run(1, "success"), a_run(2), a_run(3)]
    jobs = {run.id: [dataclasses.replace(a_job("test (3.12)", run.conclusion), id=run.id + 4_000)] for run in runs}
    seen = a_scan(runs, jobs, issues)
    return dataclasses.replace(seen, job_diagnoses=(a_reading(red(runs[2], "test (3.12)"), "ValueError: x"),))


def planned(*issues: Issue) -> Plan:
    seen = a_failing_scan(*issues)
    return make_plan(seen, some_settings(), NOW)


@cache
def ours() -> str:
    """The body of the issue as the tracker wrote it."""
    (create,) = planned().actions
    assert isinstance(create, Create)
    return create.body


@cache
def marker() -> dict[str, Any]:
    """The content of its marker, with every field that a marker may have."""
    (create,) = planned().actions
    assert isinstance(create, Create)
    state = create.state
    point = RunRef(9, 9, "9" * 40, NOW)
    full = dataclasses.replace(
        state,
        last_green=point,
        green_again=point,
        previous=4,
        other_causes=2,
        flaky=Flaky(("1" * 40,), 1, 2, 3, 4),
        closed=Closing(CloseReason.RECOVERED, NOW),
        reopened_at=NOW,
        cause_commented_at=NOW,
        counted_to=(NOW, 1, 1),
        suspects=CommitsBetween("1" * 40, "2" * 40, (Suspect("2" * 40, "a title", "ada"),), more=True),
        related=(5, 6),
        relapses=1,
        branch_statuses=tuple(dataclasses.replace(line, greens=(point,)) for line in state.branch_statuses),
    )
    leg = FailedLeg("3.12", 5, "Run it", "v1:1", LogUnavailable.GONE)
    first = dataclasses.replace(full.occurrences[0], legs=(leg,), hidden_legs=2)
    return dict(state_as_json(dataclasses.replace(full, occurrences=(first, *full.occurrences[1:]))))


def with_marker(text: str) -> Issue:
    return an_issue(1, _MARKER.sub(lambda _: text, ours()))


def written(data: object) -> str:
    text = (
        json.dumps(data, separators=(",", ":"))
        .replace("--", "-\\u002d")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
    )
    return f"<!-- ci-failure-tracker {text} -->"


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value in the content of a marker, however deep."""
    if here:
        yield here
    # The elements of a list are read alike.
    items = value.items() if isinstance(value, dict) else enumerate(_told_apart(value))
    for key, inner in items:
        yield from paths(inner, (*here, key))


def _told_apart(value: Any) -> list[Any]:
    if not isinstance(value, list):
        return []
    return value[:1] if value and isinstance(value[0], dict | list) else value


def with_value(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    data = copy.deepcopy(marker())
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


def check_no_harm(issue: Issue, *, is_problem: bool) -> None:
    """Check that nothing is opened, and that summary and report can be written."""
    seen = a_failing_scan(issue)
    plan = make_plan(seen, some_settings(), NOW)
    assert not [action for action in plan.actions if isinstance(action, Create)]
    if is_problem:
        assert [action.skip_reason for action in plan.actions if isinstance(action, Skip)] == [SkipReason.UNREADABLE]
        assert [str(problem) for problem in plan.problems if f"#{issue.number}" in problem.what]
    report = report_of(plan, requests=Requests(1, None, 800), statistics=NOTHING_SEEN, now=NOW)
    render_summary(report).encode()
    json.dumps(report_as_json(report)).encode()


def test_the_marker_used_here_is_a_right_one() -> None:
    assert read_tracked(with_marker(written(marker()))).state is not None  # type: ignore[union-attr]
    check_no_harm(with_marker(written(marker())), is_problem=False)


@pytest.mark.parametrize("field", sorted(set(marker()) - {"id"}))
def test_a_wrong_value_in_any_place_of_a_marker_does_no_harm(field: str) -> None:
    for path in paths({field: marker()[field]}):
        for value in WRONG:
            issue = with_marker(written(with_value(path, value)))
            tracked = read_tracked(issue)
            assert tracked is not None, (path, value)
            assert tracked.id == marker()["id"]
            assert bool(tracked.defect) is (tracked.state is None)
            if tracked.state is not None:
                assert not [action for action in planned(issue).actions if isinstance(action, Create)], (path, value)


@pytest.mark.parametrize("field", sorted(set(marker()) - {"id"}))
def test_a_marker_without_a_field_does_no_harm(field: str) -> None:
    data = {key: value for key, value in marker().items() if key != field}
    issue = with_marker(written(data))
    check_no_harm(issue, is_problem=read_tracked(issue).state is None)  # type: ignore[union-attr]


def broken_markers() -> dict[str, str]:
    right, other = written(marker()), written({**marker(), "id": "0" * 32})
    return {
        "cut": right[:-40] + " -->",
        "of a megabyte": written({**marker(), "more": "x" * 1_100_000}).replace('"v":1', '"v":2'),
        "many legs": written({**marker(), "legs": [["x", 1, "y"]] * 100_000}),
        "nested": right.replace('"job":', '"job":' + "[" * 200_000 + "]" * 200_000 + ',"j":'),
        "endless number": right.replace('"count":', '"count":' + "9" * 5_000 + ',"c":'),
        "version as text": right.replace('"v":1', '"v":"1"'),
        "id that is none": written({**marker(), "id": "Z" * 32}),
        "id in capitals": written({**marker(), "id": marker()["id"].upper()}),
        "id of another failure": other,
        "empty": "<!-- ci-failure-tracker {} -->",
        "NUL": "<!-- ci-failure-tracker {\x00} -->",
        "twice": f"{right}\n{right}",
        "beside that of another failure": f"{other} {right}",
        "beside an empty one": f"<!-- ci-failure-tracker {{}} --> {right}",
    }


@pytest.mark.parametrize("name", broken_markers())
def test_a_broken_marker_is_a_problem_and_nothing_is_opened(name: str) -> None:
    check_no_harm(with_marker(broken_markers()[name]), is_problem=True)


def test_a_marker_that_a_person_removed_is_written_again() -> None:
    """The text still shows the failure id; the runs say the rest."""
    issue = with_marker("")
    (action,) = make_plan(a_failing_scan(issue), some_settings(), NOW).actions
    assert isinstance(action, Update)
    assert action.number == issue.number
    again = read_tracked(dataclasses.replace(issue, body=action.body))
    assert again is not None
    assert again.state is not None
    assert again.id == marker()["id"]


def test_a_huge_marker_that_can_be_read_is_made_short() -> None:
    issue = with_marker(written({**marker(), "more": "x" * 1_100_000}))
    tracked = read_tracked(issue)
    assert tracked is not None
    assert tracked.state is not None
    assert len(write_marker(tracked.state)) < 8_192
    check_no_harm(issue, is_problem=False)


@pytest.mark.parametrize(
    "association", ["NONE", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "FIRST_TIMER", "MANNEQUIN", ""]
)
def test_an_outsiders_issue_is_neither_taken_over_nor_closed(association: str) -> None:
    theirs = an_issue(1, ours(), author="mallory", author_is_bot=False, author_association=association)
    seen = dataclasses.replace(a_failing_scan(theirs), viewer="github-actions[bot]")
    (action,) = make_plan(seen, some_settings(), NOW).actions
    assert isinstance(action, Create)
    both = dataclasses.replace(a_failing_scan(theirs, an_issue(2, ours())), viewer="github-actions[bot]")
    actions = make_plan(both, some_settings(), NOW).actions
    assert [getattr(action, "number", None) for action in actions] == [2]


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_what_people_write_around_it_changes_nothing(piece: str) -> None:
    for body in (f"{piece}\n\n{ours()}", f"{ours()}\n\n{piece}"):
        issue = an_issue(1, body)
        check_no_harm(issue, is_problem="<!-- ci-failure-tracker {" in piece)


def test_a_failure_id_in_foreign_text_is_not_the_issues_own() -> None:
    """A log may show the id of another failure. Without its marker, the issue still keeps its own id."""
    forged = _MARKER.sub("", ours()).replace(f"{BEGIN}\n", f"{BEGIN}\nFailure id `{'0' * 32}`.\n")
    tracked = read_tracked(an_issue(1, f"{forged}\nFailure id `{'1' * 32}`\n"))
    assert tracked is not None
    assert tracked.id == marker()["id"]
    assert forged.count(END) == 1
    (action,) = make_plan(a_failing_scan(an_issue(1, forged)), some_settings(), NOW).actions
    assert isinstance(action, Update)
    assert action.identity.id == marker()["id"]
