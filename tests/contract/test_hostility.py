"""Hostile text through every place where foreign text gets in, over whole sweeps, and everything that comes out.

Each batch of texts is a repository whose workflows, jobs, legs, steps, branches, commits, authors, changed files,
owners, logs, annotations and dynamic runs are called by them. It breaks, is looked at again, breaks otherwise, is
mended and breaks once more.
`harmless` says what must be true of all that is told of it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

from ci_failure_tracker.entry import action
from ci_failure_tracker.issues.rule_block import table_in
from ci_failure_tracker.model import Create, Update, WriteStatus
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.sweep import sweep
from harmless import (
    check_body,
    check_comment,
    check_inactive,
    check_letters,
    check_log,
    check_markdown,
    check_secrets,
    check_title,
    leaves,
)
from hostile import TEXTS, Hostile
from sandbox import Sandbox, Server
from sandbox.state import Account

REPOSITORY = "octo-org/example"
BATCH = 12
NAME, ANNOTATION = 1_000, 64_000
"""Characters of a name and of an annotation, more than GitHub lets through."""

WORDS = (
    "anchor",
    "beacon",
    "candle",
    "dory",
    "ember",
    "fender",
    "galley",
    "harbour",
    "island",
    "jetty",
    "keel",
    "lamp",
)
EACH = 1 if os.environ.get("EVERY_CASE") else 8
"""Which batches have a life of their own; the usual tests take every fifth."""

BATCHES = [TEXTS[start : start + BATCH] for start in range(0, len(TEXTS), BATCH)]
NOW = datetime.fromisoformat("2026-03-10T09:00:00Z")
SETTINGS = {"branch": "*", "max-new-issues": "500", "max-runs": "500", "comment": "always"}


# --- a repository made of hostile text -----------------------------------------------------------


def as_name(text: str) -> str:
    """The text as a name: only a log is endless."""
    return text[:NAME]


def as_path(text: str) -> str:
    """The text as the name of a file that the log names, too."""
    return f"{text.strip('/')}/test_a.py"


def a_log(text: str, other: str = "") -> str:
    """A log that says the text as the runner's and the tools' own words, and as lines of nobody's."""
    lines = [
        f"##[group]Run {text}",
        text,
        "##[endgroup]",
        "Traceback (most recent call last):",
        f'  File "{text}", line 1, in <module>',
        f"ValueError: {other}{text}",
        f"FAILED tests/test_a.py::test_a - AssertionError: {other}{text}",
        f"Error: {text}",
        f"##[error]{text}",
        text,
        "##[error]Process completed with exit code 1.",
    ]
    return "\n".join(lines) + "\n"


def a_job(name: str, text: str, **more: object) -> dict[str, object]:
    steps = [{"name": "Set up job"}, {"name": text, "conclusion": "failure"}, {"name": "Complete job"}]
    return {"name": name, "conclusion": "failure", "steps": steps, **more}


def a_run(file: str, at: str, text: str = "Fine", **more: object) -> dict[str, object]:
    changed = [as_path(text), "tests/test_a.py"]
    pull = {"number": 9001, "author": text}
    commit = {"title": text, "author": text, "email": text, "files": changed, "pull_request": pull}
    return {"workflow": file, "at": at, "commit": commit, "actor": text, **more}


def said(text: str, word: str) -> list[dict[str, object]]:
    """The text in each place of an annotation; the word keeps two texts of signs alone from being one cause."""
    both = {"title": text, "path": text}
    return [{"message": f"{text} {word}", **both}, {"message": " ", **both}]


def jobs_of(number: int, text: str, said_before: str = "") -> list[dict[str, object]]:
    """A job that has a log, and a leg of a matrix of which only annotations tell."""
    name = as_name(text)
    told = said(said_before + text[:ANNOTATION], WORDS[number])
    return [
        a_job(name, name, log=a_log(text, said_before)),
        a_job(f"test ({name}, {name[::-1]})", name, log="none", annotations=told),
    ]


