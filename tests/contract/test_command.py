"""The command as a person uses it: its words, its exit codes, its errors, over a real server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ci_failure_tracker.entry import cli
from ci_failure_tracker.entry.cli import program
from ci_failure_tracker.github.side_by_side import AT_ONCE
from ci_failure_tracker.settings import inputs
from harmless import obeyed
from sandbox import Fault, Sandbox, Server
from sandbox.faults import FaultKind

SCENARIO = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
accounts: [{login: ada, association: MEMBER}]
tokens:
  all-rights: {login: "github-actions[bot]"}
  no-actions: {login: "github-actions[bot]", actions: none}
  no-issues: {login: "github-actions[bot]", issues: none}
  read-only: {login: "github-actions[bot]", issues: read}
  no-labels: {login: passer-by, labels: false}
workflows:
  - {name: Build and test, file: ci.yml, jobs: [{name: lint}, {name: test}]}
  - {name: Release, file: release.yml, jobs: [{name: publish}]}
runs:
  - {workflow: ci.yml, at: 2026-03-08T10:00:00Z}
  - {workflow: ci.yml, at: 2026-03-09T10:00:00Z, jobs: [{name: test, conclusion: failure}]}
  - {workflow: Release, at: 2026-03-09T11:00:00Z, conclusion: failure}
"""


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(SCENARIO)


@pytest.fixture
def server(box: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    with box.serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", running.graphql_url)
        monkeypatch.setenv("GITHUB_TOKEN", "all-rights")
        monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.chdir(tmp_path)
        yield running


def sweep(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["sweep", "--repo", "octo-org/example", *arguments])


def words(result: Result) -> str:
    return " ".join(result.output.split())


@pytest.mark.usefixtures("server")
def test_a_dry_run_shows_the_plan_and_writes_nothing(box: Sandbox) -> None:
    result = sweep()
    assert result.exit_code == 0
    assert "2 failing, 2 to be opened" in result.output
    assert "This was a dry run; --execute does it." in result.output
    assert box.issues == []
    assert box.labels == []


@pytest.mark.usefixtures("server")
def test_the_plan_is_shown_once_before_the_question_and_then_only_what_was_done(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli._Terminal, "check_interactive", lambda _: None)
    answers = iter([False, True])
    monkeypatch.setattr("ci_failure_tracker.entry.cli.Confirm.ask", lambda *_, **__: next(answers))
    refused = sweep("--execute", "--show")
    assert refused.output.count("New failures (2)") == 1
    assert refused.output.count("to be opened [CI Failure] Release - publish") == 1
    assert "Nothing was written." in refused.output
    assert box.issues == []
    agreed = sweep("--execute")
    assert agreed.output.count("New failures (2)") == 1
    assert "Done (2)" in agreed.output.partition("New failures")[2]
    assert "opened #1 " in agreed.output
    assert len(box.issues) == 2


@pytest.mark.usefixtures("server")
def test_show_prints_the_issues_as_they_would_be_written(box: Sandbox) -> None:
    shown = sweep("--show").stdout
    sweep("--execute", "--yes")
    for issue in box.issues:
        assert issue.title in shown
        visible = [line for line in (issue.body or "").splitlines() if not line.startswith("<!--")]
        assert "\n".join(visible).strip() in shown
    assert "labels: ci-failure" in shown
    assert "<!--" not in shown


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("given", ["my-template.md.j2", "{{ issue.lead }} Ask Ada."])
def test_a_template_may_be_a_text_or_a_file(given: str, box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "my-template.md.j2").write_text("{{ issue.lead }} Ask Ada.", "utf-8")
    result = sweep("--show", "--issue-template", given)
    assert result.exit_code == 0
    assert words(result).count(". Ask Ada.") == 2
    assert box.issues == []


@pytest.mark.usefixtures("server")
def test_execute_with_yes_writes_without_a_question(box: Sandbox) -> None:
    result = sweep("--execute", "--yes")
    assert result.exit_code == 0
    assert [issue.title for issue in box.issues] == [
        "[CI Failure] Build and test - test",
        "[CI Failure] Release - publish",
    ]
    assert "dry run" not in result.output


def test_execute_needs_a_terminal_or_yes(server: Server) -> None:
    result = sweep("--execute")
    assert result.exit_code == 2
    assert "--yes" in words(result)
    assert server.requests == []


def test_dry_run_and_execute_contradict_each_other(server: Server) -> None:
    assert sweep("--execute", "--dry-run", "--yes").exit_code == 2
    assert server.requests == []


@pytest.mark.usefixtures("server")
def test_json_is_the_report_and_nothing_else_on_stdout() -> None:
    result = sweep("--format", "json")
    report = json.loads(result.stdout)
    assert [action["title"] for action in report["actions"]] == [
        "[CI Failure] Build and test - test",
        "[CI Failure] Release - publish",
    ]
    assert report["requests"] == {"made": 16, "left": 990, "most": 800}  # a passing log, too
    assert report["logs"]["read"] == 2
    assert [failing["headline"] for failing in report["failing"]] == ["Process completed with exit code 1."] * 2
    assert all(failing["signature"].startswith("v2:") for failing in report["failing"])


@pytest.mark.usefixtures("server")
def test_a_sweep_that_stops_prints_no_report() -> None:
    result = sweep("--format", "json", "--workflow", "Nightly")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no workflow" in result.stderr


def test_every_input_is_an_option() -> None:
    options = {name for parameter in program.commands["sweep"].params for name in parameter.opts}
    assert {f"--{one.name}" for one in inputs() if not one.only_action} <= options


@pytest.mark.usefixtures("server")
def test_the_repository_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "octo-org/example")
    assert CliRunner().invoke(program, ["sweep"]).exit_code == 0


