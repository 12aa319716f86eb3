"""The action: reads the inputs and the context; writes outputs, summary and annotations, and gives the exit code.

Only this module uses actions-toolkit, and only its `core`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from actions_toolkit import core

from ci_failure_tracker.entry.delivery import Delivery, deliver
from ci_failure_tracker.entry.setup import Connection, now, prepare
from ci_failure_tracker.entry.terminal_text import inert_lines, lines
from ci_failure_tracker.errors import FAILED, SettingsError, TrackerError, kind_and_place
from ci_failure_tracker.github.writer import DryRunWriter
from ci_failure_tracker.model import Close, Create, Problem, Reopen, Result, Severity, Update
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.action_words import known_words, result_words
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.summary import render_summary
from ci_failure_tracker.settings import Command, Settings, inputs, secret_texts
from ci_failure_tracker.sweep import IssueWriter, sweep
from ci_failure_tracker.text.markdown import code_block, plain

if TYPE_CHECKING:
    from datetime import datetime

    from ci_failure_tracker.entry.many import Many
    from ci_failure_tracker.model.organisation import RepositoryEntry
    from ci_failure_tracker.report.organisation import OrganisationReport

ANNOTATIONS = 10
"""GitHub shows so many annotations of each level for a step."""

_LONGEST = 1_000
"""Characters of a line of the log and of the output `summary`. GitHub's own limits are far above."""


def main() -> int:
    """Run one sweep as the action; the exit code is 0, 1 or 2."""
    stop = _Stop()
    # GitHub cancels a step with SIGINT, and sends SIGTERM 7.5 seconds later:
    # docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return _run(stop)
    finally:
        # A process that calls `main` and goes on keeps its own handlers.
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(stop: _Stop) -> int:
    try:
        return _do(_connection(), stop)
    except StoppedError as stopped:
        what = f"The sweep was stopped ({stopped}). What it wrote stays, and the next sweep continues from there."
        return _give_up("The sweep was stopped", [what], FAILED)
    except SettingsError as error:
        return _give_up("The inputs cannot be used", error.mistakes, error.exit_code)
    except TrackerError as error:
        return _give_up("The sweep failed", [str(error)], error.exit_code)
    # The last resort: a traceback in the log may hold foreign text, which the runner could take for commands.
    except Exception as error:  # an annotation has to say what happened
        return _give_up("The tracker failed", [_unexpected(error)], FAILED)


def _do(connection: Connection, stop: _Stop) -> int:
    settings = connection.settings
    if settings.command is Command.DISCOVER:
        return _discover(connection)
    if settings.command is Command.COMBINE:
        return _combine(settings)
    if settings.is_of_many:
        return _run_many(connection, stop)
    # Only `Settings` decides: an action has no question to ask, so a plan is either written or dry.
    delivered = deliver(_sweep(connection, stop), settings, _workspace(), is_dry=settings.dry_run)
    _publish(delivered)
    return FAILED if delivered.report.failed else 0


class StoppedError(BaseException):
    """The runner ends the job; a BaseException, so that no part of a sweep handles it as an error of its own."""


class _Stop:
    """Handles a signal. Python drops an exception of a handler in a finalizer, so `check` raises it again."""

    def __init__(self) -> None:
        self._signal = ""

    def __call__(self, number: int, _frame: object) -> None:
        self._signal = signal.Signals(number).name
        self.check()

    def check(self) -> None:
        """Raise an error if a signal came."""
        if self._signal:
            raise StoppedError(self._signal)


def _connection() -> Connection:
    given = {declared.name: core.get_input(declared.variable.removeprefix("INPUT_")) for declared in inputs()}
    # Masked before anything else is printed, because each line may repeat an input.
    for secret in secret_texts(given):
        core.set_secret(secret)
    # Without action.yml the input is missing, but the runner still names the repository.
    given["repository"] = given["repository"] or os.environ.get("GITHUB_REPOSITORY", "")
    return prepare(given, os.environ, _workspace())


def _workspace() -> Path:
    # A runner always sets the variable; a person who runs `ci-failure-tracker action` may not.
    return Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())


def _sweep(connection: Connection, stop: _Stop) -> Report:
    progress = GroupedProgress(stop.check)
    with _details():
        try:
            return _sweep_one(connection, progress)
        finally:
            # An open group would swallow the lines that say why the sweep failed.
            progress.end()


def _sweep_one(connection: Connection, progress: Progress) -> Report:
    github = connection.github(progress)
    writer: IssueWriter = DryRunWriter() if connection.settings.dry_run else connection.writer(github, progress)
    return sweep(github, writer, connection.settings, connection.template, now())


