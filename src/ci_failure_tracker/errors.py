"""The errors of a sweep, each with advice and an exit code; and what the exit codes mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from traceback import extract_tb

from ci_failure_tracker.model import LogUnavailable, Severity

# 2 is click's own code for a wrong call, and 130 is 128 + SIGINT, as shells have it.
DONE, FAILED, MISUSED, FAILING, STOPPED = 0, 1, 2, 3, 130

EXIT_CODES: Mapping[int, str] = {
    DONE: "done, whether or not something is failing; also if you said no when the command asked",
    FAILED: "the tracker or GitHub failed, or a part of the work could not be done; what could be done was done",
    MISUSED: "the command, the settings, the token or the repository must be corrected first; nothing was written",
    FAILING: "something is failing; only with `check --exit-code`",
    STOPPED: "you stopped the command with Ctrl-C; what it did stays",
}
"""What the exit codes of all commands mean. What stops a step of a workflow is 1, and the message says it."""

SIGN_IN = "Set GITHUB_TOKEN, or log in with `gh auth login`"
"""How a person gets a token to the command."""


class TrackerError(Exception):
    """`what` says what went wrong, `advice` how to fix it."""

    exit_code = FAILED
    severity = Severity.ERROR

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        """Both as one text."""
        return f"{self.what} {self.advice}".strip()


class SettingsError(TrackerError):
    """The settings cannot be used; `mistakes` holds every mistake."""

    exit_code = MISUSED

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class NoLogError(TrackerError):
    """A file or folder to explain is no log and holds none."""

    exit_code = MISUSED

    def __init__(self, path: str, what: str, advice: str) -> None:
        super().__init__(f"{path} {what}.", advice)


class UnreadableLogError(NoLogError):
    """A file or folder to explain, or a part of it, cannot be read."""


class HistoryError(TrackerError):
    """A recorded history cannot be read or written."""

    exit_code = MISUSED


class BadTokenError(TrackerError):
    """GitHub does not accept the token."""

    exit_code = MISUSED

    def __init__(self) -> None:
        super().__init__(
            "GitHub refused the token (401 Bad credentials).",
            "It may be mistyped, expired or revoked. In a workflow leave `token` out to use the job's own; "
            "on a machine set GITHUB_TOKEN to a token that `gh auth token` or your settings page shows.",
        )


class TokenNeededError(TrackerError):
    """The server answers nobody without a token."""

    exit_code = MISUSED

    def __init__(self) -> None:
        super().__init__("GitHub answers nothing without a token (401).", f"{SIGN_IN}.")


class NoPublicRepositoryError(TrackerError):
    """Without a token, there is no such repository."""

    exit_code = MISUSED

    def __init__(self, repository: str) -> None:
        super().__init__(
            f"There is no public repository {repository!r} (404).",
            f"Check the spelling (owner/name). A private repository needs a token: {SIGN_IN[0].lower()}{SIGN_IN[1:]}.",
        )


class NoSuchRepositoryError(TrackerError):
    """The repository does not exist, or the token may not see it."""

    exit_code = MISUSED

    def __init__(self, repository: str) -> None:
        super().__init__(
            f"There is no repository {repository!r}, or this token may not see it (404).",
            "Check the spelling (owner/name). A private repository other than the workflow's own needs a token that "
            "has been given access to it.",
        )


class PrivateError(TrackerError):
    """Something of private repositories would be public in another one. The message does not name them.

    `where` is what anybody could read of that, and `instead` what to do about it.
    """

    exit_code = MISUSED

    def __init__(
        self,
        public: str,
        hidden: int,
        where: str = "its issues",
        instead: str = "Choose a private repository in `issues-repository`",
    ) -> None:
        are = "1 of the repositories is" if hidden == 1 else f"{hidden} of the repositories are"
        super().__init__(
            f"{public} is public, and {are} not: anybody could read in {where} what fails there.",
            f"{instead}, or leave them out with `exclude-repositories`. `allow-public: true` allows it.",
        )


class ArchivedError(TrackerError):
    """The repository is archived, so it takes no issues."""

    exit_code = MISUSED

    def __init__(self, repository: str) -> None:
        super().__init__(
            f"{repository} is archived, so its issues cannot be written.",
            "Unarchive it under Settings, or remove the tracker's workflow.",
        )


class IssuesDisabledError(TrackerError):
    """The issues of the repository are disabled."""

    exit_code = MISUSED

    def __init__(self, repository: str) -> None:
        super().__init__(
            f"Issues are disabled in {repository}.",
            "Enable them under Settings > General > Features > Issues.",
        )


class MissingRightError(TrackerError):
    """The token lacks a permission; the advice holds the YAML that gives it."""

    exit_code = MISUSED

    def __init__(self, doing: str, right: str) -> None:
        super().__init__(
            f"The token may not {doing}: it lacks `{right}`.",
            "Naming one permission sets all others to none, so give the job all of them:\n"
            "permissions:\n  actions: read\n  issues: write\n"
            "A fine-grained token needs the repository permissions Actions (read) and Issues (read and write).",
        )


class LogAbsentError(TrackerError):
    """A job has no log."""

    def __init__(self, log_unavailable: LogUnavailable) -> None:
        super().__init__(f"There is no log ({log_unavailable}).")
        self.log_unavailable = log_unavailable


class ArtifactAbsentError(TrackerError):
    """An artifact is not there any more."""

    def __init__(self) -> None:
        super().__init__("GitHub no longer has it.")


class UnexplainedLogError(TrackerError):
    """The program failed while it read a log or an artifact."""

    def __init__(self, error: Exception, file: str = "the job's log") -> None:
        super().__init__(
            f"The program failed on it ({type(error).__name__}).",
            f"This is a bug: please report it with {file}.",
        )


class BadYamlError(TrackerError):
    """A workflow file cannot be read; the sweep goes on without it.

    `line` is where, counted from 1, if that is known.
    """

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.line = line


class UnknownWorkflowError(TrackerError):
    """The settings name workflows that the repository does not have; the text holds similar names."""

    exit_code = MISUSED


class GitHubError(TrackerError):
    """GitHub gave no answer, or none that can be used."""


class RefusedError(GitHubError):
    """GitHub rejected the request as invalid (422) and did nothing."""


class UnansweredError(GitHubError):
    """GitHub's answer was lost or is broken, so it is not known whether GitHub carried out the request."""


