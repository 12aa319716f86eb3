"""From what is known to what is to be done: one decision for each identity, with its reason; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import (
    CurrentFailure,
    Decision,
    DecisionKind,
    Decisions,
    History,
    Identity,
    JobDiagnosis,
    Problem,
    Severity,
    Skip,
    SkipReason,
    Snapshot,
    State,
)
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.tracking.causes import remembered
from ci_failure_tracker.tracking.commits import commits_of_runs
from ci_failure_tracker.tracking.lifecycle import LifecycleRules, skip
from ci_failure_tracker.tracking.state_update import bounds, has_counted
from ci_failure_tracker.tracking.track import RepositoryHistory, TrackedIssues, track


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a sweep read, what is known from it, and what is decided."""

    seen: Snapshot
    known: RepositoryHistory
    decisions: Decisions


def find(seen: Snapshot, tracked: TrackedIssues, settings: Settings, now: datetime) -> Findings:
    """What a sweep knows and decides from what it has read so far."""
    known = track(seen, tracked, settings)
    return Findings(seen, known, decide(known, seen, settings, now))


def decide(known: RepositoryHistory, seen: Snapshot, settings: Settings, now: datetime) -> Decisions:
    """Decide what is to be done for every identity that failed or has an open issue."""
    book = LifecycleRules(
        settings,
        now,
        partial=seen.window.partial or bool(seen.logs.unread),
        storms=known.storms,
        umbrellas=_numbers_of_umbrellas(known),
        commits=(*seen.commits, *(commits_of_runs(*pair, seen.runs) for pair in seen.hidden_commits)),
    )
    decided = list(_decide_each(book, known))
    if seen.closed_unread:
        decided = [(history, _not_opened(one)) for history, one in decided]
    tracked = known.tracked
    # Duplicates first: were the one that stays closed before them, they would be all that there is.
    each = (*_close_duplicates(book, tracked.standing), *_within_cap(decided, settings, seen.repository.default_branch))
    return Decisions(
        all=each,
        failing=tuple(
            _failing(history, tracked.of(history.identity.id)) for history in known.histories if history.failing
        ),
        problems=(
            *(_unreadable(one) for one in tracked.standing if one.state is None),
            *_left_undone(one for _, one in decided),
        ),
    )


def would_open(decisions: Decisions) -> bool:
    """Whether an issue would be opened, or only the cap keeps it from that."""
    return any(
        one.kind is DecisionKind.CREATE if isinstance(one, Decision) else one.skip_reason is SkipReason.OVER_CAP
        for one in decisions.all
    )


# --- one by one ----------------------------------------------------------------------------------

_Decided = tuple[History, Decision | Skip]


def _decide_each(book: LifecycleRules, known: RepositoryHistory) -> Iterator[_Decided]:
    taken: dict[str, Identity] = {}
    for history in known.all_histories:
        identity = history.identity
        if taken.setdefault(identity.id, identity) != identity:
            # `a` with the job `b:c` and `a:b` with the job `c` are one text, hence one id.
            yield history, skip(history, SkipReason.SAME_ID, "another workflow and job have the same failure id")
            continue
        yield history, book.decide(history, known.tracked.of(identity.id), _related(history, known))


def _numbers_of_umbrellas(known: RepositoryHistory) -> Mapping[str, int]:
    """The open issue of each cause that many share."""
    found = ((one.identity.cause, known.tracked.of(one.identity.id)) for one in known.storms.umbrellas)
    return {cause: one.issue.number for cause, one in found if one is not None and one.issue.open}


def _related(history: History, known: RepositoryHistory) -> list[int]:
    """The open issues of those that fail of the cause that an umbrella issue stands for."""
    cause = history.identity.cause
    if not cause or history not in known.storms.umbrellas:
        return []
    found = (known.tracked.of(one.identity.id) for one in known.storms.members.get(cause, ()))
    return [one.issue.number for one in found if one is not None and one.issue.open]


