"""The diagram in docs/lifecycle.md is what the program does: each transition happens, and no other."""

from __future__ import annotations

import dataclasses
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from builders import START, some_settings
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import CloseReason, Issue
from stories import ABSENT, JOBS, Attempt, Story, Tracker

PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"
NOTHING = "[*]"
Step = tuple[str, str]


def documented() -> dict[Step, str]:
    rows = re.findall(r"^ +(\S+) --> (\S+): (.*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {(start, end): why for start, end, why in rows}


def a_history(random: Random) -> list[Story]:
    stories = []
    weights = random.choice([(6, 3, 1, 0), (3, 6, 0, 1), (8, 2, 1, 1)])
    for number in range(1, random.randint(6, 14)):
        begin = START + timedelta(hours=number)
        attempts = []
        for _ in range(random.choice([1, 1, 2])):
            conclusions = tuple(random.choices(["success", "failure", "skipped", ABSENT], weights)[0] for _ in JOBS)
            attempts.append(Attempt(conclusions, begin, begin + timedelta(minutes=10)))
            begin += timedelta(minutes=20)
        stories.append(Story(number, number - random.randint(0, 1), "main", tuple(attempts)))
    return stories


def state_of(issue: Issue | None) -> str:
    if issue is None:
        return NOTHING
    tracked = read_tracked(issue)
    assert tracked
    assert tracked.state
    if issue.open:
        return "Failing" if any(line.red for line in tracked.state.branch_statuses) else "Passing"
    if issue.state_reason == "duplicate" or (issue.state_reason == "not_planned" and tracked.state.closed is None):
        return "StaysClosed"
    return "ClosedByPerson" if tracked.state.closed is None else "ClosedByTracker"


def is_recovered(issue: Issue) -> bool:
    tracked = read_tracked(issue)
    closed = tracked.state.closed if tracked and tracked.state else None
    return not issue.open and closed is not None and closed.close_reason is CloseReason.RECOVERED


def states(tracker: Tracker) -> dict[int, str]:
    return {number: state_of(issue) for number, issue in tracker.issues.items()}


def a_person_acts(tracker: Tracker, random: Random, now: datetime) -> None:
    """Somebody closes an issue, opens one that the tracker closed, or copies one."""
    for number, issue in list(tracker.issues.items()):
        if issue.open and random.random() < 0.08:
            reason = random.choice(["completed", "not_planned"])
            tracker.issues[number] = dataclasses.replace(issue, open=False, state_reason=reason, closed_at=now)
        elif is_recovered(issue) and random.random() < 0.3:
            tracker.issues[number] = dataclasses.replace(issue, open=True, state_reason="reopened", closed_at=None)
        elif issue.open and random.random() < 0.05:
            copy = len(tracker.issues) + 1
            tracker.issues[copy] = dataclasses.replace(issue, number=copy)


def transitions() -> set[Step]:
    """The transitions that many random histories make: as many as it takes, and twenty at least."""
    steps: set[Step] = set()
    wanted, least = documented().keys(), 60 if os.environ.get("EVERY_CASE") else 20
    for seed in range(60):
        if seed >= least and wanted <= steps:
            break
        random = Random(seed)  # noqa: S311 - histories, no secrets
        stories = a_history(random)
        tracker = Tracker(stories, some_settings(close_after=random.choice(["1", "2"])))
        for hour in range(1, len(stories) + 3):
            now = START + timedelta(hours=hour, minutes=45)
            before = states(tracker)
            a_person_acts(tracker, random, now)
            steps |= _steps(before, states(tracker))
            before = states(tracker)
            tracker.sweep(now)
            steps |= _steps(before, states(tracker))
    return steps


def _steps(before: dict[int, str], after: dict[int, str]) -> set[Step]:
    steps = {(before.get(number, NOTHING), state) for number, state in after.items()}
    return {(start, end) for start, end in steps if start != end}


def test_every_transition_of_the_diagram_happens_and_no_other() -> None:
    made = transitions()
    assert documented().keys() - made == set()
    assert made - documented().keys() == set()


def test_every_transition_names_its_rule_or_says_that_a_person_made_it() -> None:
    for why in documented().values():
        assert re.match(r"rule \d|a person", why)


@pytest.mark.parametrize("page", ["lifecycle.md", "known-issues.md"])
def test_every_story_that_the_page_links_is_there(page: str) -> None:
    links = re.findall(r"\]\((\.\./tests/golden/[^)]+\.md)\)", PAGE.with_name(page).read_text("utf-8"))
    assert links
    for name in links:
        assert (PAGE.parent / name).is_file(), name
