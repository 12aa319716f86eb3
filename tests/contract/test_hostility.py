"""Hostile text through every place where foreign text gets in, over whole sweeps, and everything that comes out.

Each batch of texts is a repository whose workflows, jobs, legs, steps, branches, commits, authors, logs, annotations
and dynamic runs are called by them. It breaks, is looked at again, breaks otherwise, is mended and breaks once more.
`harmless` says what must be true of all that is told of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ci_failure_tracker.edges import action, surroundings
from ci_failure_tracker.github_api.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.model import Fate
from ci_failure_tracker.reporting.report import Report, report_as_json
from ci_failure_tracker.settings import Secret
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

REPOSITORY = "octo-org/example"
BATCH = 10
BATCHES = [TEXTS[start : start + BATCH] for start in range(0, len(TEXTS), BATCH)]
NOW = datetime.fromisoformat("2026-03-10T09:00:00Z")
SETTINGS = {"branch": "*", "max-new-issues": "500", "max-runs": "500", "comment": "always"}


# --- a repository made of hostile text -----------------------------------------------------------


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
    commit = {"title": text, "author": text, "email": text}
    return {"workflow": file, "at": at, "commit": commit, "actor": text, **more}


def said(text: str) -> list[dict[str, object]]:
    return [{"message": text, "title": text, "path": text}, {"message": " ", "title": text, "path": text}]


def jobs_of(text: str, said_before: str = "") -> list[dict[str, object]]:
    """A job that has a log, and a leg of a matrix of which only annotations tell."""
    return [
        a_job(text, text, log=a_log(text, said_before)),
        a_job(f"test ({text}, {text[::-1]})", text, log="none", annotations=said(said_before + text)),
    ]


def green(jobs: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    return [{"name": job["name"]} for job in jobs]


def runs_of(number: int, text: str) -> Iterator[dict[str, object]]:
    file, jobs = f"hostile-{number}.yml", jobs_of(text)
    yield a_run(file, "4d ago", branch=text, only_jobs=green(jobs))
    yield a_run(file, "3d ago", text, branch=text, only_jobs=jobs)
    dynamic = [a_job("dynamic", text, log="missing", annotations=[])]
    yield a_run(file, "1d ago", text, event="dynamic", name=text, title=text, only_jobs=dynamic)


def a_repository(texts: Sequence[Hostile]) -> Sandbox:
    numbered = list(enumerate(one.text for one in texts))
    scenario = {
        "now": NOW,
        "repository": {"full_name": REPOSITORY},
        "workflows": [{"name": text, "file": f"hostile-{number}.yml"} for number, text in numbered],
        "pushed": [
            {"title": f"{text} (#9001)", "author": text, "at": "80h ago", "branch": text} for _, text in numbered
        ],
        "runs": [run for number, text in numbered for run in runs_of(number, text)],
    }
    return Sandbox.from_mapping(scenario)


def goes_on(box: Sandbox, texts: Sequence[Hostile], chapter: str) -> None:
    """What happens before each sweep but the first."""
    for number, text in enumerate(one.text for one in texts):
        file, jobs = f"hostile-{number}.yml", jobs_of(text, f"{chapter} ")
        if chapter in {"otherwise", "again"}:
            box.add_run(a_run(file, "1h ago", text, branch=text, only_jobs=jobs))
        elif chapter == "mended":
            for minute in (40, 30):
                box.add_run(a_run(file, f"{minute}m ago", f"Mend {minute}", branch=text, only_jobs=green(jobs)))


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
        monkeypatch.setattr(surroundings, "connect", _without_pauses)
        sweep = action.sweep

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


def _without_pauses(token: Secret, endpoints: Endpoints) -> MeteredRequester:
    return connect(token, endpoints, seconds_between_writes=0)


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
            check_letters(line, f"line {number} of {text[:80]!a} in the report")
        check_secrets(text, secrets, "the report")


def check_issues(box: Sandbox, secrets: Mapping[str, str], url: str) -> None:
    for issue in box.issues:
        body = issue.body or ""
        check_title(issue.title)
        check_body(body, f"issue {issue.number}", url, len(box.issues))
        for text in (issue.title, body, *(comment.body for comment in issue.comments)):
            check_secrets(text, secrets, f"issue {issue.number}")
        for comment in issue.comments:
            check_comment(comment.body, url, len(box.issues))


def check_everything(box: Sandbox, server: Server, told: Told, texts: Sequence[Hostile]) -> None:
    url = f"{server.server_url}/{REPOSITORY}"
    secrets = {one.name: one.secret for one in texts if one.secret}
    assert told.code == 0
    assert not told.report.problems
    assert not told.report.logs.unread
    check_told(told, secrets, url, len(box.issues))
    check_issues(box, secrets, url)


@pytest.mark.parametrize("texts", BATCHES, ids=lambda texts: texts[0].name)
def test_a_life_of_hostile_text_does_no_harm(texts: Sequence[Hostile], runner: Runner) -> None:
    box = a_repository(texts)
    with box.serve() as server:
        for chapter in ("broken", "looked at again", "otherwise", "mended", "again"):
            box.now += timedelta(hours=2)
            goes_on(box, texts, chapter)
            told = runner.run(box, server, SETTINGS)
            check_everything(box, server, told, texts)
            fates = [one.fate for one in told.report.results]
            assert (Fate.DONE in fates) is (chapter != "looked at again")
