"""The state of the issues after a sweep, and the causes of what is open or failing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import (
    Cause,
    Close,
    Create,
    CurrentFailure,
    ExcerptLine,
    Identity,
    IdentityKind,
    Issue,
    Reopen,
    Rerun,
    Result,
    Skip,
    Snapshot,
    State,
    WriteStatus,
    verb,
)
from ci_failure_tracker.tracking.lifecycle import MUTED
from ci_failure_tracker.tracking.taught import taught_blocks


@dataclass(frozen=True, slots=True)
class IssueSnapshot:
    """One tracked issue after the sweep.

    What only the marker holds is empty if the marker cannot be read. `state_reason` is GitHub's, `None` while the issue
    is open. `action` is what this sweep did to it, if anything.
    """

    number: int
    title: str
    kind: IdentityKind | None
    workflow: str
    job: str
    open: bool
    state_reason: str | None
    opened_at: datetime | None
    closed_at: datetime | None
    failed_runs: int
    last_seen: datetime | None
    flaky: bool
    muted: bool
    action: str | None
    test: str = ""


@dataclass(frozen=True, slots=True)
class JobName:
    """A job of a workflow, or all of them."""

    workflow: str
    job: str
    all_jobs: bool = False


@dataclass(frozen=True, slots=True)
class CauseSnapshot:
    """One cause: the number of failed jobs that it was seen in, these jobs, and the issues that hold it.

    `lines` are those of the newest failure that an issue shows, cleaned and redacted. There may be none.
    """

    signature: str
    headline: str
    count: int
    first_seen: datetime
    last_seen: datetime
    jobs: tuple[JobName, ...]
    issues: tuple[int, ...]
    lines: tuple[ExcerptLine, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueSnapshots:
    """The issues, the open ones first, then by number from the newest; the causes, the most frequent first."""

    issues: tuple[IssueSnapshot, ...] = ()
    causes: tuple[CauseSnapshot, ...] = ()


EMPTY = IssueSnapshots()


def take_issue_snapshots(
    snapshot: Snapshot,
    tracked: Sequence[Tracked],
    failing: Sequence[CurrentFailure],
    results: Sequence[Result],
    now: datetime,
) -> IssueSnapshots:
    """The issues and causes after one sweep. A dry run has the issues from before it, and the causes it would write."""
    written = [result for result in results if not isinstance(result.action, Skip | Rerun)]
    # Only what GitHub confirmed changes an issue.
    done = {result.number: result for result in written if result.status is WriteStatus.DONE}
    known = {each.issue.number for each in tracked}
    created = [
        _created(result.action, number, result.url or "", now)
        for number, result in done.items()
        # An issue whose creation was lost and found again is tracked already.
        if isinstance(result.action, Create) and number is not None and number not in known
    ]
    issues = [_issue_snapshot(each, done.get(each.issue.number), now) for each in (*tracked, *created)]
    over = {number for number, taught in taught_blocks(tracked, snapshot).items() if taught.is_over(now)}
    issues = [replace(each, muted=each.muted and each.number not in over) for each in issues]
    return IssueSnapshots(
        issues=tuple(sorted(issues, key=lambda issue: (not issue.open, -issue.number))),
        # What would be written is a cause as well, so that a dry run shows it.
        causes=_ranked(_causes(open_states(tracked, written), failing, snapshot)),
    )


# --- issues --------------------------------------------------------------------------------------


def _issue_snapshot(tracked: Tracked, result: Result | None, now: datetime) -> IssueSnapshot:
    issue = _after(tracked.issue, result, now)
    state = _written_state(result) or tracked.state
    return IssueSnapshot(
        number=issue.number,
        title=issue.title,
        kind=state.identity.kind if state else None,
        workflow=state.identity.workflow if state else "",
        job=state.identity.job if state else "",
        open=issue.open,
        state_reason=None if issue.open else issue.state_reason,
        opened_at=issue.created_at,
        closed_at=None if issue.open else issue.closed_at,
        failed_runs=state.count if state else 0,
        last_seen=state.last_seen if state else None,
        flaky=bool(state and state.flaky),
        muted=issue.has_label(MUTED),
        action=verb(result.action) if result else None,
        test=state.identity.test if state else "",
    )


# The answer to a write does not have these fields, and to read the issue again costs a request.
def _after(issue: Issue, result: Result | None, now: datetime) -> Issue:
    match result.action if result else None:
        case Close(state_reason=reason):
            return replace(issue, open=False, state_reason=reason, closed_at=now)
        case Reopen(title=title):
            return replace(issue, open=True, title=title or issue.title)
        case _:
            return issue


def _created(action: Create, number: int, url: str, now: datetime) -> Tracked:
    issue = Issue(number, url, action.body, True, None, None, "", True, "", action.labels, now, action.title)
    return Tracked(issue, action.identity.id, action.state)


def _written_state(result: Result | None) -> State | None:
    """The state that an action wrote into the issue, or would write."""
    return None if result is None or isinstance(result.action, Skip | Rerun) else result.action.state


# --- causes --------------------------------------------------------------------------------------


def open_states(tracked: Iterable[Tracked], written: Iterable[Result]) -> Iterator[tuple[int | None, State]]:
    """The state of each issue that is open after the sweep, with its number; a planned issue has no number.

    `written` are the results of all actions but skips and re-runs.
    """
    # If a write failed, the issue stays as it was.
    changes = {
        result.number: result
        for result in written
        if not isinstance(result.action, Create) and result.status is not WriteStatus.FAILED
    }
    for each in tracked:
        result = changes.get(each.issue.number)
        # A plan counts like a write: a dry run shows what it would leave.
        action = result.action if result else None
        state = _written_state(result) or each.state
        is_open = (each.issue.open or isinstance(action, Reopen)) and not isinstance(action, Close)
        if is_open and state is not None:
            yield each.issue.number, state
    for result in written:
        if isinstance(result.action, Create):
            yield result.number, result.action.state


def _causes(
    open_states: Iterable[tuple[int | None, State]], failing: Iterable[CurrentFailure], snapshot: Snapshot
) -> Iterator[CauseSnapshot]:
    with_issue: set[str] = set()
    for number, state in open_states:
        with_issue.add(state.identity.id)
        for cause in state.causes:
            yield _of_issue(cause, state, () if number is None else (number,))
    diagnoses = {each.headline: each.diagnosis for each in snapshot.job_diagnoses if each.diagnosis}
    # A failure without an issue is known only from its log of this sweep.
    for each in failing:
        if each.identity.id not in with_issue and each.signature:
            diagnosis = diagnoses.get(each.headline)
            lines = diagnosis.lines if diagnosis else ()
            jobs = (_name(each.identity),)
            yield CauseSnapshot(each.signature, each.headline, each.count, each.since, each.since, jobs, (), lines)


def _name(identity: Identity) -> JobName:
    return JobName(identity.workflow, identity.job, identity.is_whole_workflow)


def _of_issue(cause: Cause, state: State, issues: tuple[int, ...]) -> CauseSnapshot:
    evidence, jobs = state.evidence, (_name(state.identity),)
    # The evidence is that of the newest failure, which may have another cause.
    lines = evidence.lines if evidence and evidence.signature == cause.signature else ()
    return CauseSnapshot(
        cause.signature, cause.headline, cause.count, cause.first_seen, cause.last_seen, jobs, issues, lines
    )


def _ranked(causes: Iterable[CauseSnapshot]) -> tuple[CauseSnapshot, ...]:
    """The causes, the most frequent first, then the newest. Causes with one headline are one cause to a reader."""
    merged: dict[str, CauseSnapshot] = {}
    for cause in causes:
        key = cause.headline or cause.signature
        merged[key] = _merged(merged[key], cause) if key in merged else cause
    # The signature last: equal causes keep their order from sweep to sweep.
    order = sorted(merged.values(), key=lambda cause: (-cause.count, -cause.last_seen.timestamp(), cause.signature))
    return tuple(order)


def _merged(first: CauseSnapshot, second: CauseSnapshot) -> CauseSnapshot:
    newer, older = (first, second) if first.last_seen >= second.last_seen else (second, first)
    return replace(
        newer,
        count=first.count + second.count,
        first_seen=min(first.first_seen, second.first_seen),
        jobs=tuple(dict.fromkeys((*first.jobs, *second.jobs))),
        issues=tuple(dict.fromkeys((*first.issues, *second.issues))),
        lines=newer.lines or older.lines,
    )
