"""The command `backtest`: what the tracker would have done in the last weeks."""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.text import Text

from ci_failure_tracker.backtest.as_of import RecordedRepository
from ci_failure_tracker.backtest.fetch import HistoryOnGitHub
from ci_failure_tracker.backtest.history import History
from ci_failure_tracker.backtest.page import render_backtest_page
from ci_failure_tracker.backtest.record import record
from ci_failure_tracker.backtest.report import BacktestReport, Column, backtest_as_json
from ci_failure_tracker.backtest.sweeps import moments, sweep_history
from ci_failure_tracker.entry.backtest_text import show_backtest
from ci_failure_tracker.entry.bars import Bars
from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.entry.help_text import HeadedOption, HelpfulCommand
from ci_failure_tracker.entry.history_folder import HistoryFolder
from ci_failure_tracker.entry.setup import Connection, now, prepare
from ci_failure_tracker.entry.sources import repository_of, token_of
from ci_failure_tracker.entry.terminal_text import inert_json, lines
from ci_failure_tracker.errors import BadValueError, SettingsError, TrackerError
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import MAX_REQUESTS
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.settings import Settings, inputs, read_settings
from ci_failure_tracker.settings.declaration import Input, InputGroup
from ci_failure_tracker.settings.parsers import duration
from ci_failure_tracker.text.markdown import plain

_INTERRUPTED = 130
_GROUPS = (InputGroup.WATCHED, InputGroup.ISSUES)
_ALSO = ("max-runs", "logs")
_NOT = (
    *("assign", "assignees", "issue-template", "issue-type", "labels", "notify", "owners"),  # these change texts only
    "schedules",
)
_PAGE = "backtest.html"

_option = partial(click.option, cls=HeadedOption, heading="Backtest")


def _decides(declared: Input) -> bool:
    """Whether an input changes what a backtest counts."""
    return declared.name in _ALSO or (declared.group in _GROUPS and declared.name not in _NOT)


def _with_inputs(command: Callable[..., None]) -> Callable[..., None]:
    """Add the inputs that change what is counted as options."""
    for declared in reversed([one for one in inputs() if _decides(one)]):
        text = f"{declared.help}  [default: {declared.default}]" if declared.default else declared.help
        option = click.option(
            f"--{declared.name}", cls=HeadedOption, heading=declared.group, metavar=declared.metavar, help=text
        )
        command = option(command)
    return command


class _Span(click.ParamType[timedelta]):
    """A time span such as `1d`."""

    name = "SPAN"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        try:
            return duration(str(value))
        except BadValueError as error:
            self.fail(str(error), param, ctx)


