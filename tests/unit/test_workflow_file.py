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
    assert said(_GOOD, _NO_ACTION) == [(8, Mistake.NO_ACTION, ("./.github/actions/press",))]
    assert mistakes(_GOOD, {**_NO_ACTION, ".github/actions/press/action.yaml": True}) == ()


def test_a_missing_action_is_not_named_beside_what_is_certain() -> None:
    found = said(_GOOD.replace("[build]", "[biuld]"), _NO_ACTION)
    assert [mistake for _, mistake, _ in found] == [Mistake.UNKNOWN_NEED]


_NO_ACTION = {f".github/actions/press/{name}": False for name in ("action.yml", "action.yaml", "Dockerfile")}
_JOB = "jobs:\n  build:\n    runs-on: x\n"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffon: push\n" + _JOB,
        f"on: push\n{_JOB}".replace("\n", "\r\n"),
        f"---\non: push\n{_JOB}...\n---\n",
        f"on:\tpush\n\t\n \t\n\t# words\n{_JOB}",
        f"\t\r\non: push\r\n{_JOB}",
        'name: Zürich 🚀\n"on": {push: }\n"jobs":\n  "build":\n    "runs-on": {group: big, labels: [x]}\n',
        "on: push\njobs:\n  a: &job\n    runs-on: x\n  b: *job\n",
        "on: push\nx-job: &job {runs-on: x}\njobs:\n  a:\n    <<: *job\n",
        f"<<: &all {{on: push}}\n{_JOB}",
        f"on: push\nenv:\n  A: &a one\n  B: &a two\n  C: *a\n{_JOB}",
        f"on: push\n{_JOB}    needs:\n",
        f"on: push\n{_JOB}    needs: []\n",
        f"on: push\n{_JOB}    needs: ${{{{ fromJSON('[]') }}}}\n",
        f"on: push\n{_JOB}  ship:\n    needs: Build\n    runs-on: ${{{{ inputs.runner }}}}\n",
        f"on: push\n{_JOB}    steps: [uses: ./, uses: 'docker://a:b', uses: ./a@b]\n",
        f'on: push\n{_JOB}    name: "a\x1bb"\n',
        f"on: push\n{_JOB}    env: {'[' * 60}{']' * 60}\n",
        f"on: push\n{_JOB}" + "# words\n" * 30_000,
    ],
)
def test_what_github_accepts_is_no_mistake(text: str) -> None:
    assert said(text, dict.fromkeys(local_paths(text), False)) == []


def test_an_alias_that_is_not_defined_is_a_mistake() -> None:
    [(line, mistake, _)] = said(f"on: push\nenv: *nothing\n{_JOB}")
    assert (line, mistake) == (2, Mistake.UNREADABLE)


def test_an_alias_repeats_no_mistake() -> None:
    text = "on: push\njobs:\n  a: &job\n    runs-on: x\n    env: {A: 1, A: 2}\n  b: *job\n"
    assert said(text) == [(5, Mistake.REPEATED_KEY, ("A",))]


def test_aliases_cost_no_time_and_may_hold_themselves() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 10)}]\n" for n in range(20))
    assert said(f"on: push\n{levels}{_JOB}") == []
    steps = "".join(f"      - uses: ./a{n}\n" for n in range(2_000))
    jobs = "".join(f"  a{n}: *job\n" for n in range(4_000))
    assert said(f"on: push\njobs:\n  a: &job\n    runs-on: x\n    steps:\n{steps}{jobs}") == []
    assert said("on: push\nx: &x\n  x: *x\njobs: {a: {runs-on: x, env: &e [*e]}}\n") == []


def test_a_few_mistakes_are_named() -> None:
    jobs = "".join(f"  job{number}: {{needs: nobody, runs-on: x}}\n" for number in range(9))
    assert len(mistakes(f"on: push\njobs:\n{jobs}", {})) == MOST_MISTAKES


@given(st.text(alphabet="on: jobs{}[]-&*!|>'\"\n#usesneedsab./", max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(one.line >= 0 for one in mistakes(text, {}))
    local_paths(f"on: push\njobs:\n  a:\n    uses: {text}")
