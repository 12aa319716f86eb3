"""The diagnosis of a job, from its log or its annotations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_failure_tracker.diagnosis.explain import Limits, explain, explain_annotations, read_log
from ci_failure_tracker.model import Annotation, Diagnosis, Outcome

STEP = """\
##[group]Run ./run.sh
./run.sh
##[endgroup]
{output}
##[error]Process completed with exit code 1.
Post job cleanup.
"""


def diagnosis_of(output: str, limits: Limits | None = None) -> Diagnosis:
    log = read_log([STEP.format(output=output).encode()])
    return explain(log, limits) if limits else explain(log)


def annotation(message: str, path: str = ".github", line: int | None = None, level: str = "failure") -> Annotation:
    return Annotation(level=level, message=message, path=path, line=line)


@pytest.mark.parametrize(
    "line",
    [
        "gizmo: fatal: the widget does not fit",
        "E: cannot frobnicate the gizmo",
        "Gizmo::WidgetError (no such widget: blue)",
        "✗ the widget fits the gizmo",
        "gizmo.frob:12: unexpected end of widget",
    ],
)
def test_a_failure_of_an_unknown_tool_is_found_by_its_words(line: str) -> None:
    quiet = [f"frobnicating gizmo {number}" for number in range(200)]
    diagnosis = diagnosis_of("\n".join([*quiet[:150], line, *quiet[150:]]))
    assert diagnosis.headline == line
    assert line in [shown.text for shown in diagnosis.lines]
    assert len(diagnosis.lines) <= 15


def test_a_count_of_zero_failures_is_not_a_failure() -> None:
    said = "gizmo: error: no blue widget"
    noise = "\n".join(
        ["0 errors, 0 failed", "warning: error_level is deprecated", "built with -Werror", "ok fails on error"]
    )
    assert diagnosis_of(f"{noise}\n{said}\n{noise}").headline == said


def test_the_last_line_of_output_beats_the_exit_code_as_headline() -> None:
    diagnosis = diagnosis_of("one gizmo\nanother gizmo")
    assert diagnosis.headline == "another gizmo"


def test_the_exit_code_is_the_headline_of_a_step_without_output() -> None:
    log = read_log([b"##[group]Run false\n##[endgroup]\n##[error]Process completed with exit code 1."])
    assert explain(log).headline == "Process completed with exit code 1."


def test_a_log_without_visible_text_gives_a_diagnosis_without_lines() -> None:
    diagnosis = explain(read_log([b"\n \n"]))
    assert (diagnosis.headline, diagnosis.lines, diagnosis.ranges) == ("", (), ())


def test_a_line_without_a_word_of_failure_is_the_reason_at_the_end_of_its_step_only() -> None:
    fine, red = ["checking a gizmo"] * 60, "\x1b[31mthe gizmo is blue\x1b[0m"
    assert diagnosis_of("\n".join([*fine, red])).headline == "the gizmo is blue"
    assert diagnosis_of("\n".join([*fine, red, *fine])).headline == "checking a gizmo"


def test_a_red_line_beats_an_equal_line_without_colour() -> None:
    diagnosis = diagnosis_of("gizmo one failed\n" + "fine\n" * 60 + "\x1b[31mgizmo two failed\x1b[0m\n" + "fine\n" * 60)
    assert diagnosis.headline == "gizmo two failed"


def test_of_two_equal_complaints_the_one_nearer_to_the_end_is_the_reason() -> None:
    fine = "fine\n" * 60
    diagnosis = diagnosis_of(f"gizmo one failed to turn\n{fine}gizmo two failed to turn\nbye")
    assert diagnosis.headline == "gizmo two failed to turn"


def test_a_line_that_is_printed_often_is_not_the_reason() -> None:
    often = "gizmo: error: retrying\nfine\n" * 30
    assert diagnosis_of(f"{often}widget: error: no paint\n{often}").headline == "widget: error: no paint"


def test_headline_and_excerpt_contain_no_secrets() -> None:
    secret = "ghp_" + "a1B2" * 9
    diagnosis = diagnosis_of(f"gizmo: fatal: cannot log in with {secret}")
    assert secret not in diagnosis.headline + "".join(line.text for line in diagnosis.lines)
    assert diagnosis.headline.startswith("gizmo: fatal: cannot log in with ")


def test_equal_causes_have_equal_signatures_and_other_causes_do_not() -> None:
    one = diagnosis_of("[10:00:01] gizmo: fatal: no widget 'blue' at 0x7ffd01 after 12 s")
    again = diagnosis_of("fine\n" * 99 + "[11:30:07] gizmo: fatal: no widget 'blue' at 0x55aa31 after 3 s")
    other = diagnosis_of("[10:00:01] gizmo: fatal: no widget 'green' at 0x7ffd01 after 12 s")
    assert one.signature == again.signature != other.signature


def test_a_job_that_is_cancelled_after_a_failure_counts_as_failed() -> None:
    log = read_log(
        [b"##[group]Run make\n##[endgroup]\na.c:1:2: error: no such widget\n##[error]The operation was canceled."]
    )
    diagnosis = explain(log)
    assert (diagnosis.outcome, diagnosis.headline) == (Outcome.FAILURE, "a.c:1:2: error: no such widget")


def test_a_log_with_fifty_thousand_failed_steps_is_explained() -> None:
    assert explain(read_log([b"##[group]Run x\n##[error]e\n" * 50_000])).headline == "e"


def test_annotations_explain_a_failure_without_a_log() -> None:
    diagnosis = explain_annotations(
        [
            annotation("Process completed with exit code 1."),
            annotation("no such widget: 'blue'", "src/gizmo.frob", 12),
            annotation("Node.js 16 actions are deprecated.", level="warning"),
        ]
    )
    assert diagnosis
    assert diagnosis.headline == "src/gizmo.frob:12: no such widget: 'blue'"
    assert {line.number for line in diagnosis.lines} == {0}
    assert diagnosis.ranges == ()


@pytest.mark.parametrize(
    "annotations",
    [
        [],
        [annotation("Process completed with exit code 1.")],
        [annotation("Node.js 16 actions are deprecated.", level="warning")],
    ],
    ids=["none", "the exit code", "a warning"],
)
def test_annotations_that_only_report_the_failure_give_no_diagnosis(annotations: list[Annotation]) -> None:
    assert explain_annotations(annotations) is None


def test_an_annotation_can_report_the_time_limit() -> None:
    said = "The job running on runner GitHub Actions 7 has exceeded the maximum execution time of 360 minutes."
    diagnosis = explain_annotations([annotation(said), annotation("The operation was canceled.")])
    assert diagnosis
    assert (diagnosis.outcome, diagnosis.headline) == (Outcome.TIMED_OUT, said)


HOSTILE = st.sampled_from(
    (
        *("error: ", "at ", "Traceback (most recent call last):\n", '  File "', "E   ", "FAILED ", ":1:2: "),
        *("##[error]", "##[group]Run ", "travis_time:start:", 'The command "', "\n", "\r", "\x1b[31m", "\x1b]8;;"),
        *("\ufeff", "\u2028", " " * 300, "a" * 5000),
    )
)


@given(st.lists(st.one_of(HOSTILE, st.text(max_size=20)), max_size=80), st.integers(1, 100))
def test_any_log_can_be_explained_and_its_excerpt_keeps_the_limits(parts: list[str], most: int) -> None:
    text = "".join(parts)
    diagnosis = explain(read_log([text.encode("utf-8", "surrogatepass")]), Limits(lines=most))
    assert len(diagnosis.lines) <= most
    assert sum(min(len(line.text), 300) for line in diagnosis.lines) <= Limits().characters
    assert not diagnosis.headline or any(diagnosis.headline in line.text for line in diagnosis.lines)
    assert sum(one.end - one.start + 1 for one in diagnosis.ranges) == len(diagnosis.lines)
    assert all(1 <= one.start <= one.end <= text.count("\n") + 1 for one in diagnosis.ranges)


def test_the_headline_leaves_out_the_mark_of_a_group() -> None:
    failed = "##[group]❌ finds a pear (failed)\nExpected: <3>\n  Actual: <0>\n##[endgroup]"
    assert diagnosis_of(failed).headline == "❌ finds a pear (failed)"


def test_some_names_and_secrets_look_like_any_other_text() -> None:
    """What docs/diagnosis.md names as limits."""
    one, other = (diagnosis_of(f"Error: cannot lock /tmp/{name}.txt, it is gone") for name in ("kwobeq", "trindal"))
    assert one.signature != other.signature
    prose = "gizmo: fatal: the password is hunter2"
    assert diagnosis_of(prose).headline == prose
