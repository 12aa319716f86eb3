"""Every input, declared once: its name, default, help and how it is read.

`action.yml`, the options of the command and the table in `docs/inputs.md` are checked against this file.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from ci_failure_tracker.addresses import (
    MOST_MAILBOXES,
    MailServer,
    gateway,
    half_a_mail,
    listed,
    mail_server,
    mailbox,
    mailboxes,
    webhook,
)
from ci_failure_tracker.errors import BadValueError, SettingsError
from ci_failure_tracker.model import Outcome
from ci_failure_tracker.secret import Secret

MAX_RUNS_LIMIT = 1000
"""GitHub lists no more runs than this where a filter is used (its documentation of "List workflow runs")."""

MAX_REQUESTS = 800
"""GitHub gives a job's token 1,000 requests an hour; what is left is for the others that use it."""

MOST_GREENS = 10
"""An issue remembers each green run that proves it mended, and its marker has no room for many."""

COUNTABLE = (
    Outcome.FAILURE,
    Outcome.CANCELLED,
    Outcome.TIMED_OUT,
    Outcome.ACTION_REQUIRED,
    Outcome.STARTUP_FAILURE,
)
"""The outcomes that `conclusions` may name."""

TITLE_FIELDS = ("workflow", "job", "headline")
"""The fields that `title` may hold."""


class GroupBy(StrEnum):
    """What one issue stands for."""

    JOB = "job"
    WORKFLOW = "workflow"
    CAUSE = "cause"


class Comments(StrEnum):
    """When an issue is commented on."""

    CHANGES = "changes"
    ALWAYS = "always"
    NEVER = "never"


class Matrix(StrEnum):
    """Whether the legs of a matrix share an issue."""

    TOGETHER = "together"
    SEPARATE = "separate"


@dataclass(frozen=True, slots=True)
class Input:
    """One input as its users see it."""

    name: str
    default: str
    help: str
    metavar: str
    parse: Callable[[str], Any]

    @property
    def variable(self) -> str:
        """The environment variable that carries it into the action."""
        return "INPUT_" + self.name.upper().replace("-", "_")


# --- reading a text as a type --------------------------------------------------------------------


def _count(least: int, most: int | None = None) -> Callable[[str], int]:
    bounds = f"from {least} to {most:,}" if most is not None else f"of {least} or more"

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise BadValueError(f"is {text!r}, which is no whole number; give one {bounds}")
        number = int(text)
        if number < least or (most is not None and number > most):
            raise BadValueError(f"is {number}; give a number {bounds}")
        return number

    return parse


def _choice(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    def parse(text: str) -> StrEnum:
        try:
            return kind(text.lower())
        except ValueError:
            *others, last = (f"`{item.value}`" for item in kind)
            allowed = f"{', '.join(others)} or {last}"
            raise BadValueError(f"is {text!r}; give {allowed}") from None

    return parse


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise BadValueError(f"is {text!r}; give `true` or `false`")
    return text.lower() == "true"


def _repository(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*(_[A-Za-z0-9]+)?/[A-Za-z0-9._-]+", text, re.ASCII):
        raise BadValueError(f"is {text!r}, which is not of the form owner/name, such as `octo-org/octo-repo`")
    if text.endswith(("/.", "/..")):
        raise BadValueError(f"is {text!r}, which names no repository")
    return text


def _events(text: str) -> tuple[str, ...]:
    return listed(text.lower())


def _conclusions(text: str) -> frozenset[Outcome]:
    names = listed(text.lower())
    unknown = [name for name in names if name not in COUNTABLE]
    if unknown or not names:
        said = ", ".join(repr(name) for name in unknown) or "nothing"
        raise BadValueError(f"names {said}; give one or more of {', '.join(COUNTABLE)}")
    return frozenset(Outcome(name) for name in names)


_LONGEST = timedelta(days=3653)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,5})([hdw])", text.lower(), re.ASCII)
    if not match:
        raise BadValueError(f"is {text!r}; give a number and h, d or w, such as `30d`")
    span = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if span > _LONGEST:
        raise BadValueError(f"is {text!r}, which is more than ten years")
    return span