@pytest.mark.usefixtures("server")
def test_what_is_given_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "octo-org/nowhere")
    monkeypatch.setenv("GITHUB_TOKEN", "wrong")
    assert "octo-org/example: 2 failing" in check("octo-org/example", "--token", "all-rights").output


def test_the_environment_comes_before_the_clone(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", server.server_url)
    monkeypatch.setenv("GITHUB_REPOSITORY", "octo-org/example")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    remote = f"{server.server_url}/octo-org/nowhere.git"
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", remote], check=True)
    assert "octo-org/example: 2 failing" in check().output


# --- errors that teach ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "arguments", "texts"),
    [
        ("", [], ["`token` is missing", "GITHUB_TOKEN"]),
        ("wrong", [], ["401 Bad credentials", "expired"]),
        ("all-rights", ["--repo", "octo-org/nowhere"], ["no repository 'octo-org/nowhere'", "spelling"]),
        ("all-rights", ["--repo", "nowhere"], ["owner/name"]),
        ("all-rights", ["--workflow", "Build and tset"], ["'Build and tset'", "Did you mean 'Build and test'"]),
        ("all-rights", ["--workflow", "cii.yml"], ["Did you mean 'ci.yml'"]),
        ("all-rights", ["--workflow", "quite other"], ["It has 'Build and test', 'Release'."]),
        ("all-rights", ["--workflow", "CY, Relase"], ["'CY'", "'Relase'", "'Release'"]),
        ("all-rights", ["--exclude-workflow", "*"], ["leaves no workflow"]),
        ("all-rights", ["--yes"], ["--yes needs --execute"]),
        ("all-rights", ["--format", "json", "--slack-payload", "true"], ["both print JSON"]),
        ("all-rights", ["--format", "json", "--show"], ["--show prints text"]),
        ("not a token", [], ["no token has"]),
        ("all-rights", ["--since", "last week"], ["`since` is 'last week'", "`7d`"]),
        ("all-rights", ["--issue-template", "none.md"], ["none.md", "No such file"]),
        ("no-actions", [], ["`actions: read`", "permissions: actions: read issues: write"]),
        ("no-issues", [], ["`issues: read`", "permissions: actions: read issues: write"]),
        ("", ["--repo", "x", "--max-runs", "0", "--since", "?"], ["`token`", "`repository`", "`max-runs`", "`since`"]),
    ],
)
@pytest.mark.usefixtures("server")
def test_a_mistake_is_reported_with_advice_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, token: str, arguments: list[str], texts: list[str]
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", token)
    result = sweep(*arguments)
    assert result.exit_code == 2, result.output
    for text in texts:
        assert text in words(result)
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("change", "message"), [({"archived": True}, "is archived"), ({"has_issues": False}, "Issues are disabled")]
)
@pytest.mark.usefixtures("server")
def test_a_repository_that_takes_no_issues_is_an_error(box: Sandbox, change: dict[str, bool], message: str) -> None:
    box.change_repository(**change)
    result = sweep()
    assert result.exit_code == 2
    assert message in words(result)


