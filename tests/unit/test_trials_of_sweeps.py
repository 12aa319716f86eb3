"""The trials that issues remember: each run counts once, in however many sweeps a history is seen."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from builders import START, some_settings
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import BranchStatus, Trials
from stories import Attempt, Story, Tracker

SEEDS = range(8)
HOUR = timedelta(hours=1)


def a_story(number: int, *conclusions: str, minutes: int = 10, commit: int | None = None) -> Story:
    """A run of `lint` with one attempt for each conclusion; the other jobs pass."""
    begin = START + number * HOUR
    attempts = []
    for conclusion in conclusions:
        end = begin + timedelta(minutes=minutes)
        attempts.append(Attempt((conclusion, "success", "success"), begin, end))
        begin = end + timedelta(minutes=20)
    return Story(number, number if commit is None else commit, "main", tuple(attempts))


def a_history(seed: int, runs: int = 90) -> list[Story]:
    """Runs of which some fail, some are run again, and some end late. The first one fails."""
    dice = random.Random(seed)  # noqa: S311 - a history
    rate = dice.choice([0.05, 0.2, 0.5])
    stories = [a_story(1, "failure")]
    for number in range(2, runs):
        attempts = 2 if dice.random() < 0.1 else 1
        results = ["failure" if dice.random() < rate else "success" for _ in range(attempts)]
        stories.append(a_story(number, *results, minutes=dice.choice([10, 10, 50, 170])))
    return stories


def expected(stories: Sequence[Story], now: datetime) -> Trials:
    """The trials by the rule: a run counts as failed if any of its attempts failed."""
    trials = Trials()
    for story in stories:
        run = story.seen_at(now)
        if run is not None and run.finished:
            attempts = story.attempts[: run.attempt]
            trials = trials.then(passed=all(attempt.conclusions[0] == "success" for attempt in attempts))
    return trials


def keep_open(tracker: Tracker) -> None:
    """A person labels each issue, so that none is closed."""
    for number, issue in tracker.issues.items():
        tracker.issues[number] = dataclasses.replace(issue, labels=(*issue.labels, "keep-open"))


def statuses(tracker: Tracker) -> Iterator[BranchStatus]:
    for issue in tracker.issues.values():
        tracked = read_tracked(issue)
        assert tracked
        assert tracked.state
        yield from tracked.state.branch_statuses


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_each_run_is_one_trial_however_often_somebody_looks(seed: int, *, remembers: bool) -> None:
    stories = a_history(seed)
    tracker = Tracker(stories, remembers=remembers)
    dice = random.Random(seed)  # noqa: S311 - a history
    now = START + HOUR + timedelta(minutes=15)
    while now < START + 100 * HOUR:
        tracker.sweep(now)
        keep_open(tracker)
        (status,) = statuses(tracker)
        if all(run.finished for story in stories if (run := story.seen_at(now))):
            assert status.trials == expected(stories, now)
        now += timedelta(minutes=dice.randint(30, 900))


@pytest.mark.parametrize("seed", SEEDS)
def test_few_listed_runs_change_nothing_if_each_is_seen_once(seed: int) -> None:
    """A sweep lists the newest thirty runs, and another one comes before twenty more have ended."""
    stories = a_history(seed)
    tracker = Tracker(stories, most=30)
    for hour in range(1, 100, 15):
        tracker.sweep(START + hour * HOUR + timedelta(minutes=15))
        keep_open(tracker)
    now = START + 110 * HOUR
    tracker.sweep(now)
    (status,) = statuses(tracker)
    assert status.trials == expected(stories, now)


def test_passes_count_across_runs_that_nobody_saw() -> None:
    stories = [a_story(1, "failure"), *(a_story(number, "success") for number in range(2, 41))]
    tracker = Tracker(stories, some_settings(close_after="10"), most=5)
    for hour in (1, 6, 40):
        assert not tracker.closed
        tracker.sweep(START + hour * HOUR + timedelta(minutes=15))
    # Five runs were seen after the failure, thirty went by, and five more were seen.
    assert [action.state.branch_statuses[0].passes for _, action in tracker.closed] == [10]


def test_trials_go_on_after_closing_and_reopening() -> None:
    results = ["failure", "success", "success", "success", "failure", *["success"] * 30]
    stories = [a_story(number, result) for number, result in enumerate(results, start=1)]
    tracker = Tracker(stories)
    for hour in (1, 4, 5, 36):
        tracker.sweep(START + hour * HOUR + timedelta(minutes=15))
    (status,) = statuses(tracker)
    assert len(tracker.closed) == 1
    assert status.trials == Trials(total=35, failed=2, passes=30, longest=3)


def test_an_issue_that_follows_an_old_one_starts_its_own_trials() -> None:
    results = ["failure", "success", "success", "success"]
    stories = [a_story(number, result) for number, result in enumerate(results, start=1)]
    stories += [a_story(60, "failure"), a_story(61, "success")]
    tracker = Tracker(stories, some_settings(reopen_within="1d"))
    for hour in (1, 4, 60, 61):
        tracker.sweep(START + hour * HOUR + timedelta(minutes=15))
    assert [issue.open for issue in tracker.issues.values()] == [False, True]
    assert [*statuses(tracker)][1].trials == Trials(total=2, failed=1, passes=1, longest=0)


def test_what_a_person_did_not_trust_does_not_count() -> None:
    """After a person opened the issue again, only later runs close it; the earlier ones stay trials."""
    results = ["failure", "success", "success", "success", "success", "success", "failure", "success"]
    stories = [a_story(number, result) for number, result in enumerate(results, start=1)]
    tracker = Tracker(stories)
    for hour in (1, 3):
        tracker.sweep(START + hour * HOUR + timedelta(minutes=15))
    (closed,) = tracker.issues.values()
    assert not closed.open
    tracker.issues[closed.number] = dataclasses.replace(closed, open=True, state_reason="reopened", closed_at=None)
    tracker.sweep(START + 3 * HOUR + timedelta(minutes=30))
    (status,) = statuses(tracker)
    assert (status.trials.passes, status.passes, status.passes_missing(2)) == (2, 0, 2)
    tracker.sweep(START + 4 * HOUR + timedelta(minutes=15))
    (status,) = statuses(tracker)
    assert (status.trials.passes, status.passes, status.passes_missing(2)) == (3, 1, 1)
    tracker.sweep(START + 8 * HOUR + timedelta(minutes=15))
    (status,) = statuses(tracker)
    assert status.trials == Trials(total=8, failed=2, passes=1, longest=5)
    assert status.passes == 1


def test_passes_of_one_pushed_commit_are_no_proof() -> None:
    stories = [a_story(1, "failure"), *(a_story(number, "success", commit=2) for number in range(2, 9))]
    tracker = Tracker(stories)
    for hour in (1, 5, 10):
        tracker.sweep(START + hour * HOUR + timedelta(minutes=15))
    assert not tracker.closed
    (status,) = statuses(tracker)
    assert (status.passes, status.passes_missing(2), status.passes_missing(1)) == (7, 1, 0)


def test_ninety_days_of_passes_close_an_issue_without_proof() -> None:
    results = ["failure", "success", "failure", "success"]
    stories = [a_story(number, result) for number, result in enumerate(results, start=1)]
    tracker = Tracker(stories)
    for now in (START + 4 * HOUR, START + timedelta(days=90), START + timedelta(days=90) + 4 * HOUR):
        assert not tracker.closed
        tracker.sweep(now)
    assert [action.comment.splitlines()[0].split(".")[0] for _, action in tracker.closed] == [
        "Closed: it has only passed for 90 days"
    ]


@pytest.mark.parametrize("skipping", [6, 25])
def test_passes_that_were_not_looked_into_count_no_more_once_the_job_was_skipped(skipping: int) -> None:
    """Passing runs are taken as trials until one of them is seen that skipped the job."""
    stories = [a_story(1, "failure"), *(a_story(number, "success") for number in range(2, skipping))]
    stories.append(a_story(skipping, "skipped"))
    tracker = Tracker(stories, some_settings(close_after="10"))
    tracker.sweep(START + HOUR + timedelta(minutes=15))
    keep_open(tracker)
    tracker.sweep(START + (skipping - 1) * HOUR + timedelta(minutes=15))
    (before,) = statuses(tracker)
    assert (before.passes, before.skips) == (skipping - 2, False)
    tracker.sweep(START + skipping * HOUR + timedelta(minutes=15))
    (after,) = statuses(tracker)
    assert (after.passes, after.skips) == (2, True)


def test_the_newest_passing_run_is_looked_into() -> None:
    """The job is skipped in the newest run, which passed as a whole and would otherwise have been the last pass."""
    stories = [a_story(1, "failure"), a_story(2, "success"), a_story(3, "skipped")]
    tracker = Tracker(stories)
    for hour in (1, 2, 3):
        tracker.sweep(START + hour * HOUR + timedelta(minutes=15))
    assert not tracker.closed


def test_an_issue_of_an_older_version_that_forgot_its_failures_counts_its_passes() -> None:
    """Version 1.0 remembered the newest twenty runs and no counts."""
    stories = [a_story(1, "failure"), *(a_story(number, "success") for number in range(2, 25))]
    tracker = Tracker(stories, some_settings(close_after="10"))
    tracker.sweep(START + HOUR + timedelta(minutes=15))
    keep_open(tracker)
    tracker.sweep(START + 22 * HOUR + timedelta(minutes=15))
    (number,) = tracker.issues
    issue = tracker.issues[number]
    older = re.sub(r',"trials":\[[^]]*\],"trials_to":\d+', "", issue.body)
    assert older != issue.body
    tracker.issues[number] = dataclasses.replace(issue, body=older)
    tracker.sweep(START + 24 * HOUR + timedelta(minutes=15))
    (status,) = statuses(tracker)
    assert status.trials == Trials(total=23, failed=1, passes=22, longest=0)


@pytest.mark.parametrize(
    ("flakes", "passes", "opened"), [(1, 0, False), (1, 3, False), (2, 0, True), (2, 3, True), (2, 4, False)]
)
def test_a_passing_job_gets_an_issue_if_it_was_flaky_on_two_commits_of_late(
    flakes: int, passes: int, *, opened: bool
) -> None:
    stories = [a_story(number, "failure", "success") for number in range(1, flakes + 1)]
    stories += [a_story(number, "success") for number in range(flakes + 1, flakes + passes + 1)]
    tracker = Tracker(stories)
    tracker.sweep(START + 9 * HOUR)
    assert bool(tracker.issues) is opened
