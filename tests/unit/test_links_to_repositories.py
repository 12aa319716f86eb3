"""An issue about another repository: every link leads there, and the marker remembers it."""

import re
from dataclasses import replace
from datetime import timedelta

from builders import START, a_state, an_issue
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.issues.known_memory import read_memory, write_memory
from ci_failure_tracker.issues.marker import compose, read_tracked, write_marker
from ci_failure_tracker.issues.rule_block import with_table
from ci_failure_tracker.model import (
    BranchStatus,
    CommitsBetween,
    Evidence,
    ExcerptLine,
    FailureKind,
    KnownMatch,
    KnownMemory,
    RedLeg,
    RunRef,
    State,
    Suspect,
    Workflow,
)

CENTRAL = "https://github.example/octo-org/failures"
ELSEWHERE = "octo-org/lighthouse"


def _of(repository: str) -> State:
    """What an issue remembers of a break with a suspect and an excerpt, in a repository."""
    state = a_state()
    passing = RunRef(990, 8, "8" * 40, START - timedelta(hours=2), repository)
    failing = RunRef(995, 9, "9" * 40, START - timedelta(hours=1), repository)
    latest = replace(state.latest, repository=repository, number=12)
    evidence = Evidence(
        run_id=995,
        attempt=1,
        number=9,
        job_id=77,
        ended_at=START - timedelta(minutes=30),
        signature="v2:1",
        headline="ValueError: no year",
        lines=(ExcerptLine(4, "before"), ExcerptLine(5, "ValueError: no year")),
        kind=FailureKind.TEST,
        repository=repository,
    )
    return replace(
        state,
        count=2,
        occurrences=(latest,),
        last_green=passing,
        first_red=failing,
        evidence=evidence,
        suspects=CommitsBetween(passing.sha, failing.sha, (Suspect("7" * 40, "Change the year", "mona", 31),)),
        branch_statuses=(BranchStatus(1, "main", "", (RedLeg("", "push", 1_001, 1, START),), failing),),
    )


def _text(state: State) -> str:
    return next(IssueTemplate().regions(state, CENTRAL, 1))


def test_every_link_to_a_run_a_commit_and_a_comparison_leads_to_the_repository_of_the_run() -> None:
    text = _text(_of(ELSEWHERE))
    pages = re.findall(r"\]\((https?://[^)]+)\)", text)
    assert len(pages) > 5
    assert all(page.startswith("https://github.example/octo-org/lighthouse/") for page in pages)


def test_without_a_repository_the_same_links_lead_to_the_one_with_the_issues() -> None:
    assert _text(_of("")) == _text(_of(ELSEWHERE)).replace(f"{ELSEWHERE}#31", "#31").replace(
        "octo-org/lighthouse/", "octo-org/failures/"
    )


def test_a_pull_request_is_named_with_its_repository() -> None:
    assert "`octo-org/lighthouse#31`" in _text(_of(ELSEWHERE))


def test_the_marker_remembers_the_repository() -> None:
    state = _of(ELSEWHERE)
    tracked = read_tracked(an_issue(1, compose(_text(state), state)))
    assert tracked is not None
    assert tracked.state == state


def test_a_marker_without_a_repository_does_not_name_one() -> None:
    assert "repository" not in write_marker(_of(""))
    assert '"first_red":[995,9,"' + "9" * 40 + '","' in write_marker(_of(""))
    assert write_marker(_of("")).count("null") == 0


def test_a_known_issue_remembers_the_repository_of_a_match() -> None:
    match = KnownMatch(77, START, 995, 9, "octo-org/lighthouse: CI", "test", "ValueError", repository=ELSEWHERE)
    memory = KnownMemory(matches=(match,))
    assert read_memory(with_table("A rule", write_memory(memory))) == memory


def test_people_name_a_workflow_with_or_without_its_repository() -> None:
    workflow = Workflow(1, "octo-org/lighthouse: CI", ".github/workflows/ci.yml", repository=ELSEWHERE)
    assert workflow.is_called("CI")
    assert workflow.is_called("octo-org/lighthouse: *")
    assert workflow.is_called("ci.yml")
    assert not workflow.is_called("Nightly")
