"""What GitHub allows a token: one pacer for all sweeps of the process, and a budget for each of them."""

from __future__ import annotations

import time
from bisect import bisect_left
from threading import Lock

import pytest

from ci_failure_tracker.errors import RequestsSpentError, WritesSpentError
from ci_failure_tracker.github import retry
from ci_failure_tracker.github.retry import Budget, RetryPolicy, TokenLimits
from ci_failure_tracker.github.side_by_side import side_by_side

POLICY = RetryPolicy()


class Clock:
    """Time goes on only if somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(retry, "time", clock)
    return clock


def sent(clock: Clock, limits: TokenLimits, kinds: str, policy: RetryPolicy = POLICY) -> list[float]:
    """When each of these was sent, from the first on: `r` is a read, `w` a write."""
    times = []
    for kind in kinds:
        limits.wait_for_turn(policy, writes=kind == "w")
        times.append(clock.now)
    return [at - times[0] for at in times]


def most_in(times: list[float], seconds: float) -> int:
    """The most times within so many seconds; `times` ascend."""
    return max(bisect_left(times, begin + seconds) - place for place, begin in enumerate(times))


def test_reads_wait_for_nothing_and_writes_are_a_second_apart(clock: Clock) -> None:
    assert sent(clock, TokenLimits(), "rwrrwwr") == [0, 0, 0, 0, 1, 2, 2]


def test_a_sweep_may_read_all_that_it_may_without_a_wait(clock: Clock) -> None:
    assert sent(clock, TokenLimits(), "r" * 800)[-1] == 0


@pytest.mark.parametrize("kinds", ["r" * 3_000, "rrrrrw" * 400, "w" * 200 + "r" * 1_000])
def test_no_minute_has_more_than_nine_hundred_points_or_eighty_writes(clock: Clock, kinds: str) -> None:
    times = sent(clock, TokenLimits(), kinds)
    points = [at for at, kind in zip(times, kinds, strict=True) for _ in range(5 if kind == "w" else 1)]
    assert most_in(points, 59.9) <= 900
    writes = [at for at, kind in zip(times, kinds, strict=True) if kind == "w"]
    assert not writes or most_in(writes, 59.9) <= 80


def test_graphql_has_a_limit_of_its_own(clock: Clock) -> None:
    limits = TokenLimits()
    times = []
    for number in range(4_500):
        limits.wait_for_turn(POLICY, writes=False, graphql=True)
        times.append(clock.now)
        if number == 2_000:
            assert sent(clock, limits, "r" * 800)[-1] == 0  # queries took none of these points
    assert times[1_999] == times[0]
    assert most_in(times, 59.9) <= 2_000


def test_reads_leave_room_for_writes(clock: Clock) -> None:
    limits = TokenLimits()
    sent(clock, limits, "r" * 800)
    before = clock.now
    sent(clock, limits, "w" * 10)
    assert clock.now - before == 9


def test_the_write_after_the_last_of_an_hour_is_left_to_the_next_sweep(clock: Clock) -> None:
    limits = TokenLimits()
    times = sent(clock, limits, "w" * 500)
    assert times[-1] == 499
    with pytest.raises(WritesSpentError, match="GitHub takes 500 writes an hour from one token"):
        limits.wait_for_turn(POLICY, writes=True)
    limits.wait_for_turn(POLICY, writes=False)
    clock.now = 1_000 + 3_600 - POLICY.longest_wait
    limits.wait_for_turn(POLICY, writes=True)
    assert clock.now == 4_600


def test_processes_that_use_the_token_at_the_same_time_share_everything(clock: Clock) -> None:
    limits = TokenLimits(parallel=4)
    assert sent(clock, limits, "www") == [0, 4, 8]
    assert sent(clock, TokenLimits(parallel=4), "r" * 201)[-2:] == [0, 60]
    limits.read_headers({"x-ratelimit-remaining": "402"})
    assert limits.free == 100
    with pytest.raises(WritesSpentError, match="and 4 sweeps share them"):
        sent(clock, limits, "w" * 126)


def test_what_is_kept_for_other_programs_is_not_free() -> None:
    assert TokenLimits(kept=50).free is None
    limits = TokenLimits(kept=50)
    limits.read_headers({"x-ratelimit-remaining": "60"})
    assert limits.free == 10
    limits.read_headers({"x-ratelimit-remaining": "40"})
    assert limits.free == 0


def test_of_two_answers_that_overtake_each_other_the_lower_rest_counts() -> None:
    limits = TokenLimits()
    for left, reset in (("90", "5000"), ("88", "5000"), ("89", "5001")):
        limits.read_headers({"x-ratelimit-remaining": left, "x-ratelimit-reset": reset})
    assert limits.left == 88
    limits.read_headers({"x-ratelimit-remaining": "1000", "x-ratelimit-reset": "8600"})
    assert limits.left == 1000


def test_each_sweep_has_its_own_budget_of_what_the_token_has_left() -> None:
    limits = TokenLimits()
    first, second = Budget(100, limits=limits), Budget(100, limits=limits)
    for _ in range(90):
        first.count()
    second.check(100)
    limits.read_headers({"x-ratelimit-remaining": "20"})
    with pytest.raises(RequestsSpentError, match="it sent 90 requests, of at most 100"):
        first.check(11)
    with pytest.raises(RequestsSpentError, match="GitHub allows the token 20 more"):
        second.check(21)
    assert first.reserve(30) == 10
    assert second.reserve(30) == 20


def test_if_one_sweep_is_told_to_wait_all_wait_and_only_that_one_used_its_time(clock: Clock) -> None:
    limits = TokenLimits()
    first, second = Budget(100, limits=limits), Budget(100, limits=limits)
    assert first.may_repeat(60, POLICY)
    assert sent(clock, limits, "r") == [0]
    assert clock.now == 1_060
    assert (first.waited, second.waited) == (60, 0)


def test_writes_of_several_threads_are_apart_as_well() -> None:
    limits, policy = TokenLimits(), RetryPolicy(between_writes=0.02)
    lock, times = Lock(), list[float]()

    def write() -> None:
        for _ in range(5):
            limits.wait_for_turn(policy, writes=True)
            with lock:
                times.append(time.monotonic())

    begin = time.monotonic()
    list(side_by_side([write] * 4))
    assert len(times) == 20
    assert time.monotonic() - begin >= 19 * 0.02
    assert all(at - begin >= place * 0.02 for place, at in enumerate(sorted(times)))
