"""One issue for each failing test: which issue a failed job belongs to, however its logs are read."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

import pytest

from builders import START, a_diagnosis, some_settings
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import (
    Failure,
    FailureKind,
    IdentityKind,
    Issue,
    JobDiagnosis,
    LineRange,
    LogRequest,
    State,
    Workflow,
)
from ci_failure_tracker.tracking.identity import test_id as id_of
from ci_failure_tracker.tracking.tests_of_jobs import short
from unit.test_one_thing_one_issue import JOBS, SEEDS, FailingJobs, Phase, all_of_them, play, some_of_them

MOST = 2
SETTINGS = some_settings(group_by="test", max_tests=str(MOST))
REFUSED = "ConnectionError: refused"


def failing(**messages: str) -> str:
    """The log of a job: its failing tests with their messages."""
    return "\n".join(f"{name}\t{message}" for name, message in messages.items())


def crowd(*names: str) -> str:
    return failing(**dict.fromkeys(names, REFUSED))


class FailingTests(FailingJobs):
    """A repository whose logs name failing tests, as `failing` writes them, or say something else."""

    def _diagnosis(self, request: LogRequest) -> JobDiagnosis:
        known = super()._diagnosis(request)
        rows = [row.split("\t") for row in self.headlines[request.job_id].splitlines() if "\t" in row]
        if not rows or known.diagnosis is None:
            return known
        failures = tuple(
            Failure("pytest", FailureKind.TEST, name, "", message, (LineRange(7, 8),)) for name, message in rows
        )
        shown = a_diagnosis(": ".join(rows[0]))
        signatures = tuple(f"v2:{name} {message}" for name, message in rows)
        whole = dataclasses.replace(shown, failures=failures, signature=signatures[0], signatures=signatures)
        return dataclasses.replace(
            known, signature=whole.signature, headline=whole.headline, diagnosis=whole, kind=FailureKind.TEST
        )

    @property
    def tracked(self) -> list[tuple[Issue, State]]:
        read = ((issue, read_tracked(issue)) for issue in self.github.issues.values())
        return [(issue, tracked.state) for issue, tracked in read if tracked and tracked.state]

    def names(self, *, still_open: bool = True) -> list[str]:
        """The tests and jobs that have an issue."""
        return sorted(state.identity.part for issue, state in self.tracked if issue.open or not still_open)

    def failing_now(self) -> list[State]:
        """What open issues remember that say that it fails now."""
        states = (state for issue, state in self.tracked if issue.open)
        return [state for state in states if any(status.red for status in state.branch_statuses)]

    def failing_names(self) -> list[str]:
        """The tests and jobs that fail now."""
        return sorted(state.identity.part for state in self.failing_now())


def repository(*phases: Iterable[str], **settings: str) -> FailingTests:
    """A repository after one run of each phase; the logs of its jobs are given."""
    made = FailingTests(some_settings(group_by="test", **{"max_tests": str(MOST), **settings}), all_of_them)
    for day, logs in enumerate(phases):
        add(made, day, *logs)
    return made


def add(made: FailingTests, day: int, *logs: str) -> None:
    made.run(0, (*logs, *[""] * (len(JOBS) - len(logs))), day)
    made.sweep_until_all_is_read(day)


def state_of(made: FailingTests, name: str) -> State:
    (state,) = (state for _, state in made.tracked if state.identity.part == name)
    return state


def test_each_test_has_an_issue_with_the_jobs_in_which_it_fails() -> None:
    made = repository([failing(tea="cold"), failing(tea="cold", cup="broken"), "", ""])
    assert made.names() == ["cup", "tea"]
    tea = state_of(made, "tea")
    assert [leg.leg for leg in tea.legs] == ["CI / docs", "CI / lint"]
    assert (tea.identity.kind, tea.identity.id, tea.identity.test) == (IdentityKind.TEST, id_of("tea", ""), "tea")
    assert [cause.headline for cause in tea.causes] == ["tea: cold"]


def test_a_test_in_a_matrix_has_one_issue() -> None:
    made = repository(["", "", failing(tea="cold"), failing(tea="cold")])
    assert [leg.leg for leg in state_of(made, "tea").legs] == ["CI / test (a)", "CI / test (b)"]
    assert made.names() == ["tea"]


def test_a_job_that_names_no_test_has_its_own_issue() -> None:
    made = repository(["disk full", failing(tea="cold"), "", ""])
    assert made.names() == ["docs", "tea"]


def test_a_test_passes_if_its_job_passes() -> None:
    made = repository([failing(tea="cold"), failing(tea="cold")], ["", failing(tea="cold")], ["", ""], ["", ""])
    assert made.names() == []
    assert [issue.state_reason for issue, _ in made.tracked] == ["completed"]


def test_a_test_that_a_failed_job_does_not_name_proves_nothing() -> None:
    made = repository([failing(tea="cold")], [failing(cup="broken")], [failing(cup="broken")])
    assert made.names() == ["cup", "tea"]
    assert made.failing_names() == ["cup"]
    add(made, 3, "")
    add(made, 4, "")
    add(made, 5, "")
    assert made.names() == []


def test_another_test_is_no_news_in_the_issue_of_a_test() -> None:
    made = repository([failing(tea="cold")], [failing(cup="broken", tea="cold")], [failing(jar="lost", tea="cold")])
    assert len(state_of(made, "tea").causes) == 1
    assert made.comments() == []


def test_another_message_of_the_test_is_news() -> None:
    made = repository([failing(tea="cold")], [failing(tea="spilt")])
    assert [cause.headline for cause in state_of(made, "tea").causes] == ["tea: spilt", "tea: cold"]
    assert len(made.comments()) == 1


def test_many_tests_with_one_message_are_one_issue_of_their_job() -> None:
    made = repository([crowd("tea", "cup", "jar")])
    assert made.names() == ["docs"]
    assert len(state_of(made, "docs").tests) == 3


def test_a_test_beside_them_has_its_own_issue() -> None:
    made = repository([f"{crowd('tea', 'cup', 'jar')}\n{failing(pot='dry')}"])
    assert made.names() == ["docs", "pot"]


def test_the_issues_of_single_tests_close_as_duplicates_of_the_one_of_their_job() -> None:
    made = repository([failing(tea="cold", cup="broken")], [crowd("tea", "cup", "jar")])
    assert made.names() == ["docs"]
    closed = {state.identity.part: issue.state_reason for issue, state in made.tracked if not issue.open}
    assert closed == {"tea": "duplicate", "cup": "duplicate"}


def test_tests_stay_in_the_issue_of_their_job_until_it_closes() -> None:
    made = repository([crowd("tea", "cup", "jar")], [crowd("tea")])
    assert made.names() == ["docs"]
    assert made.failing_names() == ["docs"]
    assert made.comments() == []
    for day in (2, 3, 4):
        add(made, day, "")
    add(made, 5, crowd("tea"))
    assert made.names() == ["tea"]


def test_a_test_that_fails_otherwise_leaves_the_issue_of_its_job() -> None:
    made = repository([failing(tea="cold")], [crowd("tea", "cup", "jar")], [f"{failing(tea='cold')}\n{crowd('cup')}"])
    assert made.names() == ["docs", "tea"]
    assert made.failing_names() == ["docs", "tea"]
    assert made.names(still_open=False) == ["docs", "tea"]  # its own issue was opened again


def test_three_jobs_with_the_same_crowd_have_one_issue() -> None:
    logs = [crowd("tea", "cup", "jar")] * 3
    made = repository(logs)
    (only,) = (state for issue, state in made.tracked if issue.open)
    assert only.identity.kind is IdentityKind.CAUSE
    assert len(only.legs) == 3


def test_a_test_over_the_cap_gets_its_issue_later() -> None:
    made = repository([failing(tea="cold", cup="broken", jar="lost")], max_new_issues="1", max_tests="5")
    assert made.names() == ["cup", "tea"]
    made.sweep_until_all_is_read(0)
    assert made.names() == ["cup", "jar", "tea"]


def test_a_test_that_fails_and_passes_on_two_commits_is_flaky() -> None:
    made = FailingTests(SETTINGS, all_of_them)
    for _ in range(2):
        made.run(0, (failing(tea="cold"), "", "", ""), 0)
        made.run(0, ("", "", "", ""), 0)
    shas = iter("aabb")
    made.runs = {
        dataclasses.replace(run, commit=dataclasses.replace(run.commit, sha=next(shas) * 40)): jobs
        for run, jobs in made.runs.items()
    }
    made.github.jobs, made.github.runs = made.runs.__getitem__, list(made.runs)
    made.sweep_until_all_is_read(0)
    tea = state_of(made, "tea")
    assert tea.flaky is not None
    assert len(tea.flaky.commits) == 2


def test_issues_go_on_if_their_workflow_is_renamed() -> None:
    made = repository([failing(tea="cold")])
    renamed = Workflow(1, "Build", "ci.yml")
    for day, log in ((1, failing(tea="cold")), (2, ""), (3, ""), (4, "")):
        made.run(0, (log, "", "", ""), day)
        made.runs = {dataclasses.replace(run, workflow=renamed): jobs for run, jobs in made.runs.items()}
        made.github.jobs, made.github.runs = made.runs.__getitem__, list(made.runs)
        made.sweep_until_all_is_read(day)
        if log:
            assert made.failing_names() == ["tea"]
    assert made.names() == []
    (state,) = (state for _, state in made.tracked)
    assert [leg.leg for leg in state.legs] == ["CI / docs"]


@pytest.mark.parametrize("other", ["job", "cause", "workflow"])
def test_another_grouping_keeps_the_old_issues_until_their_jobs_pass(other: str) -> None:
    made = repository([failing(tea="cold", cup="broken")])
    made.settings = some_settings(group_by=other)
    add(made, 1, failing(tea="cold"))
    assert {"cup", "tea"} < {*made.names()}
    for day in (2, 3, 4):
        add(made, day, "")
    assert made.names() == []


def test_a_job_tracked_before_keeps_its_issue_until_it_passes() -> None:
    made = FailingTests(some_settings(), all_of_them)
    add(made, 0, failing(tea="cold"))
    assert made.names() == ["docs"]
    made.settings = SETTINGS
    add(made, 1, failing(tea="cold"))
    assert made.names() == ["docs", "tea"]
    for day in (2, 3, 4):
        add(made, day, "")
    assert made.names() == []


def test_the_issue_of_a_job_closes_although_its_failure_is_no_longer_listed() -> None:
    made = repository(["disk full"])
    assert made.names() == ["docs"]
    for day in (1, 2, 3):
        made.run(0, [""] * len(JOBS), day)
        made.github.runs = made.github.runs[-1:]
        made.sweep_until_all_is_read(day)
    assert made.names() == []


def test_the_issue_of_a_job_gives_way_to_the_tests_that_fail_in_it_now() -> None:
    made = repository(["disk full"], [failing(tea="cold")])
    assert made.failing_names() == ["tea"]


# --- any history ---------------------------------------------------------------------------------

LOGS = (
    "",
    "",
    failing(tea="cold"),
    failing(cup="broken", tea="cold"),
    failing(tea="spilt"),
    crowd("tea", "cup", "jar"),
    f"{crowd('cup', 'jar', 'can')}\n{failing(pot='dry')}",
    crowd("jar"),
    "disk full",
    "disk full",
)


def a_history(chance: random.Random) -> list[Phase]:
    return [
        Phase(
            tuple((chance.randint(0, 1), tuple(chance.choice(LOGS) for _ in JOBS)) for _ in range(chance.randint(1, 3)))
        )
        for _ in range(chance.randint(1, 4))
    ]


def played(seed: int, reads: Callable[[Sequence[int]], set[int]]) -> Iterator[FailingTests]:
    """The repository after each phase, when sweeps change nothing more: a test may get its issue a sweep later."""
    chance, made = random.Random(seed), FailingTests(SETTINGS, reads)  # noqa: S311 - a history, no secret
    for day, _ in enumerate(play(a_history(chance), made)):
        for hours in range(13, 17):
            made.github.reads = all_of_them
            made.sweep(START + timedelta(days=2 * day, hours=hours))
        made.github.reads = reads
        yield made


_NOT_YET = {0}
"""Histories in which it still depends on the reading. docs/tests.md says so."""


@pytest.mark.parametrize(
    "seed",
    [pytest.param(seed, marks=[pytest.mark.xfail(reason="not yet")] if seed in _NOT_YET else []) for seed in SEEDS],
)
def test_what_fails_does_not_depend_on_the_reading_of_logs(seed: int) -> None:
    for one, two in zip(played(seed, all_of_them), played(seed, some_of_them(seed, 2)), strict=True):
        first, second = ({state.identity.id for state in made.failing_now()} for made in (one, two))
        assert first == second


@pytest.mark.parametrize("seed", SEEDS)
def test_a_second_sweep_changes_nothing(seed: int) -> None:
    for day, made in enumerate(played(seed, all_of_them)):
        before = {number: issue.body for number, issue in made.github.issues.items()}
        made.sweep(START + timedelta(days=2 * day, hours=20))
        assert {number: issue.body for number, issue in made.github.issues.items()} == before


@pytest.mark.parametrize("seed", SEEDS)
def test_a_failing_test_is_in_its_own_issue_or_in_one_of_its_job(seed: int) -> None:
    for made in played(seed, all_of_them):
        states = [state for issue, state in made.tracked if issue.open]
        together = {
            (test, leg)
            for state in states
            if not state.identity.test and any(status.red for status in state.branch_statuses)
            for test in state.tests
            for leg in _legs(state)
        }
        for state in states:
            if state.identity.test:
                newest = {short(leg.signature) for leg in state.latest.legs}
                red = {red.leg for status in state.branch_statuses for red in status.red}
                assert not {(test, leg) for test in newest for leg in red} & together or len(red) > 1


def _legs(state: State) -> Sequence[str]:
    identity = state.identity
    if identity.cause:
        return [leg.leg for leg in state.legs]
    return [f"{identity.workflow} / {identity.job}{f' ({leg.leg})' if leg.leg else ''}" for leg in state.legs]
