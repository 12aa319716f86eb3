"""The issues as they stand after a sweep, and the causes that they hold, the most frequent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import (
    Cause,
    Close,
    Create,
    ExcerptLine,
    Failing,
    Identity,
    IdentityKind,
    Issue,
    Reopen,
    Result,
    Skip,
    Snapshot,
    State,
    WriteStatus,
    verb,
)
from ci_failure_tracker.tracking.lifecycle import MUTED


@dataclass(frozen=True, slots=True)
class IssueSnapshot:
    """One tracked issue after the sweep; what only its marker tells is empty where that cannot be read.

    `state_reason` is GitHub's, `None` while it is open. `action` is what this sweep did to it, if anything.
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


@dataclass(frozen=True, slots=True)
class JobName:
    """A job of a workflow, or all of them."""

    workflow: str
    job: str
    all_jobs: bool = False


@dataclass(frozen=True, slots=True)
class CauseSnapshot:
    """Why jobs fail: one cause, in how many failed jobs it was seen, in which jobs and issues, and the log's lines.

    `lines` are those of the newest failure that an issue shows; they are cleaned and redacted, and may be none.
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
    """The issues, the open ones first and the newest of each first, and the causes of what is open or failing."""

    issues: tuple[IssueSnapshot, ...] = ()
    causes: tuple[CauseSnapshot, ...] = ()


EMPTY = IssueSnapshots()


def take_issue_snapshots(
    scan: Snapshot, tracked: Sequence[Tracked], failing: Sequence[Failing], results: Sequence[Result], now: datetime
) -> IssueSnapshots:
    """What stands after one sweep; of a dry run, what stood before it, with the causes that it would write."""
    done = {one.number: one for one in results if one.fate is WriteStatus.DONE and not isinstance(one.action, Skip)}
    known = {one.issue.number for one in tracked}
    created = [one for number, one in done.items() if isinstance(one.action, Create) and number not in known]
    issues = [_look(one, done.get(one.issue.number), now) for one in (*tracked, *_opened(created, now))]
    return IssueSnapshots(
        issues=tuple(sorted(issues, key=lambda one: (not one.open, -one.number))),
        causes=_ranked(_causes(_standing(tracked, results), failing, scan)),
    )


# --- issues --------------------------------------------------------------------------------------


def _look(one: Tracked, result: Result | None, now: datetime) -> IssueSnapshot:
    issue = _after(one.issue, result, now)
    state = _state_after(result) or one.state
    identity = state.identity if state else Identity(one.id, "", "")
    return IssueSnapshot(
        number=issue.number,
        title=issue.title,
        kind=state.identity.kind if state else None,
        workflow=identity.workflow,
        job=identity.job,
        open=issue.open,
        state_reason=None if issue.open else issue.state_reason,
        opened_at=issue.created_at,
        closed_at=None if issue.open else issue.closed_at,
        failed_runs=state.count if state else 0,
        last_seen=state.last_seen if state else None,
        flaky=bool(state and state.flaky),
        muted=issue.has_label(MUTED),
        action=verb(result.action) if result else None,
    )


def _after(issue: Issue, result: Result | None, now: datetime) -> Issue:
    match result.action if result else None:
        case Close(state_reason=reason):
            return replace(issue, open=False, state_reason=reason, closed_at=now)
        case Reopen():
            return replace(issue, open=True)
        case _:
            return issue


def _opened(results: Iterable[Result], now: datetime) -> Iterator[Tracked]:
    """The issues that the sweep opened, as they stand now."""
    for one in results:
        action = one.action
        if isinstance(action, Create) and one.number is not None:
            issue = Issue(one.number, one.url or "", action.body, True, None, None, "", True, "", action.labels, now)
            yield Tracked(replace(issue, title=action.title), action.identity.id, action.state)


def _state_after(result: Result | None) -> State | None:
    """What an action wrote into the issue, or would write."""
    return None if result is None or isinstance(result.action, Skip) else result.action.state


# --- causes --------------------------------------------------------------------------------------


def _standing(tracked: Iterable[Tracked], results: Iterable[Result]) -> Iterator[tuple[int | None, State]]:
    """Each issue that is open after the sweep, or would be, with its state; one that would be new has no number."""
    by_number = {one.action.number: one for one in results if not isinstance(one.action, Create)}
    for one in tracked:
        result = by_number.get(one.issue.number)
        if result is not None and result.fate is WriteStatus.FAILED:
            result = None  # it stands as it was
        state = _state_after(result) or one.state
        action = result.action if result else None
        stays = one.issue.open or isinstance(action, Reopen)
        if stays and state is not None and not isinstance(action, Close):
            yield one.issue.number, state
    for result in results:
        state = _state_after(result) if isinstance(result.action, Create) else None
        if state is not None:
            yield result.number, state


def _causes(
    standing: Iterable[tuple[int | None, State]], failing: Iterable[Failing], scan: Snapshot
) -> Iterator[CauseSnapshot]:
    told: set[str] = set()
    for number, state in standing:
        told.add(state.identity.id)
        job = _name(state.identity)
        for cause in state.causes:
            yield _of_issue(cause, state, job, () if number is None else (number,))
    read = {one.signature: one.diagnosis for one in scan.job_diagnoses if one.diagnosis}
    for one in failing:
        if one.identity.id not in told and one.signature:
            found = read.get(one.signature)
            job = _name(one.identity)
            lines = found.lines if found else ()
            yield CauseSnapshot(one.signature, one.headline, one.count, one.since, one.since, (job,), (), lines)


def _name(identity: Identity) -> JobName:
    return JobName(identity.workflow, identity.job, identity.is_whole_workflow)


def _of_issue(cause: Cause, state: State, job: JobName, issues: tuple[int, ...]) -> CauseSnapshot:
    evidence = state.evidence
    lines = evidence.lines if evidence and evidence.signature == cause.signature else ()
    return CauseSnapshot(
        cause.signature, cause.headline, cause.count, cause.first_seen, cause.last_seen, (job,), issues, lines
    )


def _ranked(causes: Iterable[CauseSnapshot]) -> tuple[CauseSnapshot, ...]:
    """Those that were seen most often first, of these the newest; those of one headline are one to a reader."""
    found: dict[str, CauseSnapshot] = {}
    for one in causes:
        key = one.headline or one.signature
        found[key] = _joined(found[key], one) if key in found else one
    return tuple(sorted(found.values(), key=lambda one: (-one.count, -one.last_seen.timestamp(), one.signature)))


def _joined(one: CauseSnapshot, other: CauseSnapshot) -> CauseSnapshot:
    newer, older = (one, other) if one.last_seen >= other.last_seen else (other, one)
    return replace(
        newer,
        count=one.count + other.count,
        first_seen=min(one.first_seen, other.first_seen),
        jobs=tuple(dict.fromkeys((*one.jobs, *other.jobs))),
        issues=tuple(dict.fromkeys((*one.issues, *other.issues))),
        lines=newer.lines or older.lines,
    )
