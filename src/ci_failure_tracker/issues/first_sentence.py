"""What fails, in the first sentence of an issue. It depends on the kind of failure and says only what is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from ci_failure_tracker.issues.links import span, step_of, workflow_file
from ci_failure_tracker.issues.suspects import is_only_commit, only_suspect, suspect_words
from ci_failure_tracker.model import (
    OTHER_LEGS,
    Evidence,
    FailureKind,
    IdentityKind,
    Mistake,
    Outcome,
    RunRef,
    StartFailure,
    State,
    WorkflowMistake,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.medium import MARKDOWN, Medium

NAMED = 3
"""Jobs that a sentence names."""

_FEW = 2
"""Matrix jobs that a sentence names."""

_HOST = lazy(r"(?:localhost|[\w-]{1,80}(?:\.[\w-]{1,80}){1,8})(?::\d{1,5})?")
_FILE = lazy(r"\.(?:ya?ml|xml|json|toml|lock|txt|log|jar|t?gz|tar|js|ts|java|go|html?)$", re.IGNORECASE)
_CANCELLED_BY = lazy(r"\bcancell?ed by @?([A-Za-z\d][\w-]{0,38}(?:\[bot\])?)\.?$")


def failing_sentence(state: State, url: str, text: int, medium: Medium = MARKDOWN) -> str:
    """What fails, where, since when and how often; `text` is the limit for the characters of a name."""
    shown = shown_failure(state)
    kind = _kind(state, shown)
    # A commit or a beginning would put the blame on somebody. What counts is what answered wrongly, and how often.
    if kind is FailureKind.INFRASTRUCTURE:
        return f"{_outside(state, shown, text, medium)}."
    if kind is FailureKind.CANCELLED:
        return _cancelled(state, shown, url, text, medium)
    what, after = _what(state, shown, kind, text, medium), ""
    # A job that is refused access is said to be so in its step.
    if kind is FailureKind.CONFIGURATION or (kind is FailureKind.PERMISSION and shown and shown.subject):
        after = _at_step(state, medium)
    elif state.start_failure is not None:
        after = _why_not_started(state, state.start_failure, medium)
    elif shown is not None and kind is FailureKind.TIME_LIMIT:
        after = _usual_time(shown)
    since = f"{_on_branch(state, medium)} since {since_words(state, url, medium)}"
    return f"{what}{since}: {how_often(state, medium)}.{after}"


def shown_failure(state: State) -> Evidence | None:
    """The evidence, if it tells of the newest failure: it comes from its log, or from that of one with its cause."""
    evidence, latest = state.evidence, state.latest
    if evidence is None:
        return None
    causes = {leg.signature for leg in latest.legs if leg.signature}
    return evidence if evidence.order == latest.order or evidence.signature in causes else None


def is_host(subject: str) -> bool:
    """Whether the subject of a failure is a host, and no file."""
    return _HOST.fullmatch(subject) is not None and _FILE.search(subject) is None


_OWN_LIMITS = lazy(r"\b(?:space|memory|enospc|oom|oomkilled|killed|sigkill|137)\b", re.IGNORECASE)
"""The runner's disk and memory: what fills them can be in the repository."""


def is_out_of_room(shown: Evidence) -> bool:
    """Whether the runner had too little disk or memory."""
    return not is_host(shown.subject) and _OWN_LIMITS.search(shown.headline) is not None


def who_cancelled(shown: Evidence | None) -> str:
    """The login of the person who cancelled the run, if an annotation says it."""
    person = _CANCELLED_BY.search(shown.headline) if shown else None
    return person[1] if person else ""


def names_subject(state: State) -> bool:
    """Whether the first sentence names the subject of the failure, so that its message is enough below it."""
    shown = shown_failure(state)
    return bool(shown and shown.subject) and state.latest.outcome in {Outcome.FAILURE, Outcome.TIMED_OUT}


def names_jobs(state: State) -> bool:
    """Whether the first sentence names the job or the jobs; it need not if it names the subject of the failure."""
    shown = shown_failure(state)
    if state.identity.spans_jobs or shown is None or not shown.subject or state.latest.outcome is not Outcome.FAILURE:
        return True
    # "The runner ran out of room" names no job by itself.
    names_host = shown.kind is not FailureKind.INFRASTRUCTURE or is_host(shown.subject)
    return shown.kind is FailureKind.CANCELLED or not names_host


