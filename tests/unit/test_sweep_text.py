"""A sweep on a terminal: it fits, it links, and foreign text is only text."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from rich.console import Console

from builders import START, a_job, a_reading, a_run, a_scan, red, some_settings
from ci_failure_tracker.entry.sweep_text import SweepText
from ci_failure_tracker.model import CommitsBetween, CurrentFailure, Suspect
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.statistics import make_statistics
from harmless import check_letters
from hostile import TEXTS, Hostile
from sweeping import make_plan, report_of
from unit.test_news import hostile_state

URL = "https://github.example/octo-org/example"
LONG = "integration tests (ubuntu-latest, python 3.13, postgres 17)"


MESSAGE = "ConnectionRefusedError: no database is listening on port 5432"


def a_report(job: str = LONG) -> Report:
    runs = [a_run(1), a_run(2)]
    jobs = {run.id: [a_job(job, number=run.number)] for run in runs}
    readings = tuple(a_reading(red(run, job, jobs[run.id][0].id), MESSAGE) for run in runs)
    snapshot = a_scan(runs, jobs)
    plan = make_plan(dataclasses.replace(snapshot, job_diagnoses=readings), some_settings(), START)
    return report_of(plan, statistics=make_statistics(plan.found, (), some_settings(), START), now=START)


def shown(report: Report, width: int = 80, *, terminal: bool = True, issues: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, color_system="standard" if terminal else None)
    text = SweepText(console, URL)
    text.report(report)
    if issues:
        text.issues(report.results)
    return file.getvalue()


def bare(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", text)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_it_fits_the_terminal_with_several_words_in_a_line(width: int) -> None:
    lines = bare(shown(a_report(), width)).splitlines()
    assert max(map(len, lines)) <= width
    sentence = [line for line in lines if line.startswith("    ")]
    assert len(sentence) < 8
    assert any("fails on main since run 1" in line for line in lines)


def test_each_failure_has_what_failed_since_when_why_and_its_issue() -> None:
    text = " ".join(bare(shown(a_report(), 200)).split())
    for wanted in (
        "New failures (1)",
        "integration tests",
        "fails on main since run 1 (2026-03-01 01:00 UTC): 2 failed runs",
        MESSAGE,
        "latest failure: run 2. The issue is to be opened.",
    ):
        assert wanted in text


@pytest.mark.parametrize("terminal", [True, False])
def test_an_empty_line_is_between_two_failures(terminal: bool) -> None:
    report = a_report()
    (failing,) = report.failing
    both = dataclasses.replace(report, failing=(failing, failing))
    text = bare(shown(both, terminal=terminal))
    assert re.search(r"latest failure: run 2\..*\n *\n  \S", text)


def with_suspects(report: Report, count: int) -> Report:
    (failing,) = report.failing
    commits = tuple(Suspect(f"{number}" * 40, f"Change {number}", "ada") for number in range(1, count + 1))
    state = dataclasses.replace(failing.state, suspects=CommitsBetween("a" * 40, "1" * 40, commits))
    test = dataclasses.replace(hostile_state(failing.identity, "x"), suspects=state.suspects)
    return dataclasses.replace(report, failing=(dataclasses.replace(failing, state=test),))


def test_one_suspect_is_in_the_sentence_and_several_are_in_a_line() -> None:
    one, four = (bare(shown(with_suspects(a_report(), count), 300)) for count in (1, 4))
    assert "since 1111111 Change 1 (ada): 1 failed run" in one
    assert "Suspects" not in one
    assert "Suspects: 1111111 Change 1 (ada); 2222222 Change 2 (ada); 3333333 Change 3 (ada); and more" in four


def test_links_are_clickable_where_a_terminal_can_do_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert f";{URL}/actions/runs/1002\x1b\\" in shown(a_report())
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b]8" not in shown(a_report())


def test_elsewhere_each_thing_is_one_line_without_escapes() -> None:
    text = shown(a_report(), terminal=False)
    assert "\x1b" not in text
    (sentence,) = [line for line in text.splitlines() if "fails on" in line]
    assert len(sentence) > 80
    assert sentence.endswith(": 2 failed runs.")


def test_the_issues_are_shown_as_they_are_written_without_hidden_lines() -> None:
    text = shown(a_report(), terminal=False, issues=True)
    assert "to be opened [CI Failure] CI - " in text
    assert "labels: ci-failure" in text
    assert "Failure id `" in text
    assert "<!-- ci-failure-tracker" not in text
    # What is long is not broken, so that it can be copied.
    assert max(map(len, text.splitlines())) > 80


@pytest.mark.parametrize("hostile", TEXTS, ids=lambda hostile: hostile.name)
def test_a_hostile_text_sends_no_escape_to_a_terminal(hostile: Hostile) -> None:
    text = hostile.text[:300]
    report = a_report("x")

    def with_text(failing: CurrentFailure) -> CurrentFailure:
        identity = dataclasses.replace(failing.identity, workflow=text, job=text)
        return dataclasses.replace(failing, identity=identity, state=hostile_state(identity, text), headline=text)

    report = dataclasses.replace(report, failing=tuple(map(with_text, report.failing)))
    written = shown(report, 200)
    links = {link for link in re.findall(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\", written) if link}
    assert links == {f"{URL}/actions/runs/1002", f"{URL}/commit/{'c' * 40}"}
    check_letters(bare(written), "the terminal", "\n")
