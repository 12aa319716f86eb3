"""What is read below the list of runs, what is named as not looked at, and what is retired."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from builders import START, a_run, a_scan
from ci_failure_tracker.model import (
    Checkpoint,
    Needs,
    NewestRuns,
    Query,
    Run,
    RunList,
    ShortRun,
    Snapshot,
    Window,
    Workflow,
)
from ci_failure_tracker.selection.coverage import BAD_CONCLUSIONS, Coverage, far_enough
from ci_failure_tracker.selection.node_ids import node_id_like

CI = Workflow(1, "CI", ".github/workflows/ci.yml", node_id="W_1")
AUDIT = Workflow(2, "Audit", ".github/workflows/audit.yml", node_id="W_2")
QUERY = Query(branches=("main",), most=100, most_listed=1_000)
PASSES = NewestRuns((ShortRun("main", "push", "success"),), complete=True)


def a_cut_list(*runs: Run, workflows: Iterable[Workflow] = (CI, AUDIT)) -> Snapshot:
    """What a sweep knows after a list of runs that ended before it was complete."""
    oldest = min(run.created_at for run in runs)
    window = Window(forks=0, unread=0, partial=False, start=oldest, listed_from=oldest)
    return replace(a_scan(list(runs)), workflows=tuple(workflows), window=window)


def answered(snapshot: Snapshot, needs: Needs, *runs: Run, newest: dict[int, NewestRuns] | None = None) -> Snapshot:
    """The snapshot after GitHub answered; these runs are in each list that they fit."""
    pages = {asked: tuple(run for run in runs if _fits(run, asked)) for asked in needs.run_lists}
    return replace(
        snapshot,
        run_lists={**snapshot.run_lists, **pages},
        newest_runs=newest or snapshot.newest_runs,
        asked=snapshot.asked | set(needs.each_key()),
    )


def _fits(run: Run, asked: RunList) -> bool:
    return (
        asked.workflow_id in {None, run.workflow.id}
        and asked.event in {"", run.event}
        and asked.status in {"completed", run.conclusion}
    )


def a_checkpoint(number: int) -> Checkpoint:
    at = START + timedelta(hours=number)
    return Checkpoint(at, 1, None, (), "", back_to=at)


def test_nothing_more_is_read_if_the_list_holds_every_run() -> None:
    snapshot = replace(a_scan([a_run(1)]), workflows=(CI, AUDIT))
    assert not Coverage(QUERY, None).needs(snapshot, ())


def test_nothing_more_is_read_if_the_list_goes_back_to_the_checkpoint() -> None:
    snapshot = a_cut_list(a_run(3, "success", workflow=CI))
    coverage = Coverage(QUERY, a_checkpoint(4))
    assert not coverage.needs(snapshot, ())
    assert coverage.covered(snapshot).window.start is None


def test_the_first_sweep_lists_eight_days() -> None:
    assert far_enough(QUERY, None, START).back_to == START - timedelta(days=8)
    checkpoint = a_checkpoint(4)
    assert far_enough(QUERY, checkpoint, START).back_to == checkpoint.back_to


def test_below_a_list_that_ends_early_failures_and_unseen_workflows_are_asked_for() -> None:
    snapshot = a_cut_list(a_run(3, "success", workflow=CI))
    needs = Coverage(QUERY, a_checkpoint(2)).needs(snapshot, ())
    assert [asked.status for asked in needs.run_lists] == list(BAD_CONCLUSIONS)
    assert needs.newest_runs == (AUDIT,)


def test_a_workflow_that_passes_in_short_needs_no_list_of_its_own() -> None:
    coverage, snapshot = Coverage(QUERY, None), a_cut_list(a_run(3, "success", workflow=CI))
    snapshot = answered(snapshot, coverage.needs(snapshot, ()), newest={AUDIT.id: PASSES})
    assert not coverage.needs(snapshot, ())
    assert not coverage.covered(snapshot).not_looked_at


@pytest.mark.parametrize(
    ("branches", "listed"), [(("main", "next"), ["main"] * 4 + ["next"] * 4), (("main", "v*"), [""] * 4)]
)
def test_failed_runs_take_four_lists_for_each_branch_and_four_in_all_with_a_pattern(
    branches: tuple[str, ...], listed: list[str]
) -> None:
    needs = Coverage(replace(QUERY, branches=branches), a_checkpoint(2)).needs(a_cut_list(a_run(3, "success")), ())
    assert [asked.branch for asked in needs.run_lists] == listed


@pytest.mark.parametrize(
    "newest",
    [
        NewestRuns((ShortRun("main", "push", "failure"),), complete=True),
        NewestRuns((ShortRun("other", "push", "success"),), complete=False),
        NewestRuns((ShortRun("", "push", "success"),), complete=True),
        NewestRuns((ShortRun("main", "push", "skipped"),), complete=True),
    ],
    ids=["fails", "other branch", "branch not shown", "skipped"],
)
def test_a_workflow_that_is_not_known_to_pass_gets_a_list(newest: NewestRuns) -> None:
    coverage, snapshot = Coverage(QUERY, None), a_cut_list(a_run(3, "success", workflow=CI))
    snapshot = answered(snapshot, coverage.needs(snapshot, ()), newest={AUDIT.id: newest})
    assert [asked.workflow_id for asked in coverage.needs(snapshot, ()).run_lists] == [AUDIT.id]


def test_a_buried_failure_is_found_with_what_followed_it() -> None:
    coverage, snapshot = Coverage(QUERY, None), a_cut_list(a_run(9, "success", workflow=CI))
    failure = a_run(1, workflow=AUDIT)
    snapshot = answered(snapshot, coverage.needs(snapshot, ()), failure)
    snapshot = answered(snapshot, coverage.needs(snapshot, ()), failure)
    assert failure in coverage.covered(snapshot).runs


def test_a_buried_failure_is_no_failure_if_a_later_run_of_its_event_passed() -> None:
    coverage, snapshot = Coverage(QUERY, None), a_cut_list(a_run(9, "success", workflow=CI), workflows=[CI])
    failure = a_run(1, workflow=CI, event="schedule")
    fix = a_run(2, "success", workflow=CI, event="schedule")
    snapshot = answered(snapshot, coverage.needs(snapshot, ()), failure, fix)
    needs = coverage.needs(snapshot, ())
    assert [(asked.workflow_id, asked.event) for asked in needs.run_lists] == [(CI.id, "schedule")]
    runs = coverage.covered(answered(snapshot, needs, failure, fix)).runs
    assert fix in runs
    assert runs.index(fix) < runs.index(failure)


def test_a_failure_before_a_listed_pass_of_its_event_costs_nothing() -> None:
    coverage, snapshot = Coverage(QUERY, None), a_cut_list(a_run(9, "success", workflow=CI), workflows=[CI])
    snapshot = answered(snapshot, coverage.needs(snapshot, ()), a_run(1, workflow=CI))
    assert not coverage.needs(snapshot, ())


def test_what_could_not_be_read_is_named() -> None:
    coverage, snapshot = Coverage(QUERY, None), a_cut_list(a_run(3, "success", workflow=CI))
    for _ in range(2):
        needs = coverage.needs(snapshot, ())
        lists = () if needs.newest_runs == () else needs.run_lists
        snapshot = answered(snapshot, replace(needs, run_lists=lists))
        snapshot = replace(snapshot, asked=snapshot.asked | set(needs.each_key()))
    covered = coverage.covered(snapshot)
    assert [missing.workflow for missing in covered.not_looked_at] == ["Audit"]
    assert "Audit" in str(covered.problems[-1])


def test_the_id_of_a_run_is_made_like_that_of_another_one() -> None:
    def node_id(number: int) -> str:
        packed = b"\x93\x02\xce\x00\x01\x02\x03\xcf" + number.to_bytes(8, "big")
        return f"WFR_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"

    assert node_id_like(a_run(1, id=17_000_000_001, node_id=node_id(17_000_000_001)), 16) == node_id(16)


@pytest.mark.parametrize("unknown", ["", "WFR_", "WFR_!", "MDExOldvcmtmbG93UnVuMQ==", "WFR_kwLOAAECA84AAAAB"])
def test_no_id_is_made_if_the_form_is_not_known(unknown: str) -> None:
    assert node_id_like(a_run(1, node_id=unknown), 16) is None