def _close_duplicates(book: LifecycleRules, tracked: Sequence[Tracked]) -> Iterator[Decision]:
    """Rule 2: of several open issues of one identity the lowest number stays."""
    open_issues: dict[str, list[Tracked]] = defaultdict(list)
    for one in sorted(tracked, key=lambda one: one.issue.number):
        if one.issue.open:
            open_issues[one.id].append(one)
    for first, *others in open_issues.values():
        if first.state is not None:
            closed = (book.close_duplicate(one, first.issue.number) for one in others)
            yield from (one for one in closed if one is not None)


def _left_undone(decided: Iterable[Decision | Skip]) -> Iterator[Problem]:
    """What is skipped although somebody should know of it."""
    for one in decided:
        if isinstance(one, Skip) and one.skip_reason is SkipReason.SAME_ID:
            yield one.problem(Severity.WARNING)


def _not_opened(one: Decision | Skip) -> Decision | Skip:
    """What is done instead of opening an issue while nobody knows which ones were closed."""
    if isinstance(one, Skip) or one.kind is not DecisionKind.CREATE:
        return one
    return Skip(one.identity, f"the closed issues could not be read; {one.reason}", SkipReason.CLOSED_UNKNOWN)


def _within_cap(decided: Sequence[_Decided], settings: Settings, default_branch: str) -> Iterator[Decision | Skip]:
    """Rule 3's cap: the worst issues are opened, what is over is skipped by name."""
    creates = [
        (history, one) for history, one in decided if isinstance(one, Decision) and one.kind is DecisionKind.CREATE
    ]
    creates.sort(key=lambda pair: _badness(pair[0], default_branch))
    yield from (one for _, one in creates[: settings.max_new_issues])
    over = {one.identity for _, one in creates[settings.max_new_issues :]}
    for _, one in decided:
        if isinstance(one, Skip) or one.kind is not DecisionKind.CREATE:
            yield one
        elif one.identity in over:
            why = f"over `max-new-issues` ({settings.max_new_issues}); {one.reason}"
            yield Skip(one.identity, why, SkipReason.OVER_CAP)


def _badness(history: History, default_branch: str) -> tuple[bool, bool, int, datetime, str, str]:
    """Worst first: a cause that many share, the default branch, how often, how long; the names make it certain."""
    return (
        not history.identity.cause,
        all(line.branch != default_branch for line in history.branch_statuses if line.red),
        -len(history.occurrences),
        _since(history, None),
        history.identity.workflow,
        history.identity.job,
    )


def _since(history: History, state: State | None) -> datetime:
    """When the latest break began, as far as that was read or the open issue remembers it."""
    first_red, _ = bounds(state, history)
    return first_red.at if first_red else history.latest.started_at


def _failing(history: History, tracked: Tracked | None) -> CurrentFailure:
    latest = history.latest
    state = tracked.state if tracked and tracked.issue.open else None
    jobs = {leg.job_id for leg in latest.legs}
    job_diagnoses = (*history.job_diagnoses, *(remembered([state]) if state else ()))
    known = (
        job_diagnosis for job_diagnosis in job_diagnoses if job_diagnosis.job_id in jobs and job_diagnosis.signature
    )
    job_diagnosis = min(known, key=lambda one: one.log_unavailable is not None, default=JobDiagnosis(0))
    return CurrentFailure(
        identity=history.identity,
        outcome=latest.outcome,
        count=(state.count if state else 0)
        + sum(not (state and has_counted(state, one)) for one in history.occurrences),
        since=_since(history, state),
        run_id=latest.run_id,
        run_number=latest.number,
        branch=latest.branch,
        legs=tuple(leg for leg in history.failing_legs if leg),
        headline=job_diagnosis.headline,
        signature=job_diagnosis.signature,
    )


def _unreadable(one: Tracked) -> Problem:
    return Problem(
        Severity.WARNING,
        f"Issue #{one.issue.number} is left alone: {plain(one.defect)}.",
        one.advice,
    )