@click.command(
    "backtest",
    cls=HelpfulCommand,
    examples=(
        ("The last twelve weeks of the repository of this clone", "ci-failure-tracker backtest"),
        ("Compare two settings", "ci-failure-tracker backtest OWNER/NAME --set close-after=3"),
        ("A history for a bug report", "ci-failure-tracker backtest --record DIR --anonymise"),
        ("A recorded history, without GitHub", "ci-failure-tracker backtest --replay DIR"),
    ),
)
@click.argument("repository", required=False, metavar="[OWNER/NAME]")
@_option("--weeks", type=click.IntRange(1, 52), default=12, show_default=True, metavar="N", help="How far to go back.")
@_option("--every", type=_Span(), default="1d", show_default=True, metavar="SPAN", help="The time between two sweeps.")
@_option(
    "--set",
    "changes",
    multiple=True,
    metavar="INPUT=VALUE",
    help="Sweep a second time with this input, and show both side by side. May be given several times.",
)
@_option("--replay", type=click.Path(path_type=Path), metavar="DIR", help="Read a recorded history, without GitHub.")
@_option(
    "--record",
    "record_to",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the history into this new folder, without the secrets in its logs, for `--replay`.",
)
@_option(
    "--anonymise",
    is_flag=True,
    help="Mask names in what --record writes: owner, repository, branches, people, titles of commits, home folders and "
    "hosts. The names of workflows, jobs and steps stay.",
)
@_option(
    "--page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"The page to write, with a time line of the issues.  [default: {_PAGE}; none with --format json]",
)
@_option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What to print."
)
@_option(
    "--token",
    metavar="TOKEN",
    help="Token for GitHub's API. It needs `actions: read`.  [default: $GITHUB_TOKEN, $GH_TOKEN or that of `gh`]",
)
@_option(
    "--max-requests",
    metavar="N",
    help="The greatest number of requests, 25 or more. If they end, what was fetched is kept, and the next call "
    "goes on."
    f"  [default: {MAX_REQUESTS}]",
)
@_with_inputs
def backtest_command(changes: Sequence[str], form: str, page: Path | None, **given: Any) -> None:
    """Show what the tracker would have done in the last weeks. Nothing is written to GitHub.

    The history is fetched once, kept in a cache folder, and swept in memory with the code of a real sweep. Without
    OWNER/NAME it is the repository from which the current folder was cloned.
    """
    err = Console(stderr=True, highlight=False)
    try:
        asked = _Asked(**{field.name: given[field.name] for field in dataclasses.fields(_Asked)})
        texts = {one.name: given[one.field] for one in inputs() if given.get(one.field) is not None}
        with Bars(err) as bars:
            report = _run(asked, texts, changes, bars)
        if page is None and form == "text":
            page = Path(_PAGE)
        if page:
            _write(page, render_backtest_page(report))
    except SettingsError as error:
        _complain(err, error.mistakes)
        sys.exit(error.exit_code)
    except TrackerError as error:
        _complain(err, [error.what], error.advice)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        err.print("Interrupted." if given.get("replay") else "Interrupted. What was fetched is kept.")
        sys.exit(_INTERRUPTED)
    _print(report, form, err)
    if page:
        show(err, Text(plain(f"The page: {page}", 1_000)))


@dataclass(frozen=True)
class _Asked:
    """What the options ask for, apart from the inputs of a sweep."""

    repository: str | None
    weeks: int
    every: timedelta
    replay: Path | None
    record_to: Path | None
    anonymise: bool


def _run(asked: _Asked, texts: Mapping[str, str], changes: Sequence[str], bars: Bars) -> BacktestReport:
    _check(asked, changes)
    history, recording = _read(asked, texts, bars)
    repository = RecordedRepository(history, recording)
    start = max(history.until - timedelta(weeks=asked.weeks), history.since)
    sweeps = tuple(moments(start, history.until, asked.every))
    columns = tuple(
        Column(name, sweep_history(repository, settings, sweeps, bars))
        for name, settings in _settings(history, texts, changes)
    )
    if asked.record_to:
        record(history, recording, HistoryFolder(asked.record_to), bars, anonymise=asked.anonymise)
    return BacktestReport(
        repository=history.repository,
        start=start,
        end=history.until,
        runs=len(history.runs),
        columns=columns,
        problems=tuple(_problems(repository, recording)),
    )


def _check(asked: _Asked, changes: Sequence[str]) -> None:
    """Raise an error for what cannot be done, before the first request."""
    if asked.anonymise and not asked.record_to:
        raise SettingsError(["--anonymise masks names in what --record writes; give both."])
    if (
        asked.record_to
        and asked.record_to.exists()
        and (not asked.record_to.is_dir() or any(asked.record_to.iterdir()))
    ):
        raise SettingsError([f"--record needs a new folder, and {str(asked.record_to)!r} is there already."])
    if asked.replay and asked.repository:
        raise SettingsError(["--replay reads a folder and OWNER/NAME is read from GitHub; give one of them."])
    read_settings({"token": "none", "repository": "owner/name", **dict(map(_change, changes))})


