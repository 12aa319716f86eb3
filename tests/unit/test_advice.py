"""What an issue advises: it follows the kind of failure, what the log says, and how often the job failed."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given

from builders import a_run, green, red
from ci_failure_tracker.issues.advice import advice
from ci_failure_tracker.model import FailureKind, Mistake, Outcome, StartFailure, WorkflowMistake
from harmless import check_markdown
from unit.test_first_sentence import URL, a_failure, state_of
from unit.test_hostile_text import GLUED

KIND = FailureKind


def advised(kind: FailureKind, message: str, subject: str = "", failures: int = 1) -> str:
    runs = [green(a_run(1), "test"), *(red(a_run(number)) for number in range(2, 2 + failures))]
    state = state_of(*runs, failure=a_failure(kind, subject, message))
    return "\n".join(advice(state, has_suspects=state.commit_can_cause))


@pytest.mark.parametrize(
    ("message", "when"),
    [
        ("429 Too Many Requests, retry after 90 seconds", "the log says `90 seconds`"),
        ("API rate limit exceeded, resets at 2026-03-01 04:00 UTC", "the log says `2026-03-01 04:00 UTC`"),
        ("toomanyrequests: docker.com/increase-rate-limit", "Docker Hub counts pulls over six hours"),
        ("API rate limit exceeded for installation", "GitHub's limit resets every hour"),
        ("429 Too Many Requests", "mostly within the hour"),
    ],
)
def test_a_rate_limit_is_waited_for(message: str, when: str) -> None:
    said = advised(KIND.INFRASTRUCTURE, message, "registry.example")
    assert said.startswith("Re-run when the limit resets")
    assert when in said


@pytest.mark.parametrize(
    ("mistake", "words"), [(Mistake.NO_WORKFLOW, "Correct this in "), (Mistake.NO_ACTION, "Open the page of the run: ")]
)
def test_only_a_certain_mistake_is_to_be_corrected(mistake: Mistake, words: str) -> None:
    start_failure = StartFailure("c" * 40, (WorkflowMistake(3, mistake, ("./a",)),))
    state = state_of(red(a_run(1), outcome=Outcome.STARTUP_FAILURE))
    state = dataclasses.replace(state, start_failure=start_failure)
    assert next(advice(state, has_suspects=False)).startswith(words)


def test_a_service_that_fails_asks_for_no_change_and_accuses_no_commit() -> None:
    said = advised(KIND.INFRASTRUCTURE, "503 Service Unavailable", "registry.example")
    assert said == (
        "Nothing in the repository needs a change. Wait until `registry.example` works again, then re-run the job."
    )


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ("write lamp.xml: No space left on device", "lamp.xml"),
        ("java.lang.OutOfMemoryError: out of memory", ""),
        ("line 3: 812 Killed  make", ""),
    ],
)
def test_what_fills_a_runner_is_not_waited_for(message: str, subject: str) -> None:
    assert advised(KIND.INFRASTRUCTURE, message, subject) == (
        "Find out what fills the disk or the memory of the runner. Use less, or take a larger runner."
    )


def test_a_quota_is_not_waited_for() -> None:
    assert advised(KIND.INFRASTRUCTURE, "This repository is over its data quota").startswith("Ask who pays")


def test_a_number_alone_is_no_rate_limit() -> None:
    assert "limit" not in advised(KIND.INFRASTRUCTURE, "lamps.js:429: connection reset by peer", "lamp.example")


@pytest.mark.parametrize(
    ("message", "subject", "words"),
    [
        ("no matching version", "lamp@2", "Change the version of `lamp@2`"),
        ("No matching distribution found", "lamp==9", "Change the version of `lamp==9`"),
        ("Could not resolve all files for ':app:run'", ":app:run", "Change the version of the dependency"),
        ("Could not resolve lamp: connection timed out", "lamp", "Re-run the failed job once before"),
        ("Could not resolve lamp: status code 503", "lamp", "Re-run the failed job once before"),
        ("The lock file is not up to date, could not find lamp", "lamp", "Update the lock file and commit it."),
        ("The lockfile would have been modified by this install", "", "Update the lock file and commit it."),
    ],
)
def test_a_version_is_changed_only_if_it_is_the_cause(message: str, subject: str, words: str) -> None:
    assert words in advised(KIND.DEPENDENCY, message, subject)


def test_an_error_code_is_no_secret() -> None:
    assert "Add the secret" not in advised(KIND.PERMISSION, "ERR_AUTH is required", "ERR_AUTH")
    assert "Add the secret" not in advised(KIND.PERMISSION, "E403 not found", "E403")
    assert "Add the secret `LAMP_TOKEN`" in advised(KIND.PERMISSION, "LAMP_TOKEN is not set", "LAMP_TOKEN")


def test_no_permission_lets_the_token_of_a_job_change_workflows() -> None:
    refused = "refusing to allow a GitHub App to create or update workflow `.github/workflows/a.yml`"
    assert "a token that has the permission `workflows`" in advised(KIND.PERMISSION, refused)


@pytest.mark.parametrize(
    ("message", "right"),
    [
        ("GraphQL: Resource not accessible by integration (createRelease)", "contents: write"),
        ("GraphQL: Resource not accessible by integration (addComment)", "issues: write"),
        ("Resource not accessible by integration - https://docs.github.com/rest/pulls/pulls", "pull-requests: write"),
        ("remote: Permission to o/r.git denied to github-actions[bot].", "contents: write"),
        ("denied: permission_denied: write_package", "packages: write"),
        ("Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable", "id-token: write"),
    ],
)
def test_a_right_that_the_token_lacks_is_named_with_its_yaml(message: str, right: str) -> None:
    said = advised(KIND.PERMISSION, message)
    assert f"   ```yaml\n   permissions:\n     {right}\n   ```" in said
    assert "Permissions that you do not list are set to none" in said


def test_an_unknown_right_is_looked_for_at_the_job() -> None:
    said = advised(KIND.PERMISSION, "Resource not accessible by integration")
    assert said == "Give the job's token the permission that it lacks: `permissions` of the job in `ci.yml`."


def test_a_missing_secret_is_named_with_its_yaml() -> None:
    said = advised(KIND.PERMISSION, "NPM_TOKEN is not set", "NPM_TOKEN")
    assert said.startswith("Add the secret `NPM_TOKEN` under Settings, Secrets and variables, Actions")
    assert "   env:\n     NPM_TOKEN: ${{ secrets.NPM_TOKEN }}" in said


def test_a_refused_secret_and_an_input_are_not_added() -> None:
    assert advised(KIND.PERMISSION, "401 Unauthorized", "NPM_TOKEN").startswith("Check the secret `NPM_TOKEN`")
    said = advised(KIND.PERMISSION, "Input required and not supplied: token", "token")
    assert said == "Set the input `token` of the step in `ci.yml`, under `with`."


def test_the_setting_for_pull_requests_is_named() -> None:
    message = "GitHub Actions is not permitted to create or approve pull requests."
    assert "Allow GitHub Actions to create and approve pull requests" in advised(KIND.PERMISSION, message)


def test_a_conflict_of_versions_is_not_re_run() -> None:
    said = advised(KIND.DEPENDENCY, "ERESOLVE unable to resolve dependency tree", "pears")
    assert said.startswith("A re-run gives the same result")
    assert "Re-run" not in said


def test_a_test_may_be_run_again_after_few_failures_only() -> None:
    assert "Re-run the failed job once" in advised(KIND.TEST, "assert 1 == 2", "tests/a.py::test_b")
    assert "Re-run" not in advised(KIND.TEST, "assert 1 == 2", "tests/a.py::test_b", failures=9)
    assert "Re-run" not in advised(KIND.COMPILE, "expected `;`", "src/a.c")


@given(GLUED, GLUED)
def test_advice_with_hostile_text_stays_text(message: str, subject: str) -> None:
    for kind in (KIND.INFRASTRUCTURE, KIND.PERMISSION, KIND.DEPENDENCY):
        check_markdown(advised(kind, message, subject), "an advice", URL)
