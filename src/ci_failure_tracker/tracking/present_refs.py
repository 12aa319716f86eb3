"""What an issue remembers of branches, under the refs that go on now; pure.

An older version remembered each tag and each entry of a merge queue by itself, and the default branch may have another
name now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import (
    SCHEDULE,
    TAGS,
    BranchStatus,
    Outcome,
    Problem,
    RedLeg,
    Refs,
    Run,
    RunRef,
    Severity,
    State,
)
from ci_failure_tracker.text.markdown import plain

_RELEASE = "release"
_RECENT = 20
_MOST_SHOWN = 10


def with_present_refs(state: State, refs: Refs) -> State:
    """The state with one branch status for each ref that goes on."""
    by_key: dict[tuple[int, str, str], list[BranchStatus]] = defaultdict(list)
    for status in state.branch_statuses:
        present = replace(status, branch=_present_ref(status, state, refs))
        by_key[present.branch_key].append(present)
    statuses = tuple(_merged(same) for same in by_key.values())
    return state if statuses == state.branch_statuses else replace(state, branch_statuses=statuses)


def _present_ref(status: BranchStatus, state: State, of_all: Refs) -> str:
    refs = of_all.of(status.repository)
    if status.subject == SCHEDULE:
        return refs.default_branch or status.branch
    if not status.branch.startswith(TAGS):
        return refs.status_ref(status.branch)
    # `branch` may hold other globs now; the newest failure names the tag.
    of_run = (past for past in reversed(state.occurrences) if past.run_id == status.last_red.run_id)
    newest = next(of_run, None)
    return refs.status_ref(newest.branch, _RELEASE) if newest else status.branch


def _merged(same: Sequence[BranchStatus]) -> BranchStatus:
    """One status for several of refs that go on as one."""
    if len(same) == 1:
        return same[0]
    there = [status for status in same if not status.gone] or same
    newest = max(there, key=lambda status: _order(status.last_red))
    greens: dict[str, RunRef] = {}
    for run_ref in sorted((green for status in there for green in status.greens), key=_order):
        if _order(run_ref) > _order(newest.last_red):
            greens.setdefault(run_ref.sha, run_ref)
    red: dict[str, RedLeg] = {}
    for leg in sorted((leg for status in there for leg in status.red), key=lambda leg: leg.order):
        if not any(_passed_after(status, leg.at) for status in there):
            red[leg.leg] = leg
    return replace(
        newest,
        red=tuple(red[leg] for leg in sorted(red)),
        greens=tuple(greens.values()) if not red else (),
        recent=tuple(sorted({entry for status in there for entry in status.recent}))[-_RECENT:],
        skips=any(status.skips for status in there),
    )


def _passed_after(status: BranchStatus, at: datetime) -> bool:
    """Whether a status says that nothing fails on its ref any more, of runs after a time."""
    return not status.red and status.newest_known[0] > at


def _order(run_ref: RunRef) -> tuple[datetime, int]:
    return run_ref.at, run_ref.run_id


def new_tags_from(tracked_issues: Iterable[Tracked]) -> datetime | None:
    """The time up to which a version that did not watch tags had read the runs; `None` if there was none."""
    states = [tracked.state for tracked in tracked_issues if tracked.state]
    if watched := [state.watched for state in states if state.watched]:
        return max((each.new_tags_from for each in watched if each.new_tags_from), default=None)
    return max((state.checkpoint.until for state in states if state.checkpoint), default=None)


def is_on_old_tag(run: Run, since: datetime | None) -> bool:
    """Whether a run is on a tag and from before tags were watched."""
    return since is not None and run.status_ref.startswith(TAGS) and run.created_at <= since


def old_tags_problem(runs: Iterable[Run], since: datetime | None) -> Iterator[Problem]:
    """The tags on which a workflow failed last, before tags were watched."""
    newest: dict[tuple[int, str, str], Run] = {}
    for run in sorted((run for run in runs if run.status_ref.startswith(TAGS)), key=lambda run: run.order):
        newest[run.branch_key] = run
    old = [run for run in newest.values() if is_on_old_tag(run, since)]
    failed = [run for run in old if Outcome.of(run.conclusion) not in {None, Outcome.SUCCESS}]
    if failed:
        shown = ", ".join(f"{run.workflow.name} on {plain(run.branch, 60)}" for run in failed[:_MOST_SHOWN])
        more = f" and {len(failed) - _MOST_SHOWN} more" if len(failed) > _MOST_SHOWN else ""
        what = f"No issue is opened for tags that failed before tags were watched: {shown}{more}."
        yield Problem(Severity.NOTICE, what, "If the next tag also fails, an issue is opened.")