def _read(asked: _Asked, texts: Mapping[str, str], bars: Bars) -> tuple[History, HistoryFolder | HistoryOnGitHub]:
    """The history, and where its jobs and logs are."""
    if asked.replay:
        folder = HistoryFolder(asked.replay)
        return folder.history(), folder
    connection = _connection(asked.repository, texts)
    github = HistoryOnGitHub(
        Queries(connection.requester, connection.endpoints, connection.settings.repository),
        HistoryFolder(_cache_of(connection)),
        bars,
    )
    return github.history(timedelta(weeks=asked.weeks), now()), github


def _connection(repository: str | None, texts: Mapping[str, str]) -> Connection:
    """The connection to the repository, found as `check` finds it."""
    # A token of another server goes nowhere unless the environment names the API of that server.
    server = os.environ.get("GITHUB_SERVER_URL", "") if os.environ.get("GITHUB_API_URL") else ""
    host = urlsplit(server).hostname or "github.com"
    name = repository or os.environ.get("GITHUB_REPOSITORY") or repository_of(Path.cwd(), host)
    token = texts.get("token") or token_of(os.environ, host)
    return prepare({**texts, "repository": name, "token": token}, os.environ, Path.cwd())


def _cache_of(connection: Connection) -> Path:
    """The folder for the history of a repository."""
    server = urlsplit(connection.endpoints.api_url).netloc.replace(":", "-")
    repository = connection.settings.repository.lower().replace("/", "--")
    return _cache_base() / "ci-failure-tracker" / "history" / server / repository


def _cache_base() -> Path:
    """Where the programs of a person keep what they can fetch again."""
    local = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None
    return Path(os.environ.get("XDG_CACHE_HOME") or local or Path.home() / ".cache")


def _settings(history: History, texts: Mapping[str, str], changes: Sequence[str]) -> Iterator[tuple[str, Settings]]:
    """The name of each column, which says what differs, and its settings."""
    base = {"token": "none", "repository": history.repository.full_name, **texts}
    changed = dict(map(_change, changes))
    defaults = {one.name: one.default for one in inputs()}
    for column in (base, {**base, **changed}) if changed else (base,):
        name = ", ".join(f"{name}={column.get(name, defaults[name]) or 'none'}" for name in changed)
        yield name, read_settings(column)


def _change(text: str) -> tuple[str, str]:
    """The name of an input and its value, from `--set`."""
    given, separator, value = text.partition("=")
    name = given.strip()
    known = [one.name for one in inputs() if _decides(one)]
    if not separator:
        raise SettingsError([f"--set {text!r} changes no input; write it as `close-after=3`."])
    if name not in known:
        nearest = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean `{nearest[0]}`?" if nearest else "`backtest --help` lists them."
        raise SettingsError([f"--set {text!r}: {name!r} is no input that a backtest can change; {hint}"])
    return name, value.strip()


def _problems(repository: RecordedRepository, recording: HistoryFolder | HistoryOnGitHub) -> Iterator[str]:
    if isinstance(recording, HistoryOnGitHub) and recording.problem:
        yield recording.problem
    if missing := len(repository.without_jobs):
        yield f"The history does not hold the jobs of {counted(missing, 'run')}; such a run proves nothing."
    if missing := len(repository.without_log):
        yield f"The history does not hold {counted(missing, 'log')} of failed jobs; causes come from annotations there."


def _write(page: Path, text: str) -> None:
    try:
        page.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(
            [f"The page cannot be written to {str(page)!r} ({reason}); give another with --page."]
        ) from error


def _complain(console: Console, mistakes: Sequence[str], advice: str = "") -> None:
    for mistake in mistakes:
        show(console, Text("error: ", style="bold red") + Text(lines(mistake)))
    if advice:
        show(console, Text(lines(advice)))


def _print(report: BacktestReport, form: str, err: Console) -> None:
    if form == "json":
        sys.stdout.write(inert_json(json.dumps(backtest_as_json(report), indent=2, ensure_ascii=True)) + "\n")
    else:
        show_backtest(Console(highlight=False), report)
    for problem in report.problems:
        show(err, Text("notice: ", style="yellow") + Text(lines(problem)))
