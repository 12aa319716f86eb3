"""Lists that lag or lack issues, and logs that drip: no failure keeps two issues, and no sweep hangs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations

import pytest

from contract.faults_scenario import PATIENT, look
from sandbox import Fault, Sandbox, Server
from sandbox.box import Kept

JOBS = ("build", "docs", "lint", "test")
SCENARIO = """
now: 2026-03-10T12:00:00Z
repository: {full_name: octo-org/example}
tokens: {sandbox-token: {login: "github-actions[bot]", rate_limit: 1000000}}
workflows: [{name: CI, jobs: [{name: build}, {name: docs}, {name: lint}, {name: test}]}]
runs: [{workflow: CI, at: 2026-03-08T10:00:00Z, commit: {title: "Add a cache"}}]
"""
SCALE = 100
"""How many times faster than on GitHub all is here."""

HASTY = replace(PATIENT, timeout=5, backoff=0.5 / SCALE, looking=30 / SCALE, whole_log=0.2)


@dataclass
class Stage:
    box: Sandbox
    server: Server
    kept: Kept

    def sweep(self) -> None:
        look(self.server, HASTY, at=self.box.now)

    def begin(self) -> None:
        self.box.clear_faults()
        self.box.come_back_to(self.kept)

    def numbers(self) -> dict[str, list[int]]:
        """The open issues of each title."""
        titles = [issue.title for issue in self.box.issues if issue.state == "open"]
        return {
            title: [issue.number for issue in self.box.issues if (issue.title, issue.state) == (title, "open")]
            for title in titles
        }

    def most_opened(self) -> int:
        """How often the same issue was opened, whether it is still open or not."""
        return max(Counter(issue.title for issue in self.box.issues).values())


def fail(box: Sandbox) -> None:
    box.now += timedelta(hours=1)
    logs = {job: f"error: {job} fails of {job}\n" for job in JOBS}
    box.add_run(
        workflow="CI", at=box.now, jobs=[{"name": job, "conclusion": "failure", "log": logs[job]} for job in JOBS]
    )
    box.now += timedelta(minutes=30)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Four jobs fail, and no issue is open."""
    box = Sandbox.from_yaml(SCENARIO)
    fail(box)
    with box.serve() as server:
        yield Stage(box, server, box.keep())


@pytest.fixture(scope="module")
def tracked() -> Iterator[Stage]:
    """Four jobs fail, and each has an issue, which names the others."""
    box = Sandbox.from_yaml(SCENARIO)
    fail(box)
    with box.serve() as server:
        look(server, HASTY, at=box.now)
        fail(box)
        look(server, HASTY, at=box.now)
        fail(box)
        yield Stage(box, server, box.keep())


@pytest.mark.parametrize("lag", [1, 3, 8, 60])
def test_a_lost_answer_and_a_list_that_lags_leave_one_issue(stage: Stage, lag: int) -> None:
    for lost in range(len(JOBS)):
        stage.begin()
        stage.box.inject(Fault("lost-reply", method="POST", path="/issues$", after=lost))
        stage.box.inject(Fault("lag", seconds=lag / SCALE, times=None))
        stage.sweep()
        if lag < HASTY.looking * SCALE:  # else the list still lags in the next sweep
            assert stage.most_opened() == 1
            stage.sweep()
            assert stage.most_opened() == 1
        stage.box.clear_faults()
        for _ in range(2):
            stage.sweep()
        assert [len(numbers) for numbers in stage.numbers().values()] == [1] * len(JOBS)
    print(f"\na lost answer, and a list that lags by {lag} s: {len(JOBS)} cases, 0 doubled", end="")


def test_a_second_sweep_that_does_not_see_a_lost_issue_closes_its_own(stage: Stage) -> None:
    stage.begin()
    stage.box.inject(Fault("lost-reply", method="POST", path="/issues$"))
    stage.box.inject(Fault("lag", seconds=60, times=None))
    stage.sweep()
    stage.sweep()
    stage.box.clear_faults()
    first = {title: min(numbers) for title, numbers in stage.numbers().items()}
    for _ in range(2):
        stage.sweep()
    assert stage.numbers() == {title: [number] for title, number in first.items()}


@pytest.mark.parametrize("how_many", [1, 2])
def test_a_list_that_lacks_issues_opens_none_twice(tracked: Stage, how_many: int) -> None:
    subsets = [*combinations(range(1, len(JOBS) + 1), how_many)]
    for missing in subsets:
        tracked.begin()
        before = tracked.numbers()
        tracked.box.inject(Fault("incomplete", missing=missing, times=None))
        tracked.sweep()
        assert (tracked.numbers(), tracked.most_opened()) == (before, 1), missing
        tracked.box.clear_faults()
        tracked.sweep()
        assert (tracked.numbers(), tracked.most_opened()) == (before, 1), missing
    print(f"\na list without {how_many} of the issues: {len(subsets)} cases, 0 doubled", end="")


def test_issues_that_no_other_names_yet_are_in_the_list_of_the_account(stage: Stage) -> None:
    cases = 0
    for how_many in (1, 2):
        for missing in combinations(range(1, len(JOBS) + 1), how_many):
            stage.begin()
            stage.sweep()
            stage.box.inject(Fault("incomplete", path=r"\?.*labels=", missing=missing, times=None))
            stage.sweep()
            assert stage.most_opened() == 1
            cases += 1
    print(f"\nthe list of the label alone lacks new issues: {cases} cases, 0 doubled", end="")


@pytest.mark.parametrize("dripping", [1, 4])
def test_logs_that_drip_end_at_the_deadline_and_are_read_by_the_next_sweep(stage: Stage, dripping: int) -> None:
    stage.begin()
    stage.box.inject(Fault("drip", path="^/_logs/", seconds=0.05, times=dripping))
    start = time.monotonic()
    stage.sweep()
    assert time.monotonic() - start < HASTY.whole_log + 5
    assert len(stage.numbers()) == len(JOBS)
    stage.box.clear_faults()
    stage.sweep()
    assert all(f"fails of {issue.title.rpartition(' ')[2]}" in (issue.body or "") for issue in stage.box.issues)
    assert stage.most_opened() == 1
    print(f"\n{dripping} of {len(JOBS)} logs that drip: cut off after {HASTY.whole_log:g} s, read later", end="")
