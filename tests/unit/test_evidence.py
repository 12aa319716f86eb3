"""How an issue shows why a job failed."""

from __future__ import annotations

import dataclasses

import pytest

from builders import a_reading, a_run, red, some_settings
from ci_failure_tracker.issues.title import render_title
from ci_failure_tracker.model import (
    ExcerptLine,
    Identity,
    IdentityKind,
    JobDiagnosis,
    LogUnavailable,
    Observation,
    Outcome,
    State,
)
from ci_failure_tracker.text.markdown import cut_in_middle
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.observations import with_diagnoses
from ci_failure_tracker.tracking.state_update import updated_state
from harmless import check_inactive, page_of
from sweeping import TEMPLATE

URL = "https://github.example/octo-org/example"


def state_of(seen: list[Observation], *readings: JobDiagnosis, **given: str) -> State:
    (history,) = read_histories(with_diagnoses(seen, readings), some_settings(**given))
    return updated_state(None, history)


def text(state: State) -> str:
    return next(TEMPLATE.regions(state, URL, 2))


def with_lines(reading: JobDiagnosis, *lines: ExcerptLine) -> JobDiagnosis:
    assert reading.diagnosis
    return dataclasses.replace(reading, diagnosis=dataclasses.replace(reading.diagnosis, lines=lines))


def block(body: str) -> list[str]:
    return body.split("```text\n")[1].split("\n```", maxsplit=1)[0].split("\n")


def test_the_lines_come_right_after_the_first_sentence() -> None:
    seen = [red(a_run(1))]
    body = text(state_of(seen, a_reading(seen[0])))
    lead, shown, source, *_ = body.split("\n\n")
    assert lead == "Job `test` of workflow `CI` fails on `main` since run 1 (2026-03-01 01:00 UTC): 1 failed run."
    assert shown == "```text\nbefore\nValueError: no year\n```"
    assert source == f"[Lines 7 to 8 of the log]({URL}/actions/runs/1001/job/5001#step:2:1)."


def test_gaps_and_repeats_are_shown() -> None:
    seen = [red(a_run(1))]
    lines = (
        ExcerptLine(3, "first", left_out=9),
        ExcerptLine(5, "after an empty line", left_out=1),
        ExcerptLine(20, "far below", left_out=14, repeats=3),
        ExcerptLine(21, "last"),
    )
    body = text(state_of(seen, with_lines(a_reading(seen[0]), *lines)))
    assert block(body) == [
        "first",
        "",
        "after an empty line",
        "… 14 lines left out",
        "far below",
        "… 3 more like this",
        "last",
    ]
    assert "[Lines 3 to 21 of the log]" in body


def test_a_single_line_is_not_shown_twice() -> None:
    seen = [red(a_run(1))]
    reading = a_reading(seen[0])
    body = text(state_of(seen, with_lines(reading, ExcerptLine(7, f"##[error]{reading.headline}"))))
    assert "```" not in body
    assert "[Line 7 of the log]" in body
    assert "Start from the lines" not in body


def test_of_a_matrix_the_leg_is_named() -> None:
    seen = [red(a_run(1), "test (a)", 1), red(a_run(1), "test (b)", 2)]
    body = text(state_of(seen, a_reading(seen[1])))
    assert "/job/2#step:2:1) of `b`." in body


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            LogUnavailable.NOT_FOUND,
            "is not there (404), and no annotation says why it failed. GitHub has no log of a job",
        ),
        (LogUnavailable.GONE, "is no longer there (410), and no annotation says why it failed. GitHub deletes logs"),
        (LogUnavailable.EMPTY, "is empty, and no annotation says why it failed. The job printed nothing."),
    ],
)
def test_the_note_says_why_there_is_no_log(reason: LogUnavailable, words: str) -> None:
    seen = [red(a_run(1))]
    assert f"The log of [run 1]({URL}/actions/runs/1001/job/5001) {words}" in text(
        state_of(seen, a_reading(seen[0], "", reason))
    )


def test_annotations_that_stand_in_for_a_log_are_named_as_such() -> None:
    seen = [red(a_run(1))]
    body = text(state_of(seen, a_reading(seen[0], absence=LogUnavailable.GONE)))
    page = f"{URL}/actions/runs/1001"
    assert f"From the [annotations of the job]({page}/job/5001), for its log is no longer" in body
    assert "The log of" not in body


def test_an_older_failure_is_shown_where_the_newest_has_no_log() -> None:
    seen = [red(a_run(1)), red(a_run(2))]
    body = text(state_of(seen, a_reading(seen[0]), a_reading(seen[1], "", LogUnavailable.GONE)))
    assert f"of [run 1]({URL}/actions/runs/1001)." in body
    assert "The log of [run 2]" in body
    assert "Start from the lines above" not in body


def test_a_table_of_causes_stands_where_there_are_several() -> None:
    seen = [red(a_run(number)) for number in (1, 2, 3)]
    readings = [a_reading(each, "disk | full" if each.run.number == 1 else "no route") for each in seen]
    assert "<summary>Causes" not in text(state_of(seen[1:], *readings[1:]))
    body = text(state_of(seen, *readings))
    assert "| `no route` | 2 | 2026-03-01 02:00 UTC | 2026-03-01 03:10 UTC |" in body
    assert "| `disk \\| full` | 1 | 2026-03-01 01:00 UTC | 2026-03-01 01:10 UTC |" in body


