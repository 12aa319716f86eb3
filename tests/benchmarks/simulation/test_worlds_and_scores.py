"""The simulation: a world is the same for its seed and true to itself, and policies are scored as one would by hand."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.simulation.ledger import Ledger
from benchmarks.simulation.making import JOBS, WORKFLOWS, make_world
from benchmarks.simulation.policies import HOURLY, first_green, issue_a_run, issue_a_title, ours
from benchmarks.simulation.score import Score, Truth, score
from benchmarks.simulation.world import START, Attempt, Feed, Kind, Story, Trouble, World, key_of
from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.model import Commit, Job, Step

BREAK = Trouble(Kind.BREAK, "CI / build", frozenset(), START + 5 * HOURLY, START + 11 * HOURLY, "Break 1")


def a_story(number: int, fate: str) -> Story:
    """Run `number` begins every third hour; its one job takes ten minutes."""
    begun = START + 3 * number * HOURLY
    ended = begun + timedelta(minutes=10)
    job = Job(number, "build", fate, (Step(1, "Run it", fate),), 1, ended, begun)
    return Story(
        number, number, WORKFLOWS[0], "push", Commit(f"{number:040x}", ""), (Attempt(begun, ended, (job,), fate),)
    )


def a_world(*fates: str, trouble: Trouble = BREAK) -> World:
    """One job; the break is in the commits of the runs 2 and 3."""
    stories = tuple(a_story(number, fate) for number, fate in enumerate(fates, start=1))
    causes = {story.id: trouble for story in stories if story.attempts[0].conclusion == "failure"}
    return World((trouble,), stories, causes, START + 3 * (len(fates) + 2) * HOURLY)


def ours_hourly(world: World) -> Ledger:
    return ours(world, "ours", HOURLY, 100)


def figures(found: Score) -> tuple[int, int, int, int, int, int]:
    return found.opened, found.reopened, found.duplicates, found.closings, found.wrong, found.comments


def test_a_world_is_the_same_for_its_seed() -> None:
    assert make_world(5, 20) == make_world(5, 20)
    assert make_world(5, 20) != make_world(6, 20)


def test_every_red_job_is_in_trouble_and_all_else_is_not() -> None:
    world = make_world(5, 60)
    for story in world.stories:
        for attempt in story.attempts:
            for job in attempt.jobs:
                assert (job.conclusion == "failure") == (job.id in world.causes)
                if trouble := world.causes.get(job.id):
                    assert trouble.job == key_of(story.workflow.name, job.name)
                    assert trouble.hits(split_leg(job.name)[1])
                    in_the_commit = trouble.kind is Kind.BREAK and story.event != "push"
                    assert in_the_commit or trouble.is_on(story.created_at) or trouble.is_on(attempt.started_at)


def test_no_job_in_a_break_is_green_in_a_leg_that_it_hits() -> None:
    world = make_world(5, 60)
    breaks = [one for one in world.troubles if one.kind is Kind.BREAK]
    for story in (one for one in world.stories if one.event == "push"):
        green = [job.name for job in story.attempts[0].jobs if job.conclusion == "success"]
        hit = [one for one in breaks if one.is_on(story.created_at)]
        for name in green:
            key, leg = key_of(story.workflow.name, name), split_leg(name)[1]
            assert not any(one.job == key and one.hits(leg) for one in hit)


def test_a_project_has_forty_jobs_and_what_may_go_wrong_goes_wrong() -> None:
    world = make_world(1, 120)
    first_week = [story for story in world.stories if story.created_at < START + timedelta(days=3)]
    names = {key_of(story.workflow.name, job.name) for story in first_week for job in story.attempts[0].jobs}
    assert len(names) == JOBS
    assert {one.kind for one in world.troubles} == set(Kind)
    assert all(one.start < one.end or one.kind is Kind.GONE for one in world.troubles)
    assert {attempt.conclusion for story in world.stories for attempt in story.attempts} >= {"cancelled", "failure"}


def test_a_run_is_shown_as_running_before_it_is_shown_as_over() -> None:
    feed = Feed(a_world("success", "failure"))
    feed.advance(START + 3 * HOURLY)
    assert [run.status for run in feed.newest(9)] == ["in_progress"]
    feed.advance(START + 6 * HOURLY)
    assert [(run.number, run.status) for run in feed.newest(9)] == [(2, "in_progress"), (1, "completed")]


def test_an_issue_a_failed_run_doubles_itself_and_never_closes() -> None:
    world = a_world("success", "failure", "failure", "success", "success")
    found = score(world, issue_a_run(world))
    assert figures(found) == (2, 0, 1, 0, 0, 0)
    assert found.recall == 1.0


def test_an_issue_a_title_stays_open_when_all_is_well() -> None:
    world = a_world("success", "failure", "failure", "success", "success", "success", "success", "success")
    found = score(world, issue_a_title(world))
    assert figures(found) == (1, 0, 0, 0, 0, 1)
    # Open from the 7th hour to the 30th; the second green run is over at 15:10, which the sweep at 16:00 could see.
    assert found.precision == 9 / 23


def test_closing_on_the_first_green_is_wrong_where_a_run_is_green_by_luck() -> None:
    world = a_world("success", "failure", "success", "failure", "success")
    lasting = Trouble(Kind.BREAK, BREAK.job, BREAK.legs, BREAK.start, START + 14 * HOURLY, BREAK.cause)
    world = World((lasting,), world.stories, dict.fromkeys(world.causes, lasting), world.end)
    assert figures(score(world, first_green(world))) == (1, 1, 0, 2, 1, 3)


def test_closing_in_the_middle_of_a_flaky_time_is_not_called_wrong() -> None:
    flaky = Trouble(Kind.FLAKY, BREAK.job, frozenset(), BREAK.start, START + 15 * HOURLY, "Flake 1", 0.2)
    world = a_world("success", "failure", "success", trouble=flaky)
    found = score(world, first_green(world))
    assert (found.closings, found.wrong, found.while_flaky) == (1, 0, 1)


def test_this_program_waits_for_two_greens_and_closes_once() -> None:
    world = a_world("success", "failure", "failure", "success", "success")
    found = score(world, ours_hourly(world))
    assert figures(found) == (1, 0, 0, 1, 0, 1)
    assert (found.precision, found.recall, found.prompt, found.events) == (1.0, 1.0, 1.0, 2)


def test_a_break_that_no_sweep_could_see_is_no_event() -> None:
    world = a_world("success", "failure", "success")
    assert Truth(world).first_sweep(BREAK, [START + 6 * HOURLY, START + 11 * HOURLY]) is None
    assert Truth(world).first_sweep(BREAK, [START + 7 * HOURLY]) == START + 7 * HOURLY


def test_this_program_has_no_duplicate_and_closes_nothing_wrongly_in_a_month() -> None:
    world = make_world(4, 30)
    found = score(world, ours_hourly(world))
    assert (found.duplicates, found.wrong, found.recall) == (0, 0, 1.0)
