"""Known issues under every fault: each failure is counted once, no issue is opened beside one, and no text is lost."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from ci_failure_tracker.entry.action import outputs
from ci_failure_tracker.entry.sweep_text import SweepText
from ci_failure_tracker.notify.news import make_news
from ci_failure_tracker.report.page import render_page
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.summary import render_summary
from contract.faults_scenario import NOON, PATIENT, REPOSITORY, TOKEN, AtNoon, killed_at, look
from contract.test_fault_campaign import FAULTS
from sandbox import Fault, Sandbox
from sandbox.play import play, read_story, sweep_over_http

EVERY = bool(os.environ.get("EVERY_CASE"))
"""Whether to try each request; otherwise each fault strikes every 23rd one, and each fault others."""

SCHEMA = Path(__file__).parents[2] / "docs" / "report.schema.json"
_MIRROR = "Error: no answer from mirror.example within 30 s\\n"
_SCENARIO = """
now: 2026-03-09T12:00:00Z
repository: {full_name: octo-org/example}
accounts: [{login: ada, association: MEMBER}]
tokens: {sandbox-token: {login: "github-actions[bot]", rate_limit: 1000000}}
workflows:
  - {name: CI, jobs: [{name: fetch}, {name: test}]}
  - {name: Docs, jobs: [{name: build}]}
runs:
  - {workflow: CI, at: 2026-03-08T10:00:00Z}
  - {workflow: Docs, at: 2026-03-08T10:30:00Z}
  - {workflow: Docs, at: 2026-03-09T10:30:00Z,
     jobs: [{name: build, conclusion: failure, log: "a.md:3: broken link to the harbour\\n"}]}
