"""The pages name what there is: templates, inputs, links."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import hostile
from builders import some_settings
from ci_failure_tracker.issues.body import read_template
from ci_failure_tracker.settings import inputs

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("number", [0, 1])
def test_each_template_of_the_page_can_be_used(number: int) -> None:
    page = (ROOT / "docs" / "template.md").read_text("utf-8")
    templates = re.findall(r"^```jinja\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(templates) == 2
    assert read_template(templates[number])


def test_a_guide_says_when_to_use_each_input() -> None:
    guides = [page.read_text("utf-8") for page in PAGES if page.name != "inputs.md"]
    named = {name for guide in guides for name in re.findall(r"(?:`|^ +)([a-z-]+)(?:`|: )", guide, re.MULTILINE)}
    assert [one.name for one in inputs() if one.name not in named] == []


def test_every_page_names_the_owner_of_the_action_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    owner, name = project["urls"]["Repository"].split("/")[-2:]
    uses = re.compile(rf"(?:uses: |github\.com/)(?P<owner>[\w.-]+)/{name}\b")
    places = [*PAGES, *sorted((ROOT / "docs" / "examples").glob("*.yml"))]
    found = {place.name: set(uses.findall(place.read_text("utf-8"))) for place in places}
    assert sum(map(bool, found.values())) >= 8
    assert {place: owners for place, owners in found.items() if owners - {owner}} == {}
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"Replace `{owner}`, here and below, with the owner in the address of this page." in readme


def test_the_badge_of_ci_shows_a_workflow_that_runs_on_the_main_branch() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (file,) = set(re.findall(r"/actions/workflows/([\w.-]+\.yml)/badge\.svg\?branch=main", readme))
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / file).read_text("utf-8"))
    assert workflow[True]["push"]["branches"] == ["main"]  # YAML takes the word `on` for true


def test_the_development_container_is_pinned_and_has_a_python_that_is_tested() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    image = re.fullmatch(
        r"mcr\.microsoft\.com/devcontainers/python:[\d.]+-(3\.\d+)-\w+@sha256:[0-9a-f]{64}", container["image"]
    )
    assert image
    tested = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))["jobs"]["test"]
    assert image[1] in tested["strategy"]["matrix"]["python"]
    make, target = container["postCreateCommand"].split()
    assert make == "make"
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_contributing_names_targets_and_tests_that_there_are() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    commands = "".join(re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^make ([a-z-]+)", commands, re.MULTILINE)
    assert len(targets) >= 4
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
    assert [path for path in re.findall(r"tests/[\w/.]+\.py", page) if not (ROOT / path).exists()] == []
    (words,) = re.findall(r'ARGS="-k (\w+)"', commands)
    assert list((ROOT / "tests").rglob(f"test_*{words}*.py"))


def test_each_release_in_the_changelog_has_a_date_and_the_version_of_the_project_is_one() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    releases = [re.fullmatch(r"(\d+\.\d+\.\d+) - 20\d\d-\d\d-\d\d", name) for name in headings if name != "Unreleased"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] in [release[1] for release in releases if release]
    assert all(releases)
    assert headings[0] == "Unreleased" or headings[0].startswith(project["version"])


def _essence(workflow: Mapping[Any, Any]) -> dict[str, Any]:
    """What a workflow of one job does, however it is written."""
    (job,) = workflow["jobs"].values()
    once = {"group": workflow["concurrency"], "cancel-in-progress": False}
    return {
        "on": workflow[True],  # YAML takes the word `on` for true
        "concurrency": once if isinstance(workflow["concurrency"], str) else workflow["concurrency"],
        "job": {"permissions": workflow["permissions"], **job},
    }


def test_the_readme_shows_what_the_weekly_example_does() -> None:
    weekly = yaml.safe_load((ROOT / "docs" / "examples" / "weekly.yml").read_text("utf-8"))
    (block,) = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert _essence(yaml.safe_load(block)) == _essence(weekly)


GUIDE = (ROOT / "docs" / "CI_FAILURE_TRACKING.md").read_text("utf-8")
WHEN = {
    "every hour": r"\d+ \* \* \* \*",
    "every day": r"\d+ \d+ \* \* \*",
    "every Monday": r"\d+ \d+ \* \* 1",
    "by hand": "workflow_dispatch",
    "after each run of the workflows that it names": "workflow_run",
}
"""What the guide says of an example: the form of its cron expression, or its only event."""


def test_the_guide_names_every_page_and_example_once() -> None:
    listed = re.findall(r"\]\(([\w./-]+)\)", GUIDE)
    docs = ROOT / "docs"
    there = {page.relative_to(docs).as_posix() for page in [*docs.glob("*.md"), *docs.glob("examples/*.yml")]}
    assert sorted(set(listed)) == sorted(listed)
    assert there - {"CI_FAILURE_TRACKING.md"} <= set(listed)


def test_the_guide_says_when_each_example_sweeps() -> None:
    rows = re.findall(r"^\| \[.*\]\((examples/[\w-]+\.yml)\) \| ([^,|]+?) ?[,|]", GUIDE, re.MULTILINE)
    assert {when for _, when in rows} == set(WHEN)
    for example, when in rows:
        on = yaml.safe_load((ROOT / "docs" / example).read_text("utf-8"))[True]  # YAML takes the word `on` for true
        crons = [one["cron"] for one in on.get("schedule", ())]
        (starts,) = crons or on
        assert re.fullmatch(WHEN[when], starts), example


QUICK_START = (ROOT / "docs" / "CI_FAILURE_TRACKING_QUICKSTART.md").read_text("utf-8")


def test_the_example_that_is_started_by_hand_is_a_dry_run_unless_it_is_turned_off() -> None:
    example = yaml.safe_load((ROOT / "docs" / "examples" / "dispatch.yml").read_text("utf-8"))
    assert example[True]["workflow_dispatch"]["inputs"]["dry-run"]["default"] is True
    (step,) = example["jobs"]["sweep"]["steps"]
    assert step["with"]["dry-run"] == "${{ inputs.dry-run }}"


def test_the_quick_start_names_headings_of_the_summary() -> None:
    table = QUICK_START.partition("| heading | what it lists |\n|---|---|\n")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines() for name in row.split("|")[1].strip().split(", ")]
    report = ROOT / "src" / "ci_failure_tracker" / "report"
    code, template = ((report / name).read_text("utf-8") for name in ("summary.py", "templates/summary.md.j2"))
    assert len(named) >= 8
    assert [name for name in named if f'"{name}"' not in code and f"### {name}\n" not in template] == []


def test_the_settings_of_the_quick_start_can_be_used() -> None:
    table = QUICK_START.partition("| what you see | what to set |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = table.splitlines()
    assert len(rows) >= 6
    for row in rows:
        (given,) = re.findall(r"`([\w-]+: [^`]+)`", row)
        some_settings(**yaml.load(given, yaml.BaseLoader))  # noqa: S506 - it makes nothing but texts


def test_the_page_on_security_gives_the_figures_of_the_campaign() -> None:
    told = (ROOT / "docs" / "security.md").read_text("utf-8")
    found = hostile.figures()
    assert f"{found['texts']} texts, {found['secrets among them']} of them secrets, in {found['places']} places" in told
    assert f"{found['both']:,} combinations" in told
