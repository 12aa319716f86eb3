"""What the command `backtest` does: read a history, sweep it, record it, and show what came of it."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from ci_failure_tracker.backtest.as_of import RecordedRepository
from ci_failure_tracker.backtest.fetch import HistoryOnGitHub
from ci_failure_tracker.backtest.history import History
from ci_failure_tracker.backtest.page import render_backtest_page
from ci_failure_tracker.backtest.record import record
from ci_failure_tracker.backtest.report import BacktestReport, Column, backtest_as_json
from ci_failure_tracker.backtest.sweeps import moments, sweep_history
from ci_failure_tracker.entry.answer_files import cache_folder
from ci_failure_tracker.entry.backtest_text import show_backtest
from ci_failure_tracker.entry.bars import Bars
from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.entry.history_folder import HistoryFolder
from ci_failure_tracker.entry.setup import Connection, now, prepare
from ci_failure_tracker.entry.sources import host_of, repository_here, token_of
from ci_failure_tracker.entry.terminal_text import inert_json, lines
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model.words import counted, some_of
from ci_failure_tracker.settings import Settings, inputs, read_settings
from ci_failure_tracker.text.markdown import plain


@dataclass(frozen=True)
class Asked:
    """What the options ask for.

    `texts` are the inputs of the sweeps, `changes` are those of the second column, as `INPUT=VALUE`, and `known` are
    the names of the inputs that these may change. Without a `page` none is written.
    """

    repository: str | None
    weeks: int
    every: timedelta
    replay: Path | None
    record_to: Path | None
    anonymise: bool
    texts: Mapping[str, str]
    changes: tuple[str, ...]
    known: tuple[str, ...]
    page: Path | None


def run(asked: Asked, form: str, err: Console) -> None:
    """Do it, print what came of it, and write the page.

    Raises:
        TrackerError: it cannot be done.
    """
    # The bars are gone before stdout is written, or they would tear the table.
    with Bars(err) as bars:
        report, alike = _report(asked, bars)
    _print(report, form, err)
    if asked.page:
        _write(asked.page, render_backtest_page(report))
    for name, path in (("page", asked.page), ("recorded history", asked.record_to)):
        if path:
            show(err, Text(plain(f"The {name}: {path}", 1_000)))
    # A longer word that begins like the name is not masked, so a person has to look at it.
    if alike:
        _notice(err, f"It still holds words that begin like the repository's name: {some_of(sorted(alike))}.")


def _report(asked: Asked, bars: Bars) -> tuple[BacktestReport, frozenset[str]]:
    """What came of it, and the words in what was recorded that may still be names of the repository."""
    changes = dict(_change(text, asked.known) for text in asked.changes)
    _check(asked, changes)
    history, recording = _read(asked, bars)
    repository = RecordedRepository(history, recording)
    # A recorded history may begin later than the weeks that are asked for.
    start = max(history.until - timedelta(weeks=asked.weeks), history.since)
    sweeps = tuple(moments(start, history.until, asked.every))
    columns = tuple(
        Column(name, sweep_history(repository, settings, sweeps, bars))
        for name, settings in _settings(history, asked.texts, changes)
    )
    alike: frozenset[str] = frozenset()
    if asked.record_to:
        alike = record(history, recording, HistoryFolder(asked.record_to), bars, anonymise=asked.anonymise)
    report = BacktestReport(
        repository=history.repository,
        start=start,
        end=history.until,
        runs=len(history.runs),
        columns=columns,
        problems=tuple(_problems(repository, recording)),
    )
    return report, alike


def _check(asked: Asked, changes: Mapping[str, str]) -> None:
    """Raise an error for what cannot be done, before the first request."""
    if asked.anonymise and not asked.record_to:
        raise SettingsError(["--anonymise masks names in what --record writes; give both."])
    if asked.record_to and not _is_new(asked.record_to):
        raise SettingsError([f"--record needs a new folder, and {str(asked.record_to)!r} is there already."])
    if asked.replay and asked.repository:
        raise SettingsError(["--replay reads a folder and OWNER/NAME is read from GitHub; give one of them."])
    # All settings are checked with both columns at once; the names are placeholders, because a replay needs none.
    read_settings({"token": "none", "repository": "owner/name", **asked.texts, **changes})
    # An unwritable folder shows before the fetch, which may take long.
    if asked.record_to:
        HistoryFolder(asked.record_to).make()


def _is_new(folder: Path) -> bool:
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def _read(asked: Asked, bars: Bars) -> tuple[History, HistoryFolder | HistoryOnGitHub]:
    """The history, and where its jobs and logs are."""
    if asked.replay:
        folder = HistoryFolder(asked.replay)
        return folder.history(), folder
    connection = _connection(asked.repository, asked.texts)
    github = HistoryOnGitHub(
        Queries(connection.requester, connection.endpoints, connection.settings.repository),
        HistoryFolder(_cache_of(connection)),
        bars,
    )
    return github.history(timedelta(weeks=asked.weeks), now()), github


def _connection(repository: str | None, texts: Mapping[str, str]) -> Connection:
    """The connection to the repository, found as `check` finds it."""
    name = repository or repository_here(os.environ, Path.cwd())
    token = texts.get("token") or token_of(os.environ, host_of(os.environ))
    return prepare({**texts, "repository": name, "token": token}, os.environ, Path.cwd())


def _cache_of(connection: Connection) -> Path:
    """The folder for the history of a repository.

    Raises:
        SettingsError: the environment names no folder.
    """
    base = cache_folder(os.environ)
    if base is None:
        raise SettingsError(["There is no folder to keep the history in; set XDG_CACHE_HOME to one."])
    api = urlsplit(connection.endpoints.api_url)
    # The host and the port without a password; no name of an owner or a repository holds a plus.
    server = f"{api.hostname}{f'-{api.port}' if api.port else ''}".replace(":", "-")
    # GitHub takes names in any case, so the case must not make a second history.
    return base / "history" / server / connection.settings.repository.lower().replace("/", "+")


def _settings(history: History, texts: Mapping[str, str], changes: Mapping[str, str]) -> Iterator[tuple[str, Settings]]:
    """The name of each column, which says what differs, and its settings."""
    # A token that is never sent: `read_settings` asks for one.
    base = {"token": "none", "repository": history.repository.full_name, **texts}
    defaults = {one.name: one.default for one in inputs()}
    for column in (base, {**base, **changes}) if changes else (base,):
        # The name shows the default where the first column does not set the input.
        name = ", ".join(f"{name}={column.get(name, defaults[name]) or 'none'}" for name in changes)
        yield name, read_settings(column)


def _change(text: str, known: Sequence[str]) -> tuple[str, str]:
    """The name of an input and its value, from `--set`."""
    given, separator, value = text.partition("=")
    name = given.strip()
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
    """Write the page, but through no link in the current folder: that may be a clone, whose links lead anywhere."""
    if page.parent == Path() and page.is_symlink():
        raise SettingsError([f"{str(page)!r} is a link, through which no page is written; give another with --page."])
    try:
        page.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(
            [f"The page cannot be written to {str(page)!r} ({reason}); give another with --page."]
        ) from error


def _print(report: BacktestReport, form: str, err: Console) -> None:
    if form == "json":
        sys.stdout.write(inert_json(json.dumps(backtest_as_json(report), indent=2, ensure_ascii=True)) + "\n")
    else:
        show_backtest(Console(highlight=False), report)
    for problem in report.problems:
        _notice(err, problem)


def _notice(err: Console, text: str) -> None:
    show(err, Text("notice: ", style="yellow") + Text(lines(text)))
