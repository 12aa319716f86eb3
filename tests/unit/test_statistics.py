"""Each figure of docs/metrics.md, on histories worked out by hand: run N is created N hours after the start."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import CI, START, a_job, a_reading, a_run, a_scan, a_state, an_issue, some_settings
from ci_failure_tracker.model import (
    Close,
    Commit,
    Create,
    Identity,
    Issue,
    Job,
    MissedSchedule,
    Outcome,
    Reopen,
    Result,
    Run,
    Schedule,
    Snapshot,
    Step,
    Window,
    Workflow,
    WriteStatus,
)
from ci_failure_tracker.report.measures import IssueStatistics, Measures, Spread, Statistics
from ci_failure_tracker.report.statistics import make_statistics
from ci_failure_tracker.tracking.identity import failure_id
from ci_failure_tracker.tracking.observations import observe
from sweeping import find_in, make_plan

HOUR = 3_600
NOW = START + timedelta(hours=20)
CUT = Window(forks=0, unread=0, partial=False, listed_from=START)
NIGHTLY = Workflow(2, "Nightly", ".github/workflows/nightly.yml")


def line(marks: str, first: int = 1, **more: object) -> list[Run]:
    """A run for each mark: g passed, r failed, c cancelled, s skipped, . not finished."""
    ends = {"g": "success", "r": "failure", "c": "cancelled", "s": "skipped", ".": None}
    return [a_run(number, ends[mark], **more) for number, mark in enumerate(marks, start=first)]


def with_jobs(runs: list[Run], **more: object) -> Snapshot:
    """A snapshot in which the only job of each red run was read."""
    jobs = {run.id: [a_job(number=run.number)] for run in runs if run.conclusion == "failure"}
    return dataclasses.replace(a_scan(runs, jobs), **more)  # type: ignore[arg-type]


def statistics_of(snapshot: Snapshot, results: tuple[Result, ...] = (), **given: str) -> Statistics:
    return make_statistics(find_in(snapshot, some_settings(**given), NOW), results, some_settings(**given), NOW)


def of(marks: str, **more: object) -> Measures:
    return statistics_of(with_jobs(line(marks), **more)).repository


def test_a_history_worked_out_by_hand() -> None:
    # Hours:  1 2 3 4 5 6 7 8 9 10 11 12
    #         g r r g g r g r r  r  g  g
    # Breaks: from 2 to 4, from 6 to 7, from 8 to 11; so 2, 1 and 3 hours, 6 in all.
    # From the start of one break to the next: 6 - 2 = 4 hours, 8 - 6 = 2 hours.
    assert of("grrggrgrrrgg") == Measures(
        runs=12,
        failed=6,
        failure_rate=0.5,
        flaky=0,
        flake_rate=0.0,
        time_to_recovery=Spread(3, 2 * HOUR, 2 * HOUR, 3 * HOUR),
        time_between_failures=Spread(2, 3 * HOUR, 3 * HOUR, 4 * HOUR),
        broken_seconds=6 * HOUR,
        streak=2,
        streak_is_least=False,
        partial=False,
    )


def test_the_median_and_the_mean_are_not_the_same() -> None:
    # Breaks of 1, 1 and 7 hours: the median is 1 hour, the mean 9 / 3 = 3 hours.
    assert of("grgrgrrrrrrrg").time_to_recovery == Spread(3, 1 * HOUR, 3 * HOUR, 7 * HOUR)


def test_a_workflow_and_its_only_job_have_the_same_statistics() -> None:
    measured = statistics_of(with_jobs(line("grrggrg")))
    assert measured.workflows[0].measures == measured.repository
    assert [(job.workflow, job.job, job.measures) for job in measured.jobs] == [("CI", "test", measured.repository)]


def test_skipped_and_unfinished_runs_do_not_count() -> None:
    # Skipped, unfinished; run 3 was cancelled and run 4 came while it was, so it was superseded.
    runs = [*line("gs"), a_run(3, "cancelled", updated_at=START + timedelta(hours=4, minutes=1)), *line("g.", first=4)]
    measured = statistics_of(a_scan(runs)).repository
    assert (measured.runs, measured.failed, measured.partial) == (2, 0, False)


def test_conclusions_say_what_is_a_failure() -> None:
    runs = line("gr")
    snapshot = a_scan(runs, {runs[1].id: [a_job(conclusion="timed_out")]})
    assert statistics_of(snapshot).repository.failed == 1
    assert statistics_of(snapshot, conclusions="failure").repository.runs == 1


def test_without_runs_there_are_no_statistics() -> None:
    assert of("") == Measures(partial=False)


# --- breaks ----------------------------------------------------------------------------------------


def test_a_break_that_goes_on_counts_as_time_broken_but_not_as_recovered() -> None:
    # Red from hour 3 on, and it is hour 20: 17 hours.
    measured = of("ggrr")
    assert (measured.time_to_recovery, measured.broken_seconds, measured.streak) == (None, 17 * HOUR, -2)


def test_a_break_that_may_have_begun_before_the_window_is_not_measured() -> None:
    # Seen: red at 1 and 2, green at 3, red at 4, green at 6. Only the second break is whole: 2 hours.
    # Broken from 1 to 3 and from 4 to 6, so 4 hours were seen. The starts are not both known: no time between them.
    measured = of("rrgrrg", window=CUT)
    assert measured.time_to_recovery == Spread(1, 2 * HOUR, 2 * HOUR, 2 * HOUR)
    assert (measured.time_between_failures, measured.broken_seconds, measured.partial) == (None, 4 * HOUR, True)
    # Where every run there is was listed, the first break is whole as well: 2 hours, and 3 hours from start to start.
    whole = of("rrgrrg")
    assert whole.time_to_recovery == Spread(2, 2 * HOUR, 2 * HOUR, 2 * HOUR)
    assert (whole.time_between_failures, whole.partial) == (Spread(1, 3 * HOUR, 3 * HOUR, 3 * HOUR), False)


def test_branches_break_independently_and_time_broken_counts_once() -> None:
    # main:    red from 2 to 5, 3 hours. next: red from 4 to 9, 5 hours.
    # At least one branch failed from 2 to 9: 7 hours, not 8.
    main = [a_run(1, "success"), a_run(2), a_run(5, "success")]
    other = [a_run(number, end, branch="next") for number, end in ((3, "success"), (4, "failure"), (9, "success"))]
    measured = statistics_of(with_jobs(main + other), branch="*").repository
    assert measured.time_to_recovery == Spread(2, 4 * HOUR, 4 * HOUR, 5 * HOUR)
    assert (measured.broken_seconds, measured.time_between_failures) == (7 * HOUR, None)


def test_a_branch_without_new_runs_keeps_its_status() -> None:
    # The branch `next` ran once, at 3, and failed: broken until now, which is hour 20.
    runs = [a_run(1, "success"), a_run(3, branch="next"), a_run(5, "success"), a_run(6, "success")]
    measured = statistics_of(with_jobs(runs), branch="*").repository
    assert (measured.broken_seconds, measured.streak) == (17 * HOUR, -1)


def test_two_workflow_files_of_one_name_have_two_branch_statuses() -> None:
    twin = Workflow(9, "CI", ".github/workflows/other.yml")
    runs = [*line("gr"), a_run(3, "success", workflow=twin), a_run(4, "success")]
    measured = statistics_of(with_jobs(runs))
    assert [workflow.workflow for workflow in measured.workflows] == ["CI"]
    assert measured.repository.time_to_recovery == Spread(1, 2 * HOUR, 2 * HOUR, 2 * HOUR)


def test_the_repository_is_all_of_its_workflows() -> None:
    # CI: 4 runs, 1 failed, broken from 2 to 3. Nightly: 2 runs, 1 failed, broken from 6 on, so 14 hours until 20.
    measured = statistics_of(with_jobs(line("grgg") + line("gr", first=5, workflow=NIGHTLY)))
    assert [(workflow.workflow, workflow.measures.failure_rate) for workflow in measured.workflows] == [
        ("CI", 0.25),
        ("Nightly", 0.5),
    ]
    assert (measured.repository.runs, measured.repository.failed, measured.repository.failure_rate) == (6, 2, 2 / 6)
    assert (measured.repository.broken_seconds, measured.repository.streak) == (15 * HOUR, -1)


@pytest.mark.parametrize(
    ("marks", "window", "streak", "least"),
    [
        ("rgg", None, 2, False),
        ("grr", None, -2, False),
        ("ggg", None, 3, False),
        ("ggg", CUT, 3, True),
        ("rgg", CUT, 2, False),
        ("g.", None, 1, False),
    ],
)
def test_the_streak_is_of_the_newest_runs_that_ended_alike(
    marks: str, window: Window | None, streak: int, least: bool
) -> None:
    measured = of(marks, **({"window": window} if window else {}))
    assert (measured.streak, measured.streak_is_least) == (streak, least)


# --- flaky runs ------------------------------------------------------------------------------------


def attempts(*ends: str, name: str = "test") -> list[Job]:
    return [
        dataclasses.replace(a_job(name, end, number), attempt=number, started_at=START, completed_at=ends_at)
        for number, end in enumerate(ends, start=1)
        for ends_at in [START + timedelta(minutes=number)]
    ]


def test_a_run_that_passes_when_run_again_is_flaky_and_not_failed() -> None:
    # Four runs, and one of them passed at its second attempt: 1 of 4.
    runs = [*line("ggg"), a_run(4, "success", attempt=2)]
    measured = statistics_of(a_scan(runs, {runs[3].id: attempts("failure", "success")}))
    for measures in (measured.repository, measured.jobs[0].measures):
        assert (measures.runs, measures.failed, measures.flaky, measures.flake_rate) == (4, 0, 1, 0.25)
    assert [run.flaky for run in measured.workflows[0].runs] == [False, False, False, True]


def test_a_passing_run_that_was_run_again_without_need_is_not_flaky() -> None:
    run = a_run(1, "success", attempt=2)
    measured = statistics_of(a_scan([run], {run.id: attempts("success", "success")}))
    assert (measured.repository.flaky, measured.jobs[0].measures.flaky) == (0, 0)


def test_a_failed_and_a_passing_run_on_one_commit_are_a_flaky_run() -> None:
    same = Commit("f" * 40, "Change")
    runs = [a_run(1, "success"), a_run(2, commit=same), a_run(3, "success", commit=same)]
    measured = statistics_of(with_jobs(runs))
    # It counts as failed as well, for that is how it ended: 1 of 3 both times.
    for measures in (measured.repository, measured.jobs[0].measures):
        assert (measures.failed, measures.flaky, measures.flake_rate) == (1, 1, 1 / 3)
    # Nightly runs do other things on the same commit.
    other = [runs[0], runs[1], dataclasses.replace(runs[2], event="schedule")]
    assert statistics_of(with_jobs(other)).repository.flaky == 0


def test_without_the_first_attempt_the_flake_rate_is_unknown() -> None:
    runs = [*line("gr"), a_run(3, "success", attempt=2)]
    measured = statistics_of(with_jobs(runs, runs_before_checkpoint=frozenset({runs[2].id})))
    for measures in (measured.repository, measured.jobs[0].measures):
        assert (measures.runs, measures.failed, measures.flaky, measures.flake_rate) == (3, 1, 0, None)
        assert measures.partial


# --- jobs ------------------------------------------------------------------------------------------


def test_the_legs_of_a_job_count_together_unless_they_are_separate() -> None:
    runs = line("gr")
    jobs = [a_job("test (a)", "failure", 1), a_job("test (b)", "success", 2), a_job("lint", "success", 3)]
    together = statistics_of(a_scan(runs, {runs[1].id: jobs}))
    assert [(job.job, job.measures.runs, job.measures.failed) for job in together.jobs] == [
        ("lint", 2, 0),
        ("test", 2, 1),
    ]
    separate = statistics_of(a_scan(runs, {runs[1].id: jobs}), matrix="separate")
    assert [(job.job, job.measures.failed) for job in separate.jobs] == [("lint", 0), ("test (a)", 1), ("test (b)", 0)]


def test_a_job_that_was_not_run_again_keeps_its_first_status() -> None:
    run = a_run(1, "failure", attempt=2)
    jobs = [*attempts("failure", "failure"), a_job("lint", "success", 9)]
    measured = {job.job: job.measures for job in statistics_of(a_scan([run], {run.id: jobs})).jobs}
    assert (measured["lint"].runs, measured["lint"].failed, measured["test"].failed) == (1, 0, 1)


def test_a_passing_run_says_nothing_of_jobs_that_its_event_does_not_start() -> None:
    runs = [a_run(1), a_run(2, "success", event="schedule"), a_run(3, "success")]
    (job,) = statistics_of(with_jobs(runs)).jobs
    # Runs 1 and 3: broken from hour 1 to 3.
    assert (job.measures.runs, job.measures.time_to_recovery) == (2, Spread(1, 2 * HOUR, 2 * HOUR, 2 * HOUR))


def test_a_passing_run_leaves_a_job_unknown_that_is_sometimes_skipped() -> None:
    runs = line("rrg")
    skipped = {runs[0].id: [a_job()], runs[1].id: [a_job("lint"), a_job("test", "skipped", 2)]}
    measured = {job.job: job.measures for job in statistics_of(a_scan(runs, skipped)).jobs}
    assert (measured["test"].runs, measured["test"].time_to_recovery, measured["test"].partial) == (1, None, True)
    assert (measured["lint"].runs, measured["lint"].partial) == (2, False)


def test_unread_runs_count_for_the_workflow_and_make_its_jobs_partial() -> None:
    # Runs 2 and 3 are held by an issue; the list says that they failed, and not which job did.
    runs = line("grrgrg")
    measured = statistics_of(with_jobs(runs, runs_before_checkpoint=frozenset({runs[1].id, runs[2].id})))
    assert measured.repository.time_to_recovery == Spread(2, 1.5 * HOUR, 1.5 * HOUR, 2 * HOUR)
    assert not measured.repository.partial
    (job,) = measured.jobs
    assert (job.measures.runs, job.measures.failed) == (4, 1)
    # The break at 5 is whole, for the run before it was green; how long the job was broken is not known.
    assert job.measures.time_to_recovery == Spread(1, HOUR, HOUR, HOUR)
    assert (job.measures.broken_seconds, job.measures.time_between_failures, job.measures.partial) == (None, None, True)


def test_a_failure_that_an_issue_lists_counts_like_a_failure_that_was_read() -> None:
    runs = line("grrgrgr")
    runs[5] = a_run(6, "success", attempt=2)
    jobs = {run.id: [a_job(number=run.number)] for run in runs if run.conclusion == "failure"}
    jobs[runs[5].id] = attempts("failure", "success")
    read = a_scan(runs, jobs)
    (create,) = [action for action in make_plan(read, some_settings(), NOW).actions if isinstance(action, Create)]
    known = frozenset(run.id for run in runs if run.conclusion == "failure" or run.attempt > 1)
    again = dataclasses.replace(a_scan(runs, issues=(an_issue(1, create.body),)), runs_before_checkpoint=known)
    assert statistics_of(again).jobs == statistics_of(read).jobs
    assert statistics_of(again).repository == statistics_of(read).repository
    assert statistics_of(again).repository.flaky == 1
    # A failure that no issue lists is not known.
    assert statistics_of(dataclasses.replace(again, issues=())).jobs == ()


def issue_of(snapshot: Snapshot, **given: str) -> Issue:
    """The issue that a sweep opens for the failure in a snapshot."""
    plan = make_plan(snapshot, some_settings(**given), NOW)
    (create,) = [action for action in plan.actions if isinstance(action, Create)]
    return an_issue(1, create.body)


def known_of(snapshot: Snapshot, issue: Issue) -> Snapshot:
    """The same runs in the next sweep, which reads none of them again."""
    known = frozenset(run.id for run in snapshot.runs)
    return dataclasses.replace(snapshot, jobs=(), issues=(issue,), runs_before_checkpoint=known)


@pytest.mark.parametrize("given", [{"group_by": "workflow"}, {"group_by": "job"}, {"matrix": "separate"}])
def test_whatever_an_issue_stands_for_it_remembers_the_jobs(given: dict[str, str]) -> None:
    read = with_jobs(line("ggrr"))
    again = known_of(read, issue_of(read, **given))
    assert statistics_of(again, (), **given).jobs == statistics_of(read, (), **given).jobs


def test_an_issue_of_a_cause_remembers_which_job_it_was() -> None:
    read = with_jobs(line("ggrr"))
    readings = tuple(a_reading(each) for each in observe(read) if each.outcome is Outcome.FAILURE)
    read = dataclasses.replace(read, job_diagnoses=readings)
    again = dataclasses.replace(known_of(read, issue_of(read, group_by="cause")), job_diagnoses=())
    assert statistics_of(again, group_by="cause").jobs == statistics_of(read, group_by="cause").jobs


def test_counted_failures_are_known_if_no_other_run_can_be_meant() -> None:
    # The issue counts 30 failures and lists only the newest. The window has 30 failed runs, so the job failed in all.
    read = with_jobs(line("g" + "r" * 30))
    issue = issue_of(read)
    assert statistics_of(known_of(read, issue)).jobs[0].measures == statistics_of(read).jobs[0].measures
    # With one more failed run, any of them may be the one without this failure, so a rate would be a guess.
    more = a_run(15, id=77)
    cut = known_of(read, issue)
    known = cut.runs_before_checkpoint | {77}
    cut = dataclasses.replace(cut, runs=(*read.runs, more), runs_before_checkpoint=known)
    (job,) = statistics_of(cut).jobs
    assert (job.measures.failure_rate, job.measures.partial) == (None, True)
    assert job.measures.failed < 30


def test_a_cancelled_run_that_an_issue_lists_failed_for_its_workflow() -> None:
    runs = [*line("gg"), a_run(3, "cancelled")]
    stopped = Step(2, "Run it", "cancelled", START, START + timedelta(minutes=5))
    job = dataclasses.replace(a_job(conclusion="cancelled"), steps=(stopped,), started_at=START, completed_at=NOW)
    read = a_scan(runs, {runs[2].id: [job]})
    assert statistics_of(read).repository.failed == 1
    again = known_of(read, issue_of(read))
    assert statistics_of(again).repository == statistics_of(read).repository
    assert statistics_of(again).jobs == statistics_of(read).jobs


def test_a_run_without_jobs_is_no_job_whether_read_or_remembered() -> None:
    runs = [a_run(1, "success"), a_run(2, "startup_failure"), a_run(3, "startup_failure")]
    read = a_scan(runs)
    assert statistics_of(read).jobs == ()
    again = statistics_of(known_of(read, issue_of(read)))
    assert (again.jobs, again.repository) == ((), statistics_of(read).repository)
    assert again.repository.failed == 2


def test_a_missed_schedule_is_no_attempt_of_the_run_that_it_names() -> None:
    runs = [a_run(number, "success", event="schedule", attempt=2 if number == 3 else 1) for number in (1, 2, 3)]
    silent = Schedule(CI, MissedSchedule.OVERDUE, START + timedelta(hours=4), last_run=runs[2])
    read = dataclasses.replace(a_scan(runs), schedules=(silent,), workflows=(CI,))
    again = dataclasses.replace(known_of(read, issue_of(read)), schedules=(silent,))
    assert statistics_of(again).jobs == ()
    assert statistics_of(again).repository.flaky == 0


def test_a_passing_run_next_to_one_without_the_job_leaves_it_unknown() -> None:
    # Run 2 has no `old` any more, and run 5 none of `new` yet: 3 and 4 are unknown of both.
    runs = line("rrggrrg")
    names = {1: ["old"], 2: ["lint"], 5: ["lint"], 6: ["new"]}
    jobs = {1_000 + run: [a_job(name, number=run * 10) for name in measured] for run, measured in names.items()}
    measured = {
        job.job: [(mark.number, mark.known) for mark in job.runs] for job in statistics_of(a_scan(runs, jobs)).jobs
    }
    assert measured["old"] == [(1, True), (3, False), (4, False), (7, False)]
    assert measured["new"] == [(3, False), (4, False), (6, True), (7, True)]


def test_the_streak_of_several_branches_is_the_longest_failing_one() -> None:
    main = line("grrr")
    other = [a_run(number, end, branch="next") for number, end in ((5, "failure"), (6, "success"))]
    third = [a_run(7, "failure", branch="third")]
    assert statistics_of(with_jobs(main + other), branch="*").repository.streak == -3
    assert statistics_of(with_jobs(main + other + third), branch="*").repository.streak == -3
    assert statistics_of(with_jobs(line("ggg") + other[1:]), branch="*").repository.streak == 4


def test_a_break_of_a_job_with_an_unknown_run_in_it_is_not_measured() -> None:
    runs = line("grrg")
    (job,) = statistics_of(with_jobs(runs, runs_before_checkpoint=frozenset({runs[2].id}))).jobs
    assert (job.measures.failed, job.measures.time_to_recovery, job.measures.partial) == (1, None, True)


def test_no_time_between_failures_if_a_break_between_them_is_possible() -> None:
    # Breaks at 2 and at 6; the failed run at 4 was not read.
    runs = line("grgrgrg")
    (job,) = statistics_of(with_jobs(runs, runs_before_checkpoint=frozenset({runs[3].id}))).jobs
    assert (job.measures.time_to_recovery, job.measures.time_between_failures) == (Spread(2, HOUR, HOUR, HOUR), None)


def test_a_cancelled_run_whose_jobs_were_not_read_counts_nowhere() -> None:
    measured = of("gcg")
    assert (measured.runs, measured.failed, measured.streak, measured.streak_is_least) == (2, 0, 1, True)
    assert (measured.broken_seconds, measured.partial) == (None, True)
    assert of("gc").streak is None


def test_a_list_of_runs_that_was_cut_short_makes_all_statistics_partial() -> None:
    measured = statistics_of(with_jobs(line("grg"), window=Window(forks=0, unread=1, partial=True)))
    assert measured.repository.partial
    assert measured.workflows[0].measures.partial
    assert measured.jobs[0].measures.partial


# --- runs in a timeline ----------------------------------------------------------------------------


def test_a_timeline_has_every_run_with_how_it_ended_and_how_long_it_took() -> None:
    again = a_run(5, "success", attempt=2, started_at=START + timedelta(hours=7), updated_at=START + timedelta(hours=8))
    (workflow,) = statistics_of(a_scan([*line("grs."), again])).workflows
    assert [(run.number, run.outcome, run.seconds) for run in workflow.runs] == [
        (1, Outcome.SUCCESS, 600),
        (2, Outcome.FAILURE, 600),
        (3, None, 600),
        (4, None, None),
        (5, Outcome.SUCCESS, HOUR),
    ]
    (job,) = statistics_of(with_jobs(line("gr"))).jobs
    assert [run.seconds for run in job.runs] == [None, None]


def test_the_timeline_of_a_job_has_its_runs_and_marks_the_unknown_ones() -> None:
    runs = [*line("gr"), a_run(3), a_run(4, "cancelled"), *line("r", first=5), a_run(6)]
    jobs = {
        runs[1].id: [a_job(number=1)],
        runs[2].id: [a_job(number=2, conclusion="timed_out"), a_job("lint", "success", 3)],
        runs[3].id: [a_job(number=4, conclusion="cancelled")],
        runs[5].id: [a_job("lint", number=6), a_job(number=5, conclusion="skipped")],
    }
    snapshot = dataclasses.replace(a_scan(runs, jobs), runs_before_checkpoint=frozenset({runs[4].id}))
    marks = {
        job.job: [(mark.number, mark.outcome, mark.known) for mark in job.runs]
        for job in statistics_of(snapshot, conclusions="failure,timed_out").jobs
    }
    # Run 5 was not read again; in run 6 the job was skipped, so of run 1, green as a whole, it is not known either.
    assert marks["test"] == [
        (1, None, False),
        (2, Outcome.FAILURE, True),
        (3, Outcome.TIMED_OUT, True),
        (4, Outcome.CANCELLED, True),
        (5, None, False),
    ]


def test_over_time_counts_each_run_and_each_recovery_in_its_day() -> None:
    # Day 1: green at 1, red at 2. Day 2: nothing. Day 3, from hour 48: red at 50, green at 52. 50 hours broken.
    hours = START.hour
    runs = [*line("gr"), *line("rg", first=50)]
    runs[3] = a_run(52, "success")
    measured = statistics_of(with_jobs(runs)).over_time
    assert [(each.days, each.runs, each.failed) for each in measured] == [(1, 2, 1), (1, 0, 0), (1, 2, 1)]
    assert [each.start for each in measured] == [
        START - timedelta(hours=hours) + timedelta(days=day) for day in range(3)
    ]
    assert [each.time_to_recovery for each in measured] == [None, None, Spread(1, 50 * HOUR, 50 * HOUR, 50 * HOUR)]


def test_over_time_goes_by_weeks_where_days_are_many() -> None:
    measured = statistics_of(with_jobs([*line("g"), *line("r", first=24 * 50)])).over_time
    assert [(each.days, each.runs, each.failed) for each in measured] == [(7, 1, 0), *[(7, 0, 0)] * 6, (7, 1, 1)]
    assert statistics_of(a_scan([])).over_time == ()


# --- issues ----------------------------------------------------------------------------------------


def marked(number: int, job: str, hours: int = 0, **more: Any) -> Issue:
    body = f"<!-- ci-failure-tracker:begin -->\nFailure id `{failure_id('CI', job)}`.\n<!-- ci-failure-tracker:end -->"
    return an_issue(number, body, created_at=START + timedelta(hours=hours), **more)


def done(kind: str, number: int, state_reason: str = "completed", status: WriteStatus = WriteStatus.DONE) -> Result:
    identity = Identity(failure_id("CI", "new"), "CI", "new")
    actions = {
        "create": Create(identity, "", "", "", (), (), a_state()),
        "reopen": Reopen(identity, "", number, "", a_state()),
        "close": Close(identity, "", number, "", a_state(), state_reason=state_reason),
    }
    return Result(actions[kind], status, number)  # type: ignore[arg-type]


def test_issues_are_counted_as_they_are_after_the_sweep() -> None:
    closed: dict[str, Any] = {"open": False, "state_reason": "completed", "closed_at": START + timedelta(hours=10)}
    issues = (
        marked(1, "a"),
        marked(2, "b", hours=16),
        marked(3, "c", hours=4, **closed),
        marked(4, "d", **closed),
        marked(5, "e", **{**closed, "state_reason": "not_planned"}),
    )
    results = (done("create", 9), done("close", 2), done("reopen", 4), done("close", 1, status=WriteStatus.PLANNED))
    measured = statistics_of(a_scan([], issues=issues), results).issues
    # Open: 1, the reopened 4, the new 9. Resolved: 2 after 20 - 16 = 4 hours, 3 after 10 - 4 = 6 hours.
    assert (measured.open, measured.opened, measured.reopened, measured.closed) == (3, 1, 1, 1)
    assert measured.time_to_resolution == Spread(2, 5 * HOUR, 5 * HOUR, 6 * HOUR)
    assert [(row.workflow, row.job, row.count) for row in measured.by_job] == [("CI", "new", 1)]


def test_issue_statistics_are_partial_if_closed_issues_were_not_read() -> None:
    assert statistics_of(a_scan([])).issues.partial
    assert statistics_of(a_scan([])).issues.time_to_resolution is None
    assert not statistics_of(dataclasses.replace(a_scan([]), closed_read=True)).issues.partial


def test_every_statistic_is_defined_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text("utf-8")
    for kind, heading in ((Measures, "Runs"), (IssueStatistics, "Issues")):
        part = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        named = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.+?) \|", part, re.MULTILINE)))
        assert named == [field.name for field in dataclasses.fields(kind)]
    for field in dataclasses.fields(Spread):
        assert f"`{field.name}`" in page, field.name
