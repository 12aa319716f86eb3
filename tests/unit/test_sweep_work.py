"""A sweep decides once, renders each body once and never reads back what it wrote. The counts, not the time."""

from __future__ import annotations

import pytest

from benchmarks.tracked_issues import Project
from memory_github import ForgetfulGitHub, MemoryGitHub

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
