"""What the tracker says in comments: short, with the proof or the link, and never a mention.

Each comment ends with a mark: a hidden line that is the same whenever the same is said, and with nothing else. By it a
comment is found whose writing was interrupted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from ci_failure_tracker.issues.evidence import short_code
from ci_failure_tracker.issues.links import commit, run_link, run_ref_link, span
from ci_failure_tracker.model import SCHEDULE, BranchStatus, CloseReason, Flaky, IdentityKind, News, RunRef, State
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import code, utc

_TARGET = re.compile(r"(?<=\])\([^)]*\)")
"""Where a link leads: a server may be moved."""

_HEADLINE = 160
_LISTED = 5


def closing_comment(state: State, ending: CloseReason, url: str, now: datetime) -> str:
    """Why the issue is closed, with the proof: which runs, on which commits, and how long it was broken."""
    proof = list(_CLOSINGS[ending](state, url))
    # How long it was may depend on when that is asked.
    return "\n\n".join([*proof, _how_long(state, ending, now), _mark(proof, "closed", state)])


def duplicate_comment(number: int) -> str:
    """That another issue stands for the same thing."""
    said = f"Issue #{number} stands for the same failure, so this one is closed as its duplicate."
    return f"{said}\n\n<!-- ci-failure-tracker-comment duplicate {number} -->"


def reopening_comment(state: State, closed_at: datetime, url: str) -> str:
    """That it fails again, where, and what may have brought it back."""
    again = "Failing again" if any(line.red for line in state.branch_statuses) else "It failed again, and then passed"
    parts = [
        f"{again}: {run_link(state.latest, url)} on commit {commit(state.latest.commit.sha, url)} "
        f"ended as {state.latest.outcome.words} on {utc(state.latest.ended_at)}. "
        f"The issue had been closed for {span(state.latest.ended_at - closed_at)}."
    ]
    found = {leg.signature for leg in state.latest.legs}
    why = next((cause.headline for cause in state.causes if cause.signature in found), "")
    if why:
        parts.append(f"Why: {short_code(why, _HEADLINE)}")
    return _signed(parts, "reopened", state)


def news_comment(state: State, url: str, news: News) -> str:
    """What changed in an open issue, in one comment."""
    parts = []
    latest = f"{run_link(state.latest, url)} on commit {commit(state.latest.commit.sha, url)}"
    if news.failures:
        more = f", {counted(news.failures, 'new failed run')}" if news.failures > 1 else ""
        parts.append(f"Failed again: {latest}{more}.")
    named = [short_code(cause.headline, _HEADLINE) for cause in news.causes if cause.headline]
    if named:
        where = "" if news.failures else f" Last seen failing in {latest}."
        parts.append(f"It fails of something new: {', '.join(named[:_LISTED])}.{where}")
    if news.flaky and state.flaky:
        parts.append(f"This is flaky. {flaky_words(state.flaky, url)}")
    if news.week:
        since = f" since {run_ref_link(state.first_red, url)}" if state.first_red else ""
        parts.append(f"Broken for a week: red{since}, in {counted_failures(state)}.")
    return _signed(parts, "news", state)


def _signed(parts: Iterable[str], about: str, state: State) -> str:
    said = list(parts)
    return "\n\n".join([*said, _mark(said, about, state)])


def _mark(said: Iterable[str], about: str, state: State) -> str:
    latest = state.latest
    words = _TARGET.sub("", "\n".join(said))
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:8]
    what = f"{about} {state.identity.id} {latest.run_id}.{latest.attempt} {digest}"
    return f"<!-- ci-failure-tracker-comment {what} -->"


# --- how it ended --------------------------------------------------------------------------------


def _recovered(state: State, url: str) -> Iterator[str]:
    lines = [line for line in state.branch_statuses if not line.gone]
    if all(line.subject == SCHEDULE for line in lines):
        yield "Closed: its schedule runs again."
        return
    yield "Closed: it is green again on commits that never failed."
    several = len(lines) > 1
    for line in lines:
        yield _proof(line, url, f" on {code(line.branch, 100)}" if several or line.branch else "")
    legs = [one.leg for one in state.legs if one.leg]
    if len(legs) > 1:
        kind = "job" if state.identity.cause or state.identity.is_whole_workflow else "leg"
        yield f"Each of the {counted(len(legs), kind)} that had failed was seen green, or is no longer there."


def _proof(line: BranchStatus, url: str, where: str) -> str:
    last = f"The last failure{where} was run {line.last_red.number} on commit {commit(line.last_red.sha, url)}"
    rows = [f"- {run_ref_link(green, url)}" for green in line.greens]
    return "\n".join([f"{last}. Green since then:", "", *rows]) if rows else f"{last}."


def _gone(state: State, url: str) -> Iterator[str]:
    yield (
        "Closed as not planned: nothing is left that could fail, for the job or its workflow is no longer there. "
        f"It last failed in {run_link(state.latest, url)}, and was not proven to be mended. "
        "If it comes back and fails, this issue is opened again."
    )


def _moved_on(state: State, url: str) -> Iterator[str]:
    yield f"Closed: {run_link(state.latest, url)} no longer waits for an approval."


_CLOSINGS = {CloseReason.RECOVERED: _recovered, CloseReason.GONE: _gone, CloseReason.MOVED_ON: _moved_on}


def _how_long(state: State, ending: CloseReason, now: datetime) -> str:
    """From the first red run of the break to the green one that ended it."""
    start = state.first_red.at if state.first_red else state.first_seen
    again = state.green_again or min(
        (green for line in state.branch_statuses for green in line.greens), key=_at, default=None
    )
    end = max(start, again.at if again and ending is not CloseReason.MOVED_ON else now)
    time = f"for {span(end - start)}, from {utc(start)} to {utc(end)}"
    if ending is CloseReason.MOVED_ON:
        return f"It waited {time}."
    if state.identity.kind is IdentityKind.SCHEDULE:
        return f"It was silent {time}."
    return f"It was broken {time}, in {counted_failures(state)}."


def _at(point: RunRef) -> datetime:
    return point.at


# --- words that others use, too ------------------------------------------------------------------


def counted_failures(state: State) -> str:
    """`3 failed runs`; `at least 3` where runs went by unseen."""
    return ("at least " if state.runs_missed else "") + counted(state.count, "failed run")


def flaky_words(flaky: Flaky, url: str) -> str:
    """What makes it flaky: the commits on which it failed and passed, and how often it fails."""
    said = []
    if flaky.commits:
        shown = ", ".join(commit(sha, url) for sha in flaky.commits)
        more = f" and {flaky.more} more" if flaky.more else ""
        said.append(f"It failed and then passed on the same commit: {shown}{more}.")
    if flaky.runs:
        turns = f", and it turned {counted(flaky.changes, 'time')} between red and green" if flaky.changes > 1 else ""
        said.append(f"Of its last {counted(flaky.runs, 'run')} {flaky.failed} failed at first{turns}.")
    return " ".join(said)
