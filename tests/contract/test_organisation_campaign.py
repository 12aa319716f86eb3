"""Every request of a sweep of four repositories, under every fault: what happens in one changes nothing in another."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import pytest

from ci_failure_tracker.github.side_by_side import side_by_side
from ci_failure_tracker.model.organisation import Look
from contract.faults_scenario import killed_at
from contract.organisation_scenario import (
    BUOY,
    DESK,
    LAMP,
    MAST,
    NAMES,
    NOW,
    TIDE,
    Issues,
    Stage,
    an_organisation,
    ended_threads,
)
from contract.test_fault_campaign import BURST, EVERY, FAULTS, SOURCE
from sandbox import Sandbox

SHARED = 60
"""Of so many requests every third fault strikes one in the usual tests; `make faults` tries all of all faults."""

OF_ALL = ("primary limit", "secondary limit", "secondary limit, 429")
"""What GitHub says to one request and means for all of the token."""


MODES = {"own issues": {}, "central issues": {"issues-repository": DESK}}
"""The usual tests try the first one; test_private_campaign.py sweeps with central issues in the usual tests, too."""


@pytest.fixture(scope="module", params=MODES if EVERY else ["own issues"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    site = an_organisation()
    with site.serve() as server:
        yield Stage(site, server, tmp_path_factory.mktemp("reports"), MODES[request.param])


def others(stage: Stage, *struck: str) -> bool:
    """Whether all repositories but these are as they would be without a fault."""
    issues = stage.issues()
    return all(issues[name] == stage.expected[name] for name in NAMES if name not in struck)


def test_the_sweep_of_the_campaign_does_everything(stage: Stage) -> None:
    stage.clean()
    report = stage.look()
    said = {entry.name: str(entry.report["summary"]) if entry.report else "" for entry in report.entries}
    assert said[BUOY].endswith("1 closed")
    assert said[LAMP].endswith("1 opened, 1 updated")
    assert said[MAST].endswith("1 reopened")
    assert {entry.name: entry.look for entry in report.entries}[TIDE] is Look.SCREENED
    assert not report.failed
    assert stage.requests >= 50


ONE_EACH = [(name, 1) for name in FAULTS]
IN_A_ROW = [("500", BURST), ("lost reply", BURST)]


@pytest.mark.parametrize(("fault", "times"), [*ONE_EACH, *IN_A_ROW] if EVERY else ONE_EACH[::3])
def test_one_clean_sweep_after_a_fault_gives_the_expected_issues(stage: Stage, fault: str, times: int) -> None:
    start = 4 * [*FAULTS].index(fault) + 3 * (times > 1)
    cases = range(0, stage.requests, BURST // 2 if times > 1 else 1) if EVERY else range(start, stage.requests, SHARED)
    for after in cases:
        stage.clean()
        stage.site.inject(replace(FAULTS[fault], after=after, times=times))
        report = stage.look_or_fail()
        stage.site.clear_faults()
        issues = stage.issues()
        unlike = [name for name in NAMES if issues[name] != stage.expected[name]]
        if report is None:
            assert issues == stage.before, f"{fault} at request {after + 1}"
        elif times == 1 and fault not in OF_ALL and not stage.is_central:
            assert len(unlike) <= 1, f"{fault} at request {after + 1}"
        if unlike:
            stage.look()
        assert stage.issues() == stage.expected, f"{fault} at request {after + 1}"
        assert stage.mixed() == []
    print(f"\n{fault}, {times} in a row, 4 repositories: {len(cases)} cases, 0 lost, 0 doubled, 0 mixed", end="")


@pytest.mark.parametrize("name", NAMES if EVERY else [MAST])
def test_a_repository_that_answers_nothing_right_changes_nothing_in_the_others(stage: Stage, name: str) -> None:
    cases = [*FAULTS] if EVERY else [[*FAULTS][NAMES.index(name)]]
    for fault in (fault for fault in cases if fault not in OF_ALL and fault != "missing log"):
        stage.clean()
        stage.site.inject(replace(FAULTS[fault], path=f"^/repos/{re.escape(name)}(/|$)", times=None))
        report = stage.look()
        assert others(stage, name), fault
        entries = {entry.name: entry for entry in report.entries}
        assert {entries[other].look for other in NAMES if other != name} <= {Look.SWEPT, Look.SCREENED}, fault
        assert name == TIDE or entries[name].look is Look.FAILED, fault
        stage.site.clear_faults()
        stage.look()
        assert stage.issues() == stage.expected, fault


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
def test_the_next_sweep_completes_one_killed_around_any_request(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, answered: bool
) -> None:
    cases = range(1, stage.requests + 1) if EVERY else [35 + 10 * answered]
    for last in cases:
        stage.clean()
        with killed_at(last, monkeypatch, answered=answered), ended_threads():
            stage.look()
        stage.look()
        assert stage.issues() == stage.expected, f"killed at request {last}"
        assert stage.mixed() == []
    when = "after" if answered else "before"
    print(f"\nkilled {when} a request, 4 repositories: {len(cases)} cases, 0 lost, 0 doubled", end="")


# --- a repository that changes -------------------------------------------------------------------


@dataclass(frozen=True)
class Happening:
    """What happens to a repository, and whether issues in it can be written after that."""

    change: Callable[[Sandbox], None]
    is_written: bool


def deleted(box: Sandbox) -> None:
    box.state.change_repository(full_name="nobody/gone", former_names=(), private=True)


HAPPENINGS = {
    "renamed": Happening(lambda box: box.rename_repository("octo-org/lantern"), is_written=True),
    "transferred": Happening(lambda box: box.rename_repository("elsewhere/lamp"), is_written=False),
    "deleted": Happening(deleted, is_written=False),
    "made private": Happening(lambda box: box.state.change_repository(private=True), is_written=True),
    "archived": Happening(lambda box: box.state.change_repository(archived=True), is_written=False),
}


def in_short(issues: Issues) -> dict[str, list[tuple[object, ...]]]:
    """Titles, states and numbers of comments, whatever name the repository had when they were written."""
    return {
        name: [(one.title.replace("lantern", "lamp"), one.state, len(one.comments)) for one in found]
        for name, found in issues.items()
    }


@pytest.mark.parametrize("between", ["the list and the sweep", "two sweeps"] if EVERY else ["the list and the sweep"])
@pytest.mark.parametrize("happening", HAPPENINGS if EVERY else ["renamed", "deleted"])
def test_what_happens_to_one_repository_changes_nothing_for_the_others(
    stage: Stage, happening: str, between: str
) -> None:
    happens = partial(HAPPENINGS[happening].change, stage.boxes[LAMP])
    stage.clean()
    if between == "two sweeps":
        happens()
        report = stage.look()
    else:
        report = stage.look(happens)
    assert others(stage, LAMP)
    is_written = HAPPENINGS[happening].is_written
    if is_written or not stage.is_central:
        outcome = stage.expected if is_written else stage.before
        assert in_short(stage.issues())[LAMP] == in_short(outcome)[LAMP]
    assert {entry.look for entry in report.entries if entry.name in {BUOY, MAST, TIDE}} == {Look.SWEPT, Look.SCREENED}
    after = stage.issues()
    again = stage.look()
    assert in_short(stage.issues()) == in_short(after)
    assert len(again.entries) == len(NAMES) - (happening in {"transferred", "deleted", "archived"})
    stage.boxes[LAMP].state.repository = stage.repositories[LAMP]  # and back again
    stage.look()
    assert in_short(stage.issues()) == in_short(stage.expected)
    assert stage.mixed() == []


# --- processes -----------------------------------------------------------------------------------


_AT_ITS_TIME = f"""
import datetime, sys
from ci_failure_tracker.entry import action
from ci_failure_tracker.github import client
from ci_failure_tracker.github.retry import RetryPolicy
action.now = lambda: datetime.datetime.fromisoformat({NOW.isoformat()!r})
client.RetryPolicy = lambda: RetryPolicy(between_writes=0.02)
sys.exit(action.main())
"""


def process(stage: Stage) -> subprocess.Popen[bytes]:
    """A process that sweeps all."""
    given = {
        **{f"INPUT_{name.upper().replace('-', '_')}": value for name, value in stage.inputs.items()},
        "INPUT_REPORT_DIR": ".",
        "GITHUB_WORKSPACE": str(stage.folder),
        "GITHUB_API_URL": stage.server.api_url,
        "GITHUB_GRAPHQL_URL": stage.server.graphql_url,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
    }
    return subprocess.Popen([sys.executable, "-c", _AT_ITS_TIME], env=given, stdout=subprocess.PIPE)


@pytest.mark.parametrize("writes", range(1, 7) if EVERY else [3])
def test_the_next_sweep_completes_one_whose_process_was_killed_between_two_writes(stage: Stage, writes: int) -> None:
    stage.clean()
    stage.site.delay = 0.01
    with process(stage) as running:
        while running.poll() is None and written(stage) < writes:
            time.sleep(0.002)
        running.kill()
    stage.site.delay = 0
    assert running.returncode == -signal.SIGKILL, "it ended before that"
    stage.look()
    assert stage.issues() == stage.expected
    assert stage.mixed() == []


def written(stage: Stage) -> int:
    return sum(request.method != "GET" and request.path != "/graphql" for request in stage.server.requests)


@pytest.mark.parametrize("delay", [0.0, 0.005, 0.02] if EVERY else [0.0])
def test_two_sweeps_at_the_same_time_leave_one_issue_for_each_failure(stage: Stage, delay: float) -> None:
    stage.clean()
    stage.site.delay = delay
    if EVERY:
        with process(stage) as first, process(stage) as second:
            logs = [running.communicate(timeout=60)[0].decode() for running in (first, second)]
        assert (first.returncode, second.returncode) == (0, 0), logs
    else:  # a process takes a second to start
        assert len(list(side_by_side([stage.look, stage.look]))) == 2
    stage.site.delay = 0
    for _ in range(2):
        stage.look()
    assert opened(stage.issues()) == opened(stage.expected)
    assert stage.mixed() == []


def opened(issues: Issues) -> dict[str, list[str]]:
    return {name: [one.title for one in found if one.state == "open"] for name, found in issues.items()}