@pytest.mark.usefixtures("server")
def test_an_excluded_workflow_that_does_not_exist_is_only_a_warning() -> None:
    result = sweep("--exclude-workflow", "Relaese")
    assert result.exit_code == 0
    assert "warning: There is no workflow 'Relaese'" in words(result)


@pytest.mark.usefixtures("server")
def test_a_token_that_may_not_write_fails_and_the_right_is_named(monkeypatch: pytest.MonkeyPatch, box: Sandbox) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "read-only")
    result = sweep("--execute", "--yes")
    assert result.exit_code == 1
    assert "2 could not be written" in words(result)
    assert "issues: write" in words(result)
    assert box.issues == []


@pytest.mark.usefixtures("server")
def test_a_token_that_may_not_label_leaves_no_issue_open(monkeypatch: pytest.MonkeyPatch, box: Sandbox) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "no-labels")
    result = sweep("--execute", "--yes")
    assert result.exit_code == 1
    assert box.issues == []
    assert "make the label 'ci-failure'" in words(result)
    box.state.ensure_labels(["ci-failure"])
    result = sweep("--execute", "--yes")
    assert result.exit_code == 1
    assert [(issue.state, issue.state_reason) for issue in box.issues] == [("closed", "not_planned")]
    assert "dropped the label 'ci-failure'" in words(result)


@pytest.mark.usefixtures("server")
def test_a_rate_limit_is_named(box: Sandbox) -> None:
    box.inject(Fault("secondary-rate-limit", retry_after=900, times=None))
    result = sweep()
    assert result.exit_code == 1
    assert "rate limit" in words(result)


@pytest.mark.usefixtures("server")
def test_one_failed_write_is_recorded_and_the_rest_goes_on(box: Sandbox) -> None:
    box.inject(Fault("status", method="POST", path=r"/issues$", status=422, times=1))
    result = sweep("--execute", "--yes")
    assert result.exit_code == 1
    assert len(box.issues) == 1
    assert "1 could not be written" in words(result)


