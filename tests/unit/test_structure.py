"""The steps in a log, and which of them failed."""

from __future__ import annotations

from datetime import UTC, datetime

from ci_failure_tracker.diagnosis.explain import read_log
from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.structure import failing_sections, sections
from ci_failure_tracker.model import Step


def log_of(text: str) -> Log:
    return read_log([text.strip("\n").encode()])


def failing(log: Log, step: Step | None = None) -> list[tuple[int, int]]:
    return [(part.start, part.end) for part in failing_sections(log, sections(log), step)]


ACTIONS = """
2026-03-01T10:00:00.0000000Z Current runner version: '2.320.0'
2026-03-01T10:00:01.0000000Z ##[group]Run actions/checkout@v4
2026-03-01T10:00:01.0000000Z with:
2026-03-01T10:00:01.0000000Z ##[endgroup]
2026-03-01T10:00:02.0000000Z ##[group]Fetching the repository
2026-03-01T10:00:02.0000000Z ##[endgroup]
2026-03-01T10:00:05.0000000Z ##[group]Run make test || echo "error"
2026-03-01T10:00:05.0000000Z make test || echo "error"
2026-03-01T10:00:05.0000000Z ##[endgroup]
2026-03-01T10:00:06.0000000Z boom
2026-03-01T10:00:07.0000000Z ##[error]Process completed with exit code 2.
2026-03-01T10:00:08.0000000Z ##[group]Run ./report.sh
2026-03-01T10:00:08.0000000Z ##[endgroup]
2026-03-01T10:00:09.0000000Z ##[error]nothing to report
2026-03-01T10:00:09.0000000Z all the same reported
2026-03-01T10:00:10.0000000Z Post job cleanup.
2026-03-01T10:00:10.0000000Z Cleaning up orphan processes
"""


def test_a_step_ends_before_the_next_header_and_a_group_is_no_step() -> None:
    log = log_of(ACTIONS)
    assert [(part.start, part.end) for part in sections(log)] == [
        (1, 1), (2, 6), (7, 11), (12, 15), (16, 16), (17, 17),
    ]  # fmt: skip


def test_the_command_in_a_header_is_not_output() -> None:
    assert [part.body for part in sections(log_of(ACTIONS))][:4] == [1, 5, 10, 14]


def test_the_failing_step_is_the_one_that_ends_with_an_error() -> None:
    assert failing(log_of(ACTIONS)) == [(7, 11)]


def test_if_no_step_ends_with_an_error_steps_that_contain_one_are_used() -> None:
    log = log_of(ACTIONS.replace("##[error]Process completed with exit code 2.", "done"))
    assert failing(log) == [(12, 15)]


def test_a_log_without_a_failed_step_is_used_as_a_whole() -> None:
    log = log_of(ACTIONS.replace("##[error]", ""))
    assert failing(log) == [(1, 17)]


def test_the_failed_step_of_github_comes_before_the_marks_of_the_log() -> None:
    started, completed = (datetime(2026, 3, 1, 10, 0, second, tzinfo=UTC) for second in (8, 9))
    step = Step(4, "Report", "failure", started_at=started, completed_at=completed)
    assert failing(log_of(ACTIONS), step) == [(12, 15)]


def test_a_step_whose_time_is_not_in_the_log_changes_nothing() -> None:
    started = datetime(2026, 3, 2, tzinfo=UTC)
    assert failing(log_of(ACTIONS), Step(4, "Report", "failure", started_at=started, completed_at=started)) == [(7, 11)]


def test_a_header_has_a_bounded_length() -> None:
    lines = "\n".join(["##[group]Run cat", *["a line of the script"] * 300, "##[error]no"])
    assert sections(log_of(lines))[1].body == 2


TRAVIS = """
travis_fold:start:system_info
Build system information
travis_fold:end:system_info
travis_time:start:0a
\x1b[0K$ bundle install
travis_time:end:0a:start=1,finish=2,duration=1
travis_fold:end:install
travis_time:start:0b
\x1b[0K$ make
boom
travis_time:end:0b:start=1,finish=2,duration=1
\x1b[31;1mThe command "make" exited with 2.\x1b[0m
travis_time:start:0c
\x1b[0K$ make docs
travis_time:end:0c:start=1,finish=2,duration=1
\x1b[32;1mThe command "make docs" exited with 0.\x1b[0m
$ ./untimed
\x1b[31;1mThe command "./untimed" failed and exited with 127 during .\x1b[0m
Done. Your build exited with 1.
"""


def test_a_travis_command_with_an_exit_code_other_than_zero_failed() -> None:
    assert failing(log_of(TRAVIS)) == [(9, 12), (17, 18)]


def test_a_log_without_marks_is_one_failed_step() -> None:
    assert failing(log_of("gcc -c a.c\na.c:1:1: error: no")) == [(1, 2)]
