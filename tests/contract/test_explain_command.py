"""The command `explain` as its users call it: logs as paths or on stdin, text for people, JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ci_failure_tracker.entry.cli import program
from harmless import obeyed

LOGS = Path(__file__).parents[1] / "sandbox" / "scenarios" / "parcel-tracker" / "logs"

GIZMO = """\
##[group]Run ./frobnicate
##[endgroup]

gizmo: fatal: no widget 'blue'
  wanted by gizmo.frob
##[error]Process completed with exit code 1.
"""


def explain(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(program, ["explain", *arguments], input=stdin)


def test_json_is_one_object_a_line_for_each_log_in_the_order_given(tmp_path: Path) -> None:
    other = tmp_path / "other log.txt"
    other.write_text("E: no such widget: green\n", encoding="utf-8")
    gizmo = tmp_path / "gizmo.txt"
    gizmo.write_text(GIZMO, encoding="utf-8")
    done = explain("--format", "json", str(other), str(gizmo))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [row["path"] for row in rows] == [str(other), str(gizmo)]
    keys = {"path", "headline", "excerpt", "context", "signature", "signatures", "outcome", "kind", "failures"}
    assert [set(row) for row in rows] == [keys] * 2
    assert rows[1]["headline"] == "gizmo: fatal: no widget 'blue'"
    assert rows[1]["excerpt"][0] == {"start": 4, "end": 5}
    assert rows[1]["outcome"] == "failure"
    assert rows[1]["signature"].startswith("v2:")
    assert rows[0]["signature"] != rows[1]["signature"]


def test_json_has_the_facts_of_each_failure() -> None:
    row = json.loads(explain("--format", "json", "-", stdin="src/press.c:31:9: error: 'force' undeclared\n").stdout)
    assert row["kind"] == "compile"
    assert row["failures"] == [
        {
            "tool": "gcc",
            "kind": "compile",
            "subject": "src/press.c",
            "location": "src/press.c:31:9",
            "message": "src/press.c:31:9: error: 'force' undeclared",
            "lines": [{"start": 1, "end": 1}],
        }
    ]


def test_a_dash_is_stdin() -> None:
    row = json.loads(explain("--format", "json", "-", stdin=GIZMO).stdout)
    assert (row["path"], row["headline"]) == ("-", "gizmo: fatal: no widget 'blue'")


def test_the_text_shows_headline_excerpt_with_line_numbers_and_signature() -> None:
    shown = explain("-", stdin=GIZMO).stdout.splitlines()
    assert shown[:2] == ["stdin", "gizmo: fatal: no widget 'blue'"]
    assert shown[2:4] == ["4 gizmo: fatal: no widget 'blue'", "5   wanted by gizmo.frob"]
    assert "failure, signature v2:" in shown[-2]


def test_the_excerpt_can_be_made_shorter() -> None:
    row = json.loads(explain("--format", "json", "--excerpt-lines", "1", "-", stdin=GIZMO).stdout)
    assert row["excerpt"] == [{"start": 4, "end": 4}]


def test_lines_of_a_passing_log_are_not_the_reason(tmp_path: Path) -> None:
    passing = tmp_path / "passing.log"
    passing.write_text("gizmo: fatal: no widget 'red'\n" + GIZMO.replace("##[error]", ""), encoding="utf-8")
    failing = GIZMO.replace("gizmo:", "E: no paint is left\ngizmo:")
    row = json.loads(explain("--format", "json", "--passing-log", str(passing), "-", stdin=failing).stdout)
    assert row["headline"] == "E: no paint is left"
    assert row["excerpt"] == [{"start": 4, "end": 4}]


def test_a_log_that_says_nothing_is_no_error() -> None:
    done = explain("-", stdin="\n")
    assert (done.exit_code, done.stdout) == (0, "stdin\nThe log shows no reason.\n\n")


def test_a_log_that_is_not_there_is_said_before_any_is_read(tmp_path: Path) -> None:
    log = tmp_path / "gizmo.txt"
    log.write_text(GIZMO, encoding="utf-8")
    done = explain(str(log), str(tmp_path / "gone.txt"))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "gone.txt" in done.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_log_can_command_a_runner_or_the_terminal(form: str) -> None:
    hostile = "fatal: ::error::no\n::add-mask::x error:\n##[error]boom error\n\x1b]0;title\x07error: \x1b[2J\u202e\n"
    done = explain("--format", form, "-", stdin=hostile)
    assert done.exit_code == 0
    assert not [line for line in done.stdout.splitlines() if line.lstrip().startswith(("::", "##["))]
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


COPIED = """\
##[group]Run pytest
##[endgroup]
ERROR: tests/test_a.py::test_b[x@y-#1] - npm error @scope/pkg@1.2.3 <b> https://h.example/a
##[error]fatal: ##[error]no
"""


def test_what_is_copied_from_a_terminal_is_what_the_log_holds() -> None:
    done = explain("-", stdin=COPIED)
    for line in COPIED.splitlines()[2:]:
        assert [shown for shown in done.stdout.splitlines() if shown.endswith(line)]
    assert done.stdout.isascii()


@pytest.mark.parametrize("log", [COPIED, "::add-mask::x error\n::error::fatal: no\n"])
def test_a_runner_obeys_no_line_of_a_log(log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal = explain("-", stdin=log).stdout.splitlines()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    on_a_runner = explain("-", stdin=log).stdout
    assert [*obeyed("\n".join(on_a_terminal))]
    assert [*obeyed(on_a_runner)] == []
    assert on_a_runner.splitlines()[1:-1] == on_a_terminal


def test_a_runner_gets_a_log_without_commands_as_a_terminal_does(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal = explain("-", stdin=GIZMO.replace("##[error]", "")).stdout
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert explain("-", stdin=GIZMO.replace("##[error]", "")).stdout == on_a_terminal


@pytest.mark.parametrize("path", sorted(LOGS.glob("*.txt")), ids=lambda path: path.stem)
def test_the_logs_of_the_sandbox_are_explained_as_a_maintainer_would(path: Path) -> None:
    headlines = {
        "dependabot-npm": "dependency_file_not_resolvable",
        "docs-linkcheck": "broken    https://developer.fjordpost.example",
        "e2e-playwright": "TimeoutError: locator.click: Timeout 15000ms exceeded.",
        "lint-mypy": 'src/parcel_tracker/api/handlers.py:64: error: Item "None" of "Parcel | None"',
        "nightly-timeout": "has exceeded the maximum execution time of 60 minutes",
        "publish-docker": "failed to push registry.northwind-labs.example",
        "test-py312-ubuntu": "assert '2026-10-25T05:00:00+01:00' == '2026-10-25T04:00:00+01:00'",
        "test-py313-ubuntu": "assert '2026-10-25T05:00:00+01:00' == '2026-10-25T04:00:00+01:00'",
    }
    row = json.loads(explain("--format", "json", str(path)).stdout)
    assert headlines[path.stem] in row["headline"]
    assert row["outcome"] == ("timed_out" if path.stem == "nightly-timeout" else "failure")
