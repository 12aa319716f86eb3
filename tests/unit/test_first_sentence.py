"""The first sentence of an issue, by the kind of failure."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest
from hypothesis import given

from builders import START, a_diagnosis, a_run, green, red, some_settings
from ci_failure_tracker.issues.first_sentence import failing_sentence, names_jobs, tells_since
from ci_failure_tracker.model import (
    CommitsBetween,
    Failure,
    FailureKind,
    JobDiagnosis,
    LineRange,
    Mistake,
    Observation,
    Outcome,
    StartFailure,
    State,
    Suspect,
    WorkflowMistake,
)
from ci_failure_tracker.text.medium import PLAIN
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.observations import with_diagnoses
from ci_failure_tracker.tracking.state_update import updated_state
from harmless import check_markdown
from unit.test_hostile_text import GLUED

URL = "https://github.example/octo-org/example"
SINCE = "since run 2 (2026-03-01 02:00 UTC): 1 failed run"
KIND = FailureKind


def a_failure(kind: FailureKind, subject: str = "", message: str = "it broke", location: str = "") -> Failure:
    return Failure("tool", kind, subject, location, message, (LineRange(7, 8),))


def diagnosed(seen: Observation, failure: Failure) -> JobDiagnosis:
    found = dataclasses.replace(a_diagnosis(failure.message), failures=(failure,))
    return JobDiagnosis(
        seen.job_id or 0, found.signature, found.headline, found.outcome, diagnosis=found, kind=failure.kind
    )


def state_of(*seen: Observation, failure: Failure | None = None, **settings: str) -> State:
    diagnoses = [diagnosed(each, failure) for each in seen if failure and each.outcome is not Outcome.SUCCESS]
    (history,) = read_histories(with_diagnoses(seen, diagnoses), some_settings(**settings))
    return updated_state(None, history)


def sentence(kind: FailureKind, subject: str = "", message: str = "it broke", location: str = "") -> str:
    state = state_of(green(a_run(1), "test"), red(a_run(2)), failure=a_failure(kind, subject, message, location))
    return failing_sentence(state, URL, 200)


@pytest.mark.parametrize(
    ("kind", "subject", "location", "words"),
    [
        (KIND.TEST, "tests/a.py::test_b", "tests/a.py:3", "`tests/a.py::test_b` fails on `main`"),
        (KIND.COMPILE, "src/a.c", "src/a.c:3", "`src/a.c` does not compile on `main`"),
        (KIND.COMPILE, ":app:compile", "", "The build fails at `:app:compile` on `main`"),
        (KIND.TYPE, "src/a.py", "src/a.py:3", "`src/a.py` fails the type check on `main`"),
        (KIND.LINT, "src/a.py", "src/a.py:3", "`src/a.py` fails the lint check on `main`"),
        (KIND.FORMAT, "src/a.py", "src/a.py", "`src/a.py` is not formatted on `main`"),
        (KIND.DEPENDENCY, "pears", "", "The dependency `pears` fails on `main`"),
        (KIND.DEPLOY, ":publish", "", "The deployment fails at `:publish` on `main`"),
        (KIND.AUDIT, "CVE-2026-1", "", "The audit reports `CVE-2026-1` on `main`"),
        (KIND.TIME_LIMIT, "TestSlow", "", "`TestSlow` runs out of time on `main`"),
        (KIND.UNKNOWN, "", "", "Job `test` of workflow `CI` fails on `main`"),
        (KIND.TEST, "", "", "Job `test` of workflow `CI` fails on `main`"),
    ],
)
def test_it_says_what_fails(kind: FailureKind, subject: str, location: str, words: str) -> None:
    assert sentence(kind, subject, location=location) == f"{words} {SINCE}."


@pytest.mark.parametrize(
    ("subject", "message", "words"),
    [
        ("registry.example", "unexpected status: 503 Service Unavailable", "answered 503"),
        ("registry.example", "curl: (6) Could not resolve host: registry.example", "was not found"),
        ("registry.example", "429 Too Many Requests", "refused more requests (rate limit)"),
        ("registry.example:5000", "dial tcp: connection refused", "refused the connection"),
        ("registry.example", "read: connection reset by peer", "closed the connection"),
        ("registry.example", "dial tcp: i/o timeout", "did not answer in time"),
        ("registry.example", "something else", "failed"),
    ],
)
def test_infrastructure_accuses_nobody_and_says_how_the_host_answered(subject: str, message: str, words: str) -> None:
    assert sentence(KIND.INFRASTRUCTURE, subject, message) == (
        f"`{subject}` {words} in the step `Run it` on `main`: the cause is outside the repository."
    )


def test_infrastructure_without_a_host_names_the_job() -> None:
    job = "Job `test` of workflow `CI` fails in the step `Run it` on `main`"
    assert sentence(KIND.INFRASTRUCTURE, "", "toomanyrequests") == f"{job}: the cause is outside the repository."
    assert sentence(KIND.INFRASTRUCTURE, "", "No space left on device") == f"{job}: the runner ran out of room."


def test_infrastructure_says_in_how_many_runs_the_job_failed() -> None:
    runs = [red(a_run(1)), green(a_run(2), "test"), red(a_run(3))]
    state = state_of(*runs, failure=a_failure(KIND.INFRASTRUCTURE, "registry.example", "503"))
    assert failing_sentence(state, URL, 200).endswith("; the job failed in 2 of the last 3 runs.")


@pytest.mark.parametrize(
    ("subject", "message", "words", "where"),
    [
        ("ghcr.io", "denied: 403 Forbidden", "Access to `ghcr.io` was refused", "The step is `Run it` in `ci.yml`."),
        ("octo-org/x.git", "Permission denied", "Access to `octo-org/x.git` was refused", "The step is `Run it`"),
        ("NPM_TOKEN", "NPM_TOKEN is empty", "`NPM_TOKEN` is missing", "The step is `Run it`"),
        ("NPM_TOKEN", "NPM_TOKEN expired", "`NPM_TOKEN` was refused", "The step is `Run it`"),
        ("token", "Input required and not supplied: token", "`token` is missing", "The step is `Run it`"),
        (
            "",
            "Resource not accessible by integration",
            "Job `test` of workflow `CI` is refused access in the step `Run it`",
            "",
        ),
    ],
)
def test_a_permission_says_what_is_missing_and_in_which_step(
    subject: str, message: str, words: str, where: str
) -> None:
    said = sentence(KIND.PERMISSION, subject, message)
    assert said.startswith(f"{words} on `main` {SINCE}. {where}".rstrip())
    assert said.count("Run it") == 1


@pytest.mark.parametrize("message", ["dependency_file_not_resolvable", "No matching distribution found for pears"])
def test_a_dependency_that_cannot_be_resolved(message: str) -> None:
    said = sentence(KIND.DEPENDENCY, "pears", message)
    assert said == f"The dependency `pears` cannot be resolved on `main` {SINCE}."


@pytest.mark.parametrize(
    ("subject", "message", "words"),
    [
        ("HOST", "HOST: unbound variable", "is not set"),
        ("pnpm", "pnpm: command not found", "is not found"),
        ("--fast", "unrecognized arguments: --fast", "is not accepted"),
        ("x.toml", "something about x.toml", "is not configured as it has to be"),
    ],
)
def test_a_configuration_names_the_setting_and_the_step(subject: str, message: str, words: str) -> None:
    said = sentence(KIND.CONFIGURATION, subject, message)
    assert said == f"`{subject}` {words} on `main` {SINCE}. The step is `Run it` in `ci.yml`."


@pytest.mark.parametrize(
    ("message", "by"),
    [
        ("The run was canceled by @mona-lisa.", " by `mona-lisa`"),
        ("The run was cancelled by merge[bot].", " by `merge[bot]`"),
        ("The run was canceled by @@all, so that nothing runs", ""),
        ("The operation was canceled.", ""),
    ],
)
def test_a_cancelled_job_says_by_whom_if_that_is_known(message: str, by: str) -> None:
    failure = a_failure(KIND.CANCELLED, message=message)
    first = state_of(red(a_run(1), outcome=Outcome.CANCELLED), failure=failure, conclusions="cancelled")
    assert f"was cancelled{by} in the step `Run it` on `main`" in failing_sentence(first, URL, 200)


def test_a_cancelled_job_says_when() -> None:
    first = state_of(red(a_run(1), outcome=Outcome.CANCELLED), conclusions="cancelled")
    assert failing_sentence(first, URL, 200) == (
        "Job `test` of workflow `CI` was cancelled in the step `Run it` on `main` at 2026-03-01 01:10 UTC."
    )
    runs = [red(a_run(number), outcome=Outcome.CANCELLED) for number in (1, 2)]
    again = failing_sentence(state_of(*runs, conclusions="cancelled"), URL, 200)
    assert again.endswith("at 2026-03-01 02:10 UTC. It failed since run 1 (2026-03-01 01:00 UTC): 2 failed runs.")


def test_a_time_limit_names_the_step_that_was_running() -> None:
    state = state_of(red(a_run(2), outcome=Outcome.TIMED_OUT))
    assert failing_sentence(state, URL, 200) == (
        f"Job `test` of workflow `CI` runs out of time in the step `Run it` on `main` {SINCE}."
    )


def test_a_single_suspect_is_named_and_two_are_not() -> None:
    state = state_of(green(a_run(1), "test"), red(a_run(2)), failure=a_failure(KIND.TEST, "test_b"))
    one = CommitsBetween("a" * 40, "b" * 40, (Suspect("b" * 40, "Compute the ETA (#841)", "ada"),))
    said = failing_sentence(dataclasses.replace(state, suspects=one), URL, 200)
    link = f"[`bbbbbbb`]({URL}/commit/{'b' * 40})"
    assert said == f"`test_b` fails on `main` since {link} `Compute the ETA` (`ada`, `#841`): 1 failed run."
    for other in (
        dataclasses.replace(one, commits=(*one.commits, Suspect("c" * 40, "Other", "bo"))),
        dataclasses.replace(one, more=True),
        dataclasses.replace(one, known=False),
    ):
        assert SINCE in failing_sentence(dataclasses.replace(state, suspects=other), URL, 200)


def test_it_counts_the_matrix_jobs_that_fail() -> None:
    passing = [dataclasses.replace(green(a_run(1), f"test ({leg})"), job_id=int(leg)) for leg in "345"]
    state = state_of(*passing, red(a_run(1), "test (1)", 1), red(a_run(1), "test (2)", 2))
    assert failing_sentence(state, URL, 200).endswith(": 1 failed run, 2 of 5 matrix jobs (`1`, `2`).")


def test_matrix_jobs_with_commas_in_their_names_are_told_apart_where_no_code_marks_them() -> None:
    legs = [red(a_run(1), f"test ({leg})", number) for number, leg in enumerate(["linux, small", "linux, big"], 1)]
    said = failing_sentence(state_of(*legs), URL, 200, PLAIN)
    assert said.endswith("(linux, big; linux, small).")


def test_only_the_runs_of_the_present_break_are_counted() -> None:
    runs = [red(a_run(1)), red(a_run(2)), green(a_run(3), "test"), red(a_run(4)), red(a_run(5))]
    assert failing_sentence(state_of(*runs), URL, 200).endswith("since run 4 (2026-03-01 04:00 UTC): 2 failed runs.")


def test_a_cause_that_an_older_failure_showed_is_not_said_of_the_newest_one() -> None:
    seen = [red(a_run(1)), red(a_run(2))]
    readings = [diagnosed(seen[0], a_failure(KIND.TEST, "test_b"))]
    (history,) = read_histories(with_diagnoses(seen, readings), some_settings())
    assert failing_sentence(updated_state(None, history), URL, 200).startswith("Job `test` of workflow `CI` fails on")


@given(GLUED, GLUED)
def test_hostile_subjects_messages_and_commits_are_inert_in_every_kind(text: str, other: str) -> None:
    state = state_of(red(a_run(1)), failure=a_failure(KIND.TEST, "x"))
    assert state.evidence is not None
    between = CommitsBetween("a" * 40, "b" * 40, (Suspect("b" * 40, other, text),))
    for kind in KIND:
        facts = dataclasses.replace(
            state.evidence, kind=kind, subject=text[:200], headline=other[:200], location=text[:200]
        )
        given_state = dataclasses.replace(state, evidence=facts, suspects=between)
        check_markdown(failing_sentence(given_state, URL, 80), f"the sentence of {kind}", URL)


@pytest.mark.parametrize("kind", KIND)
@pytest.mark.parametrize("subject", ["tests/a.py", "registry.example", "GITHUB_TOKEN", ""])
def test_a_plain_sentence_has_the_same_words_without_markdown(kind: FailureKind, subject: str) -> None:
    state = state_of(green(a_run(1), "test"), red(a_run(2)), failure=a_failure(kind, subject, "403 denied", subject))
    one = CommitsBetween("1" * 40, "2" * 40, (Suspect("c" * 40, "Change a thing (#12)", "ada"),))
    for each in (state, dataclasses.replace(state, suspects=one)):
        marked = failing_sentence(each, URL, 200)
        assert failing_sentence(each, URL, 200, PLAIN) == re.sub(r"\]\(http[^)]*\)|[`\[]", "", marked)
        # A page or a message shows the names of the workflow and the job if the sentence does not.
        assert names_jobs(each) == ("`test`" in marked)
        assert tells_since(each) == (" since " in marked or kind is KIND.CANCELLED)


@pytest.mark.parametrize("mistake", Mistake)
def test_a_mistake_in_a_workflow_has_its_keys_as_names(mistake: Mistake) -> None:
    state = dataclasses.replace(
        state_of(red(a_run(1))), start_failure=StartFailure("c" * 40, (WorkflowMistake(3, mistake, ("a", "b")),))
    )
    assert "`" not in failing_sentence(state, URL, 200, PLAIN)


def test_a_file_is_no_host() -> None:
    assert "`lamps.yaml`" not in sentence(KIND.INFRASTRUCTURE, "lamps.yaml", "lamps.yaml: No space left on device")


def test_a_host_that_a_package_was_not_resolved_from_was_found() -> None:
    said = sentence(KIND.INFRASTRUCTURE, "lamp.example", "Could not resolve lamp:core:1")
    assert said.startswith("`lamp.example` failed ")
    said = sentence(KIND.INFRASTRUCTURE, "lamp.example", "Could not resolve host: lamp.example")
    assert said.startswith("`lamp.example` was not found ")


def test_times_before_the_break_do_not_matter() -> None:
    state = state_of(green(a_run(1), "test"), red(a_run(2)))
    earlier = dataclasses.replace(state, first_seen=START - timedelta(days=90), count=40)
    assert failing_sentence(earlier, URL, 200).endswith(": at least 1 failed run.")
