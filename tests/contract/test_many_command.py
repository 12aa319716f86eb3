"""The action and the command with `repositories`: what they write, show and answer."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ci_failure_tracker.entry import action, cli
from ci_failure_tracker.sweep import sweep as whole_sweep
from sandbox import Fault, Server, Site
from sandbox.organisation import APP_TOKEN, JOB_TOKEN, Organisation

SMALL = Organisation(repositories=8, failing=0.5, one_cause=3, archived=1, forks=1, private=1, seed=3)
LATER = SMALL.now + timedelta(hours=1)
FAILING = sorted(one.full_name for one in SMALL.members if one.kind == "ordinary" and one.cause != "none")
PASSING = sorted(one.full_name for one in SMALL.members if one.kind == "ordinary" and one.cause == "none")
SWEEP_ALL = ("--branch", "*")
"""What a screening does not see, so that every repository is swept."""

ALL = "org:northwind-labs"
ISSUES = SMALL.issues_repository


@pytest.fixture
def site() -> Site:
    return SMALL.site()


@pytest.fixture(autouse=True)
def server(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    with site.serve() as running:
        for name in ("GH_TOKEN", "GITHUB_REPOSITORY", "GITHUB_WORKSPACE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", running.graphql_url)
        monkeypatch.setenv("GITHUB_TOKEN", APP_TOKEN)
        monkeypatch.chdir(tmp_path)
        for edge in (action, cli):
            monkeypatch.setattr(edge, "now", lambda: LATER)
        yield running


def command(*arguments: str) -> Result:
    return CliRunner().invoke(cli.program, [*arguments, "--exclude-repositories", ISSUES])


def open_issues(site: Site) -> dict[str, list[int]]:
    found = {name: [issue.number for issue in site[name].issues if issue.state == "open"] for name in site.repositories}
    return {name: numbers for name, numbers in found.items() if numbers}


@pytest.fixture
def run_action(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def run(**given: str) -> tuple[int, dict[str, str], str]:
        places = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for name, place in places.items():
            place.write_text("")
            monkeypatch.setenv(name, str(place))
        inputs = {"token": APP_TOKEN, "repositories": ALL, "exclude_repositories": ISSUES, **given}
        for name, value in inputs.items():
            monkeypatch.setenv(f"INPUT_{name.upper()}", value)
        monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
        code = action.main()
        for thread in threading.enumerate():
            if "(_work)" in thread.name:  # a sweep that was stopped does not wait for what was begun
                thread.join(5)
        outputs = re.findall(r"^(.+?)<<(.+)\n((?:.*\n)*?)\2$", places["GITHUB_OUTPUT"].read_text("utf-8"), re.MULTILINE)
        return (
            code,
            {name: value.rstrip("\n") for name, _, value in outputs},
            places["GITHUB_STEP_SUMMARY"].read_text("utf-8"),
        )

    return run


# --- the action ----------------------------------------------------------------------------------


def test_the_action_sweeps_all_and_its_outputs_name_the_repositories(
    site: Site, run_action: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, outputs, summary = run_action(report_dir="report")
    assert code == 0
    assert sorted(open_issues(site)) == FAILING
    created = json.loads(outputs["created-issues"])
    assert sorted(created) == sorted(f"{name}#{numbers[0]}" for name, numbers in open_issues(site).items())
    assert outputs["created-count"] == "4"
    assert (outputs["has-failures"], outputs["failure-count"]) == ("true", "4")
    line = "6 repositories: 4 failing jobs in 4 repositories, 2 only screened, 4 opened"
    assert outputs["summary"] == line
    assert all(name in summary for name in FAILING)
    report = json.loads(Path(outputs["report-path"]).read_text("utf-8"))
    looks = {one["repository"]: one["look"] for one in report["repositories"]}
    assert looks == {**dict.fromkeys(PASSING, "screened"), **dict.fromkeys(FAILING, "swept")}
    output = capsys.readouterr().out
    assert "4 of 4 repositories. northwind-labs/" in output
    assert output.count("::group::") == output.count("::endgroup::")


def test_the_next_sweep_continues_from_the_last_report(site: Site, run_action: Any) -> None:
    run_action(report_dir="report")
    before = open_issues(site)
    code, outputs, _ = run_action(report_dir="report", last_report="report/report.json")
    assert code == 0
    assert json.loads(outputs["created-issues"]) == []
    assert outputs["has-failures"] == "true"
    assert open_issues(site) == before
    _, outputs, _ = run_action(report_dir="report", last_report="report/report.json")
    assert outputs["summary"].endswith("2 only screened, 4 as last time")
    assert outputs["has-failures"] == "true"


@pytest.mark.parametrize("options", [["--execute"], []], ids=["refused", "dry run"])
def test_a_plan_that_was_not_carried_out_is_made_again(
    site: Site, run_action: Any, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setattr(cli._Terminal, "check_interactive", lambda _: None)
    monkeypatch.setattr(cli._Terminal, "agrees", lambda _: False)
    assert command("sweep", "--repositories", ALL, "--report-dir", "report", *options).exit_code == 0
    assert open_issues(site) == {}
    run_action(last_report="report/report.json")
    assert sorted(open_issues(site)) == FAILING


def test_a_missing_last_report_is_a_notice(site: Site, run_action: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run_action()
    before = open_issues(site)
    assert sorted(before) == FAILING
    code, *_ = run_action(last_report="report/report.json")
    assert code == 0
    assert open_issues(site) == before
    assert "::notice" in (output := capsys.readouterr().out)
    assert "There is no last report 'report/report.json'" in output


def test_the_last_50_requests_of_the_hour_are_left_to_other_programs(site: Site, run_action: Any) -> None:
    hour = site._door.limits.budget(site._door.host.tokens[APP_TOKEN], "core")
    hour.used = hour.limit - 60
    _, outputs, _ = run_action()
    assert "left for the next sweep" in outputs["summary"]
    assert hour.limit - hour.used >= 50


@pytest.mark.parametrize("content", ["{", "[]", '{"kind": "organisation"}', "9" * 9_000, '{"kind": [[[[[]]]]]}'])
def test_a_last_report_that_is_none_is_said(
    run_action: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str
) -> None:
    (tmp_path / "last.json").write_text(content)
    code, outputs, _ = run_action(last_report="last.json")
    assert code == 0
    assert "::warning" in capsys.readouterr().out
    assert outputs["created-count"] == "4"


def test_a_dry_run_writes_nothing_anywhere(site: Site, server: Server, run_action: Any) -> None:
    code, outputs, _ = run_action(dry_run="true")
    assert code == 0
    assert open_issues(site) == {}
    assert server.usage(APP_TOKEN).writes_an_hour == 0
    assert outputs["has-failures"] == "true"


def test_an_annotation_names_the_repository_and_the_others_are_swept(
    site: Site, run_action: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    site.inject(Fault("status", path=f"/repos/{FAILING[0]}$", status=404, times=None))
    code, outputs, summary = run_action()
    assert code == 1
    annotations = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::error")]
    assert len(annotations) == 1
    assert f"{FAILING[0]}: GitHub answered 404" in annotations[0]
    assert sorted(open_issues(site)) == FAILING[1:]
    assert outputs["has-failures"] == "true"
    assert FAILING[0] in summary


def test_nothing_is_an_all_clear_if_something_was_not_seen(site: Site, run_action: Any) -> None:
    site.inject(Fault("status", path=f"/repos/{PASSING[0]}$", status=502, times=None))
    _, outputs, _ = run_action(repositories=", ".join(PASSING), branch="*")
    assert (outputs["has-failures"], outputs["failure-count"]) == ("", "")
    site.clear_faults()
    _, outputs, _ = run_action(repositories=", ".join(PASSING), branch="*")
    assert (outputs["has-failures"], outputs["failure-count"]) == ("false", "0")


def test_nothing_that_fits_is_an_error_and_sweeps_nothing(run_action: Any, server: Server) -> None:
    code, outputs, _ = run_action(repositories="northwind-labs/nothing-*")
    assert code == 2
    assert "No repository is chosen" in outputs["summary"]
    assert outputs["created-issues"] == "[]"
    assert "has-failures" not in outputs
    assert server.usage(APP_TOKEN).writes_an_hour == 0


def test_an_owner_that_does_not_exist_is_the_reason_why_nothing_is_chosen(run_action: Any) -> None:
    _, outputs, _ = run_action(repositories="org:southwind-labs")
    assert "GitHub knows no organisation or user 'southwind-labs'." in outputs["summary"]


def test_the_token_of_a_workflow_run_is_told_that_it_has_one_repository(
    run_action: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, *_ = run_action(token=JOB_TOKEN, repositories=f"{FAILING[0]}, org:northwind-labs")
    assert code == 1
    assert "The token of a workflow run has only the repository of the workflow." in capsys.readouterr().out


def test_a_signal_ends_all_sweeps(site: Site, run_action: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = list[str]()

    def begin(*given: Any) -> Any:
        begun.append("")
        if len(begun) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return whole_sweep(*given)

    monkeypatch.setattr(action, "sweep", begin)
    code, outputs, _ = run_action()
    assert code == 1
    assert "The sweep was stopped (SIGTERM)" in outputs["summary"]
    assert "has-failures" not in outputs
    assert len(begun) <= 6
    assert len(open_issues(site)) < len(FAILING)


# --- the inputs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"repositories": "", "exclude_repositories": ISSUES}, "`exclude-repositories` needs `repositories`."),
        ({"repositories": "", "exclude_repositories": "", "last_report": "x"}, "`last-report` needs `repositories`."),
        ({"repositories": "lamp"}, "which lacks the owner"),
        ({"parallel_sweeps": "61"}, "`parallel-sweeps` is 61; give a number from 1 to 60."),
        ({"repositories": "topic:library"}, "without an owner"),
    ],
)
def test_a_bad_combination_is_a_clear_error(
    run_action: Any, capsys: pytest.CaptureFixture[str], given: dict[str, str], words: str
) -> None:
    code, *_ = run_action(**given)
    assert code == 2
    assert words in capsys.readouterr().out


def test_topics_are_those_of_the_owner_of_the_repository(run_action: Any) -> None:
    code, outputs, _ = run_action(repositories="topic:library", repository=ISSUES)
    assert code == 0
    with_topic = {one.full_name for one in SMALL.members if one.place % 3 == 1 and one.kind == "ordinary"}
    assert outputs["summary"].startswith(f"{len(with_topic)} repositories")


def test_many_need_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "")
    monkeypatch.setenv("PATH", "")
    result = command("check", "--repositories", ALL)
    assert result.exit_code == 2
    assert "`repositories` needs a token" in result.stderr


def test_a_workflow_that_few_have_is_no_error() -> None:
    result = command("check", "--repositories", ALL, "--workflow", "Nightly, CI")
    assert result.exit_code == 0
    assert result.stderr.count("Nightly") == 1  # no repository has it, and that is said once
    assert "4 failing jobs in 4 repositories" in result.stderr
    none = command("check", "--repositories", ALL, "--workflow", "Nightly", "--exit-code", *SWEEP_ALL)
    assert none.exit_code == 0
    assert none.stderr.count("Nightly") == 1
    few = command("check", "--repositories", ALL, "--exclude-workflow", "Nightly, CI", *SWEEP_ALL)
    assert few.exit_code == 0
    assert "nothing failing" in few.stderr


# --- the command ---------------------------------------------------------------------------------


def test_the_command_shows_what_it_would_write_and_writes_nothing(server: Server) -> None:
    result = command("sweep", "--repositories", ALL)
    assert result.exit_code == 0
    assert all(name in result.stdout for name in FAILING)
    assert "This was a dry run" in result.stderr
    assert "Would be written (4)" in result.stdout
    assert result.stdout.count("1 to be opened") == 4
    assert "4 to be opened" in " ".join(result.stderr.split())
    assert server.usage(APP_TOKEN).writes_an_hour == 0


def test_the_command_prints_one_report_as_json(server: Server) -> None:
    report = json.loads(command("sweep", "--repositories", ALL, "--format", "json").stdout)
    assert report["kind"] == "organisation"
    assert len(report["repositories"]) == 6
    assert report["requests"]["made"] == len(server.requests) - len([r for r in server.requests if not r.authorized])


def test_the_command_asks_once_for_all(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def agrees(_terminal: object) -> bool:
        asked.append(True)
        return len(asked) > 1

    monkeypatch.setattr(cli._Terminal, "check_interactive", lambda _: None)
    monkeypatch.setattr(cli._Terminal, "agrees", agrees)
    refused = command("sweep", "--repositories", ALL, "--execute")
    assert refused.exit_code == 0
    assert "Nothing was written." in refused.stderr
    assert open_issues(site) == {}
    agreed = command("sweep", "--repositories", ALL, "--execute")
    assert agreed.exit_code == 0
    assert agreed.stdout.count("1 to be opened") == 4
    assert sorted(open_issues(site)) == FAILING
    assert len(asked) == 2
    quiet = command("sweep", "--repositories", ALL, "--execute")
    assert quiet.exit_code == 0
    assert len(asked) == 2


def test_with_yes_the_command_writes_at_once(site: Site) -> None:
    assert command("sweep", "--repositories", ALL, "--execute", "--yes").exit_code == 0
    assert sorted(open_issues(site)) == FAILING


def test_check_tells_whether_anything_fails_in_any() -> None:
    assert command("check", "--repositories", ALL, "--exit-code").exit_code == 3
    assert command("check", "--repositories", ALL).exit_code == 0
    assert command("check", "--repositories", ",".join(PASSING), "--exit-code").exit_code == 1  # they are only screened
    assert command("check", "--repositories", ",".join(PASSING), "--exit-code", *SWEEP_ALL).exit_code == 0


def test_check_looks_at_one_repository_or_at_many() -> None:
    result = command("check", FAILING[0], "--repositories", ALL)
    assert result.exit_code == 2
    assert "OWNER/NAME and --repositories both say what to look at" in " ".join(result.stderr.split())


def test_issues_are_shown_of_one_repository_alone() -> None:
    result = command("sweep", "--repositories", ALL, "--show")
    assert result.exit_code == 2
    assert "--show prints the issues of one repository" in result.stderr


# --- issues in a central repository ----------------------------------------------------------------


def test_the_action_keeps_the_issues_of_all_in_one_repository(site: Site, run_action: Any) -> None:
    code, outputs, summary = run_action(issues_repository=ISSUES, report_dir="report")
    assert code == 0
    assert set(open_issues(site)) == {ISSUES}
    assert len(open_issues(site)[ISSUES]) == 2
    created = json.loads(outputs["created-issues"])
    assert sorted(created) == [f"{ISSUES}#{number}" for number in sorted(open_issues(site)[ISSUES])]
    assert (outputs["has-failures"], outputs["failure-count"]) == ("true", "4")
    assert all(name in summary for name in FAILING)
    report = json.loads(Path(outputs["report-path"]).read_text("utf-8"))
    assert report["issues_repository"] == ISSUES
    assert {one["repository"] for one in report["repositories"] if one["look"] == "swept"} == set(FAILING)


def test_the_next_sweep_of_central_issues_reads_what_is_new_and_what_has_an_issue(site: Site, run_action: Any) -> None:
    run_action(issues_repository=ISSUES, report_dir="report")
    before = open_issues(site)
    code, outputs, _ = run_action(issues_repository=ISSUES, report_dir="report", last_report="report/report.json")
    assert code == 0
    assert json.loads(outputs["created-issues"]) == []
    assert open_issues(site) == before
    report = json.loads(Path(outputs["report-path"]).read_text("utf-8"))
    looks = {one["repository"]: one["look"] for one in report["repositories"]}
    assert {looks[name] for name in PASSING} == {"screened"}


def test_public_central_issues_are_refused_before_anything_is_written(
    site: Site, run_action: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, *_ = run_action(issues_repository=PASSING[0])
    assert code == 2
    assert open_issues(site) == {}
    output = capsys.readouterr().out
    assert "1 of the repositories is not" in output
    (private,) = [one.full_name for one in SMALL.members if one.private]
    assert private not in output
    code, *_ = run_action(issues_repository=PASSING[0], allow_public="true")
    assert set(open_issues(site)) == {PASSING[0]}


def test_one_repository_can_have_its_issues_in_another(site: Site, run_action: Any) -> None:
    code, outputs, _ = run_action(
        repositories="", exclude_repositories="", repository=FAILING[0], issues_repository=ISSUES
    )
    assert code == 0
    assert set(open_issues(site)) == {ISSUES}
    assert json.loads(outputs["created-issues"]) == [f"{ISSUES}#1"]


@pytest.mark.parametrize("agrees", [True, False])
def test_the_command_shows_the_plan_for_central_issues_and_asks(
    site: Site, monkeypatch: pytest.MonkeyPatch, agrees: bool
) -> None:
    monkeypatch.setattr(cli._Terminal, "check_interactive", lambda _: None)
    monkeypatch.setattr(cli._Terminal, "agrees", lambda _: agrees)
    result = command("sweep", "--repositories", ALL, "--issues-repository", ISSUES, "--execute")
    assert result.exit_code == 0, result.output
    assert "2 to be opened" in result.output
    assert set(open_issues(site)) == ({ISSUES} if agrees else set())
    assert ("Nothing was written." in result.output) is not agrees


def test_check_with_central_issues_writes_nothing(site: Site) -> None:
    result = command("check", "--repositories", ALL, "--issues-repository", ISSUES, "--exit-code")
    assert result.exit_code == 3, result.output
    assert all(name in result.output for name in FAILING)
    assert open_issues(site) == {}


# --- a workflow that anybody can read ------------------------------------------------------------


HIDDEN = [one.full_name for one in SMALL.members if one.private]


@pytest.mark.parametrize("what", ["sweep", "discover"])
def test_the_log_of_a_public_repository_names_no_private_one(
    what: str, site: Site, run_action: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_REPOSITORY", PASSING[0])
    code, outputs, summary = run_action(command=what)
    assert code == 2
    told = f"{outputs}{summary}{capfd.readouterr()}"
    assert f"{PASSING[0]} is public, and 1 of the repositories is not" in told
    assert not [name for name in HIDDEN if name in told]
    assert open_issues(site) == {}


@pytest.mark.parametrize(
    "given",
    [
        {"allow_public": "true"},
        {"exclude_repositories": ",".join([ISSUES, *HIDDEN])},
        {"home": ISSUES},
        {"home": "northwind-labs/nobody-sees-it"},
    ],
    ids=["allowed", "none is private", "private itself", "not shown to the token"],
)
def test_where_nobody_reads_it_or_it_is_allowed_a_workflow_names_all(
    given: dict[str, str], run_action: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_REPOSITORY", given.pop("home", PASSING[0]))
    code, outputs, _ = run_action(command="discover", **given)
    assert code == 0
    assert PASSING[0] in outputs["matrix"]


def test_if_github_does_not_say_whether_a_workflow_is_public_it_names_no_private_one(
    site: Site, run_action: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_REPOSITORY", ISSUES)
    site.inject(Fault("status", path="/graphql", status=403, times=None, after=1))
    code, outputs, _ = run_action(command="discover")
    assert code == 2
    assert outputs.get("matrix", "") == ""
