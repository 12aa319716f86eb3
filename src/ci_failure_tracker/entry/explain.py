"""The command `explain`: why the jobs of logs on disk or on stdin failed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ci_failure_tracker.diagnosis.excerpt import ranges
from ci_failure_tracker.diagnosis.explain import Limits, explain
from ci_failure_tracker.diagnosis.keywords import use_patterns
from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.log_pattern import LogPattern
from ci_failure_tracker.diagnosis.routine import NOTHING_ROUTINE, RoutineLines, routine_lines
from ci_failure_tracker.diagnosis.structure import has_errors
from ci_failure_tracker.entry.help_text import HelpfulCommand
from ci_failure_tracker.entry.log_files import FoundLog, chunks_of, is_address, logs_at
from ci_failure_tracker.entry.running import run
from ci_failure_tracker.entry.terminal_text import inert_json
from ci_failure_tracker.errors import MISUSED, NoLogError, SettingsError
from ci_failure_tracker.model import Diagnosis, Failure, LineRange, Outcome
from ci_failure_tracker.model.words import counted

if TYPE_CHECKING:
    from ci_failure_tracker.model import Step


class _Place(click.Path):
    """A file or folder that exists, stdin, or the address of a page."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        return value if is_address(value) else super().convert(value, param, ctx)


# `readable=False`: the error of the program says what to do, and that of click does not.
_LOG = _Place(exists=True, readable=False, allow_dash=True)


_Explain = Callable[[Log, "Step | None"], Diagnosis]
"""Says why the job with a log failed, in the step that failed if it is known."""


@click.command(
    "explain",
    cls=HelpfulCommand,
    context_settings={"help_option_names": ["-h", "--help"]},
    examples=(
        ("Explain a run or a job", "ci-failure-tracker explain https://github.com/OWNER/NAME/actions/runs/123"),
        ("The same with the GitHub command line", "gh run view RUN --log-failed | ci-failure-tracker explain -"),
        ("Explain a log, or an archive of logs", "ci-failure-tracker explain job.log logs_123.zip"),
        ("Leave out what a passing run prints too", "ci-failure-tracker explain --passing-log good.log bad.log"),
        ("Test log patterns of your own", "ci-failure-tracker explain --check patterns.toml"),
    ),
)
@click.argument("logs", nargs=-1, metavar="LOG...", type=_LOG)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Print text, or one JSON object for each job.",
)
@click.option(
    "--excerpt-lines",
    type=click.IntRange(1, 100),
    default=Limits().lines,
    show_default=True,
    help="The greatest number of log lines to show.",
)
@click.option(
    "--passing-log",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, readable=True),
    help="The log of a passing run of the same job. Its lines are not the reason.",
)
@click.option("--patterns-file", metavar="FILE", help="Your own log patterns, in TOML.")
@click.option("--check", metavar="FILE", help="Test a file of log patterns against their examples; explain nothing.")
def explain_command(
    logs: tuple[str, ...],
    form: str,
    excerpt_lines: int,
    passing_log: str | None,
    patterns_file: str | None,
    check: str | None,
) -> None:
    """Explain why a job failed.

    A LOG is the log of a job, the output of `gh run view --log`, a zip from Download log archive, or a folder of
    logs. The address of a run or job on GitHub does as well. `-` reads stdin. Of several jobs, only the failed ones
    are explained.
    """
    # Both would need one exit code for two questions.
    if bool(logs) is bool(check):
        raise click.UsageError("Give the LOGs to explain, or --check and a file of patterns.")
    try:
        patterns = _patterns(check or patterns_file, examples=check is not None)
    except SettingsError as error:
        _complain(*error.mistakes)
        sys.exit(error.exit_code)
    if check:
        from ci_failure_tracker.entry.explain_text import say  # noqa: PLC0415

        say(f"{check}: {counted(len(patterns), 'pattern')} can be used.")
    use_patterns(patterns)
    routine = _routine(passing_log) if passing_log else NOTHING_ROUTINE
    limits = Limits(excerpt_lines)

    def shown(log: Log, step: Step | None) -> Diagnosis:
        return explain(log, limits, step, routine)

    # A list and not a generator: a log that cannot be read must not hide the others.
    whole = [_explain_all(path, form, shown) for path in logs]
    if not all(whole):
        sys.exit(MISUSED)


