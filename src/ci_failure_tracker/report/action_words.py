"""What became of an action, in words for people."""

from __future__ import annotations

from ci_failure_tracker.model import Create, KnownResult, Reopen, Result, Skip, SkipReason, WriteStatus

_DONE = {"Create": "opened", "Update": "updated", "Reopen": "reopened", "Close": "closed", "Rerun": "re-run"}
_BEFORE = {WriteStatus.PLANNED: "to be ", WriteStatus.FAILED: "could not be "}


def result_words(result: Result) -> str:
    """What was done: `opened`, `to be closed`, `could not be updated`; `left` for a skip."""
    if isinstance(result.action, Skip):
        return "left"
    return f"{_BEFORE.get(result.status, '')}{_DONE[type(result.action).__name__]}"


def known_words(result: KnownResult) -> str:
    """What was done about the text of a known issue, and why: `updated, 2 new matches`."""
    # The writer leaves the text of a known issue alone in exactly these two cases.
    if result.status is WriteStatus.LEFT:
        return "left, because somebody changed it in the meantime, or because it has no room"
    return f"{_BEFORE.get(result.status, '')}updated, {result.write.reason}"


def note(result: Result | None) -> str:
    """What a reader has to know of the issue of a failure beside its first sentence; empty if there is nothing.

    It is a sentence that may hold foreign text.
    """
    if result is None:
        return ""
    action, words = result.action, result_words(result)
    if isinstance(action, Skip):
        return _of_skip(action)
    if isinstance(action, Create | Reopen):
        # Why it was opened is in the first sentence.
        planned = "is " if result.status is WriteStatus.PLANNED else ""
        return "" if result.status is WriteStatus.DONE else f"The issue {planned}{words}."
    return f"{words[:1].upper()}{words[1:]}: {action.reason.rstrip('.')}."


def _of_skip(skip: Skip) -> str:
    # Nothing changed, so the reader has nothing to know.
    if skip.skip_reason is SkipReason.UNCHANGED:
        return ""
    if skip.skip_reason is SkipReason.OVER_CAP:
        # The name of the input says what a person can change.
        return "No issue yet, because `max-new-issues` is reached."
    return f"{'Left as it is' if skip.number else 'No issue'}: {skip.reason.rstrip('.')}."
