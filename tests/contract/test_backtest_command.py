"""The command `backtest`: over a server it fetches once, and what it records it can replay."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result

from builders import HURRIED, Quiet, some_settings
from ci_failure_tracker.backtest.as_of import RecordedRepository
from ci_failure_tracker.backtest.fetch import HistoryOnGitHub
from ci_failure_tracker.backtest.figures import Figures, figures_of
from ci_failure_tracker.backtest.page import render_backtest_page
from ci_failure_tracker.backtest.report import BacktestReport, Column
from ci_failure_tracker.backtest.sweeps import Backtest, IssueHistory, moments, sweep_history
from ci_failure_tracker.entry import backtest_run
from ci_failure_tracker.entry.cli import program
from ci_failure_tracker.entry.history_folder import HistoryFolder
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Create, Repository
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.settings import read_settings
from histories import REPOSITORY, a_history, recorded
from hostile import TEXTS
from sandbox import Fault, Sandbox, Server
from sweeping import sweep_server

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)


def a_scenario(runs: int = 40) -> dict[str, object]:
    """A job that fails for some days of a month."""
    return {
        "now": "2026-03-31T09:00:00Z",
        "repository": {"full_name": "octo-org/example"},
        "accounts": [{"login": "ada", "name": "Ada Holm", "email": "ada@example.test", "association": "MEMBER"}],
        "workflows": [{"name": "CI", "file": "ci.yml", "jobs": [{"name": "lint"}, {"name": "test"}]}],
        "runs": [
            {
                "workflow": "CI",
                "at": (NOW - timedelta(hours=18 * number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                **({"jobs": [{"name": "test", "conclusion": "failure"}]} if 12 <= number < 16 else {}),
            }
            for number in range(1, runs)
        ],
    }


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_mapping(a_scenario())


@pytest.fixture
def server(box: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    with box.serve() as running:
        prepare(running, monkeypatch, tmp_path)
        yield running


def prepare(running: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_API_URL", running.api_url)
    monkeypatch.setenv("GITHUB_GRAPHQL_URL", running.graphql_url)
    monkeypatch.setenv("GITHUB_TOKEN", "sandbox-token")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.setattr(backtest_run, "now", lambda: NOW)
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["backtest", *arguments])


def figures(*arguments: str) -> dict[str, object]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)["columns"][0]["figures"]
    return found


# --- over a server -------------------------------------------------------------------------------


def test_the_history_is_fetched_once(server: Server) -> None:
    first = figures("octo-org/example", "--weeks", "4")
    assert (first["opened"], first["closed"], first["wrong"]) == (1, 1, 0)
    server.clear_requests()
    assert figures("octo-org/example", "--weeks", "4") == first
    assert server.requests == []


def test_the_repository_and_the_runs_are_listed_once_and_each_log_is_read_once(server: Server) -> None:
    figures("octo-org/example", "--weeks", "4")
    asked = [request.path.removeprefix("/repos/octo-org/example") for request in server.requests]
    assert [path for path in asked if "log" not in path and path != "/graphql"] == [
        "",
        "/actions/workflows",
        "/actions/runs",
    ]
    logs = [path for path in asked if path.endswith("/logs")]
    assert len(logs) == len(set(logs)) == 4


@pytest.mark.usefixtures("server")
def test_twice_a_day_is_twice_the_sweeps_and_the_page_goes_where_it_should(tmp_path: Path) -> None:
    once = figures("octo-org/example", "--weeks", "4")
    twice = figures("octo-org/example", "--weeks", "4", "--every", "12h", "--page", "other.html")
    assert (once["sweeps"], twice["sweeps"]) == (28, 56)
    assert [path.name for path in tmp_path.glob("*.html")] == ["other.html"]


def test_one_more_try_changes_nothing_and_no_secret_of_a_log_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scenario, secret = a_scenario(), "ghp_" + "x1Y2" * 9
    for entry in cast("list[dict[str, Any]]", scenario["runs"]):
        for job in entry.get("jobs", ()):
            refused = f"fatal: token {secret}\nerror: refused with password=hunter2\n"
            job["log"] = f"{refused}curl: (6) Could not resolve host: pears.example\n"
    with Sandbox.from_mapping(scenario).serve() as running:
        prepare(running, monkeypatch, tmp_path)
        first = figures("octo-org/example", "--weeks", "4")
        assert figures("octo-org/example", "--weeks", "4", "--rerun", "transient") == first
    kept = "".join(path.read_text("utf-8") for path in (tmp_path / "cache").rglob("*.*") if path.is_file())
    assert "fatal: token ***" in kept
    assert "password=***" in kept
    assert not any(hidden in kept for hidden in (secret, "hunter2"))


def test_it_prints_a_table_and_the_issues_within_80_columns_and_writes_a_page(server: Server, tmp_path: Path) -> None:
    result = run("octo-org/example", "--set", "close-after=4")
    assert result.exit_code == 0, result.output
    assert "close-after=2  close-after=4" in result.stdout
    assert "CI - test" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "CI - test" in (tmp_path / "backtest.html").read_text("utf-8")
    assert not {request.method for request in server.requests if request.path != "/graphql"} - {"GET"}


def fetched(server: Server, folder: Path, most: int) -> tuple[Figures, str]:
    """The figures of a backtest that sends so many requests at most, and what is missing."""
    endpoints = Endpoints(server.api_url, server.graphql_url)
    requester = connect(Secret("sandbox-token"), endpoints, HURRIED, most)
    github = HistoryOnGitHub(Queries(requester, endpoints, "octo-org/example"), HistoryFolder(folder), Quiet())
    history = github.history(timedelta(days=28), NOW)
    sweeps = tuple(moments(max(history.since, NOW - timedelta(days=28)), NOW, timedelta(days=1)))
    swept = sweep_history(RecordedRepository(history, github), some_settings(), sweeps, Quiet())
    return figures_of(swept), github.problem


@pytest.mark.parametrize("most", [4, 5, 7])
def test_what_the_requests_do_not_reach_is_named_and_fetched_by_the_next_calls(
    server: Server, tmp_path: Path, most: int
) -> None:
    server.clear_requests()
    _, problem = fetched(server, tmp_path / "part", most)
    assert len(server.requests) <= most
    assert re.search(r"sent \d of at most \d requests.* Run the same command again to fetch the rest", problem)
    for _ in range(20):
        figures, problem = fetched(server, tmp_path / "part", 8)
        if not problem:
            break
    assert (figures, problem) == fetched(server, tmp_path / "whole", 800)


def test_a_sweep_of_the_history_opens_what_a_sweep_of_the_server_would_open(tmp_path: Path) -> None:
    scenario = Path(__file__).parents[1] / "sandbox" / "scenarios" / "parcel-tracker" / "scenario.yaml"
    name, moment = "northwind-labs/parcel-tracker", datetime(2026, 11, 20, 9, tzinfo=UTC)
    inputs = {"token": "demo-token", "repository": name, "dry-run": "true"}
    with Sandbox.from_scenario(scenario).serve() as running:
        endpoints = Endpoints(running.api_url, running.graphql_url)
        queries = Queries(connect(Secret("demo-token"), endpoints, HURRIED), endpoints, name)
        github = HistoryOnGitHub(queries, HistoryFolder(tmp_path), Quiet())
        history = github.history(timedelta(days=60), moment)
        swept = sweep_history(RecordedRepository(history, github), read_settings(inputs), (moment,), Quiet())
        report = sweep_server(running, inputs, moment)
    created = [result.action.identity.id for result in report.results if isinstance(result.action, Create)]
    assert sorted(issue.identity for issue in swept.issues) == sorted(created)
    assert len(created) > 4


def test_the_issues_stand_after_each_sweep_as_after_a_sweep_of_a_server_that_grows(tmp_path: Path) -> None:
    """The repository as it stood at a moment is what a server would have shown then."""
    scenario = a_scenario(30)
    entries = sorted(cast("list[dict[str, str]]", scenario.pop("runs")), key=lambda entry: entry["at"])
    inputs = {"token": "sandbox-token", "repository": "octo-org/example"}
    sweeps = tuple(moments(NOW - timedelta(days=21), NOW, timedelta(days=1)))
    box = Sandbox.from_mapping({**scenario, "runs": []})
    there: list[set[tuple[int, bool]]] = []
    with box.serve() as running:
        for now in sweeps:
            while entries and datetime.fromisoformat(entries[0]["at"]) <= now:
                box.add_run(entries.pop(0))
            box.now = now
            sweep_server(running, inputs, now)
            there.append({(issue.number, issue.state == "open") for issue in box.issues})
        endpoints = Endpoints(running.api_url, running.graphql_url)
        queries = Queries(connect(Secret("sandbox-token"), endpoints, HURRIED), endpoints, "octo-org/example")
        github = HistoryOnGitHub(queries, HistoryFolder(tmp_path), Quiet())
        history = github.history(timedelta(days=60), NOW)
        swept = sweep_history(RecordedRepository(history, github), read_settings(inputs), sweeps, Quiet())
    here = [
        {
            (issue.number, any(start <= now and (end is None or now < end) for start, end in issue.spans))
            for issue in swept.issues
            if issue.opened_at <= now
        }
        for now in sweeps
    ]
    assert here == there
    assert {1, 0} <= {len(issues) for issues in here}


def test_more_than_a_thousand_runs_are_listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scenario = a_scenario(1)
    scenario["runs"] = [
        {"workflow": "CI", "at": (NOW - timedelta(minutes=20 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")}
        for number in range(1, 1_300)
    ]
    with Sandbox.from_mapping(scenario).serve() as running:
        prepare(running, monkeypatch, tmp_path)
        result = run("octo-org/example", "--weeks", "4", "--every", "7d", "--format", "json")
        assert json.loads(result.stdout)["runs"] == 1_299


def test_a_run_that_was_run_again_later_is_read_again(
    server: Server, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures("octo-org/example", "--weeks", "4")
    box.rerun("CI", next(run.number for run in box.runs if run.conclusion == "failure"), {"conclusion": "success"})
    monkeypatch.setattr(backtest_run, "now", lambda: NOW + timedelta(hours=7))
    server.clear_requests()
    figures("octo-org/example", "--weeks", "4")
    assert any(request.path.endswith("/actions/runs") for request in server.requests)
    assert len(server.requests) < 12


@pytest.mark.usefixtures("server")
def test_a_log_that_cannot_be_read_is_named(box: Sandbox) -> None:
    box.inject(Fault("status", path="/logs$", status=500, times=None))
    result = run("octo-org/example", "--weeks", "4", "--format", "json")
    assert result.exit_code == 0
    assert "The history lacks" in result.stderr


def test_annotations_are_fetched_for_a_job_whose_log_is_gone(server: Server, box: Sandbox, tmp_path: Path) -> None:
    """REST lists jobs without them; then they are read one by one, once."""
    box.inject(Fault("status", path="/graphql$", status=502, times=None))
    box.inject(Fault("status", path="/logs$", status=404, times=None))
    fetched(server, tmp_path / "history", 800)
    assert any("/annotations" in request.path for request in server.requests)
    server.clear_requests()
    fetched(server, tmp_path / "history", 800)
    assert server.requests == []


def test_a_broken_list_in_the_cache_is_fetched_again(server: Server, tmp_path: Path) -> None:
    first = figures("octo-org/example", "--weeks", "4")
    (kept,) = (tmp_path / "cache").rglob("runs.json")
    kept.write_text(kept.read_text("utf-8")[:100], "utf-8")
    server.clear_requests()
    assert figures("octo-org/example", "--weeks", "4") == first
    assert not [request for request in server.requests if request.path.endswith("/logs")]


@pytest.mark.usefixtures("server")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_what_is_kept_is_for_the_person_alone(tmp_path: Path) -> None:
    """The logs of a private repository lie in the cache, and the names of repositories."""
    figures("octo-org/example", "--weeks", "4", "--record", "plain")
    kept = [*(tmp_path / "cache").rglob("*"), tmp_path / "plain", *(tmp_path / "plain").rglob("*")]
    assert [path for path in kept if path.suffix == ".txt"]
    assert [path for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_two_calls_may_write_the_same_file(tmp_path: Path) -> None:
    history, _, _ = a_history()
    texts = ("a" * 3_000_000, "b" * 3_000_000)

    def write(text: str) -> None:
        for _ in range(20):
            HistoryFolder(tmp_path).keep_log(1, text)

    HistoryFolder(tmp_path).keep_history(history)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, texts))
    assert b"".join(HistoryFolder(tmp_path).log(1)).decode() in texts
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["1.txt"]


def test_an_interruption_keeps_what_was_fetched(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(HistoryOnGitHub, "_read_logs", interrupted)
        result = run("octo-org/example")
    assert result.exit_code == 130
    assert "Stopped. What was fetched is kept." in result.stderr
    server.clear_requests()
    figures("octo-org/example")
    assert not any(request.path.endswith("/actions/runs") for request in server.requests)


@pytest.mark.usefixtures("server")
def test_what_is_recorded_gives_the_same_figures_without_a_server(tmp_path: Path) -> None:
    first = figures("octo-org/example", "--weeks", "4", "--record", "plain")
    assert figures("octo-org/example", "--weeks", "4", "--record", "masked", "--anonymise") == first
    assert figures("--weeks", "4", "--replay", "plain") == figures("--weeks", "4", "--replay", "masked") == first
    masked = "".join(path.read_text("utf-8") for path in (tmp_path / "masked").rglob("*.*"))
    assert not [name for name in ("octo-org", "Ada Holm", "ada@example.test") if name in masked]


def test_a_masked_copy_names_what_may_still_be_a_name_of_the_repository(folder: Path) -> None:
    told = "begin like the repository's name: moon-lander-server"
    history = HistoryFolder(folder)
    known = history.history()
    repository = dataclasses.replace(known.repository, full_name="acme/moon-lander-app")
    history.keep_history(dataclasses.replace(known, repository=repository))
    job = next(job for run in known.runs for job in history.jobs(run) or () if job.conclusion == "failure")
    history.keep_log(job.id, "> moon-lander-server@1.0.0 test\n")
    masked = run("--replay", "history", "--record", "masked", "--anonymise")
    assert told in " ".join(masked.stderr.split())
    assert told not in " ".join(run("--replay", "history", "--record", "plain").stderr.split())


DOCS = Path(__file__).parents[2] / "docs" / "backtest.md"


@pytest.mark.usefixtures("server")
def test_json_has_settings_figures_and_issues_of_each_column(tmp_path: Path) -> None:
    result = run("octo-org/example", "--weeks", "4", "--set", "close-after=4", "--format", "json")
    columns = json.loads(result.stdout)["columns"]
    assert [set(column) >= {"settings", "figures", "issues"} for column in columns] == [True, True]
    assert [len(column["issues"]) for column in columns] == [1, 1]
    assert json.loads(result.stdout)["problems"] == []
    assert not (tmp_path / "backtest.html").exists()


def test_the_options_of_the_page_are_those_of_the_command() -> None:
    page = DOCS.read_text("utf-8")
    options = {name: option for option in program.commands["backtest"].params for name in option.opts}
    rows = re.findall(r"^\| (`--.*) \| (.*) \|$", page, re.MULTILINE)
    assert [name for row, _ in rows for name in re.findall(r"--[\w-]+", row) if name not in options] == []
    assert (options["--weeks"].default, options["--every"].default) == (12, "1d")
    assert "four weeks instead of 12" in page
    assert "twice a day instead of once" in page


def test_the_page_about_it_explains_each_figure() -> None:
    rows = re.search(r"\| figure \|.*?\n\n", DOCS.read_text("utf-8"), re.DOTALL)
    assert rows
    for name, _ in BacktestReport(REPOSITORY, NOW, NOW, 0, ()).rows():
        assert all(word in rows[0] for word in re.findall(r"\w+", name.partition(",")[0]))


# --- a recorded history --------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    recorded(tmp_path / "history")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_API_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "history"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--replay", "nowhere"], "holds no recorded history"),
        (["--replay", "history", "--anonymise"], "give both"),
        (["--replay", "history", "--record", "history"], "needs a new folder"),
        (["--replay", "history", "octo-org/example"], "give one of them"),
        (["--replay", "history", "--set", "close-after"], "write it as `close-after=3`"),
        (["--replay", "history", "--set", "comments=never"], "did you mean `comment`?"),
        (["--replay", "history", "--set", "token=x"], "no input that a backtest can change"),
        (["--replay", "history", "--set", "close-after=often"], "close-after"),
        (["--replay", "history", "--every", "often"], "often"),
        (["--replay", "history", "--every", "0d"], "give `1h` or more"),
        (["--replay", "history", "--record", "history/runs.json/in it"], "cannot be written"),
        (["--replay", "history", "--page", "no/such/folder.html"], "cannot be written"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_mistake_ends_with_2_and_says_what_to_do(arguments: list[str], told: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())


def test_no_page_is_written_through_a_link_of_the_current_folder(folder: Path) -> None:
    """The folder may be a clone of a repository that one does not know."""
    kept = folder.parent / "profile"
    kept.write_text("mine", "utf-8")
    (folder.parent / "backtest.html").symlink_to(kept)
    result = run("--replay", "history")
    assert (result.exit_code, kept.read_text("utf-8")) == (2, "mine")
    assert "is a link" in result.stderr


class Tags(HTMLParser):
    """The tags of a page, and its attributes that name a style, an address or a script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def a_page(text: str) -> str:
    issue = IssueHistory(1, "a", text, [(NOW - timedelta(days=3), NOW - timedelta(days=1)), (NOW, None)])
    column = Column(f"title={text}", Backtest((issue,), (NOW,)))
    repository = Repository(f"octo-org/{text}", "", "main", archived=False, has_issues=True)
    return render_backtest_page(BacktestReport(repository, NOW - timedelta(days=8), NOW, 5, (column, column), (text,)))


SOME = TEXTS if os.environ.get("EVERY_CASE") else TEXTS[::4]


@pytest.mark.parametrize("text", [each.text for each in SOME], ids=[each.name for each in SOME])
def test_a_hostile_text_is_inert_on_the_page(text: str) -> None:
    usual, page = Tags(a_page("a title")), Tags(a_page(text))
    assert page.tags <= usual.tags
    assert page.attributes <= usual.attributes
    assert not usual.tags & {"script", "a", "img", "link", "form"}


def test_the_page_allows_its_own_style_and_nothing_else() -> None:
    page = a_page("a title")
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html.unescape(page)
