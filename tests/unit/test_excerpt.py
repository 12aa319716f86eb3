"""The lines of a log that a maintainer sees."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ci_failure_tracker.diagnosis.excerpt import Limits, by_confidence, choose_lines, ranges
from ci_failure_tracker.diagnosis.explain import read_log
from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.log_pattern import GENERIC, Block, Confidence
from ci_failure_tracker.diagnosis.structure import Section
from ci_failure_tracker.model import ExcerptLine, LineRange

DEFAULT = Limits()


def log_of(*lines: str) -> Log:
    return read_log(["\n".join(lines).encode()])


def numbers(log: Log, *blocks: Block, limits: Limits = DEFAULT) -> list[int]:
    return [line.number for line in choose_lines(log, by_confidence(blocks), limits)]


def a_block(
    start: int, end: int, confidence: Confidence = Confidence.DEFINITE, *, headline: int = 0, score: float = 0.0
) -> Block:
    return Block(start, end, headline or start, confidence, "test.pattern", score)


def different(count: int) -> list[str]:
    return [f"{'abcdefghijklmnopqrstuvwxyz'[n % 26] * (n // 26 + 1)}: went wrong" for n in range(count)]


def test_beside_a_cause_symptoms_are_left_out() -> None:
    log = log_of(*different(20))
    assert numbers(log, a_block(3, 4), a_block(9, 9, Confidence.SYMPTOM)) == [3, 4]


def test_a_log_without_steps_shows_the_symptom_at_its_end() -> None:
    log = log_of(*different(20))
    blocks = by_confidence([a_block(3, 4), a_block(6, 6, Confidence.SYMPTOM), a_block(18, 18, Confidence.SYMPTOM)])
    assert [line.number for line in choose_lines(log, blocks, DEFAULT, ending=15)] == [3, 4, 18]


def test_neighbour_lines_are_shown_up_to_an_empty_line_or_the_step_end() -> None:
    log = log_of("far", "-----", "above", "guess", "below", "further", "", "far", "failure", "below", "next step")
    step = Section(1, 1, 10)
    blocks = by_confidence([a_block(4, 4, Confidence.LIKELY, score=9)])
    assert [line.number for line in choose_lines(log, blocks, DEFAULT, [step])] == [3, 4, 5, 6]
    assert [line.number for line in choose_lines(log, [a_block(9, 9)], DEFAULT, [step])] == [9, 10]


def test_a_symptom_is_shown_if_there_is_nothing_better() -> None:
    assert numbers(log_of(*different(20)), a_block(15, 15, Confidence.SYMPTOM)) == [15]


def test_a_generic_guess_is_left_out_beside_a_definite_failure() -> None:
    log = log_of(*different(20))
    guess = Block(15, 16, 15, Confidence.LIKELY, GENERIC, 20)
    assert numbers(log, a_block(3, 4), guess) == [3, 4]


def test_a_stack_trace_is_shown_beside_a_short_failure_only() -> None:
    log = log_of(*different(20))
    trace = a_block(15, 16, Confidence.LIKELY)
    assert numbers(log, a_block(3, 4), trace) == [3, 4, 15, 16]
    assert numbers(log, a_block(1, 9), trace) == [*range(1, 10)]


def test_weak_guesses_are_left_out_beside_a_strong_one() -> None:
    log = log_of(*different(20))
    guesses = (a_block(2, 2, Confidence.LIKELY, score=3), a_block(9, 9, Confidence.LIKELY, score=10))
    assert numbers(log, *guesses) == [9]


def test_the_first_failures_are_shown_if_there_is_no_room_for_all() -> None:
    log = log_of(*different(40))
    blocks = [a_block(n, n) for n in range(1, 41)]
    assert numbers(log, *blocks, limits=Limits(lines=5)) == [1, 2, 3, 4, 5]


def test_failures_that_differ_only_in_numbers_are_shown_once_and_counted() -> None:
    log = log_of("timed out after 10 s", "fine", "timed out after 20 s", "fine", "timed out after 3 s")
    lines = choose_lines(log, by_confidence([a_block(1, 1), a_block(3, 3), a_block(5, 5)]), DEFAULT)
    assert [(line.number, line.repeats) for line in lines] == [(1, 2)]


def test_a_long_block_keeps_its_beginning_and_its_end() -> None:
    log = log_of(*different(60))
    assert numbers(log, a_block(1, 60), limits=Limits(lines=9)) == [1, 2, 3, 4, 5, 6, 58, 59, 60]


def test_a_long_stack_trace_loses_its_middle_and_tells_how_much() -> None:
    frames = [f"\tat org.example.Call{n}.run(Call.java:{n})" for n in range(20)]
    log = log_of(
        "java.lang.IllegalStateException: no", *frames, "Caused by: java.io.IOException: gone", "\tat a.B.c(B.java)"
    )
    lines = choose_lines(log, by_confidence([a_block(1, 23)]), Limits(lines=9))
    assert [line.number for line in lines] == [1, 2, 3, 4, 21, 22, 23]
    assert [line.left_out for line in lines] == [0, 0, 0, 0, 16, 0, 0]


def test_each_of_many_failures_is_shown_and_the_first_has_most_lines() -> None:
    lines = [f"{'abcdefgh'[n // 10]}{'klmnopqrst'[n % 10]}: went wrong" for n in range(80)]
    blocks = [a_block(n * 10 + 1, n * 10 + 10) for n in range(8)]
    shown = numbers(log_of(*lines), *blocks)
    assert shown[:6] == [1, 2, 3, 4, 5, 6]
    assert {block.start for block in blocks} <= set(shown)
    assert len(shown) == 30


def test_beside_what_ends_the_job_only_near_blocks_are_shown() -> None:
    log = log_of(*different(90))
    blocks = (a_block(2, 2), a_block(78, 78), replace(a_block(80, 80), ends_job=True))
    assert numbers(log, *blocks) == [78, 80]


def test_an_excerpt_keeps_the_limit_of_characters() -> None:
    log = log_of(*["x" * 100 for _ in range(20)])
    assert len(numbers(log, a_block(1, 20), limits=Limits(lines=30, characters=505))) == 5


def test_one_endless_line_does_not_use_all_the_room() -> None:
    log = log_of("y" * 100_000, "z")
    assert numbers(log, a_block(1, 2), limits=Limits(lines=30, characters=400)) == [1, 2]


def test_empty_lines_and_log_marks_are_left_out() -> None:
    log = log_of("first", "", "##[endgroup]", "second")
    assert numbers(log, a_block(1, 4)) == [1, 4]


def test_neighbouring_lines_are_one_range() -> None:
    lines = [ExcerptLine(number, "") for number in (3, 4, 5, 9)]
    assert ranges(lines) == (LineRange(3, 5), LineRange(9, 9))


@pytest.mark.parametrize(
    "listed",
    [
        "ok  \texample.org/widget{n}\t0.0{n}s",
        "fetching: gizmo{n} v1.{n}",
        "[info] Done painting widget-{n}.",
        "PASS widget{n}.x",
    ],
)
def test_lines_of_a_list_are_not_shown_around_a_failure(listed: str) -> None:
    many = [listed.format(n=n) for n in range(5)]
    log = log_of(*many, "gizmo: fatal: no widget", "  wanted by the blue gizmo", *many)
    blocks = by_confidence([a_block(6, 6, Confidence.LIKELY, score=9)])
    assert [line.number for line in choose_lines(log, blocks, DEFAULT, [Section(1, 1, 12)])] == [6, 7]


def test_a_list_of_places_or_of_failures_is_shown() -> None:
    places = [f"src/gizmo.frob:{n} Remove the blue widget" for n in (3, 7, 12, 15, 19)]
    wrong = [f"gizmo {'abcde'[n]} is wrong" for n in range(5)]
    log = log_of("frob: fatal: 5 problems", *places, *wrong)
    shown = choose_lines(log, [a_block(1, 1)], DEFAULT, [Section(1, 1, 11)])
    assert [line.number for line in shown] == [*range(1, 12)]


def test_an_error_of_many_tests_is_shown_once_with_the_names_of_the_tests() -> None:
    tests = [
        line for name in ("eta", "iota", "rho", "phi") for line in (f"* {name}", "", "  no such gizmo", "  at x", "")
    ]
    log = log_of(*tests)
    blocks = [a_block(n, n + 3, headline=n + 2) for n in (1, 6, 11, 16)]
    shown = choose_lines(log, blocks, DEFAULT, [Section(1, 1, 20)])
    assert [line.text for line in shown] == ["* eta", "  no such gizmo", "  at x", "* iota", "* rho", "* phi"]
