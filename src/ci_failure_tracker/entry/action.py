"""The action's edge: inputs and context in; outputs, summary, annotations and the exit code out.

The only module that uses actions-toolkit, and of that only `core`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from actions_toolkit import core

from ci_failure_tracker.entry.delivery import Delivery, deliver
from ci_failure_tracker.entry.setup import Connection, now, prepare
from ci_failure_tracker.entry.terminal_text import lines, one_line
from ci_failure_tracker.errors import FAILED, SettingsError, TrackerError
from ci_failure_tracker.github.writer import DryRunWriter, IssueWriter
from ci_failure_tracker.model import Close, Create, Reopen, Severity, Update
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.summary import render_summary, result_words
from ci_failure_tracker.settings import inputs, secret_texts
from ci_failure_tracker.sweep import sweep
from ci_failure_tracker.text.markdown import plain

ANNOTATIONS = 10
"""GitHub shows no more of each kind for a step."""


def main() -> int:
    """Run one sweep as the action; the exit code is 0, 1 or 2."""
    stop = _Stop()
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return _run(stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(stop: _Stop) -> int:
    try:
        connection = _connection()
        settings = connection.settings
        delivered = deliver(_sweep(connection, stop), settings, _workspace(), is_dry=settings.dry_run)
        _publish(delivered)
    except StoppedError as stopped:
        what = f"The sweep was stopped ({stopped}). What it wrote stays, and the next sweep goes on from there."
        return _give_up("The sweep could not be ended", [what], FAILED)
    except SettingsError as error:
        return _give_up("The inputs cannot be used", error.mistakes, error.exit_code)
    except TrackerError as error:
        return _give_up("The sweep could not be made", [str(error)], error.exit_code)
    except Exception as error:  # the tracker must not die without a word
        return _give_up("The tracker failed", [_unexpected(error)], FAILED)
    return FAILED if delivered.report.failed else 0


class StoppedError(BaseException):
    """The runner ends the job, which was cancelled or took too long; no part of a sweep may take it for its own."""


class _Stop:
    """What a signal does. Where Python drops what a handler raises, as it does in finalizers, it is raised again."""

    def __init__(self) -> None:
        self._signal = ""

    def __call__(self, number: int, _frame: object) -> None:
        self._signal = signal.Signals(number).name
        self.check()

    def check(self) -> None:
        """End the sweep if a signal came."""
        if self._signal:
            raise StoppedError(self._signal)


def _connection() -> Connection:
    given = {declared.name: core.get_input(declared.variable.removeprefix("INPUT_")) for declared in inputs()}
    for secret in secret_texts(given):
        core.set_secret(secret)
    # Where the action is run by hand, the runner's own variables still say where it is.
    given["repository"] = given["repository"] or os.environ.get("GITHUB_REPOSITORY", "")
    return prepare(given, os.environ, _workspace())


def _workspace() -> Path:
    return Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())


def _sweep(connection: Connection, stop: _Stop) -> Report:
    progress = GroupedProgress(stop.check)
    github = connection.github(progress)
    door: IssueWriter = DryRunWriter() if connection.settings.dry_run else connection.door(github, progress)
    with _details():
        try:
            return sweep(github, door, connection.settings, connection.template, now())
        finally:
            progress.end()


@contextmanager
def _details() -> Iterator[None]:
    """Every request and its answer's status, where the runner was asked for details."""
    logger, handler = logging.getLogger("ci_failure_tracker"), _DebugCommands()
    level = logger.level
    if core.is_debug():
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


class _DebugCommands(logging.Handler):
    """Log records as the runner's debug lines."""

    def emit(self, record: logging.LogRecord) -> None:
        core.debug(one_line(record.getMessage()))


class GroupedProgress:
    """Each phase as a group of the log that can be folded."""

    def __init__(self, check: Callable[[], None]) -> None:
        """`check` is called at each step, and may end the sweep."""
        self._open = False
        self._check = check

    def phase(self, name: str, steps: int | None = None) -> None:
        """Begin a group."""
        self._check()
        self.end()
        core.start_group(name if steps is None else f"{name} ({steps})")
        self._open = True

    def advance(self) -> None:
        """A step is not worth a line."""
        self._check()

    def end(self) -> None:
        """End the group that is open."""
        if self._open:
            core.end_group()
            self._open = False


