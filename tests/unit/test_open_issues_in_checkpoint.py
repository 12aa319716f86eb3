"""The checkpoint names the open issues in few bytes, and older and newer programs read each other's markers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_state, an_issue
from ci_failure_tracker.issues.codec import INT, TEXT, TIME, as_list, many, maybe
from ci_failure_tracker.issues.marker import compose, has_room_for_checkpoint, read_tracked, write_marker
from ci_failure_tracker.issues.state_codec import MOST_NAMED, read_state, state_as_json
from ci_failure_tracker.model import Checkpoint, State

CHECKPOINT = Checkpoint(datetime(2026, 3, 1, tzinfo=UTC), 5, None, (), "0123456789abcdef")


def state_with(*numbers: int) -> State:
    return replace(a_state(), checkpoint=replace(CHECKPOINT, open_issues=numbers))


def written(*numbers: int) -> str:
    return str(state_as_json(state_with(*numbers)).get("open"))


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((7,), "7"), ((5, 6, 7, 8), "5 1*3"), ((1, 2, 3), "1*3"), ((3, 10, 17, 100), "3 7*2 83"), ((), "None")],
)
def test_numbers_are_written_as_their_differences(numbers: tuple[int, ...], text: str) -> None:
    assert written(*numbers) == text


@given(st.sets(st.integers(1, 10**9), max_size=MOST_NAMED))
def test_numbers_are_read_back(numbers: set[int]) -> None:
    state = state_with(*sorted(numbers))
    assert read_state(json.dumps(state_as_json(state))) == state


@pytest.mark.parametrize(
    "text", ["x", "1 -5", "0", "1*99999999", "1*201", "5 1*", "\u0661", "9" * 40, 7, None, [1], "1;2"]
)
def test_numbers_that_a_person_edited_are_left_out_and_the_rest_counts(text: object) -> None:
    data = {**state_as_json(state_with(1)), "open": text}
    numbers = (7,) if text == 7 else ()
    assert read_state(json.dumps(data)) == state_with(*numbers)


def test_two_hundred_numbers_need_less_than_a_kilobyte() -> None:
    assert len(written(*range(40_000, 40_000 + 17 * MOST_NAMED, 17))) < 20
    assert len(written(*(40_000 + place * place % 9_000 + 10_000 * place for place in range(MOST_NAMED)))) < 1_300


def test_a_marker_without_the_numbers_is_written_as_it_was() -> None:
    text = write_marker(replace(a_state(), checkpoint=CHECKPOINT))
    assert '"open"' not in text
    tracked = read_tracked(an_issue(body=compose("text", replace(a_state(), checkpoint=CHECKPOINT))))
    assert tracked is not None
    assert tracked.state is not None
    assert write_marker(tracked.state) == text


def test_version_1_0_reads_a_checkpoint_that_names_issues() -> None:
    """It reads five values, no more and no less, and ignores a key that it does not know."""
    as_in_1_0 = as_list(Checkpoint, until=TIME, run_id=INT, start=maybe(TIME), without=many(INT), fingerprint=TEXT)
    data = state_as_json(state_with(1, 2))
    assert as_in_1_0.read(data["reach"]) == CHECKPOINT


def test_a_state_without_room_for_the_numbers_has_a_marker_of_the_usual_size() -> None:
    state = state_with(*range(1, 2 * MOST_NAMED, 2))
    body = compose("text", state)
    assert has_room_for_checkpoint(state, body)
    assert re.search(r'"open":"1 2\*199"', body)