"""
_RULES = {
    "The mirror": "It needs a disk.\n\n```ci-failure\nmatch: no answer from mirror.example\n```\nMore of it.\n",
    "The harbour": "```ci-failure\nmatch: broken link to the harbour\n```\n",
    "A mistake": "```ci-failure\nmatsch: nothing\n```\n",
}
_TABLE = re.compile(r"\n\n<!-- ci-failure-tracker-known:begin -->.*?<!-- ci-failure-tracker-known:end -->\n", re.DOTALL)


class Teaching(AtNoon):
    """A repository with an issue of the tracker, three known issues, and a failure that one of them takes."""

    def said(self) -> list[tuple[object, ...]]:
        """All issues as their readers see them."""
        return [(one.number, one.state, one.state_reason, one.body, len(one.comments)) for one in self.box.issues]

    def goes_on(self, case: str) -> None:
        """After two clean sweeps all is as if nothing had happened."""
        for minutes in (10, 20):
            self.look(minutes)
        states = {issue.number: (issue.title, issue.state, len(issue.comments)) for issue in self.box.issues}
        assert states[1][1:] == ("closed", 1), case
        assert [state[1] for number, state in states.items() if number > 1] == ["open"] * len(_RULES), case
        for issue in self.box.issues[1:]:
            body = issue.body or ""
            assert _TABLE.sub("\n", body).rstrip() == _RULES[issue.title].rstrip(), case
            assert body.count("ci-failure-tracker-known:begin") == 1, case
        bodies = {issue.title: issue.body or "" for issue in self.box.issues}
        assert "| 1 | 1 | 1 |" in bodies["The mirror"], case
        assert "| 0 | 1 | 1 |" in bodies["The harbour"] or "| 1 | 1 | 1 |" in bodies["The harbour"], case
        assert "Did you mean `match`?" in bodies["A mistake"], case


@pytest.fixture(scope="module")
def teaching() -> Iterator[Teaching]:
    box = Sandbox.from_yaml(_SCENARIO)
    with box.serve() as server:
        look(server, PATIENT, NOON - timedelta(minutes=30))
        for title, body in _RULES.items():
            box.add_issue(title, body, ["known-issue"], login="ada")
        failed = {"name": "fetch", "conclusion": "failure", "log": _MIRROR.replace("\\n", "\n")}
        box.add_run(workflow="CI", at="2026-03-09T11:00:00Z", jobs=[failed])
        yield Teaching(box, server, box.keep())


def test_one_sweep_does_all_of_it_and_the_next_one_nothing(teaching: Teaching) -> None:
    teaching.clean()
    report = teaching.look()
    assert report.line.endswith("2 known failures, 1 closed, 3 known issues updated")
    kept = next(issue.number for issue in teaching.box.issues if issue.title == "The harbour")
    assert teaching.box.issue(1).duplicate_of == kept
    said = teaching.said()
    assert teaching.look().line == "octo-org/example: 2 known failures, no issue changed"
    assert teaching.said() == said
    teaching.goes_on("nothing")


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "late"])
def test_a_fault_loses_no_failure_and_counts_none_twice(teaching: Teaching, fault: str) -> None:
    requests = teaching.requests()
    cases = range(requests) if EVERY else range([*FAULTS].index(fault) % 60, requests, 60)
    for after in cases:
        for times in (1, 6):
            teaching.struck(replace(FAULTS[fault], after=after, times=times))
            teaching.goes_on(f"{fault}, {times} from request {after + 1}")
    print(f"\n{fault}: {len(cases)} cases, nothing lost, nothing counted twice", end="")


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
def test_a_sweep_killed_around_any_request_is_completed(
    teaching: Teaching, monkeypatch: pytest.MonkeyPatch, answered: bool
) -> None:
    requests = teaching.requests()
    for last in range(1, requests + 1) if EVERY else range(1 + 5 * answered, requests + 1, 25):
        teaching.clean()
        with killed_at(last, monkeypatch, answered=answered):
            teaching.look()
        teaching.goes_on(f"killed at request {last}")


@pytest.mark.parametrize("status", [403, 404, 500])
def test_without_an_answer_who_may_write_no_rule_counts_and_nothing_is_written(teaching: Teaching, status: int) -> None:
    teaching.clean()
    before = teaching.said()
    body = '{"message": "Resource not accessible by integration"}'
    teaching.box.inject(Fault("status", path="/permission$", status=status, body=body, times=None))
    report = teaching.look()
    after = teaching.said()
    assert after[1:4] == before[1:4]
    assert not report.known_results
    notices = [problem for problem in report.problems if "nown issues" in problem.what]
    assert len(notices) == 1
    # A fault passes, so the failure waits; a refusal does not.
    assert len(after) == (4 if status == 500 else 5)
    teaching.box.clear_faults()


_FORBIDDEN = {"type": "FORBIDDEN", "path": ["repository", "issues"], "message": "Resource not accessible"}


def _not_listed(how: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A change of each answer that holds the list of known issues."""

    def change(answer: dict[str, Any]) -> dict[str, Any]:
        repository = (answer.get("data") or {}).get("repository") or {}
        if "issues" in repository:
            repository["issues"] = None
            if how == "missing":
                del repository["issues"]
            elif how == "forbidden":
                answer["errors"] = [_FORBIDDEN]
        return answer

    return change


@pytest.mark.parametrize("how", ["null", "missing"])
def test_a_list_of_known_issues_that_is_not_there_opens_and_closes_nothing(teaching: Teaching, how: str) -> None:
    teaching.clean()
    before = teaching.said()
    teaching.box.inject(Fault("malformed", path="/graphql$", change=_not_listed(how), times=None))
    report = teaching.look()
    assert teaching.said() == before
    (problem,) = report.problems
    assert problem.what.startswith("No issue was opened, because the known issues could not be read.")
    teaching.box.clear_faults()
    teaching.goes_on(how)


