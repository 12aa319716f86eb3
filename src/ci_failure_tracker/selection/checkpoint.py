"""The checkpoint: which runs the open issues hold already, so that they are not read again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime, timedelta

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.issues.state_codec import MOST_NAMED, state_as_json
from ci_failure_tracker.model import (
    Checkpoint,
    Decision,
    DecisionKind,
    KnownFailure,
    Needs,
    NeverRanReason,
    Outcome,
    Query,
    Run,
    Skip,
    SkipReason,
    Snapshot,
    State,
)
from ci_failure_tracker.selection.refs import watched_now
from ci_failure_tracker.selection.runs_to_verify import runs_by_branch
from ci_failure_tracker.settings import Settings, fingerprint_parts
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.never_ran import is_in_queue
from ci_failure_tracker.tracking.observations import needs_jobs
from ci_failure_tracker.tracking.track import RepositoryHistory, TrackedIssues

MOST_WITHOUT = 50
"""Runs that a checkpoint names as not held by any issue; if there are more, there is no checkpoint."""

RECENT = timedelta(days=8)
"""How old runs are listed if there is no checkpoint: a sweep that runs once a week misses none."""

_LONGEST_RUN = timedelta(days=35)
"""GitHub ends a run that takes longer, so what is older and goes on is not waited for."""

_NOT_HELD = frozenset(
    {
        SkipReason.UNREADABLE,
        SkipReason.SAME_ID,
        SkipReason.CAUSE_UNKNOWN,
        SkipReason.TEXT_GONE,
        SkipReason.EDITOR_UNKNOWN,
    }
)
"""Reasons for which no issue holds what the runs say."""

_WAITS = frozenset(
    {
        SkipReason.OVER_CAP,
        SkipReason.TOO_FEW,
        SkipReason.ISSUES_UNKNOWN,
        SkipReason.UNCLEAR,
        SkipReason.ONE_MORE_TRY,
    }
)
"""Reasons for which a failure gets its issue later, which then tells of all its runs."""


# --- what need not be read again -----------------------------------------------------------------


def needs_of_checkpoint(snapshot: Snapshot, query: Query, now: datetime) -> Needs:
    """If no issue is open, an issue that was closed not long ago may hold the newest checkpoint.

    It is of no use if the list holds every run.
    """
    if snapshot.issues or snapshot.window.listed_from == query.created_from:
        return Needs()
    return Needs(recently_closed=now - RECENT).without(snapshot.asked)


def runs_before_checkpoint(
    runs: Sequence[Run], checkpoint: Checkpoint | None, tracked_issues: TrackedIssues, again: Set[int] = frozenset()
) -> frozenset[int]:
    """The ids of the runs that need not be read again, because the open issues hold what they say.

    The runs in `again` are read whatever the issues hold.
    """
    if checkpoint is None:
        return frozenset()
    waiting = _known_to_wait(tracked_issues.open_states)
    # For an older version each tag, and each entry of a merge queue, was a branch by itself.
    older = not any(tracked.state and tracked.state.watched for tracked in tracked_issues.written)
    within = (run for run in runs if _is_within(run, checkpoint) or _waits_as_known(run, waiting))
    # An issue of an older version holds nothing of tags, so runs with a ref of their own are read.
    held = {run.id for run in within if not (older and run.status_ref)} - again
    return frozenset(held - set(_to_read_again(runs, held, checkpoint)))


def valid_checkpoint(tracked_issues: Sequence[Tracked], settings: Settings) -> Checkpoint | None:
    """The latest checkpoint that fits the settings and the open issues as they are now; a closed issue may hold it."""
    states = [tracked.state for tracked in tracked_issues if tracked.issue.open]
    readable = [state for state in states if state is not None]
    if len(readable) < len(states):
        return None
    fingerprint = _fingerprint(readable, settings)
    held = (tracked.state.checkpoint for tracked in tracked_issues if tracked.state is not None)
    checkpoints = (checkpoint for checkpoint in held if checkpoint is not None)
    valid = (checkpoint for checkpoint in checkpoints if checkpoint.fingerprint == fingerprint)
    return max(valid, key=lambda checkpoint: (checkpoint.until, checkpoint.run_id), default=None)


def _is_within(run: Run, checkpoint: Checkpoint) -> bool:
    if not run.finished or (checkpoint.start is not None and run.created_at < checkpoint.start):
        return False
    # Several runs may end in the same second; the checkpoint names only one of them.
    return run.updated_at < checkpoint.until or (run.updated_at == checkpoint.until and run.id == checkpoint.run_id)


def _known_to_wait(states: Iterable[State]) -> Set[tuple[int, int]]:
    """The runs, each with its attempt, of which an open issue says that they wait in the queue."""
    return {
        occurrence.key
        for state in states
        for occurrence in state.occurrences
        if occurrence.never_ran is not None and occurrence.never_ran.reason is NeverRanReason.QUEUED
    }


def _waits_as_known(run: Run, waiting: Set[tuple[int, int]]) -> bool:
    """Whether a run still waits, as an issue says. It says nothing new until a runner comes."""
    return is_in_queue(run) and (run.id, run.attempt) in waiting


def _to_read_again(runs: Sequence[Run], held: Set[int], checkpoint: Checkpoint) -> Iterator[int]:
    """The runs of each branch from the first one that no issue holds: only together they say how the branch went on.

    The newest failed run before that is read as well, because a job that fails now may have passed in it last.
    """
    for branch in runs_by_branch(runs).values():
        not_held = (place for place, run in enumerate(branch) if run.id not in held or run.id in checkpoint.without)
        if (first := next(not_held, len(branch))) < len(branch):
            yield from (run.id for run in branch[first:])
            yield from [run.id for run in branch[:first] if needs_jobs(run, runs)][-1:]


# --- what is written down ------------------------------------------------------------------------


def with_checkpoint(findings: Findings, settings: Settings) -> Findings:
    """The findings with the checkpoint of this sweep in the states that will be written.

    There is none if the issues will not hold all that the runs say.
    """
    findings = _with_watched(findings)
    snapshot, history, decisions = findings.snapshot, findings.history, findings.decisions
    if snapshot.window.partial or snapshot.not_looked_at or any(_is_not_held(decision) for decision in decisions.all):
        return findings
    states = _states_after(decisions.made, history.tracked_issues.written)
    # An issue that cannot be read may hold anything, so nothing can be left out.
    checkpoint = _checkpoint(states, findings, settings) if states is not None else None
    if checkpoint is not None:
        unread = _unread(history.tracked_issues.written, snapshot)
        named = sorted(unread | _open_after(decisions.made, history.tracked_issues.written))
        # The newest issues are the ones that a lagging list lacks.
        checkpoint = dataclasses.replace(checkpoint, open_issues=tuple(named[-MOST_NAMED:]))
    each = tuple(_with(checkpoint, decision) for decision in decisions.all)
    return dataclasses.replace(findings, decisions=dataclasses.replace(decisions, all=each))


def _with_watched(findings: Findings) -> Findings:
    """The findings with what this sweep watched in every state that will be written."""
    watched = watched_now(findings.snapshot, findings.history.tracked_issues)
    each = tuple(
        decision
        if isinstance(decision, Skip)
        else dataclasses.replace(decision, after=dataclasses.replace(decision.after, watched=watched))
        for decision in findings.decisions.all
    )
    return dataclasses.replace(findings, decisions=dataclasses.replace(findings.decisions, all=each))


def _is_not_held(decision: Decision | Skip) -> bool:
    return isinstance(decision, Skip) and decision.skip_reason in _NOT_HELD


def _with(checkpoint: Checkpoint | None, decision: Decision | Skip) -> Decision | Skip:
    if isinstance(decision, Skip):
        return decision
    return dataclasses.replace(decision, after=dataclasses.replace(decision.after, checkpoint=checkpoint))


def _states_after(decisions: Iterable[Decision], tracked_issues: Sequence[Tracked]) -> Sequence[State] | None:
    """The states of the open issues after every decision is carried out; `None` if one cannot be read."""
    changed = {decision.issue.number for decision in decisions if decision.issue}
    written = [decision.after for decision in decisions if decision.kind is not DecisionKind.CLOSE]
    for tracked in tracked_issues:
        if tracked.issue.open and tracked.issue.number not in changed:
            if tracked.state is None:
                return None
            written.append(tracked.state)
    return written


# --- which issues are open -----------------------------------------------------------------------


def missing_issues(tracked_issues: Sequence[Tracked], snapshot: Snapshot) -> tuple[int, ...]:
    """The issues that the newest checkpoint names as open, and that this sweep did not see."""
    states = (tracked.state for tracked in tracked_issues if tracked.state)
    checkpoints = [state.checkpoint for state in states if state.checkpoint]
    newest = max(((checkpoint.until, checkpoint.run_id) for checkpoint in checkpoints), default=None)
    named = {
        number
        for checkpoint in checkpoints
        if (checkpoint.until, checkpoint.run_id) == newest
        for number in checkpoint.open_issues
    }
    return tuple(sorted(named - {issue.number for issue in snapshot.issues}))


def _unread(tracked_issues: Sequence[Tracked], snapshot: Snapshot) -> Set[int]:
    """The missing issues that may be open still, because nothing was to be opened and so nobody asked."""
    missing = missing_issues(tracked_issues, snapshot)
    return {number for number in missing if ("missing_issues", number) not in snapshot.asked}


def _open_after(decisions: Iterable[Decision], tracked_issues: Sequence[Tracked]) -> Set[int]:
    """The issues that are open after every decision is carried out, but for new ones."""
    by_kind = [(decision.kind, decision.issue.number) for decision in decisions if decision.issue]
    closed = {number for kind, number in by_kind if kind is DecisionKind.CLOSE}
    reopened = {number for kind, number in by_kind if kind is DecisionKind.REOPEN}
    before = {tracked.issue.number for tracked in tracked_issues if tracked.issue.open}
    return (before | reopened) - closed


# --- the checkpoint ------------------------------------------------------------------------------


def _checkpoint(states: Sequence[State], findings: Findings, settings: Settings) -> Checkpoint | None:
    snapshot, repository_history = findings.snapshot, findings.history
    finished = [run for run in snapshot.runs if run.finished]
    without = _runs_not_held(states, repository_history, snapshot, findings.decisions.known)
    # If many runs are held by no issue, the checkpoint would not save requests.
    if not finished or len(without) > MOST_WITHOUT:
        return None
    newest = max(finished, key=lambda run: (run.updated_at, run.id))
    fingerprint = _fingerprint(states, settings)
    again = _to_list_again(findings)
    back_to = min((newest.updated_at, *(run.created_at for run in snapshot.runs if run.id in without & again)))
    start = snapshot.window.start
    return Checkpoint(newest.updated_at, newest.id, start, tuple(sorted(without)), fingerprint, back_to=back_to)


def _to_list_again(findings: Findings) -> Set[int]:
    """The runs that the next sweep has to list, however old they are.

    They go on, their logs were not read, or they are the failures of something that fails and has no open issue. What
    passes again, or was retired, is let go.
    """
    snapshot, history = findings.snapshot, findings.history
    reasons = {each.identity: each.skip_reason for each in findings.decisions.all if isinstance(each, Skip)}
    failing = [each for each in history.all_histories if each.failing]
    ids = {job.run.id for job in history.observations if job.job_id in snapshot.undiagnosed}
    last = max((run.updated_at for run in snapshot.runs), default=None)
    ids |= {run.id for run in snapshot.runs if not run.finished and last and run.created_at > last - _LONGEST_RUN}
    ids |= {each.match.run_id for each in findings.decisions.known}
    for each in failing:
        if reasons.get(each.identity) in _WAITS:
            ids |= {past.run_id for past in each.occurrences}
        else:
            ids |= {status.last_red.run_id for status in each.branch_statuses if status.red}
    return ids


def _runs_not_held(
    states: Sequence[State],
    repository_history: RepositoryHistory,
    snapshot: Snapshot,
    failing: Iterable[KnownFailure],
) -> Set[int]:
    """The listed runs that say, or will say, something that no open issue holds."""
    with_issue = {state.identity.id for state in states}
    # An issue that is closed in this sweep remembers runs that were not read again.
    without_issue = [history for history in repository_history.all_histories if history.identity.id not in with_issue]
    failed = {past.run_id for history in without_issue for past in (*history.occurrences, *history.remembered)}
    waiting = _known_to_wait(states)
    # GitHub lists a run that waits for an approval as completed, and it goes on all the same.
    unfinished = {
        run.id
        for run in snapshot.runs
        if not (run.finished or _waits_as_known(run, waiting)) or Outcome.of(run.conclusion) is Outcome.ACTION_REQUIRED
    }
    unexplained = {job.run.id for job in repository_history.observations if job.job_id in snapshot.undiagnosed}
    taken = set(_taken_by_known_issues(repository_history, failing))
    return ((failed | taken) & {run.id for run in snapshot.runs}) | unfinished | unexplained


def _taken_by_known_issues(repository_history: RepositoryHistory, failing: Iterable[KnownFailure]) -> Iterator[int]:
    """The runs whose failures known issues take: what fails now, and what these issues have not counted before.

    Their text is written after this, and if that fails, the next sweep counts it.
    """
    counted = {match.job_id for rule in repository_history.known.rules for match in rule.memory.matches}
    yield from (each.match.run_id for each in failing)
    taken = (each for each in repository_history.diagnosed if each.known or each.known_tests)
    yield from (each.run.id for each in taken if each.job_id not in counted)


def _fingerprint(states: Iterable[State], settings: Settings) -> str:
    """A short hash of all that a checkpoint depends on."""
    # What is known only when an issue is written changes nothing about the runs.
    before_writing = (dataclasses.replace(state, checkpoint=None, watched=None, title_digest="") for state in states)
    held = sorted(json.dumps(state_as_json(state), sort_keys=True) for state in before_writing)
    asked = sorted(fingerprint_parts(settings).items())
    return hashlib.sha256(json.dumps([asked, held]).encode()).hexdigest()[:16]
