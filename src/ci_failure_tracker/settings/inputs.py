"""Every input, declared once: its name, default, help and parser.

`make generate` writes the parts of `action.yml`, `src/start.sh` and `docs/` that repeat these declarations.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from ci_failure_tracker.errors import BadValueError, SettingsError
from ci_failure_tracker.model import MAX_REQUESTS, Outcome
from ci_failure_tracker.model.repositories import MOST_SHARDS
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.settings import parsers
from ci_failure_tracker.settings.addresses import MailServer
from ci_failure_tracker.settings.channels import DISCORD, MAIL, PUSHGATEWAY, SLACK, SLACK_PAYLOAD, incomplete
from ci_failure_tracker.settings.declaration import Input, InputGroup, as_field, input_of
from ci_failure_tracker.settings.parsers import OwnerLine, Since

MAX_RUNS_LIMIT = 1000
"""GitHub lists no more runs than this if a filter is used (its documentation of "List workflow runs")."""

_MOST_CLOSE_AFTER = 10
"""An issue keeps each passing run that proves a recovery, and its marker has no room for many."""

_MOST_TESTS = 20
"""A log tells up to fifty failures apart, and twice as many tests as this have to be among them."""

DEFAULT_TITLE = "[CI Failure] {workflow} - {job}: {subject}"


class GroupBy(StrEnum):
    """The kind of thing that one issue stands for."""

    JOB = "job"
    WORKFLOW = "workflow"
    CAUSE = "cause"
    TEST = "test"


class Comments(StrEnum):
    """When an issue gets a comment."""

    CHANGES = "changes"
    ALWAYS = "always"
    NEVER = "never"


class Matrix(StrEnum):
    """Whether the jobs of a matrix share an issue."""

    TOGETHER = "together"
    SEPARATE = "separate"


class AllowedFailures(StrEnum):
    """What becomes of a job that is allowed to fail."""

    IGNORE = "ignore"
    TRACK = "track"


class RerunKind(StrEnum):
    """Which failed jobs run again, once."""

    NONE = "none"
    TRANSIENT = "transient"


class Command(StrEnum):
    """What the action does."""

    SWEEP = "sweep"
    DISCOVER = "discover"
    COMBINE = "combine"


class Notify(StrEnum):
    """Whom a new issue notifies."""

    NONE = "none"
    OWNERS = "owners"
    SUSPECTS = "suspects"


# GitHub takes about 80 writes a minute from one token.
_MOST_PARALLEL = 60
"""With more, each sweep would have to wait a minute before it writes again."""

_OF_REPOSITORIES = ("exclude_repositories", "last_report")
_NOT_SWEPT = "It is about no sweep."
_ONLY_WHICH = "It only changes which repositories are swept."
_ONLY_TEXT = "It only changes texts."
_ONLY_RERUNS = "No issue holds a run that runs again."
_ONLY_ASSIGNED = "It only changes whom a new issue is assigned to."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The inputs, read and validated. The name of a field is the name of its input with `_` for `-`."""

    token: Secret = as_field(
        Input(
            group=InputGroup.ACCESS,
            default="${{ github.token }}",
            help="Token for GitHub's API. It needs `actions: read` and `issues: write`.",
            metavar="TOKEN",
            parse=parsers.token,
            keeps_checkpoint="GitHub gives every job another token.",
        )
    )
    # Part of the fingerprint: an issue that is transferred to another repository takes its checkpoint along.
    repository: str = as_field(
        Input(
            group=InputGroup.ACCESS,
            default="${{ github.repository }}",
            help="The repository with the runs and the issues, as owner/name.",
            metavar="OWNER/NAME",
            parse=parsers.repository,
        )
    )
    repositories: tuple[str, ...] = as_field(
        Input(
            group=InputGroup.MANY,
            help="Repositories to sweep instead of one: names (`owner/name`), globs (`owner/lamp-*`), `org:owner` "
            "and `topic:name`, separated by commas or lines. Archived repositories and forks count only if you name "
            "them. A token of a GitHub App, or a fine-grained one, must cover all of them. Without `org:owner`, "
            "`topic:name` is about the owner of `repository`.",
            metavar="LIST",
            parse=parsers.listed,
            keeps_checkpoint=_ONLY_WHICH,
        )
    )
    exclude_repositories: tuple[str, ...] = as_field(
        Input(
            group=InputGroup.MANY,
            help="With `repositories`: repositories to leave out, in the same forms.",
            metavar="LIST",
            parse=parsers.listed,
            keeps_checkpoint=_ONLY_WHICH,
        )
    )
    last_report: str = as_field(
        Input(
            group=InputGroup.MANY,
            help="With `repositories`: the `report.json` of their last sweep. Repositories with nothing new are not "
            "swept again, and the worst are swept first. Without this file, all are swept.",
            metavar="FILE",
            parse=str,
            keeps_checkpoint=_ONLY_WHICH,
        )
    )
    parallel_sweeps: int = as_field(
        Input(
            group=InputGroup.MANY,
            default="1",
            help=f"How many sweeps use the token at the same time, from 1 to {_MOST_PARALLEL}. Each takes its share of "
            "GitHub's limits.",
            metavar="N",
            parse=parsers.count(1, _MOST_PARALLEL),
            keeps_checkpoint="It only changes how fast a sweep is.",
        )
    )
    issues_repository: str = as_field(
        Input(
            group=InputGroup.MANY,
            help="One repository for all issues, as owner/name. A cause in several repositories is one issue there. "
            "Empty means that each repository keeps its own issues.",
            metavar="OWNER/NAME",
            parse=parsers.optional_repository,
            keeps_checkpoint="Central issues have no checkpoint.",
        )
    )
    allow_public: bool = as_field(
        Input(
            group=InputGroup.MANY,
            default="false",
            help="Whether names and log lines of private repositories may become public: in the issues of a public "
            "`issues-repository`, and in the workflow logs of a public repository.",
            metavar="BOOL",
            parse=parsers.flag,
            keeps_checkpoint="Central issues have no checkpoint.",
        )
    )
    workflow: tuple[str, ...] = as_field(
        Input(
            group=InputGroup.WATCHED,
            help="Workflows to watch: names, file names or globs. Empty means all workflows.",
            metavar="NAMES",
            parse=parsers.listed,
        )
    )
    exclude_workflow: tuple[str, ...] = as_field(
        Input(
            group=InputGroup.WATCHED,
            help="Workflows to leave out: names, file names or globs.",
            metavar="NAMES",
            parse=parsers.listed,
        )
    )
    branch: tuple[str, ...] = as_field(
        Input(
            group=InputGroup.WATCHED,
            help="Branches and tags to watch: names, globs and the words `default` (the default branch), `tags` (all "
            "tags and releases) and `merge-queue`. Empty means `default, tags`. `*` means all branches and tags. "
            "Runs of forks never count.",
            metavar="NAMES",
            parse=parsers.listed,
        )
    )
    event: tuple[str, ...] = as_field(
        Input(
            group=InputGroup.WATCHED,
            help="Events to watch, such as `push, schedule`. Empty means all events.",
            metavar="NAMES",
            parse=parsers.events,
        )
    )
    max_runs: int = as_field(
        Input(
            group=InputGroup.LIMITS,
            default="100",
            help=f"How many runs to list at most, newest first, from 1 to {MAX_RUNS_LIMIT:,}. The newest run of each "
            "workflow is always read.",
            metavar="N",
            parse=parsers.count(1, MAX_RUNS_LIMIT),
        )
    )
    max_requests: int = as_field(
        Input(
            group=InputGroup.LIMITS,
            default=f"{MAX_REQUESTS}",
            help="How many requests a sweep sends at most, 25 or more. Near this limit the sweep stops and keeps what "
            "is done; the next sweep continues.",
            metavar="N",
            parse=parsers.count(25, 1_000_000),
        )
    )
    since: Since = as_field(
        Input(
            group=InputGroup.WATCHED,
            help="Ignore older runs: a time span such as `7d`, `12h` or `2w`, or a date such as `2026-03-01`.",
            metavar="WHEN",
            parse=parsers.since,
        )
    )
    conclusions: frozenset[Outcome] = as_field(
        Input(
            group=InputGroup.WATCHED,
            default=", ".join(parsers.COUNTABLE),
            help="Conclusions that count as failed. Superseded runs never count.",
            metavar="NAMES",
            parse=parsers.conclusions,
        )
    )
    allowed_failures: AllowedFailures = as_field(
        Input(
            group=InputGroup.WATCHED,
            default="ignore",
            help="A job that fails in passing runs, as `continue-on-error` allows: `ignore` it, or `track` it like "
            "other jobs.",
            metavar="KIND",
            parse=parsers.Choice(AllowedFailures),
        )
    )
    group_by: GroupBy = as_field(
        Input(
            default="job",
            help="What one issue stands for: a `job`, a `workflow`, a `cause` (all jobs that fail for one reason), or "
            "a `test`.",
            metavar="KIND",
            parse=parsers.Choice(GroupBy),
        )
    )
    max_tests: int = as_field(
        Input(
            default="5",
            help="With `group-by: test`, from 1 to 20. A job gets one issue for its tests if more of them than this "
            "fail with one message, or more than twice as many at all.",
            metavar="N",
            parse=parsers.count(1, _MOST_TESTS),
        )
    )
    matrix: Matrix = as_field(
        Input(
            default="together",
            help="Whether the jobs of a matrix share one issue (`together`) or get one each (`separate`).",
            metavar="KIND",
            parse=parsers.Choice(Matrix),
        )
    )
    min_failures: int = as_field(
        Input(
            default="1",
            help="Open an issue after this many failed runs.",
            metavar="N",
            parse=parsers.count(1, MAX_RUNS_LIMIT),
        )
    )
    max_new_issues: int = as_field(
        Input(
            default="10",
            help="How many issues one sweep opens at most. The worst failures come first; the summary names the "
            "others.",
            metavar="N",
            # GitHub takes about 500 new issues and comments an hour from one token.
            parse=parsers.count(0, 500),
        )
    )
    labels: tuple[str, ...] = as_field(
        Input(
            default="ci-failure, github-actions, automated",
            help="Labels of each issue. Missing labels are created. The tracker finds its issues by the first "
            "label. If you rename that, give its new name here.",
            metavar="NAMES",
            parse=parsers.labels,
        )
    )
    assignees: tuple[str, ...] = as_field(
        Input(
            help="Logins to assign to each new issue.",
            metavar="LOGINS",
            parse=parsers.listed,
            keeps_checkpoint=_ONLY_ASSIGNED,
        )
    )
    assign: tuple[str, ...] = as_field(
        Input(
            help="Who else is assigned to a new issue: `owners`, `suspects` (the authors of the suspect commits), and "
            "logins. GitHub assigns only people with access to the repository.",
            metavar="NAMES",
            parse=parsers.listed,
            keeps_checkpoint=_ONLY_ASSIGNED,
        )
    )
    owners: tuple[OwnerLine, ...] = as_field(
        Input(
            help="Who owns what, in lines such as `CI/test*: @user, @org/team, label:backend`. Before the colon is a "
            "glob of `workflow/job`, or of the workflow alone; the last matching line counts. An issue shows its "
            "owners without notifying them, and a new issue gets the labels. If no line matches, `CODEOWNERS` "
            "names the owners of the failing file.",
            metavar="LINES",
            parse=parsers.owner_lines,
            keeps_checkpoint=_ONLY_TEXT,
        )
    )
    notify: Notify = as_field(
        Input(
            default="none",
            help="Who is mentioned once in a new issue, so that GitHub notifies them: `owners`, `suspects` (the "
            "authors of the suspect commits), or `none`.",
            metavar="KIND",
            parse=parsers.Choice(Notify),
            keeps_checkpoint=_ONLY_TEXT,
        )
    )
    issue_type: str = as_field(
        Input(
            help="Type of a new issue, such as `Bug`, if the organisation has issue types. If the type cannot be set, "
            "the issue is opened without it, with a warning.",
            metavar="NAME",
            parse=str,
            keeps_checkpoint="It only changes what a new issue is called.",
        )
    )
    title: str = as_field(
        Input(
            default=DEFAULT_TITLE,
            help="Title of a new issue. Fields: `{workflow}`, `{job}`, `{subject}` (what failed, such as a test), "
            "`{kind}` (such as `compile`) and `{headline}` (the line that says what failed). An unknown "
            "subject is left out, with the sign before it.",
            parse=parsers.title,
            keeps_checkpoint=_ONLY_TEXT,
        )
    )
    issue_template: str = as_field(
        Input(
            help="A Jinja2 template for the text of the issues: a file in the workspace, or the template itself. Empty "
            "means the built-in one.",
            metavar="FILE",
            parse=str,
            keeps_checkpoint=_ONLY_TEXT,
        )
    )
    comment: Comments = as_field(
        Input(
            default="changes",
            help="When to comment on an issue: on `changes` (a new cause, flaky, reopened, closed, broken for a "
            "week), `always` (also on each new failed run), or `never`.",
            metavar="KIND",
            parse=parsers.Choice(Comments),
            keeps_checkpoint=_ONLY_TEXT,
        )
    )
    close_after: int = as_field(
        Input(
            default="2",
            help="How many passing runs close the issue of a job that failed every time, from 1 to "
            f"{_MOST_CLOSE_AFTER}. A job that also passed between its failures needs 20 to 150. 0 closes only "
            "duplicates.",
            metavar="N",
            parse=parsers.count(0, _MOST_CLOSE_AFTER),
        )
    )
    reopen_within: timedelta = as_field(
        Input(
            default="30d",
            help="Reopen a closed issue if its job fails again within this time. After that, a new issue links to "
            "the old one.",
            metavar="SPAN",
            parse=parsers.duration,
        )
    )
    rerun: RerunKind = as_field(
        Input(
            default="none",
            help="Which failed jobs run again, once, before an issue is opened: `transient` (only infrastructure "
            "failed, such as a runner or a network), or `none`. It needs `actions: write` and `rerun-workflows`.",
            metavar="KIND",
            parse=parsers.Choice(RerunKind),
            keeps_checkpoint=_ONLY_RERUNS,
        )
    )
    rerun_workflows: tuple[str, ...] = as_field(
        Input(
            help="Workflows whose failed jobs may run again: names, file names or globs. Empty means none. Do not name "
            "a workflow that deploys or publishes.",
            metavar="NAMES",
            parse=parsers.listed,
            keeps_checkpoint=_ONLY_RERUNS,
        )
    )
    logs: bool = as_field(
        Input(
            group=InputGroup.LOGS,
            default="true",
            help="Read the logs of failed jobs, to show what failed and to tell causes apart.",
            metavar="BOOL",
            parse=parsers.flag,
        )
    )
    excerpt_lines: int = as_field(
        Input(
            group=InputGroup.LOGS,
            default="30",
            help="How many log lines an issue shows at most, from 1 to 100. Together they have 4,000 characters at "
            "most.",
            metavar="N",
            parse=parsers.count(1, 100),
        )
    )
    patterns_file: str = as_field(
        Input(
            group=InputGroup.LOGS,
            help="A TOML file in the workspace with your own log patterns. Of equal confidence, yours win; "
            "see docs/patterns.md.",
            metavar="FILE",
            parse=str,
        )
    )
    test_reports: tuple[str, ...] = as_field(
        Input(
            group=InputGroup.LOGS,
            help="Test reports (JUnit XML or TRX) in the artifacts of failed runs, as globs of their paths, such as "
            "`**/junit*.xml`. They name failing tests that a log does not name, and tests that passed. They cost "
            "requests.",
            metavar="GLOBS",
            parse=parsers.listed,
        )
    )
    test_artifacts: tuple[str, ...] = as_field(
        Input(
            group=InputGroup.LOGS,
            default="*",
            help="With `test-reports`: the artifacts to open, as names or globs.",
            metavar="NAMES",
            parse=parsers.listed,
        )
    )
    schedules: bool = as_field(
        Input(
            group=InputGroup.WATCHED,
            default="false",
            help="Report scheduled workflows that missed three runs in a row. This needs `contents: read` and a few "
            "requests. Workflows that GitHub disabled are found without it.",
            metavar="BOOL",
            parse=parsers.flag,
            extra="schedules",
        )
    )
    report_dir: str = as_field(
        Input(
            group=InputGroup.REPORT,
            help="Folder for the report, relative to the workspace: `report.html` for people, `report.json` for "
            "programs, `metrics.prom` for Prometheus.",
            metavar="FOLDER",
            parse=str,
            keeps_checkpoint="It only changes where the report is written.",
            extra="metrics",
            works_without_extra=True,
        )
    )
    pushgateway_url: Secret | None = as_field(PUSHGATEWAY.switch)
    slack_webhook_url: Secret | None = as_field(SLACK.switch)
    slack_payload: bool = as_field(SLACK_PAYLOAD.switch)
    discord_webhook_url: Secret | None = as_field(DISCORD.switch)
    smtp_url: MailServer | None = as_field(MAIL.switch)
    email_to: tuple[Secret, ...] = as_field(MAIL.others[0])
    email_from: Secret | None = as_field(MAIL.others[1])
    dry_run: bool = as_field(
        Input(
            group=InputGroup.RUN,
            default="false",
            help="Show what would be written, and write nothing.",
            metavar="BOOL",
            parse=parsers.flag,
            keeps_checkpoint="A dry run reads what a sweep reads, and writes no checkpoint.",
        )
    )

    command: Command = as_field(
        Input(
            group=InputGroup.JOBS,
            default="sweep",
            help="What to do: `sweep`; `discover`, which divides the repositories among the jobs of a matrix; or "
            "`combine`, which makes one report of the reports of these jobs.",
            metavar="COMMAND",
            parse=parsers.Choice(Command),
            keeps_checkpoint=_NOT_SWEPT,
            only_action=True,
        )
    )
    shards: int = as_field(
        Input(
            group=InputGroup.JOBS,
            default="1",
            help=f"With `command: discover`: how many jobs divide the repositories, from 1 to {MOST_SHARDS}.",
            metavar="N",
            parse=parsers.count(1, MOST_SHARDS),
            keeps_checkpoint=_NOT_SWEPT,
            only_action=True,
        )
    )
    reports: tuple[str, ...] = as_field(
        Input(
            group=InputGroup.JOBS,
            help="With `command: combine`: the reports, as paths, folders or globs such as `reports/*/report.json`.",
            metavar="GLOBS",
            parse=parsers.listed,
            keeps_checkpoint=_NOT_SWEPT,
            only_action=True,
        )
    )
    expected: str = as_field(
        Input(
            group=InputGroup.JOBS,
            help="With `command: combine`: the output `matrix` of `discover`. The report names the repositories that "
            "are in it and in no report.",
            metavar="JSON",
            parse=str,
            keeps_checkpoint=_NOT_SWEPT,
            only_action=True,
        )
    )

    @property
    def is_of_many(self) -> bool:
        """Whether there may be several repositories, or the issues are in another one."""
        return bool(self.repositories or self.issues_repository)

    def counts(self, outcome: Outcome | None) -> bool:
        """Whether an outcome is a failure: what a runner did is one if `failure` is, a missed schedule always is."""
        if outcome in {Outcome.RUNNER_LOST, Outcome.NEVER_RAN}:
            return Outcome.FAILURE in self.conclusions
        return outcome in self.conclusions or outcome is Outcome.MISSED_SCHEDULE


