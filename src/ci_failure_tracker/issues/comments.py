"""The comments of the tracker: short, with the proof or the link, and never a mention.

Each comment ends with a mark, a hidden line that is equal only for equal comments. The mark finds a comment whose
writing was interrupted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ci_failure_tracker.issues.evidence import short_code
from ci_failure_tracker.issues.links import address, commit, commit_of, run_link, run_ref_link, span
from ci_failure_tracker.model import (
    SCHEDULE,
    BranchStatus,
    CloseReason,
    DuplicateOf,
    Flaky,
    IdentityKind,
    News,
    Occurrence,
    Reopened,
    RetireReason,
    State,
    shown_ref,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.markdown import code, utc

_TARGET = lazy(r"(?<=\])\([^)]*\)")
"""The address of a link, which may change when a server moves."""

_HEADLINE = 160
_LISTED = 5


def closing_comment(state: State, ending: CloseReason, url: str, now: datetime, *, without_proof: bool = False) -> str:
    """Why the issue is closed, with the proof: the runs, their commits, and how long it was broken."""
    proof = list(_quiet(state, url) if without_proof else _CLOSINGS[ending](state, url))
    # The mark leaves the duration out, which may depend on the time of the sweep.
    return "\n\n".join([*proof, _how_long(state, ending, now), _mark(proof, "closed", state)])


def duplicate_comment(duplicate: DuplicateOf, *, of_test: bool = False) -> str:
    """The comment that closes an issue because another issue stands for the same failure, or for its cause."""
    number, about = duplicate.number, "duplicate"
    text = f"Issue #{number} tracks the same failure, so this issue is closed as its duplicate."
    if duplicate.umbrella:
        noun = "test" if of_test else "job"
        text = (
            f"Several {noun}s fail for this reason, and #{number} tracks all of them, so this issue is closed as its "
            f"duplicate. If this {noun} fails for another reason, this issue is opened again."
        )
    if duplicate.known:
        about = "known"
        text = (
            f"The rule in the known issue #{number} matches this failure. It is counted there, and this issue is "
            "closed as its duplicate. If it still fails when no rule matches it any more, this issue is opened again."
        )
    if duplicate.same_as:
        about = "same-as"
        text = (
            f"This issue says that #{number} is the same, so its failures are counted there and this issue is closed "
            "as its duplicate. If you take that line away and it fails, this issue is opened again."
        )
    return f"{text}\n\n<!-- ci-failure-tracker-comment {about} {number} -->"


def reopening_comment(state: State, url: str, reopened: Reopened) -> str:
    """The comment that reopens an issue: where it failed, how, and why."""
    again = (
        "Failing again" if any(branch.red for branch in state.branch_statuses) else "It failed again, and then passed"
    )
    if reopened.left_umbrella:
        noun = "tests" if state.identity.test else "jobs"
        again = f"Failing for a reason that the other {noun} do not have"
    if reopened.known:
        again = f"Failing, and the known issue #{reopened.known} does not count it any more"
    if reopened.merged:
        again = f"Failing, and #{reopened.merged} does not count it any more"
    parts = [f"{again}: {run_link(state.latest, url)} on commit {commit_of(state.latest, url)} {_ended(state.latest)}."]
    if not (reopened.known or reopened.merged):
        parts[0] += f" The issue had been closed for {span(state.latest.ended_at - reopened.closed_at)}."
    # Why it failed last time is not news. Only a cause of the newest run is named.
    signatures = {leg.signature for leg in state.latest.legs}
    headline = next((cause.headline for cause in state.causes if cause.signature in signatures), "")
    if headline:
        parts.append(f"Why: {short_code(headline, _HEADLINE)}")
    return _marked(parts, "reopened", state)


def _ended(latest: Occurrence) -> str:
    if latest.never_ran is not None:
        return f"never ran; it was created on {utc(latest.started_at)}"
    return f"ended as {latest.outcome.words} on {utc(latest.ended_at)}"


def news_comment(state: State, url: str, news: News) -> str:
    """What changed in an open issue."""
    parts = []
    latest = f"{run_link(state.latest, url)} on commit {commit_of(state.latest, url)}"
    if news.failures:
        more = f", {counted(news.failures, 'new failed run')}" if news.failures > 1 else ""
        parts.append(f"Failed again: {latest}{more}.")
    named = [short_code(cause.headline, _HEADLINE) for cause in news.causes if cause.headline]
    if named:
        where = "" if news.failures else f" Last seen failing in {latest}."
        parts.append(f"It fails for a new reason: {', '.join(named[:_LISTED])}.{where}")
    if news.flaky and state.flaky is not None:
        parts.append(f"This is flaky. {flaky_words(state, url)}")
    if news.week:
        since = f" since {run_ref_link(state.first_red, url)}" if state.first_red else ""
        parts.append(f"Broken for a week: failing{since}, in {counted_failures(state)}.")
    return _marked(parts, "news", state)


def _marked(parts: list[str], about: str, state: State) -> str:
    return "\n\n".join([*parts, _mark(parts, about, state)])


def _mark(parts: Iterable[str], about: str, state: State) -> str:
    latest = state.latest
    # A comment that was written before a rename is the same comment after it.
    words = _TARGET.sub("", "\n".join(parts))
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:8]
    return f"<!-- ci-failure-tracker-comment {about} {state.identity.id} {latest.run_id}.{latest.attempt} {digest} -->"


# --- close reasons -------------------------------------------------------------------------------


def _recovered(state: State, url: str) -> Iterator[str]:
    branches = [branch for branch in state.branch_statuses if not branch.gone]
    if all(branch.subject == SCHEDULE for branch in branches):
        yield "Closed: its schedule runs again."
        return
    passes = min(branch.passes for branch in branches if branch.subject != SCHEDULE)
    yield f"Closed: it passed {counted(passes, 'time')} in a row after its last failure."
    yield from _proofs(branches, url)
    legs = [leg.leg for leg in state.legs if leg.leg]
    if len(legs) > 1:
        is_of_jobs = state.identity.spans_jobs or state.identity.is_whole_workflow or bool(state.merged)
        kind = "job" if is_of_jobs else "matrix job"
        yield f"Each of the {counted(len(legs), kind)} that failed has passed since, or no longer exists."


def _quiet(state: State, url: str) -> Iterator[str]:
    yield (
        "Closed: it has only passed for 90 days. It seldom runs, so this is no proof that it is fixed. If it fails "
        "again, this issue is opened again."
    )
    yield from _proofs([branch for branch in state.branch_statuses if not branch.gone], url)


def _proofs(branches: Sequence[BranchStatus], url: str) -> Iterator[str]:
    for branch in branches:
        yield _proof(
            branch, url, f" on {code(shown_ref(branch.branch), 100)}" if len(branches) > 1 or branch.branch else ""
        )


def _proof(branch: BranchStatus, url: str, on_branch: str) -> str:
    failure, trials = branch.last_red, branch.trials
    on_commit = commit(failure.sha, address(url, failure.repository))
    last = f"The last failure{on_branch} was run {failure.number} on commit {on_commit}."
    if not trials.always_failed:
        last += f" It had failed in {trials.failed:,} of {counted(trials.until_failure, 'run')} until then."
    rows = [f"- {run_ref_link(green, url)}" for green in branch.greens]
    since = (
        f"{counted(branch.passes, 'run')} passed since then, such as:"
        if branch.passes > len(rows)
        else "Passed since then:"
    )
    return "\n".join([f"{last} {since}", "", *rows]) if rows else last


def _gone(state: State, url: str) -> Iterator[str]:
    reasons = dict.fromkeys(_why_gone(status) for status in state.branch_statuses)
    yield (
        f"Closed as not planned: {'; '.join(reasons) or _NOT_THERE}. "
        f"It last failed in {run_link(state.latest, url)}. Nothing proves that it is fixed. "
        "If it comes back and fails, this issue is opened again."
    )


_NOT_THERE = "the job or its workflow no longer exists"


def _why_gone(status: BranchStatus) -> str:
    match status.retired:
        case RetireReason.REF:
            return f"the branch {code(status.branch, 100)} on which it failed no longer exists"
        case RetireReason.DISABLED:
            return "a person disabled the workflow, so nothing shows whether it still fails"
        case RetireReason.QUIET:
            newest = max((status.last_red, *status.greens), key=lambda run_ref: run_ref.at)
            return f"it has not run since {utc(newest.at)}, which is unusually long"
        case None:
            return _NOT_THERE


def _moved_on(state: State, url: str) -> Iterator[str]:
    yield f"Closed: {run_link(state.latest, url)} no longer waits for an approval."


def _allowed(state: State, url: str) -> Iterator[str]:
    yield (
        "Closed as not planned: it is allowed to fail. Its runs pass although it fails, as with "
        f"`continue-on-error`. It was last counted in {run_link(state.latest, url)}. With "
        "`allowed-failures: track` such jobs are tracked. If a run fails because of this job alone, this issue is "
        "opened again."
    )


_CLOSINGS = {
    CloseReason.RECOVERED: _recovered,
    CloseReason.GONE: _gone,
    CloseReason.MOVED_ON: _moved_on,
    CloseReason.ALLOWED: _allowed,
}


def _how_long(state: State, ending: CloseReason, now: datetime) -> str:
    """The time from the first failed run of the break to the passing run that ended it, in words."""
    start = state.first_red.at if state.first_red else state.first_seen
    greens = [green.at for branch in state.branch_statuses for green in branch.greens]
    passed_at = state.green_again.at if state.green_again else min(greens, default=None)
    # The break ended with the first pass, not with the sweep that found enough passes.
    end = max(start, passed_at if passed_at and ending is not CloseReason.MOVED_ON else now)
    time = f"for {span(end - start)}, from {utc(start)} to {utc(end)}"
    if ending is CloseReason.MOVED_ON:
        return f"It waited {time}."
    if state.identity.kind is IdentityKind.SCHEDULE:
        return f"It missed its schedule {time}."
    return f"It failed {time}, in {counted_failures(state)}."


# --- words for other texts, too ------------------------------------------------------------------


def counted_failures(state: State) -> str:
    """`3 failed runs`, or `at least 3 failed runs` if some runs were not read."""
    return ("at least " if state.runs_missed else "") + counted(state.count, "failed run")


def flaky_words(state: State, url: str) -> str:
    """Why it counts as flaky: the commits on which it failed and passed, and how often it fails."""
    flaky, sentences = state.flaky or Flaky(), []
    if flaky.commits:
        of = {past.commit.sha: past.repository for past in state.occurrences}
        repositories = (of.get(sha, state.latest.repository) for sha in flaky.commits)
        pairs = zip(flaky.commits, repositories, strict=True)
        shown = ", ".join(commit(sha, address(url, repository)) for sha, repository in pairs)
        more = f" and {flaky.more} more" if flaky.more else ""
        sentences.append(f"It failed and then passed on the same commit: {shown}{more}.")
    if flaky.runs:
        turns = (
            f", and it changed {counted(flaky.changes, 'time')} between failing and passing"
            if flaky.changes > 1
            else ""
        )
        sentences.append(f"Of its last {counted(flaky.runs, 'run')} {flaky.failed} failed on the first attempt{turns}.")
    return " ".join(sentences)