def _complain(*mistakes: str) -> None:
    from ci_failure_tracker.entry.explain_text import complain  # noqa: PLC0415 - most need no rich

    complain(*mistakes)


def _routine(path: str) -> RoutineLines:
    with Path(path).open("rb") as stream:
        return routine_lines(chunks_of(stream))


def _explain_all(path: str, form: str, explained_by: _Explain) -> bool:
    """Explain each log at a path, and say whether all of it could be read."""
    explained: list[Explained] = []
    whole = True
    try:
        # One log of a run says which of the others to leave out, so all are explained before one is shown.
        explained.extend(Explained.of(found, explained_by) for found in logs_at(path))
    except NoLogError as error:
        _complain(str(error))
        whole = False
    _show(list(of_failed_jobs(explained)), form)
    return whole


def _show(explained: Sequence[Explained], form: str) -> None:
    if form == "json":
        sys.stdout.writelines(f"{inert_json(json.dumps(_as_json(job)))}\n" for job in explained)
        return
    from ci_failure_tracker.entry.explain_text import show_explained  # noqa: PLC0415 - JSON does without rich

    for job in explained:
        show_explained(job)


def _patterns(file: str | None, *, examples: bool) -> tuple[LogPattern, ...]:
    if file is None:
        return ()
    from ci_failure_tracker.entry.pattern_file import check_patterns, read_patterns  # noqa: PLC0415 - few need it

    return check_patterns(file, Path.cwd()) if examples else read_patterns(file, Path.cwd())[0]


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a job failed, and where its log is. `has_failed` says whether the log shows a failure."""

    path: str
    job: str
    diagnosis: Diagnosis
    has_failed: bool

    @classmethod
    def of(cls, found: FoundLog, explained_by: _Explain) -> Explained:
        """Explain a log."""
        diagnosis = explained_by(found.log, found.failed_step)
        # A cancelled job may print errors, too: they are about the cancellation.
        has_failed = has_errors(found.log) and diagnosis.outcome is not Outcome.CANCELLED
        return cls(found.path, found.job, diagnosis, has_failed)


def of_failed_jobs(explained: Sequence[Explained]) -> Iterator[Explained]:
    """Leave out the jobs of a run that did not fail. If no job has failed, nothing is left out.

    A log whose job is unknown is a log that somebody chose, and stays.
    """
    with_failures = {one.path for one in explained if one.job and one.has_failed}
    return (one for one in explained if not one.job or one.has_failed or one.path not in with_failures)


def main() -> NoReturn:
    """Run `explain` without the packages that only a sweep needs."""
    # The first argument is `explain`; without the group, the other commands are not imported.
    run(explain_command, sys.argv[2:], "ci-failure-tracker explain")


def _as_json(explained: Explained) -> dict[str, object]:
    diagnosis = explained.diagnosis
    return {
        "path": explained.path,
        **({"job": explained.job} if explained.job else {}),
        "headline": diagnosis.headline,
        "excerpt": _ranges_as_json(diagnosis.ranges),
        "context": _ranges_as_json(ranges(diagnosis.context)),
        "signature": diagnosis.signature,
        "signatures": list(diagnosis.signatures),
        "outcome": diagnosis.outcome.value,
        "kind": diagnosis.kind.value,
        "failures": [_failure_as_json(failure) for failure in diagnosis.failures],
    }


def _failure_as_json(failure: Failure) -> dict[str, object]:
    return {
        "tool": failure.tool,
        "kind": failure.kind.value,
        "subject": failure.subject,
        "location": failure.location,
        "message": failure.message,
        "lines": [{"start": part.start, "end": part.end} for part in failure.lines],
    }


def _ranges_as_json(found: Iterable[LineRange]) -> list[dict[str, int]]:
    return [{"start": part.start, "end": part.end} for part in found]