def green(jobs: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    return [{"name": job["name"]} for job in jobs]


def dynamic(text: str) -> dict[str, object]:
    """Of a run that GitHub started by itself: its name says what it is about."""
    return {"event": "dynamic", "name": text, "title": text}


def runs_of(number: int, text: str) -> Iterator[dict[str, object]]:
    file, jobs, text = f"hostile-{number}.yml", jobs_of(number, text), as_name(text)
    yield a_run(file, "4d ago", branch=text, only_jobs=green(jobs))
    yield a_run(file, "3d ago", text, branch=text, only_jobs=jobs)
    yield a_run(file, "5d ago", text, **dynamic(text), only_jobs=jobs[1:])


def a_repository(texts: Sequence[Hostile]) -> Sandbox:
    numbered = [(number, as_name(one.text)) for number, one in enumerate(texts)]
    scenario = {
        "now": NOW,
        "repository": {"full_name": REPOSITORY},
        "files": {".github/CODEOWNERS": "".join(f"* {text}\n* @ada {text}\n" for _, text in numbered)},
        "workflows": [{"name": text, "file": f"hostile-{number}.yml"} for number, text in numbered],
        "pushed": [
            {"title": f"{text} (#9001)", "author": text, "at": "80h ago", "branch": text} for _, text in numbered
        ],
        "runs": [run for number, one in enumerate(texts) for run in runs_of(number, one.text)],
    }
    return Sandbox.from_mapping(scenario)


def goes_on(box: Sandbox, texts: Sequence[Hostile], chapter: str) -> None:
    """What happens before each sweep but the first."""
    for number, one in enumerate(texts):
        file, jobs, text = f"hostile-{number}.yml", jobs_of(number, one.text, f"{chapter} "), as_name(one.text)
        if chapter in {"otherwise", "again"}:
            box.add_run(a_run(file, "1h ago", text, branch=text, only_jobs=jobs))
        elif chapter == "mended":
            for minute in (40, 30):
                box.add_run(a_run(file, f"{minute}m ago", f"Mend {minute}", branch=text, only_jobs=green(jobs)))
                again = green(jobs[1:])
                box.add_run(a_run(file, f"{minute}m ago", f"Move {minute}", **dynamic(text), only_jobs=again))


# --- the action, driven as a runner does ---------------------------------------------------------


@dataclass
class Told:
    """Everything that a sweep gave out, but for what is in the issues."""

    code: int
    report: Report
    log: str
    summary: str
    outputs: Mapping[str, str]


class Runner:
    """A runner's surroundings for the action."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._monkeypatch, self._capsys, self._folder = monkeypatch, capsys, folder
        self._reports: list[Report] = []

        def keeping(*given: Any) -> Report:
            self._reports.append(sweep(*given))
            return self._reports[-1]

        monkeypatch.setattr(action, "sweep", keeping)
        monkeypatch.setenv("GITHUB_WORKSPACE", str(folder))
        monkeypatch.delenv("RUNNER_DEBUG", raising=False)

    def run(self, box: Sandbox, server: Server, settings: Mapping[str, str]) -> Told:
        inputs = {"token": "sandbox-token", "repository": REPOSITORY, **settings}
        for name, value in inputs.items():
            self._monkeypatch.setenv(f"INPUT_{name.upper().replace('-', '_')}", value)
        self._monkeypatch.setenv("GITHUB_API_URL", server.api_url)
        self._monkeypatch.setenv("GITHUB_GRAPHQL_URL", server.graphql_url)
        self._monkeypatch.setattr(action, "now", lambda: box.now)
        output, summary = (self._folder / name for name in ("output", "summary"))
        for variable, path in (("GITHUB_OUTPUT", output), ("GITHUB_STEP_SUMMARY", summary)):
            path.write_bytes(b"")
            self._monkeypatch.setenv(variable, str(path))
        self._capsys.readouterr()
        code = action.main()
        log = self._capsys.readouterr().out
        assert self._reports, log
        return Told(code, self._reports.pop(), log, summary.read_text("utf-8"), _outputs(output.read_text("utf-8")))


def _outputs(text: str) -> dict[str, str]:
    """The outputs as a runner reads them; a line that belongs to none is an error there."""
    found = {name: value for name, _, value in re.findall(r"(?ms)^([\w-]+)<<(\S+)\n(.*?)\n\2$", text)}
    assert not re.sub(r"(?ms)^([\w-]+)<<(\S+)\n(.*?)\n\2$", "", text).strip()
    return found


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Runner:
    return Runner(monkeypatch, capsys, tmp_path)


# --- what comes out ------------------------------------------------------------------------------


def check_told(told: Told, secrets: Mapping[str, str], url: str, issues: int) -> None:
    check_log(told.log)
    check_secrets(told.log, secrets, "the log of the action")
    check_markdown(told.summary, "the summary", url, references=frozenset(range(1, issues + 1)))
    check_secrets(told.summary, secrets, "the summary")
    assert set(told.outputs) == set(action.outputs(told.report))
    for name, value in told.outputs.items():
        check_letters(value, name)
        check_inactive(value, name)
        check_secrets(value, secrets, name)
    for text in leaves(json.loads(json.dumps(report_as_json(told.report)))):
        for number, line in enumerate(text.split("\n")):
            check_letters(line, f"line {number} of {text[:80]!a} in the report", "\t")
        check_secrets(text, secrets, "the report")


def check_issues(box: Sandbox, secrets: Mapping[str, str], url: str, checked: set[str]) -> None:
    """All that is in the issues; what was there after the sweep before was checked then."""
    for issue in box.issues:
        body, told = issue.body or "", f"issue {issue.number}"
        if body not in checked:
            check_title(issue.title)
            check_body(body, told, url, len(box.issues))
        for comment in issue.comments:
            if comment.body not in checked:
                check_comment(comment.body, url, len(box.issues))
        for text in {issue.title, body, *(comment.body for comment in issue.comments)} - checked:
            check_secrets(text, secrets, told)
            checked.add(text)


def check_everything(box: Sandbox, server: Server, told: Told, texts: Sequence[Hostile], checked: set[str]) -> None:
    url = f"{server.server_url}/{REPOSITORY}"
    secrets = {one.name: one.secret for one in texts if one.secret}
    assert told.code == 0
    assert not told.report.problems
    assert not told.report.logs.unread
    check_told(told, secrets, url, len(box.issues))
    check_issues(box, secrets, url, checked)


LIVES = (("broken", "looked at again", "otherwise"), ("broken", "mended", "again"))
"""Every other batch is told of news, and every other of an end and of what came back."""


@pytest.mark.parametrize(
    ("texts", "chapters"),
    [(texts, LIVES[number % 2]) for number, texts in enumerate(BATCHES)][::EACH],
    ids=[texts[0].name for texts in BATCHES[::EACH]],
)
def test_a_life_of_hostile_text_does_no_harm(texts: Sequence[Hostile], chapters: Sequence[str], runner: Runner) -> None:
    box, checked = a_repository(texts), set[str]()
    with box.serve() as server:
        for chapter in chapters:
            box.now += timedelta(hours=2)
            goes_on(box, texts, chapter)
            told = runner.run(box, server, SETTINGS)
            check_everything(box, server, told, texts, checked)
            changes = [one.action.reason for one in told.report.results if one.status is WriteStatus.DONE]
            assert bool(changes) is (chapter != "looked at again"), changes
    kinds = {(comment.body.partition(":")[0]) for issue in box.issues for comment in issue.comments}
    assert kinds >= ({"Failed again"} if "otherwise" in chapters else {"Closed", "Failing again"})


@pytest.mark.parametrize(
    "other", [{"group-by": "workflow"}, {"group-by": "cause"}, {"group-by": "test"}, {"matrix": "separate"}], ids=str
)
def test_other_groupings_do_no_harm_either(other: Mapping[str, str], runner: Runner) -> None:
    texts = TEXTS[:: len(TEXTS) // BATCH][:BATCH]
    box, checked = a_repository(texts), set[str]()
    with box.serve() as server:
        for chapter in ("broken", "looked at again"):
            told = runner.run(box, server, {**SETTINGS, **other, "title": "{workflow} - {job}: {headline}"})
            check_everything(box, server, told, texts, checked)
            assert any(one.status is WriteStatus.DONE for one in told.report.results) is (chapter == "broken")


_NOT_IN_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def in_xml(text: str) -> str:
    return _NOT_IN_XML.sub("?", as_name(text))


def a_report(text: str, word: str) -> str:
    """A report that says the text in each of its places; the word tells it from those of other texts."""
    text = _NOT_IN_XML.sub("?", text)
    said = quoteattr(text)
    failing = f"<failure message={said} type={said}>{escape(text)}</failure>"
    return (
        f"<testsuite name={said}><testcase name={said} file={said}>{failing}</testcase>"
        f"<testcase classname='{word}' name={said} file={said}>{failing}</testcase></testsuite>"
    )


@pytest.mark.parametrize("texts", BATCHES[1::EACH], ids=[texts[0].name for texts in BATCHES[1::EACH]])
def test_hostile_test_reports_do_no_harm(texts: Sequence[Hostile], runner: Runner) -> None:
    scenario = {
        "now": NOW,
        "repository": {"full_name": REPOSITORY},
        "workflows": [{"name": f"W{number}", "file": f"{number}.yml"} for number, _ in enumerate(texts)],
        "runs": [
            {
                "workflow": f"{number}.yml",
                "at": "2h ago",
                "only_jobs": [{"name": "test", "conclusion": "failure", "log": "make: *** [test] Error 1\n"}],
                "artifacts": [
                    {
                        "name": as_name(one.text),
                        "files": {f"{in_xml(one.text)}/junit.xml": a_report(one.text, f"W{number}")},
                    },
                    {"name": "broken", "files": {f"junit-{in_xml(one.text)}.xml": "<testsuite>"}},
                ],
            }
            for number, one in enumerate(texts)
        ],
    }
    secrets = {one.name: one.secret for one in texts if one.secret}
    box = Sandbox.from_mapping(scenario)
    with box.serve() as server:
        for _ in range(2):
            told = runner.run(box, server, {**SETTINGS, "group-by": "test", "test-reports": "**/junit*.xml, junit*"})
            assert told.code == 0
            check_told(told, secrets, server.server_url, len(box.issues))
            check_issues(box, secrets, server.server_url, set())
    assert len(box.issues) >= len(texts)


@pytest.mark.parametrize("group_by", ["job", "test"])
def test_known_issues_do_no_harm(group_by: str, runner: Runner) -> None:
    """What a rule takes is shown in an issue of a person, and what is wrong in a block, too."""
    texts = TEXTS[1 :: len(TEXTS) // BATCH][:BATCH]
    box, checked = a_repository(texts), set[str]()
    box.state.know(Account("ada", association="MEMBER"))
    mistakes = "\n".join(f"{as_name(one.text)}: {as_name(one.text)}" for one in texts).replace("`", "'")
    secrets = {one.name: one.secret for one in texts if one.secret}
    box.add_issue("All of it", "Mine.\n\n```ci-failure\njob: '*'\n```\n", ["known-issue"], login="ada")
    with box.serve() as server:
        url = f"{server.server_url}/{REPOSITORY}"
        told = runner.run(box, server, {**SETTINGS, "group-by": group_by})
        assert told.report.known
        checked.add(check_known_table(str(box.issue(1).body), secrets, url))
        check_everything(box, server, told, texts, checked)
        box.edit_issue(1, body=f"```ci-failure\n{mistakes}\n```\n", login="ada")
        box.now += timedelta(hours=2)
        told = runner.run(box, server, {**SETTINGS, "group-by": group_by, "max-new-issues": "0"})
        check_known_table(str(box.issue(1).body), {}, url)
        check_told(told, secrets, url, 1)


@pytest.mark.parametrize("group_by", ["job", "cause"])
def test_what_is_merged_and_split_does_no_harm(group_by: str, runner: Runner) -> None:
    """The names of a merged issue, and the headline of a cause that is split off, are shown in other issues."""
    texts = TEXTS[2 :: len(TEXTS) // BATCH][:BATCH]
    box = a_repository(texts)
    box.state.know(Account("ada", association="MEMBER"))
    secrets = {one.name: one.secret for one in texts if one.secret}
    settings = {**SETTINGS, "group-by": group_by}
    with box.serve() as server:
        url = f"{server.server_url}/{REPOSITORY}"
        runner.run(box, server, settings)
        for issue in box.issues:
            line = "not this" if issue.number % 3 == 1 else f"same as #{issue.number - 1}"
            box.edit_issue(issue.number, body=f"{issue.body}\n```ci-failure\n{line}\n```\n", login="ada")
        for chapter in ("broken", "otherwise"):
            box.now += timedelta(hours=2)
            goes_on(box, texts, chapter)
            told = runner.run(box, server, settings)
            check_told(told, secrets, url, len(box.issues))
            for issue in box.issues:
                own = re.sub(r"\n```ci-failure\n.*?\n```\n", "", issue.body or "", flags=re.DOTALL)
                check_body(own, f"issue {issue.number}", url, len(box.issues))
                check_secrets(own, secrets, f"issue {issue.number}")
                for comment in issue.comments:
                    check_comment(comment.body, url, len(box.issues))
    bodies = "\n".join(issue.body or "" for issue in box.issues)
    assert "Counted here, too: #" in bodies
    assert group_by == "cause" or "because a person wrote `not this`" in bodies


def check_known_table(body: str, secrets: Mapping[str, str], url: str) -> str:
    """Check the tracker's own text in a known issue, and return the whole body."""
    table = table_in(body)
    assert table
    visible = [line for line in table.split("\n") if not line.startswith("<!-- ci-failure-tracker-known")]
    check_markdown("\n".join(visible), "the known issue", url)
    check_secrets(table, secrets, "the known issue")
    return body


# --- forged and edited markers -------------------------------------------------------------------

BROKEN = {
    "now": NOW,
    "repository": {"full_name": REPOSITORY},
    "accounts": [{"login": "mallory", "association": "NONE"}],
    "workflows": [{"name": "CI", "jobs": [{"name": "test"}]}],
    "runs": [{"workflow": "CI", "at": "2h ago", "conclusion": "failure"}],
}
_MARKER = re.compile(r"<!-- ci-failure-tracker (\{.*\}) -->")


def edited(body: str, kind: str) -> str:
    """The body as somebody left it who may write here."""
    found = _MARKER.search(body)
    assert found
    marker = {
        "another id": found[0].replace(json.loads(found[1])["id"], "0" * 32),
        "two markers": f"{found[0]} {found[0]}",
        "two megabytes": found[0].replace('"v":1', '"v":2,"more":"' + "x" * 2_000_000 + '"'),
        "broken JSON": found[0].replace('"count":', '"count"'),
        "deep JSON": found[0].replace('"count":', '"count":' + "[" * 100_000 + "]" * 100_000 + ',"c":'),
        "wrong types": found[0].replace('"occurrences":[', '"occurrences":[7,'),
    }[kind]
    return body.replace(found[0], marker)


@pytest.mark.parametrize(
    "kind", ["another id", "two markers", "two megabytes", "broken JSON", "deep JSON", "wrong types"]
)
def test_an_edited_marker_is_told_and_the_issue_left_alone(kind: str, runner: Runner) -> None:
    box = Sandbox.from_mapping(BROKEN)
    with box.serve() as server:
        runner.run(box, server, {})
        body = edited(box.issue(1).body or "", kind)
        box.edit_issue(1, body=body)
        box.add_run(workflow="CI", at="1m ago", conclusion="failure")
        told = runner.run(box, server, {})
        assert told.code == 0
        assert [str(problem) for problem in told.report.problems if "Issue #1 is left alone" in problem.what]
        assert [(issue.number, issue.body, issue.state) for issue in box.issues] == [(1, body, "open")]
        check_told(told, {}, f"{server.server_url}/{REPOSITORY}", 1)


def test_an_outsiders_copy_of_an_issue_is_neither_believed_nor_touched(runner: Runner) -> None:
    box = Sandbox.from_mapping(BROKEN)
    with box.serve() as server:
        runner.run(box, server, {})
        copied = box.add_issue("[CI Failure] CI - test", box.issue(1).body, ["ci-failure"], login="mallory")
        box.add_run(workflow="CI", at="1m ago", conclusion="failure")
        told = runner.run(box, server, {})
        assert told.report.issues(Update) == [1]
        box.close_issue(1, "not_planned")
        runner.run(box, server, {})
        assert (copied.state, copied.comments) == ("open", [])
        assert copied.body != box.issue(1).body
        assert len(box.issues) == 2


def test_an_outsiders_marker_before_there_is_an_issue_stops_nothing(runner: Runner) -> None:
    other, box = Sandbox.from_mapping(BROKEN), Sandbox.from_mapping(BROKEN)
    with other.serve() as server:
        runner.run(other, server, {})
    theirs = box.add_issue("Look", other.issue(1).body, ["ci-failure"], login="mallory")
    before = dict(vars(theirs))
    with box.serve() as server:
        told = runner.run(box, server, {})
        assert told.report.issues(Create) == [2]
        assert vars(theirs) == before