def tells_since(state: State) -> bool:
    """Whether the first sentence says since when it fails; what is outside the repository has no such beginning."""
    return _kind(state, shown_failure(state)) is not FailureKind.INFRASTRUCTURE


def jobs_of(state: State, text: int, medium: Medium = MARKDOWN) -> tuple[str, str]:
    """What an issue stands for, at the beginning of a sentence, and `is` or `are`."""
    identity = state.identity
    if identity.test:
        return f"Test {medium.code(identity.test, text)}", "is"
    if identity.cause:
        return f"Job{_jobs_across(state, text, medium)}", "are" if len(state.legs) > 1 else "is"
    workflow = f"workflow {medium.code(identity.workflow, text)}"
    if identity.is_whole_workflow or identity.kind in {IdentityKind.RUN, IdentityKind.SCHEDULE}:
        return f"W{workflow[1:]}", "is"
    return f"Job {medium.code(state.job, text)} of {workflow}", "is"


def _jobs_across(state: State, text: int, medium: Medium) -> str:
    """The jobs in which a cause or a test fails, after the word `job`."""
    # The issue of a cause has its jobs as matrix jobs.
    names = [leg.leg for leg in state.legs] or [state.identity.job]
    of = len(state.repositories)
    return (
        f"{'s' if len(names) > 1 else ''} {_listed(names, text, medium)}{f' in {of:,} repositories' if of > 1 else ''}"
    )


def _listed(names: list[str], text: int, medium: Medium) -> str:
    """The first three names."""
    if len(names) == 1:
        return medium.code(names[0], text)
    *shown, last = [medium.code(name, text) for name in names[:NAMED]]
    if len(names) > NAMED:
        shown, last = [*shown, last], f"{len(names) - NAMED} more"
    return f"{', '.join(shown)} and {last}"


# --- what fails ----------------------------------------------------------------------------------


def _kind(state: State, shown: Evidence | None) -> FailureKind:
    if state.latest.outcome in _KIND_OF_OUTCOME:
        return _KIND_OF_OUTCOME[state.latest.outcome]
    return shown.kind if shown and state.latest.outcome is Outcome.FAILURE else FailureKind.UNKNOWN


_KIND_OF_OUTCOME = {
    Outcome.TIMED_OUT: FailureKind.TIME_LIMIT,
    Outcome.CANCELLED: FailureKind.CANCELLED,
}


def _cancelled(state: State, shown: Evidence | None, url: str, text: int, medium: Medium) -> str:
    """When it was cancelled, and by whom if an annotation says so."""
    jobs, be = jobs_of(state, text, medium)
    was = "was" if be == "is" else "were"
    person = who_cancelled(shown)
    by = f" by {medium.code(person, text)}" if person else ""
    where = f"{_in_step(state, text, medium)}{_on_branch(state, medium)}"
    at = f"{jobs} {was} cancelled{by}{where} at {medium.time(state.latest.ended_at)}."
    # One cancelled run needs no sentence about how often.
    if runs_of_break(state) == counted(1, "run"):
        return at
    they, often = "It" if be == "is" else "They", how_often(state, medium)
    return f"{at} {they} failed since {since_words(state, url, medium)}: {often}."


def _what(state: State, shown: Evidence | None, kind: FailureKind, text: int, medium: Medium) -> str:
    """What fails, and how: the subject of the failure, or the job if none is known."""
    outcome, (jobs, be) = state.latest.outcome, jobs_of(state, text, medium)
    step = _in_step(state, text, medium)
    if outcome in _ENDED:
        return f"{jobs} {_ENDED[outcome]}"
    if outcome is Outcome.TIMED_OUT:
        return f"{jobs} {_runs_out(be)}{step}"
    if shown is None or not shown.subject:
        # Without a subject, the job is all that can be named. A kind that says more about it takes the place of
        # "fails".
        verb = {FailureKind.PERMISSION: f"{be} refused access", FailureKind.TIME_LIMIT: _runs_out(be)}.get(kind)
        where = _in_jobs(state, text, medium) if state.identity.test else step if verb else ""
        return f"{jobs} {verb or ('fails' if be == 'is' else 'fail for the same reason')}{where}"
    subject, is_file = medium.code(shown.subject, text), shown.location.startswith(shown.subject)
    return f"{_subject_fails(kind, subject, shown, is_file=is_file)}{_in_jobs(state, text, medium)}"


