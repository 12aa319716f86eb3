"""Faults, a kill and a second process in sweeps of many repositories: nothing doubled, nothing lost, nothing mixed up.

`make faults` tries many more cases.
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from builders import Quiet
from ci_failure_tracker.entry.many import choose_many
from ci_failure_tracker.entry.setup import Connection, prepare
from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.github.side_by_side import side_by_side
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_json import organisation_as_json
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.sweep import sweep
from contract.faults_scenario import killed_at
from sandbox import Fault, Server, Site
from sandbox.faults import FaultKind
from sandbox.organisation import APP_TOKEN, Organisation

SEEDS = range(60 if os.environ.get("EVERY_CASE") else 2)
KINDS: tuple[FaultKind, ...] = (
    "status",
    "html",
    "lost-reply",
    "reset",
    "truncated",
    "secondary-rate-limit",
    "primary-rate-limit",
)
PATHS = ("/issues", "/labels", "/runs", "/workflows", "/logs", "/graphql$", "")


@dataclass
class Stage:
    """An organisation, and the last report of it."""

    organisation: Organisation
    site: Site
    server: Server
    folder: Path

    def sweep(self, at: datetime) -> OrganisationReport | None:
        """One process; its report is the last one for the next."""
        inputs = {
            "token": APP_TOKEN,
            "repositories": f"org:{self.organisation.login}",
            "exclude-repositories": self.organisation.issues_repository,
            "last-report": "report.json",
        }
        environment = {"GITHUB_API_URL": self.server.api_url, "GITHUB_GRAPHQL_URL": self.server.graphql_url}
        try:
            many = choose_many(prepare(inputs, environment, self.folder), self.folder, Quiet(), at)
            report = many.sweep(partial(sweep_one, at), lambda _: None, at)
        except TrackerError:
            return None
        (self.folder / "report.json").write_text(json.dumps(organisation_as_json(report)))
        return report

    def check(self) -> None:
        """Each failing repository has one open issue, of its own failure, and no other repository has any."""
        members = self.organisation.members
        for member in members:
            found = [issue for issue in self.site[member.full_name].issues if issue.state == "open"]
            assert len(found) == (member.cause != "none"), (member.full_name, [issue.title for issue in found])
            text = "".join(f"{issue.title}{issue.body}" for issue in self.site[member.full_name].issues)
            others = [other for other in members if other.full_name != member.full_name]
            assert not [other.name for other in others if f"/{other.name}/" in text or other.failing_test in text]


def sweep_one(at: datetime, connection: Connection) -> Report:
    github = connection.github(Quiet())
    return sweep(github, connection.writer(github, Quiet()), connection.settings, connection.template, at)


@pytest.fixture(params=SEEDS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    organisation = Organisation(repositories=6, failing=0.5, one_cause=2, seed=request.param)
    site = organisation.site()
    with site.serve() as server:
        yield Stage(organisation, site, server, tmp_path)


def faults_of(chance: random.Random, names: list[str]) -> list[Fault]:
    """Faults in one or two of the repositories, or in what is asked about all."""
    found = []
    for name in chance.sample(names, chance.randint(1, 2)):
        part = chance.choice(PATHS)
        path = part if part.startswith("/graphql") else f"/repos/{name}.*{part}"
        times = chance.choice((1, 2, 5, None))
        found.append(Fault(chance.choice(KINDS), path=path, times=times, after=chance.randint(0, 4), retry_after=0))
    return found


def test_whatever_goes_wrong_each_failure_has_one_issue(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(stage.organisation.seed)  # noqa: S311 - no secret
    at = stage.organisation.now
    names = [member.full_name for member in stage.organisation.members]
    for _ in range(2):
        for fault in faults_of(chance, names):
            stage.site.inject(fault)
        kill = killed_at(chance.randint(5, 120), monkeypatch, answered=chance.random() < 0.5)
        with kill if chance.random() < 0.5 else nullcontext():
            if chance.random() < 0.5:
                list(side_by_side([partial(stage.sweep, at), partial(stage.sweep, at)]))
            else:
                stage.sweep(at)
        for thread in threading.enumerate():
            if "(_work)" in thread.name:  # who is killed does not wait for what was begun
                thread.join(5)
        stage.site.clear_faults()
        if chance.random() < 0.3:
            with suppress(FileNotFoundError):
                (stage.folder / "report.json").unlink()
        at += timedelta(minutes=30)
    for _ in range(2):
        assert stage.sweep(at) is not None
        at += timedelta(minutes=30)
    stage.check()
    before = {name: stage.site[name].issues for name in names}
    report = stage.sweep(at)
    assert {name: stage.site[name].issues for name in names} == before
    assert report is not None
    assert {standing.name for standing in report.failing} == {
        member.full_name for member in stage.organisation.members if member.cause != "none"
    }
