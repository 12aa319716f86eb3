"""The screening of many repositories over HTTP: what it sees, what it costs, and that no fault hides a change."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLSchema, parse, validate

from builders import HURRIED, some_settings
from ci_failure_tracker.errors import BadTokenError
from ci_failure_tracker.github import screening as queries_module
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.queries import ask_graphql
from ci_failure_tracker.github.screening import ScreeningQueries
from ci_failure_tracker.model.organisation import Kept, Look, RepositoryEntry
from ci_failure_tracker.model.screening import ScreeningQuery, SeenRepository
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.organisation.screening import COMMITS, COMMITS_AT_FIRST, Screening, screen
from golden.conversation import read_conversation
from golden.test_conversations import FILES
from sandbox import Fault, Sandbox, Server, Site
from sandbox.graphql_price import MOST_NODES, price_of
from sandbox.organisation import APP_TOKEN, Organisation
from sandbox.play import read_story
from screened import QUIET, ScreenedRepository, play_screened

SCENARIO = """
now: 2026-03-02T09:00:00Z
accounts: [{login: octo-org, type: Organization, association: OWNER}, {login: ada}]
tokens:
  app: {login: "keeper[bot]", repositories: [octo-org/*]}
  no-contents: {login: "keeper[bot]", repositories: [octo-org/*], contents: none}
  no-checks: {login: "keeper[bot]", repositories: [octo-org/*], checks: none}
  no-issues: {login: "keeper[bot]", repositories: [octo-org/*], issues: none}
repositories:
  - repository: {full_name: octo-org/lamp, private: true}
    workflows: [{name: CI}]
    runs:
      - {workflow: CI, at: 2026-03-01T06:00:00Z}
      - {workflow: CI, at: 2026-03-01T07:00:00Z, branch: v1.0.0}
      - {workflow: CI, at: 2026-03-01T08:00:00Z}
    issues: [{title: Slow, labels: [ci-failure]}, {title: Known, labels: [known-issue]}]
  - repository: {full_name: octo-org/bell, private: true}
    workflows: [{name: CI}]
    runs: [{workflow: CI, at: 2026-03-01T08:00:00Z}]
  - {repository: {full_name: octo-org/note, private: true}}
"""
APP = "app"
NAMES = ("octo-org/lamp", "octo-org/bell", "octo-org/note")
ASKED = ScreeningQuery("ci-failure", ("refs/heads/next", "refs/tags/next"), commits=5)
NOON = Site.from_yaml(SCENARIO)["octo-org/bell"].now


@pytest.fixture
def site() -> Site:
    return Site.from_yaml(SCENARIO)


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    with site.serve() as running:
        yield running


def reader(server: Server, token: str = APP, most: int = 800) -> ScreeningQueries:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    # A local server that is busy takes its time for fifty repositories.
    patient = dataclasses.replace(HURRIED, timeout=60)
    return ScreeningQueries(connect(Secret(token), endpoints, patient, most), endpoints)


def look(
    server: Server, token: str = APP, names: Sequence[str] = NAMES, asked: ScreeningQuery = ASKED
) -> dict[str, SeenRepository | str]:
    return dict(reader(server, token).look(names, asked))


# --- the query -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        ScreeningQuery("ci-failure", commits=COMMITS_AT_FIRST),
        ScreeningQuery("ci-failure", ("refs/heads/next",), tags=False, commits=COMMITS),
        ScreeningQuery("ci-failure", ("refs/heads/next", "refs/tags/next"), commits=COMMITS),
        ScreeningQuery("ci-failure", patterns=("release/*",), commits=COMMITS_AT_FIRST),
        ScreeningQuery("ci-failure", patterns=("release/*",), tags=False, commits=COMMITS),
    ],
)
def test_the_query_is_one_of_githubs_schema_and_within_its_limits(
    official_schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch, asked: ScreeningQuery
) -> None:
    sent: list[tuple[str, Any]] = []

    def noted(requester: Any, endpoints: Any, query: str, variables: Any) -> Any:
        sent.append((query, variables))
        return ask_graphql(requester, endpoints, query, variables)

    monkeypatch.setattr(queries_module, "ask_graphql", noted)
    organisation = Organisation(repositories=60)
    with organisation.site().serve() as server:
        seen = look(server, APP_TOKEN, [member.full_name for member in organisation.members], asked)
    assert not [one for one in seen.values() if isinstance(one, str)]
    for query, variables in sent:
        assert not validate(official_schema, parse(query))
        price = price_of(query, variables)
        assert price.points <= 25
        assert price.nodes < MOST_NODES / 5


# --- what it sees --------------------------------------------------------------------------------


def test_a_repository_shows_its_commits_tags_and_issues(server: Server) -> None:
    seen = look(server)
    lamp, note = seen["octo-org/lamp"], seen["octo-org/note"]
    assert isinstance(lamp, SeenRepository)
    assert isinstance(note, SeenRepository)
    assert lamp.default_branch.name == "main"
    newest, oldest = lamp.default_branch.commits
    assert [suite.conclusion for suite in newest.suites] == ["success"]
    assert newest.suites[0].updated_at > oldest.suites[0].updated_at
    assert ([tag.name for tag in lamp.tags], lamp.tag_count) == (["v1.0.0"], 1)
    assert (lamp.tracked.count, lamp.open_issues, lamp.known.count) == (1, 1, 1)
    assert [ref.commits for ref in lamp.refs] == [(), ()]
    assert (note.default_branch.commits, note.has_workflows, note.tracked.count) == ((), False, 0)


def test_branches_that_a_glob_matches_are_looked_at_unless_there_are_too_many(site: Site, server: Server) -> None:
    box = site["octo-org/lamp"]
    asked = ScreeningQuery("ci-failure", patterns=("release/*",), commits=COMMITS)
    box.add_run(workflow="CI", at="2026-03-02T08:00:00Z", branch="feature/x")
    box.add_run(workflow="CI", at="2026-03-02T08:00:00Z", branch="release/1", conclusion="failure")
    (branch,) = _seen(server, asked).refs
    assert (branch.name, [suite.conclusion for suite in branch.commits[0].suites]) == ("release/1", ["failure"])
    box.add_runs(
        [{"workflow": "CI", "at": "2026-03-02T08:00:00Z", "branch": f"feature/{number}"} for number in range(50)]
    )
    assert look(server, asked=asked)["octo-org/lamp"] == "it has 53 branches, and 50 are looked at"


def _seen(server: Server, asked: ScreeningQuery) -> SeenRepository:
    seen = look(server, asked=asked)["octo-org/lamp"]
    assert isinstance(seen, SeenRepository)
    return seen


Change = Callable[[Sandbox], object]


def _label_taken_off(box: Sandbox) -> None:
    box.edit_issue(1, labels=[])


@pytest.mark.parametrize(
    ("change", "news"),
    [
        (lambda box: box.add_run(workflow="CI", at="2026-03-02T08:00:00Z"), "a branch, a run"),
        (lambda box: box.add_run(workflow="CI", at="2026-03-02T08:00:00Z", branch="v1.1.0"), "a tag"),
        (lambda box: box.rerun("CI", 1, {"at": "2026-03-01T10:00:00Z"}), "a run"),
        (lambda box: box.rerun("CI", 2, {"at": "2026-03-01T10:00:00Z"}), "a tag"),
        (lambda box: box.delete_refs(["v1.0.0"]), "a tag"),
        (lambda box: box.change_default_branch("trunk"), "a branch, a run"),
        (lambda box: box.change_workflow("CI", state="disabled_inactivity"), "a run, a tag"),
        (lambda box: box.comment(1, "Seen."), "an issue"),
        (lambda box: box.close_issue(1), "an issue"),
        (_label_taken_off, "an issue"),
        (lambda box: box.add_issue("Another", "", ["ci-failure"]), "an issue"),
        (lambda box: box.comment(2, "Still known."), "an issue"),
        (lambda box: box.close_issue(2), "an issue"),
    ],
)
def test_what_happens_in_a_repository_is_news_of_it_alone(
    site: Site, server: Server, change: Change, news: str
) -> None:
    box, last = site["octo-org/lamp"], swept(server)
    assert looks(screened(server, last)) == [Look.UNCHANGED] * 3
    box.now = NOON + timedelta(minutes=30)
    change(box)
    after = screened(server, last)
    assert looks(after) == [None, Look.UNCHANGED, Look.UNCHANGED]
    assert after.repositories["octo-org/lamp"].reason == f"There is news: {news}."


def test_a_run_that_goes_on_is_swept_until_it_is_over(site: Site, server: Server) -> None:
    site["octo-org/bell"].add_run(workflow="CI", at="2026-03-02T08:00:00Z", status="in_progress")
    last = swept(server)
    assert screened(server, last).repositories["octo-org/bell"].reason == "A run is not completed."


def test_more_runs_on_a_commit_than_are_shown_are_seen_if_they_are_newer() -> None:
    box = Sandbox.from_yaml("""
workflows: [{name: CI}, {name: Nightly}]
runs: [{workflow: CI, at: 2026-01-01T06:00:00Z}]
""")
    sha = box.runs[0].commit.sha
    box.add_runs([{"workflow": "Nightly", "event": "schedule", "every": "1d", "times": 60, "commit": {"sha": sha}}])
    with box.serve() as server:
        name, token = box.state.repository.full_name, next(iter(box.state.tokens))
        before = look(server, token, [name])[name]
        box.rerun("Nightly", 60, {"at": "2026-03-03T00:00:00Z"})
        after = look(server, token, [name])[name]
    assert isinstance(before, SeenRepository)
    assert isinstance(after, SeenRepository)
    (commit,) = before.default_branch.commits
    assert (len(commit.suites), commit.complete) == (50, True)
    assert before != after


def screened(server: Server, last: dict[str, RepositoryEntry], token: str = APP) -> Screening:
    return screen(reader(server, token), NAMES, last, some_settings(), NOON + timedelta(hours=1))


def looks(screening: Screening) -> list[Look | None]:
    return [screening.repositories[name].look for name in NAMES]


def swept(server: Server, token: str = APP) -> dict[str, RepositoryEntry]:
    """What is known of the repositories if all of them were swept and nothing was found."""
    screening = screen(reader(server, token), NAMES, {}, some_settings(), NOON)
    return {
        name: RepositoryEntry(name, Look.SWEPT, kept=one.kept and _as_swept(one.kept), report={"failing": []})
        for name, one in screening.repositories.items()
    }


def _as_swept(kept: Kept) -> Kept:
    return dataclasses.replace(kept, swept_at=NOON, screened_at=None)


# --- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["no-contents", "no-checks", "no-issues"])
def test_what_the_token_may_not_see_is_swept_and_the_reason_is_said(server: Server, token: str) -> None:
    screening = screened(server, swept(server, token), token)
    hidden = [one for one in screening.repositories.values() if one.look is None]
    assert "octo-org/bell" in {name for name, one in screening.repositories.items() if one in hidden}
    assert {one.reason for one in hidden} == {
        "It could not be screened: GitHub says: Resource not accessible by integration."
    }
    assert all(one.kept is None for one in hidden)


def test_a_name_that_is_not_there_or_moved_is_never_equal(site: Site, server: Server) -> None:
    last = swept(server)
    site["octo-org/lamp"].rename_repository("octo-org/candle")
    after = screen(reader(server), [*NAMES, "octo-org/none"], last, some_settings(), NOON)
    assert after.repositories["octo-org/lamp"].reason == "It is now called octo-org/candle."
    assert "Could not resolve to a Repository" in after.repositories["octo-org/none"].reason
    assert after.repositories["octo-org/bell"].look is Look.UNCHANGED


def _edit(repository: str, edit: Callable[[Any], object]) -> Callable[[Any], Any]:
    def changed(answer: Any) -> Any:
        edit(next(one for one in answer["data"].values() if one and one["nameWithOwner"] == repository))
        return answer

    return changed


def _head(repository: Any) -> Any:
    return repository["defaultBranchRef"]["target"]["history"]["nodes"][0]


@pytest.mark.parametrize(
    "edit",
    [
        lambda one: one.update(defaultBranchRef={"name": "main", "target": None}),
        lambda one: one["defaultBranchRef"]["target"].update(history=None),
        lambda one: _head(one).update(checkSuites=None),
        lambda one: _head(one)["checkSuites"].update(nodes=None),
        lambda one: _head(one)["checkSuites"]["nodes"].__setitem__(0, None),
        lambda one: _head(one)["checkSuites"]["nodes"][0].update(updatedAt=None),
        lambda one: _head(one)["checkSuites"]["nodes"][0].update(status=None),
        lambda one: one.update(tags=None),
        lambda one: one.update(tracked=None),
        lambda one: one.update(tracked={"totalCount": 3, "nodes": []}),
        lambda one: one.pop("open"),
        lambda one: one.pop("nameWithOwner"),
    ],
)
def test_a_part_that_is_null_or_missing_is_swept_and_the_others_are_compared(
    site: Site, server: Server, edit: Callable[[Any], object]
) -> None:
    last = swept(server)
    safe = _edit("octo-org/bell", edit)
    site.inject(Fault("malformed", path="/graphql", change=safe))
    after = screened(server, last)
    assert looks(after) == [Look.UNCHANGED, None, Look.UNCHANGED]
    assert after.repositories["octo-org/bell"].reason.startswith("It could not be screened: ")
    assert after.repositories["octo-org/bell"].kept is None


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", path="/graphql", status=502, times=None),
        Fault("status", path="/graphql", status=403, times=None),
        Fault("truncated", path="/graphql", times=None),
        Fault("html", path="/graphql", times=None),
        Fault("malformed", path="/graphql", times=None, change=lambda _: {"data": None}),
        Fault("malformed", path="/graphql", times=None, change=lambda _: {"errors": [{"type": "RATE_LIMITED"}]}),
        Fault("malformed", path="/graphql", times=None, change=lambda answer: {**answer, "errors": [{"message": "?"}]}),
        Fault("malformed", path="/graphql", times=None, change=lambda _: []),
    ],
)
def test_without_an_answer_everything_is_swept(site: Site, server: Server, fault: Fault) -> None:
    last = swept(server)
    site.inject(fault)
    after = screened(server, last)
    assert looks(after) == [None, None, None]
    assert all(one.reason.startswith("It could not be screened: ") for one in after.repositories.values())


def test_a_request_that_takes_too_long_is_sent_again_in_halves(site: Site, server: Server) -> None:
    last = swept(server)
    site.inject(Fault("status", path="/graphql", status=502, times=HURRIED.tries))
    after = screened(server, last)
    assert (looks(after), after.requests) == ([Look.UNCHANGED] * 3, 3)


def test_what_the_requests_are_not_enough_for_is_swept(server: Server) -> None:
    organisation = Organisation(repositories=60)
    names = [member.full_name for member in organisation.members]
    with organisation.site().serve() as site:
        seen = reader(site, APP_TOKEN, most=1).look(names, ScreeningQuery("ci-failure", commits=COMMITS))
    assert Counter(isinstance(one, str) for one in seen.values()) == {False: 50, True: 10}
    assert server.usage("app").refused == 0


def test_a_bad_token_is_said(server: Server) -> None:
    with pytest.raises(BadTokenError):
        look(server, "of-nobody")


# --- what it costs -------------------------------------------------------------------------------


def test_100_repositories_take_four_requests_at_first_and_two_again() -> None:
    organisation = Organisation(repositories=100, failing=0.1)
    names = [member.full_name for member in organisation.members]
    settings, now = some_settings(), organisation.now
    with organisation.site().serve() as server:
        first = screen(reader(server, APP_TOKEN), names, {}, settings, now)
        last = {
            name: RepositoryEntry(name, one.look or Look.SWEPT, kept=one.kept, report=None if one.look else {"at": ""})
            for name, one in first.repositories.items()
        }
        again = screen(reader(server, APP_TOKEN), names, last, settings, now + timedelta(hours=1))
        assert len(server.requests) == first.requests + again.requests == 6
    failing = {member.full_name for member in organisation.members if member.cause != "none"}
    assert {name for name, one in first.repositories.items() if one.look is None} == failing
    assert Counter(one.look for one in again.repositories.values()) == {Look.SCREENED: 90, Look.UNCHANGED: 10}


# --- whole stories -------------------------------------------------------------------------------


def test_a_failing_repository_is_skipped_in_the_sweep_after_next() -> None:
    box = Sandbox.from_yaml("""
now: 2026-03-02T09:00:00Z
workflows: [{name: CI}]
runs: [{workflow: CI, at: 2026-03-02T08:00:00Z, conclusion: failure}]
""")
    with box.serve() as server:
        inputs = {"token": next(iter(box.state.tokens))}
        repository = ScreenedRepository(server, box.state.repository.full_name, inputs)
        first, second, third = (repository.look(box.now + later) for later in QUIET)
    assert (first.screened.look, first.writes) == (None, ("create",))
    assert (second.screened.reason, second.writes) == ("There is news: an issue.", ())
    assert (third.screened.look, third.failing) == (Look.UNCHANGED, third.before)


_UNSEEN = {"workflow_gone-open": "the story takes a workflow out without a commit, which nobody can"}
_STORIES = [path for path in FILES if path.stem not in _UNSEEN][:: 1 if os.environ.get("EVERY_CASE") else 24]


@pytest.mark.parametrize("path", _STORIES, ids=lambda path: path.stem)
def test_a_repository_that_is_skipped_has_nothing_to_write_and_fails_as_its_report_says(path: Any) -> None:
    for looked in play_screened(read_story(read_conversation(path).story)):
        if looked.screened.look is Look.UNCHANGED:
            assert (looked.writes, looked.failing) == ((), looked.before)
