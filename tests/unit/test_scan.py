"""What the scan makes of a listing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from builders import a_run
from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github_api import scan
from ci_failure_tracker.model import Run

EVERYTHING = scan._Sieve(None, ("*",), ())


@dataclass(frozen=True)
class Listed:
    """A listing that gives these runs, and then fails if it is told to."""

    runs: tuple[Run, ...]
    fails: bool = False
    bound: datetime | None = None

    def newest_first(self) -> Iterator[Run]:
        yield from self.runs
        if self.fails:
            raise GitHubError("page 2 is missing")


def read(listing: Listed, most: int = 10) -> scan._Found:
    return scan._read_runs(listing, EVERYTHING, most)  # type: ignore[arg-type]


def test_a_run_that_a_newer_one_pushed_to_the_next_page_is_taken_once() -> None:
    found = read(Listed((a_run(3), a_run(2), a_run(2), a_run(1))))
    assert [run.number for run in found.runs] == [3, 2, 1]
    assert found.listed == 3


def test_forks_are_counted_and_left_out_and_take_no_place() -> None:
    found = read(Listed((a_run(3, from_fork=True), a_run(2), a_run(1))), most=2)
    assert ([run.number for run in found.runs], found.forks) == ([2, 1], 1)


def test_a_list_that_breaks_off_keeps_what_it_gave_and_says_so() -> None:
    found = read(Listed((a_run(2), a_run(1)), fails=True))
    assert len(found.runs) == 2
    assert "cut short after 2" in found.problems[0].what


def test_a_list_that_gives_nothing_at_all_ends_the_sweep() -> None:
    with pytest.raises(GitHubError):
        read(Listed((), fails=True))


def test_looking_far_without_finding_enough_is_told() -> None:
    many = tuple(a_run(number, from_fork=True) for number in range(1, 1_200))
    found = read(Listed(many))
    assert found.listed == 1_000
    assert "Only 0 runs fit" in found.problems[0].what
