"""The first sentences of an issue: what fails or how it ended, and what would close it."""

from __future__ import annotations

from collections.abc import Iterator

from ci_failure_tracker.issues.comments import counted_failures, flaky_words
from ci_failure_tracker.issues.evidence import short_code
from ci_failure_tracker.issues.first_sentence import NAMED, failing_sentence, jobs_of, leg_name, runs_of_break
from ci_failure_tracker.issues.links import run_link, run_ref_link
from ci_failure_tracker.model import (
    CloseReason,
    Identity,
    IdentityKind,
    MissedSchedule,
    NeverRan,
    NeverRanReason,
    Occurrence,
    RetireReason,
    State,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import code, utc
from ci_failure_tracker.text.medium import MARKDOWN, Medium

_HEADLINE = 120


def intro(state: State, url: str, text: int, medium: Medium = MARKDOWN) -> str:
    """What fails, or how it ended; `text` is the limit for the characters of a name."""
    subject, be = jobs_of(state, text, medium)
    never_ran = state.latest.never_ran
    if state.identity.kind is IdentityKind.SCHEDULE and not state.gone:
        return _missed_schedule(state, subject, url, medium)
    # What is over comes first: a reader who sees how it failed would look for a failure that is gone.
    if over := _over(state, be, url, medium):
        return f"{subject} {over}. Before that, {_failed(state, be)}."
    if state.identity.waits_for_approval:
        return _waiting(state, subject, url, medium)
    if never_ran is not None:
        return f"{subject} {_never_ran(never_ran, state.latest, url, medium)} {_sentence(runs_of_break(state))} so far."
    return failing_sentence(state, url, text, medium)


def _failed(state: State, be: str) -> str:
    return f"{'it' if be == 'is' else 'they'} failed in {counted_failures(state).replace(' failed', '')}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _never_ran(never_ran: NeverRan, latest: Occurrence, url: str, medium: Medium) -> str:
    """How the newest run never ran: what a maintainer has to know first."""
    run = run_link(latest, url, medium)
    match never_ran.reason:
        case NeverRanReason.QUEUED:
            return f"does not run: no runner has taken {run} since {medium.time(latest.started_at)}."
        case NeverRanReason.CANCELLED:
            hours = counted(never_ran.amount, "hour")
            return f"did not run: no runner took {run} for {hours}, and then it was cancelled."
        case NeverRanReason.SKIPPED:
            nights = counted(never_ran.amount, "scheduled run")
            return f"no longer runs: {nights} in a row skipped it; the last was {run}. It ran in most runs before."


def _over(state: State, be: str, url: str, medium: Medium) -> str:
    """How it ended, if it does not fail any more; else empty."""
    if state.gone:
        return _gone(state, be)
    if state.closed is not None and state.closed.close_reason is CloseReason.ALLOWED:
        return f"{be} allowed to fail"
    if state.closed is not None and state.closed.close_reason is CloseReason.MOVED_ON:
        return "no longer waits for an approval"
    # The job may fail all the same. That nothing proves a pass must not read as "fixed".
    if state.cause_replaced:
        if state.identity.test:
            return "did not fail in the newest failed run of its job, and nothing proves that it passes"
        return f"{'fails' if be == 'is' else 'fail'} for another reason now"
    again = state.green_again
    return f"{be} passing again: {run_ref_link(again, url, medium)}" if again is not None else ""


def _gone(state: State, be: str) -> str:
    """Why no run will follow, of the branch on which it failed last."""
    match next((status.retired for status in state.branch_statuses), None):
        case RetireReason.REF:
            return "failed on a branch that no longer exists"
        case RetireReason.DISABLED:
            return f"{be} in a workflow that a person disabled"
        case RetireReason.QUIET:
            return f"{'has' if be == 'is' else 'have'} not run for a long time"
        case None:
            return f"{be} no longer in {'its workflow' if be == 'is' else 'their workflows'}"


def _waiting(state: State, subject: str, url: str, medium: Medium) -> str:
    """What waits for an approval, and since when. GitHub says which access an approval needs, but not who has it."""
    latest = state.latest
    run = f"{run_link(latest, url, medium)} on {medium.code(latest.branch, 100)} ({medium.code(latest.event, 40)})"
    since = medium.time(latest.started_at)
    return f"{subject} waits for an approval: {run} since {since}, for somebody with write access to approve it."


def _missed_schedule(state: State, subject: str, url: str, medium: Medium) -> str:
    last = f"It last ran in {run_link(state.latest, url, medium)}." if state.latest.number else ""
    if state.gone:
        return f"{subject} no longer runs on its schedule, because a person disabled or deleted it. {last}".rstrip()
    if not any(branch.red for branch in state.branch_statuses) and state.branch_statuses:
        missed = f"It had missed its schedule since {medium.time(state.first_seen)}"
        return f"{subject} runs on its schedule again. {missed}."
    if missed_schedule_of(state) is MissedSchedule.DISABLED:
        reason = "GitHub has disabled it, because the repository had no activity for 60 days"
        return f"{subject} no longer runs on its schedule: {reason}. {last}".rstrip()
    by = medium.time(state.first_seen)
    return f"{subject} has not run on its schedule: by {by} it should have run three times. {last}".rstrip()


def missed_schedule_of(state: State) -> MissedSchedule | None:
    """Why a schedule was missed; `None` if none was."""
    step = next((leg.step for leg in state.latest.legs if leg.step), None)
    return next((reason for reason in MissedSchedule if reason.value == step), None)


# --- status -----------------------------------------------------------------------------------


def status_sentences(state: State, url: str, close_after: int) -> Iterator[str]:
    """What else a reader needs at once: whether it is flaky, what would close it, what is not known."""
    if state.tests and not state.identity.test:
        yield f"{counted(len(state.tests), 'test')} failed together; this issue stands for all of them."
    if state.flaky is not None:
        yield f"Flaky. {flaky_words(state, url)}"
    yield from _corrections(state)
    red = sorted(filter(None, {leg_name(state, leg.leg) for branch in state.branch_statuses for leg in branch.red}))
    if red and len(red) < len(state.legs):
        more = f" and {len(red) - NAMED} more" if len(red) > NAMED else ""
        yield f"Still failing: {', '.join(code(leg, 60) for leg in red[:NAMED])}{more}."
    if state.closed is None and (proof := _proof(state, close_after)):
        yield proof
    if state.reopened_at is not None:
        yield f"A person reopened this issue; only runs after {utc(state.reopened_at)} can close it."
    if state.runs_missed:
        yield "Some runs were not seen, so there may be more failures than are counted here."
    if state.branch_statuses_cut:
        yield "It failed on too many branches to keep track of, so it is not closed automatically."


def _corrections(state: State) -> Iterator[str]:
    """What people merged into the issue, and what they split off."""
    merged = [f"#{entry.number} ({_part(entry.identity)})" for entry in state.merged if entry.on]
    if merged:
        says = "which says that this issue is the same" if len(merged) == 1 else "which say that this issue is the same"
        yield f"Counted here, too: {', '.join(merged)}, {says}."
    split = [short_code(cause.headline, _HEADLINE) for cause in state.split]
    if split:
        where = "This cause has an issue of its own." if len(split) == 1 else "These causes have issues of their own."
        yield f"Not counted here, because a person wrote `not this`: {', '.join(split)}. {where}"


def _part(identity: Identity) -> str:
    if identity.spans_jobs:
        return f"{'test' if identity.test else 'cause in'} {code(identity.part, _HEADLINE)}"
    return f"{code(identity.workflow, 60)} › {code(identity.part, 60)}"


def _proof(state: State, close_after: int) -> str:
    """How many passing runs are still missing to close it; empty while something fails."""
    if not state.branch_statuses or not close_after or any(branch.red for branch in state.branch_statuses):
        return ""
    missing = state.passes_missing(close_after)
    if not missing:
        return ""
    verb = "passing run closes" if missing == 1 else "passing runs close"
    passed = max(branch.passes for branch in state.branch_statuses)
    is_alike = (
        missing == 1 and passed and close_after > 1 and not any(branch.spread for branch in state.branch_statuses)
    )
    other = ", if it tests another commit. A run that no commit starts counts after an hour" if is_alike else ""
    return f"{missing} more {verb} this issue{other}."
