"""What an issue remembers of why its jobs failed."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, a_reading, a_run, green, red, some_settings
from ci_failure_tracker.issues.marker import LIMIT, write_marker
from ci_failure_tracker.issues.state_codec import read_state, state_as_json
from ci_failure_tracker.model import (
    ExcerptLine,
    FailureKind,
    History,
    JobDiagnosis,
    LogUnavailable,
    Observation,
    Outcome,
    State,
)
from ci_failure_tracker.tracking.causes import CAUSES, remembered
from ci_failure_tracker.tracking.comment_policy import causes_of_newest, new_causes
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.observations import with_diagnoses
from ci_failure_tracker.tracking.state_update import fit, follow, updated_state


def history(observations: list[Observation], *readings: JobDiagnosis, **given: str) -> History:
    (only,) = read_histories(with_diagnoses(observations, readings), some_settings(**given))
    return only


def learnt(state: State | None, observations: list[Observation], *readings: JobDiagnosis) -> State:
    """The state after a sweep that read these logs, and knows what the state remembers."""
    return updated_state(state, history(observations, *remembered([state] if state else []), *readings))


def table(state: State) -> list[tuple[str, int]]:
    return [(cause.headline, cause.count) for cause in state.causes]


def test_each_failed_job_counts_once_for_its_cause() -> None:
    observations = [red(a_run(1), "test (a)", 1), red(a_run(1), "test (b)", 2), red(a_run(2), "test (a)", 3)]
    state = learnt(
        None,
        observations,
        a_reading(observations[0]),
        a_reading(observations[1]),
        a_reading(observations[2], "OSError: disk"),
    )
    assert table(state) == [("OSError: disk", 1), ("ValueError: no year", 2)]
    assert learnt(state, observations) == state


def test_a_cause_knows_when_it_was_seen_first_and_last() -> None:
    observations = [red(a_run(number)) for number in (1, 2, 3)]
    (cause,) = learnt(None, observations, *map(a_reading, observations)).causes
    assert cause.first_seen == a_run(1).started_at
    assert cause.last_seen == a_run(3).updated_at


def of_kind(reading: JobDiagnosis, kind: FailureKind) -> JobDiagnosis:
    return dataclasses.replace(reading, kind=kind)


def test_a_cause_keeps_its_kind_in_the_marker() -> None:
    first = red(a_run(1))
    state = learnt(None, [first], of_kind(a_reading(first), FailureKind.INFRASTRUCTURE))
    state = read_state(write_marker(state).removeprefix("<!-- ci-failure-tracker ").removesuffix(" -->"))
    assert [cause.kind for cause in state.causes] == [FailureKind.INFRASTRUCTURE]
    assert learnt(state, [first]) == state


def test_an_older_version_reads_the_causes_and_their_kinds_are_a_key_that_it_ignores() -> None:
    first = red(a_run(1))
    data = state_as_json(learnt(None, [first], of_kind(a_reading(first), FailureKind.INFRASTRUCTURE)))
    assert [len(cause) for cause in data["causes"]] == [5]
    assert data["kinds"] == {"v2:ValueError: no year": "infrastructure"}
    assert "kinds" not in state_as_json(learnt(None, [first], a_reading(first)))


def test_a_kind_that_only_a_newer_version_knows_is_unknown() -> None:
    first = red(a_run(1))
    data = state_as_json(learnt(None, [first], of_kind(a_reading(first), FailureKind.TEST)))
    data["kinds"] = dict.fromkeys(data["kinds"], "weather")
    assert read_state(json.dumps(data)).kind is FailureKind.UNKNOWN


@pytest.mark.parametrize(
    ("kinds", "can_cause"),
    [
        ((FailureKind.INFRASTRUCTURE,), False),
        ((FailureKind.PERMISSION,), False),
        ((FailureKind.CANCELLED,), False),
        ((FailureKind.TIME_LIMIT,), True),
        ((FailureKind.UNKNOWN,), True),
        ((FailureKind.TEST, FailureKind.INFRASTRUCTURE), True),
        ((FailureKind.INFRASTRUCTURE, FailureKind.PERMISSION), False),
        ((), True),
    ],
)
def test_a_commit_is_to_blame_if_one_failure_of_the_break_is_of_such_a_kind(
    kinds: tuple[FailureKind, ...], can_cause: bool
) -> None:
    failed = [green(a_run(1)), *(red(a_run(number)) for number in range(2, 2 + max(1, len(kinds))))]
    readings = [of_kind(a_reading(seen, kind.value), kind) for seen, kind in zip(failed[1:], kinds, strict=False)]
    assert learnt(None, failed, *readings).commit_can_cause is can_cause


@pytest.mark.parametrize(
    ("outcomes", "can_cause"),
    [
        ((Outcome.CANCELLED, Outcome.CANCELLED), False),
        ((Outcome.CANCELLED, Outcome.RUNNER_LOST), False),
        ((Outcome.FAILURE, Outcome.RUNNER_LOST), True),
    ],
)
def test_no_commit_cancels_a_job_or_takes_its_runner(outcomes: tuple[Outcome, ...], can_cause: bool) -> None:
    failed = [red(a_run(number), outcome=outcome) for number, outcome in enumerate(outcomes, start=2)]
    assert learnt(None, [green(a_run(1)), *failed]).commit_can_cause is can_cause


def test_what_failed_before_the_break_says_nothing_of_it() -> None:
    observations = [red(a_run(1)), green(a_run(2)), green(a_run(2), "test"), red(a_run(3))]
    kinds = (FailureKind.TEST, FailureKind.INFRASTRUCTURE)
    failed = (observations[0], observations[3])
    readings = [of_kind(a_reading(seen, kind.value), kind) for seen, kind in zip(failed, kinds, strict=True)]
    assert not learnt(None, observations, *readings).commit_can_cause


def test_a_known_cause_with_another_headline_is_no_news() -> None:
    """An older version wrote a headline without the subject."""
    first, second = red(a_run(1)), red(a_run(2))
    before = learnt(None, [first], a_reading(first, "E no year"))
    later = dataclasses.replace(a_reading(second, "E no year"), headline="tests/test_dates.py::test_dates: no year")
    after = learnt(before, [first, second], later)
    assert table(after) == [("tests/test_dates.py::test_dates: no year", 2)]
    assert list(causes_of_newest(before, after)) == []
    assert new_causes(before, after) == []


def test_what_is_read_later_is_counted_then() -> None:
    observations = [red(a_run(1)), red(a_run(2))]
    first = learnt(None, observations, a_reading(observations[1]))
    second = learnt(first, observations, a_reading(observations[0]))
    assert (table(first), table(second)) == ([("ValueError: no year", 1)], [("ValueError: no year", 2)])
    assert learnt(second, observations) == second


def test_the_excerpt_is_that_of_the_newest_failure_whose_cause_is_known() -> None:
    observations = [red(a_run(1)), red(a_run(2)), red(a_run(3))]
    state = learnt(
        None,
        observations,
        a_reading(observations[1], "OSError: disk"),
        a_reading(observations[2], "", LogUnavailable.GONE),
    )
    assert state.evidence is not None
    assert (state.evidence.number, state.evidence.headline) == (2, "OSError: disk")
    older = learnt(state, observations, a_reading(observations[0]))
    assert older.evidence == state.evidence
    newer = learnt(state, [*observations, red(a_run(4))], a_reading(red(a_run(4)), "KeyError: 7"))
    assert newer.evidence is not None
    assert newer.evidence.headline == "KeyError: 7"


def test_of_the_jobs_of_a_run_a_log_is_shown_rather_than_annotations() -> None:
    observations = [red(a_run(1), "test (a)", 1), red(a_run(1), "test (b)", 2)]
    state = learnt(
        None, observations, a_reading(observations[0], "A", LogUnavailable.GONE), a_reading(observations[1], "B")
    )
    assert state.evidence is not None
    assert state.evidence.headline == "B"


def test_a_log_that_is_not_there_is_remembered_until_it_is() -> None:
    observations = [red(a_run(1))]
    absent = learnt(None, observations, a_reading(observations[0], "", LogUnavailable.NOT_FOUND))
    assert [leg.log_unavailable for leg in absent.latest.legs] == [LogUnavailable.NOT_FOUND]
    assert learnt(absent, observations, a_reading(observations[0], "", LogUnavailable.NOT_FOUND)) == absent
    assert learnt(absent, observations) == absent
    back = learnt(absent, observations, a_reading(observations[0]))
    assert [(leg.signature, leg.log_unavailable) for leg in back.latest.legs] == [("v2:ValueError: no year", None)]
    assert table(back) == [("ValueError: no year", 1)]


def test_an_outcome_that_github_shows_as_another_is_remembered() -> None:
    cancelled = red(a_run(1), outcome=Outcome.CANCELLED)
    first = learnt(None, [cancelled], a_reading(cancelled, "past its time", outcome=Outcome.TIMED_OUT))
    assert first.latest.outcome is Outcome.TIMED_OUT
    again = history([cancelled], *remembered([first]), conclusions="timed_out")
    assert again.latest.outcome is Outcome.TIMED_OUT
    assert updated_state(first, again) == first


def test_a_cause_learnt_later_also_changes_how_the_run_ended() -> None:
    cancelled = red(a_run(1), outcome=Outcome.CANCELLED)
    first = learnt(None, [cancelled])
    later = learnt(first, [cancelled], a_reading(cancelled, "the runner is gone", outcome=Outcome.RUNNER_LOST))
    assert (first.latest.outcome, later.latest.outcome) == (Outcome.CANCELLED, Outcome.RUNNER_LOST)


def test_of_many_causes_those_seen_last_are_named_and_the_others_counted() -> None:
    observations = [red(a_run(number)) for number in range(1, 15)]
    state: State | None = None
    for end in range(1, 15):
        state = learnt(state, observations[:end], a_reading(observations[end - 1], f"cause {end}"))
    assert state is not None
    assert [cause.headline for cause in state.causes] == [f"cause {number}" for number in range(14, 14 - CAUSES, -1)]
    assert state.other_causes == 4


def test_what_another_issue_knows_more_of_wins() -> None:
    observations = [red(a_run(1))]
    absent = learnt(None, observations, a_reading(observations[0], "", LogUnavailable.GONE))
    known = learnt(None, observations, a_reading(observations[0]))
    for states in ([absent, known], [known, absent]):
        assert remembered(states)[-1].signature == "v2:ValueError: no year"


def test_an_issue_of_a_cause_keeps_its_name_if_fewer_of_its_jobs_are_read() -> None:
    observations = [red(a_run(1), "build", 1), red(a_run(2), "build", 2), red(a_run(2), "test", 3)]
    readings = [a_reading(one) for one in observations]
    state = updated_state(None, history(observations, *readings, group_by="cause"))
    assert state.identity.job == "build, test"
    assert updated_state(state, history(observations[1:2], readings[1], group_by="cause")).identity == state.identity


def test_a_follower_counts_the_causes_of_its_own_failures_only() -> None:
    observations = [red(a_run(1)), red(a_run(3))]
    everything = history(observations, a_reading(observations[0], "old"), a_reading(observations[1], "new"))
    follower = follow(7, everything, a_run(2).started_at)
    assert table(follower) == [("new", 1)]


# --- the form that fits --------------------------------------------------------------------------


def with_lines(reading: JobDiagnosis, texts: list[str]) -> JobDiagnosis:
    lines = tuple(ExcerptLine(number, text) for number, text in enumerate(texts, start=1))
    assert reading.diagnosis
    return dataclasses.replace(reading, diagnosis=dataclasses.replace(reading.diagnosis, lines=lines))


def a_full_state(line: str, lines: int = 30) -> State:
    """Eleven failed runs of nine legs with long names, each run with a cause of its own."""
    names = [f"test ({leg} {'x' * 50})" for leg in range(9)]
    observations = [
        red(a_run(number), name, 10 * number + leg) for number in range(1, 12) for leg, name in enumerate(names)
    ]
    texts = [f"{number} {line}" for number in range(lines)]
    return learnt(
        None,
        observations,
        *(with_lines(a_reading(one, f"cause {one.run.number} {line}"), texts) for one in observations),
    )


@given(st.text(max_size=400), st.integers(1, 100))
@settings(max_examples=30)
def test_whatever_a_log_holds_the_marker_keeps_within_its_limit(line: str, lines: int) -> None:
    state = a_full_state(line, lines)
    marker = write_marker(state)
    assert len(marker.encode("utf-8", "replace")) <= LIMIT
    assert fit(state) == state
    assert read_state(marker.removeprefix("<!-- ci-failure-tracker ").removesuffix(" -->")) == state


def test_a_line_of_hyphens_does_not_cost_six_bytes_for_each() -> None:
    plain, ruled = (len(write_marker(a_full_state(line))) for line in ("=" * 70, "-" * 70))
    assert ruled < 4 * plain


def test_at_least_five_lines_stay_with_the_headline_among_them() -> None:
    observations = [red(a_run(1))]
    reading = a_reading(observations[0])
    texts = [f"{number} {'<' * 250}" for number in range(20)]
    texts[12] = reading.headline
    state = learnt(None, observations, with_lines(reading, texts))
    assert state.evidence is not None
    assert 5 <= len(state.evidence.lines) < 20
    assert reading.headline in [line.text for line in state.evidence.lines]


def test_older_runs_go_before_the_lines_of_the_excerpt() -> None:
    observations = [red(a_run(number)) for number in range(1, 12)]
    few, many = (
        learnt(None, observations, with_lines(a_reading(observations[-1]), ["=" * 45] * lines)) for lines in (30, 100)
    )
    assert few.evidence is not None
    assert many.evidence is not None
    assert (len(few.evidence.lines), len(few.occurrences)) == (30, 10)
    assert (len(many.evidence.lines), len(many.occurrences)) == (100, 5)


def test_of_a_long_line_the_beginning_and_the_end_stay() -> None:
    observations = [red(a_run(1))]
    state = learnt(None, observations, a_reading(observations[0], f"begin {'x' * 900} end"))
    assert state.evidence is not None
    for text in (state.evidence.headline, state.evidence.lines[1].text):
        assert len(text) <= 300
        assert text.startswith("begin")
        assert text.endswith("end")


def test_green_runs_change_nothing_of_what_is_known() -> None:
    observations = [red(a_run(1))]
    state = learnt(None, observations, a_reading(observations[0]))
    after = learnt(state, [*observations, green(a_run(2))])
    assert (after.causes, after.evidence) == (state.causes, state.evidence)
    assert START + timedelta(hours=1) == after.first_seen
