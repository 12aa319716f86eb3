"""What the log of a passing run changes: which lines are shown, and never the signature."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_failure_tracker.diagnosis.explain import explain, read_log
from ci_failure_tracker.diagnosis.routine import MOST, routine_lines
from ci_failure_tracker.model import Diagnosis

HEADER = ["##[group]Run ./frobnicate", "./frobnicate", "##[endgroup]"]
ENDING = "##[error]Process completed with exit code 1."


def log_of(*output: str, ending: str = ENDING) -> bytes:
    return "\n".join([*HEADER, *output, ending]).encode()


def contrasted(failing: bytes, passing: bytes) -> tuple[Diagnosis, Diagnosis]:
    """The diagnosis without and with the passing run."""
    log = read_log([failing])
    return explain(log), explain(log, routine=routine_lines([passing]))


def texts(diagnosis: Diagnosis) -> list[str]:
    return [line.text for line in diagnosis.lines]


TOLERATED = "error: cannot fetch the optional gizmo list"


def test_an_error_that_a_passing_run_printed_too_is_no_reason() -> None:
    passing = log_of("start", "polishing", TOLERATED, "gizmo ready", ending="done")
    plain, diagnosis = contrasted(log_of("start", "the blue gizmo cannot fit", *["polishing"] * 50, TOLERATED), passing)
    assert plain.headline == TOLERATED
    assert diagnosis.headline == "the blue gizmo cannot fit"
    assert TOLERATED not in texts(diagnosis)


def test_a_failure_that_a_pattern_knows_is_no_reason_if_a_passing_run_printed_it() -> None:
    known = ["--- FAIL: TestOptionalGizmo (0.01s)", "    gizmo_test.go:12: no gizmo"]
    passing = log_of(*known, "ok", ending="done")
    _, diagnosis = contrasted(log_of(*known, "widget: fatal: no blue paint is left"), passing)
    assert diagnosis.headline == "widget: fatal: no blue paint is left"


def test_the_signature_does_not_depend_on_the_passing_run() -> None:
    plain, diagnosis = contrasted(log_of(TOLERATED, "gizmo: fatal: no widget"), log_of(TOLERATED))
    assert diagnosis.signature == plain.signature


def test_numbers_and_identifiers_make_no_line_new_but_a_count_of_failures_does() -> None:
    routine = routine_lines([log_of("built 3f2a9c1 in 1.2 s", "0 widgets failed", "took 0:01:09")])
    assert "built 99b0e2d in 17.25 s" in routine
    assert "took 0:02:41" in routine
    assert "3 widgets failed" not in routine
    assert "built a widget" not in routine


def test_new_lines_without_a_word_of_failure_are_shown_and_are_a_weak_cause() -> None:
    usual = [f"frobnicating {name}" for name in ("ape", "bee", "cat", "dog", "elk", "fox", "gnu", "hen", "ibis", "jay")]
    failing = log_of(*usual[:3], "this gizmo is too blue", *usual[3:], *usual)
    _, diagnosis = contrasted(failing, log_of(*usual, *usual, ending="done"))
    assert texts(diagnosis)[0] == "this gizmo is too blue"
    assert diagnosis.weak


def test_a_passing_run_that_printed_everything_leaves_the_headline() -> None:
    failing = log_of("start", TOLERATED)
    plain, diagnosis = contrasted(failing, failing)
    assert (diagnosis.headline, bool(diagnosis.lines)) == (plain.headline, True)


def test_lines_of_the_passing_run_around_a_failure_are_not_shown() -> None:
    around = ["polishing the red gizmo", "polishing the green widget"]
    failing = log_of("gizmo: fatal: no widget", around[0], "the widget was blue", around[1])
    _, diagnosis = contrasted(failing, log_of(*around, ending="done"))
    assert texts(diagnosis) == ["gizmo: fatal: no widget", "the widget was blue"]


def test_a_passing_log_is_read_in_bounded_memory() -> None:
    def chunks() -> Iterator[bytes]:
        for part in range(40):
            letters = (
                f"{chr(97 + part % 26)}{chr(97 + part // 26)}-{number:b}".translate(LETTERS) for number in range(10_000)
            )
            yield "\n".join(letters).encode() + b"\n"

    routine = routine_lines(chunks())
    assert MOST <= len(routine) < 2 * MOST


LETTERS = str.maketrans("01", "xy")


@pytest.mark.parametrize("passing", [b"", b"\n", "caf\u00e9 \ufeff".encode("utf-16")])
def test_a_passing_log_without_lines_to_compare_changes_nothing(passing: bytes) -> None:
    plain, diagnosis = contrasted(log_of("start", TOLERATED), passing)
    assert diagnosis.headline == plain.headline


LINES = st.lists(
    st.sampled_from(("start", TOLERATED, "FAILED tests/a.py::b", "  at x (y.js:1)", "", "ok", "12 s")), max_size=30
)


@given(LINES, LINES)
def test_signature_and_outcome_are_the_same_for_any_passing_run(failing: list[str], passing: list[str]) -> None:
    plain, diagnosis = contrasted(log_of(*failing), log_of(*passing))
    assert (diagnosis.signature, diagnosis.outcome) == (plain.signature, plain.outcome)


# --- how long a step takes -----------------------------------------------------------------------


def _timed(*lines: tuple[str, str]) -> bytes:
    return "".join(f"2026-03-08T10:{at}.1234567Z {text}\n" for at, text in lines).encode()


def test_a_passing_run_says_how_long_each_step_took() -> None:
    log = _timed(
        ("00:00", "Complete job name: test"),
        ("01:00", "##[group]Run npm ci"),
        ("01:40", "##[group]Run make test"),
        ("02:00", "starting 7 presses"),
        ("14:10", "Post job cleanup."),
        ("14:20", "Cleaning up orphan processes"),
    )
    passing = routine_lines([log[:130], log[130:]])
    assert passing.seconds_of_step("##[group]Run npm ci") == 40
    assert passing.seconds_of_step("##[group]Run make test") == 12 * 60 + 30
    assert passing.seconds_of_step("##[group]Run make docs") is None


def test_two_steps_that_begin_alike_have_no_known_time() -> None:
    passing = routine_lines([_timed(("01:00", "##[group]Run make"), ("02:00", "##[group]Run make"), ("03:00", "done"))])
    assert passing.seconds_of_step("##[group]Run make") is None


def test_the_last_step_ends_with_the_log() -> None:
    passing = routine_lines([_timed(("01:00", "##[group]Run make"), ("03:00", "done"))])
    assert passing.seconds_of_step("##[group]Run make") == 120


@pytest.mark.parametrize("end", ["2026-03-09T09:59:00", "2026-03-09T10:00:00", "2026-02-31T25:00:00", "no time"])
def test_a_step_of_no_time_says_nothing(end: str) -> None:
    log = f"2026-03-09T10:00:00.0000000Z ##[group]Run make\n{end}.0000000Z done\n"
    assert routine_lines([log.encode()]).seconds_of_step("##[group]Run make") is None
