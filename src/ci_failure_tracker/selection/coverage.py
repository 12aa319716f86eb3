"""Whether the newest completed run of every watched workflow was looked at, and what to read for it; pure.

The list of runs is enough if it goes back to the checkpoint, because an earlier sweep looked at what is older. If it
ends before, three kinds of lists say what lies under it. The lists of the runs with a bad conclusion show failures that
are buried under other runs. The newest runs of a workflow in short show that it passes. A page of the newest runs of a
workflow says the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ci_failure_tracker.errors import SIGN_IN
from ci_failure_tracker.model import (
    Checkpoint,
    Needs,
    NewestRuns,
    NotLookedAt,
    Problem,
    Query,
    Run,
    RunList,
    Severity,
    ShortRun,
    Snapshot,
    State,
    Workflow,
    is_glob,
    is_on,
)
from ci_failure_tracker.model.words import some_of
from ci_failure_tracker.selection.checkpoint import RECENT
from ci_failure_tracker.selection.node_ids import node_id_like

BAD_CONCLUSIONS = ("failure", "timed_out", "cancelled", "action_required")
"""Conclusions by which GitHub filters a list of runs. It has no filter for `startup_failure`."""

MOST_NAMED = 100
"""Runs of open issues about which one GraphQL request asks whether somebody ran them again."""

MOST_SINGLE = 10
"""Runs that are read one by one: those that were run again, and if GraphQL does not tell, the newest ones."""

NEWEST = 10
"""Runs of one workflow that are read if the list does not reach them."""

# The most that GitHub lists on one page.
_A_PAGE = 100
_ACTIVE = "active"
_SUCCESS = "success"
_NOT_READ = "its newest run could not be read"

_Line = tuple[int, str, str, str]
"""The id of a workflow, the branch, the subject and the event: what a run says something about."""


def far_enough(query: Query, checkpoint: Checkpoint | None, now: datetime) -> Query:
    """The query that goes back to the checkpoint; without one it goes back some days."""
    back_to = checkpoint.back_to if checkpoint else None
    return replace(query, back_to=back_to or now - RECENT)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a query is to cover, and up to which checkpoint an earlier sweep covered it."""

    query: Query
    checkpoint: Checkpoint | None

    def needs(self, snapshot: Snapshot, states: Iterable[State]) -> Needs:
        """What is needed next to know how every watched workflow stands."""
        # All runs of `since` are listed, so nothing is hidden.
        if self._lists_all(snapshot):
            return Needs()
        named = tuple(_named_by_issues(snapshot.runs, states))
        changes = Needs(run_changes=tuple(_with_node_ids(named, snapshot.runs))).without(snapshot.asked)
        single = changes or Needs(runs=self._run_again(named, snapshot)).without(snapshot.asked)
        if self._reaches_checkpoint(snapshot):
            return single
        unseen = {workflow.id: workflow for workflow, _ in self._unseen(snapshot)}
        first = replace(single, run_lists=tuple(self._bad_lists()), newest_runs=tuple(unseen.values()))
        if needs := first.without(snapshot.asked):
            return needs
        lists = dict.fromkeys((*self._lists_of_buried(snapshot), *self._lists_of_unseen(snapshot)))
        return Needs(run_lists=tuple(lists)).without(snapshot.asked)

    def covered(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with all runs that were read, and with the names of what was not looked at."""
        if self._lists_all(snapshot):
            return snapshot
        runs = self._all_runs(snapshot)
        if self.checkpoint and self._reaches_checkpoint(snapshot):
            return replace(snapshot, runs=runs, window=replace(snapshot.window, start=self.checkpoint.start))
        after = self._buried(replace(snapshot, runs=runs))
        buried = [run for run, asked in after if asked in snapshot.run_lists]
        missing = tuple(self._not_looked_at(snapshot))
        problems = (*snapshot.problems, *problem_of(missing, without_token=snapshot.without_token))
        return replace(snapshot, runs=_in_order((*runs, *buried)), not_looked_at=missing, problems=problems)

    # --- how far the list of runs goes -----------------------------------------------------------

    def _lists_all(self, snapshot: Snapshot) -> bool:
        return snapshot.window.listed_from == self.query.created_from

    def _reaches_checkpoint(self, snapshot: Snapshot) -> bool:
        """Whether an earlier sweep looked at all that is older than the list."""
        back_to = self.checkpoint.back_to if self.checkpoint else None
        oldest = snapshot.window.listed_from
        return back_to is not None and (oldest is None or oldest < back_to)

    def _all_runs(self, snapshot: Snapshot) -> tuple[Run, ...]:
        """The listed runs, and those that were read apart from the list."""
        pages = [run for asked, page in snapshot.run_lists.items() if asked.workflow_id is not None for run in page]
        run_again = (run for run in snapshot.single_runs if self._changed_since(run.updated_at))
        more = self._fitting((*pages, *run_again))
        return _in_order((*snapshot.runs, *more)) if more else snapshot.runs

    def _run_again(self, named: Sequence[int], snapshot: Snapshot) -> tuple[int, ...]:
        """The runs to read one by one: those that changed, and if GraphQL tells nothing, the newest ones."""
        changes = snapshot.run_changes
        changed = [run_id for run_id in named if run_id in changes and self._changed_since(changes[run_id])]
        # Without an answer of GraphQL, any of the named runs may have changed.
        return tuple(changed if changes else named)[:MOST_SINGLE]

    def _changed_since(self, moment: datetime) -> bool:
        return self.checkpoint is None or moment > self.checkpoint.until

    def _fitting(self, runs: Iterable[Run]) -> list[Run]:
        return [run for run in runs if self.query.matches(run) and not run.from_fork]

    # --- workflows that the list does not reach --------------------------------------------------

    def _unseen(self, snapshot: Snapshot) -> Iterator[tuple[Workflow, str]]:
        """Each active workflow with a watched branch of which the list has no completed run."""
        seen: dict[int, set[str]] = {}
        for run in snapshot.runs:
            if run.finished:
                seen.setdefault(run.workflow.id, set()).add(run.branch)
        for workflow in self._watched(snapshot).values():
            for branch in self.query.branches:
                if not any(is_on(other, branch) for other in seen.get(workflow.id, ())):
                    yield workflow, branch

    def _watched(self, snapshot: Snapshot) -> Mapping[int, Workflow]:
        chosen = self.query.workflows
        return {
            workflow.id: workflow
            for workflow in snapshot.workflows
            # GitHub runs nothing of a disabled workflow, so it has no newest run to look at.
            if workflow.state == _ACTIVE and (chosen is None or workflow.id in chosen)
        }

    def _lists_of_unseen(self, snapshot: Snapshot) -> Iterator[RunList]:
        """The newest runs of each of them that is not known to pass, or to have no runs."""
        asked_anyway = set(self._lists_of_buried(snapshot))
        for workflow, branch in self._unseen(snapshot):
            newest = snapshot.newest_runs.get(workflow.id)
            runs = self._completed_on(branch, newest) if newest else []
            known = [self._newest_of(workflow.id, branch, run.event) for run in runs[:1]]
            # What the newest run says in short is enough if it passed: a passing run needs no page.
            passes = bool(runs) and runs[0].conclusion == _SUCCESS
            if not (passes or set(known) & asked_anyway or (newest and _has_none(newest, branch))):
                yield self._newest_of(workflow.id, branch)

    def _completed_on(self, branch: str, newest: NewestRuns) -> Sequence[ShortRun]:
        events = self.query.events
        fitting = (run for run in newest.runs if is_on(run.branch, branch) and (not events or run.event in events))
        return [run for run in fitting if run.conclusion is not None]

    def _newest_of(self, workflow_id: int, branch: str, event: str = "") -> RunList:
        # GitHub does not filter by a glob, so a page of all branches is read.
        if is_glob(branch):
            branch, most = "", _A_PAGE
        else:
            most = NEWEST
        event = event or self.query.event or ""
        return RunList(most, workflow_id, branch, event, "completed", self.query.created_from)

    # --- failures under other runs ---------------------------------------------------------------

    def _bad_lists(self) -> Iterator[RunList]:
        plain = [branch for branch in self.query.branches if not is_glob(branch)]
        # One glob needs a list of all branches, which holds the other branches as well.
        for branch in plain if len(plain) == len(self.query.branches) else [""]:
            for conclusion in BAD_CONCLUSIONS:
                yield RunList(_A_PAGE, None, branch, self.query.event or "", conclusion, self.query.created_from)

    def _buried(self, snapshot: Snapshot) -> Iterator[tuple[Run, RunList]]:
        """The newest bad run of each line that no later passing run follows, and the list that tells what does."""
        watched = self._watched(snapshot)
        listed = {run.id for run in snapshot.runs}
        passed = _newest_by_line(run for run in snapshot.runs if run.finished and run.conclusion == _SUCCESS)
        bad = (run for asked in self._bad_lists() for run in snapshot.run_lists.get(asked, ()))
        for line, run in _newest_by_line(self._fitting(bad)).items():
            later = passed.get(line)
            if run.id not in listed and run.workflow.id in watched and (later is None or later.order < run.order):
                yield run, self._newest_of(run.workflow.id, run.branch, run.event)

    def _lists_of_buried(self, snapshot: Snapshot) -> Iterator[RunList]:
        return (run_list for _, run_list in self._buried(snapshot))

    # --- what was not looked at ------------------------------------------------------------------

    def _not_looked_at(self, snapshot: Snapshot) -> Iterator[NotLookedAt]:
        for asked in self._bad_lists():
            if asked not in snapshot.run_lists:
                yield NotLookedAt("", f"the list of the runs that ended as `{asked.status}` could not be read")
        names = {workflow.id: workflow.name for workflow in snapshot.workflows}
        wanted = (*self._lists_of_buried(snapshot), *self._lists_of_unseen(snapshot))
        unread = (asked.workflow_id for asked in wanted if asked not in snapshot.run_lists)
        for workflow_id in dict.fromkeys(unread):
            yield NotLookedAt(names.get(workflow_id or 0, ""), _NOT_READ)


def _has_none(newest: NewestRuns, branch: str) -> bool:
    """Whether a workflow never ran on a branch.

    GraphQL does not say the branch of a run if the branch is gone, or if the token may not see it.
    """
    return newest.complete and all(run.branch and not is_on(run.branch, branch) for run in newest.runs)


def _newest_by_line(runs: Iterable[Run]) -> Mapping[_Line, Run]:
    newest: dict[_Line, Run] = {}
    for run in runs:
        line = (*run.branch_key, run.event)
        if line not in newest or newest[line].order < run.order:
            newest[line] = run
    return newest


def _in_order(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs without duplicates, the newest first; what was read last counts."""
    by_id = {run.id: run for run in runs}
    return tuple(sorted(by_id.values(), key=lambda run: run.order, reverse=True))


def _with_node_ids(named: Iterable[int], runs: Sequence[Run]) -> Iterator[tuple[int, str]]:
    for run_id in named:
        node_id = next((node_id_like(run, run_id) for run in runs), None)
        if node_id is not None:
            yield run_id, node_id


def _named_by_issues(runs: Sequence[Run], states: Iterable[State]) -> Iterator[int]:
    """The newest failed runs that open issues name, below the list: a re-run keeps its place and changes its end.

    If a newer run on the branch is listed, that one tells how it stands.
    """
    listed = {run.id for run in runs}
    newest = {run.branch_key for run in runs if run.finished}
    named = {
        status.last_red.run_id: status.last_red
        for state in states
        for status in state.branch_statuses
        if status.last_red.run_id not in listed and status.branch_key not in newest and not status.gone
    }
    latest = sorted(named.values(), key=lambda run_ref: (run_ref.at, run_ref.run_id), reverse=True)
    return (run_ref.run_id for run_ref in latest[:MOST_NAMED])


def problem_of(missing: Sequence[NotLookedAt], *, without_token: bool = False) -> Iterator[Problem]:
    """One problem that names what was not looked at."""
    if missing:
        names = some_of([item.workflow or item.why for item in missing])
        what = f"Not looked at: {names}. It is not known whether it fails."
        advice = "The next sweep tries again. If the requests are used up, raise `max-requests`."
        if without_token:
            advice = f"{SIGN_IN}: with a token more is looked at."
        yield Problem(Severity.WARNING, what, advice)
