"""The rule book: what becomes of one identity, with the reason. The numbers are those of docs/lifecycle.md."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import (
    Closed,
    CloseReason,
    Closing,
    CommitsBetween,
    Decision,
    DecisionKind,
    DuplicateOf,
    History,
    News,
    Reopened,
    Skip,
    SkipReason,
    State,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.settings import Comments, GroupBy, Settings
from ci_failure_tracker.tracking import comment_policy as news
from ci_failure_tracker.tracking.commits import kept
from ci_failure_tracker.tracking.recovery import judge_recovery
from ci_failure_tracker.tracking.state_update import fit, follow, reopen, updated_state
from ci_failure_tracker.tracking.storms import Storms

MUTED = "ci-failure:muted"
"""The label by which people keep the tracker from commenting."""

FLAKY = "flaky"
"""The label of an issue whose subject is flaky."""

_LOGS_ARE_THERE_AFTER = timedelta(hours=1)
_CLOSED_FOR_GOOD = frozenset({"not_planned", "duplicate"})
_FLAKES = 2
"""Commits on which something failed and then passed before an issue is opened although it is green: one is chance."""


@dataclass(frozen=True, slots=True)
class LifecycleRules:
    """Decides, knowing the settings, the time, the storms, and whether anything could not be read."""

    settings: Settings
    now: datetime
    partial: bool
    storms: Storms = field(default_factory=Storms)
    umbrellas: Mapping[str, int] = field(default_factory=dict)
    commits: Sequence[CommitsBetween] = ()

    def decide(self, history: History, tracked: Tracked | None, related: Sequence[int] = ()) -> Decision | Skip:
        """What is to be done for one identity, whose issue is `tracked`; `related` are the issues of its jobs."""
        if tracked is None:
            return self._without_issue(history, related)
        if tracked.state is None:
            return skip(history, SkipReason.UNREADABLE, f"issue #{tracked.issue.number}: {tracked.defect}", tracked)
        if tracked.issue.open:
            return self._open(history, tracked, tracked.state, related)
        return self._closed(history, tracked, tracked.state, related)

    # --- rule 2: several issues ------------------------------------------------------------------

    def close_duplicate(self, one: Tracked, kept: int) -> Decision | None:
        """Close an issue for the one that stays; `None` where its state cannot be read."""
        if one.state is None:
            return None
        return Decision(
            DecisionKind.CLOSE,
            one.state.identity,
            f"#{kept} is older and stands for the same failure",
            after=dataclasses.replace(one.state, closed=Closing(CloseReason.DUPLICATE, self.now)),
            before=one.state,
            issue=one.issue,
            comment=DuplicateOf(kept) if self._may_comment(one) else None,
        )

    # --- rule 3: failing, no issue ---------------------------------------------------------------

    def _without_issue(self, history: History, related: Sequence[int]) -> Decision | Skip:
        flakes = not history.failing and self._is_flaky_enough(history, None)
        if not (history.failing or flakes):
            return skip(history, SkipReason.GREEN, green_words(history))
        least = self.settings.min_failures
        if len(history.occurrences) < least:
            seen = counted(len(history.occurrences), "failed run")
            return skip(history, SkipReason.TOO_FEW, f"{seen}, and `min-failures` asks for {least}")
        if storm := self.storms.over(history):
            return skip(history, SkipReason.STORM, self._storm_words(storm))
        if self._waits(history):
            return skip(history, SkipReason.CAUSE_UNKNOWN, "its cause is not known yet; the next sweep reads its log")
        why = "flaky, no issue yet" if flakes else "failing, no issue yet"
        return self._create(history, updated_state(None, history), f"{why}: {failing_words(history)}", related)

    def _is_flaky_enough(self, history: History, since: datetime | None) -> bool:
        """Whether something that is green now is flaky, and not proven to be mended since (rule 8)."""
        flaked = {
            one.commit.sha
            for one in history.occurrences
            if one.commit.sha in history.flakes and (since is None or one.started_at > since)
        }
        proven = all(len(line.greens) >= 2 * self.settings.close_after for line in history.branch_statuses)
        return len(flaked) >= _FLAKES and not history.gone and not (self.settings.close_after and proven)

    def _storm_words(self, cause: str) -> str:
        others = len(self.storms.members.get(cause, ())) - 1
        number = self.umbrellas.get(cause)
        where = f"issue #{number} tells of" if number else "one issue tells of"
        return (
            f"fails of a cause that {where} for {counted(others, 'other')}, too"
            if others > 0
            else (f"fails of a cause that {where}")
        )

    def _waits(self, history: History) -> bool:
        """Whether a log may still say which cause a failure belongs to; an issue for its job would be the wrong one."""
        if self.settings.group_by is not GroupBy.CAUSE or history.identity.cause:
            return False
        late = self.now - history.latest.ended_at > _LOGS_ARE_THERE_AFTER
        return any(
            leg.job_id is not None and not leg.signature and not (leg.log_unavailable and late)
            for leg in history.latest.legs
        )

    # --- rules 4 and 6: an open issue ------------------------------------------------------------

    def _open(self, history: History, tracked: Tracked, state: State, related: Sequence[int]) -> Decision:
        """Rule 4: an open issue is brought up to date. Rule 6: it is closed with proof."""
        fresh = self._completed(updated_state(state, history), related)
        verdict = judge_recovery(fresh, history, tracked.issue, self.settings, self.partial)
        if verdict.ending is not None:
            return self._close(state, fresh, tracked, verdict.ending, verdict.reason)
        told = news.news_to_comment_on(state, fresh, self.settings.comment, self.now, self._told_elsewhere(history))
        may_comment = self._may_comment(tracked)
        if not may_comment:
            told = dataclasses.replace(told, failures=0, causes=(), flaky=False)
        fresh = self._with_what_is_said(fresh, told)
        return Decision(
            DecisionKind.UPDATE,
            history.identity,
            ", ".join(news.changes(state, fresh)),
            after=fresh,
            before=state,
            issue=tracked.issue,
            comment=told if told and may_comment else None,
            labels=_flaky_label(state, fresh, tracked),
            waits="" if history.failing else verdict.reason,
        )

    def _told_elsewhere(self, history: History) -> frozenset[str]:
        if history.identity.cause:
            return frozenset()
        return frozenset(umbrella.identity.cause for umbrella in self.storms.umbrellas)

    def _with_what_is_said(self, state: State, told: News) -> State:
        return _changed(
            state,
            week_commented=state.week_commented or told.week,
            cause_commented_at=self.now if told.causes else state.cause_commented_at,
        )

    def _may_comment(self, tracked: Tracked) -> bool:
        """Rule 7: whether the issue is not muted."""
        return self.settings.comment is not Comments.NEVER and not tracked.issue.has_label(MUTED)

    def _close(self, before: State, state: State, tracked: Tracked, ending: CloseReason, reason: str) -> Decision:
        closed = dataclasses.replace(state, closed=Closing(ending, self.now), reopened_at=None)
        return Decision(
            DecisionKind.CLOSE,
            state.identity,
            reason,
            after=fit(closed),
            before=before,
            issue=tracked.issue,
            comment=Closed(ending, self.now) if self._may_comment(tracked) else None,
        )

    # --- rule 5: a closed issue ------------------------------------------------------------------

    def _closed(self, history: History, tracked: Tracked, state: State, related: Sequence[int]) -> Decision | Skip:
        issue = tracked.issue
        closed_at = issue.closed_at or self.now
        flakes = not history.failing and self._is_flaky_enough(history, closed_at)
        if not (history.failing or flakes):
            return skip(history, SkipReason.GREEN, green_words(history), tracked)
        if issue.state_reason in _CLOSED_FOR_GOOD and not _was_gone(state):
            words = (issue.state_reason or "").replace("_", " ")
            return skip(
                history, SkipReason.CLOSED_BY_PERSON, f"closed as {words}, which stands until it is reopened", tracked
            )
        if not (flakes or _failed_since(history, closed_at)):
            return skip(
                history, SkipReason.OLDER_THAN_CLOSING, "no failed run has started since it was closed", tracked
            )
        if storm := self.storms.over(history):
            return skip(history, SkipReason.STORM, self._storm_words(storm), tracked)
        if self.now - closed_at > self.settings.reopen_within:
            follower = follow(issue.number, history, closed_at)
            return self._create(history, follower, f"failing again, long after #{issue.number} was closed", related)
        return self._reopen(history, tracked, state, related, closed_at)

    def _reopen(
        self, history: History, tracked: Tracked, state: State, related: Sequence[int], closed_at: datetime
    ) -> Decision | Skip:
        fresh = self._completed(reopen(state, history), related)
        again = "failing again" if history.failing else "flaky again"
        return Decision(
            DecisionKind.REOPEN,
            history.identity,
            f"{again} since it was closed: {failing_words(history)}",
            after=fresh,
            before=state,
            issue=tracked.issue,
            comment=Reopened(closed_at) if self._may_comment(tracked) else None,
            labels=_flaky_label(state, fresh, tracked),
        )

    # --- what is remembered -------------------------------------------------------------------------

    def _create(self, history: History, state: State, reason: str, related: Sequence[int]) -> Decision:
        state = self._completed(state, related)
        state = _changed(state, week_commented=news.is_a_week_old(state, self.now))
        labels = (*self.settings.labels, *([FLAKY] if state.flaky else []))
        return Decision(
            DecisionKind.CREATE, history.identity, reason, after=state, labels=labels, assignees=self.settings.assignees
        )

    def _completed(self, state: State, related: Sequence[int]) -> State:
        """The state with what only the whole of a sweep knows: the commits of the break, the issues beside it."""
        found = next((one for one in self.commits if is_about(one, state)), None)
        suspects = state.suspects or (kept(found) if found else None)
        return _changed(state, suspects=suspects, related=tuple(sorted(related)))


def _changed(state: State, **changes: Any) -> State:
    """The state with these changes, made to fit again; fitting costs most of what a plan takes."""
    fresh = dataclasses.replace(state, **changes)
    return state if fresh == state else fit(fresh)


def is_about(commits: CommitsBetween, state: State) -> bool:
    """Whether these are the commits of the break that an issue tells of."""
    bounds = state.last_green, state.first_red
    return (
        bounds[0] is not None
        and bounds[1] is not None
        and (commits.green, commits.red)
        == (
            bounds[0].sha,
            bounds[1].sha,
        )
    )


def _was_gone(state: State) -> bool:
    """Whether the tracker itself closed it as not planned, because nothing was left that could fail."""
    return state.closed is not None and state.closed.close_reason is CloseReason.GONE


def _failed_since(history: History, closed_at: datetime) -> bool:
    """Whether what is red now is so by a run that started after the closing."""
    red = {(one.run_id, one.attempt) for line in history.branch_statuses for one in line.red}
    return any(one.started_at > closed_at for one in history.occurrences if one.key in red)


def _flaky_label(before: State, after: State, tracked: Tracked) -> tuple[str, ...]:
    """The label, once: where a person takes it off, it stays off."""
    turned = after.flaky is not None and before.flaky is None
    return (FLAKY,) if turned and not tracked.issue.has_label(FLAKY) else ()


def skip(history: History, why: SkipReason, reason: str, tracked: Tracked | None = None) -> Skip:
    """Nothing is done, for this reason."""
    return Skip(history.identity, reason, why, tracked.issue.number if tracked else None)


def failing_words(history: History) -> str:
    """How often it failed, and where last."""
    return f"{counted(len(history.occurrences), 'failed run')}, the latest is run {history.latest.number}"


def green_words(history: History) -> str:
    """Why it is not failing."""
    if history.gone:
        return "the workflow no longer has the job"
    if history.cause_replaced:
        return news.REPLACED
    if history.green_again is None:
        return "not failing when it was last seen"
    return f"green again since run {history.green_again.number}"
