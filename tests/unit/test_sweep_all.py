"""Many repositories in one process: which is swept first, which is left, and that a fault stays in its repository."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Lock

import pytest

from builders import REPOSITORY, START
from ci_failure_tracker.errors import (
    ArchivedError,
    BadTokenError,
    GitHubError,
    IssuesDisabledError,
    MissingRightError,
    NoSuchRepositoryError,
    RateLimitedError,
    UnansweredError,
)
from ci_failure_tracker.github.retry import RetryPolicy, TokenLimits
from ci_failure_tracker.model import Requests, Severity, Window
from ci_failure_tracker.model.organisation import Kept, Look, RepositoryEntry
from ci_failure_tracker.model.repositories import ListedRepository
from ci_failure_tracker.organisation.screening import Screened
from ci_failure_tracker.organisation.sweep_all import LEAST_COST, MOST_UNANSWERED, Chosen, sweep_all
from ci_failure_tracker.report.report import Report

YESTERDAY = START - timedelta(days=1)


def a_report(name: str, made: int = 5) -> Report:
    repository = replace(REPOSITORY, full_name=name)
    return Report(repository, START, Window(0, 0, partial=False), (), (), (), Requests(made, None, 800))


def a_last(name: str, failing: int = 0, made: int = 5, look: Look = Look.SWEPT, days: int = 1) -> RepositoryEntry:
    report = {"failing": [{}] * failing, "requests": {"made": made}}
    return RepositoryEntry(name, look, at=START - timedelta(days=days), kept=Kept("h", "s", "t", "i"), report=report)


def chosen(name: str, last: RepositoryEntry | None = None) -> Chosen:
    return Chosen(ListedRepository(name), last)


def swept(
    *repositories: Chosen, sweep_one: Callable[[str], Report] = a_report, limits: TokenLimits | None = None
) -> dict[str, RepositoryEntry]:
    entries = sweep_all(repositories, sweep_one, limits or TokenLimits(), lambda _: None)
    return {entry.name: entry for entry in entries}


def test_each_repository_has_the_report_of_its_own_sweep() -> None:
    entries = swept(*(chosen(f"o/r{place}") for place in range(9)))
    assert list(entries) == sorted(entries)
    assert len(entries) == 9
    for name, entry in entries.items():
        assert (entry.look, entry.at, entry.problem) == (Look.SWEPT, START, None)
        assert entry.report is not None
        assert entry.report["repository"] == name
        json.dumps(entry.report)


def test_four_are_swept_at_the_same_time() -> None:
    meeting = Barrier(4, timeout=5)

    def sweep_one(name: str) -> Report:
        meeting.wait()
        return a_report(name)

    assert {entry.look for entry in swept(*map(chosen, "abcdefgh"), sweep_one=sweep_one).values()} == {Look.SWEPT}


def test_the_worst_is_swept_first_and_what_was_left_before_all() -> None:
    order, lock = list[str](), Lock()

    def sweep_one(name: str) -> Report:
        with lock:
            order.append(name)
        time.sleep(0.05)
        return a_report(name)

    repositories = [
        chosen("o/old", a_last("o/old", days=9)),
        chosen("o/one", a_last("o/one", failing=1)),
        chosen("o/left", a_last("o/left", look=Look.LEFT)),
        chosen("o/new"),
        chosen("o/five", a_last("o/five", failing=5)),
        chosen("o/recent", a_last("o/recent")),
    ]
    swept(*repositories, sweep_one=sweep_one)
    assert set(order[:4]) == {"o/left", "o/five", "o/one", "o/new"}  # four begin at once
    assert [one.repository.full_name for one in sorted(repositories, key=lambda one: one.order)] == [
        *("o/left", "o/five", "o/one", "o/new", "o/old", "o/recent")
    ]


def test_what_the_screening_leaves_out_is_as_last_time() -> None:
    last, kept = a_last("o/quiet", failing=2), Kept("h2", "s2", "t2", "i2")
    repositories = (
        Chosen(ListedRepository("o/quiet", private=True), last, Screened(Look.UNCHANGED, "", kept)),
        Chosen(ListedRepository("o/new"), None, Screened(Look.SCREENED, "", kept)),
        Chosen(ListedRepository("o/loud"), a_last("o/loud"), Screened(None, "", kept)),
    )
    entries = swept(*repositories)
    assert entries["o/quiet"] == replace(last, look=Look.UNCHANGED, kept=kept, private=True)
    assert entries["o/new"] == RepositoryEntry("o/new", Look.SCREENED, kept=kept)
    assert (entries["o/loud"].look, entries["o/loud"].at, entries["o/loud"].kept) == (Look.SWEPT, START, kept)


@pytest.mark.parametrize(
    ("error", "severity", "words"),
    [
        (NoSuchRepositoryError("o/bad"), Severity.ERROR, "There is no repository 'o/bad'"),
        (MissingRightError("list the issues", "issues: write"), Severity.ERROR, "it lacks `issues: write`"),
        (ArchivedError("o/bad"), Severity.WARNING, "Unarchive it under Settings. Or name it in"),
        (IssuesDisabledError("o/bad"), Severity.WARNING, "`exclude-repositories`"),
        (GitHubError("GitHub answered 502."), Severity.ERROR, "GitHub answered 502."),
        (KeyError("secret"), Severity.ERROR, "The sweep of this repository failed: KeyError at test_sweep_all.py:"),
    ],
)
def test_a_fault_stays_in_its_repository(error: Exception, severity: Severity, words: str) -> None:
    def sweep_one(name: str) -> Report:
        if name == "o/bad":
            raise error
        return a_report(name)

    last = a_last("o/bad", failing=1)
    entries = swept(*map(chosen, ("o/a", "o/b")), chosen("o/bad", last), chosen("o/z"), sweep_one=sweep_one)
    assert [entry.look for entry in entries.values()] == [Look.SWEPT, Look.SWEPT, Look.FAILED, Look.SWEPT]
    bad = entries["o/bad"]
    assert bad.problem is not None
    assert bad.problem.severity is severity
    assert words in str(bad.problem)
    assert "secret" not in str(bad.problem)
    assert replace(bad, look=last.look, problem=None) == last  # what was known of it is still known


def test_a_sweep_begins_only_if_the_requests_will_suffice() -> None:
    limits = TokenLimits(kept=50)
    limits.read_headers({"x-ratelimit-remaining": "200"})
    lock = Lock()

    def sweep_one(name: str) -> Report:
        with lock:
            limits.left = (limits.left or 0) - 40
        return a_report(name)

    names = [f"o/r{place}" for place in range(9)]
    lasts = {name: a_last(name, made=40, failing=9 - place) for place, name in enumerate(names)}
    entries = swept(*(chosen(name, lasts[name]) for name in names), sweep_one=sweep_one, limits=limits)
    left = [name for name, entry in entries.items() if entry.look is Look.LEFT]
    assert left == names[-len(left) :]
    assert 6 <= len(left) <= 7  # 150 are free: three at most
    assert limits.left is not None
    assert limits.left >= 50
    problem = entries[left[-1]].problem
    assert problem is not None
    assert problem.severity is Severity.WARNING
    assert "It may need 40 requests" in problem.what
    assert entries[left[-1]].report == lasts[left[-1]].report


def test_the_first_sweep_begins_even_if_the_last_one_took_more_than_a_token_has() -> None:
    limits = TokenLimits(kept=50, parallel=8)
    limits.read_headers({"x-ratelimit-remaining": "5000"})
    lasts = {name: a_last(name, made=700, look=Look.LEFT) for name in ("o/a", "o/b")}
    entries = swept(*(chosen(name, last) for name, last in lasts.items()), limits=limits)
    assert [entry.look for entry in entries.values()].count(Look.SWEPT) == 1
    limits.read_headers({"x-ratelimit-remaining": "100"})
    entries = swept(*(chosen(name, last) for name, last in lasts.items()), limits=limits)
    assert {entry.look for entry in entries.values()} == {Look.LEFT}


def test_a_sweep_that_was_cheap_is_taken_to_need_ten_requests() -> None:
    assert chosen("o/a").cost == chosen("o/a", a_last("o/a", made=3)).cost == LEAST_COST == 10
    assert chosen("o/a", a_last("o/a", made=77)).cost == 77
    assert chosen("o/a", replace(a_last("o/a"), report={"requests": "?", "failing": 3})).cost == 10


@pytest.mark.parametrize("error", [RateLimitedError("GitHub's rate limit is used up."), BadTokenError()])
def test_what_holds_for_the_token_leaves_the_others(error: Exception) -> None:
    begun, lock = list[str](), Lock()

    def sweep_one(name: str) -> Report:
        with lock:
            begun.append(name)
        time.sleep(0.02)
        raise error

    entries = swept(*(chosen(f"o/r{place}") for place in range(12)), sweep_one=sweep_one)
    assert len(begun) == 4
    unbegun = [entry for name, entry in entries.items() if name not in begun]
    assert {entry.look for entry in unbegun} == {Look.LEFT}
    assert all(str(error).split(".")[0] in str(entry.problem) for entry in unbegun)
    of_token = {entry.look for name, entry in entries.items() if name in begun}
    assert of_token == ({Look.FAILED} if isinstance(error, BadTokenError) else {Look.LEFT})


def test_if_github_answers_nothing_no_other_sweep_begins() -> None:
    def silent(name: str) -> Report:
        raise UnansweredError(f"GitHub could not be reached to read {name}.")

    names = [f"o/r{place:02}" for place in range(40)]
    looks = Counter(entry.look for entry in swept(*map(chosen, names), sweep_one=silent).values())
    assert looks[Look.FAILED] < MOST_UNANSWERED + 4
    assert looks[Look.LEFT] == 40 - looks[Look.FAILED]

    def silent_at_times(name: str) -> Report:
        return silent(name) if name.endswith("7") else a_report(name)

    some = Counter(entry.look for entry in swept(*map(chosen, names), sweep_one=silent_at_times).values())
    assert some[Look.LEFT] == 0


def test_no_sweep_begins_if_the_writes_of_the_hour_are_used_up() -> None:
    limits = TokenLimits(parallel=500)  # so one write is the part of this process
    limits.wait_for_turn(RetryPolicy(), writes=True)
    (entry,) = swept(chosen("o/a"), limits=limits).values()
    assert entry.look is Look.LEFT
    assert "takes no more issues and comments" in str(entry.problem)


def test_each_entry_is_told_once_at_a_time() -> None:
    told, telling = list[str](), Lock()

    def done(entry: RepositoryEntry) -> None:
        assert telling.acquire(blocking=False)
        time.sleep(0.001)
        told.append(entry.name)
        telling.release()

    names = [f"o/r{place}" for place in range(20)]
    sweep_all([chosen(name) for name in names], a_report, TokenLimits(), done)
    assert sorted(told) == sorted(names)


def test_a_signal_ends_all() -> None:
    class StoppedError(BaseException):
        pass

    begun = list[str]()

    def sweep_one(name: str) -> Report:
        begun.append(name)
        raise StoppedError

    with pytest.raises(StoppedError):
        swept(*(chosen(f"o/r{place:02}") for place in range(40)), sweep_one=sweep_one)


def test_a_repository_that_was_renamed_has_its_present_name() -> None:
    (entry,) = swept(chosen("o/before"), sweep_one=lambda _: a_report("o/after")).values()
    assert entry.name == "o/after"
