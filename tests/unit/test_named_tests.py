"""An issue remembers which tests failed in its jobs, as far as it has room, and never only some tests of a job."""

from __future__ import annotations

import dataclasses
import json

import pytest

from builders import a_diagnosis, a_run, a_state, an_issue, red, some_settings
from ci_failure_tracker.issues.marker import LIMIT, read_tracked, write_marker
from ci_failure_tracker.issues.state_codec import read_state, state_as_json
from ci_failure_tracker.model import (
    ExcerptLine,
    Failure,
    FailureKind,
    JobDiagnosis,
    LineRange,
    NamedTests,
    State,
)
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.named_tests import TESTS_OF_A_JOB
from ci_failure_tracker.tracking.observations import with_diagnoses
from ci_failure_tracker.tracking.state_update import REMEMBERED, updated_state


def after(state: State | None, number: int, *tests: str, context: str = "") -> State:
    """The state of an issue after a run in whose log these tests failed."""
    seen = red(a_run(number))
    failures = tuple(
        Failure("pytest", FailureKind.TEST, name, "", "assert 3 == 4", (LineRange(7, 8),)) for name in tests
    )
    found = dataclasses.replace(a_diagnosis(), failures=failures, context=(ExcerptLine(6, context),))
    diagnosis = JobDiagnosis(seen.job_id or 0, found.signature, found.headline, found.outcome, diagnosis=found)
    (history,) = read_histories(with_diagnoses([seen], [diagnosis]), some_settings())
    return updated_state(state, history)


def read_back(state: State) -> State:
    tracked = read_tracked(an_issue(body=write_marker(state)))
    assert tracked is not None
    assert tracked.state is not None
    return tracked.state


def test_the_marker_holds_the_tests_of_each_job_and_each_name_once() -> None:
    state = after(after(None, 1, "tests/test_tea.py::test_pour", "cup"), 2, "cup")
    assert read_back(state).named_tests == (
        NamedTests(5_001, ("tests/test_tea.py::test_pour", "cup")),
        NamedTests(5_002, ("cup",)),
    )
    assert write_marker(state).count("test_pour") == 1


def test_a_marker_without_them_is_read_and_written_as_before() -> None:
    state = a_state()
    assert "named" not in state_as_json(state)
    assert read_state(json.dumps(state_as_json(state))) == state


def test_a_marker_with_places_that_do_not_exist_is_readable() -> None:
    data = state_as_json(a_state()) | {"named": {"tests": ["tea"], "jobs": [[5_001, 0, 7, -1]]}}
    assert read_state(json.dumps(data)).named_tests == (NamedTests(5_001, ("tea",)),)


def test_the_tests_go_with_the_failure_that_the_issue_forgets() -> None:
    state = None
    for number in range(1, REMEMBERED + 5):
        state = after(state, number, f"test {number}")
    assert state is not None
    remembered = {leg.job_id for past in state.occurrences for leg in past.legs}
    assert {of_job.job_id for of_job in state.named_tests} == remembered


def test_of_a_job_all_tests_are_remembered_or_none() -> None:
    few, many = (tuple(f"test {number}" for number in range(count)) for count in (TESTS_OF_A_JOB, TESTS_OF_A_JOB + 1))
    assert after(None, 1, *few).named_tests == (NamedTests(5_001, few),)
    assert after(None, 1, *many).named_tests == ()


@pytest.mark.parametrize("name", ["x" * 5_000, "日本語" * 400, "</details>--><!-- @octocat"])
def test_names_of_any_length_keep_the_marker_within_its_limit(name: str) -> None:
    state = None
    for number in range(1, REMEMBERED + 1):
        state = after(state, number, *(f"{place} {name} {number}" for place in range(9)), context="line " * 700)
        assert len(write_marker(state).encode()) <= LIMIT
        assert read_back(state) == state
