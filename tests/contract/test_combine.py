"""`combine`: the reports of several sweeps become one, whatever becomes of some of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from ci_failure_tracker.entry import action, kept_report
from ci_failure_tracker.entry.cli import program
from ci_failure_tracker.model.organisation import RepositoryEntry
from ci_failure_tracker.report.organisation_json import organisation_as_json
from ci_failure_tracker.report.report_json import report_as_json
from contract.chat_servers import slack
from organisations import MIRROR, a_report_of, an_entry, an_everyday_organisation, an_organisation

ROOT = Path(__file__).parents[2]

MATRIX = json.dumps(
    {
        "include": [
            {"shard": 1, "shards": 2, "repositories": "octo-org/kettle,octo-org/teapot"},
            {"shard": 2, "shards": 2, "repositories": "octo-org/cup,octo-org/spoon"},
        ]
    }
)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_SERVER_URL", "GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def leave(name: str, *entries: RepositoryEntry) -> Path:
    """A file as a shard leaves it."""
    path = Path("reports") / name / "report.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(organisation_as_json(an_organisation(*entries))), "utf-8")
    return path


def combine(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["combine", *arguments])


def told(result: Result) -> str:
    """What went to stderr, in one line."""
    return " ".join(result.stderr.split())


def test_the_files_of_shards_become_one_of_each_output(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    leave("1", an_entry("octo-org/kettle", {"build": MIRROR}), an_entry("octo-org/teapot", {"build": MIRROR}))
    leave("2", an_entry("octo-org/cup"))
    result = combine("reports/*/report.json", "--report-dir", "out")
    assert result.exit_code == 0, result.output
    line = "3 repositories: 2 failing jobs in 2 repositories, 2 opened"
    assert line in result.stderr
    assert "Causes in several repositories (1)" in result.stdout
    assert line in (folder / "summary.md").read_text("utf-8")
    data = json.loads((folder / "out" / "report.json").read_text("utf-8"))
    assert (data["summary"], data["requests"]["made"]) == (line, 80)
    assert line in (folder / "out" / "report.html").read_text("utf-8")
    metrics = (folder / "out" / "metrics.prom").read_text("utf-8")
    assert 'ci_failure_tracker_repository_failing_jobs{repository="octo-org/kettle"} 1.0' in metrics


@pytest.mark.parametrize("given", [["reports"], ["reports/1", "reports/2/report.json"], ["reports/?/report.json"]])
def test_a_report_is_named_by_its_file_its_folder_or_a_glob(given: Sequence[str]) -> None:
    leave("1", an_entry("octo-org/kettle"))
    leave("2", an_entry("octo-org/cup"))
    assert "2 repositories: nothing failing" in combine(*given).stderr


def test_reports_of_single_repositories_are_taken_as_well() -> None:
    path = leave("1")
    path.write_text(json.dumps(report_as_json(a_report_of("octo-org/cup", {"build": MIRROR}))), "utf-8")
    assert "1 repository: 1 failing job in 1 repository" in combine("reports").stderr


def test_a_missing_shard_is_named_and_the_rest_stands() -> None:
    last = leave("last", an_entry("octo-org/cup", {"build": MIRROR}))
    leave("1", an_entry("octo-org/kettle"), an_entry("octo-org/teapot"))
    result = combine("reports/1", "--expected", MATRIX, "--last-report", str(last), "--report-dir", "out")
    assert result.exit_code == 1
    assert "4 repositories: 1 failing job in 1 repository, 2 left for the next sweep" in result.stderr.replace(
        "\n", " "
    )
    assert "error: Shard 2 brought no report" in result.stderr
    assert json.loads(Path("out/report.json").read_text("utf-8"))["repositories"][0]["repository"] == "octo-org/cup"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is no JSON"),
        (b"[" * 200_000, "it is no JSON"),
        (b'{"version": NaN}', "it is no JSON"),
        (b"\xff\xfe", "it is no JSON"),
        (b"[]", "the report is not an object"),
        (b'{"kind": "other", "version": 1}', "not version 1"),
        (b'{"version": ' + b"9" * 5_000 + b"}", "it is no JSON"),
        (b'{"version": 2, "repository": "a/b"}', "`statistics` is null"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_file_that_is_no_report_is_named_and_the_others_stand(content: bytes, why: str) -> None:
    leave("1", an_entry("octo-org/kettle"))
    leave("2").write_bytes(content)
    result = combine("reports")
    assert result.exit_code == 1
    shown = told(result)
    assert "The report 'reports/2/report.json' could not be read: " in shown.replace("\\\\", "/")
    assert why in shown
    assert "1 repository: nothing failing" in shown


@pytest.mark.parametrize(("server", "code"), [("https://github.example", 0), ("https://git.example", 1), ("", 0)])
def test_a_report_that_leads_to_another_server_is_refused(
    server: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", server)
    leave("1", an_entry("octo-org/kettle", {"build": MIRROR}))
    result = combine("reports")
    assert result.exit_code == code
    assert ("an address in it is not on https://git.example" in told(result)) is bool(code)


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    leave("1", an_entry("octo-org/kettle"))
    monkeypatch.setattr(kept_report, "_MOST_BYTES", 100)
    assert "it has more than 0 MB" in told(combine("reports"))


def test_without_a_report_nothing_is_clear() -> None:
    result = combine("reports/*/report.json")
    assert result.exit_code == 1
    assert "there is no report" in result.stderr
    assert "0 repositories: nothing seen failing" in result.stderr


def test_the_first_time_there_is_no_last_report() -> None:
    leave("1", an_entry("octo-org/kettle"))
    result = combine("reports", "--last-report", "last.json")
    assert result.exit_code == 0
    assert "notice: There is no last report" in result.stderr


def test_options_that_cannot_be_used_are_refused_before_anything_is_read() -> None:
    for options in (["--expected", "x"], ["--smtp-url", "smtp://a"], ["--format", "json", "--slack-payload", "true"]):
        assert combine("reports", *options).exit_code == 2


def test_json_is_what_the_file_holds() -> None:
    leave("1", *an_everyday_organisation().entries)
    result = combine("reports", "--format", "json", "--report-dir", "out")
    assert json.loads(result.stdout) == json.loads(Path("out/report.json").read_text("utf-8"))


def test_each_channel_gets_one_message_of_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    leave("1", an_entry("octo-org/kettle", {"build": MIRROR}), an_entry("octo-org/teapot", {"build": MIRROR}))
    leave("2", an_entry("octo-org/cup", {"build": dataclasses.replace(MIRROR, subject="saucer-core")}))
    with slack() as chat:
        _combine_as_action(monkeypatch, reports="reports", slack_webhook_url=chat.url, dry_run="true")
        assert not chat.messages
        monkeypatch.setenv("CI_FAILURES_SLACK_WEBHOOK_URL", chat.url)
        assert combine("reports", "--report-dir", "out").exit_code == 0
        assert combine("reports", "--last-report", "out/report.json").exit_code == 0
    (message,) = chat.messages
    assert message["text"].startswith("2 new in 3 repositories. 3 repositories: 3 failing jobs in 3 repositories")
    assert "octo-org/kettle and 1 more: CI › build" in json.dumps(message, ensure_ascii=False)


def test_each_step_of_the_workflow_knows_whether_it_is_a_dry_run() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "organisation.yml").read_text("utf-8"))
    steps = [step["with"] for name in ("sweep", "combine") for step in workflow["jobs"][name]["steps"]]
    tracks = [given for given in steps if "report-dir" in given]
    assert [given["dry-run"] for given in tracks] == ["${{ inputs.dry-run }}"] * 2


def _combine_as_action(monkeypatch: pytest.MonkeyPatch, **inputs: str) -> None:
    for name, value in {"command": "combine", "token": "secret", "repository": "octo-org/cup", **inputs}.items():
        monkeypatch.setenv(f"INPUT_{name.upper()}", value)
    assert action.main() == 0