@pytest.mark.usefixtures("server")
def test_jobs_that_cannot_be_read_leave_out_their_run_only(box: Sandbox) -> None:
    box.inject(Fault("status", path="/graphql$", status=404, times=None))
    release = next(run.id for run in box.runs if run.workflow.name == "Release")
    box.inject(Fault("truncated", path=f"/runs/{release}/jobs", times=4))
    result = sweep("--format", "json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["partial"] is True
    assert len(report["actions"]) == 1
    assert "Left out: run 1 of Release." in report["problems"][0]["what"]


@pytest.mark.parametrize("kind", ["primary-rate-limit", "status"])
def test_a_sweep_stops_asking_if_github_goes_on_refusing(
    server: Server, box: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: FaultKind
) -> None:
    monkeypatch.setattr("ci_failure_tracker.github.retry.RetryPolicy.wait", lambda *_, **__: None)
    for hour in range(10, 20):
        box.add_run(workflow="Release", at=f"2026-03-07T{hour}:00:00Z", conclusion="failure")
    box.inject(Fault("status", path="/graphql$", status=404, times=None))
    box.inject(Fault(kind, path=r"/runs/\d+/jobs", times=None, status=502 if kind == "status" else None))
    result = sweep()
    assert result.exit_code == 1
    assert "13 runs could not be read" in words(result)
    assert "nothing seen failing" in words(result)
    assert sum("/jobs" in record.path for record in server.requests) == AT_ONCE


def test_a_write_whose_answer_was_lost_is_found_and_not_sent_twice(server: Server, box: Sandbox) -> None:
    box.inject(Fault("lost-reply", method="POST", path=r"/issues$", times=1))
    assert sweep("--execute", "--yes").exit_code == 0
    titles = [issue.title for issue in box.issues]
    assert len(titles) == len(set(titles))
    assert sum(record.method == "POST" and record.path.endswith("/issues") for record in server.requests) == 2


@pytest.mark.usefixtures("server")
def test_a_misspelt_assignee_does_not_keep_the_issue_from_being_opened(box: Sandbox) -> None:
    result = sweep("--execute", "--yes", "--assignees", "nobody-of-that-name, ada")
    assert result.exit_code == 0
    assert [issue.assignees for issue in box.issues] == [["ada"], ["ada"]]
    assert "opened without the assignee 'nobody-of-that-name'" in words(result)


@pytest.mark.usefixtures("server")
def test_an_issue_gets_the_type_that_is_asked_for(box: Sandbox) -> None:
    box.state.change_repository(issue_types=("Bug", "Task"))
    result = sweep("--execute", "--yes", "--issue-type", "bug", "--assignees", "ada")
    assert result.exit_code == 0
    assert {(issue.issue_type, *issue.assignees) for issue in box.issues} == {("Bug", "ada")}
    assert "without" not in words(result)


@pytest.mark.usefixtures("server")
def test_a_type_that_does_not_exist_does_not_keep_the_issue_from_being_opened(box: Sandbox) -> None:
    result = sweep("--execute", "--yes", "--issue-type", "Bug", "--assignees", "ada")
    assert result.exit_code == 0
    assert [(issue.issue_type, issue.assignees) for issue in box.issues] == [("", ["ada"]), ("", ["ada"])]
    assert "opened without the type 'Bug'. Check that the organisation has this type" in words(result)


@pytest.mark.usefixtures("server")
def test_a_wrong_address_is_reported_with_the_other_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "https://")
    monkeypatch.setenv("GITHUB_TOKEN", "")
    result = sweep()
    assert result.exit_code == 2
    assert "GITHUB_API_URL is 'https://'" in words(result)
    assert "`token` is missing" in words(result)


@pytest.mark.usefixtures("server")
def test_filters_that_no_run_fits_are_reported() -> None:
    result = sweep("--branch", "master")
    assert result.exit_code == 0
    assert "No run fits the filters: `branch` master." in words(result)


@pytest.mark.usefixtures("server")
def test_a_terminal_shows_a_name_as_it_is(box: Sandbox) -> None:
    name = "tests/test_a.py::test_b[x@y-#1] @scope/pkg@1.2.3 ##[error]y"
    box.add_run(workflow="Release", at="2026-03-09T12:00:00Z", only_jobs=[{"name": name, "conclusion": "failure"}])
    assert name in sweep().stdout


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_runner_obeys_no_name(form: str, box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "::error::x ##[error]y"
    box.add_run(workflow="Release", at="2026-03-09T12:00:00Z", only_jobs=[{"name": name, "conclusion": "failure"}])
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = sweep("--format", form, "--exclude-workflow", "::error::x, ##[error]y")
    assert [*obeyed(result.stdout)] == []
    assert [*obeyed(result.stderr)] == []
    if form == "json":
        assert name in [failing["job"] for failing in json.loads(result.stdout)["failing"]]
    else:
        assert name in result.stdout


@pytest.mark.usefixtures("server")
def test_a_runner_obeys_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = sweep("--max-runs", "##[error]x", "--workflow", "::error::x")
    assert result.exit_code == 2
    assert [*obeyed(result.output)] == []


# --- what is looked at ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "failing"),
    [
        (["--workflow", "ci.yml"], ["test"]),
        (["--workflow", "Build*, Release"], ["test", "publish"]),
        (["--exclude-workflow", "RELEASE"], ["test"]),
        (["--event", "schedule"], []),
        (["--event", "pus*"], []),
        (["--event", "push, schedule"], ["test", "publish"]),
        (["--branch", "release/*"], []),
        (["--branch", "*"], ["test", "publish"]),
        (["--since", "2026-03-09T10:30:00Z"], ["publish"]),
        (["--max-runs", "1"], ["test", "publish"]),  # what lies below the list is looked at all the same
        (["--conclusions", "timed_out"], []),
    ],
)
@pytest.mark.usefixtures("server")
def test_the_filters_choose_the_runs(arguments: list[str], failing: list[str]) -> None:
    result = sweep("--format", "json", *arguments)
    assert [failing["job"] for failing in json.loads(result.stdout)["failing"]] == failing