@pytest.mark.parametrize("how", ["null", "missing", "forbidden"])
def test_a_duplicate_of_a_known_issue_stays_closed_if_the_list_is_not_there(teaching: Teaching, how: str) -> None:
    teaching.clean()
    teaching.look()
    log = "a.md:3: broken link to the harbour\n"
    failed = {"name": "build", "conclusion": "failure", "log": log}
    teaching.box.add_run(workflow="Docs", at="2026-03-09T12:05:00Z", jobs=[failed])
    before = teaching.said()
    teaching.box.inject(Fault("malformed", path="/graphql$", change=_not_listed(how), times=None))
    report = teaching.look(20)
    assert teaching.said()[0] == before[0]
    assert outputs(report)["has-failures"] == "true"
    assert sum("nown issues" in problem.what for problem in report.problems) == 1
    teaching.box.clear_faults()


def test_what_a_person_writes_while_the_tracker_does_stays(teaching: Teaching) -> None:
    teaching.clean()

    def written(answer: dict[str, object]) -> dict[str, object]:
        """The tracker has read the list, and now Ada writes."""
        number = next(issue.number for issue in teaching.box.issues if issue.title == "The mirror")
        body = str(teaching.box.issue(number).body)
        if "Ada was here." not in body:
            teaching.box.edit_issue(number, body=f"{body}\nAda was here.\n", login="ada")
        return answer

    teaching.box.inject(Fault("malformed", path=r"/permission$", change=written))
    teaching.look()
    body = next(str(issue.body) for issue in teaching.box.issues if issue.title == "The mirror")
    assert "Ada was here." in body
    assert "| 1 | 1 | 1 |" in body


def test_a_block_that_changes_while_the_tracker_writes_is_not_written_over(teaching: Teaching) -> None:
    teaching.clean()
    number = next(issue.number for issue in teaching.box.issues if issue.title == "The mirror")
    changed = "```ci-failure\nmatch: quite another text\n```\n"

    def written(answer: dict[str, object]) -> dict[str, object]:
        teaching.box.edit_issue(number, body=changed, login="ada")
        return answer

    teaching.box.inject(Fault("malformed", path=r"/permission$", change=written))
    teaching.look()
    assert teaching.box.issue(number).body == changed
    teaching.look(10)
    assert "it matched 0 of" in str(teaching.box.issue(number).body)


# --- what is said of it --------------------------------------------------------------------------


@pytest.mark.parametrize("dry", [False, True])
def test_every_output_names_what_known_issues_took(teaching: Teaching, dry: bool) -> None:
    teaching.clean()
    if dry:
        inputs = {"token": TOKEN, "repository": REPOSITORY, "dry-run": "true"}
        report = sweep_over_http(teaching.server, inputs, NOON)
    else:
        report = teaching.look()
    data = report_as_json(report)
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(data)
    mirror, harbour, mistake = data["known_issues"]
    assert (mirror["status"], mirror["rule"], mirror["action"]) == (
        "counts",
        "match: no answer from mirror.example",
        "track",
    )
    assert [each["job"] for each in mirror["failing"]] == ["fetch"]
    assert mirror["matches"] == {"day": 1, "week": 1, "month": 1}
    assert {each["written"] for each in data["known_issues"]} == {"planned" if dry else "done"}
    assert [each["job"] for each in harbour["failing"]] == ["build"]
    assert (mistake["status"], mistake["rule"]) == ("broken", None)
    assert "Did you mean `match`?" in mistake["why"][0]
    assert outputs(report)["has-failures"] == "true"
    assert outputs(report)["failure-count"] == "2"
    (fetch,) = [each for each in data["statistics"]["jobs"] if each["job"] == "fetch"]
    assert fetch["measures"]["failed"] == 1
    section = render_summary(report).partition("### Counted in known issues (2)")[2]
    assert "#2](" in section.partition("\n\n###")[0]
    assert "`CI` › `fetch`, [run 2]" in section
    updated = "to be updated" if dry else "updated"
    assert f"#2]({report.repository.url}/issues/2): {updated}, 1 new match" in render_summary(report)
    assert "Counted in known issues" in render_page(report)
    shown = io.StringIO()
    SweepText(Console(file=shown, width=200), report.repository.url).report(report)
    assert "CI › fetch: known issue #2 (match: no answer from mirror.example), run 2" in shown.getvalue()
    assert f"#4: {updated}, its rule does not count: it has mistakes" in shown.getvalue()