def inputs(kind: type[Settings] = Settings) -> Iterator[Input]:
    """Every input in the order of the documentation."""
    for field in dataclasses.fields(kind):
        declared = input_of(field)
        if declared is not None:
            yield declared


def read_settings(given: Mapping[str, str], *, needs_token: bool = True) -> Settings:
    """Read the inputs by name; one that is missing or blank takes its default.

    Without `needs_token` the token may be missing; it is empty then.

    Raises:
        SettingsError: with every mistake at once, each with advice.
    """
    mistakes: list[str] = []
    values: dict[str, Any] = {}
    for declared in inputs():
        text = given.get(declared.name, "").strip()
        # Such a default is an expression of a workflow, which only a runner fills in.
        if not text and declared.default.startswith("${{"):
            if declared.name == "token" and not needs_token:
                values[declared.field] = Secret("")
            elif declared.name == "repository" and given.get("repositories", "").strip():
                values[declared.field] = ""
            else:
                mistakes.append(_missing(declared.name))
            continue
        try:
            values[declared.field] = declared.parse(text or declared.default)
        except BadValueError as mistake:
            mistakes.append(f"`{declared.name}` {mistake}.")
    mistakes += _without_logs(values) if values.get("logs") is False else ()
    mistakes += _of_command(values)
    mistakes += _without_repositories(values)
    mistakes += incomplete(given)
    if mistakes:
        raise SettingsError(mistakes)
    return Settings(**values)


