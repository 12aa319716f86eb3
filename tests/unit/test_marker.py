from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import START, an_issue
from ci_failure_tracker.issues.marker import (
    BEGIN,
    END,
    compose,
    marked,
    needs_viewer,
    read_tracked,
    write_marker,
)
from ci_failure_tracker.issues.state_codec import read_state
from ci_failure_tracker.model import (
    Cause,
    Commit,
    Evidence,
    ExcerptLine,
    FailedLeg,
    Identity,
    IdentityKind,
    LegCount,
    LogUnavailable,
    Occurrence,
    Outcome,
    RunRef,
    State,
)
from ci_failure_tracker.text.markdown import code, log_block
from ci_failure_tracker.tracking.track import read_issues

ID = "113ccdad5b0843c8b5d4516211edf9ae"
POINT = RunRef(9, 9, "a" * 40, START)


def an_occurrence(number: int, text: str = "x", legs: int = 1) -> Occurrence:
    begin = START + timedelta(hours=number)
    return Occurrence(
        run_id=number,
        attempt=1,
        number=number,
        event="push",
        branch=text or "main",
        commit=Commit("b" * 40, text),
        started_at=begin,
        ended_at=begin + timedelta(minutes=5),
        outcome=Outcome.FAILURE,
        legs=tuple(
            FailedLeg(f"{text}{leg}", leg, text, f"v1:{leg}" if leg else "", *ENDS[leg % len(ENDS)])
            for leg in range(legs)
        ),
    )


ENDS = (
    (None, None),
    (LogUnavailable.NOT_FOUND, None),
    (None, Outcome.TIMED_OUT),
    (LogUnavailable.EMPTY, Outcome.RUNNER_LOST),
)


def a_state(text: str = "x", occurrences: int = 1, legs: int = 1) -> State:
    return State(
        identity=Identity(ID, "CI", text or "test"),
        count=occurrences,
        first_seen=START,
        last_seen=START + timedelta(days=2),
        legs=tuple(LegCount(f"{text}{leg}", leg + 1, START) for leg in range(legs)),
        occurrences=tuple(an_occurrence(number, text, legs) for number in range(1, occurrences + 1)),
        counted_to=(START, 1, 1),
        last_green=POINT,
        first_red=POINT,
        previous=7,
        causes=(Cause("v1:1", text, 3, START, START + timedelta(days=1)), Cause("v1:2", "", 1, START, START)),
        other_causes=2,
        evidence=an_evidence(text),
    )


def an_evidence(text: str) -> Evidence:
    lines = (ExcerptLine(3, text), ExcerptLine(9, f"  {text}", left_out=5), ExcerptLine(10, text, repeats=4))
    return Evidence(1, 1, 1, 5, START, "v1:1", text, lines, step=4, log_unavailable=LogUnavailable.GONE)


def inner(marker: str) -> str:
    return marker.removeprefix("<!-- ci-failure-tracker ").removesuffix(" -->")


def test_what_is_written_can_be_read_again() -> None:
    state = a_state(occurrences=3, legs=2)
    assert read_state(inner(write_marker(state))) == state


def test_a_marker_without_what_came_later_is_read() -> None:
    state = dataclasses.replace(a_state(legs=3), causes=(), other_causes=0, evidence=None)
    data = json.loads(inner(write_marker(state)))
    assert {"causes", "other_causes", "evidence", "cause"}.isdisjoint(data)
    for occurrence in data["occurrences"]:
        occurrence["legs"] = [leg[:3] for leg in occurrence["legs"]]
    bare = [FailedLeg(leg.leg, leg.job_id, leg.step) for leg in state.latest.legs]
    assert list(read_state(json.dumps(data)).latest.legs) == bare


def test_the_marker_of_a_cause_says_so() -> None:
    of_cause = dataclasses.replace(a_state(), identity=Identity(ID, "CI", "test", "v1:1", IdentityKind.CAUSE))
    assert read_state(inner(write_marker(of_cause))).identity.cause == "v1:1"


@given(st.text(max_size=100))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_text_ends_the_comment_or_forms_a_mention(text: str) -> None:
    marker = write_marker(a_state(text))
    assert "--" not in inner(marker)
    assert not set("<>@#") & set(inner(marker))
    assert read_state(inner(marker)) == a_state(text)


def test_what_people_write_around_the_region_stays() -> None:
    first = compose("one", a_state())
    edited = "Above.\n\n" + first.replace(END, f"{END}\n\nBelow.\n") + "\nAt the end.\n"
    second = compose("two", a_state(occurrences=2), edited)
    assert second.startswith("Above.\n")
    assert "Below." in second
    assert second.endswith("At the end.\n")
    assert "one" not in second.split(BEGIN)[1].split(END)[0]
    assert second.count(BEGIN) == second.count(END) == 1


OURS_IN_A_LOG = (
    BEGIN,
    END,
    f"  {END}",
    f"Failure id `{'0' * 32}`.",
    END,
    write_marker(dataclasses.replace(a_state(), identity=Identity("0" * 32, "CI", "other"))),
)


