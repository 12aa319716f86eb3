from __future__ import annotations

import dataclasses
import re
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import START, a_run, green, red, some_settings
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.issues.body import IssueTemplate, read_template
from ci_failure_tracker.issues.title import render_title
from ci_failure_tracker.model import FailureKind, Flaky, Identity, IdentityKind, Observation, Outcome, State, Workflow
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.state_update import updated_state
from sweeping import TEMPLATE

URL = "https://github.example/octo-org/example"


def state_of(*seen: Observation, **given: str) -> State:
    (history,) = read_histories(seen, some_settings(**given))
    return updated_state(None, history)


def text(state: State) -> str:
    return next(TEMPLATE.regions(state, URL, 2))


def test_the_body_names_what_a_maintainer_asks_for() -> None:
    body = text(state_of(green(a_run(1)), red(a_run(2), "test (3.12)"), red(a_run(3), "test (3.12)")))
    for wanted in (
        "Job `test` of workflow `CI` fails on `main` since run 2 (2026-03-01 02:00 UTC): 2 failed runs.",
        f"[run 3]({URL}/actions/runs/1003)",
        f"| Latest failure | [run 3]({URL}/actions/runs/1003), "
        f"[log of the failed job]({URL}/actions/runs/1003/job/5003) "
        "at the step `Run it`, 2026-03-01 03:10 UTC |",
        f"| Failing since | [run 2]({URL}/actions/runs/1002), 2026-03-01 02:00 UTC; "
        f"last passing: [run 1]({URL}/actions/runs/1001), 2026-03-01 01:00 UTC |",
        "`Change 3` on `main` (`push`)",
        "on `main` (`push`) | failure | `3.12` |",
        f"{URL}/compare/{1:040x}...{2:040x}",
        "Failure id `113ccdad5b0843c8b5d4516211edf9ae`",
    ):
        assert wanted in body


def test_a_rerun_is_linked_to_its_attempt() -> None:
    assert f"[run 1, attempt 2]({URL}/actions/runs/1001/attempts/2)" in text(state_of(red(a_run(1, attempt=2))))


def test_a_commit_that_passed_and_failed_accuses_no_commits_between() -> None:
    same = a_run(1).commit
    body = text(state_of(green(a_run(1)), red(a_run(2, commit=same))))
    assert "/compare/" not in body
    assert "The same commit passed and failed" in body


@pytest.mark.parametrize(
    ("outcome", "advice"),
    [
        (Outcome.TIMED_OUT, "timeout-minutes"),
        (Outcome.CANCELLED, "what cancelled it"),
    ],
)
def test_what_to_do_depends_on_the_outcome(outcome: Outcome, advice: str) -> None:
    assert advice in text(state_of(Observation(a_run(1), outcome, job="test", job_id=1)))


def test_every_outcome_that_counts_has_its_own_first_advice() -> None:
    firsts = set()
    for outcome in some_settings().conclusions:
        body = text(state_of(Observation(a_run(1), outcome, job="test", job_id=1)))
        firsts.add(re.split(r"\n1\. |\nWhat to do: ", body)[1].split("\n")[0])
    assert len(firsts) == 5


def test_the_ladder_shortens_by_whole_rows() -> None:
    seen = [red(a_run(number), f"test ({leg})") for number in range(1, 13) for leg in range(100)]
    regions = list(TEMPLATE.regions(state_of(*seen), URL, 2))
    lengths = [len(region) for region in regions]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] < 3_000
    for region in regions:
        rows = [line for line in region.splitlines() if line.startswith("|")]
        assert all(line.endswith("|") for line in rows)
        assert "113ccdad5b0843c8b5d4516211edf9ae" in region


def test_a_template_of_the_users_own_replaces_the_text() -> None:
    state = state_of(red(a_run(7)))
    writer = IssueTemplate("{{ issue.job }} broke at {{ issue.latest.link }} ({{ issue.count }})")
    assert next(writer.regions(state, URL, 2)) == f"`test` broke at [run 7]({URL}/actions/runs/1007) (1 failed run)"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ issue.jbo }}", "jbo"),
        ("{% for x in issue.runs %}", "endfor"),
        ("line\n{{ 1 / 0 }}", "zero"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ issue.runs.append(1) }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "passwd"),
    ],
)
def test_a_template_that_cannot_be_used_is_a_mistake_of_the_settings(template: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_template(template)


def test_a_title_is_filled_in_once_and_in_one_line() -> None:
    assert render_title("[CI Failure] {workflow} - {job}", Identity("", "{job}", "a\nb")) == "[CI Failure] {job} - a b"
    assert render_title("{job}", Identity("", "CI", "*", kind=IdentityKind.WORKFLOW)) == "all jobs"


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_title_is_never_longer_than_github_allows(workflow: str, job: str) -> None:
    assert len(render_title("[CI Failure] {workflow} - {job}", Identity("", workflow, job))) <= 256


def test_a_title_is_the_name_as_it_is_for_in_a_title_github_sees_no_mention() -> None:
    name = "@scope/pkg@1.2.3 fixes #12 tests/test_a.py::test_b[x@y-#1]"
    assert render_title("{job}", Identity("", "CI", name)) == name


def test_two_files_of_one_name_are_told_apart_run_by_run() -> None:
    twin = Workflow(2, "CI", ".github/workflows/twin.yml")
    body = text(state_of(red(a_run(1)), red(a_run(2, workflow=twin))))
    assert f"| Latest failure | [run 2]({URL}/actions/runs/1002) of `twin.yml`, " in body
    assert "| the latest of `twin.yml` |" in body
    assert f"| [run 1]({URL}/actions/runs/1001) of `ci.yml` |" in body
    assert " of `ci.yml`" not in text(state_of(red(a_run(1)), red(a_run(2))))


def test_commits_are_not_suspected_of_failures_of_dependabot() -> None:
    given = {"event": "dynamic", "subject": "npm_and_yarn in /web"}
    body = text(state_of(green(a_run(1, **given)), red(a_run(2, **given)), green(a_run(1, **given), "test")))
    assert "/compare/" not in body
    assert " of `npm_and_yarn in /web`, [log" in body


def test_a_follower_links_back() -> None:
    assert "see #7" in text(dataclasses.replace(state_of(red(a_run(1))), previous=7))


@pytest.mark.skipif(sys.platform == "win32", reason="Python cannot change the time zone there")
def test_times_are_in_utc_whatever_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "IST-5:30")
        time.tzset()
        body = text(state_of(red(a_run(1))))
    time.tzset()
    assert f"{START:%Y-%m-%d} 01:10 UTC" in body


