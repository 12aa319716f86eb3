"""Rule 6: when a failure is over, what proves it, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ci_failure_tracker.model import SCHEDULE, BranchStatus, CloseReason, History, Issue, RetireReason, State
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.settings import Settings

KEEP_OPEN = "keep-open"
"""The label by which people keep an issue open."""


def needed_greens(settings: Settings, state: State) -> int:
    """The number of commits on which it has to pass."""
    return state.greens_needed(settings.close_after)


def is_proven(status: BranchStatus, needed: int) -> bool:
    """Whether nothing more has to be seen on a branch: it recovered, or it has no more runs.

    One run proves that a missed schedule runs again.
    """
    return status.gone or (not status.red and (status.subject == SCHEDULE or len(status.greens) >= needed))


@dataclass(frozen=True, slots=True)
class CloseDecision:
    """Whether to close an open issue: `close_as` says as what, `None` means not; `reason` explains either."""

    close_as: CloseReason | None
    reason: str


def judge_recovery(state: State, history: History, issue: Issue, settings: Settings, partial: bool) -> CloseDecision:
    """Whether an open issue may be closed; `partial` means that the sweep could not read everything."""
    if not settings.close_after:
        return CloseDecision(None, "`close-after: 0` never closes")
    decision = _judge(state, history, settings)
    if decision.close_as is None:
        return decision
    if held := _held_open(state, decision.close_as, issue, partial):
        return CloseDecision(None, f"{decision.reason}; {held}")
    return decision


def _judge(state: State, history: History, settings: Settings) -> CloseDecision:
    if history.failing or not state.branch_statuses:
        return CloseDecision(None, "still failing" if history.failing else "not seen since")
    if history.moved_on:
        return CloseDecision(CloseReason.MOVED_ON, "what waited has moved on")
    if history.gone:
        return CloseDecision(CloseReason.GONE, gone_words(state.branch_statuses))
    needed = needed_greens(settings, state)
    if all(is_proven(status, needed) for status in state.branch_statuses):
        return CloseDecision(CloseReason.RECOVERED, _proof_words(state, needed))
    return CloseDecision(None, _missing_words(state, needed))


def gone_words(statuses: Iterable[BranchStatus]) -> str:
    """Why no run will follow on any branch."""
    return "; ".join(dict.fromkeys(_GONE[status.retired] for status in statuses))


_GONE = {
    None: "the job or its workflow is no longer there",
    RetireReason.REF: "the branch on which it failed is no longer there",
    RetireReason.DISABLED: "somebody disabled the workflow",
    RetireReason.QUIET: "it has not run for a long time",
}


def _held_open(state: State, close_as: CloseReason, issue: Issue, partial: bool) -> str:
    if issue.has_label(KEEP_OPEN):
        return f"the label `{KEEP_OPEN}` keeps it open"
    if partial:
        return "not everything could be read, and what is unknown closes nothing"
    if state.branch_statuses_cut:
        return "it failed on more branches than an issue can remember, so close it by hand"
    if state.reopened_at is not None and close_as is not CloseReason.RECOVERED:
        return "a person opened it again after the tracker had closed it"
    return ""


def _proof_words(state: State, needed: int) -> str:
    if all(status.subject == SCHEDULE for status in state.branch_statuses):
        return "its schedule runs again"
    return f"green on {counted(needed, 'commit')} since it last failed"


def _missing_words(state: State, needed: int) -> str:
    least = min(len(status.greens) for status in state.branch_statuses if not is_proven(status, needed))
    flaky = ", more than usual because it is flaky" if state.flaky else ""
    return f"green on {least} of the {counted(needed, 'commit')} that close it{flaky}"
