"""What a workflow file says about why GitHub could not start the workflow."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_failure_tracker.diagnosis.workflow_file import MOST_MISTAKES, local_paths, mistakes
from ci_failure_tracker.model import Mistake

_GOOD = """
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./.github/actions/press
  ship:
    needs: [build]
    uses: ./.github/workflows/ship.yml
"""


_Said = tuple[int, Mistake, tuple[str, ...]]


def said(text: str, present: Mapping[str, bool] | None = None) -> list[_Said]:
    return [(found.line, found.mistake, found.names) for found in mistakes(text, present or {})]


def test_a_good_file_has_no_mistake() -> None:
    assert said(_GOOD) == []


def test_a_file_that_is_not_yaml_is_named_with_its_line() -> None:
    [(line, mistake, names)] = said("on: push\njobs:\n  build:\n    runs-on: [ubuntu-latest\n    steps: []\n")
    assert line == 5
    assert mistake is Mistake.UNREADABLE
    assert names[0].startswith("not YAML: ")


@pytest.mark.parametrize(
    ("old", "new", "line", "mistake", "names"),
    [
        ("[build]", "[biuld]", 10, Mistake.UNKNOWN_NEED, "ship biuld"),
        ("[build]", "nothing", 10, Mistake.UNKNOWN_NEED, "ship nothing"),
        ("[build]", "ship", 10, Mistake.NEEDS_ITSELF, "ship"),
        ("    runs-on: ubuntu-latest\n", "", 4, Mistake.NO_RUNNER, "build"),
        ("on: push\n", "", 0, Mistake.NO_EVENTS, ""),
        ("    needs: [build]\n", "    needs: build\n    needs: build\n", 11, Mistake.REPEATED_KEY, "needs"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, line: int, mistake: Mistake, names: str) -> None:
    assert said(_GOOD.replace(old, new)) == [(line, mistake, tuple(names.split()))]


@pytest.mark.parametrize("text", ["", "just words", "[]"])
def test_a_file_without_a_workflow(text: str) -> None:
    assert said(text) == [(0, Mistake.EMPTY, ())]


def test_no_jobs() -> None:
    assert said("on: push\njobs: {}\n") == [(2, Mistake.NO_JOBS, ())]
    assert said("on: push\n") == [(0, Mistake.NO_JOBS, ())]


def test_the_files_that_must_exist_are_those_of_this_repository() -> None:
    assert local_paths(_GOOD) == (
        ".github/actions/press/action.yml",
        ".github/actions/press/action.yaml",
        ".github/actions/press/Dockerfile",
        ".github/workflows/ship.yml",
    )


def test_a_called_workflow_that_does_not_exist() -> None:
    name = "./.github/workflows/ship.yml"
    assert said(_GOOD, {name.removeprefix("./"): False}) == [(11, Mistake.NO_WORKFLOW, (name,))]


def test_an_action_needs_one_of_its_three_files() -> None:
    folder = ".github/actions/press/"
    absent = {f"{folder}{name}": False for name in ("action.yml", "action.yaml", "Dockerfile")}
    assert said(_GOOD, absent) == [(8, Mistake.NO_ACTION, ("./.github/actions/press",))]
    assert mistakes(_GOOD, {**absent, f"{folder}action.yaml": True}) == ()


def test_a_few_mistakes_are_named() -> None:
    jobs = "".join(f"  job{number}: {{needs: nobody, runs-on: x}}\n" for number in range(9))
    assert len(mistakes(f"on: push\njobs:\n{jobs}", {})) == MOST_MISTAKES


@given(st.text(alphabet="on: jobs{}[]-&*!|>'\"\n#usesneedsab./", max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(one.line >= 0 for one in mistakes(text, {}))
    local_paths(f"on: push\njobs:\n  a:\n    uses: {text}")
