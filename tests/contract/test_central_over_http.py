"""Central issues over HTTP: permissions, requests, re-runs, and what GitHub says of each repository."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from builders import HURRIED, Quiet, some_settings
from ci_failure_tracker.errors import PrivateError
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.side_by_side import side_by_side
from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.model.repositories import ListedRepository
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.organisation.central import Central, CentralSweep, CentralWriter, plan_central
from ci_failure_tracker.organisation.sweep_all import Chosen
from ci_failure_tracker.report.repository_facts import facts_of
from sandbox import Fault, Server, Site
from sandbox.organisation import APP_TOKEN, SHARED_CAUSE, Organisation
from sweeping import TEMPLATE, writer_of

SMALL = Organisation(repositories=8, failing=0.5, one_cause=3, without_permissions=1, archived=1, private=1, seed=3)
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


def test_all_issues_are_in_the_central_repository_and_one_cause_in_several_is_one(site: Site, server: Server) -> None:
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


# --- what is read of each repository ----------------------------------------------------------------

FIVE = """
now: 2026-03-10T09:00:00Z
accounts: [{login: grace, association: MEMBER}]
tokens:
  keeper: {login: "keeper[bot]", repositories: [tea-house/failures]}
  reader: {login: "keeper[bot]", repositories: [tea-house/assam, tea-house/ceylon, tea-house/oolong], issues: none,
           actions: write}