def _runs_out(be: str) -> str:
    return f"{'runs' if be == 'is' else 'run'} out of time"


_ENDED = {
    Outcome.STARTUP_FAILURE: "cannot start",
    Outcome.ACTION_REQUIRED: "waits for an approval",
    Outcome.RUNNER_LOST: "lost the runner",
}


def _subject_fails(kind: FailureKind, subject: str, shown: Evidence, *, is_file: bool) -> str:
    """The subject and its predicate."""
    # "`cart.py` does not compile" is right for a file, and wrong for the name of a task.
    if kind in _CHECKS:
        of_file, check = _CHECKS[kind]
        return f"{subject} {of_file}" if is_file else f"{check} fails at {subject}"
    if kind is FailureKind.PERMISSION and (is_host(shown.subject) or "/" in shown.subject):
        return f"Access to {subject} was refused"
    if shown.tool == "dependabot":
        return f"Dependabot cannot update {subject}"
    if kind in _BY_MESSAGE:
        form, words, otherwise = _BY_MESSAGE[kind]
        return form.format(subject, _first_of(words, shown.headline, otherwise))
    return _FORMS.get(kind, "{} fails").format(subject)


_FORMS = {
    FailureKind.AUDIT: "The audit reports {}",
    FailureKind.DEPLOY: "The deployment fails at {}",
    FailureKind.TIME_LIMIT: "{} runs out of time",
}
_CHECKS = {
    FailureKind.COMPILE: ("does not compile", "The build"),
    FailureKind.TYPE: ("fails the type check", "The type check"),
    FailureKind.LINT: ("fails the lint check", "The lint check"),
    FailureKind.FORMAT: ("is not formatted", "The format check"),
}
"""Kinds whose subject is a file, or else a task: what is said of a file, and what fails at the task."""

_RESOLVED = (
    (
        r"resolv|not found|find|no (?:matching|candidate)|unable to locate|does not exist|conflict",
        "cannot be resolved",
    ),
)
_GRANTED = (
    (r"not supplied|missing|not set|not found|not defined|undefined|unset|empty|required", "is missing"),
    (r"denied|forbidden|unauthorized|invalid|expired|revoked|bad credentials|\b40[13]\b", "was refused"),
)
_SET = (
    (r"unbound|not set|not supplied|missing|required|undefined variable", "is not set"),
    (r"not found|not recognized|does not exist|no such file|unable to (?:resolve|find)|can't find", "is not found"),
    (r"unrecognized|unknown|unexpected|invalid|not defined|unsupported|not allowed", "is not accepted"),
)
_BY_MESSAGE = {
    FailureKind.DEPENDENCY: ("The dependency {} {}", _RESOLVED, "fails"),
    FailureKind.PERMISSION: ("{} {}", _GRANTED, "is missing or was refused"),
    FailureKind.CONFIGURATION: ("{} {}", _SET, "is not configured as it has to be"),
}
"""Kinds of which the message says more."""

RATE_LIMIT = lazy(
    r"too ?many ?requests|rate.?limit"
    r"|(?:status|code|error|http(?:/[\d.]{1,3})?|returned|: )\W{0,3}(?:code|error)?\W{0,3}429\b",
    re.IGNORECASE,
)
_ANSWERED = (
    (RATE_LIMIT.pattern, "refused more requests (rate limit)"),
    (
        r"resolve (?:the |remote |proxy )?(?:host|address|name|['\"])|name.?resolution|resolving|getaddrinfo"
        r"|unknownhost|no such host|name or service not known|enotfound|eai_again",
        "was not found",
    ),
    (r"refused", "refused the connection"),
    (r"reset|hung up|remote end closed|early eof|broken pipe", "closed the connection"),
    (r"time[d-]? ?out|etimedout", "did not answer in time"),
)
"""Words of a message, and what they say of the subject; the first that is in the message counts."""

