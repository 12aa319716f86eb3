"""The command `discover` and the lists that it reads, against a local GitHub with many repositories."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from click.testing import CliRunner, Result
from graphql import GraphQLSchema, parse, validate

from builders import HURRIED
from ci_failure_tracker.entry.cli import program
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.github import repositories as lists_module
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.queries import ask_graphql
from ci_failure_tracker.github.repositories import RepositoryQueries
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.organisation.shards import matrix_of
from sandbox import Fault, Server, Site
from sandbox.organisation import APP_TOKEN, CLASSIC_TOKEN, JOB_TOKEN, Organisation

SCENARIO = """
now: 2026-03-02T09:00:00Z
accounts:
  - {login: octo-org, type: Organization, association: OWNER}
  - {login: ada, type: User}
tokens:
  app: {login: "keeper[bot]", repositories: [octo-org/lamp, octo-org/vault, octo-org/mute]}
  fine: {login: ada, repositories: [octo-org/*], issues: read}
repositories:
  - {repository: {full_name: octo-org/lamp, topics: [light, glass]}}
  - {repository: {full_name: octo-org/Lamp-Post, topics: [light]}}
  - {repository: {full_name: octo-org/vault, private: true, topics: [light]}}
  - {repository: {full_name: octo-org/safe, private: true}}
  - {repository: {full_name: octo-org/bell, archived: true}}
  - {repository: {full_name: octo-org/horn, fork: true}}
  - {repository: {full_name: octo-org/mute, has_issues: false}}
  - {repository: {full_name: ada/notes, topics: [light]}}
"""


@pytest.fixture
def site() -> Site:
    return Site.from_yaml(SCENARIO)


@pytest.fixture
def server(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with site.serve() as running:
        use(running, "fine", monkeypatch)
        yield running


def use(server: Server, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", server.api_url)
    monkeypatch.setenv("GITHUB_GRAPHQL_URL", server.graphql_url)
    monkeypatch.setenv("GITHUB_REPOSITORY", "octo-org/lamp")
    monkeypatch.setenv("GITHUB_TOKEN", token)


def discover(repositories: str, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["discover", "--repositories", repositories, *arguments])


def jobs(result: Result) -> list[dict[str, Any]]:
    assert result.stdout.count("\n") == 1
    answer = json.loads(result.stdout)
    assert set(answer) == {"include"}, "every other key would be a dimension of the matrix"
    found: list[dict[str, Any]] = answer["include"]
    return found


def names(result: Result) -> list[str]:
    return [name for job in jobs(result) for name in job["repositories"].split(",")]


def flat(text: str) -> str:
    """The text without the line ends of the terminal."""
    return " ".join(text.split())


# --- what is chosen ------------------------------------------------------------------------------


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("repositories", "more", "expected"),
    [
        ("org:octo-org", (), ["Lamp-Post", "lamp", "mute", "safe", "vault"]),
        ("octo-org/LAMP*", (), ["Lamp-Post", "lamp"]),
        ("topic:light", (), ["Lamp-Post", "lamp", "vault"]),
        ("topic:light\norg:ada", (), ["notes"]),
        ("octo-org/bell, octo-org/horn", (), ["bell", "horn"]),
        ("org:octo-org", ("--exclude-repositories", "topic:light, octo-org/safe"), ["mute"]),
    ],
)
def test_the_matrix_holds_what_is_meant(repositories: str, more: Sequence[str], expected: list[str]) -> None:
    result = discover(repositories, "--format", "json", *more)
    assert result.exit_code == 0, result.output
    assert sorted(name.partition("/")[2] for name in names(result)) == expected


@pytest.mark.usefixtures("server")
def test_the_text_says_what_is_special_and_why_others_are_left_out() -> None:
    result = discover("octo-org/*", "--exclude-repositories", "octo-org/lamp*")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "  octo-org/mute  (no issues)",
        "  octo-org/safe  (private)",
        "  octo-org/vault  (private)",
        "Left out",
        "  octo-org/bell  archived",
        "  octo-org/horn  fork",
        "  octo-org/lamp  excluded",
        "  octo-org/Lamp-Post  excluded",
    ]
    assert "3 repositories chosen, 4 left out." in result.stderr
    assert "GitHub lists no private repository that the token was not given." in result.stderr


@pytest.mark.usefixtures("server")
def test_shards_are_numbered_jobs_of_a_matrix_and_empty_ones_are_left_out() -> None:
    result = discover("org:octo-org", "--shards", "3", "--format", "json")
    assert [(job["shard"], job["shards"]) for job in jobs(result)] == [(1, 3), (2, 3), (3, 3)]
    assert len(set(names(result))) == len(names(result)) == 5
    assert len(jobs(discover("org:octo-org", "--shards", "256", "--format", "json"))) == 5
    assert discover("org:octo-org", "--shards", "257").exit_code == 2
    assert "Shard 3 (1)" in discover("org:octo-org", "--shards", "3").stdout


def test_a_repository_that_moved_counts_under_its_present_name(site: Site, server: Server) -> None:
    site["octo-org/lamp"].rename_repository("octo-org/candle")
    result = discover("octo-org/lamp, octo-org/candle", "--format", "json")
    assert names(result) == ["octo-org/candle"]
    assert "notice: octo-org/lamp is now octo-org/candle." in result.stderr
    assert (
        "candle" not in discover("org:octo-org", "--exclude-repositories", "octo-org/lamp", "--format", "json").stdout
    )
    assert server.requests


# --- what a token may see ------------------------------------------------------------------------


def test_an_app_is_told_what_it_was_not_given(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    use(server, "app", monkeypatch)
    result = discover("org:octo-org", "--format", "json")
    assert result.exit_code == 0
    assert set(names(result)) == {"octo-org/lamp", "octo-org/Lamp-Post", "octo-org/vault", "octo-org/mute"}
    assert "warning: This token was not given 1 repository: octo-org/Lamp-Post." in flat(result.stderr)
    assert "safe" not in result.output


def test_a_failing_list_of_an_app_loses_nothing(site: Site, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    use(server, "app", monkeypatch)
    site.inject(Fault("status", path="/installation/repositories", status=404, times=None))
    result = discover("org:octo-org", "--format", "json")
    assert result.exit_code == 0
    assert len(names(result)) == 4
    assert "It is not known which repositories the App gave to the token." in flat(result.stderr)


@pytest.mark.usefixtures("server")
def test_what_is_not_there_is_said_and_the_rest_is_printed() -> None:
    result = discover("org:ada, org:nobody, octo-org/none", "--format", "json")
    assert result.exit_code == 1
    assert names(result) == ["ada/notes"]
    assert "error: GitHub knows no organisation or user 'nobody'." in flat(result.stderr)
    assert "error: There is no repository 'octo-org/none', or this token may not see it." in flat(result.stderr)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("repositories", "why"),
    [
        ("org:nobody", "GitHub knows no organisation or user"),
        ("octo-org/zz*", "'octo-org/zz*' chose nothing"),
        ("octo-org/b*", "all that it means is archived, a fork or excluded"),
        ("lamp", "lacks the owner"),
        ("*/lamp", "whose owner is a glob"),
        (" , ", "`repositories` is empty"),
    ],
)
def test_nothing_chosen_is_an_error_and_no_matrix(repositories: str, why: str) -> None:
    result = discover(repositories, "--format", "json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert why in flat(result.stderr)


def test_a_bad_token_or_none_is_one_error(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    use(server, "of-nobody", monkeypatch)
    refused = discover("org:octo-org, octo-org/lamp")
    assert (refused.exit_code, refused.output.count("error: ")) == (2, 1)
    without = discover("org:octo-org", "--token", "")
    assert without.exit_code == 2
    assert "GitHub answers nothing without a token" in without.output
    assert "`token` holds a space" in flat(discover("org:octo-org", "--token", "a b").output)


# --- what goes wrong -----------------------------------------------------------------------------


def queries_of(server: Server, token: str, most: int = 100) -> RepositoryQueries:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    return RepositoryQueries(connect(Secret(token), endpoints, HURRIED, most), endpoints)


def test_a_fault_of_one_owner_loses_no_other(site: Site, server: Server) -> None:
    site.inject(Fault("status", path="/graphql", status=403, times=1))
    lists = queries_of(server, "fine").of_owners(["octo-org", "ada"])
    assert len(lists.by_owner) == 1
    (problem,) = lists.problems
    assert "GitHub answered 403 to the request to list the repositories of" in problem.what


def test_lists_that_cannot_be_read_are_no_mistake_of_the_person(site: Site, server: Server) -> None:
    site.inject(Fault("status", path="/graphql", status=403, times=None))
    result = discover("org:octo-org", "--format", "json")
    assert server.requests
    assert (result.exit_code, result.stdout) == (1, "")
    assert "because the lists could not be read" in flat(result.stderr)


def change(site: Site, edit: Any) -> None:
    """Change the repositories in the next answers of GraphQL."""

    def changed(answer: Any) -> Any:
        found = answer["data"]["repositoryOwner"]
        edit(found["repositories"], answer)
        return answer

    site.inject(Fault("malformed", path="/graphql", times=None, change=changed))


def test_what_github_hides_is_said_with_its_words(site: Site, server: Server) -> None:
    def hide(listed: Any, answer: Any) -> None:
        listed["nodes"][0] = None
        answer["errors"] = [{"type": "FORBIDDEN", "path": ["x"], "message": "Single sign-on is needed."}]

    change(site, hide)
    lists = queries_of(server, "fine").of_owners(["octo-org"])
    (problem,) = lists.problems
    assert "does not show this token 1 repository of octo-org. It says: Single sign-on is needed." in problem.what
    assert len(lists.by_owner["octo-org"] or ()) == 6


def test_a_list_that_is_shorter_than_it_says_is_said(site: Site, server: Server) -> None:
    change(site, lambda listed, _: listed["nodes"].pop())
    (problem,) = queries_of(server, "fine").of_owners(["octo-org"]).problems
    assert problem.what == "GitHub counts 7 repositories of octo-org and lists 6."


@pytest.mark.parametrize(
    "name", ["octo-org/a,evil/b", "octo-org/a\nevil=1", "octo-org/a\x1b[31m", "evil", 7, None, "o/" + "a" * 101]
)
def test_a_malformed_name_never_reaches_the_matrix(site: Site, server: Server, name: object) -> None:
    change(site, lambda listed, _: listed["nodes"][0].update(nameWithOwner=name))
    result = discover("org:octo-org", "--format", "json")
    assert server.requests
    assert result.exit_code == 1
    assert "evil" not in result.output
    assert "error: Left out: a repository." in flat(result.stderr)


def test_pages_are_read_to_the_end_and_a_lost_one_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Organisation(repositories=250).site()
    with site.serve() as server:
        lists = queries_of(server, CLASSIC_TOKEN).of_owners(["northwind-labs"])
        assert len(lists.by_owner["northwind-labs"] or ()) == 251
        assert len(server.requests) == 3
        site.inject(Fault("status", path="/graphql", status=403, times=None, after=1))
        cut = queries_of(server, CLASSIC_TOKEN).of_owners(["northwind-labs"])
        assert len(cut.by_owner["northwind-labs"] or ()) == 100
        assert "The list of the repositories of northwind-labs is not complete." in [one.what for one in cut.problems]
        site.clear_faults()
        monkeypatch.setattr(lists_module, "_PAGES", 2)
        bounded = queries_of(server, CLASSIC_TOKEN).of_owners(["northwind-labs"])
    (problem,) = bounded.problems
    assert problem.what == "northwind-labs has 251 repositories, and only the first 200 by name were listed."


def test_what_the_budget_is_too_small_for_is_said(server: Server) -> None:
    lists = queries_of(server, "fine", most=1).of_owners(["octo-org", "ada"])
    assert list(lists.by_owner) == ["octo-org"]
    (problem,) = lists.problems
    assert "it sent 1 requests" in problem.what


def test_a_used_up_rate_limit_is_said() -> None:
    scenario = SCENARIO.replace("issues: read}", "issues: read, graphql_limit: 1}")
    with Site.from_yaml(scenario).serve() as server:
        lists = queries_of(server, "fine").of_owners(["octo-org", "ada"])
    assert len(lists.by_owner) == 1
    (problem,) = lists.problems
    assert "rate limit is used up" in problem.what


def test_many_names_are_asked_for_fifty_at_a_time() -> None:
    organisation = Organisation(repositories=120)
    with organisation.site().serve() as server:
        asked = [member.full_name.upper() for member in organisation.members]
        lists = queries_of(server, CLASSIC_TOKEN).named([*asked, "nobody/x"])
        assert len(server.requests) == 3
    assert lists.by_name["nobody/x"] is None
    assert {one.full_name for one in lists.by_name.values() if one} == {one.full_name for one in organisation.members}
    assert not lists.problems


def test_one_name_that_is_refused_or_malformed_loses_no_other(site: Site, server: Server) -> None:
    def changed(answer: Any) -> Any:
        answer["data"]["r0"] = None
        answer["errors"] = [{"type": "FORBIDDEN", "path": ["r0"], "message": "Not from this address."}]
        answer["data"]["r1"]["isFork"] = "perhaps"
        return answer

    site.inject(Fault("malformed", path="/graphql", times=None, change=changed))
    lists = queries_of(server, "fine").named(["octo-org/lamp", "octo-org/vault", "octo-org/safe"])
    assert list(lists.by_name) == ["octo-org/safe"]
    assert [one.what for one in lists.problems] == [
        "octo-org/lamp could not be looked at. GitHub says: Not from this address.",
        "octo-org/vault could not be looked at. GitHub's answer has an unexpected form: `isFork` is not true or false.",
    ]


def test_a_runner_obeys_no_word_of_an_answer(site: Site, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def speak(listed: Any, answer: Any) -> None:
        listed["nodes"][0] = None
        answer["errors"] = [{"type": "FORBIDDEN", "message": "No.\n::error::forged\n##[error]forged"}]

    change(site, speak)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = discover("org:octo-org", "--format", "json")
    assert server.requests
    assert len(jobs(result)) == 1
    stopped = False
    for line in result.stderr.splitlines():
        if line.startswith("::stop-commands::"):
            stopped = True
        assert stopped or "##[" not in line
        assert stopped or not line.lstrip().startswith("::")


def test_500_repositories_cost_few_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    with Organisation(repositories=499, archived=3, forks=3).site().serve() as server:
        use(server, APP_TOKEN, monkeypatch)
        result = discover("org:northwind-labs", "--shards", "10", "--format", "json")
        assert len(names(result)) == 494
        assert len(server.requests) == 10
        use(server, JOB_TOKEN, monkeypatch)
        assert "The token of a workflow run has only the repository of the workflow." in flat(
            discover("org:northwind-labs").stderr
        )


def test_a_matrix_too_large_for_an_output_is_refused() -> None:
    with pytest.raises(SettingsError, match="6,000 repositories do not fit into the output of a job"):
        matrix_of([[f"octo-org/{'a' * 90}{number}" for number in range(6_000)]])


# --- GitHub's description ------------------------------------------------------------------------


def test_the_queries_fit_the_official_schema(
    official_schema: GraphQLSchema, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def ask(requester: Any, endpoints: Any, query: str, variables: Any = None) -> Any:
        sent.append(query)
        return ask_graphql(requester, endpoints, query, variables)

    monkeypatch.setattr(lists_module, "ask_graphql", ask)
    queries = queries_of(server, "fine")
    queries.of_owners(["octo-org"])
    queries.named(["octo-org/lamp", "ada/notes"])
    assert len(sent) == 2
    for query in sent:
        assert validate(official_schema, parse(query)) == []