repositories:
  - {repository: {full_name: tea-house/failures, private: true}}
  - repository: {full_name: tea-house/assam, private: true}
    files: {docs/CODEOWNERS: "*.py @ada\\n"}
    workflows: [{name: CI, jobs: [{name: test}, {name: lint}]}]
    pushed:
      - {title: "Dim by the sun", author: ada, at: 2026-03-09T08:00:00Z, files: [lamp.py],
         pull_request: {number: 41, author: grace}}
    runs:
      - {workflow: CI, at: 2026-03-08T10:00:00Z, commit: {title: "Add a cache"}}
      - {workflow: CI, at: 2026-03-09T10:00:00Z, commit: {title: "Write the docs", author: bo, files: [README.md]},
         jobs: [{name: lint, conclusion: failure, log: "lamp.py:1:1: F401 unused import\\n"}]}
  - repository: {full_name: tea-house/ceylon, private: true, default_branch: trunk}
    files: {docs/CODEOWNERS: "*.py @bo\\n"}
    workflows: [{name: CI, jobs: [{name: test}, {name: lint}]}]
    runs:
      - {workflow: CI, at: 2026-03-08T10:00:00Z, branch: trunk, commit: {title: "Pour"}}
      - {workflow: CI, at: 2026-03-09T10:00:00Z, branch: trunk, commit: {title: "Stir", files: [cup.py]},
         jobs: [{name: lint, conclusion: failure, log: "cup.py:1:1: F401 unused import\\n"}]}
  - repository: {full_name: tea-house/oolong, private: true}
    workflows: [{name: CI, jobs: [{name: test}]}]
    runs:
      - {workflow: CI, at: 2026-03-08T10:00:00Z, commit: {title: "Boil"}}
      - {workflow: CI, at: 2026-03-10T08:40:00Z, commit: {title: "Boil more"},
         jobs: [{name: test, conclusion: failure, log: "npm error code ENOTFOUND\\nnpm error network request to
         https://packages.tea.example/kettle failed, reason: getaddrinfo ENOTFOUND packages.tea.example\\n"}]}
"""
NAMES = ("tea-house/assam", "tea-house/ceylon", "tea-house/oolong")
NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def house() -> Site:
    return Site.from_yaml(FIVE)


@pytest.fixture
def house_server(house: Site) -> Iterator[Server]:
    with house.serve() as server:
        yield server


def sweep_house(server: Server, at: datetime = NINE, **given: str) -> CentralSweep:
    """One sweep in which the token for the others may not see issues."""
    endpoints = Endpoints(server.api_url, server.graphql_url)
    keeper, reader = (connect(Secret(token), endpoints, HURRIED) for token in ("keeper", "reader"))

    def of(name: str) -> GitHubReader:
        return GitHubReader(reader.for_another_sweep(), endpoints, name, Quiet(), writes=False)

    github = GitHubReader(keeper, endpoints, "tea-house/failures", Quiet())
    plan = plan_central(
        [Chosen(ListedRepository(name, private=True)) for name in NAMES],
        of,
        Central(github, TEMPLATE),
        reader.budget.limits,
        some_settings(token="keeper", repository="tea-house/failures", **given),
        at,
    )
    return plan.carry_out(CentralWriter(writer_of(keeper, github), lambda name: writer_of(reader, of(name))))


def test_the_others_need_no_permission_for_issues(house: Site, house_server: Server) -> None:
    swept = sweep_house(house_server)
    assert {entry.look for entry in swept.entries} == {Look.SWEPT}
    assert not swept.report.failed
    assert len(titles(house)["tea-house/failures"]) == 3
    assert not [one.path for one in house_server.requests if "/issues" in one.path and "failures" not in one.path]


def test_owners_suspects_and_branches_are_those_of_the_repository_that_fails(house: Site, house_server: Server) -> None:
    sweep_house(house_server)
    bodies = {
        issue.title.partition(":")[0].split("/")[-1]: issue.body or "" for issue in house["tea-house/failures"].issues
    }
    assert "| Owner | `@ada` |" in bodies["assam"]
    assert "| Owner | `@bo` |" in bodies["ceylon"]
    assert "`Dim by the sun` (`grace`, `tea-house/assam#41`)" in bodies["assam"]
    assert "on `trunk`" in bodies["ceylon"]


def test_a_failed_job_runs_again_in_its_own_repository(house: Site, house_server: Server) -> None:
    sweep_house(house_server, rerun="transient", rerun_workflows="CI")
    paths = [one.path for one in house_server.requests if one.path.endswith("/rerun-failed-jobs")]
    assert [path.partition("/actions")[0] for path in paths] == ["/repos/tea-house/oolong"]
    assert len(titles(house)["tea-house/failures"]) == 2


def test_logs_that_cannot_be_read_in_one_repository_change_nothing_for_the_others(
    house: Site, house_server: Server
) -> None:
    house.inject(Fault("status", path="/repos/tea-house/assam/actions/jobs/", status=502, times=None))
    swept = sweep_house(house_server)
    (assam, *_) = swept.entries
    assert assam.report is not None
    assert any("log" in problem["what"] for problem in assam.report["problems"])
    assert [one.problem for one in swept.entries] == [None, None, None]
    assert sum("unused import" in (issue.body or "") for issue in house["tea-house/failures"].issues) == 1


def test_two_people_who_sweep_at_the_same_time_open_no_issue_twice(house: Site, house_server: Server) -> None:
    list(side_by_side([partial(sweep_house, house_server) for _ in range(3)]))
    sweep_house(house_server, NINE + timedelta(minutes=10))
    assert len(titles(house)["tea-house/failures"]) == len(set(titles(house)["tea-house/failures"])) == 3


def test_the_report_names_the_issue_of_the_cause_for_each_job_that_it_covers(site: Site, server: Server) -> None:
    shared = {member.full_name for member in FAILING if member.cause == "shared"}
    umbrella = f"{server.server_url}/{SMALL.issues_repository}/issues/1"
    for hours in (0, 1):
        swept = sweep_them(server, later=timedelta(hours=hours))
        failing = {entry.name: facts_of(entry.report).failing for entry in swept.entries if entry.report}
        assert {name for name, jobs in failing.items() if umbrella in {job.issue_url for job in jobs}} == shared
        assert all(job.issue for name, jobs in failing.items() for job in jobs)
    assert "several repositories" in site[SMALL.issues_repository].issues[0].title


# --- what people write and close --------------------------------------------------------------------


def test_a_person_merges_an_issue_into_that_of_another_repository(house: Site, house_server: Server) -> None:
    sweep_house(house_server, close_after="1")
    box = house["tea-house/failures"]
    first, second = (next(issue for issue in box.issues if name in issue.title) for name in ("assam", "ceylon"))
    box.edit_issue(second.number, body=f"{second.body}\n```ci-failure\nsame as #{first.number}\n```\n", login="grace")
    sweep_house(house_server, NINE + timedelta(hours=1), close_after="1")
    assert box.issue(second.number).state == "closed"
    assert f"#{second.number}" in (box.issue(first.number).body or "")
    house["tea-house/assam"].add_run(workflow="CI", at="2026-03-10T11:00:00Z")
    sweep_house(house_server, NINE + timedelta(hours=3), close_after="1")
    assert box.issue(first.number).state == "open"
    house["tea-house/ceylon"].add_run(workflow="CI", at="2026-03-10T13:00:00Z", branch="trunk")
    sweep_house(house_server, NINE + timedelta(hours=5), close_after="1")
    assert box.issue(first.number).state == "closed"


def test_a_known_issue_of_the_central_repository_takes_failures_of_the_others(
    house: Site, house_server: Server
) -> None:
    box = house["tea-house/failures"]
    rule = "```ci-failure\nmatch: packages.tea.example\n```\n"
    known = box.add_issue("The packages are down at times", rule, labels=["known-issue"], login="grace")
    swept = sweep_house(house_server)
    assert not any("oolong" in title for title in titles(house)["tea-house/failures"])
    assert "https://github.com" not in (body := box.issue(known.number).body or "")
    assert "/tea-house/oolong/actions/runs/" in body
    assert [each.match.repository for each in swept.report.known] == ["tea-house/oolong"]


def test_an_issue_that_a_person_closes_is_reopened_by_a_later_failure_alone(house: Site, house_server: Server) -> None:
    sweep_house(house_server)
    box = house["tea-house/failures"]
    issue = next(issue for issue in box.issues if "assam" in issue.title)
    box.close_issue(issue.number, at=NINE + timedelta(minutes=30), login="grace")
    sweep_house(house_server, NINE + timedelta(hours=1))
    assert box.issue(issue.number).state == "closed"
    failed = {"name": "lint", "conclusion": "failure", "log": "lamp.py:1:1: F401 unused import\n"}
    house["tea-house/assam"].add_run(workflow="CI", at="2026-03-10T11:00:00Z", jobs=[failed])
    sweep_house(house_server, NINE + timedelta(hours=3))
    assert box.issue(issue.number).state == "open"