_STATUS = lazy(
    r"(?:status|code|error|http(?:/[\d.]{1,3})?|returned|: )\W{0,3}(?:code|error)?\W{0,3}(5\d\d)\b", re.IGNORECASE
)


def _first_of(words: Iterable[tuple[str, str]], message: str, otherwise: str) -> str:
    return next((say for pattern, say in words if re.search(pattern, message, re.IGNORECASE)), otherwise)


def _in_step(state: State, text: int, medium: Medium) -> str:
    step = step_of(state.latest)
    return f" in the step {medium.code(step, min(text, 80))}" if step else ""


def _in_jobs(state: State, text: int, medium: Medium) -> str:
    """The jobs, if the issue stands for a cause or a test."""
    return f" in the job{_jobs_across(state, text, medium)}" if state.identity.spans_jobs else ""


# --- nobody's fault ------------------------------------------------------------------------------


def _outside(state: State, shown: Evidence | None, text: int, medium: Medium) -> str:
    """What answered wrongly, and how often the job failed of late."""
    jobs, be = jobs_of(state, text, medium)
    step = _in_step(state, text, medium)
    if shown and is_host(shown.subject):
        # The line that names the host may say more than the headline.
        message = "\n".join((shown.headline, *(line.text for line in shown.lines if shown.subject in line.text)))
        status = _STATUS.search(message)
        answer = f"answered {status[1]}" if status else _first_of(_ANSWERED, message, "failed")
        where = f"{step}{_in_jobs(state, text, medium)}{_on_branch(state, medium)}"
        what = f"{medium.code(shown.subject, text)} {answer}{where}"
        return f"{what}: {_out_there(state)}{_how_many(state)}"
    fails = "fails" if be == "is" else "fail for the same reason"
    what = f"{jobs} {fails}{step}{_on_branch(state, medium)}"
    where = "the runner ran out of room" if shown and is_out_of_room(shown) else _out_there(state)
    return f"{what}: {where}{_how_many(state)}"


def _out_there(state: State) -> str:
    return f"the cause is outside the {'repositories' if len(state.repositories) > 1 else 'repository'}"


def _how_many(state: State) -> str:
    """How many of the last runs failed on the branch of the newest failure; empty if there was only one run.

    In several repositories the branches have nothing in common.
    """
    trials = state.branch_statuses[0].trials if state.branch_statuses else None
    # "1 of the last 1 run" says nothing.
    if trials is None or trials.total < _FEW or len(state.repositories) > 1:
        return ""
    return f"; the job failed in {trials.failed:,} of the last {counted(trials.total, 'run')}"


def _usual_time(shown: Evidence) -> str:
    """How long the step takes if the job passes."""
    if shown.usual_seconds is None:
        return ""
    return f" This step took {span(timedelta(seconds=shown.usual_seconds))} in a passing run."


def _why_not_started(state: State, start_failure: StartFailure, medium: Medium) -> str:
    """The mistakes in the workflow's file, each with its line."""
    found = "; ".join(_mistake_words(mistake, medium) for mistake in start_failure.mistakes)
    return f" {workflow_file(state.latest, medium)}, {found}."


def _mistake_words(mistake: WorkflowMistake, medium: Medium) -> str:
    form, *keys = _MISTAKES[mistake.mistake]
    words = form.format(*(medium.code(name, 100) for name in (*mistake.names, *keys)))
    return f"{f'line {mistake.line}' if mistake.line else 'as a whole'}: {words}"


