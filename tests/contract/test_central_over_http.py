"""Central issues over HTTP: permissions, requests, re-runs, and what GitHub says of each repository."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from builders import HURRIED, Quiet, some_settings
from ci_failure_tracker.errors import PrivateError
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.model.repositories import ListedRepository
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.organisation.central import Central, CentralSweep, CentralWriter, plan_central
from ci_failure_tracker.organisation.sweep_all import Chosen
from sandbox import Fault, Server, Site
from sandbox.organisation import APP_TOKEN, SHARED_CAUSE, Organisation
from sweeping import TEMPLATE, writer_of

SMALL = Organisation(repositories=12, failing=0.5, one_cause=4, without_permissions=1, archived=1, private=1, seed=3)
FAILING = [member for member in SMALL.members if member.kind == "ordinary" and member.cause != "none"]


@pytest.fixture
def site() -> Site:
    return SMALL.site()


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    with site.serve() as server:
        yield server


def sweep_them(
    server: Server, central: str = SMALL.issues_repository, later: timedelta = timedelta(), **given: str
) -> CentralSweep:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    shared = connect(Secret(APP_TOKEN), endpoints, HURRIED)

    def reader(name: str, requester: MeteredRequester, *, writes: bool = False) -> GitHubReader:
        return GitHubReader(requester, endpoints, name, Quiet(), writes=writes)

    own = shared.for_another_sweep()
    github = reader(central, own, writes=True)
    members = [member for member in SMALL.members if member.kind != "archived"]
    plan = plan_central(
        [Chosen(ListedRepository(member.full_name, private=member.private)) for member in members],
        lambda name: reader(name, shared.for_another_sweep()),
        Central(github, TEMPLATE),
        shared.budget.limits,
        some_settings(token=APP_TOKEN, repository=central, **given),
        SMALL.now + later,
    )
    return plan.carry_out(CentralWriter(writer_of(own, github), lambda name: writer_of(shared, reader(name, shared))))


def titles(site: Site) -> dict[str, list[str]]:
    found = {name: [issue.title for issue in site[name].issues if issue.state == "open"] for name in site.repositories}
    return {name: titles for name, titles in found.items() if titles}


def test_all_issues_are_in_the_central_repository_and_one_cause_in_four_is_one(site: Site, server: Server) -> None:
    swept = sweep_them(server)
    found = titles(site)
    assert set(found) == {SMALL.issues_repository}
    (of_all,) = [title for title in found[SMALL.issues_repository] if "several repositories" in title]
    assert SHARED_CAUSE in of_all
    own = [member.full_name for member in FAILING if member.cause == "own"]
    own += [member.full_name for member in SMALL.members if member.kind == "without permissions"]
    others = sorted(title.removeprefix("[CI Failure] ").partition(":")[0] for title in found[SMALL.issues_repository])
    assert others == sorted([*own, "several repositories - build"])
    assert {entry.look for entry in swept.entries} == {Look.SWEPT}


def test_a_second_sweep_changes_nothing(site: Site, server: Server) -> None:
    sweep_them(server)
    before = [(issue.title, issue.body, len(issue.comments)) for issue in site[SMALL.issues_repository].issues]
    sweep_them(server, later=timedelta(hours=1))
    assert [(issue.title, issue.body, len(issue.comments)) for issue in site[SMALL.issues_repository].issues] == before


def test_the_issues_name_commits_and_pages_of_their_own_repositories(site: Site, server: Server) -> None:
    sweep_them(server)
    for issue in site[SMALL.issues_repository].issues:
        assert f"{server.server_url}/{SMALL.issues_repository}/actions" not in (issue.body or "")
        assert f"{server.server_url}/{SMALL.issues_repository}/commit" not in (issue.body or "")


def test_a_public_repository_takes_no_issue_about_a_private_one(site: Site, server: Server) -> None:
    public = next(member for member in SMALL.members if member.kind == "ordinary" and not member.private)
    with pytest.raises(PrivateError):
        sweep_them(server, central=public.full_name)
    assert titles(site) == {}


def test_a_fault_in_one_repository_leaves_its_issue_and_the_others_go_on(site: Site, server: Server) -> None:
    sweep_them(server)
    (own, *_) = [member for member in FAILING if member.cause == "own"]
    site.inject(Fault("status", path=f"/repos/{own.full_name}/actions", status=500, times=None))
    before = titles(site)
    swept = sweep_them(server, later=timedelta(days=100))
    assert [entry.name for entry in swept.entries if entry.look is Look.FAILED][-1:] == [own.full_name]
    still = [title for title in before[SMALL.issues_repository] if own.full_name in title]
    assert still
    # A hundred days later, the others would have been retired if nothing had been read of them.
    assert [title for title in titles(site)[SMALL.issues_repository] if own.full_name in title] == still
