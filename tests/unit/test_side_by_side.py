"""Reads side by side: in order, four at most, within the budget, and all wait if one is told to."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from threading import Event, Lock

import pytest

from ci_failure_tracker.errors import GitHubError, RequestsSpentError, TrackerError
from ci_failure_tracker.github.retry import Budget, RetryPolicy
from ci_failure_tracker.github.side_by_side import AT_ONCE, each_of, side_by_side, together

SOURCE = Path(__file__).parents[2] / "src"


def test_results_come_in_the_order_of_the_tasks_whichever_ends_first() -> None:
    second_is_done = Event()

    def first() -> str:
        assert second_is_done.wait(5)
        return "first"

    def second() -> int:
        second_is_done.set()
        return 2

    assert together(first, second) == ("first", 2)


def test_four_run_at_the_same_time_and_no_more() -> None:
    lock, running, most = Lock(), 0, 0

    def task() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    list(side_by_side([task] * 12))
    assert most == AT_ONCE == 4


def test_an_error_comes_at_its_turn_when_what_was_begun_has_ended_and_nothing_else_begins() -> None:
    ended: list[int] = []

    def number(place: int) -> int:
        if place == 1:
            raise GitHubError("refused")
        time.sleep(0.05)
        ended.append(place)
        return place

    results = side_by_side([lambda place=place: number(place) for place in range(40)])  # type: ignore[misc]
    assert next(results) == 0
    with pytest.raises(GitHubError, match="refused"):
        next(results)
    begun = len(ended)
    assert begun < 10
    time.sleep(0.1)
    assert len(ended) == begun


def test_a_program_that_ends_does_not_wait_for_an_answer() -> None:
    script = (
        "import time\nfrom ci_failure_tracker.github.side_by_side import side_by_side\n"
        "results = side_by_side([lambda: 1, lambda: time.sleep(60)])\nprint(next(results))\nraise KeyboardInterrupt\n"
    )
    command, environment = [sys.executable, "-c", script], {**os.environ, "PYTHONPATH": str(SOURCE)}
    ended = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=30)
    assert "KeyboardInterrupt" in ended.stderr


# --- the budget ----------------------------------------------------------------------------------


def seven_reads(budget: Budget) -> list[tuple[int, int | TrackerError]]:
    """Seven reads of one request each, of which the third is refused."""

    def read(place: int) -> int:
        budget.count()
        if place == 2:
            raise GitHubError("refused")
        return place * 10

    return list(each_of(range(7), read, budget, 0.0))


def test_each_result_or_error_comes_with_what_was_asked_for() -> None:
    results = seven_reads(Budget(100))
    assert [place for place, _ in results] == [*range(7)]
    assert [result for _, result in results if isinstance(result, int)] == [0, 10, 30, 40, 50, 60]


@pytest.mark.parametrize("most", range(8))
def test_no_more_is_sent_than_the_budget_has(most: int) -> None:
    budget = Budget(most)
    results = seven_reads(budget)
    assert budget.made == min(most, 7)
    assert isinstance(results[-1][1], RequestsSpentError) is (most < 7)
    assert len(results) == min(most + 1, 7)


def test_what_other_threads_are_about_to_send_is_no_longer_free() -> None:
    budget = Budget(10, made=4)
    assert budget.reserve(4) == 4
    budget.check(2)
    with pytest.raises(RequestsSpentError):
        budget.check(3)
    budget.count()
    with pytest.raises(RequestsSpentError):
        budget.check(3)
    assert budget.reserve(9) == 5


def test_a_request_is_repeated_only_if_the_others_leave_one() -> None:
    budget = Budget(10, made=6)
    budget.reserve(3)
    assert budget.may_repeat(0, RetryPolicy())
    assert not budget.may_repeat(0, RetryPolicy())


def test_waits_at_the_same_time_count_once_and_hold_every_request() -> None:
    budget, policy = Budget(100), RetryPolicy(longest_in_all=1)
    assert budget.may_repeat(0.2, policy)
    assert budget.may_repeat(0.1, policy)
    assert budget.may_repeat(0.2, policy)
    assert 0.2 <= budget.waited < 0.3
    begin = time.monotonic()
    list(side_by_side([partial(budget.limits.wait_for_turn, policy, writes=False)] * 4))
    assert 0.15 < time.monotonic() - begin < 2
    assert not budget.may_repeat(1, policy)