def _without_logs(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong if the logs are not read."""
    group_by = values.get("group_by")
    if group_by in {GroupBy.CAUSE, GroupBy.TEST}:
        yield f"`group-by: {group_by}` needs `logs: true`, because {group_by}s are found in the logs."
    if values.get("rerun") is RerunKind.TRANSIENT:
        yield "`rerun: transient` needs `logs: true`, because the logs tell what failed."
    if values.get("test_reports"):
        yield "`test-reports` needs `logs: true`, because the reports are read with the logs."


def _of_command(values: Mapping[str, Any]) -> Iterator[str]:
    """What the command lacks."""
    if values.get("command") is Command.COMBINE and not values.get("reports"):
        yield "`command: combine` needs `reports`, such as `reports/*/report.json`."
    if values.get("command") is Command.DISCOVER and not values.get("repositories"):
        yield "`command: discover` needs `repositories`."


def _without_repositories(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the inputs about many repositories."""
    if not values.get("repositories"):
        needing = ("exclude_repositories",) if values.get("command") is Command.COMBINE else _OF_REPOSITORIES
        yield from (f"`{name.replace('_', '-')}` needs `repositories`." for name in needing if values.get(name))
    elif values.get("token") == Secret(""):
        yield "`repositories` needs a token, because GitHub lists repositories to nobody without one."
    if not values.get("issues_repository"):
        if values.get("allow_public") and not values.get("repositories"):
            yield "`allow-public` needs `issues-repository` or `repositories`."
    elif values.get("token") == Secret("") and not values.get("repositories"):
        yield "`issues-repository` needs a token, because logs are shown to nobody without one."


def _missing(name: str) -> str:
    if name == "token":
        return (
            "`token` is missing: in a workflow leave the input out to use the job's own; "
            "on a machine log in with `gh auth login`, or set GITHUB_TOKEN."
        )
    return (
        "`repository` is missing: give it as owner/name, set GITHUB_REPOSITORY, or run the command in a clone whose "
        "remote `origin` is on GitHub."
    )


# --- the fingerprint -----------------------------------------------------------------------------


def fingerprint_parts(settings: Settings) -> dict[str, str]:
    """The settings that a checkpoint depends on, by the name of the field, as texts that can be compared.

    These are all of them but those that say why they keep the checkpoint, so nothing is forgotten: a setting that
    declares nothing is among them.
    """
    fields = {field.name: input_of(field) for field in dataclasses.fields(settings)}
    return {
        name: _text(getattr(settings, name))
        for name, declared in fields.items()
        if declared is None or not declared.keeps_checkpoint
    }


def _text(value: object) -> str:
    """A text that is the same for equal values only. A set has no order of its own, and a secret shows no value."""
    return repr(sorted(map(repr, value))) if isinstance(value, frozenset) else repr(value)
