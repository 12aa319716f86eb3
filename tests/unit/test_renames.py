"""A workflow that is renamed keeps its issues; two workflows of one name share theirs."""

from __future__ import annotations

from dataclasses import replace

from builders import START, a_state
from ci_failure_tracker.model import BranchStatus, RunRef, State, Workflow
from ci_failure_tracker.settings import GroupBy, Matrix
from ci_failure_tracker.tracking.identity import failure_id, identify
from ci_failure_tracker.tracking.renames import Renames

FILE = Workflow(1, "CI", ".github/workflows/ci.yml")
RENAMED = replace(FILE, name="Checks")
OTHER = Workflow(2, "CI", ".github/workflows/other.yml")
LAST_RED = RunRef(1_001, 1, "1" * 40, START)


def state_of(*workflows: Workflow) -> State:
    """What the issue of the job `lint` remembers; it failed in each of these workflows, which have one name."""
    (occurrence,) = a_state().occurrences
    return replace(
        a_state(identify(workflows[0].name, "lint", GroupBy.JOB, Matrix.TOGETHER)[0]),
        occurrences=tuple(replace(occurrence, source=workflow.file_name) for workflow in workflows),
        branch_statuses=tuple(BranchStatus(workflow.id, "main", "", (), LAST_RED) for workflow in workflows),
    )


def kept(renames: Renames, workflow: Workflow, job: str = "lint") -> str:
    return renames.kept(workflow, identify(workflow.name, job, GroupBy.JOB, Matrix.TOGETHER)[0]).id


ISSUE = failure_id("CI", "lint")


def test_a_job_of_a_renamed_workflow_keeps_its_failure_id() -> None:
    renames = Renames([state_of(FILE)], [RENAMED])
    assert kept(renames, RENAMED) == ISSUE
    assert renames.present_names(state_of(FILE).identity) == {1: "Checks"}


def test_a_job_without_an_issue_gets_the_failure_id_of_the_new_name() -> None:
    renames = Renames([state_of(FILE)], [RENAMED])
    assert kept(renames, RENAMED, "test") == failure_id("Checks", "test")


def test_a_workflow_with_another_id_is_found_by_its_file() -> None:
    renames = Renames([state_of(FILE)], [replace(RENAMED, id=9)])
    assert kept(renames, replace(RENAMED, id=9)) == ISSUE


def test_a_file_of_the_same_name_elsewhere_is_another_workflow() -> None:
    foreign = Workflow(9, "Checks", "octo-org/rules/.github/workflows/ci.yml")
    assert kept(Renames([state_of(FILE)], [FILE, foreign]), foreign) == failure_id("Checks", "lint")


def test_of_two_files_with_one_name_each_keeps_the_issue_when_one_is_renamed() -> None:
    renames = Renames([state_of(FILE, OTHER)], [RENAMED, OTHER])
    assert (kept(renames, RENAMED), kept(renames, OTHER)) == (ISSUE, ISSUE)


def test_an_issue_under_the_present_name_comes_first() -> None:
    renames = Renames([state_of(FILE), state_of(RENAMED)], [RENAMED])
    assert kept(renames, RENAMED) == failure_id("Checks", "lint")


def test_a_name_that_another_workflow_takes_over_is_shared() -> None:
    newcomer = replace(OTHER, name="CI")
    renames = Renames([state_of(FILE)], [RENAMED, newcomer])
    assert (kept(renames, RENAMED), kept(renames, newcomer)) == (ISSUE, ISSUE)