# --- what the sweep gives ------------------------------------------------------------------------


def _publish(delivered: Delivery) -> None:
    report = delivered.report
    core.start_group("Plan and outcome")
    for result in report.results:
        issue = f" #{result.number}" if result.number else ""
        name = f"{result.action.identity.workflow} - {result.action.identity.job}"
        core.info(one_line(f"{result_words(result)}{issue}: {name}: {result.action.reason}"))
    core.end_group()
    write_annotations(report)
    _set_outputs(outputs(report, delivered.path, delivered.payload))
    _write_summary(render_summary(report))
    core.info(one_line(report.line))


def write_annotations(report: Report) -> None:
    """Write each problem of the report as an annotation, at most ten of each severity."""
    levels = ((Severity.ERROR, core.error), (Severity.WARNING, core.warning), (Severity.NOTICE, core.notice))
    for severity, annotate in levels:
        for text in _at_most_ten([str(problem) for problem in report.problems if problem.severity is severity]):
            annotate(lines(text), title="ci-failure-tracker")


def _at_most_ten(texts: Sequence[str]) -> list[str]:
    """The first of them, the most important first, and how many more there are."""
    if len(texts) <= ANNOTATIONS:
        return list(texts)
    left = len(texts) - ANNOTATIONS + 1
    return [*texts[: ANNOTATIONS - 1], f"{left} more; the job summary lists them."]


_LISTS = ("issue-numbers", "created-issues", "updated-issues", "reopened-issues", "closed-issues")


def outputs(report: Report, path: str = "", payload: str = "") -> dict[str, str]:
    """The outputs that action.yml declares; lists are JSON.

    `path` is where the report was written, `payload` the message for Slack.
    """
    created = json.dumps(report.issues(Create))
    return {
        "issue-numbers": created,
        "created-issues": created,
        "updated-issues": json.dumps(report.issues(Update)),
        "reopened-issues": json.dumps(report.issues(Reopen)),
        "closed-issues": json.dumps(report.issues(Close)),
        # Empty where nothing was seen failing only because not everything could be read: that is no all-clear.
        "failure-count": "" if report.knows_nothing else str(len(report.failing)),
        "created-count": str(len(report.issues(Create))),
        "has-failures": "" if report.knows_nothing else json.dumps(bool(report.failing)),
        "summary": plain(report.line, 1_000),
        "report-path": path,
        "slack-payload": payload,
    }


def _set_outputs(values: Mapping[str, str]) -> None:
    if os.environ.get("GITHUB_OUTPUT"):
        for name, value in values.items():
            core.set_output(name, value)


def _write_summary(text: str) -> None:
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def _give_up(title: str, mistakes: Sequence[str], exit_code: int) -> int:
    """Say what stopped the sweep where people look: the annotations, the summary, the outputs."""
    for mistake in _at_most_ten(mistakes):
        core.error(lines(mistake), title=f"ci-failure-tracker: {title}")
    # A later step that runs all the same may read the lists as JSON; it is not told that nothing fails.
    nothing = dict.fromkeys(_LISTS, "[]")
    try:
        _set_outputs({**nothing, "summary": one_line(f"{title}: {' '.join(mistakes)}")})
        quoted = "\n".join(f"```text\n{lines(mistake).replace('```', '` ` `')}\n```" for mistake in mistakes)
        _write_summary(f"**{title}**\n\n{quoted}\n")
    except Exception as error:  # the annotations have been given; this is all that can still be said
        core.error(_unexpected(error), title="ci-failure-tracker")
    return exit_code


def _unexpected(error: Exception) -> str:
    where = error.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    place = f" at {Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else ""
    return f"{type(error).__name__}{place}. This is a bug: please report it with the workflow run's log."
