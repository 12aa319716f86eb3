"""What is made of the list of runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from builders import a_run
from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github.listing import Listing, list_runs
from ci_failure_tracker.github.retry import Budget
from ci_failure_tracker.model import Query, Run, Workflow


@dataclass(frozen=True)
class Listed:
    """A repository whose list gives these runs, and then fails if it is told to."""

    found: tuple[Run, ...]
    fails: bool = False

    @property
    def budget(self) -> Budget:
        return Budget(1_000)

    def runs(
        self, _workflow: Workflow | None, _branch: str | None, _event: str | None, _created: str | None
    ) -> Iterator[Run]:
        yield from self.found
        if self.fails:
            raise GitHubError("page 2 is missing")


def read(listed: Listed, most: int = 10) -> Listing:
    return list_runs(listed, Query(("*",), most, 1_000))  # type: ignore[arg-type]


def test_a_run_that_a_newer_one_pushed_to_the_next_page_is_taken_once() -> None:
    found = read(Listed((a_run(3), a_run(2), a_run(2), a_run(1))))
    assert [run.number for run in found.runs] == [3, 2, 1]


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
    assert found.forks == 1_000
    assert "Only 0 runs fit" in found.problems[0].what
