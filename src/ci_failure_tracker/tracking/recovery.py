"""Rule 6: when something is over, what proves it, and what is still lacking."""

from __future__ import annotations

from dataclasses import dataclass

from ci_failure_tracker.model import SCHEDULE, BranchStatus, CloseReason, History, Issue, State
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.settings import Settings

KEEP_OPEN = "keep-open"
"""The label by which people keep an issue open."""


def needed_greens(settings: Settings, state: State) -> int:
    """On how many commits it has to be green."""
    return state.greens_needed(settings.close_after)


def is_proven(line: BranchStatus, needed: int) -> bool:
    """Whether nothing more is to be seen in a line of runs: it is mended, or it is no more.

    A schedule was silent and is heard again: one run proves that.
    """
    return line.gone or (not line.red and (line.subject == SCHEDULE or len(line.greens) >= needed))


@dataclass(frozen=True, slots=True)
class CloseDecision:
    """What an open issue is to come to: an ending, or none, with the reason for either."""

    ending: CloseReason | None
    reason: str


def judge_recovery(state: State, history: History, issue: Issue, settings: Settings, partial: bool) -> CloseDecision:
    """Whether the issue of a thing that is not failing may be closed."""
    if not settings.close_after:
        return CloseDecision(None, "`close-after: 0` never closes")
    found = _found(state, history, settings)
    if found.ending is None:
        return found
    if held := _held_open(state, found.ending, issue, partial):
        return CloseDecision(None, f"{found.reason}; {held}")
    return found


def _found(state: State, history: History, settings: Settings) -> CloseDecision:
    if history.failing or not state.branch_statuses:
        return CloseDecision(None, "still failing" if history.failing else "not seen since")
    if history.moved_on:
        return CloseDecision(CloseReason.MOVED_ON, "what waited has moved on")
    if history.gone:
        return CloseDecision(CloseReason.GONE, "the job or its workflow is no longer there")
    needed = needed_greens(settings, state)
    if all(is_proven(line, needed) for line in state.branch_statuses):
        return CloseDecision(CloseReason.RECOVERED, _proof_words(state, needed))
    return CloseDecision(None, _lacking_words(state, needed))


def _held_open(state: State, ending: CloseReason, issue: Issue, partial: bool) -> str:
    if issue.has_label(KEEP_OPEN):
        return f"the label `{KEEP_OPEN}` keeps it open"
    if partial:
        return "not everything could be read, and what is unknown closes nothing"
    if state.branch_statuses_cut:
        return "it failed on more branches than an issue can remember, so close it by hand"
    if state.reopened_at is not None and ending is not CloseReason.RECOVERED:
        return "a person opened it again after the tracker had closed it"
    return ""


def _proof_words(state: State, needed: int) -> str:
    if all(line.subject == SCHEDULE for line in state.branch_statuses):
        return "its schedule runs again"
    return f"green on {counted(needed, 'commit')} since it last failed"


def _lacking_words(state: State, needed: int) -> str:
    least = min(len(line.greens) for line in state.branch_statuses if not is_proven(line, needed))
    flaky = ", more than usual because it is flaky" if state.flaky else ""
    return f"green on {least} of the {counted(needed, 'commit')} that close it{flaky}"
