"""`python -m sandbox.story`: what it prints, and what it says of a story with a mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.story import main

TESTS = Path(__file__).parents[1]
STORIES = """
name: a job fails and a person labels its issue
why: Two sweeps, of which the second changes nothing.
settings: {labels: ci-failure}
history:
  now: 2026-03-10T09:00:00Z
  workflows: [{name: CI, jobs: [{name: test}]}]
  runs: [{workflow: CI, at: 2026-03-07T10:00:00Z, every: 1d, times: 2, conclusion: failure}]
then:
  - {now: 2026-03-11T09:00:00Z, edit: [{issue: 1, label: [triaged]}]}
expect: {open: 1}
---
name: a mistake
history: {}
thn: []
---
name: a job is fixed
history:
  now: 2026-03-10T09:00:00Z
  workflows: [{name: CI, jobs: [{name: test}]}]
  runs: [{workflow: CI, at: 2026-03-09T10:00:00Z, conclusion: failure}]
then:
  - {now: 2026-03-12T09:00:00Z, runs: [{workflow: CI, at: 2026-03-11T10:00:00Z, every: 2h, times: 2}]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stories.yaml"
    path.write_text(STORIES, encoding="utf-8")
    return path


@pytest.fixture
def answers(file: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    main([str(file), "--format", "json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_story_is_one_object_in_one_line(answers: list[dict[str, Any]]) -> None:
    assert [answer["name"] for answer in answers] == ["a job fails and a person labels its issue", "a job is fixed"]
    assert {tuple(answer) for answer in answers} == {("name", "sweeps", "issues")}


def test_a_sweep_has_its_line_actions_problems_and_requests(answers: list[dict[str, Any]]) -> None:
    first, second = answers[0]["sweeps"]
    assert first["line"] == "octo-org/example: 1 failing, 1 opened"
    assert (first["has_failures"], first["problems"]) == ("true", [])
    assert first["actions"] == [
        {
            "action": "create",
            "why": None,
            "issue": 1,
            "workflow": "CI",
            "job": "test",
            "reason": "failing, no issue yet: 2 failed runs, the latest is run 2",
            "comment": None,
        }
    ]
    assert [(one["action"], one["why"]) for one in second["actions"]] == [("skip", "unchanged")]
    assert 0 < second["requests"] < first["requests"]


def test_an_issue_is_as_it_is_at_the_end(answers: list[dict[str, Any]]) -> None:
    [labelled], [closed] = answers[0]["issues"], answers[1]["issues"]
    assert (labelled["number"], labelled["title"], labelled["open"]) == (1, "[CI Failure] CI - test", True)
    assert labelled["labels"] == ["ci-failure", "triaged"]
    assert "<!-- ci-failure-tracker" in labelled["body"]
    assert (closed["open"], closed["state_reason"]) == (False, "completed")
    assert [text.partition(":")[0] for text in closed["comments"]] == ["Closed"]
    assert answers[1]["sweeps"][-1]["actions"][0]["comment"] == closed["comments"][0]


def test_text_shows_each_sweep_and_the_issues(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(file)])
    assert (
        "a job is fixed\n"
        "  sweep 1: octo-org/example: 1 failing, 1 opened (18 requests)\n"
        "    create #1 CI:test: failing, no issue yet: 1 failed run, the latest is run 1\n"
    ) in capsys.readouterr().out


def test_a_mistake_is_named_and_the_next_story_is_played(file: Path) -> None:
    command = [sys.executable, "-m", "sandbox.story", str(file), "--format", "json"]
    path = os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == f"{file}: story 2 (a mistake): story: unknown key 'thn'; did you mean 'then'?\n"
    assert (done.returncode, len(done.stdout.splitlines())) == (2, 2)


def test_stories_before_broken_yaml_are_played(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("name: an empty story\nhistory: {}\n---\n{", encoding="utf-8")
    assert main([str(file)]) == 2
    said = capsys.readouterr()
    assert said.out.startswith("an empty story\n")
    assert f"{file}: while parsing a flow node" in said.err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml" in capsys.readouterr().err
