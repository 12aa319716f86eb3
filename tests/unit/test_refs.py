"""Which branches and tags are watched, what has to be asked about them, and which share one branch status."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import timedelta

import pytest

from builders import CI, START, a_run, a_scan, an_issue, some_settings
from ci_failure_tracker.issues.marker import write_marker
from ci_failure_tracker.model import (
    BranchStatus,
    Needs,
    Query,
    RedLeg,
    RefKind,
    Refs,
    RunRef,
    Snapshot,
    State,
    Tag,
    TagRun,
    Watched,
    Workflow,
    shown_ref,
)
from ci_failure_tracker.selection.query import query_of
from ci_failure_tracker.selection.refs import needs_of_refs, watched_refs, with_refs
from ci_failure_tracker.tracking.present_refs import new_tags_from, with_present_refs
from ci_failure_tracker.tracking.track import TrackedIssues, read_issues
from unit.states import a_status, state_with

TAG = RefKind.TAG


@pytest.mark.parametrize(
    ("name", "event", "status_ref"),
    [
        ("main", "push", "main"),
        ("master", "push", "main"),
        ("gh-readonly-queue/main/pr-7-f00d", "merge_group", "main"),
        ("gh-readonly-queue/release/1.x/pr-7-f00d", "merge_group", "release/1.x"),
        ("v1.2", "push", "refs/tags/v1.*"),
        ("v2.0", "push", "refs/tags/v2.*"),
        ("v3.0", "push", "refs/tags/*"),
        ("v1.3", "push", "v1.3"),
        ("v1.3", "release", "refs/tags/v1.*"),
        ("refs/tags/*", "", "refs/tags/*"),
    ],
)
def test_a_ref_has_the_status_of_the_ref_that_goes_on(name: str, event: str, status_ref: str) -> None:
    refs = Refs("main", frozenset({"master"}), {"v1.2": TAG, "v2.0": TAG, "v3.0": TAG}, ("v1.*", "v2.*"))
    assert refs.status_ref(name, event) == status_ref


def test_a_status_ref_is_shown_in_words() -> None:
    assert [*map(shown_ref, ("main", "refs/tags/*", "refs/tags/v1.*"))] == ["main", "tags", "tags v1.*"]


@pytest.mark.parametrize(
    ("given", "branches", "tags"),
    [
        ("", ("trunk",), True),
        ("default", ("trunk",), False),
        ("tags", (), True),
        ("default, tags, merge-queue", ("trunk", "gh-readonly-queue/*"), True),
        ("main, v*", ("main", "v*"), False),
    ],
)
def test_branch_takes_names_globs_and_words(given: str, branches: tuple[str, ...], tags: bool) -> None:
    watched = watched_refs(some_settings(branch=given), "trunk")
    assert (watched.branches, watched.tags) == (branches, tags)


@pytest.mark.parametrize(
    ("given", "filters"),
    [
        ("", (("main", None),)),
        ("main, next", (("main", None), ("next", None))),
        ("default, merge-queue", (("main", None), (None, "merge_group"))),
        ("main, v*", ((None, None),)),
        ("a, b, c, d, e, f", ((None, None),)),
        ("tags", ()),
    ],
)
def test_a_few_branches_have_a_list_each(given: str, filters: tuple[tuple[str | None, str | None], ...]) -> None:
    settings = some_settings(branch=given)
    assert query_of(settings, a_scan([]), START)[0].filters == filters


@pytest.mark.parametrize("word", ["default", "tags", "merge-queue"])
def test_a_branch_with_the_name_of_a_word_can_be_written_as_a_glob(word: str) -> None:
    watched = watched_refs(some_settings(branch=f"[{word[0]}]{word[1:]}"), "main")
    assert watched.has(word)
    assert [name for name in ("main", "gh-readonly-queue/main/pr-7-f00d") if watched.has(name)] == []
    assert not watched.tags


@pytest.mark.parametrize("chosen", [1, 5, 6, 7])
def test_up_to_five_workflows_are_listed_one_by_one(chosen: int) -> None:
    workflows = tuple(Workflow(number, f"W{number}", f".github/workflows/w{number}.yml") for number in range(7))
    names = ", ".join(workflow.name for workflow in workflows[:chosen])
    found, _ = query_of(some_settings(workflow=names), dataclasses.replace(a_scan([]), workflows=workflows), START)
    assert found.listed == (workflows[:chosen] if chosen <= 5 else ())


# --- what is asked -------------------------------------------------------------------------------


def tag(number: int, conclusion: str | None, event: str = "push", workflow_id: int = CI.id) -> Tag:
    at = START + timedelta(hours=number)
    return Tag(f"v{number}", (TagRun(number, workflow_id, event, conclusion, at),))


def needs(scan: Snapshot, branch: str = "", states: Iterable[State] = (), **more: str) -> Needs:
    settings = some_settings(branch=branch, **more)
    return needs_of_refs(scan, tracked(states), settings, query(branch=branch, **more))


def query(**given: str) -> Query:
    found, _ = query_of(some_settings(**given), a_scan([]), START)
    return found


def tracked(states: Iterable[State]) -> TrackedIssues:
    issues = [an_issue(number, write_marker(state)) for number, state in enumerate(states, start=1)]
    return read_issues(issues, None, START)


def with_tags(*tags: Tag) -> Snapshot:
    return dataclasses.replace(a_scan([]), tags=tags, asked=frozenset({"tags"}))


def test_tags_are_needed_only_if_they_are_watched() -> None:
    assert query().needs_tags
    assert not query(branch="default").needs_tags
    assert not query(event="schedule, pull_request").needs_tags
    assert query(event="schedule, push").needs_tags


def test_tags_that_pass_cost_no_request() -> None:
    assert not needs(with_tags(*(tag(number, "success") for number in range(1, 8))))


def test_the_newest_tags_are_read_back_to_the_oldest_failure_among_them() -> None:
    tags = [tag(1, "failure"), tag(2, "success"), tag(6, "failure"), tag(7, "success"), tag(8, "success")]
    assert needs(with_tags(*tags, tag(3, "success"))).tag_runs == ("v8", "v7", "v6")


def test_an_issue_that_waits_for_tags_is_given_those_that_pass() -> None:
    state = state_with(a_status("refs/tags/*"))
    assert needs(with_tags(tag(8, "success"), tag(7, "success")), states=[state]).tag_runs == ("v8", "v7")


def test_a_pull_request_on_the_commit_of_a_tag_is_not_the_tags() -> None:
    assert not needs(with_tags(tag(1, "failure", event="pull_request")))


def test_a_run_that_is_listed_is_not_read_again() -> None:
    scan = dataclasses.replace(with_tags(tag(1, "failure")), runs=(a_run(1),))
    assert not needs(scan).tag_runs


def test_without_a_sight_of_tags_the_runs_of_releases_are_listed() -> None:
    scan = dataclasses.replace(a_scan([]), asked=frozenset({"tags"}))
    assert needs(scan) == Needs(release_runs=True)


def test_only_names_that_matter_are_asked() -> None:
    passed = a_run(1, "success", branch="quiet")
    assert not needs(a_scan([passed]), branch="*")
    failed = a_run(2, branch="idea", event="pull_request")
    assert needs(a_scan([passed, failed]), branch="*").refs == ("idea",)


def test_if_a_name_may_be_a_tag_the_others_are_asked_as_well() -> None:
    runs = [a_run(1, branch="v1.0"), a_run(2, "success", branch="v1.1"), a_run(3, "success"), a_run(4, branch="")]
    assert needs(a_scan(runs), branch="*").refs == ("v1.0", "v1.1")


def test_names_that_cannot_be_refs_are_not_asked() -> None:
    names = ["x" * 120, "has space", "***", "gh-readonly-queue/main/pr-1-a"]
    assert not needs(a_scan([a_run(number, branch=name) for number, name in enumerate(names)]), branch="*").refs


# --- what the answers say ------------------------------------------------------------------------


def seen(scan: Snapshot, states: Iterable[State] = (), branch: str = "") -> Snapshot:
    return with_refs(scan, tracked(states), some_settings(branch=branch), Query(("main",), 100, 100))


def test_runs_of_tags_join_the_listed_runs() -> None:
    listed, on_tag, of_fork = a_run(3, "success"), a_run(2, branch="v1.0"), a_run(1, branch="v1.0", from_fork=True)
    scan = dataclasses.replace(a_scan([listed]), tags=(Tag("v1.0"),), tag_runs=(on_tag, of_fork, listed))
    after = seen(scan)
    assert [(run.id, run.status_ref) for run in after.runs] == [(listed.id, ""), (on_tag.id, "refs/tags/*")]


@pytest.mark.parametrize(
    ("kinds", "branch", "former"),
    [
        ({"master": RefKind.GONE}, "*", {"master"}),
        ({"master": RefKind.BRANCH}, "*", set()),
        ({}, "*", set()),
        ({"master": RefKind.BRANCH}, "", {"master"}),
        ({}, "", {"master"}),
    ],
)
def test_an_issue_remembers_the_default_branch(kinds: dict[str, RefKind], branch: str, former: set[str]) -> None:
    state = dataclasses.replace(state_with(a_status("master")), watched=Watched("master"))
    scan = dataclasses.replace(a_scan([]), ref_kinds=kinds)
    assert seen(scan, [state], branch).refs.former_defaults == former


@pytest.mark.parametrize(("kind", "former"), [(RefKind.GONE, {"master"}), (RefKind.BRANCH, set())])
def test_of_an_older_issue_a_branch_that_is_gone_was_the_default_branch(kind: RefKind, former: set[str]) -> None:
    scan = dataclasses.replace(a_scan([]), ref_kinds={"master": kind})
    assert seen(scan, [state_with(a_status("master"))]).refs.former_defaults == former
    assert seen(scan, [state_with(a_status("master"))], "*").refs.former_defaults == set()


# --- what an issue remembers ---------------------------------------------------------------------


def run_ref(number: int) -> RunRef:
    return RunRef(1_000 + number, number, f"{number:040x}", START + timedelta(hours=number))


def failed(branch: str, number: int, *greens: int, red: bool = True) -> BranchStatus:
    ref = run_ref(number)
    legs = (RedLeg("", "push", ref.run_id, 1, ref.at),) if red else ()
    return BranchStatus(CI.id, branch, "", legs, ref, tuple(map(run_ref, greens)), ((ref.run_id, False),))


REFS = Refs("main", frozenset({"master"}), {"v1": TAG, "v2": TAG})


def test_statuses_of_tags_become_one_whose_newest_failure_counts() -> None:
    state = with_present_refs(state_with(failed("v1", 1), failed("v2", 2)), REFS)
    (status,) = state.branch_statuses
    assert (status.branch, status.last_red.number, status.recent) == (
        "refs/tags/*",
        2,
        ((1_001, False), (1_002, False)),
    )
    assert [leg.run_id for leg in status.red] == [1_002]


def test_a_tag_that_passed_later_ends_what_an_earlier_tag_says() -> None:
    state = with_present_refs(state_with(failed("v1", 1), failed("v2", 2, 3, red=False)), REFS)
    (status,) = state.branch_statuses
    assert status.red == ()
    assert [green.number for green in status.greens] == [3]


def test_a_status_without_another_of_its_ref_only_moves() -> None:
    before = state_with(failed("master", 1, 2))
    after = with_present_refs(before, REFS)
    assert after.branch_statuses == (dataclasses.replace(before.branch_statuses[0], branch="main"),)
    assert with_present_refs(after, REFS) is after


def test_a_status_of_tags_follows_the_globs_in_branch() -> None:
    """The newest failure that the issue remembers is on `main`, which stands for the name of the tag here."""
    state = state_with(a_status("refs/tags/*"))
    refs = dataclasses.replace(REFS, tag_patterns=("mai*",))
    assert [status.branch for status in with_present_refs(state, refs).branch_statuses] == ["refs/tags/mai*"]


def test_tags_count_from_the_time_that_an_issue_names() -> None:
    older = state_with(a_status("main"))
    watched = dataclasses.replace(older, watched=Watched("main", START))
    assert new_tags_from(tracked([older]).written) is None
    assert new_tags_from(tracked([older, watched]).written) == START
    assert new_tags_from(tracked([dataclasses.replace(older, watched=Watched("main"))]).written) is None
