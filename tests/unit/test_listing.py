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
    """Queries that list these runs, and then fail if `fails` is set."""

    listed: tuple[Run, ...]
    fails: bool = False

    @property
    def budget(self) -> Budget:
        return Budget(1_000)

    def runs(self, workflow: Workflow | None, *_filters: object) -> Iterator[Run]:
        yield from (run for run in self.listed if workflow in {None, run.workflow})
        if self.fails:
            raise GitHubError("page 2 is missing")


def read(listed: Listed, most: int = 10) -> Listing:
    return list_runs(listed, Query(("*",), most, 1_000))  # type: ignore[arg-type]


def test_a_run_that_moves_to_the_next_page_is_listed_once() -> None:
    listing = read(Listed((a_run(3), a_run(2), a_run(2), a_run(1))))
    assert [run.number for run in listing.runs] == [3, 2, 1]


def test_the_most_runs_are_those_of_all_workflows_together() -> None:
    busy, quiet = (Workflow(number, name, f"{name}.yml") for number, name in enumerate(("busy", "quiet")))
    runs = (*(a_run(number, workflow=busy) for number in (5, 4, 3)), a_run(2, workflow=quiet))
    query = Query(("*",), 3, 1_000, listed=(busy, quiet))
    listing = list_runs(Listed(runs), query)  # type: ignore[arg-type]
    assert [run.number for run in listing.runs] == [5, 4, 3]


def test_runs_of_forks_are_left_out_and_counted() -> None:
    listing = read(Listed((a_run(3, from_fork=True), a_run(2), a_run(1))), most=2)
    assert ([run.number for run in listing.runs], listing.forks) == ([2, 1], 1)


def test_a_list_that_breaks_off_keeps_its_runs_and_is_a_problem() -> None:
    listing = read(Listed((a_run(2), a_run(1)), fails=True))
    assert len(listing.runs) == 2
    assert "cut short after 2" in listing.problems[0].what


def test_a_list_without_a_single_run_ends_the_sweep_with_an_error() -> None:
    with pytest.raises(GitHubError):
        read(Listed((), fails=True))


def test_a_list_with_too_few_fitting_runs_is_a_problem() -> None:
    many = tuple(a_run(number, from_fork=True) for number in range(1, 1_200))
    listing = read(Listed(many))
    assert listing.forks == 1_000
    assert "Only 0 runs fit" in listing.problems[0].what
