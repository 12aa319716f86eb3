"""What a sweep changed in the state of an issue, and which of it is worth a comment (rule 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from datetime import datetime, timedelta

from ci_failure_tracker.model import Cause, News, State
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.settings import Comments
from ci_failure_tracker.text.markdown import cut_in_middle
from ci_failure_tracker.tracking.causes import tells_nothing

WEEK = timedelta(days=7)
REPLACED = "its jobs fail for another reason now"

_ONE_CAUSE_A_DAY = timedelta(days=1)
"""A job that fails of another cause each time would otherwise get a comment each time."""


def news_to_comment_on(
    before: State,
    after: State,
    comments: Comments,
    now: datetime,
    covered_causes: Set[str],
) -> News:
    """What a comment says now; `covered_causes` are signatures and headlines that are no news in this issue."""
    if comments is Comments.NEVER:
        return News()
    last = before.cause_commented_at
    may_name_causes = (
        # The first cause of an issue is in its body; a flaky job would bring a new one each day.
        before.causes and not _fails_and_passes(after) and (last is None or now - last >= _ONE_CAUSE_A_DAY)
    )
    causes = tuple(
        cause for cause in causes_of_newest(before, after) if not {cause.signature, cause.headline} & covered_causes
    )
    return News(
        failures=after.count - before.count if comments is Comments.ALWAYS else 0,
        causes=causes if may_name_causes else (),
        flaky=_fails_and_passes(after) and not _fails_and_passes(before),
        # A week is commented on once for each break.
        week=not before.week_commented and is_a_week_old(after, now),
    )


def causes_of_newest(before: State, after: State) -> Iterator[Cause]:
    """The causes of the newest failure that no earlier failure had: what happened, not what was learnt.

    An older failure whose log is read late is no news. If the log of the newest one has to wait for a later sweep, its
    news waits, too. So neither the number of logs that a sweep reads nor their order changes a comment. A cause is no
    news either if only an older version, which could not tell causes apart, looked at the failures before.
    """
    compared_to, newest = before.compared_to or before.latest.order, after.latest
    # Until a log of the newest failure is read, nothing was compared with it.
    if newest.order <= compared_to or after.compared_to is not None or tells_nothing(before.causes, before.weak):
        return
    # A cause that was only seen after that has not been commented on: a log of its failure was missing.
    later = [past for past in before.occurrences if past.order > compared_to]
    seen_later = Counter(leg.signature for past in later for leg in past.legs)
    known = [cause for cause in before.causes if cause.count > seen_later[cause.signature]]
    causes = {cause.signature: cause for cause in after.causes}
    of_newest = (causes[leg.signature] for leg in newest.legs if leg.signature in causes)
    yield from _unknown(of_newest, known)


def compared_to(before: State, after: State, undiagnosed: Set[int]) -> tuple[datetime, int, int] | None:
    """Up to which failure the causes were compared, if a log of the newest one is still to be read.

    `undiagnosed` are the jobs whose logs a later sweep reads. A log that is not there may come later, too.
    """
    waits = any(
        not leg.signature and (leg.log_unavailable is not None or leg.job_id in undiagnosed)
        for leg in after.latest.legs
    )
    # A sweep that reads few logs at a time must not forget what it has still to compare.
    earlier = before.compared_to or before.latest.order
    return earlier if waits and earlier < after.latest.order else None


def is_a_week_old(state: State, now: datetime) -> bool:
    """Whether it has been failing for a week and still is."""
    still = state.green_again is None and not state.gone and not state.cause_replaced
    return still and state.first_red is not None and now - state.first_red.at >= WEEK


def new_causes(before: State, after: State) -> list[Cause]:
    """The causes that the issue did not name before."""
    return list(_unknown(after.causes, before.causes))


def _unknown(causes: Iterable[Cause], known: Iterable[Cause]) -> Iterable[Cause]:
    """The causes of which neither signature nor headline is known, one for each headline.

    A reader tells causes apart by their headlines, and another version of the program writes another headline.
    """
    texts = {text for cause in known for text in (cause.signature, cause.headline)}
    return {cause.headline: cause for cause in causes if not texts & {cause.signature, cause.headline}}.values()


def changes(before: State, after: State) -> Iterator[str]:
    """Everything that changed, in words, for the reason of the update."""
    if new := after.count - before.count:
        yield counted(new, "new failed run")
    yield from _changed_causes(before, after)
    turned = {
        "turned flaky": after.flaky and not before.flaky,
        "it will not run again": after.gone and not before.gone,
        REPLACED: after.cause_replaced and not before.cause_replaced,
        "it is skipped in runs that pass": _skips(after) and not _skips(before),
        "the suspect commits are known": after.suspects and not before.suspects,
    }
    yield from (words for words, is_new in turned.items() if is_new)
    if after.green_again is not None and before.green_again is None:
        yield f"passing again since run {after.green_again.number}"
    fixed = _red(before) - _red(after)
    if fixed and _red(after):
        # The reason is one line of the report: three names are enough.
        yield f"no longer failing: {', '.join(sorted(fixed)[:3])}"


def _fails_and_passes(state: State) -> bool:
    """Whether it is flaky on a commit. That it recovers from one cause is learnt from logs, which may be read late."""
    return state.flaky is not None and bool(state.flaky.commits)


def _skips(state: State) -> bool:
    return any(status.skips for status in state.branch_statuses)


def _red(state: State) -> set[str]:
    """What fails, by the names of the legs, or by that of the job if it has no matrix."""
    return {red_leg.leg or state.identity.job for status in state.branch_statuses for red_leg in status.red}


def _changed_causes(before: State, after: State) -> Iterator[str]:
    new = new_causes(before, after)
    if len(new) > 1:
        yield counted(len(new), "new cause")
    elif new:
        yield f"{'new cause' if before.causes else 'its cause'}: {cut_in_middle(new[0].headline, 120)}"
    elif after.count == before.count and (diagnosed := _diagnosed(after) - _diagnosed(before)):
        yield f"the cause of {counted(diagnosed, 'more failed job')} is known"


def _diagnosed(state: State) -> int:
    """The number of failed jobs of which the cause is known."""
    return state.other_causes + sum(cause.count for cause in state.causes)
