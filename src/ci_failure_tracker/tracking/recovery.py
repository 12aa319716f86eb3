"""Rule 6: when a failure is over, what proves it, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ci_failure_tracker.model import SCHEDULE, BranchStatus, CloseReason, History, Issue, RetireReason, State
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.settings import Settings

KEEP_OPEN = "keep-open"
"""The label by which people keep an issue open."""

QUIET = timedelta(days=90)
"""After so long with passing runs only, an issue is closed, whatever its trials say."""


def is_over(status: BranchStatus, close_after: int, now: datetime, reopened_at: datetime | None = None) -> bool:
    """Whether nothing more has to be seen on a branch: it recovered, has no more runs, or was quiet for long."""
    return status.passes_missing(close_after) == 0 or _is_quiet(status, now, reopened_at)


def _is_quiet(status: BranchStatus, now: datetime, reopened_at: datetime | None) -> bool:
    # A person who opens the issue again says that the time before proves nothing.
    since = max(filter(None, (status.last_red.at, reopened_at)))
    return not status.red and bool(status.greens) and now - since >= QUIET


@dataclass(frozen=True, slots=True)
class CloseDecision:
    """Whether to close an open issue: `close_as` says as what, `None` means not; `reason` explains either.

    `without_proof` says that only time closes it.
    """

    close_as: CloseReason | None
    reason: str
    without_proof: bool = False


def judge_recovery(
    state: State, history: History, issue: Issue, settings: Settings, now: datetime, *, partial: bool
) -> CloseDecision:
    """Whether an open issue may be closed; `partial` means that the sweep could not read everything."""
    if not settings.close_after:
        return CloseDecision(None, "`close-after: 0` never closes")
    decision = _judge(state, history, settings, now)
    if decision.close_as is None:
        return decision
    if held := _held_open(state, decision.close_as, issue, partial):
        return CloseDecision(None, f"{decision.reason}; {held}")
    return decision


def _judge(state: State, history: History, settings: Settings, now: datetime) -> CloseDecision:
    if history.failing or not state.branch_statuses:
        return CloseDecision(None, "still failing" if history.failing else "not seen since")
    # What can no longer fail needs no passes, so this comes before they are counted.
    if (ended := _ended(state, history)) is not None:
        return ended
    if missing := state.passes_missing(settings.close_after):
        # A rarely failing job may never reach the passes that its trials ask for. Time then closes its issue.
        if all(is_over(status, settings.close_after, now, state.reopened_at) for status in state.branch_statuses):
            return CloseDecision(CloseReason.RECOVERED, f"nothing but passes for {QUIET.days} days", without_proof=True)
        words = "passing run closes" if missing == 1 else "passing runs close"
        return CloseDecision(None, f"{missing} more {words} it")
    return CloseDecision(CloseReason.RECOVERED, _proof_words(state))


def _ended(state: State, history: History) -> CloseDecision | None:
    """Whether there is nothing left that could fail and count."""
    if history.allowed:
        return CloseDecision(CloseReason.ALLOWED, "it is allowed to fail")
    if history.moved_on:
        return CloseDecision(CloseReason.MOVED_ON, "what waited has moved on")
    return CloseDecision(CloseReason.GONE, gone_words(state.branch_statuses)) if history.gone else None


def gone_words(statuses: Iterable[BranchStatus]) -> str:
    """Why no run will follow on any branch."""
    return "; ".join(dict.fromkeys(_GONE[status.retired] for status in statuses))


_GONE = {
    None: "the job or its workflow is no longer there",
    RetireReason.REF: "the branch on which it failed no longer exists",
    RetireReason.DISABLED: "somebody disabled the workflow",
    RetireReason.QUIET: "it has not run for a long time",
}


def _held_open(state: State, close_as: CloseReason, issue: Issue, partial: bool) -> str:
    if issue.has_label(KEEP_OPEN):
        return f"the label `{KEEP_OPEN}` keeps it open"
    if partial:
        return "not everything could be read, and what is unknown closes nothing"
    # A branch that was dropped may still fail, and no later run would tell.
    if state.branch_statuses_cut:
        return "it failed on more branches than an issue can remember, so close it by hand"
    # Only passes outweigh what a person decided. "Gone" was the reason that this person may have disagreed with.
    if state.reopened_at is not None and close_as is not CloseReason.RECOVERED:
        return "a person opened it again after the tracker had closed it"
    return ""


def _proof_words(state: State) -> str:
    # A missed schedule has no trials of its own: one run proves that it runs again.
    if all(status.subject == SCHEDULE for status in state.branch_statuses):
        return "its schedule runs again"
    # The branch with the fewest passes says how much is proven.
    passes = min(status.passes for status in state.branch_statuses if not status.gone)
    return f"{counted(passes, 'pass', 'passes')} in a row since it last failed"