def _run_many(connection: Connection, stop: _Stop) -> int:
    """Sweep many repositories; a sweep of one does without the import."""
    from ci_failure_tracker.entry import many  # noqa: PLC0415

    progress, at = GroupedProgress(stop.check), now()
    with _details():
        try:
            repositories = many.choose_many(connection, _workspace(), progress, at)
            total, ended = repositories.to_sweep, count(1)

            def done(entry: RepositoryEntry) -> None:
                _say([f"{f'{next(ended)} of {total} repositories. ' if total else ''}{many.entry_line(entry)}"])

            progress.phase("Sweep the repositories", total)
            # Sweeps run side by side, so their phases would mix in the log.
            unseen = _OnlyStops(stop.check)
            if connection.settings.issues_repository:
                report = _sweep_central(repositories, unseen, done, at)
            else:
                report = repositories.sweep(partial(_sweep_one, progress=unseen), done, at)
        finally:
            progress.end()
    return _publish_many(report, connection.settings)


def _discover(connection: Connection) -> int:
    """Give the repositories as a matrix, also if a part of them could not be listed: then it ends with an error."""
    from ci_failure_tracker.entry import choice as choices  # noqa: PLC0415 - a sweep does without it
    from ci_failure_tracker.github.repositories import RepositoryQueries  # noqa: PLC0415
    from ci_failure_tracker.organisation.shards import matrix_of, shards_of  # noqa: PLC0415

    settings = connection.settings
    queries = RepositoryQueries(connection.requester, connection.endpoints)
    wanted, excluded = settings.repositories, settings.exclude_repositories
    choice, lists = choices.choose_listed(choices.selection_of(wanted, excluded, lambda: settings.repository), queries)
    choices.check_not_empty(choice, lists)
    # The matrix names the chosen repositories in the log and in an output, which are as public as the workflow's
    # repository.
    if not settings.allow_public:
        choices.check_log_is_private(choice, queries, os.environ)
    write_annotations(choice.problems)
    names = [one.full_name for one in choice.chosen]
    shards = shards_of(names, settings.shards)
    # A shard without a repository gets no job, so it is not counted.
    line = f"{counted(len(names), 'repository', 'repositories')} in {counted(sum(map(bool, shards)), 'shard')}"
    _say([*names, line])
    _set_outputs({"matrix": matrix_of(shards), "summary": line})
    return FAILED if any(problem.severity is Severity.ERROR for problem in choice.problems) else 0


def _combine(settings: Settings) -> int:
    """Make one report of those of several sweeps."""
    from ci_failure_tracker.entry.combined import combined  # noqa: PLC0415 - a sweep does without it

    expected = settings.expected or None
    # An input that is not set is empty text, which is no matrix.
    return _publish_many(combined(settings.reports, expected, settings.last_report, _workspace(), now()), settings)


def _publish_many(report: OrganisationReport, settings: Settings) -> int:
    from ci_failure_tracker.entry import many  # noqa: PLC0415 - a sweep of one repository does without it
    from ci_failure_tracker.report.organisation_summary import render_organisation_summary  # noqa: PLC0415

    delivered = deliver(report, settings, _workspace(), is_dry=settings.dry_run)
    report = delivered.report
    write_annotations(many.all_problems(report))
    _set_outputs(many.outputs_of_many(report, delivered.path, delivered.payload))
    _write_summary(render_organisation_summary(report))
    _say([report.line])
    return FAILED if report.failed else 0


def _sweep_central(
    repositories: Many, progress: Progress, done: Callable[[RepositoryEntry], None], at: datetime
) -> OrganisationReport:
    """Sweep many repositories whose issues are in a central one."""
    plan, writer = repositories.plan_central(progress, at)
    # Several repositories may share one central issue, so the whole plan is written at once and not by repository.
    swept = plan.carry_out(DryRunWriter() if repositories.connection.settings.dry_run else writer)
    for entry in swept.not_screened_out:
        done(entry)
    return repositories.report_of(swept, at)


