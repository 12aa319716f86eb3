"""The reusable workflow of an organisation under act: discover, shards of which one is killed, combine."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from e2e.machine import Ending, Machine
from e2e.stand_ins import CALLED, stand_ins
from sandbox import Server, Site
from sandbox.organisation import APP_TOKEN, Organisation

ORGANISATION = Organisation(
    repositories=6, failing=0.5, one_cause=1, archived=1,
    now=datetime.now(UTC).replace(microsecond=0),
)  # fmt: skip

CALLER = """
on: workflow_dispatch
jobs:
  organisation:
    uses: ./.github/workflows/organisation.yml
    with:
      app-client-id: Iv1.lamp
      repositories: org:northwind-labs
      shards: 3
      labels: ci-failure
    secrets:
      app-private-key: ${{ secrets.GITHUB_TOKEN }}
"""

KILLED = """
if [[ ${{INPUT_COMMAND}} = sweep && ,${{INPUT_REPOSITORIES}}, = *,{name},* ]]; then kill -KILL $$; fi
"""


@pytest.fixture
def site() -> Site:
    return ORGANISATION.site()


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    with site.serve() as running:
        yield running


@pytest.fixture(autouse=True)
def _has_services(machine: Machine, bundle: Path, tmp_path: Path) -> None:
    machine.has_bundle(bundle)
    machine.has_actions(stand_ins(tmp_path / "stand-ins"))
    shutil.copy(CALLED, machine.checkout / ".github" / "workflows")


def call(machine: Machine) -> Ending:
    return machine.run(CALLER, APP_TOKEN, {"GITHUB_REPOSITORY": ORGANISATION.issues_repository})


def report_of(machine: Machine) -> Mapping[str, Any]:
    """What the job that combines left as its artifact."""
    folder = machine.home / "artifacts" / "ci-failures"
    assert {path.name for path in folder.iterdir()} == {"report.json", "report.html", "metrics.prom"}
    report: Mapping[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return report


def looks(machine: Machine) -> Mapping[str, str]:
    return {entry["repository"]: entry["look"] for entry in report_of(machine)["repositories"]}


def opened(site: Site) -> Mapping[str, int]:
    """How many issues of the tracker there are in each repository that has one."""
    counts = {name: sum("ci-failure" in one.labels for one in site[name].issues) for name in site.repositories}
    return {name: count for name, count in counts.items() if count}


def test_a_killed_shard_is_named_and_the_others_stand(machine: Machine, site: Site, server: Server) -> None:
    chosen = [member for member in ORGANISATION.members if member.kind == "ordinary"]
    failing = [member.full_name for member in chosen if member.cause != "none"]
    start = machine.action / "src" / "start.sh"
    sound = start.read_text("utf-8")
    start.write_text(sound.replace("set -euo pipefail", KILLED.format(name=failing[0])), "utf-8")
    ending = call(machine)
    assert not ending.succeeded
    assert looks(machine)[failing[0]] == "left"
    assert "brought no report" in ending.summary
    swept = [name for name, look in looks(machine).items() if look == "swept"]
    assert opened(site) == dict.fromkeys(set(failing) & set(swept), 1) != {}
    assert server.usage(APP_TOKEN).refused == 0
    if not os.environ.get("EVERY_CASE"):
        return  # the next run takes as long again

    start.write_text(sound, "utf-8")
    ending = call(machine)
    assert ending.succeeded, ending.whole
    assert "left" not in looks(machine).values()
    assert opened(site) == dict.fromkeys(failing, 1)