class UnreachedError(UnansweredError):
    """No connection to GitHub was made, so GitHub did not get the request."""


class MalformedError(UnansweredError):
    """GitHub's answer lacks something, or a part of it has another type."""

    def __init__(self, doing: str, why: str) -> None:
        super().__init__(
            f"GitHub's answer to the request to {doing} has an unexpected form: {why}.", "The next sweep tries again."
        )


class RateLimitedError(GitHubError):
    """The token has used up its rate limit."""


class RequestsSpentError(GitHubError):
    """The sweep has sent as many requests as it may; what it did so far stays."""

    severity = Severity.WARNING

    def __init__(self, made: int, most: int, left: int | None = None, *, without_token: bool = False) -> None:
        by_github = left is not None and left < most - made
        whom = "this address" if without_token else "the token"
        why = f"and GitHub allows {whom} {left} more" if by_github else f"of at most {most}"
        advice = (
            "The next sweep continues. Raise `max-requests`, lower `max-runs`, or sweep at a time when the token's "
            "limit is less used."
        )
        if without_token:
            advice = f"{SIGN_IN}: with a token it may send more."
        super().__init__(f"The sweep stopped early: it sent {made} requests, {why}.", advice)


class WritesSpentError(RateLimitedError):
    """The token has written as often in the last hour as GitHub allows; the next sweep writes the rest."""

    severity = Severity.WARNING

    def __init__(self, most: int, parallel: int) -> None:
        share = f", and {parallel} sweeps share them" if parallel > 1 else ""
        super().__init__(
            f"GitHub takes {most} writes an hour from one token{share}: those of this sweep are used up.",
            "The next sweep continues.",
        )


class BadValueError(ValueError):
    """The text of an input cannot be read; the message says what is allowed."""


def kind_and_place(error: Exception) -> str:
    """What an error that nobody expected is, and where it was raised; its message may hold foreign text."""
    frames = extract_tb(error.__traceback__)
    file = frames[-1].filename.replace("\\", "/").rpartition("/")[2] if frames else ""
    return f"{type(error).__name__} at {file}:{frames[-1].lineno}" if frames else type(error).__name__
