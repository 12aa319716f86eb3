"""The action's edge: inputs and context in; outputs, summary, annotations and the exit code out.

The only module that uses actions-toolkit, and of that only `core`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from actions_toolkit import core

from ci_failure_tracker.edges.environment import complete_settings, find_endpoints, now
from ci_failure_tracker.errors import FAILED, SettingsError, TrackerError
from ci_failure_tracker.github_api.client import connect
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.github_api.writes import Door, OpenDoor, ShutDoor
from ci_failure_tracker.model import Create, Gravity, Reopen, Update
from ci_failure_tracker.rendering.markdown import plain
from ci_failure_tracker.rendering.summary import render_summary, said
from ci_failure_tracker.reporting.report import Report
from ci_failure_tracker.settings import Settings, inputs
from ci_failure_tracker.sweep import sweep

ANNOTATIONS = 10
"""GitHub shows no more of each kind for a step."""


def main() -> int:
    """Run one sweep as the action; the exit code is 0, 1 or 2."""
    try:
        report = _sweep(_settings())
        _publish(report)
    except SettingsError as error:
        return _give_up("The inputs cannot be used", error.mistakes, error.exit_code)
    except TrackerError as error:
        return _give_up("The sweep could not be made", [str(error)], error.exit_code)
    except Exception as error:
        return _give_up("The tracker failed", [_unexpected(error)], FAILED)
    return FAILED if report.failed else 0


def _settings() -> Settings:
    given = {declared.name: core.get_input(declared.variable.removeprefix("INPUT_")) for declared in inputs()}
    # Where the action is run by hand, the runner's own variables still say where it is.
    given["repository"] = given["repository"] or os.environ.get("GITHUB_REPOSITORY", "")
    return complete_settings(given, Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()))


def _sweep(settings: Settings) -> Report:
    endpoints = find_endpoints(os.environ)
    requester = connect(settings.token, endpoints)
    progress = GroupedProgress()
    door: Door = ShutDoor() if settings.dry_run else OpenDoor(requester, settings.repository, progress)
    try:
        return sweep(Reads(requester, endpoints, settings.repository), door, settings, now(), progress)
    finally:
        progress.end()


class GroupedProgress:
    """Each phase as a group of the log that can be folded."""

    def __init__(self) -> None:
        self._open = False
        self._steps = 0

    def phase(self, name: str, steps: int | None = None) -> None:
        """Begin a group."""
        self.end()
        core.start_group(name if steps is None else f"{name} ({steps})")
        self._open, self._steps = True, 0

    def advance(self) -> None:
        """Say so only where the runner was asked for details."""
        self._steps += 1
        if core.is_debug():
            core.debug(f"step {self._steps} is done")

    def end(self) -> None:
        """End the group that is open."""
        if self._open:
            core.end_group()
            self._open = False


# --- what the sweep gives ------------------------------------------------------------------------


def _publish(report: Report) -> None:
    core.start_group("Plan and outcome")
    for result in report.results:
        issue = f" #{result.number}" if result.number else ""
        identity = result.action.identity
        say(f"{said(result)}{issue}: {identity.workflow} - {identity.job}: {result.action.reason}")
        if core.is_debug():
            core.debug(plain(f"failure id {identity.id}"))
    core.end_group()
    _annotate(report)
    _set_outputs(report)
    _write_summary(render_summary(report))
    say(report.line)


def _annotate(report: Report) -> None:
    for gravity, annotate in ((Gravity.ERROR, core.error), (Gravity.WARNING, core.warning)):
        ours = [problem for problem in report.problems if problem.gravity is gravity]
        shown = ours if len(ours) <= ANNOTATIONS else ours[: ANNOTATIONS - 1]
        for problem in shown:
            annotate(_quoted(str(problem)), title="ci-failure-tracker")
        if len(ours) > len(shown):
            annotate(f"{len(ours) - len(shown)} more; the job summary lists them.", title="ci-failure-tracker")


def outputs(report: Report) -> dict[str, str]:
    """The outputs that action.yml declares; lists are JSON."""
    created = json.dumps(report.issues(Create))
    return {
        "issue-numbers": created,
        "created-issues": created,
        "updated-issues": json.dumps(report.issues(Update)),
        "reopened-issues": json.dumps(report.issues(Reopen)),
        "failure-count": str(len(report.failing)),
        "created-count": str(len(report.issues(Create))),
        "has-failures": json.dumps(bool(report.failing)),
        "summary": plain(report.line, 1_000),
    }


def _set_outputs(report: Report) -> None:
    if os.environ.get("GITHUB_OUTPUT"):
        for name, value in outputs(report).items():
            core.set_output(name, value)


def _write_summary(text: str) -> None:
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def _give_up(title: str, mistakes: list[str] | tuple[str, ...], exit_code: int) -> int:
    """Say what stopped the sweep where people look: the annotations and the summary."""
    for mistake in mistakes[:ANNOTATIONS]:
        core.error(_quoted(mistake), title=f"ci-failure-tracker: {title}")
    listed = "\n".join(f"```text\n{_quoted(mistake).replace('```', '` ` `')}\n```" for mistake in mistakes)
    _write_summary(f"**{title}**\n\n{listed}\n")
    return exit_code


def _unexpected(error: Exception) -> str:
    where = error.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    place = f" at {Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else ""
    return f"{type(error).__name__}{place}. This is a bug: please report it with the workflow run's log."


def say(text: str) -> None:
    """One line of the log that the runner cannot take for a command, whatever foreign text it holds."""
    line = plain(text, 1_000).replace("##[", "## [")
    sys.stdout.write((f" {line}" if line.startswith("::") else line) + "\n")


def _quoted(text: str) -> str:
    """Lines of visible characters; the toolkit escapes what an annotation cannot hold."""
    return "\n".join(
        plain(line, 2_000) if not line.startswith(" ") else "  " + plain(line) for line in text.splitlines()
    )
