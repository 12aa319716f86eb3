"""A sweep decides once, renders each body once and never reads back what it wrote. The counts, not the time."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from benchmarks.tracked_issues import Project
from builders import START, a_job, a_run, some_settings
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.model import Diagnose, Issue, Job, Needs, Query, Run, Snapshot, Workflow
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.sweep import MOST_ROUNDS, sweep
from memory_github import ForgetfulGitHub, MemoryGitHub, MemoryWriter

ISSUES = 12


@pytest.fixture
def project() -> Project:
    """A project that was swept once: twelve jobs fail, and each has an issue."""
    project = Project(ISSUES)
    project.sweep()
    assert len(project.issues) == ISSUES
    return project


def test_a_first_sweep_renders_one_body_for_each_issue() -> None:
    project = Project(ISSUES)
    work = project.sweep()
    assert work.bodies == len(work.written) == len(project.issues) == ISSUES


@pytest.mark.parametrize("source", [MemoryGitHub, ForgetfulGitHub], ids=["checkpoint", "no checkpoint"])
def test_a_sweep_with_nothing_new_decides_once(project: Project, source: type[MemoryGitHub]) -> None:
    work = project.sweep(source)
    assert (work.histories, work.plans, work.written) == (1, 1, ())
    assert work.bodies <= ISSUES


def test_a_sweep_with_nothing_new_reads_each_marker_once(project: Project) -> None:
    bodies = [issue.body for issue in project.issues.values()]
    assert sorted(project.sweep().read) == sorted(bodies)


def test_each_round_makes_one_history_and_one_plan() -> None:
    work = Project(ISSUES).sweep()
    assert work.histories == work.plans > 1


@pytest.mark.parametrize("conclusions", [("failure",), ("success", "success")], ids=["fails again", "fixed"])
def test_no_sweep_reads_back_a_body_that_it_wrote(project: Project, conclusions: tuple[str, ...]) -> None:
    for conclusion in conclusions:
        project.run(conclusion)
        before = [issue.body for issue in project.issues.values()]
        work = project.sweep()
        assert sorted(work.read) == sorted(before)
        assert work.bodies == len(work.written) == ISSUES
        assert not set(work.written) & set(work.read)


# --- what is read, and the checkpoint ------------------------------------------------------------


def failing(_run: Run) -> Iterable[Job]:
    return [a_job("test", "failure", 7)]


def swept(
    github: type[MemoryGitHub], jobs: Callable[[Run], Iterable[Job] | None] = failing
) -> tuple[Report, MemoryGitHub, dict[int, Issue]]:
    """One sweep of a repository with one failed run."""
    issues: dict[int, Issue] = {}
    source = github([a_run(1, "failure")], jobs, issues)
    report = sweep(source, MemoryWriter(issues, START), some_settings(), IssueTemplate(), START)
    return report, source, issues


def test_a_sweep_asks_for_each_thing_once() -> None:
    asked: list[object] = []

    class Asked(MemoryGitHub):
        def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
            asked.extend(needs.each_key())
            return super().fetch(snapshot, needs, diagnose)

    swept(Asked)
    assert "logs" in asked
    assert [key for key, times in Counter(asked).items() if times > 1] == []


def test_a_sweep_that_would_never_stop_asking_goes_on_with_a_warning() -> None:
    rounds: list[Needs] = []

    class Deaf(MemoryGitHub):
        """Answers nothing, and never says so."""

        def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
            answered = super().fetch(snapshot, needs, diagnose)
            rounds.append(needs)
            return answered if needs.jobs else dataclasses.replace(answered, asked=snapshot.asked)

    report, _, _ = swept(Deaf)
    assert MOST_ROUNDS <= len(rounds) <= 3 * MOST_ROUNDS
    assert [problem.what for problem in report.problems if f"after {MOST_ROUNDS} rounds" in problem.what]


def test_a_sweep_that_did_not_read_all_leaves_no_checkpoint() -> None:
    class Partial(MemoryGitHub):
        def list_runs(self, snapshot: Snapshot, query: Query) -> Snapshot:
            listed = super().list_runs(snapshot, query)
            return dataclasses.replace(listed, window=dataclasses.replace(listed.window, partial=True))

    markers = {github: swept(github)[2][1].body for github in (MemoryGitHub, Partial)}
    assert '"reach":' in markers[MemoryGitHub]
    assert '"reach":' not in markers[Partial]


def test_if_one_issue_cannot_be_rendered_no_issue_gets_a_checkpoint() -> None:
    """The next sweep then reads everything again."""
    jobs = [a_job("test", "failure", 7), a_job("lint", "failure", 8)]
    issues: dict[int, Issue] = {}
    github = MemoryGitHub([a_run(1, "failure")], lambda _run: jobs, issues)
    template = IssueTemplate("{% if 'lint' in issue.job %}{{ 1 / 0 }}{% endif %}text")
    report = sweep(github, MemoryWriter(issues, START), some_settings(), template, START)
    assert report.problems
    assert ['"reach":' in issue.body for issue in issues.values()] == [False]


def test_a_new_checkpoint_alone_is_no_reason_to_write() -> None:
    """A sweep sees a new run of another workflow, which says nothing that an issue has to hold."""
    issues: dict[int, Issue] = {}
    first, other = a_run(1, "failure"), a_run(2, "success", workflow=Workflow(8, "Docs", "docs.yml"))
    bodies = []
    for runs in ([first], [first, other]):
        sweep(MemoryGitHub(runs, failing, issues), MemoryWriter(issues, START), some_settings(), IssueTemplate(), START)
        bodies.append(issues[1].body)
    assert bodies[0] == bodies[1]


def test_a_new_run_is_read_with_the_failed_run_before_it() -> None:
    read: list[int] = []

    def jobs(run: Run) -> Iterable[Job]:
        read.append(run.number)
        return [a_job("test", run.conclusion, run.number)]

    issues: dict[int, Issue] = {}
    for count, expected in ((3, [1, 2, 3]), (3, []), (4, [3, 4])):
        read.clear()
        runs = [a_run(number, "failure") for number in range(1, count + 1)]
        sweep(MemoryGitHub(runs, jobs, issues), MemoryWriter(issues, START), some_settings(), IssueTemplate(), START)
        assert sorted(read) == expected