def test_what_is_ignored_is_no_failure_and_no_all_clear(teaching: Teaching) -> None:
    teaching.clean()
    teaching.box.edit_issue(2, body="```ci-failure\nworkflow: '*'\naction: ignore\n```\n", login="ada")
    assert outputs(teaching.look())["has-failures"] == "false"
    report = teaching.look(10)
    # The harbour has a known issue that was written later, and the older one counts.
    assert (outputs(report)["has-failures"], outputs(report)["failure-count"]) == ("false", "0")
    assert report.line == "octo-org/example: nothing failing, 2 failures ignored, no issue changed"
    assert "ignored, [run 2]" in render_summary(report)
    assert make_news(report).items == ()
    assert all(item["ignored"] for item in report_as_json(report)["known_issues"][0]["failing"])


@pytest.mark.parametrize("hour", ["08", "02"])
def test_no_issue_is_opened_before_the_log_was_read(hour: str) -> None:
    """More jobs fail than a sweep opens issues for, and so than it reads logs of."""
    names = [f"fetch-{letter}" for letter in "abcdefghijklmnopqrstuvwx"]
    log = _MIRROR.replace("\\n", "\n")
    story = {
        "history": {
            "now": "2026-03-09T09:00:00Z",
            "accounts": [{"login": "ada", "association": "MEMBER"}],
            "workflows": [{"name": name, "jobs": [{"name": "fetch"}]} for name in names],
            "runs": [
                {
                    "workflow": name,
                    "at": f"2026-03-09T{hour}:30:00Z",
                    "jobs": [{"name": "fetch", "conclusion": "failure", "log": log}],
                }
                for name in names
            ],
            "issues": [
                {
                    "title": "The mirror",
                    "login": "ada",
                    "labels": ["known-issue"],
                    "body": "```ci-failure\nmatch: no answer from mirror.example\n```\n",
                }
            ],
        },
        "then": [{"now": f"2026-03-09T{at}:00:00Z"} for at in ("10", "11", "12")],
    }
    records = list(play(read_story(story)))
    assert [len(record.after) for record in records] == [1] * 4
    last = records[-1].report
    assert last is not None
    assert last.line == "octo-org/example: 24 known failures, no issue changed"


def test_an_issue_that_a_person_reopened_is_not_closed_for_a_known_issue() -> None:
    job = {"name": "fetch", "conclusion": "failure", "log": _MIRROR.replace("\\n", "\n")}
    story = {
        "settings": {"close-after": 1},
        "history": {
            "now": "2026-03-09T09:00:00Z",
            "accounts": [{"login": "ada", "association": "MEMBER"}],
            "workflows": [{"name": "CI", "jobs": [{"name": "fetch"}]}],
            "runs": [{"workflow": "CI", "at": "2026-03-09T08:30:00Z", "jobs": [job]}],
        },
        "then": [
            {"now": "2026-03-09T10:00:00Z", "runs": [{"workflow": "CI", "at": "2026-03-09T09:30:00Z"}]},
            {"now": "2026-03-09T11:00:00Z", "reopen": [{"issue": 1}]},
            {
                "now": "2026-03-09T12:00:00Z",
                "runs": [{"workflow": "CI", "at": "2026-03-09T11:30:00Z", "jobs": [job]}],
                "open": [
                    {"title": "The mirror", "login": "ada", "labels": ["known-issue"], "body": _RULES["The mirror"]}
                ],
            },
        ],
    }
    records = list(play(read_story(story)))
    assert [record.after[1].state for record in records] == ["open", "closed", "open", "open"]
