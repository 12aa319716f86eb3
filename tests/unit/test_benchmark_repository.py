"""The repository that `make bench-requests` sweeps is what its tables say it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.requests_made.repository import FRAGILE, Shape, add_closed, add_failed, make
from builders import an_issue
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.tracking.identity import failure_id
from sandbox import Sandbox
from sandbox.state import Issue

NOW = datetime(2026, 5, 2, tzinfo=UTC)
NEWEST = datetime(2026, 5, 1, tzinfo=UTC)


def failed_jobs(box: Sandbox) -> list[str]:
    return [job.name for run in box.runs for job in run.last.jobs if job.conclusion == "failure"]


@pytest.mark.parametrize("shape", [Shape(10, 2), Shape(100, 20), Shape(100, 100), Shape(150, 30)], ids=str)
def test_as_many_runs_and_jobs_fail_as_the_shape_says(shape: Shape) -> None:
    box = make(shape, NOW, NEWEST)
    assert len(box.runs) == shape.runs
    assert box.runs[0].created_at == NEWEST
    assert sum(run.conclusion == "failure" for run in box.runs) == shape.failed
    assert len(failed_jobs(box)) == shape.failed_jobs
    assert len(set(failed_jobs(box))) <= sum(map(len, FRAGILE.values()))


def test_new_runs_fail_after_the_others() -> None:
    box = make(Shape(100, 20), NOW, NEWEST - timedelta(hours=12))
    last = add_failed(box, 10, NEWEST - timedelta(hours=12))
    assert [run.conclusion for run in box.runs[:10]] == ["failure"] * 10
    assert box.runs[0].created_at == last


def test_each_closed_issue_has_a_failure_id_of_its_own() -> None:
    box = make(Shape(10, 2), NOW, NEWEST)
    identity = failure_id("Integration", "redis")
    body = f'<!-- ci-failure-tracker {{"v":1,"id":"{identity}","workflow":"Integration","job":"redis"}} -->'
    model = Issue(1, "[CI Failure] Integration - redis", body, "octo-org", "MEMBER", NOW, NOW, "closed", "completed")
    add_closed(box, [model], 100)
    found = [read_tracked(an_issue(one.number, one.body or "")) for one in box.issues]
    expected = {failure_id("Integration", one.title.rpartition(" - ")[2]) for one in box.issues}
    assert {one.id for one in found if one} == expected
    assert len(expected) == 100
    assert all(one.closed_at and one.closed_at > NOW - timedelta(days=731) for one in box.issues)