def test_a_quiet_workflow_is_found_beside_a_busy_one_that_is_left_out(server: Server, box: Sandbox) -> None:
    for hour in range(110):
        day, clock = divmod(hour, 24)
        box.add_run(workflow="ci.yml", at=f"2026-03-{day + 2:02}T{clock:02}:30:00Z")
    report = json.loads(sweep("--format", "json", "--exclude-workflow", "ci.yml", "--max-runs", "5").stdout)
    assert [failing["job"] for failing in report["failing"]] == ["publish"]
    assert sum(record.path.endswith("/runs") for record in server.requests) == 1


def test_several_events_are_filtered(box: Sandbox, server: Server) -> None:
    box.add_run(workflow="Release", at="2026-03-09T12:00:00Z", event="workflow_dispatch", conclusion="failure")
    report = json.loads(sweep("--format", "json", "--event", "Push, schedule").stdout)
    assert sum(look["runs"] for look in report["workflows"]) == 3
    assert server.requests


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(("branch", "runs"), [("", 4), ("*", 5), ("idea, v2.*", 2)])
def test_a_star_watches_every_branch_and_tag(box: Sandbox, branch: str, runs: int) -> None:
    for ref in ("idea", "v2.4.1"):
        box.add_run(workflow="Release", branch=ref, at="2026-03-09T12:00:00Z", conclusion="failure")
    report = json.loads(sweep("--format", "json", "--branch", branch).stdout)
    assert sum(look["runs"] for look in report["workflows"]) == runs


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("fork", ["passer-by", "deleted"])
def test_a_run_of_a_fork_never_counts_even_of_a_deleted_fork(box: Sandbox, fork: str) -> None:
    box.add_run(
        workflow="Release",
        at="2026-03-09T12:00:00Z",
        only_jobs=[{"name": "theirs", "conclusion": "failure"}],
        fork=fork,
    )
    report = json.loads(sweep("--format", "json").stdout)
    assert [failing["job"] for failing in report["failing"]] == ["test", "publish"]


@pytest.mark.usefixtures("server")
def test_a_pull_request_with_our_label_is_no_tracked_issue(box: Sandbox) -> None:
    sweep("--execute", "--yes")
    issue = box.issue(1)
    issue.pull_request = True
    sweep("--execute", "--yes")
    assert [same.title for same in box.issues if not same.pull_request and same.title == issue.title] == [issue.title]


