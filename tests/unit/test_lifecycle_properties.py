"""What holds for every history, whatever happens in it and however often somebody looks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, some_settings
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import Skip
from stories import JOBS, Attempt, Story, Tracker, moments
from sweeping import Plan

CONCLUSIONS = st.sampled_from(["success", "success", "success", "failure", "failure", "skipped", "cancelled"])


@st.composite
def a_history(
    draw: st.DrawFn, branches: Sequence[str] = ("main",), reruns: bool = True, skips: bool = True
) -> list[Story]:
    stories, commit = [], 0
    for number in range(1, draw(st.integers(1, 14)) + 1):
        commit += draw(st.integers(0, 3)) > 0  # some runs are of a commit that had one before
        begin = START + timedelta(hours=number)
        attempts = []
        for _ in range(draw(st.sampled_from([1, 1, 1, 2])) if reruns else 1):
            conclusions = tuple(
                draw(CONCLUSIONS if skips else CONCLUSIONS.filter(lambda conclusion: conclusion != "skipped"))
                for _ in JOBS
            )
            end = begin + timedelta(minutes=draw(st.integers(1, 100)))
            attempts.append(Attempt(conclusions, begin, end))
            begin = end + timedelta(minutes=draw(st.integers(1, 90)))
        stories.append(Story(number, commit, draw(st.sampled_from(branches)), tuple(attempts)))
    return stories


END = START + timedelta(days=9)
EVERY = st.integers(45, 900)


def legs_of(job: str) -> list[int]:
    return [place for place, name in enumerate(JOBS) if name.partition(" (")[0] == job]


def red_at(stories: Sequence[Story], job: str, now: datetime) -> bool:
    """Whether a leg of a job was red when it last ran, worked out without the program."""
    for branch in {story.branch for story in stories}:
        for place in legs_of(job):
            last = [
                attempt.conclusions[place]
                for story in stories
                if story.branch == branch
                for attempt in _attempts_of(story, now)
                if attempt.conclusions[place] in {"success", "failure"}
            ]
            if last and last[-1] == "failure":
                return True
    return False


def _attempts_of(story: Story, now: datetime) -> list[Attempt]:
    """The attempts that could be seen at a moment; while one runs, the program waits for it."""
    begun = [attempt for attempt in story.attempts if attempt.started_at <= now]
    return begun if all(attempt.ended_at <= now for attempt in begun) else []


@given(a_history(branches=("main", "release")), EVERY)
@settings(deadline=None, max_examples=5)
def test_a_second_sweep_changes_nothing(stories: list[Story], every: int) -> None:
    tracker = Tracker(stories)
    for now in moments(stories, every):
        tracker.sweep(now)
        assert [action for action in tracker.plan(now).actions if not isinstance(action, Skip)] == []


@given(a_history(branches=("main", "release")), EVERY, st.integers(2, 30))
@settings(deadline=None, max_examples=5)
def test_there_are_never_two_open_issues_of_one_identity(stories: list[Story], every: int, most: int) -> None:
    tracker = Tracker(stories, most=most)
    for now in moments(stories, every):
        tracker.sweep(now)
        assert len(tracker.open_ids()) == len(set(tracker.open_ids()))


@given(a_history(branches=("main", "release")), EVERY)
@settings(deadline=None, max_examples=5)
def test_nothing_is_closed_that_was_failing_when_last_seen(stories: list[Story], every: int) -> None:
    tracker = Tracker(stories)
    for now in moments(stories, every):
        tracker.sweep(now)
    for now, action in tracker.closed:
        assert not red_at(stories, action.identity.job, now)


@given(a_history(reruns=False), EVERY, st.integers(1, 3))
@settings(deadline=None, max_examples=5)
def test_nothing_is_closed_before_it_passed_often_enough_on_two_commits(
    stories: list[Story], every: int, close_after: int
) -> None:
    tracker = Tracker(stories, some_settings(close_after=str(close_after), conclusions="failure"))
    for now in moments(stories, every):
        tracker.sweep(now)
    for now, action in tracker.closed:
        places = legs_of(action.identity.job)
        over = [story for story in stories if story.attempts[0].ended_at <= now]
        conclusions = [(story.commit, [story.attempts[0].conclusions[place] for place in places]) for story in over]
        last = max(number for number, (_, ended) in enumerate(conclusions) if "failure" in ended)
        passed = [commit for commit, ended in conclusions[last + 1 :] if "success" in ended]
        assert len(passed) >= close_after
        assert len({*passed}) >= min(close_after, 2)


@given(a_history(branches=("main", "release")), EVERY)
@settings(deadline=None, max_examples=5)
def test_occurrences_are_never_counted_twice(stories: list[Story], every: int) -> None:
    tracker = Tracker(stories, some_settings(close_after="0", conclusions="failure"))
    for now in [*moments(stories, every), END]:
        tracker.sweep(now)
    for issue in tracker.issues.values():
        tracked = read_tracked(issue)
        assert tracked
        assert tracked.state
        failed = [
            (story.number, number)
            for story in stories
            for number, attempt in enumerate(story.attempts)
            if any(attempt.conclusions[place] == "failure" for place in legs_of(tracked.state.identity.job))
        ]
        assert tracked.state.count == len(failed)


def issues_of(tracker: Tracker) -> list[object]:
    """What the issues say is broken, how often, and what is proven; not what only adorns it."""
    issues = [(issue, read_tracked(issue)) for issue in tracker.issues.values()]
    return [
        (
            issue.number,
            issue.open,
            issue.state_reason,
            tracked.id,
            tracked.state.count,
            tracked.state.occurrences,
            [(line.branch_key, line.red, line.last_red, line.gone) for line in tracked.state.branch_statuses],
        )
        for issue, tracked in issues
        if tracked and tracked.state
    ]


@given(a_history(branches=("main", "release"), skips=False), EVERY, st.integers(4, 30))
@settings(deadline=None, max_examples=5)
def test_reading_again_what_the_issues_hold_adds_nothing(stories: list[Story], every: int, most: int) -> None:
    saving, thorough = Tracker(stories, most=most), Tracker(stories, most=most, remembers=False)
    for now in moments(stories, every):
        saving.sweep(now)
        thorough.sweep(now)
        assert issues_of(saving) == issues_of(thorough)
    assert saving.jobs_read <= thorough.jobs_read


def _done(plan: Plan) -> tuple[object, ...]:
    return plan.actions, plan.failing, plan.problems


@given(a_history(branches=("main", "release")), EVERY, st.integers(0, 1_000))
@settings(deadline=None, max_examples=5)
def test_the_writes_do_not_depend_on_the_order_of_what_was_read(stories: list[Story], every: int, seed: int) -> None:
    tracker = Tracker(stories)
    for now in moments(stories, every):
        assert _done(tracker.plan(now, random.Random(seed))) == _done(tracker.plan(now))  # noqa: S311 - an order
        tracker.sweep(now)


@given(a_history(branches=("main", "release"), skips=False), EVERY)
@settings(deadline=None, max_examples=5)
def test_many_small_sweeps_end_in_the_same_issues_as_one(stories: list[Story], every: int) -> None:
    """What waits for its proof has an issue only where it was seen failing; all else is the same.

    Jobs that are skipped in green runs are left out: who looks more often looks into more of them, and knows more.
    """
    often, once = Tracker(stories), Tracker(stories)
    for now in [*moments(stories, every), END]:
        often.sweep(now)
    once.sweep(END)
    failing = {failing_job.identity.id for failing_job in once.plan(END).failing}
    assert failing == {failing_job.identity.id for failing_job in often.plan(END).failing}
    assert failing <= set(often.open_ids())
    assert failing <= set(once.open_ids())
    assert {job: often.counts()[job] for job in failing} == {job: once.counts()[job] for job in failing}


@given(a_history(skips=False), EVERY)
@settings(deadline=None, max_examples=5)
def test_many_small_sweeps_remember_the_same_if_nothing_is_closed(stories: list[Story], every: int) -> None:
    settings_ = some_settings(close_after="0")
    often, once = Tracker(stories, settings_), Tracker(stories, settings_)
    for now in [*moments(stories, every), END]:
        often.sweep(now)
    once.sweep(END)
    once.sweep(END)
    assert _facts(once).items() <= _facts(often).items()


def _facts(tracker: Tracker) -> dict[str, tuple[object, ...]]:
    """What each issue remembers of the failures; how many greens were looked into depends on how often one looks."""
    issues = (read_tracked(issue) for issue in tracker.issues.values())
    states = [tracked.state for tracked in issues if tracked and tracked.state]
    return {
        state.identity.id: (
            state.count,
            state.first_seen,
            state.last_seen,
            state.legs,
            state.occurrences,
            [(line.branch_key, line.red, line.last_red) for line in state.branch_statuses],
        )
        for state in states
    }


@given(a_history(), EVERY, st.integers(2, 6))
@settings(deadline=None, max_examples=5)
def test_nothing_is_closed_wrongly_however_few_runs_are_listed(stories: list[Story], every: int, most: int) -> None:
    tracker = Tracker(stories, most=most)
    for now in moments(stories, every):
        seen = {run.number for run in tracker.look(now).snapshot.runs}
        tracker.sweep(now)
        for at, action in tracker.closed:
            if at == now:
                listed = [story for story in stories if story.number in seen]
                assert not red_at(listed, action.identity.job, now)