# --- the title -----------------------------------------------------------------------------------

FORM = "[CI Failure] {workflow} - {job}: {subject}"
A_JOB = Identity("", "CI", "test")


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("", "[CI Failure] CI - test"),
        ("tests/test_a.py::test_b", "[CI Failure] CI - test: tests/test_a.py::test_b"),
        (f"tests/{'x' * 60}.py::TestA::test_b", "[CI Failure] CI - test: test_b"),
        (f"tests/{'x' * 60}.py::test_b[a/b::c]", "[CI Failure] CI - test: test_b[a/b::c]"),
        (f"src/{'x' * 60}/pay.c", "[CI Failure] CI - test: pay.c"),
    ],
)
def test_a_title_ends_with_what_failed_as_far_as_there_is_room(subject: str, title: str) -> None:
    assert render_title(FORM, A_JOB, "a headline", subject) == title


def test_a_long_last_part_is_cut() -> None:
    title = render_title(FORM, A_JOB, subject="tests/test_a.py::" + "x" * 90)
    assert len(title) <= 82
    assert title.endswith("x…")


@pytest.mark.parametrize("pattern", [FORM, "{workflow} - {job} - {subject}", "{job} ({subject})", "{job}{subject}"])
def test_a_subject_that_is_not_known_is_left_out_with_its_sign(pattern: str) -> None:
    assert render_title(pattern, A_JOB) in {"[CI Failure] CI - test", "CI - test", "test"}


def test_a_title_may_hold_the_kind() -> None:
    assert render_title("{kind}: {job}", A_JOB, kind=FailureKind.TIME_LIMIT) == "time limit: test"
    assert render_title("{kind}: {job}", A_JOB) == "failure: test"


def test_the_issue_of_a_cause_is_titled_with_its_headline() -> None:
    cause = Identity("", "CI", "test", "v2:x", IdentityKind.CAUSE)
    assert render_title(FORM, cause, "no route to a/b", "a/b") == "[CI Failure] CI - test: no route to a/b"


def test_the_old_form_can_be_asked_for() -> None:
    assert render_title("[CI Failure] {workflow} - {job}", A_JOB, "x", "y") == "[CI Failure] CI - test"


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_title_with_any_subject_is_short_enough(job: str, subject: str) -> None:
    assert len(render_title(FORM, Identity("", "CI", job), "", subject)) <= 256


# --- what stands in the open, and what is folded -------------------------------------------------


def in_the_open(body: str) -> str:
    return body.partition("<details>")[0]


def test_the_open_part_has_one_beginning_of_the_break_and_a_table_of_at_most_four_rows() -> None:
    body = text(state_of(red(a_run(1)), green(a_run(2), "test"), red(a_run(3)), red(a_run(4))))
    shown = in_the_open(body)
    assert shown.count("2026-03-01 01:00 UTC") == 0
    assert "fails on `main` since run 3 (2026-03-01 03:00 UTC): 2 failed runs." in shown
    assert len([line for line in shown.splitlines() if line.startswith("| ")]) <= 4
    assert "It has counted 3 failed runs since 2026-03-01 01:00 UTC." in body


def test_it_says_so_if_no_passing_run_is_known() -> None:
    assert "; no earlier passing run is known |" in text(state_of(red(a_run(1))))


def test_a_re_run_is_not_advised_after_many_failures() -> None:
    assert "Re-run the failed job once" in text(state_of(red(a_run(1)), red(a_run(2))))
    assert "Re-run the failed job once" not in text(state_of(*(red(a_run(number)) for number in range(1, 18))))


def test_a_job_that_passes_again_needs_no_advice_unless_it_is_flaky() -> None:
    assert "What to do:" in text(state_of(red(a_run(1))))
    passing = state_of(red(a_run(1)), green(a_run(2), "test"))
    assert "What to do:" not in text(passing)
    flaky = text(dataclasses.replace(passing, flaky=Flaky(failed=3, runs=9, changes=5)))
    assert "What to do:" in flaky
    assert "the failure is flaky" not in flaky


def test_each_page_is_linked_once() -> None:
    same = a_run(2).commit
    seen = [red(a_run(2), "test (a)", 7), red(a_run(2), "test (b)", 8), red(a_run(3, commit=same), "test (a)", 9)]
    body = text(state_of(green(a_run(1)), *seen))
    pages = re.findall(r"\]\((https://[^)]+)\)", body)
    assert len(pages) > 5
    assert sorted(pages) == sorted(set(pages))
