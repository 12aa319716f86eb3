"""Issues that a released version wrote are swept by this one: it goes on with them, and people notice nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from builders import an_issue
from ci_failure_tracker.issues.marker import BEGIN, END, read_tracked
from sandbox import RequestRecord
from sandbox.steps import MARKER
from upgrade.fixtures import Fixture, Repository, is_write, read_fixture, serving
from upgrade.record import MARKERS, main, record, stories

HERE = Path(__file__).parent
FIXTURES = {f"{path.parent.name}/{path.stem}": path for path in sorted(HERE.glob("v*/*.yaml"))}

FAILING = ("failing-open", "line_ends_of_a_person", "suspects_and_authors")
"""Fixtures of v1.0.0 with one open issue, for a job that never passed after its first failure."""


def for_each_fixture(*names: str) -> pytest.MarkDecorator:
    chosen = [f"v1.0.0/{name}" for name in names] or [*FIXTURES]
    return pytest.mark.parametrize("name", chosen)


def without_bodies(repository: Repository) -> dict[int, dict[str, Any]]:
    """Everything that people see of the issues but for their bodies."""
    return {
        issue.number: {
            "title": issue.title,
            "state": issue.state,
            "reason": issue.state_reason,
            "labels": list(issue.labels),
            "assignees": list(issue.assignees),
            "comments": [comment.body for comment in issue.comments],
        }
        for issue in repository.box.issues
    }


def bodies(repository: Repository) -> dict[int, str | None]:
    return {issue.number: issue.body for issue in repository.box.issues}


def of_people(body: str | None) -> str:
    """What people wrote into a body, outside of the tracker's region and without the hidden line at its end."""
    return MARKER.sub("", _REGION.sub("", (body or "").replace("\r\n", "\n"))).strip()


_REGION = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)


def lines_of(requests: list[RequestRecord]) -> list[str]:
    return [f"{request.method} {request.path}" for request in requests]


def run_again(repository: Repository, conclusion: str, **more: object) -> None:
    """One more run of CI, an hour later, and the clock goes on until it has ended."""
    at = repository.box.now + timedelta(hours=1)
    repository.box.add_run(workflow="CI", at=at, conclusion=conclusion, **more)
    repository.box.now = at + timedelta(minutes=30)


@for_each_fixture()
def test_an_upgrade_writes_nothing_but_the_text_of_issues(name: str) -> None:
    """The first sweep puts the text of an open issue into this version's words, once and without a comment."""
    with serving(read_fixture(FIXTURES[name])) as repository:
        issues, texts = without_bodies(repository), bodies(repository)
        first = repository.sweep()
        assert without_bodies(repository) == issues
        changed = [number for number, text in bodies(repository).items() if text != texts[number]]
        assert sorted(lines_of(first)) == sorted(f"PATCH /repos/octo-org/example/issues/{number}" for number in changed)
        for number in changed:
            assert issues[number]["state"] == "open"
            assert of_people(bodies(repository)[number]) == of_people(texts[number])
        repository.box.now += timedelta(minutes=10)
        assert lines_of(repository.sweep()) == []


@for_each_fixture(*FAILING)
def test_a_failing_run_after_an_upgrade_updates_the_issue_once(name: str) -> None:
    with serving(read_fixture(FIXTURES[name])) as repository:
        issues, texts = without_bodies(repository), bodies(repository)
        run_again(repository, "failure", commit={"title": "Still broken"})
        assert lines_of(repository.sweep()) == ["PATCH /repos/octo-org/example/issues/1"]
        assert without_bodies(repository) == issues
        assert bodies(repository) != texts
        assert lines_of(repository.sweep()) == []


@for_each_fixture(*FAILING)
def test_passing_runs_after_an_upgrade_close_the_issue(name: str) -> None:
    with serving(read_fixture(FIXTURES[name])) as repository:
        title = repository.box.issue(1).title
        repository.sweep()
        for place in range(2):
            assert repository.box.issue(1).state == "open"
            run_again(repository, "success", commit={"title": f"Mend it, part {place}"})
            repository.sweep()
        assert [issue.number for issue in repository.box.issues] == [1]
        issue = repository.box.issue(1)
        assert (issue.title, issue.state, issue.state_reason) == (title, "closed", "completed")
        assert len(issue.comments) == 1


@for_each_fixture("storm-none-0")
def test_an_umbrella_issue_goes_on_after_an_upgrade(name: str) -> None:
    fixture = read_fixture(FIXTURES[name])
    runs: Any = fixture.history["runs"]
    with serving(fixture) as repository:
        numbers = [*without_bodies(repository)]
        run_again(repository, "", jobs=runs[-1]["jobs"])
        assert lines_of(repository.sweep()) == ["PATCH /repos/octo-org/example/issues/1"]
        for _ in range(2):
            run_again(repository, "success")
            repository.sweep()
        assert [*without_bodies(repository)] == numbers
        assert repository.box.issue(1).state == "closed"


FAILING_WITH_LOGS = (
    "group_by-cause",
    "group_by-cause-replaced-2",
    "logs-new_cause",
    "more_causes_than_are_kept",
    "storm-none-0",
)
"""Fixtures with failed jobs whose logs name a cause, so that the issues hold signatures of v1.0.0."""


def newest_failures(fixture: Fixture) -> list[Mapping[str, Any]]:
    """The newest failed run of each workflow that has jobs of its own."""
    runs: Any = fixture.history["runs"]
    later: Any = [run for step in fixture.steps for run in step.get("runs", [])]  # type: ignore[attr-defined]
    return [*{run["workflow"]: run for run in (*runs, *later) if run.get("jobs")}.values()]


