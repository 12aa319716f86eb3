"""Hostile text glued together at random, through each function that makes foreign text safe.

Rendered by GitHub's own library. Where a text is whole sweeps long, `contract/test_hostility.py` has it.
"""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, a_job, a_run, a_scan, some_settings
from ci_failure_tracker.diagnosis.explain import explain, explain_annotations, read_log
from ci_failure_tracker.diagnosis.log import clean
from ci_failure_tracker.entry import action
from ci_failure_tracker.entry.terminal_text import inert_json, inert_lines, lines
from ci_failure_tracker.github.writer import DryRunWriter
from ci_failure_tracker.issues.evidence import short_code
from ci_failure_tracker.issues.title import render_title
from ci_failure_tracker.model import Annotation, Identity, Problem, Requests, Severity
from ci_failure_tracker.report.measures import NOTHING_SEEN
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.summary import render_summary
from ci_failure_tracker.text.markdown import cell, code, log_block, plain, prose
from ci_failure_tracker.text.short_names import short_branch, short_leg
from harmless import (
    check_inactive,
    check_letters,
    check_log,
    check_markdown,
    check_secrets,
    check_title,
    leaves,
    obeyed,
    page_of,
)
from hostile import PIECES, SECRETS, TEXTS, Hostile
from sweeping import make_plan, report_of

URL = "https://github.example/octo-org/example"
ACTIVE = "@#`~<>[]()!|\\*_-:/.w&;$ \t\n\r1aGH\u200b\u202e\x00\x1b\ud800"
GLUED = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(max_size=12), st.text(alphabet=ACTIVE, max_size=12)), max_size=6
).map("".join)
LIMITS = st.integers(1, 220)


def shown(markdown: str) -> list[tuple[bool, str]]:
    """The texts of Markdown in which all is safe, each with whether it is code."""
    return check_markdown(markdown, "it", URL).texts


def in_code(texts: list[tuple[bool, str]]) -> list[str]:
    return [text for is_code, text in texts if is_code]


@given(GLUED, LIMITS)
def test_code_is_one_span_of_code_wherever_it_stands(text: str, limit: int) -> None:
    for made in (code(text, limit), short_code(text, limit)):
        (only,) = in_code(shown(f"Job {made} of workflow {made[:0]}x.\n"))
        assert len(only) <= limit
        assert len(in_code(shown(f"- {made}\n- {made}\n"))) == 2
        assert len(in_code(shown(f"{made} begins it.\n"))) == 1


@given(GLUED, GLUED)
def test_cells_stay_in_their_rows(text: str, other: str) -> None:
    table = f"| a | b | c |\n|---|---|---|\n| {cell(code(text))} | {cell(prose(other))} | end |\n| x | y | z |\n"
    page = check_markdown(table, "a table", URL)
    assert [tag for tag, _ in page.tags].count("td") == 6
    assert [text for _, text in page.texts if text.strip()][-4:] == ["end", "x", "y", "z"]


@given(GLUED, LIMITS)
def test_prose_is_no_markup(text: str, limit: int) -> None:
    sentence = prose(text, limit)
    page = check_markdown(f"**{sentence}** and {sentence}.\n\n> It says: {sentence}\n", "a sentence", URL)
    assert {tag for tag, _ in page.tags} <= {"p", "strong", "code", "blockquote"}


@given(st.lists(GLUED, min_size=1, max_size=8))
def test_a_log_is_one_block(texts: list[str]) -> None:
    given_lines = [line for text in texts for line in (text.split("\n"))]
    page = check_markdown(f"before\n\n{log_block(given_lines)}\n\nafter\n", "a log", URL)
    assert [tag for tag, _ in page.tags] == ["p", "pre", "code", "p"]
    assert "".join(in_code(page.texts)).count("\n") == len(given_lines)


@given(GLUED, GLUED, GLUED)
def test_a_title_is_one_plain_line(workflow: str, job: str, headline: str) -> None:
    check_title(render_title("[CI Failure] {workflow} - {job}: {headline}", Identity("", workflow, job), headline))


@given(GLUED, LIMITS)
def test_short_names_are_visible_and_stay_the_same_when_read_again(text: str, limit: int) -> None:
    for shorter in (lambda name: plain(name, limit), short_leg, short_branch):
        name = shorter(text)
        check_letters(name, "a name")
        assert "\n" not in name
        assert shorter(name) == name


@given(GLUED)
def test_a_line_for_a_runner_is_no_command(text: str) -> None:
    given_lines = [plain(text, 1_000), *lines(text).split("\n")]
    said = inert_lines(given_lines)
    assert [line for line in said if line in given_lines] == given_lines
    assert [*obeyed("\n".join(said))] == []