def test_enterprise_server_is_asked_at_its_own_addresses(
    server: Server, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", server.enterprise_api_url)
    monkeypatch.delenv("GITHUB_GRAPHQL_URL")
    box.add_issue(
        "x", f"<!-- ci-failure-tracker:begin -->Failure id `{'0' * 32}`", ["ci-failure"], "passer-by", "NONE", "User"
    )
    assert sweep("--execute", "--yes").exit_code == 0
    asked = {record.path.split("/repos")[0] for record in server.requests if "/_logs/" not in record.path}
    assert asked == {"/api/v3", "/api/graphql"}
    assert sweep("--execute", "--yes", "--format", "json").exit_code == 0
    assert len(box.issues) == 3


@pytest.mark.usefixtures("server")
def test_no_second_issue_is_opened_if_the_login_is_not_known(
    box: Sandbox,
) -> None:
    sweep("--execute", "--yes")
    for issue in box.issues:
        issue.login, issue.author_association = "passer-by", "NONE"
    box.inject(Fault("status", path="graphql", status=502, times=None))
    result = sweep("--execute", "--yes")
    assert result.exit_code == 1
    assert "it is not known whether this tracker wrote it. The next sweep asks again." in words(result)
    assert "Restore the last line" not in words(result)
    assert len(box.issues) == 2


def test_all_pages_are_read_and_no_more_than_needed(
    server: Server, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "now", lambda: datetime(2026, 3, 9, 13, tzinfo=UTC))
    for hour in range(150):
        day, clock = divmod(hour, 24)
        box.add_run(workflow="Release", at=f"2026-03-{day + 2:02}T{clock:02}:00:00Z")

    def pages() -> int:
        listed = [record for record in server.requests if record.path.endswith("/actions/runs")]
        return sum("status=" not in record.query for record in listed)

    report = json.loads(sweep("--format", "json", "--max-runs", "153").stdout)
    assert sum(look["runs"] for look in report["workflows"]) == 153
    assert pages() == 2
    server.clear_requests()
    sweep("--max-runs", "100")
    assert pages() == 1


# --- check -----------------------------------------------------------------------------------------


def check(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["check", *arguments])


def test_check_shows_what_is_broken_and_speaks_of_no_issue(box: Sandbox, server: Server) -> None:
    result = check("octo-org/example")
    assert result.exit_code == 0
    assert "Failing (2)" in result.output
    assert "octo-org/example: 2 failing\n" in result.output
    assert "to be opened" not in result.output
    assert box.issues == []
    assert {record.method for record in server.requests if record.path != "/graphql"} == {"GET"}


@pytest.mark.usefixtures("server")
def test_check_says_why_since_when_and_whom_to_ask(box: Sandbox) -> None:
    box.state.files["CODEOWNERS"] = "* @grace\n"
    text = words(check("octo-org/example"))
    assert "Job test of workflow Build and test fails on main since a7c2f50 Change a7c2f50 (octo-org)" in text
    assert "Process completed with exit code 1. Owner: @grace" in text


def test_check_needs_no_name_in_a_clone(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", server.server_url)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    remote = f"{server.server_url}/octo-org/example.git"
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", remote], check=True)
    assert "octo-org/example: 2 failing" in check().output


@pytest.mark.usefixtures("server")
def test_check_says_how_to_name_a_repository() -> None:
    result = check()
    assert result.exit_code == 2
    assert "run the command in a clone whose remote `origin` is on GitHub" in words(result)


@pytest.mark.usefixtures("server")
def test_check_says_if_nothing_is_failing() -> None:
    assert "octo-org/example: nothing" in check("octo-org/example", "--since", "1h").output


@pytest.mark.parametrize("token", ["all-rights", ""])
def test_check_says_what_it_looks_at_before_github_answers(
    box: Sandbox, server: Server, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", token)
    monkeypatch.setenv("PYTHONPATH", str(Path(cli.__file__).parents[2]))
    box.delay = 30
    command = [sys.executable, "-m", "ci_failure_tracker", "check", "octo-org/example"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as started:
        assert started.stderr is not None
        assert started.stderr.readline() == "Looking at octo-org/example\n"
        assert server.requests == []
        started.kill()


@pytest.mark.parametrize("change", [{"archived": True}, {"has_issues": False}])
@pytest.mark.parametrize("token", ["all-rights", ""])
@pytest.mark.usefixtures("server")
def test_check_looks_at_a_repository_that_takes_no_issues(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: dict[str, bool], token: str
) -> None:
    monkeypatch.setattr(cli, "token_of", lambda *_: token)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    box.change_repository(**change)
    result = check("octo-org/example")
    assert result.exit_code == 0, result.output
    assert "octo-org/example: 2 failing" in result.output
    assert "No issue was opened" not in result.output