_MISTAKES = {
    Mistake.UNREADABLE: ("the YAML cannot be read ({})",),
    Mistake.EMPTY: ("there is no workflow",),
    Mistake.NO_EVENTS: ("{} is missing", "on"),
    Mistake.NO_JOBS: ("there are no {}", "jobs"),
    Mistake.UNKNOWN_NEED: ("job {} needs {}, but the workflow has no such job",),
    Mistake.NEEDS_ITSELF: ("job {} needs itself",),
    Mistake.NO_RUNNER: ("job {} has neither {} nor {}", "runs-on", "uses"),
    Mistake.REPEATED_KEY: ("the key {} occurs twice",),
    Mistake.NO_WORKFLOW: ("the workflow {} does not exist",),
    Mistake.NO_ACTION: (
        "the action {} is not in the repository, so its step fails unless an earlier step puts it there",
    ),
}
"""What is said of a mistake, and the keys of a workflow that are named in it after the names of the mistake."""


# --- where it is set -----------------------------------------------------------------------------


def _at_step(state: State, medium: Medium) -> str:
    step, file = step_of(state.latest), workflow_file(state.latest, medium)
    if not step:
        return ""
    return f" The step is {medium.code(step, 80)}{f' in {file}' if file else ''}."


# --- where, since when, how often ----------------------------------------------------------------


def _on_branch(state: State, medium: Medium) -> str:
    branch = state.latest.branch
    others = {status.branch for status in state.branch_statuses if status.red}
    more = f" and {counted(len(others) - 1, 'more branch', 'more branches')}" if len(others) > 1 else ""
    return f" on {medium.code(branch, 100)}{more}" if branch else ""


def since_words(state: State, url: str, medium: Medium = MARKDOWN) -> str:
    """The commit that broke it, if there is only one; else the first failing run, and the commit that is likely."""
    suspect = only_suspect(state)
    commit_words = suspect_words(suspect, url, state.repository_of_break, medium) if suspect else ""
    # One commit between a pass and a failure says when as well. With several, the suspect is only likely.
    if suspect and is_only_commit(state):
        return commit_words
    since = run_words(state.first_red, medium) if state.first_red else medium.time(state.first_seen)
    return f"{since}, probably because of {commit_words}" if suspect else since


def run_words(run: RunRef, medium: Medium = MARKDOWN) -> str:
    """A run and its time; the run is linked elsewhere."""
    return f"run {run.number} ({medium.time(run.at)})" if run.number else medium.time(run.at)


def how_often(state: State, medium: Medium = MARKDOWN) -> str:
    """How many runs of the present break failed, and how much of the matrix fails."""
    matrix = _matrix_jobs(state, medium)
    return f"{runs_of_break(state, 'failed run')}{f', {matrix}' if matrix else ''}"


def runs_of_break(state: State, noun: str = "run") -> str:
    """`3 runs`, or `at least 3 runs` if some are not known."""
    start = state.broken_since
    failed, at_least = state.count, state.runs_missed
    # The count of an issue that was reopened has older breaks in it, and only the newest runs are known one by one.
    if state.first_seen < start:
        of_break = [occurrence for occurrence in state.occurrences if occurrence.started_at >= start]
        failed = max(1, len(of_break))
        at_least = at_least or len(of_break) == len(state.occurrences)
    return ("at least " if at_least else "") + counted(failed, noun)


def leg_name(state: State, leg: str) -> str:
    """The name of a leg; a job without a matrix has one if jobs of other issues are counted beside it."""
    return leg or (state.job if state.merged else "")


def _matrix_jobs(state: State, medium: Medium) -> str:
    """How many jobs of the matrix fail, of how many if that is known."""
    if state.identity.spans_jobs:
        return ""
    red = {leg_name(state, leg.leg) for status in state.branch_statuses for leg in status.red}
    failing, is_of_jobs = sorted(filter(None, red)), state.identity.is_whole_workflow or bool(state.merged)
    total, noun = state.matrix_jobs, "job" if is_of_jobs else "matrix job"
    # A number that leaves some out would be wrong.
    if not failing or OTHER_LEGS in failing or (len(failing) == 1 and total <= 1):
        return ""
    # The name of such a job often holds commas itself.
    comma = "; " if any("," in leg for leg in failing) else ", "
    names = f" ({comma.join(medium.code(leg, 60) for leg in failing)})" if len(failing) <= _FEW else ""
    if total < len(failing):
        return f"{counted(len(failing), noun)}{names}"
    return f"{len(failing)} of {counted(total, noun)}{names}"