class _OnlyStops:
    """The progress of one of many sweeps: nothing shows, and a signal ends it."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check

    def phase(self, name: str, steps: int | None = None) -> None:
        """Check for a signal."""
        del name, steps
        self._check()

    def advance(self) -> None:
        """Check for a signal."""
        self._check()


@contextmanager
def _details() -> Iterator[None]:
    """Log every request and the status of its answer if debug logging is enabled."""
    logger, handler = logging.getLogger("ci_failure_tracker"), _DebugCommands()
    level = logger.level
    if core.is_debug():
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
    try:
        yield
    # The logger outlives the sweep, and a second sweep in the process would log each request twice.
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


class _DebugCommands(logging.Handler):
    """Writes log records as debug lines of the runner."""

    def emit(self, record: logging.LogRecord) -> None:
        # The path of a request may hold foreign text.
        core.debug(plain(record.getMessage(), _LONGEST))


class GroupedProgress:
    """Shows each phase as a group in the log."""

    def __init__(self, check: Callable[[], None]) -> None:
        """`check` is called at each step; it may raise an error to end the sweep."""
        self._open = False
        self._check = check

    def phase(self, name: str, steps: int | None = None) -> None:
        """Begin a group."""
        self._check()
        # Groups of a runner's log cannot be nested.
        self.end()
        core.start_group(name if steps is None else f"{name} ({steps})")
        self._open = True

    def advance(self) -> None:
        """Log nothing for a step."""
        self._check()

    def end(self) -> None:
        """End the open group."""
        if self._open:
            core.end_group()
            self._open = False


# --- results -------------------------------------------------------------------------------------


def _publish(delivered: Delivery[Report]) -> None:
    report = delivered.report
    # The result of each issue is one line of a closed group: a reader opens it only to look for one issue.
    core.start_group("Plan and outcome")
    _say(map(_outcome, report.results))
    _say(f"known issue #{result.write.number}: {known_words(result)}" for result in report.known_results)
    core.end_group()
    write_annotations(report.problems)
    _set_outputs(outputs(report, delivered.path, delivered.payload))
    _write_summary(render_summary(report))
    # The last line stays in sight below the closed groups.
    _say([report.line])


def _outcome(result: Result) -> str:
    issue = f" #{result.number}" if result.number else ""
    # An issue of a test shares its job with others, so the name of the test is shown.
    name = f"{result.action.identity.workflow} - {result.action.identity.test or result.action.identity.job}"
    return f"{result_words(result)}{issue}: {name}: {result.action.reason}"


def _say(texts: Iterable[str]) -> None:
    """Write a line to the log for each text."""
    for line in inert_lines([plain(text, _LONGEST) for text in texts]):
        core.info(line)


def write_annotations(problems: Iterable[Problem]) -> None:
    """Write each problem as an annotation, at most ten of each severity."""
    problems = tuple(problems)
    levels = ((Severity.ERROR, core.error), (Severity.WARNING, core.warning), (Severity.NOTICE, core.notice))
    for severity, annotate in levels:
        for text in _at_most_ten([str(problem) for problem in problems if problem.severity is severity]):
            annotate(lines(text), title="ci-failure-tracker")


def _at_most_ten(texts: Sequence[str]) -> list[str]:
    """The first ten texts; if there are more, the tenth says how many."""
    if len(texts) <= ANNOTATIONS:
        return list(texts)
    left = len(texts) - ANNOTATIONS + 1
    return [*texts[: ANNOTATIONS - 1], f"{left} more; the job summary lists them."]


_LISTS = ("issue-numbers", "created-issues", "updated-issues", "reopened-issues", "closed-issues")


def outputs(report: Report, path: str = "", payload: str = "") -> dict[str, str]:
    """The outputs that action.yml declares; lists are JSON.

    `path` is the path of report.json, `payload` the message for Slack.
    """
    created = json.dumps(report.issues(Create))
    return {
        "issue-numbers": created,
        # The same list under two names: this one is named like the lists below.
        "created-issues": created,
        "updated-issues": json.dumps(report.issues(Update)),
        "reopened-issues": json.dumps(report.issues(Reopen)),
        "closed-issues": json.dumps(report.issues(Close)),
        # If no failure is known, but not everything could be read, it is not known whether anything fails.
        "failure-count": "" if report.knows_nothing else str(report.failure_count),
        "created-count": str(len(report.issues(Create))),
        "has-failures": "" if report.knows_nothing else json.dumps(report.is_failing),
        "summary": plain(report.line, _LONGEST),
        "report-path": path,
        "matrix": "",
        "slack-payload": payload,
    }


def _set_outputs(values: Mapping[str, str]) -> None:
    # Without the file the toolkit prints the command `set-output`, which GitHub has deprecated.
    if os.environ.get("GITHUB_OUTPUT"):
        for name, value in values.items():
            core.set_output(name, value)


def _write_summary(text: str) -> None:
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        # Appended: what the step wrote there before stays.
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def _give_up(title: str, mistakes: Sequence[str], exit_code: int) -> int:
    """Write what stopped the sweep to the annotations, the summary and the outputs."""
    for mistake in _at_most_ten(mistakes):
        core.error(lines(mistake), title=f"ci-failure-tracker: {title}")
    # A later step may still read the lists as JSON. `has-failures` stays empty, because nothing is known.
    nothing = dict.fromkeys(_LISTS, "[]")
    try:
        _set_outputs({**nothing, "summary": plain(f"{title}: {' '.join(mistakes)}", _LONGEST)})
        quoted = "\n".join(code_block(lines(mistake).split("\n")) for mistake in mistakes)
        _write_summary(f"**{title}**\n\n{quoted}\n")
    except Exception as error:  # the annotations are written already
        core.error(_unexpected(error), title="ci-failure-tracker")
    return exit_code


def _unexpected(error: Exception) -> str:
    return f"{kind_and_place(error)}. This is a bug: please report it with the workflow run's log."