@given(GLUED)
def test_json_is_no_command_and_means_the_same(text: str) -> None:
    written = inert_json(json.dumps({"it": text}))
    assert [*obeyed(written)] == []
    assert json.loads(written) == {"it": text}


@given(st.lists(GLUED, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_log_of_hostile_lines_is_explained_in_visible_letters(texts: list[str]) -> None:
    written = "\n".join(("##[group]Run x", "##[endgroup]", *texts, *(f"Error: {text}" for text in texts)))
    diagnosis = explain(read_log([written.encode("utf-8", "surrogatepass")]))
    for text in (diagnosis.headline, *(line.text for line in diagnosis.lines)):
        check_letters(text.replace("\t", " "), "an excerpt")
        assert clean(text) == text
    annotations = [Annotation("failure", text, text, text, 1) for text in texts]
    for line in diagnosis.lines if (diagnosis := explain_annotations(annotations)) else ():  # type: ignore[assignment]
        check_letters(line.text.replace("\t", " "), "an excerpt of annotations")


@pytest.mark.parametrize("secret", SECRETS, ids=lambda one: one.name)
def test_no_secret_is_shown(secret: Hostile) -> None:
    whole = {secret.name: secret.secret}
    made = [make(secret.text) for make in (plain, code, prose, lines, short_leg, short_branch)]
    made.append(log_block(secret.text.split("\n")))
    diagnosis = explain(read_log([f"Error: {secret.text}\nError: end\n".encode()]))
    made.extend(line.text for line in diagnosis.lines)
    for text in made:
        check_secrets(text, whole, "it")


# --- problems, which a sweep without faults does not have ----------------------------------------


def a_report_with(problems: list[Problem]) -> Report:
    run = a_run(1)
    snapshot = a_scan([run], {run.id: [a_job()]})
    plan = make_plan(snapshot, some_settings(), START)
    (held,) = DryRunWriter().apply(plan.actions)
    result = dataclasses.replace(held, problems=tuple(problems))
    return report_of(plan, (result,), Requests(1, None, 800), statistics=NOTHING_SEEN, now=START)


@pytest.mark.parametrize("severity", list(Severity))
def test_a_problem_with_a_hostile_name_does_no_harm(
    severity: Severity, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for text in TEXTS[list(Severity).index(severity) :: len(Severity)]:
        name, secrets = text.text[:1_000], {text.name: text.secret} if text.secret else {}
        advice = "Add to the workflow:\npermissions:\n  actions: read\nA line after it."
        report = a_report_with([Problem(severity, f"{name} gets no issue: {name}.", advice), Problem(severity, name)])
        capsys.readouterr()
        action.write_annotations(report.problems)
        log, summary = capsys.readouterr().out, render_summary(report)
        check_log(log)
        assert log.count(f"::{severity.value} title=") == 2
        check_markdown(summary, f"the summary with {text.name}", URL)
        for output in (log, summary, *leaves(json.loads(json.dumps(report_as_json(report))))):
            check_secrets(output, secrets, "the text of a problem")
            check_letters(output, "the text of a problem", "\n\u200b" if output is summary else "\n")


# --- the checks themselves -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "markdown",
    [
        *("@octocat", "&#64;octocat", "\\@octocat", "a@evil.example", "fixes #9001", "GH-9001", "`@\u200boctocat`"),
        *("https://evil.example", "https://\u200bevil.example", "www.evil.example", "_www.evil.example"),
        *("[x](https://evil.example)", "![x](y)", "[x](//evil.example)", "<https://evil.example>"),
        *("<img src=x>", "<p>x</p>", "<script>x</script>", "<!-- x -->", "x[^1]\n\n[^1]: y", "- [ ] x", "~~x~~"),
        *("a\u202eb", "a\x00b", "```\n@\u200boctocat\n```"),
    ],
)
def test_the_checks_find_what_they_look_for(markdown: str) -> None:
    with pytest.raises(AssertionError):
        check_markdown(f"{markdown}\n", "it", URL)


def test_the_library_is_asked_as_github_asks_it() -> None:
    tags = {tag for tag, _ in page_of("www.a.example ~~b~~\n\n|c|\n|-|\n\n- [ ] d\n\ne[^1]\n\n[^1]: f\n").tags}
    assert tags >= {"a", "del", "table", "input", "sup"}


def test_what_is_active_is_found_in_plain_text_as_well() -> None:
    for text in ("@a", "#9001", "gh-1", "http://x", "www.x"):
        with pytest.raises(AssertionError):
            check_inactive(text, "it")
    check_inactive("#1 a @ b # c www x: y // z", "it", references=frozenset({1}))
