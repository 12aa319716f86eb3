"""Many repositories over HTTP: one token, its limits, faults in one of them, and two processes at the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from builders import HURRIED, Quiet, some_settings
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.retry import RetryPolicy
from ci_failure_tracker.github.side_by_side import side_by_side
from ci_failure_tracker.model import Severity
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.model.repositories import ListedRepository
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.organisation.sweep_all import Chosen, sweep_all
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.sweep import sweep
from sandbox import Fault, Server, Site
from sandbox.organisation import APP_TOKEN, CLASSIC_TOKEN, Organisation
from sweeping import TEMPLATE, writer_of

SMALL = Organisation(repositories=8, failing=0.5, one_cause=3, without_permissions=1, archived=1, private=1, seed=3)
LATER = SMALL.now + timedelta(hours=1)
Entries = Mapping[str, RepositoryEntry]


@pytest.fixture
def site() -> Site:
    return SMALL.site()


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    with site.serve() as server:
        yield server


def endpoints(server: Server) -> Endpoints:
    return Endpoints(server.api_url, server.graphql_url)


def requester_of(server: Server, policy: RetryPolicy = HURRIED) -> MeteredRequester:
    return connect(Secret(APP_TOKEN), endpoints(server), policy)


def sweep_them(
    server: Server, requester: MeteredRequester | None = None, last: Entries | None = None, at: datetime = SMALL.now
) -> Entries:
    shared = requester or requester_of(server)

    def sweep_one(name: str) -> Report:
        own = shared.for_another_sweep()
        github = GitHubReader(own, endpoints(server), name, Quiet())
        settings = some_settings(token=APP_TOKEN, repository=name)
        return sweep(github, writer_of(own, github), settings, TEMPLATE, at)

    known = last or {}
    chosen = [
        Chosen(ListedRepository(member.full_name, private=member.private), known.get(member.full_name))
        for member in SMALL.members
    ]
    entries = sweep_all(chosen, sweep_one, shared.budget.limits, lambda _: None)
    return {entry.name: entry for entry in entries}


def issues_of(site: Site) -> dict[str, list[str]]:
    found = {name: [issue.title for issue in site[name].issues if issue.state == "open"] for name in site.repositories}
    return {name: titles for name, titles in found.items() if titles}


FAILING = [member.full_name for member in SMALL.members if member.kind == "ordinary" and member.cause != "none"]


def test_each_repository_gets_its_own_issues_and_no_limit_is_passed(site: Site, server: Server) -> None:
    site.delay = 0.02
    entries = sweep_them(server)
    assert sorted(issues_of(site)) == sorted(FAILING)
    assert all(len(titles) == 1 for titles in issues_of(site).values())
    usage = server.usage(APP_TOKEN)
    assert usage.refused == 0
    assert 4 < usage.at_once <= 16
    kinds = {member.full_name: member.kind for member in SMALL.members}
    unlike = {name: entry for name, entry in entries.items() if kinds[name] != "ordinary"}
    assert {entry.look for name, entry in entries.items() if name not in unlike} == {Look.SWEPT}
    for name, entry in unlike.items():
        if kinds[name] == "archived":
            assert (entry.look, entry.report) == (Look.FAILED, None)
            assert "is archived" in str(entry.problem)
        else:  # it is public, so its runs can be read, and no issue can be written
            assert entry.report is not None
            assert "issues: write" in entry.report["problems"][0]["what"]


def test_no_issue_has_the_data_of_another_repository(site: Site, server: Server) -> None:
    sweep_them(server)
    own = {member.full_name: member.failing_test for member in SMALL.members if member.cause == "own"}
    for name in FAILING:
        text = "".join((issue.body or "") + issue.title for issue in site[name].issues)
        others = [other.full_name for other in SMALL.members if other.full_name != name]
        assert not [other for other in others if f"{other}/" in text or f"{other}\n" in text]
        assert not [test for other, test in own.items() if other != name and test in text]


def test_the_second_sweep_writes_nothing(site: Site, server: Server) -> None:
    first = sweep_them(server)
    before = {name: site[name].issues for name in FAILING}
    second = sweep_them(server, last=first, at=LATER)
    assert {name: site[name].issues for name in FAILING} == before
    failing = {name for name, entry in second.items() if entry.report and entry.report["failing"]}
    assert failing >= set(FAILING)


@pytest.mark.parametrize(
    ("fault", "look"),
    [
        (partial(Fault, "status", status=500, times=None), Look.FAILED),
        (partial(Fault, "status", status=404, times=None), Look.FAILED),
        (partial(Fault, "status", status=403, times=None), Look.FAILED),
        (partial(Fault, "truncated", times=None), Look.FAILED),
        (partial(Fault, "html", times=None), Look.FAILED),
        (partial(Fault, "malformed", times=None, change=lambda _: [None]), Look.FAILED),
    ],
)
def test_a_fault_in_one_repository_changes_nothing_for_the_others(
    site: Site, server: Server, fault: partial[Fault], look: Look
) -> None:
    struck = FAILING[0]
    site.inject(fault(path=f"/repos/{struck}(/|$)"))
    entries = sweep_them(server)
    assert entries[struck].look is look
    assert entries[struck].problem is not None
    assert sorted(issues_of(site)) == sorted(FAILING[1:])
    site.clear_faults()
    again = sweep_them(server, last=entries, at=LATER)
    assert again[struck].look is Look.SWEPT
    assert sorted(issues_of(site)) == sorted(FAILING)
    assert all(len(titles) == 1 for titles in issues_of(site).values())


def test_what_the_requests_do_not_suffice_for_is_left_and_swept_first_next_time(site: Site, server: Server) -> None:
    requester = requester_of(server)
    limits = requester.budget.limits
    limits.kept = 4_940  # of the 5,000 of this token
    first = sweep_them(server, requester)
    left = {name for name, entry in first.items() if entry.look is Look.LEFT}
    assert left
    assert all("left in this hour" in str(first[name].problem) for name in left)
    assert limits.left is not None
    assert limits.left >= 4_940 - 16  # what was under way
    swept = sweep_them(server, last=first, at=LATER)
    order = [one for one in dict.fromkeys(name_in(record.path) for record in server.requests) if one]
    assert all(swept[name].look is not Look.LEFT for name in left)
    assert sorted(issues_of(site)) == sorted(FAILING)
    assert all(len(titles) == 1 for titles in issues_of(site).values())
    assert left <= set(order)


def name_in(path: str) -> str:
    parts = path.split("/repos/")
    return "/".join(parts[1].split("/")[:2]) if len(parts) > 1 else ""


def test_two_processes_at_the_same_time_double_nothing(site: Site, server: Server) -> None:
    list(side_by_side([partial(sweep_them, server), partial(sweep_them, server)]))
    sweep_them(server, at=LATER)
    assert sorted(issues_of(site)) == sorted(FAILING)
    assert all(len(titles) == 1 for titles in issues_of(site).values())


def test_the_writes_of_all_sweeps_are_a_second_apart(server: Server) -> None:
    policy = RetryPolicy(timeout=5, backoff=0.0, between_writes=0.1)
    begin = datetime.now().timestamp()  # noqa: DTZ005 - for a difference
    sweep_them(server, requester_of(server, policy))
    writes = server.usage(APP_TOKEN).writes_an_hour
    assert writes >= 6
    assert datetime.now().timestamp() - begin >= 0.1 * (writes - 1)  # noqa: DTZ005


# --- what happens to a repository between the list and its sweep ---------------------------------


def test_a_repository_that_was_renamed_is_swept_under_its_present_name(site: Site, server: Server) -> None:
    site[FAILING[0]].rename_repository("northwind-labs/new-name")
    # In the sandbox a token has repositories by their names, and this one has all of the owner.
    entries = sweep_them(server, connect(Secret(CLASSIC_TOKEN), endpoints(server), HURRIED))
    assert FAILING[0] not in entries
    entry = entries["northwind-labs/new-name"]
    assert entry.look is Look.SWEPT
    assert entry.report is not None
    assert entry.report["repository"] == "northwind-labs/new-name"
    assert len(issues_of(site)["northwind-labs/new-name"]) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", status=404, body='{"message": "Not Found"}', times=None), "or this token may not see it"),
        (
            Fault("status", status=403, body='{"message": "Resource not accessible by integration"}', times=None),
            "The token may not",
        ),
        (Fault("status", status=451, body='{"message": "Repository access blocked"}', times=None), "answered 451"),
    ],
    ids=["deleted", "forbidden", "blocked"],
)
def test_a_repository_that_cannot_be_read_is_a_clear_problem(
    site: Site, server: Server, fault: Fault, words: str
) -> None:
    site.inject(replace(fault, path=f"/repos/{FAILING[0]}(/|$)"))
    entries = sweep_them(server)
    assert entries[FAILING[0]].look is Look.FAILED
    assert words in str(entries[FAILING[0]].problem)
    assert FAILING[0] in str(entries[FAILING[0]].problem) or words == "The token may not"
    assert sorted(issues_of(site)) == sorted(FAILING[1:])


@pytest.mark.parametrize(
    ("change", "words"), [({"archived": True}, "is archived"), ({"has_issues": False}, "Issues are disabled")]
)
def test_a_repository_that_takes_no_issues_is_a_warning(
    site: Site, server: Server, change: dict[str, object], words: str
) -> None:
    site[FAILING[0]].change_repository(**change)
    problem = sweep_them(server)[FAILING[0]].problem
    assert problem is not None
    assert words in problem.what
    assert problem.severity is Severity.WARNING
    assert sorted(issues_of(site)) == sorted(FAILING[1:])


def test_a_private_repository_keeps_its_issues_in_itself(site: Site, server: Server) -> None:
    private = [member.full_name for member in SMALL.members if member.private]
    entries = sweep_them(server)
    assert private
    assert [name for name, entry in entries.items() if entry.private] == private
    for name in (name for name in site.repositories if name not in private):
        texts = [f"{issue.title}{issue.body}" for issue in site[name].issues]
        assert not [text for text in texts if f"{private[0]}/" in text]


def test_when_the_writes_of_the_hour_are_used_up_the_rest_is_for_the_next_sweep(site: Site, server: Server) -> None:
    requester = requester_of(server)
    requester.budget.limits._writes.limit = 10  # of 500
    first = sweep_them(server, requester)
    assert server.usage(APP_TOKEN).writes_an_hour == 10
    texts = [str(entry.problem) for entry in first.values()]
    texts += [one["what"] for entry in first.values() if entry.report for one in entry.report["problems"]]
    assert any("GitHub takes" in text for text in texts)
    assert 0 < len(issues_of(site)) < len(FAILING)
    sweep_them(server, last=first, at=LATER)
    assert sorted(issues_of(site)) == sorted(FAILING)
    assert all(len(titles) == 1 for titles in issues_of(site).values())