def signatures(repository: Repository) -> dict[int, list[str]]:
    """The causes that each open issue holds."""
    tracked = {issue.number: read_tracked(an_issue(issue.number, issue.body or "")) for issue in repository.box.issues}
    return {
        number: [cause.signature for cause in one.state.causes]
        for number, one in tracked.items()
        if one and one.state and repository.box.issue(number).state == "open"
    }


@for_each_fixture(*FAILING_WITH_LOGS)
def test_a_cause_of_an_older_version_goes_on(name: str) -> None:
    """The jobs fail again as they did: nobody is told of a new cause, and no issue gets a second name for one."""
    fixture = read_fixture(FIXTURES[name])
    with serving(fixture) as repository:
        repository.sweep()
        issues, causes = without_bodies(repository), signatures(repository)
        at = repository.box.now + timedelta(hours=1)
        for run in newest_failures(fixture):
            repository.box.add_run({**run, "at": at, "commit": {"title": "Still broken"}})
        repository.box.now = at + timedelta(minutes=30)
        repository.sweep()
        assert without_bodies(repository) == issues
        assert {number: sorted(names) for number, names in signatures(repository).items()} == {
            number: sorted(names) for number, names in causes.items()
        }
        assert lines_of(repository.sweep()) == []


@for_each_fixture("logs-new_cause")
def test_a_new_cause_after_an_upgrade_is_news(name: str) -> None:
    with serving(read_fixture(FIXTURES[name])) as repository:
        repository.sweep()
        comments, causes = without_bodies(repository)[1]["comments"], signatures(repository)[1]
        log = "##[group]Run make\n##[endgroup]\npress.c:3:9: error: unknown type name 'apple'\n"
        repository.box.now += timedelta(days=1)
        run_again(repository, "", jobs=[{"name": "test", "conclusion": "failure", "log": log}])
        repository.sweep()
        assert len(without_bodies(repository)[1]["comments"]) == len(comments) + 1
        assert len(signatures(repository)[1]) == len(causes) + 1


@for_each_fixture("token_without_contents")
def test_an_upgrade_needs_no_new_permission(name: str) -> None:
    """The token of this fixture may read the runs and write the issues of a private repository, and no more."""
    with serving(read_fixture(FIXTURES[name])) as repository:
        run_again(repository, "", jobs=[{"name": "test (3.12)", "conclusion": "failure"}])
        repository.sweep()
        requests = repository.server.requests
        assert [request for request in requests if request.status >= 400] == []
        updated = ["PATCH /repos/octo-org/example/issues/1", "PATCH /repos/octo-org/example/issues/2"]
        assert sorted(lines_of([request for request in requests if is_write(request)])) == updated


def test_what_is_recorded_today_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story = next(story for story in stories() if story["name"] == "failing-open")
    markers: dict[str, str] = {}
    document: Mapping[str, Any] = record(story, markers)
    monkeypatch.setattr("upgrade.record.stories", lambda: [story])
    main(tmp_path / "v2.0.0")
    assert yaml.safe_load((tmp_path / "v2.0.0" / "failing-open.yaml").read_text()) == document
    assert (tmp_path / "v2.0.0" / MARKERS).read_text().splitlines() == [markers[shape] for shape in sorted(markers)]
    with serving(read_fixture(tmp_path / "v2.0.0" / "failing-open.yaml")) as repository:
        assert lines_of(repository.sweep()) == []


def test_a_recorded_version_is_not_recorded_again() -> None:
    with pytest.raises(FileExistsError):
        main(HERE / "v1.0.0")


@for_each_fixture("failing-open")
def test_a_tag_that_failed_before_an_upgrade_opens_nothing(name: str) -> None:
    """v1.0.0 did not watch tags. A notice names the tag, and the next tag that fails opens an issue."""
    fixture = read_fixture(FIXTURES[name])
    workflows: Any = fixture.history["workflows"]
    history = {**fixture.history, "workflows": [*workflows, {"name": "Ship", "jobs": [{"name": "upload"}]}]}
    with serving(replace(fixture, history=history)) as repository:
        box, issues = repository.box, without_bodies(repository)
        box.add_run(workflow="Ship", branch="v1.0.0", at=box.now - timedelta(days=2), conclusion="failure")
        repository.sweep()
        (notice,) = repository.problems
        assert "tags that failed before tags were watched: Ship on v1.0.0." in notice
        assert lines_of(repository.sweep()) == []
        assert without_bodies(repository) == issues
        # The text of the issue changes, and with it the issue remembers from when on tags count.
        run_again(repository, "failure")
        assert lines_of(repository.sweep()) == ["PATCH /repos/octo-org/example/issues/1"]
        box.now += timedelta(hours=1)
        assert lines_of(repository.sweep()) == []
        box.add_run(workflow="Ship", branch="v1.0.1", at=box.now + timedelta(hours=1), conclusion="failure")
        box.now += timedelta(hours=2)
        repository.sweep()
        assert [issue.title for issue in box.issues][len(issues) :] == ["[CI Failure] Ship - upload"]


@for_each_fixture("failing-open")
def test_the_default_branch_is_renamed_about_the_time_of_an_upgrade(name: str) -> None:
    with serving(read_fixture(FIXTURES[name])) as repository:
        title = repository.box.issue(1).title
        repository.box.change_default_branch("trunk")
        repository.sweep()
        assert repository.box.issue(1).state == "open"
        for _ in range(2):
            run_again(repository, "success", branch="trunk")
            repository.sweep()
        (issue,) = repository.box.issues
        assert (issue.title, issue.state, issue.state_reason) == (title, "closed", "completed")