def test_a_log_may_hold_what_the_tracker_writes_itself() -> None:
    """A job that tests or prints issues of the tracker has such a log."""
    region = f"{code(OURS_IN_A_LOG[-1], 1_000)}\n\n{log_block(OURS_IN_A_LOG)}\n\nFailure id `{ID}`."
    first = compose(region, a_state())
    tracked = read_tracked(an_issue(1, first))
    assert tracked is not None
    assert (tracked.id, tracked.state) == (ID, a_state())
    assert compose(region, a_state(), first) == first
    edited = f"Above.\n\n{first}Below.\n".replace("\n", "\r\n")
    assert compose(region, a_state(), edited) == edited.replace("\r\n", "\n")
    later = marked(first, a_state(occurrences=2))
    assert later == compose(region, a_state(occurrences=2))
    assert compose("two", a_state(), later) == compose("two", a_state())


def test_a_marker_in_a_log_does_not_stand_for_one_that_is_gone() -> None:
    region = f"{log_block(OURS_IN_A_LOG)}\n\nFailure id `{ID}`."
    body = compose(region, a_state()).replace(write_marker(a_state()), "")
    tracked = read_tracked(an_issue(1, body))
    assert tracked is not None
    assert (tracked.id, tracked.state, tracked.defect) == (ID, None, "its marker was removed")


def test_a_marker_that_a_person_moved_stays_where_it_is() -> None:
    body = compose("one", a_state())
    marker = write_marker(a_state())
    moved = f"{marker}\n\n{body.replace(marker, '')}"
    assert compose("two", a_state(occurrences=2), moved).startswith(write_marker(a_state(occurrences=2)))


def test_line_ends_of_the_web_editor_make_no_difference() -> None:
    body = compose("region", a_state())
    assert compose("region", a_state(), body.replace("\n", "\r\n")) == body


def test_a_region_that_somebody_deleted_is_put_back() -> None:
    only_marker = "My own words.\n\n" + write_marker(a_state())
    body = compose("region", a_state(), only_marker)
    assert "My own words." in body
    assert body.count(BEGIN) == 1
    assert body.count("<!-- ci-failure-tracker {") == 1


@pytest.mark.parametrize(
    ("author", "counts"),
    [
        ({"author_is_bot": True, "author_association": "NONE"}, True),
        ({"author_is_bot": False, "author_association": "MEMBER"}, True),
        ({"author_is_bot": False, "author_association": "OWNER"}, True),
        ({"author_is_bot": False, "author_association": "COLLABORATOR"}, True),
        ({"author_is_bot": False, "author_association": "CONTRIBUTOR"}, False),
        ({"author_is_bot": False, "author_association": "NONE"}, False),
        ({"author_is_bot": False, "author_association": "NONE", "author": "me"}, True),
    ],
)
def test_a_marker_counts_only_from_those_who_may_write(author: dict[str, Any], counts: bool) -> None:
    issue = an_issue(body=compose("region", a_state()), **author)
    assert bool(read_issues((issue,), "me", START).written) is counts


def test_our_own_login_is_asked_for_only_where_it_decides() -> None:
    stranger: dict[str, Any] = {"author_is_bot": False, "author_association": "NONE"}
    assert needs_viewer(an_issue(body=compose("region", a_state()), **stranger))
    assert not needs_viewer(an_issue(body="no marker", **stranger))
    assert not needs_viewer(an_issue(body=compose("region", a_state())))


@pytest.mark.parametrize(
    ("spoil", "defect"),
    [
        (('"v":1', '"v":2'), "its version is 2"),
        (('"count":', '"counted":'), "lacks 'count'"),
        (('"count":1', '"count":1e999'), "cannot be read"),
        (("<!-- ci-failure-tracker {", "<!-- ci-failure-tracker <{"), "was removed"),
        (('"occurrences":[', '"occurrences":{['), "cannot be read"),
        (('"outcome":"failure"', '"outcome":"sad"'), "cannot be read"),
        (('"absence":"410"', '"absence":"418"'), "cannot be read"),
        (('"causes":[[', '"causes":[[1,'), "cannot be read"),
        (('"lines":[[', '"lines":[[[],'), "cannot be read"),
    ],
)
def test_an_unreadable_marker_is_a_problem_and_keeps_its_id(spoil: tuple[str, str], defect: str) -> None:
    tracked = read_tracked(an_issue(body=compose(f"Failure id `{ID}`", a_state()).replace(*spoil)))
    assert tracked is not None
    assert (tracked.id, tracked.state) == (ID, None)
    assert defect in tracked.defect


def test_two_markers_in_one_body_are_not_guessed_at() -> None:
    body = compose("region", a_state()) + write_marker(dataclasses.replace(a_state(), count=99))
    tracked = read_tracked(an_issue(body=body))
    assert tracked is not None
    assert tracked.state is None


def test_an_issue_without_a_marker_is_not_ours() -> None:
    assert read_tracked(an_issue(body="CI is broken")) is None
