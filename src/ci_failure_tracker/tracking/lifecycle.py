"""The lifecycle rules: what becomes of one identity, and why. The numbers are those of docs/rules.md."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import (
    Closed,
    Closer,
    CloseReason,
    Closing,
    CommitsBetween,
    Decision,
    DecisionKind,
    DuplicateOf,
    History,
    Issue,
    IssueRef,
    KnownRule,
    Occurrence,
    Reopened,
    Skip,
    SkipReason,
    State,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.settings import Comments, GroupBy, Settings
from ci_failure_tracker.tracking import comment_policy
from ci_failure_tracker.tracking.attribution import Attribution
from ci_failure_tracker.tracking.commits import shortened_commits
from ci_failure_tracker.tracking.corrections import NOTHING, Corrections, Merge, without_ended
from ci_failure_tracker.tracking.grouping import names_cause
from ci_failure_tracker.tracking.recovery import KEEP_OPEN, CloseDecision, gone_words, judge_recovery
from ci_failure_tracker.tracking.start_failure import start_failure
from ci_failure_tracker.tracking.state_update import fit, follow, reopen, updated_state
from ci_failure_tracker.tracking.storms import Storms, failing_now, key_of_umbrella
from ci_failure_tracker.tracking.taught import TaughtBlock

MUTED = "ci-failure:muted"
"""The label by which people keep the tracker from commenting."""

FLAKY = "flaky"
"""The label of an issue about a flaky job."""

_KNOWN = "#"
"""How the name of what an issue is in begins if that is a known issue; its number follows."""

_MERGED = "="
"""The same of an issue that a person merged into another one."""

_LOGS_ARRIVE_WITHIN = timedelta(hours=1)
_FLAKES = 2
"""Commits on which a job failed and then passed before a passing job gets an issue: one may be chance."""

_OLD_FLAKE = 4
"""Passes in a row after which no issue is opened for a job that was only flaky."""


@dataclass(frozen=True, slots=True)
class LifecycleRules:
    """The rules under the settings, at a time, with what only the whole sweep knows.

    `partial` are the repositories of which something could not be read. `umbrellas` are the numbers of the open issues
    of storms, by their keys; `commits` are those of the breaks. `closers` are the commits that closed issues, by
    number, and `contains` says whether a commit contains one. `files_at` are files by commit and path. `undiagnosed`
    are the ids of jobs whose logs a later sweep reads. `attribution` tells suspects apart and knows owners. `blocks`
    are what people wrote into issues for the tracker, by number. `known_by_log` says that known issues look at logs,
    and that the logs were asked for. `corrections` are those of people.
    """

    settings: Settings
    now: datetime
    partial: Set[str]
    storms: Storms = field(default_factory=Storms)
    umbrellas: Mapping[str, int] = field(default_factory=dict)
    commits: Sequence[CommitsBetween] = ()
    attribution: Attribution | None = None
    undiagnosed: Set[int] = frozenset()
    closers: Mapping[int, Closer | None] = field(default_factory=dict)
    contains: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    files_at: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    blocks: Mapping[int, TaughtBlock] = field(default_factory=dict)
    known_by_log: bool = False
    corrections: Corrections = NOTHING

    @property
    def _attribution(self) -> Attribution:
        return self.attribution or Attribution(self.settings)

    def decide(self, history: History, tracked: Tracked | None, declined: Set[str] = frozenset()) -> Decision | Skip:
        """What to do for one identity, whose issue is `tracked`.

        `declined` are the signatures and headlines of causes for which a person closed an issue as not planned.
        """
        if tracked is None:
            return self._without_issue(history)
        if tracked.state is None:
            # Without a failure that the runs show, there is nothing to write the text from.
            if tracked.restorable and tracked.issue.open and history.occurrences:
                return self.restore(history, tracked.issue)
            return skip(history, SkipReason.UNREADABLE, f"issue #{tracked.issue.number}: {tracked.defect}", tracked)
        if tracked.issue.open:
            return self._open(history, tracked, tracked.state, declined)
        return self._closed(history, tracked, tracked.state, declined)

    # --- rule 2: several issues ------------------------------------------------------------------

    def close_duplicate(self, tracked: Tracked, older: Issue) -> Decision | None:
        """Close an issue because of an older one; `None` if its state cannot be read."""
        if tracked.state is None:
            return None
        return Decision(
            DecisionKind.CLOSE,
            tracked.state.identity,
            f"#{older.number} is older and tracks the same failure",
            after=dataclasses.replace(tracked.state, closed=Closing(CloseReason.DUPLICATE, self.now)),
            before=tracked.state,
            issue=tracked.issue,
            comment=DuplicateOf(older.number) if self._may_comment(tracked.issue) else None,
            duplicate_of=older,
        )

    def into_umbrella(self, update: Decision, umbrella: Decision) -> Decision:
        """Close the open issue of a job that an umbrella issue covers, as its duplicate.

        An issue that a person keeps open, or opened again, stays open.
        """
        issue, before = update.issue, update.before
        if issue is None or before is None or issue.has_label(KEEP_OPEN) or update.after.reopened_at is not None:
            return update
        # An older version linked the two and left both open. They stay so until something happens.
        linked = umbrella.before is not None and issue.number in umbrella.before.related
        if linked and update.after.count == before.count:
            return update
        # A new umbrella issue has no number before it is written, so the writer puts it in.
        kept = umbrella.issue or IssueRef(umbrella.identity.id)
        number = kept.number if isinstance(kept, Issue) else kept
        closing = Closing(CloseReason.DUPLICATE, self.now)
        line = self.corrections.of_cause(update.identity.id)
        noun = f"{'tests' if update.identity.test else 'jobs'} that fail"
        return dataclasses.replace(
            update,
            kind=DecisionKind.CLOSE,
            reason=f"{line.words}, so it is counted there" if line else f"one issue tracks all {noun} for this reason",
            after=fit(dataclasses.replace(update.after, closed=closing, umbrella=key_of_umbrella(umbrella.identity))),
            comment=DuplicateOf(number, umbrella=True) if self._may_comment(issue) else None,
            labels=(),
            duplicate_of=kept,
        )

    # --- a known issue ---------------------------------------------------------------------------

    def into_known_issue(self, update: Decision, rule: KnownRule) -> Decision:
        """Close an open issue whose newest failure the rule of a known issue matches, as a duplicate of that issue.

        An issue that a person keeps open, or opened again, stays open.
        """
        issue, before = update.issue, update.before
        if issue is None or before is None or issue.has_label(KEEP_OPEN) or update.after.reopened_at is not None:
            return update
        closing = Closing(CloseReason.DUPLICATE, self.now)
        return dataclasses.replace(
            update,
            kind=DecisionKind.CLOSE,
            reason=rule.reason,
            after=fit(dataclasses.replace(update.after, closed=closing, umbrella=f"{_KNOWN}{rule.number}")),
            comment=DuplicateOf(rule.number, known=True) if self._may_comment(issue) else None,
            labels=(),
            duplicate_of=rule.known.issue,
        )

    # --- an issue that is the same as another one ------------------------------------------------

    def close_merged(self, tracked: Tracked, merge: Merge, holder: Issue) -> Decision | None:
        """Close an issue that says that another one is the same; `None` if its state cannot be read."""
        state, taught = tracked.state, self.blocks.get(tracked.issue.number)
        if state is None:
            return None
        closed = dataclasses.replace(
            state,
            closed=Closing(CloseReason.DUPLICATE, self.now),
            umbrella=f"{_MERGED}{holder.number}",
            block=taught.block.digest if taught else state.block,
        )
        return Decision(
            DecisionKind.CLOSE,
            state.identity,
            f"{merge.words}, so it is counted there",
            after=fit(closed),
            before=state,
            issue=tracked.issue,
            comment=DuplicateOf(holder.number, same_as=True) if self._may_comment(tracked.issue) else None,
            duplicate_of=holder,
            held_by=merge.into.id,
        )

    def restore(self, history: History, issue: Issue) -> Decision:
        """Write the text of an open issue again that has lost its marker or all of its text; its history is lost."""
        after = self._completed(updated_state(None, history))
        reason = "a person removed the tracker's text, so it is written again from the runs"
        return Decision(DecisionKind.UPDATE, history.identity, reason, after=after, issue=issue)

    # --- rule 3: failing, no issue ---------------------------------------------------------------

    def _without_issue(self, history: History) -> Decision | Skip:
        # A passing job gets an issue only for being flaky. Nobody would notice a job that passes each second time.
        flaky = not history.failing and is_flaky_enough(history, None)
        if not (history.failing or flaky):
            return not_failing(history, None)
        least = self.settings.min_failures
        # A run counts once, however often it was run again.
        failed = len({occurrence.run_id for occurrence in history.occurrences})
        # The reasons to wait come in this order, because the summary shows only the first: what a person has set, what
        # another issue covers, what is not known yet.
        if failed < least:
            failed_runs = counted(failed, "failed run")
            return skip(history, SkipReason.TOO_FEW, f"{failed_runs}; `min-failures` is {least}")
        if storm := self.storms.over(history):
            return skip(history, SkipReason.STORM, self._storm_words(storm, history))
        if self._waits_for_log(history):
            return skip(history, SkipReason.CAUSE_UNKNOWN, "the cause is not known yet; the next sweep reads the log")
        words = "flaky, no issue yet" if flaky else "failing, no issue yet"
        return self._create(history, updated_state(None, history), f"{words}: {failing_words(history)}")

    def _storm_words(self, cause: str, history: History) -> str:
        members = self.storms.members.get(cause, ())
        others, noun = len(members) - 1, "job"
        if history.identity.test:
            others, noun = sum(bool(member.identity.test) for member in members) - 1, "test"
        number = self.umbrellas.get(cause)
        where = f"tracked in #{number}" if number else "tracked in one issue"
        return f"same cause as {counted(others, f'other {noun}')}; {where}" if others > 0 else f"same cause; {where}"

    def _waits_for_log(self, history: History) -> bool:
        """Whether a log may still name the cause of the newest failure; an issue for its job would be the wrong one.

        With known issues the log may show that no issue is wanted. A log that cannot be read is not waited for as
        long as one that nobody has asked for yet.
        """
        by_log = self.settings.group_by in {GroupBy.CAUSE, GroupBy.TEST}
        if not (by_log or self.known_by_log) or history.latest.never_ran:
            return False
        if history.identity.spans_jobs:
            return bool(history.identity.test) and history.unread
        # GitHub stores a log some time after the job has ended, so a log that is missing then may still come.
        late = self.now - history.latest.ended_at > _LOGS_ARRIVE_WITHIN
        unread = frozenset() if by_log else self.undiagnosed
        return any(
            leg.job_id is not None
            and not leg.signature
            and not (late and (leg.log_unavailable or leg.job_id in unread))
            for leg in history.latest.legs
        )

    # --- rules 4 and 6: an open issue ------------------------------------------------------------

    def _open(self, history: History, tracked: Tracked, before: State, declined: Set[str]) -> Decision:
        """Rule 4: an open issue is updated. Rule 6: it is closed with proof."""
        after = self._accepted(self._completed(updated_state(before, history)), tracked.issue)
        # What could not be read in one repository says nothing against closing an issue about another.
        partial = any(status.repository in self.partial for status in after.branch_statuses)
        recovery = judge_recovery(after, history, tracked.issue, self.settings, self.now, partial=partial)
        if recovery.close_as is not None:
            return self._close(before, after, tracked, recovery, recovery.close_as)
        after = _changed(after, compared_to=comment_policy.compared_to(before, after, self.undiagnosed))
        # The umbrella issue announces the cause that it stands for, so the issues of its jobs do not.
        of_storms = () if history.identity.cause else (storm.identity.cause for storm in self.storms.umbrellas)
        covered = {*declined, *of_storms}
        news = comment_policy.news_to_comment_on(before, after, self.settings.comment, self.now, covered)
        may_comment = self._may_comment(tracked.issue)
        if not may_comment:
            # Muted news is not kept for later, or a sweep after the muting would tell all of it at once.
            news = dataclasses.replace(news, failures=0, causes=(), flaky=False)
        # What is learnt later may show that another break, which is as old, is the latest one. That is no news.
        week_known = before.week_commented and comment_policy.is_a_week_old(after, self.now)
        after = _changed(
            after,
            week_commented=after.week_commented or news.week or week_known,
            cause_commented_at=self.now if news.causes else after.cause_commented_at,
        )
        return Decision(
            DecisionKind.UPDATE,
            history.identity,
            ", ".join((*self.corrections.news.get(history.identity.id, ()), *comment_policy.changes(before, after))),
            after=after,
            before=before,
            issue=tracked.issue,
            comment=news if news and may_comment else None,
            labels=_flaky_label(before, after, tracked),
            waits="" if history.failing else recovery.reason,
        )

    def _accepted(self, state: State, issue: Issue) -> State:
        """The state that remembers that the block of people counts; the tracker is the last editor after this."""
        taught = self.blocks.get(issue.number)
        return _changed(state, block=taught.block.digest) if taught is not None and taught.counts else state

    def _may_comment(self, issue: Issue) -> bool:
        """Rule 7: whether the issue is not muted. A trusted block may say until when it is."""
        taught = self.blocks.get(issue.number)
        is_muted = issue.has_label(MUTED) and not (taught and taught.is_over(self.now))
        return self.settings.comment is not Comments.NEVER and not is_muted

    def _close(
        self, before: State, after: State, tracked: Tracked, recovery: CloseDecision, close_as: CloseReason
    ) -> Decision:
        closed = dataclasses.replace(after, closed=Closing(close_as, self.now), reopened_at=None)
        return Decision(
            DecisionKind.CLOSE,
            after.identity,
            recovery.reason,
            after=fit(closed),
            before=before,
            issue=tracked.issue,
            comment=Closed(close_as, self.now, recovery.without_proof) if self._may_comment(tracked.issue) else None,
        )

    # --- rule 5: a closed issue ------------------------------------------------------------------

    def _closed(self, history: History, tracked: Tracked, state: State, declined: Set[str]) -> Decision | Skip:
        issue = tracked.issue
        # Without a time of closing, every failure counts as older: it is safer to leave the issue closed.
        closed_at = issue.closed_at or self.now
        flaky = not history.failing and is_flaky_enough(history, closed_at)
        if not (history.failing or flaky):
            return not_failing(history, tracked)
        # What a person decided comes before everything that the runs say.
        if (decision := self._declined(history, tracked, declined, closed_at)) is not None:
            return decision
        # A job in an umbrella issue went on failing; what counts is that it fails of something else now.
        in_umbrella = tracked.is_in_umbrella and history.failing
        if not (flaky or in_umbrella or self._failed_after_closing(history, tracked)):
            words = "no failed run since it was closed"
            return skip(history, SkipReason.OLDER_THAN_CLOSING, words, tracked)
        if storm := self.storms.over(history):
            return skip(history, SkipReason.STORM, self._storm_words(storm, history), tracked)
        # Nobody reads on in a discussion of last year, so a late failure gets a new issue with a link back.
        if self.now - closed_at > self.settings.reopen_within:
            follower = follow(issue.number, history, closed_at)
            return self._create(history, follower, f"failing again, long after #{issue.number} was closed")
        after = self._accepted(self._completed(reopen(state, history)), issue)
        left_umbrella = state.umbrella in self.umbrellas
        again = "failing again since it was closed" if history.failing else "flaky again since it was closed"
        if known_issue_of(state):
            again = f"known issue {state.umbrella} does not cover what fails now"
        if merged_into(state):
            again = f"#{merged_into(state)} does not count it any more"
        return Decision(
            DecisionKind.REOPEN,
            history.identity,
            f"{'failing for another reason' if left_umbrella else again}: {failing_words(history)}",
            after=after,
            before=state,
            issue=issue,
            comment=self._reopened(state, closed_at, left_umbrella=left_umbrella) if self._may_comment(issue) else None,
            labels=_flaky_label(state, after, tracked),
        )

    @staticmethod
    def _reopened(state: State, closed_at: datetime, *, left_umbrella: bool) -> Reopened:
        return Reopened(closed_at, left_umbrella, known_issue_of(state), merged_into(state))

    def _failed_after_closing(self, history: History, tracked: Tracked) -> bool:
        """Whether a job fails now in a run that says something of the time after the closing.

        If a commit closed the issue, a run of its branch does so if its commit contains that one. Otherwise, and if it
        is not known, a run does so that started later.
        """
        closed_at, closer = tracked.issue.closed_at or self.now, self.closers.get(tracked.issue.number)
        for occurrence in failing_occurrences(history):
            # GitHub is asked about the branch that the commit was pushed to. On another one it may come much later.
            contains = None
            if closer and occurrence.branch == closer.branch:
                contains = self.contains.get((closer.sha, occurrence.commit.sha))
            if occurrence.started_at > closed_at if contains is None else contains:
                return True
        return False

    def _declined(
        self, history: History, tracked: Tracked, declined: Set[str], closed_at: datetime
    ) -> Decision | Skip | None:
        """What a person decided by closing an issue as not planned, which holds for the causes that were known then.

        A duplicate that a person closed stays closed, whatever the cause.
        """
        fails_otherwise = _failed_since(history, closed_at) and _fails_otherwise(history, declined)
        if tracked.closed_for_good and declined and fails_otherwise and not self.storms.over(history):
            number = tracked.issue.number
            reason = f"new cause; #{number} was closed as not planned for other causes"
            return self._create(history, follow(number, history, closed_at), reason)
        if tracked.closed_for_good or (declined and history.failing and _fails_as_declined(history, declined)):
            reason = "not planned" if declined else (tracked.issue.state_reason or "").replace("_", " ")
            words = f"closed as {reason}, so it stays closed until a person reopens it"
            if not tracked.closed_for_good:
                words = "same cause as an earlier issue that a person closed as not planned"
            return skip(history, SkipReason.CLOSED_BY_PERSON, words, tracked)
        return None

    # --- what is remembered ----------------------------------------------------------------------

    def _create(self, history: History, state: State, reason: str) -> Decision:
        state = self._completed(state)
        # A failure that is a week old at the opening needs no comment that says so.
        state = _changed(state, week_commented=comment_policy.is_a_week_old(state, self.now))
        attribution = self._attribution
        labels = (*self.settings.labels, *attribution.labels(state), *([FLAKY] if state.flaky else []))
        return Decision(
            DecisionKind.CREATE,
            history.identity,
            reason,
            after=state,
            labels=tuple(dict.fromkeys(labels)),
            assignees=attribution.assignees(state),
            mentions=attribution.mentions(state),
        )

    def _completed(self, state: State) -> State:
        """The state with why a workflow could not start, and suspects and owners if a commit can have caused it.

        What people merged into it stays as long as it says anything.
        """
        merged = without_ended(state, self.corrections.entries(state.identity.id))
        state = state if merged == state else fit(merged)
        state = _changed(state, start_failure=start_failure(state, self.files_at))
        if not state.commit_can_cause:
            # To name a person for a lost runner would be an accusation.
            return _changed(state, suspects=None, owners=None)
        commits = next((commits for commits in self.commits if is_about(commits, state)), None)
        # The suspects of a break stay as they are once named: they do not change, and people may have been asked.
        suspects = state.suspects or (shortened_commits(commits) if commits else None)
        completed = self._attribution.completed(dataclasses.replace(state, suspects=suspects))
        return _changed(state, suspects=completed.suspects, owners=completed.owners)


def known_issue_of(state: State) -> int:
    """The number of the known issue as whose duplicate an issue was closed; 0 if it was not."""
    return _number_after(_KNOWN, state)


def merged_into(state: State) -> int:
    """The number of the issue into which a person merged an issue, so that it was closed; 0 if nobody did."""
    return _number_after(_MERGED, state)


def _number_after(sign: str, state: State) -> int:
    number = state.umbrella.removeprefix(sign)
    return int(number) if number != state.umbrella and number.isdecimal() else 0


def is_flaky_enough(history: History, since: datetime | None) -> bool:
    """Whether a passing identity is flaky, and that is news (rule 8)."""
    flakes = {
        occurrence.commit.sha
        for occurrence in history.occurrences
        if occurrence.commit.sha in history.flakes and (since is None or occurrence.started_at > since)
    }
    old = all(status.passes >= _OLD_FLAKE for status in history.branch_statuses)
    return len(flakes) >= _FLAKES and not history.gone and not old


def _changed(state: State, **changes: Any) -> State:
    """The state with these changes, made to fit again; a state that is the same is not fitted, which takes long."""
    after = dataclasses.replace(state, **changes)
    # `fit` writes the whole marker to learn its length.
    return state if after == state else fit(after)


def is_about(commits: CommitsBetween, state: State) -> bool:
    """Whether these are the commits of the latest break."""
    green, red = state.last_green, state.first_red
    return green is not None and red is not None and (commits.green, commits.red) == (green.sha, red.sha)


def _fails_otherwise(history: History, declined: Set[str]) -> bool:
    """Whether a job fails now for a cause that is known and not among these."""
    of_newest = {leg.signature for leg in failing_now(history)}
    # "Process completed with exit code 1" is no other cause: it may be any.
    named = (diagnosis for diagnosis in history.job_diagnoses if names_cause(diagnosis))
    causes = ((one.signature, one.headline) for one in named if one.signature in of_newest)
    return any(not declined & {*cause} for cause in causes)


def _fails_as_declined(history: History, declined: Set[str]) -> bool:
    """Whether all jobs fail now for causes among these."""
    return {leg.signature for leg in failing_now(history)} <= declined


def _failed_since(history: History, closed_at: datetime) -> bool:
    """Whether a leg that fails now failed in a run that started after the closing."""
    return any(occurrence.started_at > closed_at for occurrence in failing_occurrences(history))


def failing_occurrences(history: History) -> Sequence[Occurrence]:
    """The failures of the legs that fail now, in the runs that were read."""
    red = {(red_leg.run_id, red_leg.attempt) for status in history.branch_statuses for red_leg in status.red}
    return [occurrence for occurrence in history.occurrences if occurrence.key in red]


def _flaky_label(before: State, after: State, tracked: Tracked) -> tuple[str, ...]:
    """The label, added once: if a person removes it, it stays off."""
    turned = after.flaky is not None and before.flaky is None
    return (FLAKY,) if turned and not tracked.issue.has_label(FLAKY) else ()


def skip(history: History, why: SkipReason, reason: str, tracked: Tracked | None = None) -> Skip:
    """Nothing is done, for this reason."""
    return Skip(history.identity, reason, why, tracked.issue.number if tracked else None)


def failing_words(history: History) -> str:
    """How often it failed, and the run in which it failed last."""
    return f"{counted(len(history.occurrences), 'failed run')}, the latest is run {history.latest.number}"


def not_failing(history: History, tracked: Tracked | None) -> Skip:
    """Nothing to do. What no longer runs does not pass either."""
    reason = SkipReason.RETIRED if history.gone else SkipReason.GREEN
    return skip(history, reason, green_words(history), tracked)


def green_words(history: History) -> str:
    """Why it is not failing."""
    if history.gone:
        retired = any(status.retired for status in history.branch_statuses)
        return gone_words(history.branch_statuses) if retired else "the workflow no longer has the job"
    if history.cause_replaced:
        return comment_policy.REPLACED
    if history.green_again is None:
        return "not failing in the last run that was seen"
    return f"passing again since run {history.green_again.number}"
