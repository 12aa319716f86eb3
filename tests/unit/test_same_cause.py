"""Which failed jobs have one cause, whatever the order in which their logs are read, and how issues remember it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from itertools import permutations

import pytest

from builders import START, a_diagnosis, a_run, a_scan, a_state, red, some_settings
from ci_failure_tracker.diagnosis.signature import VERSION, signature
from ci_failure_tracker.issues.marker import write_marker
from ci_failure_tracker.issues.state_codec import read_state
from ci_failure_tracker.model import (
    Cause,
    Create,
    Evidence,
    ExcerptLine,
    Identity,
    IdentityKind,
    JobDiagnosis,
    LegCount,
    State,
)
from ci_failure_tracker.settings import Comments, GroupBy, Matrix
from ci_failure_tracker.tracking.causes import with_known_causes
from ci_failure_tracker.tracking.comment_policy import news_to_comment_on
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.identity import identify
from ci_failure_tracker.tracking.same_cause import short_failures, with_known_names
from ci_failure_tracker.tracking.state_update import updated_state
from sweeping import make_plan

JOBS = ("build", "lint", "test", "deploy")
OLD = "v1:0123456789abcdef"


def read(job: int, *failures: str, headline: str = "", lines: tuple[str, ...] = (), weak: bool = False) -> JobDiagnosis:
    """What the log of a job said that has these failures."""
    signatures = tuple(signature([failure]) for failure in failures)
    headline = headline or failures[0]
    diagnosis = dataclasses.replace(
        a_diagnosis(headline, *lines), signature=signatures[0], signatures=signatures, weak=weak
    )
    return JobDiagnosis(job, signatures[0], headline, diagnosis=diagnosis, weak=weak)


OBSERVED = [red(a_run(7), name, number) for number, name in enumerate(JOBS, start=1)]


def named(*diagnoses: JobDiagnosis, states: tuple[State, ...] = ()) -> list[str]:
    return [diagnosis.signature for diagnosis in with_known_names(diagnoses, OBSERVED, states)]


def state_of(job: str, *causes: Cause, weak: tuple[str, ...] = ()) -> State:
    return dataclasses.replace(a_state(identify("CI", job, GroupBy.JOB, Matrix.TOGETHER)[0]), causes=causes, weak=weak)


def old_cause(headline: str, name: str = OLD) -> Cause:
    return Cause(name, headline, 3, START, START)


def counted(state: State | None, diagnosis: JobDiagnosis, run: int = 7, job: str = "test") -> State:
    """The state of an issue after one more failure of its job, as the next sweep reads it from the marker."""
    observations = [red(a_run(run), job, diagnosis.job_id)]
    states = [state] if state else []
    (history,) = read_histories(with_known_causes(observations, states, [diagnosis]), some_settings())
    marker = write_marker(updated_state(state, history))
    return read_state(marker.removeprefix("<!-- ci-failure-tracker ").removesuffix(" -->"))


ONE_TO_TEN = [f"failure {letter}" for letter in "abcdefghij"]


def test_jobs_with_one_first_failure_have_one_cause() -> None:
    assert len(set(named(read(1, "apples", "pears"), read(2, "apples", "plums", "figs")))) == 1


def test_jobs_with_mostly_the_same_failures_have_one_cause() -> None:
    assert len(set(named(read(1, *ONE_TO_TEN), read(2, *ONE_TO_TEN[2:])))) == 1


def test_jobs_with_half_of_their_failures_in_common_have_two_causes() -> None:
    assert len(set(named(read(1, *ONE_TO_TEN), read(2, *ONE_TO_TEN[5:])))) == 2


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_a_cause_connects_jobs_in_any_order(order: tuple[int, ...]) -> None:
    chain = [read(1, "apples", "pears"), read(2, *ONE_TO_TEN[1:], "apples"), read(3, *ONE_TO_TEN), read(4, "apples")]
    names = dict(zip([chain[place].job_id for place in order], named(*(chain[place] for place in order)), strict=True))
    assert names[2] == names[3] != names[1] == names[4]
    assert [names[job] for job in (1, 2, 3, 4)] == named(*chain)


def test_weak_causes_never_have_one_name_with_another() -> None:
    assert len(set(named(read(1, "all done", "bye", weak=True), read(2, "all done at last", "bye", weak=True)))) == 2


@pytest.mark.parametrize("group_by", ["job", "cause"])
def test_three_jobs_with_mostly_the_same_failures_get_one_issue(group_by: str) -> None:
    failed = [read(job, *ONE_TO_TEN[place:], *ONE_TO_TEN[:place][1:]) for place, job in enumerate((1, 2, 3))]
    snapshot = dataclasses.replace(a_scan([a_run(7)]), job_diagnoses=tuple(failed))
    plan = make_plan(snapshot, some_settings(group_by=group_by), START + timedelta(days=1), OBSERVED[:3])
    (issue,) = [action for action in plan.actions if isinstance(action, Create)]
    assert issue.identity.kind is IdentityKind.CAUSE
    assert len(issue.state.causes) == 1


def test_a_cause_keeps_the_name_that_an_issue_gave_it() -> None:
    first = counted(None, read(3, *ONE_TO_TEN))
    assert named(read(1, *reversed(ONE_TO_TEN)), states=(first,)) == [signature([ONE_TO_TEN[0]])]


def test_a_cause_that_an_issue_knows_is_no_second_cause_if_its_first_failure_is_mended() -> None:
    first = counted(None, read(3, *ONE_TO_TEN))
    second = counted(first, read(13, *ONE_TO_TEN[1:]), run=8)
    assert [(cause.signature, cause.count) for cause in second.causes] == [(first.causes[0].signature, 2)]
    assert named(read(1, ONE_TO_TEN[1]), states=(second,)) == [first.causes[0].signature]


def test_the_issue_of_a_job_names_its_cause_before_other_issues() -> None:
    mine = state_of("test", Cause(signature(["apples"]), "apples", 1, a_run(5).created_at, a_run(5).created_at))
    other = state_of(
        "build", Cause(signature(["figs"]), "figs", 1, START, START, short_failures([signature(["apples"])]))
    )
    assert named(read(3, "apples"), states=(other, mine)) == [signature(["apples"])]


# --- causes of an older version ------------------------------------------------------------------


def test_an_old_cause_goes_on_under_its_name_if_the_headline_is_the_same() -> None:
    state = state_of("test", old_cause("src/a.c:3:9: error: no 'apple'"))
    assert named(read(3, "anything", headline="src/a.c:8:1: error: no 'apple'"), states=(state,)) == [OLD]


def test_an_old_cause_goes_on_if_the_line_that_named_it_is_in_the_new_excerpt() -> None:
    state = state_of("test", old_cause("E AssertionError: assert 7 == 8"))
    new = read(3, "test_total", headline="test_total failed", lines=("E       AssertionError: assert 9 == 8",))
    assert named(new, states=(state,)) == [OLD]


def test_an_old_cause_goes_on_if_its_excerpt_has_the_new_headline() -> None:
    evidence = Evidence(1, 1, 1, 1, START, OLD, "rake aborted!", (ExcerptLine(1, "no such widget: 'blue'"),))
    state = dataclasses.replace(state_of("test", old_cause("rake aborted!")), evidence=evidence)
    assert named(read(3, "no such widget: 'blue'"), states=(state,)) == [OLD]


def test_another_failure_is_no_old_cause() -> None:
    state = state_of("test", old_cause("E AssertionError: assert 7 == 8"))
    assert named(read(3, "no such widget: 'blue'"), states=(state,)) == [signature(["no such widget: 'blue'"])]


def test_an_old_cause_of_another_job_has_the_same_headline() -> None:
    state = state_of("build", old_cause("no such widget: 'blue'"))
    assert named(read(3, "no such widget: 'blue'"), states=(state,)) == [OLD]
    nothing = state_of("build", old_cause("tests failed"))
    assert named(read(3, "tests failed"), states=(nothing,)) == [signature(["tests failed"])]


def test_two_old_causes_with_one_headline_tell_nothing_of_another_job() -> None:
    states = (
        state_of("build", old_cause("no such widget: 'blue'")),
        state_of("lint", old_cause("no such widget: 'blue'", "v1:ffff456789abcdef")),
    )
    assert named(read(3, "no such widget: 'blue'"), states=states) == [signature(["no such widget: 'blue'"])]


def test_the_issue_of_all_jobs_of_an_old_cause_goes_on() -> None:
    identity = Identity("x", "CI", "build, lint, test", OLD, IdentityKind.CAUSE)
    umbrella = dataclasses.replace(
        a_state(identity), causes=(old_cause("service unavailable"),), legs=(LegCount("CI / test", 1, START),)
    )
    assert named(read(3, "service unavailable"), read(4, "service unavailable"), states=(umbrella,)) == [OLD, OLD]


def test_after_one_failure_an_old_cause_is_known_by_its_failures() -> None:
    state = counted(
        state_of("test", old_cause("E AssertionError: assert 7 == 8")),
        read(3, "test_total", headline="E AssertionError: assert 7 == 8"),
    )
    assert [(cause.signature, cause.count) for cause in state.causes] == [(OLD, 4)]
    assert named(read(1, "test_total"), states=(state,)) == [OLD]
    assert named(read(1, "test_bulk", headline="E AssertionError: assert 7 == 8"), states=(state,)) != [OLD]


def test_what_told_no_cause_apart_gives_way_to_the_first_cause_that_is_known() -> None:
    before = state_of("test", old_cause("Process completed with exit code 1."))
    after = counted(before, read(3, "no such widget: 'blue'"))
    assert [(cause.signature, cause.count) for cause in after.causes] == [(signature(["no such widget: 'blue'"]), 4)]
    assert not news_to_comment_on(before, after, Comments.CHANGES, a_run(9).created_at, frozenset())
    assert after.causes[0].signature.startswith(VERSION)