def _since(text: str) -> Since:
    if not text:
        return Since()
    if re.fullmatch(r"\d{1,5}[hdw]", text.lower(), re.ASCII):
        return Since(ago=_duration(text))
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            moment = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        else:
            moment = datetime.fromisoformat(text)
        return Since(moment=moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise BadValueError(
            f"is {text!r}; give a span back from now such as `7d`, `12h` or `2w`, or a date such as `2026-03-01`"
        ) from None


def _labels(text: str) -> tuple[str, ...]:
    labels = listed(text)
    if not labels:
        raise BadValueError("is empty; the tracker finds its issues by the first label, so give at least one")
    long = [label for label in labels if len(label) > 50]  # noqa: PLR2004 - GitHub's limit of a label's name
    if long:
        raise BadValueError(f"holds {long[0]!r}, which is longer than the 50 characters GitHub allows")
    return labels


def _title(text: str) -> str:
    unknown = [name for name in re.findall(r"\{([^{}]*)\}", text) if name not in TITLE_FIELDS]
    if unknown:
        raise BadValueError(f"has the unknown field {{{unknown[0]}}}; known are {{workflow}}, {{job}} and {{headline}}")
    return text


def _secret(text: str) -> Secret:
    if not re.fullmatch(r"[!-~]+", text):
        raise BadValueError("holds a space, a line end or a letter that no token has; copy it again")
    return Secret(text)


# --- the declaration -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Since:
    """A bound in time: a span back from now, a moment, or none."""

    ago: timedelta | None = None
    moment: datetime | None = None

    def start(self, now: datetime) -> datetime | None:
        """The moment before which no run is looked at, in UTC."""
        return (now - self.ago) if self.ago is not None else self.moment

    def __str__(self) -> str:
        if self.ago is not None:
            return f"{self.ago.days} days and {self.ago.seconds // 3600} hours ago"
        return self.moment.strftime("%Y-%m-%d %H:%M UTC") if self.moment else ""


def _input(default: str, help: str, parse: Callable[[str], Any], metavar: str = "TEXT") -> Any:  # noqa: A002, ANN401 - the field's own type is what counts
    return dataclasses.field(metadata={"default": default, "help": help, "parse": parse, "metavar": metavar})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The inputs, read and validated. A field's name is the input's with `_` for `-`."""

    token: Secret = _input(
        "${{ github.token }}",
        "Token for GitHub's API; needs `actions: read` and `issues: write`.",
        _secret,
        "TOKEN",
    )
    repository: str = _input(
        "${{ github.repository }}",
        "Where the runs are, and the issues, as owner/name.",
        _repository,
        "OWNER/NAME",
    )
    workflow: tuple[str, ...] = _input(
        "",
        "Workflows to look at: names, file names or globs, separated by commas or lines. Empty means every one.",
        listed,
        "NAMES",
    )
    exclude_workflow: tuple[str, ...] = _input(
        "",
        "Workflows to leave out: names, file names or globs, separated by commas or lines.",
        listed,
        "NAMES",
    )
    branch: tuple[str, ...] = _input(
        "",
        "Branches to look at: names or globs, separated by commas or lines. Empty means the default branch, "
        "`*` all of them. Runs of forks never count.",
        listed,
        "NAMES",
    )
    event: tuple[str, ...] = _input(
        "",
        "Events to look at, such as `push, schedule`. Empty means every one.",
        _events,
        "NAMES",
    )
    max_runs: int = _input(
        "100",
        f"How many of the newest runs to look at, from 1 to {MAX_RUNS_LIMIT:,}.",
        _count(1, MAX_RUNS_LIMIT),
        "N",
    )
    max_requests: int = _input(
        f"{MAX_REQUESTS}",
        "How many requests a sweep may send, from 25. Near it the sweep stops between two items and keeps what is "
        "done. Each request is tried up to four times, a rate limit may hold it up for 90 seconds, and all waits of a "
        "sweep take five minutes at most; below 50 requests left to the token no sweep starts.",
        _count(25, 1_000_000),
        "N",
    )
    since: Since = _input(
        "",
        "Look at no run older than this: a span back from now (`7d`, `12h`, `2w`) or a date (`2026-03-01`).",
        _since,
        "WHEN",
    )
    conclusions: frozenset[Outcome] = _input(
        ", ".join(COUNTABLE),
        "What counts as failed. Superseded runs never do.",
        _conclusions,
        "NAMES",
    )
    group_by: GroupBy = _input(
        "job",
        "What one issue stands for: `job`, `workflow`, or `cause`, which is one issue for all jobs that fail alike.",
        _choice(GroupBy),
        "KIND",
    )
    matrix: Matrix = _input(
        "together",
        "Whether the legs of a matrix share an issue (`together`) or have one each (`separate`).",
        _choice(Matrix),
        "KIND",
    )
    min_failures: int = _input(
        "1", "How many failed runs it takes before an issue is opened.", _count(1, MAX_RUNS_LIMIT), "N"
    )
    max_new_issues: int = _input(
        "10",
        "How many issues one sweep may open, worst first. What is over is named in the summary.",
        _count(0, 500),
        "N",
    )
    labels: tuple[str, ...] = _input(
        "ci-failure, github-actions, automated",
        "Labels of every issue, made where missing. The tracker finds its issues by the first one: keep it.",
        _labels,
        "NAMES",
    )
    assignees: tuple[str, ...] = _input("", "Logins to assign to every new issue.", listed, "LOGINS")
    title: str = _input(
        "[CI Failure] {workflow} - {job}",
        "Title of a new issue; `{workflow}`, `{job}` and `{headline}`, the line that says what failed, are filled in.",
        _title,
        "TEXT",
    )
    issue_template: str = _input(
        "",
        "A Jinja2 template for the issue's body in place of the built-in one: a file in the workspace, "
        "or the template itself.",
        str,
        "FILE",
    )
    comment: Comments = _input(
        "changes",
        "When to comment on an issue: on `changes` (a new cause, turned flaky, reopened, closed, broken for a week), "
        "`always`, which is also on each new failed run, or `never`.",
        _choice(Comments),
        "KIND",
    )
    close_after: int = _input(
        "2",
        f"Close an issue after green runs on so many distinct commits, from 1 to {MOST_GREENS}, twice as many if it is "
        "flaky; 0 never closes.",
        _count(0, MOST_GREENS),
        "N",
    )
    reopen_within: timedelta = _input(
        "30d",
        "A closed issue is reopened when its job fails again within this time; later a new issue links back to it.",
        _duration,
        "SPAN",
    )
    logs: bool = _input(
        "true",
        "Read the logs of failed jobs, to show in the issue what failed and to tell causes apart.",
        _flag,
        "BOOL",
    )
    excerpt_lines: int = _input(
        "30",
        "How many lines of a log an issue shows, from 1 to 100. It never shows more than 4,000 characters.",
        _count(1, 100),
        "N",
    )
    schedules: bool = _input(
        "false",
        "Look for scheduled workflows that let three times pass that their `cron` names. Costs two or three requests a "
        "sweep, one more for each of them that seldom runs, and needs `contents: read`. Those that GitHub disabled "
        "are found without it.",
        _flag,
        "BOOL",
    )
    report_dir: str = _input(
        "",
        "Folder in which to write the report: `report.html` to look at, `report.json` with all of it, `metrics.prom` "
        "for Prometheus; made where it is missing, and relative to the workspace.",
        str,
        "FOLDER",
    )
    pushgateway_url: Secret | None = _input(
        "",
        "Address of a Prometheus Pushgateway to push the figures to, as `https://host:9091`, with `name:password@` "
        "before the host if it asks for one. A dry run pushes nothing.",
        gateway,
        "URL",
    )
    slack_webhook_url: Secret | None = _input(
        "",
        "Incoming webhook of Slack that gets a message where a sweep opened, reopened or closed an issue; a secret.",
        webhook("https://hooks.slack.com/services/…"),
        "URL",
    )
    slack_payload: bool = _input(
        "false",
        "Give that message as the output `slack-payload`, for a step of your own; the command prints it.",
        _flag,
        "BOOL",
    )
    discord_webhook_url: Secret | None = _input(
        "",
        "Webhook of Discord that gets the same message; in a forum each new failure gets a thread; a secret.",
        webhook("https://discord.com/api/webhooks/…"),
        "URL",
    )
    smtp_url: MailServer | None = _input(
        "",
        "Server that takes a mail of the same: `smtp://user:password@host:587` for STARTTLS, `smtps://` for TLS; a "
        "secret. Needs `email-to` and `email-from`.",
        mail_server,
        "URL",
    )
    email_to: tuple[Secret, ...] = _input(
        "",
        f"Who gets the mail: up to {MOST_MAILBOXES} addresses, separated by commas or lines.",
        mailboxes,
        "ADDRESSES",
    )
    email_from: Secret | None = _input("", "Whom the mail is from: one address.", mailbox, "ADDRESS")
    dry_run: bool = _input("false", "Plan everything and write nothing.", _flag, "BOOL")

    def counts(self, outcome: Outcome | None) -> bool:
        """Whether an outcome is a failure; a lost runner is one where `failure` is, a silent schedule always."""
        if outcome is Outcome.RUNNER_LOST:
            return Outcome.FAILURE in self.conclusions
        return outcome in self.conclusions or outcome is Outcome.SILENT


def inputs() -> Iterator[Input]:
    """Every input in the order of the documentation."""
    for field in dataclasses.fields(Settings):
        meta = field.metadata
        yield Input(
            name=field.name.replace("_", "-"),
            default=cast("str", meta["default"]),
            help=cast("str", meta["help"]),
            metavar=cast("str", meta["metavar"]),
            parse=cast("Callable[[str], Any]", meta["parse"]),
        )


def read_settings(given: Mapping[str, str]) -> Settings:
    """Read the inputs by name; one that is missing or blank takes its default.

    Raises:
        SettingsError: with every mistake at once, each saying how to mend it.
    """
    mistakes: list[str] = []
    values: dict[str, Any] = {}
    for declared in inputs():
        text = given.get(declared.name, "").strip()
        if not text and declared.default.startswith("${{"):
            mistakes.append(_missing(declared.name))
            continue
        try:
            values[declared.name.replace("-", "_")] = declared.parse(text or declared.default)
        except BadValueError as mistake:
            mistakes.append(f"`{declared.name}` {mistake}.")
    if values.get("group_by") is GroupBy.CAUSE and values.get("logs") is False:
        mistakes.append("`group-by: cause` needs `logs: true`, for causes are found in the logs.")
    mistakes += half_a_mail(given)
    if mistakes:
        raise SettingsError(mistakes)
    return Settings(**values)


def _missing(name: str) -> str:
    if name == "token":
        return (
            "`token` is missing: in a workflow leave the input out to use the job's own; "
            "on a machine set GITHUB_TOKEN, for example to what `gh auth token` prints."
        )
    return "`repository` is missing: give it as owner/name, or set GITHUB_REPOSITORY."
