"""What to do about a failure: it follows its kind, what the log says, and how often it failed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_failure_tracker.issues.first_sentence import (
    RATE_LIMIT,
    is_host,
    is_out_of_room,
    shown_failure,
    who_cancelled,
)
from ci_failure_tracker.issues.intro import missed_schedule_of
from ci_failure_tracker.issues.links import step_of, workflow_file
from ci_failure_tracker.issues.suspects import is_only_commit, only_suspect
from ci_failure_tracker.model import (
    Evidence,
    FailureKind,
    MissedSchedule,
    Mistake,
    NeverRanReason,
    Outcome,
    State,
    Suspect,
)
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.markdown import code, short


def advice(state: State, *, has_suspects: bool) -> Iterator[str]:
    """Sentences that say what to do, the first step first. `has_suspects` says whether the issue names suspects."""
    latest = state.latest
    person = who_cancelled(shown_failure(state)) if latest.outcome is Outcome.CANCELLED else ""
    if latest.outcome is Outcome.MISSED_SCHEDULE:
        yield from _WAKE_UP[missed_schedule_of(state) or MissedSchedule.OVERDUE]
    elif latest.never_ran is not None:
        yield from _LET_RUN[latest.never_ran.reason]
    elif person:
        yield f"Ask {code(person, 40)} why, or re-run the job."
    else:
        yield from _of_failure(state, has_suspects=has_suspects)


def _of_failure(state: State, *, has_suspects: bool) -> Iterator[str]:
    # Of a job that was stopped, the log says what it was doing then, not what to repair.
    shown = shown_failure(state) if state.latest.outcome is Outcome.FAILURE else None
    of_kind = list(_of_kind(state, shown)) if shown else []
    yield from of_kind
    # Where the issue shows the error itself, "read the log" is no advice.
    if not of_kind and (shown is None or shown.signature in state.weak):
        yield _first_step(state)
    if only := only_suspect(state):
        yield _look_at(state, only)
    elif has_suspects:
        yield "Look at the suspects: the commits between the last passing run and the first failing one."
    elif state.commit_can_cause and state.last_green and state.first_red and _is_same_commit(state):
        yield "The same commit passed and failed, so look at the job itself, its environment, or a flaky test."
    if _may_pass_again(state):
        yield "Re-run the failed job once. If it passes on the same commit, the failure is flaky."


def _look_at(state: State, suspect: Suspect) -> str:
    """The only suspect, and why it is one."""
    if is_only_commit(state) or not suspect.file:
        where = "between the last passing run and the first failing one"
        return f"Look at `{short(suspect.sha)}`: it is the only commit {where}."
    return f"Look at `{short(suspect.sha)}` first: it changed {code(suspect.file, 100)}."


def _is_same_commit(state: State) -> bool:
    passing, failing = state.last_green, state.first_red
    return passing is not None and failing is not None and passing.sha == failing.sha


def _first_step(state: State) -> str:
    """Where to look if the lines of a log do not say it."""
    step = step_of(state.latest)
    at_step = f" at the step {code(step, 80)}" if step else ""
    log = "page of the run" if state.latest.outcome in _WITHOUT_LOG else "log of the failed job"
    mistakes = state.start_failure.mistakes if state.start_failure else ()
    # That an action is missing is not certain, so that GitHub's own message is asked for first.
    if any(mistake.mistake is not Mistake.NO_ACTION for mistake in mistakes):
        return f"Correct this in {workflow_file(state.latest)}. GitHub's own message is on the page of the latest run."
    return _FIRST_STEP[state.latest.outcome].format(log=log, at_step=at_step)


_WITHOUT_LOG = frozenset({Outcome.STARTUP_FAILURE, Outcome.ACTION_REQUIRED})
_FIRST_STEP = {
    Outcome.FAILURE: "Open the {log}{at_step} and read the first error.",
    Outcome.TIMED_OUT: "Open the {log}{at_step} and find out what took so long. Raise `timeout-minutes` only if the "
    "work needs it.",
    Outcome.RUNNER_LOST: "GitHub lost the runner. Find out what used up its memory or disk, or who shut it down; the "
    "{log}{at_step} may end with it.",
    Outcome.CANCELLED: "Open the {log}{at_step} and find out what cancelled it.",
    Outcome.ACTION_REQUIRED: "Open the {log}: a person has to approve or reject it.",
    Outcome.STARTUP_FAILURE: "Open the {log}: GitHub could not start the workflow, and says there what is wrong "
    "with its file or with what the file refers to.",
}

# --- by kind ---------------------------------------------------------------------------------------


def _of_kind(state: State, shown: Evidence) -> Iterator[str]:
    """What the kind of failure asks for, and what the log says about it."""
    text = _text_of(shown)
    if shown.kind is FailureKind.INFRASTRUCTURE:
        yield _wait(shown, text, in_many=len(state.repositories) > 1)
    elif shown.kind is FailureKind.PERMISSION:
        yield from _access(state, shown, text)
    elif shown.kind is FailureKind.DEPENDENCY:
        yield from _version(shown, text)


def _text_of(shown: Evidence) -> str:
    """What names the failure. The lines around it may tell of something else."""
    return "\n".join((shown.headline, *(line.text for line in shown.lines)))


# --- a dependency ----------------------------------------------------------------------------------

_LOCK_FILE = lazy(
    r"lock ?file.{0,60}(?:not up to date|out of (?:sync|date)|outdated|needs to be updated)|frozen.?lockfile"
    r"|OUTDATED_LOCKFILE|not present in the lock file|lockfile would have been modified"
    r"|package\.json and package-lock\.json.{0,60}in sync",
    re.IGNORECASE,
)
_CONNECTION = lazy(
    r"resolve (?:the )?host|connection (?:re|time|aborted|broken|closed)|timed? ?out\b|network is|temporary failure"
    r"|(?:status|code|error|http)\W{0,3}(?:code)?\W{0,3}5\d\d\b|ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|unknownhost",
    re.IGNORECASE,
)
_CONFLICT = lazy(
    r"conflict|no matching (?:version|distribution)|ERESOLVE|ETARGET|incompatible|could not (?:find|resolve)"
    r"|not_resolvable|no solution|version solving failed",
    re.IGNORECASE,
)
_PACKAGE = lazy(r"@?[\w.+-]{1,100}(?:[/:@=<>~!]{1,2}[\w.+-]{1,100}){0,4}")


def _version(shown: Evidence, text: str) -> Iterator[str]:
    """What to do about a package. What a failed connection did not bring is no matter of versions."""
    if shown.tool == "dependabot":
        if shown.subject:
            yield f"Update {code(shown.subject, 80)} by hand, or tell Dependabot to ignore it."
    elif _LOCK_FILE.search(text):
        yield "Update the lock file and commit it. A re-run gives the same result."
    # Package managers report a failed download as a version that does not exist, so connections are looked for first.
    elif _CONNECTION.search(text):
        yield "The log shows a failed connection. Re-run the failed job once before you change a version."
    elif _CONFLICT.search(text):
        name = code(shown.subject, 80) if _PACKAGE.fullmatch(shown.subject) else "the dependency"
        yield f"A re-run gives the same result. Change the version of {name}, or go back to the one that worked."


# --- a service -------------------------------------------------------------------------------------

_QUOTA = lazy(r"\bquota|spending limit|\bbilling\b|account payments?", re.IGNORECASE)
_RESET = lazy(
    r"(?:retry[ -]after:?|(?:try|retry) again (?:in|after)|resets? (?:in|at)|wait(?:ing)?(?: for)?)\W{0,3}"
    r"(?P<when>\d{1,6} ?(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?: ?(?:Z|UTC))?|\d\d:\d\d(?::\d\d)?(?: ?UTC)?)",
    re.IGNORECASE,
)
_KNOWN_LIMITS = (
    # https://docs.docker.com/docker-hub/usage/
    (r"docker\.io|docker hub|docker\.com/increase-rate-limit", "Docker Hub counts pulls over six hours"),
    # https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    (r"api\.github\.com|API rate limit exceeded", "GitHub's limit resets every hour"),
)


def _wait(shown: Evidence, text: str, *, in_many: bool) -> str:
    """What a runner or an account lacks, or when a service answers again: what it says itself, else what is known."""
    # These come before "wait": waiting helps with a service, but not with a full disk or an unpaid bill.
    if is_out_of_room(shown):
        return "Find out what fills the disk or the memory of the runner. Use less, or take a larger runner."
    if _QUOTA.search(text):
        return "Ask who pays for the account to raise its limit. Until then, a re-run gives the same result."
    if not RATE_LIMIT.search(text):
        service = code(shown.subject, 80) if is_host(shown.subject) else "the service or the runner"
        where, what = ("repositories", "jobs") if in_many else ("repository", "job")
        return f"Nothing in the {where} needs a change. Wait until {service} works again, then re-run the {what}."
    if reset := _RESET.search(text):
        return f"Re-run when the limit resets; the log says {code(reset['when'], 40)}. A login raises most limits."
    known = (words for pattern, words in _KNOWN_LIMITS if re.search(pattern, text, re.IGNORECASE))
    return f"Re-run when the limit resets ({next(known, 'mostly within the hour')}). A login raises most limits."


# --- access ----------------------------------------------------------------------------------------

_RIGHTS = (
    (r"ACTIONS_ID_TOKEN_REQUEST_URL|id-token", "id-token: write"),
    (r"ghcr\.io|write_package|denied: installation not allowed", "packages: write"),
    (r"\.git/?'? denied to|unable to access 'https://github\.com/", "contents: write"),
    (
        r"rest/(?:git|releases|repos/contents)/|\((?:create|update|delete)(?:Release|Ref|CommitOnBranch)\)",
        "contents: write",
    ),
    (r"rest/pulls/|\(\w{1,40}PullRequest\w{0,40}\)", "pull-requests: write"),
    (r"rest/issues/|\((?:addComment|createIssue|closeIssue|addLabelsToLabelable)\)", "issues: write"),
    (r"rest/checks/", "checks: write"),
    (r"rest/commits/statuses", "statuses: write"),
    (r"rest/deployments/", "deployments: write"),
    (r"rest/actions/", "actions: write"),
    (r"rest/pages/|pages deployment", "pages: write"),
)
"""What a log says about a refusal, and the permission of the job's token that is then missing. Messages of GitHub's API
name the page of its documentation."""

_OF_JOB_TOKEN = lazy(
    r"not accessible by integration|denied to github-actions\[bot\]|ACTIONS_ID_TOKEN_REQUEST_URL"
    r"|write_package|installation not allowed",
    re.IGNORECASE,
)
_OF_WORKFLOWS = lazy(r"refusing to allow .{1,80} to create or update workflow", re.IGNORECASE)
_VARIABLE = lazy(r"(?!ERR_|HTTP_)[A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{1,80}")
"""A name as secrets have it; error codes look alike."""

_ABSENT = lazy(r"not supplied|missing|not set|not found|not defined|undefined|unset|empty|required", re.IGNORECASE)


def _access(state: State, shown: Evidence, text: str) -> Iterator[str]:
    """Which right or secret is missing, with the YAML that gives it."""
    file = workflow_file(state.latest) or "the workflow"
    if "not permitted to create or approve pull requests" in text:
        yield "Allow it under Settings, Actions, General: “Allow GitHub Actions to create and approve pull requests”."
    elif _OF_WORKFLOWS.search(text):
        yield "The token of a job can never change a workflow file. Use a token that has the permission `workflows`."
    elif _OF_JOB_TOKEN.search(text) or shown.subject == "GITHUB_TOKEN":
        yield _right_of_token(text, file)
    # The input may be empty because its secret is, but the step is where a reader looks.
    elif "not supplied" in shown.headline and shown.subject:
        yield f"Set the input {code(shown.subject, 80)} of the step in {file}, under `with`."
    elif _VARIABLE.fullmatch(shown.subject):
        yield _secret(shown.subject, file, is_absent=bool(_ABSENT.search(shown.headline)))
    else:
        yield "Check the token or the secret that the step uses: it may be missing, expired or without the permission."


def _right_of_token(text: str, file: str) -> str:
    right = next((right for pattern, right in _RIGHTS if re.search(pattern, text, re.IGNORECASE)), "")
    if not right:
        return f"Give the job's token the permission that it lacks: `permissions` of the job in {file}."
    # A reader who adds only this line would take all others from the token.
    keep = "Permissions that you do not list are set to none."
    return (
        f"Give the job's token the permission that it lacks, in {file}. {keep}\n{_yaml('permissions:', f'  {right}')}"
    )


def _secret(name: str, file: str, *, is_absent: bool) -> str:
    if not is_absent:
        return f"Check the secret {code(name)}: it may be wrong, expired or without the permission that it needs."
    add = f"Add the secret {code(name)} under Settings, Secrets and variables, Actions, and pass it on in {file}."
    return f"{add}\n{_yaml('env:', f'  {name}: ${{{{ secrets.{name} }}}}')}"


def _yaml(*lines: str) -> str:
    """A block of YAML inside an entry of a numbered list."""
    return "\n".join(f"   {line}" for line in ("```yaml", *lines, "```"))


# --- chance ----------------------------------------------------------------------------------------

_CHANCE = frozenset({FailureKind.TEST, FailureKind.TIME_LIMIT, FailureKind.UNKNOWN})
"""Kinds of failures that come and go without a change, and of which a re-run says more."""

_OFTEN = 3
"""Failed runs of a break after which a re-run says nothing new."""


def _may_pass_again(state: State) -> bool:
    """Whether a re-run can show that the job is flaky: not if it is known, nor after many failures or for a version."""
    failed = sum(occurrence.started_at >= state.broken_since for occurrence in state.occurrences)
    if state.latest.outcome not in {Outcome.FAILURE, Outcome.TIMED_OUT, Outcome.RUNNER_LOST}:
        return False
    return state.flaky is None and failed < _OFTEN and state.kind in _CHANCE


# --- what did not run ------------------------------------------------------------------------------

_WAKE_UP = {
    MissedSchedule.DISABLED: (
        "Enable the workflow again: on its page under Actions, or with `gh workflow enable`.",
        "GitHub disables the schedules of a public repository after 60 days without activity.",
    ),
    MissedSchedule.OVERDUE: (
        "Look at the workflow's page under Actions: is it disabled, and does it have runs of the event `schedule`?",
        "Check that its file is on the default branch and that its `cron` is right.",
        "Start it by hand (`workflow_dispatch`). GitHub drops scheduled runs at busy times, mostly at the full hour.",
    ),
}
_NO_RUNNER = (
    "Look under Settings, Actions, Runners: is a runner online that has every label which the job's `runs-on` names?",
    "If one is online and busy, look at what it does. If the job waits for its `concurrency` group, look at the run "
    "that holds the group.",
    "Cancel the runs that are no longer needed: a runner that comes back takes all that wait.",
)
_LET_RUN = {
    NeverRanReason.QUEUED: _NO_RUNNER,
    NeverRanReason.CANCELLED: _NO_RUNNER,
    NeverRanReason.SKIPPED: (
        "Look at the `if` of the job, and at the jobs that it `needs`: a job is skipped if one of these was skipped.",
        "Look at what the `if` reads: a variable, a secret or an output of another job may be empty now.",
        "If the job is skipped on purpose, remove it from the workflow, or close this issue as not planned.",
    ),
}
