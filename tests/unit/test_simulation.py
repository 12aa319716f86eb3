"""The simulated year: a seed always gives the same one, it agrees with itself, and the scores are right."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from statistics import mean, median

import pytest

import builders
from benchmarks.year import flaky_jobs
from benchmarks.year.curve import picture
from benchmarks.year.policies import naive, ours
from benchmarks.year.score import score
from benchmarks.year.world import START, WORKFLOWS, Seen, Trouble, World, make_world
from builders import a_run
from ci_failure_tracker.model import Commit, Job, Step
from ci_failure_tracker.tracking.matrix import split_leg
from stories import Attempt, Story, Tracker

HOUR = timedelta(hours=1)


def a_view(number: int, at: int, fate: str) -> Seen:
    created = START + at * HOUR
    ended = created + timedelta(minutes=10)
    job = Job(number, "build", fate, (Step(1, "Run", fate),), 1, ended, created)
    run = a_run(
        number,
        fate,
        workflow=WORKFLOWS[0],
        commit=Commit(f"{number:040x}", ""),
        created_at=created,
        started_at=created,
        updated_at=ended,
    )
    return Seen(ended, run, (job,), ((number, "a cause"),) if fate == "failure" else ())


def a_world(*fates: str) -> World:
    """One job that runs every third hour. It is broken from the first failed run to the pass after the last one."""
    views = [a_view(number, 3 * number, fate) for number, fate in enumerate(fates, start=1)]
    failed = [view.run.created_at for view in views if view.run.conclusion == "failure"]
    trouble = Trouble("break", "Workflow 0:build", frozenset({""}), failed[0], failed[-1] + 2 * HOUR, "a cause")
    return World([trouble], views, views[-1].since + 2 * HOUR)


def test_a_world_is_the_same_for_its_seed() -> None:
    assert make_world(5, 20).views == make_world(5, 20).views
    assert make_world(5, 20).views != make_world(6, 20).views


def test_every_failed_job_is_in_trouble() -> None:
    world = make_world(5, 40)
    for view in world.views:
        causes = dict(view.causes)
        for job in view.jobs:
            assert (job.conclusion == "failure") == (job.id in causes)
            if job.id in causes:
                key = f"{view.run.workflow.name}:{split_leg(job.name)[0]}"
                assert causes[job.id] in {one.cause for one in world.of(key)}


def test_an_issue_for_each_failed_run_makes_duplicates_and_closes_none() -> None:
    found = score(
        a_world("failure", "failure", "success"), naive(a_world("failure", "failure", "success"), "", a_run=True)
    )
    assert (found.opened, found.most_of_one, found.closings, found.recall) == (2, 2, 0, 1.0)


def test_closing_on_the_first_pass_reopens_again_and_again() -> None:
    world = a_world("failure", "success", "failure", "success")
    found = score(world, naive(world, "", closes=True))
    assert (found.opened, found.closings, found.wrong, found.soon) == (2, 2, 1, 1)


def test_this_program_waits_for_two_passes_and_closes_once() -> None:
    world = a_world("success", "failure", "failure", "success", "success")
    found = score(world, ours(world, "", HOUR, 100))
    assert (found.opened, found.closings, found.wrong, found.most_of_one, found.recall) == (1, 1, 0, 1, 1.0)


def test_in_a_month_this_program_makes_no_duplicate_and_no_wrong_closing() -> None:
    world = make_world(9, 30)
    found = score(world, ours(world, "", timedelta(days=1), 200))
    assert (found.most_of_one, found.wrong, found.recall) == (1, 0, 1.0)


@pytest.mark.parametrize("rate", [0.05, 0.3, 1.0])
def test_a_simulated_flaky_job_lives_as_the_program_lets_it_live(rate: float) -> None:
    """The rule that `flaky_jobs.py` models opens and closes at the same sweeps as the program itself."""
    dice, rule = Random(7), flaky_jobs.Evidence()  # noqa: S311 - a simulation
    results = ["failure" if number <= 90 and dice.random() < rate else "success" for number in range(1, 160)]
    begin = builders.START
    stories = []
    for number, result in enumerate(results, start=1):
        at = begin + number * HOUR
        stories.append(Story(number, number, "main", (Attempt((result, "success", "success"), at, at + HOUR / 6),)))
    tracker, lives = Tracker(stories), []
    for hour in range(3, 160, 3):
        now = begin + hour * HOUR + HOUR / 4
        tracker.sweep(now)
        new = [
            flaky_jobs.Trial(begin + number * HOUR, results[number - 1] == "success")
            for number in range(hour - 2, hour + 1)
        ]
        rule.sweep(new, now)
        lives.append((bool(tracker.open_ids()), len(tracker.closed)))
        assert lives[-1] == (rule.is_open, rule.closed)
    assert len({*lives}) > 1


def test_the_rule_closes_by_evidence_and_not_too_early() -> None:
    """A job that fails in 5 % of its runs, a push every hour for 30 days."""
    busy = flaky_jobs.REPOSITORIES[0]
    lives = [flaky_jobs.live(flaky_jobs.Evidence(), busy, 0.05, seed) for seed in range(100)]
    assert mean(life.reopened for life in lives) <= 1.2
    assert median(life.to_close for life in lives if life.to_close is not None) <= 105
    always = flaky_jobs.live(flaky_jobs.Evidence(), busy, 1.0, 0)
    assert (always.reopened, always.closed_wrongly, always.to_close) == (0, 0, 3)


def test_the_picture_shows_each_rule_at_each_rate() -> None:
    drawn = picture(flaky_jobs.simulate(2))
    points = len(flaky_jobs.RATES) * len(flaky_jobs.RULES) * 2
    assert points <= drawn.count("<circle") <= points + len(flaky_jobs.RULES)
    assert all(f">{rule}<" in drawn for rule in flaky_jobs.RULES)