def test_causes_that_a_reader_cannot_tell_apart_are_one_row() -> None:
    seen = [red(a_run(number)) for number in (1, 2, 3)]
    readings = [a_reading(each, "TS2304" if each.run.number < 3 else "no route") for each in seen]
    readings[0] = dataclasses.replace(readings[0], signature="v1:other")
    body = text(state_of(seen, *readings))
    assert "| `TS2304` | 2 | 2026-03-01 01:00 UTC | 2026-03-01 02:10 UTC |" in body
    assert "<summary>Causes" not in text(state_of(seen[:2], *readings[:2]))
    assert "failed for another reason" not in body


def test_failed_jobs_whose_cause_is_not_known_are_counted_under_the_table() -> None:
    seen = [red(a_run(number)) for number in range(1, 6)]
    state = state_of(seen, a_reading(seen[0], "disk full"), a_reading(seen[1], "no route"))
    assert "and 3 more whose log was not read." in text(state)
    assert "not read" not in text(dataclasses.replace(state, legs_cut=True))


def test_causes_that_are_no_longer_named_are_counted_under_the_table() -> None:
    seen = [red(a_run(number)) for number in range(1, 13)]
    body = text(state_of(seen, *(a_reading(each, f"cause {each.run.number}") for each in seen)))
    assert "and 2 more that failed earlier for another reason." in body


def test_the_lines_go_before_the_issue_grows_too_long() -> None:
    seen = [red(a_run(1))]
    regions = list(TEMPLATE.regions(state_of(seen, a_reading(seen[0])), URL, 2))
    assert "before\n" in regions[0]
    assert "```" not in regions[-1]
    assert "`ValueError: no year`" in regions[-1]


def test_what_a_log_holds_is_only_text() -> None:
    hostile = "``` <h1>x</h1> ![p](https://evil.example/p.png) @octocat fixes #1 | <!-- -->"
    seen = [red(a_run(1)), red(a_run(2))]
    texts = ("```", hostile.strip("` "), "~~~", "</code></pre>", "````", hostile)
    lines = tuple(ExcerptLine(number, text) for number, text in enumerate(texts, start=1))
    body = text(state_of(seen, a_reading(seen[0], f"a {hostile}"), with_lines(a_reading(seen[1], hostile), *lines)))
    page = page_of(body)
    assert [tag for tag, _ in page.tags].count("table") == 3
    assert not {"h1", "img"} & {tag for tag, _ in page.tags}
    for in_code, shown in page.texts:
        if not in_code:
            check_inactive(shown, "a text outside of code")
    assert "\n".join(texts) + "\n" in [shown for in_code, shown in page.texts if in_code]


def test_the_first_advice_depends_on_how_it_ended() -> None:
    seen = [red(a_run(1), outcome=Outcome.CANCELLED)]
    failed = [red(a_run(1))]
    assert "What to do: Re-run the failed job once" in text(state_of(failed, a_reading(failed[0])))
    lost = text(state_of(seen, a_reading(seen[0], "gone", outcome=Outcome.RUNNER_LOST)))
    assert "GitHub lost the runner" in lost
    assert "UTC (runner lost) |" in lost
    late = text(state_of(seen, a_reading(seen[0], "late", outcome=Outcome.TIMED_OUT)))
    assert "timeout-minutes" in late


# --- an issue for a cause ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jobs", "lead"),
    [
        (1, "Job `CI / job 1` fails on `main` since run 1 (2026-03-01 01:00 UTC): 1 failed run."),
        (2, "Jobs `CI / job 1` and `CI / job 2` fail for the same reason on `main` since run 1"),
        (3, "Jobs `CI / job 1`, `CI / job 2` and `CI / job 3` fail for the same reason on `main` since run 1"),
        (5, "Jobs `CI / job 1`, `CI / job 2`, `CI / job 3` and 2 more fail for the same reason on `main`"),
    ],
)
def test_the_issue_of_a_cause_names_its_jobs(jobs: int, lead: str) -> None:
    seen = [red(a_run(1), f"job {number}", number) for number in range(1, jobs + 1)]
    body = text(state_of(seen, *map(a_reading, seen), group_by="cause"))
    assert body.startswith(lead)
    assert ("<summary>Jobs that failed" in body) == (jobs > 1)
    assert "Matrix" not in body


def test_the_issue_of_a_cause_says_that_its_jobs_fail_from_another_cause() -> None:
    seen = [red(a_run(1)), red(a_run(2))]
    observations = with_diagnoses(seen, [a_reading(seen[0], "disk full"), a_reading(seen[1], "no route")])
    of_disk = next(
        each for each in read_histories(observations, some_settings(group_by="cause")) if "disk" in each.identity.cause
    )
    assert text(updated_state(None, of_disk)).startswith(
        "Job `CI / test` fails for another reason now. Before that, it failed in 1 run."
    )


def test_a_title_may_hold_the_headline() -> None:
    job, cause = Identity("", "CI", "test"), Identity("", "CI", "test", "v1:x", IdentityKind.CAUSE)
    assert render_title("{job}: {headline}", job, "disk full") == "test: disk full"
    assert render_title("{job}: {headline}", cause, "disk full") == "test: disk full"
    assert render_title("{workflow} - {job}", cause, "disk full") == "CI - test: disk full"
    assert render_title("{workflow} - {job}", job, "disk full") == "CI - test"
    assert render_title("{job}: {headline}", job) == "test: cause unknown"


@pytest.mark.parametrize("length", [0, 9, 10, 11, 500])
def test_a_text_is_cut_in_its_middle(length: int) -> None:
    given = "".join(chr(ord("a") + place % 26) for place in range(length))
    cut = cut_in_middle(given, 10)
    assert len(cut) == min(length, 10)
    assert cut == given or (given.startswith(cut[:5]) and given.endswith(cut[-4:]) and cut[5] == "…")
