from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_failure_tracker.settings import GroupBy, Matrix
from ci_failure_tracker.tracking.identity import failure_id, identify, identify_cause
from ci_failure_tracker.tracking.identity import test_id as id_of
from ci_failure_tracker.tracking.matrix import split_leg


@pytest.mark.parametrize(
    ("name", "job", "leg"),
    [
        ("test", "test", ""),
        ("Test on 3.12", "Test on 3.12", ""),
        ("deploy (production)", "deploy", "production"),
        ("test (3.12)", "test", "3.12"),
        ("test (3.12, ubuntu-latest)", "test", "3.12, ubuntu-latest"),
        ("build and test (a (b), c)", "build and test", "a (b), c"),
        ("call / test (3.12)", "call / test", "3.12"),
        ("call (eu) / test (3.12)", "call / test", "eu / 3.12"),
        ("test (linux / arm64)", "test", "linux / arm64"),
        ("test (3.12, a-very-long-valu...", "test", "3.12, a-very-long-valu"),
        ("(odd)", "(odd)", ""),
        ("f(x)", "f(x)", ""),
        ("deploy...", "deploy...", ""),
        ("unbalanced )", "unbalanced )", ""),
        ("", "", ""),
    ],
)
def test_a_job_name_is_split_into_job_and_leg(name: str, job: str, leg: str) -> None:
    assert split_leg(name) == (job, leg)


@given(st.text(max_size=80))
def test_any_name_can_be_split(name: str) -> None:
    job, leg = split_leg(name)
    assert len(job) + len(leg) <= len(name)


def test_the_failure_id_is_the_md5_of_workflow_and_job_for_ever() -> None:
    assert failure_id("CI", "test") == hashlib.md5(b"CI:test", usedforsecurity=False).hexdigest()
    assert failure_id("CI", "test") == "113ccdad5b0843c8b5d4516211edf9ae"


def test_the_failure_id_of_a_test_is_the_md5_of_its_name() -> None:
    assert id_of("test_tea[Berlin]", "") == hashlib.md5(b"test\ntest_tea[Berlin]", usedforsecurity=False).hexdigest()


def test_the_failure_id_of_a_cause_is_the_md5_of_its_signature() -> None:
    found = identify_cause("v2:0123456789abcdef", [("CI", "test")]).id
    assert found == hashlib.md5(b"v2:0123456789abcdef", usedforsecurity=False).hexdigest()


def test_a_lone_surrogate_in_a_name_still_gives_an_id() -> None:
    assert len(failure_id("CI", "\ud800")) == 32


@pytest.mark.parametrize(
    ("group_by", "matrix", "job", "leg"),
    [
        (GroupBy.JOB, Matrix.TOGETHER, "test", "3.12"),
        (GroupBy.JOB, Matrix.SEPARATE, "test (3.12)", ""),
        (GroupBy.WORKFLOW, Matrix.TOGETHER, "*", "test (3.12)"),
        (GroupBy.WORKFLOW, Matrix.SEPARATE, "*", "test (3.12)"),
    ],
)
def test_what_an_issue_stands_for_follows_the_settings(group_by: GroupBy, matrix: Matrix, job: str, leg: str) -> None:
    identity, found = identify("CI", "test (3.12)", group_by, matrix)
    assert (identity.job, found) == (job, leg)
    assert identity.id == failure_id("CI", job)
