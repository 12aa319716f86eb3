"""What a sweep changed in what an issue remembers, and which of it is worth a comment."""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import datetime, timedelta

from ci_failure_tracker.model import Cause, News, State
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.settings import Comments
from ci_failure_tracker.text.markdown import cut_in_middle

WEEK = timedelta(days=7)
_ONE_CAUSE_A_DAY = timedelta(days=1)
"""A job that fails of something else each time would otherwise be commented on each time."""


def news_to_comment_on(
    before: State, after: State, comments: Comments, now: datetime, told_elsewhere: Set[str]
) -> News:
    """What people are to be told now; `told_elsewhere` are the causes that an umbrella issue tells of."""
    if comments is Comments.NEVER:
        return News()
    said = before.cause_commented_at
    may_tell = not (after.flaky or (said is not None and now - said < _ONE_CAUSE_A_DAY))
    fresh = [one for one in new_causes(before, after) if one.signature not in told_elsewhere]
    return News(
        failures=after.count - before.count if comments is Comments.ALWAYS else 0,
        causes=tuple(fresh) if may_tell and before.causes else (),
        flaky=after.flaky is not None and before.flaky is None,
        week=not before.week_commented and is_a_week_old(after, now),
    )


def is_a_week_old(state: State, now: datetime) -> bool:
    """Whether it has been red for a week, and is still."""
    still = state.green_again is None and not state.gone and not state.cause_replaced
    return still and state.first_red is not None and now - state.first_red.at >= WEEK


def new_causes(before: State, after: State) -> list[Cause]:
    """The causes that the issue did not name before, as far as a reader can tell them apart."""
    known = {cause.headline for cause in before.causes}
    return list({one.headline: one for one in after.causes if one.headline not in known}.values())


def changes(before: State, after: State) -> Iterator[str]:
    """Everything that changed, in words, for the reason of the update."""
    if new := after.count - before.count:
        yield counted(new, "new failed run")
    yield from _causes(before, after)
    turned = {
        "turned flaky": after.flaky and not before.flaky,
        "the workflow no longer has the job": after.gone and not before.gone,
        REPLACED: after.cause_replaced and not before.cause_replaced,
        "it is skipped in runs that are green without it": _skips(after) and not _skips(before),
        "the commits of the break are known": after.suspects and not before.suspects,
    }
    yield from (words for words, is_new in turned.items() if is_new)
    if after.green_again is not None and before.green_again is None:
        yield f"green again since run {after.green_again.number}"
    mended = _red(before) - _red(after)
    if mended and _red(after):
        yield f"no longer red: {', '.join(sorted(mended)[:3])}"


REPLACED = "its jobs fail of something else now"


def _skips(state: State) -> bool:
    return any(line.skips for line in state.branch_statuses)


def _red(state: State) -> set[str]:
    return {red.leg for line in state.branch_statuses for red in line.red}


def _causes(before: State, after: State) -> Iterator[str]:
    new = new_causes(before, after)
    if len(new) > 1:
        yield counted(len(new), "new cause")
    elif new:
        yield f"{'new cause' if before.causes else 'its cause'}: {cut_in_middle(new[0].headline, 120)}"
    elif after.count == before.count and (told := _told(after) - _told(before)):
        yield f"the cause of {counted(told, 'more failed job')} is known"


def _told(state: State) -> int:
    """Of how many failed jobs the cause is known."""
    return state.other_causes + sum(cause.count for cause in state.causes)
